//! Plants in runs on other data than XOR: a circle in a circle, a line, three classes.

use std::sync::Arc;

use whygrad::data::Dataset;
use whygrad::data::bind::BindOptions;
use whygrad::data::builtin;
use whygrad::random::{Key, Seed, Source as _, Stream};
use whygrad::train::{Control, Options, RandomSource, starting_values};
use whygrad::why::{Case, Finished, Kind};

use super::{Planted, model};

/// A run in the making.
struct Draft {
    name: &'static str,
    text: &'static str,
    data: Dataset,
    options: Options,
    start: Vec<f64>,
    stream: Stream,
}

impl Draft {
    fn new(
        name: &'static str,
        seed: u64,
        text: &'static str,
        data: impl Fn(&mut Stream) -> Option<Dataset>,
        (rate, epochs): (f64, u64),
    ) -> Option<Draft> {
        let mut stream = Key::from_seed(Seed(seed)).stream();
        let data = data(&mut stream)?;
        let learning_rate = rate * stream.uniform(0.6, 1.4);
        let options = Options { learning_rate, epochs, seed, threads: Some(1), ..Options::default() };
        let start = starting_values(&model(text, None)?, None, seed, RandomSource::Own).ok()?;
        Some(Draft { name, text, data, options, start, stream })
    }

    fn finished(&self) -> Option<Finished> {
        let (model, data) = (Arc::new(model(self.text, None)?), Arc::new(self.data.clone()));
        let (options, start) = (self.options.clone(), self.start.clone());
        Case { model, data, options, start }.run(&mut |_| Control::Continue).ok()
    }

    fn sound(&self) -> Option<Finished> {
        self.finished().filter(Finished::is_solved)
    }

    fn planted(&self, sound: Finished, accepted: &'static [Kind]) -> Option<Planted> {
        let o = &self.options;
        let words =
            format!("{}, rate {:.4}, {} epochs, seed {}", self.name, o.learning_rate, o.epochs, o.seed);
        Some(Planted { sound, finished: self.finished()?, accepted, words })
    }
}

const CIRCLES: &str = "inputs x[2]\ntarget y\nh = dense(x, 8, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)";

/// Forty points of a circle around another.
fn circles(seed: u64) -> Option<Draft> {
    let data = |stream: &mut Stream| {
        let key = Key::from_seed(Seed(stream.below(1000)));
        let table = builtin::table("circles", key).ok()?;
        let data = model(CIRCLES, None)?.bind(&table, &BindOptions::default()).ok()?.0;
        let every = (data.rows / 40).max(1);
        Some(data.select(&(0..data.rows).step_by(every).collect::<Vec<_>>()))
    };
    Draft::new("circles", seed, CIRCLES, data, (0.5, 3000))
}

pub(super) fn circles_equal_start(seed: u64) -> Option<Planted> {
    let mut draft = circles(seed)?;
    let sound = draft.sound()?;
    let value = draft.stream.uniform(0.05, 0.6);
    draft.start.fill(value);
    draft.planted(sound, &[Kind::SymmetricUnits])
}

pub(super) fn circles_no_hidden_layer(seed: u64) -> Option<Planted> {
    let mut draft = circles(seed)?;
    let sound = draft.sound()?;
    draft.text = "inputs x[2]\ntarget y\ny_hat = dense(x, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)";
    draft.start = starting_values(&model(draft.text, None)?, None, seed, RandomSource::Own).ok()?;
    draft.planted(sound, &[Kind::CannotRepresent])
}

/// Twenty points of a straight line.
fn line(seed: u64) -> Option<Draft> {
    let data = |stream: &mut Stream| {
        let (slope, offset) = (stream.uniform(-3.0, 3.0), stream.uniform(-2.0, 2.0));
        let inputs: Vec<f64> = (0..20).map(|_| stream.uniform(-1.5, 1.5)).collect();
        let targets = inputs.iter().map(|x| slope * x + offset).collect();
        Some(Dataset {
            inputs,
            targets,
            rows: 20,
            input_names: vec!["x".into()],
            target_names: vec!["y".into()],
        })
    };
    let text = "inputs x\ntarget y\ny_hat = dense(x, 1)\nloss = mse(y_hat, y)";
    Draft::new("line", seed, text, data, (0.2, 500))
}

pub(super) fn line_rate_too_high(seed: u64) -> Option<Planted> {
    let mut draft = line(seed)?;
    let sound = draft.sound()?;
    draft.options.learning_rate *= 10_f64.powf(draft.stream.uniform(0.7, 3.0));
    draft.planted(sound, &[Kind::LearningRateTooHigh])
}

pub(super) fn line_rate_too_low(seed: u64) -> Option<Planted> {
    let mut draft = line(seed)?;
    let sound = draft.sound()?;
    draft.options.learning_rate *= 10_f64.powf(-draft.stream.uniform(2.0, 4.0));
    draft.planted(sound, &[Kind::LearningRateTooLow])
}

/// Three clouds around the corners of a triangle, the one of the first class between two of its own.
fn classes(seed: u64) -> Option<Draft> {
    let data = |stream: &mut Stream| {
        let clouds = [(-1.0, 0.0, 0), (1.0, 0.0, 0), (0.0, 1.0, 1), (0.0, -1.0, 2), (0.0, 0.0, 1)];
        let (mut inputs, mut targets) = (Vec::new(), Vec::new());
        for k in 0..40 {
            let (x, y, class) = clouds[k % clouds.len()];
            inputs.extend([x + stream.uniform(-0.25, 0.25), y + stream.uniform(-0.25, 0.25)]);
            targets.extend((0..3).map(|column| if column == class { 1.0 } else { 0.0 }));
        }
        let names = |letter: &str, width: usize| (1..=width).map(|k| format!("{letter}{k}")).collect();
        Some(Dataset { inputs, targets, rows: 40, input_names: names("x", 2), target_names: names("y", 3) })
    };
    let text = "inputs x[2]\ntargets y[3]\nh = dense(x, 8, tanh)\ny_hat = dense(h, 3, softmax)\nloss = cross_entropy(y_hat, y)";
    Draft::new("three classes", seed, text, data, (0.5, 3000))
}

pub(super) fn classes_equal_start(seed: u64) -> Option<Planted> {
    let mut draft = classes(seed)?;
    let sound = draft.sound()?;
    let value = draft.stream.uniform(0.05, 0.6);
    draft.start.fill(value);
    draft.planted(sound, &[Kind::SymmetricUnits])
}

pub(super) fn classes_too_few_epochs(seed: u64) -> Option<Planted> {
    let mut draft = classes(seed)?;
    let sound = draft.sound()?;
    draft.options.epochs =
        super::share_of_needed(&sound.case, draft.options.clone(), draft.stream.uniform(0.15, 0.6))?;
    draft.planted(sound, &[Kind::TooFewSteps])
}
