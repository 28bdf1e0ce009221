//! The step of descent, or the changed parameters, in the place of the gradient.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "update-returned",
        kind: Kind::Other,
        title: "the update instead of the gradient",
        why: "Gradient, step and changed parameters are three things: w_new = w - rate * gradient.",
        source: "gradient descent",
    },
    finders: &[],
};

/// The gradient times the learning rate.
pub(crate) fn step(lab: &mut Lab<'_>, factor: f64) -> EditId {
    let minus = factor < 0.0;
    lab.edit(ENTRY.page.name, usize::MAX, u32::from(minus), || {
        let sign = if minus { "-" } else { "" };
        let what = format!("this is the step {sign}rate * gradient, not the gradient");
        EditText::new(Kind::ConstantFactor, 1.2, what, &format!("{sign}rate * dL/dw"), "dL/dw")
    })
}

/// The parameters after a step.
pub(crate) fn moved(lab: &mut Lab<'_>, with_rate: bool) -> EditId {
    lab.edit(ENTRY.page.name, usize::MAX, 2 + u32::from(with_rate), || {
        let step = if with_rate { "rate * gradient" } else { "gradient" };
        let what = format!("these are the parameters after a step, w - {step}, not the gradient");
        EditText::new(Kind::Other, 1.2, what, &format!("w - {step}"), "dL/dw")
    })
}
