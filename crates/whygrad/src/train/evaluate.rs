//! A model at given parameters: loss, predictions, which rows are right.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::Term;
use whygrad_expr::number::Scalar;
use whygrad_expr::oracle::log_sum_exp;

use crate::data::Dataset;
use crate::model::{Logits, Model};

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

/// Evaluates a model at `theta`.
pub fn evaluate(model: &Model, data: &Dataset, theta: &[f64]) -> Evaluation {
    let program = &model.program;
    let roots: Vec<Term> = std::iter::once(program.loss).chain(program.predictions.iter().copied()).collect();
    let plan = Plan::compile(program, &roots);
    let mut space = Workspace::<f64>::new(&plan, 1);
    space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
    space.run(&plan, theta);
    let mut loss = [0.0];
    space.copy_output(&plan, 0, &mut loss);
    let mut predictions = vec![Vec::new(); if program.predictions.is_empty() { 0 } else { data.rows }];
    for index in 0..program.predictions.len() {
        let (values, buffer) = space.output(&plan, index + 1);
        for (row, prediction) in predictions.iter_mut().enumerate() {
            let from = if buffer.per_row { row * buffer.len } else { 0 };
            prediction.extend_from_slice(&values[from..from + buffer.len]);
        }
    }
    let (accuracy, wrong) = judge(data, &predictions, model.logits);
    Evaluation { loss: loss[0], predictions, accuracy, wrong }
}

/// The outputs on the scale of the targets.
fn on_target_scale(outputs: &[f64], logits: Option<Logits>) -> Vec<f64> {
    match logits {
        None => outputs.to_vec(),
        Some(Logits::Binary) => outputs.iter().map(|z| z.sigmoid()).collect(),
        Some(Logits::Classes) => {
            let log_sum = log_sum_exp(outputs.iter().copied());
            outputs.iter().map(|z| (z - log_sum).exp()).collect()
        }
    }
}

/// Rows count as right when every output is less than 0.5 from its target; logits are compared as
/// the probabilities they stand for.
fn judge(data: &Dataset, predictions: &[Vec<f64>], logits: Option<Logits>) -> (Option<f64>, Vec<WrongRow>) {
    let comparable = !predictions.is_empty()
        && predictions.iter().enumerate().all(|(r, p)| p.len() == data.target_row(r).len());
    if !comparable {
        return (None, vec![]);
    }
    let right = |row: usize| {
        let outputs = on_target_scale(&predictions[row], logits);
        outputs.iter().zip(data.target_row(row)).all(|(p, t)| (p - t).abs() < 0.5)
    };
    let wrong: Vec<WrongRow> = (0..data.rows)
        .filter(|&row| !right(row))
        .map(|row| WrongRow {
            row,
            inputs: data.input_row(row).to_vec(),
            prediction: predictions[row].clone(),
            target: data.target_row(row).to_vec(),
        })
        .collect();
    (Some((data.rows - wrong.len()) as f64 / data.rows as f64), wrong)
}
