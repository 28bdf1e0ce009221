//! Python's one stream: starting values first, then the order of the rows, as a script would.

use whygrad::data::{bind, builtin};
use whygrad::examples;
use whygrad::init::Initialiser;
use whygrad::model::{ColumnGroup, Model, ModelOptions};
use whygrad::random::{Key, Seed};
use whygrad::train::{BatchSize, Control, Options, RandomSource, Start, starting_values, train};

/// A plain Python script made the numbers: `random.seed(7)`; the Glorot-uniform weights of 2-2-1, row by
/// row, layer by layer, biases 0; then for each of 5 epochs `random.shuffle(order)` and one step a row of
/// the rate 0.1 on (output - target)^2.
#[test]
fn online_steps_in_pythons_shuffled_order() {
    let model = Model::parse(examples::find("xor").unwrap().text, &ModelOptions::default()).unwrap();
    let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
    let columns = |groups: &[ColumnGroup]| -> Vec<bind::Columns> {
        groups.iter().map(|g| bind::Columns { name: g.name.clone(), size: g.size }).collect()
    };
    let options = bind::BindOptions::default();
    let (data, _) = bind::bind(&table, &columns(&model.inputs), &columns(&model.targets), &options).unwrap();
    let glorot = Initialiser::GlorotUniform;
    let start = starting_values(&model, Some(glorot), 7, RandomSource::Python).unwrap();
    let options = Options {
        learning_rate: 0.1,
        epochs: 5,
        batch: BatchSize::Rows(1),
        shuffle: true,
        seed: 7,
        random: RandomSource::Python,
        start: Start::Drawn(glorot),
        ..Options::default()
    };
    let run = train(&model, Some(&data), &start, &options, &mut |_| Control::Continue).unwrap();
    let script = [
        -0.41351938659901266,
        -0.8454846201473677,
        0.3360426231505042,
        -1.0620203861800501,
        0.013962517581538703,
        -0.04344439990505102,
        0.27672592904178545,
        -0.12542074181093288,
        0.5526799660243515,
    ];
    for (ours, python) in run.theta.iter().zip(script) {
        assert!((ours - python).abs() < 1e-15, "{ours} is not {python}");
    }
}
