//! Training: from starting values to a run with its history and its ending.

mod alone;
pub mod backward;
mod course;
mod evaluate;
mod fleet;
mod gradient_options;
mod history;
pub mod measures;
pub mod method;
mod near;
mod net;
pub mod optimiser;
mod options;
mod pace;
pub mod schedule;
mod settings;
mod start;
mod stepping;
mod stop;
mod tiny;
pub mod validation;
mod watch;

use std::borrow::Cow;

use whygrad_engine::real::Real;
use whygrad_engine::scalar::Scalar;
use whygrad_engine::trainer::UnfitRule;
use whygrad_expr::program::Program;

use crate::data::Dataset;
use crate::model::Model;
pub use evaluate::{Evaluation, WrongRow, evaluate};
pub(crate) use evaluate::{are_within, on_target_scale};
pub use fleet::{
    Ending, FleetError, FleetOptions, FleetProgress, Reason, Solved, train_fleet, train_from,
    train_until_solved,
};
pub use gradient_options::GradientOptions;
pub use history::History;
pub use optimiser::Optimiser;
pub use options::{BatchSize, Losses, Options, Precision, RandomSource, Start, StopRules};
pub use settings::SettingError;
pub use start::{StartError, starting_values, starting_values_of};
pub use stepping::{Stepping, SteppingError};
pub use stop::{Overflow, StopReason};

use alone::Alone;
use backward::{BackwardError, BackwardOptions};
use method::{MethodKind, Unfit};
use net::Rows;
use watch::Watch;

/// Where a run stands; given to the observer after each epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Epochs done.
    pub epoch: u64,
    /// Epochs at most.
    pub epochs: u64,
    /// The loss on the whole data.
    pub loss: f64,
}

/// What the observer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Stop and keep what was reached.
    Stop,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Why and when it ended.
    pub stop: StopReason,
    /// Epochs done.
    pub epoch: u64,
    /// The loss at the end, on the whole data.
    pub loss: f64,
    /// The loss after each epoch; entry 0 is before training.
    pub history: History,
    /// The parameters at every recorded epoch, where asked for.
    pub path: Vec<Vec<f64>>,
    /// The starting values.
    pub start: Vec<f64>,
    /// The parameters at the end; after an overflow the last ones with a finite loss.
    pub theta: Vec<f64>,
}

/// Options that a run cannot be made with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A number is out of its range.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The change of the backward pass has no place in the model.
    #[error(transparent)]
    Backward(#[from] BackwardError),
    /// The method does not fit the model.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The engine cannot run the optimiser.
    #[error(transparent)]
    Rule(#[from] UnfitRule),
    /// A method looks at all rows at once.
    #[error("{method} steps on all rows at once; leave out --{option}")]
    WholeData {
        /// The method.
        method: MethodKind,
        /// The option that says otherwise.
        option: &'static str,
    },
    /// A method has no use for it.
    #[error("{method} finds its steps itself, in double precision; leave out --{option}")]
    NoUse {
        /// The method.
        method: MethodKind,
        /// The option.
        option: &'static str,
    },
}

/// Trains one net. `data` is `None` for `minimize f`.
pub fn train(
    model: &Model,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    observer: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Run, TrainError> {
    run(model, data, start, options, &mut Watch::Losses(observer))
}

/// Trains one net, and shows its parameters at every `every`-th epoch, the start among them; at the others the observer
/// gets `None`. What it sees is what the run computes with: looking changes no bit.
pub fn train_watched(
    model: &Model,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    every: u64,
    observer: &mut dyn FnMut(&Progress, Option<&[f64]>) -> Control,
) -> Result<Run, TrainError> {
    run(model, data, start, options, &mut Watch::Parameters(every.max(1), observer))
}

fn run(
    model: &Model,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    watch: &mut Watch<'_>,
) -> Result<Run, TrainError> {
    options.gradient.check()?;
    options.backward.check()?;
    let program = if options.backward == BackwardOptions::default() || options.method.is_some() {
        Cow::Borrowed(&model.program)
    } else {
        Cow::Owned(backward::changed(model, &options.backward)?)
    };
    match options.precision {
        Precision::F64 => alone::<f64>(model, &program, data, start, options, watch),
        Precision::F32 => alone::<f32>(model, &program, data, start, options, watch),
    }
}

fn alone<T: Real + Scalar>(
    model: &Model,
    program: &Program,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    watch: &mut Watch<'_>,
) -> Result<Run, TrainError> {
    let rows = Rows::<T>::new(data, options);
    let mut alone = Alone::new((model, program), data, &rows, options, Solved::Never)?;
    Ok(alone.train(start, options.restart, watch))
}
