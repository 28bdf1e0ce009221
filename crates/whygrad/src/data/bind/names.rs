//! Matching columns by name.

use super::{Columns, DataError, Pick, Side, Table, counted, listed};
use crate::data::nearest::nearest;

/// What the names of one side lead to.
pub(super) enum Found {
    /// Every number has its column.
    All(Vec<Pick>),
    /// Some names of the model are columns, if only in another case, and these are not.
    Some(Vec<DataError>),
    /// No name of the model is a column.
    None(Vec<DataError>),
    /// The person named columns, and something is wrong with that.
    Wrong(Vec<DataError>),
}

/// Looks for the columns of one side; where others would fit as well, a note says so.
pub(super) fn find(table: &Table, side: &Side<'_>, notes: &mut Vec<String>) -> Found {
    if let Some(names) = side.named {
        return named(table, side, names);
    }
    let claimed = side.groups.iter().flat_map(schemes).flatten().collect();
    matched(&Pool { table, columns: side.pool, claimed }, side, notes)
}

/// The columns that the person named.
fn named(table: &Table, side: &Side<'_>, names: &[String]) -> Found {
    let pool = Pool { table, columns: (0, table.columns()), claimed: Vec::new() };
    let (mut columns, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        match pool.position(name.trim()) {
            Some(column) => columns.push(column),
            None => unknown.push(pool.missing(name.trim(), "")),
        }
    }
    if !unknown.is_empty() {
        return Found::Wrong(unknown);
    }
    if columns.len() == side.size() {
        return Found::All(side.picks(&columns));
    }
    if side.class_index && columns.len() == side.groups.len() {
        return Found::All(side.class_picks(&columns));
    }
    let (kind, labels) = (side.kind, side.labels());
    Found::Wrong(vec![DataError::new(
        format!(
            "the model has {} ({}), and --{kind}s names {}",
            counted(side.size(), kind),
            listed(&labels),
            counted(columns.len(), "column"),
        ),
        "name one column for each",
    )])
}

/// The names under which the columns of a group may stand, the likeliest first.
fn schemes(group: &Columns) -> Vec<Vec<String>> {
    let name = &group.name;
    let numbered = |write: &dyn Fn(usize) -> String| (0..group.size).map(write).collect::<Vec<_>>();
    let indexed = numbered(&|index| format!("{name}[{index}]"));
    if group.size == 1 {
        return vec![vec![name.clone()], indexed];
    }
    vec![
        numbered(&|index| format!("{name}{}", index + 1)),
        indexed,
        numbered(&|index| format!("{name}{index}")),
        numbered(&|index| format!("{name}_{}", index + 1)),
        numbered(&|index| format!("{name}_{index}")),
    ]
}

/// The columns whose names are those of the model.
fn matched(pool: &Pool<'_>, side: &Side<'_>, notes: &mut Vec<String>) -> Found {
    let (mut picks, mut errors) = (Vec::new(), Vec::new());
    let mut some = false;
    for group in side.groups {
        let schemes = schemes(group);
        let mut fitting = schemes.iter().filter_map(|names| pool.positions(names).map(|at| (names, at)));
        if let Some((names, columns)) = fitting.next() {
            let one = Side { groups: std::slice::from_ref(group), ..*side };
            picks.extend(one.picks(&columns));
            notes.extend(fitting.next().map(|(others, _)| {
                let name = &group.name;
                format!("{name} was taken from {}; {} would fit as well", listed(names), listed(others))
            }));
            some = true;
        } else if let Some(column) = pool.position(&group.name).filter(|_| side.class_index) {
            picks.push(group.class_pick(column));
            some = true;
        } else {
            some |= schemes.iter().flatten().any(|name| pool.in_any_case(name).is_some());
            errors.extend(pool.missing_of(group, &schemes));
        }
    }
    match (errors.is_empty(), some) {
        (true, _) => Found::All(picks),
        (false, true) => Found::Some(errors),
        (false, false) => Found::None(errors),
    }
}

/// The columns of a table among which names are looked up.
struct Pool<'a> {
    table: &'a Table,
    columns: (usize, usize),
    /// Names that the model has, and that are therefore not what another of its names was meant to be.
    claimed: Vec<String>,
}

impl Pool<'_> {
    fn names(&self) -> &[String] {
        &self.table.names[self.columns.0..self.columns.1]
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names().iter().position(|column| column == name).map(|place| place + self.columns.0)
    }

    fn positions(&self, names: &[String]) -> Option<Vec<usize>> {
        names.iter().map(|name| self.position(name)).collect()
    }

    fn in_any_case(&self, name: &str) -> Option<&String> {
        self.names().iter().find(|column| column.to_lowercase() == name.to_lowercase())
    }

    /// The columns that a group lacks, named in the way in which most of them are there.
    fn missing_of(&self, group: &Columns, schemes: &[Vec<String>]) -> Vec<DataError> {
        let there =
            |names: &&Vec<String>| names.iter().filter(|name| self.in_any_case(name).is_some()).count();
        let classes = if group.size > 1 && self.position(&group.name).is_some() {
            format!("; a column of class numbers such as {} goes with cross_entropy", group.name)
        } else {
            String::new()
        };
        let names = schemes.iter().rev().max_by_key(there).into_iter().flatten();
        names.filter(|name| self.position(name).is_none()).map(|name| self.missing(name, &classes)).collect()
    }

    fn missing(&self, name: &str, more: &str) -> DataError {
        let choose = "name the columns with --inputs and --targets";
        let others: Vec<&String> = self.names().iter().filter(|name| !self.claimed.contains(name)).collect();
        let help = match (self.in_any_case(name), nearest(name, &others)) {
            (Some(column), _) => format!("write '{column}', which differs only in case, or {choose}"),
            (None, Some(column)) => format!("did you mean '{column}'? Rename it, or {choose}"),
            (None, None) => format!("add it to the table, or {choose}"),
        };
        let message = format!("there is no such column; the columns are {}", listed(&self.table.names));
        DataError::new(message, help + more).in_column(name)
    }
}
