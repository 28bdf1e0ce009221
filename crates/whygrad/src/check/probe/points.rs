//! Random parameters, and how much a gradient tells there.

use std::cell::RefCell;

use whygrad_engine::plan::Plan;
use whygrad_engine::real::Real;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::SymbolId;
use whygrad_expr::derivative;
use whygrad_expr::program::Program;

use super::Probe;
use crate::model::Model;
use crate::random::{Source, Stream};

/// The spread of random parameters where no point is given.
const SPREAD: f64 = 0.7;
/// The least spread: a point of tiny numbers, as nets start from, tells little.
const LEAST: f64 = 0.1;
/// So many rows are enough to see whether a point is good.
const ROWS_SEEN: usize = 64;
/// From this share of components on that are told well, a point is good.
pub(super) const GOOD: f64 = 0.95;

/// Draws parameters of a model.
pub(super) struct Points<'a> {
    model: &'a Model,
    /// The spread of each parameter.
    spread: Vec<f64>,
    plan: Plan,
    double: RefCell<Workspace<f64>>,
    single: RefCell<Workspace<f32>>,
}

impl<'a> Points<'a> {
    /// With the scale of the given point, leaf by leaf: weights of inputs around 60 are small ones.
    pub(super) fn new(model: &'a Model, point: Option<&[f64]>) -> Points<'a> {
        let program = &model.program;
        let size =
            |values: &[f64]| (values.iter().map(|v| v * v).sum::<f64>() / values.len().max(1) as f64).sqrt();
        let mut spread = vec![SPREAD; program.parameter_count()];
        if let Some(point) = point.filter(|p| p.len() == spread.len()) {
            let whole = size(point).max(LEAST);
            for p in &program.parameters {
                let own = size(&point[p.offset..p.offset + p.len()]);
                let own = if own > 0.0 { own.max(LEAST) } else { whole };
                spread[p.offset..p.offset + p.len()].fill(own);
            }
        }
        let plan = gradient_plan(model);
        let (double, single) = (RefCell::new(Workspace::new(&plan)), RefCell::new(Workspace::new(&plan)));
        Points { model, spread, plan, double, single }
    }

    /// Random parameters, `scale` times as far from 0 as the given ones, within their domains.
    pub(super) fn draw(&self, scale: f64, stream: &mut Stream) -> Vec<f64> {
        let mut theta = Vec::with_capacity(self.spread.len());
        for (p, info) in self.model.program.parameters.iter().zip(&self.model.parameters) {
            for spread in &self.spread[p.offset..p.offset + p.len()] {
                let free = stream.normal(0.0, scale * spread);
                let inside = 0.05 + 0.9 * stream.unit();
                theta.push(match info.domain {
                    None => free,
                    Some((low, high)) if low.is_finite() && high.is_finite() => low + (high - low) * inside,
                    Some((low, _)) if low.is_finite() => low + free.abs() + 0.05 * spread,
                    Some((_, high)) if high.is_finite() => high - free.abs() - 0.05 * spread,
                    Some(_) => free,
                });
            }
        }
        theta
    }

    /// The share of components that are neither 0 nor lost in rounding: single and double precision have to agree to
    /// three digits. Less than 0 where the loss is not finite.
    pub(super) fn quality(&self, probe: &Probe) -> f64 {
        let few = (probe.data.rows > ROWS_SEEN).then(|| {
            let data = probe.data.select(&(0..ROWS_SEEN).collect::<Vec<_>>());
            Probe { data, ..probe.clone() }
        });
        let probe = few.as_ref().unwrap_or(probe);
        let exact = run(&self.plan, &mut self.double.borrow_mut(), probe, self.spread.len());
        let rounded = run(&self.plan, &mut self.single.borrow_mut(), probe, self.spread.len());
        if exact.iter().any(|v| !v.is_finite()) {
            return -1.0;
        }
        let told = |(a, b): &(&f64, &f64)| **a != 0.0 && (**a - **b).abs() <= 1e-3 * a.abs();
        let pairs = || exact.iter().zip(&rounded).skip(1);
        let good = pairs().filter(told).count();
        // A component that is 0 wherever one looks, such as the slope of an idle parameter, lowers all alike.
        good as f64 / (exact.len() - 1).max(1) as f64
    }
}

/// The plan of the derived gradient, whatever gradient the model was given.
fn gradient_plan(model: &Model) -> Plan {
    if !model.own_gradient {
        return Plan::of_gradient(&model.program);
    }
    let mut program: Program = model.program.clone();
    let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
    program.gradient = derivative::gradient(&mut program.arena, program.loss, &symbols).by_symbol;
    Plan::of_gradient(&program)
}

/// The loss and the derivatives after it, one after the other.
fn run<T: Real>(plan: &Plan, space: &mut Workspace<T>, probe: &Probe, count: usize) -> Vec<f64> {
    let numbers = |values: &[f64]| values.iter().map(|&v| T::of(v)).collect::<Vec<T>>();
    let (inputs, targets) = (numbers(&probe.data.inputs), numbers(&probe.data.targets));
    space.load(plan, &Batch { inputs: &inputs, targets: &targets, rows: probe.data.rows });
    space.run(plan, &numbers(&probe.theta));
    let mut all = Vec::with_capacity(count + 1);
    let mut root = 0;
    while all.len() < count + 1 {
        all.extend(space.output(plan, root).0.iter().map(|v| v.to_f64()));
        root += 1;
    }
    all
}
