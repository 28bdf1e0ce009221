//! The statements of a file of formulas, found before it is parsed, so that left sides which the
//! language does not allow can be given names.

use whygrad_expr::syntax::ast::Span;

/// The words that begin a declaration.
const KEYWORDS: &[&str] =
    &["input", "inputs", "target", "targets", "param", "params", "fixed", "minimize", "minimise"];

/// One statement, which may go over several lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Where it stands.
    pub(super) span: Span,
    /// Where its first `=` outside brackets stands.
    pub(super) equals: Option<usize>,
    /// Written in LaTeX.
    pub(super) latex: bool,
}

impl Line {
    /// What stands before the `=`.
    pub(super) fn left<'a>(&self, text: &'a str) -> Option<&'a str> {
        let left = text.get(self.span.start..self.equals?)?.trim_end();
        Some(left.strip_suffix(':').unwrap_or(left).trim_end())
    }

    /// Neither a definition nor a declaration: a derivative without a name.
    pub(super) fn is_bare(&self, text: &str) -> bool {
        let line = &text[self.span.start..self.span.end];
        let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        self.equals.is_none() && !KEYWORDS.contains(&word)
    }
}

/// The statements of a text in their order.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    let mut state = State::default();
    let mut position = 0;
    for raw in text.split_inclusive('\n') {
        let start = position;
        position += raw.len();
        let code = without_comment(raw).trim_end();
        let indent = code.len() - code.trim_start().len();
        if code.trim().is_empty() {
            if raw.trim().is_empty() && !state.is_inside() {
                state.open = None; // an empty line ends a statement
            }
            continue;
        }
        let goes_on = state.open.is_some_and(|first| state.is_inside() || indent > first);
        if !goes_on {
            state = State { open: Some(indent), ..State::default() };
            found.push(empty(start + indent));
        }
        state.scan(code, start, indent, &mut found);
    }
    found.retain(|line| line.span.end > line.span.start);
    for line in &mut found {
        let code = &text[line.span.start..line.span.end];
        line.latex = ["\\", "$", "_{", "^{"].iter().any(|mark| code.contains(mark));
    }
    found
}

fn empty(at: usize) -> Line {
    Line { span: Span { start: at, end: at }, equals: None, latex: false }
}

fn without_comment(line: &str) -> &str {
    let comment = line.char_indices().find(|&(at, c)| c == '#' && !line[..at].ends_with('\\'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// What is open at a place of the text.
#[derive(Default)]
struct State {
    /// The indentation of the statement.
    open: Option<usize>,
    brackets: usize,
    environments: usize,
    dollars: bool,
    display: bool,
}

impl State {
    fn is_inside(&self) -> bool {
        self.brackets > 0 || self.environments > 0 || self.dollars || self.display
    }

    fn scan(&mut self, code: &str, start: usize, indent: usize, found: &mut Vec<Line>) {
        let mut characters = code.char_indices().skip_while(|(at, _)| *at < indent).peekable();
        while let Some((at, character)) = characters.next() {
            let Some(line) = found.last_mut() else { return };
            match character {
                '\\' => {
                    self.command(&code[at + 1..]);
                    characters.next_if(|(_, next)| !next.is_alphabetic());
                }
                '$' if characters.next_if(|(_, next)| *next == '$').is_some() => self.dollars = !self.dollars,
                '(' | '[' | '{' => self.brackets += 1,
                ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
                ';' if !self.is_inside() => {
                    let rest = &code[at + 1..];
                    let next = start + at + 1 + (rest.len() - rest.trim_start().len());
                    found.push(empty(next));
                    continue;
                }
                '=' if characters.next_if(|(_, next)| *next == '=').is_some() => {}
                '=' | '≔' | '≡' if self.brackets == 0 => {
                    line.equals = line.equals.or(Some(start + at));
                }
                _ => {}
            }
            if !character.is_whitespace() {
                line.span.end = start + at + character.len_utf8();
            }
        }
        if let Some(line) = found.last_mut()
            && line.span.start < start + code.len()
        {
            line.span.end = start + code.len();
        }
    }

    fn command(&mut self, rest: &str) {
        match () {
            () if rest.starts_with("begin{") => self.environments += 1,
            () if rest.starts_with("end{") => self.environments = self.environments.saturating_sub(1),
            () if rest.starts_with('[') => self.display = true,
            () if rest.starts_with(']') => self.display = false,
            () => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, Option<&str>)> {
        lines(text).iter().map(|l| (&text[l.span.start..l.span.end], l.left(text))).collect()
    }

    #[test]
    fn a_statement_ends_with_its_line_unless_it_goes_on() {
        assert_eq!(
            read("dw1 = a # one\n\n  # two\ndL/dw2 := sum(b,\nc)\n  + d; dw3 = 1\n"),
            [
                ("dw1 = a", Some("dw1")),
                ("dL/dw2 := sum(b,\nc)\n  + d", Some("dL/dw2")),
                ("dw3 = 1", Some("dw3"))
            ]
        );
    }

    #[test]
    fn the_equals_sign_of_a_sum_is_none() {
        let text =
            "\\sum_{i=1}^n x_{1i}\n$$\n\\nabla_\\theta L\n= \\begin{pmatrix} a \\\\ b \\end{pmatrix}\n$$\n";
        let found = lines(text);
        assert_eq!((found.len(), found[0].is_bare(text), found[1].is_bare(text)), (2, true, false));
    }
}
