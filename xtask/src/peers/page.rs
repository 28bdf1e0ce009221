//! The page of what was measured: Markdown and pictures from recorded lines, and nothing else.

mod agreement;
mod number;

use std::fmt::Write as _;

use whygrad::plot::{Figure, Lines, Series, svg};

pub use agreement::disagreements;
use agreement::{Verdict, reference, verdict};
use number::{bytes, ratio, short};

use super::growth::{CURVES, Curve};
use super::line::{Facts, Line, Measured};
use super::round::is_of;
use super::startup::START;
use super::work::{Job, jobs};

/// The folder of the pictures, beside the page.
pub const PICTURES: &str = "performance";

/// The whole page.
pub fn page(measured: &Measured) -> String {
    let mut text = head(&measured.facts);
    text += &summary(measured);
    for job in jobs() {
        text += &one_job(measured, &job);
    }
    text += &start(measured);
    text += &growth(measured);
    text += &circumstances(&measured.facts);
    text
}

fn head(facts: &Facts) -> String {
    let Facts { date, machine, command, repeats, .. } = facts;
    let clock = if facts.cpu {
        " Their figures are by the time of the processor, since others used the machine too."
    } else {
        ""
    };
    format!(
        "# Performance\n\nWritten by `{command}` on {date}; `cargo xtask peers` measures again and writes this page.\n\n\
         Machine: {machine}.\n\n\
         Everyone starts from the same weights and rows. The programs run in turns, {} repeats of about {} s each; a \
         figure is the median, with the lowest and highest repeat beside it. Programs with one thread are held to one \
         core.{clock} The recipe of the data stands in `xtask/src/peers/recipe.rs`, what each peer does in `xtask/peers/`. The \
         losses after the same training are compared: one that disagrees is an error and is shown as one.\n\n\
         \"Limit\" is a program kept elsewhere that is written by hand for one shape and one machine; it is there where \
         the command was given one.\n\n",
        repeats.0, repeats.1
    )
}

/// One line a job: ours beside the best peer and the limit.
fn summary(measured: &Measured) -> String {
    let mut rows = String::new();
    for job in jobs() {
        let lines = lines_of(measured, &job);
        let Some(ours) = lines.iter().find(|line| line.is_ours()) else { continue };
        let peers = lines.iter().filter(|line| !line.is_ours() && !line.limit);
        let best = peers.max_by(|a, b| speed(a).total_cmp(&speed(b))).filter(|line| speed(line) > 0.0);
        let limits = lines.iter().filter(|line| line.limit);
        let limit = limits.max_by(|a, b| speed(a).total_cmp(&speed(b))).filter(|line| speed(line) > 0.0);
        let beside = |other: Option<&&Line>| match (ours.median(), other) {
            (Some(ours), Some(other)) => ratio(ours / speed(other)),
            _ => "-".into(),
        };
        let _ = writeln!(
            rows,
            "| {} | {} | {} | {} | {} | {} |",
            name(&job),
            figure(ours),
            best.map_or_else(|| "-".into(), |line| format!("{}, {}", line.peer, figure(line))),
            beside(best),
            limit.map_or_else(|| "-".into(), |line| figure(line)),
            beside(limit),
        );
    }
    if rows.is_empty() {
        return rows;
    }
    format!(
        "## In short\n\n| work | whygrad | best peer | whygrad / best peer | limit | whygrad / limit |\n\
         |---|---|---|---|---|---|\n{rows}\n"
    )
}

fn name(job: &Job) -> String {
    let threads = if job.threads == 1 { String::new() } else { format!(", {} threads", job.threads) };
    format!("{} {}{threads}", job.work.name, job.dtype)
}

fn lines_of<'a>(measured: &'a Measured, job: &Job) -> Vec<&'a Line> {
    let mut lines: Vec<&Line> = measured.lines.iter().filter(|line| is_of(line, job)).collect();
    lines.sort_by(|a, b| speed(b).total_cmp(&speed(a)));
    lines
}

fn speed(line: &Line) -> f64 {
    line.median().unwrap_or(0.0)
}

fn figure(line: &Line) -> String {
    line.median().map_or_else(|| "-".into(), short)
}

/// The table of one job.
fn one_job(measured: &Measured, job: &Job) -> String {
    let lines = lines_of(measured, job);
    if lines.is_empty() {
        return String::new();
    }
    let work = job.work;
    let ours = lines.iter().find(|line| line.is_ours()).and_then(|line| line.median());
    let reference = reference(&lines);
    let mut text = format!(
        "## {}\n\n{}; {}. The losses are those after {}.\n\n\
         | program | median | lowest | highest | whygrad is | loss |\n|---|---|---|---|---|---|\n",
        name(job),
        work.title,
        work.metric,
        work.compared
    );
    let mut notes: Vec<&str> = vec![];
    for line in &lines {
        let (low, high) = line.range().map_or_else(|| ("-".into(), "-".into()), |r| (short(r.0), short(r.1)));
        let times = match (ours, line.median()) {
            (Some(ours), Some(it)) if !line.is_ours() => format!("{} times as fast", ratio(ours / it)),
            _ => String::new(),
        };
        let loss = match verdict(line, reference, work.tolerance_in(job.dtype)) {
            Verdict::None => String::new(),
            Verdict::Agrees(loss) => number::loss(loss),
            Verdict::Other(loss, why) => {
                notes.extend(Some(why).filter(|why| !notes.contains(why)));
                format!("{} (other, see below)", number::loss(loss))
            }
            Verdict::Differs(loss, by) => {
                format!("**error: {} differs by {}**", number::loss(loss), number::percent(by))
            }
            Verdict::Failed(error) => format!("**error: {}**", error.replace('|', "\\|")),
        };
        let who = if line.limit { format!("limit: {}", line.peer) } else { line.peer.clone() };
        let who = if line.is_ours() { format!("**{who}**") } else { who };
        let _ = writeln!(text, "| {who} | {} | {low} | {high} | {times} | {loss} |", figure(line));
    }
    text += "\n";
    for note in notes {
        let _ = writeln!(text, "Other: {note}.\n");
    }
    text
}

/// The time to the first step.
fn start(measured: &Measured) -> String {
    let mut lines: Vec<&Line> = measured.lines.iter().filter(|line| line.workload == START).collect();
    if lines.is_empty() {
        return String::new();
    }
    lines.sort_by(|a, b| a.median().unwrap_or(f64::MAX).total_cmp(&b.median().unwrap_or(f64::MAX)));
    let mut text = "## From the start of a command to its end after one step of W1\n\n\
                    `whygrad train xor --epochs 1 --out none` reads the model, derives the gradient and takes one step; \
                    the scripts import their library, compile where they do, and take one step.\n\n\
                    | program | median | lowest | highest |\n|---|---|---|---|\n"
        .to_owned();
    let milliseconds = |seconds: f64| format!("{:.1} ms", seconds * 1e3);
    for line in lines {
        let who = if line.is_ours() { format!("**{}**", line.peer) } else { line.peer.clone() };
        let figures = match (&line.error, line.median(), line.range()) {
            (None, Some(median), Some((low, high))) => [median, low, high].map(milliseconds).join(" | "),
            (error, ..) => format!("**error: {}** | |", error.as_deref().unwrap_or("not measured")),
        };
        let _ = writeln!(text, "| {who} | {figures} |");
    }
    text + "\n"
}

/// The points of a curve: size and median.
fn points(measured: &Measured, curve: &Curve) -> Vec<(f64, f64)> {
    let lines = measured.lines.iter().filter(|line| line.workload == curve.name);
    lines.filter_map(|line| Some((line.size? as f64, line.median()?))).collect()
}

/// The tables of all curves.
fn growth(measured: &Measured) -> String {
    let mut text = String::new();
    for curve in CURVES {
        let lines: Vec<&Line> = measured.lines.iter().filter(|line| line.workload == curve.name).collect();
        if lines.is_empty() {
            continue;
        }
        if text.is_empty() {
            text += "## How time and memory grow\n\nFloat64, one thread where nothing else is said. Memory is what the \
                     process needed at most beyond what it had before the training.\n\n";
        }
        let _ = write!(
            text,
            "### With {}\n\n{}.\n\n![{} over {}]({PICTURES}/{}.svg)\n\n\
             | {} | {} | lowest | highest | for each | memory | for each |\n|---|---|---|---|---|---|---|\n",
            curve.grows, curve.title, curve.metric, curve.grows, curve.name, curve.grows, curve.metric
        );
        for line in lines {
            text += &point(line);
        }
        text += "\n";
    }
    text
}

fn point(line: &Line) -> String {
    let size = line.size.unwrap_or(0);
    let (Some(median), Some((low, high))) = (line.median(), line.range()) else {
        return format!(
            "| {size} | **error: {}** | | | | | |\n",
            line.error.as_deref().unwrap_or("not measured")
        );
    };
    let memory = line.bytes.map_or_else(String::new, |b| bytes(b as f64));
    // A small fleet disappears in whole pages: nothing is said of one net there.
    let each =
        line.bytes.filter(|b| *b >= 1 << 20).map_or_else(String::new, |b| bytes(b as f64 / size as f64));
    let figures = [median, low, high, median / size as f64].map(short).join(" | ");
    format!("| {size} | {figures} | {memory} | {each} |\n")
}

/// The pictures of the curves: file names and SVG.
pub fn pictures(measured: &Measured) -> Vec<(String, String)> {
    let picture = |curve: &Curve| {
        let points = points(measured, curve);
        let lines = Lines {
            title: format!("{} over {}", curve.metric, curve.grows),
            x_label: curve.grows.into(),
            y_label: curve.metric.into(),
            x_log: true,
            y_log: true,
            series: vec![Series::line("", points.clone()), Series::dots("", points)],
            ..Lines::default()
        };
        let svg = svg::render(&Figure::from(lines), &svg::Svg::default());
        (format!("{}.svg", curve.name), svg + "\n")
    };
    CURVES.iter().filter(|curve| points(measured, curve).len() > 1).map(picture).collect()
}

fn circumstances(facts: &Facts) -> String {
    let mut text = "## Versions\n\n| what | version |\n|---|---|\n".to_owned();
    for (what, version) in &facts.versions {
        let _ = writeln!(text, "| {what} | {version} |");
    }
    if !facts.missing.is_empty() {
        text += "\nNot measured:\n\n";
        for (what, why) in &facts.missing {
            let _ = writeln!(text, "- {what}: {why}");
        }
    }
    text
}

#[cfg(test)]
mod tests;
