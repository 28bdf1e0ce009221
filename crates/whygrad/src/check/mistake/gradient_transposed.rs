//! A weight gradient with rows and columns exchanged.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, GradientSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "gradient-transposed",
        kind: Kind::Transposed,
        title: "the gradient of the weights is transposed",
        why: "The weight from input j to unit i gets the error of unit i times input j; with as many units as inputs nothing complains when the two are exchanged.",
        source: "the outer product of error and input",
    },
    finders: &[Finder::WeightGradient(transposed)],
};

fn transposed(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    let Some(input) = site.input.filter(|_| site.units == site.inputs && site.units > 1) else { return };
    let term = lab.sum_outer(input, site.delta);
    let layer = &site.affine.name;
    let edit = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what = format!("the gradient of the weights of '{layer}' is transposed");
        let given = site.weight_line(&format!("sum over rows of {} * delta_{layer}'", site.input_name()));
        EditText::new(Kind::Transposed, 1.0, what, &given, &site.right())
    });
    found.push((term, edit));
}
