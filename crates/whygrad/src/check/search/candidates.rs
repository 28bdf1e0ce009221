//! Which sets of edits explain which components, and the fewest that explain all.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::EditId;
use super::lab::Lab;
use crate::check::Kind;

/// Sets of edits, each with the components whose numbers it reproduces.
#[derive(Default)]
pub(crate) struct Candidates {
    sets: BTreeMap<Vec<EditId>, BTreeSet<usize>>,
}

/// A step of an explanation: edits that are needed together, or one of several such sets.
#[derive(Debug)]
pub(crate) struct Step {
    /// Each explains the same components: its edits, each with the components whose numbers need it.
    pub(crate) options: Vec<Vec<Part>>,
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
        let mut open = wrong.clone();
        let mut chosen: BTreeSet<EditId> = BTreeSet::new();
        let mut steps = Vec::new();
        while !open.is_empty() {
            let choices = self.choices(lab, &open, &chosen);
            let score = |c: &Choice| c.price / c.components.len() as f64;
            let Some(best) = choices.iter().min_by(|a, b| {
                let (more, cheaper) =
                    (b.components.len().cmp(&a.components.len()), a.price.total_cmp(&b.price));
                score(a).total_cmp(&score(b)).then(more).then(cheaper).then(a.edits.cmp(&b.edits))
            }) else {
                break;
            };
            let options = readings(lab, &choices, best);
            let before = chosen.clone();
            chosen.extend(&options[0]);
            let mut options: Vec<Vec<Part>> =
                options.iter().map(|o| self.shared(lab, &before, o, &best.components)).collect();
            options.extend(self.cheaper_alone(lab, &before, &chosen, &best.components));
            open = open.difference(&best.components).copied().collect();
            steps.push(Step { options });
        }
        (steps, open)
    }

    /// The sets of edits that explain an open component when those chosen are there.
    fn choices(&self, lab: &Lab<'_>, open: &BTreeSet<usize>, chosen: &BTreeSet<EditId>) -> Vec<Choice> {
        let mut merged: BTreeMap<Vec<EditId>, BTreeSet<usize>> = BTreeMap::new();
        for (set, components) in &self.sets {
            let fresh: Vec<EditId> = set.iter().filter(|e| !chosen.contains(e)).copied().collect();
            merged.entry(fresh).or_default().extend(components.intersection(open).copied());
        }
        merged.retain(|_, components| !components.is_empty());
        let base = merged.remove(&vec![]).unwrap_or_default();
        let mut choices = Vec::new();
        for (set, components) in &merged {
            let mut all: BTreeSet<usize> = components.union(&base).copied().collect();
            // A part of the set explains its share.
            let part = |part: &&Vec<EditId>| part.len() < set.len() && part.iter().all(|e| set.contains(e));
            for part in merged.keys().filter(part) {
                all.extend(&merged[part]);
            }
            choices.push(Choice {
                price: price(lab, set),
                alone: components.len(),
                edits: set.clone(),
                components: all,
            });
        }
        choices
    }

    /// Components that another reading explains with less, when it need not explain the others too.
    fn cheaper_alone(
        &self,
        lab: &Lab<'_>,
        before: &BTreeSet<EditId>,
        chosen: &BTreeSet<EditId>,
        components: &BTreeSet<usize>,
    ) -> Vec<Vec<Part>> {
        let mut found: BTreeMap<Vec<EditId>, BTreeSet<usize>> = BTreeMap::new();
        for component in components {
            let of = || self.sets.iter().filter(|(_, own)| own.contains(component)).map(|(set, _)| set);
            let paid = of().filter(|set| set.iter().all(|e| chosen.contains(e))).map(|set| price(lab, set));
            let paid = paid.fold(f64::INFINITY, f64::min);
            let Some(other) = of().min_by(|a, b| price(lab, a).total_cmp(&price(lab, b))) else { continue };
            if price(lab, other) < paid - NEAR / 2.0 {
                found.entry(other.clone()).or_default().insert(*component);
            }
        }
        let fresh =
            |set: &[EditId]| -> Vec<EditId> { set.iter().filter(|e| !before.contains(e)).copied().collect() };
        let parts = |(set, own): (Vec<EditId>, BTreeSet<usize>)| -> Vec<Part> {
            fresh(&set).into_iter().map(|e| (e, own.clone())).collect()
        };
        found.into_iter().map(parts).take(2).collect()
    }
}

/// An edit, with the components whose numbers need it.
pub(crate) type Part = (EditId, BTreeSet<usize>);

/// A set of edits that may be chosen next.
struct Choice {
    price: f64,
    /// How many components it explains without its parts and without what was chosen before.
    alone: usize,
    edits: Vec<EditId>,
    components: BTreeSet<usize>,
}

/// The best choice and those as good, the best first.
fn readings(lab: &Lab<'_>, choices: &[Choice], best: &Choice) -> Vec<Vec<EditId>> {
    let near = if lab.asked.len() == 1 { NEAR_AT_ONE_POINT } else { NEAR };
    let as_good = |c: &&Choice| c.components.is_superset(&best.components) && c.price <= best.price + near;
    let mut options: Vec<&Choice> = choices.iter().filter(as_good).collect();
    // What explains more by itself first; of the same sort, only that.
    options
        .sort_by(|a, b| a.price.total_cmp(&b.price).then(b.alone.cmp(&a.alone)).then(a.edits.cmp(&b.edits)));
    let mut seen = Vec::new();
    options.retain(|o| {
        let sort: Vec<_> = o.edits.iter().map(|e| sort_of(lab, *e)).collect();
        let new = !seen.contains(&sort);
        seen.push(sort);
        new
    });
    options.into_iter().take(MOST_OPTIONS).map(|o| o.edits.clone()).collect()
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

/// What tells readings of a kind apart from others: the entry and the kind.
fn sort_of(lab: &Lab<'_>, edit: EditId) -> (&'static str, Kind) {
    let edit = &lab.edits[edit.0 as usize];
    (edit.entry, edit.text.kind)
}

fn price(lab: &Lab<'_>, set: &[EditId]) -> f64 {
    set.iter().map(|e| lab.edits[e.0 as usize].text.price).sum()
}
