//! A minimum that is not the lowest.
//!
//! It is said only of a point with a certificate: the run's end polished until the gradient is 0, all eigenvalues of the
//! Hessian there above 0, and a lower loss known from another start. A run that merely stands still has none; flat places
//! at the far end of saturated units are no minima, and the net with two hidden units has none at finite weights on
//! XOR (Sprinkhuizen-Kuyper and Boers 1999; Hamey 1998).

use super::Suspicion;
use super::unlucky_start::other_starts;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;

const EXPLANATION: &str = "At a local minimum the slope is 0 and the loss bends up in every direction, so that gradient \
    descent stays there for ever, though lower places exist elsewhere. Only another start, or noise, leads out.";

/// How many other starts are tried.
const DRAWS: u64 = 10;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let trial = scene.trial;
    if trial.verdict() == Verdict::Diverged || is_two_two_one(scene) {
        return vec![];
    }
    let Some(point) = scene.stationary().filter(|p| p.is_minimum()) else { return vec![] };
    let changes = other_starts(scene, DRAWS);
    // What no start gets below may be the lowest there is.
    let lowest = changes
        .iter()
        .filter_map(|c| scene.tried(&c.case, 0.1))
        .filter(|t| !t.overflowed())
        .map(|t| t.loss)
        .fold(f64::INFINITY, f64::min);
    if !(lowest < point.loss - 0.02 * point.loss.abs()) {
        return vec![];
    }
    let summary = format!(
        "The run ended in a local minimum of loss {}: the slope there is 0 and the loss bends up in every direction (least \
         eigenvalue {}), while another start reaches {}.",
        short(point.loss),
        short(point.smallest()),
        short(lowest)
    );
    let mut suspicion = Suspicion::new(Kind::LocalMinimum, 0.6, summary, EXPLANATION)
        .with("loss", point.loss)
        .with("gradient_norm", point.gradient_norm)
        .with("distance_from_end", point.moved)
        .with("smallest_eigenvalue", point.smallest())
        .with("largest_eigenvalue", point.largest())
        .with("lower_loss", lowest);
    suspicion.changes = changes;
    suspicion.draws = true;
    suspicion.proved = true;
    suspicion.advice = Advice::flags("Start from other values.", &["--restart", "1"]);
    vec![suspicion]
}

/// The net of which it is known that it has none.
fn is_two_two_one(scene: &Scene<'_>) -> bool {
    let sizes: Vec<usize> = scene.layers().iter().map(Vec::len).collect();
    sizes == [2, 1] && scene.trial.case.data.input_names.len() == 2 && scene.trial.case.data.rows == 4
}
