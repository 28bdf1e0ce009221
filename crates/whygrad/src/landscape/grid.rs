//! The loss at the points of a grid.

use super::field::Field;
use super::plane::Plane;
use crate::train::Control;

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
    /// Computes the loss at `side` times `side` places of a plane, or `side` places of a line. `watch` is told before each
    /// which share of the places is done; `None` where it says [`Control::Stop`].
    pub fn sample(
        field: &mut Field,
        plane: &Plane,
        ((x, y), side): (((f64, f64), (f64, f64)), usize),
        watch: &mut dyn FnMut(f64) -> Control,
    ) -> Option<Grid> {
        let columns = side.max(2);
        let (rows, y) = if plane.y.is_some() { (columns, y) } else { (1, (0.0, 0.0)) };
        let mut losses = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let up = if rows > 1 { between(y, row, rows - 1) } else { 0.0 };
            for k in 0..columns {
                if watch(losses.len() as f64 / (columns * rows) as f64) == Control::Stop {
                    return None;
                }
                losses.push(field.loss(&plane.at(between(x, k, columns - 1), up)));
            }
        }
        Some(Grid { x, y, columns, rows, losses })
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
/// (Goodfellow, Vinyals & Saxe, "Qualitatively characterizing neural network optimization problems", 2015). `watch` is told
/// which share of it is done; `None` where it says [`Control::Stop`].
pub fn rise_between(
    field: &mut Field,
    (a, b): (&[f64], &[f64]),
    watch: &mut dyn FnMut(f64) -> Control,
) -> Option<f64> {
    let at = |k: usize| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| between((*a, *b), k, STEPS)).collect() };
    let mut losses = Vec::with_capacity(STEPS + 1);
    for k in 0..=STEPS {
        if watch(k as f64 / STEPS as f64) == Control::Stop {
            return None;
        }
        losses.push(field.loss(&at(k)));
    }
    let highest = losses.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some((highest - losses[0].max(losses[STEPS])).max(0.0))
}

/// Looks along the line between two points.
const STEPS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, ModelOptions};

    #[test]
    fn a_grid_and_a_line_tell_how_far_they_are_and_end_where_they_are_told_to() {
        let model = Model::parse("minimize x^2 + y^2", &ModelOptions::default()).unwrap();
        let mut field = Field::new(&model, None);
        let plane = Plane::of_parameters(&model, &[0.0, 0.0], &["x".into(), "y".into()]).unwrap();
        let ends = (((-1.0, 1.0), (-1.0, 1.0)), 5);
        let mut told = Vec::new();
        let grid = Grid::sample(&mut field, &plane, ends, &mut |share| {
            told.push(share);
            Control::Continue
        });
        assert_eq!((grid.unwrap().losses.len(), told.len(), told[0]), (25, 25, 0.0));
        assert!(told.is_sorted() && told.last().is_some_and(|share| *share < 1.0));
        let mut left = 7;
        let mut seven = |_: f64| {
            left -= 1;
            if left == 0 { Control::Stop } else { Control::Continue }
        };
        assert_eq!(Grid::sample(&mut field, &plane, ends, &mut seven), None);
        let mut rise = |watch: &mut dyn FnMut(f64) -> Control| {
            rise_between(&mut field, (&[-1.0, 0.0], &[1.0, 0.0]), watch)
        };
        assert_eq!(rise(&mut |_| Control::Continue), Some(0.0));
        assert_eq!(rise(&mut |share| if share > 0.5 { Control::Stop } else { Control::Continue }), None);
    }
}
