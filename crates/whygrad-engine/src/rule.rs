//! A recurrence: what becomes of a parameter, and of what is remembered about it, in one step.
//!
//! A rule is made of terms like everything else: of the parameter's value w, its derivative g, the
//! numbers remembered about it, and numbers that all parameters share in a step. It holds for each
//! parameter alone, so that one rule serves a net and a fleet.

use whygrad_expr::arena::{Arena, SymbolId, Term};

use crate::scalar::Scalar;

/// A number remembered about each parameter from one step to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// The leaf that stands for it.
    pub symbol: SymbolId,
    /// What it is before the first step.
    pub start: f64,
    /// Where it starts with a value of its own for each parameter: the lower and the upper end of the interval they are
    /// drawn from. Who runs the rule draws; `start` stands where nobody does.
    pub drawn: Option<(f64, f64)>,
    /// What it becomes, as [`remembered`] has it.
    pub next: Term,
}

/// What is kept of a memory from one step to the next: the number, but 0 where it is subnormal.
///
/// What is remembered of a derivative that stays 0 dies away to numbers so small that a product
/// with them takes up to a hundred times as long, and there rounding keeps it.
#[allow(clippy::inline_always, reason = "inlined, it is a vector's few instructions")]
#[inline(always)]
pub fn remembered<S: Scalar>(x: S) -> S {
    let least = if x.fraction_bits() == 23 { f64::from(f32::MIN_POSITIVE) } else { f64::MIN_POSITIVE };
    x.constant(least).if_greater(x.abs(), x.constant(0.0), x)
}

/// A step as terms. Every leaf is a number (no vectors), and no term has a value per row.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where the terms live.
    pub arena: Arena,
    /// The parameter's value before the step.
    pub parameter: SymbolId,
    /// Its derivative there.
    pub gradient: SymbolId,
    /// The numbers that all parameters share in a step, given anew in each: a learning rate, the
    /// number of the step.
    pub shared: Vec<SymbolId>,
    /// The Euclidean norm of the whole gradient, all parameters together, before this rule changes it; where the step
    /// needs it.
    pub gradient_norm: Option<SymbolId>,
    /// What is remembered about the parameter.
    pub memories: Vec<Memory>,
    /// What the parameter becomes.
    pub next: Term,
}
