//! Terms compiled to a plan of buffers and steps, run on one net or on a fleet of nets.
//!
//! A [`plan::Plan`] is immutable. It is run in a [`workspace::Workspace`] of f32 or f64 numbers
//! on `lanes` nets at once; the lane is the fastest axis of every buffer, so that parameters of a
//! fleet lie as `[parameter][lane]`. Knows no layers, no optimisers and no files.

pub mod plan;
pub mod real;
pub mod workspace;

mod kernel;
