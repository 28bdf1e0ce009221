//! The causes, one a file: what it is, why it happens, how it is noticed, what proves it.

use serde_json::{Map, Value};

use super::lab::Change;
use super::report::{Advice, Kind};
use super::scene::Scene;

mod cannot_represent;
mod dead_units;
mod gradient_by_layer;
mod gradient_wrong;
mod learning_rate_too_high;
mod learning_rate_too_low;
mod local_minimum;
mod loss_unbounded;
mod not_a_number;
mod optimum_at_infinity;
mod output_range;
mod plateau;
mod regularisation_too_strong;
mod row_order;
mod saddle;
mod saturated;
mod symmetric_units;
mod too_few_steps;
mod unlucky_start;
mod unscaled_inputs;
mod update_wrong;
mod wrong_readout;

#[cfg(test)]
pub(in crate::why) mod tests;

pub(super) use optimum_at_infinity::without_end;

/// So many rare draws that solve a run are no chance, however many do not: of two in twenty the share is 2 % at least.
pub(super) const ENOUGH: usize = 2;

/// A cause that a run is looked through for.
pub(super) type Look = fn(&Scene<'_>) -> Vec<Suspicion>;

/// All of them.
pub(super) const ALL: &[Look] = &[
    symmetric_units::look,
    learning_rate_too_high::look,
    dead_units::look,
    saturated::look,
    gradient_by_layer::look,
    not_a_number::look,
    gradient_wrong::look,
    update_wrong::look,
    cannot_represent::look,
    loss_unbounded::look,
    optimum_at_infinity::look,
    output_range::look,
    regularisation_too_strong::look,
    row_order::look,
    unscaled_inputs::look,
    wrong_readout::look,
    learning_rate_too_low::look,
    too_few_steps::look,
    local_minimum::look,
    saddle::look,
    plateau::look,
    unlucky_start::look,
];

/// What speaks for a cause, and how it is tried.
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
#[derive(Clone, Debug)]
pub(super) struct Suspicion {
    pub(super) kind: Kind,
    /// How strongly the evidence alone speaks for it, from 0 to 1: the order among causes whose experiments recover alike.
    pub(super) certainty: f64,
    /// One sentence that a learner understands.
    pub(super) summary: String,
    pub(super) evidence: Map<String, Value>,
    pub(super) explanation: &'static str,
    /// Changes of the suspected cause alone. The first that solves the run proves it, unless they are `draws`.
    pub(super) changes: Vec<Change>,
    /// The changes are random draws of one and the same change: all are made and counted.
    pub(super) draws: bool,
    /// Draws that were made while evidence was gathered: how many reached the goal, and how many there were. The changes
    /// are some of those that did.
    pub(super) counted: Option<[usize; 2]>,
    /// The evidence is a proof by itself.
    pub(super) proved: bool,
    /// It says how the run failed rather than why: left out where a cause is confirmed.
    pub(super) is_symptom: bool,
    /// Where its experiment changes the outcome at all it is said before other causes: the run did not do what it was
    /// meant to do, and what else is wrong shows only without that.
    pub(super) comes_first: bool,
    pub(super) advice: Advice,
}

impl Suspicion {
    /// A suspicion without evidence and changes so far.
    pub(super) fn new(kind: Kind, certainty: f64, summary: String, explanation: &'static str) -> Suspicion {
        Suspicion {
            kind,
            certainty,
            summary,
            evidence: Map::new(),
            explanation,
            changes: Vec::new(),
            draws: false,
            counted: None,
            proved: false,
            is_symptom: false,
            comes_first: false,
            advice: Advice::default(),
        }
    }

    /// With one more number of evidence.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Suspicion {
        self.evidence.insert(name.into(), value.into());
        self
    }
}
