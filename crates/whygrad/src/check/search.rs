//! From wrong numbers to the mistakes that make them.
//!
//! A hypothesis is the true derivation with an edit or two. It counts when it reproduces what was given at every
//! probe, to rounding; of those that do, the fewest and most usual edits that explain all components are named.

mod candidates;
pub(crate) mod chain;
mod compare;
pub(crate) mod edit;
mod explanation;
mod graph;
pub(crate) mod lab;
mod paths;
mod permuted;
mod reading;
pub(crate) mod rest;
pub(crate) mod scale;
pub(crate) mod site;
mod stateful;
mod whole;

use std::collections::BTreeSet;

use self::candidates::Candidates;
use self::compare::compare;
use whygrad_expr::arena::Term;

use self::chain::{Affine, Chain};
use self::lab::Lab;
use self::paths::{Block, Walk};
use self::permuted::Permuted;
use self::rest::RestPart;
use self::site::Cut;
use super::mistake::{Kind, penalty, stale_value};
use super::probe::Role;
use super::{Asked, Mistake};
use crate::model::Model;

/// So many wrong components are looked at in a large net; the others follow.
const MOST_GOALS: usize = 48;

/// The mistakes that reproduce the wrong components at every probe.
pub(crate) fn explain(model: &Model, asked: &[Asked]) -> Vec<Mistake> {
    if let Some(found) = stateful::explain(model, asked) {
        return found;
    }
    let once: Vec<&Asked> = asked.iter().filter(|a| a.probe.role != Role::Again).collect();
    search(model, &once)
}

/// The same for answers that do not depend on earlier ones.
fn search(model: &Model, asked: &[&Asked]) -> Vec<Mistake> {
    let mut best = attempt(model, asked, Setting { rate: own_rate(asked), same: SAME, budget: 2 });
    if best.left > 0 && own_rate(asked).is_some() {
        // A program with a rate of its own does not tell it.
        let large = model.program.parameter_count() > LARGE;
        for &rate in USUAL_RATES.iter().take(if large { 3 } else { USUAL_RATES.len() }) {
            let other = attempt(model, asked, Setting { rate: Some(rate), same: SAME, budget: 1 });
            if other.left < best.left && other.mistakes.iter().any(|m| m.kind == Kind::StaleValue) {
                best = other;
            }
        }
    }
    if best.left > 0
        && let Some(moved) = reading::moved(model, asked)
    {
        return moved;
    }
    if best.left > 0 {
        let rough = attempt(model, asked, Setting { rate: own_rate(asked), same: ROUGHLY, budget: 1 });
        if rough.left < best.left {
            best = rough;
        }
    }
    best.mistakes
}

/// Numbers closer than this are the same to a reader of 53 bits: rounding in another order of operations
/// stays far below, and two different formulas at random points do not come so close.
const SAME: f64 = 1e-9;
/// The same for a source that adds a small number to what it divides by, or takes differences.
const ROUGHLY: f64 = 1e-5;
/// With more parameters than this each attempt takes a good part of a second.
const LARGE: usize = 10_000;
/// The learning rates that programs have built in.
const USUAL_RATES: [f64; 9] = [1.0, 0.5, 0.1, 0.01, 0.3, 0.2, 0.05, 0.001, 2.0];

#[derive(Clone, Copy)]
struct Setting {
    rate: Option<f64>,
    same: f64,
    budget: usize,
}

struct Attempt {
    mistakes: Vec<Mistake>,
    /// How many components are not explained.
    left: usize,
}

/// The rate of the first probe, where the source does not heed what rate it is told.
fn own_rate(asked: &[&Asked]) -> Option<f64> {
    let other = asked.iter().find(|a| a.probe.role == Role::OtherRate)?;
    let same = |a: &&&Asked| a.probe.theta == other.probe.theta && a.probe.data == other.probe.data;
    let twin = asked.iter().filter(|a| a.probe.role != Role::OtherRate).find(same)?;
    (twin.answer.gradient == other.answer.gradient).then_some(asked[0].probe.learning_rate)
}

fn attempt(model: &Model, asked: &[&Asked], setting: Setting) -> Attempt {
    let count = model.program.parameter_count();
    let is_wrong = |k: &usize| asked.iter().any(|a| a.wrong.get(*k).copied().unwrap_or(false));
    // What is nowhere a number has no mistake of the derivation to be found.
    let number = |k: &usize| asked.iter().any(|a| a.answer.gradient[*k].is_some_and(f64::is_finite));
    let (wrong, lost): (BTreeSet<usize>, BTreeSet<usize>) = (0..count).filter(is_wrong).partition(number);
    let mut lab = Lab::new(model, asked, setting.rate);
    lab.same = setting.same;
    let chain = Chain::of(model, &mut lab.arena);
    let goals = sample(&wrong, model);
    let mut search = Search { goals, candidates: Candidates::default() };
    search.run(&mut lab, chain.as_ref(), setting.budget);
    let (steps, left) = search.candidates.cover(&lab, &search.goals);
    let mut mistakes = explanation::mistakes(&lab, &steps, &left, &wrong, &search.goals);
    if !lost.is_empty() {
        let group = mistakes.iter().map(|m| m.group + 1).max().unwrap_or(0);
        mistakes.push(explanation::not_a_number(lost.into_iter().collect(), group));
    }
    Attempt { left: left.len(), mistakes }
}

/// At most so many wrong components, some of each parameter.
fn sample(wrong: &BTreeSet<usize>, model: &Model) -> BTreeSet<usize> {
    if wrong.len() <= MOST_GOALS {
        return wrong.clone();
    }
    let blocks = model.program.parameters.len().max(1);
    let share = (MOST_GOALS / blocks).max(3);
    let mut goals = BTreeSet::new();
    for p in &model.program.parameters {
        let own: Vec<usize> = wrong.range(p.offset..p.offset + p.len()).copied().collect();
        let step = own.len().div_ceil(share).max(1);
        // Not always the first column: it may be special.
        goals.extend(
            own.iter().enumerate().filter(|(k, _)| (k + k / step).is_multiple_of(step)).map(|(_, o)| *o),
        );
    }
    goals
}

struct Search {
    goals: BTreeSet<usize>,
    candidates: Candidates,
}

impl Search {
    fn run(&mut self, lab: &mut Lab<'_>, chain: Option<&Chain>, most: usize) {
        whole::components(lab, chain, &self.goals, &mut self.candidates);
        whole::losses(lab, &self.goals, &mut self.candidates);
        // A component that is left out needs no other explanation.
        let zero = |k: &usize| whole::is_always_zero(lab, *k);
        let goals: BTreeSet<usize> = self.goals.iter().copied().filter(|k| !zero(k)).collect();
        if let Some(chain) = chain
            && let Some(cut) = Cut::of(lab, chain.prediction)
        {
            lab.target = target(lab, chain);
            self.layers(lab, chain, &cut, &goals, most);
        } else if !self.is_done() {
            graph::steps(lab, &goals, &mut self.candidates);
        }
        if !self.is_done() {
            graph::names(lab, &goals, &mut self.candidates);
        }
    }

    fn is_done(&self) -> bool {
        self.candidates.explained().is_superset(&self.goals)
    }

    /// The hypotheses about layers, one edit first, then more.
    fn layers(&mut self, lab: &mut Lab<'_>, chain: &Chain, cut: &Cut, goals: &BTreeSet<usize>, most: usize) {
        let rests = penalty::parts(lab, chain, &cut.direct);
        let Some(mut walk) = Walk::new(lab, chain, cut) else { return };
        let last = chain.affine().last();
        walk.error_may_be_wrong = last.is_none_or(|(_, a)| self.goals.iter().any(|k| a.holds(*k)));
        walk.blocks(lab, 1, &mut |lab, block| {
            compare(lab, &block, &rests, goals, 0..=1, &mut self.candidates);
        });
        if most == 1 || self.is_done() {
            return;
        }
        graph::steps(lab, goals, &mut self.candidates);
        let mut place = Permuted { goals: goals.clone(), rests: &rests, candidates: &mut self.candidates };
        walk.blocks(lab, 1, &mut |lab, block| place.look(lab, &block));
        walk.blocks(lab, 1, &mut |lab, block| early(lab, chain, block, &rests, goals, &mut self.candidates));
        walk.blocks(lab, most, &mut |lab, block| {
            compare(lab, &block, &rests, goals, 2..=most, &mut self.candidates);
        });
    }
}

/// The hypotheses of a layer at the parameters that those below have after a step.
fn early(
    lab: &mut Lab<'_>,
    chain: &Chain,
    mut block: Block<'_>,
    rests: &[RestPart],
    goals: &BTreeSet<usize>,
    candidates: &mut Candidates,
) {
    let below: Vec<&Affine> =
        chain.affine().filter(|(stage, _)| *stage < block.stage).map(|(_, affine)| affine).collect();
    let mut changed = std::collections::HashMap::new();
    for p in lab.model.program.parameters.clone() {
        if below.iter().any(|a| a.holds(p.offset)) {
            let leaf = lab.arena.leaf(p.symbol);
            changed.extend(lab.stepped.iter().filter(|s| s.0 == leaf).copied());
        }
    }
    if changed.is_empty() {
        return;
    }
    let edit = stale_value::early(lab, block.stage, &block.affine.name);
    for path in block.weights.iter_mut().chain(&mut block.biases) {
        let Some(term) = lab.arena.substitute(path.term, &changed) else { return };
        *path = path.with(term, edit);
    }
    compare(lab, &block, &rests[..1], goals, 1..=2, candidates);
}

/// The targets as one value, where there is one for each output.
fn target(lab: &mut Lab<'_>, chain: &Chain) -> Option<Term> {
    let symbols = lab.model.program.targets.clone();
    let leaves: Vec<Term> = symbols.iter().map(|&id| lab.arena.leaf(id)).collect();
    let one = if let [one] = *leaves { one } else { lab.stacked(&leaves)? };
    (lab.dims(one) == lab.dims(chain.prediction)).then_some(one)
}
