//! A minimum that is not the lowest.
//!
//! It is said only of a point with a certificate: the run's end polished until the gradient is 0, all eigenvalues of the
//! Hessian there above 0, and a lower loss known from another start. A run that merely stands still has none; flat places
//! at the far end of saturated units are no minima, and the net with two hidden units has none at finite weights on
//! XOR (Sprinkhuizen-Kuyper and Boers 1999; Hamey 1998).
//!
//! What to do: start from other values (`--seed`, `--init`), or use more hidden units, which leave fewer such places.

use super::Suspicion;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;

const EXPLANATION: &str = "At a local minimum the slope is 0 and the loss bends up in every direction, so that gradient \
    descent stays there for ever, though lower places exist elsewhere. Only another start, or noise, leads out.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    if finished.verdict() == Verdict::Diverged || is_two_two_one(scene) {
        return vec![];
    }
    let Some(point) = scene.stationary().filter(|p| p.is_minimum()) else { return vec![] };
    // What no start gets below may be the lowest there is.
    let others = scene.others();
    let lowest = others.lowest;
    if lowest >= point.loss - 0.02 * point.loss.abs() {
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
    suspicion.changes.clone_from(&others.changes);
    suspicion.draws = true;
    suspicion.proved = true;
    suspicion.advice = Advice::flags("Start from other values.", &["--restart", "1"]);
    vec![suspicion]
}

/// The net of which it is known that it has none.
fn is_two_two_one(scene: &Scene<'_>) -> bool {
    let sizes: Vec<usize> = scene.layers().iter().map(Vec::len).collect();
    sizes == [2, 1] && scene.finished.case.data.input_names.len() == 2 && scene.finished.case.data.rows == 4
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, run_from, run_of};
    use super::*;

    const WELLS: &str =
        "inputs x[2]\ntarget y\nparams w\ny_hat = w\nloss = mean((y_hat^2 - 1)^2 + 0.3*y_hat)";

    #[test]
    fn the_higher_of_two_wells_is_a_local_minimum_with_its_certificate() {
        let run = run_from(WELLS, "", &[1.3], |o| {
            o.learning_rate = 0.05;
            o.stop.target_loss = Some(-0.2);
        });
        let report = answer(&run);
        let found = report.findings.iter().find(|f| f.kind == Kind::LocalMinimum).unwrap();
        assert!(found.confirmed);
        assert!(found.evidence["smallest_eigenvalue"].as_f64().unwrap() > 1.0);
        assert!(found.evidence["gradient_norm"].as_f64().unwrap() < 1e-8);
        assert!(found.evidence["lower_loss"].as_f64() < found.evidence["loss"].as_f64());
    }

    #[test]
    fn the_lowest_well_is_no_local_minimum_though_the_goal_is_lower_still() {
        let run = run_from(WELLS, "", &[-1.3], |o| {
            o.learning_rate = 0.05;
            o.stop.target_loss = Some(-1.0);
        });
        assert!(answer(&run).findings.iter().all(|f| f.kind != Kind::LocalMinimum));
    }

    #[test]
    fn a_line_fitted_to_xor_has_no_local_minimum() {
        let run = run_of("2-1", "mse", "xor", |o| o.learning_rate = 0.3);
        assert!(answer(&run).findings.iter().all(|f| f.kind != Kind::LocalMinimum));
    }
}
