//! The body of one function with loops over rows.

use super::expression::{Expr, Helpers, Writer};
use super::loop_entry::{At, Home, Position, reference, shifted};
use super::loops::{LoopLanguage, Part, Purpose};
use super::lower::Lowering;
use super::names::Names;
use crate::arena::{SymbolId, Term};
use crate::op::Op;
use crate::shape::Dims;

/// The body of one function while it is written.
pub(super) struct Body<'a> {
    pub(super) language: &'a dyn LoopLanguage,
    pub(super) lowering: &'a Lowering<'a>,
    pub(super) names: Names,
    pub(super) helpers: &'a mut Helpers,
    pub(super) homes: Vec<Option<Home>>,
    /// Lines that must stand before the statement in work.
    pub(super) before: Vec<String>,
    /// The name that the next sum of its own lines shall have.
    pub(super) sum_name: Option<String>,
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

    pub(super) fn dims(&self, term: Term) -> Dims {
        self.lowering.program.arena.dims(term)
    }

    pub(super) fn op(&self, term: Term) -> Op {
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
    pub(super) fn loops_over(&self, term: Term) -> (Vec<(&'static str, usize)>, At) {
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
        let target = reference(&home, self.dims(term), at);
        self.in_loops(&loops, &self.language.set(&target, &value));
    }

    /// Adds this row's share to a sum over rows.
    fn add_to(&mut self, term: Term) {
        let (Some(home), Op::SumRows(inner)) = (self.homes[term.0 as usize].clone(), self.op(term)) else {
            return;
        };
        let (loops, at) = self.loops_over(inner);
        let value = self.entry(inner, at);
        let target = reference(&home, self.dims(term), at);
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
            let number = if let Op::Fill(a, _) = self.op(term) { a } else { term };
            let zero = program.arena.constant_of(number) == Some(0.0);
            if written || zero {
                continue;
            }
            let home = Home { name: "gradient".to_owned(), offset: Some(parameter.offset) };
            let (loops, at) = self.loops_over(term);
            let value = self.entry(term, at);
            let target = reference(&home, self.dims(term), at);
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
}
