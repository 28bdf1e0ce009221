//! The verbs, one file each.

pub(crate) mod check;
pub(crate) mod derive;
pub(crate) mod eval;
pub(crate) mod examples;
pub(crate) mod landscape;
pub(crate) mod lint;
pub(crate) mod minimize;
pub(crate) mod odds;
mod outcome;
mod picture;
pub(crate) mod plot;
pub(crate) mod report;
mod said;
mod steps;
pub(crate) mod train;
pub(crate) mod why;
