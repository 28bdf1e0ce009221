//! The rows that a model sees: inputs and targets, each in its own row-major buffer.

/// Inputs and targets, row by row, in the order in which the model declares them.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The inputs, row by row.
    pub inputs: Vec<f64>,
    /// The targets, row by row.
    pub targets: Vec<f64>,
    /// How many rows there are.
    pub rows: usize,
    /// The column of the table behind each input.
    pub input_names: Vec<String>,
    /// The column of the table behind each target; `y=2` is the target that is 1 where column `y` says class 2.
    pub target_names: Vec<String>,
}

impl Dataset {
    /// The inputs of one row. The first row is 0.
    ///
    /// # Panics
    /// Where there is no such row, as a slice does.
    pub fn input_row(&self, row: usize) -> &[f64] {
        let width = self.input_names.len();
        &self.inputs[row * width..(row + 1) * width]
    }

    /// The targets of one row. The first row is 0.
    ///
    /// # Panics
    /// Where there is no such row, as a slice does.
    pub fn target_row(&self, row: usize) -> &[f64] {
        let width = self.target_names.len();
        &self.targets[row * width..(row + 1) * width]
    }

    /// The data set of these rows, in this order; a row may be taken more than once.
    ///
    /// # Panics
    /// Where there is no such row, as a slice does.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            inputs: rows.iter().flat_map(|row| self.input_row(*row)).copied().collect(),
            targets: rows.iter().flat_map(|row| self.target_row(*row)).copied().collect(),
            rows: rows.len(),
            input_names: self.input_names.clone(),
            target_names: self.target_names.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_selected_in_the_order_asked_for() {
        let all = Dataset {
            inputs: vec![0.0, 0.1, 1.0, 1.1, 2.0, 2.1],
            targets: vec![0.0, 10.0, 20.0],
            rows: 3,
            input_names: vec!["a".to_owned(), "b".to_owned()],
            target_names: vec!["y".to_owned()],
        };
        let some = all.select(&[2, 0, 2]);
        assert_eq!((some.rows, some.input_row(1), some.target_row(2)), (3, &[0.0, 0.1][..], &[20.0][..]));
        assert_eq!(some.inputs, [2.0, 2.1, 0.0, 0.1, 2.0, 2.1]);
    }
}
