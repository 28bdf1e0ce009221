//! BFGS: the inverse Hessian, learned from the steps.

use super::line_search::LineSearch;
use super::linear::{dot, norm};
use super::{Done, Objective, Point};

/// The slope left after a search along a quasi-Newton direction; Nocedal & Wright, section 3.1.
pub(super) const CURVATURE: f64 = 0.9;

/// Broyden, Fletcher, Goldfarb & Shanno 1970, as Nocedal & Wright, "Numerical Optimization" (2006), algorithm 6.1.
/// H begins as the identity and is scaled by y·s / y·y before its first update (6.20). A step along which the slope
/// does not grow teaches nothing about a convex H and is not used.
#[derive(Clone, Debug, Default)]
pub(super) struct Bfgs {
    search: LineSearch,
    /// H, row by row; empty for the identity.
    inverse: Vec<f64>,
    from: Vec<f64>,
    last: Vec<f64>,
}

impl Bfgs {
    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        let count = point.at.len();
        self.from.clone_from(&point.at);
        let direction = self.direction(&point.gradient);
        if !self.search.run(point, objective, &direction, CURVATURE, &mut self.last) {
            if self.inverse.is_empty() {
                return Some(Done::NoDecrease);
            }
            // H may be what is wrong: once more along the gradient.
            self.inverse.clear();
            let direction = self.direction(&point.gradient);
            if !self.search.run(point, objective, &direction, CURVATURE, &mut self.last) {
                return Some(Done::NoDecrease);
            }
        }
        let s = difference(&point.at, &self.from);
        let y = difference(&point.gradient, &self.last);
        let product = dot(&s, &y);
        if !teaches(product, &s, &y) {
            return None;
        }
        if self.inverse.is_empty() {
            self.inverse = vec![0.0; count * count];
            for i in 0..count {
                self.inverse[i * count + i] = product / dot(&y, &y);
            }
        }
        self.update(&s, &y, product);
        None
    }

    /// -H g, or -g where H has lost what makes that a way down.
    fn direction(&mut self, gradient: &[f64]) -> Vec<f64> {
        if !self.inverse.is_empty() {
            let rows = self.inverse.chunks(gradient.len());
            let direction: Vec<f64> = rows.map(|row| -dot(row, gradient)).collect();
            if dot(&direction, gradient) < 0.0 {
                return direction;
            }
            self.inverse.clear();
        }
        gradient.iter().map(|g| -g).collect()
    }

    /// H ← (1 - ρ s yᵀ) H (1 - ρ y sᵀ) + ρ s sᵀ with ρ = 1/(y·s), multiplied out.
    fn update(&mut self, s: &[f64], y: &[f64], product: f64) {
        let count = s.len();
        let hy: Vec<f64> = self.inverse.chunks(count).map(|row| dot(row, y)).collect();
        let factor = (1.0 + dot(y, &hy) / product) / product;
        for i in 0..count {
            for j in 0..count {
                let mixed = hy[i] * s[j] + s[i] * hy[j];
                self.inverse[i * count + j] += factor * s[i] * s[j] - mixed / product;
            }
        }
        if !self.inverse.iter().all(|h| h.is_finite()) {
            self.inverse.clear();
        }
    }
}

/// Whether y·s is positive beyond rounding.
pub(super) fn teaches(product: f64, s: &[f64], y: &[f64]) -> bool {
    product > f64::EPSILON * norm(s) * norm(y)
}

/// a - b
pub(super) fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
