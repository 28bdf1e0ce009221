//! The grammar of expressions, for both notations, by binding strength.
//!
//! From weak to strong: `+ -`, then `* / @`, then the unary minus, then `^` (right to left), then
//! calls, indices, members and raised digits. In LaTeX two operands side by side are a product.
//! A long sum is a loop and costs no stack; what nests does, so its depth is limited.
//! Method: V. Pratt, Top down operator precedence (1973).

mod call;
mod latex;

pub(super) use self::latex::{derivative, dressing, span_of};
use super::ast::{Ast, BinaryOp, ExprId, ExprKind, Name, Span};
use super::names::Names;
use super::token::{POWER, PRODUCT, SUM, Token, TokenKind};
use crate::diagnostic::Diagnostic;

/// How deep parentheses, powers and signs may nest.
const DEPTH_LIMIT: usize = 100;

/// A result whose error is ready to be shown.
pub(super) type Parsed<T> = Result<T, Diagnostic>;

/// Reads expressions from the tokens of one statement, which close with [`TokenKind::End`].
pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) position: usize,
    pub(super) ast: &'a mut Ast,
    pub(super) names: &'a Names,
    pub(super) latex: bool,
    depth: usize,
    bars: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        source: &'a str,
        tokens: &'a [Token],
        ast: &'a mut Ast,
        names: &'a Names,
        latex: bool,
    ) -> Parser<'a> {
        Parser { source, tokens, position: 0, ast, names, latex, depth: 0, bars: 0 }
    }

    /// One expression, up to whatever cannot belong to it.
    pub(super) fn expression(&mut self) -> Parsed<ExprId> {
        self.binding(SUM)
    }

    /// Forgets what an error left open, so that the next entry of a list can be read.
    pub(super) fn restart(&mut self, position: usize) {
        self.position = position;
        self.depth = 0;
        self.bars = 0;
    }

    /// The token `ahead` places on; past the end, the end.
    pub(super) fn ahead(&self, ahead: usize) -> &'a Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.position + ahead).min(last)]
    }

    pub(super) fn token(&self) -> &'a Token {
        self.ahead(0)
    }

    pub(super) fn at(&self, kind: &TokenKind) -> bool {
        self.token().kind == *kind
    }

    /// Steps over a token of this kind, if it is the next one.
    pub(super) fn accept(&mut self, kind: &TokenKind) -> bool {
        let found = self.at(kind);
        self.position += usize::from(found);
        found
    }

    fn previous(&self) -> Option<&'a Token> {
        self.tokens.get(self.position.checked_sub(1)?)
    }

    /// The place from the start of one token to the end of the last one read.
    fn since(&self, start: Span) -> Span {
        self.previous().map_or(start, |last| start.join(last.span))
    }

    fn span_of(&self, id: ExprId) -> Span {
        self.ast.expr(id).span
    }

    /// An operand and every operator after it that binds at least as strongly as `minimum`.
    fn binding(&mut self, minimum: u8) -> Parsed<ExprId> {
        let mut left = self.operand()?;
        while let Some((operator, power, written)) = self.operator()? {
            if power < minimum {
                break;
            }
            self.position += usize::from(written);
            let right = if operator == BinaryOp::Pow {
                self.nested(|parser| parser.binding(POWER))?
            } else {
                self.binding(power + 1)?
            };
            left = self.join(operator, left, right);
        }
        Ok(left)
    }

    fn join(&mut self, operator: BinaryOp, left: ExprId, right: ExprId) -> ExprId {
        let span = self.span_of(left).join(self.span_of(right));
        self.ast.push(ExprKind::Binary(operator, left, right), span)
    }

    /// The operator at hand, its strength, and whether it is written: `2x` has one that is not.
    fn operator(&self) -> Parsed<Option<(BinaryOp, u8, bool)>> {
        let token = self.token();
        if let Some((operator, power)) = token.kind.binary() {
            return Ok(Some((operator, power, true)));
        }
        let begins_bars = matches!(token.kind, TokenKind::Bar | TokenKind::DoubleBar(_)) && self.bars == 0;
        if !token.kind.starts_operand() && !begins_bars {
            return Ok(None);
        }
        if self.latex {
            return Ok(Some((BinaryOp::Mul, PRODUCT, false)));
        }
        Err(self.missing_operator(token))
    }

    fn missing_operator(&self, token: &Token) -> Diagnostic {
        let before = self.previous().unwrap_or(token);
        let span = before.span.join(token.span);
        let (left, right) = (before.text(self.source), token.text(self.source));
        Diagnostic::error(
            "missing-operator",
            span,
            format!("there is no operator between `{left}` and `{right}`"),
        )
        .label(format!("expected an operator, found {}", token.describe(self.source)))
        .help(format!("write `{left}*{right}` for a product"))
    }

    /// Runs a rule one level deeper, refusing a level too many.
    fn nested<T>(&mut self, rule: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_LIMIT {
            return Err(Diagnostic::error(
                "too-deep",
                self.token().span,
                format!("the formula nests more than {DEPTH_LIMIT} levels"),
            )
            .label("one level too many")
            .help("give an inner part a name of its own"));
        }
        self.depth += 1;
        let result = rule(self);
        self.depth -= 1;
        result
    }

    /// A number, a name, a group, with signs before it and indices or raised digits after it.
    fn operand(&mut self) -> Parsed<ExprId> {
        let token = self.token();
        let id = match &token.kind {
            TokenKind::Minus | TokenKind::Plus => return self.signed(token),
            TokenKind::Number(value) => {
                self.position += 1;
                self.ast.push(ExprKind::Number(*value), token.span)
            }
            TokenKind::Name(text) => self.name(token, text)?,
            TokenKind::Open => self.group(token, &TokenKind::Close)?,
            TokenKind::OpenBrace => self.group(token, &TokenKind::CloseBrace)?,
            TokenKind::OpenBracket => self.list(token)?,
            TokenKind::OpenMatrix => self.nested(|parser| parser.matrix(token))?,
            TokenKind::Bar => self.absolute(token)?,
            TokenKind::DoubleBar(_) => self.norm(token)?,
            TokenKind::Root => self.nested(|parser| parser.root(token))?,
            TokenKind::Function(text) => self.nested(|parser| parser.command(token, text))?,
            TokenKind::Fraction => self.nested(|parser| parser.fraction(token))?,
            TokenKind::Sum(_) => self.nested(|parser| parser.sum(token))?,
            TokenKind::Derivative(_) | TokenKind::Partial => self.derivative(token)?,
            TokenKind::Times
            | TokenKind::Divide
            | TokenKind::MatMul
            | TokenKind::Power
            | TokenKind::Superscript(_)
            | TokenKind::Transpose
            | TokenKind::Prime
            | TokenKind::Close
            | TokenKind::CloseBracket
            | TokenKind::CloseBrace
            | TokenKind::CloseMatrix
            | TokenKind::Comma
            | TokenKind::Semicolon
            | TokenKind::Colon
            | TokenKind::Dot
            | TokenKind::Equals
            | TokenKind::DoubleEquals
            | TokenKind::In
            | TokenKind::Break
            | TokenKind::Unknown
            | TokenKind::End => return Err(self.missing_operand(token)),
        };
        self.postfix(id)
    }

    fn signed(&mut self, sign: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let inner = self.nested(|parser| parser.binding(POWER))?;
        if sign.kind == TokenKind::Plus {
            return Ok(inner);
        }
        let span = sign.span.join(self.span_of(inner));
        Ok(self.ast.push(ExprKind::Neg(inner), span))
    }

    fn missing_operand(&self, token: &Token) -> Diagnostic {
        if matches!(token.kind, TokenKind::Equals | TokenKind::DoubleEquals) {
            return unexpected_equals(token);
        }
        let found = token.describe(self.source);
        let ended = token.kind.binary().is_none();
        let after = self.previous().filter(|before| ended && before.kind.binary().is_some());
        if let Some(before) = after {
            let sign = before.describe(self.source);
            Diagnostic::error("missing-operand", before.span, format!("there is nothing after {sign}"))
                .label(format!("expected a number, a name or `(` after this, found {found}"))
        } else {
            Diagnostic::error("missing-operand", token.span, format!("a formula cannot go on with {found}"))
                .label(format!("expected a number, a name or `(`, found {found}"))
        }
    }

    /// `( e )`, or `{ e }` in LaTeX.
    fn group(&mut self, opener: &Token, closer: &TokenKind) -> Parsed<ExprId> {
        self.position += 1;
        let bars = std::mem::take(&mut self.bars);
        let inner = self.nested(Parser::expression)?;
        self.close(opener, closer)?;
        self.bars = bars;
        self.ast.expressions[inner.0].span = self.since(opener.span);
        Ok(inner)
    }

    /// `[a, b]`; in LaTeX `[a + b]` is only a large parenthesis.
    fn list(&mut self, opener: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let bars = std::mem::take(&mut self.bars);
        let items = self.nested(|parser| parser.items(opener, &TokenKind::CloseBracket))?;
        self.bars = bars;
        if let ([only], true) = (items.as_slice(), self.latex) {
            return Ok(*only);
        }
        let span = self.since(opener.span);
        Ok(self.ast.push(ExprKind::List(items), span))
    }

    /// `a, b]` with the opener already read; `[]` is empty.
    fn items(&mut self, opener: &Token, closer: &TokenKind) -> Parsed<Vec<ExprId>> {
        let mut items = Vec::new();
        if self.accept(closer) {
            return Ok(items);
        }
        loop {
            items.push(self.expression()?);
            if !self.accept(&TokenKind::Comma) {
                self.close(opener, closer)?;
                return Ok(items);
            }
        }
    }

    /// `|e|`
    fn absolute(&mut self, opener: &Token) -> Parsed<ExprId> {
        self.position += 1;
        let inner = self.nested(Parser::between_bars)?;
        if !self.accept(&TokenKind::Bar) {
            return Err(Diagnostic::error("unclosed-bar", opener.span, "this `|` has no partner")
                .label(format!("expected `|`, found {}", self.token().describe(self.source)))
                .help("write `abs(z)` for the absolute value of z"));
        }
        Ok(self.apply("abs", opener.span, inner))
    }

    fn between_bars(&mut self) -> Parsed<ExprId> {
        self.bars += 1;
        let inner = self.expression()?;
        self.bars -= 1;
        Ok(inner)
    }

    /// A call of a known function with one argument.
    fn apply(&mut self, function: &str, place: Span, argument: ExprId) -> ExprId {
        let span = self.since(place);
        let function = Name { text: function.to_owned(), span: place };
        let arguments = vec![super::ast::Argument { keyword: None, value: argument }];
        self.ast.push(ExprKind::Call { function, primes: 0, arguments }, span)
    }

    /// Steps over the closer, or says what stands in its place and where the opener is.
    pub(super) fn close(&mut self, opener: &Token, closer: &TokenKind) -> Parsed<()> {
        if self.accept(closer) {
            return Ok(());
        }
        let token = self.token();
        let (found, open) = (token.describe(self.source), opener.describe(self.source));
        let (code, shut) = if *closer == TokenKind::Close {
            ("unclosed-parenthesis", "`)`")
        } else if *closer == TokenKind::CloseBracket {
            ("unclosed-bracket", "`]`")
        } else if *closer == TokenKind::CloseBrace {
            ("unclosed-brace", "`}`")
        } else {
            ("unclosed-matrix", "`\\end{matrix}`")
        };
        if token.kind == TokenKind::End {
            return Err(Diagnostic::error(code, opener.span, format!("this {open} is never closed"))
                .label(format!("opened here; expected {shut}, found {found}"))
                .help(format!("add {shut}")));
        }
        if matches!(token.kind, TokenKind::Equals | TokenKind::DoubleEquals) {
            return Err(unexpected_equals(token));
        }
        let line = self.source[..opener.span.start].matches('\n').count() + 1;
        let start = self.source[..opener.span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let column = self.source[start..opener.span.start].chars().count() + 1;
        Err(Diagnostic::error(
            code,
            token.span,
            format!("the {open} of line {line}, column {column} is not closed before {found}"),
        )
        .label(format!("expected {shut}, found {found}")))
    }
}

/// The error for a second `=`.
pub(super) fn unexpected_equals(token: &Token) -> Diagnostic {
    if token.kind == TokenKind::DoubleEquals {
        return Diagnostic::error("double-equals", token.span, "a definition is written with one `=`")
            .label("expected `=`, found `==`")
            .help("write `=`; a formula has no comparisons");
    }
    Diagnostic::error("equals-in-expression", token.span, "a formula cannot contain `=`")
        .label("expected an operator, found `=`")
        .help("a statement has one `=`; give the inner value a line of its own")
}
