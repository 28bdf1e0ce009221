//! Terms: parse, print, simplify, differentiate, evaluate.
//!
//! A model is a [`arena::Term`] over a small closed set of operations ([`op::Op`]); its gradient
//! is another term. Everything else is a pass over terms: [`oracle`] gives their value,
//! [`derivative`] their gradient, [`simplify`] a shorter equal term.
//!
//! No I/O, no threads, no `unsafe`, and nothing recursive in the depth of a term.

pub mod arena;
pub mod derivative;
pub mod diagnostic;
pub mod emit;
pub mod expand;
pub mod functions;
pub mod number;
pub mod op;
pub mod oracle;
mod pattern;
pub mod print;
pub mod program;
pub mod rules;
pub mod shape;
pub mod simplify;
pub mod syntax;
