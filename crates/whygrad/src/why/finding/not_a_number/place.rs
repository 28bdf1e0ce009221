//! Where the first number that is not finite stands.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::Term;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::print::{Names, Notation, expression};

use crate::model::Model;
use crate::train::{StopReason, train};
use crate::why::scene::Scene;

/// What was computed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Log,
    Division,
    Root,
    Power,
    Exponential,
    /// Sums and products of numbers that became too large.
    Grew,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Operation::Log => "log",
            Operation::Division => "division",
            Operation::Root => "sqrt",
            Operation::Power => "power",
            Operation::Exponential => "exp",
            Operation::Grew => "growth",
        }
    }
}

/// The first number that is not finite.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// 0 is the start.
    pub(super) epoch: u64,
    pub(super) operation: Operation,
    /// The term, in the model's words.
    pub(super) term: String,
    pub(super) row: Option<usize>,
    /// What goes into the operation, and its value at the last finite parameters.
    pub(super) operand: Option<(String, f64)>,
}

/// Looks for it at the start, else by making the run again.
pub(super) fn first(scene: &Scene<'_>) -> Option<Place> {
    let case = &scene.finished.case;
    let model = scene.model();
    let (epoch, term, row, entry) = match at_point(scene, &case.start) {
        Some((term, row, entry)) => (0, term, row, entry),
        None if case.work() <= scene.limits.work_of_one => {
            let again = train(model, Some(&case.data), &case.start, &case.options, &mut |p| {
                scene.goes_on(case, p.epoch)
            })
            .ok()?;
            let StopReason::Overflow(overflow) = again.stop else { return None };
            (overflow.epoch, overflow.term?, overflow.row, overflow.entry)
        }
        None => return None,
    };
    // A changed backward pass has terms of its own.
    if term.0 as usize >= model.program.arena.len() {
        return None;
    }
    let (operation, inside) = operation(model, term);
    let value = inside.and_then(|t| value_at(scene, t, row.unwrap_or(0), entry));
    let operand = inside.zip(value).filter(|v| v.1.is_finite()).map(|(t, value)| (text(model, t), value));
    Some(Place { epoch, operation, term: text(model, term), row, operand })
}

/// The first number at a point, in loss and gradient.
fn at_point(scene: &Scene<'_>, theta: &[f64]) -> Option<(Term, Option<usize>, usize)> {
    let plan = Plan::of_gradient(&scene.model().program);
    let mut space = Workspace::new(&plan);
    let data = &scene.finished.case.data;
    space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
    space.run(&plan, theta);
    let found = space.first_non_finite(&plan)?;
    Some((found.term, found.row, found.entry))
}

/// What a term computes, and what is wrong with what goes into it.
fn operation(model: &Model, term: Term) -> (Operation, Option<Term>) {
    match model.program.arena.op(term) {
        Op::Map(Function::Log, a) => (Operation::Log, Some(a)),
        Op::Map(Function::Sqrt, a) => (Operation::Root, Some(a)),
        Op::Map(Function::Exp, a) => (Operation::Exponential, Some(a)),
        Op::Zip(Zip::Div, _, b) => (Operation::Division, Some(b)),
        // A whole power of any number is finite, unless the number is too large, or 0 and the power below 0.
        Op::Zip(Zip::Pow, a, b) => match model.program.arena.constant_of(b) {
            Some(power) if power >= 0.0 && power.fract() == 0.0 => (Operation::Grew, None),
            _ => (Operation::Power, Some(a)),
        },
        _ => (Operation::Grew, None),
    }
}

/// The value of a term at the last parameters with a finite loss.
fn value_at(scene: &Scene<'_>, term: Term, row: usize, entry: usize) -> Option<f64> {
    let plan = Plan::compile(&scene.model().program, &[term]);
    let mut space = Workspace::new(&plan);
    let data = &scene.finished.case.data;
    space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
    space.run(&plan, &scene.finished.theta);
    let (values, buffer) = space.output(&plan, 0);
    let entry = if buffer.len == 1 { 0 } else { entry };
    values.get(if buffer.per_row { row * buffer.len + entry } else { entry }).copied()
}

/// A term in the model's own words.
fn text(model: &Model, term: Term) -> String {
    let mut names = Names::new();
    for named in model.definitions.iter().filter(|named| named.term != term) {
        names.insert(named.term, &named.name);
    }
    expression(&model.program.arena, term, &names, Notation::Text)
}
