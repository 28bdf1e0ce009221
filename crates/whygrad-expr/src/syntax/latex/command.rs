//! Backslash commands: layout to leave out, signs, functions, environments.

use super::super::ast::Span;
use super::super::keyword::nearest;
use super::super::lexer::run;
use super::super::names::built_in;
use super::super::token::{Token, TokenKind};
use super::Lexer;
use super::name::{Read, known};
use crate::diagnostic::Diagnostic;

/// Commands that only shape the page.
const LAYOUT: &str = "left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm \
    displaystyle textstyle scriptstyle limits nolimits nonumber notag hfill hfil enspace thinspace \
    medspace thickspace negthinspace allowbreak noindent centering mathstrut";

const SIGNS: [(&str, TokenKind); 24] = [
    ("cdot", TokenKind::Times),
    ("times", TokenKind::Times),
    ("odot", TokenKind::Times),
    ("circ", TokenKind::Times),
    ("ast", TokenKind::Times),
    ("star", TokenKind::Times),
    ("div", TokenKind::Divide),
    ("in", TokenKind::In),
    ("partial", TokenKind::Partial),
    ("prime", TokenKind::Prime),
    ("top", TokenKind::Transpose),
    ("lvert", TokenKind::Bar),
    ("rvert", TokenKind::Bar),
    ("vert", TokenKind::Bar),
    ("mid", TokenKind::Bar),
    ("lbrack", TokenKind::OpenBracket),
    ("rbrack", TokenKind::CloseBracket),
    ("lparen", TokenKind::Open),
    ("rparen", TokenKind::Close),
    ("coloneqq", TokenKind::Equals),
    ("equiv", TokenKind::Equals),
    ("triangleq", TokenKind::Equals),
    ("quad", TokenKind::Break),
    ("qquad", TokenKind::Break),
];

const GREEK: &str = "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu \
    xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi \
    Sigma Upsilon Phi Psi Omega ell";

const FUNCTIONS: &str = "exp log ln tanh sin cos tan max min sinh cosh";

/// What the name gains by an accent.
pub(super) fn accent(word: &str) -> Option<&'static str> {
    Some(match word {
        "hat" | "widehat" => "_hat",
        "bar" | "overline" => "_bar",
        "tilde" | "widetilde" => "_tilde",
        "dot" => "_dot",
        "check" => "_check",
        _ => return None,
    })
}

/// Whether a style is bold, if the word is one.
pub(super) fn style(word: &str) -> Option<bool> {
    match word {
        "mathbf" | "boldsymbol" | "bm" | "vec" | "pmb" | "textbf" => Some(true),
        "text" | "mathrm" | "operatorname" | "mathit" | "textit" | "textrm" | "mathsf" | "mathcal"
        | "mathtt" | "texttt" | "mathnormal" | "mathfrak" | "mathscr" | "mbox" => Some(false),
        _ => None,
    }
}

/// The name of a Greek letter.
pub(super) fn greek(word: &str) -> Option<&str> {
    if word == "infty" {
        return Some("inf");
    }
    GREEK.split_whitespace().any(|letter| letter == word).then_some(word)
}

impl Lexer<'_> {
    /// The backslash at hand and what belongs to it.
    pub(super) fn command(&mut self) {
        let start = self.position;
        let rest = &self.rest()[1..];
        let length = run(rest, |character| character.is_ascii_alphabetic());
        let word = &rest[..length];
        if length == 0 {
            return self.symbol(start);
        }
        if accent(word).is_some() || style(word).is_some() || greek(word).is_some() {
            return self.named(start, word);
        }
        self.position += 1 + length;
        if LAYOUT.split_whitespace().any(|layout| layout == word) {
            let delimiter = word == "left" || word == "right";
            if delimiter && self.rest().starts_with('.') {
                self.position += 1;
            }
        } else if let Some((_, kind)) = SIGNS.iter().find(|(name, _)| *name == word) {
            self.push_from(kind.clone(), start);
            if *kind == TokenKind::Partial {
                self.subscripted_derivative(start, false);
            }
        } else if FUNCTIONS.split_whitespace().any(|function| function == word) {
            self.push_from(TokenKind::Function(known(word)), start);
        } else {
            self.structure(word, start);
        }
    }

    /// A command with an argument or a meaning of its own.
    fn structure(&mut self, word: &str, start: usize) {
        match word {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                self.push_from(TokenKind::Fraction, start);
                self.single_digits();
            }
            "sqrt" => self.push_from(TokenKind::Root, start),
            "sum" => self.sum(start),
            "nabla" => self.subscripted_derivative(start, true),
            "begin" | "end" => self.environment(word == "begin", start),
            "label" | "tag" | "hspace" | "vspace" | "color" => {
                self.braces();
            }
            "lVert" | "rVert" | "Vert" => self.double_bar(start),
            "lbrace" => self.push_from(TokenKind::Open, start),
            "rbrace" => self.push_from(TokenKind::Close, start),
            "newline" => self.push_from(TokenKind::Break, start),
            "ldots" | "dots" | "cdots" | "vdots" | "dotsc" | "dotsb" => self.ellipsis(start),
            _ => self.unknown_command(word, start),
        }
    }

    /// `\\`, `\,`, `\{`, `\|` and other commands of one sign.
    fn symbol(&mut self, start: usize) {
        let Some(sign) = self.rest()[1..].chars().next() else {
            self.position += 1;
            return self.unknown_command("", start);
        };
        self.position += 1 + sign.len_utf8();
        match sign {
            ',' | ';' | '!' | ':' | '>' | ' ' | '/' | '\n' | '\r' | '\t' => {}
            '(' | ')' | '[' | ']' => self.push_from(TokenKind::Break, start),
            '{' => self.push_from(TokenKind::Open, start),
            '}' => self.push_from(TokenKind::Close, start),
            '|' => self.double_bar(start),
            '\\' => self.row_end(start),
            _ => self.unknown_command("", start),
        }
    }

    fn row_end(&mut self, start: usize) {
        if self.rest().starts_with('[')
            && let Some(length) = self.rest().find(']')
            && self.rest()[1..length].ends_with(|unit: char| unit.is_ascii_lowercase())
        {
            self.position += length + 1;
        }
        self.push_from(if self.matrices > 0 { TokenKind::Semicolon } else { TokenKind::Break }, start);
    }

    /// `\hat{y}`, `\theta`, `\text{net}_1` as a name, `\operatorname{ReLU}` as a function.
    fn named(&mut self, start: usize, word: &str) {
        let Some(read) = self.command_atom(0) else {
            self.position += 1 + word.len();
            let prose = self.braces();
            let span = Span { start, end: self.position };
            let message =
                if prose { "words or a formula where a name should be" } else { "a name is missing" };
            return self.error(
                Diagnostic::error("bad-name", span, message)
                    .label(format!("expected one name in the braces of `\\{word}`"))
                    .help(format!("write for example `\\{word}{{w}}`")),
            );
        };
        let (text, bold, primes) = read.into_parts();
        if style(word) == Some(false) && built_in(&text).is_some() && text.chars().count() > 1 {
            return self.push_from(TokenKind::Function(known(&text)), start);
        }
        self.finish(text, bold, start);
        for _ in 0..primes {
            self.push(TokenKind::Prime, 0);
        }
    }

    /// `\sum_{i=1}^{N}`: only the bound is kept, the index is known already.
    fn sum(&mut self, start: usize) {
        let mut bound = None;
        let mut index = None;
        loop {
            let before = self.position;
            self.skip_space();
            if self.accept("\\limits") || self.accept("\\nolimits") {
                continue;
            }
            if self.accept("_") {
                index = self.limit();
            } else if self.accept("^") {
                bound = self.limit();
            } else {
                self.position = before;
                break;
            }
        }
        let index = index.and_then(|text| text.trim().chars().next()).unwrap_or('i');
        let number =
            bound.as_deref().is_some_and(|text| text.trim().bytes().all(|byte| byte.is_ascii_digit()));
        if number && index != 'i' {
            let span = Span { start, end: self.position };
            return self.error(
                Diagnostic::error(
                    "unsupported-sum",
                    span,
                    format!("a sum over `{index}` is not a sum over rows"),
                )
                .label("only sums over the rows, `\\sum_{i=1}^n`, are read")
                .help("write its terms out with `+`"),
            );
        }
        self.push_from(TokenKind::Sum(bound.map(|text| text.trim().to_owned())), start);
    }

    /// The text of a limit: in braces, a command, or one character.
    fn limit(&mut self) -> Option<String> {
        self.skip_space();
        let start = self.position;
        if self.braces() {
            return Some(self.source[start + 1..self.position - 1].to_owned());
        }
        let rest = self.rest();
        let first = rest.chars().next()?;
        let length = if first == '\\' {
            1 + run(&rest[1..], |character| character.is_ascii_alphabetic())
        } else {
            first.len_utf8()
        };
        self.position += length;
        Some(rest[..length].to_owned())
    }

    /// Steps over `{...}` with all that is inside, if the braces are closed.
    pub(super) fn braces(&mut self) -> bool {
        let rest = self.rest();
        if !rest.starts_with('{') {
            return false;
        }
        let Ok(pair) = self.braces.binary_search_by_key(&self.position, |(open, _)| *open) else {
            return false;
        };
        self.position = self.braces[pair].1 + 1;
        true
    }

    /// `\nabla_{w_1}` and `\partial_{w_1}`; a nabla alone is by all parameters.
    fn subscripted_derivative(&mut self, start: usize, alone: bool) {
        if !self.rest().starts_with('_') && !alone {
            return;
        }
        if !alone {
            self.tokens.pop();
        }
        let parts = if self.accept("_") { self.subscript(0) } else { vec!["theta".to_owned()] };
        let mut name = Read::default();
        for part in &parts {
            name.join(part);
        }
        let (name, _, _) = name.into_parts();
        self.push_from(TokenKind::Derivative(name), start);
    }

    fn double_bar(&mut self, start: usize) {
        let mut order = None;
        for (text, value) in [("_1", 1), ("_{1}", 1), ("_2", 2), ("_{2}", 2)] {
            if self.accept(text) {
                order = Some(value);
            }
        }
        self.push_from(TokenKind::DoubleBar(order), start);
    }

    fn environment(&mut self, begins: bool, start: usize) {
        let open = self.position;
        let name = if self.braces() { &self.source[open + 1..self.position - 1] } else { "" };
        let is_matrix = name.trim_end_matches('*').ends_with("matrix") || name == "array";
        if is_matrix {
            if name == "array" && begins {
                self.braces();
            }
            self.matrices = if begins { self.matrices + 1 } else { self.matrices.saturating_sub(1) };
            let kind = if begins { TokenKind::OpenMatrix } else { TokenKind::CloseMatrix };
            return self.push_from(kind, start);
        }
        let known = [
            "aligned",
            "align",
            "equation",
            "gather",
            "gathered",
            "split",
            "multline",
            "eqnarray",
            "displaymath",
        ];
        if known.contains(&name.trim_end_matches('*')) {
            return self.push_from(TokenKind::Break, start);
        }
        let span = Span { start, end: self.position };
        self.error(
            Diagnostic::error("unknown-environment", span, format!("the environment `{name}` is not read"))
                .label("expected `aligned`, `equation` or a matrix")
                .help("write cases with `max`, `min` or `relu`"),
        );
    }

    fn ellipsis(&mut self, start: usize) {
        let span = Span { start, end: self.position };
        self.error(
            Diagnostic::error("ellipsis", span, "an ellipsis leaves out what has to be computed")
                .label("expected the terms that the dots stand for")
                .help("write every term, or use `\\sum_{i=1}^n` for the rows"),
        );
    }

    fn unknown_command(&mut self, word: &str, start: usize) {
        let span = Span { start, end: self.position };
        let text = self.source[start..self.position].to_owned();
        let candidates = LAYOUT
            .split_whitespace()
            .chain(GREEK.split_whitespace())
            .chain(FUNCTIONS.split_whitespace())
            .chain(SIGNS.iter().map(|(name, _)| *name))
            .chain(["frac", "sqrt", "sum", "hat", "mathbf", "boldsymbol", "text", "operatorname"]);
        let help = nearest(word, candidates).map_or_else(
            || "write a function of your own as `\\operatorname{name}(x)`".to_owned(),
            |meant| format!("did you mean `\\{meant}`?"),
        );
        self.tokens.push(Token::new(TokenKind::Unknown, span.start, span.end));
        self.diagnostics.push(
            Diagnostic::error("unknown-command", span, format!("the command `{text}` is not read"))
                .label("not part of the language")
                .help(help),
        );
    }
}
