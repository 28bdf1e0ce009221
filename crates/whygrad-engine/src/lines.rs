//! Numbers that begin at the border of a cache line.

#![allow(unsafe_code, reason = "lines of bytes are read as numbers")]

use std::fmt;

use crate::real::Real;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// A list of numbers that begins at the border of a cache line: no vector of it lies across two.
#[derive(Clone)]
pub struct Lines<T> {
    memory: Vec<Line>,
    len: usize,
    of: std::marker::PhantomData<T>,
}

impl<T: Real> Lines<T> {
    /// So many zeros.
    pub fn zeros(len: usize) -> Lines<T> {
        // All bits zero are the number zero, in both precisions.
        let memory = vec![Line([0; 64]); (len * size_of::<T>()).div_ceil(64)];
        Lines { memory, len, of: std::marker::PhantomData }
    }

    /// A copy of the numbers.
    pub fn of(numbers: &[T]) -> Lines<T> {
        let mut lines = Lines::zeros(numbers.len());
        lines.as_mut_slice().copy_from_slice(numbers);
        lines
    }

    /// Room for `len` numbers; what was there is kept as far as there is room.
    pub(crate) fn resize(&mut self, len: usize) {
        self.memory.resize((len * size_of::<T>()).div_ceil(64), Line([0; 64]));
        self.len = len;
    }

    /// The numbers.
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: the lines have room for `len` numbers, and all bits are numbers.
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr().cast(), self.len) }
    }

    /// The numbers, to be written.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as above; the lines are borrowed for as long.
        unsafe { std::slice::from_raw_parts_mut(self.memory.as_mut_ptr().cast(), self.len) }
    }

    pub(crate) fn pointer(&mut self) -> *mut T {
        self.memory.as_mut_ptr().cast()
    }
}

impl<T> fmt::Debug for Lines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} numbers", self.len)
    }
}
