//! Taking columns in order, where names do not say which is which.

use super::names::Found;
use super::{DataError, Pick, Side, Table, counted, listed};

type Picks = (Vec<Pick>, Vec<Pick>);

/// Takes the columns that were not found by name in order, inputs first, and notes which went where.
pub(super) fn take(
    table: &Table,
    [inputs, targets]: &[Side<'_>; 2],
    found: [Found; 2],
    notes: &mut Vec<String>,
) -> Result<Picks, Vec<DataError>> {
    let [found_inputs, found_targets] = found.map(|side| match side {
        Found::All(picks) => Some(picks),
        _ => None,
    });
    let (open_inputs, open_targets) = (found_inputs.is_none(), found_targets.is_none());
    let both_from_one_pool = open_inputs && open_targets && table.n_targets.is_none();
    let explained =
        |error: DataError| vec![if both_from_one_pool { too_few(table, inputs, targets) } else { error }];
    let input_picks = match found_inputs {
        Some(picks) => picks,
        None => {
            side_in_order(table, inputs, found_targets.as_deref().unwrap_or_default()).map_err(explained)?
        }
    };
    let target_picks = match found_targets {
        Some(picks) => picks,
        None => side_in_order(table, targets, &input_picks).map_err(explained)?,
    };
    let went = [(open_inputs, inputs, &input_picks), (open_targets, targets, &target_picks)];
    let went: Vec<String> = went
        .into_iter()
        .filter(|(open, ..)| *open)
        .flat_map(|(_, side, picks)| went_where(table, side, picks))
        .collect();
    notes.extend(note(table, &went));
    Ok((input_picks, target_picks))
}

/// The columns of one side in order, without those that the other side has.
fn side_in_order(table: &Table, side: &Side<'_>, others: &[Pick]) -> Result<Vec<Pick>, DataError> {
    let taken = |column: &usize| others.iter().any(|pick| pick.column() == *column);
    let pool: Vec<usize> = (side.pool.0..side.pool.1).filter(|column| !taken(column)).collect();
    if pool.len() >= side.size() {
        return Ok(side.picks(&pool));
    }
    if side.takes_classes_from(pool.len()) {
        return Ok(side.class_picks(&pool));
    }
    let names: Vec<&String> = pool.iter().map(|column| &table.names[*column]).collect();
    let left =
        if names.is_empty() { "none".to_owned() } else { format!("{} ({})", names.len(), listed(&names)) };
    let help = if side.kind == "target" && pool.len() >= side.groups.len() {
        "choose another table, or change the model; a column of class numbers goes with cross_entropy"
    } else {
        "choose another table, or change the model"
    };
    let (size, labels) = (counted(side.size(), side.kind), listed(&side.labels()));
    let them = if side.size() == 1 { "it" } else { "them" };
    Err(DataError::new(format!("the model has {size} ({labels}), and for {them} the table has {left}"), help))
}

fn too_few(table: &Table, inputs: &Side<'_>, targets: &Side<'_>) -> DataError {
    DataError::new(
        format!(
            "the model needs {} ({} and {}), and the table has {} ({})",
            counted(inputs.size() + targets.size(), "column"),
            counted(inputs.size(), "input"),
            counted(targets.size(), "target"),
            table.columns(),
            listed(&table.names),
        ),
        "add the columns that are missing, or change the model",
    )
}

/// Says which column went where: `x1 = col1, x2 = col2, y = col3`.
fn note(table: &Table, went: &[String]) -> Option<String> {
    let why = if table.header { "its names are not those of the model" } else { "it has no header" };
    let order = format!("columns of the table were taken in order, since {why}: {}", went.join(", "));
    (!went.is_empty()).then_some(order)
}

/// One text for each column; for a group of more than four one text for all.
fn went_where(table: &Table, side: &Side<'_>, picks: &[Pick]) -> Vec<String> {
    let mut rest = picks.iter();
    let mut texts = Vec::new();
    for group in side.groups {
        let mut columns: Vec<&Pick> = rest.by_ref().take(group.size.min(1)).collect();
        if let [Pick::Number { .. }] = columns[..] {
            columns.extend(rest.by_ref().take(group.size - 1));
        }
        let name = |pick: &Pick| &table.names[pick.column()];
        match columns[..] {
            [Pick::Class { column, classes, label }] => {
                texts.push(format!(
                    "{label} = {} (the class, 0 to {})",
                    table.names[*column],
                    classes.saturating_sub(1)
                ));
            }
            [first, _, _, _, .., last] => {
                texts.push(format!("{}[{}] = {} to {}", group.name, group.size, name(first), name(last)));
            }
            _ => texts.extend(columns.iter().map(|pick| format!("{} = {}", pick.label(), name(pick)))),
        }
    }
    texts
}
