//! What a term is to a reader, before any notation.
//!
//! The raw operations know no minus, no `relu` and no mean; readers do. The printers see a
//! [`View`] and therefore agree on what is a difference, a quotient or a named form.

#![deny(clippy::wildcard_enum_match_arm)]

use super::names::Names;
use crate::arena::{Arena, SymbolId, Term};
use crate::op::{Function, Op, Zip};
use crate::shape::Dims;

/// Something to be written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// A term.
    Whole(Term),
    /// A term without its leading minus, which has been written already.
    Unsigned(Term),
    /// A product without its first factors, as many as the number says; two or more are left.
    Tail(Term, usize),
}

impl Part {
    /// The term that it is, or is part of.
    pub(super) fn term(self) -> Term {
        match self {
            Part::Whole(term) | Part::Unsigned(term) | Part::Tail(term, _) => term,
        }
    }
}

/// What a sum runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Rows and entries: the result is one number.
    Everything,
    /// The rows of the batch; the entries stay apart.
    Rows,
    /// The entries; the rows stay apart.
    Outputs,
}

/// Factors and divisors from left to right, as `a*b/c*d` is written.
#[derive(Clone, Debug)]
pub(super) struct Product {
    /// True where the leading number is negative.
    pub(super) minus: bool,
    /// The first factor, without that minus.
    pub(super) first: Part,
    /// The others; true where it divides.
    pub(super) rest: Vec<(bool, Term)>,
}

/// What a term is to a reader.
#[derive(Clone, Debug)]
pub(super) enum View {
    /// A number; negative ones too.
    Number(f64),
    /// A leaf, an entry of a leaf, `n`, or a term that has a name.
    Name(String),
    /// Summands from left to right; true where one is subtracted.
    Sum(Vec<(bool, Part)>),
    /// -a
    Minus(Term),
    /// Factors and divisors.
    Product(Product),
    /// a^b
    Power(Term, Term),
    /// A named function.
    Call(&'static str, Vec<Term>),
    /// The second where the first is greater than 0, else the third.
    Choice(Term, Term, Term),
    /// W x
    MatrixProduct(Term, Term),
    /// Wᵀ
    Transpose(Term),
    /// a bᵀ
    Outer(Term, Term),
    /// Σ a
    Reduction(Over, Term),
    /// An entry of something that is no leaf.
    Entry(Term, Vec<usize>),
    /// One number as every entry.
    Fill(Term, Dims),
    /// One number as that entry, 0 elsewhere.
    Place(Term, Vec<usize>, Dims),
}

/// A term to be read, and the names of its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    /// Where the terms live.
    pub(super) arena: &'a Arena,
    names: &'a Names,
    /// The term to be written out.
    pub(super) root: Term,
    /// True where a minus is pulled out of a sum.
    paper: bool,
}

impl<'a> Reader<'a> {
    /// For the model language, which says what is there and nothing else.
    pub(super) fn of_text(arena: &'a Arena, names: &'a Names, root: Term) -> Reader<'a> {
        Reader { arena, names, root, paper: false }
    }

    /// For paper, where numbers stand before a sum.
    pub(super) fn of_paper(arena: &'a Arena, names: &'a Names, root: Term) -> Reader<'a> {
        Reader { arena, names, root, paper: true }
    }

    /// The operation of a term; `None` where the term prints as its name.
    pub(super) fn written(&self, term: Term) -> Option<Op> {
        self.own_name(term).is_none().then(|| self.arena.op(term))
    }

    fn own_name(&self, term: Term) -> Option<&'a str> {
        if term == self.root { None } else { self.names.get(term) }
    }

    /// The number that a term is and prints as.
    pub(super) fn number(&self, term: Term) -> Option<f64> {
        if self.own_name(term).is_some() { None } else { self.arena.constant_of(term) }
    }

    /// True where the written term starts with a minus of its own.
    pub(super) fn minus(&self, term: Term) -> bool {
        let mut head = term;
        while let Some(op) = self.written(head) {
            match op {
                Op::Const(value) => return value.get() < 0.0,
                Op::Map(Function::Neg, _) => return head == term,
                Op::Zip(Zip::Mul | Zip::Div, left, _) => head = left,
                Op::SumRows(_) | Op::SumEntries(_) if self.paper && head == term => {
                    return self.reduction(op).is_some_and(|(_, summand)| self.plain_minus(summand));
                }
                Op::Zip(Zip::Add | Zip::Pow | Zip::Max | Zip::Min, ..)
                | Op::Map(..)
                | Op::Leaf(_)
                | Op::RowCount
                | Op::Select(..)
                | Op::Fill(..)
                | Op::Pick(..)
                | Op::Place(..)
                | Op::SumEntries(_)
                | Op::LogSumExp(_)
                | Op::Transpose(_)
                | Op::MatVec(..)
                | Op::Outer(..)
                | Op::SumRows(_) => return false,
            }
        }
        false
    }

    /// The same, where a minus inside a sum stays there.
    pub(super) fn plain_minus(&self, term: Term) -> bool {
        Reader { paper: false, ..*self }.minus(term)
    }

    /// What a part is to a reader.
    pub(super) fn view(&self, part: Part) -> View {
        match part {
            Part::Whole(term) => self.view_of(term),
            Part::Unsigned(term) => self.without_minus(term),
            Part::Tail(term, skipped) => {
                let Some(product) = self.product(term) else { return self.view_of(term) };
                match product.rest.get(skipped.saturating_sub(1)..) {
                    Some([(_, first), rest @ ..]) => View::Product(Product {
                        minus: false,
                        first: Part::Whole(*first),
                        rest: rest.to_vec(),
                    }),
                    _ => View::Product(product),
                }
            }
        }
    }

    fn without_minus(&self, term: Term) -> View {
        let mut view = self.view_of(term);
        if let View::Minus(inner) = view {
            return self.view_of(inner);
        }
        if let View::Number(value) = &mut view {
            *value = value.abs();
        }
        if let View::Product(product) = &mut view {
            product.minus = false;
        }
        view
    }

    fn view_of(&self, term: Term) -> View {
        if let Some(name) = self.own_name(term) {
            return View::Name(name.to_owned());
        }
        match self.arena.op(term) {
            Op::Const(value) => View::Number(value.get()),
            Op::Leaf(id) => View::Name(self.symbol_name(id).to_owned()),
            Op::RowCount => View::Name("n".to_owned()),
            Op::Map(Function::Neg, a) => View::Minus(a),
            Op::Map(function, a) => match self.softmax(function, a) {
                Some(z) => View::Call("softmax", vec![z]),
                None => View::Call(function.name(), vec![a]),
            },
            Op::Zip(Zip::Add, ..) => View::Sum(self.summands(term)),
            Op::Zip(Zip::Mul | Zip::Div, a, _) => match self.product(term) {
                Some(product) => View::Product(product),
                None => self.view_of(a),
            },
            Op::Zip(Zip::Pow, a, b) => View::Power(a, b),
            Op::Zip(zip @ (Zip::Max | Zip::Min), a, b) => View::Call(zip.name(), vec![a, b]),
            Op::Select(c, a, b) => {
                if self.is_relu(c, a, b) {
                    View::Call("relu", vec![a])
                } else {
                    View::Choice(c, a, b)
                }
            }
            Op::Fill(a, dims) => View::Fill(a, dims),
            Op::Pick(a, index) => self.entry(a, index),
            Op::Place(a, index, dims) => View::Place(a, indices(dims, index), dims),
            Op::LogSumExp(a) => View::Call("logsumexp", vec![a]),
            Op::Transpose(a) => View::Transpose(a),
            Op::MatVec(w, x) => View::MatrixProduct(w, x),
            Op::Outer(a, b) => View::Outer(a, b),
            op @ (Op::SumRows(a) | Op::SumEntries(a)) => {
                let (over, summand) = self.reduction(op).unwrap_or((Over::Everything, a));
                View::Reduction(over, summand)
            }
        }
    }

    /// What a sum runs over, and the summand.
    fn reduction(&self, op: Op) -> Option<(Over, Term)> {
        if let Op::SumEntries(a) = op {
            let over = if self.arena.shape(a).per_row { Over::Outputs } else { Over::Everything };
            return Some((over, a));
        }
        let Op::SumRows(a) = op else { return None };
        let shape = self.arena.shape(a);
        if !shape.per_row || !shape.dims.is_scalar() {
            return Some((Over::Rows, a));
        }
        match self.written(a) {
            Some(Op::SumEntries(inner)) => Some((Over::Everything, inner)),
            _ => Some((Over::Everything, a)),
        }
    }

    /// True for z where z > 0, else 0.
    pub(super) fn is_relu(&self, condition: Term, above: Term, below: Term) -> bool {
        condition == above && self.number(below) == Some(0.0)
    }

    /// z in exp(z - logsumexp(z)).
    fn softmax(&self, function: Function, a: Term) -> Option<Term> {
        if function != Function::Exp {
            return None;
        }
        let Some(Op::Zip(Zip::Add, z, minus)) = self.written(a) else { return None };
        let Some(Op::Map(Function::Neg, total)) = self.written(minus) else { return None };
        (self.written(total) == Some(Op::LogSumExp(z))).then_some(z)
    }

    /// The summands of a sum, down its left spine.
    fn summands(&self, term: Term) -> Vec<(bool, Part)> {
        let mut found = Vec::new();
        let mut head = term;
        while let Some(Op::Zip(Zip::Add, left, right)) = self.written(head) {
            found.push(right);
            head = left;
        }
        found.push(head);
        let signed = |term: Term| {
            let minus = self.minus(term);
            (minus, if minus { Part::Unsigned(term) } else { Part::Whole(term) })
        };
        found.into_iter().rev().map(signed).collect()
    }

    /// The factors of a product, down its left spine.
    pub(super) fn product(&self, term: Term) -> Option<Product> {
        let mut rest = Vec::new();
        let mut head = term;
        while let Some(Op::Zip(zip @ (Zip::Mul | Zip::Div), left, right)) = self.written(head) {
            rest.push((zip == Zip::Div, right));
            head = left;
        }
        if rest.is_empty() {
            return None;
        }
        rest.reverse();
        let minus = self.number(head).is_some_and(|value| value < 0.0);
        let first = if minus { Part::Unsigned(head) } else { Part::Whole(head) };
        Some(Product { minus, first, rest })
    }

    fn symbol_name(&self, id: SymbolId) -> &'a str {
        &self.arena.symbol_of(id).name
    }

    /// An entry by its own name, by the name of the whole, or of an expression.
    fn entry(&self, whole: Term, index: usize) -> View {
        let position = indices(self.arena.dims(whole), index);
        let symbol =
            if let Op::Leaf(id) = self.arena.op(whole) { Some(self.arena.symbol_of(id)) } else { None };
        if let Some(own) = symbol.and_then(|symbol| symbol.entries.get(index)) {
            return View::Name(own.clone());
        }
        match self.own_name(whole).or(symbol.map(|symbol| symbol.name.as_str())) {
            Some(stem) => View::Name(format!("{stem}{}", bracketed(&position))),
            None => View::Entry(whole, position),
        }
    }
}

/// `[0,1]`
pub(super) fn bracketed(position: &[usize]) -> String {
    let numbers: Vec<String> = position.iter().map(usize::to_string).collect();
    format!("[{}]", numbers.join(","))
}

/// Row and column of an entry, or its place in a vector.
fn indices(dims: Dims, index: usize) -> Vec<usize> {
    match dims {
        Dims::Matrix(_, columns) => vec![index / columns, index % columns],
        Dims::Vector(_) | Dims::Scalar => vec![index],
    }
}
