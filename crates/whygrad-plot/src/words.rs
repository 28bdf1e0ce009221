//! A figure in plain sentences: for screen readers, for logs, and for whoever prefers to read.

mod cells;
mod curves;
mod map;
mod named;
mod network;
mod phases;

use crate::axis::{Axis, seen, unit};
use crate::figure::{Figure, Lines, Panels, Series, Style};
use crate::ticks::{rounded, significant};
use phases::{Kind, Phase, course};

/// More phases than these are summed up.
const TOLD_PHASES: usize = 5;

/// Describes a figure in a few plain sentences.
///
/// For a curve: how it runs, where it ends and where it is lowest; for many curves, and for a path that turns back: where
/// it begins and ends. For a map: its lowest and
/// highest value and where they are, the share above the level, and which data points lie on the
/// right side, how each way runs over it, and the places with a name. For words below the axis and for cells: the values
/// by name, or the best and the worst of many. For a network: its shape and its weights, or the largest of many. For
/// several figures: each in turn. Whatever could not be drawn is named at the end.
pub fn describe(figure: &Figure) -> String {
    let sentences = match figure {
        Figure::Lines(lines) => describe_lines(lines),
        Figure::Map(map) => map::describe(map),
        Figure::Cells(cells) => cells::describe(cells),
        Figure::Surface(surface) => map::describe_surface(surface),
        Figure::Network(network) => network::describe(network),
        Figure::Panels(panels) => describe_panels(panels),
    };
    sentences.join(" ")
}

/// Names a figure in a few words: its title, or else what it has on its axes.
pub(crate) fn heading(figure: &Figure) -> String {
    let (x, y) = match figure {
        _ if !figure.title().trim().is_empty() => return figure.title().to_owned(),
        Figure::Lines(lines) => (&lines.x_label, &lines.y_label),
        Figure::Map(map) => (&map.x_label, &map.y_label),
        Figure::Cells(cells) => (&cells.x_label, &cells.y_label),
        Figure::Surface(surface) => (&surface.map.x_label, &surface.map.y_label),
        Figure::Network(_) => return "Network".to_owned(),
        Figure::Panels(_) => return "Pictures".to_owned(),
    };
    match (x.trim(), y.trim()) {
        ("", "") => "Picture".to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (x, y) => format!("{y} over {x}"),
    }
}

pub(crate) use cells::missing as empty_cells;
pub(crate) use map::not_drawn;
pub(crate) use network::{missing as missing_links, shape};

fn describe_lines(lines: &Lines) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    let together = curves::together(lines);
    if !together.is_empty() {
        sentences.push(curves::ends(lines, &together));
    }
    let mut named: Vec<String> = Vec::new();
    for series in &lines.series {
        if together.iter().any(|one| std::ptr::eq(*one, series)) {
            continue;
        }
        if let Some(dot) = curves::named_dot(lines, series) {
            named.push(dot);
            continue;
        }
        if !together.is_empty() && series.style == Style::Dots {
            sentences.extend(curves::dots(lines, series));
            continue;
        }
        sentences.push(describe_series(lines, series));
        sentences.extend(named::widest_bar(lines, series));
    }
    if lines.series.is_empty() {
        sentences.push("There is nothing to draw.".into());
    }
    let (x, _) = Axis::of_lines(lines);
    let marks = lines.marks.iter().filter(|mark| x.place_within(mark.x).is_some());
    named.extend(marks.map(|mark| format!("{} at {}", mark.label, place_name(&lines.x_label, mark.x))));
    if !named.is_empty() {
        sentences.push(format!("Marked: {}.", named.join(", ")));
    }
    sentences.extend(sentences_of(&lines.notes));
    sentences.extend(omitted(lines));
    sentences
}

/// Tells the figures in turn, each after its number and its title.
fn describe_panels(panels: &Panels) -> Vec<String> {
    let mut sentences: Vec<String> = sentences_of(&panels.notes).collect();
    if panels.figures.is_empty() {
        sentences.push("There is nothing to draw.".into());
    }
    let count = panels.figures.len();
    for (index, figure) in panels.figures.iter().enumerate() {
        sentences.push(format!(
            "Picture {} of {count}, {}: {}",
            index + 1,
            heading(figure),
            describe(figure)
        ));
    }
    sentences
}

/// Returns notes as sentences, each with an end.
fn sentences_of(notes: &[String]) -> impl Iterator<Item = String> + '_ {
    notes
        .iter()
        .map(|note| note.trim())
        .filter(|note| !note.is_empty())
        .map(|note| if note.ends_with(['.', '!', '?']) { note.to_owned() } else { format!("{note}.") })
}

fn describe_series(lines: &Lines, series: &Series) -> String {
    let name = subject(if series.name.is_empty() { &lines.y_label } else { &series.name });
    let points: Vec<(f64, f64)> = drawable(lines, series).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return format!("{name} has no point that can be drawn.");
    };
    if !lines.x_names.is_empty() {
        return named::describe(lines, series, &name);
    }
    if series.style == Style::Columns {
        return named::columns(lines, &points, &name);
    }
    if points.len() == 1 {
        return format!(
            "{name} is a single point, {} at {}.",
            number(first.1),
            place_name(&lines.x_label, first.0)
        );
    }
    let lowest = points.iter().fold(first, |low, point| if point.1 < low.1 { point } else { low });
    let highest = points.iter().fold(first, |high, point| if point.1 > high.1 { point } else { high });
    if series.style == Style::Line && points.windows(2).any(|pair| pair[1].0 < pair[0].0) {
        return format!("{name} begins at {} and ends at {}.", pair_of(*first), pair_of(*last));
    }
    if series.style == Style::Dots {
        let walked =
            format!("{name}: {} points from {} to {}", points.len(), pair_of(*first), pair_of(*last));
        let ends_lowest = last.1 <= lowest.1;
        return if ends_lowest {
            format!("{walked}, the lowest.")
        } else {
            format!("{walked}; the lowest is {}.", pair_of(*lowest))
        };
    }
    if highest.1 - lowest.1 <= 1e-9 * highest.1.abs().max(lowest.1.abs()) {
        let (from, to) = (place_name(&lines.x_label, first.0), number(last.0));
        return format!("{name} stays at {} from {from} to {to}.", number(last.1));
    }
    let x = Axis::over(points.iter().map(|point| point.0), lines.x_log, 0.0);
    let y = Axis::over(points.iter().map(|point| point.1), lines.y_log, 0.0);
    let course = course(&points, &x, &y);
    let told = told(&course.phases, &points, lines);
    let noise =
        course.scatter.map(|away| format!(" Single points lie up to {} from the average.", number(away)));
    let average = if noise.is_some() { " on average" } else { "" };
    let end = format!("It ends at {} at {}", number(last.1), place_name(&lines.x_label, last.0));
    let low = if lowest.1 >= last.1 {
        ", its lowest value.".to_owned()
    } else {
        format!("; its lowest value is {} at {}.", number(lowest.1), place_name(&lines.x_label, lowest.0))
    };
    let peak = if highest.1 > first.1.max(last.1) && !told.contains(&number(highest.1)) {
        format!(" Its highest is {} at {}.", number(highest.1), place_name(&lines.x_label, highest.0))
    } else {
        String::new()
    };
    format!("{name}{average} {told}.{} {end}{low}{peak}", noise.unwrap_or_default())
}

/// Tells the phases one after another.
fn told(phases: &[Phase], points: &[(f64, f64)], lines: &Lines) -> String {
    let (start, end) = (points[0].0, points[points.len() - 1].0);
    let resolution = if lines.x_log { f64::NAN } else { (end - start) / 100.0 };
    let mut told = Vec::new();
    for (index, phase) in phases.iter().enumerate() {
        if phases.len() > TOLD_PHASES && (2..phases.len() - 1).contains(&index) {
            if index == 2 {
                told.push(format!("changes its course {} times", phases.len() - 3));
            }
            continue;
        }
        let is_last = index + 1 == phases.len();
        let place = rounded(phase.to.0, resolution);
        // The first place carries the name of the axis, the later ones are understood.
        let place = if index == 0 { place_name(&lines.x_label, place) } else { number(place) };
        let flat = matches!(phase.kind, Kind::Flat | Kind::Oscillation);
        let when = match (is_last, flat) {
            (true, true) if index == 0 => " throughout".to_owned(),
            (true, true) => " until the end".to_owned(),
            (true, false) => String::new(),
            (false, true) => format!(" until {place}"),
            (false, false) => format!(" by {place}"),
        };
        told.push(format!("{}{when}", verb(phase, index == 0)));
    }
    match told.len() {
        0 | 1 => told.concat(),
        2 => told.join(", then "),
        many => format!("{}, then {}", told[..many - 1].join(", "), told[many - 1]),
    }
}

fn verb(phase: &Phase, is_first: bool) -> String {
    let moves = match phase.kind {
        Kind::Flat if is_first => return format!("is flat near {}", number(phase.middle)),
        Kind::Flat => return "is flat".into(),
        Kind::Oscillation => {
            return format!("oscillates between {} and {}", number(phase.low), number(phase.high));
        }
        Kind::Fall if phase.sudden => "drops",
        Kind::Fall => "falls",
        Kind::Rise if phase.sudden => "jumps",
        Kind::Rise => "rises",
    };
    let from = if is_first { format!(" from {}", number(phase.from.1)) } else { String::new() };
    format!("{moves}{from} to {}", number(phase.to.1))
}

/// Says what a picture of curves lacks, if anything.
pub(crate) fn lacking(lines: &Lines) -> Option<String> {
    let is_empty = lines.series.iter().all(|series| series.points.is_empty());
    if is_empty { Some("There is nothing to draw.".to_owned()) } else { omitted(lines) }
}

/// Says which points of a line figure cannot be drawn, if any.
pub(crate) fn omitted(lines: &Lines) -> Option<String> {
    let points = || lines.series.iter().flat_map(|series| &series.points);
    let infinite = points().filter(|(x, y)| !(x.is_finite() && y.is_finite())).count();
    let unplaced = points().filter(|(x, y)| {
        unit(*x, lines.x_log && lines.x_names.is_empty()).is_none() || unit(*y, lines.y_log).is_none()
    });
    let negative = unplaced.count() - infinite;
    let reasons = [(infinite, "not finite"), (negative, "zero or negative on a logarithmic axis")];
    let told: Vec<String> = reasons
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{} {why}", counted(*count, "point is", "points are")))
        .collect();
    (!told.is_empty()).then(|| format!("Not drawn: {}.", told.join(", ")))
}

fn drawable<'a>(lines: &'a Lines, series: &'a Series) -> impl Iterator<Item = (f64, f64)> + 'a {
    seen(lines, series).map(|(point, _)| point)
}

/// Returns a place with the name of its axis: `epoch 40`, `x = 2.5`, or the number alone.
fn place_name(label: &str, value: f64) -> String {
    let is_word = label.chars().count() > 1 && label.chars().all(|c| c.is_alphabetic() || c == ' ');
    match label {
        "" => number(value),
        _ if is_word => format!("{label} {}", number(value)),
        _ => format!("{label} = {}", number(value)),
    }
}

/// Returns a name fit to begin a sentence. A formula such as `f(x)` keeps its small letter.
fn subject(name: &str) -> String {
    let is_prose = name.chars().count() > 1 && name.chars().all(|c| c.is_alphabetic() || c == ' ');
    match name.chars().next() {
        None => "The curve".into(),
        Some(first) if is_prose => first.to_uppercase().chain(name.chars().skip(1)).collect(),
        Some(_) => name.to_owned(),
    }
}

fn pair_of((x, y): (f64, f64)) -> String {
    format!("({}, {})", number(x), number(y))
}

/// Writes a number for a sentence, where three digits are enough.
fn number(value: f64) -> String {
    significant(value, 3)
}

pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Returns the notes of a figure and what could not be drawn.
pub(crate) fn notes(notes: &[String], missing: Option<String>) -> Vec<String> {
    notes.iter().filter(|note| !note.trim().is_empty()).cloned().chain(missing).collect()
}
