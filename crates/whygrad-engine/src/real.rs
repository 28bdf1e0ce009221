//! The two precisions.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use whygrad_expr::op::{Function, Zip};

use crate::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use crate::vector::{F32x8, F32x16, F64x4, F64x8};
use crate::vector::{Lanes, Vector};

/// f32 or f64.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + Scalar
    + 'static
{
    /// Vectors of AVX-512, or of any machine where there is no such thing.
    type Avx512: Vector<Number = Self>;
    /// Vectors of AVX2, or of any machine where there is no such thing.
    type Avx2: Vector<Number = Self>;
    /// Vectors of any machine.
    type Baseline: Vector<Number = Self>;
    /// The nearest number of this precision.
    fn of(value: f64) -> Self;
    /// The number of these bits; the upper half is not looked at in f32.
    fn from_bits_of(bits: u64) -> Self;
    /// The same number as f64.
    fn to_f64(self) -> f64;
    /// True also of what is infinite.
    fn is_number(self) -> bool;
    /// True unless infinite or not a number.
    fn is_finite(self) -> bool;
    /// e^self
    fn exp(self) -> Self;
    /// ln self
    fn ln(self) -> Self;
    /// A function of one number, as the oracle defines it.
    fn apply(function: Function, a: Self) -> Self;
    /// A function of two numbers, as the oracle defines it.
    fn combine(zip: Zip, a: Self, b: Self) -> Self;
}

macro_rules! real {
    ($type:ty, $erf:path, $wide:ty, $half:ty, $any:ty) => {
        impl Real for $type {
            #[cfg(target_arch = "x86_64")]
            type Avx512 = $wide;
            #[cfg(target_arch = "x86_64")]
            type Avx2 = $half;
            #[cfg(not(target_arch = "x86_64"))]
            type Avx512 = $any;
            #[cfg(not(target_arch = "x86_64"))]
            type Avx2 = $any;
            type Baseline = $any;
            #[inline]
            fn of(value: f64) -> Self {
                value as $type
            }
            #[inline]
            fn from_bits_of(bits: u64) -> Self {
                <$type>::from_bits(bits as _)
            }
            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn is_number(self) -> bool {
                !self.is_nan()
            }
            #[inline]
            fn is_finite(self) -> bool {
                <$type>::is_finite(self)
            }
            #[inline]
            fn exp(self) -> Self {
                <$type>::exp(self)
            }
            #[inline]
            fn ln(self) -> Self {
                <$type>::ln(self)
            }
            #[inline]
            fn apply(function: Function, a: Self) -> Self {
                match function {
                    Function::Neg => -a,
                    Function::Exp => a.exp(),
                    Function::Log => a.ln(),
                    Function::Sqrt => a.sqrt(),
                    Function::Sin => a.sin(),
                    Function::Cos => a.cos(),
                    Function::Atan => a.atan(),
                    Function::Tanh => a.tanh(),
                    Function::Sigmoid => 1.0 / (1.0 + (-a).exp()),
                    Function::Softplus => a.max(0.0) + (-a.abs()).exp().ln_1p(),
                    Function::Erf => $erf(a),
                    Function::Abs => a.abs(),
                    Function::Sign => {
                        if a > 0.0 {
                            1.0
                        } else if a < 0.0 {
                            -1.0
                        } else {
                            a * 0.0
                        }
                    }
                }
            }
            #[inline]
            fn combine(zip: Zip, a: Self, b: Self) -> Self {
                match zip {
                    Zip::Add => a + b,
                    Zip::Mul => a * b,
                    Zip::Div => a / b,
                    // A square is one product, and the same bits.
                    Zip::Pow if b == 2.0 => a * a,
                    Zip::Pow => a.powf(b),
                    Zip::Max => {
                        if a.is_nan() || a > b {
                            a
                        } else {
                            b
                        }
                    }
                    Zip::Min => {
                        if a.is_nan() || a < b {
                            a
                        } else {
                            b
                        }
                    }
                }
            }
        }
    };
}

real!(f64, libm::erf, F64x8, F64x4, Lanes<f64, 2>);
real!(f32, libm::erff, F32x16, F32x8, Lanes<f32, 4>);
