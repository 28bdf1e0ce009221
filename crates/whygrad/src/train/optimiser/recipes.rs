//! What a step of each optimiser is, in the letters of formulas.
//!
//! w is the parameter, g its derivative, `rate` the learning rate of the step. Every other letter is said beside it.

use super::formula::{Recipe, Start};
use super::{InitialStep, Optimiser, Rprop};

/// The shared numbers of the optimisers that need the learning rate alone.
const RATE: &[&str] = &["rate"];

impl Optimiser {
    /// The formulas of a step, and what their names are.
    pub(super) fn recipe(&self) -> Recipe {
        match *self {
            // Cauchy 1847.
            Optimiser::GradientDescent => made(&["w = w - rate*g"], &[], RATE, &[]),
            // Rumelhart, Hinton and Williams 1986, equation 9: d is the last step. Where the rate changes, the d of
            // earlier steps keeps the rate it was made with; PyTorch multiplies all of them by the new one.
            Optimiser::Momentum(o) => {
                made(&["d = a*d - rate*g", "w = w + d"], &[("a", o.momentum)], RATE, &["d"])
            }
            // Nesterov 1983 as in Sutskever et al. 2013, equations 3 and 4, with the place looked ahead to as
            // the parameter: there the gradient is known. It is the form of PyTorch and Keras.
            Optimiser::Nesterov(o) => {
                made(&["d = a*d - rate*g", "w = w + a*d - rate*g"], &[("a", o.momentum)], RATE, &["d"])
            }
            // Duchi, Hazan and Singer 2011, figure 1, the diagonal form; s is the sum of squares.
            Optimiser::Adagrad(o) => {
                made(&["s = s + g*g", "w = w - rate*g/(sqrt(s) + eps)"], &[("eps", o.eps)], RATE, &["s"])
            }
            // Tieleman and Hinton 2012 (lecture 6e); v is a mean of the squares.
            Optimiser::RmsProp(o) => made(
                &["v = rho*v + (1 - rho)*g*g", "w = w - rate*g/(sqrt(v) + eps)"],
                &[("rho", o.rho), ("eps", o.eps)],
                RATE,
                &["v"],
            ),
            // Zeiler 2012, algorithm 1; v and u are means of the squares of gradients and of steps. The paper's
            // rate is 1.
            Optimiser::Adadelta(o) => made(
                &[
                    "v = rho*v + (1 - rho)*g*g",
                    "d = -sqrt(u + eps)/sqrt(v + eps)*g",
                    "u = rho*u + (1 - rho)*d*d",
                    "w = w + rate*d",
                ],
                &[("rho", o.rho), ("eps", o.eps)],
                RATE,
                &["v", "u"],
            ),
            // Kingma and Ba 2015, algorithm 1, with rate_1 = rate/(1 - beta1^t), scale_2 = 1/sqrt(1 - beta2^t).
            Optimiser::Adam(o) => made(
                &[
                    "m = beta1*m + (1 - beta1)*g",
                    "v = beta2*v + (1 - beta2)*g*g",
                    "w = w - rate_1*m/(scale_2*sqrt(v) + eps)",
                ],
                &[("beta1", o.beta1), ("beta2", o.beta2), ("eps", o.eps)],
                &["rate_1", "scale_2"],
                &["m", "v"],
            ),
            // Loshchilov and Hutter 2019, algorithm 2: the decay is no part of the gradient. As in PyTorch the rate
            // is the paper's alpha times its schedule, and the decay is in units of it.
            Optimiser::AdamW(o) => made(
                &[
                    "m = beta1*m + (1 - beta1)*g",
                    "v = beta2*v + (1 - beta2)*g*g",
                    "w = w - rate*decay*w - rate_1*m/(scale_2*sqrt(v) + eps)",
                ],
                &[("beta1", o.beta1), ("beta2", o.beta2), ("eps", o.eps), ("decay", o.weight_decay)],
                &["rate", "rate_1", "scale_2"],
                &["m", "v"],
            ),
            // Dozat 2016, algorithm 8, with the momenta mu_t = beta1 (1 - 0.96^(t decay)/2) and their products P_t:
            // rate_g = rate (1 - mu_t)/(1 - P_t), rate_m = rate mu_(t+1)/(1 - P_(t+1)).
            Optimiser::NAdam(o) => made(
                &[
                    "m = beta1*m + (1 - beta1)*g",
                    "v = beta2*v + (1 - beta2)*g*g",
                    "w = w - (rate_g*g + rate_m*m)/(scale_2*sqrt(v) + eps)",
                ],
                &[("beta1", o.beta1), ("beta2", o.beta2), ("eps", o.eps)],
                &["rate_g", "rate_m", "scale_2"],
                &["m", "v"],
            ),
            Optimiser::RpropPlus(o) => rprop(o, RPROP_PLUS, &["c"]),
            Optimiser::RpropMinus(o) => rprop(o, RPROP_MINUS, &[]),
            Optimiser::IRpropMinus(o) => rprop(o, IRPROP_MINUS, &[]),
            // Fahlman 1988 and his program: d is the last step, p the last slope, `most` the growth factor. The
            // step is the parabola's d*g/(p - g), or most*d where that is longer (g beyond most/(1 + most) of p);
            // -rate*g is added where the slope still has the sign it had.
            Optimiser::Quickprop(o) => made(
                &[
                    "near = g - most/(1 + most)*p",
                    "parabola = d*g/(p - g)",
                    "down = select(near, parabola, most*d) - rate*min(g, 0)",
                    "up = select(-near, parabola, most*d) - rate*max(g, 0)",
                    "d = select(d, down, select(-d, up, -rate*g))",
                    "p = g",
                    "w = w + d",
                ],
                &[("most", o.growth)],
                RATE,
                &["d", "p"],
            ),
        }
    }
}

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
