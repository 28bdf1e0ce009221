//! Between which numbers a term lies, whatever the parameters are: interval arithmetic over the terms
//! (Moore, "Interval Analysis", 1966). A range may be wider than what is reached, never narrower.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, SymbolKind, Term};
use whygrad_expr::op::{Function, Op, Zip};

use crate::data::Dataset;
use crate::model::{Logits, Model};

/// A closed interval; the ends of an open one are taken in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

const ALL: Range = Range { low: f64::NEG_INFINITY, high: f64::INFINITY };

/// The least value of z·sigmoid(z).
const LEAST_SILU: f64 = -0.278_464_542_761_073_8;

fn range(low: f64, high: f64) -> Range {
    Range { low, high }
}

impl Range {
    fn union(self, other: Range) -> Range {
        range(self.low.min(other.low), self.high.max(other.high))
    }

    fn map(self, f: impl Fn(f64) -> f64) -> Range {
        range(f(self.low), f(self.high))
    }

    fn add(self, other: Range) -> Range {
        range(self.low + other.low, self.high + other.high)
    }

    fn mul(self, other: Range) -> Range {
        let product = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        let ends = [
            product(self.low, other.low),
            product(self.low, other.high),
            product(self.high, other.low),
            product(self.high, other.high),
        ];
        range(
            ends.into_iter().fold(f64::INFINITY, f64::min),
            ends.into_iter().fold(f64::NEG_INFINITY, f64::max),
        )
    }

    /// Where the value is above a limit; the limit itself where it is never.
    fn above(self, limit: f64) -> Range {
        range(self.low.max(limit), self.high.max(limit))
    }

    fn below(self, limit: f64) -> Range {
        range(self.low.min(limit), self.high.min(limit))
    }

    /// How far a number lies outside.
    pub(crate) fn distance(self, value: f64) -> f64 {
        (self.low - value).max(value - self.high).max(0.0)
    }
}

/// The range of each prediction on these data, on the scale of the targets: what is read as a probability is one.
pub(crate) fn of_outputs(model: &Model, data: &Dataset) -> Vec<Range> {
    let program = &model.program;
    let ranges = of_terms(model, data, &program.predictions);
    let scaled = |r: Range| match model.logits {
        Some(Logits::Binary) => r.map(sigmoid),
        Some(Logits::Classes) => range(0.0, 1.0),
        None => r,
    };
    let each = program.predictions.iter().zip(ranges);
    each.flat_map(|(&t, r)| std::iter::repeat_n(scaled(r), program.arena.dims(t).len())).collect()
}

/// The range of each of these terms; entries of a vector have one range together.
pub(crate) fn of_terms(model: &Model, data: &Dataset, roots: &[Term]) -> Vec<Range> {
    let arena = &model.program.arena;
    let mut known: HashMap<Term, Range> = HashMap::new();
    for term in arena.reachable(roots) {
        let of = Of { model, data, arena, known: &known, term };
        let mut found = of.range();
        if found.low.is_nan() || found.high.is_nan() {
            found = ALL;
        }
        known.insert(term, found);
    }
    roots.iter().map(|r| known.get(r).copied().unwrap_or(ALL)).collect()
}

struct Of<'a> {
    model: &'a Model,
    data: &'a Dataset,
    arena: &'a Arena,
    known: &'a HashMap<Term, Range>,
    term: Term,
}

impl Of<'_> {
    fn at(&self, term: Term) -> Range {
        self.known.get(&term).copied().unwrap_or(ALL)
    }

    fn entries(&self, term: Term) -> f64 {
        self.arena.dims(term).len() as f64
    }

    fn range(&self) -> Range {
        match self.arena.op(self.term) {
            Op::Const(c) => range(c.get(), c.get()),
            Op::RowCount => self.rows(),
            Op::Leaf(_) => self.leaf(),
            Op::Map(function, a) => self.map(function, a),
            Op::Zip(zip, a, b) => self.zip(zip, a, b),
            Op::Select(c, a, b) => self.select(c, a, b),
            Op::Fill(a, _) | Op::Pick(a, _) | Op::Transpose(a) => self.at(a),
            Op::Place(a, ..) => self.at(a).union(range(0.0, 0.0)),
            Op::SumEntries(a) if is_softmax(self.arena, a) => range(1.0, 1.0),
            Op::SumEntries(a) => self.at(a).mul(range(self.entries(a), self.entries(a))),
            Op::LogSumExp(a) => self.at(a).add(range(0.0, self.entries(a).ln())),
            Op::MatVec(w, x) => {
                let count = self.entries(x);
                self.at(w).mul(self.at(x)).mul(range(count, count))
            }
            Op::Outer(a, b) => self.at(a).mul(self.at(b)),
            Op::SumRows(a) => self.at(a).mul(self.rows()),
        }
    }

    /// A batch has at least one row.
    fn rows(&self) -> Range {
        range(1.0, self.data.rows.max(1) as f64)
    }

    fn leaf(&self) -> Range {
        let Op::Leaf(id) = self.arena.op(self.term) else { return ALL };
        let program = &self.model.program;
        match self.arena.symbol_of(id).kind {
            SymbolKind::Parameter => {
                let at = program.parameters.iter().position(|p| p.symbol == id);
                let domain = at.and_then(|at| self.model.parameters[at].domain);
                domain.map_or(ALL, |d| range(d.0, d.1))
            }
            SymbolKind::Input => of_values(&self.data.inputs),
            SymbolKind::Target => of_values(&self.data.targets),
            SymbolKind::Variable => ALL,
        }
    }

    fn map(&self, function: Function, a: Term) -> Range {
        let r = self.at(a);
        match function {
            Function::Neg => range(-r.high, -r.low),
            Function::Exp => r.map(f64::exp),
            Function::Log => r.above(0.0).map(f64::ln),
            Function::Sqrt => r.above(0.0).map(f64::sqrt),
            Function::Sin | Function::Cos => range(-1.0, 1.0),
            Function::Atan => r.map(f64::atan),
            Function::Tanh => r.map(f64::tanh),
            Function::Sigmoid => r.map(sigmoid),
            Function::Softplus => r.map(|z| if z > 30.0 { z } else { z.exp().ln_1p() }),
            Function::Erf => {
                range(if r.low >= 0.0 { 0.0 } else { -1.0 }, if r.high <= 0.0 { 0.0 } else { 1.0 })
            }
            Function::Abs if r.low >= 0.0 => r,
            Function::Abs if r.high <= 0.0 => range(-r.high, -r.low),
            Function::Abs => range(0.0, r.high.max(-r.low)),
            Function::Sign => {
                range(if r.low > 0.0 { 1.0 } else { -1.0 }, if r.high < 0.0 { -1.0 } else { 1.0 })
            }
        }
    }

    fn zip(&self, zip: Zip, a: Term, b: Term) -> Range {
        let (ra, rb) = (self.at(a), self.at(b));
        match zip {
            Zip::Add => match log_softmax_of(self.arena, a, b) {
                Some(z) if self.arena.dims(z).is_scalar() => range(0.0, 0.0),
                Some(_) => range(f64::NEG_INFINITY, 0.0),
                None => ra.add(rb),
            },
            Zip::Mul if a == b => ra.mul(ra).above(0.0),
            Zip::Mul if self.gates(a, b) || self.gates(b, a) => ra.mul(rb).above(LEAST_SILU),
            Zip::Mul => ra.mul(rb),
            Zip::Div if self.bounds(b, a) => range(-1.0, 1.0),
            Zip::Div if ra.low >= 0.0 && self.is_part_of(a, b) => range(0.0, 1.0),
            Zip::Div if rb.low >= 0.0 || rb.high <= 0.0 => ra.mul(inverse(rb)),
            Zip::Pow => self.power(ra, b),
            Zip::Div => ALL,
            Zip::Max => range(ra.low.max(rb.low), ra.high.max(rb.high)),
            Zip::Min => range(ra.low.min(rb.low), ra.high.min(rb.high)),
        }
    }

    /// z·sigmoid(z).
    fn gates(&self, z: Term, gate: Term) -> bool {
        self.arena.op(gate) == Op::Map(Function::Sigmoid, z)
    }

    /// Whether the second is a sum of numbers that are not negative, with the first among them.
    fn is_part_of(&self, part: Term, sum: Term) -> bool {
        if let Op::SumEntries(all) = self.arena.op(sum) {
            let of_it = matches!(self.arena.op(part), Op::Pick(of, _) if of == all);
            return (of_it || part == all) && self.at(all).low >= 0.0;
        }
        let (mut open, mut found) = (vec![sum], false);
        while let Some(term) = open.pop() {
            match self.arena.op(term) {
                Op::Zip(Zip::Add, p, q) if term != part => open.extend([p, q]),
                Op::Fill(of, _) if term != part => open.push(of),
                Op::SumEntries(_) if term != part && self.is_part_of(part, term) => found = true,
                _ if self.at(term).low < 0.0 => return false,
                _ => found |= term == part,
            }
        }
        found && sum != part
    }

    /// 1 + |a|.
    fn bounds(&self, sum: Term, a: Term) -> bool {
        let Op::Zip(Zip::Add, p, q) = self.arena.op(sum) else { return false };
        let size = Op::Map(Function::Abs, a);
        let one = |t: Term| self.arena.constant_of(t).is_some_and(|c| c >= 1.0);
        (self.arena.op(p) == size && one(q)) || (self.arena.op(q) == size && one(p))
    }

    fn power(&self, base: Range, exponent: Term) -> Range {
        let Some(k) = self.arena.constant_of(exponent) else {
            return if base.low >= 0.0 { range(0.0, f64::INFINITY) } else { ALL };
        };
        if k.rem_euclid(2.0) == 0.0 {
            let near =
                if base.low <= 0.0 && base.high >= 0.0 { 0.0 } else { base.low.abs().min(base.high.abs()) };
            let far = base.low.abs().max(base.high.abs());
            let (p, q) = (near.powf(k), far.powf(k));
            return range(p.min(q), p.max(q));
        }
        if base.low >= 0.0 || (k > 0.0 && k.fract() == 0.0) {
            let (p, q) = (base.low.powf(k), base.high.powf(k));
            return range(p.min(q), p.max(q));
        }
        ALL
    }

    /// The second where the first is greater than 0, else the third.
    fn select(&self, c: Term, a: Term, b: Term) -> Range {
        let condition = self.at(c);
        let taken = |t: Term, positive: bool| -> Option<Range> {
            if (positive && condition.high <= 0.0) || (!positive && condition.low > 0.0) {
                return None;
            }
            let r = self.at(t);
            let limit = if t == c { Some(0.0) } else { self.limit(c, t) };
            Some(match limit {
                Some(limit) if positive => r.above(limit),
                Some(limit) => r.below(limit),
                None => r,
            })
        };
        match (taken(a, true), taken(b, false)) {
            (Some(a), Some(b)) => a.union(b),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => ALL,
        }
    }

    /// l where the condition is t - l.
    fn limit(&self, condition: Term, t: Term) -> Option<f64> {
        let Op::Zip(Zip::Add, p, q) = self.arena.op(condition) else { return None };
        let other = if p == t {
            q
        } else if q == t {
            p
        } else {
            return None;
        };
        self.arena.constant_of(other).map(|c| -c)
    }
}

fn inverse(r: Range) -> Range {
    range(
        if r.high == 0.0 { f64::NEG_INFINITY } else { 1.0 / r.high },
        if r.low == 0.0 { f64::INFINITY } else { 1.0 / r.low },
    )
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The least and the greatest of some numbers.
pub(crate) fn of_values(values: &[f64]) -> Range {
    let empty = range(f64::INFINITY, f64::NEG_INFINITY);
    values.iter().fold(empty, |r, &v| range(r.low.min(v), r.high.max(v)))
}

/// z where the sum is z - ln Σ e^z.
fn log_softmax_of(arena: &Arena, a: Term, b: Term) -> Option<Term> {
    let is = |z: Term, minus: Term| {
        let Op::Map(Function::Neg, sum) = arena.op(minus) else { return false };
        arena.op(sum) == Op::LogSumExp(z)
    };
    if is(a, b) { Some(a) } else { is(b, a).then_some(b) }
}

/// Whether a term is the softmax of several numbers.
pub(crate) fn is_softmax(arena: &Arena, term: Term) -> bool {
    let Op::Map(Function::Exp, inner) = arena.op(term) else { return false };
    let Op::Zip(Zip::Add, a, b) = arena.op(inner) else { return false };
    log_softmax_of(arena, a, b).is_some_and(|z| !arena.dims(z).is_scalar())
}
