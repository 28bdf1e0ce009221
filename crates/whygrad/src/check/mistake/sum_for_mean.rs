//! A sum over the rows for a mean, a mean for a sum, or a mean taken twice.

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;
use crate::check::search::scale::Growth;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "sum-for-mean",
        kind: Kind::WrongReduction,
        title: "a sum for a mean, or a mean for a sum",
        why: "The gradient of a mean over n rows is the mean of the rows' gradients, that of a sum is their sum: 1/n stands once or not at all, as in the loss.",
        source: "linearity of the derivative",
    },
    finders: &[],
};

/// The edit of a factor n, 1/n or 1/n^2.
pub(crate) fn edit(lab: &mut Lab<'_>, growth: Growth) -> EditId {
    let (tag, factor, what, price) = match growth {
        Growth::Rows => {
            (1, "n", "n times too large: summed over the rows where the loss takes their mean", 1.0)
        }
        Growth::PerRows => (
            2,
            "1/n",
            "n times too small: 1/n is there although the loss has no further mean over the rows",
            1.0,
        ),
        Growth::OneRowLess => (4, "n/(n - 1)", "divided by n - 1 where the loss divides by n", 1.2),
        _ => (3, "1/n^2", "n*n times too small: two means where the loss is a sum", 1.3),
    };
    lab.edit(ENTRY.page.name, usize::MAX, tag, || {
        EditText::new(Kind::WrongReduction, price, what.to_owned(), &format!("{factor} * dL/dw"), "dL/dw")
    })
}
