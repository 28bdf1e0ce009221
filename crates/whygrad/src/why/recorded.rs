//! A run as its folder has it.

use std::sync::Arc;

use serde_json::Value;

use super::finished::{Case, Finished};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::{Options, evaluate};

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
    /// were kept, `path.csv`.
    ///
    /// # Errors
    /// A document that cannot be read, or that belongs to another model.
    pub fn recorded(
        model: Model,
        data: Dataset,
        (options, result, history, path): (&str, &str, &str, Option<&str>),
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
        let losses =
            losses(history).ok_or_else(|| wrong("history.csv", "expected lines `epoch,loss`".into()))?;
        let evaluation = evaluate(&model, &data, &theta);
        let case = Case { model: Arc::new(model), data: Arc::new(data), options, start };
        let epochs = result["stop"]["epoch"].as_u64().unwrap_or(case.options.epochs);
        let stop = result["stop"]["reason"].as_str().unwrap_or_default().to_owned();
        Ok(Finished {
            losses,
            path: path.map(|text| places(text, count)).unwrap_or_default(),
            epochs,
            theta,
            loss: result["loss"].as_f64().unwrap_or(f64::NAN),
            evaluation,
            case: case.ended_where_it_was(&stop, epochs),
            stop,
        })
    }
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
