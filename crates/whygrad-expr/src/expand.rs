//! The scalar form: every entry of vectors and matrices written out.

use std::collections::HashMap;

use crate::arena::Term;
use crate::op::{Function, Op, Zip};
use crate::shape::Dims;
use crate::simplify::Simplifier;

/// Terms and their entries, each entry one number.
#[derive(Debug, Default)]
pub struct Entries {
    known: HashMap<Term, Vec<Term>>,
}

impl Entries {
    /// The entries of a term, one number each, row by row for a matrix.
    pub fn of(&mut self, s: &mut Simplifier<'_>, root: Term) -> Vec<Term> {
        for term in s.arena.reachable(&[root]) {
            if !self.known.contains_key(&term) {
                let entries = self.expand(s, term);
                self.known.insert(term, entries);
            }
        }
        self.known.get(&root).cloned().unwrap_or_default()
    }

    /// Entry `index` of an expanded term; a number stands for each of its entries.
    fn at(&self, term: Term, index: usize) -> Term {
        match self.known.get(&term).map(Vec::as_slice) {
            Some([one]) => *one,
            Some(entries) => entries[index],
            None => term,
        }
    }

    fn expand(&self, s: &mut Simplifier<'_>, term: Term) -> Vec<Term> {
        let dims = s.arena.dims(term);
        let op = s.arena.op(term);
        let zero = s.arena.constant(0.0);
        (0..dims.len())
            .map(|entry| match op {
                Op::Const(_) | Op::RowCount => term,
                Op::Leaf(_) if matches!(dims, Dims::Scalar) => term,
                Op::Leaf(_) => s.build(Op::Pick(term, entry)),
                Op::Map(..) | Op::Zip(..) | Op::Select(..) => {
                    let children: Vec<Term> = op.children().iter().map(|&c| self.at(c, entry)).collect();
                    combine(s, op.with_children(&children))
                }
                Op::Fill(a, _) => self.at(a, 0),
                Op::Pick(a, index) => self.at(a, index),
                Op::Place(a, index, _) => {
                    if index == entry {
                        self.at(a, 0)
                    } else {
                        zero
                    }
                }
                Op::SumEntries(a) => {
                    let all: Vec<Term> = (0..s.arena.dims(a).len()).map(|k| self.at(a, k)).collect();
                    sum(s, all)
                }
                Op::LogSumExp(a) => {
                    let all: Vec<Term> =
                        (0..s.arena.dims(a).len()).map(|k| s.map(Function::Exp, self.at(a, k))).collect();
                    let total = sum(s, all);
                    s.map(Function::Log, total)
                }
                Op::Transpose(a) => match dims {
                    Dims::Matrix(rows, columns) => self.at(a, (entry % columns) * rows + entry / columns),
                    Dims::Vector(_) | Dims::Scalar => self.at(a, entry),
                },
                Op::MatVec(w, x) => {
                    let inputs = s.arena.dims(x).len();
                    let products: Vec<Term> = (0..inputs)
                        .map(|i| {
                            let (weight, input) = (self.at(w, entry * inputs + i), self.at(x, i));
                            combine(s, Op::Zip(Zip::Mul, weight, input))
                        })
                        .collect();
                    sum(s, products)
                }
                Op::Outer(a, b) => {
                    let columns = s.arena.dims(b).len();
                    let (left, right) = (self.at(a, entry / columns), self.at(b, entry % columns));
                    combine(s, Op::Zip(Zip::Mul, left, right))
                }
                Op::SumRows(a) => {
                    let inner = self.at(a, entry);
                    s.sum_rows(inner)
                }
            })
            .collect()
    }
}

/// The operation as it stands, so that what has a name stays whole; numbers are still simplified.
fn combine(s: &mut Simplifier<'_>, op: Op) -> Term {
    match op {
        Op::Map(Function::Neg, a) => s.arena.neg(a),
        _ if op.children().iter().any(|&c| s.arena.constant_of(c).is_some()) => s.build(op),
        _ => s.arena.make(op),
    }
}

fn sum(s: &mut Simplifier<'_>, terms: Vec<Term>) -> Term {
    let mut terms = terms.into_iter();
    let Some(first) = terms.next() else { return s.arena.constant(0.0) };
    terms.fold(first, |total, term| combine(s, Op::Zip(Zip::Add, total, term)))
}
