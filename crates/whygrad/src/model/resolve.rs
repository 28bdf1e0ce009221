//! Formulas to terms.

use std::collections::{HashMap, HashSet};

use whygrad_expr::arena::{Arena, ShapeError, SymbolId, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::shape::Dims;
use whygrad_expr::syntax::ast::{Ast, BinaryOp, ExprId, ExprKind, Name, Span};

use super::layer::{DenseLayer, Role};
use super::scope::{CONSTANTS, Entity, Scope, parameter_symbol, subtree};

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
    /// Calls in which a name is unknown, which is said.
    pub(super) faulty: HashSet<ExprId>,
    /// The person's functions whose bodies are being resolved, the outermost first.
    pub(super) calling: Vec<usize>,
    /// The terms of all expressions outside functions, while it is there.
    pub(super) recorded: Option<HashMap<ExprId, Term>>,
    /// `sum` and `mean` go over the rows alone, entry by entry.
    pub(super) rows_alone: bool,
    /// Calls of own functions that are resolved, by function and arguments.
    pub(super) called: HashMap<(usize, Vec<Term>), Term>,
}

pub(super) type Locals = HashMap<String, Term>;

/// Whether a definition is reached again from what it needs.
fn needs_itself(index: usize, needs: &[Vec<usize>]) -> bool {
    let mut seen = vec![false; needs.len()];
    let mut open = needs[index].clone();
    while let Some(next) = open.pop() {
        if !std::mem::replace(&mut seen[next], true) {
            open.extend(&needs[next]);
        }
    }
    seen[index]
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(
        ast: &'a Ast,
        arena: &'a mut Arena,
        scope: &'a mut Scope,
        messages: &'a mut Vec<Diagnostic>,
    ) -> Resolver<'a> {
        let values = vec![Definite::Open; scope.definitions.len()];
        let (layers, roles, calling) = (vec![], HashMap::new(), vec![]);
        let (called, faulty, recorded) = (HashMap::new(), HashSet::new(), None);
        let rows_alone = false;
        Resolver {
            ast,
            arena,
            scope,
            messages,
            values,
            layers,
            roles,
            faulty,
            calling,
            recorded,
            rows_alone,
            called,
        }
    }

    /// Says what is wrong, once, however often the place is met.
    pub(super) fn error(&mut self, diagnostic: Diagnostic) -> Failed {
        if !self.messages.contains(&diagnostic) {
            self.messages.push(diagnostic);
        }
        Failed
    }

    /// Resolves every definition that is not yet, each after those it needs, whatever the order of the lines.
    pub(crate) fn definitions(&mut self) {
        self.values.resize(self.scope.definitions.len(), Definite::Open);
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
                self.values[index] = Definite::Failed;
                if !needs_itself(index, &needs) {
                    continue; // it only needs one that does
                }
                let name = self.scope.definitions[index].name.clone();
                let error = Diagnostic::error("circular", name.span, format!("'{}' needs itself", name.text))
                    .label("defined by itself, directly or through another line")
                    .help("a feed-forward model has no loops: rename one of the two");
                self.error(error);
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
        if self.calling.is_empty()
            && let Some(recorded) = &mut self.recorded
        {
            recorded.extend(&terms);
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
        if self.faulty.contains(&id) {
            return Err(Failed);
        }
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
                let turned = |id: ExprId| {
                    matches!(&ast.expr(id).kind,
                    ExprKind::Call { function, .. } if function.text == "transpose")
                };
                let turned = (turned(*a), turned(*b));
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
            Some(Entity::Term(term)) => Ok(term),
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

    pub(super) fn shape_error(&mut self, error: &ShapeError, span: Span) -> Failed {
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

    pub(super) fn made(&mut self, made: Result<Term, ShapeError>, span: Span) -> Resolved {
        made.map_err(|error| self.shape_error(&error, span))
    }

    fn binary(&mut self, op: BinaryOp, a: Term, b: Term, turned: (bool, bool), span: Span) -> Resolved {
        let matrix = |dims: Dims| matches!(dims, Dims::Matrix(..));
        let (left, right) = (self.arena.dims(a), self.arena.dims(b));
        let vectors = matches!((left, right), (Dims::Vector(_), Dims::Vector(_)));
        let made = match op {
            BinaryOp::Add => self.arena.zip(Zip::Add, a, b),
            BinaryOp::Sub => {
                let minus = self.arena.neg(b);
                self.arena.zip(Zip::Add, a, minus)
            }
            // A column times a row is the matrix of all products.
            BinaryOp::Mul | BinaryOp::MatMul if vectors && turned == (false, true) => {
                self.arena.try_make(Op::Outer(a, b))
            }
            BinaryOp::Mul | BinaryOp::MatMul if vectors && (op == BinaryOp::MatMul || turned.0) => {
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
        if let Some(Entity::Definition(index)) = self.scope.names.get(&base_name)
            && self.values[*index] == Definite::Failed
        {
            return Err(Failed);
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
