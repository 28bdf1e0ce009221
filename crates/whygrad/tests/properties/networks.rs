//! Layered models as text: every activation, every loss, every way to have a bias.

use std::fmt::Write as _;

use whygrad::expr::functions;

use crate::draw::Draw;

/// Activations that a person may have defined; each is followed by what it needs beside `z`.
const OWN_FUNCTIONS: &[&str] = &[
    "h(z) = 1/(1 + exp(-z))",
    "h(z) = exp(z)/(1 + exp(z))",
    "h(z) = (exp(z) - exp(-z))/(exp(z) + exp(-z))",
    "h(z) = log(1 + exp(z))",
    "h(z) = z/(1 + exp(-beta*z))",
    "h(z) = z*exp(-z^2/2)",
    "h(z) = select(z, z, slope*z)",
    "h(z) = max(z, 0) - 0.1*min(z, 0)",
    "h(z) = max(-1, min(1, z))",
    "h(z) = z^3 - 0.5*z",
    "h(z) = atan(z) + 0.2*sin(3*z)",
    "h(z) = sqrt(1 + z^2) - 1",
    "g(z) = tanh(z)\nh(z) = g(z)*g(z) + 0.3*z",
    "g(z) = 1/(1 + exp(-z))\nh(z) = g'(z)*4",
    "h(z) = abs(z)/(1 + z*z)",
];

/// What a target holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Targets {
    /// Any numbers.
    Reals,
    /// Numbers between 0 and 1.
    Probabilities,
    /// Numbers between 0 and 1 that add up to 1.
    Distribution,
}

/// A network as text and what its targets hold.
pub(crate) fn network(draw: &mut Draw, index: usize) -> (String, Targets) {
    let inputs = draw.between(1, 4);
    let loss = losses()[index % losses().len()];
    let distribution = loss.starts_with("cross_entropy");
    let targets = if distribution { draw.between(2, 3) } else { draw.between(1, 3) };
    let (mut text, target) = columns(draw, inputs, targets);
    let mut shared = String::new();
    let mut layers = String::new();
    let mut names = Vec::new();
    let mut previous = "x".to_owned();
    if text.starts_with("inputs x1") && inputs > 1 {
        previous = format!("[{}]", numbered("x", inputs));
    }
    for layer in 0..draw.between(0, 3) {
        let name = format!("h{layer}");
        let units = draw.between(1, 5);
        let activation = hidden_activation(draw, index + layer);
        let bias = bias(draw, layer, units, &mut shared);
        let _ = writeln!(layers, "{name} = dense({previous}, {units}{activation}{bias})");
        previous.clone_from(&name);
        names.push(format!("{name}.W"));
    }
    let output = output_activation(draw, loss);
    let bias = bias(draw, 9, targets, &mut shared);
    let _ = writeln!(layers, "y_hat = dense({previous}, {targets}{output}{bias})");
    names.push("y_hat.W".into());
    if layers.contains(", h") {
        text.push_str(draw.one(OWN_FUNCTIONS));
        text.push('\n');
    }
    text.push_str(&shared);
    text.push_str(&layers);
    text.push_str(&loss_line(draw, loss, &target, &names));
    let kind = match loss {
        _ if distribution => Targets::Distribution,
        _ if loss.starts_with("binary") => Targets::Probabilities,
        _ => Targets::Reals,
    };
    (text, kind)
}

fn losses() -> Vec<&'static str> {
    functions::losses().map(|l| l.name).collect()
}

/// The declarations, and the target as a formula.
fn columns(draw: &mut Draw, inputs: usize, targets: usize) -> (String, String) {
    let inputs = match inputs {
        1 => "inputs x\n".to_owned(),
        _ if draw.chance(0.3) => format!("inputs {}\n", numbered("x", inputs)),
        _ => format!("inputs x[{inputs}]\n"),
    };
    let (declared, target) = match targets {
        1 => ("target y".to_owned(), "y".to_owned()),
        _ if draw.chance(0.3) => {
            let all = numbered("y", targets);
            (format!("targets {all}"), format!("[{all}]"))
        }
        _ => (format!("targets y[{targets}]"), "y".to_owned()),
    };
    (format!("{inputs}{declared}\n"), target)
}

/// `x1, x2, x3`
fn numbered(stem: &str, count: usize) -> String {
    (1..=count).map(|k| format!("{stem}{k}")).collect::<Vec<_>>().join(", ")
}

/// Each named activation in turn, now and then one of the person's own, or none.
fn hidden_activation(draw: &mut Draw, index: usize) -> String {
    let all: Vec<&str> = functions::activations().map(|a| a.name).collect();
    match draw.below(10) {
        0 | 1 => ", h".into(),
        2 => String::new(),
        3 => format!(", activation={}", draw.one(&all)),
        _ => format!(", {}", all[index % all.len()]),
    }
}

fn output_activation(draw: &mut Draw, loss: &str) -> String {
    let name = match loss {
        "cross_entropy" => "softmax",
        "binary_cross_entropy" => "sigmoid",
        "cross_entropy_from_logits" | "binary_cross_entropy_from_logits" => return String::new(),
        _ if draw.chance(0.5) => return String::new(),
        _ => draw.one(&["tanh", "sigmoid", "softmax", "relu", "softplus", "h", "identity", "leaky_relu"]),
    };
    format!(", {name}")
}

fn bias(draw: &mut Draw, layer: usize, units: usize, shared: &mut String) -> String {
    match draw.below(8) {
        0 => ", bias=false".into(),
        1 => {
            if !shared.contains("shared") {
                shared.push_str("params shared\n");
            }
            ", bias=shared".into()
        }
        2 if units > 1 => {
            let _ = writeln!(shared, "params t{layer}[{units}]");
            format!(", bias=t{layer}")
        }
        3 => {
            let _ = writeln!(shared, "fixed f{layer} = 0.35");
            format!(", bias=f{layer}")
        }
        4 => ", bias=true".into(),
        _ => String::new(),
    }
}

fn loss_line(draw: &mut Draw, loss: &str, target: &str, weights: &[String]) -> String {
    if loss == "mse" && draw.chance(0.4) {
        return String::new();
    }
    let delta = if loss == "huber" && draw.chance(0.5) { ", 0.4" } else { "" };
    let mut line = format!("loss = {loss}(y_hat, {target}{delta})");
    if draw.chance(0.25) {
        let _ = write!(line, " + 0.01*l2({})", weights.join(", "));
    }
    if draw.chance(0.15) {
        let _ = write!(line, " + 0.02*l1({})", weights[0]);
    }
    line + "\n"
}
