//! A variable exchanged inside the sum that a unit's activation is taken of.

use std::collections::HashMap;

use whygrad_expr::arena::{SymbolKind, Term};
use whygrad_expr::op::Op;

use crate::check::mistake::{Entry, Kind, Page};
use crate::check::search::chain::{Activation, Chain};
use crate::check::search::edit::{EditId, EditText};
use crate::check::search::lab::Lab;

pub(crate) const ENTRY: Entry = Entry {
    page: Page {
        name: "variable-inside",
        kind: Kind::WrongVariable,
        title: "another variable inside a unit's sum",
        why: "The derivative uses the same z as the forward pass: every product and every index in it stays as it was.",
        source: "the chain rule",
    },
    finders: &[],
};

/// A pre-activation with one variable for another, and the edit that it is.
pub(crate) struct Exchanged {
    pub(crate) pre_activation: Term,
    pub(crate) edit: EditId,
}

/// The ways to mistake a variable in the pre-activations of a written formula with few names.
pub(crate) fn exchanged(
    lab: &mut Lab<'_>,
    chain: &Chain,
    stage: usize,
    activation: &Activation,
) -> Vec<Exchanged> {
    let leaves = |lab: &Lab<'_>, term: Term| -> Vec<Term> {
        let all = lab.arena.reachable(&[term]);
        let scalar = |t: &Term| matches!(lab.arena.op(*t), Op::Leaf(_)) && lab.dims(*t).is_scalar();
        all.into_iter().filter(scalar).collect()
    };
    let used = leaves(lab, activation.input);
    let all: Vec<Term> = leaves(lab, lab.model.program.loss)
        .into_iter()
        .filter(|&t| matches!(lab.arena.op(t), Op::Leaf(id) if lab.arena.symbol_of(id).kind != SymbolKind::Target))
        .collect();
    if all.len() > 24 || used.len() > 16 || lab.model.has_matrices() {
        return vec![];
    }
    let layer = chain.layer_name(stage);
    let name = |lab: &Lab<'_>, t: Term| match lab.arena.op(t) {
        Op::Leaf(id) => lab.arena.symbol_of(id).name.clone(),
        _ => String::new(),
    };
    let mut found = Vec::new();
    for (i, &from) in used.iter().enumerate() {
        for (j, &to) in all.iter().enumerate().filter(|(_, to)| **to != from) {
            let Some(z) = lab.arena.substitute(activation.input, &HashMap::from([(from, to)])) else {
                continue;
            };
            let (from_name, to_name) = (name(lab, from), name(lab, to));
            let edit = lab.edit(ENTRY.page.name, stage, (i * 64 + j) as u32, || {
                let what = format!("inside the sum of '{layer}', {to_name} stands where {from_name} belongs");
                EditText::new(Kind::WrongVariable, 1.3, what, &to_name, &from_name)
            });
            found.push(Exchanged { pre_activation: z, edit });
        }
    }
    found
}
