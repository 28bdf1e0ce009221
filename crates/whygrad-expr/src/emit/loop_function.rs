//! The body of one function with loops over rows.

use super::expression::{Expr, Helper, Helpers, Level, Writer, minus, product, sum};
use super::loops::{LoopLanguage, Part, Purpose};
use super::lower::{Lowering, Range};
use super::names::Names;
use crate::arena::{SymbolId, Term};
use crate::op::{Function, Op, Zip};
use crate::shape::Dims;

/// One index of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Fixed(usize),
    Index(&'static str),
}

/// Which entry of a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The only one.
    Whole,
    /// The one at a place in the flat order.
    Flat(Position),
    /// The one in a row and a column.
    Pair(Position, Position),
}

/// Where a term with a variable lives: a name, or a part of the gradient.
#[derive(Clone, Debug)]
struct Home {
    name: String,
    /// The place of entry 0 in the gradient; `None` for a variable of its own.
    offset: Option<usize>,
}

/// The body of one function while it is written.
pub(super) struct Body<'a> {
    language: &'a dyn LoopLanguage,
    lowering: &'a Lowering<'a>,
    names: Names,
    helpers: &'a mut Helpers,
    homes: Vec<Option<Home>>,
    /// Lines that must stand before the statement in work.
    before: Vec<String>,
    /// The name that the next sum of its own lines shall have.
    sum_name: Option<String>,
    pub(super) writer: Writer,
}

impl<'a> Body<'a> {
    pub(super) fn new(
        language: &'a dyn LoopLanguage,
        lowering: &'a Lowering<'a>,
        names: Names,
        helpers: &'a mut Helpers,
    ) -> Body<'a> {
        let homes = vec![None; lowering.program.arena.len()];
        let (before, writer) = (Vec::new(), Writer::default());
        Body { language, lowering, names, helpers, homes, before, sum_name: None, writer }
    }

    /// Writes all statements; the loss as it is returned.
    pub(super) fn write(&mut self, purpose: Purpose) -> Expr {
        let program = self.lowering.program;
        self.find_homes(purpose);
        self.read_parameters();
        let levels = self.lowering.order.iter().map(|&t| self.lowering.level(t)).max().unwrap_or(0);
        for level in 0..=levels {
            self.write_shared(level);
            self.write_rows(level, purpose);
        }
        match purpose {
            Purpose::Predict => Expr::atom(""),
            Purpose::Loss => {
                self.write_gradient();
                self.entry(program.loss, At::Whole)
            }
        }
    }

    fn dims(&self, term: Term) -> Dims {
        self.lowering.program.arena.dims(term)
    }

    fn op(&self, term: Term) -> Op {
        self.lowering.program.arena.op(term)
    }

    fn is_per_row(&self, term: Term) -> bool {
        self.lowering.program.arena.shape(term).per_row
    }

    /// A sum over rows that is a derivative and nothing else is added up in the gradient itself.
    fn find_homes(&mut self, purpose: Purpose) {
        let program = self.lowering.program;
        if purpose == Purpose::Loss {
            for (parameter, &term) in program.parameters.iter().zip(&program.gradient) {
                let single = matches!(self.op(term), Op::SumRows(_)) && self.lowering.is_used_once(term);
                if single && term != program.loss {
                    let home = Home { name: "gradient".to_owned(), offset: Some(parameter.offset) };
                    self.homes[term.0 as usize] = Some(home);
                }
            }
        }
        for &term in &self.lowering.order {
            let bound = self.lowering.is_bound(term) || matches!(self.op(term), Op::SumRows(_));
            if bound && self.homes[term.0 as usize].is_none() {
                let start = if matches!(self.op(term), Op::SumRows(_)) { "total" } else { "t" };
                let name = self.names.numbered(term, start);
                self.homes[term.0 as usize] = Some(Home { name, offset: None });
            }
        }
    }

    fn read_parameters(&mut self) {
        let program = self.lowering.program;
        for parameter in &program.parameters {
            if self.uses_leaf(&self.lowering.order, parameter.symbol) {
                let name = self.names.symbol(parameter.symbol.0);
                let (offset, len) = (parameter.offset, parameter.len());
                let part = Part { name: &name, table: "theta", width: 0, offset, len };
                self.writer.line(&self.language.parameter(part));
            }
        }
    }

    fn uses_leaf(&self, terms: &[Term], symbol: SymbolId) -> bool {
        terms.iter().any(|&t| self.op(t) == Op::Leaf(symbol))
    }

    /// The terms of a level that all rows share.
    fn write_shared(&mut self, level: u32) {
        for &term in &self.lowering.order {
            let ready = self.lowering.level(term) == level && self.lowering.is_bound(term);
            if ready && !self.is_per_row(term) && !matches!(self.op(term), Op::SumRows(_)) {
                self.define(term);
            }
        }
    }

    /// The loop over rows that adds up the sums of the next level.
    fn write_rows(&mut self, level: u32, purpose: Purpose) {
        let lowering = self.lowering;
        let mut sums: Vec<Term> = lowering
            .order
            .iter()
            .copied()
            .filter(|&t| matches!(self.op(t), Op::SumRows(_)) && lowering.level(t) == level + 1)
            .collect();
        sums.sort_by_key(|t| self.homes[t.0 as usize].as_ref().and_then(|home| home.offset));
        let mut roots: Vec<Term> = sums.iter().flat_map(|&t| self.op(t).children()).collect();
        let outputs: Vec<(usize, Term)> = match purpose {
            Purpose::Loss => Vec::new(),
            Purpose::Predict => self.outputs().into_iter().filter(|o| lowering.level(o.1) == level).collect(),
        };
        roots.extend(outputs.iter().map(|o| o.1));
        if roots.is_empty() {
            return;
        }
        for &term in &sums {
            if let Some(Home { name, offset: None }) = self.homes[term.0 as usize].clone() {
                self.writer.line(&self.language.zeros(&name, self.dims(term).len(), false));
            }
        }
        let needed = self.needed_in_rows(&roots);
        self.writer.open(self.language.row_loop());
        self.read_columns(&needed);
        for &term in &needed {
            if lowering.is_bound(term) {
                self.define(term);
            }
        }
        for &term in &sums {
            self.add_to(term);
        }
        for &(offset, term) in &outputs {
            self.write_output(offset, term);
        }
        self.writer.close(self.language.block_end());
    }

    /// Each prediction with the place of its first number in an output row.
    fn outputs(&self) -> Vec<(usize, Term)> {
        let mut offset = 0;
        let place = |&term: &Term| {
            let here = offset;
            offset += self.dims(term).len();
            (here, term)
        };
        self.lowering.program.predictions.iter().map(place).collect()
    }

    /// The terms with a value per row that `roots` need.
    fn needed_in_rows(&self, roots: &[Term]) -> Vec<Term> {
        let mut needed = vec![false; self.lowering.program.arena.len()];
        for root in roots {
            needed[root.0 as usize] = self.is_per_row(*root);
        }
        for &term in self.lowering.order.iter().rev() {
            if needed[term.0 as usize] {
                for child in self.op(term).children() {
                    needed[child.0 as usize] |= self.is_per_row(child);
                }
            }
        }
        self.lowering.order.iter().copied().filter(|t| needed[t.0 as usize]).collect()
    }

    fn read_columns(&mut self, needed: &[Term]) {
        let program = self.lowering.program;
        let tables = [
            ("inputs", &program.inputs, program.input_width()),
            ("targets", &program.targets, program.target_width()),
        ];
        for (table, symbols, width) in tables {
            let mut offset = 0;
            for &id in symbols {
                let len = program.arena.symbol_of(id).shape.dims.len();
                if self.uses_leaf(needed, id) {
                    let name = self.names.symbol(id.0);
                    let part = Part { name: &name, table, width, offset, len };
                    self.writer.line(&self.language.column(part));
                }
                offset += len;
            }
        }
    }

    /// The indices that run over the entries of a value, and the entry they name.
    fn loops_over(&self, term: Term) -> (Vec<(&'static str, usize)>, At) {
        let dims = self.dims(term);
        match dims {
            _ if dims.len() == 1 => (vec![], At::Whole),
            Dims::Matrix(1, columns) if self.lowering.needs_pairs(term) => {
                (vec![("j", columns)], At::Pair(Position::Fixed(0), Position::Index("j")))
            }
            Dims::Matrix(rows, 1) if self.lowering.needs_pairs(term) => {
                (vec![("i", rows)], At::Pair(Position::Index("i"), Position::Fixed(0)))
            }
            Dims::Matrix(rows, columns) if self.lowering.needs_pairs(term) => {
                let at = At::Pair(Position::Index("i"), Position::Index("j"));
                (vec![("i", rows), ("j", columns)], at)
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => {
                (vec![("i", dims.len())], At::Flat(Position::Index("i")))
            }
        }
    }

    /// Gives a term its variable.
    fn define(&mut self, term: Term) {
        let Some(home) = self.homes[term.0 as usize].clone() else { return };
        let (loops, at) = self.loops_over(term);
        if loops.is_empty() {
            let sums_itself = matches!(self.op(term), Op::SumEntries(_) | Op::MatVec(..));
            self.sum_name = sums_itself.then(|| home.name.clone());
            let value = self.expression(term, at);
            self.flush();
            if value.text != home.name {
                self.writer.line(&self.language.define(&home.name, &value));
            }
            return;
        }
        let value = self.expression(term, at);
        if self.before.is_empty()
            && let Some(line) = self.language.comprehension(&home.name, &loops, &value)
        {
            self.writer.line(&line);
            return;
        }
        let len = self.dims(term).len();
        self.writer.line(&self.language.zeros(&home.name, len, true));
        let target = self.reference(&home, self.dims(term), at);
        self.in_loops(&loops, &self.language.set(&target, &value));
    }

    /// Adds this row's share to a sum over rows.
    fn add_to(&mut self, term: Term) {
        let (Some(home), Op::SumRows(inner)) = (self.homes[term.0 as usize].clone(), self.op(term)) else {
            return;
        };
        let (loops, at) = self.loops_over(inner);
        let value = self.entry(inner, at);
        let target = self.reference(&home, self.dims(term), at);
        self.in_loops(&loops, &self.language.add(&target, &value));
    }

    fn write_output(&mut self, offset: usize, term: Term) {
        let width = self.lowering.program.predictions.iter().map(|&t| self.dims(t).len()).sum();
        let (loops, at) = self.loops_over(term);
        let value = self.entry(term, at);
        let index = shifted(offset, self.dims(term), at);
        self.in_loops(&loops, &self.language.set(&self.language.output(width, &index), &value));
    }

    /// The derivatives that are not sums over rows.
    fn write_gradient(&mut self) {
        let program = self.lowering.program;
        for (parameter, &term) in program.parameters.iter().zip(&program.gradient) {
            let written = self.homes[term.0 as usize].as_ref().is_some_and(|home| home.offset.is_some());
            let zero = match self.op(term) {
                Op::Fill(a, _) => program.arena.constant_of(a) == Some(0.0),
                _ => program.arena.constant_of(term) == Some(0.0),
            };
            if written || zero {
                continue;
            }
            let home = Home { name: "gradient".to_owned(), offset: Some(parameter.offset) };
            let (loops, at) = self.loops_over(term);
            let value = self.entry(term, at);
            let target = self.reference(&home, self.dims(term), at);
            self.in_loops(&loops, &self.language.set(&target, &value));
        }
    }

    fn flush(&mut self) {
        for line in std::mem::take(&mut self.before) {
            self.writer.line(&line);
        }
    }

    /// A statement inside loops over entries, after the lines it needs.
    fn in_loops(&mut self, loops: &[(&'static str, usize)], statement: &str) {
        for &(index, count) in loops {
            self.writer.open(&self.language.loop_start(index, count));
        }
        self.flush();
        self.writer.line(statement);
        for _ in loops {
            self.writer.close(self.language.block_end());
        }
    }

    fn reference(&self, home: &Home, dims: Dims, at: At) -> String {
        match home.offset {
            None if dims.len() == 1 => home.name.clone(),
            None => format!("{}[{}]", home.name, shifted(0, dims, at)),
            Some(offset) => format!("{}[{}]", home.name, shifted(offset, dims, at)),
        }
    }
}

/// Expressions.
impl Body<'_> {
    /// One entry of a term: its variable, or its expression in place.
    fn entry(&mut self, term: Term, at: At) -> Expr {
        let dims = self.dims(term);
        let at = if dims.len() == 1 { At::Whole } else { at };
        if let Some(home) = self.homes[term.0 as usize].clone() {
            return Expr::atom(self.reference(&home, dims, at));
        }
        self.expression(term, at)
    }

    /// One entry of a term by its operation. Recursion ends at variables, a dozen operations deep.
    fn expression(&mut self, term: Term, at: At) -> Expr {
        let dims = self.dims(term);
        match self.op(term) {
            Op::Const(value) => Expr::number(self.language.number(value.get())),
            Op::Leaf(id) => {
                let home = Home { name: self.names.symbol(id.0), offset: None };
                Expr::atom(self.reference(&home, dims, at))
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
fn shifted(offset: usize, dims: Dims, at: At) -> String {
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
