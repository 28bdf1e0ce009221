//! Weights that were changed before they were used.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
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
    let Some(w) = site.updated else { return };
    let (k, m) = (lab.len(site.delta), lab.len(site.inner));
    let (layer, below) = site.names();
    let mut terms = vec![lab.send_back(w, site.delta)];
    if k == m && m > 1 {
        terms.push(lab.mat_vec(w, site.delta));
    }
    for (tag, term) in terms.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what = format!(
                "the weights of '{layer}' were already updated when its error was sent back to '{below}'"
            );
            let right = site.line(&format!("W_{layer}' * delta_{layer}"));
            let given = site.line(&format!("(W_{layer} - rate*dL/dW_{layer})' * delta_{layer}"));
            EditText::new(Kind::StaleValue, 1.0 + tag as f64 * 0.5, what, &given, &right)
        });
        found.push((term, edit));
    }
}
