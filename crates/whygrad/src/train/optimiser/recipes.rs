//! What a step of each optimiser is, in the letters of formulas.
//!
//! w is the parameter, g its derivative, `rate` the learning rate of the step. A line gives its name a new value for the
//! lines below. Every other letter is said beside the formulas, and at the end what is kept from step to step.

use super::formula::{Recipe, Start};
use super::{InitialStep, Optimiser, Rprop};

/// Cauchy 1847.
const GRADIENT_DESCENT: &[&str] = &["w = w - rate*g"];

/// Rumelhart, Hinton and Williams 1986, equation 9: d is the last step. Where the rate changes, the d of earlier steps
/// keeps the rate it was made with; `PyTorch` multiplies all of them by the new one.
const MOMENTUM: &[&str] = &["d = a*d - rate*g", "w = w + d"];

/// Nesterov 1983 as in Sutskever et al. 2013, equations 3 and 4, with the place looked ahead to as the parameter: there
/// the gradient is known. It is the form of `PyTorch` and Keras.
const NESTEROV: &[&str] = &["d = a*d - rate*g", "w = w + a*d - rate*g"];

/// Duchi, Hazan and Singer 2011, figure 1, the diagonal form; s is the sum of squares.
const ADAGRAD: &[&str] = &["s = s + g*g", "w = w - rate*g/(sqrt(s) + eps)"];

/// Tieleman and Hinton 2012 (lecture 6e); v is a mean of squares. Keras has eps under the root.
const RMSPROP: &[&str] = &["v = rho*v + (1 - rho)*g*g", "w = w - rate*g/(sqrt(v) + eps)"];

/// Zeiler 2012, algorithm 1; v and u are means of the squares of gradients and of steps. The paper's rate is 1.
const ADADELTA: &[&str] = &[
    "v = rho*v + (1 - rho)*g*g",
    "d = -sqrt(u + eps)/sqrt(v + eps)*g",
    "u = rho*u + (1 - rho)*d*d",
    "w = w + rate*d",
];

/// Kingma and Ba 2015, algorithm 1; m and v are means of gradients and of squares, `rate_1` = rate/(1 - beta1^t) and
/// `scale_2` = 1/sqrt(1 - beta2^t) correct them.
const ADAM: &[&str] = &[
    "m = beta1*m + (1 - beta1)*g",
    "v = beta2*v + (1 - beta2)*g*g",
    "w = w - rate_1*m/(scale_2*sqrt(v) + eps)",
];

/// Loshchilov and Hutter 2019, algorithm 2: the decay is no part of the gradient. As in `PyTorch` the rate is the
/// paper's alpha times its schedule, and the decay is in units of it.
const ADAMW: &[&str] = &[
    "m = beta1*m + (1 - beta1)*g",
    "v = beta2*v + (1 - beta2)*g*g",
    "w = w - rate*decay*w - rate_1*m/(scale_2*sqrt(v) + eps)",
];

/// Dozat 2016, algorithm 8, with the momenta mu(t) = beta1 (1 - 0.96^(t decay)/2) and their products P(t):
/// `rate_g` = rate (1 - mu(t))/(1 - P(t)), `rate_m` = rate mu(t + 1)/(1 - P(t + 1)).
const NADAM: &[&str] = &[
    "m = beta1*m + (1 - beta1)*g",
    "v = beta2*v + (1 - beta2)*g*g",
    "w = w - (rate_g*g + rate_m*m)/(scale_2*sqrt(v) + eps)",
];

/// Riedmiller and Braun 1993: s tells whether the slope g kept the sign it had (p), d is the length of the step. Where
/// the sign changed, the last step c is taken back and the slope forgotten.
const RPROP_PLUS: &[&str] = &[
    "s = sign(g)*p",
    "d = select(s, min(d*up, largest), select(-s, max(d*down, smallest), d))",
    "c = select(-s, -c, -sign(g)*d)",
    "p = select(-s, 0, g)",
    "w = w + c",
];

/// Riedmiller 1994: without taking back.
const RPROP_MINUS: &[&str] = &[
    "s = sign(g)*p",
    "d = select(s, min(d*up, largest), select(-s, max(d*down, smallest), d))",
    "p = g",
    "w = w - sign(g)*d",
];

/// Igel and Hüsken 2003: where the sign changed the weight rests for a step, and the slope is forgotten.
const IRPROP_MINUS: &[&str] = &[
    "s = sign(g)*p",
    "d = select(s, min(d*up, largest), select(-s, max(d*down, smallest), d))",
    "g = select(-s, 0, g)",
    "p = g",
    "w = w - sign(g)*d",
];

/// Fahlman 1988 and his program: d is the last step, p the last slope, `most` the growth factor. The step is the
/// parabola's d*g/(p - g), or most*d where that is longer (g beyond most/(1 + most) of p); -rate*g is added where the
/// slope still has the sign it had.
const QUICKPROP: &[&str] = &[
    "near = g - most/(1 + most)*p",
    "parabola = d*g/(p - g)",
    "down = select(near, parabola, most*d) - rate*min(g, 0)",
    "up = select(-near, parabola, most*d) - rate*max(g, 0)",
    "d = select(d, down, select(-d, up, -rate*g))",
    "p = g",
    "w = w + d",
];

impl Optimiser {
    /// The formulas of a step, and what their names are.
    pub(super) fn recipe(&self) -> Recipe {
        let rate = &["rate"];
        match *self {
            Optimiser::GradientDescent => made(GRADIENT_DESCENT, &[], rate, &[]),
            Optimiser::Momentum(o) => made(MOMENTUM, &[("a", o.momentum)], rate, &["d"]),
            Optimiser::Nesterov(o) => made(NESTEROV, &[("a", o.momentum)], rate, &["d"]),
            Optimiser::Adagrad(o) => made(ADAGRAD, &[("eps", o.eps)], rate, &["s"]),
            Optimiser::RmsProp(o) => made(RMSPROP, &[("rho", o.rho), ("eps", o.eps)], rate, &["v"]),
            Optimiser::Adadelta(o) => made(ADADELTA, &[("rho", o.rho), ("eps", o.eps)], rate, &["v", "u"]),
            Optimiser::Adam(o) => {
                let constants = [("beta1", o.beta1), ("beta2", o.beta2), ("eps", o.eps)];
                made(ADAM, &constants, &["rate_1", "scale_2"], &["m", "v"])
            }
            Optimiser::AdamW(o) => {
                let constants =
                    [("beta1", o.beta1), ("beta2", o.beta2), ("eps", o.eps), ("decay", o.weight_decay)];
                made(ADAMW, &constants, &["rate", "rate_1", "scale_2"], &["m", "v"])
            }
            Optimiser::NAdam(o) => {
                let constants = [("beta1", o.beta1), ("beta2", o.beta2), ("eps", o.eps)];
                made(NADAM, &constants, &["rate_g", "rate_m", "scale_2"], &["m", "v"])
            }
            Optimiser::RpropPlus(o) => rprop(o, RPROP_PLUS, &["c"]),
            Optimiser::RpropMinus(o) => rprop(o, RPROP_MINUS, &[]),
            Optimiser::IRpropMinus(o) => rprop(o, IRPROP_MINUS, &[]),
            Optimiser::Quickprop(o) => made(QUICKPROP, &[("most", o.growth)], rate, &["d", "p"]),
        }
    }
}

/// Formulas with constants, with what all parameters share, and with what is kept of each, at first 0.
fn made(
    formulas: &[&'static str],
    constants: &[(&'static str, f64)],
    shared: &'static [&'static str],
    memories: &[&'static str],
) -> Recipe {
    Recipe {
        formulas: formulas.to_vec(),
        constants: constants.to_vec(),
        shared,
        memories: memories.iter().map(|&name| (name, Start::ZERO)).collect(),
    }
}

fn rprop(o: Rprop, formulas: &[&'static str], memories: &[&'static str]) -> Recipe {
    let constants = [("up", o.up), ("down", o.down), ("smallest", o.smallest), ("largest", o.largest)];
    let mut recipe = made(formulas, &constants, &[], memories);
    let start = match o.initial {
        InitialStep::Constant(value) => Start { value, drawn: None },
        InitialStep::Uniform { low, high } => {
            Start { value: f64::midpoint(low, high), drawn: Some((low, high)) }
        }
    };
    recipe.memories.push(("d", start));
    recipe.memories.push(("p", Start::ZERO));
    recipe
}
