//! A gradient summed over the units of a layer as well.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{Finder, GradientSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "units-summed",
        kind: Kind::WrongReduction,
        title: "summed over the units as well as over the rows",
        why: "Each unit has parameters of its own, so that only the rows are summed over and every unit keeps its own error.",
        source: "linearity of the derivative",
    },
    finders: &[Finder::BiasGradient(biases), Finder::WeightGradient(weights)],
};

fn biases(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    if site.units < 2 {
        return;
    }
    let rows = lab.sum_rows(site.delta);
    let sum = lab.sum_entries(rows);
    let term = lab.fill(sum, lab.dims(site.delta));
    let layer = &site.affine.name;
    let edit = lab.edit(ENTRY.page.name, site.stage, 0, || {
        let what = format!(
            "the bias gradient of '{layer}' is summed over the units too: one number for all of them"
        );
        EditText::new(
            Kind::WrongReduction,
            1.0,
            what,
            &site.bias_line(&format!("sum(delta_{layer})")),
            &site.right_bias(),
        )
    });
    found.push((term, edit));
    for (tag, unit) in [(1, 0), (2, site.units - 1)] {
        let one = lab.pick(rows, unit);
        let term = lab.fill(one, lab.dims(site.delta));
        let edit = lab.edit(ENTRY.page.name, site.stage, tag, || {
            let what = format!("every unit of '{layer}' gets the bias gradient of unit {unit}");
            let given = site.bias_line(&format!("sum over rows of delta_{layer}[{unit}]"));
            EditText::new(Kind::WrongVariable, 1.3, what, &given, &site.right_bias())
        });
        found.push((term, edit));
    }
}

fn weights(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    let Some(input) = site.input else { return };
    let layer = &site.affine.name;
    let mut all = Vec::new();
    if site.units > 1 {
        let sum = lab.sum_entries(site.delta);
        let filled = lab.fill(sum, lab.dims(site.delta));
        all.push((
            lab.sum_outer(filled, input),
            format!("the errors of all units of '{layer}' are summed in its weight gradient"),
        ));
    }
    if site.inputs > 1 {
        let sum = lab.sum_entries(input);
        let filled = lab.fill(sum, lab.dims(input));
        all.push((
            lab.sum_outer(site.delta, filled),
            format!("the inputs of '{layer}' are summed in its weight gradient"),
        ));
        if site.units > 1 {
            let errors = lab.sum_entries(site.delta);
            let errors = lab.fill(errors, lab.dims(site.delta));
            all.push((
                lab.sum_outer(errors, filled),
                format!("the weight gradient of '{layer}' is summed to one number"),
            ));
        }
    }
    for (tag, (term, what)) in all.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, 10 + tag as u32, || {
            EditText::new(
                Kind::WrongReduction,
                1.2,
                what.clone(),
                &site.weight_line("a sum over units"),
                &site.right(),
            )
        });
        found.push((term, edit));
    }
}
