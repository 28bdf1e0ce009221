//! Runs for the tests of the findings.

use std::sync::Arc;

use super::Look;
use crate::data::Dataset;
use crate::data::bind::BindOptions;
use crate::data::builtin;
use crate::model::{Model, ModelOptions, one_word};
use crate::random::{Key, Purpose, Seed};
use crate::train::{Control, Options, RandomSource, Start, starting_values, starting_values_of};
use crate::why::scene::Scene;
use crate::why::{Case, Finished, Kind, Limits, Report, why};

/// A net as one word, with the squared error, or a model's text.
pub(in crate::why) fn model(text: &str) -> Model {
    let expanded = if one_word::looks_like_net(text) { one_word::expand(text).unwrap() } else { text.into() };
    Model::parse(&expanded, &ModelOptions::default()).unwrap()
}

/// A built-in table.
pub(in crate::why) fn data(model: &Model, name: &str) -> Dataset {
    let table = builtin::table(name, Key::from_seed(Seed(1)).purpose(Purpose::Data)).unwrap();
    model.bind(&table, &BindOptions::default()).unwrap().0
}

/// Rows of inputs and targets.
pub(in crate::why) fn rows(rows: &[(&[f64], &[f64])]) -> Dataset {
    let names = |letter: &str, n: usize| (1..=n).map(|k| format!("{letter}{k}")).collect();
    Dataset {
        inputs: rows.iter().flat_map(|r| r.0).copied().collect(),
        targets: rows.iter().flat_map(|r| r.1).copied().collect(),
        rows: rows.len(),
        input_names: names("x", rows[0].0.len()),
        target_names: names("y", rows[0].1.len()),
    }
}

/// A case with the default options and starting values.
pub(in crate::why) fn case_of(model: Model, data: Dataset) -> Case {
    let start = starting_values(&model, None, 1, RandomSource::Own).unwrap();
    Case { model: Arc::new(model), data: Arc::new(data), options: Options::default(), start }
}

/// A run of a net on built-in data, with what is changed about it.
pub(in crate::why) fn finished(net: &str, table: &str, change: impl FnOnce(&mut Case)) -> Finished {
    let model = model(net);
    let data = data(&model, table);
    let mut case = case_of(model, data);
    change(&mut case);
    run(&case)
}

/// A run of a case.
pub(in crate::why) fn run(case: &Case) -> Finished {
    case.run(&mut |_| Control::Continue).unwrap()
}

/// The whole answer.
pub(in crate::why) fn answer(finished: &Finished) -> Report {
    why(finished, Limits::for_run(&finished.case), &mut |_| Control::Continue)
}

/// The kinds that one look alone suspects.
pub(in crate::why) fn suspected(look: Look, finished: &Finished) -> Vec<Kind> {
    look(&Scene::new(finished, Limits::for_run(&finished.case))).iter().map(|s| s.kind).collect()
}

/// Whether the first finding is of this kind and confirmed.
#[track_caller]
pub(in crate::why) fn assert_cause(finished: &Finished, kind: Kind) -> Report {
    let report = answer(finished);
    let first = report.findings.first().map(|f| (f.kind, f.confirmed));
    assert_eq!(first, Some((kind, true)), "{report:#?}");
    report
}

/// A case of a net in one word or a model's text, on a built-in table; its start is drawn as the options say.
pub(in crate::why) fn case(net: &str, table: &str, change: impl FnOnce(&mut Options)) -> Case {
    let model = model(net);
    let data = data(&model, table);
    let mut options = Options { threads: Some(1), ..Options::default() };
    change(&mut options);
    let start =
        starting_values(&model, options.start.initialiser(), options.seed, RandomSource::Own).unwrap();
    Case { model: Arc::new(model), data: Arc::new(data), options, start }
}

/// The same with other data.
pub(in crate::why) fn with_data(case: &Case, change: impl FnOnce(&mut Dataset)) -> Case {
    let mut data = (*case.data).clone();
    change(&mut data);
    Case { data: Arc::new(data), ..case.clone() }
}

/// What is said of its run.
pub(in crate::why) fn asked(case: &Case) -> Report {
    answer(&run(case))
}

/// The run fails, and this cause comes first and is confirmed.
#[track_caller]
pub(in crate::why) fn is_first(case: &Case, kind: Kind) -> Report {
    assert_cause(&run(case), kind)
}

/// No finding has this cause.
#[track_caller]
pub(in crate::why) fn is_not_named(case: &Case, kind: Kind) {
    let report = asked(case);
    assert!(report.findings.iter().all(|f| f.kind != kind), "{}\n{report:#?}", case.model.source);
}

/// A run of a net in one word, or of a text to which this loss is appended, on built-in data; its start is drawn as the
/// options say.
pub(in crate::why) fn run_of(
    net: &str,
    loss: &str,
    table: &str,
    change: impl FnOnce(&mut Options),
) -> Finished {
    let mut options = Options { start: Start::Model, ..Options::default() };
    change(&mut options);
    let model = model_with_loss(net, loss);
    let data = data(&model, table);
    let start = starting_values_of(&model, options.start.initialiser(), &options).unwrap();
    run(&Case { model: Arc::new(model), data: Arc::new(data), options, start })
}

/// The same on XOR, from these starting values.
pub(in crate::why) fn run_from(
    net: &str,
    loss: &str,
    start: &[f64],
    change: impl FnOnce(&mut Options),
) -> Finished {
    let mut options = Options::default();
    change(&mut options);
    let model = model_with_loss(net, loss);
    let data = data(&model, "xor");
    run(&Case { model: Arc::new(model), data: Arc::new(data), options, start: start.to_vec() })
}

fn model_with_loss(net: &str, loss: &str) -> Model {
    let text = if one_word::looks_like_net(net) { one_word::expand(net).unwrap() } else { net.into() };
    let loss = if loss.is_empty() { String::new() } else { format!("\nloss = {loss}(y_hat, y)") };
    Model::parse(&format!("{text}{loss}"), &ModelOptions::default()).unwrap()
}
