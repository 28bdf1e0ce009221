//! Training: from starting values to a run with its history and its ending.

pub mod backward;
mod evaluate;
mod fleet;
mod gradient_options;
mod history;
pub mod method;
pub mod optimiser;
mod options;
pub mod schedule;
mod settings;
mod start;
mod stop;

use whygrad_engine::plan::Plan;
use whygrad_engine::real::Real;
use whygrad_engine::workspace::{Batch, Workspace};

use crate::data::Dataset;
use crate::model::Model;
use crate::random::Source;
use evaluate::Judge;
pub use evaluate::{Evaluation, WrongRow, evaluate};
pub use fleet::{Ending, FleetError, FleetOptions, FleetProgress, Reason, Solved, train_fleet};
pub use gradient_options::GradientOptions;
pub use history::History;
pub use optimiser::Optimiser;
pub use options::{BatchSize, Options, Precision, RandomSource, Start, StopRules};
pub use settings::SettingError;
pub use start::{StartError, starting_values, starting_values_of};
pub use stop::{Overflow, StopReason};

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

/// Trains one net. `data` is `None` for `minimize f`.
pub fn train(
    model: &Model,
    data: Option<&Dataset>,
    start: &[f64],
    options: &Options,
    observer: &mut dyn FnMut(&Progress) -> Control,
) -> Run {
    match options.precision {
        Precision::F64 => Trainer::<f64>::new(model, data, start, options).run(observer),
        Precision::F32 => Trainer::<f32>::new(model, data, start, options).run(observer),
    }
}

/// One net in training, in precision T.
struct Trainer<'a, T> {
    model: &'a Model,
    /// Whether every output is near its target, where that ends the run.
    judge: Option<Judge<'a>>,
    options: &'a Options,
    /// Loss and gradient.
    plan: Plan,
    space: Workspace<T>,
    inputs: Vec<T>,
    targets: Vec<T>,
    rows: usize,
    batch: usize,
    order: Vec<usize>,
    source: Box<dyn Source>,
    parameters: Vec<T>,
    before: Vec<T>,
    gradient: Vec<T>,
    start: Vec<f64>,
}

impl<'a, T: Real> Trainer<'a, T> {
    fn new(model: &'a Model, data: Option<&'a Dataset>, start: &[f64], options: &'a Options) -> Self {
        let plan = Plan::of_gradient(&model.program);
        let real = |values: &[f64]| values.iter().map(|&v| T::of(v)).collect::<Vec<T>>();
        let (inputs, targets, rows) = match data {
            Some(d) => (real(&d.inputs), real(&d.targets), d.rows),
            None => (vec![], vec![], 1),
        };
        let batch = match options.batch {
            BatchSize::Full => rows,
            BatchSize::Rows(size) => size.clamp(1, rows),
        };
        let count = model.program.parameter_count();
        Trainer {
            model,
            judge: data.filter(|_| options.stop.nearness().is_some()).map(|d| Judge::new(model, d)),
            options,
            space: Workspace::new(&plan, 1),
            plan,
            inputs,
            targets,
            rows,
            batch,
            order: (0..rows).collect(),
            source: start::order_stream(model, options),
            parameters: real(start),
            before: real(start),
            gradient: vec![T::of(0.0); count],
            start: start.to_vec(),
        }
    }

    fn run(mut self, observer: &mut dyn FnMut(&Progress) -> Control) -> Run {
        let keep_all = self.options.keep_all_history;
        let (mut history, mut path) = if self.options.keep_path {
            let (history, path) = History::with_path(keep_all, self.parameters.len());
            (history, Some(path))
        } else {
            (History::new(keep_all), None)
        };
        self.load_all();
        let mut loss = self.evaluate();
        let mut epoch = 0;
        let stop = loop {
            if !self.is_finite(loss) {
                break match self.outside_domain() {
                    Some(parameter) if epoch > 0 => StopReason::LeftDomain { parameter },
                    _ => self.overflow(epoch),
                };
            }
            history.push(loss);
            if let Some(path) = &mut path {
                path.push(self.theta());
            }
            let progress = Progress { epoch, epochs: self.options.epochs, loss };
            if let Some(stop) = self.ending(&progress) {
                break stop;
            }
            if observer(&progress) == Control::Stop {
                break StopReason::Interrupted;
            }
            self.before.copy_from_slice(&self.parameters);
            self.epoch();
            epoch += 1;
            loss = self.evaluate();
        };
        if !self.is_finite(loss) {
            self.parameters.copy_from_slice(&self.before);
            epoch = epoch.saturating_sub(1);
            loss = history.last().unwrap_or(loss);
        }
        let path = path.map_or_else(Vec::new, history::Path::points);
        Run { stop, epoch, loss, history, path, theta: self.theta(), start: self.start }
    }

    fn theta(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| p.to_f64()).collect()
    }

    fn is_finite(&self, loss: f64) -> bool {
        // A choice such as relu can hide what is not a number, so that the parameters are looked at too.
        let numbers = self.gradient.iter().chain(&self.parameters);
        loss.is_finite() && numbers.into_iter().all(|g| g.is_finite())
    }

    fn load_all(&mut self) {
        let batch = Batch { inputs: &self.inputs, targets: &self.targets, rows: self.rows };
        self.space.load(&self.plan, &batch);
    }

    /// The loss on the whole data; the gradient there is kept.
    fn evaluate(&mut self) -> f64 {
        if self.batch < self.rows {
            self.load_all();
        }
        self.gradient_here();
        let mut loss = [T::of(0.0)];
        self.space.copy_output(&self.plan, 0, &mut loss);
        loss[0].to_f64()
    }

    fn gradient_here(&mut self) {
        self.space.run(&self.plan, &self.parameters);
        for (index, p) in self.model.program.parameters.iter().enumerate() {
            let out = &mut self.gradient[p.offset..p.offset + p.len()];
            self.space.copy_output(&self.plan, index + 1, out);
        }
    }

    /// One pass over the data. With a full batch the gradient is the one just evaluated.
    fn epoch(&mut self) {
        if self.options.shuffle {
            self.source.shuffle(&mut self.order);
        }
        if self.batch == self.rows && !self.options.shuffle {
            self.step();
            return;
        }
        let order = std::mem::take(&mut self.order);
        for rows in order.chunks(self.batch) {
            let pick = |values: &[T], width: usize| -> Vec<T> {
                rows.iter().flat_map(|&r| values[r * width..(r + 1) * width].iter().copied()).collect()
            };
            let inputs = pick(&self.inputs, self.model.program.input_width());
            let targets = pick(&self.targets, self.model.program.target_width());
            let batch = Batch { inputs: &inputs, targets: &targets, rows: rows.len() };
            self.space.load(&self.plan, &batch);
            self.gradient_here();
            self.step();
        }
        self.order = order;
        self.load_all();
    }

    fn step(&mut self) {
        let rate = T::of(self.options.learning_rate);
        self.options.optimiser.step(&mut self.parameters, &self.gradient, rate);
    }

    /// The reason to stop here, if there is one.
    fn ending(&mut self, progress: &Progress) -> Option<StopReason> {
        let rules = &self.options.stop;
        if let Some(target) = rules.target_loss
            && progress.loss <= target
        {
            return Some(StopReason::TargetLoss { target });
        }
        if let Some(norm) = rules.gradient_norm {
            let reached = self.gradient.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>().sqrt();
            if reached <= norm {
                return Some(StopReason::GradientNorm { limit: norm, reached });
            }
        }
        if let Some(limit) = rules.smallest_change.filter(|_| progress.epoch > 0) {
            let moved = self.parameters.iter().zip(&self.before).map(|(a, b)| (*a - *b).to_f64().abs());
            let largest = moved.fold(0.0, f64::max);
            if largest <= limit {
                return Some(StopReason::SmallestChange { limit, largest });
            }
        }
        if let Some(limit) = rules.nearness()
            && self.all_within(limit)
        {
            return Some(rules.within.map_or(StopReason::AllRight, |limit| StopReason::Within { limit }));
        }
        if let Some(name) = self.outside_domain() {
            return Some(StopReason::LeftDomain { parameter: name });
        }
        (progress.epoch >= progress.epochs).then_some(StopReason::Epochs)
    }

    fn all_within(&mut self, limit: f64) -> bool {
        let theta = self.theta();
        self.judge.as_mut().is_some_and(|judge| judge.all_within(&theta, limit))
    }

    fn outside_domain(&self) -> Option<String> {
        for (p, info) in self.model.program.parameters.iter().zip(&self.model.parameters) {
            let Some((low, high)) = info.domain else { continue };
            for k in 0..p.len() {
                let value = self.parameters[p.offset + k].to_f64();
                if value <= low || value >= high {
                    return Some(p.entry_name(k));
                }
            }
        }
        None
    }

    fn overflow(&self, epoch: u64) -> StopReason {
        let found = self.space.first_non_finite(&self.plan);
        StopReason::Overflow(Overflow {
            epoch,
            term: found.map(|f| f.term),
            row: found.and_then(|f| f.row),
            entry: found.map_or(0, |f| f.entry),
        })
    }
}
