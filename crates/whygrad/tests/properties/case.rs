//! A model at a point, and what the oracle says of it.

use std::fmt;

use num_complex::Complex64;
use whygrad::expr::arena::{SymbolId, Term};
use whygrad::expr::number::Scalar;
use whygrad::expr::op::{Function, Op, Zip};
use whygrad::expr::oracle::{Bindings, Value, evaluate};
use whygrad::expr::program::Program;
use whygrad::model::{Model, ModelOptions};

use crate::draw::Draw;
use crate::networks::Targets;
use crate::{formulas, networks};

/// A model, its parameters and its data.
pub(crate) struct Case {
    pub(crate) seed: u64,
    pub(crate) model: Model,
    pub(crate) rows: usize,
    pub(crate) theta: Vec<f64>,
    pub(crate) inputs: Vec<f64>,
    pub(crate) targets: Vec<f64>,
}

/// A layered model for three seeds of five, else a formula.
pub(crate) fn case(seed: u64) -> Case {
    let mut draw = Draw::of(seed);
    let (text, kind) = if seed % 5 < 3 {
        networks::network(&mut draw, seed as usize / 5 * 3 + seed as usize % 5)
    } else {
        (formulas::model(&mut draw), Targets::Reals)
    };
    at_random_point(seed, &text, kind, &mut draw)
}

/// The model of a text at random parameters and data.
pub(crate) fn at_random_point(seed: u64, text: &str, kind: Targets, draw: &mut Draw) -> Case {
    let model = read(text);
    let program = &model.program;
    let rows = draw.between(1, 5);
    let theta = draw.numbers(program.parameter_count(), -1.3, 1.3);
    let inputs = draw.numbers(rows * program.input_width(), -1.5, 1.5);
    let width = program.target_width();
    let mut targets = match kind {
        Targets::Reals => draw.numbers(rows * width, -1.0, 1.0),
        Targets::Probabilities | Targets::Distribution => draw.numbers(rows * width, 0.0, 1.0),
    };
    if kind == Targets::Distribution {
        for row in targets.chunks_mut(width) {
            let total: f64 = row.iter().sum();
            for p in row {
                *p /= total;
            }
        }
    }
    Case { seed, model, rows, theta, inputs, targets }
}

/// A text that has to be a model.
pub(crate) fn read(text: &str) -> Model {
    match Model::parse(text, &ModelOptions::default()) {
        Ok(model) => model,
        Err(error) => panic!("a generated model is not read:\n{text}\n{error}\n{:#?}", error.messages),
    }
}

impl Case {
    /// The value of every leaf, with `theta` for the parameters.
    pub(crate) fn bindings<S: Scalar>(&self, theta: &[S]) -> Bindings<S> {
        let program = &self.model.program;
        let mut bindings = Bindings::new(self.rows);
        for p in &program.parameters {
            bindings.bind(p.symbol, theta[p.offset..p.offset + p.len()].to_vec());
        }
        let mut columns = |ids: &[SymbolId], data: &[f64], width: usize| {
            let mut from = 0;
            for &id in ids {
                let len = program.arena.symbol_of(id).shape.dims.len();
                let of_row = |row: usize| data[row * width + from..row * width + from + len].iter();
                let values = (0..self.rows).flat_map(of_row).map(|&x| S::real(x)).collect();
                bindings.bind(id, values);
                from += len;
            }
        };
        columns(&program.inputs, &self.inputs, program.input_width());
        columns(&program.targets, &self.targets, program.target_width());
        bindings
    }

    /// The values of terms at `theta`.
    pub(crate) fn values<S: Scalar>(&self, roots: &[Term], theta: &[S]) -> Vec<Value<S>> {
        values_of(&self.model.program, roots, &self.bindings(theta))
    }

    /// The loss at `theta`.
    pub(crate) fn loss<S: Scalar>(&self, theta: &[S]) -> S {
        self.values(&[self.model.program.loss], theta)[0].data[0]
    }

    /// The derived gradient at `theta`, flat.
    pub(crate) fn gradient<S: Scalar>(&self, theta: &[S]) -> Vec<S> {
        let values = self.values(&self.model.program.gradient, theta);
        values.into_iter().flat_map(|v| v.data).collect()
    }

    /// The gradient by complex steps of the loss.
    pub(crate) fn complex_step(&self) -> Vec<f64> {
        let mut theta: Vec<Complex64> = self.theta.iter().map(|&t| t.into()).collect();
        let mut gradient = Vec::with_capacity(theta.len());
        for k in 0..theta.len() {
            theta[k].im = STEP;
            gradient.push(self.loss(&theta).im / STEP);
            theta[k].im = 0.0;
        }
        gradient
    }

    /// Whether every step to the loss is finite here; a choice may hide one that is not.
    pub(crate) fn is_finite(&self) -> bool {
        let order = self.model.program.arena.reachable(&[self.model.program.loss]);
        self.values(&order, &self.theta).iter().all(|v| v.data.iter().all(|x| x.is_finite()))
    }

    /// Whether two branches of a choice in the loss are close to each other here.
    pub(crate) fn near_a_kink(&self, distance: f64) -> bool {
        let arena = &self.model.program.arena;
        let order = arena.reachable(&[self.model.program.loss]);
        let values = self.values(&order, &self.theta);
        let of = |t: Term| &values[order.binary_search(&t).unwrap()];
        let close = |a: f64| a.abs() < distance;
        order.iter().any(|&term| match arena.op(term) {
            Op::Select(c, ..) => of(c).data.iter().any(|&c| close(c)),
            Op::Map(Function::Abs | Function::Sign, a) => of(a).data.iter().any(|&a| close(a)),
            Op::Zip(Zip::Max | Zip::Min, a, b) => {
                let shape = arena.shape(term);
                let rows = if shape.per_row { self.rows } else { 1 };
                let at = |row, entry| of(a).at(row, entry) - of(b).at(row, entry);
                (0..rows).any(|row| (0..shape.dims.len()).any(|entry| close(at(row, entry))))
            }
            _ => false,
        })
    }
}

/// The imaginary step: so small that its square is nothing.
pub(crate) const STEP: f64 = 1e-30;

/// The values of a program's terms.
pub(crate) fn values_of<S: Scalar>(
    program: &Program,
    roots: &[Term],
    bindings: &Bindings<S>,
) -> Vec<Value<S>> {
    evaluate(&program.arena, roots, bindings).unwrap()
}

/// What can be pasted.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}:\n{}", self.seed, self.model.source)?;
        let names =
            |p: &whygrad::expr::program::Parameter| (0..p.len()).map(|k| p.entry_name(k)).collect::<Vec<_>>();
        for (name, value) in self.model.program.parameters.iter().flat_map(names).zip(&self.theta) {
            writeln!(f, "# {name} = {value:?}")?;
        }
        writeln!(f, "# {} rows, inputs {:?}, targets {:?}", self.rows, self.inputs, self.targets)
    }
}

/// The largest size of some numbers.
pub(crate) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, v| most.max(v.abs()))
}

/// Fails with the first few of what was wrong.
pub(crate) fn none_wrong(wrong: &[String]) {
    let shown = wrong.len().min(4);
    assert!(wrong.is_empty(), "{} wrong, among them:\n\n{}", wrong.len(), wrong[..shown].join("\n\n"));
}
