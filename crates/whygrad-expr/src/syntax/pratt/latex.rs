//! The operands that only LaTeX has: fractions, roots, sums, functions without parentheses,
//! matrices, norms, and derivatives as names.

use super::super::ast::{BinaryOp, ExprId, ExprKind, Name, Span};
use super::super::token::{POWER, PRODUCT, Token, TokenKind};
use super::{Parsed, Parser};
use crate::diagnostic::Diagnostic;

impl Parser<'_> {
    /// True when `text(` begins a call and not a product or a name with all its parameters.
    pub(super) fn is_call(&self, text: &str) -> bool {
        if self.names.is_known_function(text) {
            return true;
        }
        let dressing = dressing(&self.tokens[self.position..]);
        self.names.is_function(text) && !dressing.is_some_and(|(_, all_parameters)| all_parameters)
    }

    /// Steps over `(\mathbf{w}, b, x_i)` after the name of something that is not a function.
    pub(super) fn skip_dressing(&mut self, text: &str) {
        if let Some((length, all_parameters)) = dressing(&self.tokens[self.position..])
            && (all_parameters || self.names.dressed.contains(text))
        {
            self.position += length;
        }
    }

    /// `\frac{a}{b}`, and `\frac{\partial L}{\partial w_1}` as the name `dw1`.
    pub(super) fn fraction(&mut self, token: &Token) -> Parsed<ExprId> {
        if let Some((name, length)) = derivative(&self.tokens[self.position..]) {
            self.position += length;
            let span = self.since(token.span);
            return Ok(self.ast.push(ExprKind::Name(name), span));
        }
        if is_operator(&self.tokens[self.position..]) {
            return Err(unsupported(token, "a derivative is read only as a name, such as `dw1`"));
        }
        self.position += 1;
        let above = self.braced()?;
        let below = self.braced()?;
        let span = self.since(token.span);
        Ok(self.ast.push(ExprKind::Binary(BinaryOp::Div, above, below), span))
    }

    /// `{a}`, or the single operand LaTeX takes without braces.
    fn braced(&mut self) -> Parsed<ExprId> {
        let token = self.token();
        if token.kind == TokenKind::OpenBrace {
            return self.group(token, &TokenKind::CloseBrace);
        }
        if let TokenKind::Name(text) = &token.kind {
            self.position += 1;
            return Ok(self.ast.push(ExprKind::Name(text.clone()), token.span));
        }
        self.operand()
    }

    /// `\sqrt{a}`, `\sqrt[3]{a}`, `√a`.
    pub(super) fn root(&mut self, token: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let bracket = self.token();
        if !self.latex || bracket.kind != TokenKind::OpenBracket {
            let inner = self.braced()?;
            return Ok(self.apply("sqrt", token.span, inner));
        }
        self.position += 1;
        let degree = self.expression()?;
        self.close(bracket, &TokenKind::CloseBracket)?;
        let inner = self.braced()?;
        let one = self.ast.push(ExprKind::Number(1.0), token.span);
        let exponent = self.join(BinaryOp::Div, one, degree);
        let span = self.since(token.span);
        Ok(self.ast.push(ExprKind::Binary(BinaryOp::Pow, inner, exponent), span))
    }

    /// `\sum_{i=1}^n e`: the summand reaches to the next `+` or `-`. A sum of a sum is one sum,
    /// since `sum` already runs over rows and outputs.
    pub(super) fn sum(&mut self, token: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let nested = matches!(self.token().kind, TokenKind::Sum(_));
        let first = self.ast.expressions.len();
        let mut inner = self.binding(PRODUCT)?;
        // `\sum_i y_i a_i + (1 - y_i) b_i`: an index out of its sum has no meaning, so that what
        // carries one still belongs to it.
        while let Some(operator) = self.indexed_term() {
            self.position += 1;
            let right = self.binding(PRODUCT)?;
            inner = self.join(operator, inner, right);
        }
        if nested
            && matches!(&self.ast.expr(inner).kind, ExprKind::Call { function, .. } if function.text == "sum")
        {
            return Ok(inner);
        }
        // A column of components inside stays a column: only its rows are summed.
        let column = self.ast.expressions[first..].iter().any(|e| matches!(e.kind, ExprKind::List(_)));
        Ok(self.apply(if column { "sum_rows" } else { "sum" }, token.span, inner))
    }

    /// The `+` or `-` at hand, if the term behind it has a row index and no sum of its own.
    fn indexed_term(&self) -> Option<BinaryOp> {
        let operator = match self.token().kind {
            TokenKind::Plus => BinaryOp::Add,
            TokenKind::Minus => BinaryOp::Sub,
            _ => return None,
        };
        let mut depth = 0;
        let mut indexed = false;
        for token in &self.tokens[self.position + 1..] {
            depth += token.kind.nesting();
            let ends = matches!(
                token.kind,
                TokenKind::Plus
                    | TokenKind::Minus
                    | TokenKind::Equals
                    | TokenKind::Comma
                    | TokenKind::Semicolon
                    | TokenKind::End
            );
            if depth < 0 || (depth == 0 && ends) {
                break;
            }
            if matches!(token.kind, TokenKind::Sum(_)) {
                return None;
            }
            indexed |= token.indexed;
        }
        indexed.then_some(operator)
    }

    /// `\exp(-x)`, `\ln x`, `\sin^2 x`, `\tanh'(z)`.
    pub(super) fn command(&mut self, token: &Token, text: &str) -> Parsed<ExprId> {
        self.position += 1;
        let mut primes = 0;
        while self.accept(&TokenKind::Prime) {
            primes += 1;
        }
        let exponent = if self.accept(&TokenKind::Power) { Some(self.braced()?) } else { None };
        if exponent.is_some_and(|id| matches!(self.ast.expr(id).kind, ExprKind::Neg(_))) {
            return Err(unsupported(token, "the inverse of a function is not part of the language"));
        }
        let call = if self.at(&TokenKind::Open) {
            self.call(token, text, primes)?
        } else {
            let argument = self.bare_argument()?;
            let span = self.since(token.span);
            let function = Name { text: text.to_owned(), span: token.span };
            let arguments = vec![super::super::ast::Argument { keyword: None, value: argument }];
            self.ast.push(ExprKind::Call { function, primes, arguments }, span)
        };
        Ok(exponent.map_or(call, |exponent| {
            let span = self.span_of(call);
            self.ast.push(ExprKind::Binary(BinaryOp::Pow, call, exponent), span)
        }))
    }

    /// The argument of `\ln 2x`: operands side by side, up to a sign or a parenthesis.
    fn bare_argument(&mut self) -> Parsed<ExprId> {
        let mut argument = self.binding(POWER)?;
        while let TokenKind::Number(_) | TokenKind::Name(_) = &self.token().kind {
            if self.ahead(1).kind == TokenKind::Open {
                break;
            }
            let factor = self.binding(POWER)?;
            argument = self.join(BinaryOp::Mul, argument, factor);
        }
        Ok(argument)
    }

    /// `\begin{matrix} a \\ b \end{matrix}`: a list, or a list of lists.
    pub(super) fn matrix(&mut self, opener: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let mut rows = Vec::new();
        while !self.at(&TokenKind::CloseMatrix) {
            let start = self.token().span;
            let mut row = vec![self.expression()?];
            while self.accept(&TokenKind::Comma) {
                row.push(self.expression()?);
            }
            let span = self.since(start);
            rows.push(if let [only] = row.as_slice() {
                *only
            } else {
                self.ast.push(ExprKind::List(row), span)
            });
            if !self.accept(&TokenKind::Semicolon) {
                break;
            }
        }
        self.close(opener, &TokenKind::CloseMatrix)?;
        let span = self.since(opener.span);
        Ok(self.ast.push(ExprKind::List(rows), span))
    }

    /// `\|w\|` is the root of a sum of squares, `\|w\|_1` a sum of absolute values.
    pub(super) fn norm(&mut self, opener: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let inner = self.nested(Parser::between_bars)?;
        let TokenKind::DoubleBar(order) = self.token().kind else {
            return Err(unsupported(opener, "this `\\|` has no partner"));
        };
        self.position += 1;
        if order == Some(1) {
            let absolute = self.apply("abs", opener.span, inner);
            return Ok(self.apply("sum", opener.span, absolute));
        }
        let two = self.ast.push(ExprKind::Number(2.0), opener.span);
        let squares = self.join(BinaryOp::Pow, inner, two);
        let total = self.apply("sum", opener.span, squares);
        if self.accept(&TokenKind::Power) {
            let exponent = self.nested(|parser| parser.binding(POWER))?;
            if self.ast.expr(exponent).kind == ExprKind::Number(2.0) {
                return Ok(total);
            }
            let root = self.apply("sqrt", opener.span, total);
            return Ok(self.join(BinaryOp::Pow, root, exponent));
        }
        Ok(self.apply("sqrt", opener.span, total))
    }

    /// `\nabla_{w_1} L`, `\partial_{w_1} L` as the name `dw1`.
    pub(super) fn derivative(&mut self, token: &Token) -> Parsed<ExprId> {
        let Some((name, length)) = derivative(&self.tokens[self.position..]) else {
            return Err(unsupported(token, "a derivative is read only as a name, such as `dw1`"));
        };
        self.position += length;
        let span = self.since(token.span);
        Ok(self.ast.push(ExprKind::Name(name), span))
    }
}

/// The error for notation that has a meaning on paper but not here.
pub(in super::super) fn unsupported(token: &Token, message: &str) -> Diagnostic {
    let help = if token.kind == TokenKind::Partial || token.kind == TokenKind::Fraction {
        "write the derivative out, or give it a line: `dw1 = ...`"
    } else {
        "write it with the operations of the language"
    };
    Diagnostic::error("unsupported-notation", token.span, message)
        .label("cannot be computed as it stands")
        .help(help)
}

/// The number of tokens of `(\mathbf{w}, b, x_i)`, a list of plain names, and whether one of them
/// stands for all parameters.
pub(in super::super) fn dressing(tokens: &[Token]) -> Option<(usize, bool)> {
    if tokens.first()?.kind != TokenKind::Open {
        return None;
    }
    let mut all_parameters = false;
    let mut position = 1;
    loop {
        let token = tokens.get(position)?;
        let text = token.name()?;
        all_parameters |= token.bold || matches!(text, "theta" | "θ" | "Theta");
        position += 1;
        let separator = tokens.get(position)?;
        position += 1;
        if separator.kind == TokenKind::Close {
            return Some((position, all_parameters));
        }
        if separator.kind == TokenKind::Semicolon {
            all_parameters = true;
        } else if separator.kind != TokenKind::Comma {
            return None;
        }
    }
}

/// The name of a derivative at the start of `tokens`, and how many tokens it takes.
pub(in super::super) fn derivative(tokens: &[Token]) -> Option<(String, usize)> {
    if let TokenKind::Derivative(by) = &tokens.first()?.kind {
        let mut length = 1;
        if tokens.get(1).is_some_and(|token| token.name().is_some()) {
            length = 2 + dressing(&tokens[2..]).map_or(0, |(length, _)| length);
        }
        return Some((format!("d{by}"), length));
    }
    if tokens.first()?.kind != TokenKind::Fraction {
        return None;
    }
    let (above, length) = differential(&tokens[1..])?;
    let (below, rest) = differential(&tokens[1 + length..])?;
    let objective = above.starts_with(char::is_uppercase) || ["loss", "cost", "ell"].contains(&above);
    let name = if objective { format!("d{below}") } else { format!("d{above}_d{below}") };
    Some((name, 1 + length + rest))
}

/// True for `\frac{d}{dw}` and `\frac{\partial}{\partial w}`, which wait for what they derive.
fn is_operator(tokens: &[Token]) -> bool {
    let marks = |token: &Token| token.kind == TokenKind::Partial || token.name() == Some("d");
    tokens.len() > 6
        && marks(&tokens[2])
        && tokens[3].kind == TokenKind::CloseBrace
        && marks(&tokens[5])
        && tokens[6].kind != TokenKind::CloseBrace
}

/// `{\partial w_1}` or `{dw_1}`: the name, and how many tokens it takes.
fn differential(tokens: &[Token]) -> Option<(&str, usize)> {
    let [open, mark, name, ..] = tokens else { return None };
    let marked = mark.kind == TokenKind::Partial || mark.name() == Some("d");
    if open.kind != TokenKind::OpenBrace || !marked {
        return None;
    }
    let arguments = dressing(&tokens[3..]).map_or(0, |(length, _)| length);
    let closed = tokens.get(3 + arguments)?.kind == TokenKind::CloseBrace;
    closed.then_some((name.name()?, 4 + arguments))
}

/// The place of a whole run of tokens.
pub(in super::super) fn span_of(tokens: &[Token]) -> Span {
    tokens.iter().map(|token| token.span).reduce(Span::join).unwrap_or_default()
}
