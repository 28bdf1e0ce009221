//! The net that a run trains, whichever way its numbers are computed.

use whygrad_engine::plan::Plan;
use whygrad_engine::real::Real;
use whygrad_engine::rule::Rule;
use whygrad_engine::trainer::{Trainer, UnfitRule};
use whygrad_engine::workspace::{Batch, Hardware, NonFinite, Workspace};
use whygrad_expr::program::Program;

use super::method::{Done, Method, MethodKind, ModelObjective};
use super::pace::Pace;
use super::{BatchSize, Options};
use crate::data::Dataset;
use crate::random::Source;

/// What is known of some epochs, all of it finite.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    /// The loss of each.
    pub(super) losses: &'a [f64],
    /// How many outputs are far in each; empty where that is not watched.
    pub(super) far: &'a [f64],
}

/// A net in training.
pub(super) trait Net {
    /// The loss on the whole data where the net stands; or the mean of the losses of the last epoch's
    /// batches, where that is asked for.
    fn loss(&mut self) -> f64;

    /// The loss on the whole data where the net stands.
    fn whole_loss(&mut self) -> f64 {
        self.loss()
    }

    /// How many outputs are far from their targets there, where that is watched.
    fn far(&mut self) -> Option<f64> {
        None
    }

    /// What is known of the epochs from here on. Nothing, where each epoch has to be looked at by itself.
    fn known(&mut self) -> Known<'_> {
        Known::default()
    }

    /// Goes on by so many of the known epochs.
    fn skip(&mut self, epochs: usize) {
        debug_assert!(epochs == 0, "no epoch is known");
    }

    /// One pass over the data; why there is no further one, if that is so.
    fn epoch(&mut self) -> Option<Done>;

    /// The parameters where the net stands.
    fn theta(&mut self) -> Vec<f64>;

    /// The parameters before the last epoch; only asked for where something is not finite now.
    fn previous(&mut self) -> Vec<f64>;

    /// False where a number may not be finite, so that it is worth looking for it.
    fn looks_finite(&mut self) -> bool;
}

/// What a run begins with.
pub(super) struct Beginning<'a> {
    /// The parameters.
    pub(super) start: &'a [f64],
    /// Draws the first lengths of steps.
    pub(super) steps: &'a mut dyn Source,
    /// Draws a new order of the rows for each epoch.
    pub(super) order: Option<Box<dyn Source>>,
}

/// The data in the precision of a run.
#[derive(Clone, Debug)]
pub(super) struct Rows<T> {
    pub(super) inputs: Vec<T>,
    pub(super) targets: Vec<T>,
    pub(super) count: usize,
    /// Rows behind a step.
    pub(super) batch: usize,
}

impl<T: Real> Rows<T> {
    pub(super) fn new(data: Option<&Dataset>, options: &Options) -> Rows<T> {
        let real = |values: &[f64]| values.iter().map(|&v| T::of(v)).collect::<Vec<T>>();
        let (inputs, targets, count) = match data {
            Some(d) => (real(&d.inputs), real(&d.targets), d.rows),
            None => (vec![], vec![], 1),
        };
        let batch = match options.batch {
            BatchSize::Full => count,
            BatchSize::Rows(size) => size.clamp(1, count.max(1)),
        };
        Rows { inputs, targets, count, batch }
    }

    pub(super) fn all(&self) -> Batch<'_, T> {
        Batch { inputs: &self.inputs, targets: &self.targets, rows: self.count }
    }

    /// Steps an epoch.
    pub(super) fn steps(&self) -> u64 {
        self.count.div_ceil(self.batch.max(1)) as u64
    }
}

/// Loss and gradient at a point, by the plan: for rules that look at the gradient, and to find what
/// is not finite.
pub(super) struct Survey<T> {
    plan: Plan,
    space: Workspace<T>,
    offsets: Vec<(usize, usize)>,
    /// The gradient where it was computed last.
    pub(super) gradient: Vec<T>,
}

impl<T: Real> Survey<T> {
    pub(super) fn new(program: &Program, rows: &Rows<T>) -> Survey<T> {
        let plan = Plan::of_gradient(program);
        let mut space = Workspace::new(&plan);
        space.load(&plan, &rows.all());
        let offsets = program.parameters.iter().map(|p| (p.offset, p.len())).collect();
        Survey { plan, space, offsets, gradient: vec![T::of(0.0); program.parameter_count()] }
    }

    /// Computes everything at a point; true where all is finite.
    pub(super) fn at(&mut self, theta: &[f64]) -> bool {
        let theta: Vec<T> = theta.iter().map(|&v| T::of(v)).collect();
        self.space.run(&self.plan, &theta);
        for (index, &(offset, len)) in self.offsets.iter().enumerate() {
            self.space.copy_output(&self.plan, index + 1, &mut self.gradient[offset..offset + len]);
        }
        let mut loss = [T::of(0.0)];
        self.space.copy_output(&self.plan, 0, &mut loss);
        // A choice such as relu can hide what is not a number, so that the parameters are looked at too.
        loss[0].is_finite() && self.gradient.iter().chain(&theta).all(|g| g.is_finite())
    }

    /// The first number that is not finite, where it was computed last.
    pub(super) fn first_non_finite(&self) -> Option<NonFinite> {
        self.space.first_non_finite(&self.plan)
    }

    /// The Euclidean norm of the gradient.
    pub(super) fn gradient_norm(&self) -> f64 {
        self.gradient.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>().sqrt()
    }
}

/// A net of any size, as the steps of a plan.
pub(super) struct Wide<T> {
    plan: Plan,
    trainer: Trainer<T>,
    /// The loss alone, for steps of fewer rows than there are.
    whole: (Plan, Workspace<T>),
    rows: Rows<T>,
    order: Vec<usize>,
    /// Draws a new order for each epoch.
    shuffle: Option<Box<dyn Source>>,
    pace: Pace,
    loss: Option<f64>,
    /// The losses of an epoch are those of its batches.
    running: bool,
    previous: Vec<T>,
    rule: Rule,
    /// Before the first step.
    first_pace: Pace,
}

impl<T: Real> Wide<T> {
    /// The steps of a net, which [`Wide::begin`] brings to its start.
    pub(super) fn new(program: &Program, rows: Rows<T>, options: &Options) -> Result<Wide<T>, UnfitRule> {
        let plan = Plan::of_gradient(program);
        let theta = vec![T::of(0.0); program.parameter_count()];
        let rule = options.optimiser.rule(&options.gradient);
        let hardware = if options.portable {
            Hardware::portable()
        } else {
            Hardware { threads: options.threads(), ..Hardware::best() }
        };
        let trainer = Trainer::new(&plan, &rule, &theta, hardware)?;
        let rows_count = rows.count;
        let pace = Pace::new(options, rows.steps());
        let whole = Plan::compile(program, &[program.loss]);
        let mut space = Workspace::with(&whole, hardware);
        space.load(&whole, &rows.all());
        Ok(Wide {
            plan,
            trainer,
            whole: (whole, space),
            order: (0..rows.count).collect(),
            shuffle: None,
            pace,
            first_pace: pace,
            rule,
            rows,
            loss: None,
            running: options.running_losses(rows_count),
            previous: theta,
        })
    }

    /// Before the first step of a run.
    pub(super) fn begin(&mut self, from: Beginning<'_>) {
        let set = |to: &mut [T], values: &[f64]| {
            to.iter_mut().zip(values).for_each(|(place, &value)| *place = T::of(value));
        };
        set(self.trainer.parameters_mut(), from.start);
        set(&mut self.previous, from.start);
        let memories = super::Optimiser::memories(&self.rule, from.start.len(), from.steps);
        for (index, values) in memories.iter().enumerate() {
            if let Some(memory) = self.trainer.memory_mut(index) {
                set(memory, values);
            }
        }
        self.order = (0..self.rows.count).collect();
        self.shuffle = from.order;
        self.pace = self.first_pace;
        self.loss = None;
    }
}

impl<T: Real> Net for Wide<T> {
    fn loss(&mut self) -> f64 {
        if let Some(loss) = self.loss {
            return loss;
        }
        let loss = if self.rows.batch == self.rows.count && self.shuffle.is_none() {
            self.trainer.loss(&self.plan, &self.rows.all()).to_f64()
        } else {
            self.whole_loss()
        };
        self.loss = Some(loss);
        loss
    }

    fn whole_loss(&mut self) -> f64 {
        let (plan, space) = &mut self.whole;
        space.run(plan, self.trainer.parameters());
        let mut loss = [T::of(0.0)];
        space.copy_output(plan, 0, &mut loss);
        loss[0].to_f64()
    }

    fn epoch(&mut self) -> Option<Done> {
        let loss = self.loss();
        self.pace.epoch_ended(loss);
        self.previous.copy_from_slice(self.trainer.parameters());
        let mut numbers = Vec::new();
        let pace = &mut self.pace;
        let mut share = |out: &mut [f64]| {
            numbers.clear();
            pace.next(&mut numbers);
            out.copy_from_slice(&numbers);
        };
        if let Some(source) = &mut self.shuffle {
            source.shuffle(&mut self.order);
        }
        if self.rows.batch == self.rows.count && self.shuffle.is_none() {
            self.trainer.step_with(&mut share);
            self.loss = None;
            return None;
        }
        let order = self.shuffle.is_some().then_some(self.order.as_slice());
        let (batch, mut sum) = (self.rows.batch, 0.0);
        let add = &mut |loss: T| {
            sum += loss.to_f64();
            true
        };
        let steps = self.trainer.epoch(&self.plan, &self.rows.all(), batch, order, &mut share, add);
        self.loss = self.running.then_some(sum / steps.max(1) as f64);
        None
    }

    fn theta(&mut self) -> Vec<f64> {
        self.trainer.parameters().iter().map(|p| p.to_f64()).collect()
    }

    fn previous(&mut self) -> Vec<f64> {
        self.previous.iter().map(|p| p.to_f64()).collect()
    }

    fn looks_finite(&mut self) -> bool {
        self.loss().is_finite()
            && self.trainer.parameters().iter().all(|p| p.is_finite())
            && self.trainer.gradient().iter().all(|g| g.is_finite())
    }
}

/// A net whose parameters a method steps together.
pub(super) struct ByMethod {
    kind: MethodKind,
    method: Method,
    objective: ModelObjective,
    loss: f64,
}

impl ByMethod {
    /// A method, which [`ByMethod::begin`] brings to its start.
    pub(super) fn new(kind: MethodKind, objective: ModelObjective) -> ByMethod {
        ByMethod { kind, method: Method::new(kind, &[]), objective, loss: f64::NAN }
    }

    /// Before the first step of a run.
    pub(super) fn begin(&mut self, start: &[f64]) {
        self.method = Method::new(self.kind, start);
        self.loss = self.method.begin(&mut self.objective).loss;
    }
}

impl Net for ByMethod {
    fn loss(&mut self) -> f64 {
        self.loss
    }

    fn epoch(&mut self) -> Option<Done> {
        let outcome = self.method.step(&mut self.objective);
        self.loss = outcome.loss;
        outcome.done
    }

    fn theta(&mut self) -> Vec<f64> {
        self.method.parameters().to_vec()
    }

    fn previous(&mut self) -> Vec<f64> {
        // A method goes nowhere where numbers are not finite.
        self.theta()
    }

    fn looks_finite(&mut self) -> bool {
        self.loss.is_finite()
    }
}
