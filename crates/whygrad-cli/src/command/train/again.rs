//! `whygrad train RUN` makes a run again; what is said beside it changes that alone.

use std::path::Path;

use clap::{Args as _, FromArgMatches as _};
use serde_json::Value as Json;
use whygrad::interop::run_folder;
use whygrad::train::{Options, Start};
use whygrad::why::Again;

use super::Arguments;
use crate::command::said::{flag, option, options as said};
use crate::input::{self, DataArguments};

/// Under this name the options of a run say what was said of it.
const SAID: &str = "said";

/// Notes in the options of a run what makes it again from its folder.
pub(super) fn remember(choices: &mut Json, a: &Arguments, options: &Options) {
    let mut words = said_of(a, options);
    // The folder has the gradient's text and the starting values themselves.
    drop_option(&mut words, "gradient");
    if options.start == Start::Given {
        drop_option(&mut words, "init");
    }
    choices[SAID] = words.into();
    choices["loss"] = a.net.loss.clone().into();
}

/// What makes a run again that was just made: its folder, or else its model and options.
pub(super) fn again(a: &Arguments, (options, choices): (&Options, &Json), folder: Option<&Path>) -> Again {
    let run = folder.map_or_else(|| words(a, options), |folder| vec![folder.display().to_string()]);
    Again { run, said: said_for_another(choices, &DataArguments::default()) }
}

/// What makes a run again that has a folder, on other data where they are said.
pub(crate) fn of_folder(folder: &Path, data: &DataArguments) -> anyhow::Result<Again> {
    let choices: Json =
        serde_json::from_str(&input::read_text(&folder.join(run_folder::OPTIONS))?).unwrap_or_default();
    let mut run = vec![folder.display().to_string()];
    data_words(&mut run, data);
    Ok(Again { run, said: said_for_another(&choices, data) })
}

/// The options of a run for another model: those on its data, and what was said of it but for its gradient and its
/// starting values, which belong to its own parameters.
fn said_for_another(choices: &Json, data: &DataArguments) -> Vec<String> {
    let mut words = Vec::new();
    let text = |key: &str| choices[key].as_str().map(str::to_owned);
    if data.data.is_some() {
        data_words(&mut words, data);
    } else {
        let list = |key: &str| serde_json::from_value::<Vec<String>>(choices[key].clone()).ok();
        let own = DataArguments {
            data: input::data_of(choices),
            inputs: data.inputs.clone().or_else(|| list("inputs")),
            targets: data.targets.clone().or_else(|| list("targets")),
        };
        data_words(&mut words, &own);
    }
    if let Ok(said) = serde_json::from_value::<Vec<String>>(choices[SAID].clone()) {
        words.extend(said);
    } else {
        // A folder of an earlier version does not tell what was said.
        option(&mut words, "loss", text("loss"));
        option(&mut words, "lr", choices["learning_rate"].as_f64());
        option(&mut words, "epochs", choices["epochs"].as_u64());
        option(&mut words, "seed", choices["seed"].as_u64());
    }
    words
}

/// The words on data.
fn data_words(words: &mut Vec<String>, data: &DataArguments) {
    let list = |names: &Option<Vec<String>>| names.as_ref().map(|names| names.join(","));
    option(words, "data", data.data.clone());
    option(words, "inputs", list(&data.inputs));
    option(words, "targets", list(&data.targets));
}

/// The model and the options that make a run again where it has no folder.
fn words(a: &Arguments, options: &Options) -> Vec<String> {
    let mut words = vec![a.model.clone()];
    data_words(&mut words, &a.net.data);
    words.extend(said_of(a, options));
    words
}

/// All options but the data.
fn said_of(a: &Arguments, options: &Options) -> Vec<String> {
    let mut words = said(&a.net, &a.run, &|_| None);
    if a.run.steps.learning_rate.is_none() && options.method.is_none() {
        option(&mut words, "lr", Some(options.learning_rate));
    }
    if a.run.epochs.is_none() {
        option(&mut words, "epochs", Some(options.epochs));
    }
    option(&mut words, "target-loss", a.run.target_loss);
    flag(&mut words, "until-right", a.until_right);
    option(&mut words, "within", a.within);
    option(&mut words, "restart", options.restart);
    words
}

/// What was said of an earlier run, and then what is said now; `None` where the model is no run, or one that does not
/// tell.
pub(super) fn merged(a: &Arguments) -> anyhow::Result<Option<Arguments>> {
    let folder = Path::new(&a.model);
    if !run_folder::is_run(folder) {
        return Ok(None);
    }
    let choices: Json = serde_json::from_str(&input::read_text(&folder.join(run_folder::OPTIONS))?)?;
    let Ok(mut words) = serde_json::from_value::<Vec<String>>(choices[SAID].clone()) else { return Ok(None) };
    let now: Vec<String> = std::env::args().skip_while(|word| word != "train").skip(1).collect();
    let says = |names: &[&str]| now.iter().any(|w| names.contains(&w.split('=').next().unwrap_or(w)));
    // What another choice makes senseless.
    if says(&["--optimiser", "--optimizer", "--opt"]) {
        for name in ["optimiser", "lr", "momentum", "schedule"] {
            drop_option(&mut words, name);
        }
    }
    if says(&["--until-right", "--within"]) {
        drop_option(&mut words, "within");
        words.retain(|word| word != "--until-right");
    }
    if says(&["--init", "--seed", "--restart", "--restarts"]) {
        drop_option(&mut words, "restart");
    }
    let command = Arguments::augment_args(clap::Command::new("whygrad train")).args_override_self(true);
    let all = std::iter::once("train".to_owned()).chain(words).chain(now);
    match command.try_get_matches_from(all).and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(merged) => Ok(Some(merged)),
        Err(error) => error.exit(),
    }
}

/// The starting values of an earlier run, where they were given as numbers and nothing else is said now.
pub(super) fn start(a: &Arguments) -> Option<Vec<f64>> {
    let folder = Path::new(&a.model);
    let now: Vec<String> = std::env::args().collect();
    let says = |name: &str| now.iter().any(|w| w == name || w.starts_with(&format!("{name}=")));
    if !run_folder::is_run(folder) || ["--init", "--seed", "--restart", "--restarts"].iter().any(|n| says(n))
    {
        return None;
    }
    let read = |file: &str| serde_json::from_str::<Json>(&input::read_text(&folder.join(file)).ok()?).ok();
    let given = read(run_folder::OPTIONS)?["start"] == "given";
    serde_json::from_value(read(run_folder::RESULT)?["start"].clone()).ok().filter(|_| given)
}

fn drop_option(words: &mut Vec<String>, name: &str) {
    let name = format!("--{name}");
    while let Some(at) = words.iter().position(|word| *word == name) {
        words.drain(at..(at + 2).min(words.len()));
    }
}
