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

/// What an optimiser remembers between steps.
#[derive(Clone, Debug)]
pub(crate) enum State<T> {
    /// Gradient descent remembers nothing.
    GradientDescent(std::marker::PhantomData<T>),
}

impl<T: Real> State<T> {
    pub(crate) fn new(optimiser: Optimiser, _parameters: usize) -> State<T> {
        match optimiser {
            Optimiser::GradientDescent => State::GradientDescent(std::marker::PhantomData),
        }
    }

    /// Makes one step in place.
    pub(crate) fn step(&mut self, parameters: &mut [T], gradient: &[T], learning_rate: T) {
        match self {
            State::GradientDescent(_) => gradient_descent(parameters, gradient, learning_rate),
        }
    }
}

/// θ ← θ - η g
fn gradient_descent<T: Real>(parameters: &mut [T], gradient: &[T], learning_rate: T) {
    for (p, &g) in parameters.iter_mut().zip(gradient) {
        *p = *p - learning_rate * g;
    }
}
