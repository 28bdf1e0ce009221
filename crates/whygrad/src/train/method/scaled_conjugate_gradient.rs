//! Scaled conjugate gradient: the length of a step from the curvature along it, without a search.

use super::linear::{along, dot};
use super::{Done, Objective, Point};

/// σ: how far the second gradient is taken, over the direction's length. The paper asks for at most 1e-4.
const SIGMA: f64 = 1e-4;

/// λ₁: the first scaling. The paper asks for at most 1e-6.
const FIRST_SCALE: f64 = 1e-6;

/// Lengths tried in a step before the method gives up.
const TRIES: usize = 100;

/// Møller, "A Scaled Conjugate Gradient Algorithm for Fast Supervised Learning" (1993), with the numbers of its steps. A
/// step here is one that makes the loss smaller: the paper's repeated ones with a larger λ belong to it.
#[derive(Clone, Debug, Default)]
pub(super) struct ScaledConjugateGradient {
    /// p; empty before the first step.
    direction: Vec<f64>,
    /// λ
    scale: f64,
    /// k - 1, counted as in the paper: a repeated one counts too.
    number: usize,
    next: Vec<f64>,
    next_gradient: Vec<f64>,
}

impl ScaledConjugateGradient {
    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        let mut is_fresh = self.direction.is_empty();
        if is_fresh {
            self.begin(point);
        }
        while self.try_direction(point, objective).is_none() {
            // Along the gradient nothing was found either.
            if is_fresh {
                return Some(Done::NoDecrease);
            }
            self.begin(point);
            is_fresh = true;
        }
        None
    }

    /// Step 1: the direction down, and the first λ.
    fn begin(&mut self, point: &Point) {
        self.direction = point.gradient.iter().map(|g| -g).collect();
        self.scale = FIRST_SCALE;
    }

    /// Steps 2 to 8 until a length is good; `None` where none is.
    fn try_direction(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<()> {
        let square = dot(&self.direction, &self.direction);
        let measured = self.curvature(point, objective, square.sqrt())?;
        // μ, with r for the gradient's opposite.
        let downhill = -dot(&self.direction, &point.gradient);
        if downhill == 0.0 {
            return None;
        }
        for _ in 0..TRIES {
            self.number += 1;
            // Steps 3 and 4: δ with the scaling; where it is not positive, λ grows until it is.
            let mut curvature = measured + self.scale * square;
            if curvature <= 0.0 {
                let raised = 2.0 * (self.scale - curvature / square);
                curvature = self.scale * square - curvature;
                self.scale = raised;
            }
            // Step 5.
            let length = downhill / curvature;
            along(&point.at, length, &self.direction, &mut self.next);
            if self.next == point.at || !length.is_finite() {
                return None;
            }
            let loss = point.evaluate(objective, &self.next, &mut self.next_gradient);
            // Step 6: Δ, the decrease over what the curvature promised.
            let comparison = 2.0 * curvature * (point.loss - loss) / (downhill * downhill);
            if comparison >= 0.0 {
                self.accept(point, loss, downhill, comparison, curvature, square);
                return Some(());
            }
            // Step 8. Where the loss was not finite, as far as takes the length to a fifth.
            let excess = if comparison.is_finite() { 1.0 - comparison } else { 4.0 };
            self.scale += curvature * excess / square;
        }
        None
    }

    /// δ before the scaling, from a second gradient close by; closer still where it is not finite there.
    fn curvature(&mut self, point: &mut Point, objective: &mut dyn Objective, size: f64) -> Option<f64> {
        self.next_gradient.resize(point.at.len(), 0.0);
        let mut sigma = SIGMA / size;
        for _ in 0..20 {
            along(&point.at, sigma, &self.direction, &mut self.next);
            let loss = point.evaluate(objective, &self.next, &mut self.next_gradient);
            if loss.is_finite() {
                let change = self.next_gradient.iter().zip(&point.gradient).zip(&self.direction);
                let curvature: f64 = change.map(|((n, g), p)| p * ((n - g) / sigma)).sum();
                return curvature.is_finite().then_some(curvature);
            }
            sigma *= 0.1;
        }
        None
    }

    /// Steps 7 and 8 after a decrease: the new point, direction and λ.
    fn accept(
        &mut self,
        point: &mut Point,
        loss: f64,
        downhill: f64,
        comparison: f64,
        curvature: f64,
        square: f64,
    ) {
        point.exchange(&mut self.next, loss, &mut self.next_gradient);
        let (g, last) = (&point.gradient, &self.next_gradient);
        let restarts = self.number.is_multiple_of(g.len());
        let factor = if restarts { 0.0 } else { (dot(g, g) - dot(g, last)) / downhill };
        for (p, g) in self.direction.iter_mut().zip(g) {
            *p = factor * *p - g;
        }
        if comparison >= 0.75 {
            self.scale *= 0.25;
        }
        if comparison < 0.25 {
            self.scale += curvature * (1.0 - comparison) / square;
        }
    }
}
