//! What a run is to reach.

use crate::data::Dataset;
use crate::lint::rows::{distance_of_classes, spreads};
use crate::model::Logits;
use crate::train::{Evaluation, Options, are_within};

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
pub(super) const LEFT: f64 = 0.01;

impl Goal {
    /// The goal of a run with these options on these data.
    pub(super) fn of(options: &Options, data: &Dataset) -> Goal {
        match (options.stop.target_loss, options.stop.within) {
            (Some(loss), _) => Goal::Loss(loss),
            (None, Some(limit)) => Goal::Near(limit),
            (None, None) if options.stop.all_right => Goal::Near(0.5),
            (None, None) => distance_of_classes(data).map_or(Goal::Fit, |d| Goal::Near(d / 2.0)),
        }
    }

    /// Whether a model with these outputs has reached it; logits are read as the probabilities they stand for.
    pub(super) fn is_reached(self, evaluation: &Evaluation, data: &Dataset, logits: Option<Logits>) -> bool {
        match self {
            Goal::Loss(target) => evaluation.loss <= target,
            Goal::Near(limit) => are_within(data, &evaluation.predictions, logits, limit),
            Goal::Fit => unexplained(evaluation, data).is_some_and(|left| left <= LEFT),
        }
    }
}

/// The variance of the targets, the mean over their columns.
pub(super) fn variance(data: &Dataset) -> f64 {
    let columns = spreads(&data.targets, data.target_names.len());
    columns.iter().map(|c| c.deviation.powi(2)).sum::<f64>() / columns.len().max(1) as f64
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
