//! The numbers of a run: one block per buffer, the lane fastest.

use whygrad_expr::arena::Term;

use crate::kernel::{self, Place};
use crate::lines::Lines;
use crate::machine::{Machine, Outside};
use crate::plan::{Buffer, Plan, Slot, Source, Step};
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
    /// The net of the fleet.
    pub lane: usize,
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

/// The buffers of a plan for a number of nets.
#[derive(Clone, Debug)]
pub struct Workspace<T> {
    lanes: usize,
    rows: usize,
    body: Body<T>,
}

#[derive(Clone, Debug)]
enum Body<T> {
    /// One net, in blocks of rows; with its parameters at the last run.
    One(Box<Machine<T>>, Lines<T>),
    /// A fleet: a block of numbers for each slot, for all rows at once.
    Fleet(Vec<Vec<T>>),
}

impl<T: Real> Workspace<T> {
    /// Buffers for `lanes` nets; they are sized when a batch is loaded.
    pub fn new(plan: &Plan, lanes: usize) -> Workspace<T> {
        Workspace::with(plan, lanes, Hardware::best())
    }

    /// Buffers for `lanes` nets on some hardware; one net alone uses vectors and threads.
    pub fn with(plan: &Plan, lanes: usize, hardware: Hardware) -> Workspace<T> {
        let lanes = lanes.max(1);
        let body = if lanes == 1 {
            Body::One(Box::new(Machine::new(plan, hardware)), Lines::zeros(0))
        } else {
            Body::Fleet(vec![Vec::new(); plan.slots.len()])
        };
        Workspace { lanes, rows: 0, body }
    }

    /// Loads a batch and runs the steps that need the data alone.
    pub fn load(&mut self, plan: &Plan, batch: &Batch<'_, T>) {
        let is_new = self.rows != batch.rows;
        self.rows = batch.rows;
        match &mut self.body {
            Body::One(machine, _) => {
                machine.prepare(plan, &[&plan.data_schedule, &plan.schedule], batch.rows, false);
                machine.load(plan, batch, 0, None);
                machine.run(plan, &plan.data_schedule, Outside::none());
            }
            Body::Fleet(blocks) => {
                if is_new || blocks.iter().any(Vec::is_empty) {
                    for (block, buffer) in blocks.iter_mut().zip(&plan.slots) {
                        let lanes = if buffer.laned { self.lanes } else { 1 };
                        let rows = if buffer.per_row { batch.rows } else { 1 };
                        block.clear();
                        block.resize(rows * buffer.len * lanes, T::default());
                    }
                }
                for &(slot, value) in &plan.constants {
                    blocks[slot].fill(T::of(value));
                }
                for &(slot, source) in &plan.leaves {
                    copy_leaf(plan, (slot, source), batch, (0, None), &mut blocks[slot]);
                }
                run_fleet(plan, &plan.data_steps, (self.rows, self.lanes), blocks);
            }
        }
    }

    /// Runs the plan at a point: `parameters` lie as `[parameter][lane]`.
    pub fn run(&mut self, plan: &Plan, parameters: &[T]) {
        match &mut self.body {
            Body::One(machine, kept) => {
                kept.resize(parameters.len());
                kept.as_mut_slice().copy_from_slice(parameters);
                machine.run(plan, &plan.schedule, Outside { parameters: kept.pointer(), ..Outside::none() });
                for &(slot, source) in &plan.leaves {
                    if let Source::Parameter { offset } = source
                        && plan.roots.contains(&slot)
                    {
                        let len = plan.slots[slot].len;
                        machine.buffers[slot] = Lines::of(&parameters[offset..offset + len]);
                    }
                }
            }
            Body::Fleet(blocks) => {
                for &(slot, source) in &plan.leaves {
                    if let Source::Parameter { offset } = source {
                        let from = offset * self.lanes;
                        let to = from + blocks[slot].len();
                        blocks[slot].copy_from_slice(&parameters[from..to]);
                    }
                }
                run_fleet(plan, &plan.steps, (self.rows, self.lanes), blocks);
            }
        }
    }

    fn numbers(&self, slot: Slot) -> &[T] {
        match &self.body {
            Body::One(machine, _) => machine.buffers[slot].as_slice(),
            Body::Fleet(blocks) => &blocks[slot],
        }
    }

    /// The numbers of root `root` of the plan, and the buffer's layout: `[row][entry][lane]`,
    /// without the axes the buffer does not have.
    pub fn output(&self, plan: &Plan, root: usize) -> (&[T], Buffer) {
        let slot = plan.roots[root];
        (self.numbers(slot), plan.slots[slot])
    }

    /// Copies root `root`, a value that all rows share, to `out` as `[entry][lane]`.
    pub fn copy_output(&self, plan: &Plan, root: usize, out: &mut [T]) {
        let (block, buffer) = self.output(plan, root);
        if buffer.laned || self.lanes == 1 {
            out.copy_from_slice(block);
        } else {
            for (chunk, &value) in out.chunks_mut(self.lanes).zip(block) {
                chunk.fill(value);
            }
        }
    }

    /// The first term, in the order of computing, with a number that is not finite. For one net
    /// everything is computed once more, since most values are not kept.
    pub fn first_non_finite(&self, plan: &Plan) -> Option<NonFinite> {
        let mut steps = plan.data_steps.iter().chain(&plan.steps).map(|s| s.0);
        match &self.body {
            Body::One(machine, parameters) => machine.first_non_finite(plan, parameters),
            Body::Fleet(blocks) => steps.find_map(|slot| {
                let buffer = plan.slots[slot];
                let at = blocks[slot].iter().position(|x| !x.is_finite())?;
                let lanes = if buffer.laned { self.lanes } else { 1 };
                Some(NonFinite { lane: at % lanes, ..NonFinite::new(buffer, at / lanes, 0) })
            }),
        }
    }
}

impl NonFinite {
    /// The number at a position of a buffer whose first row is row `row` of the batch.
    pub(crate) fn new(buffer: Buffer, position: usize, row: usize) -> NonFinite {
        NonFinite {
            term: buffer.term,
            row: buffer.per_row.then_some(row + position / buffer.len),
            entry: position % buffer.len,
            lane: 0,
        }
    }
}

fn run_fleet<T: Real>(
    plan: &Plan,
    steps: &[(Slot, Step)],
    (rows, lanes): (usize, usize),
    blocks: &mut [Vec<T>],
) {
    for &(slot, step) in steps {
        let mut out = std::mem::take(&mut blocks[slot]);
        let place = Place { plan, rows, batch: rows, lanes };
        kernel::run(place, &mut out, (slot, step), |s| &blocks[s]);
        blocks[slot] = out;
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
