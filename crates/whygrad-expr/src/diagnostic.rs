//! An error or a note that teaches: where, what was expected, what was found, what to write.
//!
//! Plain data. Surfaces render it; nothing here prints.

use crate::syntax::ast::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The text has no meaning as it stands.
    Error,
    /// It has one, but probably not the one that was meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// One message about a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name such as `unknown-function`.
    pub code: &'static str,
    /// The message: one sentence that can stand alone.
    pub message: String,
    /// Where in the source text, if anywhere.
    pub span: Option<Span>,
    /// A few words for the underlined place: what was expected, what was found.
    pub label: String,
    /// What to write instead, if that can be said.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            span: Some(span),
            label: String::new(),
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// A note about the text as a whole.
    pub fn note(code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Note,
            span: None,
            ..Diagnostic::error(code, Span::default(), message)
        }
    }

    /// Adds the words for the underlined place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// True for errors, false for warnings and notes.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
