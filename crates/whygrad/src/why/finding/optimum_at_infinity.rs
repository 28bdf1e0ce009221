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
use crate::train::evaluate;
use crate::train::optimiser::Optimiser;
use crate::why::finished::Finished;
use crate::why::goal::Goal;
use crate::why::lab::{Change, Lab};
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;
use crate::why::speed::short;

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

/// Of a solved run whose loss has no least value, a sentence that says so.
///
/// The certificate: all rows are right, and twice the parameters double what goes into the sigmoid or softmax, so that on
/// this line from 0 on the loss falls to 0 and never gets there. Models without hidden layers are like this.
pub(in crate::why) fn without_end(finished: &Finished) -> Option<String> {
    let case = &finished.case;
    // Of one that is written otherwise the values themselves have to tell.
    if let Some(loss) = LossOfOutputs::of(&case.model)
        && (!loss.penalties.is_empty()
            || loss.named(&case.data).is_some_and(|name| !name.contains("cross_entropy")))
    {
        return None;
    }
    let gradient = &case.options.gradient;
    let held = gradient.l1 != 0.0 || gradient.l2 != 0.0 || gradient.weight_decay.is_some_and(|d| d != 0.0);
    let decays = matches!(case.options.optimiser, Optimiser::AdamW(o) if o.weight_decay != 0.0);
    if held || decays || finished.evaluation.accuracy != Some(1.0) || case.data.rows < 2 {
        return None;
    }
    let twice: Vec<f64> = finished.theta.iter().map(|w| 2.0 * w).collect();
    let further = evaluate(&case.model, &case.data, &twice);
    let logits = |outputs: &[f64]| -> Vec<f64> {
        match (case.model.logits, outputs) {
            (Some(_), z) => z.to_vec(),
            (None, [p]) => vec![(p / (1.0 - p)).ln()],
            (None, p) => p.iter().map(|v| (v / p[0]).ln()).collect(),
        }
    };
    let mut doubles = 0;
    for (here, there) in finished.evaluation.predictions.iter().zip(&further.predictions) {
        for (a, b) in logits(here).into_iter().zip(logits(there)) {
            // Near 0 and 1 an output has no more digits to tell its logit by.
            if a.is_finite() && b.is_finite() && b.abs() < 15.0 {
                doubles += usize::from(b != 0.0);
                if (b - 2.0 * a).abs() > 1e-6 * (1.0 + b.abs()) {
                    return None;
                }
            }
        }
    }
    (doubles > 0 && further.loss < finished.loss).then(|| {
        let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
        format!(
            "The rows can be parted without an error, so that the loss has no least value: with twice these weights it is {} in \
             place of {}, and it tends to 0 while the weights grow without end (their norm is {} so far). Other programs, or \
             more epochs, end at other weights; all rows right is what can be asked for.",
            short(further.loss),
            short(finished.loss),
            short(norm(&finished.theta))
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_solved_neuron_on_rows_that_can_be_parted_it_is_said_that_its_weights_have_no_end() {
        let solved = |net: &str, table: &str| case(net, table, |o| (o.learning_rate, o.epochs) = (1.0, 4000));
        let report = asked(&solved(NEURON, "and"));
        assert_eq!(report.findings[0].kind, Kind::Solved);
        assert!(report.notes.iter().any(|n| n.contains("no least value")), "{:?}", report.notes);
        // A squared error, a penalty, or a hidden layer is another matter.
        assert!(asked(&solved(&NEURON.replace("binary_cross_entropy", "mse"), "and")).notes.is_empty());
        let mut held = solved(NEURON, "and");
        held.options.gradient.l2 = 1e-4;
        assert!(asked(&held).notes.is_empty());
        let deep = NEURON.replace("y_hat = dense(x", "h = dense(x, 4, tanh)\ny_hat = dense(h");
        assert!(asked(&solved(&deep, "xor")).notes.is_empty());
    }
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
