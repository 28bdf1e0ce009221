//! Hypotheses that need no layers: a component is 0, a value, another component; the gradient of another loss.

use std::collections::BTreeSet;

use whygrad_expr::arena::Term;

use super::candidates::Candidates;
use super::chain::Chain;
use super::lab::Lab;
use super::permuted;
use super::scale::{self, Goal, Rest, Scale};
use crate::check::mistake::{bias_missing, loss_term, swapped, update_returned, value_returned};

/// A component's place in a layer.
struct Place {
    stage: usize,
    layer: String,
    is_bias: bool,
}

fn place(chain: Option<&Chain>, offset: usize) -> Place {
    for (stage, affine) in chain.into_iter().flat_map(Chain::affine) {
        let layer = affine.name.clone();
        if affine.bias_offsets.iter().flatten().any(|b| b.0 == offset) {
            return Place { stage, layer, is_bias: true };
        }
        if affine.weight_offsets.contains(&Some(offset)) {
            return Place { stage, layer, is_bias: false };
        }
    }
    Place { stage: usize::MAX - 1, layer: "the model".to_owned(), is_bias: false }
}

/// The derivatives as the engine of terms has them, by parameter.
fn derivatives(lab: &mut Lab<'_>, loss: Term) -> Vec<Term> {
    let symbols = lab.parameters();
    lab.gradient(loss, &symbols)
}

/// What can be said of a component by itself.
pub(crate) fn components(
    lab: &mut Lab<'_>,
    chain: Option<&Chain>,
    goals: &BTreeSet<usize>,
    candidates: &mut Candidates,
) {
    let loss = lab.model.program.loss;
    let terms = derivatives(lab, loss);
    let parameters = lab.model.program.parameters.clone();
    for (p, &term) in parameters.iter().zip(&terms) {
        let leaf = lab.arena.leaf(p.symbol);
        for &offset in goals.range(p.offset..p.offset + p.len()) {
            let goal = Goal { offset, entry: offset - p.offset, sign: 1.0, or_zero: false };
            let place = place(chain, offset);
            for scale in scale::scales(lab, term, &goal, Rest::None) {
                let edits = scale::edits(lab, scale);
                if !edits.is_empty() {
                    candidates.add(edits, offset);
                }
            }
            if is_always_zero(lab, offset) {
                for edit in bias_missing::edits(lab, place.is_bias, &place.layer, place.stage) {
                    candidates.add(vec![edit], offset);
                }
                continue;
            }
            for scale in scale::scales(lab, leaf, &goal, Rest::None) {
                let mut edits = scale::edits(lab, scale);
                edits.push(value_returned::edit(lab, place.is_bias, &place.layer, place.stage));
                edits.sort_unstable();
                candidates.add(edits, offset);
            }
            for with_rate in [false, true] {
                let step = if with_rate { lab.mul(lab.rate, term) } else { term };
                let moved = lab.sub(leaf, step);
                if reproduces(lab, moved, &goal) {
                    let edit = update_returned::moved(lab, with_rate);
                    candidates.add(vec![edit], offset);
                }
            }
        }
    }
    exchanged(lab, &terms, goals, candidates);
}

/// Whether a hypothesis gives the numbers as they are.
fn reproduces(lab: &mut Lab<'_>, term: Term, goal: &Goal) -> bool {
    let one = |s: &Scale| s.growth == scale::Growth::Constant && s.factor == 1.0;
    scale::scales(lab, term, goal, Rest::None).iter().any(one)
}

pub(crate) fn is_always_zero(lab: &Lab<'_>, offset: usize) -> bool {
    let mut given =
        lab.asked.iter().filter_map(|a| a.answer.gradient.get(offset).copied().flatten()).peekable();
    given.peek().is_some() && given.all(|g| g == 0.0)
}

/// More components than this are not compared with each other.
const MOST_EXCHANGED: usize = 600;

/// Components that are the true derivative by another parameter.
fn exchanged(lab: &mut Lab<'_>, terms: &[Term], goals: &BTreeSet<usize>, candidates: &mut Candidates) {
    let parameters = lab.model.program.parameters.clone();
    let count: usize = parameters.iter().map(whygrad_expr::program::Parameter::len).sum();
    if count > MOST_EXCHANGED {
        return;
    }
    let mut sources: Vec<(usize, usize)> = Vec::new(); // (component, whose derivative it is)
    for &offset in goals {
        for (p, &term) in parameters.iter().zip(terms) {
            for k in (0..p.len()).filter(|k| p.offset + k != offset) {
                let goal = Goal { offset, entry: k, sign: 1.0, or_zero: false };
                if reproduces(lab, term, &goal) {
                    sources.push((offset, p.offset + k));
                }
            }
        }
    }
    let name = |offset: usize| {
        let p = parameters.iter().find(|p| (p.offset..p.offset + p.len()).contains(&offset));
        p.map(|p| p.entry_name(offset - p.offset)).unwrap_or_default()
    };
    let to: BTreeSet<usize> = sources.iter().map(|s| s.0).collect();
    let from: BTreeSet<usize> = sources.iter().map(|s| s.1).collect();
    // A permutation: those that are elsewhere are also those that have another's.
    let moved: Vec<(usize, usize)> =
        sources.iter().copied().filter(|(a, b)| to.contains(b) && from.contains(a)).collect();
    for (group, cycle) in permuted::cycles(&moved).into_iter().enumerate() {
        let names: Vec<String> = cycle.iter().take(8).map(|&o| name(o)).collect();
        let edit = swapped::permuted(lab, group as u32, &names.join(", "), false);
        for offset in cycle {
            candidates.add(vec![edit], offset);
        }
    }
    for (offset, source) in sources {
        let edit = swapped::copied(lab, offset, source, &name(source));
        candidates.add(vec![edit], offset);
    }
}

/// The gradients of losses that differ from the model's by one term, at every parameter.
pub(crate) fn losses(lab: &mut Lab<'_>, goals: &BTreeSet<usize>, candidates: &mut Candidates) {
    let (loss, predictions) = (lab.model.written_loss, lab.model.written_predictions.clone());
    let several = predictions.len() > 1;
    let name = |k: usize| if several { format!("y_hat{}", k + 1) } else { "y_hat".to_owned() };
    let shown: Vec<_> = predictions.iter().enumerate().map(|(k, &p)| (p, name(k))).collect();
    let parameters = lab.model.program.parameters.clone();
    for altered in loss_term::altered(lab, loss, &predictions, &shown) {
        let terms = derivatives(lab, altered.loss);
        for (p, &term) in parameters.iter().zip(&terms) {
            for &offset in goals.range(p.offset..p.offset + p.len()) {
                let goal = Goal { offset, entry: offset - p.offset, sign: 1.0, or_zero: false };
                for scale in scale::scales(lab, term, &goal, Rest::None) {
                    let mut edits = scale::edits(lab, scale);
                    edits.push(altered.edit);
                    edits.sort_unstable();
                    candidates.add(edits, offset);
                }
            }
        }
    }
}
