//! Edits of the true derivation.

use crate::check::Kind;

/// An edit, by its place in the list of all that were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EditId(pub(crate) u32);

/// One change to the derivation at one place.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// Its entry in the catalogue.
    pub(crate) entry: &'static str,
    pub(crate) text: EditText,
}

/// What is said of an edit.
#[derive(Clone, Debug)]
pub(crate) struct EditText {
    pub(crate) kind: Kind,
    /// 1 for what many people do, more for the rare: of two explanations the cheaper one is named.
    pub(crate) price: f64,
    /// What is wrong, in one sentence.
    pub(crate) what: String,
    /// The factor as given.
    pub(crate) given: String,
    /// The factor as it should be.
    pub(crate) right: String,
    /// Another way to say what happened: the same edit, seen as another mistake.
    pub(crate) also: Option<Also>,
}

/// Another name for an edit.
#[derive(Clone, Debug)]
pub(crate) struct Also {
    pub(crate) entry: &'static str,
    pub(crate) kind: Kind,
    pub(crate) what: String,
}

impl EditText {
    pub(crate) fn new(kind: Kind, price: f64, what: String, given: &str, right: &str) -> EditText {
        EditText { kind, price, what, given: given.to_owned(), right: right.to_owned(), also: None }
    }
}

/// A term with the edits that led to it.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) term: Term,
    pub(crate) edits: Vec<EditId>,
}

use whygrad_expr::arena::Term;

impl Path {
    pub(crate) fn right(term: Term) -> Path {
        Path { term, edits: vec![] }
    }

    /// The path with one edit more.
    pub(crate) fn with(&self, term: Term, edit: EditId) -> Path {
        let mut edits = self.edits.clone();
        if let Err(at) = edits.binary_search(&edit) {
            edits.insert(at, edit);
        }
        Path { term, edits }
    }
}
