//! Randomness as a typed value that splits.
//!
//! A person types a [`Seed`]; code turns it into a [`Key`] and splits the key, by purpose and by number, until
//! each use has its own. Nothing is drawn from a key twice, no generator is global and none reads a clock, so
//! that restart 731,204 of a million replays alone:
//!
//! ```
//! use whygrad::random::{Key, Purpose, Seed};
//! let key = Key::from_seed(Seed(7)).purpose(Purpose::Init).fold(731_204);
//! assert_eq!(key.stream().unit(), key.stream().unit());
//! ```
//!
//! The numbers come from `ChaCha8` (Bernstein, "`ChaCha`, a variant of Salsa20", 2008), which computes any block
//! of its output from the key and the block's number. The design of splitting keys follows Salmon et al.,
//! "Parallel random numbers: as easy as 1, 2, 3" (2011). Everything here gives the same bits on every machine
//! and will go on giving them; the tests hold the numbers.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

mod python;

pub use python::PythonRandom;

/// What a person types to choose the random numbers of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seed(pub u64);

/// The uses of randomness, kept apart so that changing one leaves the others as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Making data: the points and the noise of the built-in sets.
    Data,
    /// Drawing the starting values of the parameters.
    Init,
    /// The order of the rows in each epoch.
    Shuffle,
    /// Which units are left out in a step.
    Dropout,
    /// The lengths of first steps, where an optimiser draws them.
    Steps,
    /// Directions in which the loss is looked at.
    Directions,
}

/// The right to draw one stream of random numbers, or to make further keys; it has no state that changes.
///
/// The keys made from one key are independent of each other and of its stream: all are blocks of the same
/// cipher, and no two uses share a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// The block from which [`Key::fold`] reads. A stream would reach it only after 2^69 bytes.
const FOLD_BLOCK: u64 = 1 << 63;
/// The block from which [`Key::purpose`] reads.
const PURPOSE_BLOCK: u64 = FOLD_BLOCK + 1;
const WORDS_PER_BLOCK: u128 = 16;

impl Key {
    /// The key that stands for a seed: the seed's eight bytes, least significant first, then zeros, folded once.
    pub fn from_seed(seed: Seed) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.0.to_le_bytes());
        Self(bytes).fold(0)
    }

    /// The key numbered `index` below this one, such as the key of one restart or one epoch.
    #[must_use]
    pub fn fold(self, index: u64) -> Self {
        self.below(FOLD_BLOCK, index)
    }

    /// The key for one use of randomness.
    #[must_use]
    pub fn purpose(self, purpose: Purpose) -> Self {
        let index = match purpose {
            Purpose::Data => 0,
            Purpose::Init => 1,
            Purpose::Shuffle => 2,
            Purpose::Dropout => 3,
            Purpose::Steps => 4,
            Purpose::Directions => 5,
        };
        self.below(PURPOSE_BLOCK, index)
    }

    /// The random numbers of this key, from the first.
    pub fn stream(self) -> Stream {
        Stream { cipher: ChaCha8Rng::from_seed(self.0) }
    }

    fn below(self, block: u64, index: u64) -> Self {
        let mut cipher = ChaCha8Rng::from_seed(self.0);
        cipher.set_stream(index);
        cipher.set_word_pos(u128::from(block) * WORDS_PER_BLOCK);
        let mut bytes = [0; 32];
        cipher.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// Where random numbers come from: a [`Stream`], or [`PythonRandom`] for material written with Python's.
pub trait Source: Send {
    /// A number drawn evenly between `low` and `high`; `high` itself can only come up by rounding.
    fn uniform(&mut self, low: f64, high: f64) -> f64;
    /// A number drawn from the normal distribution; `sd` is the standard deviation.
    fn normal(&mut self, mean: f64, sd: f64) -> f64;
    /// Puts the items into an order in which every order is equally likely.
    fn shuffle(&mut self, items: &mut [usize]);
}

/// The random numbers of one [`Key`], in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    cipher: ChaCha8Rng,
}

impl Stream {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.cipher.next_u64()
    }

    /// A multiple of 2^-53 in [0, 1), each equally likely: the upper 53 of the next 64 bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A whole number from 0 to `bound - 1`, each exactly equally likely; 0 where `bound` is 0.
    ///
    /// The upper half of bits times bound, drawn again where the lower half would favour some numbers
    /// (Lemire, "Fast random integer generation in an interval", 2019).
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let unfair = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= unfair {
                return (product >> 64) as u64;
            }
        }
    }
}

impl Source for Stream {
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// `mean + sd * sqrt(-2 ln(1 - u)) cos(2 pi v)` for the next two numbers u and v of [`Stream::unit`], after
    /// Box and Muller, "A note on the generation of random normal deviates" (1958). The second value that the
    /// method offers is not kept: each draw takes two numbers, and the next draw does not depend on this one.
    fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        mean + sd * (radius * libm::cos(TAU * self.unit()))
    }

    /// Fisher and Yates: from the last place down, each takes one of the items not placed yet.
    fn shuffle(&mut self, items: &mut [usize]) {
        for place in (1..items.len()).rev() {
            let chosen = self.below(place as u64 + 1) as usize;
            items.swap(place, chosen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PURPOSES: [Purpose; 4] = [Purpose::Data, Purpose::Init, Purpose::Shuffle, Purpose::Dropout];

    fn key(seed: u64) -> Key {
        Key::from_seed(Seed(seed))
    }

    fn mean_and_sd(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt())
    }

    #[test]
    fn a_key_always_gives_the_same_numbers() {
        assert_eq!(key(7).fold(731_204), key(7).fold(731_204));
        let (mut one, mut two) = (key(7).stream(), key(7).stream());
        assert!((0..100).all(|_| one.bits() == two.bits()));
    }

    #[test]
    fn all_keys_made_from_one_differ_from_it_and_from_each_other() {
        let mut keys: Vec<Key> = (0..1000).map(|index| key(7).fold(index)).collect();
        keys.extend(PURPOSES.map(|purpose| key(7).purpose(purpose)));
        keys.extend([key(7), key(8), key(7).fold(0).fold(0)]);
        let firsts: std::collections::BTreeSet<u64> = keys.iter().map(|key| key.stream().bits()).collect();
        assert_eq!(firsts.len(), keys.len());
    }

    /// The numbers of this version, recorded from it: a later one that changes them breaks replay.
    #[test]
    fn the_numbers_stay_what_they_were() {
        let mut stream = key(0).purpose(Purpose::Init).fold(3).stream();
        let drawn = (stream.bits(), stream.unit(), stream.uniform(-1.0, 1.0), stream.normal(1.0, 2.0));
        assert_eq!(drawn, (12659752395162681661, 0.8380140672299552, 0.5800002194511487, 0.9370982019761632));
    }

    /// The cipher itself: the first words of the zero key with 8 rounds, from
    /// draft-strombergson-chacha-test-vectors-01, TC1, which begins 3e 00 ef 2f 89 5f 40 d6.
    #[test]
    fn the_cipher_is_chacha8() {
        assert_eq!(
            Key([0; 32]).stream().bits(),
            u64::from_le_bytes([0x3e, 0, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6])
        );
    }

    #[test]
    fn uniform_numbers_fill_their_interval_evenly() {
        let mut stream = key(1).stream();
        let values: Vec<f64> = (0..20_000).map(|_| stream.uniform(-1.0, 3.0)).collect();
        assert!(values.iter().all(|value| (-1.0..3.0).contains(value)));
        let (mean, sd) = mean_and_sd(&values);
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
        assert!((sd - 4.0 / 12_f64.sqrt()).abs() < 0.02, "{sd}");
    }

    #[test]
    fn normal_numbers_have_their_mean_deviation_and_tails() {
        let mut stream = key(2).stream();
        let values: Vec<f64> = (0..20_000).map(|_| stream.normal(2.0, 3.0)).collect();
        let (mean, sd) = mean_and_sd(&values);
        assert!((mean - 2.0).abs() < 0.08, "{mean}");
        assert!((sd - 3.0).abs() < 0.06, "{sd}");
        let outside = values.iter().filter(|value| (**value - 2.0).abs() > 6.0).count();
        assert!((800..1020).contains(&outside), "4.55 % lie beyond two deviations, found {outside} of 20000");
    }

    #[test]
    fn whole_numbers_are_fair_and_below_their_bound() {
        let mut stream = key(3).stream();
        let mut counts = [0; 3];
        for _ in 0..30_000 {
            counts[stream.below(3) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_700..10_300).contains(count)), "{counts:?}");
        assert_eq!((stream.below(0), stream.below(1)), (0, 0));
    }

    #[test]
    fn shuffling_reaches_every_order_equally() {
        let mut stream = key(4).stream();
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..12_000 {
            let mut items = [0, 1, 2];
            stream.shuffle(&mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (1_850..2_150).contains(count)), "{counts:?}");
    }
}
