//! Finding the columns of a table that a model calls its inputs and targets.
//!
//! Columns are matched by name, or named one by one in the options. Where no name of the model is in the table
//! they are taken in order, inputs first, and a note says which went where. A guess is never made silently, and
//! none is made where some names are there and others missing.

use super::dataset::Dataset;
use super::error::{DataError, Errors, counted, listed};
use super::table::Table;

mod names;
mod order;

use names::Found;

/// An input or target as the model declares it: `x1` is a group of size 1, `x[2]` one of size 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The name in the model.
    pub name: String,
    /// How many numbers it has in each row.
    pub size: usize,
}

/// What a person said about the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BindOptions {
    /// The columns of the inputs in the order of the model, `--inputs`.
    pub inputs: Option<Vec<String>>,
    /// The columns of the targets in the order of the model, `--targets`.
    pub targets: Option<Vec<String>>,
    /// Whether one column of class numbers may stand for a target of several outputs, as cross-entropy wants:
    /// class 2 of 4 becomes 0, 0, 1, 0.
    pub class_index: bool,
}

/// The inputs or the targets.
#[derive(Debug, Clone, Copy)]
struct Side<'a> {
    /// `input` or `target`.
    kind: &'static str,
    groups: &'a [Columns],
    named: Option<&'a [String]>,
    class_index: bool,
    /// Where its columns may stand, from the first to before the last: a built-in table knows its targets.
    pool: (usize, usize),
}

/// Where the numbers of a model come from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pick {
    /// One number: this column.
    Number { column: usize, label: String },
    /// As many numbers as classes: 1 where the column says that class, else 0.
    Class { column: usize, classes: usize, label: String },
}

impl Pick {
    fn column(&self) -> usize {
        match self {
            Self::Number { column, .. } | Self::Class { column, .. } => *column,
        }
    }

    /// What the model calls it.
    fn label(&self) -> &str {
        match self {
            Self::Number { label, .. } | Self::Class { label, .. } => label,
        }
    }
}

impl Side<'_> {
    /// How many columns there are when each number has its own.
    fn size(&self) -> usize {
        self.groups.iter().map(|group| group.size).sum()
    }

    /// What the model calls each number.
    fn labels(&self) -> Vec<String> {
        self.groups.iter().flat_map(Columns::labels).collect()
    }

    /// The columns, in the order of the model, where each number has its own.
    fn picks(&self, columns: &[usize]) -> Vec<Pick> {
        let labels = self.labels().into_iter();
        labels.zip(columns).map(|(label, column)| Pick::Number { column: *column, label }).collect()
    }

    /// The columns, in the order of the model, where each group has one of class numbers.
    fn class_picks(&self, columns: &[usize]) -> Vec<Pick> {
        let pairs = self.groups.iter().zip(columns);
        pairs.map(|(group, column)| group.class_pick(*column)).collect()
    }

    /// Whether these many columns are too few for each number and enough for each class.
    fn takes_classes_from(&self, columns: usize) -> bool {
        self.class_index && columns < self.size() && columns >= self.groups.len()
    }
}

impl Columns {
    fn labels(&self) -> Vec<String> {
        match self.size {
            1 => vec![self.name.clone()],
            size => (0..size).map(|index| format!("{}[{index}]", self.name)).collect(),
        }
    }

    fn class_pick(&self, column: usize) -> Pick {
        let label = self.name.clone();
        match self.size {
            1 => Pick::Number { column, label },
            classes => Pick::Class { column, classes, label },
        }
    }
}

/// Gives the model its columns. With the data set come notes on what was taken to mean what and on the columns
/// that are not used.
pub fn bind(
    table: &Table,
    inputs: &[Columns],
    targets: &[Columns],
    options: &BindOptions,
) -> Result<(Dataset, Vec<String>), Vec<DataError>> {
    let first_target = table.n_targets.map_or(0, |count| table.columns().saturating_sub(count));
    let last_input = if table.n_targets.is_some() { first_target } else { table.columns() };
    let inputs = Side {
        kind: "input",
        groups: inputs,
        named: options.inputs.as_deref(),
        class_index: false,
        pool: (0, last_input),
    };
    let targets = Side {
        kind: "target",
        groups: targets,
        named: options.targets.as_deref(),
        class_index: options.class_index,
        pool: (first_target, table.columns()),
    };
    let mut notes = Vec::new();
    let (inputs, targets) = picks(table, [inputs, targets], &mut notes)?;
    unused(table, inputs.iter().chain(&targets), &mut notes);
    Ok((filled(table, &inputs, &targets)?, notes))
}

/// Finds the columns of the inputs and of the targets.
fn picks(
    table: &Table,
    sides: [Side<'_>; 2],
    notes: &mut Vec<String>,
) -> Result<(Vec<Pick>, Vec<Pick>), Vec<DataError>> {
    let found = sides.map(|side| names::find(table, &side, notes));
    if may_take_in_order(table, &sides, &found) {
        return order::take(table, &sides, found, notes);
    }
    let mut errors = Vec::new();
    let [inputs, targets] = found.map(|side| match side {
        Found::All(picks) => picks,
        Found::Some(wrong) | Found::None(wrong) | Found::Wrong(wrong) => {
            errors.extend(wrong);
            Vec::new()
        }
    });
    if errors.is_empty() { Ok((inputs, targets)) } else { Err(errors) }
}

/// Without a header names mean nothing. Otherwise the columns of a side may be taken in order where none of its
/// names is there; in a file the other side's must not be there either, unless the person named them.
fn may_take_in_order(table: &Table, sides: &[Side<'_>; 2], found: &[Found; 2]) -> bool {
    let any = |is: fn(&Found) -> bool| found.iter().any(is);
    if any(|side| matches!(side, Found::Wrong(_))) {
        return false;
    }
    let matched = sides
        .iter()
        .zip(found)
        .any(|(side, found)| side.named.is_none() && matches!(found, Found::All(picks) if !picks.is_empty()));
    !table.header || !any(|side| matches!(side, Found::Some(_))) && (table.n_targets.is_some() || !matched)
}

fn unused<'a>(table: &Table, picks: impl Iterator<Item = &'a Pick>, notes: &mut Vec<String>) {
    let mut used = vec![false; table.columns()];
    picks.for_each(|pick| used[pick.column()] = true);
    let unused: Vec<&String> =
        table.names.iter().zip(used).filter(|(_, used)| !used).map(|(name, _)| name).collect();
    match unused[..] {
        [] => {}
        [name] => notes.push(format!("the column {name} is not used")),
        _ => notes.push(format!("the columns {} are not used", listed(&unused))),
    }
}

fn filled(table: &Table, inputs: &[Pick], targets: &[Pick]) -> Result<Dataset, Vec<DataError>> {
    let mut errors = Errors::default();
    let dataset = Dataset {
        inputs: numbers(table, inputs, &mut errors),
        targets: numbers(table, targets, &mut errors),
        rows: table.rows,
        input_names: column_names(table, inputs),
        target_names: column_names(table, targets),
    };
    errors.or(dataset)
}

fn column_names(table: &Table, picks: &[Pick]) -> Vec<String> {
    let names = picks.iter().flat_map(|pick| match pick {
        Pick::Number { column, .. } => vec![table.names[*column].clone()],
        Pick::Class { column, classes, .. } => {
            (0..*classes).map(|class| format!("{}={class}", table.names[*column])).collect()
        }
    });
    names.collect()
}

fn numbers(table: &Table, picks: &[Pick], errors: &mut Errors) -> Vec<f64> {
    let mut numbers = Vec::new();
    for row in 0..table.rows {
        let values = table.row(row);
        for pick in picks {
            match pick {
                Pick::Number { column, .. } => numbers.push(values[*column]),
                Pick::Class { column, classes, .. } => {
                    let said = values[*column];
                    if said.fract() != 0.0 || !(0.0..*classes as f64).contains(&said) {
                        errors.add(|| {
                            no_class(said, *classes).in_row(row + 1).in_column(&table.names[*column])
                        });
                    }
                    numbers.extend((0..*classes).map(|class| f64::from(u8::from(class as f64 == said))));
                }
            }
        }
    }
    numbers
}

fn no_class(found: f64, classes: usize) -> DataError {
    let last = classes.saturating_sub(1);
    let help = if found.fract() == 0.0 && found > last as f64 {
        let needed = found + 1.0;
        format!("count the classes from 0, or give the model {needed} outputs")
    } else {
        "count the classes from 0, in whole numbers".to_owned()
    };
    DataError::new(format!("expected a class number from 0 to {last}, found {found}"), help)
}

#[cfg(test)]
mod tests;
