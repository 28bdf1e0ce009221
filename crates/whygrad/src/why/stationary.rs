//! The point near a run's end where the gradient is 0, and how the loss bends there.

use super::scene::Scene;
use crate::train::evaluate;

/// Up to so many parameters a point is polished.
const MOST: usize = 60;

/// Steps at most.
const STEPS: usize = 80;

/// A gradient of this length beside the largest eigenvalue is 0.
const ZERO: f64 = 1e-9;

/// Near a saddle whose lowest direction is nearly flat it falls so far only slowly.
const NEARLY: f64 = 1e-7;

/// An eigenvalue of this size beside the largest is 0.
const FLAT: f64 = 1e-7;

/// A point where the gradient is 0.
#[derive(Clone, Debug)]
pub(super) struct Stationary {
    pub(super) theta: Vec<f64>,
    pub(super) loss: f64,
    pub(super) gradient_norm: f64,
    /// How far it is from the run's end.
    pub(super) moved: f64,
    /// Eigenvalues of the Hessian with their vectors, the least first.
    pub(super) pairs: Vec<(f64, Vec<f64>)>,
}

impl Stationary {
    /// Gauss-Newton steps on the length of the gradient, with the exact Hessian and damping (Levenberg 1944): they go to
    /// saddles and minima alike. `None` where no stationary point is near.
    pub(super) fn near(scene: &Scene<'_>) -> Option<Stationary> {
        let end = &scene.finished.theta;
        if end.is_empty() || end.len() > MOST || !end.iter().all(|t| t.is_finite()) {
            return None;
        }
        let mut theta = end.clone();
        let mut gradient = scene.gradient_at(&theta);
        let mut damping = 1e-4;
        let mut pairs = eigenpairs(scene, &theta)?;
        for _ in 0..STEPS {
            let largest = largest(&pairs);
            if norm(&gradient) <= 0.01 * ZERO * largest {
                break;
            }
            let next = (0..14).find_map(|_| {
                let next = stepped(&theta, &gradient, &pairs, damping * largest * largest);
                let slope = scene.gradient_at(&next);
                if norm(&slope) < norm(&gradient) {
                    damping *= 0.1;
                    return Some((next, slope));
                }
                damping *= 10.0;
                None
            });
            let Some(next) = next else { break };
            (theta, gradient) = next;
            pairs = eigenpairs(scene, &theta)?;
        }
        let apart: Vec<f64> = theta.iter().zip(end).map(|(a, b)| a - b).collect();
        let (moved, length) = (norm(&apart), norm(&gradient));
        if length > NEARLY * largest(&pairs) || moved > 0.5 * norm(end).max(1.0) {
            return None;
        }
        let case = &scene.finished.case;
        let loss = evaluate(&case.model, &case.data, &theta).loss;
        let same = (loss - scene.finished.loss).abs() <= 0.03 * scene.finished.loss.abs().max(1e-12);
        same.then_some(Stationary { theta, loss, gradient_norm: length, moved, pairs })
    }

    pub(super) fn largest(&self) -> f64 {
        largest(&self.pairs)
    }

    pub(super) fn smallest(&self) -> f64 {
        self.pairs.first().map_or(0.0, |p| p.0)
    }

    /// Bent upwards in every direction, so clearly that the point is a minimum and no flat place.
    pub(super) fn is_minimum(&self) -> bool {
        let zero = self.gradient_norm <= ZERO * self.largest();
        zero && self.smallest() > FLAT * self.largest() && self.gradient_norm <= 1e-6 * self.smallest()
    }

    /// Bent downwards in some direction, more than what is left of the gradient could hide.
    pub(super) fn is_saddle(&self) -> bool {
        self.smallest() < -FLAT * self.largest() && self.gradient_norm <= -0.1 * self.smallest()
    }
}

fn eigenpairs(scene: &Scene<'_>, theta: &[f64]) -> Option<Vec<(f64, Vec<f64>)>> {
    let pairs = scene.curvature().eigenpairs(theta);
    pairs.iter().all(|p| p.0.is_finite()).then_some(pairs).filter(|p| largest(p) > 1e-12)
}

fn largest(pairs: &[(f64, Vec<f64>)]) -> f64 {
    pairs.iter().map(|p| p.0.abs()).fold(0.0, f64::max)
}

/// theta - (H² + damping)⁻¹ H g
fn stepped(theta: &[f64], gradient: &[f64], pairs: &[(f64, Vec<f64>)], damping: f64) -> Vec<f64> {
    let mut next = theta.to_vec();
    for (value, vector) in pairs {
        let slope: f64 = vector.iter().zip(gradient).map(|(v, g)| v * g).sum();
        let share = value * slope / (value * value + damping);
        if share.is_finite() {
            next.iter_mut().zip(vector).for_each(|(n, v)| *n -= share * v);
        }
    }
    next
}

pub(super) fn norm(a: &[f64]) -> f64 {
    a.iter().map(|a| a * a).sum::<f64>().sqrt()
}
