//! L-BFGS: BFGS from the last few steps, without its matrix.

use std::collections::VecDeque;

use super::bfgs::{CURVATURE, difference, teaches};
use super::line_search::LineSearch;
use super::linear::dot;
use super::{Done, Objective, Point};

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
    memory: usize,
    search: LineSearch,
    pairs: VecDeque<Pair>,
    from: Vec<f64>,
    last: Vec<f64>,
}

impl LimitedBfgs {
    pub(super) fn new(memory: usize) -> LimitedBfgs {
        let search = LineSearch::default();
        LimitedBfgs { memory: memory.max(1), search, pairs: VecDeque::new(), from: vec![], last: vec![] }
    }

    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        self.from.clone_from(&point.at);
        let direction = self.direction(&point.gradient);
        if !self.search.run(point, objective, &direction, CURVATURE, &mut self.last) {
            if self.pairs.is_empty() {
                return Some(Done::NoDecrease);
            }
            // What is remembered may be what is wrong: once more along the gradient.
            self.pairs.clear();
            let direction = self.direction(&point.gradient);
            if !self.search.run(point, objective, &direction, CURVATURE, &mut self.last) {
                return Some(Done::NoDecrease);
            }
        }
        let s = difference(&point.at, &self.from);
        let y = difference(&point.gradient, &self.last);
        let product = dot(&s, &y);
        if teaches(product, &s, &y) {
            if self.pairs.len() >= self.memory {
                self.pairs.pop_front();
            }
            self.pairs.push_back(Pair { s, y, product });
        }
        None
    }

    /// -H g; -g without pairs, or where rounding turned the direction.
    fn direction(&mut self, gradient: &[f64]) -> Vec<f64> {
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
        if dot(&q, gradient) < 0.0 {
            return q;
        }
        self.pairs.clear();
        gradient.iter().map(|g| -g).collect()
    }
}

/// a ← a + factor · b
fn add(a: &mut [f64], factor: f64, b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += factor * b;
    }
}
