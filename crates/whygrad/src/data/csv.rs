//! Reading a table from the text of a file.
//!
//! The separator, the header, decimal commas, a byte order mark, line ends of any system and quotes are
//! recognised; blank lines and lines that begin with `#` are passed over. A cell that is not a finite number is
//! refused with its place, and everything that is wrong is said at once.

use super::error::{DataError, Errors, listed};
use super::table::Table;

mod cell;
mod separator;

use cell::Value;
use separator::{Separator, Text};

/// Reads a table; `file` is what errors call it. With the table come notes on what was taken to mean what.
pub fn read(bytes: &[u8], file: &str) -> Result<(Table, Vec<String>), Vec<DataError>> {
    let table = decode(bytes).map_err(|error| vec![error]).and_then(|text| {
        let text = Text::new(text);
        let mut reading = Reading::new(&text);
        text.each_record(|record| reading.record(record));
        reading.finish()
    });
    table.map_err(|errors| errors.into_iter().map(|error| error.in_file(file)).collect())
}

/// The text without its byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, DataError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let (before, rest) = bytes.split_at(error.valid_up_to());
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let line = before.split(|byte| *byte == b'\n').count();
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        let found = rest.first().copied().unwrap_or_default();
        let help = if bytes.starts_with(b"PK\x03\x04") {
            "this looks like a spreadsheet: save it as CSV (comma separated values)"
        } else {
            "save the file as UTF-8"
        };
        DataError::new(format!("expected UTF-8 text, found the byte 0x{found:02X}"), help).at(line, column)
    })
}

/// One line of cells, and how to find where each begins.
struct Record<'a> {
    cells: Vec<&'a str>,
    line: usize,
    place: &'a dyn Fn(usize) -> (usize, usize),
}

/// The table as far as it has been read.
struct Reading {
    separator: Separator,
    table: Option<Table>,
    header_line: usize,
    /// Whether the first line ends with a separator, so that each line may.
    open_end: bool,
    true_or_false: Vec<bool>,
    decimal_comma: bool,
    notes: Vec<String>,
    errors: Errors,
}

impl Reading {
    fn new(text: &Text<'_>) -> Self {
        Self {
            separator: text.separator,
            table: None,
            header_line: 0,
            open_end: false,
            true_or_false: Vec::new(),
            decimal_comma: false,
            notes: Vec::new(),
            errors: Errors::default(),
        }
    }

    fn record(&mut self, mut record: Record<'_>) {
        let table = self.table.take();
        let ends_open = record.cells.len() > 1 && record.cells.last() == Some(&"");
        self.open_end |= table.is_none() && ends_open;
        let one_too_many = table.as_ref().is_none_or(|table| record.cells.len() == table.columns() + 1);
        if self.open_end && ends_open && one_too_many {
            record.cells.pop();
        }
        self.table = Some(match table {
            None => self.first(&record),
            Some(mut table) => {
                self.row(&mut table, &record);
                table
            }
        });
    }

    /// The first record is the header where some cell is a word and none is a number.
    fn first(&mut self, record: &Record<'_>) -> Table {
        let commas = self.separator.decimal_comma();
        let words = record.cells.iter().any(|cell| cell::is_word(cell, commas));
        let numbers = record.cells.iter().any(|cell| cell::read(cell, commas).is_ok_and(Value::is_number));
        let header = words && !numbers;
        let mut table = Table { names: Vec::new(), values: Vec::new(), rows: 0, n_targets: None, header };
        self.true_or_false = vec![false; record.cells.len()];
        self.header_line = record.line;
        if header {
            self.names(&mut table, record);
        } else {
            table.names = (1..=record.cells.len()).map(|number| format!("col{number}")).collect();
            self.row(&mut table, record);
        }
        table
    }

    fn names(&mut self, table: &mut Table, record: &Record<'_>) {
        for (index, cell) in record.cells.iter().enumerate() {
            let mut name = (*cell).to_owned();
            if name.is_empty() {
                name = format!("col{}", index + 1);
                self.notes
                    .push(format!("column {} has no name in the header and is called {name}", index + 1));
            }
            if table.position(&name).is_some() {
                let (line, column) = (record.place)(index);
                self.errors.add(|| {
                    DataError::new("this name stands twice in the header", "give each column its own name")
                        .at(line, column)
                        .in_column(&name)
                });
            }
            table.names.push(name);
        }
    }

    fn row(&mut self, table: &mut Table, record: &Record<'_>) {
        if record.cells.len() != table.columns() {
            self.errors.add(|| ragged(table, record, self.separator));
            return;
        }
        let first = record.line == self.header_line;
        for (index, cell) in record.cells.iter().enumerate() {
            match cell::read(cell, self.separator.decimal_comma()) {
                Ok(value) => {
                    self.true_or_false[index] |= !value.is_number();
                    self.decimal_comma |= value.is_number() && cell.contains(',');
                    table.values.push(value.number());
                }
                Err(fault) => self.errors.add(|| {
                    let (line, column) = (record.place)(index);
                    let help = if first && cell::is_word(cell, false) {
                        format!("{}; if this line is the header, no name in it may be a number", fault.help)
                    } else {
                        fault.help
                    };
                    DataError::new(fault.message, help).at(line, column).in_column(&table.names[index])
                }),
            }
        }
        table.rows += 1;
    }

    fn finish(mut self) -> Result<(Table, Vec<String>), Vec<DataError>> {
        let Some(table) = self.table else {
            let help = "write a header such as x1,x2,y and below it a row of numbers on each line";
            return Err(vec![DataError::new("the file is empty", help)]);
        };
        if table.header && table.rows == 0 {
            self.errors.add(|| {
                DataError::new(
                    format!("the file has a header ({}) but no rows", listed(&table.names)),
                    "write a row of numbers on each line below it",
                )
                .on_line(self.header_line)
            });
        }
        let pairs = table.names.iter().zip(&self.true_or_false);
        let words: Vec<&String> = pairs.filter(|(_, word)| **word).map(|(name, _)| name).collect();
        if !words.is_empty() {
            self.notes.push(format!("true was read as 1 and false as 0 in {}", listed(&words)));
        }
        if self.decimal_comma {
            self.notes.push("decimal commas were read as points: 0,5 is 0.5".to_owned());
        }
        let notes = self.notes;
        self.errors.or((table, notes))
    }
}

fn ragged(table: &Table, record: &Record<'_>, separator: Separator) -> DataError {
    let (expected, found) = (table.columns(), record.cells.len());
    let cells = if expected == 1 { "cell" } else { "cells" };
    let help = if found < expected {
        format!("write a number for each of {}", listed(&table.names))
    } else {
        format!("remove what is too much; cells are separated by {}", separator.name())
    };
    DataError::new(format!("expected {expected} {cells}, found {found}"), help).on_line(record.line)
}

#[cfg(test)]
mod tests;
