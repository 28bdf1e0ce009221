//! A reader of the model language, just large enough for these tests.
//!
//! One letter up to `n` is a number for all rows, but `n` itself the number of rows; `y` and
//! `y_hat`, `x1` and `x2` are a number for each row; `u`, `v`, `x`, `z`, `delta` three numbers
//! for each row; capitals 3 by 3 matrices; `p` has the entries `p1` and `p2`.

use super::{Names, Notation, expression};
use crate::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use crate::functions::{apply, find};
use crate::op::{Op, Zip};
use crate::shape::{Dims, Shape};

/// An arena and the names of its terms.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) arena: Arena,
    pub(super) names: Names,
}

impl Desk {
    pub(super) fn print(&self, term: Term, notation: Notation) -> String {
        expression(&self.arena, term, &self.names, notation)
    }

    /// The term that a text says.
    #[track_caller]
    pub(super) fn read(&mut self, text: &str) -> Term {
        let mut reader = Reader { desk: self, rest: text };
        let term = reader.sum();
        assert_eq!(reader.rest.trim(), "", "all of {text} is read");
        term
    }

    pub(super) fn leaf(&mut self, name: &str) -> Term {
        let known = self.arena.symbols().iter().position(|s| s.name == name);
        if let Some(at) = known {
            return self.arena.leaf(SymbolId(u32::try_from(at).unwrap()));
        }
        let per_row = |dims| Shape { per_row: true, dims };
        let (shape, entries) = match name {
            "y" | "y_hat" | "x1" | "x2" => (per_row(Dims::Scalar), vec![]),
            "u" | "v" | "x" | "z" | "delta" => (per_row(Dims::Vector(3)), vec![]),
            "p" => (per_row(Dims::Vector(2)), vec!["p1".to_owned(), "p2".to_owned()]),
            "U" | "V" | "W" => (Shape::once(Dims::Matrix(3, 3)), vec![]),
            _ => (Shape::NUMBER, vec![]),
        };
        self.declare(name, shape, entries)
    }

    fn declare(&mut self, name: &str, shape: Shape, entries: Vec<String>) -> Term {
        let symbol = Symbol { name: name.into(), kind: SymbolKind::Parameter, shape, entries };
        let id = self.arena.symbol(symbol);
        self.arena.leaf(id)
    }

    /// A matrix of 3 rows and 3 columns.
    pub(super) fn matrix(&mut self, name: &str) -> Term {
        self.declare(name, Shape::once(Dims::Matrix(3, 3)), vec![])
    }

    /// Three numbers.
    pub(super) fn vector(&mut self, name: &str) -> Term {
        self.declare(name, Shape::once(Dims::Vector(3)), vec![])
    }

    /// The symbol of a leaf.
    pub(super) fn symbol(&self, leaf: Term) -> SymbolId {
        let Op::Leaf(id) = self.arena.op(leaf) else { panic!("a leaf") };
        id
    }

    pub(super) fn zip(&mut self, zip: Zip, a: Term, b: Term) -> Term {
        self.arena.make(Op::Zip(zip, a, b))
    }
    pub(super) fn add(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Add, a, b)
    }
    pub(super) fn mul(&mut self, a: Term, b: Term) -> Term {
        self.zip(Zip::Mul, a, b)
    }
    pub(super) fn sub(&mut self, a: Term, b: Term) -> Term {
        let minus = self.arena.neg(b);
        self.add(a, minus)
    }
    pub(super) fn call(&mut self, name: &str, arguments: &[Term]) -> Term {
        apply(&mut self.arena, find(name).unwrap(), arguments).unwrap()
    }
}

struct Reader<'a> {
    desk: &'a mut Desk,
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.strip_prefix(token).map(|rest| self.rest = rest).is_some()
    }

    #[track_caller]
    fn must(&mut self, token: &str) {
        assert!(self.eat(token), "{token} is missing before '{}'", self.rest);
    }

    fn sum(&mut self) -> Term {
        let mut total = if self.eat("-") {
            let product = self.product();
            self.desk.arena.neg(product)
        } else {
            self.product()
        };
        loop {
            if self.eat("+") {
                let product = self.product();
                total = self.desk.add(total, product);
            } else if self.eat("-") {
                let product = self.product();
                total = self.desk.sub(total, product);
            } else {
                return total;
            }
        }
    }

    fn product(&mut self) -> Term {
        let mut total = self.power();
        loop {
            if self.eat("*") {
                let factor = self.power();
                total = self.desk.mul(total, factor);
            } else if self.eat("/") {
                let factor = self.power();
                total = self.desk.zip(Zip::Div, total, factor);
            } else if self.eat("@") {
                let factor = self.power();
                total = self.desk.arena.make(Op::MatVec(total, factor));
            } else {
                return total;
            }
        }
    }

    fn power(&mut self) -> Term {
        let base = self.indexed();
        if !self.eat("^") {
            return base;
        }
        let exponent = self.power();
        self.desk.zip(Zip::Pow, base, exponent)
    }

    fn indexed(&mut self) -> Term {
        let whole = self.atom();
        if !self.eat("[") {
            return whole;
        }
        let mut index = self.whole_number();
        if self.eat(",") {
            index = index * 3 + self.whole_number();
        }
        self.must("]");
        self.desk.arena.make(Op::Pick(whole, index))
    }

    fn atom(&mut self) -> Term {
        if self.eat("(") {
            let inner = self.sum();
            self.must(")");
            return inner;
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let value = self.number();
            return self.desk.arena.constant(value);
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (name, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if self.eat("(") {
            return self.call(name);
        }
        match name {
            "n" => self.desk.arena.make(Op::RowCount),
            "p1" | "p2" => {
                let whole = self.desk.leaf("p");
                self.desk.arena.make(Op::Pick(whole, usize::from(name == "p2")))
            }
            name => self.desk.leaf(name),
        }
    }

    fn number(&mut self) -> f64 {
        self.rest = self.rest.trim_start();
        let is_part = |at: usize, c: char| {
            c.is_ascii_digit() || c == '.' || c == 'e' || (c == '-' && self.rest[..at].ends_with('e'))
        };
        let end = self.rest.char_indices().find(|&(at, c)| !is_part(at, c));
        let (number, rest) = self.rest.split_at(end.map_or(self.rest.len(), |(at, _)| at));
        self.rest = rest;
        number.parse().unwrap()
    }

    fn whole_number(&mut self) -> usize {
        self.number() as usize
    }

    fn call(&mut self, name: &str) -> Term {
        let mut terms = vec![self.sum()];
        let mut sizes = vec![];
        while self.eat(",") {
            if matches!(name, "fill" | "place") {
                sizes.push(self.whole_number());
            } else {
                terms.push(self.sum());
            }
        }
        self.must(")");
        let op = match (name, sizes.as_slice()) {
            ("fill", &[k]) => Op::Fill(terms[0], Dims::Vector(k)),
            ("fill", &[r, c]) => Op::Fill(terms[0], Dims::Matrix(r, c)),
            ("place", &[i, k]) => Op::Place(terms[0], i, Dims::Vector(k)),
            ("place", &[i, j, r, c]) => Op::Place(terms[0], i * c + j, Dims::Matrix(r, c)),
            ("sum_rows", _) => Op::SumRows(terms[0]),
            _ => return self.desk.call(name, &terms),
        };
        self.desk.arena.make(op)
    }
}
