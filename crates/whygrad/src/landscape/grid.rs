//! The loss at the points of a grid.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

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
    /// Computes the loss at `side` times `side` places of a plane, or `side` places of a line. `watch` is told again and again
    /// which share of the places is done; `None` where it says [`Control::Stop`].
    pub fn sample(
        field: &mut Field,
        plane: &Plane,
        (x, y, side): ((f64, f64), (f64, f64), usize),
        watch: &mut dyn FnMut(f64) -> Control,
    ) -> Option<Grid> {
        let columns = side.max(2);
        let (rows, y) = if plane.y.is_some() { (columns, y) } else { (1, (0.0, 0.0)) };
        let at = |k: usize| {
            let up = if rows > 1 { between(y, k / columns, rows - 1) } else { 0.0 };
            plane.at(between(x, k % columns, columns - 1), up)
        };
        let places = columns * rows;
        let losses = match threads(field, places) {
            0 | 1 => alone(field, (places, &at), watch),
            helpers => together(field, (places, &at), helpers, watch),
        };
        Some(Grid { x, y, columns, rows, losses: losses? })
    }

    /// The place of a sample of a line, with its loss.
    pub fn line(&self) -> Vec<(f64, f64)> {
        let at = |k: usize| between(self.x, k, self.columns - 1);
        self.losses.iter().take(self.columns).enumerate().map(|(k, loss)| (at(k), *loss)).collect()
    }
}

/// Fewer products in all are computed sooner than threads begin.
const FEW: usize = 10_000_000;

/// Each thread has its own rows and buffers: with more products at one place they would take too much memory.
const WIDE: usize = 1 << 22;

/// More threads than these are seldom idle.
const MOST_THREADS: usize = 16;

/// How many threads share the places. Each place is computed by itself, so that they change no bit.
fn threads(field: &Field, places: usize) -> usize {
    let one = field.products();
    if one > WIDE || one.saturating_mul(places) < FEW {
        return 1;
    }
    thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS)
}

/// The parameters at a place.
type At<'a> = &'a (dyn Fn(usize) -> Vec<f64> + Sync);

fn alone(
    field: &mut Field,
    (places, at): (usize, At<'_>),
    watch: &mut dyn FnMut(f64) -> Control,
) -> Option<Vec<f64>> {
    let mut losses = Vec::with_capacity(places);
    for k in 0..places {
        if watch(k as f64 / places as f64) == Control::Stop {
            return None;
        }
        losses.push(field.loss(&at(k)));
    }
    Some(losses)
}

fn together(
    field: &Field,
    (places, at): (usize, At<'_>),
    helpers: usize,
    watch: &mut dyn FnMut(f64) -> Control,
) -> Option<Vec<f64>> {
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..helpers {
            let (mut field, send) = (field.clone(), send.clone());
            let (next, is_over) = (&next, &is_over);
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    if k >= places || send.send((k, field.loss(&at(k)))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut losses = vec![f64::NAN; places];
        for (done, (k, loss)) in receive.iter().enumerate() {
            if watch(done as f64 / places as f64) == Control::Stop {
                is_over.store(true, Ordering::Relaxed);
                return None;
            }
            losses[k] = loss;
        }
        Some(losses)
    })
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
    use crate::data::bind::BindOptions;
    use crate::data::builtin;
    use crate::model::{Model, ModelOptions};
    use crate::random::{Key, Seed};

    #[test]
    fn threads_change_no_bit_and_end_where_they_are_told_to() {
        let text = "inputs x[2]\ntarget y\nh = dense(x, 32, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)";
        let model = Model::parse(text, &ModelOptions::default()).unwrap();
        let table = builtin::table("moons", Key::from_seed(Seed(1))).unwrap();
        let data = model.bind(&table, &BindOptions::default()).unwrap().0;
        let mut field = Field::new(&model, Some(&data));
        let theta: Vec<f64> = (0..field.count()).map(|k| (1.0 + k as f64).sin()).collect();
        let plane = Plane::random(&model, &theta, 3);
        let (x, y, side) = ((-1.0, 1.0), (-2.0, 1.0), 40);
        let mut told = Vec::new();
        let at = |k: usize| plane.at(between(x, k % side, side - 1), between(y, k / side, side - 1));
        let places = (side * side, &at as At<'_>);
        let one = alone(&mut field, places, &mut |_| Control::Continue);
        let three = together(&field, places, 3, &mut |share| {
            told.push(share);
            Control::Continue
        });
        assert_eq!(one, three);
        assert!(told.len() == 1600 && told.is_sorted());
        let whole = Grid::sample(&mut field, &plane, (x, y, side), &mut |_| Control::Continue);
        assert_eq!(Some(whole.unwrap().losses), one);
        let stop = &mut |share| if share > 0.1 { Control::Stop } else { Control::Continue };
        assert_eq!(together(&field, places, 3, stop), None);
    }

    #[test]
    fn a_grid_and_a_line_tell_how_far_they_are_and_end_where_they_are_told_to() {
        let model = Model::parse("minimize x^2 + y^2", &ModelOptions::default()).unwrap();
        let mut field = Field::new(&model, None);
        let plane = Plane::of_parameters(&model, &[0.0, 0.0], &["x".into(), "y".into()]).unwrap();
        let ends = ((-1.0, 1.0), (-1.0, 1.0), 5);
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
