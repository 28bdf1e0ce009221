//! The error `y_hat - y` with something else in its place.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::EditText;
use crate::check::search::lab::Lab;
use crate::check::search::site::{ErrorSite, Finder, Variant};

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "error-wrong",
        kind: Kind::WrongVariable,
        title: "something else stands where the error y_hat - y belongs",
        why: "The backward pass starts with the derivative of the loss by the outputs; for a squared error that is a multiple of y_hat - y.",
        source: "the derivative of the loss",
    },
    finders: &[Finder::Error(wrong)],
};

fn wrong(lab: &mut Lab<'_>, site: &ErrorSite<'_>, found: &mut Vec<Variant>) {
    let Some(y) = lab.target else { return };
    let a = site.chain.prediction;
    let difference = lab.sub(a, y);
    let dims = lab.dims(a);
    let mut terms = Vec::new();
    let plus = lab.add(a, y);
    let square = lab.square(difference);
    let one = lab.number(1.0);
    for (other, written, kind, price) in [
        (plus, "y_hat + y", Kind::Sign, 1.2),
        (a, "y_hat", Kind::WrongVariable, 1.3),
        (y, "y", Kind::WrongVariable, 1.3),
        (square, "(y_hat - y)^2", Kind::WrongLossDerivative, 1.3),
        (one, "1", Kind::MissingFactor, 1.2),
    ] {
        let share = lab.div(other, difference);
        terms.push((lab.mul(site.error, share), written.to_owned(), kind, price));
    }
    if let Some(z) = site.pre_activation()
        && let Some(error) = lab.of(site.error, a, z)
        && error != site.error
    {
        terms.push((error, "z - y".to_owned(), Kind::WrongVariable, 1.2));
    }
    let rows = lab.sum_rows(site.error);
    let n = lab.row_count();
    let mean = lab.div(rows, n);
    terms.push((mean, "the mean error of all rows".to_owned(), Kind::WrongReduction, 1.3));
    if !dims.is_scalar() {
        for (shift, name) in [(1, "next"), (dims.len() - 1, "previous")] {
            let order: Vec<Option<usize>> = (0..dims.len()).map(|k| Some((k + shift) % dims.len())).collect();
            let other = lab.gather(y, &order);
            if let Some(error) = lab.of(site.error, y, other) {
                terms.push((
                    error,
                    format!("the error with the {name} output's target"),
                    Kind::WrongVariable,
                    1.3,
                ));
            }
            let turned = lab.sub(a, other);
            let share = lab.div(turned, difference);
            let error = lab.mul(site.error, share);
            terms.push((error, format!("y_hat minus the {name} output's target"), Kind::WrongVariable, 1.35));
        }
        let sum = lab.sum_entries(site.error);
        terms.push((
            lab.fill(sum, dims),
            "the sum of the errors of all outputs".to_owned(),
            Kind::WrongReduction,
            1.3,
        ));
        for (k, name) in [(0, "first"), (dims.len() - 1, "last")] {
            let picked = lab.pick(site.error, k);
            terms.push((
                lab.fill(picked, dims),
                format!("the error of the {name} output"),
                Kind::WrongVariable,
                1.4,
            ));
        }
    }
    for (tag, (term, written, kind, price)) in terms.into_iter().enumerate() {
        let edit = lab.edit(ENTRY.page.name, site.stage(), tag as u32, || {
            let what = format!("{written} stands where the error y_hat - y belongs");
            EditText::new(kind, price, what, &format!("error = {written}"), "error = y_hat - y")
        });
        found.push((term, edit));
    }
}
