//! One entry of a term as an expression, for the languages that loop over rows.

use super::expression::{Expr, Helper, Level, Writer, minus, product, sum};
use super::loop_function::Body;
use super::lower::Range;
use crate::arena::Term;
use crate::op::{Function, Op, Zip};
use crate::shape::Dims;

/// One index of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Fixed(usize),
    Index(&'static str),
}

/// Which entry of a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// The only one.
    Whole,
    /// The one at a place in the flat order.
    Flat(Position),
    /// The one in a row and a column.
    Pair(Position, Position),
}

/// Where a term with a variable lives: a name, or a part of the gradient.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) name: String,
    /// The place of entry 0 in the gradient; `None` for a variable of its own.
    pub(super) offset: Option<usize>,
}

impl Body<'_> {
    /// One entry of a term: its variable, or its expression in place.
    pub(super) fn entry(&mut self, term: Term, at: At) -> Expr {
        let dims = self.dims(term);
        let at = if dims.len() == 1 { At::Whole } else { at };
        if let Some(home) = self.homes[term.0 as usize].clone() {
            return Expr::atom(reference(&home, dims, at));
        }
        self.expression(term, at)
    }

    /// One entry of a term by its operation. Recursion ends at variables, a dozen operations deep.
    pub(super) fn expression(&mut self, term: Term, at: At) -> Expr {
        let dims = self.dims(term);
        match self.op(term) {
            Op::Const(value) => Expr::number(self.language.number(value.get())),
            Op::Leaf(id) => {
                let home = Home { name: self.names.symbol(id.0), offset: None };
                Expr::atom(reference(&home, dims, at))
            }
            Op::RowCount => Expr::atom(self.language.row_count()),
            Op::Map(Function::Neg, a) => minus(&self.entry(a, at)),
            Op::Map(function, a) => {
                let (name, helper) = self.language.function(function, self.lowering.range(a));
                self.helpers.extend(helper);
                let argument = self.entry(a, at);
                self.language.call(name, &[argument])
            }
            Op::Zip(zip, a, b) => self.zip(zip, a, b, at),
            Op::Select(c, a, b) => {
                let (c, a, b) = (self.entry(c, at), self.entry(a, at), self.entry(b, at));
                let test = format!("{} > {}", c.at_least(Level::Sum), self.language.number(0.0));
                self.language.choice(&test, &a, &b)
            }
            Op::Fill(a, _) => self.entry(a, At::Flat(Position::Fixed(0))),
            Op::Pick(a, index) => self.entry(a, At::Flat(Position::Fixed(index))),
            Op::Place(a, index, _) => self.place(a, index, dims, at),
            Op::SumEntries(a) => {
                let (loops, inner) = self.loops_over(a);
                self.inner_sum(&loops, |body| body.entry(a, inner))
            }
            Op::LogSumExp(a) => {
                let len = self.dims(a).len();
                if len == 1 {
                    return self.entry(a, At::Whole);
                }
                self.helpers.insert(Helper::LogSumExp);
                let name = self.array_name(a);
                Expr::atom(format!("log_sum_exp({})", self.language.whole(&name, len)))
            }
            Op::Transpose(a) => self.entry(a, transposed(self.dims(a), dims, at)),
            Op::MatVec(w, x) => self.mat_vec(w, x, at),
            Op::Outer(a, b) => {
                let (row, column) = row_and_column(dims, at);
                let (left, right) = (self.entry(a, At::Flat(row)), self.entry(b, At::Flat(column)));
                product("*", &left, &right)
            }
            // A sum over rows always has a home.
            Op::SumRows(_) => Expr::atom(self.language.number(f64::NAN)),
        }
    }

    fn zip(&mut self, zip: Zip, a: Term, b: Term, at: At) -> Expr {
        let square = zip == Zip::Pow && self.lowering.program.arena.constant_of(b) == Some(2.0);
        let (left, right) = (self.entry(a, at), self.entry(b, at));
        match zip {
            Zip::Add => sum("", &left, &right),
            Zip::Mul => product("*", &left, &right),
            Zip::Div => match self.language.careful_division() {
                Some((name, helper)) if self.may_be_zero(b) => {
                    self.helpers.insert(helper);
                    self.language.call(name, &[left, right])
                }
                _ => product("/", &left, &right),
            },
            Zip::Pow if square => product("*", &left, &left),
            Zip::Pow | Zip::Max | Zip::Min => {
                let (name, helper) = self.language.function_of_two(zip);
                self.helpers.extend(helper);
                self.language.call(name, &[left, right])
            }
        }
    }

    fn may_be_zero(&self, divisor: Term) -> bool {
        let number = self.lowering.program.arena.constant_of(divisor);
        number.map_or(self.lowering.range(divisor) != Range::Positive, |value| value == 0.0)
    }

    fn place(&mut self, a: Term, index: usize, dims: Dims, at: At) -> Expr {
        let value = self.entry(a, At::Whole);
        let zero = Expr::atom(self.language.number(0.0));
        match at {
            At::Whole => value,
            At::Flat(Position::Fixed(place)) if place == index => value,
            At::Flat(Position::Fixed(_)) => zero,
            At::Flat(Position::Index(_)) | At::Pair(..) => {
                let place = shifted(0, dims, at);
                let test = format!("{place} {} {index}", self.language.equal());
                self.language.choice(&test, &value, &zero)
            }
        }
    }

    fn mat_vec(&mut self, w: Term, x: Term, at: At) -> Expr {
        let columns = self.dims(x).len();
        let row = match at {
            At::Whole => Position::Fixed(0),
            At::Flat(position) | At::Pair(position, _) => position,
        };
        let (loops, column) = match columns {
            1 => (vec![], Position::Fixed(0)),
            _ => (vec![("j", columns)], Position::Index("j")),
        };
        self.inner_sum(&loops, |body| {
            let (left, right) = (body.entry(w, At::Pair(row, column)), body.entry(x, At::Flat(column)));
            product("*", &left, &right)
        })
    }

    /// The sum of an expression over loops: an expression, or lines of its own before this one.
    fn inner_sum(&mut self, loops: &[(&'static str, usize)], value: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let wanted = self.sum_name.take();
        let saved = std::mem::take(&mut self.before);
        let mut value = value(self);
        let inside = std::mem::replace(&mut self.before, saved);
        if loops.is_empty() {
            self.before.extend(inside);
            return value;
        }
        let mut written = 0;
        for &(index, count) in loops.iter().rev() {
            let Some((expression, helper)) = self.language.sum(index, count, &value) else { break };
            self.helpers.extend(helper);
            value = expression;
            written += 1;
        }
        if written == loops.len() {
            self.before.extend(inside);
            return value;
        }
        let name = wanted.unwrap_or_else(|| self.names.temporary("dot"));
        let mut lines = Writer::default();
        lines.line(&self.language.zeros(&name, 1, false));
        for &(index, count) in loops {
            lines.open(&self.language.loop_start(index, count));
        }
        for line in &inside {
            lines.line(line);
        }
        lines.line(&self.language.add(&name, &value));
        for _ in loops {
            lines.close(self.language.block_end());
        }
        self.before.extend(lines.finish().lines().map(str::to_owned));
        Expr::atom(name)
    }

    /// The name of a leaf or a variable with several entries.
    fn array_name(&self, term: Term) -> String {
        match (&self.homes[term.0 as usize], self.op(term)) {
            (None, Op::Leaf(id)) => self.names.symbol(id.0),
            (home, _) => home.as_ref().map(|home| home.name.clone()).unwrap_or_default(),
        }
    }
}

/// The row and the column of an entry of a matrix.
fn row_and_column(dims: Dims, at: At) -> (Position, Position) {
    let columns = if let Dims::Matrix(_, columns) = dims { columns } else { 1 };
    match at {
        At::Pair(row, column) => (row, column),
        At::Flat(Position::Fixed(place)) => {
            (Position::Fixed(place / columns), Position::Fixed(place % columns))
        }
        At::Flat(Position::Index(_)) | At::Whole => (Position::Fixed(0), Position::Fixed(0)),
    }
}

/// The entry of a matrix that an entry of its transpose (of dims `dims`) shows.
fn transposed(before: Dims, dims: Dims, at: At) -> At {
    let (row, column) = row_and_column(dims, at);
    match before {
        Dims::Matrix(..) => At::Pair(column, row),
        Dims::Vector(_) => At::Flat(column),
        Dims::Scalar => At::Whole,
    }
}

/// The place of an entry in the flat order, counted from `offset`.
pub(super) fn shifted(offset: usize, dims: Dims, at: At) -> String {
    let columns = if let Dims::Matrix(_, columns) = dims { columns } else { 1 };
    let mut start = offset;
    let mut parts = Vec::new();
    let scaled = match at {
        At::Whole => vec![],
        At::Flat(position) => vec![(position, 1)],
        At::Pair(row, column) => vec![(row, columns), (column, 1)],
    };
    for (position, scale) in scaled {
        match position {
            Position::Fixed(index) => start += index * scale,
            Position::Index(name) if scale == 1 => parts.push(name.to_owned()),
            Position::Index(name) => parts.push(format!("{name} * {scale}")),
        }
    }
    if start > 0 || parts.is_empty() {
        parts.insert(0, start.to_string());
    }
    parts.join(" + ")
}

/// The text of an entry that has a home.
pub(super) fn reference(home: &Home, dims: Dims, at: At) -> String {
    match home.offset {
        None if dims.len() == 1 => home.name.clone(),
        None => format!("{}[{}]", home.name, shifted(0, dims, at)),
        Some(offset) => format!("{}[{}]", home.name, shifted(offset, dims, at)),
    }
}
