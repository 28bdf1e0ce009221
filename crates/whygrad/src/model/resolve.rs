//! Formulas to terms.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, ShapeError, SymbolId, SymbolKind, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions::{self, BuiltIn};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::syntax::ast::{Argument, Ast, BinaryOp, ExprId, ExprKind, Name, Span};

use super::layer::{DenseLayer, Role};
use super::scope::{CONSTANTS, Entity, Scope, parameter_symbol, subtree};
use crate::data::nearest;

/// How deep functions may call each other.
const DEPTH: usize = 64;

/// How far a definition has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Definite {
    /// Not looked at.
    Open,
    /// Something in it is wrong, and said.
    Failed,
    /// Its term.
    Term(Term),
}

impl Definite {
    pub(crate) fn term(self) -> Option<Term> {
        match self {
            Definite::Term(term) => Some(term),
            Definite::Open | Definite::Failed => None,
        }
    }
}

/// Something could not be resolved; why is among the messages.
pub(crate) struct Failed;

pub(crate) type Resolved = Result<Term, Failed>;

/// Turns the formulas of one file into terms.
pub(crate) struct Resolver<'a> {
    pub(crate) ast: &'a Ast,
    pub(crate) arena: &'a mut Arena,
    pub(crate) scope: &'a mut Scope,
    pub(crate) messages: &'a mut Vec<Diagnostic>,
    /// The terms of the definitions.
    pub(crate) values: Vec<Definite>,
    pub(crate) layers: Vec<DenseLayer>,
    /// Weights and biases of layers, by parameter name.
    pub(crate) roles: HashMap<String, Role>,
    /// The person's functions whose bodies are being resolved, the outermost first.
    calling: Vec<usize>,
}

type Locals = HashMap<String, Term>;

impl<'a> Resolver<'a> {
    pub(crate) fn new(
        ast: &'a Ast,
        arena: &'a mut Arena,
        scope: &'a mut Scope,
        messages: &'a mut Vec<Diagnostic>,
    ) -> Resolver<'a> {
        let values = vec![Definite::Open; scope.definitions.len()];
        let (layers, roles, calling) = (vec![], HashMap::new(), vec![]);
        Resolver { ast, arena, scope, messages, values, layers, roles, calling }
    }

    fn error(&mut self, diagnostic: Diagnostic) -> Failed {
        self.messages.push(diagnostic);
        Failed
    }

    /// Resolves every definition, each after those it needs, whatever the order of the lines.
    pub(crate) fn definitions(&mut self) {
        let needs: Vec<Vec<usize>> =
            self.scope.definitions.iter().map(|d| self.definitions_in(d.value)).collect();
        loop {
            let mut moved = false;
            for (index, needed) in needs.iter().enumerate() {
                let ready = needed.iter().all(|&n| self.values[n] != Definite::Open);
                if self.values[index] != Definite::Open || !ready {
                    continue;
                }
                let (name, value) =
                    (self.scope.definitions[index].name.clone(), self.scope.definitions[index].value);
                let term = self.formula(value, &Locals::new(), Some(&name));
                self.values[index] = term.map_or(Definite::Failed, Definite::Term);
                moved = true;
            }
            if !moved {
                break;
            }
        }
        for index in 0..needs.len() {
            if self.values[index] == Definite::Open {
                let name = self.scope.definitions[index].name.clone();
                let error = Diagnostic::error("circular", name.span, format!("'{}' needs itself", name.text))
                    .label("defined by itself, directly or through another line")
                    .help("a feed-forward model has no loops: rename one of the two");
                self.error(error);
                self.values[index] = Definite::Failed;
            }
        }
    }

    /// The definitions that a formula mentions, also through functions and through `hidden.W`.
    fn definitions_in(&self, root: ExprId) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = vec![root];
        let mut seen_functions = vec![false; self.scope.own_functions.len()];
        while let Some(root) = open.pop() {
            for id in subtree(self.ast, root) {
                let mut name = |text: &str| match self.scope.names.get(text) {
                    Some(Entity::Definition(index)) => found.push(*index),
                    Some(Entity::Function(index)) if !seen_functions[*index] => {
                        seen_functions[*index] = true;
                        open.push(self.scope.own_functions[*index].body);
                    }
                    _ => {}
                };
                match &self.ast.expr(id).kind {
                    ExprKind::Name(text) => name(text),
                    ExprKind::Member(base, _) => {
                        if let ExprKind::Name(text) = &self.ast.expr(*base).kind {
                            name(text);
                        }
                    }
                    ExprKind::Call { function, arguments, .. } => {
                        name(&function.text);
                        for argument in arguments {
                            if let ExprKind::Name(text) = &self.ast.expr(argument.value).kind {
                                name(text);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// The term of a formula. `owner` is the name it is assigned to.
    pub(crate) fn formula(&mut self, root: ExprId, locals: &Locals, owner: Option<&Name>) -> Resolved {
        let mut terms: HashMap<ExprId, Term> = HashMap::new();
        let mut failed = false;
        for id in subtree(self.ast, root) {
            match self.expression(id, &terms, locals, owner) {
                Ok(term) => {
                    terms.insert(id, term);
                }
                Err(Failed) => failed = true,
            }
        }
        match terms.get(&root) {
            Some(&term) if !failed => Ok(term),
            _ => Err(Failed),
        }
    }

    fn expression(
        &mut self,
        id: ExprId,
        terms: &HashMap<ExprId, Term>,
        locals: &Locals,
        owner: Option<&Name>,
    ) -> Resolved {
        let ast = self.ast;
        let expr = ast.expr(id);
        let span = expr.span;
        let get = |id: &ExprId| terms.get(id).copied().ok_or(Failed);
        match &expr.kind {
            ExprKind::Number(value) => Ok(self.arena.constant(*value)),
            ExprKind::Name(text) => self.name(text, span, locals),
            ExprKind::Neg(a) => {
                let a = get(a)?;
                Ok(self.arena.neg(a))
            }
            ExprKind::Binary(op, a, b) => {
                let turned = matches!(&ast.expr(*a).kind,
                    ExprKind::Call { function, .. } if function.text == "transpose");
                let (a, b) = (get(a)?, get(b)?);
                self.binary(*op, a, b, turned, span)
            }
            ExprKind::Call { function, primes: 0, arguments } if function.text == "dense" => {
                let input = arguments.first().map(|a| get(&a.value)).transpose()?;
                self.dense(input, arguments, span, owner)
            }
            ExprKind::Call { function, primes, arguments } => {
                let values = arguments.iter().map(|a| get(&a.value)).collect::<Result<Vec<_>, _>>()?;
                self.call(function, *primes, arguments, &values, span)
            }
            ExprKind::Index(a, indices) => {
                let a = get(a)?;
                self.index(a, indices, span)
            }
            ExprKind::Member(base, field) => self.member(*base, field, span),
            ExprKind::List(items) => {
                let items = items.iter().map(get).collect::<Result<Vec<_>, _>>()?;
                self.list(&items, span)
            }
        }
    }

    fn name(&mut self, text: &str, span: Span, locals: &Locals) -> Resolved {
        if let Some(&term) = locals.get(text) {
            return Ok(term);
        }
        match self.scope.names.get(text).cloned() {
            Some(Entity::Symbol(id)) => Ok(self.arena.leaf(id)),
            Some(Entity::Column(id, index)) => {
                let leaf = self.arena.leaf(id);
                Ok(self.arena.make(Op::Pick(leaf, index)))
            }
            Some(Entity::Definition(index)) => self.values[index].term().ok_or(Failed),
            Some(Entity::Fixed(value, shape)) => self.fixed(value, &shape, span),
            Some(Entity::Function(_)) => Err(self.error(
                Diagnostic::error("function-without-argument", span, format!("'{text}' is a function"))
                    .label("expected its argument")
                    .help(format!("write {text}(z)")),
            )),
            None if text == "n" => Ok(self.arena.make(Op::RowCount)),
            None => {
                if let Some((_, value)) = CONSTANTS.iter().find(|c| c.0 == text) {
                    return Ok(self.arena.constant(*value));
                }
                let known = functions::find(text).is_some();
                let what = if known { "is a function" } else { "has no meaning here" };
                Err(self.error(
                    Diagnostic::error("unknown-name", span, format!("'{text}' {what}"))
                        .label(if known { "expected its argument" } else { "not known" })
                        .help(if known {
                            format!("write {text}(z)")
                        } else {
                            "define it on a line of its own".into()
                        }),
                ))
            }
        }
    }

    fn fixed(&mut self, value: ExprId, shape: &[usize], span: Span) -> Resolved {
        let term = self.formula(value, &Locals::new(), None)?;
        let wanted = Dims::from_declared(shape).unwrap_or(Dims::Scalar);
        if shape.is_empty() || self.arena.dims(term) == wanted {
            return Ok(term);
        }
        let got = self.arena.dims(term);
        Err(self.error(
            Diagnostic::error("shape", span, format!("declared as {wanted} but the value is {got}"))
                .label("the fixed value has another shape"),
        ))
    }

    fn shape_error(&mut self, error: &ShapeError, span: Span) -> Failed {
        let (left, right) = (error.left, error.right);
        let describe = |dims: Dims| match dims {
            Dims::Scalar => "one number".to_owned(),
            Dims::Vector(n) => format!("{n} numbers [{n}]"),
            Dims::Matrix(r, c) => format!("a matrix [{r},{c}]"),
        };
        let help = match (left, right) {
            (Dims::Matrix(_, c), Dims::Vector(n)) => {
                format!("the matrix needs {n} columns to take these {n} numbers, it has {c}")
            }
            (Dims::Matrix(..), Dims::Matrix(..)) => {
                "matrices combine entry by entry; W @ x multiplies a matrix and a vector".into()
            }
            _ => "both sides need the same length, or one of them must be a single number".into(),
        };
        self.error(
            Diagnostic::error("shape", span, format!("the shapes {left} and {right} do not fit"))
                .label(format!("{}: {} and {}", error.operation, describe(left), describe(right)))
                .help(help),
        )
    }

    fn made(&mut self, made: Result<Term, ShapeError>, span: Span) -> Resolved {
        made.map_err(|error| self.shape_error(&error, span))
    }

    fn binary(&mut self, op: BinaryOp, a: Term, b: Term, turned: bool, span: Span) -> Resolved {
        let matrix = |dims: Dims| matches!(dims, Dims::Matrix(..));
        let (left, right) = (self.arena.dims(a), self.arena.dims(b));
        let vectors = matches!((left, right), (Dims::Vector(_), Dims::Vector(_)));
        let made = match op {
            BinaryOp::Add => self.arena.zip(Zip::Add, a, b),
            BinaryOp::Sub => {
                let minus = self.arena.neg(b);
                self.arena.zip(Zip::Add, a, minus)
            }
            BinaryOp::Mul | BinaryOp::MatMul if vectors && (op == BinaryOp::MatMul || turned) => {
                let product = self.arena.zip(Zip::Mul, a, b);
                product.map(|p| self.arena.sum_entries(p))
            }
            BinaryOp::Mul if matrix(left) && matches!(right, Dims::Vector(_)) => {
                self.arena.try_make(Op::MatVec(a, b))
            }
            BinaryOp::MatMul if left.is_scalar() && right.is_scalar() => self.arena.zip(Zip::Mul, a, b),
            BinaryOp::MatMul => self.arena.try_make(Op::MatVec(a, b)),
            BinaryOp::Mul => self.arena.zip(Zip::Mul, a, b),
            BinaryOp::Div => self.arena.zip(Zip::Div, a, b),
            BinaryOp::Pow => self.arena.zip(Zip::Pow, a, b),
        };
        self.made(made, span)
    }

    fn call(
        &mut self,
        function: &Name,
        primes: usize,
        arguments: &[Argument],
        values: &[Term],
        span: Span,
    ) -> Resolved {
        if let Some(keyword) = arguments.iter().find_map(|a| a.keyword.as_ref()) {
            let (name, span) = (keyword.text.clone(), keyword.span);
            return Err(self.error(
                Diagnostic::error("unknown-keyword", span, format!("'{}' takes no '{name}='", function.text))
                    .label("only dense() has options by name")
                    .help(format!("write the value alone: {}(.., value)", function.text)),
            ));
        }
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
        let made = functions::apply(self.arena, built_in, values);
        if let Err(error) = &made
            && built_in.role == functions::Role::Loss
        {
            return Err(self.loss_shapes(built_in, error, span));
        }
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

    fn unknown_function(&mut self, function: &Name) -> Failed {
        let own: Vec<String> = self.scope.own_functions.iter().map(|f| f.name.text.clone()).collect();
        let all: Vec<&str> =
            functions::BUILT_IN.iter().map(|b| b.name).chain(own.iter().map(String::as_str)).collect();
        let close = nearest(&function.text, &all).map(str::to_owned);
        let text = &function.text;
        let help = match close {
            Some(name) => format!("did you mean {name}?"),
            None => format!("define it: {text}(z) = ..., or write {text}*(..) for a product"),
        };
        self.error(
            Diagnostic::error("unknown-function", function.span, format!("there is no function '{text}'"))
                .label("not known")
                .help(help),
        )
    }

    fn own_call(&mut self, index: usize, values: &[Term], span: Span) -> Resolved {
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
        let locals: Locals = function.arguments.iter().cloned().zip(values.iter().copied()).collect();
        self.calling.push(index);
        let term = self.formula(function.body, &locals, None);
        self.calling.pop();
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

    pub(crate) fn whole_number(&self, id: ExprId) -> Option<usize> {
        match self.ast.expr(id).kind {
            ExprKind::Number(value) if value >= 0.0 && value.fract() == 0.0 && value < 1e9 => {
                Some(value as usize)
            }
            _ => None,
        }
    }

    fn index(&mut self, a: Term, indices: &[ExprId], span: Span) -> Resolved {
        let dims = self.arena.dims(a);
        let numbers: Option<Vec<usize>> = indices.iter().map(|&i| self.whole_number(i)).collect();
        let entry = match (numbers.as_deref(), dims) {
            (Some(&[0]), Dims::Scalar) => return Ok(a),
            (Some(&[i]), Dims::Vector(n)) if i < n => i,
            (Some(&[r, c]), Dims::Matrix(rows, columns)) if r < rows && c < columns => r * columns + c,
            _ => {
                return Err(self.error(
                    Diagnostic::error("index", span, format!("no such entry: the shape is {dims}"))
                        .label("indices count from 0")
                        .help(match dims {
                            Dims::Scalar => "a single number has no index".to_owned(),
                            Dims::Vector(n) => format!("write an index from 0 to {}", n - 1),
                            Dims::Matrix(r, c) => {
                                format!("write [row,column] from [0,0] to [{},{}]", r - 1, c - 1)
                            }
                        }),
                ));
            }
        };
        Ok(self.arena.make(Op::Pick(a, entry)))
    }

    fn member(&mut self, base: ExprId, field: &Name, span: Span) -> Resolved {
        let base_name = match &self.ast.expr(base).kind {
            ExprKind::Name(text) => text.clone(),
            _ => String::new(),
        };
        let full = format!("{base_name}.{}", field.text);
        if let Some(Entity::Symbol(id)) = self.scope.names.get(&full) {
            return Ok(self.arena.leaf(*id));
        }
        let layers: Vec<&str> = self.layers.iter().map(|l| l.name.as_str()).collect();
        let help = if layers.contains(&base_name.as_str()) {
            format!("a layer has {base_name}.W and, unless bias=false, {base_name}.b")
        } else if layers.is_empty() {
            "only layers made with dense() have .W and .b".to_owned()
        } else {
            format!("the layers are {}", layers.join(", "))
        };
        Err(self.error(
            Diagnostic::error("unknown-name", span, format!("there is no '{full}'"))
                .label("not known")
                .help(help),
        ))
    }

    fn list(&mut self, items: &[Term], span: Span) -> Resolved {
        let inner = items.first().map_or(Dims::Scalar, |&i| self.arena.dims(i));
        let ragged = items.iter().any(|&i| self.arena.dims(i) != inner) || matches!(inner, Dims::Matrix(..));
        if items.is_empty() || ragged {
            return Err(self.error(
                Diagnostic::error("shape", span, "a list needs entries of one shape")
                    .label(if items.is_empty() { "empty" } else { "rows of different length" })
                    .help("write [1, 2] for a vector, [[1, 2], [3, 4]] for a matrix, row by row"),
            ));
        }
        let columns = inner.len();
        let dims = if columns == 1 { Dims::vector(items.len()) } else { Dims::Matrix(items.len(), columns) };
        if dims.is_scalar() {
            return Ok(items[0]);
        }
        let mut total: Option<Term> = None;
        for (row, &item) in items.iter().enumerate() {
            for column in 0..columns {
                let entry = if columns == 1 { item } else { self.arena.make(Op::Pick(item, column)) };
                let placed = self.arena.make(Op::Place(entry, row * columns + column, dims));
                total = Some(match total {
                    Some(sum) => self.arena.make(Op::Zip(Zip::Add, sum, placed)),
                    None => placed,
                });
            }
        }
        total.ok_or(Failed)
    }

    /// The leaf of a layer's weight, made with the shape the layer needs.
    pub(crate) fn layer_parameter(&mut self, name: &str, shape: Vec<usize>, role: Role) -> SymbolId {
        let dims = Dims::from_declared(&shape).unwrap_or(Dims::Scalar);
        let id = match self.scope.names.get(name) {
            Some(Entity::Symbol(id)) => *id,
            _ => parameter_symbol(self.arena, name, dims),
        };
        self.scope.names.insert(name.into(), Entity::Symbol(id));
        if let Some(declared) = self.scope.parameters.iter_mut().find(|p| p.name == name) {
            declared.symbol = Some(id);
            declared.shape = shape;
        }
        self.roles.insert(name.into(), role);
        id
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
