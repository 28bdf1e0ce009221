//! Who is who in a model file: inputs, targets, parameters, functions, definitions.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions;
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::syntax::ast::{Ast, Declaration, ExprId, ExprKind, Name, Span, Statement, StatementKind};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entity {
    /// An input, a target or a parameter.
    Symbol(SymbolId),
    /// Column `index` of a group of columns: `x1` of `inputs x[2]`.
    Column(SymbolId, usize),
    /// A definition: an index into [`Scope::definitions`].
    Definition(usize),
    /// A function of the person's own: an index into [`Scope::own_functions`].
    Function(usize),
    /// A fixed value: the expression that gives it.
    Fixed(ExprId, Vec<usize>),
    /// A term that is there without a line of its own.
    Term(Term),
}

/// `name = value`
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: Name,
    pub(crate) value: ExprId,
}

/// `name(arguments) = body`
#[derive(Clone, Debug)]
pub(crate) struct OwnFunction {
    pub(crate) name: Name,
    pub(crate) arguments: Vec<String>,
    pub(crate) body: ExprId,
}

/// A group of columns as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnGroup {
    /// `x` of `x[2]`
    pub name: String,
    /// 2 of `x[2]`
    pub size: usize,
    /// The leaf.
    pub symbol: SymbolId,
}

/// A parameter as declared or found.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// `None` for the weights of a layer until the layer is met.
    pub(crate) symbol: Option<SymbolId>,
    pub(crate) shape: Vec<usize>,
    pub(crate) start: Option<ExprId>,
    pub(crate) domain: Option<(f64, f64)>,
}

/// All names of a file.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) names: HashMap<String, Entity>,
    pub(crate) inputs: Vec<ColumnGroup>,
    pub(crate) targets: Vec<ColumnGroup>,
    pub(crate) parameters: Vec<Declared>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) own_functions: Vec<OwnFunction>,
    pub(crate) minimize: Option<ExprId>,
}

/// Names with a meaning of their own, unless the file gives them another.
pub(crate) const CONSTANTS: &[(&str, f64)] =
    &[("pi", std::f64::consts::PI), ("π", std::f64::consts::PI), ("e", std::f64::consts::E)];

/// The most columns of one group: a table with more is no small one.
const MOST_COLUMNS: usize = 1_000_000;

impl Scope {
    /// Reads all declarations of a file; the names that are left over become parameters.
    pub(crate) fn read(ast: &Ast, arena: &mut Arena, messages: &mut Vec<Diagnostic>) -> Scope {
        let mut scope = Scope::default();
        for statement in &ast.statements {
            match &statement.kind {
                StatementKind::Inputs(list) => scope.columns(list, SymbolKind::Input, arena, messages),
                StatementKind::Targets(list) => scope.columns(list, SymbolKind::Target, arena, messages),
                StatementKind::Params(list) => {
                    for declaration in list {
                        scope.parameter(declaration, arena, messages);
                    }
                }
                StatementKind::Fixed(list) => {
                    for d in list {
                        scope.fixed(d, messages);
                    }
                }
                StatementKind::Define(name, value) => {
                    let entity = Entity::Definition(scope.definitions.len());
                    scope.claim(name, entity, messages);
                    scope.definitions.push(Definition { name: name.clone(), value: *value });
                }
                StatementKind::Function { name, arguments, body } => {
                    let entity = Entity::Function(scope.own_functions.len());
                    scope.claim(name, entity, messages);
                    let arguments = arguments.iter().map(|a| a.text.clone()).collect();
                    scope.own_functions.push(OwnFunction { name: name.clone(), arguments, body: *body });
                }
                StatementKind::Minimize(value) => {
                    if scope.minimize.replace(*value).is_some() {
                        messages.push(
                            Diagnostic::error("two-objectives", statement.span, "there are two objectives")
                                .label("the second `minimize`")
                                .help("add them up in one line, or remove one"),
                        );
                    }
                }
            }
        }
        scope.guess_columns(ast, arena, messages);
        scope.free_names(ast, arena, messages);
        scope
    }

    /// Takes a name, or says who has it.
    fn claim(&mut self, name: &Name, entity: Entity, messages: &mut Vec<Diagnostic>) {
        if self.names.contains_key(&name.text) {
            messages.push(
                Diagnostic::error("name-taken", name.span, format!("'{}' is defined twice", name.text))
                    .label("this name already has a meaning above")
                    .help(format!("give one of them another name, such as {}2", name.text)),
            );
            return;
        }
        if name.text == "n" {
            messages.push(
                Diagnostic::warning("name-taken", name.span, "'n' no longer means the number of rows")
                    .label("defined here")
                    .help("call it another name to keep `n`"),
            );
        }
        self.names.insert(name.text.clone(), entity);
    }

    fn columns(
        &mut self,
        list: &[Declaration],
        kind: SymbolKind,
        arena: &mut Arena,
        messages: &mut Vec<Diagnostic>,
    ) {
        for d in list {
            let size = match *d.shape {
                [] => 1,
                [size] if size > MOST_COLUMNS => {
                    let message = format!("'{}' has too many columns", d.name.text);
                    messages.push(
                        Diagnostic::error("too-large", d.span, message)
                            .label(format!("expected at most {MOST_COLUMNS}, found {size}"))
                            .help(format!(
                                "write the number of columns of the data, such as {}[2]",
                                d.name.text
                            )),
                    );
                    continue;
                }
                [size] if size > 0 => size,
                _ => {
                    messages.push(
                        Diagnostic::error(
                            "bad-shape",
                            d.span,
                            format!("'{}' is a row of columns", d.name.text),
                        )
                        .label("expected one positive size")
                        .help(format!("write {}[3] for three columns", d.name.text)),
                    );
                    continue;
                }
            };
            self.column_group(&d.name, size, kind, arena, messages);
        }
    }

    fn column_group(
        &mut self,
        name: &Name,
        size: usize,
        kind: SymbolKind,
        arena: &mut Arena,
        messages: &mut Vec<Diagnostic>,
    ) {
        let entries = if size == 1 {
            vec![name.text.clone()]
        } else {
            (1..=size).map(|k| format!("{}{k}", name.text)).collect()
        };
        let shape = Shape { per_row: true, dims: Dims::vector(size) };
        let symbol = arena.symbol(Symbol { name: name.text.clone(), kind, shape, entries });
        self.claim(name, Entity::Symbol(symbol), messages);
        let group = ColumnGroup { name: name.text.clone(), size, symbol };
        if kind == SymbolKind::Input { self.inputs.push(group) } else { self.targets.push(group) }
    }

    fn parameter(&mut self, d: &Declaration, arena: &mut Arena, messages: &mut Vec<Diagnostic>) {
        let Some(dims) = Dims::from_declared(&d.shape) else {
            messages.push(
                Diagnostic::error("bad-shape", d.span, format!("'{}' has no such shape", d.name.text))
                    .label("expected at most two positive sizes")
                    .help(format!("write {}[3] or {}[3,2]", d.name.text, d.name.text)),
            );
            return;
        };
        // A layer's own weights (`params hidden.W`) are placed by name and shaped by the layer.
        let symbol = parameter_symbol(arena, &d.name.text, dims);
        self.claim(&d.name, Entity::Symbol(symbol), messages);
        self.parameters.push(Declared {
            name: d.name.text.clone(),
            span: d.span,
            symbol: Some(symbol),
            shape: d.shape.clone(),
            start: d.value,
            domain: d.domain,
        });
    }

    fn fixed(&mut self, d: &Declaration, messages: &mut Vec<Diagnostic>) {
        match d.value {
            Some(value) => self.claim(&d.name, Entity::Fixed(value, d.shape.clone()), messages),
            None => messages.push(
                Diagnostic::error("no-value", d.span, format!("'{}' is fixed but has no value", d.name.text))
                    .label("expected `= value`")
                    .help(format!("write fixed {} = 0.5", d.name.text)),
            ),
        }
    }

    /// Formulas copied without a line of inputs: `x`, `x1`, `x2`, ... are inputs and `y` the target.
    fn guess_columns(&mut self, ast: &Ast, arena: &mut Arena, messages: &mut Vec<Diagnostic>) {
        if !self.inputs.is_empty() || !self.targets.is_empty() || self.minimize.is_some() {
            return;
        }
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for name in Scope::mentioned(ast, &ast.statements) {
            let known = self.names.contains_key(&name.text);
            let numbered = |stem| {
                name.text
                    .strip_prefix(stem)
                    .is_some_and(|rest: &str| rest.bytes().all(|b| b.is_ascii_digit()))
            };
            let list = match () {
                () if known => continue,
                () if numbered("x") => &mut inputs,
                () if numbered("y") => &mut targets,
                () => continue,
            };
            if !list.iter().any(|n: &Name| n.text == name.text) {
                list.push(name);
            }
        }
        if inputs.is_empty() || targets.is_empty() {
            return;
        }
        inputs.sort_by(|a, b| a.text.cmp(&b.text));
        targets.sort_by(|a, b| a.text.cmp(&b.text));
        let names = |list: &[Name]| list.iter().map(|n| n.text.clone()).collect::<Vec<_>>().join(", ");
        messages.push(Diagnostic::note(
            "columns-guessed",
            format!("read as: inputs {}; target {}", names(&inputs), names(&targets)),
        ));
        for name in inputs {
            self.column_group(&name, 1, SymbolKind::Input, arena, messages);
        }
        for name in targets {
            self.column_group(&name, 1, SymbolKind::Target, arena, messages);
        }
    }

    /// Every name that is left becomes a parameter, in order of first appearance.
    fn free_names(&mut self, ast: &Ast, arena: &mut Arena, messages: &mut Vec<Diagnostic>) {
        for name in Scope::mentioned(ast, &ast.statements) {
            if self.names.contains_key(&name.text) || self.parameters.iter().any(|p| p.name == name.text) {
                continue;
            }
            if name.text.contains('.') {
                // The weights of a layer: the layer gives them their shape.
                self.parameters.push(Declared {
                    name: name.text,
                    span: name.span,
                    symbol: None,
                    shape: vec![],
                    start: None,
                    domain: None,
                });
                continue;
            }
            if let Some((symbol, index)) = self.column(&name.text) {
                self.names.insert(name.text, Entity::Column(symbol, index));
                continue;
            }
            if let Some(index) = self.numbered_definition(&name.text) {
                let meant = &self.definitions[index].name.text;
                messages.push(Diagnostic::note("read-as", format!("'{}' is read as {meant}", name.text)));
                self.names.insert(name.text, Entity::Definition(index));
                continue;
            }
            if name.text == "n" || CONSTANTS.iter().any(|c| c.0 == name.text) {
                if name.text == "e" {
                    let message = "'e' is read as Euler's number 2.718...";
                    messages.push(
                        Diagnostic::warning("euler", name.span, message)
                            .label("a constant")
                            .help("write `params e` to make it a parameter"),
                    );
                }
                continue;
            }
            let letter = ["sigma", "σ"].contains(&name.text.as_str());
            if functions::find(&name.text).is_some() && !letter {
                continue; // An activation named as an argument, or a call without parentheses: resolved later.
            }
            let symbol = parameter_symbol(arena, &name.text, Dims::Scalar);
            self.names.insert(name.text.clone(), Entity::Symbol(symbol));
            self.parameters.push(Declared {
                name: name.text,
                span: name.span,
                symbol: Some(symbol),
                shape: vec![],
                start: None,
                domain: None,
            });
        }
    }

    /// The last of `m1`, `m2`, ... where a formula says `m` for any of them.
    pub(crate) fn numbered_definition(&self, name: &str) -> Option<usize> {
        let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
        self.definitions.iter().rposition(|d| d.name.text.strip_prefix(name).is_some_and(digits))
    }

    /// `x1` of `inputs x[2]`.
    pub(crate) fn column(&self, name: &str) -> Option<(SymbolId, usize)> {
        self.inputs.iter().chain(&self.targets).filter(|g| g.size > 1).find_map(|g| {
            let index: usize = name.strip_prefix(&g.name)?.parse().ok()?;
            (1..=g.size).contains(&index).then(|| (g.symbol, index - 1))
        })
    }

    /// The names that the formulas of some statements mention, in the order of the text; the weights of a layer stand
    /// where the layer is made.
    pub(crate) fn mentioned(ast: &Ast, statements: &[Statement]) -> Vec<Name> {
        let mut found = Vec::new();
        for statement in statements {
            let (root, formal, owner): (ExprId, &[Name], Option<&Name>) = match &statement.kind {
                StatementKind::Define(name, value) => (*value, &[], Some(name)),
                StatementKind::Function { arguments, body, .. } => (*body, arguments, None),
                StatementKind::Minimize(value) => (*value, &[], None),
                StatementKind::Inputs(_)
                | StatementKind::Targets(_)
                | StatementKind::Params(_)
                | StatementKind::Fixed(_) => continue,
            };
            let mut here = Vec::new();
            for id in subtree(ast, root) {
                Scope::mention(ast, id, owner, &mut here);
            }
            here.sort_by_key(|n: &Name| n.span.start);
            here.retain(|n| !formal.iter().any(|f| f.text == n.text));
            found.extend(here);
        }
        found
    }

    fn mention(ast: &Ast, id: ExprId, owner: Option<&Name>, here: &mut Vec<Name>) {
        let expr = ast.expr(id);
        match &expr.kind {
            ExprKind::Name(text) => here.push(Name { text: text.clone(), span: expr.span }),
            ExprKind::Call { function, arguments, .. } if function.text == "dense" => {
                let Some(owner) = owner else { return };
                // After the input they multiply, so that deeper layers come first.
                let at = Span { start: expr.span.end, end: expr.span.end };
                here.push(Name { text: format!("{}.W", owner.text), span: at });
                let bias = arguments
                    .iter()
                    .find(|a| a.keyword.as_ref().is_some_and(|k| k.text == "bias"))
                    .map(|a| &ast.expr(a.value).kind);
                match bias {
                    Some(ExprKind::Name(text)) if text == "false" => {}
                    Some(ExprKind::Name(text)) if text != "true" => {
                        here.push(Name { text: text.clone(), span: at });
                    }
                    _ => here.push(Name { text: format!("{}.b", owner.text), span: at }),
                }
            }
            _ => {}
        }
    }
}

pub(crate) fn parameter_symbol(arena: &mut Arena, name: &str, dims: Dims) -> SymbolId {
    let shape = Shape::once(dims);
    arena.symbol(Symbol { name: name.into(), kind: SymbolKind::Parameter, shape, entries: vec![] })
}

/// The expressions of a formula, children before parents. A layer's activation and options are
/// no formulas, nor is the name before a dot.
pub(crate) fn subtree(ast: &Ast, root: ExprId) -> Vec<ExprId> {
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        found.push(id);
        match &ast.expr(id).kind {
            ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Member(..) => {}
            ExprKind::Neg(a) => open.push(*a),
            ExprKind::Binary(_, a, b) => open.extend([*a, *b]),
            ExprKind::Call { function, arguments, .. } if function.text == "dense" => {
                open.extend(arguments.first().map(|a| a.value));
            }
            ExprKind::Call { arguments, .. } => open.extend(arguments.iter().map(|a| a.value)),
            ExprKind::Index(a, _) => open.push(*a),
            ExprKind::List(items) => open.extend(items.iter().copied()),
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
