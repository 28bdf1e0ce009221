//! What is warned of before the runs of the four documents, and nothing else.

use std::collections::BTreeSet;

use whygrad::lint::{Kind, lint};

use super::command::Command;

/// What a command has to be warned of: what its document found out by its run.
pub(crate) fn expected(command: &str) -> BTreeSet<Kind> {
    let mut kinds = BTreeSet::new();
    let has = |part: &str| command.contains(part);
    if has("xor-221") && has("constant(0.1)") {
        kinds.insert(Kind::SymmetricUnits);
    }
    if has("xor-221") && has("--lr 1 ") {
        kinds.insert(Kind::LearningRateTooHigh);
    }
    if has("neuron-") || has("hidden-linear") {
        kinds.insert(Kind::CannotRepresent);
    }
    if has("as-printed.gradient") {
        kinds.insert(Kind::GradientWrong);
    }
    kinds
}

/// The kinds of the warnings of a command; `None` for a plain function.
pub(crate) fn said(command: &str) -> Option<BTreeSet<Kind>> {
    let prepared = Command::parse(command).prepare();
    let data = prepared.data.as_ref()?;
    let warnings = lint(&prepared.model, data, &prepared.options, &prepared.start());
    Some(warnings.iter().map(|w| w.kind).collect())
}
