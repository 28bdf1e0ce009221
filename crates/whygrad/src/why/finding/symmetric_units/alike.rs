//! Which units are equal at the start and at the end.

use crate::why::scene::{Scene, Unit};
use crate::why::units::Values;

/// How equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// But for rounding.
    Exactly,
    /// So nearly that the run did not part them.
    Nearly,
}

/// Units of a layer that are equal, up to a sign.
#[derive(Clone, Debug)]
pub(super) struct Class {
    pub(super) layer: usize,
    /// The units, each with its sign.
    pub(super) members: Vec<(usize, f64)>,
    pub(super) how: How,
    /// All weights into them are 0.
    pub(super) is_idle: bool,
    /// The largest difference of a weight or bias at the end.
    pub(super) apart: f64,
}

/// Two units count as equal where no weight differs by more than this share of the largest.
const EQUAL: f64 = 1e-6;
/// Two units count as close where no weight differs by more than this share of the largest.
const CLOSE: f64 = 0.1;
/// How much what goes into two units may differ on any row: by a number, against the 1 on which an activation bends, or
/// by a share of the largest; and that share where the activation has a kink at 0.
type Limits = (f64, f64, f64);
/// At the start they are nearly equal.
const AT_START: Limits = (0.06, 0.0, 0.02);
/// At the end they are still alike.
const AT_END: Limits = (0.5, 0.25, 0.1);

/// Units that are alike at the start and still at the end. Weights out may differ: where the weights in are equal at
/// both ends, they did not part them.
///
/// Units are nearly alike where they differ by little against their own weights, or where so little arrives at any unit
/// of the layer that all of them begin as one; and where half of the layer's units or more are copies.
pub(super) fn classes(scene: &Scene<'_>) -> Vec<Class> {
    let Some((_, hidden)) = scene.layers().split_last() else { return vec![] };
    let (start, end) = (&scene.finished.case.start, &scene.finished.theta);
    let mut found = Vec::new();
    let mut values: Option<[Vec<Values>; 2]> = None;
    for (layer, units) in hidden.iter().enumerate() {
        let is_odd = is_odd(scene, layer);
        let signs: &[f64] = if is_odd { &[1.0, -1.0] } else { &[1.0] };
        let exact = group(units.len(), |a, b| {
            let same = |s: f64, theta: &[f64]| are_equal(&units[a], &units[b], s, theta);
            signs.iter().copied().find(|&s| same(s, start) && same(s, end))
        });
        let mut some = false;
        for members in exact {
            let unit = &units[members[0].0];
            let is_idle = [start, end].iter().all(|t| unit.incoming.iter().all(|&p| t[p] == 0.0));
            if members.len() < 2 && !is_idle {
                continue;
            }
            some = true;
            let apart = difference(units, &members, end);
            found.push(Class { layer, members, how: How::Exactly, is_idle, apart });
        }
        // In a wide layer some pair is near by chance, and its likeness says nothing.
        if some || units.len() > 64 || !scene.is_small() {
            continue;
        }
        let values = values.get_or_insert_with(|| [scene.values_at(start), scene.values_at(end)]);
        let all_near =
            |v: &[Values]| (1..units.len()).all(|k| are_near(scene, (layer, 0, k), 1.0, v, AT_START));
        let all = all_near(&values[0]);
        let near = group(units.len(), |a, b| {
            if !all && !signs.iter().any(|&s| are_close(&units[a], &units[b], s, start)) {
                return None;
            }
            let near = |s, v, limits| are_near(scene, (layer, a, b), s, v, limits);
            let [start, end] = &*values;
            signs.iter().copied().find(|&s| near(s, start, AT_START) && near(s, end, AT_END))
        });
        // Some pair of many units is near by chance.
        if near.len() > units.len().div_ceil(2) {
            continue;
        }
        for members in near.into_iter().filter(|m| m.len() > 1) {
            let apart = difference(units, &members, end);
            found.push(Class { layer, members, how: How::Nearly, is_idle: false, apart });
        }
    }
    found
}

/// Puts units together: `sign` says how b is equal to a, if it is.
fn group(units: usize, sign: impl Fn(usize, usize) -> Option<f64>) -> Vec<Vec<(usize, f64)>> {
    let mut classes: Vec<Vec<(usize, f64)>> = Vec::new();
    for k in 0..units {
        let fits = classes.iter().enumerate().find_map(|(c, members)| Some((c, sign(members[0].0, k)?)));
        match fits {
            Some((class, sign)) => classes[class].push((k, sign)),
            None => classes.push(vec![(k, 1.0)]),
        }
    }
    classes
}

/// Whether the activation of a layer is odd.
fn is_odd(scene: &Scene<'_>, layer: usize) -> bool {
    let groups = scene.groups();
    let mut places = scene.places().get(layer).into_iter().flatten();
    // The identity is odd too, and has no place.
    places.all(|place| place.is_none_or(|(g, _)| groups[g].character.is_odd))
}

/// What is added up before the activation.
fn inward(unit: &Unit) -> impl Iterator<Item = usize> {
    unit.incoming.iter().chain(&unit.bias).copied()
}

fn are_equal(a: &Unit, b: &Unit, sign: f64, theta: &[f64]) -> bool {
    let largest = inward(a).map(|p| theta[p].abs()).fold(0.0, f64::max);
    inward(a).zip(inward(b)).all(|(p, q)| (theta[p] - sign * theta[q]).abs() <= EQUAL * largest)
}

/// Whether two units differ by little against their own weights, as units that were drawn do not.
fn are_close(a: &Unit, b: &Unit, sign: f64, theta: &[f64]) -> bool {
    let largest = inward(a).map(|p| theta[p].abs()).fold(0.0, f64::max);
    inward(a).zip(inward(b)).all(|(p, q)| (theta[p] - sign * theta[q]).abs() <= CLOSE * largest)
}

fn are_near(
    scene: &Scene<'_>,
    (layer, a, b): (usize, usize, usize),
    sign: f64,
    values: &[Values],
    limits: Limits,
) -> bool {
    let groups = scene.groups();
    let place = |k: usize| scene.places().get(layer)?.get(k).copied().flatten();
    let (Some(a), Some(b)) = (place(a), place(b)) else { return false };
    let bends = |g: usize| groups[g].character.levels_off;
    let rows = scene.finished.case.data.rows;
    let z = |(g, k): (usize, usize), row: usize| values[g].inputs[row * groups[g].units + k];
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for r in 0..rows {
        (least, most) = (least.min(z(a, r)), most.max(z(a, r)));
    }
    // Where nothing of the inputs arrives, all units are alike, and that is another matter.
    if most - least <= 1e-12 {
        return false;
    }
    let largest = most.abs().max(least.abs());
    // A kink at 0 makes likeness a matter of proportion.
    let limit = if bends(a.0) && bends(b.0) { limits.0.max(limits.1 * largest) } else { limits.2 * largest };
    (0..rows).all(|r| (z(a, r) - sign * z(b, r)).abs() <= limit)
}

fn difference(units: &[Unit], members: &[(usize, f64)], theta: &[f64]) -> f64 {
    let (first, _) = members[0];
    let of = |&(k, sign): &(usize, f64)| {
        let pairs = inward(&units[first]).zip(inward(&units[k]));
        pairs.map(|(p, q)| (theta[p] - sign * theta[q]).abs()).fold(0.0, f64::max)
    };
    members.iter().map(of).fold(0.0, f64::max)
}
