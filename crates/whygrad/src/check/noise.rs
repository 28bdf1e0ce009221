//! Numbers that know how far rounding may have moved them, and what a kink leaves open.
//!
//! A value is carried with a running bound of its rounding error: each operation adds the error of its arguments,
//! scaled by its slope, and one rounding of its own (Higham, "Accuracy and Stability of Numerical Algorithms",
//! 2002, section 3.3). In sums the errors add as independent ones do, by squares (Higham and Mary, "A new approach
//! to probabilistic rounding error analysis", 2019), since the plain bound would grow with the number of terms, and
//! a program may add them in any order. So the tolerance of a check follows from the formula and the point:
//! where the formula is badly conditioned it is wide, elsewhere it is a few roundings.

use std::ops::{Add, Div, Mul, Neg};

use num_complex::Complex64;
use whygrad_expr::number::Scalar;

/// How many roundings one function may take: `1/(1 + exp(-z))` has four operations, and the exponential of a
/// library is right to about one unit of the last digit.
const PER_FUNCTION: f64 = 4.0;

/// How much farther a program may be off than the estimate: it may group the operations otherwise than the term, and
/// an estimate by squares is exceeded now and then. `a_right_gradient_in_single_precision_is_right` holds it.
pub(crate) const SAFETY: f64 = 16.0;

/// The imaginary step that reads a slope from a complex number; its square is nothing.
const STEP: f64 = 1e-30;

/// A number, its error in a precision of `BITS` bits, and what other conventions at kinks change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Noisy<const BITS: u32> {
    /// The number, in double precision whatever `BITS` is.
    pub(crate) value: f64,
    /// How far it may be off.
    pub(crate) error: f64,
    /// What the convention that makes it smallest adds, at most 0.
    pub(crate) low: f64,
    /// What the convention that makes it largest adds, at least 0.
    pub(crate) high: f64,
}

/// Double precision.
pub(crate) const DOUBLE: u32 = 53;
/// Single precision.
pub(crate) const SINGLE: u32 = 24;
/// Double precision, with the other convention at every kink: the first branch of a choice, 1 as the sign of 0.
pub(crate) const OTHER_SIDE: u32 = 54;

impl<const BITS: u32> Noisy<BITS> {
    /// Half the distance of two neighbouring numbers, relative.
    const UNIT: f64 = if BITS == SINGLE { f32::EPSILON as f64 / 2.0 } else { f64::EPSILON / 2.0 };

    fn smooth(value: f64, error: f64) -> Self {
        Noisy { value, error, low: 0.0, high: 0.0 }
    }

    /// True where no kink has a say in it.
    fn is_smooth(self) -> bool {
        self.low == 0.0 && self.high == 0.0
    }

    /// The values at both ends of what conventions allow.
    fn ends(self) -> [f64; 2] {
        [self.value + self.low, self.value + self.high]
    }

    /// With the conventions that lead to one of `values`.
    fn reaching(mut self, values: &[f64]) -> Self {
        // What is not a number is on a branch that nobody takes, and `min` passes it over.
        for value in values {
            self.low = self.low.min(value - self.value);
            self.high = self.high.max(value - self.value);
        }
        self
    }

    /// A function: the slope, which scales the error, is read from a complex step of the same function. `absolute`
    /// is the size of the numbers that its formula in exponentials adds up.
    fn through(self, real: fn(f64) -> f64, complex: fn(Complex64) -> Complex64, absolute: f64) -> Self {
        let value = real(self.value);
        let mut error = PER_FUNCTION * Self::UNIT * value.abs().max(absolute);
        if self.error > 0.0 {
            let slope = complex(Complex64::new(self.value, STEP)).im / STEP;
            error += slope.abs() * self.error;
        }
        let result = Self::smooth(value, error);
        if self.is_smooth() { result } else { result.reaching(&self.ends().map(real)) }
    }

    fn both(self, other: Self, value: f64, error: f64, combine: fn(f64, f64) -> f64) -> Self {
        let result = Self::smooth(value, error);
        if self.is_smooth() && other.is_smooth() {
            return result;
        }
        let [a, b] = self.ends();
        let [c, d] = other.ends();
        result.reaching(&[combine(a, c), combine(a, d), combine(b, c), combine(b, d)])
    }

    /// True where rounding, or a convention, decides on which side of 0 it lies.
    pub(crate) fn is_tied(self) -> bool {
        let width = SAFETY * self.error;
        self.value + self.low <= width && self.value + self.high >= -width
    }
}

impl<const BITS: u32> Add for Noisy<BITS> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let value = self.value + other.value;
        // The larger of the two counts, since another order of the sum may meet a number of that size.
        let own = Self::UNIT * self.value.abs().max(other.value.abs());
        let error = squares(self.error, other.error, own);
        Noisy { value, error, low: self.low + other.low, high: self.high + other.high }
    }
}

impl<const BITS: u32> Mul for Noisy<BITS> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let value = self.value * other.value;
        let error = scaled(self.value, other.error) + scaled(other.value, self.error);
        self.both(other, value, error + Self::UNIT * value.abs(), |a, b| a * b)
    }
}

impl<const BITS: u32> Div for Noisy<BITS> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        let error = (self.error + scaled(value, other.error)) / other.value.abs();
        self.both(other, value, error + Self::UNIT * value.abs(), |a, b| a / b)
    }
}

impl<const BITS: u32> Neg for Noisy<BITS> {
    type Output = Self;
    fn neg(self) -> Self {
        Noisy { value: -self.value, low: -self.high, high: -self.low, ..self }
    }
}

impl<const BITS: u32> Scalar for Noisy<BITS> {
    fn real(value: f64) -> Self {
        // A program in single precision rounds what it is given.
        let rounded = if BITS == SINGLE { (f64::from(value as f32) - value).abs() } else { 0.0 };
        Self::smooth(value, rounded)
    }
    fn re(self) -> f64 {
        self.value
    }
    fn exp(self) -> Self {
        self.through(f64::exp, <Complex64 as Scalar>::exp, 0.0)
    }
    fn ln(self) -> Self {
        self.through(f64::ln, <Complex64 as Scalar>::ln, 0.0)
    }
    fn sqrt(self) -> Self {
        self.through(f64::sqrt, <Complex64 as Scalar>::sqrt, 0.0)
    }
    fn sin(self) -> Self {
        self.through(f64::sin, <Complex64 as Scalar>::sin, 0.0)
    }
    fn cos(self) -> Self {
        self.through(f64::cos, <Complex64 as Scalar>::cos, 0.0)
    }
    fn atan(self) -> Self {
        self.through(f64::atan, <Complex64 as Scalar>::atan, 0.0)
    }
    // Written with exponentials, these add up numbers of size 1 however small they are themselves: a program
    // that takes 1 - sigmoid(50) for sigmoid(-50) gets 0, and is right to the last digit it has.
    fn tanh(self) -> Self {
        self.through(f64::tanh, <Complex64 as Scalar>::tanh, 1.0)
    }
    fn sigmoid(self) -> Self {
        self.through(<f64 as Scalar>::sigmoid, <Complex64 as Scalar>::sigmoid, 1.0)
    }
    fn softplus(self) -> Self {
        self.through(<f64 as Scalar>::softplus, <Complex64 as Scalar>::softplus, 1.0)
    }
    fn erf(self) -> Self {
        self.through(<f64 as Scalar>::erf, <Complex64 as Scalar>::erf, 1.0)
    }
    fn pow(self, exponent: Self) -> Self {
        let value = self.value.powf(exponent.value);
        let (base, power) = (Complex64::new(self.value, 0.0), Complex64::new(exponent.value, 0.0));
        let step = Complex64::new(0.0, STEP);
        let mut error = PER_FUNCTION * Self::UNIT * value.abs();
        if self.error > 0.0 {
            error += Scalar::pow(base + step, power).im.abs() / STEP * self.error;
        }
        if exponent.error > 0.0 {
            error += Scalar::pow(base, power + step).im.abs() / STEP * exponent.error;
        }
        self.both(exponent, value, error, f64::powf)
    }
    fn choose(condition: Self, above: Self, otherwise: Self) -> Self {
        let above_first = BITS == OTHER_SIDE && condition.is_tied();
        let (taken, other) =
            if above_first || condition.value > 0.0 { (above, otherwise) } else { (otherwise, above) };
        if condition.is_tied() { taken.reaching(&other.ends()) } else { taken }
    }
    fn sign(self) -> Self {
        let other_side = BITS == OTHER_SIDE && self.is_tied();
        let sign = Self::smooth(if other_side { 1.0 } else { Scalar::sign(self.value) }, 0.0);
        if self.is_tied() { sign.reaching(&[-1.0, 1.0]) } else { sign }
    }
}

/// |factor| · error, and nothing where there is no error: 0 · ∞ is no error either.
fn scaled(factor: f64, error: f64) -> f64 {
    if error == 0.0 { 0.0 } else { factor.abs() * error }
}

/// √(a² + b² + c²), without underflow of the squares.
fn squares(a: f64, b: f64, c: f64) -> f64 {
    let most = a.max(b).max(c);
    if most == 0.0 || !most.is_finite() {
        return a + b + c;
    }
    let (a, b, c) = (a / most, b / most, c / most);
    most * (a * a + b * b + c * c).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(value: f64) -> Noisy<DOUBLE> {
        Scalar::real(value)
    }

    #[test]
    fn a_difference_of_close_numbers_keeps_the_error_of_large_ones() {
        let third = double(1.0) / double(3.0);
        let sum = third + double(1e6) + double(-1e6);
        assert!(sum.error > 1e-11 && sum.error < 1e-9, "{sum:?}");
        assert!((sum.value - 1.0 / 3.0).abs() <= sum.error, "{sum:?}");
    }

    #[test]
    fn a_saturated_sigmoid_is_known_to_one_rounding_of_one() {
        let small = double(-50.0).sigmoid();
        assert!(small.value < 1e-21 && small.error >= 1e-16 && small.error < 1e-15, "{small:?}");
    }

    #[test]
    fn single_precision_rounds_what_it_is_given() {
        let tenth = Noisy::<SINGLE>::real(0.1);
        assert!(tenth.error > 1e-10 && tenth.error < 1e-8, "{tenth:?}");
        assert_eq!(Noisy::<SINGLE>::real(0.5).error, 0.0);
    }

    #[test]
    fn both_branches_count_at_a_kink_and_one_beside_it() {
        let at = |z: f64| Noisy::choose(double(z), double(2.0), double(0.0));
        assert_eq!((at(0.0).low, at(0.0).high), (0.0, 2.0));
        assert_eq!((at(1e-9).low, at(1e-9).high), (0.0, 0.0));
        let negative = -(at(0.0) * double(3.0));
        assert_eq!((negative.value, negative.low, negative.high), (0.0, -6.0, 0.0));
        assert_eq!((double(0.0).sign().low, double(0.0).sign().high), (-1.0, 1.0));
    }

    #[test]
    fn a_zero_that_rounding_missed_is_a_kink_as_well() {
        let z = double(0.1) + double(0.2) + double(-0.3);
        assert!(z.value > 0.0);
        let slope = Noisy::choose(z, double(1.0), double(0.0));
        assert_eq!((slope.value, slope.low, slope.high), (1.0, -1.0, 0.0));
    }
}
