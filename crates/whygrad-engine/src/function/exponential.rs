//! e^x and what is made of it.

use std::f64::consts::LOG2_E;

use super::{LN_2, is_single, of_precision, polynomial, polynomial_in_halves, polynomial_in_pairs};
use crate::scalar::Scalar;

/// (e^r - 1 - r) / r² for |r| up to ln 2 / 2.
const EXP: (&[f64], &[f64]) = (
    &[
        0.4999999403953552,
        0.16666516661643982,
        0.04166828840970993,
        0.008369099348783493,
        0.0013819180894643068,
    ],
    &[
        0.5000000000000011,
        0.16666666666666435,
        0.04166666666652392,
        0.00833333333343866,
        0.0013888888946007483,
        0.00019841269696930163,
        2.4801489940198748e-5,
        2.7557364029031915e-6,
        2.7631587990658324e-7,
        2.5084989086273044e-8,
    ],
);

/// ((r/2) coth(r/2) - 1) / r² as a polynomial in r², for |r| up to 0.6 ln 2.
///
/// With M = (r/2) coth(r/2) - r/2 this is e^r = (M + r) / M: half as many coefficients as a
/// polynomial for e^r has, where there is a division anyway. An error of M touches e^r only in
/// proportion to r.
const COTH: (&[f64], &[f64]) = (
    &[0.08333291113376617, -0.0013809679076075554],
    &[
        0.08333333333333133,
        -0.0013888888887247904,
        3.3068778703377105e-5,
        -8.266688765647729e-7,
        2.060912071357022e-8,
    ],
);

/// The same, in f64 for |r| up to 0.9 ln 2.
const WIDE_COTH: (&[f64], &[f64]) = (
    COTH.0,
    &[
        0.08333333333333295,
        -0.0013888888888699809,
        3.306878275488156e-5,
        -8.267171794064658e-7,
        2.0867488397663864e-8,
        -5.107307777225068e-10,
    ],
);

/// ln((2 + v) / (2 - v)) / v as 1 + v² times a polynomial in v², for v from 0 to 2/3.
const LOGARITHM: (&[f64], &[f64]) = (
    &[0.08333301544189453, 0.012506796978414059, 0.002187366597354412, 0.0005474328645505011],
    &[
        0.08333333333333288,
        0.012500000000048833,
        0.0022321428553083826,
        0.0004340278118182347,
        8.877804716730071e-5,
        1.878241881997121e-5,
        4.05914332420971e-6,
        9.236068725654514e-7,
        1.59088294830751e-7,
        8.114544919224484e-8,
    ],
);

/// The whole n nearest to x / (`unit` ln 2), and what is [`left`]. |n| is at most 1,100 (155 for
/// f32); what is not a number stays so in both.
fn reduce<S: Scalar>(x: S, unit: f64) -> (S, S) {
    // Above 1.5 · 2^fraction_bits there are whole numbers only: the sum is rounded to one.
    let whole = x.constant(1.5 * of_precision(x, 2f64.powi(23), 2f64.powi(52)));
    let n = x.fma(x.constant(LOG2_E / unit), whole) - whole;
    (n, left(x, n, unit))
}

/// x - n · `unit` · ln 2, where `unit` is a power of two or its negative.
fn left<S: Scalar>(x: S, n: S, unit: f64) -> S {
    let [first, second] = of_precision(x, LN_2.0, LN_2.1);
    let left = n.fma(x.constant(-first * unit), x);
    n.fma(x.constant(-second * unit), left)
}

/// x, but no less than `least` and no greater than `most`; what is not a number stays.
fn clamp<S: Scalar>(x: S, [least, most]: [f64; 2]) -> S {
    x.constant(least).larger(x.constant(most).smaller(x))
}

/// e^(sign · r) for |r| up to ln 2 / 2 and a sign of 1 or -1, which costs no operation.
fn power<S: Scalar>(r: S, sign: f64) -> S {
    let one = r.constant(1.0);
    let signed = |coefficients: &[f64], signs: [f64; 2]| -> Vec<f64> {
        coefficients.iter().zip(signs.into_iter().cycle()).map(|(c, s)| c * s).collect()
    };
    if is_single(r) {
        return polynomial(r, &signed(EXP.0, [1.0, sign])).fma(r, r.constant(sign)).fma(r, one);
    }
    // sign · (e^(sign · r) - 1)
    let square = r * r;
    let change = polynomial_in_halves(r, square, &signed(EXP.1, [sign, 1.0])).fma(square, r);
    if sign > 0.0 { one + change } else { one - change }
}

/// e^x; 0 and ∞ where the true value is beyond all numbers.
pub fn exp<S: Scalar>(x: S) -> S {
    let x = clamp(x, of_precision(x, [-104.5, 89.0], [-746.0, 710.0]));
    let (n, r) = reduce(x, 1.0);
    power(r, 1.0).scale(n)
}

/// M of [`COTH`] and M - r for e^-r = (M - r) / M, both times `factor`.
fn quotient<S: Scalar>(r: S, factor: f64) -> (S, S) {
    let square = r * r;
    let scaled: Vec<f64> = of_precision(r, COTH.0, COTH.1).iter().map(|c| c * factor).collect();
    let line = r.fma(r.constant(0.5 * factor), r.constant(factor));
    let sum = if is_single(r) { polynomial(square, &scaled) } else { polynomial_in_pairs(square, &scaled) };
    let m = sum.fma(square, line);
    (m, r.fma(r.constant(-factor), m))
}

/// With this factor M and M - r lie from 1.36 to 1.93, where a rounding is a small part of a number
/// and few sums pass a power of two: a sigmoid is 1.8 units in the last place off, with 1 it is 2.3.
const FACTOR: f64 = 1.625;

/// 1 / (1 + e^-x), also where it is subnormal.
pub fn sigmoid<S: Scalar>(x: S) -> S {
    // e^-x = 2^n (M - r) / M, so that the result is M / (M + 2^n (M - r)). All is made smaller
    // by a power of two: 2^n does not overflow before the result is 0. At the lower limit it does:
    // M / infinity is 0 at once, where a quotient too small for any number is slow.
    let x = clamp(x, of_precision(x, [-107.0, 20.0], [-750.0, 40.0]));
    let (n, r) = reduce(x, -1.0);
    let (m, other) = quotient(r, FACTOR * of_precision(x, 2f64.powi(-24), 2f64.powi(-54)));
    m / (m + other.scale(n))
}

/// (e^x - e^-x) / (e^x + e^-x); a small x itself.
pub fn tanh<S: Scalar>(x: S) -> S {
    let size = x.constant(of_precision(x, 10.0, 20.0)).smaller(x.abs());
    ratio(size, 1.0).with_sign_of(x)
}

/// (e^2u - 1) / (e^2u + 2 `share` - 1) for u from 0 to 20 (10 for f32): with a share of 1 this is
/// tanh u, with 1/2 it is 1 - e^-2u.
pub(super) fn ratio<S: Scalar>(u: S, share: f64) -> S {
    // With 2u = n ln 2 + 2w, C = w coth w and M = C - w, e^2u is 2^n (M + 2w) / M. Half of
    // 2^n (M + 2w) - M is 2^n w + (2^n - 1)/2 M, which is w to the last bit where n = 0; half of
    // the sum is M more, which is C to the last bit there, and has the same rounding elsewhere.
    //
    // n is rounded down up to 0.6 (f32) or 0.9: a small n with a negative w is the worst place, since
    // there the difference is small and M, above 1, is coarse.
    let down = of_precision(u, -0.1, -0.4);
    let n = u.fma(u.constant(2.0 * LOG2_E), u.constant(down)).round();
    let w = left(u, n, 0.5);
    let square = w * w;
    let in_w = of_precision(u, WIDE_COTH.0, WIDE_COTH.1).iter().scan(1.0, |power, c| {
        *power *= 4.0;
        Some(c * *power)
    });
    let c = polynomial(square, &in_w.collect::<Vec<_>>()).fma(square, u.constant(1.0));
    let m = c - w;
    let power = u.constant(1.0).scale(n);
    let difference = power.fma(u.constant(0.5), u.constant(-0.5)).fma(m, power * w);
    let sum = if share == 1.0 { difference + m } else { m.fma(u.constant(share), difference) };
    difference / sum
}

/// ln(1 + e^x), without overflow.
pub fn softplus<S: Scalar>(x: S) -> S {
    // max(x, 0) + ln(1 + t) for t = e^-|x|.
    let size = x.constant(of_precision(x, 104.5, 746.0)).smaller(x.abs());
    let (n, r) = reduce(size, -1.0);
    let t = power(r, -1.0).scale(n);
    // With v = t / (1 + t/2), ln(1 + t) = ln((2 + v) / (2 - v)) = v + v³ P(v²), and v is t - v t/2.
    let minus_half = t * x.constant(-0.5);
    let v = t / (x.constant(1.0) - minus_half);
    let square = v * v;
    let sum = if is_single(x) {
        polynomial(square, LOGARITHM.0)
    } else {
        polynomial_in_halves(square, square * square, LOGARITHM.1)
    };
    x.larger(x.constant(0.0)) + sum.fma(square, minus_half).fma(v, t)
}
