//! From wrong numbers to the mistake that makes them.

use super::{Asked, Mistake};
use crate::model::Model;

/// The mistakes that reproduce the wrong components at every probe.
pub(crate) fn explain(model: &Model, asked: &[Asked]) -> Vec<Mistake> {
    let _ = (model, asked);
    vec![]
}
