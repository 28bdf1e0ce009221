//! Steps along -H g, where H is learned from the steps.

use super::line_search::LineSearch;
use super::linear::{dot, norm};
use super::{Done, Objective, Point};

/// The slope left after a search along a quasi-Newton direction; Nocedal & Wright, section 3.1.
const CURVATURE: f64 = 0.9;

/// What is known of the inverse Hessian.
pub(super) trait Inverse {
    /// True before the first step, and after [`Inverse::forget`].
    fn is_identity(&self) -> bool;
    /// Begins anew with the identity.
    fn forget(&mut self);
    /// -H g
    fn direction(&self, gradient: &[f64]) -> Vec<f64>;
    /// Takes in a step s and what it did to the gradient, y, with s · y.
    fn learn(&mut self, s: Vec<f64>, y: Vec<f64>, product: f64);
}

/// Nocedal & Wright, "Numerical Optimization" (2006), algorithm 6.1. A step along which the slope does not grow teaches
/// nothing about a convex H and is not used.
#[derive(Clone, Debug)]
pub(super) struct QuasiNewton<H> {
    inverse: H,
    search: LineSearch,
    from: Vec<f64>,
    last: Vec<f64>,
}

impl<H: Inverse> QuasiNewton<H> {
    pub(super) fn new(inverse: H) -> QuasiNewton<H> {
        QuasiNewton { inverse, search: LineSearch::default(), from: vec![], last: vec![] }
    }

    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        self.from.clone_from(&point.at);
        let direction = self.direction(&point.gradient);
        if !self.search.run(point, objective, &direction, CURVATURE, &mut self.last) {
            if self.inverse.is_identity() {
                return Some(Done::NoDecrease);
            }
            // What was learned may be what is wrong: once more along the gradient.
            self.inverse.forget();
            let direction = self.direction(&point.gradient);
            if !self.search.run(point, objective, &direction, CURVATURE, &mut self.last) {
                return Some(Done::NoDecrease);
            }
        }
        let s = difference(&point.at, &self.from);
        let y = difference(&point.gradient, &self.last);
        let product = dot(&s, &y);
        // y·s is positive beyond rounding.
        if product > f64::EPSILON * norm(&s) * norm(&y) {
            self.inverse.learn(s, y, product);
        }
        None
    }

    /// -H g, or -g where rounding has made H lose what makes that a way down.
    fn direction(&mut self, gradient: &[f64]) -> Vec<f64> {
        if !self.inverse.is_identity() {
            let direction = self.inverse.direction(gradient);
            if dot(&direction, gradient) < 0.0 {
                return direction;
            }
            self.inverse.forget();
        }
        gradient.iter().map(|g| -g).collect()
    }
}

/// a - b
fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}
