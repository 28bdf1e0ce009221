//! L-BFGS: BFGS from the last few steps, without its matrix.

use std::collections::VecDeque;

use super::linear::dot;
use super::quasi_newton::Inverse;

/// A step and what it did to the gradient.
#[derive(Clone, Debug)]
struct Pair {
    s: Vec<f64>,
    y: Vec<f64>,
    /// s · y
    product: f64,
}

/// Nocedal, "Updating Quasi-Newton Matrices with Limited Storage" (1980): the two loops, with y·s / y·y of the last step
/// times the identity as the matrix that is updated (Liu & Nocedal 1989, scaling M3).
#[derive(Clone, Debug)]
pub(super) struct LimitedBfgs {
    memory: u64,
    pairs: VecDeque<Pair>,
}

impl LimitedBfgs {
    pub(super) fn new(memory: u64) -> LimitedBfgs {
        LimitedBfgs { memory: memory.max(1), pairs: VecDeque::new() }
    }
}

impl Inverse for LimitedBfgs {
    fn is_identity(&self) -> bool {
        self.pairs.is_empty()
    }

    fn forget(&mut self) {
        self.pairs.clear();
    }

    fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let Some(newest) = self.pairs.back() else { return q };
        let scale = newest.product / dot(&newest.y, &newest.y);
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = dot(&pair.s, &q) / pair.product;
            add(&mut q, -share, &pair.y);
            shares.push(share);
        }
        for q in &mut q {
            *q *= scale;
        }
        for (pair, share) in self.pairs.iter().zip(shares.into_iter().rev()) {
            let back = dot(&pair.y, &q) / pair.product;
            add(&mut q, share - back, &pair.s);
        }
        q
    }

    fn learn(&mut self, s: Vec<f64>, y: Vec<f64>, product: f64) {
        if self.pairs.len() as u64 >= self.memory {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { s, y, product });
    }
}

/// a ← a + factor · b
fn add(a: &mut [f64], factor: f64, b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += factor * b;
    }
}
