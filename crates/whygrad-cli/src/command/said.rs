//! What was said on the command line, as words that say it again.

use whygrad::odds::sweep::Setting;
use whygrad::train::{BatchSize, Precision, RandomSource};

use super::steps::StepArguments;
use super::train::{NetArguments, RunArguments};

/// The options of a training but for its data; what is `swept` stands in place of what was said.
pub(crate) fn options(
    net: &NetArguments,
    run: &RunArguments,
    swept: &dyn Fn(Setting) -> Option<String>,
) -> Vec<String> {
    let mut words = Vec::new();
    option(&mut words, "loss", swept(Setting::Loss).or_else(|| net.loss.clone()));
    option(&mut words, "gradient", run.gradient.as_ref().map(|path| path.display().to_string()));
    steps(&mut words, &run.steps, swept);
    option(&mut words, "epochs", swept(Setting::Epochs).or_else(|| run.epochs.map(|n| n.to_string())));
    let batch = (net.batch != BatchSize::Full).then(|| net.batch.to_string());
    option(&mut words, "batch", swept(Setting::Batch).or(batch));
    flag(&mut words, "shuffle", net.shuffle);
    option(&mut words, "init", swept(Setting::Init).or_else(|| net.init.clone()));
    option(&mut words, "random", (net.random == RandomSource::Python).then_some("python"));
    option(&mut words, "precision", (run.precision == Precision::F32).then_some("f32"));
    flag(&mut words, "portable", run.portable);
    option(&mut words, "tol", run.tol);
    option(&mut words, "gradient-norm", run.gradient_norm);
    option(&mut words, "seed", Some(run.seed));
    words
}

/// The options on steps. A learning rate that was not said is the same again.
fn steps(words: &mut Vec<String>, said: &StepArguments, swept: &dyn Fn(Setting) -> Option<String>) {
    let text = |number: Option<f64>| number.map(|number| number.to_string());
    let optimiser = || said.optimiser.as_ref().map(|chosen| chosen.stepping.short());
    option(words, "optimiser", swept(Setting::Optimiser).or_else(optimiser));
    option(words, "momentum", swept(Setting::Momentum).or_else(|| text(said.momentum)));
    option(words, "lr", swept(Setting::LearningRate).or_else(|| text(said.learning_rate)));
    let schedule = || said.schedule.map(|schedule| schedule.to_string());
    option(words, "schedule", swept(Setting::Schedule).or_else(schedule));
    for (factor, value) in said.factors() {
        let setting = Setting::Factor(factor);
        option(words, setting.name(), swept(setting).or_else(|| text(value)));
    }
}

/// Appends `--name value`, where there is one.
pub(crate) fn option(words: &mut Vec<String>, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        words.push(format!("--{name}"));
        words.push(value.to_string());
    }
}

/// Appends `--name`, where it is so.
pub(crate) fn flag(words: &mut Vec<String>, name: &str, is_so: bool) {
    if is_so {
        words.push(format!("--{name}"));
    }
}
