//! What earlier calls left is still in the answer.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "accumulation-not-reset",
        kind: Kind::AccumulationNotReset,
        title: "gradients of earlier calls are still in it",
        why: "Each gradient starts from zero; an array that is added to has to be cleared before the next batch.",
        source: "the definition of the gradient at one point",
    },
    finders: &[],
};

/// The answers differ by the gradients of the calls between them.
pub(crate) fn edit(lab: &mut Lab<'_>) -> EditId {
    lab.edit(ENTRY.page.name, usize::MAX, 0, || {
        let what = "each answer contains the gradients of the calls before it: the array is added to and never cleared".to_owned();
        EditText::new(Kind::AccumulationNotReset, 1.0, what, "g = g + dL/dw", "g = dL/dw")
    })
}

/// A share of the answer before is mixed in, as momentum does.
pub(crate) fn momentum(lab: &mut Lab<'_>, share: f64) -> EditId {
    lab.edit(ENTRY.page.name, usize::MAX, 1, || {
        let what = format!("{share:.3} of the answer before is mixed in, as momentum does: this is a velocity, not the gradient");
        EditText::new(Kind::AccumulationNotReset, 1.0, what, &format!("v = {share:.3}*v + dL/dw"), "dL/dw")
    })
}

/// The answers change from call to call in a way that has no name here.
pub(crate) fn unknown(lab: &mut Lab<'_>) -> EditId {
    lab.edit(ENTRY.page.name, usize::MAX, 2, || {
        let what =
            "asked twice the same, it answers differently: something is kept from call to call".to_owned();
        EditText::new(
            Kind::Other,
            1.0,
            what,
            "an answer that depends on earlier calls",
            "the same answer at the same point",
        )
    })
}
