//! A model at given parameters: loss, predictions, which rows are right.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Hardware, Workspace};
use whygrad_expr::arena::Term;
use whygrad_expr::number::Scalar;
use whygrad_expr::oracle::log_sum_exp;

use crate::data::Dataset;
use crate::model::{Logits, Model};

use super::options::RIGHT;

/// A row on the wrong side.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongRow {
    /// The row, from 0.
    pub row: usize,
    /// Its inputs.
    pub inputs: Vec<f64>,
    /// What the model says.
    pub prediction: Vec<f64>,
    /// What it should say.
    pub target: Vec<f64>,
}

/// What a model does on data.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The loss.
    pub loss: f64,
    /// The outputs of each row; empty where the model predicts nothing.
    pub predictions: Vec<Vec<f64>>,
    /// The share of rows with |output - target| < 0.5 in every output, logits read as the
    /// probabilities they stand for; `None` where outputs and targets cannot be compared.
    pub accuracy: Option<f64>,
    /// The other rows.
    pub wrong: Vec<WrongRow>,
}

/// Up to so many products of a row with a parameter, an evaluation has the same bits on every machine.
const SMALL: usize = 1 << 24;

/// Evaluates a model at `theta`.
pub fn evaluate(model: &Model, data: &Dataset, theta: &[f64]) -> Evaluation {
    let mut judge = Judge::new(model, data);
    let (loss, predictions) = judge.run(theta);
    let (accuracy, wrong) = rate(data, &predictions, model.logits);
    Evaluation { loss, predictions, accuracy, wrong }
}

/// A model on data, ready to be asked at one point after another.
pub(super) struct Judge<'a> {
    model: &'a Model,
    data: &'a Dataset,
    /// The loss and the predictions.
    plan: Plan,
    space: Workspace<f64>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(model: &'a Model, data: &'a Dataset) -> Judge<'a> {
        let program = &model.program;
        let roots: Vec<Term> =
            std::iter::once(program.loss).chain(program.predictions.iter().copied()).collect();
        let plan = Plan::compile(program, &roots);
        let small = data.rows * program.parameter_count() <= SMALL;
        let hardware = if small { Hardware::portable() } else { Hardware::best() };
        let mut space = Workspace::<f64>::with(&plan, hardware);
        space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
        Judge { model, data, plan, space }
    }

    /// The loss, and the outputs of each row.
    fn run(&mut self, theta: &[f64]) -> (f64, Vec<Vec<f64>>) {
        let outputs = self.model.program.predictions.len();
        self.space.run(&self.plan, theta);
        let mut loss = [0.0];
        self.space.copy_output(&self.plan, 0, &mut loss);
        let mut predictions = vec![Vec::new(); if outputs == 0 { 0 } else { self.data.rows }];
        for index in 0..outputs {
            let (values, buffer) = self.space.output(&self.plan, index + 1);
            for (row, prediction) in predictions.iter_mut().enumerate() {
                let from = if buffer.per_row { row * buffer.len } else { 0 };
                prediction.extend_from_slice(&values[from..from + buffer.len]);
            }
        }
        (loss[0], predictions)
    }

    /// The loss alone.
    pub(super) fn loss(&mut self, theta: &[f64]) -> f64 {
        self.space.run(&self.plan, theta);
        let mut loss = [0.0];
        self.space.copy_output(&self.plan, 0, &mut loss);
        loss[0]
    }

    /// Whether every output of every row is nearer than `limit` to its target, logits read as the
    /// probabilities they stand for.
    pub(super) fn all_within(&mut self, theta: &[f64], limit: f64) -> bool {
        let (_, predictions) = self.run(theta);
        are_within(self.data, &predictions, self.model.logits, limit)
    }

    /// Whether outputs and targets can be compared at all.
    pub(super) fn is_comparable(&mut self) -> bool {
        let theta = vec![0.0; self.model.program.parameter_count()];
        let (_, predictions) = self.run(&theta);
        are_comparable(self.data, &predictions)
    }
}

/// The outputs on the scale of the targets.
pub(crate) fn on_target_scale(outputs: &[f64], logits: Option<Logits>) -> Vec<f64> {
    match logits {
        None => outputs.to_vec(),
        Some(Logits::Binary) => outputs.iter().map(|z| z.sigmoid()).collect(),
        Some(Logits::Classes) => {
            let log_sum = log_sum_exp(outputs.iter().copied());
            outputs.iter().map(|z| (z - log_sum).exp()).collect()
        }
    }
}

/// Whether each row has as many outputs as targets.
fn are_comparable(data: &Dataset, predictions: &[Vec<f64>]) -> bool {
    !predictions.is_empty()
        && predictions.iter().enumerate().all(|(r, p)| p.len() == data.target_row(r).len())
}

/// Whether every output of every row is nearer than `limit` to its target, logits read as the probabilities they stand for.
pub(crate) fn are_within(
    data: &Dataset,
    predictions: &[Vec<f64>],
    logits: Option<Logits>,
    limit: f64,
) -> bool {
    let near = |(row, outputs): (usize, &Vec<f64>)| is_within(data, row, outputs, logits, limit);
    are_comparable(data, predictions) && predictions.iter().enumerate().all(near)
}

/// Whether every output of a row is nearer than `limit` to its target.
fn is_within(data: &Dataset, row: usize, outputs: &[f64], logits: Option<Logits>, limit: f64) -> bool {
    let outputs = on_target_scale(outputs, logits);
    outputs.iter().zip(data.target_row(row)).all(|(p, t)| (p - t).abs() < limit)
}

/// Rows count as right when every output is less than 0.5 from its target; logits are compared as
/// the probabilities they stand for.
fn rate(data: &Dataset, predictions: &[Vec<f64>], logits: Option<Logits>) -> (Option<f64>, Vec<WrongRow>) {
    if !are_comparable(data, predictions) {
        return (None, vec![]);
    }
    let wrong: Vec<WrongRow> = (0..data.rows)
        .filter(|&row| !is_within(data, row, &predictions[row], logits, RIGHT))
        .map(|row| WrongRow {
            row,
            inputs: data.input_row(row).to_vec(),
            prediction: predictions[row].clone(),
            target: data.target_row(row).to_vec(),
        })
        .collect();
    (Some((data.rows - wrong.len()) as f64 / data.rows as f64), wrong)
}
