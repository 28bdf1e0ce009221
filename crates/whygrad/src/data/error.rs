//! What is wrong with a table: the place, what was found and what to write.

/// One thing that is wrong with a table. Its text reads
/// `points.csv:7:12: column 'x2': expected a number, found 'abc'; write a number such as 0.5`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}; {help}", self.place())]
pub struct DataError {
    /// The file, as the person wrote it.
    pub file: Option<String>,
    /// The line of the file, counted from 1.
    pub line: Option<u32>,
    /// The character of the line at which the cell begins, counted from 1.
    pub column: Option<u32>,
    /// The row of the table, counted from 1, where the line of the file is not known.
    pub row: Option<u32>,
    /// The name of the column of the table.
    pub name: Option<String>,
    /// What was expected and what was found.
    pub message: String,
    /// What to write or do.
    pub help: String,
}

impl DataError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            file: None,
            line: None,
            column: None,
            row: None,
            name: None,
            message: message.into(),
            help: help.into(),
        }
    }

    /// The same error, in this file.
    #[must_use]
    pub fn in_file(self, file: &str) -> Self {
        Self { file: Some(file.to_owned()), ..self }
    }

    pub(super) fn on_line(self, line: usize) -> Self {
        Self { line: Some(number(line)), ..self }
    }

    pub(super) fn at(self, line: usize, column: usize) -> Self {
        Self { column: Some(number(column)), ..self.on_line(line) }
    }

    pub(super) fn in_row(self, row: usize) -> Self {
        Self { row: Some(number(row)), ..self }
    }

    pub(super) fn in_column(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    fn place(&self) -> String {
        let mut place = String::new();
        if let Some(file) = &self.file {
            place.push_str(file);
        }
        for part in [self.line, self.column].into_iter().flatten() {
            if !place.is_empty() {
                place.push(':');
            }
            place.push_str(&part.to_string());
        }
        let row = self.row.map(|row| format!("row {row}"));
        let name = self.name.as_ref().map(|name| format!("column '{name}'"));
        let within = row.into_iter().chain(name).collect::<Vec<_>>().join(", ");
        let parts = [place, within].into_iter().filter(|part| !part.is_empty());
        parts.map(|part| part + ": ").collect()
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Errors in order of appearance: the first twenty, and a count of the others.
#[derive(Debug, Default)]
pub(super) struct Errors {
    kept: Vec<DataError>,
    others: usize,
}

impl Errors {
    const MOST: usize = 20;

    /// Notes one more error, which is only made where it will be shown.
    pub(super) fn add(&mut self, error: impl FnOnce() -> DataError) {
        if self.kept.len() < Self::MOST {
            self.kept.push(error());
        } else {
            self.others += 1;
        }
    }

    /// The value, or every error; the last of more than twenty says how many others there are.
    pub(super) fn or<T>(mut self, value: T) -> Result<T, Vec<DataError>> {
        if self.kept.is_empty() {
            return Ok(value);
        }
        if self.others > 0 {
            let (were, errors) = if self.others == 1 { ("was", "error") } else { ("were", "errors") };
            self.kept.push(DataError::new(
                format!("{} more {errors} {were} found", self.others),
                "mend those above first",
            ));
        }
        Err(self.kept)
    }
}

/// The words with commas between them; of more than twenty the first ones and a count of the others.
pub(super) fn listed<S: AsRef<str>>(words: &[S]) -> String {
    let shown: Vec<&str> = words.iter().take(20).map(AsRef::as_ref).collect();
    match words.len() - shown.len() {
        0 => shown.join(", "),
        others => format!("{} and {others} more", shown.join(", ")),
    }
}

/// `1 input`, `2 inputs`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> DataError {
        DataError::new("expected a number, found 'abc'", "write a number such as 0.5")
    }

    #[test]
    fn the_text_says_as_much_of_the_place_as_is_known() {
        let tail = "expected a number, found 'abc'; write a number such as 0.5";
        let cases = [
            (error(), ""),
            (error().in_file("points.csv"), "points.csv: "),
            (error().on_line(7).in_file("points.csv"), "points.csv:7: "),
            (error().at(7, 12).in_column("x2").in_file("points.csv"), "points.csv:7:12: column 'x2': "),
            (error().in_row(3).in_column("y"), "row 3, column 'y': "),
        ];
        for (error, place) in cases {
            assert_eq!(error.to_string(), format!("{place}{tail}"));
        }
    }

    #[test]
    fn twenty_errors_are_shown_and_the_others_counted() {
        let mut errors = Errors::default();
        (0..25).for_each(|_| errors.add(error));
        let shown = errors.or(()).unwrap_err();
        assert_eq!(shown.len(), 21);
        assert_eq!(shown[20].to_string(), "5 more errors were found; mend those above first");
    }
}
