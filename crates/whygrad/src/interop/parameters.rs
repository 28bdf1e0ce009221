//! Parameters as JSON: by name, or as one flat list.

use serde_json::{Map, Value, json};
use whygrad_expr::program::Parameter;

use super::unique::{TWICE, Unique};
use crate::data::nearest;
use crate::model::Model;

/// Why a file of parameters does not fit a model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// Not JSON.
    #[error("no JSON: {0}; write {{\"w1\": 0.1, ...}} or [0.1, ...]")]
    Json(String),
    /// A name with two values.
    #[error("{0}; give each parameter one value")]
    Repeated(String),
    /// A list of another length.
    #[error("the list has {got} numbers, the model {expected} parameters: {names}")]
    Length {
        /// Numbers in the file.
        got: usize,
        /// Parameters of the model.
        expected: usize,
        /// Their names.
        names: String,
    },
    /// A name the model does not have.
    #[error("the model has no parameter '{name}'{help}")]
    Unknown {
        /// The name.
        name: String,
        /// What it may have meant.
        help: String,
    },
    /// Parameters without a value.
    #[error("no value for {names}; give all of them, or the rest with a starting value in the model")]
    Missing {
        /// Their names.
        names: String,
    },
    /// A value of another shape.
    #[error("'{name}' is {expected}, the file has {got}")]
    Shape {
        /// The parameter.
        name: String,
        /// Its shape.
        expected: String,
        /// What the file has: how many numbers, or rows of which lengths.
        got: String,
    },
    /// Several of these, in the order of the file.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n       "))]
    Several(Vec<ParameterError>),
    /// Something that is no number.
    #[error("'{name}' has an entry that is no finite number: {found}")]
    Number {
        /// The parameter, or the place in the list.
        name: String,
        /// What stands there.
        found: String,
    },
}

/// Reads flat parameters from JSON: a list, an object by name (`hidden.W` as rows, or entry by
/// entry `hidden.W[0,1]`), or a result with `theta` or `params` in it.
pub fn read(text: &str, model: &Model) -> Result<Vec<f64>, ParameterError> {
    let Unique(value) = serde_json::from_str(text).map_err(|e| {
        let said = e.to_string();
        if said.contains(TWICE) { ParameterError::Repeated(said) } else { ParameterError::Json(said) }
    })?;
    let parameters = &model.program.parameters;
    match &value {
        Value::Object(map) => {
            let inner = ["params", "theta"].iter().find_map(|key| {
                let inside = map.get(*key)?;
                let own = parameters.iter().any(|p| p.name == **key);
                (!own && (inside.is_object() || inside.is_array())).then_some(inside)
            });
            match inner {
                Some(Value::Object(map)) => by_name(map, model),
                Some(list) => flat(list, model),
                None => by_name(map, model),
            }
        }
        _ => flat(&value, model),
    }
}

fn flat(value: &Value, model: &Model) -> Result<Vec<f64>, ParameterError> {
    let mut numbers = Vec::new();
    collect(value, "the list", &mut numbers)?;
    let expected = model.program.parameter_count();
    if numbers.len() != expected {
        let names: Vec<&str> = model.program.parameters.iter().map(|p| p.name.as_str()).collect();
        return Err(ParameterError::Length { got: numbers.len(), expected, names: names.join(", ") });
    }
    Ok(numbers)
}

fn by_name(map: &Map<String, Value>, model: &Model) -> Result<Vec<f64>, ParameterError> {
    let parameters = &model.program.parameters;
    let mut values = model.start();
    let mut errors = Vec::new();
    for (name, value) in map {
        match named(parameters, name, value) {
            Ok((offset, numbers)) => {
                for (slot, number) in values[offset..].iter_mut().zip(numbers) {
                    *slot = Some(number);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    match errors.len() {
        0 => {}
        1 => return Err(errors.remove(0)),
        _ => return Err(ParameterError::Several(errors)),
    }
    let missing: Vec<String> = parameters
        .iter()
        .flat_map(|p| (0..p.len()).map(move |k| (p.offset + k, p.entry_name(k))))
        .filter(|(at, _)| values[*at].is_none())
        .map(|(_, name)| name)
        .collect();
    if !missing.is_empty() {
        return Err(ParameterError::Missing { names: missing.join(", ") });
    }
    Ok(values.into_iter().flatten().collect())
}

/// Offset, length, shape in words, rows and columns of a matrix.
type Place = (usize, usize, String, Option<(usize, usize)>);

/// The numbers of one entry of the file and where they begin.
fn named(parameters: &[Parameter], name: &str, value: &Value) -> Result<(usize, Vec<f64>), ParameterError> {
    let (offset, len, expected, rows) = place(parameters, name)?;
    let mut numbers = Vec::new();
    collect(value, name, &mut numbers)?;
    if let (Some((count, columns)), Some(lengths)) = (rows, row_lengths(value))
        && (lengths.len() != count || lengths.iter().any(|&length| length != columns))
    {
        let got = match lengths[..] {
            [first, ref rest @ ..] if rest.iter().all(|&length| length == first) => {
                format!("{} x {first}", lengths.len())
            }
            _ => {
                let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
                format!("rows of {} numbers", lengths.join(", "))
            }
        };
        return Err(ParameterError::Shape { name: name.into(), expected, got });
    }
    if numbers.len() != len {
        let count = numbers.len();
        let got = format!("{count} number{}", if count == 1 { "" } else { "s" });
        return Err(ParameterError::Shape { name: name.into(), expected, got });
    }
    Ok((offset, numbers))
}

/// How long each row is, where the value is a list of lists.
fn row_lengths(value: &Value) -> Option<Vec<usize>> {
    let rows = value.as_array()?;
    rows.iter()
        .any(Value::is_array)
        .then(|| rows.iter().map(|row| row.as_array().map_or(1, Vec::len)).collect())
}

/// Offset, length, shape in words and, of a matrix, its rows and columns: a parameter or one entry of it.
fn place(parameters: &[Parameter], name: &str) -> Result<Place, ParameterError> {
    if let Some(p) = parameters.iter().find(|p| p.name == name) {
        let shape = match *p.shape {
            [] => "one number".to_owned(),
            [n] => format!("a list of {n}"),
            _ => format!("{} x {} numbers, row by row", p.shape[0], p.shape[1]),
        };
        let rows = (p.shape.len() == 2).then(|| (p.shape[0], p.shape[1]));
        return Ok((p.offset, p.len(), shape, rows));
    }
    let wanted: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    for p in parameters {
        if let Some(k) = (0..p.len()).find(|&k| p.entry_name(k) == wanted) {
            return Ok((p.offset + k, 1, "one number".into(), None));
        }
    }
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    let help = match nearest(name, &names) {
        Some(close) => format!("; did you mean {close}?"),
        None => format!("; it has {}", names.join(", ")),
    };
    Err(ParameterError::Unknown { name: name.into(), help })
}

fn collect(value: &Value, name: &str, out: &mut Vec<f64>) -> Result<(), ParameterError> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| collect(item, name, out)),
        Value::Number(number) => {
            let number = number.as_f64().filter(|n| n.is_finite());
            out.push(
                number
                    .ok_or_else(|| ParameterError::Number { name: name.into(), found: value.to_string() })?,
            );
            Ok(())
        }
        _ => Err(ParameterError::Number { name: name.into(), found: value.to_string() }),
    }
}

/// Parameters by name: numbers, lists, lists of rows.
pub fn to_json(parameters: &[Parameter], theta: &[f64]) -> Value {
    let mut map = Map::new();
    for p in parameters {
        let values = &theta[p.offset..p.offset + p.len()];
        let value = match *p.shape {
            [] => json!(values[0]),
            [_, columns] => json!(values.chunks(columns).collect::<Vec<_>>()),
            _ => json!(values),
        };
        map.insert(p.name.clone(), value);
    }
    Value::Object(map)
}
