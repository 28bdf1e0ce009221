//! One row for all of them, or sums taken before the product.

use whygrad_expr::arena::Term;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditText, Path};
use crate::check::search::lab::Lab;
use crate::check::search::site::{ErrorSite, Finder, GradientSite, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "rows-reduced",
        kind: Kind::WrongReduction,
        title: "the sum over the rows covers the wrong thing",
        why: "Each row has its own error and its own input: the products are added up, not multiplied after adding, and no row is left out.",
        source: "linearity of the derivative",
    },
    finders: &[Finder::WeightGradient(weights), Finder::Error(errors)],
};

fn weights(lab: &mut Lab<'_>, site: &GradientSite<'_>, found: &mut Vec<Variant>) {
    let Some(input) = site.input else { return };
    let mut all: Vec<(Term, String, f64, Kind)> = Vec::new();
    let sum_delta = lab.sum_rows(site.delta);
    let sum_input = lab.sum_rows(input);
    for (mask, name) in [(lab.last_row, "last"), (lab.first_row, "first")] {
        let masked = lab.mul(input, mask);
        let row = lab.sum_rows(masked);
        let term = lab.outer(sum_delta, row);
        let words =
            format!("the input stands outside the sum: the errors of all rows times the {name} row's input");
        all.push((term, words, 1.1, Kind::WrongVariable));
        let masked = lab.mul(site.delta, mask);
        let row = lab.sum_rows(masked);
        let term = lab.outer(row, sum_input);
        all.push((
            term,
            format!("the error of the {name} row times the inputs of all rows"),
            1.3,
            Kind::WrongReduction,
        ));
    }
    let term = lab.outer(sum_delta, sum_input);
    all.push((
        term,
        "the sum of the errors times the sum of the inputs".to_owned(),
        1.1,
        Kind::WrongReduction,
    ));
    let layer = &site.affine.name;
    for (tag, (term, words, price, kind)) in all.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage, tag as u32, || {
            EditText::new(
                kind,
                price,
                format!("{words}, in '{layer}'"),
                &site.weight_line(&words),
                &site.right(),
            )
        });
        found.push((term, edit));
    }
}

/// The error of a layer in one row only, so that the sum over the rows is that row.
pub(crate) fn masked(lab: &mut Lab<'_>, stage: usize, layer: &str, path: &Path) -> Vec<Path> {
    let mut found = Vec::new();
    for (tag, (mask, name)) in [(lab.last_row, "last"), (lab.first_row, "first")].into_iter().enumerate() {
        let term = lab.mul(path.term, mask);
        let edit = lab.edit(ENTRY.page.name, stage, 100 + tag as u32, || {
            let words = format!("only the {name} row is in the sum over the rows");
            let right = format!("dL/dW_{layer} = sum over all rows of delta_{layer} * input'");
            EditText::new(Kind::WrongReduction, 1.15, format!("{words}, in '{layer}'"), &words, &right)
        });
        found.push(path.with(term, edit));
    }
    found
}

/// The error of one row only, from the loss on.
fn errors(lab: &mut Lab<'_>, site: &ErrorSite<'_>, found: &mut Vec<Variant>) {
    for (tag, (mask, name)) in [(lab.last_row, "last"), (lab.first_row, "first")].into_iter().enumerate() {
        let term = lab.mul(site.error, mask);
        let edit = lab.edit(ENTRY.page.name, usize::MAX, tag as u32, || {
            let words = format!("only the {name} row is in the sum over the rows");
            EditText::new(Kind::WrongReduction, 1.1, words.clone(), &words, "the sum over all rows")
        });
        found.push((term, edit));
    }
}
