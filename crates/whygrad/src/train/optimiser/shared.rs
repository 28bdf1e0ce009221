//! The numbers that all parameters share in a step: the learning rate, and what corrects the means of a young run.

use super::Optimiser;

/// Below this a power of a factor is 0: taken from 1 it changes no bit, and numbers near the smallest are slow.
const GONE: f64 = 1e-30;

/// The values of a rule's shared leaves, step after step.
///
/// Powers are made by multiplying on, so that the numbers of a step are the same bits on every machine, in whatever
/// blocks the steps are asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    optimiser: Optimiser,
    /// Steps given.
    step: u64,
    /// beta1^t; for `NAdam` the product of the momenta to step t + 1.
    first: f64,
    /// beta2^t
    second: f64,
    /// `NAdam`'s 0.96^(t decay).
    fading: f64,
}

impl Shared {
    /// Before the first step.
    pub fn new(optimiser: Optimiser) -> Shared {
        let mut shared = Shared { optimiser, step: 0, first: 1.0, second: 1.0, fading: 1.0 };
        if let Optimiser::NAdam(o) = optimiser {
            shared.fading = fading(o.momentum_decay);
            shared.first = momentum(o.beta1, shared.fading);
        }
        shared
    }

    /// After so many steps: what resumes a run.
    pub fn after(optimiser: Optimiser, steps: u64) -> Shared {
        let mut shared = Shared::new(optimiser);
        while shared.step < steps && !shared.is_settled() {
            shared.advance();
        }
        shared.step = steps;
        shared
    }

    /// Steps given so far.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// True where the numbers of all later steps depend on the learning rate alone.
    pub fn is_settled(&self) -> bool {
        match self.optimiser {
            Optimiser::Adam(_) | Optimiser::AdamW(_) => self.first == 0.0 && self.second == 0.0,
            Optimiser::NAdam(_) => self.first == 0.0 && self.second == 0.0 && self.fading == 0.0,
            _ => true,
        }
    }

    /// Appends the numbers of the next step at this learning rate, in the order of the rule's leaves.
    pub fn next(&mut self, learning_rate: f64, out: &mut Vec<f64>) {
        let before = *self;
        self.advance();
        let rate = learning_rate;
        let first = |power: f64| rate / (1.0 - power);
        let scale = 1.0 / (1.0 - self.second).sqrt();
        match self.optimiser {
            Optimiser::Adam(_) => out.extend([first(self.first), scale]),
            Optimiser::AdamW(_) => out.extend([rate, first(self.first), scale]),
            Optimiser::NAdam(o) => {
                let here = momentum(o.beta1, before.fading);
                let ahead = momentum(o.beta1, self.fading);
                out.extend([first(before.first) * (1.0 - here), first(self.first) * ahead, scale]);
            }
            Optimiser::RpropPlus(_) | Optimiser::RpropMinus(_) | Optimiser::IRpropMinus(_) => {}
            Optimiser::GradientDescent
            | Optimiser::Momentum(_)
            | Optimiser::Nesterov(_)
            | Optimiser::Adagrad(_)
            | Optimiser::RmsProp(_)
            | Optimiser::Adadelta(_)
            | Optimiser::Quickprop(_) => out.push(rate),
        }
    }

    fn advance(&mut self) {
        self.step += 1;
        let product = |a: f64, b: f64| if a * b < GONE { 0.0 } else { a * b };
        match self.optimiser {
            Optimiser::Adam(o) => {
                (self.first, self.second) = (product(self.first, o.beta1), product(self.second, o.beta2));
            }
            Optimiser::AdamW(o) => {
                (self.first, self.second) = (product(self.first, o.beta1), product(self.second, o.beta2));
            }
            Optimiser::NAdam(o) => {
                self.fading = product(self.fading, fading(o.momentum_decay));
                self.first = product(self.first, momentum(o.beta1, self.fading));
                self.second = product(self.second, o.beta2);
            }
            _ => {}
        }
    }
}

/// The factor by which `NAdam`'s momentum nears beta1 in a step.
fn fading(momentum_decay: f64) -> f64 {
    libm::pow(0.96, momentum_decay)
}

/// The momentum of a step of `NAdam`, from 0.96^(t decay).
fn momentum(beta1: f64, fading: f64) -> f64 {
    beta1 * (1.0 - 0.5 * fading)
}
