//! A loss without a least value.
//!
//! A minus that is missing, or stands before the wrong term, turns the loss round: descent then makes the outputs worse and
//! worse, and the loss falls for ever. The commonest is a cross-entropy without its minus. Noticed by the loss as a function of
//! the outputs alone: it falls by as much at each further step to an end. Proved by a run with the sign put right.
//!
//! What to do: write the minus where it belongs, or take the named loss (`--loss`).

use whygrad_expr::functions;
use whygrad_expr::op::{Op, Zip};

use super::Suspicion;
use crate::lint::checks::{out_of_reach, unbounded_sentence};
use crate::lint::losses::{LossOfOutputs, rewards_size};
use crate::lint::range;
use crate::model::{Model, ModelOptions};
use crate::why::finished::Case;
use crate::why::lab::Change;
use crate::why::remade::with_terms;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "Training makes the loss as small as it can. A loss is at least 0 where it measures a distance; one that \
    has no least value asks for outputs as wrong as they can be, and its number falls below any bound while the net unlearns.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.finished.case;
    let (model, data) = (&case.model, &case.data);
    let Some(loss) = LossOfOutputs::of(model) else { return vec![] };
    let mut found = Vec::new();
    let ranges = range::of_outputs(model, data);
    let ends =
        ranges.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), r| (l.min(r.low), h.max(r.high)));
    let (low, high) = if model.logits.is_some() { (f64::NEG_INFINITY, f64::INFINITY) } else { ends };
    if let Some(bad) = loss.unbounded(data, low, high) {
        let known = loss.named_but_for_signs(data);
        let summary = unbounded_sentence(known.as_ref().map(|k| k.1), &bad);
        // Targets out of range make a right loss fall for ever too.
        let certainty = if out_of_reach(model, data).is_some() { 0.6 } else { 0.97 };
        let mut suspicion = Suspicion::new(Kind::LossUnbounded, certainty, summary, EXPLANATION)
            .with("loss_at_worst_output", bad.low)
            .with("loss", scene.finished.loss)
            .with("targets_turned_round", bad.targets.len())
            .with("all_rows", bad.all);
        suspicion.advice = Advice::words("Look for a minus that is missing or stands in the wrong place.");
        if let Some((text, name)) = &known {
            suspicion.changes.extend(with_named(model, name).map(|new| Change {
                words: format!("the loss {name}"),
                case: Case { model: new.into(), ..case.clone() },
            }));
            suspicion.advice = Advice::flags(format!("Use the loss {text}."), &["--loss", name]);
        }
        if bad.all {
            let negated = with_terms(model, |arena| {
                Some((arena.neg(model.written_loss), model.written_predictions.clone()))
            });
            suspicion.changes.extend(negated.map(|new| Change {
                words: "a minus before the loss".into(),
                case: Case { model: new.into(), ..case.clone() },
            }));
        }
        found.push(suspicion);
    }
    if let Some(&reward) = loss.penalties.iter().find(|&&p| rewards_size(model, data, p)) {
        let summary =
            "A penalty is subtracted from the loss, so that the loss falls for ever as the weights grow.";
        let mut suspicion = Suspicion::new(Kind::LossUnbounded, 0.97, summary.to_owned(), EXPLANATION)
            .with("loss", scene.finished.loss);
        for (words, factor) in [("the penalty added", -2.0), ("the loss without it", -1.0)] {
            let changed = with_terms(model, |arena| {
                let factor = arena.constant(factor);
                let turned = arena.make(Op::Zip(Zip::Mul, factor, reward));
                let sum = arena.zip(Zip::Add, model.written_loss, turned).ok()?;
                Some((sum, model.written_predictions.clone()))
            });
            suspicion.changes.extend(
                changed.map(|new| Change {
                    words: words.into(),
                    case: Case { model: new.into(), ..case.clone() },
                }),
            );
        }
        suspicion.advice = Advice::words("Add the penalty to the loss instead.");
        found.push(suspicion);
    }
    found
}

/// The model with a named loss of its predictions and targets.
fn with_named(model: &Model, name: &str) -> Option<Model> {
    let built_in = functions::find(name)?;
    let ([output], [target]) = (model.written_predictions.as_slice(), model.program.targets.as_slice())
    else {
        let options = ModelOptions { loss: Some(name.to_owned()), gradient: None };
        return Model::parse(&model.source, &options).ok().filter(|_| !model.own_gradient);
    };
    with_terms(model, |arena| {
        let target = arena.leaf(*target);
        let loss = functions::apply(arena, built_in, &[*output, target]).ok()?;
        Some((loss, vec![*output]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, is_first, is_not_named};

    fn on_xor(loss: &str) -> Case {
        let text = format!(
            "inputs x[2]\ntarget y\nh = dense(x, 4, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = {loss}"
        );
        case(&text, "xor", |o| (o.learning_rate, o.epochs) = (0.5, 3000))
    }

    #[test]
    fn a_cross_entropy_without_a_minus_is_the_cause() {
        for loss in [
            "mean(y*log(y_hat) + (1 - y)*log(1 - y_hat))",
            "mean(-y*log(y_hat) + (1 - y)*log(1 - y_hat))",
            "-mean(y*log(y_hat) - (1 - y)*log(1 - y_hat))",
            "sum(y*log(y_hat) + (1 - y)*log(1 - y_hat))/4",
        ] {
            let report = is_first(&on_xor(loss), Kind::LossUnbounded);
            let finding = &report.findings[0];
            assert!(finding.summary.contains("binary_cross_entropy"), "{loss}: {finding:#?}");
            assert!(finding.experiment.as_ref().unwrap().after.solved, "{loss}: {finding:#?}");
        }
    }

    #[test]
    fn a_negated_squared_error_and_a_rewarded_weight_are_too() {
        let text =
            "inputs x[2]\ntarget y\nh = dense(x, 4, tanh)\ny_hat = dense(h, 1)\nloss = -mean((y_hat - y)^2)";
        is_first(&case(text, "xor", |o| (o.learning_rate, o.epochs) = (0.1, 5000)), Kind::LossUnbounded);
        is_first(&on_xor("mse(y_hat, y) - 0.05*l2(h.W, y_hat.W)"), Kind::LossUnbounded);
    }

    #[test]
    fn losses_with_a_least_value_are_not() {
        for loss in ["binary_cross_entropy(y_hat, y)", "mse(y_hat, y)", "mean(softplus(y_hat) - y*y_hat)"] {
            let mut case = on_xor(loss);
            case.options.epochs = 3;
            is_not_named(&case, Kind::LossUnbounded);
        }
    }
}
