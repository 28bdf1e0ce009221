//! Right derivatives at each other's place.

use std::collections::BTreeSet;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "swapped-components",
        kind: Kind::SwappedComponents,
        title: "the derivative by another parameter",
        why: "Each component belongs to one parameter; the order of the parameters decides where it stands.",
        source: "the definition of the gradient",
    },
    finders: &[],
};

/// The derivatives of several components are a permutation of theirs.
pub(crate) fn permuted(lab: &mut Lab<'_>, group: u32, names: &str, transposed: bool) -> EditId {
    lab.edit(ENTRY.page.name, usize::MAX, group * 2, || {
        let (kind, what) = if transposed {
            (Kind::Transposed, format!("{names} are transposed: each is the derivative by its mirror image"))
        } else {
            (Kind::SwappedComponents, format!("the components {names} are right, but at each other's place"))
        };
        EditText::new(kind, 1.1, what, "the derivatives in another order", "the order of the parameters")
    })
}

/// One component is the derivative by another parameter, which has it too.
pub(crate) fn copied(lab: &mut Lab<'_>, from: usize, to: usize, name: &str) -> EditId {
    lab.edit(ENTRY.page.name, from, to as u32 * 2 + 1, || {
        let what = format!("this is the derivative by {name}");
        EditText::new(
            Kind::WrongVariable,
            1.25,
            what,
            &format!("dL/d({name})"),
            "the component's own derivative",
        )
    })
}

/// Components of one layer are at each other's place.
pub(crate) fn in_layer(lab: &mut Lab<'_>, stage: usize, layer: &str, offsets: &BTreeSet<usize>) -> EditId {
    // Offsets of one layer are few and near each other: their pattern tells permutations apart.
    let tag = offsets.iter().fold(1u32, |tag, &o| tag.wrapping_mul(31).wrapping_add(o as u32)) | 1 << 31;
    let parameters = &lab.model.program.parameters;
    let name = |o: usize| {
        let p = parameters.iter().find(|p| (p.offset..p.offset + p.len()).contains(&o));
        p.map(|p| p.entry_name(o - p.offset)).unwrap_or_default()
    };
    let names: Vec<String> = offsets.iter().take(6).map(|&o| name(o)).collect();
    let more = if offsets.len() > 6 { ", ..." } else { "" };
    let what = format!("in '{layer}', the components {}{more} are at each other's place", names.join(", "));
    lab.edit(ENTRY.page.name, stage, tag, || {
        let given = "the derivatives in another order";
        EditText::new(Kind::SwappedComponents, 1.1, what, given, "the order of the parameters")
    })
}
