//! The whole path on the smallest net.
use whygrad::data::{bind::BindOptions, builtin};
use whygrad::model::{Model, ModelOptions};
use whygrad::random::{Key, Seed};
use whygrad::train::{Control, Options, evaluate, train};

#[test]
fn the_nine_weight_formula_from_equal_weights() {
    let text = whygrad::examples::find("xor-on-paper").unwrap().text;
    let model = Model::parse(text, &ModelOptions::default()).unwrap();
    assert_eq!(model.describe(), "2-2-1, sigmoid, linear output, 9 parameters");
    let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
    let (data, _) = model.bind(&table, &BindOptions::default()).unwrap();
    let options = Options { learning_rate: 0.3, epochs: 10_000, ..Options::default() };
    let start = [0.1; 9];
    let run = train(&model, Some(&data), &start, &options, &mut |_| Control::Continue).unwrap();
    assert!((run.loss - 0.24999519161144684).abs() < 1e-12, "{}", run.loss);
    assert!((run.theta[0] - 0.09506967437444942).abs() < 1e-10);
    assert_eq!(evaluate(&model, &data, &run.theta).predictions.len(), 4);
}
