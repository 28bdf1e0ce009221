//! What of a figure cannot be drawn, how much of it and where.

use super::{counted, place_name};
use crate::axis::unit;
use crate::figure::{Figure, Lines};

/// More stretches than these are told by the first and the last.
const TOLD: usize = 3;

/// Says what a picture of curves lacks, if anything.
pub(crate) fn lacking(lines: &Lines) -> Option<String> {
    let is_empty = lines.series.iter().all(|series| series.points.is_empty());
    if is_empty { Some("There is nothing to draw.".to_owned()) } else { omitted(lines) }
}

/// Says which points of a line figure cannot be drawn, if any, and where they are.
pub(crate) fn omitted(lines: &Lines) -> Option<String> {
    let reasons =
        [(Gap::NotFinite, "not finite"), (Gap::NotPositive, "zero or negative on a logarithmic axis")];
    let parts = reasons.iter().filter_map(|(reason, why)| {
        let (count, stretches) = found(lines, *reason);
        let points = counted(count, "point that is", "points that are");
        (count > 0).then(|| format!("{points} {why}{}", places(lines, &stretches)))
    });
    sentence(&parts.collect::<Vec<_>>())
}

/// Makes one sentence of parts that are missing.
pub(super) fn sentence(parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| format!("Not drawn: {}.", parts.join("; ")))
}

/// Says what several figures lack together.
pub(super) fn of_all(figures: &[Figure]) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for figure in figures {
        let lacks = match figure {
            Figure::Lines(lines) => omitted(lines),
            Figure::Map(map) => super::map::missing(map),
            Figure::Surface(surface) => super::map::missing(&surface.map),
            Figure::Network(network) => super::network::missing(network),
            Figure::Cells(cells) => super::cells::missing(cells),
            Figure::Panels(panels) => of_all(&panels.figures),
        };
        let told = lacks.map(|told| told.trim_start_matches("Not drawn: ").trim_end_matches('.').to_owned());
        parts.extend(told.filter(|told| !parts.contains(told)));
    }
    sentence(&parts)
}

/// Why a point is not drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    NotFinite,
    NotPositive,
}

fn gap(lines: &Lines, (x, y): (f64, f64)) -> Option<Gap> {
    if !(x.is_finite() && y.is_finite()) {
        return Some(Gap::NotFinite);
    }
    let x_log = lines.x_log && lines.x_names.is_empty();
    unit(x, x_log).zip(unit(y, lines.y_log)).is_none().then_some(Gap::NotPositive)
}

/// Returns how many points are missing for a reason, and between which places, stretch by stretch.
fn found(lines: &Lines, reason: Gap) -> (usize, Vec<(f64, f64)>) {
    let (mut count, mut stretches) = (0, Vec::new());
    for series in &lines.series {
        let mut open = false;
        for point in &series.points {
            let is_gap = gap(lines, *point) == Some(reason);
            count += usize::from(is_gap);
            if is_gap && point.0.is_finite() {
                match stretches.last_mut() {
                    Some((from, to)) if open => (*from, *to) = (point.0.min(*from), point.0.max(*to)),
                    _ => stretches.push((point.0, point.0)),
                }
            }
            open = is_gap && (open || point.0.is_finite());
        }
    }
    (count, united(stretches))
}

/// Joins stretches of different curves that overlap.
fn united(mut stretches: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    stretches.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut united: Vec<(f64, f64)> = Vec::new();
    for next in stretches {
        match united.last_mut() {
            Some(last) if next.0 <= last.1 => last.1 = last.1.max(next.1),
            _ => united.push(next),
        }
    }
    united
}

/// Tells stretches: `, from epoch 40 to 51`.
fn places(lines: &Lines, stretches: &[(f64, f64)]) -> String {
    let name = |x: f64| match lines.x_names.get(x.round().max(0.0) as usize) {
        Some(name) => name.clone(),
        None => place_name(&lines.x_label, x),
    };
    let told = |(from, to): &(f64, f64)| {
        if from == to {
            format!("at {}", name(*from))
        } else {
            format!("from {} to {}", name(*from), short(lines, *to))
        }
    };
    match stretches {
        [] => String::new(),
        [first, .., last] if stretches.len() > TOLD => {
            format!(", in {} stretches, the first {}, the last {}", stretches.len(), told(first), told(last))
        }
        _ => format!(", {}", super::listed(&stretches.iter().map(told).collect::<Vec<_>>())),
    }
}

/// A place whose axis has just been named.
fn short(lines: &Lines, x: f64) -> String {
    lines.x_names.get(x.round().max(0.0) as usize).cloned().unwrap_or_else(|| super::number(x))
}
