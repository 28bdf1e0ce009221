//! Weights that were changed before they were used.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, Variant, WeightSite};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "stale-value",
        kind: Kind::StaleValue,
        title: "weights that were updated before they were used",
        why: "The gradient belongs to one point: all of it is computed with the old weights, and only then are they changed.",
        source: "Rumelhart, Hinton and Williams 1986",
    },
    finders: &[Finder::Weights(updated)],
};

fn updated(lab: &mut Lab<'_>, site: &WeightSite<'_>, found: &mut Vec<Variant>) {
    for (index, &(w, _)) in site.updated.iter().enumerate() {
        let edit = edit(lab, site, index);
        found.push((lab.send_back(w, site.delta), edit));
    }
}

/// The layers below were changed before this one's gradient was computed.
pub(crate) fn early(lab: &mut Lab<'_>, stage: usize, layer: &str) -> EditId {
    lab.edit(ENTRY.page.name, stage, 100, || {
        let what = format!("the layers below '{layer}' were already updated when its gradient was computed");
        let (given, right) = ("dL/dW at the changed parameters", "dL/dW at the parameters before the step");
        EditText::new(Kind::StaleValue, 1.1, what, given, right)
    })
}

/// The step was taken over all rows (0, 1), or after each row (2, 3).
pub(crate) fn edit(lab: &mut Lab<'_>, site: &WeightSite<'_>, index: usize) -> EditId {
    let (layer, below) = site.names();
    lab.edit(ENTRY.page.name, site.stage, index as u32, || {
        let when = if index < 2 { "already updated" } else { "already updated, row by row," };
        let what = format!("the weights of '{layer}' were {when} when its error was sent back to '{below}'");
        let right = site.line(&format!("W_{layer}' * delta_{layer}"));
        let given = site.line(&format!("(W_{layer} - rate*dL/dW_{layer})' * delta_{layer}"));
        EditText::new(Kind::StaleValue, 1.0 + 0.1 * index as f64, what, &given, &right)
    })
}
