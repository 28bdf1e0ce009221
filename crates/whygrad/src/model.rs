//! A model: a text, what its names mean, its loss and its gradient.
//!
//! `text -> syntax tree -> names (scope) -> terms (resolve) -> loss and predictions (objective)
//! -> simplified program with its gradient -> names for what is shared (naming)`.

mod call;
mod error;
mod gradient;
mod layer;
mod naming;
mod objective;
pub mod one_word;
mod recognise;
mod resolve;
mod scope;
mod unknown;

use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::derivative::{self, Step};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::Op;
use whygrad_expr::oracle::{Bindings, evaluate};
use whygrad_expr::program::{Named, Parameter, Program};
use whygrad_expr::simplify::Simplifier;
use whygrad_expr::syntax::{self, ast::Span, ast::Statement};

use crate::data::bind::{self, BindOptions, Columns};
use crate::data::{DataError, Dataset, Table};
use crate::init::{self, Entry};
pub use error::{ModelError, TextMessages};
use gradient::OwnGradient;
pub(crate) use gradient::Written;
pub use layer::{DenseLayer, Role};
pub use naming::Naming;
pub(crate) use naming::pre_activation;
pub use objective::Logits;
pub use recognise::Layers;
use resolve::Resolver;
pub use scope::ColumnGroup;
use scope::Scope;

/// What a caller may say beside the text.
#[derive(Clone, Debug, Default)]
pub struct ModelOptions {
    /// A loss by name, in place of the text's own.
    pub loss: Option<String>,
    /// A gradient the person wrote, as lines `dw1 = ...`, in place of the derived one.
    pub gradient: Option<String>,
}

/// What is known of a parameter beside its place in the flat buffer.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterInfo {
    /// Starting values given in the text.
    pub start: Option<Vec<f64>>,
    /// The open interval it lives in.
    pub domain: Option<(f64, f64)>,
    /// Its place in a layer.
    pub role: Role,
}

/// A model that was read without an error.
#[derive(Clone, Debug)]
pub struct Model {
    /// The text it was read from.
    pub source: String,
    /// The loss, its gradient and the layout of the parameters.
    pub program: Program,
    /// Groups of input columns in the order of an input row.
    pub inputs: Vec<ColumnGroup>,
    /// Groups of target columns in the order of a target row.
    pub targets: Vec<ColumnGroup>,
    /// Beside `program.parameters`, in the same order.
    pub parameters: Vec<ParameterInfo>,
    /// The layers made with `dense`, in order.
    pub dense: Vec<DenseLayer>,
    /// The layers, where the model is a plain chain of them.
    pub layers: Option<Layers>,
    /// The loss in words: `mse(y_hat, y)` or the name it was defined under.
    pub loss_text: String,
    /// The loss as the text has it, before it is simplified; in `program.arena`.
    pub written_loss: Term,
    /// The predictions as the text has them, before they are simplified; in `program.arena`.
    pub written_predictions: Vec<Term>,
    /// True where the loss is a cross-entropy over several outputs, so that a class index will do.
    pub class_index: bool,
    /// How outputs become probabilities, where the loss takes them raw.
    pub logits: Option<Logits>,
    /// True for `minimize f`: no data.
    pub plain_function: bool,
    /// The lines of the text, simplified, by name.
    pub definitions: Vec<Named>,
    /// True where the gradient is the person's, not the derived one.
    pub own_gradient: bool,
    /// What is shared, named and ordered.
    pub naming: Naming,
    /// Every use of the chain rule.
    pub steps: Vec<Step>,
    /// dL/dterm for the terms on the way.
    pub adjoints: Vec<Option<Term>>,
    /// Warnings and notes.
    pub messages: Vec<Diagnostic>,
}

impl Model {
    /// Reads a model.
    pub fn parse(text: &str, options: &ModelOptions) -> Result<Model, ModelError> {
        let own = options.gradient.as_deref().map(|own| OwnGradient::join(text, own, false));
        Ok(Model::read(text, options, own.as_ref())?.0)
    }

    /// Reads a model and formulas for some of its derivatives. The model stays as it is, with its derived gradient;
    /// the terms of the formulas are in its arena. Also what is to be said of the formulas, in their text.
    pub(crate) fn with_formulas(
        text: &str,
        options: &ModelOptions,
        formulas: &str,
    ) -> Result<(Model, Written, Vec<Diagnostic>), ModelError> {
        let own = OwnGradient::join(text, formulas, true);
        Model::read(text, options, Some(&own))
    }

    fn read(
        text: &str,
        options: &ModelOptions,
        own: Option<&OwnGradient>,
    ) -> Result<(Model, Written, Vec<Diagnostic>), ModelError> {
        let joined = own.map_or(text, |own| own.text.as_str());
        let (mut ast, mut messages) = syntax::parse_document(joined);
        let unread = unknown::unread_functions(joined, &messages);
        let of_model = |s: &Statement| own.is_none_or(|own| s.span.start < own.from);
        let written = ast.statements.split_off(ast.statements.iter().take_while(|s| of_model(s)).count());
        let mut arena = Arena::new();
        let mut scope = Scope::read(&ast, &mut arena, &mut messages);
        let mut resolver = Resolver::new(&ast, &mut arena, &mut scope, &mut messages);
        resolver.unknown_names(&ast.statements, &unread);
        resolver.definitions();
        let objective = resolver.objective(options);
        let lines = resolver.values.len();
        let read = |own: &OwnGradient| own.read(&written, objective.as_ref(), &unread, &mut resolver);
        let written = own.map(read).unwrap_or_default();
        let (layers, roles, values) = (resolver.layers, resolver.roles, resolver.values);
        let failed = messages.iter().any(Diagnostic::is_error);
        let Some(mut objective) = objective.filter(|_| !failed) else {
            return Err(ModelError::new(text, own, messages));
        };
        sum_of_examples(joined, &mut arena, &mut objective, &mut messages);
        let definitions = scope
            .definitions
            .iter()
            .zip(&values[..lines])
            .filter_map(|(d, v)| Some(Named { name: d.name.text.clone(), term: v.term()? }));
        // In a check the model stays as it is; a gradient in the place of the derived one brings its own lines.
        let helping =
            written.definitions.iter().map(|(name, _, term)| Named { name: name.clone(), term: *term });
        let helping = helping.filter(|_| own.is_some_and(|own| !own.generous));
        let definitions = definitions.chain(helping).collect();
        let built = Built { arena, scope, messages, objective, dense: layers, definitions };
        let (model, said) = built.finish(text, &roles, own.map(|own| (own, &written)))?;
        Ok((model, written, said))
    }

    /// Gives the model its columns of a table, with notes on what was taken to mean what. Whether a class index
    /// will do is for the model to say, whatever the options hold.
    pub fn bind(
        &self,
        table: &Table,
        options: &BindOptions,
    ) -> Result<(Dataset, Vec<String>), Vec<DataError>> {
        let columns = |groups: &[ColumnGroup]| -> Vec<Columns> {
            groups.iter().map(|g| Columns { name: g.name.clone(), size: g.size }).collect()
        };
        let options = BindOptions { class_index: self.class_index, ..options.clone() };
        bind::bind(table, &columns(&self.inputs), &columns(&self.targets), &options)
    }

    /// The flat starting values given in the text; `None` for entries without one.
    pub fn start(&self) -> Vec<Option<f64>> {
        let mut flat = vec![None; self.program.parameter_count()];
        for (p, info) in self.program.parameters.iter().zip(&self.parameters) {
            for (k, value) in info.start.iter().flatten().enumerate() {
                flat[p.offset + k] = Some(*value);
            }
        }
        flat
    }

    /// What an initialiser draws, in drawing order: weights row by row, layer by layer.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (p, info) in self.program.parameters.iter().zip(&self.parameters) {
            for k in 0..p.len() {
                let (role, layer) = match info.role {
                    Role::Weight { layer, fan_in, fan_out } => {
                        (init::Role::Weight { fan_in, fan_out }, layer)
                    }
                    Role::Bias { layer } => (init::Role::Bias, layer),
                    Role::Free => (init::Role::Free, 0),
                };
                entries.push((layer, Entry { offset: p.offset + k, name: p.entry_name(k), role }));
            }
        }
        if let Some(layers) = self.layers.as_ref().filter(|l| l.from_formula) {
            let order = layers.drawing_order();
            let place = |e: &Entry| order.iter().position(|name| *name == e.name).unwrap_or(usize::MAX);
            entries.sort_by_key(|(_, e)| place(e));
        } else {
            entries.sort_by_key(|(layer, e)| (*layer, e.offset));
        }
        entries.into_iter().map(|(_, e)| e).collect()
    }

    /// True where the model is written with matrices: as layers, or as `W @ x`.
    pub fn has_matrices(&self) -> bool {
        let arena = &self.program.arena;
        arena.reachable(&self.program.predictions).iter().any(|&t| matches!(arena.op(t), Op::MatVec(..)))
    }

    /// The model in one line: `2-2-1, sigmoid, linear output`, or what it has.
    pub fn describe(&self) -> String {
        let count = self.program.parameter_count();
        let plural = if count == 1 { "" } else { "s" };
        match &self.layers {
            Some(layers) => format!("{layers}, {count} parameter{plural}"),
            None if self.plain_function => format!("a function of {count} variable{plural}"),
            None => format!("a formula with {count} parameter{plural}"),
        }
    }
}

/// Everything resolved, before simplification.
struct Built {
    arena: Arena,
    scope: Scope,
    messages: Vec<Diagnostic>,
    objective: objective::Objective,
    dense: Vec<DenseLayer>,
    definitions: Vec<Named>,
}

impl Built {
    fn finish(
        mut self,
        text: &str,
        roles: &std::collections::HashMap<String, Role>,
        own: Option<(&OwnGradient, &Written)>,
    ) -> Result<(Model, Vec<Diagnostic>), ModelError> {
        let (loss, predictions) = self.simplified();
        let (parameters, mut infos) = self.parameters(roles);
        self.check(loss, &parameters);
        let instead = own
            .filter(|(own, _)| !own.generous)
            .map(|(own, written)| own.components(written, &mut self.arena, &parameters, &mut self.messages));
        let own = own.map(|(own, _)| own);
        if self.messages.iter().any(Diagnostic::is_error) {
            return Err(ModelError::new(text, own, self.messages));
        }
        let symbols: Vec<SymbolId> = parameters.iter().map(|p| p.symbol).collect();
        let gradient = derivative::gradient(&mut self.arena, loss, &symbols);
        let columns = |groups: &[ColumnGroup]| groups.iter().map(|g| g.symbol).collect();
        let mut program = Program {
            parameters,
            inputs: columns(&self.scope.inputs),
            targets: columns(&self.scope.targets),
            definitions: vec![],
            predictions,
            loss,
            gradient: gradient.by_symbol.clone(),
            arena: self.arena,
        };
        let layers = recognise::recognise(&program, &self.dense);
        place_in_layers(layers.as_ref(), &program, &mut infos);
        let naming = Naming::of(&program, &self.definitions, &self.dense, &gradient.adjoints);
        program.definitions = naming.all();
        let own_gradient = instead.is_some();
        if let Some(instead) = instead {
            program.gradient = instead;
        }
        self.messages.extend(layers.as_ref().and_then(linear_note));
        let (messages, said) = gradient::by_text(self.messages, own);
        let model = Model {
            own_gradient,
            source: text.into(),
            program,
            inputs: self.scope.inputs,
            targets: self.scope.targets,
            parameters: infos,
            dense: self.dense,
            layers,
            loss_text: loss_text(text, &self.objective),
            written_loss: self.objective.loss,
            written_predictions: self.objective.predictions,
            class_index: self.objective.class_index,
            logits: self.objective.logits,
            plain_function: self.objective.plain_function,
            definitions: self.definitions,
            naming,
            steps: gradient.steps,
            adjoints: gradient.adjoints,
            messages,
        };
        Ok((model, said))
    }

    /// The loss and the predictions, simplified; the definitions and layers with them.
    fn simplified(&mut self) -> (Term, Vec<Term>) {
        let mut simplifier = Simplifier::new(&mut self.arena);
        let loss = simplifier.simplify(self.objective.loss);
        let predictions: Vec<Term> =
            self.objective.predictions.iter().map(|&p| simplifier.simplify(p)).collect();
        for definition in &mut self.definitions {
            definition.term = simplifier.simplify(definition.term);
        }
        for layer in &mut self.dense {
            layer.pre_activation = simplifier.simplify(layer.pre_activation);
            layer.output = simplifier.simplify(layer.output);
            layer.input = simplifier.simplify(layer.input);
        }
        (loss, predictions)
    }

    fn parameters(
        &mut self,
        roles: &std::collections::HashMap<String, Role>,
    ) -> (Vec<Parameter>, Vec<ParameterInfo>) {
        let (mut parameters, mut infos, mut offset) = (Vec::new(), Vec::new(), 0);
        for declared in &self.scope.parameters {
            let Some(symbol) = declared.symbol else { continue };
            let parameter =
                Parameter { symbol, name: declared.name.clone(), shape: declared.shape.clone(), offset };
            let start = self.objective.starts.iter().find(|s| s.0 == declared.name).map(|s| s.1);
            let start = start.and_then(|term| {
                let values = evaluate(&self.arena, &[term], &Bindings::<f64>::new(1)).ok()?;
                let data = &values[0].data;
                Some(if data.len() == 1 { vec![data[0]; parameter.len()] } else { data.clone() })
            });
            if start.iter().flatten().any(|value| !value.is_finite()) {
                let message = format!("the starting value of '{}' is not finite", declared.name);
                self.messages.push(
                    Diagnostic::error("no-value", declared.span, message).label("expected finite numbers"),
                );
            }
            if let Some(values) = &start
                && values.len() != parameter.len()
            {
                self.messages.push(
                    Diagnostic::error(
                        "shape",
                        declared.span,
                        format!(
                            "'{}' has {} entries, its value {}",
                            declared.name,
                            parameter.len(),
                            values.len()
                        ),
                    )
                    .label("the starting value has another shape"),
                );
            }
            offset += parameter.len();
            parameters.push(parameter);
            let role = roles.get(&declared.name).copied().unwrap_or(Role::Free);
            infos.push(ParameterInfo { start, domain: declared.domain, role });
        }
        (parameters, infos)
    }

    /// What can be said of the whole: a loss that is no number, nothing to learn, idle names.
    fn check(&mut self, loss: Term, parameters: &[Parameter]) {
        let span = self.objective.span;
        let shape = self.arena.shape(self.objective.loss);
        if shape.per_row || !shape.dims.is_scalar() {
            let what = match (shape.per_row, shape.dims.is_scalar()) {
                (true, true) => "one number for each row".to_owned(),
                (true, false) => format!("{} numbers for each row", shape.dims.len()),
                (false, _) => format!("{} numbers", shape.dims.len()),
            };
            self.messages.push(
                Diagnostic::error("loss-not-a-number", span, format!("the loss has {what}, not one number"))
                    .label(what)
                    .help("write mean(...) or sum(...) around it"),
            );
        }
        if parameters.is_empty() {
            self.messages.push(
                Diagnostic::error("nothing-to-learn", span, "there is no parameter: every name has a value")
                    .label("no free name in the formulas")
                    .help("a name without a value is a parameter: y_hat = w*x + b"),
            );
        }
        let count: usize = parameters.iter().map(Parameter::len).fold(0, usize::saturating_add);
        if count > MOST_PARAMETERS {
            let message =
                format!("the model has {count} parameters, more than the {MOST_PARAMETERS} there may be");
            self.messages.push(Diagnostic::error("too-large", span, message).help("make its layers smaller"));
        }
        let reached = self.arena.reachable(&[loss]);
        let used = |id: SymbolId| reached.iter().any(|&t| self.arena.op(t) == Op::Leaf(id));
        let mut found = Vec::new();
        for declared in &self.scope.parameters {
            if declared.symbol.is_some_and(|id| !used(id)) {
                let message = format!("the loss does not depend on '{}'", declared.name);
                found.push(
                    Diagnostic::warning("parameter-without-effect", declared.span, message)
                        .label("its derivative is 0: it keeps its starting value"),
                );
            }
        }
        for group in self.scope.inputs.iter().chain(&self.scope.targets) {
            if !used(group.symbol) {
                found.push(Diagnostic::note(
                    "column-not-used",
                    format!("the column '{}' is declared but not used", group.name),
                ));
            }
        }
        self.messages.extend(found);
    }
}

/// Gives the parameters of a recognised formula their places in its layers.
fn place_in_layers(layers: Option<&Layers>, program: &Program, infos: &mut [ParameterInfo]) {
    let Some(layers) = layers.filter(|l| l.from_formula) else { return };
    for (p, info) in program.parameters.iter().zip(infos) {
        info.role = layers.role(&p.name);
    }
}

/// What is said of several layers without any activation.
fn linear_note(layers: &Layers) -> Option<Diagnostic> {
    let linear = layers.activations.len() > 1 && layers.activations.iter().all(|a| a == "identity");
    let message = "no activation: stacked linear layers are one linear map";
    linear.then(|| Diagnostic::note("no-activation", message))
}

/// On paper a loss is often typeset for one example, `E = \frac{1}{2}(y - \hat{y})^2`: with several
/// rows it is their sum. A loss in text has to say sum or mean itself.
fn sum_of_examples(
    text: &str,
    arena: &mut Arena,
    objective: &mut objective::Objective,
    messages: &mut Vec<Diagnostic>,
) {
    let shape = arena.shape(objective.loss);
    let typeset = objective.formula.and_then(|f| text.get(f.start..f.end)).is_some_and(|t| t.contains('\\'));
    if !shape.per_row || !shape.dims.is_scalar() || !typeset {
        return;
    }
    objective.loss = arena.sum_rows(objective.loss);
    let message = format!("'{}' is the loss of one row: read as the sum over the rows", objective.text);
    messages.push(
        Diagnostic::warning("loss-of-one-row", objective.span, message)
            .label("one number for each row")
            .help("write \\sum_{i=1}^n or \\frac{1}{n}\\sum_{i=1}^n before it to choose"),
    );
}

/// The loss as it is written, where that is short enough for a line.
fn loss_text(text: &str, objective: &objective::Objective) -> String {
    let written = objective.formula.and_then(|span| text.get(span.start..span.end));
    let written = written.map(|w| w.split_whitespace().collect::<Vec<_>>().join(" "));
    written.filter(|w| !w.is_empty() && w.chars().count() <= 60).unwrap_or_else(|| objective.text.clone())
}

/// Beyond this many parameters a net is no small one, and its parameters alone would fill the memory.
pub(crate) const MOST_PARAMETERS: usize = 100_000_000;

/// The place of the whole text, for what has no place of its own.
pub(crate) fn whole(text_length: usize) -> Span {
    Span { start: 0, end: text_length }
}
