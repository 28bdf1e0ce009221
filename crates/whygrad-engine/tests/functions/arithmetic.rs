//! Numbers that compute in another way, or that watch.

use std::cell::Cell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use whygrad_engine::scalar::Scalar;

/// A number without a fused product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfused<T>(pub(crate) T);

/// A number that knows the longest chain of operations behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<T> {
    value: T,
    depth: u32,
}

thread_local! {
    static OPERATIONS: Cell<u32> = const { Cell::new(0) };
}

/// How many operations a function has, constants not counted, and how long its longest chain is.
pub(crate) fn count<T: Scalar>(function: fn(Counted<T>) -> Counted<T>, x: T) -> (u32, u32) {
    OPERATIONS.set(0);
    let depth = function(Counted { value: x, depth: 0 }).depth;
    (OPERATIONS.get(), depth)
}

impl<T> Counted<T> {
    fn of(value: T, arguments: &[u32]) -> Self {
        OPERATIONS.set(OPERATIONS.get() + 1);
        Self { value, depth: 1 + arguments.iter().max().unwrap() }
    }
}

macro_rules! operators {
    ($($trait:ident $name:ident),*) => {$(
        impl<T: Scalar> $trait for Unfused<T> {
            type Output = Self;
            fn $name(self, b: Self) -> Self {
                Self(self.0.$name(b.0))
            }
        }
        impl<T: Scalar> $trait for Counted<T> {
            type Output = Self;
            fn $name(self, b: Self) -> Self {
                Self::of(self.value.$name(b.value), &[self.depth, b.depth])
            }
        }
    )*};
}

operators!(Add add, Sub sub, Mul mul, Div div);

impl<T: Scalar> Neg for Unfused<T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl<T: Scalar> Neg for Counted<T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::of(-self.value, &[self.depth])
    }
}

macro_rules! methods {
    (unary: $($unary:ident)*; binary: $($binary:ident)*) => {
        impl<T: Scalar> Scalar for Unfused<T> {
            fn constant(self, value: f64) -> Self {
                Self(self.0.constant(value))
            }
            fn fraction_bits(self) -> u32 {
                self.0.fraction_bits()
            }
            fn fma(self, b: Self, c: Self) -> Self {
                Self(self.0 * b.0 + c.0)
            }
            fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
                Self(self.0.if_greater(b.0, then.0, otherwise.0))
            }
            $(fn $unary(self) -> Self {
                Self(self.0.$unary())
            })*
            $(fn $binary(self, b: Self) -> Self {
                Self(self.0.$binary(b.0))
            })*
        }
        impl<T: Scalar> Scalar for Counted<T> {
            fn constant(self, value: f64) -> Self {
                Self { value: self.value.constant(value), depth: 0 }
            }
            fn fraction_bits(self) -> u32 {
                self.value.fraction_bits()
            }
            fn fma(self, b: Self, c: Self) -> Self {
                Self::of(self.value.fma(b.value, c.value), &[self.depth, b.depth, c.depth])
            }
            fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
                let value = self.value.if_greater(b.value, then.value, otherwise.value);
                Self::of(value, &[self.depth, b.depth, then.depth, otherwise.depth])
            }
            $(fn $unary(self) -> Self {
                Self::of(self.value.$unary(), &[self.depth])
            })*
            $(fn $binary(self, b: Self) -> Self {
                Self::of(self.value.$binary(b.value), &[self.depth, b.depth])
            })*
        }
    };
}

methods!(unary: sqrt abs round exponent mantissa; binary: larger smaller scale with_sign_of);
