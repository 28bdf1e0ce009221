//! Matrix products over the rows of a batch.
//!
//! A tile of the result, [`Vector::TILE`] rows of [`PANEL`] vectors, stays in registers while the
//! depth is walked through. Each number of the result is the same chain of products and sums,
//! wherever in a tile it lies, so that the way the work is parted does not change a bit.

#![allow(unsafe_code, reason = "tiles of buffers that threads share")]
// Only inlined into a function with the right instructions does a vector operation become one.
#![allow(clippy::inline_always)]

use crate::real::Real;
use crate::vector::{Level, Vector, Work, turn};

/// The vectors in a row of a panel.
const PANEL: usize = 2;
/// How deep a product goes at once: a panel of so many rows fits the first cache.
const DEPTH: usize = 256;
/// The numbers of the longest vector.
const MOST_LANES: usize = 16;
/// How many numbers a thread needs to turn a panel over.
pub(crate) const SCRATCH: usize = DEPTH * PANEL * MOST_LANES;

/// The right side of a product.
#[derive(Clone, Copy)]
pub(crate) enum Right<T> {
    /// Row k begins at `at + k · stride`.
    Rows { at: *const T, stride: usize },
    /// What [`Pack`] made.
    Packed { at: *const T },
    /// Column n begins at `at + n · stride`: each panel is turned when it is needed.
    Columns { at: *const T, stride: usize },
}

/// out = left · right, or with `add` that is added to what is there.
///
/// `left` has `rows` times `depth` numbers at `left + row · left_row + k · left_column`. All pointers
/// must be good for that, and nobody else writes there while it runs.
#[derive(Clone, Copy)]
pub(crate) struct Product<T> {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) depth: usize,
    pub(crate) left: *const T,
    pub(crate) left_row: usize,
    pub(crate) left_column: usize,
    pub(crate) right: Right<T>,
    pub(crate) out: *mut T,
    pub(crate) stride: usize,
    pub(crate) add: bool,
    /// [`SCRATCH`] numbers of this thread.
    pub(crate) scratch: *mut T,
}

/// One tile: where it reads and writes.
#[derive(Clone, Copy)]
struct Tile<T> {
    depth: usize,
    left: *const T,
    left_row: usize,
    left_column: usize,
    right: *const T,
    right_row: usize,
    out: *mut T,
    stride: usize,
    add: bool,
    /// The numbers in the last vector of a row.
    last: usize,
    /// Whether the left rows are read for the first time, and are to be fetched ahead.
    is_first: bool,
}

impl<T: Real> Tile<T> {
    #[inline(always)]
    unsafe fn load<V: Vector<Number = T>>(self, at: *const T, whole: bool) -> V {
        // SAFETY: as the maker of the product says.
        unsafe { if whole { V::load(at) } else { V::load_part(at, self.last) } }
    }

    #[inline(always)]
    unsafe fn run<V: Vector<Number = T>, const M: usize, const N: usize, const FULL: bool>(self) {
        // SAFETY: as the maker of the product says; what lies beyond `last` is neither read nor written.
        unsafe {
            let mut sums = [[V::splat(T::of(0.0)); N]; M];
            // A pointer for each row: with one step for all of them the loop has hardly anything to
            // add but products.
            let mut rows = [self.left; M];
            for (m, row) in rows.iter_mut().enumerate() {
                *row = opaque(self.left.add(m * self.left_row));
            }
            let (mut at, mut right) = (0, self.right);
            for _ in 0..self.depth {
                let mut b = [V::splat(T::of(0.0)); N];
                for (n, b) in b.iter_mut().enumerate() {
                    *b = self.load::<V>(right.add(n * V::LANES), FULL || n + 1 < N);
                }
                for (sums, row) in sums.iter_mut().zip(&rows) {
                    let a = V::splat(*row.wrapping_add(at));
                    for (sum, &b) in sums.iter_mut().zip(&b) {
                        *sum = a.fma(b, *sum);
                    }
                }
                at += self.left_column;
                right = right.wrapping_add(self.right_row);
            }
            for (m, sums) in sums.into_iter().enumerate() {
                for (n, mut sum) in sums.into_iter().enumerate() {
                    let to = self.out.add(m * self.stride + n * V::LANES);
                    if self.add {
                        sum = self.load::<V>(to, FULL || n + 1 < N) + sum;
                    }
                    if FULL || n + 1 < N { sum.store(to) } else { sum.store_part(to, self.last) }
                }
            }
        }
    }

    /// Asks for the left rows of the next tile, while this one is computed.
    #[inline(always)]
    fn fetch_next(&self, rows: usize) {
        #[cfg(target_arch = "x86_64")]
        for row in rows..2 * rows {
            for k in (0..self.depth).step_by(64 / size_of::<T>()) {
                let at = self.left.wrapping_add(row * self.left_row + k);
                // SAFETY: an address is no access, wherever it points to.
                unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(at.cast()) };
            }
        }
    }

    /// `rows` rows, as many at once as fit the registers.
    #[inline(always)]
    unsafe fn rows<V: Vector<Number = T>, const N: usize, const FULL: bool>(mut self, rows: usize) {
        // SAFETY: the tiles are parts of the product.
        unsafe {
            let mut left = rows;
            while left > 0 {
                if self.is_first && left >= 2 * V::TILE {
                    self.fetch_next(V::TILE);
                }
                let done = if V::TILE >= 8 && left >= 8 {
                    self.run::<V, 8, N, FULL>();
                    8
                } else if left >= 4 {
                    self.run::<V, 4, N, FULL>();
                    4
                } else {
                    self.run::<V, 1, N, FULL>();
                    1
                };
                left -= done;
                self.left = self.left.wrapping_add(done * self.left_row);
                self.out = self.out.wrapping_add(done * self.stride);
            }
        }
    }
}

impl<T: Real> Work<T> for Product<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Number = T>>(self) {
        let width = PANEL * V::LANES;
        for from in (0..self.depth).step_by(DEPTH) {
            let depth = DEPTH.min(self.depth - from);
            for column in (0..self.columns).step_by(width) {
                let columns = width.min(self.columns - column);
                let vectors = columns.div_ceil(V::LANES);
                // SAFETY: the panel is a part of the product.
                let tile = unsafe { self.tile::<V>(from, depth, column, columns) };
                // SAFETY: as above; a panel that was packed has zeros up to its full width.
                unsafe {
                    match (vectors, columns == vectors * V::LANES) {
                        (1, true) => tile.rows::<V, 1, true>(self.rows),
                        (1, false) => tile.rows::<V, 1, false>(self.rows),
                        (_, true) => tile.rows::<V, 2, true>(self.rows),
                        (_, false) => tile.rows::<V, 2, false>(self.rows),
                    }
                }
            }
        }
    }
}

impl<T: Real> Product<T> {
    /// A panel of the right side, copied together where it lies far apart and is used often.
    #[inline(always)]
    unsafe fn tile<V: Vector<Number = T>>(
        &self,
        from: usize,
        depth: usize,
        column: usize,
        columns: usize,
    ) -> Tile<T> {
        let padded = columns.div_ceil(V::LANES) * V::LANES;
        let (right, right_row) = match self.right {
            Right::Packed { at } => (at.wrapping_add(column * self.depth + from * padded), padded),
            Right::Columns { at, stride } => {
                let at = at.wrapping_add(column * stride + from);
                // SAFETY: the panel is there, and the scratch has room for it.
                unsafe { turn_panel::<V>((at, stride), columns, depth, self.scratch) };
                (self.scratch.cast_const(), padded)
            }
            Right::Rows { at, stride } => {
                let at = at.wrapping_add(from * stride + column);
                let is_far = depth * stride * size_of::<T>() > 1 << 15;
                if is_far && self.rows >= 2 * V::TILE {
                    for k in 0..depth {
                        // SAFETY: row k of the panel; the scratch has room for it.
                        unsafe { copy::<V>(at.add(k * stride), self.scratch.add(k * padded), columns) };
                    }
                    (self.scratch.cast_const(), padded)
                } else {
                    (at, stride)
                }
            }
        };
        Tile {
            depth,
            left: self.left.wrapping_add(from * self.left_column),
            left_row: self.left_row,
            left_column: self.left_column,
            right,
            right_row,
            out: self.out.wrapping_add(column),
            stride: self.stride,
            add: self.add || from > 0,
            last: columns - (padded - V::LANES),
            is_first: column == 0 && self.left_column == 1,
        }
    }
}

/// The same pointer, of which the compiler does not know how it was made: it would otherwise make
/// each row's pointer of the one before, in the loop, where these sums take the place of products.
#[inline(always)]
fn opaque<T>(pointer: *const T) -> *const T {
    #[cfg(target_arch = "x86_64")]
    {
        let mut pointer = pointer;
        // SAFETY: there is no instruction.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) pointer, options(pure, readonly, nostack, preserves_flags));
        }
        pointer
    }
    #[cfg(not(target_arch = "x86_64"))]
    pointer
}

#[inline(always)]
unsafe fn copy<V: Vector>(from: *const V::Number, to: *mut V::Number, count: usize) {
    let whole = count - count % V::LANES;
    // SAFETY: `count` numbers are there, and room for whole vectors.
    unsafe {
        for i in (0..whole).step_by(V::LANES) {
            V::load(from.add(i)).store(to.add(i));
        }
        if whole < count {
            V::load_part(from.add(whole), count - whole).store(to.add(whole));
        }
    }
}

/// A matrix of `rows` times `columns` numbers turned into panels: [column][row] for so many rows as
/// fit a panel. Of the panels, those from `first` to before `end` are made.
#[derive(Clone, Copy)]
pub(crate) struct Pack<T> {
    pub(crate) from: *const T,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) to: *mut T,
    pub(crate) first: usize,
    pub(crate) end: usize,
}

/// How many panels a matrix of so many rows has at most, and how many numbers they need.
pub(crate) fn packed_len(rows: usize, columns: usize) -> usize {
    rows.next_multiple_of(MOST_LANES) * columns
}

/// How many panels there are at a level.
pub(crate) fn panels<T: Real>(level: Level, rows: usize) -> usize {
    let lanes = match level {
        Level::Avx512 => <T::Avx512 as Vector>::LANES,
        Level::Avx2 => <T::Avx2 as Vector>::LANES,
        Level::Baseline => <T::Baseline as Vector>::LANES,
    };
    rows.div_ceil(PANEL * lanes)
}

impl<T: Real> Work<T> for Pack<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Number = T>>(self) {
        let width = PANEL * V::LANES;
        for panel in self.first..self.end {
            let row = panel * width;
            let rows = width.min(self.rows.saturating_sub(row));
            let to = self.to.wrapping_add(row * self.columns);
            // SAFETY: the rows from `row` on are there, and the panel has room for all of them.
            unsafe {
                let from = self.from.add(row * self.columns);
                turn_panel::<V>((from, self.columns), rows, self.columns, to);
            }
        }
    }
}

/// Turns a panel: `rows` rows, of which the first begin at `from` and so far apart as `stride` says.
#[inline(always)]
unsafe fn turn_panel<V: Vector>(
    (from, stride): (*const V::Number, usize),
    rows: usize,
    columns: usize,
    to: *mut V::Number,
) {
    let padded = rows.div_ceil(V::LANES) * V::LANES;
    for first in (0..rows).step_by(V::LANES) {
        let some = V::LANES.min(rows - first);
        let whole = if some == V::LANES { columns - columns % V::LANES } else { 0 };
        // SAFETY: as the caller says.
        unsafe {
            let from = from.add(first * stride);
            let to = to.add(first);
            for k in (0..whole).step_by(V::LANES) {
                turn::<V>(from.add(k), stride, to.add(k * padded), padded);
            }
            for k in whole..columns {
                for i in 0..V::LANES {
                    *to.add(k * padded + i) =
                        if i < some { *from.add(i * stride + k) } else { V::Number::of(0.0) };
                }
            }
        }
    }
}

/// out[row][unit] = Σ weights[unit][i] · x[row][i], along i: for few rows or units, where it does
/// not pay to turn the weights.
#[derive(Clone, Copy)]
pub(crate) struct Dots<T> {
    pub(crate) rows: usize,
    pub(crate) units: usize,
    pub(crate) depth: usize,
    pub(crate) x: *const T,
    pub(crate) weights: *const T,
    pub(crate) out: *mut T,
}

impl<T: Real> Work<T> for Dots<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Number = T>>(self) {
        // SAFETY: all numbers lie in the arrays that the maker of this names.
        unsafe {
            let mut row = 0;
            while row < self.rows {
                let four = self.rows - row >= 4;
                let mut unit = 0;
                while unit < self.units {
                    match (four, self.units - unit >= 4) {
                        (true, true) => self.dots::<V, 4, 4>(row, unit),
                        (true, false) => self.dots::<V, 4, 1>(row, unit),
                        (false, true) => self.dots::<V, 1, 4>(row, unit),
                        (false, false) => self.dots::<V, 1, 1>(row, unit),
                    }
                    unit += if self.units - unit >= 4 { 4 } else { 1 };
                }
                row += if four { 4 } else { 1 };
            }
        }
    }
}

impl<T: Real> Dots<T> {
    #[inline(always)]
    unsafe fn dots<V: Vector<Number = T>, const M: usize, const N: usize>(&self, row: usize, unit: usize) {
        // SAFETY: rows `row` to `row + M` and units `unit` to `unit + N` are there.
        unsafe {
            let x = self.x.add(row * self.depth);
            let w = self.weights.add(unit * self.depth);
            let mut sums = [[V::splat(T::of(0.0)); N]; M];
            let whole = self.depth - self.depth % V::LANES;
            for k in (0..whole).step_by(V::LANES) {
                let mut vectors = [V::splat(T::of(0.0)); N];
                for (n, vector) in vectors.iter_mut().enumerate() {
                    *vector = V::load(w.add(n * self.depth + k));
                }
                for (m, sums) in sums.iter_mut().enumerate() {
                    let x = V::load(x.add(m * self.depth + k));
                    for (sum, &w) in sums.iter_mut().zip(&vectors) {
                        *sum = x.fma(w, *sum);
                    }
                }
            }
            if whole < self.depth {
                let rest = self.depth - whole;
                for (m, sums) in sums.iter_mut().enumerate() {
                    let x = V::load_part(x.add(m * self.depth + whole), rest);
                    for (n, sum) in sums.iter_mut().enumerate() {
                        *sum = x.fma(V::load_part(w.add(n * self.depth + whole), rest), *sum);
                    }
                }
            }
            for (m, sums) in sums.into_iter().enumerate() {
                for (n, sum) in sums.into_iter().enumerate() {
                    *self.out.add((row + m) * self.units + unit + n) = total(sum);
                }
            }
        }
    }
}

/// The sum over the lanes: the upper half is added to the lower one until one number is left.
#[inline(always)]
pub(crate) fn total<V: Vector>(vector: V) -> V::Number {
    let mut numbers = [V::Number::of(0.0); MOST_LANES];
    // SAFETY: no vector has more lanes than that.
    unsafe { vector.store(numbers.as_mut_ptr()) };
    let mut half = V::LANES / 2;
    while half > 0 {
        for i in 0..half {
            numbers[i] += numbers[i + half];
        }
        half /= 2;
    }
    numbers[0]
}
