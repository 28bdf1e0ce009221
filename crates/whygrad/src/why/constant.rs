//! Second derivatives of the loss that are the same at all parameters.
//!
//! The bias of a linear output has one under a squared error: 2 for the mean of squares of one output. The largest
//! eigenvalue of the Hessian is never below such a number, so it bounds the learning rate for every minimum at once.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{Symbol, SymbolId, SymbolKind};
use whygrad_expr::derivative;
use whygrad_expr::op::Op;
use whygrad_expr::program::Parameter;
use whygrad_expr::simplify::Simplifier;

use crate::data::Dataset;
use crate::model::Model;

/// Parameters with more entries than this are not looked at.
const MOST: usize = 16;

/// A second derivative by one parameter, taken twice, that does not depend on the parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConstantBend {
    /// The parameter: `y_hat.b[0]`
    pub(super) name: String,
    pub(super) value: f64,
}

/// The largest of them on these rows.
pub(super) fn constant_bend(model: &Model, rows: &Dataset) -> Option<ConstantBend> {
    let mut program = model.program.clone();
    let count = program.parameter_count();
    let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
    let arena = &mut program.arena;
    let gradient = derivative::gradient(arena, program.loss, &symbols).by_symbol;
    let (mut roots, mut found, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
    for (p, &slope) in program.parameters.iter().zip(&gradient) {
        if p.len() > MOST {
            continue;
        }
        let name = format!("v[{}]", p.name);
        let symbol = Symbol { name, kind: SymbolKind::Variable, ..arena.symbol_of(p.symbol).clone() };
        let symbol = arena.symbol(symbol);
        let v = arena.leaf(symbol);
        let product = Simplifier::new(arena).mul(slope, v);
        let sum = arena.sum_entries(product);
        let sum = Simplifier::new(arena).simplify(sum);
        let Some(&second) = derivative::gradient(arena, sum, &[p.symbol]).by_symbol.first() else { continue };
        let depends = |term| matches!(arena.op(term), Op::Leaf(id) if symbols.contains(&id));
        if arena.reachable(&[second]).into_iter().any(depends) {
            continue;
        }
        vectors.push(Parameter { symbol, offset: count + p.offset, ..p.clone() });
        roots.push(second);
        found.push(p.clone());
    }
    program.parameters.extend(vectors);
    let plan = Plan::compile(&program, &roots);
    let mut space = Workspace::new(&plan);
    space.load(&plan, &Batch { inputs: &rows.inputs, targets: &rows.targets, rows: rows.rows });
    let mut best: Option<ConstantBend> = None;
    for (root, p) in found.iter().enumerate() {
        for entry in 0..p.len() {
            let mut point = vec![0.0; 2 * count];
            point[count + p.offset + entry] = 1.0;
            space.run(&plan, &point);
            let mut out = vec![0.0; p.len()];
            space.copy_output(&plan, root, &mut out);
            let value = out[entry];
            if value.is_finite() && value > best.as_ref().map_or(0.0, |b| b.value) {
                best = Some(ConstantBend { name: p.entry_name(entry), value });
            }
        }
    }
    best
}
