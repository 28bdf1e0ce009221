//! What kind of statement a line is: a declaration, a definition, an objective.

mod declaration;

use super::ast::{Ast, Declaration, ExprId, Name, Span, Statement, StatementKind};
use super::keyword::{self, Keyword};
use super::names::Names;
use super::pratt::{Parsed, Parser, derivative, dressing, span_of, unexpected_equals};
use super::sentence::{Sentence, top_level};
use super::token::{Token, TokenKind};
use crate::diagnostic::Diagnostic;

/// Reads one statement into the tree, or its errors into the list.
pub(super) fn read(
    source: &str,
    sentence: &Sentence,
    names: &Names,
    ast: &mut Ast,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut reader = Reader { source, sentence, names, ast };
    let span = span_of(sentence.words());
    let kind = match reader.statement(diagnostics) {
        Ok(kind) => kind,
        Err(diagnostic) => return diagnostics.push(diagnostic),
    };
    ast.statements.extend(kind.map(|kind| Statement { kind, span }));
}

/// The value of a formula that reaches to the end; of `a = b = c` in LaTeX it is `c`.
pub(super) fn value(parser: &mut Parser<'_>) -> Parsed<ExprId> {
    if parser.latex {
        let rest = &parser.tokens[parser.position..];
        let last = top_level(rest, &TokenKind::Equals).last();
        parser.position += last.map_or(0, |place| place + 1);
    }
    let id = parser.expression()?;
    let token = parser.token();
    if token.kind == TokenKind::End { Ok(id) } else { Err(leftover(parser.source, token)) }
}

/// The error for a token after a complete formula.
fn leftover(source: &str, token: &Token) -> Diagnostic {
    let found = token.describe(source);
    if matches!(token.kind, TokenKind::Equals | TokenKind::DoubleEquals) {
        return unexpected_equals(token);
    }
    let label = format!("expected an operator or the end of the statement, found {found}");
    let diagnostic = if token.kind.nesting() < 0 {
        Diagnostic::error("unexpected-closing", token.span, format!("{found} closes nothing"))
            .help(format!("remove {found}, or open it before"))
    } else {
        let message = format!("the formula ends before {found}");
        let diagnostic = Diagnostic::error("unexpected-token", token.span, message);
        if token.kind == TokenKind::Comma {
            diagnostic.help("lists stand in brackets: `[a, b]`; a decimal number has a point: `0.5`")
        } else if token.kind == TokenKind::Prime {
            diagnostic.help("a prime follows the name of a function: `h'(z)`")
        } else {
            diagnostic
        }
    };
    diagnostic.label(label)
}

struct Reader<'a> {
    source: &'a str,
    sentence: &'a Sentence,
    names: &'a Names,
    ast: &'a mut Ast,
}

impl<'a> Reader<'a> {
    fn parser(&mut self) -> Parser<'_> {
        Parser::new(self.source, &self.sentence.tokens, self.ast, self.names, self.sentence.latex)
    }

    fn token(&self, index: usize) -> &'a Token {
        let tokens = &self.sentence.tokens;
        &tokens[index.min(tokens.len() - 1)]
    }

    fn statement(&mut self, diagnostics: &mut Vec<Diagnostic>) -> Parsed<Option<StatementKind>> {
        let (first, second) = (self.token(0), self.token(1));
        let named = matches!(second.kind, TokenKind::Name(_));
        if let Some(word) = first.name() {
            if let Some(keyword) = keyword::find(word) {
                if keyword == Keyword::Minimize && self.minimizes() {
                    return self.minimize().map(Some);
                }
                if named && keyword != Keyword::Minimize {
                    return Ok(self.declaration(keyword, diagnostics));
                }
                if !matches!(second.kind, TokenKind::Equals | TokenKind::Open) {
                    return Err(self.without_names(first, word));
                }
            }
            if (named && !self.sentence.latex) || second.kind == TokenKind::Colon {
                self.misspelled(first, word)?;
            }
        }
        let Some(equals) = self.sentence.equals() else { return self.without_equals() };
        self.definition(equals).map(Some)
    }

    fn minimizes(&self) -> bool {
        let second = &self.token(1).kind;
        let defines = *second == TokenKind::Open && !self.sentence.latex && self.sentence.equals().is_some();
        !defines && !matches!(second, TokenKind::Equals | TokenKind::Colon | TokenKind::End)
    }

    fn minimize(&mut self) -> Parsed<StatementKind> {
        let mut parser = self.parser();
        parser.position = 1;
        value(&mut parser).map(StatementKind::Minimize)
    }

    fn without_names(&self, first: &Token, word: &str) -> Diagnostic {
        let found = self.token(1);
        let example = if word.starts_with("minim") { "minimize x^2" } else { "inputs x1, x2" };
        if found.kind == TokenKind::Colon {
            return colon(first, found, word);
        }
        let (what, help) = if word.starts_with("minim") {
            ("a formula", example.to_owned())
        } else {
            ("a name", format!("{word} {}", if word.starts_with("target") { "y" } else { "x1, x2" }))
        };
        Diagnostic::error("keyword-without-names", first.span, format!("`{word}` must be followed by {what}"))
            .label(format!("expected {what} after this, found {}", found.describe(self.source)))
            .help(format!("write for example `{help}`"))
    }

    /// The error for `traget y` and `input: x`, if the first word is nearly a keyword.
    fn misspelled(&self, first: &Token, word: &str) -> Parsed<()> {
        let Some(meant) = keyword::meant(word) else { return Ok(()) };
        if self.token(1).kind == TokenKind::Colon && keyword::find(word).is_some() {
            return Err(colon(first, self.token(1), word));
        }
        Err(Diagnostic::error("misspelled-keyword", first.span, format!("`{word}` is not a keyword"))
            .label("expected a keyword or a definition")
            .help(format!("did you mean `{meant}`?")))
    }

    /// `\alpha \in (0, 1)` gives a domain; anything else without `=` says nothing.
    fn without_equals(&mut self) -> Parsed<Option<StatementKind>> {
        let words = self.sentence.words();
        let span = span_of(words);
        if let Some(double) = top_level(words, &TokenKind::DoubleEquals).next() {
            return Err(unexpected_equals(&words[double]));
        }
        if self.sentence.latex && self.token(1).kind == TokenKind::In {
            let mut parser = self.parser();
            let declaration = declaration::entry(&mut parser)?;
            return Ok(Some(StatementKind::Params(vec![declaration])));
        }
        // An error inside the formula explains more than its missing name.
        let mut parser = self.parser();
        value(&mut parser)?;
        Err(Diagnostic::error("not-a-statement", span, "a formula alone says nothing about the model")
            .label("expected `name = ...`, or a keyword such as `inputs`")
            .help("give it a name, `loss = ...`, or write `minimize ...`"))
    }

    fn definition(&mut self, equals: usize) -> Parsed<StatementKind> {
        let left = &self.sentence.tokens[..equals];
        let sign = self.token(equals);
        if left.is_empty() {
            return Err(Diagnostic::error("missing-name", sign.span, "there is no name before `=`")
                .label("expected a name before this")
                .help("write for example `loss = ...`"));
        }
        if self.token(equals + 1).kind == TokenKind::End {
            let text = left[0].text(self.source);
            return Err(Diagnostic::error("missing-value", sign.span, "there is no formula after `=`")
                .label("expected a formula after this, found the end of the statement")
                .help(format!("write what `{text}` is equal to; a further line must be indented")));
        }
        if let Some(kind) = self.notation(left, equals)? {
            return Ok(kind);
        }
        if let Some(names) = self.tuple_of_names(equals) {
            return Ok(StatementKind::Params(names));
        }
        let head = self.head(left)?;
        let mut parser = self.parser();
        parser.position = equals + 1;
        let body = value(&mut parser)?;
        Ok(match head {
            (name, None) => StatementKind::Define(name, body),
            (name, Some(arguments)) => StatementKind::Function { name, arguments, body },
        })
    }

    /// `\boldsymbol{\theta} = (w_1, w_2, b)`: the parameters in their order.
    fn tuple_of_names(&self, equals: usize) -> Option<Vec<Declaration>> {
        let (inside, end) = match &self.sentence.tokens[equals + 1..] {
            [open, inside @ .., close, end]
                if open.kind == TokenKind::Open && close.kind == TokenKind::Close =>
            {
                (inside, end)
            }
            _ => return None,
        };
        let entries: Vec<&[Token]> = inside.split(|token| token.kind == TokenKind::Comma).collect();
        if end.kind != TokenKind::End || entries.len() < 2 {
            return None;
        }
        let declaration = |entry: &&[Token]| match entry {
            [token] => Some(Declaration {
                name: Name { text: token.name()?.to_owned(), span: token.span },
                shape: vec![],
                value: None,
                domain: None,
                span: token.span,
            }),
            _ => None,
        };
        entries.iter().map(declaration).collect()
    }

    /// `\varphi(\text{net}_1) := \varphi_1` names a value on its right.
    fn notation(&mut self, left: &[Token], equals: usize) -> Parsed<Option<StatementKind>> {
        let [right, end] = &self.sentence.tokens[equals + 1..] else { return Ok(None) };
        let (Some(function), Some(text)) = (left[0].name(), right.name()) else { return Ok(None) };
        let called = left.len() > 1 && left[1].kind == TokenKind::Open;
        let short = text.len() > function.len() && text.starts_with(function);
        if !called || !short || !self.sentence.latex || end.kind != TokenKind::End {
            return Ok(None);
        }
        let name = Name { text: text.to_owned(), span: right.span };
        let mut tokens = left.to_vec();
        let place = left[left.len() - 1].span.end;
        tokens.push(Token::new(TokenKind::End, place, place));
        let mut parser = Parser::new(self.source, &tokens, self.ast, self.names, true);
        let body = value(&mut parser)?;
        Ok(Some(StatementKind::Define(name, body)))
    }

    /// The left side: a name, and the arguments if it is a function.
    fn head(&self, left: &[Token]) -> Parsed<(Name, Option<Vec<Name>>)> {
        let span = span_of(left);
        if let Some((text, length)) = derivative(left)
            && length == left.len()
        {
            return Ok((Name { text, span }, None));
        }
        let Some(text) = left[0].name() else { return Err(self.bad_left_side(left)) };
        let primes = left[1..].iter().take_while(|token| token.kind == TokenKind::Prime).count();
        let name = Name { text: format!("{text}{}", "'".repeat(primes)), span: left[0].span };
        let rest = &left[1 + primes..];
        if rest.is_empty() && primes == 0 {
            return Ok((name, None));
        }
        match dressing(rest) {
            Some((length, _)) if length == rest.len() => {
                if self.sentence.latex && self.names.dressed.contains(text) {
                    return Ok((name, None));
                }
                Ok((name, Some(formal_arguments(rest)?)))
            }
            Some(_) | None => Err(self.bad_left_side(left)),
        }
    }

    fn bad_left_side(&self, left: &[Token]) -> Diagnostic {
        let span = span_of(left);
        let first = left[0].describe(self.source);
        let mut diagnostic =
            Diagnostic::error("bad-left-side", span, "only a name or a function can be defined")
                .label(format!("expected a name, or a function such as `h(z)`, found {first}"));
        if left.iter().any(|token| token.kind == TokenKind::OpenBracket) {
            diagnostic =
                diagnostic.help("give a parameter its values in one list: `params W = [[1, 2], [3, 4]]`");
        } else if left[0].name().is_some() {
            diagnostic = diagnostic.label("expected one name before `=`");
            diagnostic = diagnostic.help("write `name = formula`; names have no spaces or operators");
        }
        diagnostic
    }
}

/// The names of `(a, b)`, which must differ.
fn formal_arguments(tokens: &[Token]) -> Parsed<Vec<Name>> {
    let mut arguments: Vec<Name> = Vec::new();
    for token in tokens {
        let Some(text) = token.name() else { continue };
        if arguments.iter().any(|other| other.text == text) {
            return Err(Diagnostic::error(
                "repeated-argument",
                token.span,
                format!("the argument `{text}` appears twice"),
            )
            .label("the second one")
            .help("give each argument a name of its own"));
        }
        arguments.push(Name { text: text.to_owned(), span: token.span });
    }
    Ok(arguments)
}

fn colon(first: &Token, colon: &Token, word: &str) -> Diagnostic {
    let span: Span = first.span.join(colon.span);
    Diagnostic::error("unexpected-colon", span, format!("`{word}` is followed by names, without a colon"))
        .label("expected a name, found `:`")
        .help(format!("write `{word}` and a space instead of the colon"))
}
