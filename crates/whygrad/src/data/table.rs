//! A table of numbers with named columns, before anything is an input or a target.

/// Rows of finite numbers under named columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The names of the columns, from the left.
    pub names: Vec<String>,
    /// The numbers, row by row.
    pub values: Vec<f64>,
    /// How many rows there are.
    pub rows: usize,
    /// How many of the last columns are targets, where the table knows; the built-in ones do.
    pub n_targets: Option<usize>,
    /// Whether the names were given; without a header they are `col1`, `col2` and so on.
    pub header: bool,
}

impl Table {
    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.names.len()
    }

    /// The numbers of one row, from the left. The first row is 0.
    ///
    /// # Panics
    /// Where there is no such row, as a slice does.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns()..(row + 1) * self.columns()]
    }

    /// The place of the column with this name, which must agree letter for letter.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_columns_are_found() {
        let names = ["x", "y"].map(str::to_owned).to_vec();
        let table = Table { names, values: vec![1.0, 2.0, 3.0, 4.0], rows: 2, n_targets: None, header: true };
        assert_eq!((table.columns(), table.row(1)), (2, &[3.0, 4.0][..]));
        assert_eq!((table.position("y"), table.position("Y")), (Some(1), None));
    }
}
