//! The natural logarithm.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{LN_2, is_single, of_precision, polynomial, polynomial_in_halves};
use crate::scalar::Scalar;

/// (ln((1 + s) / (1 - s)) - 2 s) / s³ as a polynomial in s², for |s| up to (√2 - 1) / (√2 + 1).
const LN: (&[f64], &[f64]) = (
    &[0.6666677594184875, 0.3997756838798523, 0.29871460795402527],
    &[
        0.6666666666666735,
        0.3999999999940935,
        0.28571428743656513,
        0.2222219844349516,
        0.18183570721722492,
        0.15313899314932633,
        0.1479733205407564,
    ],
);

/// ln x; -∞ at 0, not a number below.
pub fn ln<S: Scalar>(x: S) -> S {
    // A subnormal number becomes normal, and √½ of it is.
    let least = 2.0 * of_precision(x, f64::from(f32::MIN_POSITIVE), f64::MIN_POSITIVE);
    let shift = of_precision(x, 24.0, 53.0);
    let is_small =
        |then: f64, otherwise: f64| x.constant(least).if_greater(x, x.constant(then), x.constant(otherwise));
    let normal = x * is_small(2f64.powf(shift), 1.0);
    // x = 2^n (1 + f) with 1 + f from √½ to √2.
    let n = x.constant(-1.0) - (normal * x.constant(FRAC_1_SQRT_2)).exponent();
    let f = normal.scale(n) - x.constant(1.0);
    let n = is_small(shift, 0.0) + n;
    // ln(1 + f) = f - f²/2 + s (f²/2 + s² P(s²)) for s = f / (2 + f).
    let s = f / (x.constant(2.0) + f);
    let square = s * s;
    let sum = if is_single(x) {
        polynomial(square, LN.0)
    } else {
        polynomial_in_halves(square, square * square, LN.1)
    };
    let half = f * x.constant(0.5) * f;
    let [first, second] = of_precision(x, LN_2.0, LN_2.1);
    let tail = n.fma(x.constant(-second), s * sum.fma(square, half));
    let inside = n.fma(x.constant(-first), f - (half - tail));
    edges(x, inside)
}

/// `inside` for a positive finite x, and what holds elsewhere.
fn edges<S: Scalar>(x: S, inside: S) -> S {
    let (tiniest, greatest) =
        of_precision(x, (f64::from(f32::from_bits(1)), f64::from(f32::MAX)), (f64::from_bits(1), f64::MAX));
    let outside = x.if_greater(x.constant(-tiniest), x.constant(f64::NEG_INFINITY), x.constant(f64::NAN));
    let inside = x.if_greater(x.constant(greatest), x, inside);
    x.if_greater(x.constant(0.0), inside, outside)
}
