//! Which sides of the kinks of a loss are seen at a probe.

use whygrad_expr::arena::Term;
use whygrad_expr::op::{Function, Op, Zip};

use super::Probe;
use crate::check::truth::values_of;
use crate::data::Dataset;
use crate::model::Model;

/// So many entries of one kink have sides of their own; of wider ones several share them.
const MOST_ENTRIES: usize = 32;
/// Rows times terms and parameters, at most, of one look.
const MOST_PRODUCTS: usize = 500_000;
/// So many rows are looked at however large the model is, and so many however small.
const ROWS: std::ops::RangeInclusive<usize> = 2..=64;

/// What is divided by, or has a logarithm, is at least so large.
const LEAST_DIVISOR: f64 = 1e-6;
/// Exponents are at most so large: the square of the exponential is a number of single precision.
const MOST_EXPONENT: f64 = 40.0;

/// An operation that does one thing above 0 and another below.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kink {
    /// What is above or below 0; of `max` and `min`, less what stands beside it.
    condition: Term,
    less: Option<Term>,
    /// The slope of the loss by the result: where it is 0 the side taken does not show. None where the result depends
    /// on rows alone.
    adjoint: Option<Term>,
    /// How many entries have sides of their own.
    width: usize,
}

/// The kinks of a model's loss.
#[derive(Clone, Debug)]
pub(super) struct Kinks<'a> {
    model: &'a Model,
    list: Vec<Kink>,
    /// What must not be nearly 0 (true), and what must not be large, in the loss as written.
    delicate: Vec<(Term, bool)>,
    /// Terms and parameters.
    size: usize,
    /// So many rows of a probe are looked at.
    rows: usize,
}

impl<'a> Kinks<'a> {
    /// Those whose side depends on parameters or rows.
    pub(super) fn of(model: &'a Model) -> Kinks<'a> {
        let arena = &model.program.arena;
        let order = arena.reachable(&[model.program.loss]);
        let mut varies = vec![false; arena.len()];
        let mut kinks = Vec::new();
        for &term in &order {
            let op = arena.op(term);
            varies[term.0 as usize] =
                matches!(op, Op::Leaf(_)) || op.children().iter().any(|c| varies[c.0 as usize]);
            let (condition, less) = match op {
                Op::Select(c, ..) | Op::Map(Function::Abs | Function::Sign, c) => (c, None),
                Op::Zip(Zip::Max | Zip::Min, a, b) => (a, Some(b)),
                _ => continue,
            };
            if !std::iter::once(condition).chain(less).any(|t| varies[t.0 as usize]) {
                continue;
            }
            let adjoint = model.adjoints.get(term.0 as usize).copied().flatten();
            let entries = |t: Term| arena.dims(t).len();
            let width = entries(condition).max(less.map_or(1, entries)).min(MOST_ENTRIES);
            kinks.push(Kink { condition, less, adjoint, width });
        }
        let size = model.program.parameter_count() + order.len();
        Kinks {
            model,
            list: kinks,
            delicate: delicate(model),
            size,
            rows: (MOST_PRODUCTS / size).clamp(*ROWS.start(), *ROWS.end()),
        }
    }

    /// True where the loss is smooth.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What a look at so many rows takes: rows times terms and parameters.
    pub(super) fn products(&self, rows: usize) -> usize {
        rows.clamp(1, self.rows) * self.size
    }

    /// As many of the rows as are looked at.
    pub(super) fn few(&self, data: &Dataset) -> Dataset {
        if data.rows <= self.rows { data.clone() } else { data.select(&(0..self.rows).collect::<Vec<_>>()) }
    }

    /// True where the loss as written stays clear of overflow, and of logarithms and quotients of nearly 0: what a program
    /// computes with the plain formulas, in single precision, is a number there.
    pub(super) fn is_tame(&self, probe: &Probe) -> bool {
        let few = self.few(&probe.data);
        let probe = Probe { data: few, ..probe.clone() };
        let arena = &self.model.program.arena;
        let roots: Vec<Term> = self.delicate.iter().map(|d| d.0).collect();
        let Some(values) = values_of(self.model, arena, &roots, &probe, &probe.theta) else { return false };
        let fits = |value: f64, is_divisor: bool| {
            value.is_finite()
                && if is_divisor { value.abs() >= LEAST_DIVISOR } else { value.abs() <= MOST_EXPONENT }
        };
        values.iter().zip(&self.delicate).all(|(value, d)| value.data.iter().all(|&v| fits(v, d.1)))
    }

    /// How many sides there are: two for each entry of a kink.
    fn count(&self) -> usize {
        self.list.iter().map(|kink| 2 * kink.width).sum()
    }

    /// Which sides some row of the probe is on, with an effect on the loss.
    pub(super) fn seen(&self, probe: &Probe) -> Sides {
        let mut sides = Sides { seen: vec![false; self.count()] };
        let few =
            (probe.data.rows > self.rows).then(|| Probe { data: self.few(&probe.data), ..probe.clone() });
        let probe = few.as_ref().unwrap_or(probe);
        let roots: Vec<Term> = self
            .list
            .iter()
            .flat_map(|kink| [Some(kink.condition), kink.less, kink.adjoint])
            .flatten()
            .collect();
        let arena = &self.model.program.arena;
        let Some(values) = values_of(self.model, arena, &roots, probe, &probe.theta) else { return sides };
        let (mut values, mut from) = (values.iter(), 0);
        for kink in &self.list {
            let Some(condition) = values.next() else { break };
            let less = kink.less.and_then(|_| values.next());
            let adjoint = kink.adjoint.and_then(|_| values.next());
            let shapes = || std::iter::once(condition).chain(less).chain(adjoint).map(|value| value.shape);
            let entries = shapes().map(|shape| shape.dims.len()).max().unwrap_or(1);
            let per_row = shapes().any(|shape| shape.per_row);
            for row in 0..if per_row { probe.data.rows } else { 1 } {
                for entry in 0..entries {
                    let shows =
                        adjoint.is_none_or(|a| a.at(row, entry) != 0.0 && a.at(row, entry).is_finite());
                    let above = condition.at(row, entry) - less.map_or(0.0, |l| l.at(row, entry));
                    let slot = from + 2 * (entry % kink.width);
                    sides.seen[slot] |= shows && above > 0.0;
                    sides.seen[slot + 1] |= shows && above < 0.0;
                }
            }
            from += 2 * kink.width;
        }
        sides
    }
}

/// What is divided by or has a logarithm or root (true), and what is an exponent.
fn delicate(model: &Model) -> Vec<(Term, bool)> {
    let arena = &model.program.arena;
    let of = |term: Term| match arena.op(term) {
        Op::Map(Function::Log | Function::Sqrt, a) | Op::Zip(Zip::Div, _, a) => Some((a, true)),
        Op::Map(Function::Exp | Function::Softplus, a) | Op::LogSumExp(a) => Some((a, false)),
        _ => None,
    };
    arena.reachable(&[model.written_loss]).into_iter().filter_map(of).collect()
}

/// For each entry of each kink: was it above 0, was it below?
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sides {
    seen: Vec<bool>,
}

impl Sides {
    /// How many are not seen.
    pub(super) fn missing(&self) -> usize {
        self.seen.iter().filter(|&&seen| !seen).count()
    }

    /// How many of those that are missing the other has.
    pub(super) fn gain(&self, other: &Sides) -> usize {
        self.seen.iter().zip(&other.seen).filter(|&(&own, &other)| other && !own).count()
    }

    /// With those of another probe.
    pub(super) fn join(&mut self, other: &Sides) {
        self.seen.resize(self.seen.len().max(other.seen.len()), false);
        for (own, other) in self.seen.iter_mut().zip(&other.seen) {
            *own |= other;
        }
    }
}
