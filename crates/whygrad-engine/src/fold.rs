//! Sums over entries and over rows, in orders that depend on the shapes alone.

#![allow(unsafe_code, reason = "parts of buffers that threads share")]
// Only inlined into a function with the right instructions does a vector operation become one.
#![allow(clippy::inline_always)]

use whygrad_expr::op::{Function, Zip};

use crate::chain::apply;
use crate::product::total;
use crate::real::Real;
use crate::vector::{Vector, Work};

/// The sum, or the logarithm of the sum of the exponentials, of `len` entries of each row.
#[derive(Clone, Copy)]
pub(crate) struct Entries<T> {
    pub(crate) rows: usize,
    pub(crate) len: usize,
    pub(crate) from: *const T,
    pub(crate) out: *mut T,
    pub(crate) log_sum_exp: bool,
}

impl<T: Real> Work<T> for Entries<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Number = T>>(self) {
        for row in 0..self.rows {
            // SAFETY: the row is one of those that the maker of this names.
            unsafe {
                let row_at = self.from.add(row * self.len);
                let number = if self.log_sum_exp {
                    log_sum_exp::<V>(row_at, self.len)
                } else {
                    sum::<V>(row_at, self.len)
                };
                *self.out.add(row) = number;
            }
        }
    }
}

#[inline(always)]
unsafe fn sum<V: Vector>(from: *const V::Number, len: usize) -> V::Number {
    let whole = len - len % V::LANES;
    // SAFETY: `len` numbers can be read.
    unsafe {
        let mut sums = V::splat(V::Number::of(0.0));
        for i in (0..whole).step_by(V::LANES) {
            sums = sums + V::load(from.add(i));
        }
        if whole < len {
            sums = sums + V::load_part(from.add(whole), len - whole);
        }
        total(sums)
    }
}

/// The last, incomplete vector of a list, its other lanes so low that they never count.
#[inline(always)]
unsafe fn rest<V: Vector>(from: *const V::Number, count: usize) -> V {
    let mut numbers = [V::Number::of(f64::NEG_INFINITY); 16];
    // SAFETY: `count` numbers can be read, fewer than there are lanes.
    unsafe {
        for (i, number) in numbers.iter_mut().enumerate().take(count) {
            *number = *from.add(i);
        }
        V::load(numbers.as_ptr())
    }
}

#[inline(always)]
unsafe fn log_sum_exp<V: Vector>(from: *const V::Number, len: usize) -> V::Number {
    let whole = len - len % V::LANES;
    // SAFETY: `len` numbers can be read.
    unsafe {
        let mut largest = *from;
        for i in 1..len {
            largest = V::Number::combine(Zip::Max, largest, *from.add(i));
        }
        if !largest.is_finite() {
            return largest;
        }
        let most = V::splat(largest);
        let mut sums = V::splat(V::Number::of(0.0));
        for i in (0..whole).step_by(V::LANES) {
            sums = sums + apply(Function::Exp, V::load(from.add(i)) - most);
        }
        if whole < len {
            sums = sums + apply(Function::Exp, rest::<V>(from.add(whole), len - whole) - most);
        }
        let mut logarithm = [V::Number::of(0.0); 16];
        apply(Function::Log, V::splat(total(sums))).store(logarithm.as_mut_ptr());
        largest + logarithm[0]
    }
}

/// The sum over the rows of each entry, or with `add` that is added to what is there.
#[derive(Clone, Copy)]
pub(crate) struct Columns<T> {
    pub(crate) rows: usize,
    pub(crate) len: usize,
    pub(crate) from: *const T,
    pub(crate) out: *mut T,
    pub(crate) add: bool,
}

impl<T: Real> Work<T> for Columns<T> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector<Number = T>>(self) {
        // SAFETY: the maker of this names `rows` times `len` numbers, and `len` to write.
        unsafe {
            if self.len == 1 {
                let sum = sum::<V>(self.from, self.rows);
                *self.out = if self.add { *self.out + sum } else { sum };
                return;
            }
            let mut entry = 0;
            while entry < self.len {
                let left = self.len - entry;
                if left >= 4 * V::LANES {
                    self.columns::<V, 4>(entry, V::LANES);
                    entry += 4 * V::LANES;
                } else {
                    self.columns::<V, 1>(entry, left.min(V::LANES));
                    entry += V::LANES;
                }
            }
        }
    }
}

impl<T: Real> Columns<T> {
    /// N vectors of entries; of the last of them `count` numbers.
    #[inline(always)]
    unsafe fn columns<V: Vector<Number = T>, const N: usize>(&self, entry: usize, count: usize) {
        let whole = count == V::LANES;
        // SAFETY: as in `run`.
        unsafe {
            let mut sums = [V::splat(T::of(0.0)); N];
            for row in 0..self.rows {
                let at = self.from.add(row * self.len + entry);
                for (n, sum) in sums.iter_mut().enumerate() {
                    let at = at.add(n * V::LANES);
                    *sum = *sum + if whole { V::load(at) } else { V::load_part(at, count) };
                }
            }
            for (n, mut sum) in sums.into_iter().enumerate() {
                let to = self.out.add(entry + n * V::LANES);
                if self.add {
                    sum = sum + if whole { V::load(to) } else { V::load_part(to, count) };
                }
                if whole { sum.store(to) } else { sum.store_part(to, count) }
            }
        }
    }
}
