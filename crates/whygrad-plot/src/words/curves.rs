//! Many curves of one picture in one sentence, and single points that have a name.

use super::{counted, drawable, number, pair_of, place_name, subject};
use crate::axis::Axis;
use crate::figure::{Lines, Series, Style};

/// More curves than these are told by their ends alone.
const WHOLE: usize = 2;

/// Of so many curves each is told, of more the first.
const TOLD: usize = 10;

/// A curve goes clearly beyond its ends where that is more than this share of its own height, and of the picture's.
const BEYOND: (f64, f64) = (0.1, 0.03);

/// Returns which series are told together by their ends: the curves, where they are many.
pub(super) fn together(lines: &Lines) -> Vec<&Series> {
    let curves: Vec<&Series> =
        lines.series.iter().filter(|series| series.style == Style::Line && !series.silent).collect();
    if curves.len() > WHOLE && lines.x_names.is_empty() { curves } else { Vec::new() }
}

/// Tells curves by their ends, a clause each.
pub(super) fn ends(lines: &Lines, curves: &[&Series]) -> String {
    let more =
        if curves.len() > TOLD { format!("; and {} more", curves.len() - TOLD) } else { String::new() };
    let mut starts = curves.iter().filter_map(|series| drawable(lines, series).next());
    let first = starts.next().map(|point| point.0);
    let last = curves
        .iter()
        .filter_map(|series| drawable(lines, series).last())
        .map(|point| point.0)
        .reduce(f64::max);
    let all_run = curves.iter().all(|series| !turns(lines, series));
    let mut lasts = curves.iter().filter_map(|series| drawable(lines, series).last());
    let together = lasts.all(|end| Some(end.0) == last);
    let over = match first.zip(last) {
        Some((first, last)) if all_run && together && first < last => {
            format!("From {} to {}, ", place_name(&lines.x_label, first), number(last))
        }
        _ => String::new(),
    };
    // Curves of different lengths tell each where it ends.
    let told = |series: &&Series| {
        let told = clause(lines, series);
        match drawable(lines, series).last().filter(|_| all_run && !together) {
            Some(last) => format!("{told} by {}", place_name(&lines.x_label, last.0)),
            None => told,
        }
    };
    let clauses: Vec<String> = curves.iter().take(TOLD).map(told).collect();
    let told = format!("{}{more}.", clauses.join("; "));
    if over.is_empty() { subject_of(&told) } else { over + &told }
}

/// Tells the lowest and the highest point of all curves, where not each of them is told.
pub(super) fn extremes(lines: &Lines, curves: &[&Series]) -> Option<String> {
    let all = || {
        curves.iter().flat_map(|series| drawable(lines, series).map(move |point| (name_of(series), point)))
    };
    let low = all().min_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
    let high = all().max_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
    let told = |(name, (x, y)): (&str, (f64, f64))| {
        format!("{}, of {name} at {}", number(y), place_name(&lines.x_label, x))
    };
    (curves.len() > TOLD && low.1.1 < high.1.1)
        .then(|| format!("The lowest value of all is {}; the highest is {}.", told(low), told(high)))
}

fn name_of(series: &Series) -> &str {
    match series.name.trim() {
        "" => "a curve",
        name => name,
    }
}

/// Begins a sentence with a capital where its first word is prose.
fn subject_of(told: &str) -> String {
    match told.split_once(' ') {
        Some((first, rest)) => format!("{} {rest}", subject(first)),
        None => told.to_owned(),
    }
}

fn clause(lines: &Lines, series: &Series) -> String {
    let name = name_of(series);
    let mut points = drawable(lines, series);
    let Some(first) = points.next() else { return format!("{name} has no point that can be drawn") };
    let Some(last) = points.last() else { return format!("{name} is {}", pair_of(first)) };
    if turns(lines, series) {
        return format!("{name} begins at {} and ends at {}", pair_of(first), pair_of(last));
    }
    let (from, to) = (number(first.1), number(last.1));
    let way: Vec<String> =
        beyond(lines, series).iter().map(|(word, value)| format!("{word} to {}", number(*value))).collect();
    if !way.is_empty() {
        return format!("{name} goes from {from} {}, then to {to}", way.join(", "));
    }
    let away = drawable(lines, series).fold(0.0_f64, |away, point| away.max((point.1 - first.1).abs()));
    match from == to {
        true if away <= 1e-3 * first.1.abs() => format!("{name} stays at {from}"),
        true => format!("{name} begins and ends at {from}"),
        false => format!("{name} goes from {from} to {to}"),
    }
}

/// Returns where a curve goes clearly beyond both its ends, in the order of its course.
fn beyond(lines: &Lines, series: &Series) -> Vec<(&'static str, f64)> {
    let points: Vec<(f64, f64)> = drawable(lines, series).collect();
    let Some((first, last)) = points.first().zip(points.last()) else { return Vec::new() };
    let height = Axis::over(points.iter().map(|point| point.1), lines.y_log, 0.0);
    let (_, picture) = Axis::of_lines(lines);
    let is_far = |value: f64, end: f64| {
        let way = |axis: &Axis| axis.place(value).zip(axis.place(end)).map_or(0.0, |(a, b)| (a - b).abs());
        way(&height) > BEYOND.0 && way(&picture) > BEYOND.1
    };
    let indexed = || points.iter().map(|point| point.1).enumerate();
    let low = indexed().min_by(|a, b| a.1.total_cmp(&b.1)).filter(|low| is_far(low.1, first.1.min(last.1)));
    let high =
        indexed().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|high| is_far(high.1, first.1.max(last.1)));
    let mut found: Vec<(usize, &'static str, f64)> = Vec::new();
    found.extend(low.map(|(index, value)| (index, "down", value)));
    found.extend(high.map(|(index, value)| (index, "up", value)));
    found.sort_by_key(|turn| turn.0);
    found.into_iter().map(|(_, word, value)| (word, value)).collect()
}

/// Returns whether a series turns back, so that it is a path and no course.
pub(super) fn turns(lines: &Lines, series: &Series) -> bool {
    let points = drawable(lines, series);
    points.zip(drawable(lines, series).skip(1)).any(|(from, to)| to.0 < from.0)
}

/// Returns a series that is one dot with a name, as `start at (1, 2)`.
pub(super) fn named_dot(lines: &Lines, series: &Series) -> Option<String> {
    let name = series.name.trim();
    if series.style != Style::Dots || name.is_empty() || lines.series.len() < 2 || !lines.x_names.is_empty() {
        return None;
    }
    match series.points.as_slice() {
        [(x, y)] => drawable(lines, series).next().map(|_| format!("{name} at {}", pair_of((*x, *y)))),
        _ => None,
    }
}

/// Returns whether a dot stands where a curve that is told begins or ends.
pub(super) fn ends_a_curve(lines: &Lines, dot: &Series) -> bool {
    let curves = lines.series.iter().filter(|series| series.style == Style::Line && !series.silent);
    let mut ends = curves.flat_map(|curve| [curve.points.first(), curve.points.last()]);
    ends.any(|end| end.is_some() && end == dot.points.first())
}

/// Tells dots: how many they are, and from where to where they lie.
pub(super) fn dots(mut points: Vec<(f64, f64)>, name: &str) -> String {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = counted(points.len(), "point", "points");
    match points.as_slice() {
        [] => format!("{name} has no point that can be drawn"),
        [one] => format!("{name}: a point at {}", pair_of(*one)),
        [one, other] => format!("{name}: points at {} and {}", pair_of(*one), pair_of(*other)),
        [first, .., last] => format!("{name}: {count} between {} and {}", pair_of(*first), pair_of(*last)),
    }
}
