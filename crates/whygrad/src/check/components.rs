//! Derivatives as JSON: in the order of the parameters, or by name.
//!
//! What is not finite is null in JSON; the words that languages print instead (`NaN`, `-Infinity`) are read as null.

use std::borrow::Cow;

use serde_json::{Map, Value};
use whygrad_expr::program::Parameter;

use super::{Answer, Trouble};
use crate::data::nearest;
use crate::interop::unique::Unique;
use crate::model::Model;

/// The most names that a message lists.
const LISTED: usize = 24;

impl Trouble {
    /// What happened, and what to do about it.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble { message: message.into(), help: Some(help.into()) }
    }
}

/// Words for numbers that are not finite, as Python, JavaScript, R, Julia and C print them.
const NOT_FINITE: &[&str] = &["NaN", "nan", "NAN", "NA", "Infinity", "Inf", "inf", "INF"];

/// A JSON value, without keys that stand twice; the words for what is not finite are null.
pub(super) fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(&finite_or_null(text)).map(|Unique(value)| value).map_err(|e| e.to_string())
}

/// The text with null for the words of numbers that are not finite, outside of strings.
fn finite_or_null(text: &str) -> Cow<'_, str> {
    if !NOT_FINITE.iter().any(|word| text.contains(word)) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let (mut rest, mut in_string, mut after_letter) = (text, false, false);
    while let Some(c) = rest.chars().next() {
        if in_string {
            let length =
                if c == '\\' { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) } else { c.len_utf8() };
            in_string = c != '"';
            plain.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        let bare = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let word = NOT_FINITE.iter().filter(|word| bare.starts_with(**word)).max_by_key(|word| word.len());
        let after = word.map(|word| &bare[word.len()..]);
        let whole = |after: &&str| !after_letter && !after.starts_with(|c: char| c.is_alphanumeric());
        if let Some(after) = after.filter(whole) {
            plain.push_str("null");
            rest = after;
        } else {
            in_string = c == '"';
            after_letter = c.is_alphanumeric() || c == '_';
            plain.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Cow::Owned(plain)
}

/// What a document says at one point: its `gradient` and, where it stands there, its `loss`.
pub(super) fn answer(document: &Map<String, Value>, model: &Model) -> Result<Answer, Trouble> {
    let parameters = &model.program.parameters;
    let gradient = match document.get("gradient").unwrap_or(&Value::Null) {
        Value::Array(list) => in_order(list, parameters)?,
        Value::Object(map) => by_name(map, parameters)?,
        number @ (Value::Number(_) | Value::Null) if model.program.parameter_count() == 1 => {
            vec![Some(number_of(number, "gradient")?)]
        }
        other => {
            let message =
                format!("the gradient is {}, and should be a list or an object by name", kind(other));
            return Err(Trouble::new(message, example(parameters)));
        }
    };
    let loss = document.get("loss").map(loss).transpose()?;
    Ok(Answer { gradient, loss: loss.flatten() })
}

fn loss(value: &Value) -> Result<Option<f64>, Trouble> {
    match value {
        Value::Null => Ok(None),
        Value::Array(list) if list.len() == 1 => loss(&list[0]),
        Value::Array(list) => Err(Trouble::new(
            format!("the loss is a list of {}, and should be one number", list.len()),
            "give the loss of all rows as one number, or leave it out",
        )),
        other => number_of(other, "loss").map(Some),
    }
}

/// Derivatives in the order of the parameters; null is not a number.
pub(super) fn in_order(list: &[Value], parameters: &[Parameter]) -> Result<Vec<Option<f64>>, Trouble> {
    // A column of a matrix language is a list of lists of one, a row a list in a list.
    let single: Option<Vec<&Value>> = list.iter().map(only).collect();
    let list: Vec<&Value> = match (list, single) {
        (_, Some(single)) => single,
        ([Value::Array(row)], None) => row.iter().collect(),
        _ => list.iter().collect(),
    };
    let expected: usize = parameters.iter().map(Parameter::len).sum();
    if list.iter().any(|v| v.is_array()) {
        let message = "the gradient is a list with lists in it; in order it is one flat list";
        return Err(Trouble::new(message, example(parameters)));
    }
    if list.len() != expected {
        let numbers = |n: usize| format!("{n} number{}", if n == 1 { "" } else { "s" });
        let message = format!("the gradient has {}, the model {}", numbers(list.len()), plural(expected));
        return Err(Trouble::new(message, format!("give them in this order: {}", entries(parameters))));
    }
    let named = |(k, value): (usize, &&Value)| number_of(value, &format!("gradient[{k}]")).map(Some);
    list.iter().enumerate().map(named).collect()
}

/// The value itself, or the only one in it.
fn only(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(list) if list.len() == 1 => only(&list[0]),
        Value::Array(_) => None,
        other => Some(other),
    }
}

/// Derivatives by the names of parameters or of their entries, also with a `d` before it; the others are not given.
pub(super) fn by_name(
    map: &Map<String, Value>,
    parameters: &[Parameter],
) -> Result<Vec<Option<f64>>, Trouble> {
    let mut gradient = vec![None; parameters.iter().map(Parameter::len).sum()];
    for (name, value) in map {
        let place = place(parameters, name)?;
        let numbers = match place {
            Place::Entry(_, _) => {
                let one = only(value).ok_or_else(|| misfit(name, "one number", value))?;
                vec![number_of(one, name)?]
            }
            Place::Whole(parameter) => shaped(value, parameter, name)?,
        };
        for (slot, number) in gradient[place.offset()..].iter_mut().zip(numbers) {
            if slot.is_some() {
                let message = format!("'{name}' is given twice, by its own name and with others");
                return Err(Trouble::new(message, "give each component once"));
            }
            *slot = Some(number);
        }
    }
    Ok(gradient)
}

/// A parameter, or one entry of it.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    Whole(&'a Parameter),
    Entry(&'a Parameter, usize),
}

impl Place<'_> {
    /// Where it begins in the flat buffer.
    pub(super) fn offset(self) -> usize {
        match self {
            Place::Whole(parameter) => parameter.offset,
            Place::Entry(parameter, index) => parameter.offset + index,
        }
    }
}

/// Finds a component by name: `w1`, `dw1`, `hidden.W`, `hidden.W[0, 1]`.
pub(super) fn place<'a>(parameters: &'a [Parameter], name: &str) -> Result<Place<'a>, Trouble> {
    let wanted: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let exact = |wanted: &str| {
        let whole = parameters.iter().find(|p| p.name == wanted).map(Place::Whole);
        whole.or_else(|| {
            let base = wanted.split('[').next()?;
            let p = parameters.iter().find(|p| p.name == base && !p.shape.is_empty())?;
            (0..p.len()).find(|&k| p.entry_name(k) == wanted).map(|k| Place::Entry(p, k))
        })
    };
    if let Some(found) = exact(&wanted).or_else(|| exact(wanted.strip_prefix('d')?)) {
        return Ok(found);
    }
    let base = wanted.split('[').next().unwrap_or("");
    if let Some(p) =
        parameters.iter().find(|p| p.name == base || Some(p.name.as_str()) == base.strip_prefix('d'))
    {
        let message = format!("'{name}' is no component: {} is {}", p.name, shape(p));
        let help = match p.len() {
            1 => format!("write {}", p.entry_name(0)),
            n => format!("its entries go from {} to {}", p.entry_name(0), p.entry_name(n - 1)),
        };
        return Err(Trouble::new(message, help));
    }
    let names: Vec<String> =
        parameters.iter().flat_map(|p| [p.name.clone(), format!("d{}", p.name), p.entry_name(0)]).collect();
    let help = match nearest(&wanted, &names) {
        Some(close) => format!("did you mean {close}?"),
        None => format!("the model has {}", entries(parameters)),
    };
    Err(Trouble::new(format!("the model has no parameter '{name}'"), help))
}

/// The numbers of a whole parameter: nested like it, or one flat list.
fn shaped(value: &Value, parameter: &Parameter, name: &str) -> Result<Vec<f64>, Trouble> {
    let misfit = || misfit(name, &shape(parameter), value);
    let numbers = |list: &[Value]| -> Result<Vec<f64>, Trouble> {
        list.iter().map(|v| only(v).ok_or_else(misfit).and_then(|v| number_of(v, name))).collect()
    };
    let found = match (value, &parameter.shape[..]) {
        (value, []) => vec![number_of(only(value).ok_or_else(misfit)?, name)?],
        (Value::Array(rows), &[count, columns]) if rows.iter().any(Value::is_array) => {
            let rows: Vec<&Vec<Value>> =
                rows.iter().filter_map(Value::as_array).filter(|r| r.len() == columns).collect();
            if rows.len() != count || value.as_array().map_or(0, Vec::len) != count {
                return Err(misfit());
            }
            rows.into_iter().flatten().map(|v| number_of(v, name)).collect::<Result<_, _>>()?
        }
        (Value::Array(list), [_]) if list.len() == 1 && parameter.len() > 1 => match &list[0] {
            Value::Array(row) => numbers(row)?,
            _ => return Err(misfit()),
        },
        (Value::Array(list), _) => numbers(list)?,
        (value, _) if parameter.len() == 1 => vec![number_of(value, name)?],
        _ => return Err(misfit()),
    };
    if found.len() == parameter.len() { Ok(found) } else { Err(misfit()) }
}

fn misfit(name: &str, expected: &str, value: &Value) -> Trouble {
    let got = match value {
        Value::Array(rows) if rows.iter().any(Value::is_array) => {
            let lengths: Vec<usize> = rows.iter().map(|r| r.as_array().map_or(1, Vec::len)).collect();
            match lengths[..] {
                [first, ref rest @ ..] if rest.iter().all(|n| *n == first) => {
                    format!("{} x {first} numbers", lengths.len())
                }
                _ => "rows of several lengths".into(),
            }
        }
        Value::Array(list) => format!("a list of {}", list.len()),
        other => kind(other).to_owned(),
    };
    let help =
        "give it in the shape the parameter has, as rows (one row a unit) or as one flat list row by row";
    Trouble::new(format!("the gradient of '{name}' is {got}, and should be {expected}"), help)
}

fn number_of(value: &Value, name: &str) -> Result<f64, Trouble> {
    match value {
        Value::Null => Ok(f64::NAN),
        Value::Number(number) => Ok(number.as_f64().unwrap_or(f64::NAN)),
        other => {
            let mut found = other.to_string();
            if found.chars().count() > 40 {
                found = found.chars().take(40).chain("...".chars()).collect();
            }
            let message = format!("'{name}' is {} where a number should be: {found}", kind(other));
            Err(Trouble::new(message, "write a number such as 0.25, or null for one that is not finite"))
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "one number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn shape(parameter: &Parameter) -> String {
    match parameter.shape[..] {
        [] => "one number".into(),
        [n] => format!("a list of {n}"),
        [rows, columns] => format!("{rows} x {columns} numbers"),
        _ => format!("{} numbers", parameter.len()),
    }
}

fn plural(parameters: usize) -> String {
    format!("{parameters} parameter{}", if parameters == 1 { "" } else { "s" })
}

/// The components in order, the many of a large net shortened.
pub(super) fn entries(parameters: &[Parameter]) -> String {
    let names = || parameters.iter().flat_map(|p| (0..p.len()).map(move |k| p.entry_name(k)));
    if names().nth(LISTED).is_none() {
        return names().collect::<Vec<_>>().join(", ");
    }
    let whole: Vec<String> = parameters.iter().map(|p| format!("{} ({})", p.name, shape(p))).collect();
    let shown = whole.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if whole.len() > LISTED { format!("{shown} and {} more", whole.len() - LISTED) } else { shown }
}

/// How to write a gradient.
pub(super) fn example(parameters: &[Parameter]) -> String {
    let name = parameters.first().map_or("w1", |p| p.name.as_str());
    format!(
        "write {{\"gradient\": [0.1, ...]}} in the order of theta, or {{\"gradient\": {{\"{name}\": ..., ...}}}} by name"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOptions;

    const NET: &str = "inputs x[2]\ntarget y\nhidden = dense(x, 2, tanh)\ny_hat = a*hidden[0] + hidden[1]\nloss = mse(y_hat, y)\n";

    fn read(text: &str) -> Result<Answer, Trouble> {
        let model = Model::parse(NET, &ModelOptions::default()).unwrap();
        answer(json(text).unwrap().as_object().unwrap(), &model)
    }

    /// Offsets and values of what is given.
    fn given(text: &str) -> Vec<(usize, f64)> {
        let gradient = read(text).unwrap().gradient;
        gradient.into_iter().enumerate().filter_map(|(k, v)| Some((k, v?))).collect()
    }

    fn said(text: &str) -> String {
        let trouble = read(text).unwrap_err();
        format!("{}; {}", trouble.message, trouble.help.unwrap_or_default())
    }

    #[test]
    fn components_come_in_order_or_by_name_nested_flat_or_one_by_one() {
        let model = Model::parse(NET, &ModelOptions::default()).unwrap();
        let at = |name: &str| place(&model.program.parameters, name).map(Place::offset).unwrap();
        let w = at("hidden.W");
        let all: Vec<(usize, f64)> = (0..7).map(|k| (k, k as f64)).collect();
        assert_eq!(given(r#"{"gradient": [0, 1, 2, 3, 4, 5, 6]}"#), all);
        assert_eq!(given(r#"{"gradient": [[0], [1], [2], [3], [4], [5], [6]]}"#), all);
        assert_eq!(given(r#"{"gradient": [[0, 1, 2, 3, 4, 5, 6]]}"#), all);
        let matrix: Vec<(usize, f64)> = (0..4).map(|k| (w + k, 1.0 + k as f64)).collect();
        assert_eq!(given(r#"{"gradient": {"hidden.W": [[1, 2], [3, 4]]}}"#), matrix);
        assert_eq!(given(r#"{"gradient": {"dhidden.W": [1, 2, 3, 4]}}"#), matrix);
        assert_eq!(given(r#"{"gradient": {"hidden.W[0, 1]": 7, "a": [8]}}"#).len(), 2);
        assert_eq!(given(r#"{"gradient": {"hidden.W[0,1]": 7}}"#), [(w + 1, 7.0)]);
        assert_eq!(
            given(r#"{"gradient": {"hidden.b": [[1], [2]]}}"#),
            [(at("hidden.b"), 1.0), (at("hidden.b") + 1, 2.0)]
        );
    }

    #[test]
    fn what_is_not_finite_is_not_a_number() {
        for word in ["null", "NaN", "-Infinity", "Infinity", "nan", "-inf"] {
            let answer = read(&format!("{{\"gradient\": {{\"a\": {word}}}, \"loss\": 2}}")).unwrap();
            assert!(answer.gradient.iter().flatten().all(|v| v.is_nan()), "{word}");
            assert_eq!(answer.loss, Some(2.0));
        }
        assert_eq!(
            finite_or_null(r#"{"NaN": "a \" NaN", "b": [NaN,-Infinity]}"#),
            r#"{"NaN": "a \" NaN", "b": [null,null]}"#
        );
    }

    #[test]
    fn what_does_not_fit_is_told_with_what_was_expected() {
        for (text, words) in [
            (
                r#"{"gradient": [1, 2]}"#,
                vec!["the gradient has 2 numbers, the model 7 parameters", "hidden.W[0,0]"],
            ),
            (r#"{"gradient": [[1, 2], [3, 4]]}"#, vec!["a list with lists in it"]),
            (r#"{"gradient": "0.5"}"#, vec!["the gradient is a text"]),
            (r#"{"gradient": {"hiden.W": 1}}"#, vec!["no parameter 'hiden.W'", "did you mean hidden.W?"]),
            (
                r#"{"gradient": {"hidden.W": [[1, 2, 3], [4, 5, 6]]}}"#,
                vec!["is 2 x 3 numbers, and should be 2 x 2"],
            ),
            (r#"{"gradient": {"hidden.W": [1, 2, 3]}}"#, vec!["is a list of 3, and should be 2 x 2 numbers"]),
            (
                r#"{"gradient": {"hidden.W[2,0]": 1}}"#,
                vec!["no component", "from hidden.W[0,0] to hidden.W[1,1]"],
            ),
            (r#"{"gradient": {"a": "1"}}"#, vec!["'a' is a text where a number should be"]),
            (r#"{"gradient": {"a": 1, "da": 2}}"#, vec!["given twice"]),
            (r#"{"gradient": {"a": 1}, "loss": [1, 2]}"#, vec!["the loss is a list of 2"]),
        ] {
            for word in words {
                assert!(said(text).contains(word), "{text}: {}", said(text));
            }
        }
        assert!(json(r#"{"a": 1, "a": 2}"#).unwrap_err().contains("stands twice"));
    }
}
