//! Matching columns by name.

use std::collections::{HashMap, HashSet};

use super::{Columns, DataError, Errors, Pick, Side, Table, counted, listed};
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
    matched(&Pool::new(table, side.pool, claimed), side, notes)
}

/// The columns that the person named.
fn named(table: &Table, side: &Side<'_>, names: &[String]) -> Found {
    let pool = Pool::new(table, (0, table.columns()), HashSet::new());
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
    let (mut picks, mut errors) = (Vec::new(), Errors::default());
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
            pool.missing_of(group, &schemes, &mut errors);
        }
    }
    match (errors.or(picks), some) {
        (Ok(picks), _) => Found::All(picks),
        (Err(errors), true) => Found::Some(errors),
        (Err(errors), false) => Found::None(errors),
    }
}

/// The columns of a table among which names are looked up.
struct Pool<'a> {
    table: &'a Table,
    columns: (usize, usize),
    /// Names that the model has, and that are therefore not what another of its names was meant to be.
    claimed: HashSet<String>,
    /// Where each name stands; of names that differ only in case, the first.
    exact: HashMap<&'a str, usize>,
    in_small_letters: HashMap<String, usize>,
}

impl<'a> Pool<'a> {
    fn new(table: &'a Table, columns: (usize, usize), claimed: HashSet<String>) -> Self {
        let (mut exact, mut in_small_letters) = (HashMap::new(), HashMap::new());
        for column in columns.0..columns.1 {
            let name = table.names[column].as_str();
            exact.entry(name).or_insert(column);
            in_small_letters.entry(name.to_lowercase()).or_insert(column);
        }
        Pool { table, columns, claimed, exact, in_small_letters }
    }

    fn names(&self) -> &[String] {
        &self.table.names[self.columns.0..self.columns.1]
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.exact.get(name).copied()
    }

    fn positions(&self, names: &[String]) -> Option<Vec<usize>> {
        names.iter().map(|name| self.position(name)).collect()
    }

    fn in_any_case(&self, name: &str) -> Option<&String> {
        self.in_small_letters.get(&name.to_lowercase()).map(|&column| &self.table.names[column])
    }

    /// The columns that a group lacks, named in the way in which most of them are there.
    fn missing_of(&self, group: &Columns, schemes: &[Vec<String>], errors: &mut Errors) {
        let there =
            |names: &&Vec<String>| names.iter().filter(|name| self.in_any_case(name).is_some()).count();
        let classes = if group.size > 1 && self.position(&group.name).is_some() {
            format!("; a column of class numbers such as {} goes with cross_entropy", group.name)
        } else {
            String::new()
        };
        let names = schemes.iter().rev().max_by_key(there).into_iter().flatten();
        for name in names.filter(|name| self.position(name).is_none()) {
            errors.add(|| self.missing(name, &classes));
        }
    }

    fn missing(&self, name: &str, more: &str) -> DataError {
        let choose = "name the columns with --inputs and --targets";
        let others: Vec<&String> =
            self.names().iter().filter(|name| !self.claimed.contains(name.as_str())).collect();
        let help = match (self.in_any_case(name), nearest(name, &others)) {
            (Some(column), _) => format!("write '{column}', which differs only in case, or {choose}"),
            (None, Some(column)) => format!("did you mean '{column}'? Rename it, or {choose}"),
            (None, None) => format!("add it to the table, or {choose}"),
        };
        let message = format!("there is no such column; the columns are {}", listed(&self.table.names));
        DataError::new(message, help + more).in_column(name)
    }
}
