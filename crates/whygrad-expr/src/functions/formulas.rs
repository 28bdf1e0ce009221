//! The formulas of the named functions, written as terms.

use super::BUILT_IN;
use crate::arena::{Arena, ShapeError, Term};
use crate::op::{Function, Op, Zip};
use crate::shape::Dims;

/// Scale and alpha of SELU, Klambauer et al. 2017, equation 14.
const SELU: (f64, f64) = (1.0507009873554805, 1.6732632423543772);

/// Writes formulas as terms.
pub(super) struct Build<'a>(pub(super) &'a mut Arena);

type Made = Result<Term, ShapeError>;

impl Build<'_> {
    fn number(&mut self, value: f64) -> Term {
        self.0.constant(value)
    }
    fn f(&mut self, function: Function, a: Term) -> Term {
        self.0.map(function, a)
    }
    fn add(&mut self, a: Term, b: Term) -> Made {
        self.0.zip(Zip::Add, a, b)
    }
    fn sub(&mut self, a: Term, b: Term) -> Made {
        let minus = self.0.neg(b);
        self.0.zip(Zip::Add, a, minus)
    }
    fn mul(&mut self, a: Term, b: Term) -> Made {
        self.0.zip(Zip::Mul, a, b)
    }
    fn scaled(&mut self, factor: f64, a: Term) -> Made {
        let factor = self.number(factor);
        self.mul(factor, a)
    }
    fn div(&mut self, a: Term, b: Term) -> Made {
        self.0.zip(Zip::Div, a, b)
    }
    fn square(&mut self, a: Term) -> Made {
        let two = self.number(2.0);
        self.0.zip(Zip::Pow, a, two)
    }
    fn select(&mut self, c: Term, a: Term, b: Term) -> Made {
        self.0.try_make(Op::Select(c, a, b))
    }
    fn one_minus(&mut self, a: Term) -> Made {
        let one = self.number(1.0);
        self.sub(one, a)
    }

    pub(super) fn activation(&mut self, name: &str, a: &[Term]) -> Made {
        let z = a[0];
        let zero = self.number(0.0);
        match name {
            "sigmoid" => Ok(self.f(Function::Sigmoid, z)),
            "tanh" => Ok(self.f(Function::Tanh, z)),
            "sin" => Ok(self.f(Function::Sin, z)),
            "softplus" => Ok(self.f(Function::Softplus, z)),
            "relu" => self.select(z, z, zero),
            "leaky_relu" => {
                let slope = a.get(1).copied().unwrap_or_else(|| self.number(0.01));
                let leak = self.mul(slope, z)?;
                self.select(z, z, leak)
            }
            "elu" => {
                let alpha = a.get(1).copied().unwrap_or_else(|| self.number(1.0));
                self.elu(alpha, z)
            }
            "selu" => {
                let alpha = self.number(SELU.1);
                let elu = self.elu(alpha, z)?;
                self.scaled(SELU.0, elu)
            }
            "gelu" => {
                let scaled = self.scaled(std::f64::consts::FRAC_1_SQRT_2, z)?;
                let erf = self.f(Function::Erf, scaled);
                let one = self.number(1.0);
                let sum = self.add(one, erf)?;
                let half = self.scaled(0.5, z)?;
                self.mul(half, sum)
            }
            "silu" => {
                let sigmoid = self.f(Function::Sigmoid, z);
                self.mul(z, sigmoid)
            }
            "softsign" => {
                let size = self.f(Function::Abs, z);
                let one = self.number(1.0);
                let sum = self.add(one, size)?;
                self.div(z, sum)
            }
            "gaussian" => {
                let square = self.square(z)?;
                let minus = self.0.neg(square);
                Ok(self.f(Function::Exp, minus))
            }
            "hard_sigmoid" => {
                let six = self.number(6.0);
                let sixth = self.div(z, six)?;
                let half = self.number(0.5);
                let line = self.add(sixth, half)?;
                self.held(line, 0.0, 1.0)
            }
            "hard_tanh" => self.held(z, -1.0, 1.0),
            "softmax" => {
                let log_sum = self.0.make(Op::LogSumExp(z));
                let shifted = self.sub(z, log_sum)?;
                Ok(self.f(Function::Exp, shifted))
            }
            _ => Ok(z),
        }
    }

    /// z where z > 0, else alpha (e^z - 1); the exponent is held at 0, so that the branch not
    /// taken stays finite.
    fn elu(&mut self, alpha: Term, z: Term) -> Made {
        let zero = self.number(0.0);
        let held = self.select(z, zero, z)?;
        let exp = self.f(Function::Exp, held);
        let one = self.number(1.0);
        let below = self.sub(exp, one)?;
        let below = self.mul(alpha, below)?;
        self.select(z, z, below)
    }

    /// a between low and high; slope 0 at both ends.
    fn held(&mut self, a: Term, low: f64, high: f64) -> Made {
        let (low, high) = (self.number(low), self.number(high));
        let above = self.sub(a, low)?;
        let below = self.sub(high, a)?;
        let inner = self.select(above, a, low)?;
        self.select(below, inner, high)
    }

    pub(super) fn plain(&mut self, name: &str, a: &[Term]) -> Made {
        let function = match name {
            "exp" => Some(Function::Exp),
            "log" | "log2" | "log10" => Some(Function::Log),
            "sqrt" => Some(Function::Sqrt),
            "cos" => Some(Function::Cos),
            "atan" => Some(Function::Atan),
            "erf" => Some(Function::Erf),
            "abs" => Some(Function::Abs),
            "sign" => Some(Function::Sign),
            _ => None,
        };
        if let Some(function) = function {
            let value = self.f(function, a[0]);
            let base = match name {
                "log2" => std::f64::consts::LN_2,
                "log10" => std::f64::consts::LN_10,
                _ => return Ok(value),
            };
            let base = self.number(base);
            return self.div(value, base);
        }
        match name {
            "square" => self.square(a[0]),
            "tan" => {
                let (sin, cos) = (self.f(Function::Sin, a[0]), self.f(Function::Cos, a[0]));
                self.div(sin, cos)
            }
            "sinh" | "cosh" => {
                let plus = self.f(Function::Exp, a[0]);
                let minus = self.0.neg(a[0]);
                let minus = self.f(Function::Exp, minus);
                let both = if name == "sinh" { self.sub(plus, minus)? } else { self.add(plus, minus)? };
                let two = self.number(2.0);
                self.div(both, two)
            }
            "step" => {
                let (one, zero) = (self.number(1.0), self.number(0.0));
                self.select(a[0], one, zero)
            }
            "max" => self.0.zip(Zip::Max, a[0], a[1]),
            "min" => self.0.zip(Zip::Min, a[0], a[1]),
            "pow" => self.0.zip(Zip::Pow, a[0], a[1]),
            "select" => self.select(a[0], a[1], a[2]),
            _ => self.reduction(name, a),
        }
    }

    fn reduction(&mut self, name: &str, a: &[Term]) -> Made {
        match name {
            "sum" => Ok(self.sum(a[0])),
            "sum_rows" => Ok(self.0.sum_rows(a[0])),
            "mean" => self.mean(a[0]),
            "sum_outputs" => Ok(self.0.sum_entries(a[0])),
            "mean_outputs" => {
                let sum = self.0.sum_entries(a[0]);
                let count = self.number(self.0.dims(a[0]).len() as f64);
                if self.0.dims(a[0]).is_scalar() { Ok(sum) } else { self.div(sum, count) }
            }
            "logsumexp" => Ok(self.0.make(Op::LogSumExp(a[0]))),
            "dot" => {
                let product = self.mul(a[0], a[1])?;
                Ok(self.0.sum_entries(product))
            }
            "outer" => self.0.try_make(Op::Outer(a[0], a[1])),
            "transpose" => self.0.try_make(Op::Transpose(a[0])),
            "l1" | "l2" => {
                let mut total = None;
                for &w in a {
                    let each = if name == "l1" { self.f(Function::Abs, w) } else { self.square(w)? };
                    let sum = self.sum(each);
                    total = Some(match total {
                        Some(t) => self.add(t, sum)?,
                        None => sum,
                    });
                }
                Ok(total.unwrap_or_else(|| self.number(0.0)))
            }
            _ => Ok(a[0]),
        }
    }

    /// Over rows and entries; over the entries, once, of what all rows share.
    fn sum(&mut self, a: Term) -> Term {
        let entries = self.0.sum_entries(a);
        if self.0.shape(a).per_row { self.0.sum_rows(entries) } else { entries }
    }

    fn mean(&mut self, a: Term) -> Made {
        let count = self.0.dims(a).len();
        let sum = self.sum(a);
        if !self.0.shape(a).per_row {
            let count = self.number(count as f64);
            return self.div(sum, count);
        }
        let rows = self.0.make(Op::RowCount);
        let all = if count == 1 { rows } else { self.scaled(count as f64, rows)? };
        self.div(sum, all)
    }

    pub(super) fn loss(&mut self, name: &str, a: &[Term]) -> Made {
        let (prediction, target) = (a[0], a[1]);
        self.same_length(name, prediction, target)?;
        match name {
            "mse" | "half_mse" | "sse" | "half_sse" => {
                let difference = self.sub(prediction, target)?;
                let square = self.square(difference)?;
                let total = if name.ends_with("mse") { self.mean(square)? } else { self.sum(square) };
                if name.starts_with("half") { self.scaled(0.5, total) } else { Ok(total) }
            }
            "mae" => {
                let difference = self.sub(prediction, target)?;
                let size = self.f(Function::Abs, difference);
                self.mean(size)
            }
            "huber" => {
                let delta = a.get(2).copied().unwrap_or_else(|| self.number(1.0));
                self.huber(prediction, target, delta)
            }
            "binary_cross_entropy" => {
                let log_p = self.f(Function::Log, prediction);
                let rest = self.one_minus(prediction)?;
                let log_rest = self.f(Function::Log, rest);
                let (minus_log_p, minus_log_rest) = (self.0.neg(log_p), self.0.neg(log_rest));
                self.mean_of_both(target, minus_log_p, minus_log_rest)
            }
            "binary_cross_entropy_from_logits" => {
                let minus = self.0.neg(prediction);
                let (one, zero) = (self.f(Function::Softplus, minus), self.f(Function::Softplus, prediction));
                self.mean_of_both(target, one, zero)
            }
            _ => {
                let log_p = if name == "cross_entropy" {
                    self.f(Function::Log, prediction)
                } else {
                    let log_sum = self.0.make(Op::LogSumExp(prediction));
                    self.sub(prediction, log_sum)?
                };
                let product = self.mul(target, log_p)?;
                let row = self.0.sum_entries(product);
                let mean = self.mean(row)?;
                Ok(self.0.neg(mean))
            }
        }
    }

    /// mean(y · one + (1 - y) · zero)
    fn mean_of_both(&mut self, target: Term, one: Term, zero: Term) -> Made {
        let left = self.mul(target, one)?;
        let rest = self.one_minus(target)?;
        let right = self.mul(rest, zero)?;
        let both = self.add(left, right)?;
        self.mean(both)
    }

    fn huber(&mut self, prediction: Term, target: Term, delta: Term) -> Made {
        let difference = self.sub(prediction, target)?;
        let size = self.f(Function::Abs, difference);
        let square = self.square(difference)?;
        let near = self.scaled(0.5, square)?;
        let half = self.scaled(0.5, delta)?;
        let beyond = self.sub(size, half)?;
        let far = self.mul(delta, beyond)?;
        let outside = self.sub(size, delta)?;
        let each = self.select(outside, far, near)?;
        self.mean(each)
    }

    /// A loss compares output with output: a number is not spread over several targets.
    fn same_length(&mut self, name: &str, prediction: Term, target: Term) -> Result<(), ShapeError> {
        let (left, right) = (self.0.dims(prediction), self.0.dims(target));
        if left == right || matches!((left, right), (Dims::Matrix(..), _)) {
            return Ok(());
        }
        let operation = BUILT_IN.iter().find(|b| b.name == name).map_or("loss", |b| b.name);
        Err(ShapeError { operation, left, right })
    }
}
