//! Elementary functions, written once over [`Scalar`].
//!
//! Each is straight-line code without branches or tables: where two forms are needed, both are
//! computed and one is chosen. A function looks at its argument's precision only
//! ([`Scalar::fraction_bits`]) and takes that precision's coefficients, so that recorded on a tape
//! it becomes the few operations of one precision. Only operations that IEEE 754 rounds are used:
//! the bits are the same on every machine that has, or that lacks, a fused product.
//!
//! Arguments are reduced as Cody and Waite do (Software Manual for the Elementary Functions, 1980):
//! the first part of a constant ends in zeros, so that its product with a whole number is exact.
//! The polynomials are minimax fits of the named function on the reduced range, by Remez'
//! exchange, with the coefficients rounded one after another and the rest fitted anew.

mod error;
mod exponential;
mod logarithm;
mod trigonometric;

pub use error::erf;
pub use exponential::{exp, sigmoid, softplus, tanh};
pub use logarithm::ln;
pub use trigonometric::{atan, cos, sin};

use crate::scalar::Scalar;

/// True for f32.
fn is_single<S: Scalar>(x: S) -> bool {
    x.fraction_bits() == 23
}

/// The first where the number is an f32, the second where it is an f64.
fn of_precision<S: Scalar, T>(x: S, single: T, double: T) -> T {
    if is_single(x) { single } else { double }
}

/// c0 + c1 x + c2 x² + ..., from the last coefficient down: the fewest operations.
fn polynomial<S: Scalar>(x: S, coefficients: &[f64]) -> S {
    let Some((&last, rest)) = coefficients.split_last() else { return x.constant(0.0) };
    rest.iter().rev().fold(x.constant(last), |sum, &c| sum.fma(x, x.constant(c)))
}

/// The same with even and odd powers apart: one operation more, in half as long a chain.
fn polynomial_in_halves<S: Scalar>(x: S, square: S, coefficients: &[f64]) -> S {
    let of = |first: usize| -> Vec<f64> { coefficients.iter().skip(first).step_by(2).copied().collect() };
    polynomial(square, &of(1)).fma(x, polynomial(square, &of(0)))
}

/// ln 2 in two parts; the first ends in as many zeros as a whole number of 2^n has digits.
const LN_2: ([f64; 2], [f64; 2]) =
    ([0.693145751953125, 1.428606765330187e-6], [0.6931471805601177, -1.7239444525614835e-13]);
