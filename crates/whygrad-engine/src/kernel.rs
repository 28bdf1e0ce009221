//! The steps, one function each, over `[row][entry][lane]` blocks.

// A step is a loop around a closure: only inlined does it become the loop it stands for.
#![allow(clippy::inline_always)]

use whygrad_expr::op::Zip;

use crate::plan::{Buffer, Plan, Slot, Step};
use crate::real::Real;

/// What a step is run on: its output's axes, the buffers' lengths, and how many rows there are.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) plan: &'a Plan,
    /// The rows that are there.
    pub(crate) rows: usize,
    /// The rows of the batch, of which those are a part.
    pub(crate) batch: usize,
    pub(crate) lanes: usize,
}

/// Runs one step, with numbers that `data` finds for a slot.
pub(crate) fn run<'a, T: Real>(
    place: Place<'_>,
    out: &mut [T],
    (slot, step): (Slot, Step),
    data: impl Fn(Slot) -> &'a [T],
) {
    let plan = place.plan;
    let view = |s: Slot| View::new(place, plan.slots[s], data(s));
    let shape = Frame::new(place, plan.slots[slot]);
    match step {
        Step::RowCount => out.fill(T::of(place.batch as f64)),
        Step::Map(function, a) => map(out, shape, view(a), |x| T::apply(function, x)),
        Step::Zip(zip, a, b) => zip_step(zip, out, shape, view(a), view(b)),
        Step::Select(c, a, b) => {
            let (c, a, b) = (view(c), view(a), view(b));
            shape.each(out, |r, e, l| if c.at(r, e, l) > T::of(0.0) { a.at(r, e, l) } else { b.at(r, e, l) });
        }
        Step::Fill(a) => {
            let a = view(a);
            shape.each(out, |r, _, l| a.at(r, 0, l));
        }
        Step::Pick(a, index) => {
            let a = view(a);
            shape.each(out, |r, _, l| a.at(r, index, l));
        }
        Step::Place(a, index) => {
            let a = view(a);
            shape.each(out, |r, e, l| if e == index { a.at(r, 0, l) } else { T::of(0.0) });
        }
        Step::SumEntries(a) => {
            let (len, a) = (plan.slots[a].len, view(a));
            shape.each(out, |r, _, l| (0..len).fold(T::of(0.0), |sum, e| sum + a.at(r, e, l)));
        }
        Step::LogSumExp(a) => {
            let (len, a) = (plan.slots[a].len, view(a));
            shape.each(out, |r, _, l| log_sum_exp(len, |e| a.at(r, e, l)));
        }
        Step::Transpose(a, columns) => {
            let rows = plan.slots[a].len / columns;
            let a = view(a);
            shape.each(out, |r, e, l| a.at(r, (e % rows) * columns + e / rows, l));
        }
        Step::MatVec(w, x) => {
            let inputs = plan.slots[x].len;
            mat_vec(out, shape, view(w), view(x), inputs);
        }
        Step::MatVecTransposed(w, d) => {
            let (outputs, inputs) = (plan.slots[d].len, plan.slots[slot].len);
            mat_vec_transposed(out, shape, view(w), view(d), (outputs, inputs));
        }
        Step::Outer(a, b) => {
            let columns = plan.slots[b].len;
            let (a, b) = (view(a), view(b));
            shape.each(out, |r, e, l| a.at(r, e / columns, l) * b.at(r, e % columns, l));
        }
        Step::SumRows(a) => {
            let a = view(a);
            let rows = place.rows;
            shape.each(out, |_, e, l| (0..rows).fold(T::of(0.0), |sum, r| sum + a.at(r, e, l)));
        }
        Step::SumOuter(d, x) => {
            sum_outer(out, place.rows, shape.lanes, view(d), (view(x), plan.slots[x].len));
        }
    }
}

/// The axes of an output block.
#[derive(Clone, Copy)]
struct Frame {
    rows: usize,
    len: usize,
    lanes: usize,
}

impl Frame {
    fn new(place: Place<'_>, buffer: Buffer) -> Frame {
        Frame {
            rows: if buffer.per_row { place.rows } else { 1 },
            len: buffer.len,
            lanes: if buffer.laned { place.lanes } else { 1 },
        }
    }

    /// Writes `value(row, entry, lane)` everywhere.
    #[inline(always)]
    fn each<T>(self, out: &mut [T], value: impl Fn(usize, usize, usize) -> T) {
        let mut slots = out.iter_mut();
        for row in 0..self.rows {
            for entry in 0..self.len {
                for (lane, slot) in slots.by_ref().take(self.lanes).enumerate() {
                    *slot = value(row, entry, lane);
                }
            }
        }
    }
}

/// An argument, read as if it had every axis.
#[derive(Clone, Copy)]
struct View<'a, T> {
    data: &'a [T],
    row: usize,
    entry: usize,
    lane: usize,
}

impl<'a, T: Copy> View<'a, T> {
    fn new(place: Place<'_>, buffer: Buffer, data: &'a [T]) -> View<'a, T> {
        let lanes = if buffer.laned { place.lanes } else { 1 };
        View {
            data,
            row: if buffer.per_row { buffer.len * lanes } else { 0 },
            entry: if buffer.len > 1 { lanes } else { 0 },
            lane: usize::from(buffer.laned && place.lanes > 1),
        }
    }

    #[inline(always)]
    fn at(&self, row: usize, entry: usize, lane: usize) -> T {
        self.data[row * self.row + entry * self.entry + lane * self.lane]
    }
}

/// Same layout as the output: one flat loop; otherwise by axes.
#[inline(always)]
fn map<T: Real>(out: &mut [T], shape: Frame, a: View<'_, T>, f: impl Fn(T) -> T) {
    if a.data.len() == out.len() {
        for (o, &x) in out.iter_mut().zip(a.data) {
            *o = f(x);
        }
    } else {
        shape.each(out, |r, e, l| f(a.at(r, e, l)));
    }
}

/// One loop for each operation, so that the choice is made once per step and not per number.
fn zip_step<T: Real>(zip: Zip, out: &mut [T], shape: Frame, a: View<'_, T>, b: View<'_, T>) {
    match zip {
        Zip::Add => zip_with(out, shape, a, b, |x, y| x + y),
        Zip::Mul => zip_with(out, shape, a, b, |x, y| x * y),
        Zip::Div => zip_with(out, shape, a, b, |x, y| x / y),
        Zip::Pow | Zip::Max | Zip::Min => zip_with(out, shape, a, b, |x, y| T::combine(zip, x, y)),
    }
}

#[inline(always)]
fn zip_with<T: Real>(out: &mut [T], shape: Frame, a: View<'_, T>, b: View<'_, T>, f: impl Fn(T, T) -> T) {
    if a.data.len() == out.len() && b.data.len() == out.len() {
        for ((o, &x), &y) in out.iter_mut().zip(a.data).zip(b.data) {
            *o = f(x, y);
        }
    } else if a.data.len() == out.len() && b.data.len() == 1 {
        let y = b.data[0];
        for (o, &x) in out.iter_mut().zip(a.data) {
            *o = f(x, y);
        }
    } else if b.data.len() == out.len() && a.data.len() == 1 {
        let x = a.data[0];
        for (o, &y) in out.iter_mut().zip(b.data) {
            *o = f(x, y);
        }
    } else {
        shape.each(out, |r, e, l| f(a.at(r, e, l), b.at(r, e, l)));
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

fn mat_vec<T: Real>(out: &mut [T], shape: Frame, w: View<'_, T>, x: View<'_, T>, inputs: usize) {
    if shape.lanes == 1 && w.row == 0 {
        for (row, values) in out.chunks_mut(shape.len).enumerate() {
            let from = row * x.row;
            let x = &x.data[from..from + inputs];
            for (value, weights) in values.iter_mut().zip(w.data.chunks(inputs)) {
                *value = weights.iter().zip(x).fold(T::of(0.0), |sum, (&w, &x)| sum + w * x);
            }
        }
        return;
    }
    out.fill(T::of(0.0));
    for row in 0..shape.rows {
        for unit in 0..shape.len {
            let to = (row * shape.len + unit) * shape.lanes;
            let sums = &mut out[to..to + shape.lanes];
            for i in 0..inputs {
                for (lane, sum) in sums.iter_mut().enumerate() {
                    *sum += w.at(row, unit * inputs + i, lane) * x.at(row, i, lane);
                }
            }
        }
    }
}

fn mat_vec_transposed<T: Real>(
    out: &mut [T],
    shape: Frame,
    w: View<'_, T>,
    d: View<'_, T>,
    (outputs, inputs): (usize, usize),
) {
    out.fill(T::of(0.0));
    for row in 0..shape.rows {
        for unit in 0..outputs {
            for i in 0..inputs {
                let to = (row * inputs + i) * shape.lanes;
                for (lane, sum) in out[to..to + shape.lanes].iter_mut().enumerate() {
                    *sum += w.at(row, unit * inputs + i, lane) * d.at(row, unit, lane);
                }
            }
        }
    }
}

fn sum_outer<T: Real>(
    out: &mut [T],
    rows: usize,
    lanes: usize,
    d: View<'_, T>,
    (x, inputs): (View<'_, T>, usize),
) {
    out.fill(T::of(0.0));
    for row in 0..rows {
        for (unit, sums) in out.chunks_mut(inputs * lanes).enumerate() {
            for i in 0..inputs {
                for (lane, sum) in sums[i * lanes..(i + 1) * lanes].iter_mut().enumerate() {
                    *sum += d.at(row, unit, lane) * x.at(row, i, lane);
                }
            }
        }
    }
}
