//! The places with a name on a map, in sentences.

use super::map::{of_kind, on_map, placed, valued};
use super::{listed, number};
use crate::figure::{Map, PathKind, Spot, SpotKind};

/// More stationary points than these are counted.
const TOLD: usize = 4;

/// Two places are one where they are nearer than this share of the map.
const SAME: f64 = 2e-3;

fn is_at(map: &Map, spot: &Spot, (x, y): (f64, f64)) -> bool {
    let axes = map.axes();
    let spans = (axes.0.span(), axes.1.span());
    (spot.x - x).abs() <= SAME * spans.0
        && (spot.y - y).abs() <= SAME * spans.1
        && spot.distance.abs() <= SAME * spans.0.max(spans.1)
}

fn is_stationary(spot: &Spot) -> bool {
    matches!(spot.kind, SpotKind::Minimum | SpotKind::Saddle | SpotKind::Flat | SpotKind::Maximum)
}

/// The ends of the ways: what stands there is told with the way.
fn way_ends(map: &Map) -> Vec<(f64, f64)> {
    let ways = of_kind(map, PathKind::Steps).into_iter().filter(|path| path.points.len() > 1);
    ways.filter_map(|path| path.points.iter().rev().find(|point| point.0.is_finite() && point.1.is_finite()))
        .copied()
        .collect()
}

/// What a way ends at: `a minimum (flat in 5 of 9 directions)`.
pub(super) fn at_end(map: &Map, end: (f64, f64)) -> Option<String> {
    let spot = map.spots.iter().find(|spot| is_stationary(spot) && is_at(map, spot, end))?;
    let detail = spot.detail.trim();
    Some(match (spot.kind, detail.is_empty()) {
        (SpotKind::Flat, false) => detail.to_owned(),
        (_, true) => format!("a {}", kind(spot)),
        (_, false) => format!("a {} ({detail})", kind(spot)),
    })
}

/// Tells the stationary points with a value that no way ends at, to be put to the end of a sentence.
pub(super) fn besides(map: &Map) -> String {
    let ends = way_ends(map);
    let found: Vec<&Spot> = map
        .spots
        .iter()
        .filter(|spot| is_stationary(spot) && spot.value.is_some())
        .filter(|spot| !ends.iter().any(|end| is_at(map, spot, *end)))
        .collect();
    let told = |spot: &Spot, lies: &str| {
        let value = spot.value.map(|value| valued(map, value)).unwrap_or_default();
        let detail = match (spot.detail.trim(), spot.kind) {
            ("", _) => String::new(),
            (detail, SpotKind::Flat) => format!(", {detail},"),
            (detail, _) => format!(" ({detail})"),
        };
        let away = if spot.distance > 0.0 {
            format!(", {} off the plane", number(spot.distance))
        } else {
            String::new()
        };
        let place = placed(map, (spot.x, spot.y));
        format!("a {}{detail} of {value}{lies} at {place}{away}", kind(spot))
    };
    match found.as_slice() {
        [] => String::new(),
        [one] => format!(", and {}", told(one, " lies")),
        many => {
            let mut parts: Vec<String> = many.iter().take(TOLD).map(|spot| told(spot, "")).collect();
            parts.extend((many.len() > TOLD).then(|| format!("{} more such points", many.len() - TOLD)));
            format!("; there are {}", listed(&parts))
        }
    }
}

/// Names the places that have not been told with the ways.
pub(super) fn marked(map: &Map) -> Option<String> {
    let ways = of_kind(map, PathKind::Steps);
    let is_told = |spot: &Spot| match spot.kind {
        SpotKind::Start | SpotKind::End => {
            let mut ends = ways.iter().flat_map(|path| [path.points.first(), path.points.last()]).flatten();
            ends.any(|end| is_at(map, spot, *end))
        }
        SpotKind::Plain => false,
        _ => spot.value.is_some() || way_ends(map).iter().any(|end| is_at(map, spot, *end)),
    };
    let told: Vec<String> =
        map.spots.iter().filter(|spot| !is_told(spot)).map(|spot| told_spot(map, spot)).collect();
    (!told.is_empty()).then(|| format!("Marked: {}.", told.join("; ")))
}

/// Says which of the marked places lie beside the plane, as a note below the picture.
pub(super) fn off_plane(map: &Map) -> Option<String> {
    let off = map.spots.iter().filter(|spot| spot.distance > 0.0);
    let told: Vec<String> = off
        .map(|spot| {
            let name = if spot.label.trim().is_empty() { kind(spot) } else { spot.label.trim() };
            format!("\"{name}\" lies {} off the plane", number(spot.distance))
        })
        .collect();
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

fn kind(spot: &Spot) -> &'static str {
    match spot.kind {
        SpotKind::Plain => "place",
        SpotKind::Start => "start",
        SpotKind::End => "end",
        SpotKind::Minimum => "minimum",
        SpotKind::Saddle => "saddle",
        SpotKind::Flat => "flat place",
        SpotKind::Maximum => "maximum",
    }
}

fn told_spot(map: &Map, spot: &Spot) -> String {
    let (kind, label) = (kind(spot), spot.label.trim());
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
