//! Methods on models.

use whygrad::data::bind::BindOptions;
use whygrad::data::{Dataset, builtin};
use whygrad::model::{Model, ModelOptions, one_word};
use whygrad::random::{Key, Seed};
use whygrad::train::method::{Method, MethodKind, ModelObjective};
use whygrad::train::{RandomSource, evaluate, starting_values};

pub(crate) fn model(text: &str) -> Model {
    Model::parse(text, &ModelOptions::default()).unwrap()
}

pub(crate) fn rows(model: &Model, table: &str) -> Dataset {
    let table = builtin::table(table, Key::from_seed(Seed(1))).unwrap();
    model.bind(&table, &BindOptions::default()).unwrap().0
}

/// A net in one word with the mean squared error.
pub(crate) fn net(word: &str) -> Model {
    let options = ModelOptions { loss: Some("mse".into()), ..ModelOptions::default() };
    Model::parse(&one_word::expand(word).unwrap(), &options).unwrap()
}

#[test]
fn levenberg_marquardt_learns_xor_in_few_steps_from_nearly_every_start() {
    let model = net("2-2sigmoid-1sigmoid");
    let data = rows(&model, "xor");
    let mut solved = 0;
    for seed in 0..10 {
        let start = starting_values(&model, None, seed, RandomSource::Own).unwrap();
        let kind = MethodKind::LEVENBERG_MARQUARDT;
        let mut objective = ModelObjective::new(&model, Some(&data), kind).unwrap();
        let mut method = Method::new(kind, &start);
        let mut loss = method.begin(&mut objective).loss;
        for step in 0..200 {
            let outcome = method.step(&mut objective);
            assert!(outcome.loss <= loss);
            loss = outcome.loss;
            if outcome.done.is_some() || loss < 1e-6 {
                eprintln!("{seed}: {step} {loss} {:?}", outcome.done);
                break;
            }
        }
        solved += usize::from(evaluate(&model, &data, method.parameters()).accuracy == Some(1.0));
    }
    assert!(solved >= 8, "{solved}");
}
