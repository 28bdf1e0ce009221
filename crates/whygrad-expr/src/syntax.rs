//! Text and LaTeX to an [`ast::Ast`], with places and several errors at once.
//!
//! The way of a model file: [`chunk`](self) finds where its statements begin and end; `lexer` or
//! `latex` cuts each into words; `sentence` parts what stands on one line; `statement` says what
//! kind each is; `pratt` reads the expressions of both notations.

pub mod ast;
mod chunk;
mod keyword;
mod latex;
mod letters;
mod lexer;
mod names;
mod pratt;
mod sentence;
mod statement;
#[cfg(test)]
mod tests;
mod token;

use self::ast::{Ast, ExprId, Span};
use self::names::Names;
use self::pratt::Parser;
use self::sentence::Sentence;
use self::token::TokenKind;
use crate::diagnostic::Diagnostic;

/// Reads a whole model file. Statements with errors are left out of the tree; every error of the
/// file is in the list.
pub fn parse_document(source: &str) -> (Ast, Vec<Diagnostic>) {
    let mut ast = Ast::default();
    let mut diagnostics = Vec::new();
    let sentences = sentence::sentences(source, &mut diagnostics);
    let names = sentence::names(&sentences);
    for sentence in &sentences {
        if sentence.is_readable() {
            statement::read(source, sentence, &names, &mut ast, &mut diagnostics);
        }
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.span.map(|span| span.start));
    (ast, diagnostics)
}

/// Reads one formula, in text or LaTeX. Of a chain of equalities in LaTeX the last value counts.
pub fn parse_expression(source: &str) -> (Ast, Option<ExprId>, Vec<Diagnostic>) {
    let mut ast = Ast::default();
    let mut diagnostics = Vec::new();
    let span = Span { start: 0, end: source.len() };
    let sentence = Sentence::whole(source, span, &mut diagnostics);
    if !sentence.is_readable() {
        return (ast, None, diagnostics);
    }
    let names = Names::default();
    let mut parser = Parser::new(source, &sentence.tokens, &mut ast, &names, sentence.latex);
    if parser.at(&TokenKind::End) {
        diagnostics.push(
            Diagnostic::error("empty-formula", span, "there is no formula")
                .label("expected a formula, found nothing")
                .help("write for example `x^2 + 1`"),
        );
        return (ast, None, diagnostics);
    }
    match statement::value(&mut parser) {
        Ok(id) => (ast, Some(id), diagnostics),
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            (ast, None, diagnostics)
        }
    }
}
