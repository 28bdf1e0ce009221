//! The loss at the points of a grid.

use super::field::Field;
use super::plane::Plane;

/// The loss over a rectangle of a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// The first and the last place to the right.
    pub x: (f64, f64),
    /// The lowest and the highest place upwards; both 0 for a line.
    pub y: (f64, f64),
    /// Samples in a row, both edges among them.
    pub columns: usize,
    /// Rows; 1 for a line.
    pub rows: usize,
    /// The loss row by row, the lowest row first; not finite where it overflows.
    pub losses: Vec<f64>,
}

impl Grid {
    /// Computes the loss at `side` times `side` places of a plane, or `side` places of a line.
    pub fn sample(field: &mut Field, plane: &Plane, (x, y): ((f64, f64), (f64, f64)), side: usize) -> Grid {
        let columns = side.max(2);
        let (rows, y) = if plane.y.is_some() { (columns, y) } else { (1, (0.0, 0.0)) };
        let mut losses = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let up = if rows > 1 { between(y, row, rows - 1) } else { 0.0 };
            losses.extend((0..columns).map(|k| field.loss(&plane.at(between(x, k, columns - 1), up))));
        }
        Grid { x, y, columns, rows, losses }
    }

    /// The place of a sample of a line, with its loss.
    pub fn line(&self) -> Vec<(f64, f64)> {
        let at = |k: usize| between(self.x, k, self.columns - 1);
        self.losses.iter().take(self.columns).enumerate().map(|(k, loss)| (at(k), *loss)).collect()
    }
}

/// Step `k` of `steps` from one end to the other.
fn between((low, high): (f64, f64), k: usize, steps: usize) -> f64 {
    let share = k as f64 / steps as f64;
    low * (1.0 - share) + high * share
}

/// How far the loss on the straight line between two points rises above the higher of its ends; 0 where it never does
/// (Goodfellow, Vinyals & Saxe, "Qualitatively characterizing neural network optimization problems", 2015).
pub fn rise_between(field: &mut Field, a: &[f64], b: &[f64]) -> f64 {
    let at = |k: usize| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| between((*a, *b), k, STEPS)).collect() };
    let losses: Vec<f64> = (0..=STEPS).map(|k| field.loss(&at(k))).collect();
    let highest = losses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (highest - losses[0].max(losses[STEPS])).max(0.0)
}

/// Looks along the line between two points.
const STEPS: usize = 200;
