//! What the formulas of a gradient may name: all that the model does, and their own lines.

use std::collections::HashSet;

use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions;
use whygrad_expr::op::Op;
use whygrad_expr::syntax::ast::{Ast, ExprId, ExprKind, Name, Statement, StatementKind};

use super::super::objective::{Objective, PREDICTION_NAMES};
use super::super::resolve::Resolver;
use super::super::scope::{CONSTANTS, Definition, Entity, OwnFunction, Scope, subtree};
use super::OwnGradient;
use super::left::{Left, Names};
use crate::data::nearest;

/// A line of the gradient's text.
pub(super) struct Line {
    /// Its index among the definitions.
    pub(super) definition: usize,
    /// What it is.
    pub(super) left: Left,
    /// True for a formula that stands alone.
    pub(super) bare: bool,
    /// Whether a formula names it.
    pub(super) used: bool,
}

impl OwnGradient {
    /// Gives every line its place among the definitions, and its name a meaning.
    pub(super) fn claim(
        &self,
        statements: &[Statement],
        objective: Option<&Objective>,
        resolver: &mut Resolver,
    ) -> Vec<Line> {
        let loss = objective.map_or("loss", |objective| objective.text.as_str()).to_owned();
        let mut lines = Vec::new();
        let mut own = HashSet::new();
        for statement in statements {
            match &statement.kind {
                StatementKind::Define(name, value) => {
                    let written = self.left(&name.text).to_owned();
                    let bare = self.bare.contains(&name.text);
                    let parameters = &resolver.scope.parameters;
                    let names = Names { loss: &loss, parameters, generous: self.generous };
                    let left = if bare { Left::Own } else { names.read(&written) };
                    // `dL/dz` may be a step on the way, if a line uses it.
                    let step = matches!(left, Left::Unknown(_)) && is_used(resolver.ast, &name.text);
                    let left = if step { Left::Own } else { left };
                    let stand_in = name.text.clone();
                    let name = Name { text: written, span: name.span };
                    let definition = resolver.scope.definitions.len();
                    resolver.scope.definitions.push(Definition { name: name.clone(), value: *value });
                    if left == Left::Own && !bare {
                        self.claim_name(&name, Entity::Definition(definition), &mut own, resolver);
                    }
                    if stand_in != resolver.scope.definitions[definition].name.text {
                        resolver
                            .scope
                            .names
                            .entry(stand_in.clone())
                            .or_insert(Entity::Definition(definition));
                    }
                    lines.push(Line { definition, left, bare, used: is_used(resolver.ast, &stand_in) });
                }
                StatementKind::Function { name, arguments, body } => {
                    let index = resolver.scope.own_functions.len();
                    let arguments = arguments.iter().map(|a| a.text.clone()).collect();
                    let function = OwnFunction { name: name.clone(), arguments, body: *body };
                    resolver.scope.own_functions.push(function);
                    self.claim_name(name, Entity::Function(index), &mut own, resolver);
                }
                StatementKind::Fixed(list) => {
                    for d in list {
                        let Some(value) = d.value else { continue };
                        let entity = Entity::Fixed(value, d.shape.clone());
                        self.claim_name(&d.name, entity, &mut own, resolver);
                    }
                }
                StatementKind::Inputs(_)
                | StatementKind::Targets(_)
                | StatementKind::Params(_)
                | StatementKind::Minimize(_) => {
                    let message = "a gradient declares nothing";
                    resolver.error(
                        Diagnostic::error("declaration-in-gradient", statement.span, message)
                            .label("expected a derivative, such as `dw1 = ...`")
                            .help("columns and parameters are declared in the model"),
                    );
                }
            }
        }
        name_components(&lines, resolver);
        lines
    }

    /// A name of the file's own; beside a model it may not be one of the model's, in a check it hides that one.
    fn claim_name(&self, name: &Name, entity: Entity, own: &mut HashSet<String>, resolver: &mut Resolver) {
        let again = !own.insert(name.text.clone());
        if again || (!self.generous && resolver.scope.names.contains_key(&name.text)) {
            resolver.error(
                Diagnostic::error("name-taken", name.span, format!("'{}' is defined twice", name.text))
                    .label("this name already has a meaning above")
                    .help(format!("give one of them another name, such as {}2", name.text)),
            );
            return;
        }
        resolver.scope.names.insert(name.text.clone(), entity);
    }

    /// Gives the names that the formulas mention a meaning, or says that the model has none for them.
    pub(super) fn mentioned(
        &self,
        statements: &[Statement],
        objective: Option<&Objective>,
        resolver: &mut Resolver,
    ) {
        for name in Scope::mentioned(resolver.ast, statements) {
            let text = name.text.as_str();
            if resolver.scope.names.contains_key(text) || text.contains('.') {
                continue;
            }
            if let Some((symbol, index)) = resolver.scope.column(text) {
                resolver.scope.names.insert(name.text, Entity::Column(symbol, index));
                continue;
            }
            if let Some(index) = resolver.scope.numbered_definition(text) {
                let meant = &resolver.scope.definitions[index].name.text;
                let message = format!("'{text}' is read as {meant}");
                resolver
                    .messages
                    .push(Diagnostic::warning("read-as", name.span, message).label("not defined"));
                resolver.scope.names.insert(name.text, Entity::Definition(index));
                continue;
            }
            if let Some(entity) = objective.and_then(|objective| self.alias(text, objective, resolver)) {
                resolver.scope.names.insert(name.text, entity);
                continue;
            }
            if text == "n" || CONSTANTS.iter().any(|c| c.0 == text) {
                continue;
            }
            let letter = ["sigma", "σ"].contains(&text);
            if functions::find(text).is_some() && !letter {
                continue; // A call without parentheses: said later.
            }
            self.unknown(&name, resolver);
            // Said once: the lines that use it are read on.
            let zero = resolver.arena.constant(0.0);
            resolver.scope.names.insert(name.text, Entity::Term(zero));
        }
    }

    /// `m` and `N` for the number of rows, `yhat` for the prediction, `z_hidden` for what a layer's activation takes.
    fn alias(&self, text: &str, objective: &Objective, resolver: &mut Resolver) -> Option<Entity> {
        if !self.generous {
            return None;
        }
        if ["m", "N"].contains(&text) && !objective.plain_function {
            return Some(Entity::Term(resolver.arena.make(Op::RowCount)));
        }
        if let (true, &[prediction]) = (PREDICTION_NAMES.contains(&text), &objective.predictions[..]) {
            return Some(Entity::Term(prediction));
        }
        let layer = text.strip_prefix("z_").or_else(|| text.strip_prefix("a_"))?;
        let layer = resolver.layers.iter().find(|l| l.name == layer)?;
        Some(Entity::Term(if text.starts_with('z') { layer.pre_activation } else { layer.output }))
    }

    fn unknown(&self, name: &Name, resolver: &mut Resolver) {
        let scope = &resolver.scope;
        let mut names: Vec<String> = scope.parameters.iter().map(|p| p.name.clone()).collect();
        names.extend(scope.definitions.iter().map(|d| d.name.text.clone()));
        for group in scope.inputs.iter().chain(&scope.targets) {
            names.push(group.name.clone());
            names.extend((1..=group.size.min(100)).map(|k| format!("{}{k}", group.name)));
        }
        let help = match nearest(&name.text, &names) {
            Some(close) => format!("did you mean {close}?"),
            None if self.generous && name.text.starts_with("dL") => {
                format!(
                    "a derivative by another parameter is used as dw1, so write {} = ... first",
                    name.text
                )
            }
            None => format!("define it on a line of its own: {} = ...", name.text),
        };
        let message = format!("the model has no '{}'", name.text);
        resolver.error(Diagnostic::error("unknown-name", name.span, message).label("not known").help(help));
    }

    /// A gradient makes no layers: their weights would be parameters that the model does not have.
    pub(super) fn no_layers(statements: &[Statement], resolver: &mut Resolver) {
        let ast = resolver.ast;
        let dense = |id: &ExprId| matches!(&ast.expr(*id).kind, ExprKind::Call { function, .. } if function.text == "dense");
        for statement in statements {
            let (StatementKind::Define(_, root) | StatementKind::Function { body: root, .. }) =
                &statement.kind
            else {
                continue;
            };
            for id in subtree(ast, *root).into_iter().filter(dense) {
                let error =
                    Diagnostic::error("unknown-name", ast.expr(id).span, "a gradient makes no layers")
                        .label("its weights are no parameters of the model")
                        .help("name a layer of the model, such as hidden, and its weights hidden.W");
                resolver.error(error);
                resolver.faulty.insert(id);
            }
        }
    }
}

/// Whether a formula names something.
fn is_used(ast: &Ast, name: &str) -> bool {
    ast.expressions.iter().any(|e| matches!(&e.kind, ExprKind::Name(text) if text == name))
}

/// A derivative may be used by another line: `dw2 = 2*dw1`. A parameter's own name stays the parameter's.
fn name_components(lines: &[Line], resolver: &mut Resolver) {
    for line in lines {
        let Left::Component { parameter, entry: None } = line.left else { continue };
        let written = resolver.scope.definitions[line.definition].name.text.clone();
        let by = format!("d{}", resolver.scope.parameters[parameter].name);
        for name in [written, by] {
            resolver.scope.names.entry(name).or_insert(Entity::Definition(line.definition));
        }
    }
}
