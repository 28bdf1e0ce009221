//! Runs that fail on purpose, for the tests of all findings.

use std::sync::Arc;

use crate::data::bind::BindOptions;
use crate::data::builtin;
use crate::init::Initialiser;
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

fn line(trial: &Trial, report: &Report, micros: u128) -> String {
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|f| {
            let after = f.experiment.as_ref().map_or(String::new(), |e| {
                let draws = e.draws.map_or(String::new(), |d| format!(" {}/{}", d[0], d[1]));
                format!(" [{}: {:.4}{}{draws}]", e.change, e.after.loss, if e.after.solved { " solved" } else { "" })
            });
            format!("\n      {} {} {}{after}", if f.confirmed { "+" } else { "?" }, f.kind.name(), f.summary)
        })
        .collect();
    format!("{:?} loss {:.5} {} ms{}", report.verdict, trial.loss, micros / 1000, found.concat())
}

#[test]
#[ignore = "prints a table to look at"]
fn table() {
    let pick = |name: &str, all: &str| -> Vec<String> {
        std::env::var(name).unwrap_or_else(|_| all.into()).split(',').map(str::to_owned).collect()
    };
    for net in pick("NETS", "2-2sigmoid-1sigmoid,2-3sigmoid-1sigmoid,2-4tanh-1sigmoid,2-8relu-1sigmoid") {
        for loss in pick("LOSSES", "mse,binary_cross_entropy") {
            for rate in pick("RATES", "1e-4,1e-3,1e-2,0.1,0.5,2,10,100,1000") {
                for epochs in pick("EPOCHS", "50,500,5000,20000") {
                    for seed in pick("SEEDS", "1,2") {
                        let init = std::env::var("INIT").unwrap_or_else(|_| "uniform(-1,1)".into());
                        let trial = trial(&net, &loss, "xor", |o| {
                            o.learning_rate = rate.parse().unwrap();
                            o.epochs = epochs.parse().unwrap();
                            o.seed = seed.parse().unwrap();
                            o.start = Start::Drawn(init.parse::<Initialiser>().unwrap());
                            if let Ok(name) = std::env::var("OPTIMISER") {
                                o.optimiser = name.parse().unwrap();
                            }
                        });
                        if trial.is_solved() {
                            continue;
                        }
                        let begun = std::time::Instant::now();
                        let report = answer(&trial);
                        let line = line(&trial, &report, begun.elapsed().as_micros());
                        println!("{net} {loss} rate {rate} epochs {epochs} seed {seed}: {line}");
                    }
                }
            }
        }
    }
}
