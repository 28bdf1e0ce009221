//! Changes inside functions and of what stands in several places, which no inversion finds: each is tried.

use whygrad_expr::arena::Arena;

use super::repair::{Repair, Scene};
use super::worlds::{Values, Worlds};

/// Names in the place of others, inside of functions or everywhere.
pub(super) fn repairs(
    _scene: &Scene<'_>,
    _arena: &mut Arena,
    _worlds: &mut Worlds,
    _truth: &Values,
) -> Vec<Repair> {
    vec![]
}
