//! Terms with other terms in the place of some.

use std::collections::HashMap;

use crate::arena::{Arena, Term};

impl Arena {
    /// `root` with each key of `by` replaced by its value; `None` where one does not fit in its place.
    ///
    /// What a replacement contains is left as it is. The time depends on the size of `root`, not of the arena.
    pub fn substitute(&mut self, root: Term, by: &HashMap<Term, Term>) -> Option<Term> {
        let mut new = by.clone();
        let mut open = vec![root];
        while let Some(&term) = open.last() {
            if new.contains_key(&term) {
                open.pop();
                continue;
            }
            let op = self.op(term);
            let children = op.children();
            let before = open.len();
            open.extend(children.iter().filter(|c| !new.contains_key(c)));
            if open.len() > before {
                continue;
            }
            let replaced: Vec<Term> = children.iter().map(|c| new[c]).collect();
            let made =
                if replaced == *children { term } else { self.try_make(op.with_children(&replaced)).ok()? };
            new.insert(term, made);
            open.pop();
        }
        new.get(&root).copied()
    }
}
