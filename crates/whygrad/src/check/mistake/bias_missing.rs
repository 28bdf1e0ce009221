//! A component that is always 0.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "component-left-out",
        kind: Kind::MissingBias,
        title: "a component is left out: its derivative is 0 everywhere",
        why: "z contains the bias with the factor 1, so that dz/db = 1 and not 0.",
        source: "the derivative of z = W a + b by b",
    },
    finders: &[],
};

/// The edits that make a component 0.
pub(crate) fn edits(lab: &mut Lab<'_>, is_bias: bool, layer: &str, stage: usize) -> Vec<EditId> {
    let name = ENTRY.page.name;
    if is_bias {
        return vec![lab.edit(name, stage, 0, || {
            let what =
                format!("the biases of '{layer}' are left out of the gradient: they keep their start value");
            EditText::new(Kind::MissingBias, 1.0, what, "dL/db = 0", "dL/db = sum over rows of delta")
        })];
    }
    let out = lab.edit(name, stage, 1, || {
        let what = "the component is left out of the gradient: it is 0 everywhere".to_owned();
        EditText::new(Kind::Other, 1.2, what, "dL/dw = 0", "dL/dw = sum over rows of delta * input")
    });
    let index = lab.edit(name, stage, 2, || {
        let what =
            "the derivative is 0, as by a variable that does not occur: an index of another one".to_owned();
        EditText::new(Kind::WrongVariable, 1.3, what, "dz/dw = 0", "dz/dw = the weight's input")
    });
    vec![out, index]
}
