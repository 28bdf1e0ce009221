//! The parameter's value in the place of its derivative.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "value-for-gradient",
        kind: Kind::WrongVariable,
        title: "a parameter's value stands where its gradient belongs",
        why: "The value says where the parameter is, its gradient how the loss changes with it.",
        source: "the definition of the derivative",
    },
    finders: &[],
};

pub(crate) fn edit(lab: &mut Lab<'_>, is_bias: bool, layer: &str, stage: usize) -> EditId {
    lab.edit(ENTRY.page.name, stage, u32::from(is_bias), || {
        let (what, sign) = if is_bias { ("biases", "b") } else { ("weights", "W") };
        let what = format!("the values of the {what} of '{layer}' stand where their gradient belongs");
        EditText::new(
            Kind::WrongVariable,
            1.0,
            what,
            &format!("dL/d{sign} = {sign}"),
            &format!("dL/d{sign} = sum over rows of ..."),
        )
    })
}
