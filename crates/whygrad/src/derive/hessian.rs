//! The second derivatives, entry by entry of the upper triangle.

use whygrad_expr::arena::Term;
use whygrad_expr::derivative;
use whygrad_expr::expand::Entries;
use whygrad_expr::op::Op;
use whygrad_expr::simplify::Simplifier;

use super::DeriveError;
use super::forms::scalar;
use super::lines::{Block, Left, Line};
use crate::model::Model;

/// The most parameters of a Hessian that a person would read.
const MOST: usize = 30;

pub(crate) fn block(model: &Model) -> Result<Block, DeriveError> {
    let count = model.program.parameter_count();
    if count > MOST {
        return Err(DeriveError::HessianTooLarge { count, entries: count * (count + 1) / 2, most: MOST });
    }
    let mut block = scalar(model);
    block.heading = "Hessian".into();
    let symbols: Vec<_> = model.program.parameters.iter().map(|p| p.symbol).collect();
    let names: Vec<String> = model.program.entry_names();
    let mut lines = Vec::new();
    let mut at = 0;
    for (p, &g) in model.program.parameters.iter().zip(&model.program.gradient) {
        for k in 0..p.len() {
            let entry = match p.len() {
                1 => g,
                _ => Simplifier::new(&mut block.arena).build(Op::Pick(g, k)),
            };
            let entry = as_number(&mut block, entry);
            let second = derivative::gradient(&mut block.arena, entry, &symbols).by_symbol;
            let mut simplifier = Simplifier::new(&mut block.arena);
            let mut entries = Entries::default();
            let row: Vec<Term> = second.iter().flat_map(|&t| entries.of(&mut simplifier, t)).collect();
            for (other, &term) in row.iter().enumerate().skip(at) {
                lines.push(Line::plain(Left::Second(names[at].clone(), names[other].clone()), term));
            }
            at += 1;
        }
    }
    block.groups.retain(|g| g.0 == "forward" || g.0 == "backward");
    block.groups.push(("second derivatives".into(), lines));
    Ok(block)
}

/// A gradient of shape `[1,1]` is one number.
fn as_number(block: &mut Block, term: Term) -> Term {
    if block.arena.dims(term).is_scalar() { term } else { block.arena.make(Op::Pick(term, 0)) }
}
