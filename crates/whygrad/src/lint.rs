//! What cannot work, said before the first step.
//!
//! [`lint`] looks at a model, its data, the options and the starting values. Each file in `lint/` answers one question
//! exactly: where outputs can lie, whether a hyperplane parts two classes, what the loss does at its ends. A [`Warning`] is
//! said only where that is a reason to change something.

pub(crate) mod checks;
pub(crate) mod gradient;
pub(crate) mod losses;
pub(crate) mod outputs;
pub(crate) mod parted;
pub(crate) mod range;
pub(crate) mod rates;
pub(crate) mod represent;
pub(crate) mod rows;
pub(crate) mod start;
mod steps;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_steps;
pub(crate) mod words;

use serde::Serialize;

use crate::data::Dataset;
use crate::model::Model;
use crate::train::Options;

/// The kind of a warning; a stable name for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The targets lie where no output can.
    OutputRange,
    /// No parameters solve it: no hidden layer or no bias where one is needed.
    CannotRepresent,
    /// Rows with the same inputs have different targets.
    ContradictoryRows,
    /// A loss without a least value.
    LossUnbounded,
    /// The loss at the start is no number.
    NotANumber,
    /// One and the same output has the least loss on every row, whatever its target.
    ConstantOutputIsBest,
    /// The gradient that was given is not the derivative of the loss.
    GradientWrong,
    /// A loss to stop at that no parameters have.
    GoalOutOfReach,
    /// A penalty that turns weights round, or leaves nothing of the outputs.
    RegularisationTooStrong,
    /// Offsets or spreads of columns that slow down descent.
    UnscaledInputs,
    /// No minimum is stable at this learning rate.
    LearningRateTooHigh,
    /// Hidden units that start equal and stay so.
    SymmetricUnits,
    /// A start where no weight has a slope.
    NoGradient,
    /// Units without an effect or a slope on any row.
    DeadUnits,
    /// Units that start where they are flat.
    Saturated,
    /// The first layers have next to no slope beside the last one.
    VanishingGradient,
    /// So few epochs that the run has hardly begun at their end.
    TooFewSteps,
    /// Rows sorted by their targets in batches without a new order.
    RowOrder,
    /// A batch of more rows than there are.
    BatchTooLarge,
    /// A parameter that changes nothing.
    ParameterWithoutEffect,
    /// A column of the data that changes nothing.
    ColumnWithoutEffect,
    /// A column with one value.
    ConstantColumn,
    /// One row alone.
    OneRow,
}

impl Kind {
    /// The name in documents: `output-range`.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Something that cannot work, or will work badly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// What it is.
    pub kind: Kind,
    /// What is wrong and why, in one sentence.
    pub summary: String,
    /// What to do, in one sentence.
    pub fix: String,
    /// The options of `train` that do it; empty where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

impl Warning {
    fn new(kind: Kind, summary: impl Into<String>, fix: impl Into<String>) -> Warning {
        Warning { kind, summary: summary.into(), fix: fix.into(), flags: vec![] }
    }

    fn flags(mut self, flags: &[&str]) -> Warning {
        self.flags = flags.iter().map(|&f| f.into()).collect();
        self
    }
}

/// What is wrong before the first step of a run, the most serious first.
///
/// `start` has a value for each parameter. On four rows it takes some milliseconds, and with more the time grows with
/// their number.
pub fn lint(model: &Model, data: &Dataset, options: &Options, start: &[f64]) -> Vec<Warning> {
    let fits = start.len() == model.program.parameter_count()
        && data.input_names.len() == model.program.input_width()
        && data.target_names.len() == model.program.target_width();
    if model.plain_function || data.rows == 0 || !fits {
        return vec![];
    }
    let mut warnings = Vec::new();
    checks::of_outputs(model, data, &mut warnings);
    checks::of_data(model, data, &mut warnings);
    checks::of_options(model, data, options, &mut warnings);
    if options.epochs > 0 {
        checks::of_start(model, data, (options, start), &mut warnings);
    }
    warnings.sort_by_key(|w| w.kind);
    warnings
}
