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
        let mut copied = 0;
        for line in lines::lines(gradient) {
            let start = line.span.start;
            let left = line.left(gradient).filter(|left| !line.latex && is_special(left));
            if let Some(left) = left {
                own.copy(gradient, copied, start);
                let name = own.stand_in(left.to_owned());
                own.replace(&name, start, start + left.len());
                copied = start + left.len();
            } else if generous && line.is_bare(gradient) {
                own.copy(gradient, copied, start);
                let name = own.stand_in("the formula".to_owned());
                own.replace(&format!("{name} = "), start, start);
                own.bare.push(name);
                copied = start;
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

    fn copy(&mut self, gradient: &str, start: usize, end: usize) {
        self.push(&gradient[start..end], start, end, true);
    }

    fn replace(&mut self, by: &str, start: usize, end: usize) {
        self.push(by, start, end, false);
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
            for (stand_in, written) in &self.stand_ins {
                let texts = [&mut message.message, &mut message.label].into_iter().chain(&mut message.help);
                for text in texts.filter(|text| text.contains(stand_in.as_str())) {
                    *text = text.replace(stand_in.as_str(), written);
                }
            }
        }
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
