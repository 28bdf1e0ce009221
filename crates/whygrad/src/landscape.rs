//! The loss as a landscape: over planes through the space of parameters, with the way of a run across them.
//!
//! A plane shows a run truly only as far as the run lies in it: [`Projection`] says how far each place of the way is from
//! the plane, and what share of the way the plane holds.

mod field;
mod grid;
mod journey;
mod plane;
mod stationary;

pub use field::Field;
pub use grid::{Grid, rise_between};
pub use journey::{Looks, Place, journey};
pub use plane::{Axis, Plane, PlaneError, Projection};
pub use stationary::{Kind, Stationary, stationary_points};

/// The Euclidean norm.
pub(crate) fn norm(a: &[f64]) -> f64 {
    a.iter().map(|a| a * a).sum::<f64>().sqrt()
}

/// a · b
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// a - b
fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
