//! Functions to minimise, with their derivatives by hand.

use whygrad::train::method::Objective;

/// Residuals and their Jacobian, row by row.
pub(crate) type Residuals = fn(&[f64]) -> (Vec<f64>, Vec<f64>);

/// The sum of the squares of residuals.
pub(crate) struct Squares(pub(crate) Residuals);

impl Objective for Squares {
    fn loss_and_gradient(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
        let (r, j) = (self.0)(at);
        gradient.fill(0.0);
        for (row, r) in j.chunks(at.len()).zip(&r) {
            for (g, j) in gradient.iter_mut().zip(row) {
                *g += 2.0 * r * j;
            }
        }
        r.iter().map(|r| r * r).sum()
    }

    fn residuals(&mut self, at: &[f64], residuals: &mut Vec<f64>, jacobian: &mut Vec<f64>) -> bool {
        (*residuals, *jacobian) = (self.0)(at);
        true
    }
}

/// Loss, gradient and Hessian.
pub(crate) type Smooth = fn(&[f64]) -> (f64, Vec<f64>, Vec<f64>);

/// A function with all derivatives.
pub(crate) struct Function(pub(crate) Smooth);

impl Objective for Function {
    fn loss_and_gradient(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
        let (loss, slopes, _) = (self.0)(at);
        gradient.copy_from_slice(&slopes);
        loss
    }

    fn hessian(&mut self, at: &[f64], out: &mut [f64]) -> bool {
        out.copy_from_slice(&(self.0)(at).2);
        true
    }
}

/// 100 (y - x²)² + (1 - x)² (Rosenbrock 1960), as residuals.
pub(crate) fn rosenbrock_squares(at: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (x, y) = (at[0], at[1]);
    (vec![10.0 * (y - x * x), 1.0 - x], vec![-20.0 * x, 10.0, -1.0, 0.0])
}

/// The same with its Hessian.
pub(crate) fn rosenbrock(at: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    let (x, y) = (at[0], at[1]);
    let rest = y - x * x;
    (
        100.0 * rest * rest + (1.0 - x) * (1.0 - x),
        vec![-400.0 * x * rest - 2.0 * (1.0 - x), 200.0 * rest],
        vec![1200.0 * x * x - 400.0 * y + 2.0, -400.0 * x, -400.0 * x, 200.0],
    )
}
