//! What many restarts came to: documents, texts and figures.

mod figures;
mod settings;
mod text;

use serde_json::{Map, Value, json};

pub use figures::{odds_figure, rate_figure};
pub use settings::{Screen, settings_text};
pub use text::{grouped, odds_line, odds_text, replays_text};

use crate::odds::sweep::{self, Sweep};
use crate::odds::{End, QUANTILES, Tally};
use crate::train::Ending;

/// The time that restarts took, measured by the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Taken {
    /// Seconds of training.
    pub seconds: f64,
    /// Epochs of all nets together in that time, also of nets that had not ended when something stopped them.
    pub net_epochs: u64,
}

/// The document of a tally; `replay` gives the command that trains a restart again.
///
/// `net_epochs` are those of all endings that were counted, of earlier sessions too; `net_epochs_now` those of this
/// one, and what `net_epochs_per_second` counts in its `seconds`.
pub fn odds_json(tally: &Tally, taken: Taken, replay: &dyn Fn(u64) -> String) -> Value {
    let mut document = tally_json(tally);
    add_replays(&mut document, tally, replay);
    document["seconds"] = json!(taken.seconds);
    let speed = if taken.seconds > 0.0 { taken.net_epochs as f64 / taken.seconds } else { 0.0 };
    document["net_epochs_per_second"] = json!(speed);
    document["net_epochs"] = json!(tally.net_epochs());
    document["net_epochs_now"] = json!(taken.net_epochs);
    document
}

/// Adds the restarts worth a look.
fn add_replays(document: &mut Value, tally: &Tally, replay: &dyn Fn(u64) -> String) {
    let kept = |endings: &[Ending]| -> Vec<Value> {
        endings
            .iter()
            .map(|e| {
                json!({
                    "restart": e.restart,
                    "epochs": e.epochs,
                    "loss": finite(e.loss),
                    "reason": e.reason.name(),
                    "replay": replay(e.restart),
                })
            })
            .collect()
    };
    document["best"] = json!(kept(tally.fastest()));
    document["slowest"] = json!(kept(tally.slowest()));
    document["worst"] = json!(kept(tally.worst()));
}

/// The document of a sweep: the combinations in order, each with its values and its tally; `replay` gives the command
/// that trains a restart of a combination again.
pub fn settings_json(
    sweeps: &[Sweep],
    settings: &[(Vec<sweep::Value>, Tally)],
    replay: &dyn Fn(&[sweep::Value], u64) -> String,
) -> Value {
    let of = |(values, tally): &(Vec<sweep::Value>, Tally)| {
        let mut document = Map::new();
        for (sweep, value) in sweeps.iter().zip(values) {
            let shown = value.number().map_or_else(|| json!(value.to_string()), |_| number_json(value));
            document.insert(sweep.setting.name().to_owned(), shown);
        }
        let mut counted = tally_json(tally);
        add_replays(&mut counted, tally, &|restart| replay(values, restart));
        if let Value::Object(counted) = counted {
            document.extend(counted);
        }
        Value::Object(document)
    };
    settings.iter().map(of).collect()
}

/// A value as a number; whole ones without a point.
fn number_json(value: &sweep::Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or_else(|_| json!(value.to_string()))
}

fn tally_json(tally: &Tally) -> Value {
    let (low, high) = tally.interval();
    let quantiles: Map<String, Value> = QUANTILES
        .iter()
        .map(|q| (format!("{}", (100.0 * q).round()), json!(tally.epochs().quantile(*q))))
        .collect();
    json!({
        "restarts": tally.restarts(),
        "solved": tally.solved(),
        "rate": tally.rate(),
        "interval": [low, high],
        "epochs_quantiles": quantiles,
        "epochs_quantiles_error": tally.epochs().error(),
        "ends": tally.ends().iter().map(end_json).collect::<Vec<_>>(),
    })
}

fn end_json(end: &End) -> Value {
    let level = end.level.as_ref();
    json!({
        "loss": level.and_then(|l| finite(l.loss)),
        "count": end.count,
        "reason": end.reason.name(),
        "fraction": level.and_then(|l| l.fraction).map(|(p, q)| format!("{p}/{q}")),
        "near": level.and_then(|l| l.near).map(|(p, q)| format!("{p}/{q}")),
        "from": level.and_then(|l| finite(l.low)),
        "to": level.and_then(|l| finite(l.high)),
        "scattered": end.scattered,
    })
}

/// JSON has no infinity.
fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests;
