//! A run as its folder has it.

use std::sync::Arc;

use serde_json::Value;

use super::finished::{Case, Finished};
use super::lab::Limits;
use super::speed::short;
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
        let recorded = result["loss"].as_f64().unwrap_or(f64::NAN);
        let finished = Finished {
            losses: losses.unwrap_or_default(),
            path: path.map(|text| places(text, count)).unwrap_or_default(),
            epochs: result["stop"]["epoch"].as_u64().unwrap_or(case.options.epochs),
            stop: result["stop"]["reason"].as_str().unwrap_or_default().to_owned(),
            theta,
            loss: recorded,
            evaluation,
            case,
            note: None,
        };
        let mut finished = finished.counted_as_done();
        if let Some(other) = as_it_is_now(&finished) {
            return Ok(other);
        }
        if let Some((last, _)) = finished.losses.last().filter(|(last, _)| *last != finished.epochs) {
            finished.note = Some(format!(
                "history.csv ends at epoch {last} and the run at {}: the losses are those of result.json.",
                finished.epochs
            ));
            finished.losses.clear();
        }
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

/// A run of fewer products of a parameter with a row is made again, to see whether its settings are still the same.
const QUICK: f64 = 3e7;

fn is_other(recorded: f64, found: f64) -> bool {
    let far = (recorded - found).abs() > SAME * recorded.abs().max(found.abs()) + 1e-9;
    far || recorded.is_finite() != found.is_finite()
}

/// The run that the data, the model and the settings make now, where that is another one than the one recorded. An answer
/// mixed of both would be of no run at all.
fn as_it_is_now(finished: &Finished) -> Option<Finished> {
    let (recorded, found) = (finished.loss, finished.evaluation.loss);
    let case = &finished.case;
    // Where numbers overflowed the parameters may be those of the last epoch before that.
    if is_other(recorded, found) && recorded.is_finite() {
        let what = format!(
            "These are not the data (or the settings) of the run: result.json has the loss {} at its end, and there the \
             model has {} on these rows.",
            short(recorded),
            short(found)
        );
        let again =
            (case.work() <= Limits::default().work_of_one).then(|| case.run(&mut |_| Control::Continue));
        if let Some(Ok(made)) = again {
            return Some(Finished {
                note: Some(format!("{what} What follows is of the run made again on them.")),
                ..made
            });
        }
        let note = Some(format!("{what} What follows is of the recorded parameters on them; train again."));
        let first = evaluate(&case.model, &case.data, &case.start).loss;
        let losses = vec![(0, first), (finished.epochs, found)];
        return Some(Finished { note, losses, loss: found, path: vec![], ..finished.clone() });
    }
    // A run that someone ended, or that numbers ended, may have its end elsewhere.
    let plain = finished.stop != "interrupted" && !finished.overflowed() && case.work() <= QUICK;
    let made = plain.then(|| case.run(&mut |_| Control::Continue).ok()).flatten()?;
    (made.epochs != finished.epochs || is_other(recorded, made.loss)).then(|| {
        let note = format!(
            "These are not the settings (or the starting values) of the run: made again with what is in its folder it ends at the \
             loss {} after {} epochs, and result.json has {} after {}. What follows is of the run made again.",
            short(made.loss),
            made.epochs,
            short(recorded),
            finished.epochs
        );
        Finished { note: Some(note), ..made }
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, run};

    /// What a folder has of a run that is not solved.
    fn documents(change: impl FnOnce(&mut Options)) -> (Case, Finished, String, String) {
        let case = case("2-2sigmoid-1", "xor", |o| {
            (o.learning_rate, o.epochs, o.seed) = (0.3, 400, 2);
            change(o);
        });
        let finished = run(&case);
        let result = serde_json::json!({
            "start": case.start,
            "theta": finished.theta,
            "loss": finished.loss,
            "stop": { "reason": finished.stop, "epoch": finished.epochs },
        });
        let options = serde_json::to_string(&case.options).unwrap();
        (case, finished, options, result.to_string())
    }

    fn read(case: &Case, data: Dataset, options: &str, result: &str) -> Finished {
        Finished::recorded((*case.model).clone(), data, (options, result, None, None)).unwrap()
    }

    #[test]
    fn a_run_as_it_was_has_no_note() {
        let (case, finished, options, result) = documents(|_| ());
        let read = read(&case, (*case.data).clone(), &options, &result);
        assert_eq!((read.note.as_deref(), read.loss.to_bits()), (None, finished.loss.to_bits()));
    }

    #[test]
    fn other_rows_other_settings_and_another_result_are_told_and_the_answer_is_of_one_run() {
        let (case, finished, options, result) = documents(|_| ());
        let mut data = (*case.data).clone();
        data.targets[1] = 0.0;
        let other_rows = read(&case, data.clone(), &options, &result);
        assert!(other_rows.note.as_ref().unwrap().contains("not the data"));
        let there = evaluate(&case.model, &data, &other_rows.theta).loss;
        assert!((there - other_rows.loss).abs() < 1e-12);
        let faster = options.replace("\"learning_rate\":0.3", "\"learning_rate\":0.9");
        assert_ne!(faster, options);
        let other_rate = read(&case, (*case.data).clone(), &faster, &result);
        assert!(other_rate.note.as_ref().unwrap().contains("not the settings"));
        assert!(other_rate.loss != finished.loss);
        let mut better: Value = serde_json::from_str(&result).unwrap();
        better["loss"] = 1e-4.into();
        let better = read(&case, (*case.data).clone(), &options, &better.to_string());
        assert!(better.note.is_some());
        assert_eq!(better.loss.to_bits(), finished.loss.to_bits());
    }

    #[test]
    fn a_history_that_was_cut_is_told_and_the_losses_are_whole_all_the_same() {
        let (case, finished, options, result) = documents(|_| ());
        let documents = (&*options, &*result, Some("epoch,loss\n0,0.3\n4,0.26\n"), None);
        let read = Finished::recorded((*case.model).clone(), (*case.data).clone(), documents).unwrap();
        assert!(read.note.as_ref().unwrap().starts_with("history.csv ends at epoch 4 and the run at 400"));
        assert_eq!(read.losses.last().unwrap().0, finished.epochs);
    }
}
