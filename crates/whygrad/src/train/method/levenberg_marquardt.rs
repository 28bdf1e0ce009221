//! Levenberg-Marquardt: the residuals are taken as linear, and the step is kept short by a damping.

use super::linear::{along, dot, solve_shifted};
use super::{Done, Objective, Point};

/// Steps tried before the method gives up; the damping grows by 2^(k(k+1)/2), so that it is never short of range.
const TRIES: usize = 40;

/// The damping of a singular system, over the largest diagonal entry of Jᵀ J: half the digits remain where nothing says
/// how far to go, and half where something does.
const SINGULAR: f64 = 1e-8;

/// (Jᵀ J + μ 1) h = -Jᵀr, with the damping μ of Nielsen, "Damping Parameter in Marquardt's Method" (1999), as in Madsen,
/// Nielsen & Tingleff, "Methods for Non-Linear Least Squares Problems" (2004), algorithm 3.16: after a good step μ
/// falls by up to 3, after a bad one it grows by 2, 4, 8, ... The identity and not Jᵀ J's diagonal is added, so that a
/// weight without effect, a column of zeros, does no harm.
///
/// With fewer residuals than parameters the same h is -Jᵀ(J Jᵀ + μ 1)⁻¹r, from the smaller matrix: for XOR, 4 by 4 and
/// not 9 by 9, and singular only where rows agree.
#[derive(Clone, Debug)]
pub(super) struct LevenbergMarquardt {
    /// The first μ over the largest diagonal entry of Jᵀ J.
    first: f64,
    damping: Option<f64>,
    growth: f64,
    residuals: Vec<f64>,
    jacobian: Vec<f64>,
    next: Vec<f64>,
    next_gradient: Vec<f64>,
}

impl LevenbergMarquardt {
    pub(super) fn new(first: f64) -> LevenbergMarquardt {
        LevenbergMarquardt {
            first,
            damping: None,
            growth: 2.0,
            residuals: vec![],
            jacobian: vec![],
            next: vec![],
            next_gradient: vec![],
        }
    }

    pub(super) fn step(&mut self, point: &mut Point, objective: &mut dyn Objective) -> Option<Done> {
        if !objective.residuals(&point.at, &mut self.residuals, &mut self.jacobian) {
            return Some(Done::Unfit);
        }
        if !self.residuals.iter().chain(&self.jacobian).all(|v| v.is_finite()) {
            return Some(Done::NotFinite);
        }
        let count = point.at.len();
        let system = System::new(&self.residuals, &self.jacobian, count);
        let mut damping = self.damping.unwrap_or(self.first * system.largest);
        self.next_gradient.resize(count, 0.0);
        for _ in 0..TRIES {
            let Some(h) = system.step(damping) else {
                damping = (damping * self.growth).max(SINGULAR * system.largest);
                self.growth *= 2.0;
                continue;
            };
            along(&point.at, 1.0, &h, &mut self.next);
            if self.next == point.at {
                break;
            }
            let loss = point.evaluate(objective, &self.next, &mut self.next_gradient);
            // How far the linear residuals say the loss falls.
            let promised = damping * dot(&h, &h) - dot(&h, &system.slopes);
            if loss < point.loss {
                let gain = (point.loss - loss) / promised;
                let rest = 1.0 - (2.0 * gain - 1.0).powi(3);
                // A gain that is not a number comes of a promise of 0, by underflow: the step was good.
                self.damping = Some(damping * if rest > 1.0 / 3.0 { rest } else { 1.0 / 3.0 });
                self.growth = 2.0;
                point.exchange(&mut self.next, loss, &mut self.next_gradient);
                return None;
            }
            damping = if damping > 0.0 { damping * self.growth } else { SINGULAR * system.largest };
            self.growth *= 2.0;
        }
        Some(Done::NoDecrease)
    }
}

/// The smaller of Jᵀ J and J Jᵀ.
struct System<'a> {
    residuals: &'a [f64],
    jacobian: &'a [f64],
    count: usize,
    /// Jᵀr
    slopes: Vec<f64>,
    gram: Vec<f64>,
    by_rows: bool,
    /// The largest diagonal entry of Jᵀ J.
    largest: f64,
}

impl<'a> System<'a> {
    fn new(residuals: &'a [f64], jacobian: &'a [f64], count: usize) -> System<'a> {
        let rows = residuals.len();
        let by_rows = rows < count;
        let (mut slopes, mut diagonal) = (vec![0.0; count], vec![0.0; count]);
        for (row, &r) in jacobian.chunks(count.max(1)).zip(residuals) {
            for ((slope, square), &j) in slopes.iter_mut().zip(&mut diagonal).zip(row) {
                *slope += j * r;
                *square += j * j;
            }
        }
        let size = if by_rows { rows } else { count };
        let mut gram = vec![0.0; size * size];
        if by_rows {
            for i in 0..rows {
                for j in 0..=i {
                    let (left, right) = (&jacobian[i * count..], &jacobian[j * count..]);
                    gram[i * rows + j] = dot(&left[..count], &right[..count]);
                }
            }
        } else {
            for row in jacobian.chunks(count.max(1)) {
                for (i, &left) in row.iter().enumerate() {
                    for (entry, &right) in gram[i * count..].iter_mut().zip(&row[..=i]) {
                        *entry += left * right;
                    }
                }
            }
        }
        let largest = diagonal.iter().copied().fold(0.0, f64::max);
        System { residuals, jacobian, count, slopes, gram, by_rows, largest }
    }

    /// h of a damping; `None` where the matrix is singular to double precision.
    fn step(&self, damping: f64) -> Option<Vec<f64>> {
        if !self.by_rows {
            let h = solve_shifted(&self.gram, damping, &self.slopes)?;
            return Some(h.iter().map(|h| -h).collect());
        }
        let weights = solve_shifted(&self.gram, damping, self.residuals)?;
        let mut h = vec![0.0; self.count];
        for (row, weight) in self.jacobian.chunks(self.count.max(1)).zip(weights) {
            for (h, j) in h.iter_mut().zip(row) {
                *h -= weight * j;
            }
        }
        Some(h)
    }
}
