//! Curves and dots over one axis in sentences.

use super::phases::{Kind, Phase, course};
use super::{clause, curves, drawable, named, number, omitted, pair_of, place_name, sentences_of, subject};
use crate::axis::{Axis, unit};
use crate::figure::{Lines, Series, Style};
use crate::ticks::rounded;

/// More phases than these are summed up.
const TOLD_PHASES: usize = 5;

/// An extreme is worth its words where it lies so far beyond what has been told, as a share of the curve's height.
const BEYOND: f64 = 0.03;

/// Tells each curve, or many by their ends; then the dots, the marks, the notes, and what is missing.
pub(super) fn describe(lines: &Lines, titled: bool) -> Vec<String> {
    let is_silent = lines.series.iter().all(|series| series.silent);
    let told = |series: &&Series| is_silent || !series.silent;
    let curves = lines.series.iter().filter(told).filter(|series| series.style == Style::Line).count();
    let title = lines.title.trim();
    let says_more =
        curves > 1 || lines.series.iter().filter(told).any(|series| is_named_apart(lines, series));
    let title = if titled && says_more && !title.is_empty() { format!("{title}: ") } else { String::new() };
    let mut sentences: Vec<String> = Vec::new();
    let together = curves::together(lines);
    if !together.is_empty() {
        sentences.push(curves::ends(lines, &together));
        sentences.extend(curves::extremes(lines, &together));
    }
    let (mut dots, mut marked): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for series in lines.series.iter().filter(told) {
        if together.iter().any(|one| std::ptr::eq(*one, series)) {
            continue;
        }
        if let Some(dot) = curves::named_dot(lines, series) {
            marked.extend((!curves::ends_a_curve(lines, series)).then_some(dot));
        } else if series.style == Style::Line && lines.x_names.is_empty() {
            sentences.push(describe_curve(lines, series, !sentences.is_empty() || title.is_empty()));
        } else {
            dots.push(describe_dots(lines, series, !together.is_empty()));
        }
    }
    if let Some(first) = sentences.first_mut().filter(|_| !title.is_empty()) {
        *first = format!("{title}{}.", clause(first));
    }
    if !dots.is_empty() {
        sentences.push(format!("{}.", dots.join("; ")));
    }
    if lines.series.is_empty() {
        sentences.push("There is nothing to draw.".into());
    }
    let (x, _) = Axis::of_lines(lines);
    let marks = lines.marks.iter().filter(|mark| x.place_within(mark.x).is_some());
    marked.extend(marks.map(|mark| format!("{} at {}", mark.label, place_name(&lines.x_label, mark.x))));
    if !marked.is_empty() {
        sentences.push(format!("Marked: {}.", marked.join(", ")));
    }
    sentences.extend(sentences_of(&lines.notes));
    sentences.extend(omitted(lines));
    sentences
}

/// Returns whether a curve's name does not say what its values are, which then the title does.
fn is_named_apart(lines: &Lines, series: &Series) -> bool {
    let (name, label) = (series.name.trim().to_lowercase(), lines.y_label.trim().to_lowercase());
    let title = lines.title.to_lowercase();
    let is_said = name.contains(&label) || label.contains(&name) || title.split(' ').any(|word| word == name);
    series.style == Style::Line && !name.is_empty() && !is_said
}

fn name_of<'a>(lines: &'a Lines, series: &'a Series) -> &'a str {
    if series.name.is_empty() { &lines.y_label } else { &series.name }
}

/// Tells dots, columns, or values over words, as a part of a sentence.
fn describe_dots(lines: &Lines, series: &Series, has_others: bool) -> String {
    let name = subject(name_of(lines, series));
    let points: Vec<(f64, f64)> = drawable(lines, series).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return format!("{name} has no point that can be drawn");
    };
    if !lines.x_names.is_empty() {
        return named::describe(lines, series, &name);
    }
    if series.style == Style::Columns {
        return named::columns(lines, &points, &name);
    }
    if points.len() == 1 && !has_others {
        return single(lines, &name, *first);
    }
    if has_others && points.windows(2).any(|pair| pair[1].0 < pair[0].0) || points.len() <= 2 {
        return curves::dots(points, &name);
    }
    let lowest = points.iter().fold(first, |low, point| if point.1 < low.1 { point } else { low });
    let walked = format!("{name}: {} points from {} to {}", points.len(), pair_of(*first), pair_of(*last));
    if last.1 <= lowest.1 {
        format!("{walked}, the last one the lowest")
    } else {
        format!("{walked}, the lowest {}", pair_of(*lowest))
    }
}

fn single(lines: &Lines, name: &str, (x, y): (f64, f64)) -> String {
    format!("{name} is a single point, {} at {}", number(y), place_name(&lines.x_label, x))
}

/// Tells a curve in one sentence.
fn describe_curve(lines: &Lines, series: &Series, begins: bool) -> String {
    let name = name_of(lines, series);
    let name = if begins || name.is_empty() { subject(name) } else { name.to_owned() };
    let points: Vec<(f64, f64)> = drawable(lines, series).collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return format!("{name} has no point that can be drawn.");
    };
    if points.len() == 1 {
        return format!("{}.", single(lines, &name, *first));
    }
    if points.windows(2).any(|pair| pair[1].0 < pair[0].0) {
        return format!("{name} begins at {} and ends at {}.", pair_of(*first), pair_of(*last));
    }
    let bar = named::widest_bar(lines, series).map(|bar| format!("; {bar}")).unwrap_or_default();
    let by_height = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let lowest = points.iter().min_by(by_height).unwrap_or(first);
    let highest = points.iter().rev().max_by(by_height).unwrap_or(first);
    if highest.1 - lowest.1 <= 1e-9 * highest.1.abs().max(lowest.1.abs()) {
        let (from, to) = (place_name(&lines.x_label, first.0), number(last.0));
        return format!("{name} stays at {} from {from} to {to}{bar}.", number(last.1));
    }
    let x = Axis::over(points.iter().map(|point| point.0), lines.x_log, 0.0);
    let y = Axis::over(points.iter().map(|point| point.1), lines.y_log, 0.0);
    let course = course(&points, (&x, &y), lines.y_log);
    let told = told(&course.phases, &points, lines);
    let place =
        |point: &(f64, f64)| format!("{} at {}", number(point.1), place_name(&lines.x_label, point.0));
    if let Some(away) = course.scatter {
        let (away, low, end) = (number(away), place(lowest), number(last.1));
        return format!(
            "{name} on average {told}; single points lie up to {away} from it, the lowest {low}, the last {end}{bar}."
        );
    }
    let far = |value: f64| {
        let swings = course.phases.iter().filter(|phase| phase.kind == Kind::Oscillation);
        let swings = swings.flat_map(|phase| [phase.low, phase.high]);
        let ends = course.phases.iter().flat_map(|phase| [phase.from.1, phase.to.1]).chain(swings);
        let nearest = ends.filter_map(|told| Some((y.place(told)? - y.place(value)?).abs()));
        nearest.fold(f64::INFINITY, f64::min) > BEYOND
    };
    let extremes = match (far(lowest.1), far(highest.1)) {
        (false, false) => String::new(),
        (true, false) => format!("; its lowest value is {}", place(lowest)),
        (false, true) => format!("; its highest value is {}", place(highest)),
        (true, true) => format!("; its lowest value is {}, its highest {}", place(lowest), place(highest)),
    };
    format!("{name} {told}{extremes}{bar}.")
}

/// Returns the flat phases of a curve, each by its first and its last point.
pub(super) fn rests(points: &[(f64, f64)], y_log: bool) -> Vec<((f64, f64), (f64, f64))> {
    let seen = |(x, y): &(f64, f64)| unit(*x, false).zip(unit(*y, y_log)).is_some();
    let points: Vec<(f64, f64)> = points.iter().copied().filter(seen).collect();
    let x = Axis::over(points.iter().map(|point| point.0), false, 0.0);
    let y = Axis::over(points.iter().map(|point| point.1), y_log, 0.0);
    let phases = course(&points, (&x, &y), y_log).phases;
    phases.iter().filter(|phase| phase.kind == Kind::Flat).map(|phase| (phase.from, phase.to)).collect()
}

/// Tells the phases one after another; the last one tells also where the curve ends.
fn told(phases: &[Phase], points: &[(f64, f64)], lines: &Lines) -> String {
    let (start, end) = (points[0].0, points[points.len() - 1].0);
    let resolution = if lines.x_log { f64::NAN } else { (end - start) / 100.0 };
    let mut told = Vec::new();
    let mut before = start;
    for (index, phase) in phases.iter().enumerate() {
        if phases.len() > TOLD_PHASES && (2..phases.len() - 1).contains(&index) {
            if index == 2 {
                told.push(format!("changes its course {} times", phases.len() - 3));
            }
            continue;
        }
        let is_last = index + 1 == phases.len();
        let round = rounded(phase.to.0, resolution);
        // Two turns may be nearer to each other than a place is to a round one.
        let next = phases.get(index + 1).map_or(f64::INFINITY, |next| next.to.0 - phase.to.0);
        let is_far = (round - phase.to.0).abs() > 0.25 * (phase.to.0 - before).min(next);
        let place = if is_last || is_far { phase.to.0 } else { round };
        before = phase.to.0;
        // The first place carries the name of the axis, the later ones are understood.
        let place = if index == 0 { place_name(&lines.x_label, place) } else { number(place) };
        let flat = matches!(phase.kind, Kind::Flat | Kind::Oscillation);
        let when = match (is_last, flat) {
            (true, true) if index == 0 => {
                format!(" from {} to {}", place_name(&lines.x_label, start), number(end))
            }
            (true, true) => " until the end".to_owned(),
            (false, true) => format!(" until {place}"),
            (_, false) => format!(" by {place}"),
        };
        let known = if index == 0 { phase.middle } else { phase.from.1 };
        let end = number(phase.to.1);
        let end = match (is_last && flat, index) {
            (false, _) => String::new(),
            (true, _) if phase.kind == Kind::Oscillation => format!(", and ends at {end}"),
            (true, _) if number(known) == end => String::new(),
            (true, 0) => format!(", and ends at {end}"),
            (true, _) => format!(", at {end}"),
        };
        told.push(format!("{}{when}{end}", verb(phase, index == 0)));
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
