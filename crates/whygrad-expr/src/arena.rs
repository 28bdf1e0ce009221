//! Where terms live: each distinct term once, children before parents.
//!
//! A term is an index. Building the same term twice gives the same index, so that what is
//! shared in the mathematics is shared in memory, and every pass is a loop over indices.

use std::collections::HashMap;

use crate::op::{Function, Op, Zip};
use crate::shape::{Dims, Shape};

/// A term: an index into its [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub u32);

/// A named leaf: an index into [`Arena::symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// What a leaf is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// Learned.
    Parameter,
    /// A column of the data, or several.
    Input,
    /// A wanted output.
    Target,
    /// The formal argument of a function: neither data nor learned.
    Variable,
}

/// A named leaf.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// `w1`, `hidden.W`
    pub name: String,
    /// What it is for.
    pub kind: SymbolKind,
    /// Inputs and targets have one value per row.
    pub shape: Shape,
    /// The names of the entries, where they have names of their own (`x1`, `x2` of `x`).
    pub entries: Vec<String>,
}

/// Two values that cannot be combined.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("shapes do not fit: {left} and {right} in {operation}")]
pub struct ShapeError {
    /// What was to be done with them.
    pub operation: &'static str,
    /// The first one's entries.
    pub left: Dims,
    /// The second one's entries.
    pub right: Dims,
}

/// All terms of a model.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    ops: Vec<Op>,
    shapes: Vec<Shape>,
    known: HashMap<Op, Term>,
    symbols: Vec<Symbol>,
}

impl Arena {
    /// An arena without terms.
    pub fn new() -> Arena {
        Arena::default()
    }

    /// Adds a leaf.
    pub fn symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(self.symbols.len() as u32 - 1)
    }

    /// All leaves, in the order they were added.
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// The leaf of an index.
    pub fn symbol_of(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.0 as usize]
    }

    /// The operation of a term.
    pub fn op(&self, term: Term) -> Op {
        self.ops[term.0 as usize]
    }

    /// The shape of a term.
    pub fn shape(&self, term: Term) -> Shape {
        self.shapes[term.0 as usize]
    }

    /// The entries of a term.
    pub fn dims(&self, term: Term) -> Dims {
        self.shape(term).dims
    }

    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// True before the first term.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// The number behind a constant term.
    pub fn constant_of(&self, term: Term) -> Option<f64> {
        match self.op(term) {
            Op::Const(bits) => Some(bits.get()),
            _ => None,
        }
    }

    /// The term of an operation, which is checked.
    pub fn try_make(&mut self, op: Op) -> Result<Term, ShapeError> {
        if let Some(&term) = self.known.get(&op) {
            return Ok(term);
        }
        let shape = self.shape_of(op)?;
        Ok(self.insert(op, shape))
    }

    /// The term of an operation whose shapes are known to fit, as those of derivatives are.
    pub fn make(&mut self, op: Op) -> Term {
        match self.try_make(op) {
            Ok(term) => term,
            Err(error) => {
                debug_assert!(false, "{error}");
                self.insert(op, Shape::NUMBER)
            }
        }
    }

    fn insert(&mut self, op: Op, shape: Shape) -> Term {
        let term = Term(self.ops.len() as u32);
        self.ops.push(op);
        self.shapes.push(shape);
        self.known.insert(op, term);
        term
    }

    /// The shape an operation would have.
    fn shape_of(&self, op: Op) -> Result<Shape, ShapeError> {
        let per_row = op.children().iter().any(|&c| self.shape(c).per_row);
        let dims = match op {
            Op::Const(_) | Op::RowCount => Dims::Scalar,
            Op::Leaf(id) => return Ok(self.symbol_of(id).shape),
            Op::Map(_, a) => self.dims(a),
            Op::Zip(zip, a, b) => self.broadcast(zip.name(), a, b)?,
            Op::Select(c, a, b) => {
                let dims = self.broadcast("select", a, b)?;
                dims.broadcast(self.dims(c)).ok_or(ShapeError {
                    operation: "select",
                    left: self.dims(c),
                    right: dims,
                })?
            }
            Op::Fill(_, dims) | Op::Place(_, _, dims) => dims,
            Op::Pick(..) | Op::SumEntries(_) | Op::LogSumExp(_) => Dims::Scalar,
            Op::Transpose(w) => match self.dims(w) {
                Dims::Matrix(r, c) => Dims::Matrix(c, r),
                Dims::Scalar => Dims::Scalar,
                // A vector is a row or a column as the place needs it: it has no transpose of its own.
                left @ Dims::Vector(_) => {
                    return Err(ShapeError { operation: "transpose", left, right: left });
                }
            },
            Op::MatVec(w, x) => self.mat_vec_dims(w, x)?,
            Op::Outer(a, b) => self.outer_dims(a, b)?,
            Op::SumRows(a) => return Ok(Shape::once(self.dims(a))),
        };
        Ok(Shape { per_row, dims })
    }

    fn broadcast(&self, operation: &'static str, a: Term, b: Term) -> Result<Dims, ShapeError> {
        let (left, right) = (self.dims(a), self.dims(b));
        left.broadcast(right).ok_or(ShapeError { operation, left, right })
    }

    fn mat_vec_dims(&self, w: Term, x: Term) -> Result<Dims, ShapeError> {
        let (left, right) = (self.dims(w), self.dims(x));
        match left {
            Dims::Matrix(r, c) if c == right.len() && !matches!(right, Dims::Matrix(..)) => {
                Ok(Dims::vector(r))
            }
            _ => Err(ShapeError { operation: "matrix product", left, right }),
        }
    }

    fn outer_dims(&self, a: Term, b: Term) -> Result<Dims, ShapeError> {
        let (left, right) = (self.dims(a), self.dims(b));
        match (left, right) {
            (Dims::Matrix(..), _) | (_, Dims::Matrix(..)) => {
                Err(ShapeError { operation: "outer product", left, right })
            }
            _ => Ok(Dims::Matrix(left.len(), right.len())),
        }
    }

    /// Every term that `roots` need, children before parents.
    pub fn reachable(&self, roots: &[Term]) -> Vec<Term> {
        let mut needed = vec![false; self.len()];
        for root in roots {
            needed[root.0 as usize] = true;
        }
        for index in (0..self.len()).rev() {
            if needed[index] {
                for child in self.ops[index].children() {
                    needed[child.0 as usize] = true;
                }
            }
        }
        (0..self.len() as u32).filter(|&i| needed[i as usize]).map(Term).collect()
    }
}

/// Building without simplification: what a person wrote, as it was written.
impl Arena {
    /// A number.
    pub fn constant(&mut self, value: f64) -> Term {
        self.make(Op::Const(value.into()))
    }

    /// A leaf.
    pub fn leaf(&mut self, id: SymbolId) -> Term {
        self.make(Op::Leaf(id))
    }

    /// A function, entry by entry; a minus moves into a leading number, so that `-2*a` is one
    /// term however it is written.
    pub fn map(&mut self, function: Function, a: Term) -> Term {
        if function == Function::Neg { self.neg(a) } else { self.make(Op::Map(function, a)) }
    }

    /// `-a`
    pub fn neg(&mut self, a: Term) -> Term {
        // Down the left spine of products and quotients to a leading number or minus.
        let mut spine = Vec::new();
        let mut head = a;
        let flipped = loop {
            match self.op(head) {
                Op::Zip(zip @ (Zip::Mul | Zip::Div), left, right) => {
                    spine.push((zip, right));
                    head = left;
                }
                Op::Const(bits) => break Some(self.constant(-bits.get())),
                Op::Map(Function::Neg, inner) if spine.is_empty() => break Some(inner),
                _ => break None,
            }
        };
        let Some(mut term) = flipped else {
            return self.make(Op::Map(Function::Neg, a));
        };
        for (zip, right) in spine.into_iter().rev() {
            term = self.make(Op::Zip(zip, term, right));
        }
        term
    }

    /// Two values combined entry by entry.
    pub fn zip(&mut self, zip: Zip, a: Term, b: Term) -> Result<Term, ShapeError> {
        self.try_make(Op::Zip(zip, a, b))
    }

    /// The sum over rows: `n` times the value where all rows share it.
    pub fn sum_rows(&mut self, a: Term) -> Term {
        if self.shape(a).per_row {
            self.make(Op::SumRows(a))
        } else {
            let n = self.make(Op::RowCount);
            self.make(Op::Zip(Zip::Mul, n, a))
        }
    }

    /// The sum over the entries of each value.
    pub fn sum_entries(&mut self, a: Term) -> Term {
        if self.dims(a).is_scalar() { a } else { self.make(Op::SumEntries(a)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(arena: &mut Arena, name: &str, shape: Shape) -> Term {
        let id =
            arena.symbol(Symbol { name: name.into(), kind: SymbolKind::Parameter, shape, entries: vec![] });
        arena.leaf(id)
    }

    #[test]
    fn the_same_term_is_made_once() {
        let mut arena = Arena::new();
        let a = leaf(&mut arena, "a", Shape::NUMBER);
        let one = arena.zip(Zip::Add, a, a);
        let two = arena.zip(Zip::Add, a, a);
        assert_eq!(one, two);
        assert_eq!(arena.len(), 2);
    }

    #[test]
    fn a_minus_moves_into_the_leading_number() {
        let mut arena = Arena::new();
        let a = leaf(&mut arena, "a", Shape::NUMBER);
        let two = arena.constant(2.0);
        let minus_two = arena.constant(-2.0);
        let product = arena.make(Op::Zip(Zip::Mul, two, a));
        let expected = arena.make(Op::Zip(Zip::Mul, minus_two, a));
        assert_eq!(arena.neg(product), expected);
        assert_eq!(arena.neg(expected), product);
        let minus = arena.neg(a);
        assert_eq!(arena.neg(minus), a);
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused_with_both() {
        let mut arena = Arena::new();
        let w = leaf(&mut arena, "W", Shape::once(Dims::Matrix(3, 2)));
        let x = leaf(&mut arena, "x", Shape { per_row: true, dims: Dims::Vector(4) });
        let error = arena.try_make(Op::MatVec(w, x)).unwrap_err();
        assert_eq!(error.to_string(), "shapes do not fit: [3,2] and [4] in matrix product");
    }

    #[test]
    fn the_outer_product_of_a_matrix_is_refused() {
        let mut arena = Arena::new();
        let w = leaf(&mut arena, "W", Shape::once(Dims::Matrix(3, 2)));
        let v = leaf(&mut arena, "v", Shape::once(Dims::Vector(2)));
        assert!(arena.try_make(Op::Outer(w, v)).is_err() && arena.try_make(Op::Outer(v, w)).is_err());
        let outer = arena.try_make(Op::Outer(v, v)).unwrap();
        assert_eq!(arena.dims(outer), Dims::Matrix(2, 2));
    }
}
