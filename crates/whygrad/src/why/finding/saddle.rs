//! A run that stands near a saddle.
//!
//! At a saddle the gradient is 0 and the loss bends down in some direction; near it gradient descent moves away like
//! exp(rate · |eigenvalue| · epochs), from as little as the start gives it. The run's end is polished to the point with gradient 0,
//! the Hessian there says which direction leads down, and runs from both sides of it prove that it does (Dauphin et al.,
//! "Identifying and attacking the saddle point problem", 2014). It says how a run failed; why, other findings say.
//!
//! What to do: mend what brought the run there, most often a start that is too symmetric; else train longer.

use super::{Suspicion, symmetric_units};
use crate::landscape::{Stationary, norm};
use crate::train::evaluate;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;

const EXPLANATION: &str = "At a saddle the slope is 0 though it is no lowest point: in some direction the loss bends down. \
    Gradient descent leaves such a place at last, but the nearer it came the longer it takes.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    if finished.verdict() == Verdict::Diverged || scene.speed().jumps {
        return vec![];
    }
    // The direction that leads down is the one that parts them: the equal units are the cause.
    if symmetric_units::has_equal_units(scene) {
        return vec![];
    }
    let Some(point) = scene.stationary().filter(|p| p.is_saddle()) else { return vec![] };
    let down = point.pairs.iter().filter(|p| p.0 < -1e-7 * point.largest()).count();
    let directions = if down == 1 { "one direction" } else { "some directions" };
    let summary = format!(
        "The run stands near a saddle of loss {}: the slope there is {}, and in {directions} the loss bends down (least \
         eigenvalue {}).",
        short(point.loss),
        if point.gradient_norm < 1e-8 { "0".into() } else { short(point.gradient_norm) },
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
            words: "trained on from below the saddle, reached along the directions that bend down".into(),
            case: finished.case.from(followed(scene, point, sign)),
        })
        .collect();
    suspicion.is_symptom = true;
    suspicion.advice = Advice::words("Train longer, or start from other values.");
    vec![suspicion]
}

/// Directions that are followed, one after the other.
const DIRECTIONS: usize = 30;

/// The place below a saddle that is reached along its least eigenvector, and on along the least eigenvector there as long
/// as the loss bends down.
fn followed(scene: &Scene<'_>, point: &Stationary, sign: f64) -> Vec<f64> {
    let Some((_, direction)) = point.pairs.first() else { return point.theta.clone() };
    let mut theta = point.theta.clone();
    let mut direction: Vec<f64> = direction.iter().map(|d| sign * d).collect();
    for _ in 0..DIRECTIONS {
        let Some(next) = down(scene, &theta, &direction) else { break };
        theta = next;
        let pairs = scene.curvature().eigenpairs(&theta);
        let Some((value, vector)) = pairs.into_iter().next().filter(|p| p.0 < 0.0) else { break };
        let slope: f64 = scene.gradient_at(&theta).iter().zip(&vector).map(|(g, v)| g * v).sum();
        direction = vector.iter().map(|v| if slope > 0.0 { -v } else { *v }).collect();
        if !value.is_finite() {
            break;
        }
    }
    theta
}

/// The place in a direction where the loss stops falling: steps are doubled while it falls.
fn down(scene: &Scene<'_>, from: &[f64], direction: &[f64]) -> Option<Vec<f64>> {
    let case = &scene.finished.case;
    let at = |length: f64| -> Vec<f64> { from.iter().zip(direction).map(|(t, d)| t + length * d).collect() };
    let loss_at = |length: f64| evaluate(&case.model, &case.data, &at(length)).loss;
    let (mut length, mut loss) = (0.0, loss_at(0.0));
    let mut next = 0.005 * norm(from).max(1.0);
    for _ in 0..12 {
        let found = loss_at(next);
        if found.is_nan() || found >= loss {
            break;
        }
        (length, loss) = (next, found);
        next *= 2.0;
    }
    (length > 0.0).then(|| at(length))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, run_from};
    use super::*;
    use crate::train::Control;
    use crate::why::Limits;

    #[test]
    fn a_run_from_tiny_weights_stands_near_a_saddle_and_leaves_it_downwards() {
        let start = [
            0.0, 0.0105, 0.0074, 0.0072, 0.0162, -0.0121, -0.0063, -0.0132, -0.0011, 0.01, 0.0, 0.0, 0.0,
            0.0, 0.0, -0.0047, 0.0008, -0.0092, -0.0024, -0.0135, 0.0,
        ];
        let run = run_from("2-5sigmoid-1sigmoid", "binary_cross_entropy", &start, |o| {
            o.learning_rate = 1.0;
            o.epochs = 20_000;
        });
        let found = look(&Scene::new(&run, Limits::for_run(&run.case)));
        assert!(found[0].evidence["smallest_eigenvalue"].as_f64().unwrap() < 0.0);
        let after: Vec<f64> =
            found[0].changes.iter().map(|c| c.case.run(&mut |_| Control::Continue).unwrap().loss).collect();
        assert!(after.iter().any(|loss| *loss < 0.5 * run.loss), "{after:?}");
        // Why it stands there: its units began nearly alike.
        assert_eq!(answer(&run).findings[0].kind, Kind::SymmetricUnits);
    }
}
