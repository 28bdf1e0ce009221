//! The text notation: `y_hat = h(x1*w1 + b)^2`.

use super::ast::Span;
use super::letters::{begins_name, continues_name, normalise, raised};
use super::token::{Token, TokenKind, sign};
use crate::diagnostic::Diagnostic;

/// Cuts the part of the source from `span.start` to `span.end` into words.
pub(super) fn lex(source: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer { source, end: span.end, position: span.start, tokens: Vec::new(), diagnostics };
    while let Some(character) = lexer.peek() {
        lexer.word(character);
    }
    lexer.tokens
}

/// The longest number at the start of `text`: its length in bytes, 0 if there is none.
pub(super) fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = digits(length + 1);
        if whole + fraction == 0 {
            return 0;
        }
        length += 1 + fraction;
    }
    if length > 0 && matches!(bytes.get(length), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits((length + 1 + signed).min(bytes.len()));
        if exponent > 0 {
            length += 1 + signed + exponent;
        }
    }
    length
}

/// The number written as `text`, or the error that says why there is none.
pub(super) fn number(text: &str, span: Span) -> Result<f64, Diagnostic> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        Ok(_) | Err(_) => Err(Diagnostic::error(
            "number-out-of-range",
            span,
            format!("the number `{text}` is too large for double precision"),
        )
        .label("larger than 1.8e308")),
    }
}

struct Lexer<'a> {
    source: &'a str,
    end: usize,
    position: usize,
    tokens: Vec<Token>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.source[self.position..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let start = self.position;
        self.position += length;
        self.tokens.push(Token::new(kind, start, self.position));
    }

    fn word(&mut self, character: char) {
        if character.is_whitespace() || matches!(character, '\u{200b}' | '\u{feff}') {
            self.position += character.len_utf8();
        } else if character == '#' {
            self.position += self.rest().find('\n').unwrap_or(self.rest().len());
        } else if number_length(self.rest()) > 0 {
            self.number();
        } else if character != 'ᵀ' && raised(character).is_some() {
            self.superscript();
        } else if begins_name(character) {
            let length = run(self.rest(), continues_name);
            let name = normalise(&self.rest()[..length]);
            self.push(TokenKind::Name(name), length);
        } else {
            self.sign(character);
        }
    }

    fn number(&mut self) {
        let length = number_length(self.rest());
        let span = Span { start: self.position, end: self.position + length };
        match number(&self.rest()[..length], span) {
            Ok(value) => self.push(TokenKind::Number(value), length),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                self.push(TokenKind::Unknown, length);
            }
        }
    }

    /// `²`, `⁻¹`, `ⁿ`.
    fn superscript(&mut self) {
        let length = run(self.rest(), |character| character != 'ᵀ' && raised(character).is_some());
        let plain: String = self.rest()[..length].chars().filter_map(raised).collect();
        if let Ok(value) = plain.parse::<f64>() {
            self.push(TokenKind::Superscript(value), length);
        } else if plain.chars().all(char::is_alphabetic) {
            self.push(TokenKind::Power, 0);
            self.push(TokenKind::Name(plain), length);
        } else {
            let span = Span { start: self.position, end: self.position + length };
            self.diagnostics.push(
                Diagnostic::error("bad-superscript", span, "this raised text is not a number")
                    .label("expected raised digits or one raised letter")
                    .help(format!("write `^({plain})`")),
            );
            self.push(TokenKind::Unknown, length);
        }
    }

    fn sign(&mut self, character: char) {
        for (text, kind) in
            [("**", TokenKind::Power), (":=", TokenKind::Equals), ("==", TokenKind::DoubleEquals)]
        {
            if self.rest().starts_with(text) {
                return self.push(kind, 2);
            }
        }
        if character == '.' {
            self.push(TokenKind::Dot, 1);
        } else if character == '″' {
            self.push(TokenKind::Prime, 0);
            self.push(TokenKind::Prime, character.len_utf8());
        } else if let Some(kind) = sign(character) {
            self.push(kind, character.len_utf8());
        } else {
            self.unknown(character);
        }
    }

    fn unknown(&mut self, first: char) {
        let length = run(self.rest(), |character| character == first);
        let span = Span { start: self.position, end: self.position + length };
        let mut diagnostic = Diagnostic::error(
            "unknown-character",
            span,
            format!("the character `{first}` has no meaning in a formula"),
        )
        .label("not part of the language");
        let help = match first {
            '{' => Some("group with parentheses: `(`"),
            '}' => Some("group with parentheses: `)`"),
            '∑' | 'Σ' => Some("write a sum over the rows as `sum(...)`"),
            '<' | '>' | '≤' | '≥' => Some("comparisons are not part of a formula; `max(0, z)` is"),
            '"' | '“' | '”' => Some("write names without quotation marks"),
            '%' | '!' | '~' => Some("comments begin with `#`"),
            '$' => Some("a formula in LaTeX stands between two `$`"),
            _ => None,
        };
        if let Some(help) = help {
            diagnostic = diagnostic.help(help);
        }
        self.diagnostics.push(diagnostic);
        self.push(TokenKind::Unknown, length);
    }
}

/// The length in bytes of the characters at the start of `text` that `wanted` accepts.
pub(super) fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.char_indices().find(|(_, character)| !wanted(*character)).map_or(text.len(), |(index, _)| index)
}
