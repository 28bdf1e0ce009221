//! A plan at a point, and the numbers that come of it.

use whygrad_expr::arena::Term;

use crate::lines::Lines;
use crate::machine::{Machine, Outside};
use crate::plan::{Buffer, Plan, Slot, Source};
use crate::real::Real;
use crate::vector::Level;

/// The rows a plan is run on, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    /// `rows` times the width of the inputs.
    pub inputs: &'a [T],
    /// `rows` times the width of the targets; may be empty where the plan needs none.
    pub targets: &'a [T],
    /// How many rows.
    pub rows: usize,
}

/// The first number that is not finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonFinite {
    /// The term whose value it is part of.
    pub term: Term,
    /// The row it stands in, where the term has a value per row.
    pub row: Option<usize>,
    /// The entry of the value.
    pub entry: usize,
}

/// What a plan is run with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hardware {
    /// The instructions. At [`Level::Baseline`] the bits are the same on any machine.
    pub level: Level,
    /// How many threads may help. They change no bit, and help only where that is faster.
    pub threads: usize,
}

impl Hardware {
    /// The best level of this machine, on one thread.
    pub fn best() -> Hardware {
        Hardware { level: Level::best(), threads: 1 }
    }

    /// What every machine does alike.
    pub fn portable() -> Hardware {
        Hardware { level: Level::Baseline, threads: 1 }
    }
}

/// The buffers of a plan, with the numbers of the last run.
#[derive(Clone, Debug)]
pub struct Workspace<T> {
    machine: Machine<T>,
    parameters: Lines<T>,
}

impl<T: Real> Workspace<T> {
    /// Buffers on the best hardware; they are sized when a batch is loaded.
    pub fn new(plan: &Plan) -> Workspace<T> {
        Workspace::with(plan, Hardware::best())
    }

    /// Buffers on some hardware.
    pub fn with(plan: &Plan, hardware: Hardware) -> Workspace<T> {
        Workspace { machine: Machine::new(plan, hardware), parameters: Lines::zeros(0) }
    }

    /// Loads a batch and runs the steps that need the data alone.
    pub fn load(&mut self, plan: &Plan, batch: &Batch<'_, T>) {
        self.machine.prepare(plan, &[&plan.data_schedule, &plan.schedule], batch.rows, false);
        self.machine.load(plan, batch, 0, None);
        self.machine.run(plan, &plan.data_schedule, Outside::none());
    }

    /// Runs the plan at a point: the parameters, one after the other.
    pub fn run(&mut self, plan: &Plan, parameters: &[T]) {
        self.parameters.resize(parameters.len());
        self.parameters.as_mut_slice().copy_from_slice(parameters);
        let outside = Outside { parameters: self.parameters.pointer(), ..Outside::none() };
        self.machine.run(plan, &plan.schedule, outside);
        for &(slot, source) in &plan.leaves {
            if let Source::Parameter { offset } = source
                && plan.roots.contains(&slot)
            {
                let len = plan.slots[slot].len;
                self.machine.buffers[slot] = Lines::of(&parameters[offset..offset + len]);
            }
        }
    }

    /// The numbers of root `root` of the plan, and the buffer's layout: `[row][entry]`, without the
    /// axes the buffer does not have.
    pub fn output(&self, plan: &Plan, root: usize) -> (&[T], Buffer) {
        let slot = plan.roots[root];
        (self.machine.buffers[slot].as_slice(), plan.slots[slot])
    }

    /// Copies root `root`, a value that all rows share, to `out`, which has as many entries.
    pub fn copy_output(&self, plan: &Plan, root: usize, out: &mut [T]) {
        out.copy_from_slice(self.output(plan, root).0);
    }

    /// The first term, in the order of computing, with a number that is not finite. Everything is
    /// computed once more, since most values are not kept.
    pub fn first_non_finite(&self, plan: &Plan) -> Option<NonFinite> {
        self.machine.first_non_finite(plan, &self.parameters)
    }
}

impl NonFinite {
    /// The number at a position of a buffer whose first row is row `row` of the batch.
    pub(crate) fn new(buffer: Buffer, position: usize, row: usize) -> NonFinite {
        NonFinite {
            term: buffer.term,
            row: buffer.per_row.then_some(row + position / buffer.len),
            entry: position % buffer.len,
        }
    }
}

/// Copies the columns of an input or target, of the rows from the first one on, or of those that an
/// order names from there on.
pub(crate) fn copy_leaf<T: Copy>(
    plan: &Plan,
    (slot, source): (Slot, Source),
    batch: &Batch<'_, T>,
    rows: (usize, Option<&[usize]>),
    out: &mut [T],
) {
    let len = plan.slots[slot].len;
    match source {
        Source::Input { column } => copy_columns(out, (batch.inputs, plan.input_width), (column, len), rows),
        Source::Target { column } => {
            copy_columns(out, (batch.targets, plan.target_width), (column, len), rows);
        }
        Source::Parameter { .. } => {}
    }
}

fn copy_columns<T: Copy>(
    out: &mut [T],
    (data, width): (&[T], usize),
    (column, len): (usize, usize),
    rows: (usize, Option<&[usize]>),
) {
    let (first, order) = rows;
    for (row, values) in (first..).zip(out.chunks_mut(len)) {
        let row = order.map_or(row, |order| order.get(row).copied().unwrap_or(row));
        let from = row * width + column;
        if let Some(source) = data.get(from..from + len) {
            values.copy_from_slice(source);
        }
    }
}
