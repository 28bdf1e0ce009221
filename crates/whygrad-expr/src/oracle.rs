//! The slow f64 interpreter that defines what every operation is.
//!
//! Every fast plan, every printed program and every derivative is held against it.

#![deny(clippy::wildcard_enum_match_arm)]

mod memo;

use std::collections::HashMap;

use crate::arena::{Arena, SymbolId, Term};
use crate::number::Scalar;
use crate::op::{Function, Op, Zip};
use crate::shape::{Dims, Shape};
pub use memo::Memo;

/// The values of the leaves: for a parameter its entries row by row, for a column the entries
/// of row 0, then of row 1, and so on.
#[derive(Clone, Debug, Default)]
pub struct Bindings<S> {
    /// The number of rows, `n`.
    pub rows: usize,
    values: HashMap<SymbolId, Vec<S>>,
}

impl<S> Bindings<S> {
    /// No leaf bound yet.
    pub fn new(rows: usize) -> Bindings<S> {
        Bindings { rows, values: HashMap::new() }
    }

    /// Binds a leaf.
    pub fn bind(&mut self, id: SymbolId, values: Vec<S>) {
        self.values.insert(id, values);
    }
}

/// A value: its shape and its numbers, entry by entry within row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<S> {
    /// One value per row, or one.
    pub shape: Shape,
    /// The numbers.
    pub data: Vec<S>,
}

impl<S: Copy> Value<S> {
    /// Entry `entry` as row `row` sees it.
    pub fn at(&self, row: usize, entry: usize) -> S {
        let len = self.shape.dims.len();
        let row = if self.shape.per_row { row } else { 0 };
        self.data[row * len + if len == 1 { 0 } else { entry }]
    }
}

/// A leaf that no value was given for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no value was given for '{0}'")]
pub struct Unbound(pub String);

/// The values of `roots`.
pub fn evaluate<S: Scalar>(
    arena: &Arena,
    roots: &[Term],
    bindings: &Bindings<S>,
) -> Result<Vec<Value<S>>, Unbound> {
    let mut values: Vec<Option<Value<S>>> = vec![None; arena.len()];
    for term in order(arena, roots) {
        values[term.0 as usize] = Some(value_of(arena, term, bindings, &values)?);
    }
    Ok(roots.iter().filter_map(|r| values[r.0 as usize].clone()).collect())
}

/// The terms whose values a value is made of.
fn needs(arena: &Arena, term: Term) -> crate::op::Children {
    let op = arena.op(term);
    let inner = if let Op::SumRows(a) = op { arena.op(a) } else { op };
    if let Op::Outer(..) = inner { inner.children() } else { op.children() }
}

/// The terms that need a value of their own, arguments first. The outer products of the rows need none where they are
/// only added up: a weight matrix for each row would be most of the memory.
fn order(arena: &Arena, roots: &[Term]) -> Vec<Term> {
    let mut needed = vec![false; arena.len()];
    for root in roots {
        needed[root.0 as usize] = true;
    }
    for index in (0..arena.len()).rev() {
        if !needed[index] {
            continue;
        }
        for child in needs(arena, Term(index as u32)) {
            needed[child.0 as usize] = true;
        }
    }
    (0..arena.len() as u32).map(Term).filter(|t| needed[t.0 as usize]).collect()
}

fn value_of<S: Scalar>(
    arena: &Arena,
    term: Term,
    bindings: &Bindings<S>,
    values: &[Option<Value<S>>],
) -> Result<Value<S>, Unbound> {
    let shape = arena.shape(term);
    let rows = if shape.per_row { bindings.rows } else { 1 };
    let len = shape.dims.len();
    let mut data = Vec::with_capacity(rows * len);
    let at = |t: Term, row: usize, entry: usize| match &values[t.0 as usize] {
        Some(value) => value.at(row, entry),
        None => S::real(f64::NAN),
    };
    let op = arena.op(term);
    if let Op::Leaf(id) = op {
        let bound = bindings.values.get(&id).filter(|v| v.len() == rows * len);
        let bound = bound.ok_or_else(|| Unbound(arena.symbol_of(id).name.clone()))?;
        return Ok(Value { shape, data: bound.clone() });
    }
    for row in 0..rows {
        for entry in 0..len {
            data.push(match op {
                Op::Const(value) => S::real(value.get()),
                Op::RowCount | Op::Leaf(_) => S::real(bindings.rows as f64),
                Op::Map(function, a) => apply(function, at(a, row, entry)),
                Op::Zip(zip, a, b) => combine(zip, at(a, row, entry), at(b, row, entry)),
                Op::Select(c, a, b) => S::choose(at(c, row, entry), at(a, row, entry), at(b, row, entry)),
                Op::Fill(a, _) => at(a, row, 0),
                Op::Pick(a, index) => at(a, row, index),
                Op::Place(a, index, _) => {
                    if index == entry {
                        at(a, row, 0)
                    } else {
                        S::real(0.0)
                    }
                }
                Op::SumEntries(a) => {
                    (0..arena.dims(a).len()).fold(S::real(0.0), |sum, e| sum + at(a, row, e))
                }
                Op::LogSumExp(a) => log_sum_exp((0..arena.dims(a).len()).map(|e| at(a, row, e))),
                Op::Transpose(a) => at(a, row, transposed(shape.dims, entry)),
                Op::MatVec(w, x) => {
                    let inputs = arena.dims(x).len();
                    (0..inputs)
                        .fold(S::real(0.0), |sum, i| sum + at(w, row, entry * inputs + i) * at(x, row, i))
                }
                Op::Outer(a, b) => outer(&at, (a, b), arena.dims(b).len(), row, entry),
                Op::SumRows(a) => {
                    let each = |row: usize| {
                        if let Op::Outer(b, c) = arena.op(a) {
                            outer(&at, (b, c), arena.dims(c).len(), row, entry)
                        } else {
                            at(a, row, entry)
                        }
                    };
                    (0..bindings.rows).fold(S::real(0.0), |sum, row| sum + each(row))
                }
            });
        }
    }
    Ok(Value { shape, data })
}

/// One entry of a bᵀ with so many columns.
fn outer<S: Scalar>(
    at: &impl Fn(Term, usize, usize) -> S,
    (a, b): (Term, Term),
    columns: usize,
    row: usize,
    entry: usize,
) -> S {
    at(a, row, entry / columns) * at(b, row, entry % columns)
}

/// The entry of W that entry `entry` of its transpose (of dims `dims`) shows.
fn transposed(dims: Dims, entry: usize) -> usize {
    match dims {
        Dims::Matrix(rows, columns) => (entry % columns) * rows + entry / columns,
        Dims::Vector(_) | Dims::Scalar => entry,
    }
}

/// A function of one number.
pub fn apply<S: Scalar>(function: Function, a: S) -> S {
    match function {
        Function::Neg => -a,
        Function::Exp => a.exp(),
        Function::Log => a.ln(),
        Function::Sqrt => a.sqrt(),
        Function::Sin => a.sin(),
        Function::Cos => a.cos(),
        Function::Atan => a.atan(),
        Function::Tanh => a.tanh(),
        Function::Sigmoid => a.sigmoid(),
        Function::Softplus => a.softplus(),
        Function::Erf => a.erf(),
        Function::Abs => {
            if a.re() < 0.0 {
                -a
            } else {
                a
            }
        }
        Function::Sign => a.sign(),
    }
}

/// -1, 0 or 1; not a number stays one.
pub fn sign(a: f64) -> f64 {
    if a > 0.0 {
        1.0
    } else if a < 0.0 {
        -1.0
    } else {
        a * 0.0
    }
}

/// A function of two numbers. Not a number wins in `max` and `min`.
pub fn combine<S: Scalar>(zip: Zip, a: S, b: S) -> S {
    match zip {
        Zip::Add => a + b,
        Zip::Mul => a * b,
        Zip::Div => a / b,
        Zip::Pow => a.pow(b),
        Zip::Max => {
            if a.re().is_nan() || a.re() > b.re() {
                a
            } else {
                b
            }
        }
        Zip::Min => {
            if a.re().is_nan() || a.re() < b.re() {
                a
            } else {
                b
            }
        }
    }
}

/// The logarithm of the sum of the exponentials, without overflow.
pub fn log_sum_exp<S: Scalar>(entries: impl Iterator<Item = S> + Clone) -> S {
    let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
    let largest = entries.clone().map(S::re).fold(f64::NEG_INFINITY, larger);
    if !largest.is_finite() {
        return S::real(largest);
    }
    let sum = entries.fold(S::real(0.0), |sum, e| sum + (e + S::real(-largest)).exp());
    S::real(largest) + sum.ln()
}
