//! A gradient the person wrote, as lines `dw1 = ...` in the names of the model.
//!
//! The model's text and the gradient's are parsed as one, so that the formulas know the model's functions and
//! letters mean the same in both. `lines` finds the statements, `left` says what a left side stands for, `names`
//! what the right sides may use, `written` which derivative each formula is. Training wants all of them, and
//! one number for each ([`OwnGradient::components`]); a check takes what there is.

mod give;
mod left;
mod lines;
mod names;
mod outside;
mod written;

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::program::Parameter;
use whygrad_expr::shape::Dims;
use whygrad_expr::simplify::Simplifier;
use whygrad_expr::syntax::ast::Span;

pub(crate) use written::Written;

/// The model's text and the gradient's, read as one.
pub(crate) struct OwnGradient {
    /// Both texts, as they are parsed.
    pub(crate) text: String,
    /// Both texts as the person wrote them.
    pub(crate) shown: String,
    /// Where the gradient's begins, in both.
    pub(crate) from: usize,
    /// Not only `dw1` is a name for a derivative, some may be left out, and names may be defined anew.
    pub(crate) generous: bool,
    /// Left sides that the language does not allow (`dhidden.W[0,1]`), by the names that stand for them.
    stand_ins: Vec<(String, String)>,
    /// What those names begin with and nothing else does.
    prefix: String,
    /// The names given to formulas without a left side.
    bare: Vec<String>,
    /// Which piece of `text` is which of `shown`, in order.
    pieces: Vec<Piece>,
}

/// A piece of both texts.
struct Piece {
    text: Span,
    shown: Span,
    /// False where a name stands in for what was written.
    same: bool,
}

impl OwnGradient {
    /// Puts both texts together.
    pub(crate) fn join(model: &str, gradient: &str, generous: bool) -> OwnGradient {
        let text = format!("{}\n", model.trim_end());
        let shown = format!("{text}{gradient}");
        let mut prefix = "Qz".to_owned();
        while shown.contains(&prefix) {
            prefix.push('z');
        }
        let mut own = OwnGradient {
            shown,
            prefix,
            from: text.len(),
            text,
            generous,
            stand_ins: vec![],
            bare: vec![],
            pieces: vec![],
        };
        let lines = lines::lines(gradient);
        let named: Vec<Option<String>> = lines
            .iter()
            .map(|line| {
                let left = line.left(gradient).filter(|left| !line.latex && is_special(left));
                let bare = generous && line.is_bare(gradient);
                left.or(bare.then_some("the formula")).map(|written| own.stand_in(written.to_owned()))
            })
            .collect();
        let mut copied = 0;
        for (line, name) in lines.iter().zip(named) {
            let Some(name) = name else { continue };
            let start = line.span.start;
            own.copy(gradient, copied, start);
            copied = start;
            if let Some(left) = line.left(gradient) {
                copied += left.len();
                own.push(&name, start, copied, false);
            } else {
                own.push(&format!("{name} = "), start, start, false);
                own.bare.push(name);
            }
        }
        own.copy(gradient, copied, gradient.len());
        own
    }

    /// A name of letters alone, as LaTeX and text both read it, that nobody uses.
    fn stand_in(&mut self, written: String) -> String {
        let mut name = self.prefix.clone();
        let mut number = self.stand_ins.len();
        loop {
            name.push(char::from(b'a' + (number % 26) as u8));
            number /= 26;
            if number == 0 {
                break;
            }
        }
        name.push('Q');
        self.stand_ins.push((name.clone(), written));
        name
    }

    /// Takes over what was written; where it names a line such as `dL/dz`, which the language would read as a
    /// quotient, the line's name stands in.
    fn copy(&mut self, gradient: &str, mut start: usize, end: usize) {
        while let Some((at, written, name)) = self.quotient(&gradient[start..end]) {
            self.push(&gradient[start..start + at], start, start + at, true);
            start += at;
            self.push(&name, start, start + written, false);
            start += written;
        }
        self.push(&gradient[start..end], start, end, true);
    }

    /// The first place in a text that names a quotient on the left of some line: the longest of them, its length, and
    /// what stands in for it.
    fn quotient(&self, text: &str) -> Option<(usize, usize, String)> {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '∂');
        let quotients = self.stand_ins.iter().filter(|s| self.generous && s.1.contains(['/', '∂']));
        let places = quotients.filter_map(|(name, written)| {
            let alone = move |at: &usize| {
                let (before, after) = (&text[..*at], &text[*at + written.len()..]);
                !before.ends_with(part) && !after.starts_with(|c| part(c) || matches!(c, '[' | '.'))
            };
            let found = text.match_indices(written.as_str()).map(|(at, _)| at).find(alone);
            found.map(|at| (at, written.len(), name.clone()))
        });
        places.min_by_key(|&(at, length, _)| (at, usize::MAX - length))
    }

    fn push(&mut self, parsed: &str, start: usize, end: usize, same: bool) {
        let at = self.text.len();
        self.text.push_str(parsed);
        let text = Span { start: at, end: self.text.len() };
        let shown = Span { start: self.from + start, end: self.from + end };
        self.pieces.push(Piece { text, shown, same });
    }

    /// The place in the texts as written of a place in the text as parsed.
    pub(crate) fn place(&self, span: Span) -> Span {
        if span.start < self.from {
            return span;
        }
        let piece = |at: usize| {
            let index = self.pieces.partition_point(|p| p.text.start <= at).checked_sub(1)?;
            self.pieces.get(index)
        };
        let inside = |p: &Piece, at: usize| (p.shown.start + at - p.text.start).min(p.shown.end);
        let start = |p: &Piece| if p.same { inside(p, span.start) } else { p.shown.start };
        let end = |p: &Piece| if p.same { inside(p, span.end) } else { p.shown.end };
        let start = piece(span.start).map_or(self.shown.len(), start);
        let end = piece(span.end.saturating_sub(1)).map_or(self.shown.len(), end);
        Span { start, end: end.max(start) }
    }

    /// A place in the gradient's own text.
    pub(crate) fn own_place(&self, span: Span) -> Span {
        let span = self.place(span);
        Span { start: span.start.saturating_sub(self.from), end: span.end.saturating_sub(self.from) }
    }

    /// The messages in the words of the person and at their places, without the stand-ins.
    pub(crate) fn in_own_words(&self, messages: &mut [Diagnostic]) {
        for message in messages {
            message.span = message.span.map(|span| self.place(span));
            if let Some(text) = self.with_own_line(&message.message) {
                message.message = text;
            }
            for (stand_in, written) in &self.stand_ins {
                let texts = [&mut message.message, &mut message.label].into_iter().chain(&mut message.help);
                for text in texts.filter(|text| text.contains(stand_in.as_str())) {
                    *text = text.replace(stand_in.as_str(), written);
                }
            }
        }
    }

    /// A message that names a line of the text as parsed, with the line of the gradient's text.
    fn with_own_line(&self, message: &str) -> Option<String> {
        let (before, rest) = message.split_once(" of line ")?;
        let (line, rest) = rest.split_once(", column ")?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (line, column): (usize, usize) = (line.parse().ok()?, rest[..digits].parse().ok()?);
        let start: usize = self.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let at = self.text.get(start..)?.char_indices().nth(column.checked_sub(1)?)?.0 + start;
        if at < self.from {
            return None;
        }
        let place = self.place(Span { start: at, end: at + 1 }).start;
        let own = self.shown.get(self.from..place)?;
        let begin = own.rfind('\n').map_or(0, |newline| newline + 1);
        let (line, column) = (own.matches('\n').count() + 1, own[begin..].chars().count() + 1);
        Some(format!("{before} of line {line}, column {column}{}", &rest[digits..]))
    }

    /// What was written on the left.
    fn left<'a>(&'a self, name: &'a str) -> &'a str {
        self.stand_ins.iter().find(|s| s.0 == name).map_or(name, |s| s.1.as_str())
    }

    /// The derivatives in the order of the parameters, each with its parameter's shape; what is missing or has
    /// one value for each row is said.
    pub(crate) fn components(
        &self,
        written: &Written,
        arena: &mut Arena,
        parameters: &[Parameter],
        messages: &mut Vec<Diagnostic>,
    ) -> Vec<Term> {
        let last = self.text[self.from..].trim_end();
        let start = self.from + last.rfind('\n').map_or(0, |at| at + 1);
        let end = Span { start, end: self.from + last.len() };
        let mut gradient = Vec::new();
        let mut missing = Vec::new();
        for (index, p) in parameters.iter().enumerate() {
            let term = written.whole(index).map(|term| Simplifier::new(arena).simplify(term));
            let Some(term) = term.or_else(|| by_entries(written, index, p, arena)) else {
                missing.push(format!("d{}", p.name));
                continue;
            };
            if arena.shape(term).per_row {
                let span = written.left_of(index).unwrap_or(end);
                messages.push(
                    Diagnostic::error(
                        "gradient-per-row",
                        span,
                        format!("d{} has one value for each row", p.name),
                    )
                    .label("a derivative of the loss is one number for all rows")
                    .help("write sum(...) or mean(...) around what depends on the row"),
                );
            }
            let dims = Dims::from_declared(&p.shape).unwrap_or(Dims::Scalar);
            gradient.push(Simplifier::new(arena).fill(term, dims));
        }
        if let Some(first) = missing.first() {
            messages.push(
                Diagnostic::error(
                    "gradient-incomplete",
                    end,
                    format!("the gradient lacks {}", missing.join(", ")),
                )
                .label("expected one line for each parameter")
                .help(format!("write {first} = ...")),
            );
        }
        gradient
    }
}

/// A left side that the language does not allow, but a gradient may have.
fn is_special(left: &str) -> bool {
    !left.contains(['(', '"', '\'']) && left.contains(['/', '.', '[', '∂', '∇'])
}

/// A parameter whose entries have a line each.
fn by_entries(written: &Written, index: usize, p: &Parameter, arena: &mut Arena) -> Option<Term> {
    let entries: Vec<Term> = (0..p.len()).map(|k| written.entry(index, k)).collect::<Option<_>>()?;
    let dims = Dims::from_declared(&p.shape).unwrap_or(Dims::Scalar);
    let mut builder = Simplifier::new(arena);
    let mut sum = None;
    for (k, &entry) in entries.iter().enumerate() {
        let entry = builder.simplify(entry);
        let placed = if dims.is_scalar() { entry } else { builder.build(Op::Place(entry, k, dims)) };
        sum = Some(match sum {
            Some(sum) => builder.build(Op::Zip(Zip::Add, sum, placed)),
            None => placed,
        });
    }
    sum
}

/// What is said of the model, and of the gradient in its own text. A gradient in the place of the derived one has no
/// text beside the model's: what is said of it stands with the model's messages, without a place.
pub(crate) fn by_text(
    messages: Vec<Diagnostic>,
    own: Option<&OwnGradient>,
) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let Some(own) = own else { return (messages, vec![]) };
    let of_model = |m: &Diagnostic| m.span.is_none_or(|span| span.start < own.from);
    let (mut of_model, mut said): (Vec<_>, Vec<_>) = messages.into_iter().partition(of_model);
    own.in_own_words(&mut said);
    for message in &mut said {
        let moved = |s: Span| Span { start: s.start - own.from, end: s.end - own.from };
        message.span = message.span.filter(|_| own.generous).map(moved);
    }
    if own.generous {
        return (of_model, said);
    }
    of_model.append(&mut said);
    (of_model, vec![])
}
