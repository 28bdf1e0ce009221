//! What is planted, and the runs it is planted in.

use std::fmt::Write as _;
use std::sync::Arc;

use whygrad::data::Dataset;
use whygrad::data::bind::BindOptions;
use whygrad::data::builtin;
use whygrad::init::Initialiser;
use whygrad::model::{Model, ModelOptions};
use whygrad::random::{Key, Seed, Source as _, Stream};
use whygrad::train::schedule::Schedule;
use whygrad::train::{BatchSize, Control, Options, RandomSource, starting_values};
use whygrad::why::{Case, Finished, Kind};

mod others;

/// A run that fails, and why.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The run before anything was made wrong; it is solved.
    pub sound: Finished,
    /// The run.
    pub finished: Finished,
    /// The names that are right for its cause.
    pub accepted: &'static [Kind],
    /// The run in words.
    pub words: String,
}

/// A cause to plant.
pub struct Plant {
    /// What is made wrong.
    pub name: &'static str,
    /// A run with it, of a seed; `None` where the draw is no use.
    pub make: fn(u64) -> Option<Planted>,
}

/// All of them.
pub const PLANTS: &[Plant] = &[
    Plant { name: "equal start", make: equal_start },
    Plant { name: "learning rate too high", make: rate_too_high },
    Plant { name: "learning rate too low", make: rate_too_low },
    Plant { name: "too few epochs", make: too_few_epochs },
    Plant { name: "no hidden layer", make: no_hidden_layer },
    Plant { name: "no activation", make: no_activation },
    Plant { name: "one hidden unit", make: one_unit },
    Plant { name: "no bias", make: no_bias },
    Plant { name: "contradictory rows", make: contradictory_rows },
    Plant { name: "output range", make: output_range },
    Plant { name: "dead relu units", make: dead_units },
    Plant { name: "saturated start", make: saturated_start },
    Plant { name: "unscaled inputs", make: unscaled_inputs },
    Plant { name: "regularisation too strong", make: regularisation },
    Plant { name: "loss without its minus", make: no_minus },
    Plant { name: "not a number", make: not_a_number },
    Plant { name: "own gradient wrong", make: own_gradient },
    Plant { name: "deep sigmoid net", make: deep_net },
    Plant { name: "wrong readout", make: wrong_readout },
    Plant { name: "row order", make: row_order },
    Plant { name: "exploding gradients", make: exploding },
    Plant { name: "wrong update", make: wrong_update },
    Plant { name: "start next to a saddle", make: next_to_a_saddle },
    Plant { name: "circles: equal start", make: others::circles_equal_start },
    Plant { name: "circles: no hidden layer", make: others::circles_no_hidden_layer },
    Plant { name: "line: learning rate too high", make: others::line_rate_too_high },
    Plant { name: "line: learning rate too low", make: others::line_rate_too_low },
    Plant { name: "three classes: equal start", make: others::classes_equal_start },
    Plant { name: "three classes: too few epochs", make: others::classes_too_few_epochs },
];

/// A net: hidden layers as words of a model's text, the output's activation, the loss.
#[derive(Clone, Debug)]
struct Net {
    hidden: Vec<(usize, &'static str)>,
    output: &'static str,
    loss: &'static str,
    bias: bool,
}

impl Net {
    fn text(&self) -> String {
        let mut text = String::from("inputs x[2]\ntarget y\n");
        let mut below = "x".to_owned();
        let bias = if self.bias { "" } else { ", bias=false" };
        let word =
            |activation: &str| if activation.is_empty() { String::new() } else { format!(", {activation}") };
        for (k, (units, activation)) in self.hidden.iter().enumerate() {
            let _ = writeln!(text, "h{k} = dense({below}, {units}{}{bias})", word(activation));
            below = format!("h{k}");
        }
        let _ = writeln!(text, "y_hat = dense({below}, 1{}{bias})\nloss = {}", word(self.output), self.loss);
        text
    }

    fn word(&self) -> String {
        let mut word = String::from("2");
        for (units, activation) in &self.hidden {
            let _ = write!(word, "-{units}{activation}");
        }
        format!("{word}-1{} {}", self.output, self.loss)
    }
}

const MSE: &str = "mse(y_hat, y)";
const BCE: &str = "binary_cross_entropy(y_hat, y)";

/// The nets, each with a rate at which it is mostly solved.
fn nets() -> Vec<(Net, f64)> {
    let net =
        |units, activation, output, loss| Net { hidden: vec![(units, activation)], output, loss, bias: true };
    vec![
        (net(2, "sigmoid", "sigmoid", MSE), 4.0),
        (net(2, "sigmoid", "", MSE), 0.4),
        (net(2, "sigmoid", "sigmoid", BCE), 1.0),
        (net(3, "sigmoid", "sigmoid", MSE), 4.0),
        (net(3, "tanh", "sigmoid", BCE), 0.5),
        (net(4, "tanh", "", MSE), 0.15),
        (net(4, "relu", "sigmoid", BCE), 0.3),
        (net(8, "relu", "", MSE), 0.1),
    ]
}

/// A run in the making.
struct Draft {
    net: Net,
    data: Dataset,
    options: Options,
    start: Vec<f64>,
    stream: Stream,
}

impl Draft {
    /// A run of one of the nets; of those only that are wanted.
    fn new(seed: u64, wanted: impl Fn(&Net) -> bool) -> Option<Draft> {
        let mut stream = Key::from_seed(Seed(seed)).stream();
        let all: Vec<(Net, f64)> = nets().into_iter().filter(|n| wanted(&n.0)).collect();
        let (net, rate) = all[stream.below(all.len() as u64) as usize].clone();
        let rate = rate * stream.uniform(0.6, 1.4);
        let epochs = [3000, 5000, 10_000][stream.below(3) as usize];
        let model = model(&net.text(), None)?;
        let inits = [
            None,
            Some(Initialiser::Uniform { low: -1.0, high: 1.0 }),
            Some(Initialiser::Normal { mean: 0.0, sd: 1.0 }),
        ];
        let init = inits[stream.below(3) as usize];
        let start = starting_values(&model, init, seed, RandomSource::Own).ok()?;
        let options = Options { learning_rate: rate, epochs, seed, threads: Some(1), ..Options::default() };
        Some(Draft { data: xor(&model)?, net, options, start, stream })
    }

    fn finished(&self) -> Option<Finished> {
        self.finished_with(model(&self.net.text(), None)?)
    }

    fn finished_with(&self, model: Model) -> Option<Finished> {
        let (data, options, start) = (Arc::new(self.data.clone()), self.options.clone(), self.start.clone());
        Case { model: Arc::new(model), data, options, start }.run(&mut |_| Control::Continue).ok()
    }

    /// The run as it is, where it is solved.
    fn sound(&self) -> Option<Finished> {
        self.finished().filter(Finished::is_solved)
    }

    fn words(&self) -> String {
        let o = &self.options;
        format!("{}, rate {:.4}, {} epochs, seed {}", self.net.word(), o.learning_rate, o.epochs, o.seed)
    }

    fn planted(&self, sound: Finished, accepted: &'static [Kind]) -> Option<Planted> {
        Some(Planted { sound, finished: self.finished()?, accepted, words: self.words() })
    }

    /// A new start for a net that has other parameters.
    fn start_anew(&mut self) -> Option<()> {
        self.start =
            starting_values(&model(&self.net.text(), None)?, None, self.options.seed, RandomSource::Own)
                .ok()?;
        Some(())
    }
}

fn model(text: &str, gradient: Option<String>) -> Option<Model> {
    Model::parse(text, &ModelOptions { gradient, ..ModelOptions::default() }).ok()
}

fn xor(model: &Model) -> Option<Dataset> {
    let table = builtin::table("xor", Key::from_seed(Seed(1))).ok()?;
    Some(model.bind(&table, &BindOptions::default()).ok()?.0)
}

fn any(_: &Net) -> bool {
    true
}

fn with(word: &'static str) -> impl Fn(&Net) -> bool {
    move |net| net.hidden.iter().any(|h| h.1 == word)
}

fn equal_start(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    let value = draft.stream.uniform(0.05, 0.6);
    draft.start.fill(value);
    draft.planted(sound, &[Kind::SymmetricUnits])
}

fn rate_too_high(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.options.learning_rate *= 10_f64.powf(draft.stream.uniform(0.7, 3.0));
    draft.planted(sound, &[Kind::LearningRateTooHigh])
}

fn rate_too_low(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.options.learning_rate *= 10_f64.powf(-draft.stream.uniform(1.7, 4.0));
    draft.planted(sound, &[Kind::LearningRateTooLow])
}

fn too_few_epochs(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.options.epochs =
        share_of_needed(&sound.case, draft.options.clone(), draft.stream.uniform(0.15, 0.6))?;
    draft.planted(sound, &[Kind::TooFewSteps])
}

/// So large a share of the epochs after which all rows are right; `None` where that is next to nothing.
fn share_of_needed(sound: &Case, mut options: Options, share: f64) -> Option<u64> {
    options.stop.all_right = true;
    let case = Case { options, ..sound.clone() };
    let needed = case.run(&mut |_| Control::Continue).ok()?.epochs;
    Some((needed as f64 * share) as u64).filter(|epochs| *epochs >= 5)
}

fn no_hidden_layer(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.net.hidden.clear();
    draft.start_anew()?;
    draft.planted(sound, &[Kind::CannotRepresent])
}

fn no_activation(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.net.hidden[0].1 = "";
    draft.planted(sound, &[Kind::CannotRepresent])
}

fn one_unit(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.net.hidden[0].0 = 1;
    draft.start_anew()?;
    draft.planted(sound, &[Kind::CannotRepresent])
}

fn no_bias(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    draft.net.bias = false;
    draft.start_anew()?;
    // Without biases some of the nets can represent XOR, and few starts get there: right is also an answer that says
    // so, and that they do with biases.
    draft.planted(sound, &[Kind::CannotRepresent, Kind::Plateau])
}

fn contradictory_rows(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    let row = draft.stream.below(4) as usize;
    let mut rows: Vec<usize> = (0..4).collect();
    rows.push(row);
    draft.data = draft.data.select(&rows);
    draft.data.targets[4] = 1.0 - draft.data.targets[4];
    draft.planted(sound, &[Kind::CannotRepresent])
}

fn output_range(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.output.is_empty())?;
    let sound = draft.sound()?;
    draft.net.output = ["sigmoid", "tanh"][draft.stream.below(2) as usize];
    let (low, high) = [(-1.0, 1.0), (0.0, 3.0), (2.0, 5.0)][draft.stream.below(3) as usize];
    if draft.net.output == "tanh" && high <= 1.0 {
        return None;
    }
    draft.data.targets.iter_mut().for_each(|t| *t = low + *t * (high - low));
    draft.planted(sound, &[Kind::OutputRange])
}

fn dead_units(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, with("relu"))?;
    let sound = draft.sound()?;
    let units = draft.net.hidden[0].0;
    let shift = draft.stream.uniform(2.0, 6.0);
    // The weights of the hidden layer come first, then its biases.
    draft.start[2 * units..3 * units].iter_mut().for_each(|b| *b -= shift);
    draft.planted(sound, &[Kind::DeadUnits])
}

fn saturated_start(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.hidden[0].1 != "relu" && !net.output.is_empty())?;
    let sound = draft.sound()?;
    let factor = draft.stream.uniform(15.0, 60.0);
    let hidden = 3 * draft.net.hidden[0].0;
    draft.start[..hidden].iter_mut().for_each(|w| *w *= factor);
    draft.planted(sound, &[Kind::Saturated])
}

fn unscaled_inputs(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    let (factor, shift) = (draft.stream.uniform(50.0, 1000.0), draft.stream.uniform(0.0, 2000.0));
    draft.data.inputs.iter_mut().for_each(|x| *x = *x * factor + shift);
    draft.planted(sound, &[Kind::UnscaledInputs])
}

fn regularisation(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    let strength = draft.stream.uniform(0.03, 0.5);
    if draft.stream.below(2) == 0 {
        draft.options.gradient.l2 = strength;
    } else {
        draft.options.gradient.l1 = strength;
    }
    draft.planted(sound, &[Kind::RegularisationTooStrong])
}

fn no_minus(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.loss == BCE)?;
    let sound = draft.sound()?;
    draft.net.loss =
        ["mean(y*log(y_hat) + (1 - y)*log(1 - y_hat))", "mean(-y*log(y_hat) + (1 - y)*log(1 - y_hat))"]
            [draft.stream.below(2) as usize];
    draft.planted(sound, &[Kind::LossUnbounded, Kind::OptimumAtInfinity])
}

fn not_a_number(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.loss == BCE)?;
    let sound = draft.sound()?;
    draft.net.loss = "-mean(y*log(y_hat) + (1 - y)*log(1 - y_hat))";
    draft.net.output = "tanh";
    draft.planted(sound, &[Kind::NotANumber, Kind::OutputRange])
}

fn own_gradient(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.hidden[0] == (2, "sigmoid") && net.loss == MSE)?;
    let sound = draft.sound()?;
    let slope = if draft.net.output.is_empty() { "" } else { "*o*(1 - o)" };
    let out = if draft.net.output.is_empty() { "c + v1*h1 + v2*h2" } else { "s(c + v1*h1 + v2*h2)" };
    let text = format!(
        "inputs x1, x2\ntarget y\ns(z) = 1/(1 + exp(-z))\nh1 = s(w11*x1 + w12*x2 + b1)\nh2 = s(w21*x1 + w22*x2 + b2)\n\
         o = {out}\nloss = mean((o - y)^2)\n"
    );
    let wrong = draft.stream.below(4);
    // The error at the output without its slope, with the sign turned, or what reaches the hidden units with a factor missing.
    let error = if wrong == 0 { "-2*(o - y)".to_owned() } else { format!("2*(o - y){slope}") };
    let through = |v: &str, h: &str| match wrong {
        1 => format!("{h}*(1 - {h})"),
        2 => format!("-{v}*{h}*(1 - {h})"),
        3 => format!("{h}*{h}*(1 - {h})"),
        _ => format!("{v}*{h}*(1 - {h})"),
    };
    let mut gradient = String::new();
    for k in 1..=2 {
        let hidden = through(&format!("v{k}"), &format!("h{k}"));
        let _ = write!(gradient, "dw{k}1 = mean({error}*{hidden}*x1)\ndw{k}2 = mean({error}*{hidden}*x2)\n");
        let _ = write!(gradient, "db{k} = mean({error}*{hidden})\ndv{k} = mean({error}*h{k})\n");
    }
    let _ = writeln!(gradient, "dc = mean({error})");
    let right = model(&text, None)?;
    draft.start = starting_values(&right, None, draft.options.seed, RandomSource::Own).ok()?;
    if !draft.finished_with(right)?.is_solved() {
        return None;
    }
    let finished = draft.finished_with(model(&text, Some(gradient))?)?;
    Some(Planted {
        sound,
        finished,
        accepted: &[Kind::GradientWrong],
        words: format!("{}, own gradient {wrong}", draft.words()),
    })
}

fn deep_net(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.hidden[0].1 == "sigmoid" && net.output == "sigmoid")?;
    let sound = draft.sound()?;
    let layers = 4 + draft.stream.below(3) as usize;
    draft.net.hidden = vec![(3, "sigmoid"); layers];
    draft.start_anew()?;
    draft.planted(sound, &[Kind::VanishingGradient])
}

/// The same loss written out: nothing says that the outputs are logits, and they are taken for probabilities.
fn wrong_readout(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, |net| net.loss == BCE)?;
    draft.net.output = "";
    draft.net.loss = "binary_cross_entropy_from_logits(y_hat, y)";
    let sound = draft.sound()?;
    draft.net.loss = "mean(log(1 + exp(y_hat)) - y*y_hat)";
    draft.planted(sound, &[Kind::WrongReadout])
}

/// Rows sorted by their targets, some a batch, in the same order each time.
fn row_order(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let times = 3 + draft.stream.below(4) as usize;
    let rows: Vec<usize> = [0, 3, 1, 2].iter().flat_map(|&row| std::iter::repeat_n(row, times)).collect();
    draft.data = draft.data.select(&rows);
    draft.options.batch = BatchSize::Rows(1 + draft.stream.below(2) as usize);
    draft.options.shuffle = true;
    let sound = draft.sound()?;
    draft.options.shuffle = false;
    draft.planted(sound, &[Kind::RowOrder])
}

/// Weights that make derivatives grow from layer to layer; a rate as small as these need is as good an answer.
fn exploding(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, with("relu"))?;
    draft.net.hidden = vec![(6, "relu"); 4 + draft.stream.below(2) as usize];
    draft.options.learning_rate *= 0.2;
    draft.start_anew()?;
    let sound = draft.sound()?;
    let factor = draft.stream.uniform(6.0, 15.0);
    draft.start.iter_mut().for_each(|w| *w *= factor);
    draft.planted(sound, &[Kind::ExplodingGradient, Kind::LearningRateTooHigh])
}

/// The gradient is right, and what is made of it is not.
fn wrong_update(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    match draft.stream.below(3) {
        0 => draft.options.gradient.clip_norm = Some(10_f64.powf(draft.stream.uniform(-6.0, -4.0))),
        1 => draft.options.gradient.clip_value = Some(10_f64.powf(draft.stream.uniform(-6.0, -4.5))),
        _ => draft.options.schedule = "exponential(factor=0.9)".parse::<Schedule>().ok()?,
    }
    draft.planted(sound, &[Kind::UpdateWrong])
}

/// All starting values next to 0, where the gradient is 0 and units are nearly equal.
fn next_to_a_saddle(seed: u64) -> Option<Planted> {
    let mut draft = Draft::new(seed, any)?;
    let sound = draft.sound()?;
    let factor = 10_f64.powf(draft.stream.uniform(-7.0, -3.0));
    draft.start.iter_mut().for_each(|w| *w *= factor);
    draft.planted(sound, &[Kind::Saddle, Kind::SymmetricUnits])
}
