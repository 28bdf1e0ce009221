//! In which precision the planted program computes: every result is rounded to it.

/// 53 bits or 24.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// As `f64` computes.
    Double,
    /// As `f32` computes: a sum, product or quotient of two `f32`, computed in `f64` and rounded once
    /// more, is the one that `f32` gives (Figueroa, "When is double rounding innocuous?", 1995).
    Single,
}

impl Width {
    /// A result, rounded.
    pub fn r(self, value: f64) -> f64 {
        match self {
            Width::Double => value,
            Width::Single => f64::from(value as f32),
        }
    }

    /// The product, rounded.
    pub fn mul(self, a: f64, b: f64) -> f64 {
        self.r(a * b)
    }

    /// The sum, rounded after each summand.
    pub fn sum(self, values: impl Iterator<Item = f64>) -> f64 {
        values.fold(0.0, |sum, value| self.r(sum + value))
    }
}
