//! Runs that are looked at: the parameters now and then, and a part of the data that says when to end.

use whygrad::data::bind::BindOptions;
use whygrad::data::{Dataset, builtin};
use whygrad::model::{Model, ModelOptions};
use whygrad::random::{Key, Seed};
use whygrad::train::validation::{Criterion, EarlyStopping, Validated, train_validated};
use whygrad::train::{
    BatchSize, Control, Options, StopReason, evaluate, starting_values_of, train, train_watched,
};

const TINY: &str = "inputs x[2]\ntarget y\nhidden = dense(x, 3, tanh)\ny_hat = dense(hidden, 1, sigmoid)\nloss = mse(y_hat, y)";
const WIDE: &str = "inputs x[2]\ntarget y\nhidden = dense(x, 200, tanh)\nmore = dense(hidden, 100, tanh)\ny_hat = dense(more, 1, sigmoid)\nloss = mse(y_hat, y)";

fn bound(text: &str, data: &str) -> (Model, Dataset) {
    let model = Model::parse(text, &ModelOptions::default()).unwrap();
    let table = builtin::table(data, Key::from_seed(Seed(1))).unwrap();
    let data = model.bind(&table, &BindOptions::default()).unwrap().0;
    (model, data)
}

fn options(epochs: u64) -> Options {
    Options { epochs, learning_rate: 0.3, threads: Some(1), ..Options::default() }
}

/// What is seen at every third epoch is what a run of so many epochs ends with, and the run itself is as unwatched.
fn looking_changes_nothing(text: &str, options: &Options, every: u64) {
    let (model, data) = bound(text, "moons(n=20)");
    let start = starting_values_of(&model, None, options).unwrap();
    let plain = train(&model, Some(&data), &start, options, &mut |_| Control::Continue).unwrap();
    let mut seen = Vec::new();
    let run = train_watched(&model, Some(&data), &start, options, every, &mut |progress, theta| {
        assert_eq!(theta.is_some(), progress.epoch.is_multiple_of(every));
        seen.extend(theta.map(|theta| (progress.epoch, progress.loss, theta.to_vec())));
        Control::Continue
    });
    assert_eq!(run.unwrap(), plain);
    // The end of the run is an ending and no look.
    assert_eq!(seen.len() as u64, options.epochs.div_ceil(every));
    for (epoch, loss, theta) in seen.iter().skip(1).step_by(5) {
        // A schedule looks at the number of epochs, so the run is stopped and not shortened.
        let control = |reached: u64| if reached == *epoch { Control::Stop } else { Control::Continue };
        let short = train(&model, Some(&data), &start, options, &mut |p| control(p.epoch)).unwrap();
        assert_eq!((short.loss, &short.theta), (*loss, theta), "epoch {epoch}");
    }
}

#[test]
fn looking_at_the_parameters_changes_no_bit() {
    for every in [1, 3, 20, 64, 1000] {
        looking_changes_nothing(TINY, &options(150), every);
    }
    looking_changes_nothing(TINY, &Options { optimiser: "adam".parse().unwrap(), ..options(100) }, 7);
    looking_changes_nothing(TINY, &Options { schedule: "plateau".parse().unwrap(), ..options(100) }, 7);
    looking_changes_nothing(TINY, &Options { batch: BatchSize::Rows(8), shuffle: true, ..options(40) }, 7);
    looking_changes_nothing(TINY, &Options { method: Some("scg".parse().unwrap()), ..options(20) }, 3);
    // Far apart: between two looks only losses are seen.
    looking_changes_nothing(TINY, &options(9000), 1500);
    looking_changes_nothing(TINY, &Options { optimiser: "momentum".parse().unwrap(), ..options(7001) }, 4097);
    looking_changes_nothing(WIDE, &options(20), 3);
}

/// Rows to train on that say little of those to validate on.
fn overfitted(rules: &EarlyStopping, epochs: u64) -> (Model, Dataset, Validated) {
    let (model, all) = bound(TINY, "moons(n=60, noise=0.6)");
    let (few, others): (Vec<usize>, Vec<usize>) = (0..60).partition(|row| *row < 14);
    let (data, validation) = (all.select(&few), all.select(&others));
    let options = Options { learning_rate: 2.0, ..options(epochs) };
    let start = starting_values_of(&model, None, &options).unwrap();
    let parts = (&data, &validation);
    let found = train_validated(&model, parts, &start, &options, rules, &mut |_| Control::Continue).unwrap();
    (model, validation, found)
}

#[test]
fn the_parameters_with_the_least_validation_loss_are_kept() {
    let rules = EarlyStopping { progress: None, ..EarlyStopping::PROBEN1 };
    let (model, validation, found) = overfitted(&rules, 20_000);
    assert_eq!(
        (found.criterion, &found.run.stop),
        (Some(Criterion::GeneralityLoss), &StopReason::Interrupted)
    );
    let least = found.validation.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap();
    assert_eq!(found.best_epoch, least.0);
    assert_eq!(evaluate(&model, &validation, &found.best_theta).loss, least.1);
    let last = found.validation.last().unwrap();
    assert!(last.0 == found.run.epoch && last.1 > 1.05 * least.1);
    assert!(found.validation.iter().enumerate().all(|(k, v)| v.0 == 5 * k as u64));
}

#[test]
fn without_a_criterion_a_run_goes_to_its_end() {
    let rules =
        EarlyStopping { every: 7, generality_loss: None, quotient: None, rises: None, progress: None };
    let (_, _, found) = overfitted(&rules, 50);
    assert_eq!((found.criterion, &found.run.stop, found.run.epoch), (None, &StopReason::Epochs, 50));
    let epochs: Vec<u64> = found.validation.iter().map(|v| v.0).collect();
    assert_eq!(epochs, [0, 7, 14, 21, 28, 35, 42, 49, 50]);
}
