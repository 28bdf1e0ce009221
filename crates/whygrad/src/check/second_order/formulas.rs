//! Second derivatives that come as formulas: `d2L/dw1dw2 = mean(2*x1*x2)`.
//!
//! Their left sides are no names of the language, so a name of the same length stands in for each while the formulas
//! of a gradient are read ([`super::super::Formulas`]); messages get what was written back. What else the text defines
//! (first derivatives, lines that help) may be used. What is left out is not given, an entry's twin neither.

use whygrad_expr::arena::Term;
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::Op;
use whygrad_expr::syntax::ast::Span;

use super::super::{Formulas, Trouble};
use super::left::{self, Left};
use super::truth::Second;
use super::{Answer, Question, Source};
use crate::model::{Model, ModelError, ModelOptions};

/// Formulas for second derivatives of one model.
#[derive(Clone, Debug)]
pub struct SecondFormulas {
    /// What the person wrote.
    pub text: String,
    /// What is to be said of the formulas, with places in their text.
    pub warnings: Vec<Diagnostic>,
    model: Model,
    entries: Vec<Option<Term>>,
}

/// A line whose left side is a second derivative.
struct Line {
    /// The name in its place.
    stand_in: String,
    /// As written.
    written: String,
    span: Span,
}

impl SecondFormulas {
    /// Reads a model and formulas for some or all of its second derivatives: `d2w1w2 = ..`, `d2L/dw1dw2 = ..`,
    /// `d2L/dw1^2 = ..`, `H[0,1] = ..`, `H = [[..], ..]`, LaTeX.
    ///
    /// # Errors
    /// Where the model or a formula cannot be read, a name is unknown, or a shape does not fit.
    pub fn read(
        model_text: &str,
        options: &ModelOptions,
        text: &str,
    ) -> Result<(Model, SecondFormulas), ModelError> {
        let (rewritten, lines) = rewritten(text, model_text);
        let own_words = |mut messages: Vec<Diagnostic>| {
            messages
                .retain(|m| m.code != "not-used" || !lines.iter().any(|l| m.message.contains(&l.stand_in)));
            for message in &mut messages {
                in_own_words(message, &lines);
            }
            messages
        };
        let read = |text: &str| Formulas::read(model_text, options, text);
        let found = read_used(rewritten.clone(), read).or_else(|(rewritten, error)| {
            // A text without first derivatives is refused; one is put at its end.
            let plain = Model::parse(model_text, &ModelOptions { gradient: None, ..options.clone() })?;
            let first = plain.program.parameters.first();
            let first = first.filter(|_| error.messages.iter().any(|m| m.code == "gradient-incomplete"));
            first.ok_or(error).and_then(|p| read(&format!("{}\nd{} = 0\n", rewritten, p.name)))
        });
        let (model, formulas) = match found {
            Ok(found) => found,
            Err(error) => return Err(as_written(error, text, own_words)),
        };
        let mut reader = Reader { model: &model, entries: vec![], messages: vec![] };
        reader.read(&lines, &formulas);
        let Reader { entries, messages, .. } = reader;
        if messages.iter().any(Diagnostic::is_error) {
            return Err(of_text(model_text, text, messages));
        }
        let end = text.len();
        let mut warnings = own_words(formulas.warnings);
        warnings.retain(|w| w.span.is_none_or(|span| span.end <= end));
        warnings.extend(messages);
        let second = SecondFormulas { text: text.to_owned(), warnings, model: model.clone(), entries };
        Ok((model, second))
    }
}

impl Source for SecondFormulas {
    fn ask(&mut self, question: &Question) -> Result<Answer, Trouble> {
        let roots: Vec<Term> = self.entries.iter().flatten().copied().collect();
        let probe = &question.probe;
        let values = Second::leaves(&self.model).values(&roots, probe, &probe.theta, &question.vector);
        let values = values.ok_or_else(|| {
            Trouble::new("the point does not fit the model", "give one number for each parameter and column")
        })?;
        let last = probe.data.rows.saturating_sub(1);
        let mut values = values.iter().map(|value| value.at(last, 0));
        Ok(Answer::Hessian(self.entries.iter().map(|entry| entry.and_then(|_| values.next())).collect()))
    }
}

/// How often unused lines are left out: a line may be used by one of them alone.
const MOST_ROUNDS: usize = 6;

/// Reads a text, without the lines that help nothing; of a text that cannot be read, the text and the error.
fn read_used<T>(
    mut text: String,
    read: impl Fn(&str) -> Result<T, ModelError>,
) -> Result<T, (String, ModelError)> {
    for _ in 0..MOST_ROUNDS {
        match read(&text) {
            Ok(found) => return Ok(found),
            Err(error) => match without_unused(&text, &error) {
                Some(shorter) => text = shorter,
                None => return Err((text, error)),
            },
        }
    }
    read(&text).map_err(|error| (text, error))
}

/// The text without the lines that look like first derivatives by what the model does not have (`delta1 = ..`) and that
/// no line uses: beside second derivatives they are steps on the way.
fn without_unused(text: &str, error: &ModelError) -> Option<String> {
    let from = error.gradient_from?;
    let mut shorter = text.to_owned();
    for message in error.messages.iter().filter(|m| m.code == "unknown-component") {
        let start = message.span?.start.checked_sub(from)?;
        let end = text.get(start..)?.find('\n').map_or(text.len(), |length| start + length);
        shorter.replace_range(start..end, &" ".repeat(end - start));
    }
    (shorter != text).then_some(shorter)
}

/// The error with the text as it was written.
fn as_written(
    error: ModelError,
    text: &str,
    own_words: impl Fn(Vec<Diagnostic>) -> Vec<Diagnostic>,
) -> ModelError {
    let Some(from) = error.gradient_from else { return error };
    let model = error.source_text.get(..from).unwrap_or_default();
    let source_text = format!("{model}{text}");
    ModelError { source_text, gradient_from: Some(from), messages: own_words(error.messages) }
}

/// Messages about the formulas alone.
fn of_text(model: &str, text: &str, mut messages: Vec<Diagnostic>) -> ModelError {
    let model = format!("{}\n", model.trim_end());
    for message in &mut messages {
        message.span = message.span.map(|s| Span { start: s.start + model.len(), end: s.end + model.len() });
    }
    ModelError { source_text: format!("{model}{text}"), gradient_from: Some(model.len()), messages }
}

struct Reader<'a> {
    model: &'a Model,
    entries: Vec<Option<Term>>,
    messages: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, lines: &[Line], formulas: &Formulas) {
        let n = self.model.program.parameter_count();
        if n > super::MOST {
            let message =
                format!("the model has {n} parameters, and a Hessian is checked up to {}", super::MOST);
            let help = "a program can give its product with a vector: --program";
            return self.messages.push(Diagnostic::error("hessian-too-large", start(), message).help(help));
        }
        self.entries = vec![None; n * n];
        if lines.is_empty() {
            let names: Vec<&str> =
                self.model.program.parameters.iter().map(|p| p.name.as_str()).take(2).collect();
            let help = format!("write for example d2L/d{}d{} = ...", names[0], names[names.len() - 1]);
            let message = "there is no second derivative";
            return self.messages.push(Diagnostic::error("hessian-incomplete", start(), message).help(help));
        }
        for line in lines {
            let definition = formulas.definitions.iter().find(|d| d.name == line.stand_in);
            let Some(definition) = definition else { continue };
            match left::read(&line.written, &self.model.program.parameters) {
                Some(Left::Entry(i, j)) => self.give(i * n + j, definition.term, line),
                Some(Left::Whole) => self.whole(n, definition.term, line),
                None => {
                    self.error("unknown-component", line, "this is by what the model does not have".into());
                }
            }
        }
    }

    fn error(&mut self, code: &'static str, line: &Line, label: String) {
        let names: Vec<String> =
            self.model.program.parameters.iter().map(|p| p.entry_name(0)).take(6).collect();
        let message = format!("'{}' is no second derivative of this model", line.written);
        let help = format!("the parameters are {}", names.join(", "));
        self.messages.push(Diagnostic::error(code, line.span, message).label(label).help(help));
    }

    fn whole(&mut self, n: usize, term: Term, line: &Line) {
        let dims = self.model.program.arena.dims(term);
        if dims.len() != n * n {
            return self.error("shape", line, format!("it is {dims}, and the model has {n} parameters"));
        }
        for k in 0..n * n {
            let arena = &self.model.program.arena;
            // The terms of the list's items are in the arena; what picks one may not be.
            let Some(entry) = picked(arena, term, k) else {
                return self.error("shape", line, "write it as a list of rows: H = [[..], [..]]".into());
            };
            self.give(k, entry, line);
        }
    }

    fn give(&mut self, at: usize, term: Term, line: &Line) {
        let shape = self.model.program.arena.shape(term);
        if !shape.dims.is_scalar() {
            return self.error("shape", line, format!("it is {}, and should be one number", shape.dims));
        }
        if shape.per_row {
            let message =
                format!("{} has no sum over the rows: read as its value in the last row", line.written);
            let warning = Diagnostic::warning("no-sum", line.span, message).label("one value for each row");
            self.messages.push(warning.help("write sum(...) or mean(...) around what depends on the row"));
        }
        if self.entries[at].replace(term).is_some() {
            self.error("name-taken", line, "this entry is given twice".into());
        }
    }
}

/// One entry of a list that is written out.
fn picked(arena: &whygrad_expr::arena::Arena, term: Term, entry: usize) -> Option<Term> {
    if arena.dims(term).is_scalar() {
        return Some(term);
    }
    match arena.op(term) {
        Op::Place(a, at, _) if at == entry => Some(a),
        Op::Zip(whygrad_expr::op::Zip::Add, a, b) => {
            picked(arena, a, entry).or_else(|| picked(arena, b, entry))
        }
        _ => None,
    }
}

fn start() -> Span {
    Span { start: 0, end: 1 }
}

/// The text with names in the place of the left sides that are second derivatives, of the same length.
fn rewritten(text: &str, model_text: &str) -> (String, Vec<Line>) {
    let mut out = text.to_owned();
    let mut lines: Vec<Line> = Vec::new();
    let (mut at, mut depth, mut number) = (0, 0i32, 0);
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or("");
        let equals = (depth == 0).then(|| equals(code)).flatten();
        depth = (depth
            + code.chars().map(|c| i32::from("([{".contains(c)) - i32::from(")]}".contains(c))).sum::<i32>())
        .max(0);
        if let Some(equals) = equals {
            let left = code[..equals].trim_end_matches([':', '&', ' ', '\t']);
            let trimmed = left.trim_start_matches([' ', '\t', '$', '&']);
            let from = at + left.len() - trimmed.len();
            if !trimmed.is_empty() && left::is_second(trimmed) {
                let known = lines.iter().find(|l| l.written == trimmed).map(|l| l.stand_in.clone());
                let stand_in =
                    known.unwrap_or_else(|| next_name(&mut number, trimmed.len(), &[text, model_text]));
                let padded = format!("{stand_in:<width$}", width = trimmed.len());
                let span = Span { start: from, end: from + trimmed.len() };
                out.replace_range(span.start..span.end, &padded);
                lines.push(Line { stand_in, written: trimmed.to_owned(), span });
            }
        }
        at += line.len();
    }
    // A line may use another: the same text stands for the same thing.
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let mut by_length: Vec<&Line> = lines.iter().filter(|l| l.written.len() > 1).collect();
    by_length.sort_by_key(|l| usize::MAX - l.written.len());
    for line in by_length {
        let mut from = 0;
        while let Some(found) = out[from..].find(line.written.as_str()) {
            let (start, end) = (from + found, from + found + line.written.len());
            from = end;
            if !out[..start].ends_with(part) && !out[end..].starts_with(part) {
                let padded = format!("{:<width$}", line.stand_in, width = line.written.len());
                out.replace_range(start..end, &padded);
            }
        }
    }
    (out, lines)
}

/// A name in capital letters, as text and LaTeX both read it, that nobody uses and that is short enough.
fn next_name(number: &mut usize, most: usize, texts: &[&str]) -> String {
    loop {
        let k = *number;
        *number += 1;
        let letter = |k: usize| char::from(b'A' + (k % 26) as u8);
        let name =
            if most < 3 { letter(k + 7).to_string() } else { format!("Q{}{}", letter(k / 26), letter(k)) };
        if k > 676 || !texts.iter().any(|text| text.contains(&name)) || (most < 3 && k == 0) {
            return name;
        }
    }
}

/// Where the left side of a line ends.
fn equals(code: &str) -> Option<usize> {
    let mut depth = 0i32;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 0 => return (!code[at + 1..].starts_with('=')).then_some(at),
            _ => {}
        }
    }
    None
}

fn in_own_words(message: &mut Diagnostic, lines: &[Line]) {
    let texts = [&mut message.message, &mut message.label].into_iter().chain(&mut message.help);
    for text in texts {
        for line in lines.iter().filter(|l| l.stand_in.len() > 1) {
            *text = text.replace(&line.stand_in, &line.written);
        }
    }
}
