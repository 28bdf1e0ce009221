//! Runs that fail on purpose, for the tests of all findings.

use std::sync::Arc;

use crate::data::bind::BindOptions;
use crate::data::builtin;
use crate::model::{Model, ModelOptions, one_word};
use crate::random::{Key, Seed};
use crate::train::{Control, Options, Start, starting_values_of};
use crate::why::{Case, Limits, Report, Trial, why};

/// A run of a net in one word or a text on built-in data. The loss is appended where the text has none; starting values are
/// drawn as the options say.
pub(in crate::why) fn trial(net: &str, loss: &str, data: &str, change: impl FnOnce(&mut Options)) -> Trial {
    let mut options = Options { start: Start::Model, ..Options::default() };
    change(&mut options);
    let (model, data) = model_and_data(net, loss, data);
    let start = starting_values_of(&model, options.start.initialiser(), &options).unwrap();
    run(model, data, options, start)
}

/// The same from these starting values.
pub(in crate::why) fn trial_from(
    net: &str,
    loss: &str,
    start: &[f64],
    change: impl FnOnce(&mut Options),
) -> Trial {
    let mut options = Options::default();
    change(&mut options);
    let (model, data) = model_and_data(net, loss, "xor");
    run(model, data, options, start.to_vec())
}

fn model_and_data(net: &str, loss: &str, data: &str) -> (Model, crate::data::Dataset) {
    let table = builtin::table(data, Key::from_seed(Seed(1))).unwrap();
    let mut text = if one_word::looks_like_net(net) {
        format!("inputs x[2]\ntarget y\n{}", layers(net))
    } else {
        net.to_owned()
    };
    if !loss.is_empty() {
        text = format!("{text}\nloss = {loss}(y_hat, y)");
    }
    let model = Model::parse(&text, &ModelOptions::default()).unwrap();
    let data = model.bind(&table, &BindOptions::default()).unwrap().0;
    (model, data)
}

/// `2-3tanh-1sigmoid` as lines.
fn layers(word: &str) -> String {
    let mut below = "x".to_owned();
    let parts: Vec<&str> = word.split('-').skip(1).collect();
    let lines = parts.iter().enumerate().map(|(k, part)| {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let name = if k + 1 == parts.len() { "y_hat".to_owned() } else { format!("hidden{}", k + 1) };
        let activation = if digits < part.len() { format!(", {}", &part[digits..]) } else { String::new() };
        let line = format!("{name} = dense({below}, {}{activation})", &part[..digits]);
        below = name;
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn run(model: Model, data: crate::data::Dataset, options: Options, start: Vec<f64>) -> Trial {
    let case = Case { model: Arc::new(model), data: Arc::new(data), options, start };
    case.run(&mut |_| Control::Continue).unwrap()
}

/// The answer within the limits of the run.
pub(in crate::why) fn answer(trial: &Trial) -> Report {
    why(trial, Limits::for_run(&trial.case), &mut |_| Control::Continue)
}
