//! Second derivatives that are the same everywhere: they bound the learning rate before the first step.
//!
//! Descent with rate r is stable at a minimum only where r is below 2 over each eigenvalue of the Hessian, and the largest
//! of these is at least the mean over any of its blocks, 1ᵀH1/1ᵀ1 (Rayleigh). Where the derivative of a gradient component
//! by its own parameter has no parameter in it, that bound holds at every minimum there is: an output bias with `mse` and a
//! linear output has 2, so that no rate from 1 on has a stable minimum.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::Op;
use whygrad_expr::simplify::Simplifier;

use crate::data::Dataset;
use crate::model::{Model, Role};
use crate::train::method::Curvature;
use crate::train::schedule::Schedule;
use crate::train::{BatchSize, Optimiser, Options};

/// A second derivative that no parameter changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bound {
    /// The parameter; empty where it is the whole Hessian.
    pub(crate) parameter: String,
    /// The Hessian has an eigenvalue of at least this, everywhere.
    pub(crate) curvature: f64,
}

/// Parameters that are looked at, at most; beyond, biases alone.
const MOST: usize = 40;

/// The largest such bound; `None` where there is none, or where the steps are not plain descent.
pub(crate) fn constant_curvature(model: &Model, data: &Dataset, options: &Options) -> Option<Bound> {
    let plain = options.optimiser == Optimiser::GradientDescent
        && options.method.is_none()
        && options.schedule == Schedule::CONSTANT
        && options.gradient.clip_norm.is_none()
        && options.gradient.clip_value.is_none();
    if !plain || model.own_gradient {
        return None;
    }
    let mut program = model.program.clone();
    let many = program.parameters.len() > MOST;
    let mut found: Vec<(usize, Term, bool)> = Vec::new();
    for index in 0..program.parameters.len() {
        if many && !matches!(model.parameters[index].role, Role::Bias { .. }) {
            continue;
        }
        let symbol = program.parameters[index].symbol;
        let sum = program.arena.sum_entries(program.gradient[index]);
        if program.arena.shape(sum).per_row {
            continue;
        }
        let second = derivative::gradient(&mut program.arena, sum, &[symbol]).by_symbol[0];
        let second = Simplifier::new(&mut program.arena).simplify(second);
        let kinds = |kind: SymbolKind| {
            let is = |t: &Term| matches!(program.arena.op(*t), Op::Leaf(id) if program.arena.symbol_of(id).kind == kind);
            program.arena.reachable(&[second]).iter().any(is)
        };
        if !kinds(SymbolKind::Parameter) {
            found.push((index, second, kinds(SymbolKind::Input) || kinds(SymbolKind::Target)));
        }
    }
    let rows = match options.batch {
        BatchSize::Rows(rows) => rows.min(data.rows),
        BatchSize::Full => data.rows,
    };
    let all = data.rows == rows;
    found.retain(|f| all || !f.2);
    if found.is_empty() || rows == 0 {
        return None;
    }
    let whole = found.len() == program.parameters.len() && all && program.parameter_count() <= 2000;
    if let Some(curvature) = whole.then(|| curvature_everywhere(model, data)).flatten().filter(|c| *c > 0.0) {
        return Some(Bound { parameter: String::new(), curvature });
    }
    let terms: Vec<Term> = found.iter().map(|f| f.1).collect();
    let plan = Plan::compile(&program, &terms);
    let mut space = Workspace::<f64>::new(&plan);
    let (inputs, targets) = (data.input_names.len() * rows, data.target_names.len() * rows);
    space.load(&plan, &Batch { inputs: &data.inputs[..inputs], targets: &data.targets[..targets], rows });
    space.run(&plan, &vec![0.0; program.parameter_count()]);
    let bound = |(root, (index, ..)): (usize, &(usize, Term, bool))| {
        let parameter = &program.parameters[*index];
        let mut values = vec![0.0; parameter.len()];
        space.copy_output(&plan, root, &mut values);
        let curvature = values.iter().sum::<f64>() / values.len() as f64;
        curvature.is_finite().then(|| Bound { parameter: parameter.name.clone(), curvature })
    };
    let bounds = found.iter().enumerate().filter_map(bound).filter(|b| b.curvature > 0.0);
    bounds.max_by(|a, b| a.curvature.total_cmp(&b.curvature))
}

/// The largest eigenvalue of a Hessian that is the same at two places.
fn curvature_everywhere(model: &Model, data: &Dataset) -> Option<f64> {
    let count = model.program.parameter_count();
    let mut curvature = Curvature::new(model, Some(data));
    let mut towards = Vec::new();
    let here = curvature.largest_eigenvalue(&vec![0.1; count], &mut towards)?;
    let there: Vec<f64> = (0..count).map(|k| (1.0 + k as f64).sin()).collect();
    let there = curvature.largest_eigenvalue(&there, &mut towards)?;
    ((here - there).abs() <= 1e-6 * here.abs()).then_some(here)
}
