//! A value over the plane in sentences, with the ways across it and the places on it.

use super::{counted, number, pair_of, sentences_of};
use crate::figure::{Map, MapPath, MapPoint, PathKind, Spot, SpotKind, Surface};
use crate::ticks::rounded;
use crate::way::{Station, parts};

pub(super) fn describe(map: &Map) -> Vec<String> {
    let mut sentences = values(map);
    sentences.extend(ending(map));
    sentences
}

/// Tells a landscape as the map that it is, and from where it is seen.
pub(super) fn describe_surface(surface: &Surface) -> Vec<String> {
    let mut sentences = values(&surface.map);
    let (turn, tilt) = crate::view::angles(surface);
    sentences.push(format!(
        "It is drawn as a landscape, turned by {} degrees and seen from {} degrees above.",
        number(turn),
        number(tilt)
    ));
    sentences.extend(ending(&surface.map));
    sentences
}

/// Tells the values and what lies on them.
fn values(map: &Map) -> Vec<String> {
    let name = if map.value_label.trim().is_empty() { "value" } else { map.value_label.trim() };
    let Some(range) = map.range() else {
        return vec![format!("The map has no {name} that can be drawn.")];
    };
    let scale = if map.value_log { ", on a logarithmic scale" } else { "" };
    let mut sentences = vec![if range.low == range.high {
        format!("The {name} is {} everywhere.", number(range.low))
    } else {
        let (low, high) = (number(range.low), number(range.high));
        let (low_at, high_at) = (pair_of(range.low_at), pair_of(range.high_at));
        format!("The {name} runs from {low} at {low_at} to {high} at {high_at}{scale}.")
    }];
    if let Some(level) = map.level {
        let share = match map.share_above(level) * 100.0 {
            0.0 => "No part".to_owned(),
            100.0 => "All".to_owned(),
            share if share < 1.0 => "Less than 1%".to_owned(),
            share if share > 99.0 => "More than 99%".to_owned(),
            share => format!("{share:.0}%"),
        };
        sentences.push(format!("{share} of the area lies at or above {}.", number(level)));
        sentences.extend(judged_points(map, level));
    } else if !map.points.is_empty() {
        let points = counted(map.points.len(), "data point is", "data points are");
        let upper = map.points.iter().filter(|point| map.is_upper(point)).count();
        let kinds = map.classes.map(|value| format!(", {upper} with a target of {} or more", number(value)));
        sentences.push(format!("{points} drawn on it{}.", kinds.unwrap_or_default()));
    }
    for path in &map.paths {
        sentences.extend(match path.kind {
            PathKind::Steps => way(map, path),
            PathKind::Border => vec![border(map, path)],
        });
    }
    sentences.extend(spots(map));
    sentences
}

fn ending(map: &Map) -> Vec<String> {
    sentences_of(&map.notes).chain(missing(map)).collect()
}

/// Says how many data points lie on the right side of the level, and names the first that do not.
fn judged_points(map: &Map, level: f64) -> Option<String> {
    let wrong: Vec<&MapPoint> = map.points.iter().filter(|point| !map.is_right(point, level)).collect();
    let all = map.points.len();
    match (all, wrong.len()) {
        (0, _) => None,
        (1, 0) => Some("The data point lies on the right side.".into()),
        (1, _) => Some("The data point lies on the wrong side.".into()),
        (2, 0) => Some("Both data points lie on the right side.".into()),
        (_, 0) => Some(format!("All {all} data points lie on the right side.")),
        (_, many) => {
            let named: Vec<String> = wrong.iter().take(4).map(|point| pair_of((point.x, point.y))).collect();
            let more = if many > 4 { format!(" and {} more", many - 4) } else { String::new() };
            let right = all - many;
            Some(format!(
                "{right} of {all} data points lie on the right side; not {}{more}.",
                named.join(", ")
            ))
        }
    }
}

/// Tells where a way begins and ends, how long it is, and where it is farthest from the plane.
fn way(map: &Map, path: &MapPath) -> Vec<String> {
    let name = called("way", &path.name);
    let drawable =
        |index: &usize| path.points.get(*index).is_some_and(|(x, y)| x.is_finite() && y.is_finite());
    let all: Vec<usize> = (0..path.points.len()).filter(drawable).collect();
    let (Some(&first), Some(&last)) = (all.first(), all.last()) else {
        return vec![format!("{name} has no point that can be drawn.")];
    };
    let place = |index: usize| {
        let value = value(map, path, index).map(|value| format!(", value {}", number(value)));
        format!("{}{}", placed(map, path.points[index]), value.unwrap_or_default())
    };
    if first == last {
        return vec![format!("{name} is a single point, {}.", place(first))];
    }
    let steps = counted(path.points.len() - 1, "step", "steps");
    let mut sentences =
        vec![format!("{name} begins at {} and ends after {steps} at {}.", place(first), place(last))];
    let beyond = all.iter().filter(|index| !on_map(map, path.points[**index])).count();
    if beyond > 0 {
        let lie = if beyond == 1 { "lies" } else { "lie" };
        sentences.push(format!("{beyond} of its {} points {lie} beyond the map.", path.points.len()));
    }
    if all.len() < path.points.len() {
        let gaps = path.points.len() - all.len();
        sentences.push(format!("{} not finite.", counted(gaps, "point of it is", "points of it are")));
    }
    sentences.extend(off_plane(map, path, &all));
    sentences
}

/// Says where a way is farthest from the drawn plane, and how far it is from it at its end.
fn off_plane(map: &Map, path: &MapPath, all: &[usize]) -> Option<String> {
    let distance = |index: usize| path.distance.get(index).copied().filter(|share| share.is_finite());
    let measured = all.iter().filter_map(|index| Some((*index, distance(*index)?)));
    let (farthest, most) = measured.reduce(|kept, next| if next.1 > kept.1 { next } else { kept })?;
    if most <= 0.0 {
        return Some("It lies in the drawn plane.".into());
    }
    let (x, y) = path.points[farthest];
    let beneath = Some(map.at(x, y)).filter(|value| value.is_finite() && on_map(map, (x, y)));
    let values = match (path.values.get(farthest).copied().filter(|value| value.is_finite()), beneath) {
        (Some(own), Some(beneath)) => {
            format!(", where its value is {} and that of the map {}", number(own), number(beneath))
        }
        _ => String::new(),
    };
    let last = all.last().and_then(|last| distance(*last)).filter(|share| *share < most);
    let last = last.map(|share| match 100.0 * share / most {
        left if left < 0.5 => "; at its end it is back in the plane".to_owned(),
        left => format!("; at its end {left:.0}% of that distance is left"),
    });
    if all.first() == Some(&farthest) {
        let last = last.unwrap_or_default();
        return Some(format!("It begins out of the drawn plane, at its farthest from it{values}{last}."));
    }
    Some(format!(
        "It leaves the drawn plane and is farthest from it after {} at {}{values}{}.",
        counted(farthest, "step", "steps"),
        placed(map, (x, y)),
        last.unwrap_or_default()
    ))
}

/// Returns the true value at a point of a way, or that of the map.
fn value(map: &Map, path: &MapPath, index: usize) -> Option<f64> {
    let own = path.values.get(index).copied().filter(|value| value.is_finite());
    let point = path.points[index];
    own.or_else(|| Some(map.at(point.0, point.1)).filter(|value| value.is_finite() && on_map(map, point)))
}

/// Writes a place as finely as it can be told on the map: what rounding has left of a zero is a zero.
fn placed(map: &Map, (x, y): (f64, f64)) -> String {
    let axes = map.axes();
    pair_of((rounded(x, axes.0.span() / 1000.0), rounded(y, axes.1.span() / 1000.0)))
}

fn on_map(map: &Map, (x, y): (f64, f64)) -> bool {
    let axes = map.axes();
    axes.0.place_within(x).zip(axes.1.place_within(y)).is_some()
}

fn border(map: &Map, path: &MapPath) -> String {
    let name = called("border", &path.name);
    let parts = parts(map, path);
    let (x, y) = map.axes();
    let place = |station: &Station| placed(map, (x.value(station.place.0), y.value(station.place.1)));
    let first = parts.first().and_then(|part| part.first());
    let last = parts.last().and_then(|part| part.last());
    match first.zip(last) {
        Some((first, last)) => format!("{name} runs from {} to {}.", place(first), place(last)),
        None => format!("{name} does not cross the map."),
    }
}

fn called(what: &str, name: &str) -> String {
    match name.trim() {
        "" => format!("The {what}"),
        name => format!("The {what} \"{name}\""),
    }
}

/// Names the places that are marked.
fn spots(map: &Map) -> Option<String> {
    let told: Vec<String> = map.spots.iter().map(|spot| told_spot(map, spot)).collect();
    (!told.is_empty()).then(|| format!("Marked: {}.", told.join("; ")))
}

fn told_spot(map: &Map, spot: &Spot) -> String {
    let kind = match spot.kind {
        SpotKind::Plain => "place",
        SpotKind::Start => "start",
        SpotKind::End => "end",
        SpotKind::Minimum => "minimum",
        SpotKind::Saddle => "saddle",
        SpotKind::Flat => "flat place",
        SpotKind::Maximum => "maximum",
    };
    let label = spot.label.trim();
    let is_said =
        spot.kind == SpotKind::Plain || label.to_lowercase().contains(kind.split(' ').next().unwrap_or(kind));
    let name = match label {
        "" => kind.to_owned(),
        label if is_said => label.to_owned(),
        label => format!("{label} ({kind})"),
    };
    let beyond = if on_map(map, (spot.x, spot.y)) { "" } else { ", beyond the map" };
    format!("{name} at {}{beyond}", placed(map, (spot.x, spot.y)))
}

/// Says what a picture of the map lacks, if anything.
pub(crate) fn not_drawn(map: &Map) -> Option<String> {
    missing(map).or_else(|| map.range().is_none().then(|| "There is nothing to draw.".to_owned()))
}

/// Says how many samples of a map are missing, if any.
fn missing(map: &Map) -> Option<String> {
    let negative = map.not_positive();
    let gaps = map.gaps() - negative;
    let reasons = [(gaps, "missing or not finite"), (negative, "zero or negative on a logarithmic scale")];
    let told: Vec<String> = reasons
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| format!("{} {why}", counted(*count, "sample is", "samples are")))
        .collect();
    (!told.is_empty()).then(|| format!("Not drawn: {}.", told.join(", ")))
}
