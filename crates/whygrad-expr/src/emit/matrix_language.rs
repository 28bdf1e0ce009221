//! What a language with whole matrices has to spell.
//!
//! A value that all rows share is a number, a row of numbers or a matrix. A value per row is a
//! column of n numbers, or n rows of its entries; a matrix per row lies in its row, row by row.

use super::expression::{Expr, Helper, Helpers, Level, Writer};
use super::loops::{Part, Purpose};
use super::lower::Range;
use super::names::NameRules;
use crate::op::{Function, Zip};
use crate::shape::{Dims, Shape};

/// How a language with matrices spells things.
pub(super) trait MatrixLanguage {
    fn comment(&self) -> &'static str;
    /// A range of `theta` in the header.
    fn range(&self, start: usize, len: usize) -> String;
    /// What the arguments are, for the header.
    fn data(&self) -> &'static str;
    fn name_rules(&self) -> NameRules;
    fn prologue(&self) -> &'static str;
    fn helper(&self, helper: Helper) -> String;
    fn number(&self, value: f64) -> String;

    /// The sign before operators on arrays.
    fn dot(&self, array: bool) -> &'static str;
    fn times(&self, array: bool) -> &'static str;
    fn over(&self, array: bool) -> &'static str;
    fn map(&self, function: Function, a: &Expr, range: Range, array: bool, helpers: &mut Helpers) -> Expr;
    /// `a ^ b`; `exponent` is the number, where it is one.
    fn power(&self, a: &Expr, b: &Expr, exponent: Option<f64>, array: bool, helpers: &mut Helpers) -> Expr;
    /// The larger or the smaller one.
    fn extreme(&self, zip: Zip, a: &Expr, b: &Expr, array: bool, helpers: &mut Helpers) -> Expr;
    fn select(&self, c: &Expr, a: &Expr, b: &Expr, array: bool, helpers: &mut Helpers) -> Expr;

    /// A value of one shape as it combines entry by entry with values of another.
    fn conform(&self, a: &Expr, from: Shape, to: Shape) -> Expr;
    /// The first entry of a matrix that has no other.
    fn only_entry(&self, a: &Expr) -> Expr {
        self.pick(a, Shape::once(Dims::Matrix(1, 1)), 0)
    }
    fn pick(&self, a: &Expr, from: Shape, index: usize) -> Expr;
    fn place(&self, a: &Expr, index: usize, to: Shape, helpers: &mut Helpers) -> Expr;
    fn fill(&self, a: &Expr, from: Shape, to: Shape) -> Expr;
    fn transpose(&self, a: &Expr, from: Dims) -> Expr;
    fn sum_all(&self, a: &Expr, from: Shape) -> Expr;
    /// Over the entries of each row.
    fn sum_each(&self, a: &Expr) -> Expr;
    /// Over the rows; the result has the dims of a row's value.
    fn sum_rows(&self, a: &Expr, from: Dims) -> Expr;
    /// Σ a bᵀ over the rows.
    fn sum_outer(&self, a: &Expr, b: &Expr, dims: (Dims, Dims)) -> Expr;
    fn log_sum_exp(&self, a: &Expr, from: Shape) -> Expr;
    /// W x of a shared W; `turned` where `w` is the transpose of W.
    fn mat_vec(&self, w: &Expr, turned: bool, x: &Expr, product: Product) -> Expr;
    fn outer(&self, a: &Expr, b: &Expr, dims: (Dims, Dims)) -> Expr;

    /// The line that opens a function.
    fn function_start(&self, purpose: Purpose) -> &'static str;
    /// The line that counts the rows.
    fn row_count(&self) -> &'static str;
    fn loss_end(&self, writer: &mut Writer, loss: &Expr, gradient: &[(Expr, Dims)]);
    fn predict_end(&self, writer: &mut Writer, outputs: &[(Expr, Shape)]);
    fn parameter(&self, part: Part<'_>, dims: Dims) -> String;
    fn column(&self, part: Part<'_>) -> String;
    fn define(&self, name: &str, value: &Expr) -> String;
}

/// The sizes of W x, and whether x is a value per row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) per_row: bool,
}

/// True where a value is one number for each row.
pub(super) fn is_column(shape: Shape) -> bool {
    shape.per_row && shape.dims.len() == 1
}

/// True where a value has several numbers for each row.
pub(super) fn is_table(shape: Shape) -> bool {
    shape.per_row && shape.dims.len() > 1
}

/// The rows and columns of a matrix; a row of numbers has one row.
pub(super) fn sizes(dims: Dims) -> (usize, usize) {
    match dims {
        Dims::Scalar => (1, 1),
        Dims::Vector(n) => (1, n),
        Dims::Matrix(rows, columns) => (rows, columns),
    }
}

/// `a ^ b` with an operator.
pub(super) fn powered(operator: &str, a: &Expr, b: &Expr) -> Expr {
    let text = format!("{} {operator} {}", a.at_least(Level::Atom), b.at_least(Level::Atom));
    Expr::new(text, Level::Power)
}
