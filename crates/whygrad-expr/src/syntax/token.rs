//! The words both notations are cut into, so that one grammar reads them all.

use super::ast::{BinaryOp, Span};

/// A word and where it stands in the source.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    /// True for `\mathbf{w}` and `\boldsymbol{\theta}`: all parameters at once.
    pub(super) bold: bool,
    /// True for `\varphi_i`, whose row index was left out: a value, even where `\varphi` is a function.
    pub(super) indexed: bool,
}

/// The kinds of words.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Number(f64),
    Name(String),
    /// `\exp`, `\ln`: a function that needs no parentheses.
    Function(String),
    Plus,
    Minus,
    Times,
    Divide,
    MatMul,
    Power,
    /// `²` or `⁻¹`.
    Superscript(f64),
    /// `ᵀ`, `^T`, `^\top`.
    Transpose,
    Prime,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    /// `\begin{matrix}`; its rows are parted by `Semicolon`, its columns by `Comma`.
    OpenMatrix,
    CloseMatrix,
    Bar,
    /// `\|`, with the 1 or 2 of `\|w\|_1`.
    DoubleBar(Option<u8>),
    Comma,
    Semicolon,
    Colon,
    Dot,
    Equals,
    DoubleEquals,
    /// `\in`, and the word `in` of a declaration.
    In,
    /// `\frac`
    Fraction,
    /// `\sqrt`, `√`
    Root,
    /// `\sum`, with the name that bounds it.
    Sum(Option<String>),
    /// `\partial`
    Partial,
    /// `\nabla_{w_1}`, `\partial_{w_1}`: the derivative by what is named.
    Derivative(String),
    /// `\\`, `\qquad`, a new line inside a formula: the end of a statement, or only space.
    Break,
    /// What the lexer has already complained about.
    Unknown,
    /// The end of the statement.
    End,
}

impl Token {
    pub(super) fn new(kind: TokenKind, start: usize, end: usize) -> Token {
        Token { kind, span: Span { start, end }, bold: false, indexed: false }
    }

    /// The name, if it is one.
    pub(super) fn name(&self) -> Option<&str> {
        if let TokenKind::Name(text) = &self.kind { Some(text) } else { None }
    }

    /// The words an error message uses for this token.
    pub(super) fn describe(&self, source: &str) -> String {
        if self.kind == TokenKind::End {
            return "the end of the statement".to_owned();
        }
        if self.kind == TokenKind::Break {
            return "a line break".to_owned();
        }
        format!("`{}`", self.text(source))
    }

    /// The text of the token, shortened when it is long.
    pub(super) fn text(&self, source: &str) -> String {
        let text = source.get(self.span.start..self.span.end).unwrap_or_default();
        if text.chars().count() > 24 {
            let start: String = text.chars().take(23).collect();
            return format!("{start}…");
        }
        text.to_owned()
    }
}

impl TokenKind {
    /// How the nesting changes: +1 for an opener, -1 for a closer.
    pub(super) fn nesting(&self) -> i32 {
        use TokenKind::{
            Close, CloseBrace, CloseBracket, CloseMatrix, Open, OpenBrace, OpenBracket, OpenMatrix,
        };
        if [Open, OpenBracket, OpenBrace, OpenMatrix].contains(self) {
            1
        } else if [Close, CloseBracket, CloseBrace, CloseMatrix].contains(self) {
            -1
        } else {
            0
        }
    }

    /// The operation between two operands, and how strongly it binds.
    pub(super) fn binary(&self) -> Option<(BinaryOp, u8)> {
        let table = [
            (TokenKind::Plus, BinaryOp::Add, SUM),
            (TokenKind::Minus, BinaryOp::Sub, SUM),
            (TokenKind::Times, BinaryOp::Mul, PRODUCT),
            (TokenKind::Divide, BinaryOp::Div, PRODUCT),
            (TokenKind::MatMul, BinaryOp::MatMul, PRODUCT),
            (TokenKind::Power, BinaryOp::Pow, POWER),
        ];
        table.into_iter().find(|(kind, _, _)| kind == self).map(|(_, operator, power)| (operator, power))
    }

    /// True where an operand may begin, bars aside, which also end one.
    pub(super) fn starts_operand(&self) -> bool {
        use TokenKind::{Derivative, Fraction, Function, Name, Number, Root, Sum};
        matches!(self, Number(_) | Name(_) | Function(_) | Sum(_) | Derivative(_) | Fraction | Root)
            || self.nesting() > 0
    }
}

/// Binding strength of `+` and `-`.
pub(super) const SUM: u8 = 10;
/// Binding strength of `*`, `/`, `@`, and of a product written without a sign.
pub(super) const PRODUCT: u8 = 20;
/// Binding strength of `^`; an unary minus stands between this and [`PRODUCT`].
pub(super) const POWER: u8 = 30;

/// The sign that both notations write with this character.
pub(super) fn sign(character: char) -> Option<TokenKind> {
    Some(match character {
        '+' => TokenKind::Plus,
        '-' | '−' | '–' | '‐' | '‑' | '—' => TokenKind::Minus,
        '*' | '·' | '×' | '⊙' | '∘' | '⋅' | '∙' | '∗' => TokenKind::Times,
        '/' | '÷' | '∕' => TokenKind::Divide,
        '@' => TokenKind::MatMul,
        '^' => TokenKind::Power,
        '(' => TokenKind::Open,
        ')' => TokenKind::Close,
        '[' => TokenKind::OpenBracket,
        ']' => TokenKind::CloseBracket,
        '|' => TokenKind::Bar,
        '‖' => TokenKind::DoubleBar(None),
        ',' => TokenKind::Comma,
        ';' => TokenKind::Semicolon,
        ':' => TokenKind::Colon,
        '=' | '≔' | '≡' => TokenKind::Equals,
        '\'' | '′' | '’' => TokenKind::Prime,
        'ᵀ' => TokenKind::Transpose,
        '√' => TokenKind::Root,
        '∈' => TokenKind::In,
        _ => return None,
    })
}
