//! Hypotheses for a model of any form: each use of the chain rule, wrong in the usual ways.

use std::collections::{BTreeSet, HashMap};

use whygrad_expr::arena::{SymbolKind, Term};
use whygrad_expr::derivative::{self, Step};
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::program::Parameter;

use super::candidates::Candidates;
use super::edit::EditId;
use super::lab::Lab;
use super::scale::{self, Goal, Rest};
use crate::check::mistake::chain_step::{self, Way};

/// More steps than this are not looked at.
const MOST_STEPS: usize = 120;
/// With more names than this, exchanges are not looked at.
const MOST_NAMES: usize = 14;

/// Every step of the derivation, wrong in every way that makes a difference there.
pub(crate) fn steps(lab: &mut Lab<'_>, goals: &BTreeSet<usize>, candidates: &mut Candidates) {
    let (symbols, loss) = (lab.parameters(), lab.model.program.loss);
    let right = derivative::gradient(&mut lab.arena, loss, &symbols);
    if right.steps.len() > MOST_STEPS {
        return;
    }
    for (number, step) in right.steps.iter().enumerate() {
        let shared = right.steps.iter().filter(|s| s.child == step.child).count() > 1;
        for way in Way::ALL {
            if !way.fits(lab, *step, shared) {
                continue;
            }
            let wrong = derivative::gradient_with(&mut lab.arena, loss, &symbols, &mut |s, adjoint, at| {
                let here = at.node == step.node && at.child == step.child;
                if here { way.contribution(s, adjoint, at) } else { at.contribution }
            });
            let edit = chain_step::edit(lab, number, *step, way);
            hold(lab, &wrong.by_symbol, edit, goals, candidates);
        }
    }
    inner(lab, &right.steps, goals, candidates);
}

/// The inner derivative du/dw left out where u is inside of a function: what u holds, and 1 for du/dw.
fn inner(lab: &mut Lab<'_>, steps: &[Step], goals: &BTreeSet<usize>, candidates: &mut Candidates) {
    let (symbols, loss) = (lab.parameters(), lab.model.program.loss);
    let mut seen = BTreeSet::new();
    for (number, step) in steps.iter().enumerate() {
        let u = step.child;
        let outer = matches!(lab.arena.op(step.node), Op::Map(..) | Op::Zip(Zip::Pow, ..) | Op::Select(..));
        let composed = !matches!(lab.arena.op(u), Op::Leaf(_));
        if !outer || !composed || !lab.dims(u).is_scalar() || !seen.insert(u) {
            continue;
        }
        let (id, held) = lab.variable_like("u", u);
        let Some(cut) = lab.arena.substitute(loss, &HashMap::from([(u, held)])) else { continue };
        let by: Vec<_> = symbols.iter().copied().chain([id]).collect();
        let mut slopes = lab.gradient(cut, &by);
        let Some(upstream) = slopes.pop() else { continue };
        let per_row = lab.arena.shape(u).per_row;
        let passed = if per_row { lab.sum_rows(upstream) } else { upstream };
        let inside = lab.arena.reachable(&[u]);
        let mut wrong = Vec::new();
        for (&symbol, &direct) in symbols.iter().zip(&slopes) {
            let leaf = lab.arena.leaf(symbol);
            let holds = inside.binary_search(&leaf).is_ok() && lab.dims(leaf).is_scalar();
            let sum = if holds { lab.add(direct, passed) } else { direct };
            wrong.extend(lab.arena.substitute(sum, &HashMap::from([(held, u)])));
        }
        let edit = chain_step::inner(lab, number, u);
        if wrong.len() == symbols.len() {
            hold(lab, &wrong, edit, goals, candidates);
        }
    }
}

/// A gradient against the wrong components of every parameter.
fn hold(
    lab: &mut Lab<'_>,
    terms: &[Term],
    edit: EditId,
    goals: &BTreeSet<usize>,
    candidates: &mut Candidates,
) {
    let parameters: Vec<Parameter> = lab.model.program.parameters.clone();
    for (p, &term) in parameters.iter().zip(terms) {
        for &offset in goals.range(p.offset..p.offset + p.len()) {
            let goal = Goal { offset, entry: offset - p.offset, sign: 1.0, or_zero: false };
            for scale in scale::scales(lab, term, &goal, Rest::None) {
                let mut edits = scale::edits(lab, scale);
                edits.push(edit);
                edits.sort_unstable();
                candidates.add(edits, offset);
            }
        }
    }
}

/// Derivatives of a small formula with one name for another.
pub(crate) fn names(lab: &mut Lab<'_>, goals: &BTreeSet<usize>, candidates: &mut Candidates) {
    let (symbols, loss) = (lab.parameters(), lab.model.program.loss);
    let leaves: Vec<(Term, String)> = lab
        .arena
        .reachable(&[loss])
        .into_iter()
        .filter_map(|t| match lab.arena.op(t) {
            Op::Leaf(id) if lab.dims(t).is_scalar() => {
                let symbol = lab.arena.symbol_of(id);
                (symbol.kind != SymbolKind::Variable).then(|| (t, symbol.name.clone()))
            }
            _ => None,
        })
        .collect();
    if leaves.len() > MOST_NAMES {
        return;
    }
    let terms = lab.gradient(loss, &symbols);
    for (i, (from, from_name)) in leaves.iter().enumerate() {
        for (j, (to, to_name)) in leaves.iter().enumerate().filter(|(j, _)| *j != i) {
            let by = HashMap::from([(*from, *to)]);
            let other: Option<Vec<Term>> = terms.iter().map(|&t| lab.arena.substitute(t, &by)).collect();
            let Some(other) = other else { continue };
            let edit = chain_step::exchanged(lab, (i * MOST_NAMES + j) as u32, from_name, to_name);
            hold(lab, &other, edit, goals, candidates);
        }
    }
}
