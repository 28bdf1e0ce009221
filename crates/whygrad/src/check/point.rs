//! A point from a document: parameters, rows and a learning rate, each where it is given.

use serde_json::{Map, Value};

use super::probe::LEARNING_RATE;
use super::{Options, Probe, Role, Trouble, components};
use crate::data::Dataset;
use crate::interop::parameters;
use crate::model::{ColumnGroup, Model};

/// The keys of a point beside its parameters.
const BESIDE: [&str; 5] = ["inputs", "targets", "learning_rate", "gradient", "loss"];

/// What a document says of a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// The flat parameters.
    pub theta: Option<Vec<f64>>,
    /// The rows.
    pub data: Option<Dataset>,
    /// The learning rate.
    pub learning_rate: Option<f64>,
}

impl Point {
    /// Reads the text of a file that holds parameters, as [`parameters::read`] takes them, and may hold `inputs`,
    /// `targets` and `learning_rate` beside them.
    ///
    /// # Errors
    /// Where it is no JSON or does not fit the model.
    pub fn read(text: &str, model: &Model) -> Result<Point, Trouble> {
        match components::json(text) {
            Ok(Value::Object(map)) => {
                let (params, beside) = parted(&map, model);
                let mut point = Point::beside(&beside, model)?;
                point.theta = Some(theta(&Value::Object(params).to_string(), model)?);
                Ok(point)
            }
            _ => Ok(Point { theta: Some(theta(text, model)?), ..Point::default() }),
        }
    }

    /// Reads a document whose parameters, where it has any, stand under `params` or `theta`.
    pub(super) fn in_document(map: &Map<String, Value>, model: &Model) -> Result<Point, Trouble> {
        let (params, beside) = parted(map, model);
        let known = |key: &String| ["params", "theta"].contains(&key.as_str());
        if let Some(key) = params.keys().find(|key| !known(key)) {
            let help =
                "a point has gradient, and may have loss, params or theta, inputs, targets and learning_rate";
            return Err(Trouble::new(format!("'{key}' beside a gradient means nothing"), help));
        }
        let mut point = Point::beside(&beside, model)?;
        if !params.is_empty() {
            point.theta = Some(theta(&Value::Object(params).to_string(), model)?);
        }
        Ok(point)
    }

    fn beside(map: &Map<String, Value>, model: &Model) -> Result<Point, Trouble> {
        let learning_rate = match map.get("learning_rate") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let no_rate = || {
                    let message = format!("the learning_rate is no number: {value}");
                    Trouble::new(message, "write a number such as 0.5")
                };
                Some(value.as_f64().filter(|rate| rate.is_finite()).ok_or_else(no_rate)?)
            }
        };
        let width = (model.program.input_width(), model.program.target_width());
        let inputs = rows(map.get("inputs"), width.0, "inputs")?;
        let targets = rows(map.get("targets"), width.1, "targets")?;
        let data = match (inputs, targets) {
            (None, None) => None,
            (Some(inputs), None) if width.1 == 0 => Some(dataset(model, inputs, (vec![], usize::MAX))?),
            (None, Some(targets)) if width.0 == 0 => Some(dataset(model, (vec![], usize::MAX), targets)?),
            (Some(inputs), Some(targets)) => Some(dataset(model, inputs, targets)?),
            (inputs, _) => {
                let missing = if inputs.is_some() { "targets" } else { "inputs" };
                let help = "give both, or neither where --data has the rows";
                return Err(Trouble::new(format!("there are no {missing} for the rows"), help));
            }
        };
        Ok(Point { theta: None, data, learning_rate })
    }

    /// The point as a probe, what it leaves open taken from the options and the model.
    pub(super) fn probe(self, model: &Model, options: &Options) -> Result<Probe, Trouble> {
        let start = || model.start().into_iter().collect::<Option<Vec<f64>>>();
        let Some(theta) = self.theta.or_else(|| options.point.clone()).or_else(start) else {
            let help = "add --at FILE with the parameters as JSON, or put them into the file: \
                        {\"gradient\": [..], \"params\": {..}}";
            return Err(Trouble::new(
                "at which parameters do the numbers hold? the model has no values",
                help,
            ));
        };
        let none = || (model.program.input_width() + model.program.target_width() == 0).then(no_columns);
        let Some(data) = self.data.or_else(|| options.data.clone()).or_else(none) else {
            let help = "add --data FILE.csv, or put them into the file: {\"gradient\": [..], \"inputs\": [[..]], \
                        \"targets\": [[..]]}";
            return Err(Trouble::new("on which rows do the numbers hold?", help));
        };
        let learning_rate = self.learning_rate.or(options.learning_rate).unwrap_or(LEARNING_RATE);
        Ok(Probe { role: Role::Given, theta, data, learning_rate })
    }
}

/// Parameters, and what stands beside them; a parameter may have any name.
fn parted(map: &Map<String, Value>, model: &Model) -> (Map<String, Value>, Map<String, Value>) {
    let own = |key: &str| model.program.parameters.iter().any(|p| p.name == key);
    let beside = |key: &str| BESIDE.contains(&key) && !own(key);
    let entries = map.iter().map(|(key, value)| (key.clone(), value.clone()));
    let (beside, params): (Vec<_>, Vec<_>) = entries.partition(|(key, _)| beside(key));
    (params.into_iter().collect(), beside.into_iter().collect())
}

fn theta(text: &str, model: &Model) -> Result<Vec<f64>, Trouble> {
    parameters::read(text, model).map_err(|e| Trouble { message: e.to_string(), help: None })
}

/// One row without columns, for a plain function.
fn no_columns() -> Dataset {
    Dataset { inputs: vec![], targets: vec![], rows: 1, input_names: vec![], target_names: vec![] }
}

/// Numbers row by row, and how many rows.
type Rows = (Vec<f64>, usize);

fn rows(value: Option<&Value>, width: usize, name: &str) -> Result<Option<Rows>, Trouble> {
    let Some(value) = value.filter(|v| !v.is_null()) else { return Ok(None) };
    let help = || {
        let example = vec!["0.5"; width.max(1)].join(", ");
        format!("{name} is a list of rows: [[{example}], ...]")
    };
    let number = |v: &Value| v.as_f64().filter(|n| n.is_finite());
    let Value::Array(list) = value else { return Err(Trouble::new(format!("{name} is no list"), help())) };
    let mut numbers = Vec::with_capacity(list.len() * width);
    for (index, row) in list.iter().enumerate() {
        let entries = match row {
            Value::Array(row) => row.iter().map(number).collect::<Option<Vec<f64>>>(),
            // A column may be one flat list.
            single if width == 1 => number(single).map(|n| vec![n]),
            _ => None,
        };
        let Some(entries) = entries else {
            let message = format!("row {} of {name} is no list of finite numbers: {row}", index + 1);
            return Err(Trouble::new(message, help()));
        };
        if entries.len() != width {
            let message =
                format!("row {} of {name} has {} numbers, the model {width}", index + 1, entries.len());
            return Err(Trouble::new(message, help()));
        }
        numbers.extend(entries);
    }
    Ok(Some((numbers, list.len())))
}

fn dataset(model: &Model, inputs: Rows, targets: Rows) -> Result<Dataset, Trouble> {
    let rows = inputs.1.min(targets.1);
    let whole = |count: usize| count == rows || count == usize::MAX;
    if !whole(inputs.1) || !whole(targets.1) {
        let message = format!("there are {} rows of inputs and {} of targets", inputs.1, targets.1);
        return Err(Trouble::new(message, "give as many targets as inputs, row by row"));
    }
    if rows == 0 {
        return Err(Trouble::new("there are no rows", "give one at least"));
    }
    let names = |groups: &[ColumnGroup]| -> Vec<String> {
        let of = |g: &ColumnGroup| match g.size {
            1 => vec![g.name.clone()],
            size => (0..size).map(|k| format!("{}[{k}]", g.name)).collect(),
        };
        groups.iter().flat_map(of).collect()
    };
    Ok(Dataset {
        inputs: inputs.0,
        targets: targets.0,
        rows,
        input_names: names(&model.inputs),
        target_names: names(&model.targets),
    })
}
