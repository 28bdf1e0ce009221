//! What outputs are as functions of the inputs, whatever the parameters: monotone functions of one affine function, or
//! fixed where all inputs are 0.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{Arena, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::program::Program;

use crate::data::Dataset;
use crate::model::Model;
use crate::random::{Key, Seed, Source, Stream};
use crate::train::evaluate;

/// Rows and parameters that a statement about all of them is tried on.
const ROWS: usize = 48;
const DRAWS: u64 = 6;

/// Products of a parameter with a row and an output in one test, at most.
const MOST: usize = 20_000_000;

/// Slopes are parallel where the cosine of their angle is nearer to 1 than this.
const PARALLEL: f64 = 1e-9;

/// Whether each output is a monotone function of one affine function of the inputs, at any parameters: then it parts
/// rows by a hyperplane and no further. All false where that would take long to find out.
///
/// Such an output has slopes by the inputs that all have one direction and sense, at each of its parameters: that is
/// tried at drawn rows and parameters. A net without a hidden layer, or with one hidden unit, is such.
pub(crate) fn are_one_way(model: &Model) -> Vec<bool> {
    let program = &model.program;
    let width: usize = program.predictions.iter().map(|&t| program.arena.dims(t).len()).sum();
    let wide = |k: usize, size: &usize| {
        *size > 1 && model.layers.as_ref().is_some_and(|l| l.activations[k] != "identity")
    };
    let rich = model.layers.as_ref().is_some_and(|l| {
        let hidden = &l.sizes[1..l.sizes.len().saturating_sub(1)];
        hidden.iter().enumerate().all(|(k, size)| wide(k, size)) && !hidden.is_empty()
    });
    if rich || program.parameter_count() * width * ROWS * DRAWS as usize > MOST || program.input_width() == 0
    {
        return vec![false; width];
    }
    let mut found = Vec::new();
    for &prediction in &program.predictions {
        let count = program.arena.dims(prediction).len();
        found.extend((0..count).map(|entry| is_one_way(model, prediction, entry)));
    }
    found
}

fn is_one_way(model: &Model, prediction: Term, entry: usize) -> bool {
    let mut program = model.program.clone();
    let arena = &mut program.arena;
    if !arena.shape(prediction).per_row {
        return false;
    }
    let one =
        if arena.dims(prediction).is_scalar() { prediction } else { arena.make(Op::Pick(prediction, entry)) };
    let sum = arena.sum_rows(one);
    let slopes = derivative::gradient(arena, sum, &program.inputs).by_symbol;
    let plan = Plan::compile(&program, &slopes);
    let mut space = Workspace::<f64>::new(&plan);
    let mut stream = Key::from_seed(Seed(7)).stream();
    let mut decided = 0;
    for _ in 0..DRAWS {
        let theta = drawn_parameters(model, &mut stream);
        let inputs: Vec<f64> = (0..ROWS * program.input_width()).map(|_| stream.uniform(-1.5, 1.5)).collect();
        let targets = vec![0.5; ROWS * program.target_width()];
        space.load(&plan, &Batch { inputs: &inputs, targets: &targets, rows: ROWS });
        space.run(&plan, &theta);
        let mut rows = vec![Vec::new(); ROWS];
        for root in 0..slopes.len() {
            let (values, buffer) = space.output(&plan, root);
            for (row, slope) in rows.iter_mut().enumerate() {
                let from = if buffer.per_row { row * buffer.len } else { 0 };
                slope.extend_from_slice(&values[from..from + buffer.len]);
            }
        }
        match same_sense(&rows) {
            Some(true) => decided += 1,
            Some(false) => return false,
            None => {}
        }
    }
    decided >= DRAWS / 2
}

/// Whether slopes have one direction and sense; `None` where too many are 0 to say.
fn same_sense(rows: &[Vec<f64>]) -> Option<bool> {
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    if rows.iter().flatten().any(|x| !x.is_finite()) {
        return Some(false);
    }
    let largest = rows.iter().map(|r| norm(r)).fold(0.0, f64::max);
    let sizable: Vec<&Vec<f64>> = rows.iter().filter(|r| norm(r) > 1e-6 * largest).collect();
    if largest < 1e-9 || sizable.len() * 4 < rows.len() {
        return None;
    }
    let first = sizable[0];
    let cosine = |r: &[f64]| first.iter().zip(r).map(|(a, b)| a * b).sum::<f64>() / (norm(first) * norm(r));
    Some(sizable.iter().all(|r| cosine(r) > 1.0 - PARALLEL))
}

/// Parameters of size 1, inside their domains.
fn drawn_parameters(model: &Model, stream: &mut Stream) -> Vec<f64> {
    let mut theta = Vec::with_capacity(model.program.parameter_count());
    for (p, info) in model.program.parameters.iter().zip(&model.parameters) {
        let (low, high) = info.domain.unwrap_or((-1.5, 1.5));
        let (low, high) = (low.max(-1e3), high.min(1e3));
        theta.extend((0..p.len()).map(|_| stream.uniform(low, high)));
    }
    theta
}

/// The rows of 0 alone, each with the outputs that it has at any parameters; empty where they depend on them.
pub(crate) fn fixed(model: &Model, data: &Dataset) -> Vec<(usize, Vec<f64>)> {
    let zero = |row: &usize| data.input_row(*row).iter().all(|x| *x == 0.0);
    let rows: Vec<usize> =
        if data.input_names.is_empty() { vec![] } else { (0..data.rows).filter(zero).take(8).collect() };
    if rows.is_empty() {
        return vec![];
    }
    let few = data.select(&rows);
    let Some(outputs) = outputs_that_stay(model, &few) else { return vec![] };
    rows.into_iter().zip(outputs).collect()
}

/// What a model says where all inputs are 0, where that is the same at any parameters.
pub(crate) fn at_origin(model: &Model, data: &Dataset) -> Option<Vec<f64>> {
    let mut one = data.select(&[0]);
    one.inputs.fill(0.0);
    outputs_that_stay(model, &one)?.pop()
}

fn outputs_that_stay(model: &Model, data: &Dataset) -> Option<Vec<Vec<f64>>> {
    let mut stream = Key::from_seed(Seed(11)).stream();
    let mut said: Option<Vec<Vec<f64>>> = None;
    for _ in 0..4 {
        let outputs = evaluate(model, data, &drawn_parameters(model, &mut stream)).predictions;
        let near = |a: &Vec<f64>, b: &Vec<f64>| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
        };
        match &said {
            Some(before) if !before.iter().zip(&outputs).all(|(a, b)| near(a, b)) => return None,
            Some(_) => {}
            None => said = Some(outputs),
        }
    }
    said.filter(|s| s.len() == data.rows && s.iter().all(|o| !o.is_empty()))
}

/// Whether the one prediction is the softmax of affine functions of the inputs.
pub(crate) fn is_softmax_of_affine(program: &Program) -> bool {
    let [prediction] = *program.predictions else { return false };
    let arena = &program.arena;
    let raw = match arena.op(prediction) {
        Op::Map(Function::Exp, inner) if super::range::is_softmax(arena, prediction) => inner,
        _ => return false,
    };
    let Op::Zip(Zip::Add, a, b) = arena.op(raw) else { return false };
    let is_sum =
        |t: Term| matches!(arena.op(t), Op::Map(Function::Neg, s) if matches!(arena.op(s), Op::LogSumExp(_)));
    let z = if is_sum(b) { a } else { b };
    degree(arena, z).is_some_and(|d| d <= 1)
}

/// Whether a prediction that is read as logits is affine in the inputs.
pub(crate) fn is_affine(program: &Program) -> bool {
    program.predictions.iter().all(|&p| degree(&program.arena, p).is_some_and(|d| d <= 1))
}

/// The degree of a term in the inputs: 0, 1, or `None` for all else.
fn degree(arena: &Arena, root: Term) -> Option<u8> {
    let mut degrees: Vec<Option<u8>> = vec![None; arena.len()];
    for term in arena.reachable(&[root]) {
        let of = |t: Term| degrees[t.0 as usize];
        let op = arena.op(term);
        let all: Option<Vec<u8>> = op.children().iter().map(|&c| of(c)).collect();
        let Some(all) = all else { continue };
        let most = all.iter().copied().max().unwrap_or(0);
        let found = match op {
            Op::Leaf(id) => Some(u8::from(arena.symbol_of(id).kind == SymbolKind::Input)),
            _ if most == 0 => Some(0),
            Op::Map(Function::Neg, _) | Op::Zip(Zip::Add, ..) => Some(1),
            Op::Fill(..) | Op::Pick(..) | Op::Place(..) | Op::SumEntries(_) => Some(1),
            Op::Zip(Zip::Mul, ..) | Op::MatVec(..) => Some(all.iter().sum()).filter(|d| *d <= 1),
            Op::Zip(Zip::Div, ..) => (all[1] == 0).then_some(1),
            _ => None,
        };
        degrees[term.0 as usize] = found;
    }
    degrees[root.0 as usize]
}
