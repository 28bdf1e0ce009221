//! BFGS: the inverse Hessian, learned from the steps.

use super::linear::dot;
use super::quasi_newton::Inverse;

/// Broyden, Fletcher, Goldfarb & Shanno 1970. H begins as the identity and is scaled by y·s / y·y before its first
/// update (Nocedal & Wright 6.20).
#[derive(Clone, Debug, Default)]
pub(super) struct Bfgs {
    /// H, row by row; empty for the identity.
    inverse: Vec<f64>,
}

impl Inverse for Bfgs {
    fn is_identity(&self) -> bool {
        self.inverse.is_empty()
    }

    fn forget(&mut self) {
        self.inverse.clear();
    }

    fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        self.inverse.chunks(gradient.len()).map(|row| -dot(row, gradient)).collect()
    }

    /// H ← (1 - ρ s yᵀ) H (1 - ρ y sᵀ) + ρ s sᵀ with ρ = 1/(y·s), multiplied out.
    fn learn(&mut self, s: Vec<f64>, y: Vec<f64>, product: f64) {
        let count = s.len();
        if self.inverse.is_empty() {
            self.inverse = vec![0.0; count * count];
            for i in 0..count {
                self.inverse[i * count + i] = product / dot(&y, &y);
            }
        }
        let hy: Vec<f64> = self.inverse.chunks(count).map(|row| dot(row, &y)).collect();
        let factor = (1.0 + dot(&y, &hy) / product) / product;
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
