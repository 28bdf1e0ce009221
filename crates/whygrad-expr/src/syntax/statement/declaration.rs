//! `inputs x[2]`, `params w1 = 0.1, W[3,2], o in (0,1)`: names with a shape, a value, a domain.

use super::super::ast::{Declaration, ExprId, Name, StatementKind};
use super::super::keyword::Keyword;
use super::super::pratt::{Parsed, Parser};
use super::super::sentence::top_level;
use super::super::token::{Token, TokenKind};
use super::Reader;
use crate::diagnostic::Diagnostic;

/// No declared shape may have more entries along one axis.
const LARGEST_AXIS: f64 = 1e9;

impl Reader<'_> {
    /// All entries that can be read; each bad one adds its error.
    pub(super) fn declaration(
        &mut self,
        keyword: Keyword,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<StatementKind> {
        let tokens = with_domains(&self.sentence.tokens);
        let commas: Vec<usize> = top_level(&tokens, &TokenKind::Comma).collect();
        let latex = self.sentence.latex;
        let mut parser = Parser::new(self.source, &tokens, self.ast, self.names, latex);
        let mut declarations = Vec::new();
        for start in std::iter::once(1).chain(commas.iter().map(|comma| comma + 1)) {
            if start < parser.position {
                continue;
            }
            parser.restart(start);
            match complete_entry(&mut parser, keyword) {
                Ok(declaration) => declarations.push(declaration),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        if declarations.is_empty() {
            return None;
        }
        match keyword {
            Keyword::Inputs => Some(StatementKind::Inputs(declarations)),
            Keyword::Targets => Some(StatementKind::Targets(declarations)),
            Keyword::Params => Some(StatementKind::Params(declarations)),
            Keyword::Fixed => Some(StatementKind::Fixed(declarations)),
            Keyword::Minimize => None,
        }
    }
}

/// The word `in` after a name or a value is no name.
fn with_domains(tokens: &[Token]) -> Vec<Token> {
    let mut tokens = tokens.to_vec();
    for index in 2..tokens.len() {
        if tokens[index].name() == Some("in") && tokens[index - 1].kind != TokenKind::Comma {
            tokens[index].kind = TokenKind::In;
        }
    }
    tokens
}

fn complete_entry(parser: &mut Parser<'_>, keyword: Keyword) -> Parsed<Declaration> {
    let declaration = entry(parser)?;
    let name = &declaration.name.text;
    let data = match keyword {
        Keyword::Inputs => Some("an input"),
        Keyword::Targets => Some("a target"),
        Keyword::Params | Keyword::Fixed | Keyword::Minimize => None,
    };
    if let (Some(data), true) = (data, declaration.value.is_some() || declaration.domain.is_some()) {
        return Err(Diagnostic::error(
            "value-of-data",
            declaration.span,
            format!("{data} takes its values from the data, `{name}` cannot be given one"),
        )
        .label("expected only a name")
        .help(format!("write `params {name} = ...` or `fixed {name} = ...` for a number of your own")));
    }
    if keyword == Keyword::Fixed && declaration.value.is_none() {
        return Err(Diagnostic::error(
            "missing-value",
            declaration.span,
            format!("`{name}` is fixed but has no value"),
        )
        .label("expected `=` and a value after this")
        .help(format!("write `fixed {name} = 0.5`")));
    }
    Ok(declaration)
}

/// One entry, up to the comma or the end; the value and the domain in either order.
pub(super) fn entry(parser: &mut Parser<'_>) -> Parsed<Declaration> {
    let token = parser.token();
    let Some(text) = token.name() else {
        return Err(Diagnostic::error("missing-name", token.span, "a declaration lists names")
            .label(format!("expected a name, found {}", token.describe(parser.source))));
    };
    let name = Name { text: text.to_owned(), span: token.span };
    parser.position += 1;
    let shape = if parser.at(&TokenKind::OpenBracket) { shape(parser)? } else { Vec::new() };
    let (mut start, mut interval) = (value(parser, text)?, None);
    if parser.accept(&TokenKind::In) {
        interval = Some(domain(parser)?);
        if start.is_none() {
            start = value(parser, text)?;
        }
    }
    let next = parser.token();
    if !matches!(next.kind, TokenKind::Comma | TokenKind::End) {
        return Err(after_entry(parser, text, next));
    }
    let last = &parser.tokens[parser.position.saturating_sub(1)];
    Ok(Declaration { span: token.span.join(last.span), name, shape, value: start, domain: interval })
}

/// `= 0.5`, where it is there.
fn value(parser: &mut Parser<'_>, text: &str) -> Parsed<Option<ExprId>> {
    let sign = parser.token();
    if !parser.accept(&TokenKind::Equals) {
        return Ok(None);
    }
    if matches!(parser.token().kind, TokenKind::Comma | TokenKind::End | TokenKind::In) {
        return Err(missing_value(parser, sign, text));
    }
    parser.expression().map(Some)
}

fn missing_value(parser: &Parser<'_>, sign: &Token, text: &str) -> Diagnostic {
    let found = parser.token().describe(parser.source);
    Diagnostic::error("missing-value", sign.span, "there is no value after `=`")
        .label(format!("expected a value after this, found {found}"))
        .help(format!("write for example `{text} = 0.1`, or leave out the `=`"))
}

fn after_entry(parser: &Parser<'_>, text: &str, next: &Token) -> Diagnostic {
    let found = next.describe(parser.source);
    let diagnostic = if let Some(other) = next.name() {
        Diagnostic::error("missing-comma", next.span, "names of a list are separated by commas")
            .help(format!("write `{text}, {other}`"))
    } else {
        Diagnostic::error(
            "unexpected-token",
            next.span,
            format!("the declaration of `{text}` ends before {found}"),
        )
    };
    diagnostic.label(format!("expected `,` or the end of the statement, found {found}"))
}

/// `[3,2]`
fn shape(parser: &mut Parser<'_>) -> Parsed<Vec<usize>> {
    let opener = parser.token();
    parser.position += 1;
    let mut shape = Vec::new();
    loop {
        let token = parser.token();
        if token.kind == TokenKind::End {
            return parser.close(opener, &TokenKind::CloseBracket).map(|()| shape);
        }
        let TokenKind::Number(size) = token.kind else { return Err(bad_shape(parser, token)) };
        if size.fract() == 0.0 && size > LARGEST_AXIS {
            return Err(Diagnostic::error("too-large", token.span, "this size is too large")
                .label(format!("expected at most {LARGEST_AXIS}"))
                .help("declare a smaller shape; a small net has sizes such as 2 or 10"));
        }
        if size.fract() != 0.0 || !(1.0..=LARGEST_AXIS).contains(&size) {
            return Err(bad_shape(parser, token));
        }
        shape.push(size as usize);
        parser.position += 1;
        if !parser.accept(&TokenKind::Comma) {
            parser.close(opener, &TokenKind::CloseBracket)?;
            return Ok(shape);
        }
    }
}

fn bad_shape(parser: &Parser<'_>, token: &Token) -> Diagnostic {
    Diagnostic::error("bad-shape", token.span, "a shape is made of whole numbers from 1 on")
        .label(format!("expected a whole number, found {}", token.describe(parser.source)))
        .help("write for example `W[3,2]` for 3 rows and 2 columns")
}

/// `(0, 1)`, `(-inf, 2)`
fn domain(parser: &mut Parser<'_>) -> Parsed<(f64, f64)> {
    let opener = parser.token();
    if !parser.accept(&TokenKind::Open) {
        return Err(bad_domain(parser, opener, "a domain is an open interval"));
    }
    let low = bound(parser)?;
    if !parser.accept(&TokenKind::Comma) {
        return Err(bad_domain(parser, parser.token(), "a domain has two bounds"));
    }
    let high = bound(parser)?;
    parser.close(opener, &TokenKind::Close)?;
    if low < high {
        return Ok((low, high));
    }
    let last = &parser.tokens[parser.position - 1];
    let span = opener.span.join(last.span);
    Err(Diagnostic::error("bad-domain", span, "the lower bound of a domain must be below the upper one")
        .label("no number lies in this interval")
        .help("write the smaller bound first: `o in (0, 1)`"))
}

fn bound(parser: &mut Parser<'_>) -> Parsed<f64> {
    let negative = parser.accept(&TokenKind::Minus);
    if !negative {
        parser.accept(&TokenKind::Plus);
    }
    let token = parser.token();
    let size = if let TokenKind::Number(value) = token.kind {
        value
    } else if token.name().is_some_and(|text| matches!(text, "inf" | "infinity" | "infty" | "∞")) {
        f64::INFINITY
    } else {
        return Err(bad_domain(parser, token, "a bound of a domain is a number"));
    };
    parser.position += 1;
    Ok(if negative { -size } else { size })
}

fn bad_domain(parser: &Parser<'_>, token: &Token, message: &str) -> Diagnostic {
    let found = token.describe(parser.source);
    Diagnostic::error("bad-domain", token.span, message)
        .label(format!("expected an open interval of numbers, found {found}"))
        .help("write for example `o in (0, 1)` or `v in (-inf, 2)`")
}
