//! Python's `random` module, bit for bit, for material that was written with it.
//!
//! `random.seed(3)` and [`PythonRandom::from_seed`] with `Seed(3)` start the same stream: the Mersenne Twister
//! of Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random
//! number generator" (1998), seeded as `CPython` does. Only [`Source::normal`] uses logarithm, sine and cosine,
//! and takes them from the platform as `CPython` does: two platforms may differ there in the last bit.

use std::f64::consts::TAU;

use super::{Seed, Source};

const SIZE: usize = 624;
const SHIFT: usize = 397;

/// The generator behind Python's `random.seed`, `random.random`, `random.uniform`, `random.gauss` and
/// `random.shuffle`, as in `CPython` 3.11.
#[derive(Debug, Clone, PartialEq)]
pub struct PythonRandom {
    state: [u32; SIZE],
    next: usize,
    /// `gauss` makes two values at a time and keeps the second for the next call.
    kept: Option<f64>,
}

impl PythonRandom {
    /// `random.seed(seed)`.
    pub fn from_seed(seed: Seed) -> Self {
        Self::from_integer(i128::from(seed.0))
    }

    /// `random.seed(integer)`; as in Python the sign is ignored.
    pub fn from_integer(integer: i128) -> Self {
        let mut rest = integer.unsigned_abs();
        let mut limbs = vec![rest as u32];
        while rest >> 32 != 0 {
            rest >>= 32;
            limbs.push(rest as u32);
        }
        Self { state: state_from_limbs(&limbs), next: SIZE, kept: None }
    }

    /// `random.random()`: a multiple of 2^-53 in [0, 1).
    pub fn random(&mut self) -> f64 {
        let high = f64::from(self.word() >> 5);
        let low = f64::from(self.word() >> 6);
        (high * 67_108_864.0 + low) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// `random.getrandbits(count)` for up to 64 bits.
    fn bits(&mut self, count: u32) -> u64 {
        if count == 0 {
            return 0;
        }
        if count <= 32 {
            return u64::from(self.word() >> (32 - count));
        }
        let low = u64::from(self.word());
        low | u64::from(self.word() >> (64 - count)) << 32
    }

    /// `random._randbelow_with_getrandbits(bound)`: as many bits as the bound has, drawn until below it.
    fn below(&mut self, bound: u64) -> u64 {
        let count = u64::BITS - bound.leading_zeros();
        loop {
            let drawn = self.bits(count);
            if drawn < bound || bound == 0 {
                return drawn;
            }
        }
    }

    fn word(&mut self) -> u32 {
        if self.next == SIZE {
            twist(&mut self.state);
            self.next = 0;
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= word << 7 & 0x9d2c_5680;
        word ^= word << 15 & 0xefc6_0000;
        word ^ word >> 18
    }
}

impl Source for PythonRandom {
    /// `random.uniform(low, high)`.
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random()
    }

    /// `random.gauss(mean, sd)`.
    fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let value = self.kept.take().unwrap_or_else(|| {
            let angle = self.random() * TAU;
            let radius = (-2.0 * (1.0 - self.random()).ln()).sqrt();
            self.kept = Some(angle.sin() * radius);
            angle.cos() * radius
        });
        mean + value * sd
    }

    /// `random.shuffle(items)`.
    fn shuffle(&mut self, items: &mut [usize]) {
        for place in (1..items.len()).rev() {
            let chosen = self.below(place as u64 + 1) as usize;
            items.swap(place, chosen);
        }
    }
}

/// `init_by_array` of the authors' reference program, `mt19937ar.c`.
fn state_from_limbs(limbs: &[u32]) -> [u32; SIZE] {
    let mut state = [0; SIZE];
    state[0] = 19_650_218_u32;
    for i in 1..SIZE {
        state[i] = mixed(state[i - 1]).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
    }
    let (mut i, mut limb) = (1, 0);
    for _ in 0..SIZE.max(limbs.len()) {
        let mix = state[i] ^ mixed(state[i - 1]).wrapping_mul(1_664_525);
        state[i] = mix.wrapping_add(limbs[limb]).wrapping_add(limb as u32);
        i = following(&mut state, i);
        limb = (limb + 1) % limbs.len();
    }
    for _ in 1..SIZE {
        let mix = state[i] ^ mixed(state[i - 1]).wrapping_mul(1_566_083_941);
        state[i] = mix.wrapping_sub(i as u32);
        i = following(&mut state, i);
    }
    state[0] = 0x8000_0000;
    state
}

fn mixed(word: u32) -> u32 {
    word ^ word >> 30
}

/// The next place of the state; past the end its last word is carried to the first, and it starts at 1 again.
fn following(state: &mut [u32; SIZE], i: usize) -> usize {
    if i + 1 < SIZE {
        return i + 1;
    }
    state[0] = state[SIZE - 1];
    1
}

/// The recurrence: each word from its neighbour and the word 397 places on.
fn twist(state: &mut [u32; SIZE]) {
    for i in 0..SIZE {
        let joined = state[i] & 0x8000_0000 | state[(i + 1) % SIZE] & 0x7fff_ffff;
        let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
        state[i] = state[(i + SHIFT) % SIZE] ^ joined >> 1 ^ odd;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(integer: i128) -> [f64; 3] {
        let mut random = PythonRandom::from_integer(integer);
        [(); 3].map(|()| random.random())
    }

    /// Made by `python3 -c "import random; random.seed(S); print([random.random() for _ in range(3)])"`.
    #[test]
    fn random_agrees_for_seeds_of_one_and_two_limbs_and_below_zero() {
        assert_eq!(three(0), [0.8444218515250481, 0.7579544029403025, 0.420571580830845]);
        assert_eq!(three(1), [0.13436424411240122, 0.8474337369372327, 0.763774618976614]);
        assert_eq!(three(3), [0.23796462709189137, 0.5442292252959519, 0.36995516654807925]);
        assert_eq!(three(-7), [0.32383276483316237, 0.15084917392450192, 0.6509344730398537]);
        assert_eq!(three((1 << 40) + 5), [0.5043802970418443, 0.2686044399723282, 0.9257865475671585]);
        assert_eq!(three(u64::MAX.into()), [0.021825695401270107, 0.3380953268613758, 0.21196748656082065]);
        assert_eq!(PythonRandom::from_seed(Seed(3)), PythonRandom::from_integer(3));
    }

    /// Made by `python3 -c "import random; random.seed(5); print([random.random() for _ in range(701)][-1])"`.
    #[test]
    fn random_agrees_after_the_state_has_been_renewed() {
        let mut random = PythonRandom::from_integer(5);
        let last = (0..701).map(|_| random.random()).last();
        assert_eq!(last, Some(0.9569111041768784));
    }

    /// Made by `python3 -c "import random; random.seed(7); print(random.gauss(0, 1), random.random(),
    /// random.gauss(3, 0.5), random.gauss(0, 1))"`: the second gauss is the value kept from the first.
    #[test]
    fn gauss_agrees_and_keeps_its_second_value() {
        let mut random = PythonRandom::from_integer(7);
        assert_eq!(random.normal(0.0, 1.0), -0.2558802884476004);
        assert_eq!(random.random(), 0.6509344730398537);
        assert_eq!(random.normal(3.0, 0.5), 3.255715756258257);
        assert_eq!(random.normal(0.0, 1.0), 1.112914852545535);
    }

    /// Made by `python3 -c "import random; random.seed(1); print([random.uniform(-1, 1) for _ in range(4)])"`.
    #[test]
    fn uniform_agrees() {
        let mut random = PythonRandom::from_integer(1);
        let drawn = [(); 4].map(|()| random.uniform(-1.0, 1.0));
        assert_eq!(drawn, [-0.7312715117751976, 0.6948674738744653, 0.5275492379532281, -0.4898619485211566]);
    }

    /// Made by `python3 -c "import random; random.seed(11); x = list(range(5)); random.shuffle(x); y =
    /// list(range(300)); random.shuffle(y); print(x, y[:6], random.random())"`.
    #[test]
    fn shuffle_agrees() {
        let mut random = PythonRandom::from_integer(11);
        let (mut few, mut many) = ([0, 1, 2, 3, 4], (0..300).collect::<Vec<usize>>());
        random.shuffle(&mut few);
        random.shuffle(&mut many);
        assert_eq!(few, [2, 0, 1, 4, 3]);
        assert_eq!(many[..6], [266, 6, 230, 241, 140, 14]);
        assert_eq!(random.random(), 0.8037137300222247);
    }

    /// Made by `python3 -c "import random; random.seed(2); print([random.getrandbits(k) for k in
    /// (1, 32, 33, 53, 64)])"`.
    #[test]
    fn random_bits_agree_across_the_word_boundary() {
        let mut random = PythonRandom::from_integer(2);
        let drawn = [1, 32, 33, 53, 64].map(|count| random.bits(count));
        assert_eq!(drawn, [1, 3707026329, 8365855355, 824921726527135, 6660334802794327005]);
    }
}
