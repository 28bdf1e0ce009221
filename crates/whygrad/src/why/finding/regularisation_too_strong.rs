//! A penalty that weighs more than the data.
//!
//! A penalty pulls each weight to 0, the data pull it to where the loss is small; the run ends where both pulls are equal. Where
//! the data's slope is then still large, the penalty holds the net (Krogh & Hertz, "A Simple Weight Decay Can Improve
//! Generalization", 1992; Bishop, "Pattern Recognition and Machine Learning", 2006, section 3.1.4). Noticed by the two slopes
//! at the end, which cancel each other; proved by a run without the penalty.
//!
//! What to do: take a penalty a hundred times weaker (`--l2`, `--l1`, `--weight-decay`), or none.

use whygrad_expr::arena::Term;
use whygrad_expr::op::{Op, Zip};

use super::Suspicion;
use crate::lint::losses::{LossOfOutputs, rewards_size};
use crate::train::Optimiser;
use crate::why::finished::Case;
use crate::why::lab::Change;
use crate::why::remade::with_terms;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "A penalty makes small weights part of what is asked for. Where it is too strong, the net says nearly the \
    same for all rows, because large enough weights to tell them apart would cost more than they bring.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let mut found: Vec<Suspicion> = of_options(scene).into_iter().collect();
    found.extend(of_loss(scene));
    found
}

/// A penalty whose step takes more than this share of a weight away throws it to the other side of 0, about as far.
const TURNS: f64 = 1.8;

/// l1, l2 and the decay of weights.
fn of_options(scene: &Scene<'_>) -> Option<Suspicion> {
    let case = &scene.finished.case;
    let options = &case.options;
    let own_decay = match options.optimiser {
        Optimiser::AdamW(o) => o.weight_decay,
        _ => 0.0,
    };
    let decay = options.gradient.weight_decay.unwrap_or(own_decay);
    let (l1, l2) = (options.gradient.l1, options.gradient.l2);
    if l1 == 0.0 && l2 == 0.0 && decay == 0.0 {
        return None;
    }
    let pull = |w: f64| l1 * sign(w) + (2.0 * l2 + decay) * w;
    let penalty: Vec<f64> = scene.finished.theta.iter().map(|&w| pull(w)).collect();
    let data = scene.gradient_at(&scene.finished.theta);
    let named = [("l1", l1), ("l2", l2), ("the weight decay", decay)];
    let words = named
        .iter()
        .filter(|n| n.1 != 0.0)
        .map(|n| format!("{} {}", n.0, n.1))
        .collect::<Vec<_>>()
        .join(" and ");
    let share = options.learning_rate * (2.0 * l2 + decay);
    let is_plain = options.method.is_none() && matches!(options.optimiser, Optimiser::GradientDescent);
    let mut suspicion = if scene.finished.overflowed() || (is_plain && share > TURNS) {
        leaping(&words, share)
    } else {
        judged(scene, &words, &data, &penalty)?
    };
    let without = case.with(|o| {
        (o.gradient.l1, o.gradient.l2) = (0.0, 0.0);
        o.gradient.weight_decay = (decay != 0.0).then_some(0.0);
    });
    suspicion.changes.push(Change { words: format!("without {words}"), case: without });
    let flags = [("--l1", l1), ("--l2", l2), ("--weight-decay", decay)];
    let flags: Vec<&str> = flags.iter().filter(|f| f.1 != 0.0).flat_map(|f| [f.0, "0"]).collect();
    suspicion.advice = Advice::flags("Leave the penalty out, or make it a hundred times smaller.", &flags);
    Some(suspicion)
}

/// A penalty whose step alone takes this share of a weight away; beyond 2 the weight grows at each step.
fn leaping(words: &str, share: f64) -> Suspicion {
    let (summary, certainty) = if share > 2.0 {
        let text = format!(
            "With {words}, each step takes {share:.2} times a weight away from it: more than twice is a leap over 0 to a \
             larger weight on the other side, and the weights grow without end."
        );
        (text, 0.97)
    } else if share > TURNS {
        let text = format!(
            "With {words}, each step takes {share:.2} times a weight away from it: the weights turn their signs at each \
             step and settle nowhere."
        );
        (text, 0.96)
    } else {
        (format!("With {words}, the numbers overflowed."), 0.6)
    };
    Suspicion::new(Kind::RegularisationTooStrong, certainty, summary, EXPLANATION)
        .with("share_of_a_step", share)
}

fn sign(w: f64) -> f64 {
    if w == 0.0 { 0.0 } else { w.signum() }
}

/// A penalty that is a part of the loss.
fn of_loss(scene: &Scene<'_>) -> Option<Suspicion> {
    let case = &scene.finished.case;
    let penalties = LossOfOutputs::of(&case.model)?.penalties;
    // One that is subtracted is no penalty: the loss has no least value then.
    if penalties.is_empty() || penalties.iter().any(|&p| rewards_size(&case.model, &case.data, p)) {
        return None;
    }
    let model = with_terms(&case.model, |arena| {
        let (mut kept, mut open) = (Vec::new(), vec![case.model.written_loss]);
        while let Some(term) = open.pop() {
            match arena.op(term) {
                Op::Zip(Zip::Add, a, b) => open.extend([b, a]),
                _ if penalties.contains(&term) => {}
                _ => kept.push(term),
            }
        }
        let mut parts = kept.into_iter();
        let mut sum: Term = parts.next()?;
        for part in parts {
            sum = arena.zip(Zip::Add, sum, part).ok()?;
        }
        Some((sum, case.model.written_predictions.clone()))
    })?;
    let without = Case { model: model.into(), ..case.clone() };
    let bare = crate::why::finished::Finished { case: without.clone(), ..scene.finished.clone() };
    let theta = &scene.finished.theta;
    let data = Scene::new(&bare, scene.limits).gradient_at(theta);
    let whole = scene.gradient_at(theta);
    let penalty: Vec<f64> = whole.iter().zip(&data).map(|(w, d)| w - d).collect();
    let mut suspicion = judged(scene, "the penalty in the loss", &data, &penalty)?;
    suspicion.changes.push(Change { words: "the loss without its penalty".into(), case: without });
    suspicion.advice =
        Advice::words("Leave the penalty out of the loss, or make its factor a hundred times smaller.");
    Some(suspicion)
}

/// The pull of the penalty beside that of the data, at the end of the run.
fn judged(scene: &Scene<'_>, words: &str, data: &[f64], penalty: &[f64]) -> Option<Suspicion> {
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let product: f64 = data.iter().zip(penalty).map(|(d, p)| d * p).sum();
    let (data, penalty) = (norm(data), norm(penalty));
    if scene.finished.overflowed() {
        return None;
    }
    let cosine = if data > 0.0 && penalty > 0.0 { product / (data * penalty) } else { 0.0 };
    let balanced = cosine < -0.9 && (0.5..2.0).contains(&(penalty / data));
    // Weights that l1 holds at 0 have no sign, and swing around it.
    let certainty = if balanced { 0.95 } else { 0.7 };
    let summary = if balanced {
        format!(
            "The run ended where {words} pulls the weights back as strongly as the data pull them on: the penalty is too strong."
        )
    } else {
        format!("With {words}, the weights are held near 0.")
    };
    Some(
        Suspicion::new(Kind::RegularisationTooStrong, certainty, summary, EXPLANATION)
            .with("slope_of_data", data)
            .with("slope_of_penalty", penalty)
            .with("cosine", cosine),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{asked, case, is_first, is_not_named};

    #[test]
    fn a_penalty_that_holds_the_weights_is_the_cause() {
        for (net, rate) in [("2-3tanh-1sigmoid", 2.0), ("2-4tanh-1", 0.15), ("2-2sigmoid-1", 0.4)] {
            for (l1, l2, decay) in [(0.0, 0.1, None), (0.1, 0.0, None), (0.0, 0.0, Some(0.2))] {
                let case = case(net, "xor", |o| {
                    (o.learning_rate, o.epochs, o.seed) = (rate, 6000, 2);
                    (o.gradient.l1, o.gradient.l2, o.gradient.weight_decay) = (l1, l2, decay);
                });
                is_first(&case, Kind::RegularisationTooStrong);
            }
        }
    }

    #[test]
    fn a_penalty_that_leaps_over_zero_is_the_cause_of_the_overflow() {
        let case = case("2-3sigmoid-1sigmoid", "xor", |o| {
            (o.learning_rate, o.epochs, o.seed, o.gradient.l2) = (4.0, 6000, 2, 0.4);
        });
        let report = is_first(&case, Kind::RegularisationTooStrong);
        assert!(report.findings[0].summary.contains("3.20 times a weight"), "{}", report.findings[0].summary);
    }

    #[test]
    fn a_penalty_that_turns_all_signs_at_each_step_is_said_to() {
        let case = case("2-3tanh-1sigmoid", "xor", |o| {
            (o.learning_rate, o.epochs, o.seed, o.gradient.l2) = (0.1, 6000, 2, 10.0);
        });
        let report = asked(&case);
        let finding = report.findings.iter().find(|f| f.kind == Kind::RegularisationTooStrong).unwrap();
        assert!(finding.summary.contains("turn their signs at each step"), "{}", finding.summary);
    }

    #[test]
    fn a_penalty_in_the_loss_is_one_too() {
        let text = "inputs x[2]\ntarget y\nh = dense(x, 4, tanh)\ny_hat = dense(h, 1)\nloss = mse(y_hat, y) + 0.2*l2(h.W, y_hat.W)";
        let case = case(text, "xor", |o| (o.learning_rate, o.epochs, o.seed) = (0.15, 5000, 2));
        is_first(&case, Kind::RegularisationTooStrong);
    }

    #[test]
    fn a_weak_penalty_is_not_the_cause_of_a_net_without_hidden_units() {
        let case = case("2-1sigmoid", "xor", |o| (o.epochs, o.gradient.l2) = (2000, 1e-6));
        let report = is_first(&case, Kind::CannotRepresent);
        assert!(report.findings.iter().all(|f| f.kind != Kind::RegularisationTooStrong || !f.confirmed));
        is_not_named(
            &crate::why::finding::tests::case("2-2sigmoid-1", "xor", |o| o.epochs = 5),
            Kind::RegularisationTooStrong,
        );
    }
}
