//! Correct by construction, and shown to be: properties of thousands of random models.
//!
//! `draw`, `networks`, `formulas` and `terms` generate; `case` is a model at a point, with the
//! numbers the oracle gives it; each other file holds one boundary. Every case comes from a seed,
//! and a failure prints the text and the point, so that both can be pasted.

#![expect(clippy::print_stdout, reason = "a test says how much it compared")]

mod case;
mod checks;
mod draw;
mod formulas;
mod networks;
mod terms;

mod engine;
mod gradients;
mod hessians;
mod kinks;
mod methods;
mod panics;
mod printing;
mod regressions;
mod simplifier;
mod steppers;
