//! Deviations that are no mistake of a derivation: a small number added to a divisor, a logarithm's guard, a
//! gradient by differences.
//!
//! At random points a wrong formula is off by a good part of the value. What is off by less than a hundred-thousandth
//! at all of them is the right formula with something small in it: more than rounding, less than a mistake.

use super::{Asked, Role};

/// The share of a value that most deviations stay below.
const USUAL: f64 = 1e-5;
/// The share that all stay below.
const MOST: f64 = 1e-4;
/// Fewer random probes than this prove nothing.
const FEWEST: usize = 3;

/// Clears the components whose deviations are small everywhere, and gives the largest share that was cleared.
///
/// The tolerances of all components grow by it, since what is small in one is in the others too.
pub(super) fn clear(asked: &mut [Asked]) -> Option<f64> {
    let count = asked.first().map_or(0, |a| a.wrong.len());
    let mut largest: f64 = 0.0;
    for k in 0..count {
        if let Some(share) = asked.iter().any(|a| a.wrong[k]).then(|| small(asked, k)).flatten() {
            for a in asked.iter_mut() {
                a.wrong[k] = false;
            }
            largest = largest.max(share);
        }
    }
    if largest == 0.0 {
        return None;
    }
    for a in asked.iter_mut() {
        for (tolerance, given) in a.tolerance.iter_mut().zip(&a.answer.gradient) {
            *tolerance += 2.0 * largest * given.filter(|g| g.is_finite()).unwrap_or(0.0).abs();
        }
    }
    Some(largest)
}

/// The largest deviation of a component as a share of its value, where all are small.
fn small(asked: &[Asked], k: usize) -> Option<f64> {
    let mut shares = Vec::new();
    let mut random = 0;
    for a in asked {
        let (given, truth) = (a.answer.gradient.get(k).copied().flatten()?, a.truth.value[k]);
        if !given.is_finite() || !a.tolerance[k].is_finite() {
            return None;
        }
        random += usize::from(matches!(a.probe.role, Role::Random | Role::SingleRow | Role::RandomPoint));
        let beyond = ((given - truth).abs() - a.tolerance[k]).max(0.0);
        shares.push(if beyond == 0.0 { 0.0 } else { beyond / truth.abs().max(given.abs()) });
    }
    shares.sort_by(f64::total_cmp);
    let (middle, last) = (*shares.get(shares.len() / 2)?, *shares.last()?);
    (random >= FEWEST && middle <= USUAL && last <= MOST).then_some(last)
}
