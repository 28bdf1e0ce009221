//! Training one net: whole epochs of steps without anything between them.

#![allow(unsafe_code, reason = "arrays that threads share, part by part")]

use crate::chain::ChainRun;
use crate::lines::Lines;
use crate::machine::{Machine, Outside};
use crate::plan::Plan;
use crate::real::Real;
use crate::rule::Rule;
use crate::update::RuleStep;
pub use crate::update::UnfitRule;
use crate::workspace::{Batch, Hardware};

/// How many parameters one thread changes at a time.
const PART: usize = 1 << 14;

/// One net with all that a step needs. While an epoch runs only short lists of pointers are allocated.
#[derive(Clone, Debug)]
pub struct Trainer<T> {
    machine: Machine<T>,
    rule: RuleStep,
    /// How many numbers the caller shares among all parameters.
    given: Vec<f64>,
    computed: Vec<f64>,
    numbers: Lines<T>,
    parameters: Lines<T>,
    gradient: Lines<T>,
    memories: Vec<Lines<T>>,
    /// Whether the rows lay together when the machine was prepared.
    borrowed: bool,
}

/// Arrays that threads share.
struct Arrays<'a, T>(&'a [*mut T]);

// SAFETY: each thread writes a part of its own.
unsafe impl<T> Sync for Arrays<'_, T> {}

impl<T: Real> Trainer<T> {
    /// A net at `parameters`, whose plan is one of [`Plan::of_gradient`].
    pub fn new(
        plan: &Plan,
        rule: &Rule,
        parameters: &[T],
        hardware: Hardware,
    ) -> Result<Trainer<T>, UnfitRule> {
        let step = RuleStep::new(rule)?;
        let memory = |start: f64| {
            let mut memory = Lines::zeros(parameters.len());
            memory.as_mut_slice().fill(T::of(start));
            memory
        };
        Ok(Trainer {
            machine: Machine::new(plan, hardware),
            given: vec![f64::NAN; rule.shared.len()],
            computed: Vec::with_capacity(step.shared()),
            numbers: Lines::zeros(step.shared()),
            parameters: Lines::of(parameters),
            gradient: Lines::zeros(parameters.len()),
            memories: rule.memories.iter().map(|m| memory(m.start)).collect(),
            rule: step,
            borrowed: false,
        })
    }

    /// The parameters.
    pub fn parameters(&self) -> &[T] {
        self.parameters.as_slice()
    }

    /// The parameters, to be set.
    pub fn parameters_mut(&mut self) -> &mut [T] {
        self.parameters.as_mut_slice()
    }

    /// The gradient that was computed last.
    pub fn gradient(&self) -> &[T] {
        self.gradient.as_slice()
    }

    /// What is remembered about the parameters, in the order of the rule's memories.
    pub fn memory(&self, index: usize) -> Option<&[T]> {
        self.memories.get(index).map(Lines::as_slice)
    }

    /// The same, to be set.
    pub fn memory_mut(&mut self, index: usize) -> Option<&mut [T]> {
        self.memories.get_mut(index).map(Lines::as_mut_slice)
    }

    /// One pass over the rows in batches of `batch` rows; the last batch has what is left. With an
    /// `order` the rows are taken in it. Gives the number of steps.
    ///
    /// `share` sets the rule's shared numbers before each step. `go_on` gets the loss of each batch
    /// before its step, and answers whether to go on after it.
    pub fn epoch(
        &mut self,
        plan: &Plan,
        data: &Batch<'_, T>,
        batch: usize,
        order: Option<&[usize]>,
        share: &mut dyn FnMut(&mut [f64]),
        go_on: &mut dyn FnMut(T) -> bool,
    ) -> usize {
        let mut steps = 0;
        let batch = batch.clamp(1, data.rows.max(1));
        for from in (0..data.rows).step_by(batch) {
            let loss = self.look(plan, data, from, batch.min(data.rows - from), order);
            share(&mut self.given);
            self.step();
            steps += 1;
            if !go_on(loss) {
                break;
            }
        }
        steps
    }

    /// The loss on all rows; the gradient there is kept.
    pub fn loss(&mut self, plan: &Plan, data: &Batch<'_, T>) -> T {
        self.look(plan, data, 0, data.rows, None)
    }

    /// Makes a step with the gradient that was computed last.
    pub fn step_with(&mut self, share: &mut dyn FnMut(&mut [f64])) {
        share(&mut self.given);
        self.step();
    }

    fn look(
        &mut self,
        plan: &Plan,
        data: &Batch<'_, T>,
        from: usize,
        rows: usize,
        order: Option<&[usize]>,
    ) -> T {
        let (data_steps, steps) = (&plan.data_schedule, &plan.schedule);
        let borrowed = order.is_none();
        let scratch = self.rule.chain.scratch::<T>(1);
        if borrowed != self.borrowed {
            self.machine.forget();
            self.borrowed = borrowed;
        }
        self.machine.prepare(plan, &[data_steps, steps], rows, borrowed);
        self.machine.reserve(scratch);
        let part = |all: &'_ [T], width: usize| -> *const T {
            all.get(from * width..(from + rows) * width).map_or(std::ptr::null(), <[T]>::as_ptr)
        };
        let (inputs, targets) = (part(data.inputs, plan.input_width), part(data.targets, plan.target_width));
        let outside = Outside {
            parameters: self.parameters.pointer(),
            gradient: self.gradient.pointer(),
            inputs: if borrowed { inputs } else { std::ptr::null() },
            targets: if borrowed { targets } else { std::ptr::null() },
        };
        self.machine.load(plan, data, from, order);
        self.machine.run(plan, data_steps, Outside { gradient: std::ptr::null_mut(), ..outside });
        self.machine.run(plan, steps, outside);
        self.machine.buffers[plan.roots[0]].as_slice().first().copied().unwrap_or_default()
    }

    fn step(&mut self) {
        self.rule.share(&self.given, &mut self.computed);
        let mut arrays = vec![self.parameters.pointer(), self.gradient.pointer()];
        arrays.extend(self.memories.iter_mut().map(Lines::pointer));
        for (number, &computed) in self.numbers.as_mut_slice().iter_mut().zip(&self.computed) {
            *number = T::of(computed);
        }
        let numbers = self.numbers.pointer();
        arrays.extend((0..self.rule.shared()).map(|i| numbers.wrapping_add(i)));
        let count = self.parameters.as_slice().len();
        let (shared, chain) = (Arrays(&arrays), &self.rule.chain);
        let level = self.machine.level;
        self.machine.tiles_with_scratch(count * 16, count.div_ceil(PART), &|tile, scratch| {
            let (from, end) = (tile * PART, count.min((tile + 1) * PART));
            // SAFETY: all arrays have a number for each parameter, and the level is there.
            unsafe { level.run(ChainRun { chain, arrays: shared.all(), from, end, len: 1, scratch }) }
        });
    }
}

impl<T> Arrays<'_, T> {
    fn all(&self) -> &[*mut T] {
        self.0
    }
}
