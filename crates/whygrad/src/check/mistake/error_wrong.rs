//! The error `y_hat - y` with something else in its place.

use whygrad_expr::arena::Term;
use whygrad_expr::op::Function;

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

const LOSS_FOR_ERROR: &str = "squared-error-for-error";

/// An error, in words, what sort of mistake it is, and its price.
type Wrong = (Term, String, Kind, f64);

fn wrong(lab: &mut Lab<'_>, site: &ErrorSite<'_>, found: &mut Vec<Variant>) {
    let Some(y) = lab.target else { return };
    let mut errors = in_place_of_the_difference(lab, site, y);
    let a = site.chain.prediction;
    if let Some(z) = site.pre_activation()
        && let Some(error) = lab.of(site.error, a, z)
        && error != site.error
    {
        errors.push((error, "z - y".to_owned(), Kind::WrongVariable, 1.2));
    }
    let (rows, n) = (lab.sum_rows(site.error), lab.row_count());
    let mean = lab.div(rows, n);
    errors.push((mean, "the mean error of all rows".to_owned(), Kind::WrongReduction, 1.3));
    if !lab.dims(a).is_scalar() {
        errors.extend(of_other_outputs(lab, site, y));
    }
    for (tag, (term, written, kind, price)) in errors.into_iter().enumerate() {
        // The loss for its derivative has the loss's own factor, 1/2 or 1/n.
        let entry = if kind == Kind::WrongLossDerivative { LOSS_FOR_ERROR } else { ENTRY.page.name };
        let edit = lab.edit(entry, site.stage(), tag as u32, || {
            let what = format!("{written} stands where the error y_hat - y belongs");
            EditText::new(kind, price, what, &format!("error = {written}"), "error = y_hat - y")
        });
        found.push((term, edit));
    }
}

/// Other values with the factor that the loss gives to `y_hat - y`.
fn in_place_of_the_difference(lab: &mut Lab<'_>, site: &ErrorSite<'_>, y: Term) -> Vec<Wrong> {
    let a = site.chain.prediction;
    let difference = lab.sub(a, y);
    let (plus, square, one) = (lab.add(a, y), lab.square(difference), lab.number(1.0));
    let size = lab.map(Function::Abs, difference);
    let n = lab.row_count();
    let (times, all) = (lab.mul(n, a), lab.sum_rows(y));
    let broadcast = lab.sub(times, all);
    let mut errors = Vec::new();
    for (other, written, kind, price) in [
        (plus, "y_hat + y", Kind::Sign, 1.2),
        (a, "y_hat", Kind::WrongVariable, 1.3),
        (y, "y", Kind::WrongVariable, 1.3),
        (square, "(y_hat - y)^2", Kind::WrongLossDerivative, 1.3),
        (size, "|y_hat - y|", Kind::WrongLossDerivative, 1.3),
        (broadcast, "y_hat minus the targets of all rows (broadcast)", Kind::WrongReduction, 1.2),
        (one, "1", Kind::MissingFactor, 1.2),
    ] {
        let share = lab.div(other, difference);
        errors.push((lab.mul(site.error, share), written.to_owned(), kind, price));
    }
    errors
}

/// Errors of other outputs, and of all of them.
fn of_other_outputs(lab: &mut Lab<'_>, site: &ErrorSite<'_>, y: Term) -> Vec<Wrong> {
    let a = site.chain.prediction;
    let (dims, difference) = (lab.dims(a), lab.sub(a, y));
    let count = dims.len();
    let mut errors = Vec::new();
    for (shift, name) in [(1, "next"), (count - 1, "previous")] {
        let order: Vec<Option<usize>> = (0..count).map(|k| Some((k + shift) % count)).collect();
        let other = lab.gather(y, &order);
        if let Some(error) = lab.of(site.error, y, other) {
            let words = format!("the error with the {name} output's target");
            errors.push((error, words, Kind::WrongVariable, 1.3));
        }
        let turned = lab.sub(a, other);
        let share = lab.div(turned, difference);
        let words = format!("y_hat minus the {name} output's target");
        errors.push((lab.mul(site.error, share), words, Kind::WrongVariable, 1.35));
    }
    let sum = lab.sum_entries(site.error);
    let words = "the sum of the errors of all outputs".to_owned();
    errors.push((lab.fill(sum, dims), words, Kind::WrongReduction, 1.3));
    for (k, name) in [(0, "first"), (count - 1, "last")] {
        let picked = lab.pick(site.error, k);
        let words = format!("the error of the {name} output");
        errors.push((lab.fill(picked, dims), words, Kind::WrongVariable, 1.4));
    }
    errors
}
