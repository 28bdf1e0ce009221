//! Seeing that a formula is a plain layered net.
//!
//! `h(x1*w1 + x2*w3 + b1)*w5 + h(x1*w2 + x2*w4 + b2)*w6 + b3` is 2-2-1 with W1 = [[w1, w3], [w2, w4]].

use std::fmt;

use whygrad_expr::arena::{Arena, SymbolKind, Term};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::program::{Parameter, Program};

use super::layer::{DenseLayer, Role};
use super::naming::pre_activation;

/// A chain of dense layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers {
    /// Inputs, then the units of each layer.
    pub sizes: Vec<usize>,
    /// The activation of each layer.
    pub activations: Vec<String>,
    /// `weights[layer][unit][input]`: the name of the parameter.
    pub weights: Vec<Vec<Vec<String>>>,
    /// `biases[layer][unit]`: the name, where the unit has one.
    pub biases: Vec<Vec<Option<String>>>,
    /// True where a formula was recognised, false where the model is written in layers.
    pub from_formula: bool,
}

impl Layers {
    /// The weights row by row, layer by layer; then the biases of each layer.
    pub fn drawing_order(&self) -> Vec<String> {
        let weights = self.weights.iter().flatten().flatten().cloned();
        weights.chain(self.biases.iter().flatten().flatten().cloned()).collect()
    }

    /// The role of a parameter by its name; a group that holds weights of several layers, or biases beside weights, has none.
    pub fn role(&self, name: &str) -> Role {
        let of = |entry: &str| entry.split('[').next() == Some(name);
        let weights = self.weights.iter().filter(|rows| rows.iter().flatten().any(|w| of(w))).count();
        let biases = self.biases.iter().filter(|biases| biases.iter().flatten().any(|b| of(b))).count();
        if weights + biases > 1 {
            return Role::Free;
        }
        for (layer, rows) in self.weights.iter().enumerate() {
            if rows.iter().flatten().any(|w| of(w)) {
                return Role::Weight { layer, fan_in: self.sizes[layer], fan_out: self.sizes[layer + 1] };
            }
            if self.biases[layer].iter().flatten().any(|b| of(b)) {
                return Role::Bias { layer };
            }
        }
        Role::Free
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes.iter().map(ToString::to_string).collect();
        write!(f, "{}", sizes.join("-"))?;
        let linear = |a: &str| a == "identity";
        if let Some((output, hidden)) = self.activations.split_last() {
            for activation in hidden {
                write!(f, ", {}", if linear(activation) { "linear" } else { activation })?;
            }
            write!(f, ", {} output", if linear(output) { "linear" } else { output })?;
        }
        Ok(())
    }
}

/// The layers of a program, written as layers or as a formula; `None` where it is no plain chain.
pub(crate) fn recognise(program: &Program, dense: &[DenseLayer]) -> Option<Layers> {
    if dense.is_empty() { formula(program).or_else(|| matrices(program)) } else { chain(program, dense) }
}

/// Layers that feed one another, from all inputs to the prediction.
fn chain(program: &Program, dense: &[DenseLayer]) -> Option<Layers> {
    let [input] = *program.inputs else { return None };
    let feeds = |t: Term| program.arena.op(t) == Op::Leaf(input);
    let mut previous: Option<Term> = None;
    for layer in dense {
        let fed = previous.map_or_else(|| feeds(layer.input), |p| p == layer.input);
        if !fed {
            return None;
        }
        previous = Some(layer.output);
    }
    if program.predictions != [previous?] {
        return None;
    }
    let entries = |layer: &DenseLayer| {
        (0..layer.fan_out)
            .map(|k| (0..layer.fan_in).map(|i| format!("{}[{k},{i}]", layer.weight)).collect())
            .collect()
    };
    let biases = |layer: &DenseLayer| {
        (0..layer.fan_out).map(|k| Some(format!("{}[{k}]", layer.bias.as_ref()?))).collect()
    };
    Some(Layers {
        sizes: std::iter::once(dense[0].fan_in).chain(dense.iter().map(|l| l.fan_out)).collect(),
        activations: dense.iter().map(|l| l.activation.clone()).collect(),
        weights: dense.iter().map(entries).collect(),
        biases: dense.iter().map(biases).collect(),
        from_formula: false,
    })
}

/// One unit: its activation, the weights of the units below it, its bias.
struct Unit {
    activation: &'static str,
    weights: Vec<(Term, String)>,
    bias: Option<String>,
}

fn formula(program: &Program) -> Option<Layers> {
    let arena = &program.arena;
    let mut level = program.predictions.clone();
    let mut layers: Vec<Vec<Unit>> = Vec::new();
    while !level.is_empty() && !level.iter().all(|&t| is_input(arena, t)) {
        let units: Vec<Unit> = level.iter().map(|&t| unit(program, t)).collect::<Option<_>>()?;
        let below: Vec<Term> = units[0].weights.iter().map(|w| w.0).collect();
        let same = |u: &Unit| {
            u.weights.len() == below.len()
                && below.iter().all(|b| u.weights.iter().any(|w| w.0 == *b))
                && u.activation == units[0].activation
        };
        if below.is_empty() || !units.iter().all(same) || layers.len() > 64 {
            return None;
        }
        level = below;
        if level.iter().all(|&t| is_input(arena, t)) {
            level.sort_unstable_by_key(|&t| input_order(program, t));
        }
        layers.push(units);
        let order = level.clone();
        for unit in layers.iter_mut().last()? {
            unit.weights.sort_by_key(|w| order.iter().position(|t| *t == w.0));
        }
    }
    layers.reverse();
    let named = assemble(&layers, level.len())?;
    let all: Vec<String> = named.drawing_order();
    let mut once = all.clone();
    once.sort_unstable();
    once.dedup();
    // A weight used twice is shared: no plain net.
    (once.len() == all.len() && all.len() == program.parameter_count()).then_some(named)
}

/// `W2 @ tanh(W1 @ x + b1) + b2`: a chain of matrix products from the one input to the prediction.
fn matrices(program: &Program) -> Option<Layers> {
    let arena = &program.arena;
    let (&[mut term], &[input]) = (program.predictions.as_slice(), program.inputs.as_slice()) else {
        return None;
    };
    let declared = |term: Term| match arena.op(term) {
        Op::Leaf(id) => program.parameters.iter().find(|p| p.symbol == id),
        _ => None,
    };
    let mut layers = Layers {
        sizes: vec![arena.dims(term).len()],
        activations: vec![],
        weights: vec![],
        biases: vec![],
        from_formula: true,
    };
    let mut used = 0;
    while arena.op(term) != Op::Leaf(input) {
        let (activation, z) = activation_of(arena, term);
        let (product, bias) = match arena.op(z) {
            Op::Zip(Zip::Add, a, b) => match declared(a) {
                Some(bias) => (b, Some(bias)),
                None => (a, Some(declared(b)?)),
            },
            _ => (z, None),
        };
        let Op::MatVec(w, below) = arena.op(product) else { return None };
        let weight = declared(w)?;
        let &[units, inputs] = weight.shape.as_slice() else { return None };
        used += weight.len() + bias.map_or(0, Parameter::len);
        let row = |k: usize| (0..inputs).map(|i| weight.entry_name(k * inputs + i)).collect();
        layers.weights.insert(0, (0..units).map(row).collect());
        // One bias may be shared by the layer.
        let bias_of = |k: usize| bias.map(|b| b.entry_name(k.min(b.len() - 1)));
        layers.biases.insert(0, (0..units).map(bias_of).collect());
        layers.activations.insert(0, activation.to_owned());
        layers.sizes.insert(0, inputs);
        term = below;
    }
    (used == program.parameter_count() && !layers.weights.is_empty()).then_some(layers)
}

fn assemble(layers: &[Vec<Unit>], inputs: usize) -> Option<Layers> {
    if layers.is_empty() {
        return None;
    }
    Some(Layers {
        sizes: std::iter::once(inputs).chain(layers.iter().map(Vec::len)).collect(),
        activations: layers.iter().map(|l| l[0].activation.to_owned()).collect(),
        weights: layers
            .iter()
            .map(|l| l.iter().map(|u| u.weights.iter().map(|w| w.1.clone()).collect()).collect())
            .collect(),
        biases: layers.iter().map(|l| l.iter().map(|u| u.bias.clone()).collect()).collect(),
        from_formula: true,
    })
}

fn input_order(program: &Program, term: Term) -> (usize, usize) {
    let (leaf, entry) = match program.arena.op(term) {
        Op::Pick(leaf, entry) => (leaf, entry),
        _ => (term, 0),
    };
    let position = match program.arena.op(leaf) {
        Op::Leaf(id) => program.inputs.iter().position(|i| *i == id),
        _ => None,
    };
    (position.unwrap_or(usize::MAX), entry)
}

/// An input column: a leaf of its own, or one entry of a group.
fn is_input(arena: &Arena, term: Term) -> bool {
    let leaf = match arena.op(term) {
        Op::Pick(group, _) => group,
        _ => term,
    };
    matches!(arena.op(leaf), Op::Leaf(id) if arena.symbol_of(id).kind == SymbolKind::Input)
}

/// The name of a parameter that is one number: `w1`, or the entry `theta[0,1]` of a group.
fn parameter(program: &Program, term: Term) -> Option<String> {
    let (leaf, entry) = match program.arena.op(term) {
        Op::Pick(leaf, entry) => (leaf, entry),
        _ => (term, 0),
    };
    let Op::Leaf(id) = program.arena.op(leaf) else { return None };
    let found = program.parameters.iter().find(|p| p.symbol == id)?;
    (leaf != term || found.shape.is_empty()).then(|| found.entry_name(entry))
}

/// The activation of a term and what it is applied to.
fn activation_of(arena: &Arena, term: Term) -> (&'static str, Term) {
    if matches!(arena.op(term), Op::Map(Function::Exp, _)) {
        return pre_activation(arena, term).map_or(("identity", term), |z| ("softmax", z));
    }
    match arena.op(term) {
        Op::Map(f @ (Function::Sigmoid | Function::Tanh | Function::Sin | Function::Softplus), a) => {
            (f.name(), a)
        }
        Op::Select(z, a, zero) if z == a && arena.constant_of(zero) == Some(0.0) => ("relu", z),
        _ => ("identity", term),
    }
}

/// An activation of a sum of weight times unit, plus at most one bias.
fn unit(program: &Program, term: Term) -> Option<Unit> {
    let arena = &program.arena;
    let (activation, inner) = activation_of(arena, term);
    let mut unit = Unit { activation, weights: vec![], bias: None };
    let mut open = vec![inner];
    while let Some(term) = open.pop() {
        match arena.op(term) {
            Op::Zip(Zip::Add, a, b) => open.extend([b, a]),
            Op::Zip(Zip::Mul, a, b) => match (parameter(program, a), parameter(program, b)) {
                (Some(w), None) => unit.weights.push((b, w)),
                (None, Some(w)) => unit.weights.push((a, w)),
                _ => return None,
            },
            _ => {
                let bias = parameter(program, term)?;
                if unit.bias.replace(bias).is_some() {
                    return None;
                }
            }
        }
    }
    Some(unit)
}
