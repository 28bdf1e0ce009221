//! The next layer's weights are left out on the way back.

use whygrad_expr::arena::Term;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, Variant, WeightSite};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "weights-missing",
        kind: Kind::MissingFactor,
        title: "the next layer's weights are left out",
        why: "A unit acts on the loss through its weights to the next layer; the error that comes back is multiplied by them.",
        source: "Rumelhart, Hinton and Williams 1986, equation 9",
    },
    finders: &[Finder::Weights(left_out)],
};

fn left_out(lab: &mut Lab<'_>, site: &WeightSite<'_>, found: &mut Vec<Variant>) {
    let dims = lab.dims(site.inner);
    let sum = lab.sum_entries(site.delta);
    let mut terms: Vec<Term> = vec![lab.fill(sum, dims)];
    if lab.dims(site.delta) == dims && !dims.is_scalar() {
        terms.push(site.delta);
    }
    let (layer, below) = site.names();
    for (tag, term) in terms.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            let what =
                format!("the weights of '{layer}' are left out where its error is sent back to '{below}'");
            let (given, right) =
                (site.line(&format!("delta_{layer}")), site.line(&format!("W_{layer}' * delta_{layer}")));
            EditText::new(Kind::MissingFactor, 1.0, what, &given, &right)
        });
        found.push((term, edit));
    }
}
