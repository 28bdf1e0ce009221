//! A shorter equal term: the table of [`crate::rules`] applied bottom-up.

use std::collections::HashMap;

use crate::arena::{Arena, Term};
use crate::op::{Function, Op, Zip};
use crate::pattern::{COMPILED, Pattern};
use crate::rules::Condition;
use crate::shape::Dims;

/// Builds simplified terms in an arena.
pub struct Simplifier<'a> {
    /// Where the terms live.
    pub arena: &'a mut Arena,
    known: HashMap<Op, Term>,
    depth: usize,
}

/// How deep rules may call for each other; each one shortens or orders, so that this is a guard.
const DEPTH: usize = 24;

type Bound = [(u8, Term); 6];

impl<'a> Simplifier<'a> {
    /// A simplifier for the terms of an arena.
    pub fn new(arena: &'a mut Arena) -> Simplifier<'a> {
        Simplifier { arena, known: HashMap::new(), depth: 0 }
    }

    /// An equal term, simplified from the leaves up.
    pub fn simplify(&mut self, root: Term) -> Term {
        let mut new: Vec<Term> = (0..self.arena.len() as u32).map(Term).collect();
        for term in self.arena.reachable(&[root]) {
            let op = self.arena.op(term);
            let children: Vec<Term> = op.children().iter().map(|c| new[c.0 as usize]).collect();
            let built = self.build(op.with_children(&children));
            new[term.0 as usize] = self.fill(built, self.arena.dims(term));
        }
        new[root.0 as usize]
    }

    /// One number as every entry of `dims`, where it is only one number.
    pub fn fill(&mut self, term: Term, dims: Dims) -> Term {
        if self.arena.dims(term) == dims { term } else { self.arena.make(Op::Fill(term, dims)) }
    }

    /// The term of an operation on simplified arguments.
    pub fn build(&mut self, op: Op) -> Term {
        if let Some(&term) = self.known.get(&op) {
            return term;
        }
        let mut term = self.plain(op);
        self.depth += 1;
        for _ in 0..DEPTH {
            if self.depth > DEPTH {
                break;
            }
            let Some(after) = self.rewrite(term) else { break };
            let after = self.fill(after, self.arena.dims(term));
            if after == term {
                break;
            }
            term = after;
        }
        self.depth -= 1;
        self.known.insert(op, term);
        term
    }

    /// a + b, simplified.
    pub fn add(&mut self, a: Term, b: Term) -> Term {
        self.build(Op::Zip(Zip::Add, a, b))
    }

    /// a · b, simplified.
    pub fn mul(&mut self, a: Term, b: Term) -> Term {
        self.build(Op::Zip(Zip::Mul, a, b))
    }

    /// a / b, simplified.
    pub fn div(&mut self, a: Term, b: Term) -> Term {
        self.build(Op::Zip(Zip::Div, a, b))
    }

    /// A function of a, simplified.
    pub fn map(&mut self, function: Function, a: Term) -> Term {
        self.build(Op::Map(function, a))
    }

    /// The sum over rows: `n` times a value that all rows share.
    pub fn sum_rows(&mut self, a: Term) -> Term {
        self.build(Op::SumRows(a))
    }

    /// Rules about shapes, which no pattern can say.
    fn plain(&mut self, op: Op) -> Term {
        match op {
            Op::Map(Function::Neg, a) => self.arena.neg(a),
            Op::SumRows(a) if !self.arena.shape(a).per_row => {
                let n = self.arena.make(Op::RowCount);
                self.mul(n, a)
            }
            Op::SumEntries(a) => match self.arena.op(a) {
                Op::Fill(s, dims) => {
                    let count = self.arena.constant(dims.len() as f64);
                    self.mul(count, s)
                }
                Op::Place(s, ..) => s,
                // What all entries share comes out of the sum.
                Op::Zip(Zip::Mul, s, v) if self.arena.dims(s).is_scalar() => {
                    let sum = self.build(Op::SumEntries(v));
                    self.mul(s, sum)
                }
                Op::Zip(Zip::Div, v, s) if self.arena.dims(s).is_scalar() => {
                    let sum = self.build(Op::SumEntries(v));
                    self.div(sum, s)
                }
                Op::Map(Function::Neg, v) => {
                    let sum = self.build(Op::SumEntries(v));
                    self.map(Function::Neg, sum)
                }
                _ => self.arena.sum_entries(a),
            },
            Op::LogSumExp(a) if self.arena.dims(a).is_scalar() => a,
            Op::Pick(a, index) => match self.arena.op(a) {
                Op::Fill(s, _) => s,
                Op::Place(s, i, _) => {
                    if i == index {
                        s
                    } else {
                        self.arena.constant(0.0)
                    }
                }
                _ if matches!(self.arena.dims(a), Dims::Scalar) => a,
                _ => self.arena.make(op),
            },
            Op::Fill(a, dims) if self.arena.dims(a) == dims => a,
            Op::Transpose(a) if self.arena.dims(a).is_scalar() => a,
            _ => self.arena.make(op),
        }
    }

    /// What the first rule that matches makes of a term.
    fn rewrite(&mut self, term: Term) -> Option<Term> {
        if let Some(value) = self.folded(term) {
            return Some(self.arena.constant(value));
        }
        for compiled in COMPILED.iter() {
            let mut bound: Bound = [(0, Term(0)); 6];
            if self.matches(&compiled.from, term, &mut bound)
                && self.holds(compiled.rule.when, &bound)
                && let Some(after) = self.instantiate(&compiled.to, &bound, compiled.rule.when)
            {
                return Some(after);
            }
        }
        None
    }

    /// The number that two numbers make, where it is exact.
    fn folded(&self, term: Term) -> Option<f64> {
        let Op::Zip(zip, a, b) = self.arena.op(term) else { return None };
        exact(zip, self.arena.constant_of(a)?, self.arena.constant_of(b)?)
    }

    fn matches(&self, pattern: &Pattern, term: Term, bound: &mut Bound) -> bool {
        match pattern {
            Pattern::Any(name) => bind(bound, *name, term),
            Pattern::AnyNumber(name) => self.arena.constant_of(term).is_some() && bind(bound, *name, term),
            Pattern::Number(value) => self.arena.constant_of(term) == Some(*value),
            Pattern::RowCount => self.arena.op(term) == Op::RowCount,
            Pattern::Map(function, inner) => match self.arena.op(term) {
                Op::Map(f, a) if f == *function => self.matches(inner, a, bound),
                _ => false,
            },
            Pattern::Zip(zip, left, right) => match self.arena.op(term) {
                Op::Zip(z, a, b) if z == *zip => {
                    self.matches(left, a, bound) && self.matches(right, b, bound)
                }
                _ => false,
            },
            Pattern::Select(c, a, b) => match self.arena.op(term) {
                Op::Select(x, y, z) => {
                    self.matches(c, x, bound) && self.matches(a, y, bound) && self.matches(b, z, bound)
                }
                _ => false,
            },
            Pattern::Transpose(inner) => match self.arena.op(term) {
                Op::Transpose(a) => self.matches(inner, a, bound),
                _ => false,
            },
        }
    }

    fn instantiate(&mut self, pattern: &Pattern, bound: &Bound, when: Condition) -> Option<Term> {
        Some(match pattern {
            Pattern::Any(name) | Pattern::AnyNumber(name) => lookup(bound, *name)?,
            Pattern::Number(value) => self.arena.constant(*value),
            Pattern::RowCount => self.arena.make(Op::RowCount),
            Pattern::Map(function, inner) => {
                let a = self.instantiate(inner, bound, when)?;
                self.map(*function, a)
            }
            Pattern::Zip(zip, left, right) => {
                let a = self.instantiate(left, bound, when)?;
                let b = self.instantiate(right, bound, when)?;
                if let (Condition::Exact, Some(x), Some(y)) =
                    (when, self.arena.constant_of(a), self.arena.constant_of(b))
                {
                    let value = exact(*zip, x, y)?;
                    return Some(self.arena.constant(value));
                }
                self.build(Op::Zip(*zip, a, b))
            }
            Pattern::Select(c, a, b) => {
                let c = self.instantiate(c, bound, when)?;
                let a = self.instantiate(a, bound, when)?;
                let b = self.instantiate(b, bound, when)?;
                self.build(Op::Select(c, a, b))
            }
            Pattern::Transpose(inner) => {
                let a = self.instantiate(inner, bound, when)?;
                self.build(Op::Transpose(a))
            }
        })
    }

    fn holds(&self, when: Condition, bound: &Bound) -> bool {
        match when {
            Condition::Always | Condition::Exact => true,
            Condition::Finite => self.all_finite(bound),
            Condition::NotNumber => lookup(bound, b'a').is_some_and(|a| self.arena.constant_of(a).is_none()),
        }
    }

    /// True when no finite leaf can make one of the bound terms infinite (but by sheer size).
    fn all_finite(&self, bound: &Bound) -> bool {
        let roots: Vec<Term> = bound.iter().filter(|b| b.0 != 0).map(|b| b.1).collect();
        self.arena.reachable(&roots).iter().all(|&t| match self.arena.op(t) {
            Op::Zip(Zip::Div, _, b) => {
                self.arena.op(b) == Op::RowCount || self.arena.constant_of(b).is_some_and(|c| c != 0.0)
            }
            Op::Zip(Zip::Pow, _, b) => self.arena.constant_of(b).is_some_and(|c| c >= 0.0),
            Op::Map(Function::Log | Function::Exp | Function::Sqrt, _) => false,
            _ => true,
        })
    }
}

fn bind(bound: &mut Bound, name: u8, term: Term) -> bool {
    for slot in bound.iter_mut() {
        if slot.0 == name {
            return slot.1 == term;
        }
        if slot.0 == 0 {
            *slot = (name, term);
            return true;
        }
    }
    false
}

fn lookup(bound: &Bound, name: u8) -> Option<Term> {
    bound.iter().find(|slot| slot.0 == name).map(|slot| slot.1)
}

/// The result of two numbers, where no digit is lost.
fn exact(zip: Zip, a: f64, b: f64) -> Option<f64> {
    let (value, lossless) = match zip {
        Zip::Add => {
            let sum = a + b;
            let rest = sum - a;
            (sum, (a - (sum - rest)) + (b - rest) == 0.0)
        }
        Zip::Mul => {
            let underflow = a * b == 0.0 && a != 0.0 && b != 0.0;
            (a * b, !underflow && a.mul_add(b, -(a * b)) == 0.0)
        }
        Zip::Div => (a / b, b != 0.0 && (a / b).mul_add(b, -a) == 0.0),
        Zip::Pow => {
            let value = a.powf(b);
            (value, b.fract() == 0.0 && (0.0..=16.0).contains(&b) && a.fract() == 0.0 && value.abs() < 1e15)
        }
        Zip::Max => (a.max(b), true),
        Zip::Min => (a.min(b), true),
    };
    (lossless && value.is_finite()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::{Symbol, SymbolKind};
    use crate::oracle::{Bindings, evaluate};
    use crate::pattern::Compiled;
    use crate::rules::RULES;
    use crate::shape::Shape;
    use proptest::prelude::*;

    /// Both sides of each rule at a random point: equal to rounding wherever the left is finite.
    fn check_rule(compiled: &Compiled, point: &[f64; 6]) -> Result<(), TestCaseError> {
        let mut arena = Arena::new();
        let mut bindings = Bindings::new(3);
        let mut bound: Bound = [(0, Term(0)); 6];
        let mut names: Vec<u8> = compiled
            .rule
            .from
            .bytes()
            .collect::<Vec<_>>()
            .windows(2)
            .filter(|w| w[0] == b'?' || w[0] == b'#')
            .map(|w| w[1])
            .collect();
        names.dedup();
        for (name, value) in names.iter().zip(point) {
            if lookup(&bound, *name).is_some() {
                continue;
            }
            let number = compiled.rule.from.contains(&format!("#{}", *name as char));
            let term = if number {
                arena.constant((value * 8.0).round())
            } else {
                let symbol = Symbol {
                    name: (*name as char).to_string(),
                    kind: SymbolKind::Parameter,
                    shape: Shape::NUMBER,
                    entries: vec![],
                };
                let id = arena.symbol(symbol);
                bindings.bind(id, vec![*value]);
                arena.leaf(id)
            };
            bind(&mut bound, *name, term);
        }
        let left = raw(&mut arena, &compiled.from, &bound);
        let right = raw(&mut arena, &compiled.to, &bound);
        let values = evaluate(&arena, &[left, right], &bindings).unwrap();
        let (l, r) = (values[0].data[0], values[1].data[0]);
        if l.is_finite() {
            prop_assert!((l - r).abs() <= 1e-12 * (1.0 + l.abs()), "{}: {l} is not {r}", compiled.rule.name);
        }
        Ok(())
    }

    fn raw(arena: &mut Arena, pattern: &Pattern, bound: &Bound) -> Term {
        match pattern {
            Pattern::Any(n) | Pattern::AnyNumber(n) => lookup(bound, *n).unwrap(),
            Pattern::Number(v) => arena.constant(*v),
            Pattern::RowCount => arena.make(Op::RowCount),
            Pattern::Map(f, a) => {
                let a = raw(arena, a, bound);
                arena.make(Op::Map(*f, a))
            }
            Pattern::Zip(z, a, b) => {
                let (a, b) = (raw(arena, a, bound), raw(arena, b, bound));
                arena.make(Op::Zip(*z, a, b))
            }
            Pattern::Select(c, a, b) => {
                let (c, a, b) = (raw(arena, c, bound), raw(arena, a, bound), raw(arena, b, bound));
                arena.make(Op::Select(c, a, b))
            }
            Pattern::Transpose(a) => {
                let a = raw(arena, a, bound);
                arena.make(Op::Transpose(a))
            }
        }
    }

    #[test]
    fn every_rule_is_read() {
        assert_eq!(COMPILED.len(), RULES.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn every_rule_holds_at_random_points(point in prop::array::uniform6(-3.0f64..3.0)) {
            for compiled in COMPILED.iter() {
                check_rule(compiled, &point)?;
            }
        }
    }

    #[test]
    fn numbers_are_joined_only_without_loss() {
        let mut arena = Arena::new();
        let (a, b) = (arena.constant(0.1), arena.constant(3.0));
        let product = Simplifier::new(&mut arena).mul(a, b);
        assert_eq!(arena.constant_of(product), None);
        let (a, b) = (arena.constant(2.0), arena.constant(3.0));
        let product = Simplifier::new(&mut arena).mul(a, b);
        assert_eq!(arena.constant_of(product), Some(6.0));
    }
}
