//! Optimisers: how a step is made of a gradient. Each is a visible update after its paper.

use serde::{Deserialize, Serialize};
use whygrad_engine::real::Real;

/// The optimisers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimiser {
    /// θ ← θ - η g (Cauchy 1847).
    GradientDescent,
}

impl Optimiser {
    /// Makes one step in place.
    pub(crate) fn step<T: Real>(self, parameters: &mut [T], gradient: &[T], learning_rate: T) {
        match self {
            Optimiser::GradientDescent => gradient_descent(parameters, gradient, learning_rate),
        }
    }
}

/// θ ← θ - η g
fn gradient_descent<T: Real>(parameters: &mut [T], gradient: &[T], learning_rate: T) {
    for (p, &g) in parameters.iter_mut().zip(gradient) {
        *p = *p - learning_rate * g;
    }
}
