//! Components at each other's place, right or with one more mistake.

use std::collections::{BTreeMap, BTreeSet};

use whygrad_expr::arena::Term;

use super::candidates::Candidates;
use super::edit::EditId;
use super::lab::Lab;
use super::paths::Block;
use super::rest::RestPart;
use super::scale::{self, Goal};
use crate::check::mistake::swapped;

/// Larger layers are not looked at: each component is compared with every other.
const MOST: usize = 64;

/// Looks for the derivatives of a layer among each other.
pub(crate) struct Permuted<'a> {
    pub(crate) goals: BTreeSet<usize>,
    pub(crate) rests: &'a [RestPart],
    pub(crate) candidates: &'a mut Candidates,
}

/// What stands for one component: its offset, a term, the entry, the sign.
type Slot = (usize, Term, usize, f64);

impl Permuted<'_> {
    /// Every hypothesis of a layer, each component against the numbers of all others.
    pub(crate) fn look(&mut self, lab: &mut Lab<'_>, block: &Block<'_>) {
        let affine = block.affine;
        if affine.weight_offsets.len() + affine.bias_offsets.len() > MOST {
            return;
        }
        let right = (block.weights.first().map(|p| p.term), block.biases.first().map(|p| p.term));
        let mut ways: BTreeMap<Vec<EditId>, (Option<Term>, Option<Term>)> = BTreeMap::new();
        for path in &block.weights {
            ways.entry(path.edits.clone()).or_insert(right).0 = Some(path.term);
        }
        for path in &block.biases {
            ways.entry(path.edits.clone()).or_insert(right).1 = Some(path.term);
        }
        for (edits, (weights, biases)) in ways {
            let weights = weights.into_iter().flat_map(|term| {
                let places = affine.weight_offsets.iter().enumerate();
                places.filter_map(move |(entry, offset)| Some(((*offset)?, term, entry, 1.0)))
            });
            let biases = biases.into_iter().flat_map(|term| {
                let places = affine.bias_offsets.iter().enumerate();
                places.flat_map(move |(entry, own)| {
                    own.iter().map(move |&(offset, sign)| (offset, term, entry, sign))
                })
            });
            let slots: Vec<Slot> = weights.chain(biases).collect();
            self.among(lab, block.stage, &affine.name, &edits, &slots);
        }
    }

    fn among(&mut self, lab: &mut Lab<'_>, stage: usize, layer: &str, edits: &[EditId], slots: &[Slot]) {
        // By the factor that goes with it: which component has whose derivative.
        let mut moved: BTreeMap<Vec<EditId>, Vec<(usize, usize)>> = BTreeMap::new();
        for &(offset, ..) in slots.iter().filter(|s| self.goals.contains(&s.0)) {
            for &(source, term, entry, sign) in slots.iter().filter(|s| s.0 != offset) {
                let goal = Goal { offset, entry, sign, or_zero: false };
                for rest in
                    [self.rests[0].apart(source), self.rests[0].apart(offset), self.rests[0].within(source)]
                {
                    for scale in scale::scales(lab, term, &goal, rest) {
                        let moved = moved.entry(scale::edits(lab, scale)).or_default();
                        if !moved.contains(&(offset, source)) {
                            moved.push((offset, source));
                        }
                    }
                }
            }
        }
        for (factor, moved) in moved {
            let cycles = cycles(&moved);
            if cycles.is_empty() {
                continue;
            }
            let all: BTreeSet<usize> = cycles.iter().flatten().copied().collect();
            let edit = swapped::in_layer(lab, stage, layer, &all);
            let mut set: Vec<EditId> = edits.iter().chain(&factor).copied().chain([edit]).collect();
            set.sort_unstable();
            set.dedup();
            for offset in all {
                self.candidates.add(set.clone(), offset);
            }
        }
    }
}

/// The closed cycles of a map.
pub(crate) fn cycles(moved: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    for &(start, _) in moved {
        if found.iter().flatten().any(|&o| o == start) {
            continue;
        }
        let (mut cycle, mut at) = (vec![start], start);
        while let Some(&(_, next)) =
            moved.iter().find(|(a, b)| *a == at && (!cycle.contains(b) || *b == start))
        {
            if next == start {
                found.push(cycle);
                break;
            }
            cycle.push(next);
            at = next;
        }
    }
    found
}
