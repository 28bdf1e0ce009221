//! Nonlinear conjugate gradient.

use super::line_search::LineSearch;
use super::linear::dot;
use super::{Conjugate, Done, Objective, Point};

/// The slope left after a search; directions stay conjugate only where the search is close (Nocedal & Wright, 5.2).
const CURVATURE: f64 = 0.1;

/// Nocedal & Wright, "Numerical Optimization" (2006), section 5.2. Where a direction does not lead down, it begins anew
/// with the gradient.
#[derive(Clone, Debug)]
pub(super) struct ConjugateGradient {
    rule: Conjugate,
    search: LineSearch,
    /// The direction of the next step; empty for the gradient's.
    direction: Vec<f64>,
    last: Vec<f64>,
}

impl ConjugateGradient {
    pub(super) fn new(rule: Conjugate) -> ConjugateGradient {
        ConjugateGradient { rule, search: LineSearch::default(), direction: vec![], last: vec![] }
    }

    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        let is_fresh = self.direction.is_empty() || dot(&self.direction, &point.gradient) >= 0.0;
        if is_fresh {
            self.direction = point.gradient.iter().map(|g| -g).collect();
        }
        if !self.search.run(point, objective, &self.direction, CURVATURE, &mut self.last) {
            if is_fresh {
                return Some(Done::NoDecrease);
            }
            self.direction = point.gradient.iter().map(|g| -g).collect();
            if !self.search.run(point, objective, &self.direction, CURVATURE, &mut self.last) {
                return Some(Done::NoDecrease);
            }
        }
        let factor = self.factor(&point.gradient);
        for (p, g) in self.direction.iter_mut().zip(&point.gradient) {
            *p = factor * *p - g;
        }
        None
    }

    /// β
    fn factor(&self, gradient: &[f64]) -> f64 {
        let (g, last) = (gradient, &self.last);
        let changed = || g.iter().zip(last).map(|(g, l)| g * (g - l)).sum::<f64>();
        let factor = match self.rule {
            Conjugate::PolakRibiere => (changed() / dot(last, last)).max(0.0),
            Conjugate::FletcherReeves => dot(g, g) / dot(last, last),
            Conjugate::HestenesStiefel => {
                let along: f64 =
                    self.direction.iter().zip(g.iter().zip(last)).map(|(p, (g, l))| p * (g - l)).sum();
                changed() / along
            }
        };
        if factor.is_finite() { factor } else { 0.0 }
    }
}
