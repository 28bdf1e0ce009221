//! The whole derivative times a number.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "constant-factor",
        kind: Kind::ConstantFactor,
        title: "a constant factor",
        why: "The square brings a factor 2 unless the loss has 1/2 in front of it; it is part of the gradient of the loss as written.",
        source: "the power rule",
    },
    finders: &[],
};

/// The edit of a factor that is positive and not 1.
pub(crate) fn edit(lab: &mut Lab<'_>, factor: f64) -> EditId {
    let outputs = lab.model.program.target_width().max(1) as f64;
    let own = lab.model.loss_text.clone();
    // One number, though each component gives it with a rounding of its own.
    let tag = (factor.ln() * 1e6).round() as i64 as u32;
    lab.edit(ENTRY.page.name, usize::MAX, tag, || {
        let (shown, price) = shown(factor, outputs);
        let hint = if factor == 0.5 {
            ": right for half the loss, as where the 2 of the square is cancelled by 1/2"
        } else if factor == 2.0 {
            ": right for twice the loss, as where the 1/2 in front of the square is forgotten"
        } else {
            ""
        };
        let what = format!("a factor {shown} that {own} does not have{hint}");
        EditText::new(Kind::ConstantFactor, price, what, &format!("{shown} * dL/dw"), "dL/dw")
    })
}

fn shown(factor: f64, outputs: f64) -> (String, f64) {
    let usual = [(2.0, "2"), (0.5, "1/2"), (4.0, "4"), (0.25, "1/4"), (3.0, "3"), (1.0 / 3.0, "1/3")];
    if outputs > 1.0 && outputs != 2.0 {
        if factor == outputs {
            return (format!("{outputs} (the number of outputs)"), 1.0);
        }
        if factor == 1.0 / outputs {
            return (format!("1/{outputs} (one over the number of outputs)"), 1.0);
        }
    }
    match usual.iter().find(|u| u.0 == factor) {
        Some((value, text)) if *value == 2.0 || *value == 0.5 => ((*text).to_owned(), 1.0),
        Some((_, text)) => ((*text).to_owned(), 1.3),
        None => (format!("{factor:.6}"), 1.9),
    }
}
