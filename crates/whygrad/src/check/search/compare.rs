//! The hypotheses for a layer's derivatives against the numbers.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::candidates::Candidates;
use super::edit::{EditId, Path};
use super::lab::Lab;
use super::paths::Block;
use super::rest::RestPart;
use super::scale::{self, Goal, Rest, Scale};

/// Of a hypothesis with two edits so many components are looked at first; if none fits, the others are not.
const FIRST: usize = 3;

/// Holds every hypothesis for a layer, with so many edits in all, against the wrong components of it.
pub(super) fn compare(
    lab: &mut Lab<'_>,
    block: &Block<'_>,
    rests: &[RestPart],
    goals: &BTreeSet<usize>,
    edits: RangeInclusive<usize>,
    candidates: &mut Candidates,
) {
    let weight = |(entry, offset): (usize, &Option<usize>)| {
        let offset = (*offset).filter(|o| goals.contains(o))?;
        Some(Goal { offset, entry, sign: 1.0, or_zero: false })
    };
    let bias = |(entry, biases): (usize, &Vec<(usize, f64)>)| -> Vec<Goal> {
        let asked = biases.iter().filter(|(offset, _)| goals.contains(offset));
        asked.map(|&(offset, sign)| Goal { offset, entry, sign, or_zero: false }).collect()
    };
    let mut weights: Vec<Goal> = block.affine.weight_offsets.iter().enumerate().filter_map(weight).collect();
    let mut biases: Vec<Goal> = block.affine.bias_offsets.iter().enumerate().flat_map(bias).collect();
    for (paths, goals) in [(&block.weights, &mut weights), (&block.biases, &mut biases)] {
        spread(goals);
        for path in paths {
            for part in rests.iter().filter(|part| edits.contains(&(path.edits.len() + part.edits.len()))) {
                let several = path.edits.len() + part.edits.len() > 1;
                let mut fits = false;
                for (index, goal) in goals.iter().enumerate() {
                    if several && index >= FIRST && !fits {
                        break;
                    }
                    fits |= hold(lab, path, goal, part, candidates);
                }
            }
        }
    }
}

/// The first few far from each other, so that they are of different units.
fn spread(goals: &mut [Goal]) {
    let step = goals.len() / FIRST;
    if step > 1 {
        (1..FIRST).for_each(|k| goals.swap(k, k * step + k % 2));
    }
}

/// Adds what explains one component; whether anything does.
fn hold(lab: &mut Lab<'_>, path: &Path, goal: &Goal, part: &RestPart, candidates: &mut Candidates) -> bool {
    // Errors that cancel in a sum over the units.
    let or_zero = path.edits.iter().any(|e| lab.edits[e.0 as usize].entry == "units-summed");
    let goal = &Goal { or_zero, ..*goal };
    let ways = [part.apart(goal.offset), part.within(goal.offset)];
    let ways = if matches!(ways[1], Rest::None) { &ways[..1] } else { &ways[..] };
    let mut found = false;
    for &way in ways {
        for scale in scale::scales(lab, path.term, goal, way) {
            for mut edits in with_factor(lab, path, scale) {
                edits.extend(&part.edits);
                edits.sort_unstable();
                edits.dedup();
                if !edits.is_empty() {
                    candidates.add(edits, goal.offset);
                    found = true;
                }
            }
        }
    }
    found
}

/// The edits of a path and of a factor.
///
/// Another loss comes as a sum, a mean or half of it, so that a factor that all components share is its own; one that
/// only some have is a mistake besides.
fn with_factor(lab: &mut Lab<'_>, path: &Path, scale: Scale) -> Vec<Vec<EditId>> {
    let is_loss =
        |e: &EditId| matches!(lab.edits[e.0 as usize].entry, "other-loss" | "squared-error-for-error");
    let loss =
        path.edits.iter().copied().find(is_loss).filter(|_| scale.factor > 0.0 && !scale.is_of_the_rate());
    let Some(loss) = loss else {
        return vec![path.edits.iter().copied().chain(scale::edits(lab, scale)).collect()];
    };
    let others: Vec<EditId> = path.edits.iter().copied().filter(|e| *e != loss).collect();
    let known = lab.scaled_losses(loss);
    let mut found = Vec::new();
    if !known.iter().any(|(other, _)| *other == scale) {
        let own = lab.scaled_loss(loss, scale);
        found.push(others.iter().copied().chain([own]).collect());
    }
    for (other, edit) in known {
        if let Some(rest) = scale.over(other) {
            let factor = scale::edits(lab, rest);
            found.push(others.iter().copied().chain([edit]).chain(factor).collect());
        }
    }
    found
}
