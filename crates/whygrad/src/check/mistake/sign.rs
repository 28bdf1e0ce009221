//! The whole derivative with the wrong sign.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "sign",
        kind: Kind::Sign,
        title: "the sign is wrong",
        why: "The inner derivative of y - y_hat by y_hat is -1; the gradient points uphill, and descent subtracts it.",
        source: "the chain rule",
    },
    finders: &[],
};

/// The edit of a factor -1.
pub(crate) fn edit(lab: &mut Lab<'_>) -> EditId {
    lab.edit(ENTRY.page.name, usize::MAX, 0, || {
        let what =
            "the sign is reversed: a minus too many or too few, as in (y - y_hat) for (y_hat - y)".to_owned();
        EditText::new(Kind::Sign, 1.0, what, "-(dL/dw)", "dL/dw")
    })
}
