//! Random choices from a key.

use whygrad::random::{Key, Source, Stream};

/// A stream of choices.
#[derive(Clone, Debug)]
pub struct Draw(Stream);

impl Draw {
    /// The choices of a key.
    pub fn of(key: Key) -> Draw {
        Draw(key.stream())
    }

    /// A whole number from 0 to `bound - 1`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound as u64) as usize
    }

    /// One of several; the first where there is but one.
    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// True so often.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.unit() < probability
    }

    /// A number between `low` and `high`.
    pub fn number(&mut self, low: f64, high: f64) -> f64 {
        self.0.uniform(low, high)
    }

    /// Numbers between `low` and `high`.
    pub fn numbers(&mut self, count: usize, low: f64, high: f64) -> Vec<f64> {
        (0..count).map(|_| self.number(low, high)).collect()
    }
}
