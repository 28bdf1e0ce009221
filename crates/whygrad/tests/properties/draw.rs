//! Random choices from a seed.

use whygrad::random::{Key, Seed, Source, Stream};

/// A stream of choices.
pub(crate) struct Draw(Stream);

impl Draw {
    /// The choices of seed `seed`.
    pub(crate) fn of(seed: u64) -> Draw {
        Draw(Key::from_seed(Seed(seed)).stream())
    }

    /// A whole number from 0 to `bound - 1`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound as u64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// One of several.
    pub(crate) fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// True so often.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.0.unit() < probability
    }

    /// A number between `low` and `high`.
    pub(crate) fn number(&mut self, low: f64, high: f64) -> f64 {
        self.0.uniform(low, high)
    }

    /// Numbers between `low` and `high`.
    pub(crate) fn numbers(&mut self, count: usize, low: f64, high: f64) -> Vec<f64> {
        (0..count).map(|_| self.number(low, high)).collect()
    }
}
