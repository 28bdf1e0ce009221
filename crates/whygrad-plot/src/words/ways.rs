//! The ways across a map in sentences: their ends, and how far they are from the drawn plane.

use super::map::{of_kind, on_map, placed, value_name, valued};
use super::{clause, counted, number, percent, spots};
use crate::figure::{Map, MapPath, PathKind};
use crate::way::{Station, parts};

/// Tells where each way begins and ends, as one sentence without its end.
pub(super) fn told(map: &Map, ways: &[&MapPath]) -> Option<String> {
    let told = ways.iter().enumerate().map(|(index, path)| {
        let told = way(map, path);
        if index == 0 { told } else { clause(&told) }
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn name(path: &MapPath) -> &str {
    match path.name.trim() {
        "" => "way",
        name => name,
    }
}

fn way(map: &Map, path: &MapPath) -> String {
    let name = name(path);
    let all = drawable(path);
    let (Some(&first), Some(&last)) = (all.first(), all.last()) else {
        return format!("The {name} has no point that can be drawn");
    };
    let place = |index: usize| {
        let value = value(map, path, index).map(|value| format!(", {}", valued(map, value)));
        format!("{}{}", placed(map, path.points[index]), value.unwrap_or_default())
    };
    if first == last {
        return format!("The {name} is a single point, {}", place(first));
    }
    let beyond = all.iter().filter(|index| !on_map(map, path.points[**index])).count();
    let beyond = match beyond {
        0 => String::new(),
        some => format!(", {some} of its {} points beyond the map", path.points.len()),
    };
    let steps = passed(path, path.points.len() - 1);
    let end = spots::at_end(map, path.points[last]).map(|spot| format!(", {spot}")).unwrap_or_default();
    let from = place(first);
    let comma = if from.ends_with(')') { "" } else { "," };
    format!("The {name} goes from {from}{comma} in {steps} to {}{end}{beyond}", place(last))
}

/// Tells how long a way has been under way at a point.
fn passed(path: &MapPath, index: usize) -> String {
    match path.epochs.get(index) {
        Some(1) => "1 epoch".to_owned(),
        Some(epochs) => format!("{epochs} epochs"),
        None => counted(index, "step", "steps"),
    }
}

/// Returns the indices of the points of a way that can be drawn.
fn drawable(path: &MapPath) -> Vec<usize> {
    let is_finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
    (0..path.points.len()).filter(|index| is_finite(&path.points[*index])).collect()
}

/// Returns the true value at a point of a way, or that of the map.
fn value(map: &Map, path: &MapPath, index: usize) -> Option<f64> {
    let own = path.values.get(index).copied().filter(|value| value.is_finite());
    let point = path.points[index];
    own.or_else(|| Some(map.at(point.0, point.1)).filter(|value| value.is_finite() && on_map(map, point)))
}

/// Says how much of each way the drawn plane holds, and where the way is farthest from it.
pub(super) fn off_plane(map: &Map) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for path in of_kind(map, PathKind::Steps) {
        let name = name(path);
        let share = path.held.map(|held| if held >= 1.0 - 1e-9 { "all".to_owned() } else { percent(held) });
        let away = farthest(map, path);
        let part = match (share, away) {
            (None, None) => continue,
            (Some(share), away) => {
                let away = away.map(|(when, away)| format!("; at its farthest, {when}, it is {away}"));
                let away = away.unwrap_or_default();
                if told.is_empty() {
                    format!("The plane holds {share} of the {name}{away}")
                } else {
                    format!("of the {name} it holds {share}{away}")
                }
            }
            (None, Some((when, away))) => {
                let the = if told.is_empty() { "The" } else { "the" };
                format!("{the} {name} leaves the plane; at its farthest, {when}, it is {away}")
            }
        };
        told.push(part);
    }
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

/// Says when a way is farthest from the drawn plane, and how far, with the values there.
fn farthest(map: &Map, path: &MapPath) -> Option<(String, String)> {
    let all = drawable(path);
    let distance = |index: usize| path.distance.get(index).copied().filter(|away| away.is_finite());
    let measured = all.iter().filter_map(|index| Some((*index, distance(*index)?)));
    let (farthest, most) = measured.reduce(|kept, next| if next.1 > kept.1 { next } else { kept })?;
    if most <= 0.0 {
        return None;
    }
    let (first, last) = (*all.first()?, *all.last()?);
    let when = match farthest {
        index if index == first => "at its start".to_owned(),
        index if index == last => "at its end".to_owned(),
        index => format!("after {}", passed(path, index)),
    };
    let (x, y) = path.points[farthest];
    let beneath = Some(map.at(x, y)).filter(|value| value.is_finite() && on_map(map, (x, y)));
    let values = match (path.values.get(farthest).copied().filter(|value| value.is_finite()), beneath) {
        (Some(own), Some(beneath)) if number(own) == number(beneath) => {
            format!(", where its {} is that of the surface, {}", value_name(map), number(own))
        }
        (Some(own), Some(beneath)) => {
            let name = value_name(map);
            format!(", where its {name} is {} and that of the surface {}", number(own), number(beneath))
        }
        _ => String::new(),
    };
    // Most planes go through the end.
    let left = distance(last).filter(|left| last != farthest && *left >= 0.005 * most);
    let left = left.map(|left| format!("; at its end it is {} away", number(left))).unwrap_or_default();
    Some((when, format!("{} away{values}{left}", number(most))))
}

/// Returns the ends of what of a line lies on the map.
pub(super) fn ends(map: &Map, path: &MapPath) -> Option<(String, String)> {
    let parts = parts(map, path);
    let (x, y) = map.axes();
    let place = |station: &Station| placed(map, (x.value(station.place.0), y.value(station.place.1)));
    let first = parts.first().and_then(|part| part.first());
    let last = parts.last().and_then(|part| part.last());
    first.zip(last).map(|(first, last)| (place(first), place(last)))
}
