//! The numbers of a run: one block per buffer, the lane fastest.

use whygrad_expr::arena::Term;

use crate::kernel;
use crate::plan::{Buffer, Plan, Slot, Source};
use crate::real::Real;

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

/// The buffers of a plan for a number of nets.
#[derive(Clone, Debug)]
pub struct Workspace<T> {
    pub(crate) lanes: usize,
    pub(crate) rows: usize,
    pub(crate) blocks: Vec<Vec<T>>,
}

impl<T: Real> Workspace<T> {
    /// Buffers for `lanes` nets; they are sized when a batch is loaded.
    pub fn new(plan: &Plan, lanes: usize) -> Workspace<T> {
        Workspace { lanes: lanes.max(1), rows: 0, blocks: vec![Vec::new(); plan.slots.len()] }
    }

    /// Loads a batch and runs the steps that need the data alone.
    pub fn load(&mut self, plan: &Plan, batch: &Batch<'_, T>) {
        if self.rows != batch.rows || self.blocks.iter().any(Vec::is_empty) {
            self.rows = batch.rows;
            for (block, buffer) in self.blocks.iter_mut().zip(&plan.slots) {
                let lanes = if buffer.laned { self.lanes } else { 1 };
                let rows = if buffer.per_row { batch.rows } else { 1 };
                block.clear();
                block.resize(rows * buffer.len * lanes, T::default());
            }
        }
        for &(slot, value) in &plan.constants {
            self.blocks[slot].fill(T::of(value));
        }
        for &(slot, source) in &plan.leaves {
            let len = plan.slots[slot].len;
            match source {
                Source::Input { column } => {
                    copy_columns(&mut self.blocks[slot], batch.inputs, plan.input_width, column, len);
                }
                Source::Target { column } => {
                    copy_columns(&mut self.blocks[slot], batch.targets, plan.target_width, column, len);
                }
                Source::Parameter { .. } => {}
            }
        }
        for &(slot, step) in &plan.data_steps {
            kernel::run(self, plan, slot, step);
        }
    }

    /// Runs the plan at a point: `parameters` lie as `[parameter][lane]`.
    pub fn run(&mut self, plan: &Plan, parameters: &[T]) {
        for &(slot, source) in &plan.leaves {
            if let Source::Parameter { offset } = source {
                let from = offset * self.lanes;
                let block = &mut self.blocks[slot];
                let to = from + block.len();
                block.copy_from_slice(&parameters[from..to]);
            }
        }
        for &(slot, step) in &plan.steps {
            kernel::run(self, plan, slot, step);
        }
    }

    /// The numbers of root `root` of the plan, and the buffer's layout: `[row][entry][lane]`,
    /// without the axes the buffer does not have.
    pub fn output(&self, plan: &Plan, root: usize) -> (&[T], Buffer) {
        let slot = plan.roots[root];
        (&self.blocks[slot], plan.slots[slot])
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

    /// The first term, in the order of computing, with a number that is not finite.
    pub fn first_non_finite(&self, plan: &Plan) -> Option<NonFinite> {
        let mut slots = plan.data_steps.iter().chain(&plan.steps).map(|s| s.0);
        slots.find_map(|slot| self.non_finite_in(plan, slot))
    }

    fn non_finite_in(&self, plan: &Plan, slot: Slot) -> Option<NonFinite> {
        let buffer = plan.slots[slot];
        let at = self.blocks[slot].iter().position(|x| !x.is_finite())?;
        let lanes = if buffer.laned { self.lanes } else { 1 };
        let value = at / lanes;
        Some(NonFinite {
            term: buffer.term,
            row: buffer.per_row.then_some(value / buffer.len),
            entry: value % buffer.len,
            lane: at % lanes,
        })
    }
}

fn copy_columns<T: Copy>(block: &mut [T], data: &[T], width: usize, column: usize, len: usize) {
    for (row, values) in block.chunks_mut(len).enumerate() {
        let from = row * width + column;
        if let Some(source) = data.get(from..from + len) {
            values.copy_from_slice(source);
        }
    }
}
