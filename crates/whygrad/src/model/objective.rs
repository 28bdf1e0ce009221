//! What is to be made small, and what the model predicts.

use std::collections::HashMap;

use whygrad_expr::arena::Term;
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions::{self, Role};
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::shape::Dims;
use whygrad_expr::syntax::ast::{ExprId, ExprKind, Span};

use super::ModelOptions;
use super::call::ONE_CLASS;
use super::resolve::{Definite, Resolver};
use super::scope::{ColumnGroup, subtree};
use crate::data::nearest;

/// The loss and the predictions as written.
pub(crate) struct Objective {
    pub(crate) loss: Term,
    pub(crate) predictions: Vec<Term>,
    pub(crate) text: String,
    pub(crate) class_index: bool,
    pub(crate) logits: Option<Logits>,
    pub(crate) plain_function: bool,
    pub(crate) span: Span,
    /// Where the loss is written out.
    pub(crate) formula: Option<Span>,
    /// Starting values by parameter name.
    pub(crate) starts: Vec<(String, Term)>,
}

/// What turns the outputs into probabilities, where the loss takes them raw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logits {
    /// The sigmoid of each.
    Binary,
    /// The softmax of all.
    Classes,
}

/// The names under which people define what is to be made small, the plainest first.
pub(crate) const LOSS_NAMES: &[&str] = &["loss", "Loss", "L", "E", "J", "C", "MSE", "cost", "error"];

/// The names under which people define what a model predicts.
pub(crate) const PREDICTION_NAMES: &[&str] = &["y_hat", "ŷ", "yhat", "y_pred", "prediction"];

/// Names that may as well mean something else, and give way to what a named loss compares.
const WEAK_PREDICTION_NAMES: &[&str] = &["output", "out", "p", "o", "m"];

impl Resolver<'_> {
    /// Finds the loss and the predictions; `None` where that failed, with the reason said.
    pub(crate) fn objective(&mut self, options: &ModelOptions) -> Option<Objective> {
        let starts = self.starts();
        if let Some(value) = self.scope.minimize {
            let loss = self.formula(value, &HashMap::new(), None).ok()?;
            let span = self.ast.expr(value).span;
            let text = "the function".to_owned();
            return Some(Objective {
                loss,
                predictions: vec![],
                text,
                class_index: false,
                logits: None,
                plain_function: true,
                span,
                formula: Some(span),
                starts,
            });
        }
        let defined = LOSS_NAMES
            .iter()
            .find_map(|name| self.scope.definitions.iter().position(|d| d.name.text == *name));
        let loss_call = defined.and_then(|index| self.loss_call(self.scope.definitions[index].value));
        let predictions = self.predictions(loss_call);
        let (loss, text, span, formula) = match (&options.loss, defined) {
            (None, Some(index)) => {
                let definition = &self.scope.definitions[index];
                let (text, span) = (definition.name.text.clone(), definition.name.span);
                let formula = self.ast.expr(definition.value).span;
                (self.values[index].term()?, text, span, Some(formula))
            }
            (name, _) => {
                let name = name.clone().unwrap_or_else(|| "mse".into());
                let (loss, text) = self.default_loss(&name, &predictions)?;
                (loss, text, Span::default(), None)
            }
        };
        let called = match &options.loss {
            Some(name) => Some(name.as_str()),
            None => loss_call.and_then(|id| match &self.ast.expr(id).kind {
                ExprKind::Call { function, .. } => Some(function.text.as_str()),
                _ => None,
            }),
        };
        let class_index =
            called.is_some_and(|name| name.contains("cross_entropy") && !name.contains("binary"));
        let logits = called.and_then(|name| match name {
            "binary_cross_entropy_from_logits" => Some(Logits::Binary),
            "cross_entropy_from_logits" => Some(Logits::Classes),
            _ => None,
        });
        Some(Objective {
            logits,
            loss,
            predictions,
            text,
            class_index,
            plain_function: false,
            span,
            formula,
            starts,
        })
    }

    /// The call of a named loss inside a formula.
    fn loss_call(&self, root: ExprId) -> Option<ExprId> {
        subtree(self.ast, root).into_iter().find(|&id| match &self.ast.expr(id).kind {
            ExprKind::Call { function, arguments, .. } => {
                arguments.len() >= 2 && functions::find(&function.text).is_some_and(|b| b.role == Role::Loss)
            }
            _ => false,
        })
    }

    /// The first argument of a loss, unless that is a target.
    fn compared(&mut self, call: ExprId) -> Option<Term> {
        let ExprKind::Call { arguments, .. } = &self.ast.expr(call).kind else { return None };
        let said = self.messages.len();
        let term = self.formula(arguments.first()?.value, &HashMap::new(), None).ok();
        self.messages.truncate(said);
        let target = |op: Op| self.scope.targets.iter().any(|t| matches!(op, Op::Leaf(id) if id == t.symbol));
        term.filter(|&term| !target(self.arena.op(term)))
    }

    /// What is predicted: by name, as the loss's first argument, or the last line as long as the targets.
    fn predictions(&mut self, loss_call: Option<ExprId>) -> Vec<Term> {
        let width: usize = self.scope.targets.iter().map(|g| g.size).sum();
        let by_name = |r: &Self, names: &[&str]| {
            let term = names.iter().find_map(|name| {
                let index = r.scope.definitions.iter().position(|d| d.name.text == *name)?;
                r.values[index].term()
            });
            term.filter(|&t| width == 0 || r.arena.dims(t).len() == width)
        };
        if let Some(term) = by_name(self, PREDICTION_NAMES) {
            return vec![term];
        }
        let compared = loss_call.and_then(|id| self.compared(id));
        let compared = compared.filter(|&t| self.arena.dims(t).len() == width);
        if let Some(term) = compared.or_else(|| by_name(self, WEAK_PREDICTION_NAMES)) {
            return vec![term];
        }
        if let Some(id) = loss_call
            && let ExprKind::Call { arguments, .. } = &self.ast.expr(id).kind
            && let Some(first) = arguments.first()
        {
            let said = self.messages.len();
            let term = self.formula(first.value, &HashMap::new(), None).ok();
            self.messages.truncate(said);
            if let Some(term) = term {
                return vec![term];
            }
        }
        if let Some(term) = self.hypothesis(width) {
            return vec![term];
        }
        let of_width =
            |r: &Self, t: Term, len: usize| r.arena.shape(t).per_row && r.arena.dims(t).len() == len;
        let last = self.values.iter().rev().filter_map(|v| v.term()).find(|&t| of_width(self, t, width));
        if let (Some(term), 0 | 1) = (last, self.scope.targets.len()) {
            return vec![term];
        }
        // Several targets, each predicted by a line of its own: p1, p2 for y1, y2.
        let lines: Vec<Term> =
            self.values.iter().filter_map(|v| v.term()).filter(|&t| of_width(self, t, 1)).collect();
        let count = self.scope.targets.len();
        if count > 0 && lines.len() >= count {
            lines[lines.len() - count..].to_vec()
        } else {
            last.into_iter().collect()
        }
    }

    /// `h(x)` in `C = mean((h(x) - y)^2)`: a function of the person's own, inside the loss, with one
    /// value for each target.
    fn hypothesis(&mut self, width: usize) -> Option<Term> {
        let index = LOSS_NAMES
            .iter()
            .find_map(|name| self.scope.definitions.iter().position(|d| d.name.text == *name))?;
        let own = &self.scope.own_functions;
        let is_own = |id: &ExprId| match &self.ast.expr(*id).kind {
            ExprKind::Call { function, primes: 0, .. } => own.iter().any(|f| f.name.text == function.text),
            _ => false,
        };
        let mut calls = subtree(self.ast, self.scope.definitions[index].value);
        calls.retain(is_own);
        let said = self.messages.len();
        let targets: Vec<Term> = self.scope.targets.iter().map(|g| self.arena.leaf(g.symbol)).collect();
        let found = calls.into_iter().find_map(|id| {
            let term = self.formula(id, &HashMap::new(), None).ok()?;
            let shape = self.arena.shape(term);
            let uses_target = self.arena.reachable(&[term]).iter().any(|t| targets.contains(t));
            (shape.per_row && shape.dims.len() == width && !uses_target).then_some(term)
        });
        self.messages.truncate(said);
        found
    }

    fn default_loss(&mut self, name: &str, predictions: &[Term]) -> Option<(Term, String)> {
        let at = super::whole(0);
        let Some(built_in) = functions::find(name).filter(|b| b.role == Role::Loss) else {
            let all: Vec<&str> = functions::losses().map(|b| b.name).collect();
            let help = match nearest(name, &all) {
                Some(close) => format!("did you mean {close}?"),
                None => format!("one of {}", all.join(", ")),
            };
            let message = format!("there is no loss '{name}'");
            self.messages.push(Diagnostic {
                span: None,
                ..Diagnostic::error("unknown-function", at, message).help(help)
            });
            return None;
        };
        if self.values.contains(&Definite::Failed) {
            return None; // Why is said, and what is left may be no prediction.
        }
        let targets = self.scope.targets.clone();
        if predictions.is_empty() || targets.is_empty() {
            let message = "there is no loss, and none can be made up";
            let help = "write a line such as loss = mse(y_hat, y), with `target y` above it";
            if !self.messages.iter().any(Diagnostic::is_error) {
                self.messages
                    .push(Diagnostic { span: None, ..Diagnostic::error("no-loss", at, message).help(help) });
            }
            return None;
        }
        let target = self.stack_columns(&targets);
        let prediction = self.stack(predictions);
        if built_in.name == "cross_entropy_from_logits" && self.arena.dims(prediction).is_scalar() {
            let help = format!("for one output write binary_{}", built_in.name);
            let message = format!("{} {ONE_CLASS}", built_in.name);
            let error = Diagnostic::error("arguments", at, message).help(help);
            self.messages.push(Diagnostic { span: None, ..error });
            return None;
        }
        match functions::apply(self.arena, built_in, &[prediction, target]) {
            Ok(loss) => {
                let names: Vec<&str> = targets.iter().map(|g| g.name.as_str()).collect();
                Some((loss, format!("{name}(prediction, {})", names.join(", "))))
            }
            Err(error) => {
                let message =
                    format!("{} outputs are compared with {} targets", error.left.len(), error.right.len());
                self.messages.push(Diagnostic { span: None, ..Diagnostic::error("shape", at, message) });
                None
            }
        }
    }

    fn stack_columns(&mut self, groups: &[ColumnGroup]) -> Term {
        let leaves: Vec<Term> = groups.iter().map(|g| self.arena.leaf(g.symbol)).collect();
        self.stack(&leaves)
    }

    /// Several values as one vector.
    fn stack(&mut self, parts: &[Term]) -> Term {
        if let [one] = parts {
            return *one;
        }
        let total = parts.iter().map(|&p| self.arena.dims(p).len()).sum();
        let (mut at, mut sum) = (0, None);
        for &part in parts {
            let len = self.arena.dims(part).len();
            for k in 0..len {
                let entry = if len == 1 { part } else { self.arena.make(Op::Pick(part, k)) };
                let placed = self.arena.make(Op::Place(entry, at, Dims::vector(total)));
                at += 1;
                sum = Some(match sum {
                    Some(sum) => self.arena.make(Op::Zip(Zip::Add, sum, placed)),
                    None => placed,
                });
            }
        }
        sum.unwrap_or_else(|| self.arena.constant(0.0))
    }

    fn starts(&mut self) -> Vec<(String, Term)> {
        let declared: Vec<(String, ExprId)> =
            self.scope.parameters.iter().filter_map(|p| Some((p.name.clone(), p.start?))).collect();
        let mut starts = Vec::new();
        for (name, value) in declared {
            let Ok(term) = self.formula(value, &HashMap::new(), None) else { continue };
            let leaves = self.arena.reachable(&[term]);
            let constant = leaves.iter().all(|&t| !matches!(self.arena.op(t), Op::Leaf(_) | Op::RowCount));
            if constant {
                starts.push((name, term));
            } else {
                let span = self.ast.expr(value).span;
                self.messages.push(
                    Diagnostic::error(
                        "no-value",
                        span,
                        format!("the starting value of '{name}' is no number"),
                    )
                    .label("expected numbers"),
                );
            }
        }
        starts
    }
}
