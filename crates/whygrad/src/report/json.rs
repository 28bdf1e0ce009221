//! The JSON documents of `train`, `eval` and `minimize`.

use serde_json::{Value, json};

use crate::interop::parameters;
use crate::model::Model;
use crate::train::{Evaluation, Run, StopReason};

use super::messages::{stop_sentence, term_text};

/// The document of a run. `seconds` is the time of training alone, measured by the caller.
pub fn run_json(model: &Model, run: &Run, evaluation: Option<&Evaluation>, seconds: f64) -> Value {
    let shown = run.history.shown();
    let (epochs, losses): (Vec<u64>, Vec<f64>) = shown.into_iter().unzip();
    let mut stop = json!({
        "reason": run.stop.name(),
        "epoch": run.epoch,
        "sentence": stop_sentence(model, run),
    });
    if let StopReason::Overflow(overflow) = &run.stop {
        stop["operation"] = json!(overflow.term.map(|t| term_text(model, t)));
        stop["row"] = json!(overflow.row);
    }
    json!({
        "stop": stop,
        "loss": run.loss,
        "history": {"epoch": epochs, "loss": losses},
        "params": parameters::to_json(&model.program.parameters, &run.theta),
        "theta": run.theta,
        "predictions": evaluation.map(|e| &e.predictions),
        "accuracy": evaluation.and_then(|e| e.accuracy),
        "seconds": seconds,
        "epochs_per_second": if seconds > 0.0 { run.epoch as f64 / seconds } else { 0.0 },
        "start": run.start,
    })
}

/// The document of an evaluation.
pub fn evaluation_json(model: &Model, evaluation: &Evaluation, theta: &[f64]) -> Value {
    let wrong: Vec<Value> = evaluation
        .wrong
        .iter()
        .map(|w| json!({"row": w.row, "inputs": w.inputs, "prediction": w.prediction, "target": w.target}))
        .collect();
    json!({
        "loss": evaluation.loss,
        "predictions": evaluation.predictions,
        "accuracy": evaluation.accuracy,
        "wrong": wrong,
        "params": parameters::to_json(&model.program.parameters, theta),
        "theta": theta,
    })
}
