//! Planted mistakes: programs that compute a gradient by hand, with a known mistake in them, or none.
//!
//! They are what `whygrad check` is measured against, so they must not share its ideas of what can go wrong: the
//! backward pass here is written from scratch, as a person writes it with plain loops over numbers, and a
//! mistake is a changed line in it. Nothing is taken from the derived gradient. That there is one derivative
//! and never a second by hand is a rule for the product; this is a test double, and never part of it.
//!
//! `net (a text, and where its parameters lie) -> mistakes that fit it -> program (a source) -> case`.

mod activation;
mod arithmetic;
mod backward;
pub mod case;
mod draw;
mod layer;
mod loss;
mod mistake;
mod net;
mod program;
mod slip;

pub use case::{Case, Sort};
pub use mistake::Mistake;
pub use slip::{ENTRIES, Entry};
