//! Optimisers: how a step is made of a gradient.
//!
//! Each is a few formulas after its paper (`optimiser/recipes.rs`), read to a [`Rule`] that the engine compiles beside
//! the gradient. What all parameters share in a step, such as the learning rate, comes from [`Shared`].

mod formula;
mod recipes;
mod shared;
mod slow;
mod text;

use serde::{Deserialize, Serialize};
use whygrad_engine::rule::Rule;

use super::gradient_options::GradientOptions;
pub use super::settings::InitialStep;
use crate::random::Source;
pub(super) use formula::Recipe;
pub use shared::Shared;
pub use slow::Stepper;

/// Momentum and Nesterov.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    /// How much of the last step goes on in the next.
    pub momentum: f64,
}

/// Adagrad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad {
    /// Added to the root, against division by 0.
    pub eps: f64,
}

/// `RMSprop` and Adadelta.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rho {
    /// How much of a mean of squares stays in a step.
    pub rho: f64,
    /// Against division by 0: added to the root by `RMSprop`, under the root by Adadelta.
    pub eps: f64,
}

/// Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// How much of the mean of gradients stays in a step.
    pub beta1: f64,
    /// How much of the mean of squares stays in a step.
    pub beta2: f64,
    /// Added to the root, against division by 0.
    pub eps: f64,
}

/// Adam with a decay of the weights apart from the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// As of [`Adam`].
    pub beta1: f64,
    /// As of [`Adam`].
    pub beta2: f64,
    /// As of [`Adam`].
    pub eps: f64,
    /// In each step, the learning rate times this share of a parameter goes.
    pub weight_decay: f64,
}

/// Adam with Nesterov's momentum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NAdam {
    /// As of [`Adam`].
    pub beta1: f64,
    /// As of [`Adam`].
    pub beta2: f64,
    /// As of [`Adam`].
    pub eps: f64,
    /// The momentum of step t is beta1 (1 - 0.96^(t `momentum_decay`)/2).
    pub momentum_decay: f64,
}

/// RPROP: steps whose lengths look at the signs of slopes alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rprop {
    /// The length grows by this factor where the slope keeps its sign.
    pub up: f64,
    /// It shrinks by this factor where the sign changes.
    pub down: f64,
    /// The first length.
    pub initial: InitialStep,
    /// The least length.
    pub smallest: f64,
    /// The greatest length.
    pub largest: f64,
}

/// Quickprop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quickprop {
    /// A step is at most this factor longer than the last one (Fahlman's mu).
    pub growth: f64,
}

/// The optimisers by name, each with its paper in `optimiser/recipes.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Optimiser {
    /// Against the gradient.
    GradientDescent,
    /// The last step goes on, a part of it.
    Momentum(Momentum),
    /// Momentum with the gradient of the place it leads to.
    Nesterov(Momentum),
    /// Divided by the root of the sum of squares.
    Adagrad(Adagrad),
    /// Divided by the root of a mean of squares.
    RmsProp(Rho),
    /// Steps in the units of the parameters.
    Adadelta(Rho),
    /// A mean of gradients divided by the root of a mean of squares.
    Adam(Adam),
    /// Adam with decoupled weight decay.
    AdamW(AdamW),
    /// Adam with Nesterov's momentum.
    NAdam(NAdam),
    /// RPROP with weight back-tracking, as first published.
    RpropPlus(Rprop),
    /// RPROP without weight back-tracking.
    RpropMinus(Rprop),
    /// RPROP without it, that rests after a change of sign (`PyTorch`'s Rprop).
    IRpropMinus(Rprop),
    /// Jumps to the lowest place of a parabola.
    Quickprop(Quickprop),
}

impl Optimiser {
    /// The step of one parameter as terms, with what the options do to its derivative before.
    pub fn rule(&self, options: &GradientOptions) -> Rule {
        let mut optimiser = *self;
        let decoupled = match &mut optimiser {
            Optimiser::AdamW(o) => {
                o.weight_decay = options.weight_decay.unwrap_or(o.weight_decay);
                true
            }
            _ => false,
        };
        let mut recipe = optimiser.recipe();
        options.prepend_to(&mut recipe, decoupled);
        formula::rule(&recipe)
    }

    /// The numbers that all parameters share, from the first step on.
    pub fn shared(&self) -> Shared {
        Shared::new(*self)
    }

    /// What a rule remembers before the first step: for each memory a number for each of `count` parameters, drawn in
    /// the order of the parameters where each has its own.
    pub fn memories(rule: &Rule, count: usize, source: &mut dyn Source) -> Vec<Vec<f64>> {
        let mut start = |memory: &whygrad_engine::rule::Memory| match memory.drawn {
            Some((low, high)) => source.uniform(low, high),
            None => memory.start,
        };
        rule.memories.iter().map(|memory| (0..count).map(|_| start(memory)).collect()).collect()
    }

    /// Whether the learning rate and its schedule have a say: RPROP finds the lengths of its steps itself.
    pub fn uses_learning_rate(&self) -> bool {
        !matches!(self, Self::RpropPlus(_) | Self::RpropMinus(_) | Self::IRpropMinus(_))
    }

    /// The learning rate of the paper, where it has one.
    pub fn paper_learning_rate(&self) -> Option<f64> {
        match self {
            Optimiser::Adam(_) | Optimiser::AdamW(_) | Optimiser::RmsProp(_) => Some(1e-3),
            Optimiser::NAdam(_) => Some(2e-3),
            Optimiser::Adadelta(_) => Some(1.0),
            _ => None,
        }
    }
}
