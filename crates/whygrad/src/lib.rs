//! What people use: models, data, training, evaluation.
//!
//! Modules stand in storeys, each using only those below: `random`, `data`, `init`, `model`;
//! then `interop`; then `train`; then `report`.

pub mod data;
pub mod derive;
pub mod examples;
pub mod init;
pub mod interop;
pub mod model;
pub mod random;
pub mod report;
pub mod train;

pub use whygrad_engine as engine;
pub use whygrad_expr as expr;
pub use whygrad_plot as plot;
