//! Second derivatives as numbers: a matrix at a point, entries by name, or a product with a vector.

use serde_json::{Map, Value};

use super::super::components::{self, json};
use super::super::point::Point;
use super::super::{Options, Probe, Trouble};
use super::left::{self, Left};
use super::{Answer, Question, Source};
use crate::model::Model;

/// The keys under which a Hessian may stand.
const HESSIAN: [&str; 2] = ["hessian", "H"];
/// The keys of its product with the vector.
const PRODUCT: [&str; 3] = ["product", "hessian_vector_product", "Hv"];
/// The keys of the vector.
const VECTOR: [&str; 2] = ["vector", "v"];

/// Numbers at the points they hold at.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondNumbers {
    points: Vec<(Question, Answer)>,
}

impl SecondNumbers {
    /// Reads the text of a file: rows in a list, a JSON object with `hessian` or with `vector` and `product` and the
    /// point they belong to, one or several, or entries by name (`{"w1,w2": 0.5}`, lines such as `d2w1w2 = 0.5`). What it
    /// leaves open of the point is that of the options, else the model's starting values.
    ///
    /// # Errors
    /// Where the text is none of that, does not fit the model, or leaves the point or the rows open.
    pub fn read(text: &str, model: &Model, options: &Options) -> Result<SecondNumbers, Trouble> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let found = match json(text) {
            Ok(Value::Object(map)) => vec![document(&map, model)?],
            Ok(Value::Array(list)) if list.iter().any(Value::is_object) => {
                let read = |value: &Value| {
                    value
                        .as_object()
                        .ok_or_else(|| help("a point is no object"))
                        .and_then(|m| document(m, model))
                };
                list.iter().map(read).collect::<Result<_, Trouble>>()?
            }
            Ok(value @ Value::Array(_)) => vec![(Point::default(), vec![], hessian(&value, model)?)],
            _ if text.starts_with('{') => lines(text, model)?,
            _ => vec![(Point::default(), vec![], plain(text, model)?)],
        };
        let asked = |(point, vector, answer): (Point, Vec<f64>, Answer)| {
            let probe: Probe = point.probe(model, options)?;
            Ok((Question { probe, vector }, answer))
        };
        Ok(SecondNumbers { points: found.into_iter().map(asked).collect::<Result<_, Trouble>>()? })
    }
}

impl Source for SecondNumbers {
    fn questions(&self) -> Option<Vec<Question>> {
        Some(self.points.iter().map(|(question, _)| question.clone()).collect())
    }

    fn ask(&mut self, question: &Question) -> Result<Answer, Trouble> {
        let found = self.points.iter().find(|(own, _)| own == question);
        found.map(|(_, answer)| answer.clone()).ok_or_else(|| {
            Trouble::new("there are no numbers at this point", "numbers hold where they were computed")
        })
    }
}

fn help(message: impl Into<String>) -> Trouble {
    Trouble::new(
        message,
        "write {\"hessian\": [[..], ..]} with a row for each parameter in the order of theta, or {\"w1,w2\": ..} by name, \
         or {\"vector\": [..], \"product\": [..]}",
    )
}

/// What a document says, beside its point.
pub(super) fn answer(map: &Map<String, Value>, model: &Model) -> Result<Answer, Trouble> {
    if let Some(value) = HESSIAN.iter().find_map(|key| map.get(*key)) {
        return hessian(value, model);
    }
    let Some(value) = PRODUCT.iter().find_map(|key| map.get(*key)) else {
        let keys: Vec<&str> = map.keys().map(String::as_str).take(12).collect();
        return Err(help(format!("there is no \"hessian\" and no \"product\", but: {}", keys.join(", "))));
    };
    let parameters = &model.program.parameters;
    let product = match value {
        Value::Array(list) => components::in_order(list, parameters)?,
        Value::Object(by_name) => components::by_name(by_name, parameters)?,
        number => components::in_order(std::slice::from_ref(number), parameters)?,
    };
    Ok(Answer::Product(product))
}

fn document(map: &Map<String, Value>, model: &Model) -> Result<(Point, Vec<f64>, Answer), Trouble> {
    let has = |keys: &[&str]| keys.iter().any(|key| map.contains_key(*key));
    if !has(&HESSIAN) && !has(&PRODUCT) {
        return Ok((Point::default(), vec![], hessian(&Value::Object(map.clone()), model)?));
    }
    let answer = answer(map, model)?;
    let vector = match VECTOR.iter().find_map(|key| map.get(*key)) {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_f64).collect(),
        _ => vec![],
    };
    let n = model.program.parameter_count();
    if matches!(answer, Answer::Product(_)) && vector.len() != n {
        let message = format!("the vector has {} numbers, the model {n} parameters", vector.len());
        return Err(Trouble::new(
            message,
            "give beside \"product\" the \"vector\" that the Hessian was multiplied by",
        ));
    }
    let mut point = map.clone();
    for key in HESSIAN.iter().chain(&PRODUCT).chain(&VECTOR).chain(&["order"]) {
        point.remove(*key);
    }
    Ok((Point::in_document(&point, model)?, vector, answer))
}

/// One document a line.
fn lines(text: &str, model: &Model) -> Result<Vec<(Point, Vec<f64>, Answer)>, Trouble> {
    let read = |line: &str| match json(line) {
        Ok(Value::Object(map)) => document(&map, model),
        Ok(_) => Err(help("a line is no object")),
        Err(error) => Err(help(format!("no JSON: {error}"))),
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
}

/// All entries: rows in a list, or by name.
fn hessian(value: &Value, model: &Model) -> Result<Answer, Trouble> {
    let n = model.program.parameter_count();
    let mut entries = vec![None; n * n];
    match value {
        Value::Array(list) => {
            let flat: Vec<&Value> = match list.iter().map(Value::as_array).collect::<Option<Vec<_>>>() {
                Some(rows) => {
                    if let Some((k, row)) = rows.iter().enumerate().find(|(_, row)| row.len() != n) {
                        let message = format!(
                            "row {} of the Hessian has {} numbers, the model {n} parameters",
                            k + 1,
                            row.len()
                        );
                        return Err(help(message));
                    }
                    rows.into_iter().flatten().collect()
                }
                None => list.iter().collect(),
            };
            if flat.len() != n * n {
                let (rows, count) = (list.len(), flat.len());
                let message =
                    format!("the Hessian has {rows} rows and {count} numbers, and should be {n} x {n}");
                return Err(help(message));
            }
            for (entry, value) in entries.iter_mut().zip(flat) {
                *entry = Some(number(value)?);
            }
        }
        Value::Object(map) => by_name(map, model, &mut entries)?,
        number_alone if n == 1 => entries[0] = Some(number(number_alone)?),
        other => return Err(help(format!("the Hessian is no list of rows and no object: {other}"))),
    }
    Ok(Answer::Hessian(entries))
}

/// `{"w1,w2": 0.5}`, `{"w1": {"w2": 0.5}}`, `{"d2w1w2": 0.5}`.
fn by_name(map: &Map<String, Value>, model: &Model, entries: &mut [Option<f64>]) -> Result<(), Trouble> {
    let parameters = &model.program.parameters;
    let n = model.program.parameter_count();
    for (name, value) in map {
        let place = left::entry(name, parameters).or_else(|| left::read(name, parameters));
        match (place, value) {
            (Some(Left::Entry(i, j)), value) if !value.is_object() => {
                put(entries, i * n + j, number(value)?, name)?;
            }
            (_, Value::Object(row)) => {
                let i = components::place(parameters, name)?.offset();
                for (other, value) in row {
                    let j = components::place(parameters, other)?.offset();
                    put(entries, i * n + j, number(value)?, name)?;
                }
            }
            (_, Value::Array(list)) => {
                let i = components::place(parameters, name)?.offset();
                for (j, value) in components::in_order(list, parameters)?.into_iter().enumerate() {
                    put(entries, i * n + j, value.unwrap_or(f64::NAN), name)?;
                }
            }
            _ => return Err(help(format!("'{name}' names no second derivative of the model"))),
        }
    }
    Ok(())
}

fn put(entries: &mut [Option<f64>], at: usize, value: f64, name: &str) -> Result<(), Trouble> {
    if entries[at].replace(value).is_some() {
        return Err(help(format!("'{name}' is given twice")));
    }
    Ok(())
}

fn number(value: &Value) -> Result<f64, Trouble> {
    match value {
        Value::Null => Ok(f64::NAN),
        Value::Number(number) => Ok(number.as_f64().unwrap_or(f64::NAN)),
        Value::Array(list) if list.len() == 1 => number(&list[0]),
        other => Err(help(format!("a number should be where there is: {other}"))),
    }
}

/// A matrix as programs print it, or lines such as `d2w1w2 = 0.5`.
fn plain(text: &str, model: &Model) -> Result<Answer, Trouble> {
    let n = model.program.parameter_count();
    let mut entries = vec![None; n * n];
    if text.contains('=') {
        for line in text.lines().map(|l| l.split('#').next().unwrap_or("").trim()).filter(|l| !l.is_empty()) {
            let sides = line.rsplit_once('=').and_then(|(left, right)| {
                let place = left::read(left, &model.program.parameters);
                Some((place?, right.trim().parse::<f64>().ok()?))
            });
            let Some((Left::Entry(i, j), value)) = sides else {
                return Err(help(format!("'{line}' is no second derivative with its number")));
            };
            put(&mut entries, i * n + j, value, line)?;
        }
        return Ok(Answer::Hessian(entries));
    }
    let words = text.split(|c: char| c.is_whitespace() || "[](){},;".contains(c)).filter(|w| !w.is_empty());
    let numbers: Result<Vec<f64>, Trouble> =
        words.map(|w| w.parse().map_err(|_| help(format!("'{w}' is no number")))).collect();
    let numbers = numbers?;
    if numbers.len() != n * n {
        return Err(help(format!("there are {} numbers, and should be {n} x {n}", numbers.len())));
    }
    Ok(Answer::Hessian(numbers.into_iter().map(Some).collect()))
}
