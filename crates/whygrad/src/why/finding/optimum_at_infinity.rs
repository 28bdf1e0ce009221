//! A minimum that is infinitely far away.
//!
//! Where a hyperplane parts the classes, a cross-entropy has no minimum: each weight vector that parts them does better when it
//! is longer, the weights grow like the logarithm of the steps and the loss falls like one over them (Soudry, Hoffer,
//! Nacson, Gunasekar & Srebro, "The Implicit Bias of Gradient Descent on Separable Data", 2018). Nothing is wrong with
//! such a run but a goal that asks for a loss of nearly 0. Noticed where all rows are right and only a bound on the loss or on the
//! distance to the targets is not met; the loss times the epochs stays the same.
//!
//! What to do: stop where all rows are right (`--until-right`), or hold the weights with a small penalty.

use super::Suspicion;
use crate::lint::losses::LossOfOutputs;
use crate::why::goal::Goal;
use crate::why::lab::{Change, Lab};
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "A cross-entropy is 0 only for outputs of exactly 0 and 1, which a sigmoid or softmax has at infinite weights. \
    Once all rows are right, longer weights always help a little: the loss goes on falling like one over the steps, and the \
    weights grow without end, like their logarithm. Stop by a rule that is met, such as all rows right.";

/// The exponent of the loss in the epochs, which is -1 on separable data.
const EXPONENTS: std::ops::Range<f64> = -1.4..-0.6;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let goal = finished.goal();
    if matches!(goal, Goal::Fit) || finished.evaluation.accuracy != Some(1.0) || finished.epochs < 20 {
        return vec![];
    }
    let named = LossOfOutputs::of(&finished.case.model)
        .and_then(|l| l.penalties.is_empty().then(|| l.named(&finished.case.data)));
    let Some(name) = named.flatten().filter(|n| n.contains("cross_entropy")) else { return vec![] };
    let half = finished.losses.iter().rev().find(|l| l.0 * 2 <= finished.epochs && l.0 > 0);
    let Some(&(epoch, loss)) = half else { return vec![] };
    let exponent = (finished.loss / loss).ln() / (finished.epochs as f64 / epoch as f64).ln();
    if !EXPONENTS.contains(&exponent) {
        return vec![];
    }
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let needed = match goal {
        Goal::Loss(target) if target > 0.0 => finished.loss / target,
        Goal::Near(limit) => {
            let predictions = finished.evaluation.predictions.iter().enumerate();
            let far = predictions.flat_map(|(r, p)| {
                p.iter().zip(finished.case.data.target_row(r)).map(|(o, t)| (o - t).abs()).collect::<Vec<_>>()
            });
            far.fold(0.0, f64::max) / limit
        }
        _ => f64::INFINITY,
    };
    let epochs = finished.epochs as f64 * needed.max(1.0) * 1.3;
    let so_many = if epochs < 1e15 {
        format!("at this pace it takes some {epochs:.0} epochs")
    } else {
        "no number of epochs reaches it".into()
    };
    let summary = format!(
        "All rows are right, and the loss ({name}) goes to 0 without ever being 0, like one over the epochs: it has no minimum, the \
         weights grow for ever, and {so_many} to reach the goal."
    );
    let mut suspicion = Suspicion::new(Kind::OptimumAtInfinity, 0.8, summary, EXPLANATION)
        .with("exponent_of_loss", exponent)
        .with("norm_of_weights_at_start", norm(&finished.case.start))
        .with("norm_of_weights_at_end", norm(&finished.theta))
        .with("epochs_needed", epochs);
    suspicion.proved = true;
    if epochs < Lab::most_epochs(&scene.limits, &finished.case) as f64 {
        let more = epochs as u64;
        suspicion
            .changes
            .push(Change { words: format!("{more} epochs"), case: finished.case.with(|o| o.epochs = more) });
    }
    suspicion.advice =
        Advice::words("Nothing is wrong: end the run when all rows are right, or ask for a larger loss.");
    vec![suspicion]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{asked, case, is_not_named};

    const NEURON: &str =
        "inputs x[2]\ntarget y\ny_hat = dense(x, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)";

    #[test]
    fn and_with_a_tiny_loss_as_its_goal_has_its_optimum_at_infinity() {
        let case = case(NEURON, "and", |o| {
            (o.learning_rate, o.epochs, o.stop.target_loss) = (1.0, 4000, Some(1e-9));
        });
        let report = asked(&case);
        assert_eq!(report.findings[0].kind, Kind::OptimumAtInfinity, "{report:#?}");
        assert!(report.findings[0].confirmed);
    }

    #[test]
    fn a_solved_run_and_xor_have_not() {
        is_not_named(
            &case(NEURON, "and", |o| (o.learning_rate, o.epochs) = (1.0, 4000)),
            Kind::OptimumAtInfinity,
        );
        is_not_named(
            &case(NEURON, "xor", |o| (o.learning_rate, o.epochs) = (1.0, 4000)),
            Kind::OptimumAtInfinity,
        );
    }
}
