//! Pieces of a schedule run on some rows of a block.

#![allow(unsafe_code, reason = "buffers that threads share, tile by tile")]

use crate::chain::ChainRun;
use crate::fold::{Columns, Entries};
use crate::kernel::{self, Place};
use crate::plan::{Plan, Slot, Step};
use crate::product::{Dots, Product, Right};
use crate::real::Real;
use crate::schedule::Piece;
use crate::vector::{Level, Work};

/// So many rows or fewer are multiplied with weights as they lie.
pub(crate) const FEW_ROWS: usize = 8;
/// So many units or fewer are.
pub(crate) const FEW_UNITS: usize = 2;
/// Where the slots' numbers lie: for the first row of a block.
pub(crate) struct View<'a, T> {
    /// Whether the rows are parted among threads, so that the weights were turned for all of them.
    pub(crate) parted: bool,
    pub(crate) plan: &'a Plan,
    pub(crate) level: Level,
    pub(crate) batch: usize,
    pub(crate) slots: &'a [*mut T],
    pub(crate) packs: &'a [*mut T],
    pub(crate) scratch: &'a [*mut T],
}

// SAFETY: threads that share a view write different tiles.
unsafe impl<T> Sync for View<'_, T> {}

impl<T: Real> View<'_, T> {
    pub(crate) fn work<W: Work<T, Output = ()>>(&self, work: W) {
        // SAFETY: a machine is made with a level that is there.
        unsafe { self.level.run(work) }
    }

    fn len(&self, slot: Slot) -> usize {
        self.plan.slots[slot].len
    }

    /// Where row `row` of the block begins.
    fn at(&self, slot: Slot, row: usize) -> *mut T {
        let row = if self.plan.slots[slot].per_row { row } else { 0 };
        self.slots[slot].wrapping_add(row * self.len(slot))
    }

    pub(crate) fn once(&self, piece: &Piece, thread: usize) {
        match piece {
            Piece::Chain { chain, len } => {
                let (arrays, scratch) = (self.slots, self.scratch[thread]);
                self.work(ChainRun { chain, arrays, from: 0, end: *len, len: 1, scratch });
            }
            Piece::Other { out, step } => self.other(*out, *step, (0, 1), self.at(*out, 0)),
            _ => {}
        }
    }

    pub(crate) fn rows(&self, piece: &Piece, from: usize, end: usize, thread: usize) {
        let rows = end - from;
        match *piece {
            Piece::Chain { ref chain, len } => {
                let (arrays, scratch) = (self.slots, self.scratch[thread]);
                self.work(ChainRun { chain, arrays, from, end, len, scratch });
            }
            Piece::Dense { out, weights, x, pack } => self.dense((out, weights, x, pack), from, end, thread),
            Piece::Back { out, weights, d } => self.work(Product {
                rows,
                columns: self.len(out),
                depth: self.len(d),
                left: self.at(d, from),
                left_row: self.len(d),
                left_column: 1,
                right: Right::Rows { at: self.at(weights, 0), stride: self.len(out) },
                out: self.at(out, from),
                stride: self.len(out),
                add: false,
                scratch: self.scratch[thread],
            }),
            Piece::Fold { out, a, log_sum_exp } => {
                let (len, from, out) = (self.len(a), self.at(a, from), self.at(out, from));
                self.work(Entries { rows, len, from, out, log_sum_exp });
            }
            Piece::Other { out, step } => self.other(out, step, (from, end), self.at(out, from)),
            Piece::SumOuter { .. } | Piece::SumRows { .. } => {}
        }
    }

    fn dense(
        &self,
        (out, weights, x, pack): (Slot, Slot, Slot, usize),
        from: usize,
        end: usize,
        thread: usize,
    ) {
        let (rows, units, depth) = (end - from, self.len(out), self.len(x));
        let (left, to) = (self.at(x, from), self.at(out, from));
        if self.batch <= FEW_ROWS || units <= FEW_UNITS {
            return self.work(Dots { rows, units, depth, x: left, weights: self.at(weights, 0), out: to });
        }
        self.work(Product {
            rows,
            columns: units,
            depth,
            left,
            left_row: depth,
            left_column: 1,
            right: if self.parted {
                Right::Packed { at: self.packs[pack] }
            } else {
                Right::Columns { at: self.at(weights, 0), stride: depth }
            },
            out: to,
            stride: units,
            add: false,
            scratch: self.scratch[thread],
        });
    }

    /// A sum over the rows of a block; of a sum of products the columns from `column` on.
    pub(crate) fn sum(
        &self,
        piece: &Piece,
        rows: usize,
        add: bool,
        (column, width): (usize, usize),
        thread: usize,
    ) {
        match *piece {
            Piece::SumOuter { out, d, x } => self.work(Product {
                rows: self.len(d),
                columns: width.min(self.len(x) - column),
                depth: rows,
                left: self.at(d, 0),
                left_row: 1,
                left_column: self.len(d),
                right: Right::Rows { at: self.at(x, 0).wrapping_add(column), stride: self.len(x) },
                out: self.at(out, 0).wrapping_add(column),
                stride: self.len(x),
                add,
                scratch: self.scratch[thread],
            }),
            Piece::SumRows { out, a } => {
                let (len, from, out) = (self.len(a), self.at(a, 0), self.at(out, 0));
                self.work(Columns { rows, len, from, out, add });
            }
            Piece::Other { out, step } if add => {
                let mut part = vec![T::of(0.0); self.len(out)];
                self.other(out, step, (0, rows), part.as_mut_ptr());
                for (i, &number) in part.iter().enumerate() {
                    // SAFETY: the output has as many numbers, and nobody else writes them.
                    unsafe { *self.at(out, 0).add(i) += number };
                }
            }
            Piece::Other { out, step } => self.other(out, step, (0, rows), self.at(out, 0)),
            _ => {}
        }
    }

    /// A step without a kernel of its own, on some rows.
    fn other(&self, slot: Slot, step: Step, (from, end): (usize, usize), out: *mut T) {
        let place = Place { plan: self.plan, rows: end - from, batch: self.batch };
        let count = |slot: Slot| {
            let buffer = self.plan.slots[slot];
            if buffer.per_row { (end - from) * buffer.len } else { buffer.len }
        };
        // SAFETY: the rows are there, and no thread writes what another one reads.
        unsafe {
            let out = std::slice::from_raw_parts_mut(out, count(slot));
            let data = |a: Slot| std::slice::from_raw_parts(self.at(a, from).cast_const(), count(a));
            kernel::run(place, out, (slot, step), data);
        }
    }
}
