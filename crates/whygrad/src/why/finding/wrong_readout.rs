//! A net that has learned and is read out wrongly.
//!
//! The loss is near its best, and yet rows count as wrong: outputs are pre-activations and are taken for probabilities, the
//! columns are in another order than the targets, 0 and 1 are exchanged, or the largest output is right and none is above a
//! half. Noticed by reading the same outputs otherwise; proved since nothing but the reading changes.
//!
//! What to do: read the outputs as the loss does: sigmoid or softmax of logits, the largest of several, the columns in the order of
//! the targets.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::{Function, Op};
use whygrad_expr::shape::Dims;

use super::Suspicion;
use crate::lint::words::number;
use crate::model::Model;
use crate::why::finished::Case;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "Training made the loss small, so that the net has learned what the loss asks for. What the loss compares \
    with the target is not what is read out as the prediction: a logit is no probability (0 is a half), and a column belongs to \
    the target that the loss compares it with.";

/// A row is read well where each output is nearer than this to its target.
const CLEAR: f64 = 0.4;

/// The share of its first value that the loss is below where a net has learned.
const LEARNED: f64 = 0.6;

/// Another way to read outputs.
#[derive(Clone, Debug, PartialEq)]
enum Reading {
    /// The sigmoid of each.
    Sigmoid,
    /// The softmax of all.
    Softmax,
    /// One minus each.
    Exchanged,
    /// The columns in this order.
    Order(Vec<usize>),
    /// The largest is 1 and the others are 0.
    Largest,
}

impl Reading {
    fn words(&self) -> &'static str {
        match self {
            Reading::Sigmoid => "the sigmoid of the output read as the prediction",
            Reading::Softmax => "the softmax of the outputs read as the prediction",
            Reading::Exchanged => "0 and 1 read the other way round",
            Reading::Order(_) => "the columns read in another order",
            Reading::Largest => "the largest output read as the class",
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Reading::Sigmoid | Reading::Softmax => {
                "the outputs are pre-activations, and are read as if they were probabilities"
            }
            Reading::Exchanged => "the output says 1 where the target is 0, and is read the other way round",
            Reading::Order(_) => "the outputs are in another order than the targets",
            Reading::Largest => {
                "the largest output is the right one, and is read as wrong where it is below a half"
            }
        }
    }

    fn of(&self, outputs: &[f64]) -> Vec<f64> {
        match self {
            Reading::Sigmoid => outputs.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect(),
            Reading::Softmax => {
                let most = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = outputs.iter().map(|z| (z - most).exp()).sum();
                outputs.iter().map(|z| (z - most).exp() / sum).collect()
            }
            Reading::Exchanged => outputs.iter().map(|o| 1.0 - o).collect(),
            Reading::Order(order) => order.iter().map(|&k| outputs[k]).collect(),
            Reading::Largest => {
                let most = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                outputs.iter().map(|&o| if o == most { 1.0 } else { 0.0 }).collect()
            }
        }
    }

    /// The same as a term of the one prediction.
    fn term(&self, arena: &mut Arena, output: Term) -> Option<Term> {
        let dims = arena.dims(output);
        match self {
            Reading::Sigmoid => Some(arena.map(Function::Sigmoid, output)),
            Reading::Softmax => {
                let sum = arena.make(Op::LogSumExp(output));
                let minus = arena.neg(sum);
                let shifted = arena.zip(whygrad_expr::op::Zip::Add, output, minus).ok()?;
                Some(arena.map(Function::Exp, shifted))
            }
            Reading::Exchanged => {
                let (one, minus) = (arena.constant(1.0), arena.neg(output));
                arena.zip(whygrad_expr::op::Zip::Add, one, minus).ok()
            }
            Reading::Order(order) => {
                let picked: Vec<Term> = order.iter().map(|&k| arena.make(Op::Pick(output, k))).collect();
                stacked(arena, &picked, dims)
            }
            // A softmax of ten thousand times the outputs is as good as the largest.
            Reading::Largest => {
                let factor = arena.constant(1e4);
                let large = arena.zip(whygrad_expr::op::Zip::Mul, factor, output).ok()?;
                Reading::Softmax.term(arena, large)
            }
        }
    }
}

fn stacked(arena: &mut Arena, parts: &[Term], dims: Dims) -> Option<Term> {
    let mut sum = None;
    for (k, &part) in parts.iter().enumerate() {
        let placed = arena.make(Op::Place(part, k, dims));
        sum = Some(match sum {
            Some(sum) => arena.zip(whygrad_expr::op::Zip::Add, sum, placed).ok()?,
            None => placed,
        });
    }
    sum
}

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let first = finished.losses.first().map_or(f64::INFINITY, |l| l.1);
    let classes = finished.case.data.targets.iter().all(|t| *t == 0.0 || *t == 1.0);
    if finished.overflowed()
        || !classes
        || finished.evaluation.accuracy == Some(1.0)
        || finished.is_solved()
        || finished.loss > LEARNED * first
    {
        return vec![];
    }
    let readings = readings(scene).into_iter().filter(|r| reads_well(scene, r));
    readings.take(1).map(|reading| suspicion(scene, &reading)).collect()
}

/// The readings that could be meant.
fn readings(scene: &Scene<'_>) -> Vec<Reading> {
    let case = &scene.finished.case;
    let width = case.data.target_names.len();
    let mut all = Vec::new();
    if case.model.logits.is_none() && width == 1 {
        all.extend([Reading::Sigmoid, Reading::Exchanged]);
    }
    if width > 1 {
        all.push(Reading::Largest);
        if case.model.logits.is_none() {
            all.extend([Reading::Sigmoid, Reading::Softmax]);
        }
        all.extend(best_order(scene).map(Reading::Order));
    }
    all
}

/// The order of the outputs in which each is nearest to its target; `None` where that is the order they have.
fn best_order(scene: &Scene<'_>) -> Option<Vec<usize>> {
    let (data, predictions) = (&scene.finished.case.data, &scene.finished.evaluation.predictions);
    let width = data.target_names.len();
    if predictions.iter().any(|p| p.len() != width) || width > 64 {
        return None;
    }
    let distance = |target: usize, output: usize| -> f64 {
        predictions.iter().enumerate().map(|(r, p)| (p[output] - data.target_row(r)[target]).powi(2)).sum()
    };
    let nearest = |t: usize| (0..width).min_by(|&a, &b| distance(t, a).total_cmp(&distance(t, b)));
    let order: Vec<usize> = (0..width).filter_map(nearest).collect();
    let mut once = order.clone();
    once.sort_unstable();
    once.dedup();
    (once.len() == width && order.iter().enumerate().any(|(k, &o)| k != o)).then_some(order)
}

fn reads_well(scene: &Scene<'_>, reading: &Reading) -> bool {
    let (data, predictions) = (&scene.finished.case.data, &scene.finished.evaluation.predictions);
    let width = data.target_names.len();
    predictions.len() == data.rows
        && predictions.iter().enumerate().all(|(row, outputs)| {
            let near = |(o, t): (f64, &f64)| (o - t).abs() < CLEAR;
            outputs.len() == width && reading.of(outputs).into_iter().zip(data.target_row(row)).all(near)
        })
}

fn suspicion(scene: &Scene<'_>, reading: &Reading) -> Suspicion {
    let finished = scene.finished;
    let wrong = finished.evaluation.wrong.len();
    let summary = format!(
        "The net has learned (loss {}), but it is read out wrongly: {}.",
        number(finished.loss),
        reading.reason()
    );
    let mut suspicion = Suspicion::new(Kind::WrongReadout, 0.97, summary, EXPLANATION)
        .with("wrong_rows", wrong)
        .with("wrong_rows_read_otherwise", 0)
        .with("loss", finished.loss);
    if let Some(model) = read_otherwise(&finished.case.model, reading) {
        let case = Case { model: model.into(), ..finished.case.clone() };
        suspicion.changes.push(Change { words: reading.words().into(), case });
    }
    suspicion.advice = Advice::words(match reading {
        Reading::Sigmoid => {
            "Name the sigmoid of the output as the prediction, or read an output above 0 as class 1."
        }
        Reading::Softmax | Reading::Largest => "Read the largest output as the class.",
        Reading::Exchanged => "Exchange 0 and 1 in the reading.",
        Reading::Order(_) => "Compare each output with its own target.",
    });
    suspicion
}

/// The model with the same loss and gradient, read otherwise.
fn read_otherwise(model: &Model, reading: &Reading) -> Option<Model> {
    let mut new = model.clone();
    let [output] = *new.program.predictions else { return None };
    let read = reading.term(&mut new.program.arena, output)?;
    new.program.predictions = vec![read];
    let written = new.written_predictions.first().copied()?;
    let by = HashMap::from([(output, written)]);
    new.written_predictions = vec![new.program.arena.substitute(read, &by).unwrap_or(read)];
    new.logits = None;
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, is_first, is_not_named};

    #[test]
    fn a_logit_that_is_read_as_a_probability_is_the_cause() {
        let text = "inputs x[2]\ntarget y\nh = dense(x, 4, tanh)\ny_hat = dense(h, 1)\nloss = mean(softplus(y_hat) - y*y_hat)";
        is_first(&case(text, "xor", |o| (o.learning_rate, o.epochs) = (0.5, 3000)), Kind::WrongReadout);
    }

    #[test]
    fn columns_in_another_order_are_the_cause() {
        let text = "inputs x[2]\ntargets y[2]\nh = dense(x, 4, tanh)\ny_hat = dense(h, 2, sigmoid)\n\
                    loss = mean((y_hat[0] - y[1])^2 + (y_hat[1] - y[0])^2)";
        let text = text.replace("inputs x[2]", "inputs x[3]").replace("targets y[2]", "targets y[3]");
        let text =
            text.replace("h, 2, sigmoid", "h, 3, sigmoid").replace(")^2)", ")^2 + (y_hat[2] - y[2])^2)");
        let case = case(&text, "encoder-3", |o| (o.learning_rate, o.epochs) = (1.0, 3000));
        is_first(&case, Kind::WrongReadout);
    }

    #[test]
    fn a_net_that_has_not_learned_is_not_read_out_wrongly() {
        for seed in 1..=8 {
            is_not_named(
                &case("2-2sigmoid-1", "xor", |o| (o.seed, o.epochs) = (seed, 300)),
                Kind::WrongReadout,
            );
            is_not_named(
                &case("2-1sigmoid", "xor", |o| (o.seed, o.epochs) = (seed, 300)),
                Kind::WrongReadout,
            );
        }
    }
}
