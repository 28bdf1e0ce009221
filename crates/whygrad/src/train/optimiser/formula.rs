//! Formulas of a step, as they stand in a paper, to a [`Rule`].
//!
//! A line is `name = formula` in the language of models. It gives the name a new value for the lines below it: on the
//! right of `m = b*m + (1 - b)*g` stands the m of the last step, and after it the new one.

use std::collections::BTreeMap;

use whygrad_engine::rule::{Memory, Rule};
use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::functions;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::{apply, combine};
use whygrad_expr::shape::Shape;
use whygrad_expr::syntax::ast::{Argument, Ast, BinaryOp, ExprId, ExprKind};
use whygrad_expr::syntax::parse_expression;

/// The parameter's value in formulas.
const PARAMETER: &str = "w";
/// Its derivative.
const GRADIENT: &str = "g";
/// The Euclidean norm of the whole gradient.
const GRADIENT_NORM: &str = "norm";

/// What a number remembered about each parameter starts with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Start {
    /// One number for all.
    pub(crate) value: f64,
    /// The interval to draw from, where each parameter has its own.
    pub(crate) drawn: Option<(f64, f64)>,
}

impl Start {
    /// Nothing is remembered yet.
    pub(crate) const ZERO: Start = Start { value: 0.0, drawn: None };
}

/// A step as text, and what its names are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recipe {
    /// A line each: `name = formula`.
    pub(crate) formulas: Vec<&'static str>,
    /// Names with a value that never changes.
    pub(crate) constants: Vec<(&'static str, f64)>,
    /// Names with a value for each step, the same for all parameters.
    pub(crate) shared: &'static [&'static str],
    /// Names with a value for each parameter, kept from step to step.
    pub(crate) memories: Vec<(&'static str, Start)>,
}

/// The rule of a recipe. What cannot be read is not a number, so that it is seen at once; the tests read every recipe.
pub(super) fn rule(recipe: &Recipe) -> Rule {
    let mut reader = Reader { arena: Arena::new(), names: BTreeMap::new() };
    let parameter = reader.leaf(PARAMETER, SymbolKind::Parameter);
    let gradient = reader.leaf(GRADIENT, SymbolKind::Variable);
    let shared = recipe.shared.iter().map(|name| reader.leaf(name, SymbolKind::Variable)).collect();
    let norm = reader.leaf(GRADIENT_NORM, SymbolKind::Variable);
    let memories: Vec<(SymbolId, &str, Start)> = recipe
        .memories
        .iter()
        .map(|&(name, start)| (reader.leaf(name, SymbolKind::Variable), name, start))
        .collect();
    for &(name, value) in &recipe.constants {
        let term = reader.arena.constant(value);
        reader.names.insert(name, term);
    }
    for line in &recipe.formulas {
        let read = reader.line(line);
        debug_assert!(read.is_some(), "unreadable: {line}");
    }
    let memories: Vec<Memory> = memories
        .into_iter()
        .map(|(symbol, name, start)| {
            let next = reader.named(name);
            Memory { symbol, start: start.value, drawn: start.drawn, next }
        })
        .collect();
    let next = reader.named(PARAMETER);
    let roots: Vec<Term> = memories.iter().map(|memory| memory.next).chain([next]).collect();
    let needed = reader.arena.reachable(&roots);
    let gradient_norm = Some(norm).filter(|&norm| needed.contains(&reader.arena.leaf(norm)));
    Rule { arena: reader.arena, parameter, gradient, shared, gradient_norm, memories, next }
}

/// Reads lines with what the names mean so far.
struct Reader<'a> {
    arena: Arena,
    names: BTreeMap<&'a str, Term>,
}

impl<'a> Reader<'a> {
    fn leaf(&mut self, name: &'a str, kind: SymbolKind) -> SymbolId {
        let symbol = Symbol { name: name.to_owned(), kind, shape: Shape::NUMBER, entries: vec![] };
        let id = self.arena.symbol(symbol);
        let term = self.arena.leaf(id);
        self.names.insert(name, term);
        id
    }

    fn named(&mut self, name: &str) -> Term {
        match self.names.get(name) {
            Some(&term) => term,
            None => self.arena.constant(f64::NAN),
        }
    }

    /// Gives the name before `=` the value of the formula after it.
    fn line(&mut self, line: &'a str) -> Option<()> {
        let (name, formula) = line.split_once('=')?;
        let term = self.formula(formula);
        let value = term.unwrap_or_else(|| self.arena.constant(f64::NAN));
        self.names.insert(name.trim(), value);
        term.map(|_| ())
    }

    fn formula(&mut self, text: &str) -> Option<Term> {
        let (ast, root, _) = parse_expression(text);
        let root = root?;
        let mut terms: Vec<Option<Term>> = Vec::with_capacity(ast.expressions.len());
        for index in 0..ast.expressions.len() {
            let term = self.expression(&ast, ExprId(index), &terms);
            terms.push(term);
        }
        terms[root.0]
    }

    /// The term of an expression whose parts have theirs.
    fn expression(&mut self, ast: &Ast, id: ExprId, terms: &[Option<Term>]) -> Option<Term> {
        let made = match &ast.expr(id).kind {
            ExprKind::Number(value) => self.arena.constant(*value),
            ExprKind::Name(name) => *self.names.get(name.as_str())?,
            ExprKind::Neg(a) => self.arena.neg(terms[a.0]?),
            ExprKind::Binary(operator, a, b) => self.binary(*operator, terms[a.0]?, terms[b.0]?)?,
            ExprKind::Call { function, primes: 0, arguments } => {
                self.call(&function.text, arguments, terms)?
            }
            ExprKind::Call { .. } | ExprKind::Index(..) | ExprKind::Member(..) | ExprKind::List(_) => {
                return None;
            }
        };
        Some(self.folded(made))
    }

    fn binary(&mut self, operator: BinaryOp, a: Term, b: Term) -> Option<Term> {
        let (zip, b) = match operator {
            BinaryOp::Add => (Zip::Add, b),
            BinaryOp::Sub => (Zip::Add, self.arena.neg(b)),
            BinaryOp::Mul => (Zip::Mul, b),
            BinaryOp::Div => (Zip::Div, b),
            BinaryOp::Pow => (Zip::Pow, b),
            BinaryOp::MatMul => return None,
        };
        self.arena.zip(zip, a, b).ok()
    }

    fn call(&mut self, name: &str, arguments: &[Argument], terms: &[Option<Term>]) -> Option<Term> {
        let function = functions::find(name)?;
        let given: Vec<Term> = arguments.iter().map(|a| terms[a.value.0]).collect::<Option<_>>()?;
        let (fewest, most) = function.arguments;
        if !(fewest..=most).contains(&given.len()) {
            return None;
        }
        functions::apply(&mut self.arena, function, &given).ok()
    }

    /// What is made of numbers alone is computed here, once, and not in each step.
    fn folded(&mut self, term: Term) -> Term {
        let number = |t: Term| self.arena.constant_of(t);
        let value = match self.arena.op(term) {
            Op::Map(function @ Function::Neg, a) => number(a).map(|a| apply(function, a)),
            Op::Zip(zip, a, b) => number(a).zip(number(b)).map(|(a, b)| combine(zip, a, b)),
            _ => None,
        };
        value.map_or(term, |value| self.arena.constant(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::optimiser::Optimiser;

    #[test]
    fn every_line_of_every_optimiser_is_read() {
        for optimiser in Optimiser::all() {
            // The reader refuses in a debug assertion; what it could not read would be the constant NaN.
            let rule = rule(&optimiser.recipe());
            let roots: Vec<Term> =
                std::iter::once(rule.next).chain(rule.memories.iter().map(|m| m.next)).collect();
            for term in rule.arena.reachable(&roots) {
                assert!(!rule.arena.constant_of(term).is_some_and(f64::is_nan), "{optimiser}");
            }
        }
    }

    #[test]
    fn a_name_has_its_old_value_to_the_right_of_its_line_and_its_new_one_below() {
        let recipe = Recipe {
            formulas: vec!["m = m + g", "w = w - m"],
            constants: vec![],
            shared: &[],
            memories: vec![("m", Start { value: 5.0, drawn: None })],
        };
        let rule = rule(&recipe);
        let mut stepper = crate::train::optimiser::Stepper::new(&rule, 1);
        let mut w = [100.0];
        stepper.step(&mut w, &[1.0], &[]).unwrap();
        assert_eq!((w[0], stepper.memories[0][0]), (94.0, 6.0));
    }
}
