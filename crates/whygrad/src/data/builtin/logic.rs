//! The complete tables of functions of inputs that are 0 or 1.

use super::{DataError, Table, assembled, numbered};

/// The logic table of this name, nothing where there is none, an error where its number is out of range.
pub(super) fn table(name: &str) -> Result<Option<Table>, DataError> {
    if let Some(function) = function(name) {
        return Ok(Some(two_inputs(function)));
    }
    if name == "not" {
        return Ok(Some(assembled(vec!["x".to_owned(), "y".to_owned()], 1, vec![0.0, 1.0, 1.0, 0.0])));
    }
    let Some((family, number)) = name.split_once('-') else { return Ok(None) };
    let within = |most: usize| {
        number.parse().ok().filter(|count| (1..=most).contains(count)).ok_or_else(|| {
            DataError::new(
                format!("expected a number from 1 to {most} after {family}-, found '{number}'"),
                format!("write a number, such as {family}-4"),
            )
        })
    };
    match family {
        "parity" => within(16).map(|count| Some(parity(count))),
        "encoder" => within(256).map(|count| Some(encoder(count))),
        _ => Ok(None),
    }
}

fn function(name: &str) -> Option<fn(bool, bool) -> bool> {
    Some(match name {
        "xor" => |a, b| a != b,
        "and" => |a, b| a && b,
        "or" => |a, b| a || b,
        "nand" => |a, b| !(a && b),
        "nor" => |a, b| !(a || b),
        "xnor" => |a, b| a == b,
        _ => return None,
    })
}

/// The rows (0,0), (0,1), (1,0), (1,1).
fn two_inputs(function: fn(bool, bool) -> bool) -> Table {
    let rows = [(false, false), (false, true), (true, false), (true, true)];
    let values = rows.into_iter().flat_map(|(a, b)| [a, b, function(a, b)]).map(number).collect();
    assembled(numbered('x', 2).chain(["y".to_owned()]).collect(), 1, values)
}

/// The rows count upwards in binary, the first input being the most significant.
fn parity(count: usize) -> Table {
    let row = |code: u32| {
        let inputs = (0..count).rev().map(move |place| code >> place & 1 == 1);
        inputs.chain([code.count_ones() % 2 == 1]).map(number)
    };
    let values = (0..1_u32 << count).flat_map(row).collect();
    assembled(numbered('x', count).chain(["y".to_owned()]).collect(), 1, values)
}

/// Row i has a 1 in input i and in target i.
fn encoder(count: usize) -> Table {
    let row = |row: usize| (0..2 * count).map(move |column| number(column % count == row));
    let values = (0..count).flat_map(row).collect();
    assembled(numbered('x', count).chain(numbered('y', count)).collect(), count, values)
}

fn number(truth: bool) -> f64 {
    f64::from(u8::from(truth))
}
