//! Every line of a derivation, checked for itself: a step of the chain rule is the slope of the loss by one
//! argument of one operation, and the steps to a term add up to the slope by that term.
//!
//! The slopes are complex steps through the oracle, on a loss in which something was added to that argument
//! alone, so that no derivative of ours has a part in them.

use num_complex::Complex64;
use whygrad::expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad::expr::derivative::Step;
use whygrad::expr::number::Scalar;
use whygrad::expr::op::{Op, Zip};
use whygrad::expr::oracle::{Bindings, Value, evaluate};
use whygrad::expr::program::Program;
use whygrad::model::{Model, ModelOptions};
use whygrad::random::{Key, Seed, Source};

/// Formulas that use what the built-in models do not: shared weights, kinks, penalties, quotients, powers.
const FORMULAS: &[&str] = &[
    "inputs x\ntarget y\ny_hat = w*x + b\nloss = mean((y - y_hat)^2) + 0.1*l2(w, b)",
    "inputs x\ntarget y\nh(z) = z/(1 + abs(z))\ny_hat = v*h(w*x + b)/(1 + v^2)\nloss = sse(y_hat, y)",
    "inputs x1, x2\ntarget y\ny_hat = relu(w*x1 + b)*relu(w*x2 + b)\nloss = mean(max(y - y_hat, 0.3*y_hat))",
    "inputs x[2]\ntarget y\nhidden = dense(x, 3, gelu)\ny_hat = dense(hidden, 1, elu, bias=c)\n\
     loss = huber(y_hat, y) + l1(hidden.W)",
    "inputs x[2]\ntargets y[3]\nlogits = dense(x, 3, bias=false)\nloss = cross_entropy_from_logits(logits, y)",
    "inputs x[2]\ntarget y\nparams W[3,2], v[3]\ny_hat = dot(v, tanh(dense(x, 3, selu)))\n\
     loss = mae(y_hat, y) + sum(transpose(W)^2) + mean(outer(v, v))",
    "inputs x\ntarget y\ny_hat = (w^2 + 1)^(x/2) + sqrt(1 + exp(b))\nloss = half_mse(y_hat, y)",
    "minimize (1 - a)^2 + 100*(b - a^2)^2 + atan(a*b) + log(1 + a^2)*cos(b)",
];

/// Rows of data.
const ROWS: usize = 3;

/// So small that its square is nothing.
const STEP: f64 = 1e-30;

/// A program at a random point.
struct Point<'a> {
    program: &'a Program,
    leaves: Vec<(SymbolId, Vec<f64>)>,
}

impl Point<'_> {
    fn of(program: &Program, seed: u64) -> Point<'_> {
        let mut stream = Key::from_seed(Seed(seed)).stream();
        let mut draw = |count: usize, low: f64| (0..count).map(|_| stream.uniform(low, 1.0)).collect();
        let mut leaves = Vec::new();
        for p in &program.parameters {
            leaves.push((p.symbol, draw(p.len(), -1.0)));
        }
        let width = |id| program.arena.symbol_of(id).shape.dims.len();
        leaves.extend(program.inputs.iter().map(|&id| (id, draw(ROWS * width(id), -1.0))));
        // Between 0 and 1, so that every loss has a value.
        leaves.extend(program.targets.iter().map(|&id| (id, draw(ROWS * width(id), 0.0))));
        Point { program, leaves }
    }

    fn bindings<S: Scalar>(&self) -> Bindings<S> {
        let mut bindings = Bindings::new(ROWS);
        for (id, values) in &self.leaves {
            bindings.bind(*id, values.iter().map(|&v| S::real(v)).collect());
        }
        bindings
    }

    fn values(&self, terms: &[Term]) -> Vec<Value<f64>> {
        evaluate(&self.program.arena, terms, &self.bindings()).unwrap()
    }

    /// The slopes of the loss by something added to `term`: wherever it is used, or as one argument of one term.
    fn slopes(&self, term: Term, only: Option<(Term, usize)>) -> Vec<f64> {
        let mut arena = self.program.arena.clone();
        let shape = arena.shape(term);
        let name = "added".to_owned();
        let added = arena.symbol(Symbol { name, kind: SymbolKind::Variable, shape, entries: vec![] });
        let loss = with_added(&mut arena, self.program.loss, term, added, only);
        let count = shape.dims.len() * if shape.per_row { ROWS } else { 1 };
        let mut bindings = self.bindings::<Complex64>();
        let slope = |entry: usize| {
            let mut values = vec![Complex64::ZERO; count];
            values[entry].im = STEP;
            bindings.bind(added, values);
            evaluate(&arena, &[loss], &bindings).unwrap()[0].data[0].im / STEP
        };
        (0..count).map(slope).collect()
    }
}

/// The loss once more, with a leaf added to a term.
fn with_added(
    arena: &mut Arena,
    loss: Term,
    term: Term,
    leaf: SymbolId,
    only: Option<(Term, usize)>,
) -> Term {
    let mut new: Vec<Term> = (0..arena.len() as u32).map(Term).collect();
    let sum = |arena: &mut Arena, term: Term| {
        let leaf = arena.leaf(leaf);
        arena.make(Op::Zip(Zip::Add, term, leaf))
    };
    for old in arena.reachable(&[loss]) {
        let op = arena.op(old);
        let mut children: Vec<Term> = op.children().iter().map(|c| new[c.0 as usize]).collect();
        if let Some((node, index)) = only.filter(|o| o.0 == old) {
            assert_eq!(op.children()[index], term, "an argument of {node:?}");
            children[index] = sum(arena, children[index]);
        }
        let mut made = arena.make(op.with_children(&children));
        if only.is_none() && old == term {
            made = sum(arena, made);
        }
        new[old.0 as usize] = made;
    }
    new[loss.0 as usize]
}

/// The argument that each step differentiates by; a term used twice by another has two steps.
fn arguments(model: &Model) -> Vec<usize> {
    let mut seen: Vec<(Term, Term)> = Vec::new();
    let place = |step: &Step| {
        let op = model.program.arena.op(step.node);
        // A choice has no slope by what it looks at.
        let first = usize::from(matches!(op, Op::Select(..)));
        let mut uses = (first..op.children().len()).filter(|&k| op.children()[k] == step.child);
        let before = seen.iter().filter(|s| **s == (step.node, step.child)).count();
        seen.push((step.node, step.child));
        uses.nth(before).expect("a step differentiates by an argument")
    };
    model.steps.iter().map(place).collect()
}

/// Compares a value, read with the shape of `term`, with the slopes by its entries.
fn compare(model: &Model, term: Term, value: &Value<f64>, slopes: &[f64], what: &str) {
    let len = model.program.arena.dims(term).len();
    let size = slopes.iter().fold(0.0f64, |most, s| most.max(s.abs()));
    for (k, &slope) in slopes.iter().enumerate() {
        let derived = value.at(k / len, k % len);
        let agrees = (derived - slope).abs() <= 1e-10 * slope.abs() + 1e-12 * (1.0 + size);
        assert!(agrees, "{}\n{what}, number {k}: derived {derived:e}, slope {slope:e}", model.source);
    }
}

/// Checks all steps of a model; how many there were.
fn check(text: &str, seed: u64) -> usize {
    let model = Model::parse(text, &ModelOptions::default()).unwrap_or_else(|e| panic!("{text}\n{e}"));
    let arena = &model.program.arena;
    let point = Point::of(&model.program, seed);
    let contributions: Vec<Term> = model.steps.iter().map(|s| s.contribution).collect();
    let contributions = point.values(&contributions);
    for ((step, value), index) in model.steps.iter().zip(&contributions).zip(arguments(&model)) {
        let slopes = point.slopes(step.child, Some((step.node, index)));
        let what = format!("argument {index} of {:?}", arena.op(step.node));
        compare(&model, step.child, value, &slopes, &what);
    }
    for (index, adjoint) in model.adjoints.iter().enumerate() {
        let (term, Some(adjoint)) = (Term(index as u32), *adjoint) else { continue };
        let adjoint = &point.values(&[adjoint])[0];
        let what = format!("{:?}", arena.op(term));
        compare(&model, term, adjoint, &point.slopes(term, None), &what);
        if term == model.program.loss {
            continue;
        }
        let len = arena.dims(term).len();
        let rows = if arena.shape(term).per_row { ROWS } else { 1 };
        let steps: Vec<&Value<f64>> =
            model.steps.iter().zip(&contributions).filter(|s| s.0.child == term).map(|s| s.1).collect();
        let sum = |k: usize| steps.iter().map(|s| s.at(k / len, k % len)).sum::<f64>();
        let sums: Vec<f64> = (0..rows * len).map(sum).collect();
        compare(&model, term, adjoint, &sums, &format!("the sum of the steps to {what}"));
    }
    model.steps.len()
}

#[test]
fn every_step_of_the_built_in_models_is_a_slope_of_the_loss() {
    let mut texts: Vec<&str> = whygrad::examples::EXAMPLES.iter().map(|e| e.text).collect();
    texts.sort_unstable();
    texts.dedup();
    let steps: usize = texts.iter().zip(1..).map(|(text, seed)| check(text, seed)).sum();
    assert!(texts.len() >= 8 && steps > 100, "{} models, {steps} steps", texts.len());
}

#[test]
fn every_step_of_formulas_is_a_slope_of_the_loss() {
    for (text, seed) in FORMULAS.iter().zip(100..) {
        for point in 0..5 {
            assert!(check(text, seed + 1000 * point) > 3, "{text}");
        }
    }
}
