//! Terms: parse, print, simplify, differentiate, evaluate.
//!
//! A model is a [`arena::Term`] over a small closed set of operations ([`op::Op`]); its gradient
//! is another term. Everything else is a pass over terms: [`oracle`] gives their value,
//! [`derivative`] their gradient, [`simplify`] a shorter equal term.
//!
//! Open [`op`] first: it lists the operations. The loss below is 3 sigmoid(w).
//!
//! ```
//! use whygrad_expr::arena::{Arena, Symbol, SymbolKind};
//! use whygrad_expr::op::{Function, Zip};
//! use whygrad_expr::oracle::{Bindings, evaluate};
//! use whygrad_expr::print::{Names, Notation, expression};
//! use whygrad_expr::{derivative, shape::Shape, simplify::Simplifier};
//!
//! let mut arena = Arena::new();
//! let kind = SymbolKind::Parameter;
//! let w = arena.symbol(Symbol { name: "w".into(), kind, shape: Shape::NUMBER, entries: vec![] });
//! let (leaf, one, three) = (arena.leaf(w), arena.constant(1.0), arena.constant(3.0));
//!
//! // As people write it: 3/(1 + exp(-w)). A rule of the table sees the sigmoid.
//! let minus = arena.neg(leaf);
//! let exp = arena.map(Function::Exp, minus);
//! let below = arena.zip(Zip::Add, one, exp)?;
//! let written = arena.zip(Zip::Div, three, below)?;
//! let loss = Simplifier::new(&mut arena).simplify(written);
//!
//! let slope = derivative::gradient(&mut arena, loss, &[w]).by_symbol[0];
//! let text = expression(&arena, slope, &Names::new(), Notation::Text);
//! assert_eq!(text, "3*sigmoid(w)*(1 - sigmoid(w))");
//!
//! let mut at = Bindings::new(1);
//! at.bind(w, vec![0.0]);
//! assert_eq!(evaluate(&arena, &[slope], &at)?[0].data, [0.75]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
mod substitute;
pub mod syntax;
