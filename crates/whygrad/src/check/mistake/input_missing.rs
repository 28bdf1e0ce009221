//! The input of a weight is left out of its derivative.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, GradientSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "input-missing",
        kind: Kind::MissingFactor,
        title: "the input of the weight is left out",
        why: "A weight acts on z as a factor of its input, so that the input is the factor of its derivative; only a bias has the factor 1.",
        source: "Rumelhart, Hinton and Williams 1986, equation 7",
    },
    finders: &[Finder::WeightGradient(left_out)],
};

fn left_out(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    let Some(input) = site.input else { return };
    let one = lab.number(1.0);
    let ones = lab.fill(one, lab.dims(input));
    let term = lab.sum_outer(site.delta, ones);
    let layer = &site.affine.name;
    let edit = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what =
            format!("the factor {}, the input of the weight, is left out in '{layer}'", site.input_name());
        let given = site.weight_line(&format!("sum over rows of delta_{layer}"));
        EditText::new(Kind::MissingFactor, 1.0, what, &given, &site.right())
    });
    found.push((term, edit));
}
