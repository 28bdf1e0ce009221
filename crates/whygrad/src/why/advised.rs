//! The advice that does what the experiment did: the values of the run that helped, not those of another draw.

use std::sync::Arc;

use super::finished::{Case, Finished};
use super::lab::{Change, Lab};
use super::report::{Advice, without};
use crate::init::Initialiser;
use crate::model::{Model, ModelOptions, one_word};
use crate::train::{Options, Start, starting_values_of};

/// Draws that the values of the run are looked for among.
const DRAWS: u64 = 40;

/// Draws of the advised starting values that are tried.
const TRIED: usize = 6;

/// Up to so many starting values are written out.
const WRITTEN: usize = 64;

/// The advice with what the run that helped has of its own, and the run that the advised command makes, where that is
/// another one than the run that helped.
pub(super) fn advised(
    before: &Finished,
    advice: &Advice,
    after: &Finished,
    helps: &dyn Fn(&Finished) -> bool,
    lab: &mut Lab<'_>,
) -> (Advice, Option<Finished>) {
    let (was, is) = (&before.case, &after.case);
    let same_model = Arc::ptr_eq(&was.model, &is.model);
    // Of other data or another model no option tells.
    if !Arc::ptr_eq(&was.data, &is.data) || (!same_model && advice.model.is_none()) {
        return (advice.clone(), None);
    }
    let mut advice = advice.clone();
    if is.options.learning_rate.to_bits() != was.options.learning_rate.to_bits()
        && (says(&advice, "--lr") || advice.model.is_some())
    {
        advice = with(&advice, "--lr", is.options.learning_rate.to_string());
    }
    if is.options.epochs != was.options.epochs && advice.model.is_some() && !says(&advice, "--epochs") {
        advice = with(&advice, "--epochs", is.options.epochs.to_string());
    }
    if is.start.len() == was.start.len() && is.start == was.start && same_model {
        return (advice, None);
    }
    let Some(model) = model_of(&advice, is) else { return (advice, None) };
    let said = value(&advice, "--init").and_then(|text| text.parse::<Initialiser>().ok());
    let sort = said.or_else(|| was.options.start.initialiser());
    // Starting values that were given are drawn anew only where the advice says how, or for another model.
    if said.is_some() || was.options.start != Start::Given || !same_model {
        let drawn: Vec<(Option<u64>, Case)> = std::iter::once(None)
            .chain((1..=DRAWS).map(|k| Some(was.options.restart.unwrap_or(0).wrapping_add(k))))
            .filter_map(|restart| Some((restart, drawn(&model, sort, is, restart)?)))
            .collect();
        if let Some((restart, _)) =
            drawn.iter().find(|(_, case)| case.start == is.start && !is.options.shuffle)
        {
            return (restarted(&advice, *restart), None);
        }
        for (restart, case) in drawn.iter().take(TRIED) {
            let words = match restart {
                Some(k) => format!("starting values as advised, draw {k}"),
                None => "starting values as advised".into(),
            };
            let made = lab.run(&Change { words, case: case.clone() });
            if let Some(made) = made.filter(|made| helps(made)) {
                return (restarted(&advice, *restart), Some(made));
            }
        }
    }
    if is.start.len() > WRITTEN {
        return (advice, None);
    }
    let values: Vec<String> = is.start.iter().map(f64::to_string).collect();
    let advice = without(&advice, "--restart");
    (with(&advice, "--init", format!("[{}]", values.join(","))), None)
}

/// A case with starting values as `train` draws them.
fn drawn(model: &Model, sort: Option<Initialiser>, case: &Case, restart: Option<u64>) -> Option<Case> {
    let start = sort.map_or(Start::Model, Start::Drawn);
    let options = Options { restart, start, ..case.options.clone() };
    let values = starting_values_of(model, sort, &options).ok()?;
    (values.len() == case.start.len()).then(|| Case { options, start: values, ..case.clone() })
}

/// The model that the advised command trains.
fn model_of(advice: &Advice, case: &Case) -> Option<Model> {
    let Some(argument) = &advice.model else { return Some((*case.model).clone()) };
    let text =
        if one_word::looks_like_net(argument) { one_word::expand(argument).ok()? } else { argument.clone() };
    let options =
        ModelOptions { loss: value(advice, "--loss").map(str::to_owned), ..ModelOptions::default() };
    Model::parse(&text, &options).ok()
}

fn says(advice: &Advice, name: &str) -> bool {
    advice.flags.iter().any(|flag| flag == name)
}

fn value<'a>(advice: &'a Advice, name: &str) -> Option<&'a str> {
    let at = advice.flags.iter().position(|flag| flag == name)?;
    advice.flags.get(at + 1).map(String::as_str)
}

/// The advice with this option, in the place of what it said of it.
fn with(advice: &Advice, name: &str, value: String) -> Advice {
    let mut flags = advice.flags.clone();
    match flags.iter().position(|flag| flag == name) {
        Some(at) if at + 1 < flags.len() => flags[at + 1] = value,
        _ => flags.extend([name.to_owned(), value]),
    }
    Advice { flags, ..advice.clone() }
}

fn restarted(advice: &Advice, restart: Option<u64>) -> Advice {
    match restart {
        Some(k) => with(advice, "--restart", k.to_string()),
        None => advice.clone(),
    }
}

#[cfg(test)]
mod tests {
    use crate::train::Control;
    use crate::train::Options;
    use crate::why::finding::tests::{case_of, data, model};
    use crate::why::{Kind, Limits, why};

    #[test]
    fn the_draw_that_is_advised_is_one_that_solved_the_run() {
        let net = model("2-2sigmoid-1");
        let rows = data(&net, "xor");
        let mut case = case_of(net, rows);
        case.options = Options { learning_rate: 0.3, epochs: 20_000, ..case.options };
        case.start = vec![0.1; case.start.len()];
        let finished = case.run(&mut |_| Control::Continue).unwrap();
        let report = why(&finished, Limits::for_run(&case), &mut |_| Control::Continue);
        let first = &report.findings[0];
        assert_eq!(first.kind, Kind::SymmetricUnits);
        assert!(first.experiment.as_ref().unwrap().after.solved);
        assert_eq!(first.advice.flags[0], "--init");
    }
}
