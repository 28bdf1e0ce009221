//! Tables that need no file: logic functions and small sets to try a model on.
//!
//! A table is asked for by a text such as `xor`, `parity-3` or `moons(n=200, noise=0.1, seed=3)`. The logic
//! tables are complete and have no randomness. The sets are drawn from a key and give the same numbers on every
//! machine; they have n=200 rows and noise=0.1, a standard deviation, where nothing else is said.

use super::error::{DataError, listed};
use super::nearest::nearest;
use super::table::Table;
use crate::random::Key;

mod logic;
mod settings;
mod toy;

use settings::{Settings, Spec};

/// Each built-in table with a sentence about it; `N` stands for a number.
const LIST: [(&str, &str); 15] = [
    (
        "xor",
        "One of two inputs, but not both: columns x1, x2 and y, the smallest task that needs a hidden layer.",
    ),
    ("and", "Both of two inputs: columns x1, x2 and y."),
    ("or", "At least one of two inputs: columns x1, x2 and y."),
    ("not", "The opposite of one input: columns x and y."),
    ("nand", "Not both of two inputs: columns x1, x2 and y."),
    ("nor", "Neither of two inputs: columns x1, x2 and y."),
    ("xnor", "Two inputs that are equal: columns x1, x2 and y."),
    ("parity-N", "Whether an odd number of the N inputs is 1, for N from 1 to 16: columns x1 to xN and y."),
    (
        "encoder-N",
        "N inputs of which one is 1, to be repeated as N targets, for N from 1 to 256: columns x1 to xN and y1 to yN.",
    ),
    ("circles", "A circle of radius 1 (y = 0) around one of radius 0.5 (y = 1): columns x1, x2 and y."),
    ("moons", "Two half circles that reach into each other (y = 0 and 1): columns x1, x2 and y."),
    ("spirals", "Two spirals of one and a half turns around each other (y = 0 and 1): columns x1, x2 and y."),
    (
        "blobs",
        "Clouds around points of a circle of radius 1, as many as classes=2 says; y is the class, counted from 0: columns x1, x2 and y.",
    ),
    ("xor-cloud", "Clouds around the four rows of xor: columns x1, x2 and y."),
    ("sine", "One turn of the sine of x from 0 to 2 pi, with noise on y: columns x and y."),
];

/// The names of the built-in tables, each with a sentence about it; `N` stands for a number.
pub fn list() -> &'static [(&'static str, &'static str)] {
    &LIST
}

/// Makes the built-in table that the text asks for. The sets are drawn from `key`, unless the text says a seed:
/// `moons(seed=3)` is drawn from `Key::from_seed(Seed(3)).purpose(Purpose::Data)`.
pub fn table(spec: &str, key: Key) -> Result<Table, DataError> {
    let spec = Spec::read(spec)?;
    if let Some(make) = toy::set(&spec.name) {
        let settings = Settings::read(&spec, key)?;
        return Ok(make(&settings));
    }
    let table = logic::table(&spec.name)?.ok_or_else(|| unknown(&spec.name))?;
    spec.refuse_settings()?;
    Ok(table)
}

fn unknown(name: &str) -> DataError {
    let names: Vec<&str> = LIST.iter().map(|(name, _)| *name).collect();
    let help = match nearest(name, &names) {
        Some(near) => format!("write {near}, or another of {}", listed(&names)),
        None => format!("write one of {}", listed(&names)),
    };
    DataError::new(format!("there is no built-in table '{name}'"), help)
}

/// A table with these columns, of which the last `n_targets` are targets.
fn assembled(names: Vec<String>, n_targets: usize, values: Vec<f64>) -> Table {
    let rows = values.len() / names.len().max(1);
    Table { names, values, rows, n_targets: Some(n_targets), header: true }
}

/// `x1` to `xN`.
fn numbered(letter: char, count: usize) -> impl Iterator<Item = String> {
    (1..=count).map(move |number| format!("{letter}{number}"))
}

#[cfg(test)]
mod tests;
