//! The starting values: units that are equal, units that are saturated or dead, and a start without a slope.

use std::collections::HashMap;

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::{Function, Op};

use crate::data::Dataset;
use crate::model::Model;

/// Hidden units of a chain of layers with the same weights in and out as another: layer, first, copy.
pub(crate) fn copies(model: &Model, start: &[f64]) -> Vec<(usize, usize, usize)> {
    let Some(layers) = &model.layers else { return vec![] };
    let mut values: HashMap<String, f64> = HashMap::new();
    for p in &model.program.parameters {
        values.extend((0..p.len()).map(|k| (p.entry_name(k), start[p.offset + k])));
    }
    let value = |name: &String| values.get(name).copied().unwrap_or(0.0);
    let mut found = Vec::new();
    for layer in 0..layers.weights.len().saturating_sub(1) {
        let unit = |k: usize| -> Vec<u64> {
            let bias = layers.biases[layer].get(k).and_then(Option::as_ref);
            let out = layers.weights[layer + 1].iter().filter_map(|row| row.get(k));
            layers.weights[layer][k].iter().chain(bias).chain(out).map(|n| value(n).to_bits()).collect()
        };
        let mut first: HashMap<Vec<u64>, usize> = HashMap::new();
        for k in 0..layers.weights[layer].len() {
            match first.get(&unit(k)) {
                Some(&before) => found.push((layer, before, k)),
                None => {
                    first.insert(unit(k), k);
                }
            }
        }
    }
    found
}

/// Units side by side with an activation that goes flat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flat {
    /// `sigmoid`, `tanh` or `relu`.
    pub(crate) activation: &'static str,
    /// Whether it is a prediction.
    pub(crate) is_output: bool,
    pub(crate) units: usize,
    /// Units that are flat on every row.
    pub(crate) idle: usize,
    /// The share of rows and units where the slope is below a thousandth of the largest.
    pub(crate) share: f64,
}

/// The slope of sigmoid and tanh is below a thousandth of its largest beyond these.
pub(super) const SIGMOID_FLAT: f64 = 8.29;
pub(super) const TANH_FLAT: f64 = 4.15;

/// Rows that are looked at, at most: a unit that is flat on all of these is so on most.
const ROWS: usize = 2000;

/// How flat the units are at these parameters.
pub(crate) fn flat_units(model: &Model, data: &Dataset, theta: &[f64]) -> Vec<Flat> {
    let program = &model.program;
    let arena = &program.arena;
    let found: Vec<(Term, Term, &'static str)> = arena
        .reachable(&program.predictions)
        .into_iter()
        .filter_map(|t| activation(arena, t).map(|(name, z)| (t, z, name)))
        .filter(|(_, z, _)| arena.shape(*z).per_row)
        .collect();
    let roots: Vec<Term> = found.iter().map(|f| f.1).collect();
    let every = data.rows.div_ceil(ROWS).max(1);
    let rows: Vec<usize> = (0..data.rows).step_by(every).collect();
    let few = data.select(&rows);
    let plan = Plan::compile(program, &roots);
    let mut space = Workspace::<f64>::new(&plan);
    space.load(&plan, &Batch { inputs: &few.inputs, targets: &few.targets, rows: few.rows });
    space.run(&plan, theta);
    let mut all = Vec::new();
    for (root, (term, z, name)) in found.iter().enumerate() {
        let (values, buffer) = space.output(&plan, root);
        let units = arena.dims(*z).len();
        if !buffer.per_row || buffer.len != units {
            continue;
        }
        let flat_at = |v: f64| match *name {
            "relu" => v <= 0.0,
            "tanh" => v.abs() > TANH_FLAT,
            _ => v.abs() > SIGMOID_FLAT,
        };
        let at = |row: usize, unit: usize| flat_at(values[row * units + unit]);
        let idle = (0..units).filter(|&u| (0..few.rows).all(|r| at(r, u))).count();
        let count = (0..few.rows * units).filter(|&k| flat_at(values[k])).count();
        let share = count as f64 / (few.rows * units).max(1) as f64;
        let is_output = program.predictions.contains(term);
        all.push(Flat { activation: name, is_output, units, idle, share });
    }
    all
}

fn activation(arena: &Arena, term: Term) -> Option<(&'static str, Term)> {
    match arena.op(term) {
        Op::Map(Function::Sigmoid, z) => Some(("sigmoid", z)),
        Op::Map(Function::Tanh, z) => Some(("tanh", z)),
        Op::Select(z, a, zero) if z == a && arena.constant_of(zero) == Some(0.0) => Some(("relu", z)),
        _ => None,
    }
}

/// The loss and the gradient on all rows that a run would use.
pub(crate) fn slope(model: &Model, data: &Dataset, theta: &[f64]) -> (f64, Vec<f64>) {
    let program = &model.program;
    let plan = Plan::of_gradient(program);
    let mut space = Workspace::<f64>::new(&plan);
    space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
    space.run(&plan, theta);
    let mut loss = [0.0];
    space.copy_output(&plan, 0, &mut loss);
    let mut gradient = vec![0.0; theta.len()];
    for (index, p) in program.parameters.iter().enumerate() {
        space.copy_output(&plan, index + 1, &mut gradient[p.offset..p.offset + p.len()]);
    }
    (loss[0], gradient)
}
