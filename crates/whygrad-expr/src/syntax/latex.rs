//! The LaTeX notation, as it is really typeset: `\hat{y}_i = h(x_{1i}w_1 + b_1)w_5`.
//!
//! Layout goes (`\left`, `&`, `\,`), names are joined with their accents and subscripts
//! (`\hat{y}_i` is `y_hat`, the row index `i` being dropped), and the rest becomes the same words
//! as in the text notation.

mod command;
mod name;

use std::collections::BTreeSet;

use super::ast::Span;
use super::letters::{begins_name, raised};
use super::lexer::{number, number_length, run};
use super::token::{Token, TokenKind, sign};
use crate::diagnostic::Diagnostic;

/// Cuts a piece of LaTeX into words. `words` are names of several letters that the text statements
/// of the same document use; any other run of small letters is a product.
pub(super) fn lex(
    source: &str,
    span: Span,
    words: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Token> {
    let text = &source[span.start..span.end];
    let mut lexer = Lexer {
        source,
        end: span.end,
        position: span.start,
        tokens: Vec::new(),
        diagnostics,
        words,
        indices: summation_indices(text),
        matrices: 0,
        braces: brace_pairs(text, span.start),
    };
    while let Some(character) = lexer.peek() {
        lexer.word(character);
    }
    lexer.tokens
}

/// The places of `{` and of the `}` that closes it, in the order of the text.
fn brace_pairs(text: &str, offset: usize) -> Vec<(usize, usize)> {
    let mut waiting = Vec::new();
    let mut pairs = Vec::new();
    for (index, byte) in text.bytes().enumerate() {
        if byte == b'{' {
            waiting.push(index);
        } else if byte == b'}' {
            pairs.extend(waiting.pop().map(|open| (open + offset, index + offset)));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The letters that count rows or outputs in this piece: `i`, and that of every `\sum_{k=1}`.
fn summation_indices(text: &str) -> Vec<char> {
    let mut indices = vec!['i'];
    for (place, _) in text.match_indices("\\sum") {
        let rest = text[place + 4..].trim_start().trim_start_matches("\\limits").trim_start();
        let Some(rest) = rest.strip_prefix('_') else { continue };
        let rest = rest.trim_start_matches(['{', ' ']);
        let end = rest.find(['=', '}', '\\', '^']).unwrap_or(rest.len());
        let listed = rest[..end].split(',').map(str::trim);
        for index in listed {
            let mut letters = index.chars();
            if let (Some(letter), true) =
                (letters.next(), letters.next().is_none() || !rest[..end].contains(','))
                && letter.is_ascii_lowercase()
            {
                indices.push(letter);
            }
        }
    }
    indices
}

struct Lexer<'a> {
    source: &'a str,
    end: usize,
    position: usize,
    tokens: Vec<Token>,
    diagnostics: &'a mut Vec<Diagnostic>,
    words: &'a BTreeSet<String>,
    indices: Vec<char>,
    matrices: usize,
    /// Where each `{` is closed, by its place.
    braces: Vec<(usize, usize)>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.position..self.end]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let start = self.position;
        self.position += length;
        self.push_from(kind, start);
    }

    /// A word from `start` to where the lexer stands.
    fn push_from(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token::new(kind, start, self.position));
    }

    fn error(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.span.unwrap_or_default();
        self.diagnostics.push(diagnostic);
        self.tokens.push(Token::new(TokenKind::Unknown, span.start, span.end));
    }

    /// Steps over spaces, and over `~` and `&`, which are only layout.
    fn skip_space(&mut self) {
        self.position += run(self.rest(), |character| character.is_whitespace() || character == '~');
    }

    fn accept(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.position += if found { text.len() } else { 0 };
        found
    }

    fn word(&mut self, character: char) {
        let rest = self.rest();
        if character == '\n' {
            self.push(TokenKind::Break, 1);
        } else if character.is_whitespace() || matches!(character, '~' | '\u{200b}' | '\u{feff}') {
            self.position += character.len_utf8();
        } else if matches!(character, '#' | '%') {
            self.position += rest.find('\n').unwrap_or(rest.len());
        } else if character == '$' {
            let length = if rest.starts_with("$$") { 2 } else { 1 };
            self.push(TokenKind::Break, length);
        } else if character == '&' {
            self.ampersand();
        } else if character == '\\' {
            self.command();
        } else if number_length(rest) > 0 {
            self.number();
        } else if begins_name(character) && character != '_' {
            self.letters();
        } else if character == '^' {
            self.power();
        } else {
            self.sign(character);
        }
    }

    /// A column of a matrix ends here; elsewhere `&` only aligns.
    fn ampersand(&mut self) {
        if self.matrices > 0 {
            self.push(TokenKind::Comma, 1);
        } else {
            self.position += 1;
        }
    }

    fn number(&mut self) {
        let rest = self.rest();
        let mut length = number_length(rest);
        // A point at the end of a sentence is no decimal point, and `2e` is a product with e.
        if rest[..length].ends_with('.') {
            length -= 1;
        }
        let span = Span { start: self.position, end: self.position + length };
        match number(&rest[..length], span) {
            Ok(value) => self.push(TokenKind::Number(value), length),
            Err(diagnostic) => {
                self.position += length;
                self.error(diagnostic);
            }
        }
    }

    /// The digits LaTeX takes without braces: `\frac12` is a half.
    fn single_digits(&mut self) {
        for _ in 0..2 {
            self.skip_space();
            let Some(digit) = self.peek().and_then(|character| character.to_digit(10)) else { return };
            self.push(TokenKind::Number(f64::from(digit)), 1);
        }
    }

    /// `^`, `^T`, `^\top`, `^\prime`.
    fn power(&mut self) {
        let start = self.position;
        self.position += 1;
        self.skip_space();
        for transpose in
            ["{T}", "{\\top}", "{\\intercal}", "{\\mathsf{T}}", "{\\mathrm{T}}", "T", "\\top", "\\intercal"]
        {
            let joined = !transpose.ends_with('}') && {
                let after = self.rest().get(transpose.len()..).unwrap_or_default();
                after.starts_with(|next: char| next.is_ascii_alphabetic()) && transpose.starts_with('\\')
            };
            if !joined && self.accept(transpose) {
                return self.push_from(TokenKind::Transpose, start);
            }
        }
        for prime in ["{\\prime\\prime}", "{\\prime}", "\\prime"] {
            if self.accept(prime) {
                for _ in 0..prime.matches("\\prime").count() {
                    self.push_from(TokenKind::Prime, start);
                }
                return;
            }
        }
        self.push_from(TokenKind::Power, start);
    }

    fn sign(&mut self, character: char) {
        let rest = self.rest();
        for (text, kind) in
            [("**", TokenKind::Power), (":=", TokenKind::Equals), ("==", TokenKind::DoubleEquals)]
        {
            if rest.starts_with(text) {
                return self.push(kind, 2);
            }
        }
        let length = character.len_utf8();
        if character == '{' {
            self.push(TokenKind::OpenBrace, length);
        } else if character == '}' {
            self.push(TokenKind::CloseBrace, length);
        } else if character == '.' {
            self.push(TokenKind::Dot, length);
        } else if character == '_' {
            self.stray_subscript();
        } else if let Some(digit) = raised(character).and_then(|plain| plain.to_digit(10)) {
            self.push(TokenKind::Superscript(f64::from(digit)), length);
        } else if let Some(kind) = sign(character) {
            self.push(kind, length);
        } else {
            let span = Span { start: self.position, end: self.position + length };
            self.position += length;
            self.error(
                Diagnostic::error(
                    "unknown-character",
                    span,
                    format!("the character `{character}` has no meaning in a formula"),
                )
                .label("not part of the language"),
            );
        }
    }

    /// A subscript after something that is no name, such as `(a + b)_1`.
    fn stray_subscript(&mut self) {
        let start = self.position;
        self.position += 1;
        let _ = self.subscript(0);
        let end = self.position.max(start + 1);
        self.error(
            Diagnostic::error("stray-subscript", Span { start, end }, "only a name can have a subscript")
                .label("expected a name before this")
                .help("put the subscript at the name: `w_{1}`"),
        );
    }
}
