//! Reading [`Cells`] anywhere: values, their range, colours and texts.

use crate::axis::Axis;
use crate::figure::Cells;
use crate::ticks::significant;

/// The lowest and highest value of a table, each with its `(column, row)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) low_at: (usize, usize),
    pub(crate) high: f64,
    pub(crate) high_at: (usize, usize),
}

impl Cells {
    /// Returns the value in a column and a row, or `None` where there is none.
    pub(crate) fn value(&self, column: usize, row: usize) -> Option<f64> {
        let index = row.checked_mul(self.columns.len())?.checked_add(column)?;
        let value = *self.values.get(index)?;
        (column < self.columns.len() && row < self.rows.len() && value.is_finite()).then_some(value)
    }

    /// Returns all cells as `(column, row)`, row after row.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.rows.len()).flat_map(|row| (0..self.columns.len()).map(move |column| (column, row)))
    }

    /// Returns the cells that have a value.
    pub(crate) fn filled(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        self.places().filter_map(|(column, row)| Some((column, row, self.value(column, row)?)))
    }

    /// Returns the lowest and the highest value, or `None` where there is none.
    pub(crate) fn extremes(&self) -> Option<Range> {
        let mut range: Option<Range> = None;
        for (column, row, value) in self.filled() {
            let at = (column, row);
            let found = range.get_or_insert(Range { low: value, low_at: at, high: value, high_at: at });
            if value < found.low {
                (found.low, found.low_at) = (value, at);
            }
            if value > found.high {
                (found.high, found.high_at) = (value, at);
            }
        }
        range
    }

    /// Returns the horizontal and the vertical axis.
    pub(crate) fn axes(&self) -> (Axis<'_>, Axis<'_>) {
        (Axis::named(&self.columns), Axis::named(&self.rows))
    }

    /// Returns the axis along which the colours run.
    pub(crate) fn value_axis(&self) -> Axis<'static> {
        match self.range {
            Some((low, high)) => Axis::over([low, high].into_iter(), false, 0.0),
            None => Axis::over(self.filled().map(|(_, _, value)| value), false, 0.0),
        }
    }

    /// Returns what is written into a cell: the value to the same decimal place as in all cells, which are as many as
    /// the range has significant digits. A value that is whole has no decimals, so that 100 is told from 99.97; an
    /// empty cell has a dash.
    pub(crate) fn text(&self, column: usize, row: usize, digits: u8) -> String {
        let Some(value) = self.value(column, row) else { return "-".to_owned() };
        let span = self.value_axis().span();
        if !(1e-3..1e6).contains(&span) || value.abs() >= 1e6 {
            return significant(value, digits);
        }
        // 55 % may come as 55.00000000000001.
        if (value - value.round()).abs() <= 1e-9 * span {
            return significant(value.round(), digits);
        }
        // The largest place of a span of 100 is that of the tens: the number 100 itself is the end.
        let largest = (span * (1.0 - 1e-9)).log10().floor() as i32;
        let decimals = (i32::from(digits) - 1 - largest).max(0) as usize;
        format!("{value:.decimals$}")
    }

    /// Returns how many cells are empty.
    pub(crate) fn gaps(&self) -> usize {
        self.columns.len().saturating_mul(self.rows.len()) - self.filled().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn cells_beyond_the_values_are_empty() {
        let values = vec![1.0, f64::NAN, 3.0];
        let cells =
            Cells { columns: names(&["a", "b"]), rows: names(&["c", "d"]), values, ..Cells::default() };
        assert_eq!(cells.gaps(), 2);
        assert_eq!((cells.value(0, 1), cells.value(1, 0), cells.value(2, 0)), (Some(3.0), None, None));
        assert_eq!(cells.extremes().map(|range| (range.low_at, range.high_at)), Some(((0, 0), (0, 1))));
        assert_eq!(Cells::default().extremes(), None);
    }

    #[test]
    fn values_in_cells_have_the_same_decimal_place_and_whole_ones_none() {
        let values = vec![0.0, 100.0, 33.333_33, 99.97, 0.0335, 100.0 * 0.55];
        let columns = names(&["a", "b", "c", "d", "e", "f"]);
        let cells =
            Cells { columns, rows: names(&["r"]), values, range: Some((0.0, 100.0)), ..Cells::default() };
        let texts =
            |digits: u8| (0..6).map(|column| cells.text(column, 0, digits)).collect::<Vec<_>>().join(" ");
        assert_eq!(texts(3), "0 100 33.3 100.0 0.0 55");
        assert_eq!(texts(2), "0 100 33 100 0 55");
        let tiny = Cells { values: vec![1e-9, 2.5e-9], columns: names(&["a", "b"]), range: None, ..cells };
        assert_eq!((tiny.text(0, 0, 3), tiny.text(1, 0, 3)), ("1e-9".into(), "2.5e-9".into()));
    }

    #[test]
    fn colours_run_over_the_range_that_was_given_whatever_the_values_are() {
        let mut cells =
            Cells { columns: names(&["a"]), rows: names(&["b"]), values: vec![0.0], ..Cells::default() };
        assert_eq!(cells.value_axis().place(0.0), Some(0.5), "the middle where nothing else is known");
        cells.range = Some((0.0, 100.0));
        let axis = cells.value_axis();
        assert_eq!([0.0, 25.0, 100.0, 300.0].map(|value| axis.place(value)), [0.0, 0.25, 1.0, 1.0].map(Some));
    }
}
