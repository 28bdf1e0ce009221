//! Training: from starting values to a run with its history and its ending.

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
pub use fleet::{Ending, FleetError, FleetOptions, FleetProgress, Reason, Solved, train_fleet, train_from};
pub use gradient_options::GradientOptions;
pub use history::History;
pub use optimiser::Optimiser;
pub use options::{BatchSize, Losses, Options, Precision, RandomSource, Start, StopRules};
pub use settings::SettingError;
pub use start::{StartError, starting_values, starting_values_of};
pub use stepping::{Stepping, SteppingError};
pub use stop::{Overflow, StopReason};

use backward::{BackwardError, BackwardOptions};
use course::Course;
use method::{Method, MethodKind, ModelObjective, Unfit};
use net::{ByMethod, Rows, Wide};
use schedule::Schedule;
use tiny::Tiny;
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
    if let Some(kind) = options.method {
        return by_method(kind, model, data, start, options, watch);
    }
    let program = if options.backward == BackwardOptions::default() {
        Cow::Borrowed(&model.program)
    } else {
        Cow::Owned(backward::changed(model, &options.backward)?)
    };
    match options.precision {
        Precision::F64 => stepwise::<f64>(model, &program, data, start, options, watch),
        Precision::F32 => stepwise::<f32>(model, &program, data, start, options, watch),
    }
}

/// Each step from the gradient alone.
fn stepwise<T: Real + Scalar>(
    model: &Model,
    program: &Program,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    watch: &mut Watch<'_>,
) -> Result<Run, TrainError> {
    let rows = Rows::<T>::new(data, options);
    let start: Vec<f64> = start.iter().map(|&v| T::of(v).to_f64()).collect();
    let shuffle = || options.shuffle.then(|| start::order_stream(model, options));
    let mut watched = program.clone();
    let limit = options.stop.nearness().filter(|_| data.is_some());
    let far = limit.and_then(|limit| near::far_outputs(&mut watched, model.logits, limit));
    let course = Course::new(model, program, data, &rows, options);
    let mut source = start::step_stream(options);
    if let Some(tiny) = Tiny::new(&watched, &rows, &start, options, (source.as_mut(), far)) {
        let course = course.without_judge(far.is_some());
        let tiny = tiny.shuffled(shuffle()).one_by_one(course.looks_at_parameters());
        return Ok(course.run(&mut tiny.pausing(watch.every()), &start, watch));
    }
    let mut source = start::step_stream(options);
    let wide = Wide::new(program, rows.clone(), &start, options, source.as_mut())?;
    Ok(course.run(&mut wide.shuffled(shuffle()), &start, watch))
}

/// All parameters stepped together.
fn by_method(
    kind: MethodKind,
    model: &Model,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    watch: &mut Watch<'_>,
) -> Result<Run, TrainError> {
    let (gradient, backward) = (&options.gradient, &options.backward);
    let no_use = [
        (options.precision != Precision::F64, "precision"),
        (options.schedule != Schedule::default(), "schedule"),
        (gradient.clip_norm.is_some(), "clip-norm"),
        (gradient.clip_value.is_some(), "clip-value"),
        (gradient.l1 != 0.0, "l1"),
        (gradient.l2 != 0.0, "l2"),
        (gradient.weight_decay.is_some(), "weight-decay"),
        (backward.sigmoid_prime_offset != 0.0, "sigmoid-prime-offset"),
        (backward.error_margin != 0.0, "error-margin"),
    ];
    if options.batch != BatchSize::Full {
        return Err(TrainError::WholeData { method: kind, option: "batch" });
    }
    if options.shuffle {
        return Err(TrainError::WholeData { method: kind, option: "shuffle" });
    }
    if let Some(&(_, option)) = no_use.iter().find(|u| u.0) {
        return Err(TrainError::NoUse { method: kind, option });
    }
    let mut objective = ModelObjective::new(model, data, kind)?;
    let mut method = Method::new(kind, start);
    let loss = method.begin(&mut objective).loss;
    let rows = Rows::<f64>::new(data, options);
    let course = Course::new(model, &model.program, data, &rows, options);
    let mut net = ByMethod { method, objective, loss };
    Ok(course.run(&mut net, start, watch))
}
