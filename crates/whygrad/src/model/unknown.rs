//! Every unknown function, activation and option of a file, said before any value is made.

use std::collections::HashSet;

use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::functions;
use whygrad_expr::syntax::ast::{Argument, ExprId, ExprKind, Name, Statement, StatementKind};

use super::resolve::{Failed, Resolver};
use super::scope::{Entity, subtree};

/// Functions that are no built-in ones: they place numbers, or turn a vector.
const SPECIAL: &[&str] = &["dense", "fill", "place", "transpose"];

impl Resolver<'_> {
    /// Says every unknown name of some statements once; the calls concerned fail later without another word.
    ///
    /// `unread` are the names of functions whose own lines could not be read.
    pub(crate) fn unknown_names(&mut self, statements: &[Statement], unread: &[String]) {
        let mut found: Vec<ExprId> = Vec::new();
        for statement in statements {
            match &statement.kind {
                StatementKind::Define(_, value) | StatementKind::Minimize(value) => {
                    found.extend(subtree(self.ast, *value));
                }
                StatementKind::Function { body, .. } => found.extend(subtree(self.ast, *body)),
                StatementKind::Params(list) | StatementKind::Fixed(list) => {
                    found.extend(list.iter().filter_map(|d| d.value).flat_map(|v| subtree(self.ast, v)));
                }
                StatementKind::Inputs(_) | StatementKind::Targets(_) => {}
            }
        }
        let ast = self.ast;
        let mut said = HashSet::new();
        for id in found {
            let ExprKind::Call { function, primes, arguments } = &ast.expr(id).kind else { continue };
            let before = self.messages.len();
            let known = if unread.contains(&function.text) {
                Err(Failed)
            } else if function.text == "dense" && *primes == 0 {
                self.dense_names(arguments)
            } else {
                self.call_names(function, arguments)
            };
            if known.is_err() {
                self.faulty.insert(id);
            }
            let new = self.messages.split_off(before);
            self.messages.extend(new.into_iter().filter(|m| said.insert(m.message.clone())));
        }
    }

    fn call_names(&mut self, function: &Name, arguments: &[Argument]) -> Result<(), Failed> {
        let own = matches!(self.scope.names.get(&function.text), Some(Entity::Function(_)));
        let text = function.text.as_str();
        if !own && !SPECIAL.contains(&text) && functions::find(text).is_none() {
            return Err(self.unknown_function(function));
        }
        if let Some(keyword) = arguments.iter().find_map(|a| a.keyword.as_ref()) {
            let name = &keyword.text;
            return Err(self.error(
                Diagnostic::error("unknown-keyword", keyword.span, format!("'{text}' takes no '{name}='"))
                    .label("only dense() has options by name")
                    .help(format!("write the value alone: {text}(.., value)")),
            ));
        }
        Ok(())
    }

    /// The options and the activation of a layer; all of them, also after one that is unknown.
    fn dense_names(&mut self, arguments: &[Argument]) -> Result<(), Failed> {
        let mut result = Ok(());
        let positional = arguments.iter().filter(|a| a.keyword.is_none());
        if let Some(activation) = positional.into_iter().nth(2) {
            result = self.activation_name(activation).map(|_| ());
        }
        for argument in arguments {
            let Some(keyword) = &argument.keyword else { continue };
            let known = match keyword.text.as_str() {
                "bias" => Ok(()),
                "activation" => self.activation_name(argument).map(|_| ()),
                _ => {
                    let message = format!("dense has no such '{}='", keyword.text);
                    Err(self.error(
                        Diagnostic::error("unknown-keyword", keyword.span, message)
                            .label("expected bias= or activation=")
                            .help("write bias=false, bias=name or activation=tanh"),
                    ))
                }
            };
            result = result.and(known);
        }
        result
    }
}

/// The names of functions, `f` of `f(z) = ...`, in whose lines something could not be read.
pub(crate) fn unread_functions(text: &str, messages: &[Diagnostic]) -> Vec<String> {
    let lines = messages.iter().filter(|m| m.is_error()).filter_map(|m| {
        let at = m.span?.start.min(text.len());
        let begin = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        text[begin..].lines().next()
    });
    let name = |line: &str| {
        let (name, rest) = line.split_once('(')?;
        rest.contains('=').then(|| name.trim().to_owned())
    };
    lines.filter_map(name).collect()
}
