//! Where statements begin and end, found before a word is read.
//!
//! A line ends a statement unless the next one is indented further, or the line end lies inside
//! parentheses, braces, `$$`, `\[ \]` or a LaTeX environment that is closed later on.

use super::ast::Span;
use super::keyword;
use super::letters::{begins_name, continues_name};
use super::lexer::run;

/// A statement, or several on one line.
pub(super) struct Chunk {
    pub(super) span: Span,
    pub(super) latex: bool,
}

/// True when a piece of source is written in LaTeX.
pub(super) fn is_latex(text: &str) -> bool {
    let code = text.lines().map(without_comment);
    code.into_iter().any(|line| {
        line.contains(['\\', '$']) || ["_{", "^{", "_ {", "^ {"].iter().any(|mark| line.contains(mark))
    })
}

/// The pieces of a document, in order.
pub(super) fn chunks(source: &str) -> Vec<Chunk> {
    let enclosed = Enclosed::new(source);
    let mut result = Vec::new();
    let mut open: Option<(Span, usize)> = None;
    let mut position = 0;
    for raw in source.split_inclusive('\n') {
        let line = without_comment(raw.trim_end_matches(['\n', '\r']));
        let start = position;
        position += raw.len();
        let indent = run(line, char::is_whitespace);
        let blank = line.trim().is_empty();
        let inside = start > 0 && enclosed.continues(source, start - 1, line);
        let comment = blank && !raw.trim().is_empty();
        if let Some((span, first)) = &mut open {
            if comment || inside || (!blank && indent > *first) {
                span.end = if blank { span.end } else { start + line.trim_end().len() };
                continue;
            }
            result.push(*span);
            open = None;
        }
        if !blank {
            open = Some((Span { start: start + indent, end: start + line.trim_end().len() }, indent));
        }
    }
    result.extend(open.map(|(span, _)| span));
    result.into_iter().map(|span| Chunk { span, latex: is_latex(&source[span.start..span.end]) }).collect()
}

/// The line up to its comment.
fn without_comment(line: &str) -> &str {
    let mut escaped = false;
    for (index, character) in line.char_indices() {
        if character == '#' && !escaped {
            return &line[..index];
        }
        escaped = character == '\\' && !escaped;
    }
    line
}

/// For every byte, inside how many pairs it stands.
struct Enclosed {
    brackets: Vec<i32>,
    mathematics: Vec<i32>,
}

impl Enclosed {
    fn new(source: &str) -> Enclosed {
        let mut pairs = Pairs::default();
        let mut position = 0;
        for raw in source.split_inclusive('\n') {
            pairs.line(without_comment(raw), position);
            position += raw.len();
        }
        Enclosed {
            brackets: depths(&pairs.brackets, source.len()),
            mathematics: depths(&pairs.mathematics, source.len()),
        }
    }

    /// True when the line end at `newline` does not end the statement, `next` being the line after it.
    fn continues(&self, source: &str, newline: usize, next: &str) -> bool {
        if self.mathematics.get(newline).is_some_and(|depth| *depth > 0) {
            return true;
        }
        if self.brackets.get(newline).is_none_or(|depth| *depth == 0) {
            return false;
        }
        let before = source[..newline].trim_end();
        before.ends_with(['(', '[', '{', ',', '+', '-', '*', '/', '=', '^']) || !begins_statement(next)
    }
}

/// True for a line such as `loss = ...` or `inputs x`.
fn begins_statement(line: &str) -> bool {
    if !line.starts_with(begins_name) {
        return false;
    }
    let length = run(line, continues_name);
    let rest = line[length..].trim_start();
    let defines = rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="));
    defines || (keyword::find(&line[..length]).is_some() && rest.starts_with(begins_name))
}

/// How many of the pairs each byte lies in.
fn depths(pairs: &[(usize, usize)], length: usize) -> Vec<i32> {
    let mut changes = vec![0; length + 1];
    for (open, close) in pairs {
        changes[*open] += 1;
        changes[*close] -= 1;
    }
    let mut depth = 0;
    for change in &mut changes {
        depth += *change;
        *change = depth;
    }
    changes
}

/// The pairs found so far, and the openers that wait.
#[derive(Default)]
struct Pairs {
    brackets: Vec<(usize, usize)>,
    mathematics: Vec<(usize, usize)>,
    waiting: Vec<(char, usize)>,
    waiting_of: [usize; 3],
    environments: Vec<usize>,
    display: Option<usize>,
    dollars: Option<usize>,
}

impl Pairs {
    fn line(&mut self, line: &str, start: usize) {
        let mut characters = line.char_indices().peekable();
        while let Some((index, character)) = characters.next() {
            let place = start + index;
            if character == '\\' {
                self.command(&line[index + 1..], place);
                characters.next_if(|(_, next)| !next.is_alphabetic());
            } else if character == '$' {
                if characters.next_if(|(_, next)| *next == '$').is_some() {
                    if let Some(open) = self.dollars.take() {
                        self.mathematics.push((open, place));
                    } else {
                        self.dollars = Some(place);
                    }
                }
            } else if let Some(kind) = "([{".find(character) {
                self.waiting.push((character, place));
                self.waiting_of[kind] += 1;
            } else if let Some(kind) = ")]}".find(character) {
                self.close(kind, place);
            }
        }
    }

    fn close(&mut self, kind: usize, place: usize) {
        if self.waiting_of[kind] == 0 {
            return;
        }
        while let Some((opener, open)) = self.waiting.pop() {
            let found = "([{".find(opener).unwrap_or_default();
            self.waiting_of[found] -= 1;
            if found == kind {
                self.brackets.push((open, place));
                return;
            }
        }
    }

    fn command(&mut self, rest: &str, place: usize) {
        if rest.starts_with("begin{") {
            self.environments.push(place);
        } else if rest.starts_with("end{") {
            self.mathematics.extend(self.environments.pop().map(|open| (open, place)));
        } else if rest.starts_with('[') {
            self.display = Some(place);
        } else if rest.starts_with(']') {
            self.mathematics.extend(self.display.take().map(|open| (open, place)));
        }
    }
}
