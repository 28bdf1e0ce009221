//! What follows a name: calls and their arguments, indices, members, raised digits.

use super::super::ast::{Argument, BinaryOp, ExprId, ExprKind, Name};
use super::super::token::{Token, TokenKind};
use super::{Parsed, Parser};
use crate::diagnostic::Diagnostic;

impl Parser<'_> {
    /// A name, or the call it begins.
    pub(super) fn name(&mut self, token: &Token, text: &str) -> Parsed<ExprId> {
        self.position += 1;
        let mut primes = 0;
        while self.accept(&TokenKind::Prime) {
            primes += 1;
        }
        if self.at(&TokenKind::Open) && (!self.latex || primes > 0 || (!token.indexed && self.is_call(text)))
        {
            return self.nested(|parser| parser.call(token, text, primes));
        }
        if primes > 0 {
            let span = self.since(token.span);
            let marks = "'".repeat(primes);
            return Err(Diagnostic::error("prime-without-argument", span, "a derivative needs its argument")
                .label(format!("expected `(` after the prime, found {}", self.token().describe(self.source)))
                .help(format!("write `{text}{marks}(z)`")));
        }
        if self.latex && text == "e" && self.accept(&TokenKind::Power) {
            let exponent = self.nested(|parser| parser.binding(super::POWER))?;
            return Ok(self.apply("exp", token.span, exponent));
        }
        let id = self.ast.push(ExprKind::Name(text.to_owned()), token.span);
        if self.latex && self.at(&TokenKind::Open) {
            self.skip_dressing(text);
        }
        Ok(id)
    }

    /// `(a, b, key=value)` after the name of a function.
    pub(super) fn call(&mut self, name: &Token, text: &str, primes: usize) -> Parsed<ExprId> {
        let opener = self.token();
        self.position += 1;
        let bars = std::mem::take(&mut self.bars);
        let mut arguments = Vec::new();
        while !(arguments.is_empty() && self.at(&TokenKind::Close)) {
            arguments.push(self.argument()?);
            let separated =
                self.accept(&TokenKind::Comma) || (self.latex && self.accept(&TokenKind::Semicolon));
            if !separated {
                break;
            }
        }
        self.close(opener, &TokenKind::Close)?;
        self.bars = bars;
        let span = self.since(name.span);
        let function = Name { text: text.to_owned(), span: name.span };
        Ok(self.ast.push(ExprKind::Call { function, primes, arguments }, span))
    }

    fn argument(&mut self) -> Parsed<Argument> {
        let mut keyword = None;
        if let (Some(text), TokenKind::Equals) = (self.token().name(), &self.ahead(1).kind) {
            keyword = Some(Name { text: text.to_owned(), span: self.token().span });
            self.position += 2;
        }
        Ok(Argument { keyword, value: self.expression()? })
    }

    /// `[0,1]`, `.W`, `²`, `ᵀ` after an operand.
    pub(super) fn postfix(&mut self, mut id: ExprId) -> Parsed<ExprId> {
        loop {
            let token = self.token();
            let span = self.span_of(id);
            if let TokenKind::Superscript(value) = token.kind {
                self.position += 1;
                let mut exponent = self.ast.push(ExprKind::Number(value.abs()), token.span);
                if value.is_sign_negative() {
                    exponent = self.ast.push(ExprKind::Neg(exponent), token.span);
                }
                id = self.join(BinaryOp::Pow, id, exponent);
            } else if token.kind == TokenKind::Transpose {
                self.position += 1;
                let function = Name { text: "transpose".to_owned(), span: token.span };
                let arguments = vec![Argument { keyword: None, value: id }];
                let call = ExprKind::Call { function, primes: 0, arguments };
                id = self.ast.push(call, span.join(token.span));
            } else if token.kind == TokenKind::OpenBracket && !self.latex {
                self.position += 1;
                let indices = self.nested(|parser| parser.items(token, &TokenKind::CloseBracket))?;
                if indices.is_empty() {
                    return Err(empty_index(token));
                }
                let span = self.since(span);
                id = self.ast.push(ExprKind::Index(id, indices), span);
            } else if token.kind == TokenKind::Dot && !self.latex {
                self.position += 1;
                id = self.member(id, token)?;
            } else {
                return Ok(id);
            }
        }
    }

    fn member(&mut self, id: ExprId, dot: &Token) -> Parsed<ExprId> {
        let token = self.token();
        let Some(text) = token.name() else {
            return Err(Diagnostic::error("missing-member", dot.span, "a name must follow `.`")
                .label(format!("expected a name after this, found {}", token.describe(self.source)))
                .help("write for example `hidden.W`"));
        };
        self.position += 1;
        let span = self.span_of(id).join(token.span);
        let name = Name { text: text.to_owned(), span: token.span };
        Ok(self.ast.push(ExprKind::Member(id, name), span))
    }
}

fn empty_index(token: &Token) -> Diagnostic {
    Diagnostic::error("empty-index", token.span, "an index must say which entry is meant")
        .label("expected a number after this, found `]`")
        .help("indices count from 0: `W[0,1]`")
}
