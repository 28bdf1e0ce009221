//! A table of values in sentences.

use super::{counted, number};
use crate::figure::Cells;

/// Says where the lowest and the highest value are; that is enough also of a table with hundreds of cells.
pub(super) fn describe(cells: &Cells) -> Vec<String> {
    let size = format!(
        "{} by {}",
        counted(cells.columns.len(), "column", "columns"),
        counted(cells.rows.len(), "row", "rows")
    );
    let mut sentences = Vec::new();
    match cells.extremes() {
        None => sentences.push(format!("The table of {size} has no value.")),
        Some(range) if range.low == range.high => {
            sentences.push(format!("The value is {} in each cell of {size}.", number(range.low)));
        }
        Some(range) => {
            let place = |value: f64, at: (usize, usize)| {
                let others = cells.filled().filter(|(_, _, other)| *other == value).count().saturating_sub(1);
                let others = match others {
                    0 => String::new(),
                    some => format!(" and {}", counted(some, "more cell", "more cells")),
                };
                format!("{} at {}{others}", number(value), cell(cells, at))
            };
            let (low, high) = (place(range.low, range.low_at), place(range.high, range.high_at));
            sentences.push(format!("In {size}, the value runs from {low} to {high}."));
        }
    }
    sentences.extend(missing(cells));
    sentences
}

/// Says how many cells are empty, if any.
pub(crate) fn missing(cells: &Cells) -> Option<String> {
    let gaps = cells.gaps();
    (gaps > 0).then(|| format!("{} without a value.", counted(gaps, "cell is", "cells are")))
}

/// Names a cell by its column and its row.
fn cell(cells: &Cells, (column, row): (usize, usize)) -> String {
    let name = |label: &str, name: &str| {
        if label.is_empty() { name.to_owned() } else { format!("{label} {name}") }
    };
    let (across, up) = (name(&cells.x_label, &cells.columns[column]), name(&cells.y_label, &cells.rows[row]));
    format!("{across}, {up}")
}
