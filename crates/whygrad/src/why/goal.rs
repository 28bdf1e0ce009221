//! What a run is to reach.

use std::sync::Arc;

use super::finished::{Case, Finished};
use crate::data::Dataset;
use crate::lint::losses::LossOfOutputs;
use crate::lint::rows::distance_of_classes;
use crate::model::Logits;
use crate::train::{Evaluation, Options, are_within, on_target_scale};

/// When a run counts as solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// The loss is at most this: the person said so.
    Loss(f64),
    /// Every output is nearer than this to its target: said by the person, or half the distance of two classes.
    Near(f64),
    /// Targets are measured numbers: the model explains them but for a hundredth of their variance.
    Fit,
}

/// The share of the variance of measured targets that a solved run may leave.
const LEFT: f64 = 0.01;

/// Targets without variance are met from this distance on, as a share of their size.
const NEAR: f64 = 0.1;

impl Goal {
    /// The goal of a run with these options on these data.
    pub(super) fn of(options: &Options, data: &Dataset) -> Goal {
        match (options.stop.target_loss, options.stop.within) {
            (Some(loss), _) => Goal::Loss(loss),
            (None, Some(limit)) => Goal::Near(limit),
            (None, None) if options.stop.all_right => Goal::Near(0.5),
            (None, None) => match distance_of_classes(data) {
                Some(distance) => Goal::Near(distance / 2.0),
                // One class alone, as with a single row.
                None if is_one_class(data) => Goal::Near(0.5),
                None => Goal::Fit,
            },
        }
    }

    /// Whether a model with these outputs has reached it; logits are read as the probabilities they stand for.
    pub(super) fn is_reached(self, evaluation: &Evaluation, data: &Dataset, logits: Option<Logits>) -> bool {
        match self {
            Goal::Loss(target) => evaluation.loss <= target,
            Goal::Near(limit) => are_within(data, &evaluation.predictions, logits, limit),
            Goal::Fit => match constant_target(data) {
                Some(size) => distance(evaluation, data).is_some_and(|d| d <= NEAR * size.max(1.0)),
                None => unexplained(evaluation, data).is_some_and(|left| left <= LEFT),
            },
        }
    }
}

/// Whether each row's target is 1 in one column and 0 in the others, its outputs have the sum 1, and the largest of them is in
/// that column: the class that is read out is right, though no output need be above a half.
pub(super) fn are_classes_right(evaluation: &Evaluation, data: &Dataset, logits: Option<Logits>) -> bool {
    let width = data.target_names.len();
    let right = |(r, outputs): (usize, &Vec<f64>)| {
        let targets = data.target_row(r);
        let one_hot = targets.iter().all(|&t| t == 0.0 || t == 1.0) && targets.iter().sum::<f64>() == 1.0;
        let outputs = on_target_scale(outputs, logits);
        let Some(class) = targets.iter().position(|&t| t == 1.0).filter(|_| one_hot) else { return false };
        let share = outputs.len() == width && (outputs.iter().sum::<f64>() - 1.0).abs() < 1e-9;
        share && (0..width).all(|k| k == class || outputs[k] < outputs[class])
    };
    let rows = &evaluation.predictions;
    width > 2 && !rows.is_empty() && rows.len() == data.rows && rows.iter().enumerate().all(right)
}

/// Whether all targets are 0, or all are 1.
fn is_one_class(data: &Dataset) -> bool {
    let one = |class: f64| data.targets.iter().all(|&t| t == class);
    !data.targets.is_empty() && (one(0.0) || one(1.0))
}

/// The size of the largest target, where no target varies.
fn constant_target(data: &Dataset) -> Option<f64> {
    let width = data.target_names.len();
    let first = data.targets.get(..width)?;
    let same = data.targets.chunks(width.max(1)).all(|row| row == first);
    same.then(|| first.iter().fold(0.0_f64, |size, t| size.max(t.abs())))
}

/// The root of the mean square between outputs and targets.
fn distance(evaluation: &Evaluation, data: &Dataset) -> Option<f64> {
    let width = data.target_names.len();
    let rows = &evaluation.predictions;
    if rows.len() != data.rows || rows.iter().any(|p| p.len() != width) {
        return None;
    }
    let squares = rows.iter().flatten().zip(&data.targets).map(|(o, t)| (o - t).powi(2));
    Some((squares.sum::<f64>() / data.targets.len().max(1) as f64).sqrt())
}

/// The shares of the variance that two runs leave, where their losses are in different units: the targets are on another
/// scale, or the loss is another one. `None` where the losses can be compared themselves.
pub(super) fn left_by_both(before: &Finished, after: &Finished) -> Option<[f64; 2]> {
    let (a, b) = (&before.case, &after.case);
    let rescaled = a.data.targets.len() == b.data.targets.len() && a.data.targets != b.data.targets;
    if !rescaled && (Arc::ptr_eq(&a.model, &b.model) || loss_name(a) == loss_name(b)) {
        return None;
    }
    let left = |run: &Finished| {
        let mut evaluation = run.evaluation.clone();
        for outputs in &mut evaluation.predictions {
            *outputs = on_target_scale(outputs, run.case.model.logits);
        }
        unexplained(&evaluation, &run.case.data)
    };
    Some([left(before)?, left(after)?])
}

/// What the loss compares outputs with targets by, penalties left out; `None` where it has no name.
fn loss_name(case: &Case) -> Option<String> {
    LossOfOutputs::of(&case.model)?.named(&case.data)
}

/// The share of the targets' variance that the outputs leave.
pub(super) fn unexplained(evaluation: &Evaluation, data: &Dataset) -> Option<f64> {
    let width = data.target_names.len();
    if evaluation.predictions.len() != data.rows || evaluation.predictions.iter().any(|p| p.len() != width) {
        return None;
    }
    let (mut left, mut whole) = (0.0, 0.0);
    for column in 0..width {
        let mean = (0..data.rows).map(|r| data.target_row(r)[column]).sum::<f64>() / data.rows as f64;
        for (row, outputs) in evaluation.predictions.iter().enumerate() {
            let target = data.target_row(row)[column];
            left += (outputs[column] - target).powi(2);
            whole += (target - mean).powi(2);
        }
    }
    (whole > 0.0).then_some(left / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, case_of, model, rows, run, with_data};

    #[test]
    fn constant_targets_and_a_single_row_can_be_solved() {
        let line = "inputs x\ntarget y\ny_hat = dense(x, 1)\nloss = mse(y_hat, y)";
        let net = |text: &str, data| {
            let mut case = case_of(model(text), data);
            (case.options.learning_rate, case.options.epochs) = (0.1, 2000);
            run(&case)
        };
        let constant = rows(&[(&[0.0], &[5.0]), (&[0.5], &[5.0]), (&[1.0], &[5.0])]);
        assert!(net(line, constant).is_solved());
        assert!(net(line, rows(&[(&[1.0], &[3.0])])).is_solved());
        let neuron = line.replace("dense(x, 1)", "dense(x, 1, sigmoid)");
        assert!(net(&neuron, rows(&[(&[1.0], &[1.0])])).is_solved());
        let zeros = rows(&[(&[1.0], &[0.0]), (&[2.0], &[0.0])]);
        assert!(net("inputs x\ntarget y\ny_hat = sigmoid(w*x)\nloss = mse(y_hat, y)", zeros).is_solved());
    }

    #[test]
    fn a_changed_scale_of_the_targets_is_no_gain() {
        let case = case("1-4tanh-1", "sine(noise=0)", |o| (o.learning_rate, o.epochs) = (0.0001, 3));
        let case = with_data(&case, |data| data.targets.iter_mut().for_each(|t| *t *= 30.0));
        let before = run(&case);
        let after = run(&with_data(&case, |data| data.targets.iter_mut().for_each(|t| *t /= 30.0)));
        let [left, leaves] = left_by_both(&before, &after).unwrap();
        assert!(after.loss < 0.01 * before.loss && leaves > 0.5 * left, "{left} {leaves}");
        assert_eq!(left_by_both(&before, &before), None);
    }

    #[test]
    fn of_several_classes_the_largest_share_is_read_out() {
        let data = rows(&[(&[0.0], &[1.0, 0.0, 0.0]), (&[1.0], &[0.0, 0.0, 1.0])]);
        let mut evaluation = Evaluation {
            loss: 0.5,
            predictions: vec![vec![0.4, 0.3, 0.3], vec![0.3, 0.3, 0.4]],
            accuracy: Some(0.0),
            wrong: vec![],
        };
        assert!(are_classes_right(&evaluation, &data, None));
        // Outputs that are no shares of 1 are compared each with its own target.
        assert!(!are_classes_right(
            &Evaluation { predictions: vec![vec![0.4; 3]; 2], ..evaluation.clone() },
            &data,
            None
        ));
        evaluation.predictions[1] = vec![0.4, 0.3, 0.3];
        assert!(!are_classes_right(&evaluation, &data, None));
    }
}
