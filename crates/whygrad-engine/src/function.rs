//! Elementary functions, written once over [`Scalar`].
//!
//! Each is straight-line code without branches or tables: where two forms are needed, both are
//! computed and one is chosen. A function looks at its argument's precision only
//! ([`Scalar::fraction_bits`]) and takes that precision's coefficients, so that recorded on a tape
//! it becomes the few operations of one precision. Only operations that IEEE 754 rounds are used:
//! the bits are the same on every machine that has, or that lacks, a fused product.
//!
//! Errors are in units in the last place of the true value, subnormal values and arguments included;
//! in brackets those of arithmetic without a fused product. Those of f32 are the greatest over every
//! number from 2^-20 to 128 in size and one in 20,011 elsewhere (of atan, sin and cos one in 20,011
//! everywhere, so that they may be a little greater); those of f64 the greatest of some
//! millions (of erf of the 211 in the table of its test), rounded up. Operations are those of [`Scalar`], constants not counted; then the longest
//! chain of them. Where a value is not a number, so is the result.
//!
//! | | f32: error | operations | chain | f64: error | operations | chain | divisions |
//! |---|---|---|---|---|---|---|---|
//! | [`exp`] | 0.9 (1.2) | 13 | 13 | 1.1 (1.1) | 19 | 15 | 0 |
//! | [`sigmoid`] | 1.8 (2.0) | 14 | 13 | 1.8 (2.0) | 18 | 15 | 1 |
//! | [`tanh`] | 2.0 (2.0) | 17 | 14 | 1.9 (1.9) | 21 | 18 | 1 |
//! | [`softplus`] | 1.9 (2.2) | 24 | 23 | 1.8 (2.0) | 37 | 28 | 1 |
//! | [`ln`] | 0.9 (0.9) | 25 | 20 | 0.9 (0.9) | 30 | 23 | 1 |
//! | [`erf`] | 5.1 (5.1) | 27 | 24 | 3.0 (3.0) | 46 | 32 | 1 |
//! | [`atan`] | 2.0 (2.1) | 17 | 16 | 3.0 (4.0) | 30 | 20 | 1 |
//! | [`sin`] | 2.5 (2.5) | 20 | 14 | 2.5 (2.5) | 24 | 15 | 0 |
//! | [`cos`] | 2.5 (2.5) | 21 | 15 | 2.5 (2.5) | 25 | 16 | 0 |
//!
//! A power a^b is not here: for a few units in the last place it needs ln a with half as many bits
//! again, several times the operations of [`exp`] and [`ln`] together.
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

/// The same in pairs c0 + c1 x, c2 + c3 x, ... that do not wait for each other.
fn polynomial_in_pairs<S: Scalar>(x: S, coefficients: &[f64]) -> S {
    let square = x * x;
    let pair = |pair: &[f64]| match *pair {
        [low, high] => x.constant(high).fma(x, x.constant(low)),
        _ => x.constant(pair[0]),
    };
    let mut pairs = coefficients.chunks(2).map(pair).rev();
    let last = pairs.next().unwrap_or_else(|| x.constant(0.0));
    pairs.fold(last, |sum, pair| sum.fma(square, pair))
}

/// The same with even and odd powers apart: one operation more, in half as long a chain.
fn polynomial_in_halves<S: Scalar>(x: S, square: S, coefficients: &[f64]) -> S {
    let of = |first: usize| -> Vec<f64> { coefficients.iter().skip(first).step_by(2).copied().collect() };
    polynomial(square, &of(1)).fma(x, polynomial(square, &of(0)))
}

/// ln 2 in two parts; the first ends in as many zeros as a whole number of 2^n has digits.
const LN_2: ([f64; 2], [f64; 2]) =
    ([0.693145751953125, 1.428606765330187e-6], [0.6931471805601177, -1.7239444525614835e-13]);
