//! Which sets of edits explain which components, and the fewest that explain all.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::EditId;
use super::lab::Lab;

/// Sets of edits, each with the components whose numbers it reproduces.
#[derive(Default)]
pub(crate) struct Candidates {
    sets: BTreeMap<Vec<EditId>, BTreeSet<usize>>,
}

/// A step of an explanation: edits that are needed together, or one of several such sets.
#[derive(Debug)]
pub(crate) struct Step {
    /// Each explains the same components: its edits, each with the components whose numbers need it.
    pub(crate) options: Vec<Vec<(EditId, BTreeSet<usize>)>>,
}

/// How much dearer another explanation may be and still be named beside the cheapest.
const NEAR: f64 = 0.45;
/// The same where there are the numbers of one point only, at which different formulas may agree by chance.
const NEAR_AT_ONE_POINT: f64 = 1.0;
/// More ways to read the same numbers help nobody.
const MOST_OPTIONS: usize = 5;

impl Candidates {
    pub(crate) fn add(&mut self, edits: Vec<EditId>, component: usize) {
        self.sets.entry(edits).or_default().insert(component);
    }

    /// The components that some set explains.
    pub(crate) fn explained(&self) -> BTreeSet<usize> {
        self.sets.values().flatten().copied().collect()
    }

    /// The steps that explain as many components as can be, cheapest first, and what is left.
    pub(crate) fn cover(&self, lab: &Lab<'_>, wrong: &BTreeSet<usize>) -> (Vec<Step>, BTreeSet<usize>) {
        let near = if lab.asked.len() == 1 { NEAR_AT_ONE_POINT } else { NEAR };
        let mut open = wrong.clone();
        let mut chosen: BTreeSet<EditId> = BTreeSet::new();
        let mut steps = Vec::new();
        loop {
            // What the chosen edits explain together with what is not yet chosen.
            let mut choices: Vec<(f64, usize, Vec<EditId>, BTreeSet<usize>)> = Vec::new();
            let mut merged: BTreeMap<Vec<EditId>, BTreeSet<usize>> = BTreeMap::new();
            for (set, components) in &self.sets {
                let fresh: Vec<EditId> = set.iter().filter(|e| !chosen.contains(e)).copied().collect();
                let new = components.intersection(&open).copied();
                merged.entry(fresh).or_default().extend(new);
            }
            let base = merged.remove(&vec![]).unwrap_or_default();
            for (set, components) in &merged {
                let mut all = components.clone();
                // A part of the set explains its share.
                for (part, more) in &merged {
                    if part.len() < set.len() && part.iter().all(|e| set.contains(e)) {
                        all.extend(more);
                    }
                }
                all.extend(&base);
                if !all.is_empty() {
                    choices.push((price(lab, set), all.len(), set.clone(), all));
                }
            }
            let score = |c: &(f64, usize, Vec<EditId>, BTreeSet<usize>)| c.0 / c.1 as f64;
            let Some(best) = choices.iter().min_by(|a, b| {
                score(a)
                    .total_cmp(&score(b))
                    .then(b.1.cmp(&a.1))
                    .then(a.0.total_cmp(&b.0))
                    .then(a.2.cmp(&b.2))
            }) else {
                break;
            };
            let mut options: Vec<(f64, Vec<EditId>)> = choices
                .iter()
                .filter(|c| c.3.is_superset(&best.3) && c.0 <= best.0 + near)
                .map(|c| (c.0, c.2.clone()))
                .collect();
            options.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            options.truncate(MOST_OPTIONS);
            let components = best.3.clone();
            let before = chosen.clone();
            chosen.extend(&options[0].1);
            open = open.difference(&components).copied().collect();
            let options = options.into_iter().map(|o| self.shared(lab, &before, &o.1, &components));
            steps.push(Step { options: options.collect() });
            if open.is_empty() {
                break;
            }
        }
        (steps, open)
    }
}

impl Candidates {
    /// Which of the components need each of the edits, when those of earlier steps are there.
    fn shared(
        &self,
        lab: &Lab<'_>,
        before: &BTreeSet<EditId>,
        edits: &[EditId],
        components: &BTreeSet<usize>,
    ) -> Vec<(EditId, BTreeSet<usize>)> {
        let mut shared: Vec<(EditId, BTreeSet<usize>)> =
            edits.iter().map(|&e| (e, BTreeSet::new())).collect();
        for &component in components {
            let fits = |set: &Vec<EditId>| set.iter().all(|e| edits.contains(e) || before.contains(e));
            let sets = self.sets.iter().filter(|(set, own)| own.contains(&component) && fits(set));
            let cheapest = sets.min_by(|a, b| price(lab, a.0).total_cmp(&price(lab, b.0)));
            for (edit, own) in &mut shared {
                if cheapest.is_some_and(|(set, _)| set.contains(edit)) {
                    own.insert(component);
                }
            }
        }
        shared
    }
}

fn price(lab: &Lab<'_>, set: &[EditId]) -> f64 {
    set.iter().map(|e| lab.edits[e.0 as usize].text.price).sum()
}
