//! Sine, cosine and the angle of a slope.

use std::f64::consts::{FRAC_1_PI, FRAC_PI_2};

use super::{is_single, of_precision, polynomial, polynomial_in_halves};
use crate::scalar::Scalar;

/// (sin r / r - 1) / r² as a polynomial in r², for |r| up to π/2.
const SIN: (&[f64], &[f64]) = (
    &[-0.16666659712791443, 0.008333069272339344, -0.0001980967790586874, 2.6056250135297887e-6],
    &[
        -0.16666666666666666,
        0.008333333333333207,
        -0.0001984126984121118,
        2.755731921111745e-6,
        -2.5052106844675515e-8,
        1.6058937220578251e-10,
        -7.642903952819097e-13,
        2.72007e-15,
    ],
);

/// π in parts; all but the last end in as many zeros as the number of half-turns may have digits.
const PI: (&[f64], &[f64]) = (
    &[3.140625, 0.0009675025939941406, 1.5099067240953445e-7, 5.126688136514179e-12],
    &[3.1415926534682512, 1.2154201012607932e-10, 4.044532497591901e-21],
);

/// (arctan z / z - 1) / z² as a polynomial in z², for |z| up to 1.
const ATAN: (&[f64], &[f64]) = (
    &[
        -0.33333152532577515,
        0.19993767142295837,
        -0.14211001992225647,
        0.10665769129991531,
        -0.07551661133766174,
        0.043204762041568756,
        -0.01636323146522045,
        0.0029194396920502186,
    ],
    &[
        -0.3333333333333307,
        0.1999999999995175,
        -0.14285714282583187,
        0.11111111007045771,
        -0.09090907000159482,
        0.07692279775298448,
        -0.0666640332004955,
        0.05880522322812915,
        -0.052534897895470556,
        0.047222115921060064,
        -0.0421885886043432,
        0.03663485064038,
        -0.029891927190406953,
        0.021969435400185096,
        -0.013885468094951647,
        0.0071855218840137436,
        -0.0028791716244893004,
        0.00082928036861441,
        -0.00015172078519116685,
        1.3181688211869081e-5,
    ],
);

/// sin x. Holds its bound for |x| up to 10,000 (f32) or 3,000,000 (f64); beyond, the error grows
/// with the distance of neighbouring numbers x, and the result stays from -1 to 1.
pub fn sin<S: Scalar>(x: S) -> S {
    half_turns(x, 0.0)
}

/// cos x, with the bound and the range of [`sin`].
pub fn cos<S: Scalar>(x: S) -> S {
    half_turns(x, 0.5)
}

/// (-1)^n sin(x - (n + shift) π) for the whole n that makes the argument least.
fn half_turns<S: Scalar>(x: S, shift: f64) -> S {
    let one = x.constant(1.0);
    let n = x.fma(x.constant(FRAC_1_PI), x.constant(-shift)).round();
    let turns = if shift == 0.0 { n } else { n + x.constant(shift) };
    let r = of_precision(x, PI.0, PI.1).iter().fold(x, |left, &part| turns.fma(x.constant(-part), left));
    // 1 where n is even, -1 where it is odd; cos has the other sign.
    let half = n * x.constant(0.5);
    let odd = half - half.round();
    let sign = if shift == 0.0 { 1.0 } else { -1.0 };
    let sign = (odd * odd).fma(x.constant(-8.0 * sign), x.constant(sign));
    let square = r * r;
    let sum = if is_single(x) {
        polynomial(square, SIN.0)
    } else {
        polynomial_in_halves(square, square * square, SIN.1)
    };
    let signed = r * sign;
    let value = (sum * square).fma(signed, signed);
    // Far away r is not small.
    x.constant(-1.0).larger(one.smaller(value))
}

/// The angle from -π/2 to π/2 whose tangent is x.
pub fn atan<S: Scalar>(x: S) -> S {
    let (size, one) = (x.abs(), x.constant(1.0));
    let z = one.smaller(size) / one.larger(size);
    let square = z * z;
    let sum = if is_single(x) {
        polynomial(square, ATAN.0)
    } else {
        polynomial_in_halves(square, square * square, ATAN.1)
    };
    let angle = (sum * square).fma(z, z);
    let other = x.constant(FRAC_PI_2) - angle;
    size.if_greater(one, other, angle).with_sign_of(x)
}
