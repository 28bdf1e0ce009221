//! Fleets of tiny nets: a net a lane, a group of nets at a time.
//!
//! All nets of a group are at the same epoch. They are trained some epochs at a time, a pair of
//! sets of lanes after the other; nets that have met a rule stay where they are until then and
//! leave, and the others close ranks. Each lane has the bits it would have alone: an operation on
//! lanes never mixes them.

use std::sync::atomic::{AtomicBool, Ordering};

use whygrad_engine::lines::Lines;
use whygrad_engine::real::Real;
use whygrad_engine::routine::{Form, Task};
use whygrad_engine::rule::Rule;
use whygrad_engine::scalar::Scalar;
use whygrad_engine::stepper::{Advance, Numbers, Stepper, natural_lanes};
use whygrad_engine::vector::Level;
use whygrad_expr::arena::Term;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::program::Program;

use super::{FleetOptions, Reason, Solved};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::net::Rows;
use crate::train::pace::Pace;
use crate::train::tiny::arithmetic;
use crate::train::{BatchSize, near};

/// Sets of lanes that run side by side.
const COPIES: usize = 2;

/// Pairs of sets of lanes in a group, at the beginning.
const PAIRS: usize = 16;

/// The most epochs between two looks at the lanes.
const STRETCH: u64 = 256;

/// About the most products of a net, a number of a row and a parameter between two looks: some 50 milliseconds.
const MUCH_WORK: u64 = 1 << 25;

/// A net before its first step.
#[derive(Clone, Debug)]
pub(super) struct Newcomer {
    pub(super) restart: u64,
    /// The parameters.
    pub(super) start: Vec<f64>,
    /// What its optimiser remembers, for each memory a number for each parameter.
    pub(super) memories: Vec<Vec<f64>>,
}

/// A net that has left its group.
#[derive(Clone, Debug)]
pub(super) struct Left {
    pub(super) restart: u64,
    pub(super) epochs: u64,
    pub(super) first_solved: Option<u64>,
    pub(super) loss: f64,
    /// The parameters, where they are wanted.
    pub(super) theta: Vec<f64>,
    /// `None` where a number became infinite or not a number: it is to be trained alone to say where.
    pub(super) reason: Option<Reason>,
}

/// What some epochs of a group came to.
pub(super) struct Stretch {
    /// Epochs done in it by all nets together.
    pub(super) done: u64,
    /// The epoch it ended at.
    pub(super) epoch: u64,
    /// Nets that are still there.
    pub(super) nets: u64,
}

/// What a fleet of tiny nets is made with; shared by all threads.
pub(super) struct Formation<'a, T> {
    options: &'a FleetOptions,
    rule: Rule,
    stepper: Stepper<T>,
    /// Loss and rules at a point, without a step.
    judge: Stepper<T>,
    rows: Vec<T>,
    /// What is watched after the loss: for each the reason it stands for.
    rules: Vec<Reason>,
    pace: Pace,
    parameters: usize,
}

impl<'a, T: Real + Scalar> Formation<'a, T> {
    /// `None` where the nets are not tiny, or a rule looks at more than loss and outputs.
    pub(super) fn new(
        model: &Model,
        program: &Program,
        data: &Dataset,
        options: &'a FleetOptions,
    ) -> Option<Formation<'a, T>> {
        let run = &options.options;
        let stop = &run.stop;
        let pace = Pace::new(run, 1);
        let looks = stop.smallest_change.is_some() || stop.gradient_norm.is_some();
        let domains = model.parameters.iter().any(|p| p.domain.is_some());
        if run.method.is_some() || run.shuffle || looks || domains || pace.needs_losses() {
            return None;
        }
        let whole = run.batch == BatchSize::Full || run.batch == BatchSize::Rows(data.rows);
        // Judged at the end, a net must not have left before by another rule.
        let rules_besides = stop.target_loss.is_some() || stop.nearness().is_some();
        if !whole || (!options.early_stop && rules_besides) {
            return None;
        }
        let mut program = program.clone();
        let rules = rules(&mut program, model, options)?;
        let until = until(&mut program, &rules)?;
        let watched: Vec<Term> = std::iter::once(program.loss).chain(rules.iter().map(|r| r.1)).collect();
        let rule = run.optimiser.rule(&run.gradient);
        let lanes = natural_lanes::<T>(Level::best());
        let task = Task {
            program: &program,
            rule: Some(&rule),
            watched: &watched,
            until: Some(until),
            freeze: options.early_stop,
            rows: data.rows,
            form: Form::Nets,
            lanes,
            arithmetic: arithmetic::<T>(run),
        };
        let varied = if pace.is_constant() { 0 } else { rule.shared.len() };
        let advance = Advance { shared: varied, ..Advance::default() };
        let stepper = Stepper::new(&task, advance, COPIES, Level::best())?;
        // With its step, which nobody looks at, the loss is rounded as it is while training.
        let still = Task { until: None, ..task };
        let judge = Stepper::new(&still, Advance::default(), 1, Level::best())?;
        let rows = Rows::<T>::new(Some(data), run);
        let mut laid = Vec::new();
        stepper.layout().lay_rows(&rows.inputs, &rows.targets, T::of(1.0), &mut laid);
        Some(Formation {
            options,
            stepper,
            judge,
            rows: laid,
            rules: rules.into_iter().map(|r| r.0).collect(),
            pace,
            parameters: program.parameter_count(),
            rule,
        })
    }

    /// How many nets make a group.
    pub(super) fn group(&self) -> u64 {
        (PAIRS * self.nets_of_pair()) as u64
    }

    /// How many of so many nets a thread trains together: few nets are shared out among the threads.
    pub(super) fn group_of(&self, nets: u64, threads: usize) -> u64 {
        nets.div_ceil(threads as u64).clamp(1, self.group())
    }

    fn nets_of_pair(&self) -> usize {
        COPIES * self.stepper.layout().lanes
    }

    /// What a step does with each parameter, and what it remembers.
    pub(super) fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Trains a group to its end, or until `stop`. `nets` are restarts with their starting values and memories.
    /// `take` gets those that have left, stretch after stretch; they leave in an order that depends on nothing else.
    pub(super) fn train(
        &self,
        nets: &[Newcomer],
        keep_theta: bool,
        stop: &AtomicBool,
        take: &mut dyn FnMut(Vec<Left>, &Stretch),
    ) {
        let mut group = Group::new(self, nets);
        group.keep_theta = keep_theta;
        let epochs = self.options.options.epochs;
        while group.epoch < epochs && !group.restarts.is_empty() {
            let mut left = Vec::new();
            let length = self.stretch(group.restarts.len()).min(epochs - group.epoch);
            let Some(done) = group.stretch(length, stop, &mut left) else { return };
            if group.epoch == epochs {
                group.judge_all(&mut left);
            }
            let stretch = Stretch { done, epoch: group.epoch, nets: group.restarts.len() as u64 };
            take(left, &stretch);
        }
        if epochs == 0 {
            let mut left = Vec::new();
            group.judge_all(&mut left);
            take(left, &Stretch { done: 0, epoch: 0, nets: 0 });
        }
    }

    /// The epochs of a stretch: fewer where they are long.
    fn stretch(&self, nets: usize) -> u64 {
        let work = (nets * self.rows.len().max(1)).saturating_mul(self.parameters.max(1)) as u64;
        (MUCH_WORK / work.max(1)).clamp(1, STRETCH)
    }
}

/// The rules that a net may leave by: what is watched is not above 0 where a rule is met.
fn rules(program: &mut Program, model: &Model, options: &FleetOptions) -> Option<Vec<(Reason, Term)>> {
    let stop = &options.options.stop;
    let mut rules = Vec::new();
    let loss_rule = |program: &mut Program, target: f64| -> Option<Term> {
        let arena = &mut program.arena;
        let minus = arena.constant(-target);
        let above = arena.zip(Zip::Add, program.loss, minus).ok()?;
        let (one, zero) = (arena.constant(1.0), arena.constant(0.0));
        Some(arena.make(Op::Select(above, one, zero)))
    };
    match options.solved {
        Solved::Never => {}
        Solved::Within(limit) => {
            rules.push((Reason::Solved, near::far_outputs(program, model.logits, limit)?));
        }
        Solved::TargetLoss(target) => rules.push((Reason::Solved, loss_rule(program, target)?)),
    }
    if let Some(target) = stop.target_loss {
        rules.push((Reason::TargetLoss, loss_rule(program, target)?));
    }
    if let Some(limit) = stop.nearness() {
        rules.push((Reason::Within, near::far_outputs(program, model.logits, limit)?));
    }
    Some(rules)
}

/// Above 0 while no rule is met and the loss is finite.
fn until(program: &mut Program, rules: &[(Reason, Term)]) -> Option<Term> {
    let arena = &mut program.arena;
    let mut open = arena.constant(1.0);
    for &(_, rule) in rules {
        open = arena.zip(Zip::Min, rule, open).ok()?;
    }
    let size = arena.map(Function::Abs, program.loss);
    let (most, minus, zero) = (arena.constant(f64::MAX), arena.neg(size), arena.constant(0.0));
    let finite = arena.zip(Zip::Add, most, minus).ok()?;
    Some(arena.make(Op::Select(finite, open, zero)))
}

/// Nets that are trained together.
struct Group<'a, T> {
    of: &'a Formation<'a, T>,
    /// By lane, those that are still there.
    restarts: Vec<u64>,
    first_solved: Vec<Option<u64>>,
    /// Pair after pair.
    cells: Lines<T>,
    watched: Vec<T>,
    epoch: u64,
    pace: Pace,
    keep_theta: bool,
}

impl<'a, T: Real + Scalar> Group<'a, T> {
    fn new(of: &'a Formation<'a, T>, nets: &[Newcomer]) -> Group<'a, T> {
        let layout = of.stepper.layout();
        let pairs = nets.len().div_ceil(of.nets_of_pair());
        let sets = pairs * COPIES;
        let mut group = Group {
            of,
            restarts: nets.iter().map(|n| n.restart).collect(),
            first_solved: vec![None; nets.len()],
            cells: Lines::zeros(sets * of.stepper.cells()),
            watched: vec![T::of(0.0); sets * layout.watched * layout.lanes],
            epoch: 0,
            pace: of.pace,
            keep_theta: false,
        };
        for (net, Newcomer { start, memories, .. }) in nets.iter().enumerate() {
            for (index, &value) in start.iter().enumerate() {
                *group.number(net, index * layout.lanes) = T::of(value);
            }
            for (k, values) in memories.iter().enumerate() {
                for (index, &value) in values.iter().enumerate() {
                    *group.number(net, layout.memory_offset(k, index)) = T::of(value);
                }
            }
            *group.number(net, layout.active_offset()) = T::of(1.0);
        }
        group
    }

    /// A number of a net, by the offset of its cell.
    fn number(&mut self, net: usize, offset: usize) -> &mut T {
        let lanes = self.of.stepper.layout().lanes;
        &mut self.cells.as_mut_slice()[net / lanes * self.of.stepper.cells() + offset + net % lanes]
    }

    fn watched_of(&self, net: usize, index: usize) -> f64 {
        let layout = self.of.stepper.layout();
        let set = net / layout.lanes * layout.watched * layout.lanes;
        self.watched[set + index * layout.lanes + net % layout.lanes].to_f64()
    }

    /// Trains so many epochs; nets that are done leave. Gives the epochs done by all together; `None` where they
    /// were told to stop on the way.
    fn stretch(&mut self, epochs: u64, stop: &AtomicBool, left: &mut Vec<Left>) -> Option<u64> {
        let of = self.of;
        let layout = of.stepper.layout();
        let mut shared = Vec::new();
        let varied = if of.pace.is_constant() { 1 } else { epochs };
        for _ in 0..varied {
            self.pace.next(&mut shared);
        }
        let shared: Vec<T> = shared.into_iter().map(T::of).collect();
        let steps = layout.steps_offset();
        for net in 0..self.restarts.len() {
            *self.number(net, steps) = T::of(0.0);
        }
        let (cells, watched) = (of.stepper.cells() * COPIES, layout.watched * layout.lanes * COPIES);
        let pairs = self.restarts.len().div_ceil(of.nets_of_pair());
        for pair in 0..pairs {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let mut numbers = Numbers {
                cells: &mut self.cells.as_mut_slice()[pair * cells..(pair + 1) * cells],
                rows: &of.rows,
                shared: &shared,
                watched: &mut self.watched[pair * watched..(pair + 1) * watched],
            };
            of.stepper.run(&mut numbers, epochs);
        }
        let done = self.leave(epochs, left);
        self.epoch += epochs;
        Some(done)
    }

    /// Lets nets go that have met a rule, and closes ranks.
    fn leave(&mut self, epochs: u64, left: &mut Vec<Left>) -> u64 {
        let layout = self.of.stepper.layout();
        let (active, steps) = (layout.active_offset(), layout.steps_offset());
        let mut done = 0;
        let mut stay = Vec::with_capacity(self.restarts.len());
        for net in 0..self.restarts.len() {
            let made = self.number(net, steps).to_f64() as u64;
            let is_active = self.number(net, active).to_f64() > 0.0;
            let frozen = !is_active && self.of.options.early_stop;
            done += if frozen { made } else { epochs };
            if !is_active && self.first_solved[net].is_none() {
                self.first_solved[net] = Some(self.epoch + made);
            }
            if frozen {
                left.push(self.leaving(net, self.epoch + made));
            } else {
                stay.push(net);
            }
        }
        if stay.len() < self.restarts.len() {
            self.close_ranks(&stay);
        }
        done
    }

    fn leaving(&mut self, net: usize, epochs: u64) -> Left {
        let loss = self.watched_of(net, 0);
        let met = |k: usize| self.watched_of(net, k + 1) <= 0.0;
        let rule = self.of.rules.iter().enumerate().find(|(k, _)| met(*k)).map(|(_, r)| *r);
        let reason = if loss.is_finite() { Some(rule.unwrap_or(Reason::Epochs)) } else { None };
        let first_solved = match self.first_solved[net] {
            Some(first) if !self.of.options.early_stop => Some(first),
            _ => (rule == Some(Reason::Solved)).then_some(epochs),
        };
        let lanes = self.of.stepper.layout().lanes;
        let parameters = if self.keep_theta { self.of.parameters } else { 0 };
        let theta = (0..parameters).map(|i| self.number(net, i * lanes).to_f64()).collect();
        Left { restart: self.restarts[net], epochs, first_solved, loss, theta, reason }
    }

    /// Moves the nets that stay to the first lanes.
    fn close_ranks(&mut self, stay: &[usize]) {
        let layout = self.of.stepper.layout();
        let active = layout.active_offset();
        let mut offsets: Vec<usize> = (0..self.of.parameters).map(|i| i * layout.lanes).collect();
        for k in 0..layout.memories {
            offsets.extend((0..self.of.parameters).map(|i| layout.memory_offset(k, i)));
        }
        offsets.push(active);
        for (to, &from) in stay.iter().enumerate().filter(|(to, from)| to != *from) {
            for &offset in &offsets {
                let number = *self.number(from, offset);
                *self.number(to, offset) = number;
            }
            self.restarts[to] = self.restarts[from];
            self.first_solved[to] = self.first_solved[from];
        }
        // A lane without a net does nothing.
        for net in stay.len()..self.restarts.len() {
            *self.number(net, active) = T::of(0.0);
        }
        self.restarts.truncate(stay.len());
        self.first_solved.truncate(stay.len());
    }

    /// What nets have come to that are there after the last epoch.
    fn judge_all(&mut self, left: &mut Vec<Left>) {
        let of = self.of;
        let layout = of.stepper.layout();
        let watched = layout.watched * layout.lanes;
        // Both have parameters first; what else the judge needs is behind them.
        let mut cells = Lines::zeros(of.judge.cells());
        let shared = vec![T::of(0.0); of.rule.shared.len()];
        let parameters = of.parameters * layout.lanes;
        for set in 0..self.restarts.len().div_ceil(layout.lanes) {
            let from = set * of.stepper.cells();
            cells.as_mut_slice()[..parameters]
                .copy_from_slice(&self.cells.as_slice()[from..from + parameters]);
            let mut numbers = Numbers {
                cells: cells.as_mut_slice(),
                rows: &of.rows,
                shared: &shared,
                watched: &mut self.watched[set * watched..(set + 1) * watched],
            };
            of.judge.run(&mut numbers, 1);
        }
        for net in 0..self.restarts.len() {
            left.push(self.leaving(net, self.epoch));
        }
        self.restarts.clear();
    }
}
