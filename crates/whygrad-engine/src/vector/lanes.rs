//! Vectors for any machine: arrays, without fused products.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Vector;
use crate::real::Real;
use crate::scalar::Scalar;

/// N numbers. A fused product is rounded twice, which every machine does alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<T, const N: usize>([T; N]);

impl<T: Copy, const N: usize> Lanes<T, N> {
    #[inline(always)]
    fn map(self, f: impl Fn(T) -> T) -> Self {
        Lanes(from_fn(|i| f(self.0[i])))
    }

    #[inline(always)]
    fn zip(self, b: Self, f: impl Fn(T, T) -> T) -> Self {
        Lanes(from_fn(|i| f(self.0[i], b.0[i])))
    }
}

macro_rules! operator {
    ($($operator:ident $method:ident),*) => {$(
        impl<T: Copy + $operator<Output = T>, const N: usize> $operator for Lanes<T, N> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, b: Self) -> Self {
                self.zip(b, T::$method)
            }
        }
    )*};
}
operator!(Add add, Sub sub, Mul mul, Div div);

impl<T: Copy + Neg<Output = T>, const N: usize> Neg for Lanes<T, N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(T::neg)
    }
}

impl<T: Real + Scalar, const N: usize> Scalar for Lanes<T, N> {
    #[inline(always)]
    fn constant(self, value: f64) -> Self {
        Lanes([T::of(value); N])
    }
    #[inline(always)]
    fn fraction_bits(self) -> u32 {
        T::of(0.0).fraction_bits()
    }
    #[inline(always)]
    fn fma(self, b: Self, c: Self) -> Self {
        self * b + c
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.map(Scalar::sqrt)
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.map(Scalar::abs)
    }
    #[inline(always)]
    fn with_sign_of(self, b: Self) -> Self {
        self.zip(b, Scalar::with_sign_of)
    }
    #[inline(always)]
    fn larger(self, b: Self) -> Self {
        self.zip(b, Scalar::larger)
    }
    #[inline(always)]
    fn smaller(self, b: Self) -> Self {
        self.zip(b, Scalar::smaller)
    }
    #[inline(always)]
    fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
        Lanes(from_fn(|i| if self.0[i] > b.0[i] { then.0[i] } else { otherwise.0[i] }))
    }
    #[inline(always)]
    fn round(self) -> Self {
        self.map(Scalar::round)
    }
    #[inline(always)]
    fn scale(self, n: Self) -> Self {
        self.zip(n, Scalar::scale)
    }
    #[inline(always)]
    fn exponent(self) -> Self {
        self.map(Scalar::exponent)
    }
    #[inline(always)]
    fn mantissa(self) -> Self {
        self.map(Scalar::mantissa)
    }
}

impl<T: Real + Scalar, const N: usize> Vector for Lanes<T, N> {
    type Number = T;
    const LANES: usize = N;
    const PORTABLE: bool = true;
    const TILE: usize = 4;
    #[inline(always)]
    unsafe fn splat(number: T) -> Self {
        Lanes([number; N])
    }
    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: N numbers can be read, as the caller says.
        Lanes(from_fn(|i| unsafe { *from.add(i) }))
    }
    #[inline(always)]
    unsafe fn load_part(from: *const T, count: usize) -> Self {
        // SAFETY: `count` numbers can be read, as the caller says.
        Lanes(from_fn(|i| if i < count { unsafe { *from.add(i) } } else { T::of(0.0) }))
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        for (i, &x) in self.0.iter().enumerate() {
            // SAFETY: N numbers can be written, as the caller says.
            unsafe { *to.add(i) = x };
        }
    }
    #[inline(always)]
    unsafe fn store_part(self, to: *mut T, count: usize) {
        for (i, &x) in self.0.iter().enumerate().take(count) {
            // SAFETY: `count` numbers can be written, as the caller says.
            unsafe { *to.add(i) = x };
        }
    }
    #[inline(always)]
    fn where_positive(self, then: Self, otherwise: Self) -> Self {
        self.if_greater(Lanes([T::of(0.0); N]), then, otherwise)
    }
    #[inline(always)]
    fn where_nan(self, then: Self, otherwise: Self) -> Self {
        Lanes(from_fn(|i| if self.0[i].is_number() { otherwise.0[i] } else { then.0[i] }))
    }
}
