//! A random layered net: its text in the model language, and where its parameters lie.

use std::fmt::Write as _;

use whygrad::data::Dataset;
use whygrad::model::{Model, ModelOptions};

use super::activation::{Activation, HIDDEN};
use super::draw::Draw;
use super::loss::Loss;

/// One layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// How many inputs it has.
    pub inputs: usize,
    /// How many units.
    pub units: usize,
    /// Its activation function.
    pub activation: Activation,
    /// Where the weight of each unit from each input lies in the flat parameters.
    pub weights: Vec<Vec<usize>>,
    /// Where the biases lie; empty without.
    pub biases: Vec<usize>,
    has_bias: bool,
}

/// What a target holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Any number.
    Reals,
    /// 0 or 1.
    Bits,
    /// One 1, else 0.
    OneHot,
}

/// A net with its loss.
#[derive(Clone, Debug)]
pub struct Net {
    /// The layers, the output last.
    pub layers: Vec<Layer>,
    /// Its loss.
    pub loss: Loss,
    /// The factor of the sum of squared weights in the loss; 0 without.
    pub penalty: f64,
    /// What its targets hold.
    pub targets: Targets,
    /// Its text.
    pub text: String,
    /// Its text as a model.
    pub model: Model,
}

impl Net {
    /// Draws a net of 1 to 3 hidden layers.
    ///
    /// # Errors
    /// Where the model language does not take the text; that is a mistake in this file.
    pub fn draw(draw: &mut Draw) -> anyhow::Result<Net> {
        let inputs = draw.one(&[1, 2, 2, 2, 3, 3, 4]);
        let outputs = draw.one(&[1, 1, 1, 2, 2, 3]);
        let (activation, loss, targets) = ending(draw, outputs);
        let hidden = draw.one(&[1, 1, 1, 2, 2, 3]);
        let share = draw.chance(0.7).then(|| draw.one(HIDDEN));
        let bias = !draw.chance(0.12);
        let mut layers: Vec<Layer> = Vec::new();
        for index in 0..=hidden {
            let last = index == hidden;
            let units = if last { outputs } else { draw.one(&[1, 2, 2, 2, 3, 3, 4]) };
            let activation = if last { activation } else { share.unwrap_or_else(|| draw.one(HIDDEN)) };
            let inputs = layers.last().map_or(inputs, |below| below.units);
            let has_bias = bias && !draw.chance(0.05);
            layers.push(Layer { inputs, units, activation, weights: vec![], biases: vec![], has_bias });
        }
        let penalty = if draw.chance(0.25) { draw.one(&[0.01, 0.05, 0.1]) } else { 0.0 };
        let count: usize = layers.iter().map(|l| l.units * (l.inputs + 1)).sum();
        let spelled = outputs == 1 && count <= 25 && draw.chance(0.3);
        let text =
            if spelled { scalar_text(&layers, loss, penalty) } else { layer_text(&layers, loss, penalty) };
        let model = Model::parse(&text, &ModelOptions::default())
            .map_err(|error| anyhow::anyhow!("{error}\n{text}"))?;
        for (index, layer) in layers.iter_mut().enumerate() {
            place(layer, index, index == hidden, spelled, &model)?;
        }
        Ok(Net { layers, loss, penalty, targets, text, model })
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |l| l.units)
    }

    /// How many inputs.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs
    }

    /// The number of the output layer.
    pub fn last(&self) -> usize {
        self.layers.len() - 1
    }

    /// How many parameters.
    pub fn parameter_count(&self) -> usize {
        self.model.program.parameter_count()
    }

    /// Random parameters.
    pub fn random_point(&self, draw: &mut Draw) -> Vec<f64> {
        draw.numbers(self.parameter_count(), -1.2, 1.2)
    }

    /// Random rows; `bits` for inputs of 0 and 1.
    pub fn random_rows(&self, rows: usize, bits: bool, draw: &mut Draw) -> Dataset {
        let mut inputs = draw.numbers(rows * self.inputs(), -1.5, 1.5);
        if bits {
            for x in &mut inputs {
                *x = f64::from(*x > 0.0);
            }
        }
        let width = self.outputs();
        let mut targets = draw.numbers(rows * width, -1.0, 1.0);
        match self.targets {
            Targets::Reals => {}
            Targets::Bits => {
                for y in &mut targets {
                    *y = f64::from(*y > 0.0);
                }
            }
            Targets::OneHot => {
                for row in targets.chunks_mut(width) {
                    row.fill(0.0);
                    row[draw.below(width)] = 1.0;
                }
            }
        }
        let names = |groups: &[whygrad::model::ColumnGroup]| -> Vec<String> {
            let name = |g: &whygrad::model::ColumnGroup| match g.size {
                1 => vec![g.name.clone()],
                size => (1..=size).map(|k| format!("{}{k}", g.name)).collect(),
            };
            groups.iter().flat_map(name).collect()
        };
        let (input_names, target_names) = (names(&self.model.inputs), names(&self.model.targets));
        Dataset { inputs, targets, rows, input_names, target_names }
    }
}

/// An activation of the output, a loss and targets that go together.
fn ending(draw: &mut Draw, outputs: usize) -> (Activation, Loss, Targets) {
    use Activation::{Identity, Sigmoid, Softmax, Tanh};
    let several = outputs > 1;
    match draw.below(10) {
        0 | 1 => (Sigmoid, Loss::BinaryCrossEntropy, Targets::Bits),
        2 if several => (Softmax, Loss::CrossEntropy, Targets::OneHot),
        3 if several => (Identity, Loss::FromLogits, Targets::OneHot),
        2 | 3 => (Identity, Loss::BinaryFromLogits, Targets::Bits),
        _ => {
            let loss = draw.one(&[
                Loss::Mse,
                Loss::Mse,
                Loss::Mse,
                Loss::HalfMse,
                Loss::HalfMse,
                Loss::Sse,
                Loss::HalfSse,
                Loss::HalfSse,
                Loss::Mae,
                Loss::Huber,
                Loss::Norm,
            ]);
            match draw.below(10) {
                0..=3 => (Identity, loss, Targets::Reals),
                4..=6 => (Sigmoid, loss, Targets::Bits),
                7 if several => (Softmax, loss, Targets::OneHot),
                _ => (Tanh, loss, Targets::Reals),
            }
        }
    }
}

fn layer_name(index: usize, last: bool) -> String {
    if last { "y_hat".into() } else { format!("h{}", index + 1) }
}

fn layer_text(layers: &[Layer], loss: Loss, penalty: f64) -> String {
    let columns = |count: usize, name: &str| match count {
        1 => name.to_owned(),
        _ => format!("{name}[{count}]"),
    };
    let (first, last) = (&layers[0], layers.len() - 1);
    let mut text = format!("inputs {}\n", columns(first.inputs, "x"));
    let _ = writeln!(text, "targets {}", columns(layers[last].units, "y"));
    let mut below = "x".to_owned();
    for (index, layer) in layers.iter().enumerate() {
        let name = layer_name(index, index == last);
        let _ = write!(text, "{name} = dense({below}, {}", layer.units);
        if layer.activation != Activation::Identity {
            let _ = write!(text, ", {}", layer.activation.name());
        }
        text.push_str(if layer.has_bias { ")\n" } else { ", bias=false)\n" });
        below = name;
    }
    let weights: Vec<String> = (0..=last).map(|i| format!("{}.W", layer_name(i, i == last))).collect();
    text.push_str(&loss_line(loss, penalty, &weights));
    text
}

fn loss_line(loss: Loss, penalty: f64, weights: &[String]) -> String {
    let penalty = match penalty {
        0.0 => String::new(),
        factor => format!(" + {factor}*l2({})", weights.join(", ")),
    };
    format!("loss = {}{penalty}\n", loss.text())
}

/// The net as on paper, with a name for each weight, unit by unit.
fn scalar_text(layers: &[Layer], loss: Loss, penalty: f64) -> String {
    let (first, last) = (&layers[0], layers.len() - 1);
    let mut below: Vec<String> = match first.inputs {
        1 => vec!["x".into()],
        count => (1..=count).map(|k| format!("x{k}")).collect(),
    };
    let mut text = format!("inputs {}\ntarget y\n", below.join(", "));
    let mut all = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let mut units = Vec::new();
        for unit in 0..layer.units {
            let weight = |input: usize| scalar_weight(index, unit, input);
            let mut sum: Vec<String> =
                below.iter().enumerate().map(|(input, x)| format!("{x}*{}", weight(input))).collect();
            all.extend((0..layer.inputs).map(weight));
            if layer.has_bias {
                sum.push(scalar_bias(index, unit));
            }
            let name = if index == last { "y_hat".into() } else { format!("a{}{}", index + 1, unit + 1) };
            let sum = sum.join(" + ");
            let _ = match layer.activation {
                Activation::Identity => writeln!(text, "{name} = {sum}"),
                activation => writeln!(text, "{name} = {}({sum})", activation.name()),
            };
            units.push(name);
        }
        below = units;
    }
    text.push_str(&loss_line(loss, penalty, &all));
    text
}

fn scalar_weight(layer: usize, unit: usize, input: usize) -> String {
    format!("{}{}{}", ["u", "v", "w", "q"][layer], unit + 1, input + 1)
}

fn scalar_bias(layer: usize, unit: usize) -> String {
    format!("b{}{}", layer + 1, unit + 1)
}

/// Finds where the parameters of a layer lie.
fn place(layer: &mut Layer, index: usize, last: bool, spelled: bool, model: &Model) -> anyhow::Result<()> {
    let find = |name: &str| {
        let found = model.program.parameters.iter().find(|p| p.name == name);
        found.map(|p| p.offset).ok_or_else(|| anyhow::anyhow!("no parameter {name} in\n{}", model.source))
    };
    for unit in 0..layer.units {
        let mut row = Vec::new();
        for input in 0..layer.inputs {
            row.push(if spelled {
                find(&scalar_weight(index, unit, input))?
            } else {
                find(&format!("{}.W", layer_name(index, last)))? + unit * layer.inputs + input
            });
        }
        layer.weights.push(row);
        if layer.has_bias {
            layer.biases.push(if spelled {
                find(&scalar_bias(index, unit))?
            } else {
                find(&format!("{}.b", layer_name(index, last)))? + unit
            });
        }
    }
    Ok(())
}
