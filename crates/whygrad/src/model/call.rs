//! Calls: named functions, the person's own, and their derivatives.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, ShapeError, SymbolId, SymbolKind, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions::{self, BuiltIn};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::syntax::ast::{Argument, Name, Span};

use super::resolve::{Failed, Locals, Resolved, Resolver};
use super::scope::Entity;
use crate::data::nearest;

/// How deep functions may call each other.
const DEPTH: usize = 64;

/// What is said of a softmax over a single output.
pub(super) const ONE_CLASS: &str = "needs at least two outputs";

impl Resolver<'_> {
    pub(super) fn call(
        &mut self,
        function: &Name,
        primes: usize,
        arguments: &[Argument],
        values: &[Term],
        span: Span,
    ) -> Resolved {
        if primes > 0 {
            return self.derivative_call(function, primes, values, span);
        }
        if let Some(Entity::Function(index)) = self.scope.names.get(&function.text).cloned() {
            return self.own_call(index, values, span);
        }
        match (function.text.as_str(), values) {
            ("fill" | "place", _) => self.spread(function, arguments, values, span),
            // A vector is a row or a column as the place needs it.
            ("transpose", &[v]) if !matches!(self.arena.dims(v), Dims::Matrix(..)) => Ok(v),
            _ => self.built_in_call(function, values, span),
        }
    }

    fn built_in_call(&mut self, function: &Name, values: &[Term], span: Span) -> Resolved {
        let Some(built_in) = functions::find(&function.text) else {
            return Err(self.unknown_function(function));
        };
        self.count(&function.text, built_in.arguments, values.len(), span)?;
        if built_in.name == "cross_entropy_from_logits" && self.arena.dims(values[0]).is_scalar() {
            return Err(self.error(
                Diagnostic::error("arguments", span, format!("{} {ONE_CLASS}", built_in.name))
                    .label("the softmax of one output is always 1")
                    .help(format!("for one output write binary_{}", built_in.name)),
            ));
        }
        let entries = values.first().is_some_and(|&v| !self.arena.dims(v).is_scalar());
        if self.rows_alone && self.calling.is_empty() && entries && ["sum", "mean"].contains(&built_in.name) {
            return self.over_rows(built_in.name == "mean", values[0], span);
        }
        let made = functions::apply(self.arena, built_in, values);
        if let Err(error) = &made
            && built_in.role == functions::Role::Loss
        {
            return Err(self.loss_shapes(built_in, error, span));
        }
        self.made(made, span)
    }

    /// The sum or mean over the rows, each entry for itself.
    fn over_rows(&mut self, mean: bool, value: Term, span: Span) -> Resolved {
        let sum = self.arena.sum_rows(value);
        if !mean {
            return Ok(sum);
        }
        let rows = self.arena.make(Op::RowCount);
        let made = self.arena.zip(Zip::Div, sum, rows);
        self.made(made, span)
    }

    fn loss_shapes(&mut self, built_in: &BuiltIn, error: &ShapeError, span: Span) -> Failed {
        let (p, t) = (error.left.len(), error.right.len());
        self.error(
            Diagnostic::error("shape", span, format!("{p} outputs are compared with {t} targets"))
                .label(format!("{}: prediction {}, target {}", built_in.name, error.left, error.right))
                .help(format!("give the last layer {t} units, or declare {p} targets: targets y[{p}]")),
        )
    }

    fn count(
        &mut self,
        name: &str,
        (least, most): (usize, usize),
        got: usize,
        span: Span,
    ) -> Result<(), Failed> {
        if (least..=most).contains(&got) {
            return Ok(());
        }
        let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let plural = if wanted == "1" { "" } else { "s" };
        Err(self.error(
            Diagnostic::error(
                "arguments",
                span,
                format!("{name} takes {wanted} argument{plural}, not {got}"),
            )
            .label(format!("{got} given")),
        ))
    }

    pub(super) fn unknown_function(&mut self, function: &Name) -> Failed {
        let own: Vec<String> = self.scope.own_functions.iter().map(|f| f.name.text.clone()).collect();
        let built_in = functions::BUILT_IN.iter().map(|b| b.name).chain(["dense"]);
        let all: Vec<&str> = built_in.chain(own.iter().map(String::as_str)).collect();
        let close = nearest(&function.text, &all).map(str::to_owned);
        let text = &function.text;
        let help = match close {
            Some(name) => format!("did you mean {name}?"),
            None if !own.is_empty() => {
                format!("the functions of the model are {}; or define it: {text}(z) = ...", own.join(", "))
            }
            None => format!("define it: {text}(z) = ..., or write {text}*(..) for a product"),
        };
        self.error(
            Diagnostic::error("unknown-function", function.span, format!("there is no function '{text}'"))
                .label("not known")
                .help(help),
        )
    }

    pub(super) fn own_call(&mut self, index: usize, values: &[Term], span: Span) -> Resolved {
        let function = self.scope.own_functions[index].clone();
        let name = function.name.text.clone();
        self.count(&name, (function.arguments.len(), function.arguments.len()), values.len(), span)?;
        if self.calling.contains(&index) || self.calling.len() >= DEPTH {
            return Err(self.error(
                Diagnostic::error("circular", function.name.span, format!("'{name}' calls itself"))
                    .label("a function of itself, directly or through another one")
                    .help("write it without the call, or with select(c, a, b) for cases"),
            ));
        }
        // The same call is the same term: chains of functions that use each other twice stay short.
        if let Some(&term) = self.called.get(&(index, values.to_vec())) {
            return Ok(term);
        }
        let locals: Locals = function.arguments.iter().cloned().zip(values.iter().copied()).collect();
        self.calling.push(index);
        let term = self.formula(function.body, &locals, None);
        self.calling.pop();
        if let Ok(term) = term {
            self.called.insert((index, values.to_vec()), term);
        }
        term
    }

    /// A function by name at an argument: the person's own, or a built-in one.
    pub(crate) fn apply_by_name(&mut self, function: &Name, argument: Term) -> Resolved {
        self.call(function, 0, &[], &[argument], function.span)
    }

    /// `h'(z)`: the body is differentiated by a formal argument, which is then replaced.
    fn derivative_call(&mut self, function: &Name, primes: usize, values: &[Term], span: Span) -> Resolved {
        let &[argument] = values else {
            let text = format!("{}' needs a function of one argument", function.text);
            return Err(self
                .error(Diagnostic::error("arguments", span, text).label(format!("{} given", values.len()))));
        };
        let formal = self.arena.symbol(whygrad_expr::arena::Symbol {
            name: "z".into(),
            kind: SymbolKind::Variable,
            shape: Shape::NUMBER,
            entries: vec![],
        });
        let leaf = self.arena.leaf(formal);
        let mut body = self.apply_by_name(function, leaf)?;
        for _ in 0..primes.min(8) {
            if !self.arena.dims(body).is_scalar() || self.arena.shape(body).per_row {
                return Err(self.error(
                    Diagnostic::error("shape", span, format!("{}' has no single value", function.text))
                        .label("the function mixes entries or rows")
                        .help("primes need a function that works entry by entry"),
                ));
            }
            let mut simplifier = whygrad_expr::simplify::Simplifier::new(self.arena);
            let simple = simplifier.simplify(body);
            body = whygrad_expr::derivative::gradient(self.arena, simple, &[formal]).by_symbol[0];
        }
        let made = substitute(self.arena, body, formal, argument);
        let made = self.made(made, span)?;
        if self.arena.shape(made) == self.arena.shape(argument) {
            return Ok(made);
        }
        // A slope that is the same everywhere still stands in every row and every entry.
        let spread = self.arena.try_make(Op::Select(argument, made, made));
        self.made(spread, span)
    }

    /// `fill(a, k)`, `fill(a, r, c)`, `place(a, i, k)`, `place(a, i, j, r, c)`.
    fn spread(&mut self, function: &Name, arguments: &[Argument], values: &[Term], span: Span) -> Resolved {
        let place = function.text == "place";
        let numbers: Option<Vec<usize>> =
            arguments.iter().skip(1).map(|a| self.whole_number(a.value)).collect();
        let bad = |text: &str| Diagnostic::error("arguments", span, text.to_owned()).label("here");
        let Some(numbers) = numbers.filter(|n| !n.is_empty() && !values.is_empty()) else {
            return Err(self.error(bad("sizes and indices are whole numbers written out")));
        };
        let (index, shape) = match (place, &numbers[..]) {
            (true, &[i, j, _, columns]) if j < columns => (i * columns + j, &numbers[2..]),
            (true, _) => (numbers[0], &numbers[1..]),
            (false, _) => (0, &numbers[..]),
        };
        match Dims::from_declared(shape) {
            Some(dims) if index < dims.len() && self.arena.dims(values[0]).is_scalar() => {
                if dims.is_scalar() {
                    return Ok(values[0]);
                }
                let op = if place { Op::Place(values[0], index, dims) } else { Op::Fill(values[0], dims) };
                Ok(self.arena.make(op))
            }
            _ => Err(self.error(bad("one number, and an index inside the shape, are needed"))),
        }
    }
}

/// The term with a formal argument replaced.
pub(crate) fn substitute(
    arena: &mut Arena,
    root: Term,
    formal: SymbolId,
    argument: Term,
) -> Result<Term, ShapeError> {
    let mut new: HashMap<Term, Term> = HashMap::new();
    for term in arena.reachable(&[root]) {
        let made = match arena.op(term) {
            Op::Leaf(id) if id == formal => argument,
            Op::Map(Function::Neg, a) => arena.neg(new[&a]),
            op => {
                let children: Vec<Term> = op.children().iter().map(|c| new[c]).collect();
                arena.try_make(op.with_children(&children))?
            }
        };
        new.insert(term, made);
    }
    Ok(new[&root])
}
