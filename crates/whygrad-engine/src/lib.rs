//! Terms run at the speed of the machine: tiny nets as machine code, wider ones as steps over buffers.
//!
//! A [`stepper::Stepper`] makes the steps of a tiny net, or of as many as there are lanes; a
//! [`trainer::Trainer`] makes those of a wider one. Both take a [`rule::Rule`], the step of an
//! optimiser as terms. Knows no layers, no optimisers and no files.
//!
//! A [`plan::Plan`] computes terms at a point. It is immutable, and is run in a
//! [`workspace::Workspace`] of f32 or f64 numbers.
//!
//! Open [`routine`] first, and [`plan::Plan::of_gradient`].
//!
//! ```
//! use whygrad_engine::plan::Plan;
//! use whygrad_engine::workspace::{Batch, Workspace};
//! use whygrad_expr::arena::{Arena, Symbol, SymbolKind};
//! use whygrad_expr::program::{Parameter, Program};
//! use whygrad_expr::{derivative, op::Zip, shape::Shape};
//!
//! // The loss is w·w.
//! let mut arena = Arena::new();
//! let kind = SymbolKind::Parameter;
//! let symbol = arena.symbol(Symbol { name: "w".into(), kind, shape: Shape::NUMBER, entries: vec![] });
//! let w = arena.leaf(symbol);
//! let loss = arena.zip(Zip::Mul, w, w)?;
//! let gradient = derivative::gradient(&mut arena, loss, &[symbol]).by_symbol;
//! let parameters = vec![Parameter { symbol, name: "w".into(), shape: vec![], offset: 0 }];
//! let (inputs, targets, definitions, predictions) = (vec![], vec![], vec![], vec![]);
//! let program = Program { arena, parameters, inputs, targets, definitions, predictions, loss, gradient };
//!
//! let plan = Plan::of_gradient(&program);
//! let mut space = Workspace::<f64>::new(&plan);
//! space.load(&plan, &Batch { inputs: &[], targets: &[], rows: 1 });
//! space.run(&plan, &[5.0]);
//! let (loss, slope) = (space.output(&plan, 0).0, space.output(&plan, 1).0);
//! assert_eq!((loss, slope), (&[25.0][..], &[10.0][..]));
//! # Ok::<(), whygrad_expr::arena::ShapeError>(())
//! ```

pub mod function;
pub mod lines;
pub mod plan;
pub mod real;
pub mod routine;
pub mod rule;
pub mod scalar;
pub mod stepper;
pub mod tape;
pub mod trainer;
pub mod vector;
pub mod workspace;

mod chain;
mod fold;
mod interpret;
mod kernel;
mod machine;
mod product;
mod record;
mod schedule;
mod spell;
mod team;
mod update;
mod view;
#[cfg(target_arch = "x86_64")]
mod x86;
