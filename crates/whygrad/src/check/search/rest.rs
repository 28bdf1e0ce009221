//! The part of a derivative that does not pass the outputs, as of a penalty on the weights.

use std::collections::HashMap;

use whygrad_expr::arena::Term;

use super::edit::EditId;
use super::scale::Rest;

/// The direct part by component, right or edited.
#[derive(Clone, Debug)]
pub(crate) struct RestPart {
    pub(crate) edits: Vec<EditId>,
    /// By flat offset: a term and its entry.
    pub(crate) of: HashMap<usize, (Term, usize)>,
    pub(crate) factor: f64,
}

impl RestPart {
    /// Added after the factor of a hypothesis.
    pub(crate) fn apart(&self, offset: usize) -> Rest {
        match self.of.get(&offset) {
            Some(&(term, entry)) => Rest::Apart(term, entry, self.factor),
            None => Rest::None,
        }
    }

    /// Added before it.
    pub(crate) fn within(&self, offset: usize) -> Rest {
        match self.of.get(&offset) {
            Some(&(term, entry)) => Rest::Within(term, entry, self.factor),
            None => Rest::None,
        }
    }
}
