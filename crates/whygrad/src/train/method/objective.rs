//! What a method asks of a model and its data, in double precision by the engine's plans.

use std::collections::HashMap;

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::op::{Function, Op};
use whygrad_expr::program::{Parameter, Program};
use whygrad_expr::shape::Shape;
use whygrad_expr::simplify::Simplifier;

use super::curvature::Curvature;
use super::squares::squares;
use super::{MethodKind, Objective};
use crate::data::Dataset;
use crate::model::Model;

/// The most parameters for Newton: its eigenvalues take half a second a step there.
const MOST_NEWTON: usize = 300;

/// The most parameters for BFGS, whose matrix has the square of it.
const MOST_BFGS: usize = 5000;

/// The most numbers of a Jacobian, and of the matrix made of it.
const MOST_JACOBIAN: usize = 50_000_000;

/// Why a model cannot be trained by a method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The loss is no sum of squares.
    #[error(
        "lm needs a loss that is a sum or mean of squares, such as mse; for this one take bfgs, lbfgs or scg"
    )]
    NotSquares,
    /// A square of one row depends on other rows by way of the parameters.
    #[error("lm needs squares of which each depends on its own row alone; take bfgs, lbfgs or scg")]
    RowsTogether,
    /// A gradient of the person's own has no further derivatives.
    #[error(
        "{method} takes derivatives of its own and would not use your gradient; take bfgs, lbfgs, cg or scg"
    )]
    OwnGradient {
        /// The method.
        method: &'static str,
    },
    /// Too many numbers.
    #[error("{method} would need a matrix of {rows} by {columns} numbers; take lbfgs, cg or scg")]
    TooLarge {
        /// The method.
        method: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },
}

/// A plan with its buffers, loaded with the data.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) plan: Plan,
    pub(super) space: Workspace<f64>,
}

impl Loaded {
    pub(super) fn new(plan: Plan, data: Option<&Dataset>) -> Loaded {
        let mut space = Workspace::new(&plan);
        let batch = match data {
            Some(data) => Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows },
            None => Batch { inputs: &[], targets: &[], rows: 1 },
        };
        space.load(&plan, &batch);
        Loaded { plan, space }
    }
}

/// The loss of a model on all rows of its data, with the derivatives that one method needs.
#[derive(Clone, Debug)]
pub struct ModelObjective {
    layout: Vec<Parameter>,
    /// The open interval of each parameter; outside it the loss is infinite.
    domains: Vec<Option<(f64, f64)>>,
    first: Loaded,
    squares: Option<Residuals>,
    second: Option<Curvature>,
}

impl ModelObjective {
    /// Builds what the method asks for. `data` is `None` for `minimize f`.
    pub fn new(model: &Model, data: Option<&Dataset>, kind: MethodKind) -> Result<ModelObjective, Unfit> {
        let count = model.program.parameter_count();
        let square = |method, most: usize| {
            let error = Unfit::TooLarge { method, rows: count, columns: count };
            if count > most { Err(error) } else { Ok(()) }
        };
        let own = |method| if model.own_gradient { Err(Unfit::OwnGradient { method }) } else { Ok(()) };
        let (mut squares, mut second) = (None, None);
        match kind {
            MethodKind::Bfgs => square("bfgs", MOST_BFGS)?,
            MethodKind::Newton => {
                square("newton", MOST_NEWTON)?;
                own("newton")?;
                second = Some(Curvature::new(model, data));
            }
            MethodKind::LevenbergMarquardt { .. } => {
                own("lm")?;
                squares = Some(Residuals::new(model, data)?);
            }
            MethodKind::LimitedBfgs { .. }
            | MethodKind::ConjugateGradient(_)
            | MethodKind::ScaledConjugateGradient => {}
        }
        Ok(ModelObjective {
            layout: model.program.parameters.clone(),
            domains: model.parameters.iter().map(|info| info.domain).collect(),
            first: Loaded::new(Plan::of_gradient(&model.program), data),
            squares,
            second,
        })
    }

    fn is_inside(&self, at: &[f64]) -> bool {
        self.layout.iter().zip(&self.domains).all(|(p, domain)| {
            domain.is_none_or(|(low, high)| {
                at[p.offset..p.offset + p.len()].iter().all(|&v| v > low && v < high)
            })
        })
    }
}

impl Objective for ModelObjective {
    fn loss_and_gradient(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
        if !self.is_inside(at) {
            return f64::INFINITY;
        }
        let Loaded { plan, space } = &mut self.first;
        space.run(plan, at);
        for (index, p) in self.layout.iter().enumerate() {
            space.copy_output(plan, index + 1, &mut gradient[p.offset..p.offset + p.len()]);
        }
        let mut loss = [0.0];
        space.copy_output(plan, 0, &mut loss);
        loss[0]
    }

    fn residuals(&mut self, at: &[f64], residuals: &mut Vec<f64>, jacobian: &mut Vec<f64>) -> bool {
        let Some(own) = &mut self.squares else { return false };
        own.run(&self.layout, at, residuals, jacobian);
        true
    }

    fn hessian(&mut self, at: &[f64], out: &mut [f64]) -> bool {
        let Some(own) = &mut self.second else { return false };
        own.hessian(at, out);
        true
    }
}

/// The numbers whose squares add up to the loss, and their derivatives.
#[derive(Clone, Debug)]
struct Residuals {
    loaded: Loaded,
    /// For each kind of square, how many entries it has. Its roots in the plan are the value, and for each entry the
    /// derivatives by parameter.
    entries: Vec<usize>,
}

impl Residuals {
    fn new(model: &Model, data: Option<&Dataset>) -> Result<Residuals, Unfit> {
        let mut program = model.program.clone();
        let found = squares(&mut program.arena, program.loss).ok_or(Unfit::NotSquares)?;
        let factors: Vec<Term> = found.iter().map(|square| square.factor).collect();
        if !Residuals::are_positive(&program, &factors, data) {
            return Err(Unfit::NotSquares);
        }
        let arena = &mut program.arena;
        let values = found.iter().map(|square| {
            let mut s = Simplifier::new(arena);
            let root = s.map(Function::Sqrt, square.factor);
            s.mul(root, square.base)
        });
        let values: Vec<Term> = values.collect();
        let count = model.program.parameter_count();
        let rows = data.map_or(1, |data| data.rows);
        let shapes = values.iter().map(|&value| arena.shape(value));
        let total =
            shapes.map(|shape| shape.dims.len() * if shape.per_row { rows } else { 1 }).sum::<usize>();
        let smaller = total.min(count);
        if total.saturating_mul(count) > MOST_JACOBIAN || smaller.saturating_mul(smaller) > MOST_JACOBIAN {
            return Err(Unfit::TooLarge { method: "lm", rows: total, columns: count });
        }
        let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
        let mut roots = Vec::new();
        let mut entries = Vec::new();
        for value in values {
            let all = entry_terms(&mut program.arena, value);
            entries.push(all.len());
            roots.push(value);
            for entry in all {
                roots.extend(row_slopes(&mut program.arena, entry, &symbols).ok_or(Unfit::RowsTogether)?);
            }
        }
        let plan = Plan::compile(&program, &roots);
        Ok(Residuals { loaded: Loaded::new(plan, data), entries })
    }

    /// Whether no square is taken a negative number of times.
    fn are_positive(program: &Program, factors: &[Term], data: Option<&Dataset>) -> bool {
        let mut loaded = Loaded::new(Plan::compile(program, factors), data);
        loaded.space.run(&loaded.plan, &vec![0.0; program.parameter_count()]);
        (0..factors.len()).all(|root| loaded.space.output(&loaded.plan, root).0.iter().all(|&f| f >= 0.0))
    }

    fn run(&mut self, layout: &[Parameter], at: &[f64], residuals: &mut Vec<f64>, jacobian: &mut Vec<f64>) {
        let Loaded { plan, space } = &mut self.loaded;
        space.run(plan, at);
        residuals.clear();
        jacobian.clear();
        let mut root = 0;
        for &entries in &self.entries {
            let (values, buffer) = space.output(plan, root);
            residuals.extend_from_slice(values);
            let rows = values.len() / buffer.len;
            for row in 0..rows {
                for entry in 0..entries {
                    let from = root + 1 + entry * layout.len();
                    for (index, p) in layout.iter().enumerate() {
                        let (slopes, buffer) = space.output(plan, from + index);
                        // A slope that all rows share is kept once.
                        let at = if buffer.per_row { row * p.len() } else { 0 };
                        jacobian.extend_from_slice(&slopes[at..at + p.len()]);
                    }
                }
            }
            root += 1 + entries * layout.len();
        }
    }
}

/// The entries of a value, one number each.
fn entry_terms(arena: &mut Arena, value: Term) -> Vec<Term> {
    let dims = arena.dims(value);
    if dims.is_scalar() {
        return vec![value];
    }
    (0..dims.len()).map(|entry| Simplifier::new(arena).build(Op::Pick(value, entry))).collect()
}

/// The derivatives of one number by the parameters, row by row where it has a value per row: there the parameters
/// are differentiated as if each row had its own, so that nothing is summed over rows. `None` where one row's number
/// depends on another row's parameters.
fn row_slopes(arena: &mut Arena, number: Term, symbols: &[SymbolId]) -> Option<Vec<Term>> {
    if !arena.shape(number).per_row {
        return Some(derivative::gradient(arena, number, symbols).by_symbol);
    }
    let (mut there, mut back, mut own) = (HashMap::new(), HashMap::new(), Vec::new());
    for &id in symbols {
        let symbol = arena.symbol_of(id).clone();
        let shape = Shape { per_row: true, ..symbol.shape };
        let of_row = arena.symbol(Symbol { kind: SymbolKind::Variable, shape, ..symbol });
        let (leaf, of_row_leaf) = (arena.leaf(id), arena.leaf(of_row));
        there.insert(leaf, of_row_leaf);
        back.insert(of_row_leaf, leaf);
        own.push(of_row);
    }
    let number = arena.substitute(number, &there)?;
    let mut learned = vec![false; arena.len()];
    for term in arena.reachable(&[number]) {
        let op = arena.op(term);
        let depends = match op {
            Op::Leaf(id) => own.contains(&id),
            op => op.children().iter().any(|c| learned[c.0 as usize]),
        };
        if depends && matches!(op, Op::SumRows(_)) {
            return None;
        }
        learned[term.0 as usize] = depends;
    }
    let slopes = derivative::gradient(arena, number, &own).by_symbol;
    slopes.into_iter().map(|slope| arena.substitute(slope, &back)).collect()
}
