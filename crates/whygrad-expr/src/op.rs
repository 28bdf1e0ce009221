//! The closed set of operations.
//!
//! Everything else is composed of these: an activation, a loss, a layer is a term. A new
//! operation does not compile until it has a shape, a value, a derivative and a print form.

use crate::arena::{SymbolId, Term};
use crate::shape::Dims;

/// A number that can be compared and hashed: equal when its bits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number(u64);

impl Number {
    /// The number.
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Number {
        // One zero: -0 and 0 print alike and must be one term.
        Number(if value == 0.0 { 0.0f64 } else { value }.to_bits())
    }
}

/// Functions of one value, entry by entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// -a
    Neg,
    /// e^a
    Exp,
    /// ln a
    Log,
    /// √a
    Sqrt,
    /// sin a
    Sin,
    /// cos a
    Cos,
    /// arctan a
    Atan,
    /// tanh a
    Tanh,
    /// 1 / (1 + e^-a)
    Sigmoid,
    /// ln(1 + e^a), without overflow
    Softplus,
    /// 2/√π ∫₀ᵃ e^(-t²) dt
    Erf,
    /// |a|
    Abs,
    /// -1, 0 or 1
    Sign,
}

impl Function {
    /// All of them.
    pub const ALL: [Function; 13] = [
        Function::Neg,
        Function::Exp,
        Function::Log,
        Function::Sqrt,
        Function::Sin,
        Function::Cos,
        Function::Atan,
        Function::Tanh,
        Function::Sigmoid,
        Function::Softplus,
        Function::Erf,
        Function::Abs,
        Function::Sign,
    ];

    /// Its name in the model language.
    pub fn name(self) -> &'static str {
        match self {
            Function::Neg => "neg",
            Function::Exp => "exp",
            Function::Log => "log",
            Function::Sqrt => "sqrt",
            Function::Sin => "sin",
            Function::Cos => "cos",
            Function::Atan => "atan",
            Function::Tanh => "tanh",
            Function::Sigmoid => "sigmoid",
            Function::Softplus => "softplus",
            Function::Erf => "erf",
            Function::Abs => "abs",
            Function::Sign => "sign",
        }
    }
}

/// Functions of two values, entry by entry; a number goes with anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zip {
    /// a + b
    Add,
    /// a · b
    Mul,
    /// a / b
    Div,
    /// a^b
    Pow,
    /// the larger one
    Max,
    /// the smaller one
    Min,
}

impl Zip {
    /// Its name in messages and in patterns.
    pub fn name(self) -> &'static str {
        match self {
            Zip::Add => "+",
            Zip::Mul => "*",
            Zip::Div => "/",
            Zip::Pow => "^",
            Zip::Max => "max",
            Zip::Min => "min",
        }
    }
}

/// An operation and its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A number.
    Const(Number),
    /// A parameter, an input, a target or a formal argument.
    Leaf(SymbolId),
    /// `n`, the number of rows of the batch.
    RowCount,
    /// A function of one value.
    Map(Function, Term),
    /// A function of two values.
    Zip(Zip, Term, Term),
    /// The second where the first is greater than 0, else the third. Its derivative selects too,
    /// so that the branch not taken is never multiplied by 0 · ∞.
    Select(Term, Term, Term),
    /// One number as every entry.
    Fill(Term, Dims),
    /// One entry (row by row).
    Pick(Term, usize),
    /// One number as that entry, 0 as the others.
    Place(Term, usize, Dims),
    /// The sum over the entries.
    SumEntries(Term),
    /// ln Σ e^entry, without overflow.
    LogSumExp(Term),
    /// Wᵀ
    Transpose(Term),
    /// W x
    MatVec(Term, Term),
    /// a bᵀ
    Outer(Term, Term),
    /// The sum over the rows of the batch.
    SumRows(Term),
}

impl Op {
    /// The arguments in order.
    pub fn children(self) -> Children {
        let (list, len) = match self {
            Op::Const(_) | Op::Leaf(_) | Op::RowCount => ([Term(0); 3], 0),
            Op::Map(_, a)
            | Op::Fill(a, _)
            | Op::Pick(a, _)
            | Op::Place(a, _, _)
            | Op::SumEntries(a)
            | Op::LogSumExp(a)
            | Op::Transpose(a)
            | Op::SumRows(a) => ([a, a, a], 1),
            Op::Zip(_, a, b) | Op::MatVec(a, b) | Op::Outer(a, b) => ([a, b, b], 2),
            Op::Select(a, b, c) => ([a, b, c], 3),
        };
        Children { list, len }
    }

    /// The same operation on other arguments.
    #[must_use]
    pub fn with_children(self, new: &[Term]) -> Op {
        match (self, new) {
            (Op::Map(f, _), &[a]) => Op::Map(f, a),
            (Op::Fill(_, dims), &[a]) => Op::Fill(a, dims),
            (Op::Pick(_, i), &[a]) => Op::Pick(a, i),
            (Op::Place(_, i, dims), &[a]) => Op::Place(a, i, dims),
            (Op::SumEntries(_), &[a]) => Op::SumEntries(a),
            (Op::LogSumExp(_), &[a]) => Op::LogSumExp(a),
            (Op::Transpose(_), &[a]) => Op::Transpose(a),
            (Op::SumRows(_), &[a]) => Op::SumRows(a),
            (Op::Zip(z, ..), &[a, b]) => Op::Zip(z, a, b),
            (Op::MatVec(..), &[a, b]) => Op::MatVec(a, b),
            (Op::Outer(..), &[a, b]) => Op::Outer(a, b),
            (Op::Select(..), &[a, b, c]) => Op::Select(a, b, c),
            _ => self,
        }
    }
}

/// Up to three arguments.
#[derive(Clone, Copy, Debug)]
pub struct Children {
    list: [Term; 3],
    len: usize,
}

impl std::ops::Deref for Children {
    type Target = [Term];
    fn deref(&self) -> &[Term] {
        &self.list[..self.len]
    }
}

impl IntoIterator for Children {
    type Item = Term;
    type IntoIter = std::iter::Take<std::array::IntoIter<Term, 3>>;
    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter().take(self.len)
    }
}
