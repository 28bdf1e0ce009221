//! Terms: parse, print, simplify, differentiate, evaluate.
//!
//! No I/O, no threads, no `unsafe`.

pub mod diagnostic;
pub mod syntax;
