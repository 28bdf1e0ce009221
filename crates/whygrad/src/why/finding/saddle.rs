//! A run that stands near a saddle.
//!
//! At a saddle the gradient is 0 and the loss bends down in some direction; near it gradient descent moves away like
//! exp(rate · |eigenvalue| · epochs), from as little as the start gives it. The run's end is polished to the point with gradient 0,
//! the Hessian there says which direction leads down, and runs from both sides of it prove that it does (Dauphin et al.,
//! "Identifying and attacking the saddle point problem", 2014). It says how a run failed; why, other findings say.

use super::Suspicion;
use crate::train::evaluate;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;
use crate::why::stationary::{Stationary, norm};

const EXPLANATION: &str = "At a saddle the slope is 0 though it is no lowest point: in some direction the loss bends down. \
    Gradient descent leaves such a place at last, but the nearer it came the longer it takes.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let trial = scene.trial;
    if trial.verdict() == Verdict::Diverged || scene.speed().jumps {
        return vec![];
    }
    let Some(point) = scene.stationary().filter(|p| p.is_saddle()) else { return vec![] };
    let down = point.pairs.iter().filter(|p| p.0 < -1e-7 * point.largest()).count();
    let directions = if down == 1 { "one direction" } else { "some directions" };
    let summary = format!(
        "The run stands near a saddle of loss {}: the slope there is 0, and in {directions} the loss bends down (least \
         eigenvalue {}).",
        short(point.loss),
        short(point.smallest())
    );
    let mut suspicion = Suspicion::new(Kind::Saddle, 0.45, summary, EXPLANATION)
        .with("loss", point.loss)
        .with("gradient_norm", point.gradient_norm)
        .with("distance_from_end", point.moved)
        .with("smallest_eigenvalue", point.smallest())
        .with("largest_eigenvalue", point.largest())
        .with("directions_down", down);
    suspicion.changes = [1.0, -1.0]
        .into_iter()
        .map(|sign| Change {
            words: "trained on from the saddle, after a step in the direction that bends down".into(),
            case: trial.case.from(followed(scene, point, sign)),
        })
        .collect();
    suspicion.is_symptom = true;
    suspicion.advice = Advice::words("Train longer, or start from other values.");
    vec![suspicion]
}

/// The place where the loss along the least eigenvector stops falling: steps are doubled while it falls.
fn followed(scene: &Scene<'_>, point: &Stationary, sign: f64) -> Vec<f64> {
    let case = &scene.trial.case;
    let Some((_, direction)) = point.pairs.first() else { return point.theta.clone() };
    let at = |length: f64| -> Vec<f64> {
        point.theta.iter().zip(direction).map(|(t, d)| t + sign * length * d).collect()
    };
    let mut length = 0.01 * norm(&point.theta).max(1.0);
    let mut loss = point.loss;
    for _ in 0..10 {
        let next = evaluate(&case.model, &case.data, &at(2.0 * length)).loss;
        if !(next < loss) {
            break;
        }
        (length, loss) = (2.0 * length, next);
    }
    at(length)
}
