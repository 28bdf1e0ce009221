//! Which derivative each formula is, and the terms of its parts.

use std::collections::{HashMap, HashSet};

use whygrad_expr::arena::Term;
use whygrad_expr::diagnostic::{Diagnostic, Severity};
use whygrad_expr::program::Parameter;
use whygrad_expr::syntax::ast::{ExprId, ExprKind, Name, Span, Statement};

use super::super::MOST_PARAMETERS;
use super::super::objective::{LOSS_NAMES, Objective};
use super::super::resolve::Resolver;
use super::super::scope::{Declared, Entity, subtree};
use super::OwnGradient;
use super::left::{Left, Names};
use super::names::Line;
use super::outside::warn_of_rows;
use crate::data::nearest;

/// One formula and what it is the derivative by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    /// The index of the parameter.
    pub(super) parameter: usize,
    /// Its entry, row by row; `None` for all of it.
    pub(super) entry: Option<usize>,
    /// As written.
    pub(super) term: Term,
    /// Its left side, where it has one, else the formula.
    pub(super) left: Span,
    /// The formula.
    pub(super) root: ExprId,
}

/// One entry of the flat gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry {
    /// As written, one number.
    pub(crate) term: Term,
    /// Its formula's place in the gradient's text.
    pub(crate) span: Span,
    /// Which of [`Written::parts`] are its formula's.
    pub(crate) parts: usize,
}

/// A gradient's text, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// The formulas with what they are the derivatives by.
    pub(super) given: Vec<Given>,
    /// The flat gradient; `None` where nothing is written.
    pub(crate) entries: Vec<Option<Entry>>,
    /// By formula: every expression of it and of the lines it uses, with its place and its term.
    pub(crate) parts: Vec<Vec<(Span, Term)>>,
    /// The text's own lines: name, place of the formula, term.
    pub(crate) definitions: Vec<(String, Span, Term)>,
    /// The loss, where the text has one.
    pub(crate) loss: Option<Term>,
}

impl Written {
    /// What all of a parameter was set to.
    pub(super) fn whole(&self, parameter: usize) -> Option<Term> {
        self.given.iter().find(|g| g.parameter == parameter && g.entry.is_none()).map(|g| g.term)
    }

    /// What one entry of a parameter was set to.
    pub(super) fn entry(&self, parameter: usize, entry: usize) -> Option<Term> {
        self.given.iter().find(|g| g.parameter == parameter && g.entry == Some(entry)).map(|g| g.term)
    }

    /// The left side of the first line of a parameter.
    pub(super) fn left_of(&self, parameter: usize) -> Option<Span> {
        self.given.iter().find(|g| g.parameter == parameter).map(|g| g.left)
    }
}

impl OwnGradient {
    /// Reads the statements of the gradient's text, in a model that is resolved. What is wrong is said.
    pub(crate) fn read(
        &self,
        statements: &[Statement],
        objective: Option<&Objective>,
        unread: &[String],
        resolver: &mut Resolver,
    ) -> Written {
        let first = resolver.scope.definitions.len();
        let lines = self.claim(statements, objective, resolver);
        self.mentioned(statements, objective, resolver);
        resolver.unknown_names(statements, unread);
        Self::no_layers(statements, resolver);
        resolver.recorded = Some(HashMap::new());
        resolver.definitions();
        let recorded = resolver.recorded.take().unwrap_or_default();
        let mut reader = Reader {
            own: self,
            first,
            loss: objective.map_or("loss", |objective| objective.text.as_str()),
            layout: layout(&resolver.scope.parameters),
            resolver,
            recorded,
            whole: HashSet::new(),
            any: HashSet::new(),
            written: Written::default(),
        };
        reader.lines(&lines);
        reader.order(&lines);
        reader.entries();
        reader.own_lines(&lines);
        reader.nothing(&lines);
        reader.written
    }
}

/// Shape and place of the parameters, without those of layers that failed.
fn layout(parameters: &[Declared]) -> Vec<Option<Parameter>> {
    let mut offset = 0;
    let place = |p: &Declared| {
        let p = Parameter { symbol: p.symbol?, name: p.name.clone(), shape: p.shape.clone(), offset };
        offset = offset.saturating_add(p.len());
        Some(p)
    };
    parameters.iter().map(place).collect()
}

/// Reads the lines, one after the other.
pub(super) struct Reader<'a, 'b> {
    pub(super) own: &'a OwnGradient,
    /// The first definition of the gradient's text.
    first: usize,
    loss: &'a str,
    pub(super) layout: Vec<Option<Parameter>>,
    pub(super) resolver: &'a mut Resolver<'b>,
    pub(super) recorded: HashMap<ExprId, Term>,
    /// The parameters that are given as a whole.
    pub(super) whole: HashSet<usize>,
    /// The entries that are given, and without an entry the parameters of which something is.
    pub(super) any: HashSet<(usize, Option<usize>)>,
    pub(super) written: Written,
}

impl Reader<'_, '_> {
    fn definition(&self, index: usize) -> (Name, ExprId) {
        let definition = &self.resolver.scope.definitions[index];
        (definition.name.clone(), definition.value)
    }

    pub(super) fn count(&self) -> usize {
        self.layout.iter().flatten().map(Parameter::len).fold(0, usize::saturating_add)
    }

    /// The lines whose left sides say what they are.
    fn lines(&mut self, lines: &[Line]) {
        for line in lines.iter().filter(|line| !line.bare) {
            let (name, root) = self.definition(line.definition);
            let term = self.resolver.values[line.definition].term();
            match (&line.left, term) {
                (Left::Unknown(by), _) => self.unknown(&name, by),
                (&Left::Component { parameter, entry }, Some(term)) => {
                    self.give(Given { parameter, entry, term, left: name.span, root });
                }
                (Left::All, Some(term)) => self.column(term, name.span, root),
                (Left::Own | Left::Component { .. } | Left::All, _) => {}
            }
        }
    }

    /// Formulas alone: the derivatives in the order of the parameters.
    fn order(&mut self, lines: &[Line]) {
        let bare: Vec<&Line> = lines.iter().filter(|line| line.bare).collect();
        let Some(&first) = bare.first() else { return };
        let span = self.resolver.ast.expr(self.definition(first.definition).1).span;
        if lines.iter().any(|line| !line.bare && line.left != Left::Own) {
            self.resolver.error(
                Diagnostic::error("gradient-order", span, "some derivatives have a name and some have none")
                    .label("which derivative is this?")
                    .help("write its name before it, `dw1 = ...`, or leave out all names"),
            );
            return;
        }
        let terms: Option<Vec<(Term, ExprId)>> = bare
            .iter()
            .map(|l| Some((self.resolver.values[l.definition].term()?, self.definition(l.definition).1)))
            .collect();
        let Some(terms) = terms else { return };
        let parameters: Vec<(usize, usize)> =
            self.layout.iter().enumerate().filter_map(|(k, p)| Some((k, p.as_ref()?.len()))).collect();
        let span_of = |r: &Self, root: ExprId| r.resolver.ast.expr(root).span;
        if terms.len() > 1 {
            self.note_order(span);
        }
        if terms.len() == parameters.len() {
            for ((parameter, _), (term, root)) in parameters.into_iter().zip(terms) {
                let left = span_of(self, root);
                self.give(Given { parameter, entry: None, term, left, root });
            }
        } else if terms.len() == self.count() {
            let places = parameters.into_iter().flat_map(|(p, len)| (0..len).map(move |k| (p, k)));
            for ((parameter, entry), (term, root)) in places.zip(terms) {
                let left = span_of(self, root);
                self.give(Given { parameter, entry: Some(entry), term, left, root });
            }
        } else if let [(term, root)] = terms[..] {
            self.column(term, span, root);
        } else {
            let last = terms.last().map_or(span, |&(_, root)| span_of(self, root));
            self.wrong_count(terms.len(), last);
        }
    }

    /// The names of the parameters in their order.
    fn order_text(&self) -> String {
        let names: Vec<&str> = self.layout.iter().flatten().map(|p| p.name.as_str()).collect();
        let shown = &names[..names.len().min(12)];
        format!("{}{}", shown.join(", "), if names.len() > shown.len() { ", ..." } else { "" })
    }

    /// Says in which order derivatives without names were read.
    pub(super) fn note_order(&mut self, span: Span) {
        if self.own.generous && self.count() > 1 {
            let message = format!("the derivatives are read in the order {}", self.order_text());
            let help = "a line `params ...` in the model sets another order";
            let note = Diagnostic::warning("gradient-order", span, message).label("without names").help(help);
            self.resolver.messages.push(Diagnostic { severity: Severity::Note, ..note });
        }
    }

    pub(super) fn wrong_count(&mut self, found: usize, span: Span) {
        let (count, list) = (self.count(), self.order_text());
        let plural = if count == 1 { "" } else { "s" };
        let message = format!("the model has {count} derivative{plural}, the gradient {found}");
        self.resolver.error(
            Diagnostic::error("gradient-order", span, message)
                .label(format!("expected {count} in the order {list}, found {found}"))
                .help("write those there are with their names: dw1 = ..., one a line"),
        );
    }

    /// The flat gradient, entry by entry, with the parts of its formulas.
    fn entries(&mut self) {
        // Beyond that many there is no model, which is said elsewhere.
        if !self.own.generous || self.count() > MOST_PARAMETERS {
            return;
        }
        self.written.entries = vec![None; self.count()];
        let mut known: HashMap<ExprId, usize> = HashMap::new();
        let mut warned = HashSet::new();
        for given in self.written.given.clone() {
            let Some(p) = self.layout[given.parameter].clone() else { continue };
            let all = given.entry.map_or(0..p.len(), |k| k..k + 1);
            for k in all {
                let (term, root) = match given.entry {
                    Some(_) => (given.term, given.root),
                    None => self.entry_of(given.term, given.root, k),
                };
                let parts = known.get(&root).copied().unwrap_or(self.written.parts.len());
                if known.insert(root, parts).is_none() {
                    self.written.parts.push(self.parts(root));
                }
                let span = self.own.own_place(self.resolver.ast.expr(root).span);
                self.written.entries[p.offset + k] = Some(Entry { term, span, parts });
                if self.resolver.arena.shape(term).per_row && warned.insert(root) {
                    let name = given.entry.map_or_else(|| p.name.clone(), |k| p.entry_name(k));
                    warn_of_rows(&name, root, &self.recorded, self.resolver);
                }
            }
            let spread =
                given.entry.is_none() && p.len() > 1 && self.resolver.arena.dims(given.term).is_scalar();
            if spread && self.resolver.arena.constant_of(given.term).is_none() {
                let message =
                    format!("d{} is one number, read as that of each of its {} entries", p.name, p.len());
                self.resolver.messages.push(
                    Diagnostic::warning("one-for-all", given.left, message)
                        .label(format!("{} has the shape {:?}", p.name, p.shape))
                        .help("sum_rows(...) is the sum over the rows alone, entry by entry"),
                );
            }
        }
    }

    /// Every expression of a formula and of the lines it uses.
    fn parts(&self, root: ExprId) -> Vec<(Span, Term)> {
        let mut found = Vec::new();
        let (mut open, mut seen) = (vec![root], HashSet::from([root]));
        while let Some(root) = open.pop() {
            for id in subtree(self.resolver.ast, root) {
                let expr = self.resolver.ast.expr(id);
                if let Some(&term) = self.recorded.get(&id) {
                    found.push((self.own.own_place(expr.span), term));
                }
                let ExprKind::Name(text) = &expr.kind else { continue };
                if let Some(&Entity::Definition(index)) = self.resolver.scope.names.get(text)
                    && index >= self.first
                    && seen.insert(self.definition(index).1)
                {
                    open.push(self.definition(index).1);
                }
            }
        }
        found
    }

    /// The text's own definitions, and which of them nobody uses.
    fn own_lines(&mut self, lines: &[Line]) {
        for line in lines.iter().filter(|line| line.left == Left::Own && !line.bare) {
            let (name, root) = self.definition(line.definition);
            let used = line.used;
            let parameters = &self.resolver.scope.parameters;
            let names = Names { loss: self.loss, parameters, generous: self.own.generous };
            let is_loss = name.text == self.loss || LOSS_NAMES.contains(&name.text.as_str());
            let meant = names.meant(&name.text).filter(|_| !used && !is_loss);
            if let Some(by) = meant {
                self.unknown(&name, &by);
                continue;
            }
            if self.own.generous && !used && !is_loss {
                let message = format!("'{}' is not used by any derivative", name.text);
                self.resolver
                    .messages
                    .push(Diagnostic::warning("not-used", name.span, message).label("no formula names it"));
            }
            let Some(term) = self.resolver.values[line.definition].term() else { continue };
            let shape = self.resolver.arena.shape(term);
            if is_loss && !shape.per_row && shape.dims.is_scalar() {
                self.written.loss = Some(term);
            }
            let span = self.own.own_place(self.resolver.ast.expr(root).span);
            self.written.definitions.push((name.text, span, term));
        }
    }

    /// A check of nothing says nothing.
    fn nothing(&mut self, lines: &[Line]) {
        let failed = self.resolver.messages.iter().any(Diagnostic::is_error);
        if !self.own.generous || failed || !self.written.given.is_empty() {
            return;
        }
        let last = lines.last().map(|line| self.definition(line.definition).0.span);
        let end = self.own.text.len();
        let span = last.unwrap_or(Span { start: end, end });
        let first = self.layout.iter().flatten().next().map_or("w1", |p| p.name.as_str()).to_owned();
        self.resolver.error(
            Diagnostic::error(
                "gradient-incomplete",
                span,
                "there is no derivative by a parameter of the model",
            )
            .label(format!("the parameters are {}", self.order_text()))
            .help(format!("write for example d{first} = ...")),
        );
    }

    /// A derivative by what is no parameter.
    fn unknown(&mut self, name: &Name, by: &str) {
        let parameters = &self.resolver.scope.parameters;
        let base = by.split('[').next().unwrap_or(by);
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        let help = match (parameters.iter().find(|p| p.name == base), nearest(base, &names)) {
            (Some(p), _) if p.shape.is_empty() => format!("{base} is one number: write d{base} = ..."),
            (Some(p), _) => {
                let list =
                    |list: Vec<usize>| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
                let last = list(p.shape.iter().map(|size| size - 1).collect());
                let first = list(vec![0; p.shape.len()]);
                format!("its entries go from d{base}[{first}] to d{base}[{last}]")
            }
            (None, Some(close)) => format!("did you mean d{close}?"),
            (None, None) => format!("the parameters are {}", names.join(", ")),
        };
        let message = format!("the model has no parameter '{by}' to take {} by", name.text);
        self.resolver.error(
            Diagnostic::error("unknown-component", name.span, message)
                .label("neither a derivative nor used by another line")
                .help(help),
        );
    }
}
