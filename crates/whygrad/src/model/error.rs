//! What is wrong with a text that is no model.

use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::syntax::ast::Span;

use super::gradient::OwnGradient;

/// A text that is no model, with all that is wrong with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", .messages.iter().filter(|m| m.is_error()).map(|m| m.message.as_str()).collect::<Vec<_>>().join("; "))]
pub struct ModelError {
    /// The text; where a gradient was given, the model's and then the gradient's.
    pub source_text: String,
    /// Where the gradient begins in the text, if one was given.
    pub gradient_from: Option<usize>,
    /// All errors and warnings.
    pub messages: Vec<Diagnostic>,
}

impl ModelError {
    pub(super) fn new(text: &str, own: Option<&OwnGradient>, mut messages: Vec<Diagnostic>) -> ModelError {
        if let Some(own) = own {
            own.in_own_words(&mut messages);
        }
        messages.sort_by_key(|m| m.span.map_or(usize::MAX, |span| span.start));
        ModelError {
            source_text: own.map_or(text, |own| own.shown.as_str()).into(),
            gradient_from: own.map(|own| own.from),
            messages,
        }
    }

    /// The model's text and the messages about it, then the gradient's with those about it, where
    /// there is one. Messages without a place are with the model's.
    pub fn by_text(&self) -> (TextMessages<'_>, Option<TextMessages<'_>>) {
        let from = self.gradient_from.unwrap_or(self.source_text.len());
        let (model, gradient) = self.source_text.split_at(from);
        let of_gradient =
            |m: &&Diagnostic| self.gradient_from.is_some() && m.span.is_some_and(|s| s.start >= from);
        let (inside, outside): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
            self.messages.iter().partition(of_gradient);
        let moved = |message: &Diagnostic| {
            let span = message.span.map(|s| Span { start: s.start - from, end: s.end.max(from) - from });
            Diagnostic { span, ..message.clone() }
        };
        let gradient = self.gradient_from.map(|_| (gradient, inside.into_iter().map(moved).collect()));
        ((model, outside.into_iter().cloned().collect()), gradient)
    }
}

/// A text and what is said about it.
pub type TextMessages<'a> = (&'a str, Vec<Diagnostic>);
