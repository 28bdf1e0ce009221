//! What one cell says.

use std::borrow::Cow;

/// The value of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// A finite number.
    Number(f64),
    /// One of the words true and false.
    Truth(bool),
}

/// Why a cell has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) help: String,
}

impl Value {
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// The number; true is 1 and false is 0.
    pub(super) fn number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Truth(truth) => f64::from(u8::from(truth)),
        }
    }
}

/// Reads a cell without blanks around it. With `decimal_comma`, `0,5` is 0.5 and so is `0.5`.
pub(super) fn read(cell: &str, decimal_comma: bool) -> Result<Value, Fault> {
    if let Some(truth) = truth(cell) {
        return Ok(Value::Truth(truth));
    }
    match plain(cell, decimal_comma).parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::Number(number)),
        Ok(number) => Err(not_finite(cell, number)),
        Err(_) => Err(not_a_number(cell)),
    }
}

/// Whether the cell holds a word that could be a name: not nothing, not a number, not true, not NaN.
pub(super) fn is_word(cell: &str, decimal_comma: bool) -> bool {
    !cell.is_empty() && truth(cell).is_none() && plain(cell, decimal_comma).parse::<f64>().is_err()
}

fn truth(cell: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| cell.eq_ignore_ascii_case(word))
        .map(|(_, truth)| truth)
}

/// The number as Rust writes it: a typographic minus is a minus, and one decimal comma a point.
fn plain(cell: &str, decimal_comma: bool) -> Cow<'_, str> {
    let comma = decimal_comma && cell.matches(',').count() == 1 && !cell.contains('.');
    match (comma, cell.contains('−')) {
        (false, false) => Cow::Borrowed(cell),
        (true, false) => Cow::Owned(cell.replace(',', ".")),
        (comma, true) => Cow::Owned(cell.replace('−', "-").replace(if comma { ',' } else { '.' }, ".")),
    }
}

fn not_finite(cell: &str, number: f64) -> Fault {
    let digits = cell.contains(|letter: char| letter.is_ascii_digit());
    let found = match (number.is_nan(), digits) {
        (true, _) => format!("'{cell}', which is not a number"),
        (false, true) => format!("'{}', which is too large", shown(cell)),
        (false, false) => format!("'{cell}', which is infinite"),
    };
    Fault {
        message: format!("expected a finite number, found {found}"),
        help: "write a number such as 0.5, or delete the row".to_owned(),
    }
}

fn not_a_number(cell: &str) -> Fault {
    const MISSING: [&str; 7] = ["na", "n/a", "null", "none", "missing", "?", "-"];
    let lower = cell.to_lowercase();
    let (found, help) = if cell.is_empty() {
        ("an empty cell".to_owned(), "write a number such as 0.5, or delete the row")
    } else if MISSING.contains(&lower.as_str()) {
        (format!("'{cell}', a missing value"), "write a number such as 0.5, or delete the row")
    } else if cell.contains(['\n', '\r']) {
        (format!("'{}'", shown(cell)), "close the quote on the line on which it opens")
    } else if lower.chars().all(|letter| letter.is_ascii_digit() || "+-−.,e' ".contains(letter)) {
        (format!("'{}'", shown(cell)), "write a decimal point and no thousands separator, such as 1234.5")
    } else {
        (format!("'{}'", shown(cell)), "write a number such as 0.5")
    };
    Fault { message: format!("expected a number, found {found}"), help: help.to_owned() }
}

/// The cell on one line and no longer than thirty letters.
fn shown(cell: &str) -> String {
    let shown: String = cell.chars().take(30).flat_map(char::escape_debug).collect();
    if cell.chars().nth(30).is_some() { shown + "…" } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(cell: &str) -> String {
        let fault = read(cell, false).unwrap_err();
        format!("{}; {}", fault.message, fault.help)
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (cell, number) in [("1", 1.0), ("-.5", -0.5), ("+2.", 2.0), ("1e-3", 1e-3), ("−3.5", -3.5)] {
            assert_eq!(read(cell, false), Ok(Value::Number(number)), "{cell}");
        }
        assert_eq!(read("TRUE", false), Ok(Value::Truth(true)));
    }

    #[test]
    fn a_comma_is_a_decimal_point_only_where_it_separates_no_cells() {
        assert_eq!(read("0,5", true), Ok(Value::Number(0.5)));
        assert_eq!(read("−0,5", true), Ok(Value::Number(-0.5)));
        assert_eq!(read("0.5", true), Ok(Value::Number(0.5)));
        assert!(read("0,5", false).is_err());
        assert!(read("1.234,5", true).is_err());
    }

    #[test]
    fn what_is_not_a_number_is_named() {
        let number = "write a number such as 0.5";
        assert_eq!(refused("abc"), format!("expected a number, found 'abc'; {number}"));
        assert_eq!(
            refused(""),
            format!("expected a number, found an empty cell; {number}, or delete the row")
        );
        let missing = format!("expected a number, found 'NA', a missing value; {number}, or delete the row");
        assert_eq!(refused("NA"), missing);
        assert!(refused("1,234.5").ends_with("no thousands separator, such as 1234.5"));
        assert!(refused("2\n3").ends_with("'2\\n3'; close the quote on the line on which it opens"));
        assert!(refused(&"long".repeat(20)).contains("longlonglonglonglonglonglonglo…'"));
    }

    #[test]
    fn what_is_not_finite_is_refused_by_name() {
        assert!(refused("NaN").starts_with("expected a finite number, found 'NaN', which is not a number;"));
        assert!(refused("-inf").starts_with("expected a finite number, found '-inf', which is infinite;"));
        assert!(refused("1e999").starts_with("expected a finite number, found '1e999', which is too large;"));
    }
}
