//! Many curves of one picture in one sentence, and single points that have a name.

use super::{counted, drawable, number, pair_of, place_name, subject};
use crate::figure::{Lines, Series, Style};

/// More curves than these are told by their ends alone.
const WHOLE: usize = 4;

/// Of so many curves each is told, of more the first.
const TOLD: usize = 10;

/// Returns which series are told together by their ends: the curves, where they are many.
pub(super) fn together(lines: &Lines) -> Vec<&Series> {
    let curves: Vec<&Series> = lines
        .series
        .iter()
        .filter(|series| series.style == Style::Line && !series.name.trim().is_empty())
        .collect();
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
    let over = match first.zip(last) {
        Some((first, last)) if all_run && first < last => {
            format!("From {} to {}, ", place_name(&lines.x_label, first), number(last))
        }
        _ => String::new(),
    };
    let clauses: Vec<String> = curves.iter().take(TOLD).map(|series| clause(lines, series)).collect();
    let told = format!("{}{more}.", clauses.join("; "));
    if over.is_empty() { subject_of(&told) } else { over + &told }
}

/// Begins a sentence with a capital where its first word is prose.
fn subject_of(told: &str) -> String {
    match told.split_once(' ') {
        Some((first, rest)) => format!("{} {rest}", subject(first)),
        None => told.to_owned(),
    }
}

fn clause(lines: &Lines, series: &Series) -> String {
    let name = series.name.trim();
    let mut points = drawable(lines, series);
    let Some(first) = points.next() else { return format!("{name} has no point that can be drawn") };
    let Some(last) = points.last() else { return format!("{name} is {}", pair_of(first)) };
    if turns(lines, series) {
        return format!("{name} begins at {} and ends at {}", pair_of(first), pair_of(last));
    }
    let (from, to) = (number(first.1), number(last.1));
    let away = drawable(lines, series).fold(0.0_f64, |away, point| away.max((point.1 - first.1).abs()));
    match from == to {
        true if away <= 1e-3 * first.1.abs() => format!("{name} stays at {from}"),
        true => format!("{name} begins and ends at {from}"),
        false => format!("{name} goes from {from} to {to}"),
    }
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

/// Tells dots beside many curves: how many they are, and from where to where they lie.
pub(super) fn dots(lines: &Lines, series: &Series) -> Option<String> {
    let mut points: Vec<(f64, f64)> = drawable(lines, series).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = points.first().zip(points.last())?;
    let (count, name) = (counted(points.len(), "point", "points"), subject(&series.name));
    Some(match points.as_slice() {
        [one] => format!("{name}: a point at {}.", pair_of(*one)),
        [one, other] => format!("{name}: points at {} and {}.", pair_of(*one), pair_of(*other)),
        _ => format!("{name}: {count} between {} and {}.", pair_of(*first), pair_of(*last)),
    })
}
