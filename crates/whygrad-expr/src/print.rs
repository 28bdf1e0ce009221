//! Terms as people write them: the model language, LaTeX and MathML.
//!
//! `view` says once what a term is to a reader (a sum, a product, `relu(z)`); each notation is
//! one file that writes it down. Text is the model language and reads back to the same term.
//! LaTeX and MathML share `paper`, which lays a term out as on paper: fractions, roots, sums
//! with what does not change pulled out, juxtaposed names.
//!
//! A term is written from left to right with a stack of what is still to be written, so that a
//! sum of 20,000 terms takes linear time and no deep recursion.

mod latex;
mod mark;
mod mathml;
mod names;
mod paper;
mod text;
mod view;

#[cfg(test)]
mod tests;

use crate::arena::{Arena, Term};
pub use names::Names;

/// A way to write mathematics down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notation {
    /// The model language: `-2/n*sum(e*x1)`.
    Text,
    /// LaTeX for math mode; amsmath is enough.
    Latex,
    /// A fragment of presentation MathML, to stand in a `<math>` element.
    MathMl,
}

/// A term written out.
///
/// A part that has a name prints as that name; the term itself is always written out.
pub fn expression(arena: &Arena, term: Term, names: &Names, notation: Notation) -> String {
    match notation {
        Notation::Text => text::write(&view::Reader::of_text(arena, names, term)),
        Notation::Latex => {
            let mut pen = latex::Latex::default();
            paper::write(&view::Reader::of_paper(arena, names, term), &mut pen);
            pen.finish()
        }
        Notation::MathMl => {
            let mut pen = mathml::MathMl::default();
            paper::write(&view::Reader::of_paper(arena, names, term), &mut pen);
            pen.finish()
        }
    }
}

/// A name as the notation writes it: `delta_hidden` is `\delta_{\mathrm{hidden}}` in LaTeX.
pub fn name(name: &str, notation: Notation) -> String {
    match notation {
        Notation::Text => name.to_owned(),
        Notation::Latex => latex::glyph(&names::glyph_of(name)),
        Notation::MathMl => mathml::glyph(&names::glyph_of(name)),
    }
}

/// The shortest digits that read back to the number, which is not negative: `0.1`, `3`, `1e-20`.
fn digits(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value == 0.0 || (1e-5..1e16).contains(&value) || value.is_infinite() {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}
