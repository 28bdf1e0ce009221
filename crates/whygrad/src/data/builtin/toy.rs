//! Sets of points to try a model on, drawn from a key.
//!
//! Row i belongs to class i modulo the number of classes, so that the classes alternate. The places without noise
//! are spread evenly; the noise is normal. Sine and cosine do not come from the platform, so that every machine
//! gives the same bits.

use std::f64::consts::{PI, TAU};

use libm::{cos, sin};

use super::settings::Settings;
use super::{Table, assembled, numbered};
use crate::random::Source;

/// How the set of this name is made.
pub(super) fn set(name: &str) -> Option<fn(&Settings) -> Table> {
    Some(match name {
        "circles" => |settings| points(settings, 2, circles),
        "moons" => |settings| points(settings, 2, moons),
        "spirals" => |settings| points(settings, 2, spirals),
        "blobs" => |settings| points(settings, settings.classes, blobs),
        "xor-cloud" => |settings| points(settings, 4, xor_cloud),
        "sine" => sine,
        _ => return None,
    })
}

/// A place among those of its group.
struct Place {
    /// Which of the groups.
    group: usize,
    groups: usize,
    /// Which point of the group, and how many it has.
    index: usize,
    count: usize,
}

impl Place {
    /// From 0 to 1, both included.
    fn end_to_end(&self) -> f64 {
        self.index as f64 / (self.count - 1).max(1) as f64
    }
}

/// Two columns and the target, with normal noise on both columns.
fn points(settings: &Settings, groups: usize, place: fn(&Place) -> (f64, f64, usize)) -> Table {
    let mut stream = settings.key.stream();
    let row = |row: usize| {
        let (group, index) = (row % groups, row / groups);
        let count = (settings.rows - group).div_ceil(groups);
        let (x1, x2, y) = place(&Place { group, groups, index, count });
        [stream.normal(x1, settings.noise), stream.normal(x2, settings.noise), y as f64]
    };
    let values = (0..settings.rows).flat_map(row).collect();
    assembled(numbered('x', 2).chain(["y".to_owned()]).collect(), 1, values)
}

fn circles(place: &Place) -> (f64, f64, usize) {
    let radius = if place.group == 0 { 1.0 } else { 0.5 };
    let angle = TAU * place.index as f64 / place.count as f64;
    (radius * cos(angle), radius * sin(angle), place.group)
}

fn moons(place: &Place) -> (f64, f64, usize) {
    let angle = PI * place.end_to_end();
    if place.group == 0 { (cos(angle), sin(angle), 0) } else { (1.0 - cos(angle), 0.5 - sin(angle), 1) }
}

/// The radius grows from 0 to 3 with the angle, so that the arms are 1 apart.
fn spirals(place: &Place) -> (f64, f64, usize) {
    let along = (place.index as f64 + 0.5) / place.count as f64;
    let angle = 3.0 * PI * along + PI * place.group as f64;
    (3.0 * along * cos(angle), 3.0 * along * sin(angle), place.group)
}

fn blobs(place: &Place) -> (f64, f64, usize) {
    let angle = TAU * place.group as f64 / place.groups as f64;
    (cos(angle), sin(angle), place.group)
}

fn xor_cloud(place: &Place) -> (f64, f64, usize) {
    let (a, b) = (place.group / 2, place.group % 2);
    (a as f64, b as f64, a ^ b)
}

fn sine(settings: &Settings) -> Table {
    let mut stream = settings.key.stream();
    let row = |row: usize| {
        let x = TAU * row as f64 / (settings.rows - 1).max(1) as f64;
        [x, stream.normal(sin(x), settings.noise)]
    };
    let values = (0..settings.rows).flat_map(row).collect();
    assembled(vec!["x".to_owned(), "y".to_owned()], 1, values)
}
