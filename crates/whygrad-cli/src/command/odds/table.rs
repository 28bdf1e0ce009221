//! The table of restarts: a row each, and beside it the choices that they were made with.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value as Json;
use whygrad::interop::rows::{self, Cell, Column, Kind, RowsError, RowsFile};
use whygrad::odds::sweep::{Sweep, Value};
use whygrad::train::{Ending, Options, Reason};

use super::course::Course;

/// A table being written.
pub(super) struct Table {
    rows: RowsFile,
}

/// The file of choices beside a table.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".options.json");
    PathBuf::from(name)
}

fn columns(sweeps: &[Sweep]) -> Vec<Column> {
    let column = |name: &str, kind| Column { name: name.to_owned(), kind };
    let mut columns = vec![column("restart", Kind::Count)];
    // What is a number in every row is one in the table.
    columns.extend(sweeps.iter().map(|sweep| {
        let is_number = sweep.values.iter().all(|value| value.number().is_some());
        column(sweep.setting.name(), if is_number { Kind::Number } else { Kind::Text })
    }));
    columns.extend([
        column("epochs", Kind::Count),
        column("first_solved", Kind::MaybeCount),
        column("loss", Kind::Number),
        column("reason", Kind::Text),
    ]);
    columns
}

impl Table {
    /// Begins a table, or reads the one that is there and goes on with it.
    pub(super) fn open(
        path: &Path,
        resume: bool,
        choices: &Json,
        course: &mut Course,
    ) -> anyhow::Result<Table> {
        let columns = columns(course.sweeps);
        let sidecar = beside(path);
        if !(resume && path.exists()) {
            if path.exists() {
                return Err(RowsError::Exists(path.to_owned()).into());
            }
            let text = serde_json::to_string_pretty(choices)? + "\n";
            rows::write_whole(&sidecar, &text)
                .with_context(|| format!("cannot write {}", sidecar.display()))?;
            return Ok(Table { rows: RowsFile::create(path, &columns)? });
        }
        let text = std::fs::read_to_string(&sidecar).with_context(|| {
            format!("{} tells how {} was made and cannot be read", sidecar.display(), path.display())
        })?;
        let earlier: Json = serde_json::from_str(&text).with_context(|| sidecar.display().to_string())?;
        if let Some(difference) = difference(&as_now(earlier), choices) {
            bail!("{} was made with other choices: {difference}", path.display());
        }
        let mut setting = 0;
        let rows = RowsFile::resume(path, &columns, &mut |cells| {
            let sweeps = course.sweeps.len();
            let ending = ending(cells, sweeps).ok_or("it does not read as a restart")?;
            let is_its =
                |values: &[Value]| values.iter().zip(&cells[1..]).all(|(value, cell)| same(value, cell));
            // A search for one solved net leaves those before it out.
            let skips = course.until_solved && ending.reason == Reason::Solved;
            let is_due = |restarts: u64| ending.restart == restarts || (skips && ending.restart > restarts);
            // Settings take turns, so that the next row is mostly of the same one.
            let next = course.find(setting, |values, tally| is_due(tally.restarts()) && is_its(values));
            let Some(next) = next else {
                let found = course.find(setting, |values, _| is_its(values));
                return Err(match found {
                    Some(found) => {
                        format!("restart {}, expected {}", ending.restart, course.restarts_of(found))
                    }
                    None => "it is of no setting of the sweep".into(),
                });
            };
            setting = next;
            course.count(setting, &ending);
            Ok(())
        })?;
        Ok(Table { rows })
    }

    /// Writes a row.
    pub(super) fn row(&mut self, values: &[Value], ending: &Ending) -> anyhow::Result<()> {
        let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
        let mut cells = vec![Cell::Count(ending.restart)];
        // A column may hold numbers and words, such as batches of 1, 4 and full; then all are texts.
        cells.extend(values.iter().zip(&texts).zip(self.kinds(values.len())).map(
            |((value, text), is_number)| match value.number() {
                Some(number) if is_number => Cell::Number(number),
                _ => Cell::Text(text),
            },
        ));
        cells.extend([
            Cell::Count(ending.epochs),
            ending.first_solved.map_or(Cell::Nothing, Cell::Count),
            Cell::Number(ending.loss),
            Cell::Text(ending.reason.name()),
        ]);
        Ok(self.rows.row(&cells)?)
    }

    /// Whether each swept column holds numbers.
    fn kinds(&self, sweeps: usize) -> impl Iterator<Item = bool> {
        self.rows.columns()[1..=sweeps].iter().map(|column| column.kind == Kind::Number)
    }

    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.rows.flush()?)
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        Ok(self.rows.finish()?)
    }
}

/// Whether a cell holds this value.
fn same(value: &Value, cell: &str) -> bool {
    value.to_string() == cell || value.number().is_some_and(|number| cell.parse() == Ok(number))
}

/// The ending of a row with so many settings.
fn ending(cells: &[&str], sweeps: usize) -> Option<Ending> {
    let [restart, .., epochs, first, loss, reason] = cells else { return None };
    (cells.len() == 5 + sweeps).then_some(())?;
    Some(Ending {
        restart: restart.parse().ok()?,
        epochs: epochs.parse().ok()?,
        first_solved: if first.is_empty() { None } else { Some(first.parse().ok()?) },
        loss: loss.parse().ok()?,
        reason: Reason::of_name(reason)?,
    })
}

/// Choices with their options as they are written now.
fn as_now(mut choices: Json) -> Json {
    let options = serde_json::from_value::<Options>(choices["options"].clone());
    if let Ok(Ok(options)) = options.map(serde_json::to_value) {
        choices["options"] = options;
    }
    choices
}

/// The first choice that is another, in words.
fn difference(earlier: &Json, now: &Json) -> Option<String> {
    let (Json::Object(old), Json::Object(new)) = (earlier, now) else {
        return (earlier != now).then(|| format!("{earlier}, and now {now}"));
    };
    let keys = new.keys().chain(old.keys().filter(|key| !new.contains_key(*key)));
    for key in keys {
        let (was, is) = (old.get(key).unwrap_or(&Json::Null), new.get(key).unwrap_or(&Json::Null));
        if was == is {
            continue;
        }
        return Some(match (was, is) {
            (Json::Object(_), Json::Object(_)) => difference(was, is).unwrap_or_default(),
            _ if key == "model" || key == "data" => format!("the {key} is another one"),
            _ => format!("{key} was {was} and is {is} now"),
        });
    }
    None
}
