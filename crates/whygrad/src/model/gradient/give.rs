//! Takes a formula as the derivative by a parameter, if its shape fits.

use std::collections::HashMap;

use whygrad_expr::arena::Term;
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::Op;
use whygrad_expr::program::Parameter;
use whygrad_expr::shape::Dims;
use whygrad_expr::syntax::ast::{ExprId, ExprKind, Span};

use super::written::{Given, Reader};

impl Reader<'_, '_> {
    /// One column with all derivatives.
    pub(super) fn column(&mut self, term: Term, left: Span, root: ExprId) {
        let (found, count) = (self.resolver.arena.dims(term).len(), self.count());
        if found != count || matches!(self.resolver.arena.dims(term), Dims::Matrix(..)) {
            return self.wrong_count(found, left);
        }
        self.note_order(left);
        let places: Vec<(usize, usize)> = (self.layout.iter().enumerate())
            .flat_map(|(parameter, p)| (0..p.as_ref().map_or(0, Parameter::len)).map(move |k| (parameter, k)))
            .collect();
        for (at, (parameter, entry)) in places.into_iter().enumerate() {
            let (term, root) = self.entry_of(term, root, at);
            self.give(Given { parameter, entry: Some(entry), term, left, root });
        }
    }

    /// One entry of a formula's value: of a list its item, else the formula's entry.
    pub(super) fn entry_of(&mut self, term: Term, root: ExprId, at: usize) -> (Term, ExprId) {
        let dims = self.resolver.arena.dims(term);
        if dims.is_scalar() {
            return (term, root);
        }
        let columns = if let Dims::Matrix(_, columns) = dims { columns } else { 1 };
        let item = |id: ExprId, at: usize, of: usize| match &self.resolver.ast.expr(id).kind {
            ExprKind::List(items) if items.len() == of => items.get(at).copied(),
            _ => None,
        };
        let row = item(root, at / columns, dims.len() / columns);
        let entry =
            row.and_then(|row| if columns == 1 { Some(row) } else { item(row, at % columns, columns) });
        let found = entry.and_then(|id| Some((*self.recorded.get(&id)?, id)));
        found.unwrap_or_else(|| (self.resolver.arena.make(Op::Pick(term, at)), root))
    }

    /// Takes a formula, if its shape fits and nothing else is there.
    pub(super) fn give(&mut self, given: Given) {
        let given = self.over_rows(given);
        let Some(p) = self.layout.get(given.parameter).and_then(Option::as_ref) else { return };
        let name = given.entry.map_or_else(|| p.name.clone(), |k| p.entry_name(k));
        let dims = match given.entry {
            Some(_) => Dims::Scalar,
            None => Dims::from_declared(&p.shape).unwrap_or(Dims::Scalar),
        };
        let found = self.resolver.arena.dims(given.term);
        if !fits(found, dims, self.own.generous) {
            let what = if dims.is_scalar() { "one number".to_owned() } else { dims.to_string() };
            self.resolver.error(
                Diagnostic::error(
                    "shape",
                    given.left,
                    format!("d{name} is {found}, the parameter is {what}"),
                )
                .label("a derivative has the shape of its parameter")
                .help(match (found, dims) {
                    (_, Dims::Scalar) => "sum(...) adds up rows and entries, v[0] is one entry".to_owned(),
                    (Dims::Matrix(r, c), Dims::Matrix(rows, columns)) if (r, c) == (columns, rows) => {
                        "it is the other way round: transpose(...) turns it".to_owned()
                    }
                    _ => format!("one entry is written d{}", p.entry_name(0)),
                }),
            );
            return;
        }
        let (whole, any) = (&mut self.whole, &mut self.any);
        let (parameter, entry) = (given.parameter, given.entry);
        let again = match entry {
            Some(_) => whole.contains(&parameter) || !any.insert((parameter, entry)),
            None => !whole.insert(parameter) || any.contains(&(parameter, None)),
        };
        any.insert((parameter, None));
        if again {
            self.resolver.error(
                Diagnostic::error("name-taken", given.left, format!("'d{name}' is defined twice"))
                    .label("this derivative is given above")
                    .help("keep one of the two lines"),
            );
            return;
        }
        self.written.given.push(given);
    }

    /// On paper a sum over the rows of vectors is a vector: where a vector or a matrix is due and the formula has one
    /// number, its sums are read as those over the rows alone, if that has the shape.
    fn over_rows(&mut self, given: Given) -> Given {
        let p = self.layout.get(given.parameter).and_then(Option::as_ref);
        let p = p.filter(|p| p.len() > 1 && given.entry.is_none() && self.own.generous);
        let dims = p.and_then(|p| Dims::from_declared(&p.shape));
        let one = self.resolver.arena.dims(given.term).is_scalar();
        let Some(dims) = dims.filter(|_| one && self.recorded.contains_key(&given.root)) else {
            return given;
        };
        let before = self.recorded.clone();
        let said = self.resolver.messages.len();
        self.resolver.rows_alone = true;
        self.resolver.recorded = Some(std::mem::take(&mut self.recorded));
        let term = self.resolver.formula(given.root, &HashMap::new(), None).ok();
        self.resolver.rows_alone = false;
        self.recorded = self.resolver.recorded.take().unwrap_or_default();
        self.resolver.messages.truncate(said);
        let dims_of = |term: Term| self.resolver.arena.dims(term);
        let term = term.filter(|&term| !dims_of(term).is_scalar() && fits(dims_of(term), dims, true));
        let Some(term) = term else {
            self.recorded = before;
            return given;
        };
        self.resolver.messages.push(
            Diagnostic::warning(
                "sum-over-rows",
                given.left,
                "its sums are read as over the rows, entry by entry",
            )
            .label("one number for each entry is due")
            .help("sum_rows(...) says so; sum(...) adds up the entries too"),
        );
        Given { term, ..given }
    }
}

/// Whether a value may be the derivative by a parameter of these dims: the same, one number for all its entries, or in
/// a check the entries of a matrix that is one row or one column.
fn fits(found: Dims, dims: Dims, generous: bool) -> bool {
    let line = match dims {
        Dims::Matrix(1, n) | Dims::Matrix(n, 1) => found == Dims::vector(n),
        Dims::Matrix(..) | Dims::Vector(_) | Dims::Scalar => false,
    };
    found == dims || found.is_scalar() || (generous && line)
}
