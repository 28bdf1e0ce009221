//! The numbers the oracle computes with: f64, and complex ones for the complex step.

use crate::oracle::sign;
use num_complex::Complex64;
use std::f64::consts::PI;
use std::ops::{Add, Div, Mul, Neg};

/// What a term can be evaluated in.
///
/// A function that is not analytic (`abs`, `max`, a comparison) decides by the real part, so
/// that a complex step of it is the derivative of the branch taken.
pub trait Scalar:
    Copy + Add<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// A real number.
    fn real(value: f64) -> Self;
    /// The real part.
    fn re(self) -> f64;
    /// e^self
    fn exp(self) -> Self;
    /// ln self
    fn ln(self) -> Self;
    /// √self
    fn sqrt(self) -> Self;
    /// sin self
    fn sin(self) -> Self;
    /// cos self
    fn cos(self) -> Self;
    /// arctan self
    fn atan(self) -> Self;
    /// tanh self
    fn tanh(self) -> Self;
    /// 1 / (1 + e^-self)
    fn sigmoid(self) -> Self;
    /// ln(1 + e^self)
    fn softplus(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// self^exponent
    fn pow(self, exponent: Self) -> Self;
    /// `above` where the condition is greater than 0, else `otherwise`.
    fn choose(condition: Self, above: Self, otherwise: Self) -> Self {
        if condition.re() > 0.0 { above } else { otherwise }
    }
    /// -1, 0 or 1.
    fn sign(self) -> Self {
        Self::real(sign(self.re()))
    }
}

impl Scalar for f64 {
    fn real(value: f64) -> f64 {
        value
    }
    fn re(self) -> f64 {
        self
    }
    fn exp(self) -> f64 {
        f64::exp(self)
    }
    fn ln(self) -> f64 {
        f64::ln(self)
    }
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    fn sin(self) -> f64 {
        f64::sin(self)
    }
    fn cos(self) -> f64 {
        f64::cos(self)
    }
    fn atan(self) -> f64 {
        f64::atan(self)
    }
    fn tanh(self) -> f64 {
        f64::tanh(self)
    }
    fn sigmoid(self) -> f64 {
        1.0 / (1.0 + (-self).exp())
    }
    fn softplus(self) -> f64 {
        self.max(0.0) + (-self.abs()).exp().ln_1p()
    }
    fn erf(self) -> f64 {
        libm::erf(self)
    }
    fn pow(self, exponent: f64) -> f64 {
        self.powf(exponent)
    }
}

impl Scalar for Complex64 {
    fn real(value: f64) -> Complex64 {
        Complex64::new(value, 0.0)
    }
    fn re(self) -> f64 {
        self.re
    }
    fn exp(self) -> Complex64 {
        Complex64::exp(self)
    }
    fn ln(self) -> Complex64 {
        Complex64::ln(self)
    }
    fn sqrt(self) -> Complex64 {
        Complex64::sqrt(self)
    }
    fn sin(self) -> Complex64 {
        Complex64::sin(self)
    }
    fn cos(self) -> Complex64 {
        Complex64::cos(self)
    }
    fn atan(self) -> Complex64 {
        // ln((1 + iz) / (1 - iz)) / 2i; the library's form loses an imaginary part of 1e-20.
        Complex64::new(self.re.atan(), self.im / (1.0 + self.re * self.re))
    }
    fn tanh(self) -> Complex64 {
        if self.re < 0.0 {
            return -Scalar::tanh(-self);
        }
        let e = (self * -2.0).exp();
        (Complex64::real(1.0) - e) / (Complex64::real(1.0) + e)
    }
    fn sigmoid(self) -> Complex64 {
        let one = Complex64::real(1.0);
        if self.re >= 0.0 { one / (one + (-self).exp()) } else { self.exp() / (one + self.exp()) }
    }
    fn softplus(self) -> Complex64 {
        let small = if self.re > 0.0 { (-self).exp() } else { self.exp() };
        let log = Complex64::new(small.re.ln_1p(), small.im / (1.0 + small.re));
        if self.re > 0.0 { self + log } else { log }
    }
    fn erf(self) -> Complex64 {
        if self.re.abs() > 6.0 {
            return Complex64::real(self.re.signum());
        }
        // 2/√π e^(-z²) Σ 2ᵏ z^(2k+1) / (2k+1)!!, DLMF 7.6.2: every term positive on the real line.
        let (mut term, mut sum) = (self, self);
        for k in 1..200 {
            term = term * self * self * (2.0 / f64::from(2 * k + 1));
            sum += term;
        }
        (-self * self).exp() * sum * (2.0 / PI.sqrt())
    }
    fn pow(self, exponent: Complex64) -> Complex64 {
        if exponent.im == 0.0 && exponent.re.fract() == 0.0 && exponent.re.abs() < 1024.0 {
            return self.powi(exponent.re as i32);
        }
        if exponent.im == 0.0 && self.re == 0.0 && self.im == 0.0 {
            return Complex64::real(0.0f64.powf(exponent.re));
        }
        (self.ln() * exponent).exp()
    }
}
