//! Steps that nothing else runs, one number after the other, over `[row][entry]` blocks.

use whygrad_expr::op::Zip;

use crate::plan::{Buffer, Plan, Slot, Step};
use crate::real::Real;

/// What a step is run on: the buffers' lengths, and how many rows there are.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) plan: &'a Plan,
    /// The rows that are there.
    pub(crate) rows: usize,
    /// The rows of the batch, of which those are a part.
    pub(crate) batch: usize,
}

/// Runs one step, with numbers that `data` finds for a slot.
pub(crate) fn run<'a, T: Real>(
    place: Place<'_>,
    out: &mut [T],
    (slot, step): (Slot, Step),
    data: impl Fn(Slot) -> &'a [T],
) {
    let slots = &place.plan.slots;
    let len = |s: Slot| slots[s].len;
    let view = |s: Slot| View::new(slots[s], data(s));
    let zero = T::of(0.0);
    match step {
        // Chains run these.
        Step::Map(..) | Step::Zip(..) | Step::Select(..) | Step::Fill(_) => {}
        Step::RowCount => out.fill(T::of(place.batch as f64)),
        Step::Pick(a, index) => {
            let a = view(a);
            each(out, len(slot), |r, _| a.at(r, index));
        }
        Step::Place(a, index) => {
            let a = view(a);
            each(out, len(slot), |r, e| if e == index { a.at(r, 0) } else { zero });
        }
        Step::SumEntries(a) => {
            let (len, a) = (len(a), view(a));
            each(out, 1, |r, _| (0..len).fold(zero, |sum, e| sum + a.at(r, e)));
        }
        Step::LogSumExp(a) => {
            let (len, a) = (len(a), view(a));
            each(out, 1, |r, _| log_sum_exp(len, |e| a.at(r, e)));
        }
        Step::Transpose(a, columns) => {
            let (rows, a) = (len(a) / columns, view(a));
            each(out, len(slot), |r, e| a.at(r, (e % rows) * columns + e / rows));
        }
        Step::MatVec(w, x) => {
            let (inputs, w, x) = (len(x), view(w), view(x));
            each(out, len(slot), |r, e| {
                (0..inputs).fold(zero, |sum, i| sum + w.at(r, e * inputs + i) * x.at(r, i))
            });
        }
        Step::MatVecTransposed(w, d) => {
            let (inputs, outputs, w, d) = (len(slot), len(d), view(w), view(d));
            each(out, inputs, |r, e| {
                (0..outputs).fold(zero, |sum, unit| sum + w.at(r, unit * inputs + e) * d.at(r, unit))
            });
        }
        Step::Outer(a, b) => {
            let (columns, a, b) = (len(b), view(a), view(b));
            each(out, len(slot), |r, e| a.at(r, e / columns) * b.at(r, e % columns));
        }
        Step::SumRows(a) => {
            let a = view(a);
            each(out, len(slot), |_, e| (0..place.rows).fold(zero, |sum, r| sum + a.at(r, e)));
        }
        Step::SumOuter(d, x) => {
            let (inputs, d, x) = (len(x), view(d), view(x));
            each(out, len(slot), |_, e| {
                (0..place.rows).fold(zero, |sum, r| sum + d.at(r, e / inputs) * x.at(r, e % inputs))
            });
        }
    }
}

/// Writes `value(row, entry)` everywhere.
fn each<T>(out: &mut [T], len: usize, value: impl Fn(usize, usize) -> T) {
    for (row, values) in out.chunks_mut(len).enumerate() {
        for (entry, number) in values.iter_mut().enumerate() {
            *number = value(row, entry);
        }
    }
}

/// An argument, read as if it had every axis.
#[derive(Clone, Copy)]
struct View<'a, T> {
    data: &'a [T],
    row: usize,
    entry: usize,
}

impl<'a, T: Copy> View<'a, T> {
    fn new(buffer: Buffer, data: &'a [T]) -> View<'a, T> {
        let row = if buffer.per_row { buffer.len } else { 0 };
        View { data, row, entry: usize::from(buffer.len > 1) }
    }

    fn at(&self, row: usize, entry: usize) -> T {
        self.data[row * self.row + entry * self.entry]
    }
}

fn log_sum_exp<T: Real>(len: usize, at: impl Fn(usize) -> T) -> T {
    let mut largest = at(0);
    for e in 1..len {
        largest = T::combine(Zip::Max, largest, at(e));
    }
    if !largest.is_finite() {
        return largest;
    }
    let sum = (0..len).fold(T::of(0.0), |sum, e| sum + (at(e) - largest).exp());
    largest + sum.ln()
}
