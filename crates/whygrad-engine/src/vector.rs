//! Vectors of numbers: the same code for AVX-512, AVX2 and any machine.
//!
//! A step is written once over [`Vector`] as a `Work` and compiled for each [`Level`]; which one
//! runs is chosen at run time. Values of the x86 types exist only where their instructions do,
//! since only `Level::run` names the types: a value is its own proof.

#![allow(unsafe_code, reason = "intrinsics, and pointers into buffers that threads share")]
// Only inlined into a function with the right instructions does a vector operation become one.
#![allow(clippy::inline_always)]

mod lanes;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::real::Real;
use crate::scalar::Scalar;

pub use lanes::Lanes;
#[cfg(target_arch = "x86_64")]
pub use x86::{F32x8, F32x16, F64x4, F64x8};

/// Some numbers that are computed with at once.
pub trait Vector: Scalar + Send + Sync + 'static {
    /// What they are.
    type Number: Real;
    /// How many.
    const LANES: usize;
    /// Whether all operations have the same bits on any machine.
    const PORTABLE: bool = false;
    /// How many rows a tile of a matrix product has: as many as there are registers for.
    const TILE: usize;
    /// One number in all lanes.
    ///
    /// # Safety
    /// The instructions of the type must be there, as they are below `Level::run`.
    unsafe fn splat(number: Self::Number) -> Self;
    /// The numbers from `from` on.
    ///
    /// # Safety
    /// As [`Vector::splat`], and `LANES` numbers can be read.
    unsafe fn load(from: *const Self::Number) -> Self;
    /// The first `count` numbers from `from` on, zeros in the other lanes.
    ///
    /// # Safety
    /// As [`Vector::splat`], and `count` numbers can be read.
    unsafe fn load_part(from: *const Self::Number, count: usize) -> Self;
    /// Writes the numbers.
    ///
    /// # Safety
    /// `LANES` numbers can be written.
    unsafe fn store(self, to: *mut Self::Number);
    /// Writes the first `count` numbers.
    ///
    /// # Safety
    /// `count` numbers can be written.
    unsafe fn store_part(self, to: *mut Self::Number, count: usize);
    /// self / b, rounded once; where the instruction is slow, by a shorter way to the same bits.
    #[inline(always)]
    fn quotient(self, b: Self) -> Self {
        self / b
    }
    /// The square root, likewise.
    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }
    /// `then` where `self` is greater than zero, else `otherwise`, bit for bit.
    fn where_positive(self, then: Self, otherwise: Self) -> Self;
    /// `then` where `self` is not a number, else `otherwise`.
    fn where_nan(self, then: Self, otherwise: Self) -> Self;
}

/// Writes the transpose of `LANES` columns of `LANES` numbers; no order of computing depends on it.
///
/// # Safety
/// From each `from + i · stride`, and to each `to + i · out`, `LANES` numbers lie.
#[inline(always)]
pub(crate) unsafe fn turn<V: Vector>(from: *const V::Number, stride: usize, to: *mut V::Number, out: usize) {
    // SAFETY: as the caller says.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        if V::LANES == 16 && size_of::<V::Number>() == 4 {
            return x86::turn_16(from.cast(), stride, to.cast(), out);
        }
        for i in 0..V::LANES {
            for j in 0..V::LANES {
                *to.add(j * out + i) = *from.add(i * stride + j);
            }
        }
    }
}

/// What a machine can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// No more than any machine has. Vectors have no fused products, so the same bits everywhere;
    /// tapes are interpreted.
    Baseline,
    /// AVX2 with fused products.
    Avx2,
    /// AVX-512 (F, BW, DQ and VL).
    Avx512,
}

/// A computation that is compiled for every level.
pub(crate) trait Work<T: Real> {
    /// What comes of it.
    type Output;
    /// Computes with vectors of type V. Must be `#[inline(always)]`, and so must all it calls.
    fn run<V: Vector<Number = T>>(self) -> Self::Output;
}

impl Level {
    /// The levels this machine has, the best one last.
    pub fn available() -> Vec<Level> {
        #[allow(unused_mut, reason = "other machines have no more")]
        let mut levels = vec![Level::Baseline];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                levels.push(Level::Avx2);
                let all = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl");
                if all {
                    levels.push(Level::Avx512);
                }
            }
        }
        levels
    }

    /// The best level of this machine.
    pub fn best() -> Level {
        Level::available().into_iter().max().unwrap_or(Level::Baseline)
    }

    /// This level, or the best one where the machine has less.
    pub(crate) fn here(self) -> Level {
        self.min(Level::best())
    }

    /// Runs `work` at this level.
    ///
    /// # Safety
    /// The machine has the level.
    #[inline]
    pub(crate) unsafe fn run<T: Real, W: Work<T>>(self, work: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the machine has the instructions, as the caller says.
        unsafe {
            match self {
                Level::Avx512 => return in_avx512::<T, W>(work),
                Level::Avx2 => return in_avx2::<T, W>(work),
                Level::Baseline => {}
            }
        }
        work.run::<T::Baseline>()
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn in_avx512<T: Real, W: Work<T>>(work: W) -> W::Output {
    work.run::<T::Avx512>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn in_avx2<T: Real, W: Work<T>>(work: W) -> W::Output {
    work.run::<T::Avx2>()
}
