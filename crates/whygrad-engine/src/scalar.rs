//! What a number of a computation can do, whoever computes it.
//!
//! A function such as exp is written once, over [`Scalar`]: with f32 or f64 it is computed at once,
//! with a value of a tape the operations are recorded, to be run later on many lanes. Both give the
//! same bits, since each operation here is rounded once, as IEEE 754 says.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number of a computation.
pub trait Scalar:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// A constant in the same computation, rounded to its precision.
    fn constant(self, value: f64) -> Self;
    /// The bits of the fraction: 23 for f32, 52 for f64.
    fn fraction_bits(self) -> u32;
    /// self · b + c, rounded once; in arithmetic without a fused product it is rounded twice.
    fn fma(self, b: Self, c: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The number without its sign.
    fn abs(self) -> Self;
    /// The number with the sign of `b`, also where either is 0 or not a number.
    fn with_sign_of(self, b: Self) -> Self;
    /// `self` where it is greater than `b`, else `b`; so `b` where one of them is not a number.
    fn larger(self, b: Self) -> Self;
    /// `self` where it is less than `b`, else `b`; so `b` where one of them is not a number.
    fn smaller(self, b: Self) -> Self;
    /// `then` where `self` is greater than `b`, else `otherwise`; so `otherwise` where one is not a number.
    fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self;
    /// The nearest whole number, halves to even; what is not finite stays.
    fn round(self) -> Self;
    /// self · 2^n, rounded once, also where the result is subnormal or overflows; for |self| from
    /// 2^-24 to 4 and a whole n of at most 200 in size (f32), or 2^-54 to 4 and 1,500 (f64), for
    /// any normal number where the result is from 1/4 to 4, or for a self that is not a number.
    fn scale(self, n: Self) -> Self;
    /// The exponent e of a positive normal number m · 2^e with m in [1, 2); of others unspecified.
    fn exponent(self) -> Self;
    /// The m in [1, 2) of a positive normal number m · 2^e; of others unspecified.
    fn mantissa(self) -> Self;
}

macro_rules! scalar {
    ($type:ty, $bits:ty, $signed:ty, $fraction:expr, $bias:expr) => {
        impl Scalar for $type {
            fn constant(self, value: f64) -> Self {
                value as $type
            }
            fn fraction_bits(self) -> u32 {
                $fraction
            }
            fn fma(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            fn abs(self) -> Self {
                self.abs()
            }
            fn with_sign_of(self, b: Self) -> Self {
                self.copysign(b)
            }
            fn larger(self, b: Self) -> Self {
                if self > b { self } else { b }
            }
            fn smaller(self, b: Self) -> Self {
                if self < b { self } else { b }
            }
            fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
                if self > b { then } else { otherwise }
            }
            fn round(self) -> Self {
                self.round_ties_even()
            }
            fn scale(self, n: Self) -> Self {
                // 2^n may over- or underflow by itself; of two halves only the second can round.
                let half = (n * 0.5).round_ties_even();
                let power = |k: $type| <$type>::from_bits(((k as $signed + $bias) as $bits) << $fraction);
                self * power(half) * power(n - half)
            }
            fn exponent(self) -> Self {
                let e = (self.to_bits() >> $fraction).cast_signed() - $bias;
                e as $type
            }
            fn mantissa(self) -> Self {
                let fraction: $bits = (1 << $fraction) - 1;
                <$type>::from_bits((self.to_bits() & fraction) | ((1.0 as $type).to_bits()))
            }
        }
    };
}

scalar!(f32, u32, i32, 23, 127);
scalar!(f64, u64, i64, 52, 1023);
