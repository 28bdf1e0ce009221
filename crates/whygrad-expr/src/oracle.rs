//! The slow f64 interpreter that defines what every operation is.
//!
//! Every fast plan, every printed program and every derivative is held against it.

#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::HashMap;

use crate::arena::{Arena, SymbolId, Term};
use crate::number::Scalar;
use crate::op::{Function, Op, Zip};
use crate::shape::{Dims, Shape};

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
    for term in arena.reachable(roots) {
        values[term.0 as usize] = Some(value_of(arena, term, bindings, &values)?);
    }
    Ok(roots.iter().filter_map(|r| values[r.0 as usize].clone()).collect())
}

/// Values at one point, kept: each term is computed once, also one that is made later.
#[derive(Clone, Debug)]
pub struct Memo {
    bindings: Bindings<f64>,
    values: Vec<Option<Value<f64>>>,
}

impl Memo {
    /// Nothing computed yet.
    pub fn new(bindings: Bindings<f64>) -> Memo {
        Memo { bindings, values: vec![] }
    }

    /// The number of rows at this point.
    pub fn rows(&self) -> usize {
        self.bindings.rows
    }

    /// The value of a term of the arena that all earlier calls were for.
    pub fn value(&mut self, arena: &Arena, term: Term) -> Result<&Value<f64>, Unbound> {
        self.values.resize(self.values.len().max(arena.len()), None);
        let mut open = vec![term];
        while let Some(&next) = open.last() {
            if self.values[next.0 as usize].is_some() {
                open.pop();
                continue;
            }
            let before = open.len();
            let missing = |c: &&Term| self.values[c.0 as usize].is_none();
            open.extend(arena.op(next).children().iter().filter(missing));
            if open.len() == before {
                let value = value_of(arena, next, &self.bindings, &self.values)?;
                self.values[next.0 as usize] = Some(value);
                open.pop();
            }
        }
        self.values[term.0 as usize].as_ref().ok_or_else(|| Unbound(String::new()))
    }

    /// One entry of a term that has one value for all rows.
    ///
    /// The sum over the rows of an outer product, the largest thing in a gradient, is computed for this entry alone.
    pub fn entry(&mut self, arena: &Arena, term: Term, entry: usize) -> Result<f64, Unbound> {
        match arena.op(term) {
            Op::SumRows(product) => {
                if let Op::Outer(a, b) = arena.op(product) {
                    let columns = arena.dims(b).len();
                    self.value(arena, a)?;
                    self.value(arena, b)?;
                    let (Some(a), Some(b)) = (&self.values[a.0 as usize], &self.values[b.0 as usize]) else {
                        return Ok(f64::NAN);
                    };
                    let rows = 0..self.bindings.rows;
                    return Ok(rows.map(|r| a.at(r, entry / columns) * b.at(r, entry % columns)).sum());
                }
            }
            Op::Transpose(a) => {
                let inner = transposed(arena.dims(term), entry);
                return self.entry(arena, a, inner);
            }
            Op::Zip(zip, a, b) if matches!(arena.dims(term), Dims::Matrix(..)) => {
                let at = |t: Term| if arena.dims(t).is_scalar() { 0 } else { entry };
                let left = self.entry(arena, a, at(a))?;
                return Ok(combine(zip, left, self.entry(arena, b, at(b))?));
            }
            Op::Map(function, a) if matches!(arena.dims(term), Dims::Matrix(..)) => {
                return Ok(apply(function, self.entry(arena, a, entry)?));
            }
            _ => {}
        }
        Ok(self.value(arena, term)?.at(0, entry))
    }
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
                Op::Outer(a, b) => {
                    let columns = arena.dims(b).len();
                    at(a, row, entry / columns) * at(b, row, entry % columns)
                }
                Op::SumRows(a) => (0..bindings.rows).fold(S::real(0.0), |sum, r| sum + at(a, r, entry)),
            });
        }
    }
    Ok(Value { shape, data })
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
