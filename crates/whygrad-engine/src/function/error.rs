//! The error function.

use super::exponential::ratio;
use super::{is_single, of_precision, polynomial, polynomial_in_halves};
use crate::scalar::Scalar;

/// -ln(1 - erf a) / 2a as a polynomial in a, for a from 0 to 4 (f32) or 6 (f64).
const ERF: (&[f64], &[f64]) = (
    &[
        0.564189612865448,
        0.3183096945285797,
        0.05138891562819481,
        -0.009576533921062946,
        -8.019380766199902e-5,
        0.0008335094316862524,
        -0.00031641588429920375,
        5.881982724531554e-5,
        -4.62802790934802e-6,
    ],
    &[
        0.5641895835477563,
        0.31830988618379547,
        0.05138630165065758,
        -0.009564223496544871,
        -0.00010459742699083442,
        0.0008481038351709704,
        -0.00029506621640475644,
        1.2952255110333461e-5,
        3.221022109811144e-5,
        -1.4787802077823884e-5,
        1.584784309493873e-6,
        1.5665461359696025e-6,
        -1.0186583896258722e-6,
        2.8536597909773637e-7,
        -5.884516947717739e-9,
        -3.285210646006776e-8,
        1.7286858484719404e-8,
        -5.3850234846077396e-9,
        1.179879161522081e-9,
        -1.879701587901371e-10,
        2.1500678941043834e-11,
        -1.6814598935150376e-12,
        8.070553147800949e-14,
        -1.7951635353137926e-15,
    ],
);

/// What rounding to f32 takes from the first coefficient; all of u where x is small.
const ERF_REST: f64 = -2.7057647e-8;

/// erf x = 2/√π ∫₀ˣ e^(-t²) dt.
pub fn erf<S: Scalar>(x: S) -> S {
    // With e^-2u = 1 - erf |x|, u / |x| is a smooth function of |x|.
    let size = x.constant(of_precision(x, 4.0, 6.0)).smaller(x.abs());
    let sum =
        if is_single(x) { polynomial(size, ERF.0) } else { polynomial_in_halves(size, size * size, ERF.1) };
    let first = sum * size;
    let u = if is_single(x) { size.fma(x.constant(ERF_REST), first) } else { first };
    ratio(u, 0.5).with_sign_of(x)
}
