//! Names in LaTeX: letters with accents and subscripts, joined to the name the model knows.

use super::super::ast::Span;
use super::super::keyword;
use super::super::letters::{begins_name, continues_name, is_combining, is_subscript, normalise};
use super::super::lexer::run;
use super::super::names::{built_in, is_built_in};
use super::super::token::{Token, TokenKind};
use super::Lexer;
use super::command::{accent, greek, style};
use crate::diagnostic::Diagnostic;

/// No name of several letters is longer.
const LONGEST_WORD: usize = 64;

/// How deep accents and subscripts may nest.
const DEPTH_LIMIT: usize = 20;

/// A name as it is read: `\mathbf{w}_1` is bold and called `w1`.
#[derive(Default)]
pub(super) struct Read {
    pub(super) text: String,
    bold: bool,
    indexed: bool,
    primes: usize,
}

impl Lexer<'_> {
    /// A run of letters: one name, a function, or a product of single letters.
    pub(super) fn letters(&mut self) {
        let rest = self.rest();
        let start = self.position;
        let whole = rest
            .char_indices()
            .take(LONGEST_WORD)
            .find(|(_, character)| !continues_name(*character))
            .map_or(rest.len(), |(index, _)| index);
        if whole > 1 && self.is_word(&rest[..whole]) {
            self.position += whole;
            return self.finish(normalise(&rest[..whole]), false, start);
        }
        let length = run(rest, |character| character.is_alphabetic() && begins_name(character));
        let letters = &rest[..length];
        if length > 1 && (is_built_in(letters) || built_in(letters).is_some_and(|name| name.len() > 3)) {
            self.position += length;
            return self.push_from(TokenKind::Function(known(letters)), start);
        }
        if length > 1
            && (letters.chars().all(char::is_uppercase) || self.is_left_side(letters, &rest[length..]))
        {
            self.position += length;
            return self.finish(letters.to_owned(), false, start);
        }
        while self.position < start + length.max(1) {
            let letter = self.position;
            let text = self.single();
            self.finish(text, false, letter);
        }
    }

    /// True for a name of several letters that the text of the document uses.
    fn is_word(&self, text: &str) -> bool {
        let mut characters = text.chars();
        let first = characters.next().is_some_and(|letter| letter.is_ascii_alphabetic());
        let short = first && characters.all(|character| character == '_' || character.is_ascii_digit());
        !short && !is_built_in(text) && self.words.contains(text)
    }

    /// True at the start of a statement for a keyword, or for a name before `=`.
    fn is_left_side(&self, letters: &str, after: &str) -> bool {
        let starts = self
            .tokens
            .last()
            .is_none_or(|token| matches!(token.kind, TokenKind::Break | TokenKind::Semicolon));
        let next = after.trim_start_matches([' ', '\t', '&']);
        let defines = next.starts_with('=') || next.starts_with(":=") || after.starts_with('_');
        starts && (defines || (keyword::find(letters).is_some() && after.starts_with([' ', '\t'])))
    }

    /// One letter with its marks and the digits that follow it at once.
    fn single(&mut self) -> String {
        let rest = self.rest();
        let letter = rest.chars().next().map_or(0, char::len_utf8);
        let marks = run(&rest[letter..], |character| is_combining(character) || is_subscript(character));
        let digits = run(&rest[letter + marks..], |character| character.is_ascii_digit());
        let length = letter + marks + digits;
        self.position += length;
        normalise(&rest[..length])
    }

    /// Reads what belongs to a name after its letters, and adds it with its primes.
    pub(super) fn finish(&mut self, text: String, bold: bool, start: usize) {
        let mut read = Read { text, bold, ..Read::default() };
        self.suffixes(&mut read, 0);
        let Read { text, bold, indexed, primes } = read;
        let end = self.position;
        self.tokens.push(Token { bold, indexed, ..Token::new(TokenKind::Name(text), start, end) });
        for _ in 0..primes {
            self.tokens.push(Token::new(TokenKind::Prime, end, end));
        }
    }

    /// Subscripts, primes, and superscripts that only number.
    fn suffixes(&mut self, read: &mut Read, depth: usize) {
        loop {
            let start = self.position;
            self.skip_inline_space();
            if self.accept("_") {
                let parts = self.subscript(depth);
                read.indexed |= parts.is_empty();
                for part in &parts {
                    read.join(part);
                }
            } else if self.accept("'") || self.accept("’") || self.accept("′") {
                read.primes += 1;
            } else if !self.numbering(read) {
                self.position = start;
                return;
            }
        }
    }

    /// `x^{(i)}` is row i of x, `W^{[2]}` and `W^{(2)}` the W of layer 2: no powers.
    fn numbering(&mut self, read: &mut Read) -> bool {
        for (open, close) in [("^{(", ")}"), ("^{[", "]}")] {
            let Some(rest) = self.rest().strip_prefix(open) else { continue };
            let inner = &rest[..run(rest, char::is_alphanumeric)];
            if !rest[inner.len()..].starts_with(close) {
                continue;
            }
            let mut letters = inner.chars();
            let index = letters.next().is_some_and(|letter| self.indices.contains(&letter));
            let index = index && letters.next().is_none();
            let digits = !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
            if index || digits {
                self.position += open.len() + inner.len() + close.len();
                if digits {
                    read.join(inner);
                } else {
                    read.indexed = true;
                }
                return true;
            }
        }
        false
    }

    fn skip_inline_space(&mut self) {
        self.position += run(self.rest(), |character| matches!(character, ' ' | '\t' | '~'));
    }

    /// The parts of a subscript, row indices left out: `_{1i}` is `1`.
    pub(super) fn subscript(&mut self, depth: usize) -> Vec<String> {
        self.skip_inline_space();
        let start = self.position;
        let mut parts = Vec::new();
        if depth > DEPTH_LIMIT {
            self.bad_subscript(start);
        } else if self.accept("{") {
            loop {
                self.skip_space();
                if self.accept("}") {
                    break;
                }
                if self.accept(",") || self.accept("\\,") {
                    continue;
                }
                let Some(part) = self.part(depth) else {
                    self.bad_subscript(start);
                    break;
                };
                parts.push(part);
            }
        } else if let Some(part) = self.part_without_braces(depth) {
            parts.push(part);
        } else {
            self.bad_subscript(start);
        }
        self.without_indices(parts)
    }

    fn without_indices(&self, parts: Vec<String>) -> Vec<String> {
        let is_index = |part: &String| part.chars().all(|letter| self.indices.contains(&letter));
        let numbers = |part: &String| part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.iter().all(|part| is_index(part) || numbers(part)) {
            return parts.into_iter().filter(|part| !is_index(part)).collect();
        }
        parts
    }

    /// Digits, a run of letters, or a command inside the braces of a subscript.
    fn part(&mut self, depth: usize) -> Option<String> {
        let rest = self.rest();
        let digits = run(rest, |character| character.is_ascii_digit());
        let letters = run(rest, |character| character.is_alphabetic() || is_combining(character));
        let length = digits.max(letters);
        if length > 0 {
            self.position += length;
            let mut read = Read { text: normalise(&rest[..length]), ..Read::default() };
            self.suffixes(&mut read, depth + 1);
            return Some(read.text);
        }
        self.command_name(depth + 1).map(|read| read.text)
    }

    /// What LaTeX takes as a subscript without braces; digits together, as people mean them.
    fn part_without_braces(&mut self, depth: usize) -> Option<String> {
        let rest = self.rest();
        // `y_hat` as text writes it, in a line that is LaTeX otherwise.
        if run(rest, char::is_alphanumeric) == "hat".len() && rest.starts_with("hat") {
            self.position += "hat".len();
            return Some("hat".to_owned());
        }
        let digits = run(rest, |character| character.is_ascii_digit());
        let length = if digits > 0 { digits } else { rest.chars().next()?.len_utf8() };
        if digits > 0 || rest.starts_with(char::is_alphabetic) {
            self.position += length;
            return Some(rest[..length].to_owned());
        }
        self.command_atom(depth + 1).map(|read| read.text)
    }

    fn bad_subscript(&mut self, start: usize) {
        let here = self.position;
        self.position = start;
        if !self.braces() {
            self.position = here;
        }
        let span = Span { start: start.saturating_sub(1), end: self.position };
        self.error(
            Diagnostic::error("bad-subscript", span, "a subscript is a name or a number")
                .label("cannot be part of a name")
                .help("write for example `w_{1}`, `w_{\\text{out}}` or `w_{1,2}`"),
        );
    }

    /// `\hat{y}_1` with its subscripts, if the next thing is a name made by a command.
    pub(super) fn command_name(&mut self, depth: usize) -> Option<Read> {
        let mut read = self.command_atom(depth)?;
        self.suffixes(&mut read, depth);
        Some(read)
    }

    /// `\hat{y}`, `\theta`, `\text{net}`: a name made by a command, without its subscripts.
    pub(super) fn command_atom(&mut self, depth: usize) -> Option<Read> {
        let rest = self.rest().strip_prefix('\\')?;
        let word = &rest[..run(rest, |character| character.is_ascii_alphabetic())];
        if depth > DEPTH_LIMIT {
            return None;
        }
        let start = self.position;
        self.position += 1 + word.len();
        let prose = style(word) == Some(false) && self.rest().starts_with("{ ");
        let read = if prose {
            None
        } else if let Some(suffix) = accent(word) {
            self.inner(depth + 1).map(|mut read| {
                read.text.push_str(suffix);
                read
            })
        } else if let Some(bold) = style(word) {
            self.accept("*");
            self.inner(depth + 1).map(|read| Read { bold: read.bold || bold, ..read })
        } else if word == "Delta" {
            Some(self.change(depth))
        } else {
            greek(word).map(|name| Read { text: name.to_owned(), ..Read::default() })
        };
        if read.is_none() {
            self.position = start;
        }
        read
    }

    /// `\Delta w_1` is one name, the change of `w_1`.
    fn change(&mut self, depth: usize) -> Read {
        self.skip_inline_space();
        let mut read = Read { text: "Delta".to_owned(), ..Read::default() };
        let of = if self.rest().starts_with(char::is_alphabetic) {
            let mut inner = Read { text: self.single(), ..Read::default() };
            self.suffixes(&mut inner, depth + 1);
            Some(inner)
        } else {
            self.command_name(depth + 1)
        };
        if let Some(of) = of {
            read.join(&of.text);
        }
        read
    }

    /// The argument of an accent or a style: `{y}`, `y`, `{\mathbf{y}}`, `\theta`.
    fn inner(&mut self, depth: usize) -> Option<Read> {
        self.skip_space();
        if !self.accept("{") {
            if self.rest().starts_with(char::is_alphabetic) {
                let length = self.peek()?.len_utf8();
                let text = self.rest()[..length].to_owned();
                self.position += length;
                return Some(Read { text, ..Read::default() });
            }
            return self.command_atom(depth);
        }
        self.skip_space();
        let rest = self.rest();
        let length = run(rest, |character| character.is_alphanumeric() || is_combining(character));
        let mut read = if length > 0 {
            self.position += length;
            let mut read = Read { text: normalise(&rest[..length]), ..Read::default() };
            while self.accept("\\_") || self.accept("-") {
                let rest = self.rest();
                let length = run(rest, char::is_alphanumeric);
                self.position += length;
                read.join(&rest[..length]);
            }
            read
        } else {
            self.command_atom(depth)?
        };
        self.suffixes(&mut read, depth);
        self.skip_space();
        self.accept("}").then_some(read)
    }
}

impl Read {
    /// Adds a subscript: digits directly after a letter, anything else after an underscore.
    pub(super) fn join(&mut self, part: &str) {
        let digits = part.starts_with(|first: char| first.is_ascii_digit());
        let after_letter = self.text.ends_with(char::is_alphabetic);
        let apart = !digits || !after_letter;
        if apart && !self.text.is_empty() && !part.is_empty() {
            self.text.push('_');
        }
        self.text.push_str(part);
    }

    /// The name and whether it is bold.
    pub(super) fn into_parts(self) -> (String, bool, usize) {
        (self.text, self.bold, self.primes)
    }
}

/// The name the model knows a function by.
pub(super) fn known(letters: &str) -> String {
    match letters {
        "ln" => "log".to_owned(),
        "logistic" => "sigmoid".to_owned(),
        _ => built_in(letters).unwrap_or(letters).to_owned(),
    }
}
