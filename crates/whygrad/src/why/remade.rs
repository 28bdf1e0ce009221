//! Other models made of one: with another loss, other outputs, or as a net with other layers.

use std::collections::HashMap;
use std::fmt::Write as _;

use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::{Function, Op};
use whygrad_expr::simplify::Simplifier;

use super::finished::Case;
use crate::data::Dataset;
use crate::lint::losses::{LossOfOutputs, replace};
use crate::lint::range::is_softmax;
use crate::model::{Model, ModelOptions};
use crate::train::{RandomSource, starting_values};

/// The model with another loss and other predictions, which `change` makes in its arena; `None` where the gradient is the
/// person's own, which belongs to the loss as it is.
pub(super) fn with_terms(
    model: &Model,
    change: impl FnOnce(&mut Arena) -> Option<(Term, Vec<Term>)>,
) -> Option<Model> {
    if model.own_gradient {
        return None;
    }
    let mut new = model.clone();
    let (loss, predictions) = change(&mut new.program.arena)?;
    let mut simplifier = Simplifier::new(&mut new.program.arena);
    let simple = simplifier.simplify(loss);
    let outputs = predictions.iter().map(|&p| simplifier.simplify(p)).collect();
    let symbols: Vec<SymbolId> = new.program.parameters.iter().map(|p| p.symbol).collect();
    let gradient = derivative::gradient(&mut new.program.arena, simple, &symbols);
    (new.written_loss, new.written_predictions) = (loss, predictions);
    (new.program.loss, new.program.predictions) = (simple, outputs);
    new.program.gradient = gradient.by_symbol;
    (new.adjoints, new.steps) = (gradient.adjoints, gradient.steps);
    Some(new)
}

/// The model with `output` in the place of its activation at the output; `None` for the identity.
pub(super) fn with_output(model: &Model, output: Option<Function>) -> Option<Model> {
    let [prediction] = *model.written_predictions else { return None };
    with_terms(model, |arena| {
        let z = output_input(arena, prediction)?;
        let new = output.map_or(z, |function| arena.map(function, z));
        let mut by = HashMap::new();
        replace(arena, &mut by, prediction, new);
        let loss = arena.substitute(model.written_loss, &by)?;
        Some((loss, vec![new]))
    })
}

/// What goes into the activation of an output.
fn output_input(arena: &Arena, prediction: Term) -> Option<Term> {
    match arena.op(prediction) {
        Op::Map(
            Function::Sigmoid | Function::Tanh | Function::Softplus | Function::Sin | Function::Erf,
            z,
        ) => Some(z),
        Op::Map(Function::Exp, inner)
            if arena.dims(prediction).is_scalar() || is_softmax(arena, prediction) =>
        {
            arena.op(inner).children().first().copied()
        }
        Op::Select(z, a, _) if z == a => Some(z),
        _ => crate::model::pre_activation(arena, prediction),
    }
}

/// A net as the text of a model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Net {
    pub(super) sizes: Vec<usize>,
    pub(super) activations: Vec<String>,
    pub(super) biases: Vec<bool>,
    pub(super) loss: String,
    /// The columns as the model at hand declares them, inputs and targets, where a text can: in a command they must be those
    /// of the data.
    pub(super) columns: Option<(Vec<String>, String)>,
}

impl Net {
    /// The layers of a model and its loss; `None` where it is no chain of layers, or the loss has no name.
    pub(super) fn of(model: &Model, data: &Dataset) -> Option<Net> {
        let layers = model.layers.as_ref()?;
        let loss = LossOfOutputs::of(model)?;
        if !loss.penalties.is_empty() {
            return None;
        }
        let net = Net {
            sizes: layers.sizes.clone(),
            activations: layers.activations.clone(),
            biases: layers.biases.iter().map(|b| b.iter().all(Option::is_some)).collect(),
            loss: loss.named(data)?,
            columns: columns(model),
        };
        // Functions of the person's own have no meaning in a text without them.
        net.model().is_some().then_some(net)
    }

    fn text(&self, columns: Option<&(Vec<String>, String)>) -> String {
        let many =
            |name: &str, size: usize| if size == 1 { name.to_owned() } else { format!("{name}[{size}]") };
        let outputs = self.sizes.last().copied().unwrap_or(1);
        let (inputs, mut below, target) = match columns {
            Some((names, target)) if names.len() == self.sizes[0] && names.len() > 1 => {
                (names.join(", "), format!("[{}]", names.join(", ")), target.as_str())
            }
            Some((names, target)) if names.len() == 1 => {
                (many(&names[0], self.sizes[0]), names[0].clone(), target.as_str())
            }
            _ => (many("x", self.sizes[0]), "x".to_owned(), "y"),
        };
        let mut text = format!("inputs {inputs}\ntarget {}\n", many(target, outputs));
        for (k, activation) in self.activations.iter().enumerate() {
            let name =
                if k + 1 == self.activations.len() { "y_hat".to_owned() } else { format!("hidden{}", k + 1) };
            let activation = if activation == "identity" { String::new() } else { format!(", {activation}") };
            let bias = if self.biases[k] { "" } else { ", bias=false" };
            let _ = writeln!(text, "{name} = dense({below}, {}{activation}{bias})", self.sizes[k + 1]);
            below = name;
        }
        let _ = writeln!(text, "loss = {}", self.loss.replace("(y_hat, y)", &format!("(y_hat, {target})")));
        text
    }

    pub(super) fn model(&self) -> Option<Model> {
        Model::parse(&self.text(None), &ModelOptions::default()).ok()
    }

    /// As `train` takes it: one word where that is enough, else the text.
    pub(super) fn as_argument(&self) -> String {
        let word = |k: usize| {
            let activation = &self.activations[k];
            format!("-{}{}", self.sizes[k + 1], if activation == "identity" { "" } else { activation })
        };
        let plain = self.biases.iter().all(|b| *b) && self.loss_name().is_some();
        if !plain {
            return self.text(self.columns.as_ref());
        }
        format!("{}{}", self.sizes[0], (0..self.activations.len()).map(word).collect::<String>())
    }

    /// The name of the loss, where it has no factor.
    pub(super) fn loss_name(&self) -> Option<&str> {
        self.loss.strip_suffix("(y_hat, y)").filter(|name| !name.contains('*'))
    }

    /// The case with this net: `start` gives values by layer, unit and input (a bias last) where the given net has one,
    /// and the rest is drawn with `seed`.
    pub(super) fn case(&self, case: &Case, keep: bool, seed: u64) -> Option<Case> {
        let model = self.model()?;
        let mut start = starting_values(&model, None, seed, RandomSource::Own).ok()?;
        if keep {
            keep_values(&case.model, &case.start, &model, &mut start);
        }
        Some(Case { model: model.into(), start, ..case.clone() })
    }
}

/// The names of a model's inputs and of its target: one group of inputs, or each a number; and one group of targets.
fn columns(model: &Model) -> Option<(Vec<String>, String)> {
    let [target] = model.targets.as_slice() else { return None };
    if model.inputs.len() != 1 && model.inputs.iter().any(|group| group.size != 1) {
        return None;
    }
    let names: Vec<String> = model.inputs.iter().map(|group| group.name.clone()).collect();
    // What the text names itself.
    let is_taken = |name: &String| {
        name == "y_hat"
            || name == "loss"
            || name.starts_with("hidden")
            || !name.chars().all(char::is_alphanumeric)
    };
    let free = !names.iter().chain([&target.name]).any(is_taken);
    free.then(|| (names, target.name.clone()))
}

/// Gives parameters the values that those of the same place have in another net.
fn keep_values(from: &Model, values: &[f64], to: &Model, start: &mut [f64]) {
    let (Some(old), Some(new)) = (&from.layers, &to.layers) else { return };
    let (there, here) = (places(from), places(to));
    let mut copy = |a: &String, b: &String| {
        if let (Some(&a), Some(&b)) = (there.get(a), here.get(b)) {
            start[b] = values[a];
        }
    };
    for layer in 0..old.weights.len().min(new.weights.len()) {
        for (a, b) in old.weights[layer].iter().flatten().zip(new.weights[layer].iter().flatten()) {
            copy(a, b);
        }
        for (a, b) in old.biases[layer].iter().zip(&new.biases[layer]) {
            if let (Some(a), Some(b)) = (a, b) {
                copy(a, b);
            }
        }
    }
}

/// Where each parameter lies, by name.
fn places(model: &Model) -> HashMap<String, usize> {
    let mut places = HashMap::new();
    for p in &model.program.parameters {
        places.extend((0..p.len()).map(|k| (p.entry_name(k), p.offset + k)));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{data, model};

    #[test]
    fn a_net_written_in_formulas_is_a_net() {
        let head = "inputs x1, x2\ntarget y\ns(z) = 1/(1 + exp(-z))\n";
        for (text, sizes, bias) in [
            ("m = w1*x1 + w2*x2 + b\ny_hat = s(m)\nloss = mean((y - y_hat)^2)", vec![2, 1], true),
            (
                "a = s(w1*x1 + w2*x2)\nc = s(w3*x1 + w4*x2)\ny_hat = s(v1*a + v2*c)\nE = sum(1/2*(y - y_hat)^2)",
                vec![2, 2, 1],
                false,
            ),
        ] {
            let model = model(&format!("{head}{text}"));
            let data = data(&model, "xor");
            let net = Net::of(&model, &data).unwrap();
            assert_eq!((net.sizes, net.biases[0]), (sizes, bias));
        }
    }

    #[test]
    fn a_text_to_paste_names_the_columns_that_the_data_have() {
        let model =
            model("inputs i1, i2\ntarget t\ny_hat = sigmoid(w1*i1 + w2*i2)\nloss = 0.5*mse(y_hat, t)");
        let table = crate::data::csv::read(b"i1,i2,t\n0,0,0\n0,1,1\n1,0,1\n1,1,1\n", "or.csv").unwrap().0;
        let data = model.bind(&table, &crate::data::bind::BindOptions::default()).unwrap().0;
        let text = Net::of(&model, &data).unwrap().as_argument();
        assert!(text.starts_with("inputs i1, i2\ntarget t\n"), "{text}");
        let again = Model::parse(&text, &ModelOptions::default()).unwrap();
        assert!(again.bind(&table, &crate::data::bind::BindOptions::default()).is_ok());
    }
}
