//! A run as its folder has it.

use std::sync::Arc;

use serde_json::Value;

use super::finished::{Case, Finished};
use super::lab::Limits;
use crate::data::Dataset;
use crate::model::Model;
use crate::train::{Control, Options, evaluate};

/// A run folder that does not hold a run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordError {
    /// A document is not what it should be.
    #[error("{document}: {reason}")]
    Document {
        /// Which one.
        document: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The loss of its end is not what the model says there on these rows.
    #[error(
        "result.json has the loss {recorded:.6} at the end of the run, and the model has {found:.6} there on these rows: \
         these are not the data or the model of the run; put them back, or train again"
    )]
    Changed {
        /// What the document has.
        recorded: f64,
        /// What it is on these rows.
        found: f64,
    },
    /// It belongs to another model.
    #[error("result.json has {found} parameters and the model {expected}; train again")]
    Parameters {
        /// What the model has.
        expected: usize,
        /// What the document has.
        found: usize,
    },
}

impl Finished {
    /// The run that a folder's documents tell of: `options.json`, `result.json`, `history.csv` and, where the parameters
    /// were kept, `path.csv`. Without a history the run is made again for it.
    ///
    /// # Errors
    /// A document that cannot be read, or that belongs to another model.
    pub fn recorded(
        model: Model,
        data: Dataset,
        (options, result, history, path): (&str, &str, Option<&str>, Option<&str>),
    ) -> Result<Finished, RecordError> {
        let wrong = |document, reason: String| RecordError::Document { document, reason };
        let options: Options =
            serde_json::from_str(options).map_err(|e| wrong("options.json", e.to_string()))?;
        let result: Value = serde_json::from_str(result).map_err(|e| wrong("result.json", e.to_string()))?;
        let count = model.program.parameter_count();
        let numbers = |name: &str| -> Result<Vec<f64>, RecordError> {
            let list = result[name].as_array().map(Vec::as_slice).unwrap_or_default();
            let found = list.len();
            // What is not finite is null in JSON.
            let values = list.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect();
            if found == count { Ok(values) } else { Err(RecordError::Parameters { expected: count, found }) }
        };
        let (start, theta) = (numbers("start")?, numbers("theta")?);
        let losses = history
            .map(|text| {
                losses(text).ok_or_else(|| wrong("history.csv", "expected lines `epoch,loss`".into()))
            })
            .transpose()?;
        let evaluation = evaluate(&model, &data, &theta);
        let case = Case { model: Arc::new(model), data: Arc::new(data), options, start };
        let (recorded, found) = (result["loss"].as_f64().unwrap_or(f64::NAN), evaluation.loss);
        let far = (recorded - found).abs() > SAME * recorded.abs().max(found.abs()) + 1e-9;
        if far || (recorded.is_finite() && !found.is_finite()) {
            return Err(RecordError::Changed { recorded, found });
        }
        let finished = Finished {
            losses: losses.unwrap_or_default(),
            path: path.map(|text| places(text, count)).unwrap_or_default(),
            epochs: result["stop"]["epoch"].as_u64().unwrap_or(case.options.epochs),
            stop: result["stop"]["reason"].as_str().unwrap_or_default().to_owned(),
            theta,
            loss: recorded,
            evaluation,
            case,
        };
        let mut finished = finished.counted_as_done();
        if finished.losses.is_empty() {
            finished.losses = losses_of(&result);
        }
        if finished.losses.is_empty() {
            finished.losses = again(&finished);
        }
        Ok(finished)
    }
}

/// A loss that differs by this share of itself is another: a run in single precision has its own rounding.
const SAME: f64 = 1e-3;

/// The losses that the result itself tells of.
fn losses_of(result: &Value) -> Vec<(u64, f64)> {
    let list = |name: &str| result["history"][name].as_array().map(Vec::as_slice).unwrap_or_default();
    let pair = |(epoch, loss): (&Value, &Value)| Some((epoch.as_u64()?, loss.as_f64().unwrap_or(f64::NAN)));
    list("epoch").iter().zip(list("loss")).filter_map(pair).collect()
}

/// The losses along the run, made again; those of its two ends where that would take long.
fn again(finished: &Finished) -> Vec<(u64, f64)> {
    let case = &finished.case;
    if case.work() <= Limits::default().work_of_one
        && let Ok(made) = case.run(&mut |_| Control::Continue)
    {
        return made.losses;
    }
    let first = evaluate(&case.model, &case.data, &case.start).loss;
    vec![(0, first), (finished.epochs, finished.loss)]
}

fn losses(history: &str) -> Option<Vec<(u64, f64)>> {
    let lines = history.lines().skip(1).filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (epoch, loss) = line.split_once(',')?;
            Some((epoch.trim().parse().ok()?, loss.trim().parse().ok()?))
        })
        .collect()
}

/// The lines of a path that can be read.
fn places(text: &str, count: usize) -> Vec<(u64, Vec<f64>)> {
    let place = |line: &str| {
        let mut numbers = line.split(',');
        let epoch = numbers.next()?.parse().ok()?;
        let theta: Vec<f64> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
        (theta.len() == count).then_some((epoch, theta))
    };
    text.lines().filter_map(place).collect()
}
