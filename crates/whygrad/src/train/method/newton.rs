//! Newton's method with the exact Hessian, in a region where its parabola is trusted.

use super::linear::{Eigen, along, dot, norm};
use super::{Done, Objective, Point};

/// The first radius, and the largest.
const RADIUS: (f64, f64) = (1.0, 1000.0);

/// A step is taken when the loss falls by more than this share of what the parabola promised.
const ACCEPTED: f64 = 0.15;

/// Radii tried in a step; each is a quarter of the one before.
const TRIES: usize = 60;

/// Nocedal & Wright, "Numerical Optimization" (2006), algorithm 4.1 with their radii: a quarter after a step that gave less
/// than a quarter of its promise, twice as much after one to the border that gave more than three quarters. The step
/// is the exact one of Moré & Sorensen 1983, from the eigenvalues: so it also leaves a saddle, where the gradient is 0.
#[derive(Clone, Debug)]
pub(super) struct Newton {
    radius: f64,
    hessian: Vec<f64>,
    next: Vec<f64>,
    next_gradient: Vec<f64>,
}

impl Default for Newton {
    fn default() -> Newton {
        Newton { radius: RADIUS.0, hessian: vec![], next: vec![], next_gradient: vec![] }
    }
}

impl Newton {
    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        let count = point.at.len();
        self.hessian.resize(count * count, 0.0);
        self.next_gradient.resize(count, 0.0);
        if !objective.hessian(&point.at, &mut self.hessian) {
            return Some(Done::Unfit);
        }
        if !self.hessian.iter().all(|h| h.is_finite()) {
            return Some(Done::NotFinite);
        }
        let parabola = Parabola::new(&self.hessian, &point.gradient);
        if point.is_stationary() && !parabola.bends_down() {
            return Some(Done::Stationary);
        }
        for _ in 0..TRIES {
            let (h, at_border) = parabola.lowest(self.radius);
            along(&point.at, 1.0, &h, &mut self.next);
            if self.next == point.at {
                break;
            }
            let loss = point.evaluate(objective, &self.next, &mut self.next_gradient);
            let ratio = (point.loss - loss) / parabola.promise(&h);
            if ratio < 0.25 || ratio.is_nan() {
                self.radius *= 0.25;
            } else if ratio > 0.75 && at_border {
                self.radius = (2.0 * self.radius).min(RADIUS.1);
            }
            if ratio > ACCEPTED && loss < point.loss {
                point.exchange(&mut self.next, loss, &mut self.next_gradient);
                return None;
            }
        }
        Some(Done::NoDecrease)
    }
}

/// The parabola g·h + hᵀHh/2, along the eigenvectors of H.
struct Parabola {
    eigen: Eigen,
    /// The gradient along each eigenvector.
    slopes: Vec<f64>,
    /// What is 0 beside the largest eigenvalue.
    zero: f64,
}

impl Parabola {
    fn new(hessian: &[f64], gradient: &[f64]) -> Parabola {
        let mut eigen = Eigen::of(hessian, gradient.len());
        let largest = eigen.values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        let zero = f64::EPSILON * gradient.len() as f64 * largest;
        // An eigenvalue that is rounding would be a direction down, or one to go along without end.
        for value in &mut eigen.values {
            if value.abs() < zero {
                *value = zero;
            }
        }
        let slopes = (0..gradient.len()).map(|i| dot(eigen.vector(i), gradient)).collect();
        Parabola { eigen, slopes, zero }
    }

    fn bends_down(&self) -> bool {
        self.eigen.values.first().is_some_and(|&lowest| lowest < -self.zero)
    }

    /// Where the parabola is lowest within the radius, and whether that is the border.
    fn lowest(&self, radius: f64) -> (Vec<f64>, bool) {
        let lowest = self.eigen.values.first().copied().unwrap_or(0.0);
        if lowest > 0.0 && self.length(&self.eigen.values, 0.0) <= radius {
            return (self.step(&self.eigen.values, 0.0, 0.0), false);
        }
        // At the border h = -(H + λ)⁻¹ g for a λ ≥ 0 above -lowest. What λ exceeds that by is sought, so that it keeps
        // its digits where it is small.
        let least = (-lowest).max(0.0);
        let bends: Vec<f64> = self.eigen.values.iter().map(|v| v + least).collect();
        let flat = self.length(&bends, 0.0);
        if flat < radius {
            // The hard case: no slope along the lowest eigenvector. Either way along it is as good.
            return (self.step(&bends, 0.0, (radius * radius - flat * flat).sqrt()), true);
        }
        (self.step(&bends, self.excess(&bends, radius), 0.0), true)
    }

    /// The excess with which the step is as long as the radius: Newton on 1/radius - 1/|h|, which is nearly linear in it,
    /// in a range that is halved where Newton leaves it.
    fn excess(&self, bends: &[f64], radius: f64) -> f64 {
        let (mut low, mut high) = (0.0, norm(&self.slopes) / radius);
        let mut excess = high;
        for _ in 0..200 {
            let length = self.length(bends, excess);
            if length > radius {
                low = excess;
            } else {
                high = excess;
            }
            let pairs = self.slopes.iter().zip(bends);
            // -|h| times the derivative of |h|
            let fall: f64 = pairs.map(|(s, b)| part(*s, b + excess).powi(2) / (b + excess)).sum();
            let mut next = excess + (length - radius) / radius * (length * length / fall);
            if !(next > low && next < high) {
                next = low + 0.5 * (high - low);
            }
            if (next - excess).abs() <= f64::EPSILON * next.abs() || next == low || next == high {
                break;
            }
            excess = next;
        }
        excess
    }

    /// |h| for the bends along the eigenvectors, each larger by `excess`.
    fn length(&self, bends: &[f64], excess: f64) -> f64 {
        let parts = self.slopes.iter().zip(bends);
        parts.map(|(s, b)| part(*s, b + excess).powi(2)).sum::<f64>().sqrt()
    }

    /// That h, and so much of the lowest eigenvector.
    fn step(&self, bends: &[f64], excess: f64, of_lowest: f64) -> Vec<f64> {
        let mut h = vec![0.0; self.slopes.len()];
        for (i, (slope, bend)) in self.slopes.iter().zip(bends).enumerate() {
            let extra = if i == 0 { of_lowest } else { 0.0 };
            let share = extra - part(*slope, bend + excess);
            for (h, v) in h.iter_mut().zip(self.eigen.vector(i)) {
                *h += share * v;
            }
        }
        h
    }

    /// How far the parabola falls by a step.
    fn promise(&self, h: &[f64]) -> f64 {
        let parts = self.slopes.iter().zip(&self.eigen.values).enumerate();
        -parts
            .map(|(i, (slope, value))| {
                let share = dot(self.eigen.vector(i), h);
                slope * share + 0.5 * value * share * share
            })
            .sum::<f64>()
    }
}

/// slope / bend, where 0 / 0 is 0: along an eigenvector without a slope there is nothing to gain.
fn part(slope: f64, bend: f64) -> f64 {
    if slope == 0.0 { 0.0 } else { slope / bend }
}
