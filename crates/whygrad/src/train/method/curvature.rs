//! How the loss bends: products of the Hessian with vectors, and its eigenvalues.
//!
//! The derivative of gradient · v is H v (Pearlmutter, "Fast exact multiplication by the Hessian", 1994), so that
//! second derivatives are terms like all others.

use whygrad_engine::plan::Plan;
use whygrad_expr::arena::{Symbol, SymbolId, SymbolKind};
use whygrad_expr::derivative;
use whygrad_expr::program::Parameter;
use whygrad_expr::simplify::Simplifier;

use super::linear::{self, Eigen, dot, norm};
use super::objective::Loaded;
use crate::data::Dataset;
use crate::model::Model;

/// Products with the Hessian in one search for the largest eigenvalue, at most.
const MOST_PRODUCTS: usize = 60;

/// Up to so many parameters eigenvalues come from Jacobi's rotations, which keep the digits of small ones; beyond, these
/// take too long.
const FEW: usize = 40;

/// Products between two looks at what was found.
const LOOK: usize = 6;

/// One end of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Smallest,
    Largest,
}

/// The second derivatives of a model's loss on all rows of its data.
///
/// The gradient they come from is the derived one, also where a person gave another.
#[derive(Clone, Debug)]
pub struct Curvature {
    layout: Vec<Parameter>,
    loaded: Loaded,
    /// The parameters, then v.
    point: Vec<f64>,
}

impl Curvature {
    /// Compiles the products. `data` is `None` for `minimize f`.
    pub fn new(model: &Model, data: Option<&Dataset>) -> Curvature {
        let mut program = model.program.clone();
        let layout = program.parameters.clone();
        let count = program.parameter_count();
        let arena = &mut program.arena;
        let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
        let gradient = derivative::gradient(arena, program.loss, &symbols).by_symbol;
        let mut sum = arena.constant(0.0);
        let mut vectors = Vec::new();
        for (p, &slope) in program.parameters.iter().zip(&gradient) {
            let name = format!("v[{}]", p.name);
            let symbol = Symbol { name, kind: SymbolKind::Variable, ..arena.symbol_of(p.symbol).clone() };
            let symbol = arena.symbol(symbol);
            vectors.push(Parameter { symbol, offset: count + p.offset, ..p.clone() });
            let v = arena.leaf(symbol);
            let product = Simplifier::new(arena).mul(slope, v);
            let entries = arena.sum_entries(product);
            sum = Simplifier::new(arena).add(sum, entries);
        }
        let sum = Simplifier::new(arena).simplify(sum);
        let product = derivative::gradient(arena, sum, &symbols).by_symbol;
        program.parameters.extend(vectors);
        let plan = Plan::compile(&program, &product);
        Curvature { layout, loaded: Loaded::new(plan, data), point: vec![0.0; 2 * count] }
    }

    /// How many parameters there are.
    fn count(&self) -> usize {
        self.point.len() / 2
    }

    /// H v at a point, to `out`. All three have an entry for each parameter; what a shorter one lacks is 0.
    pub fn times(&mut self, at: &[f64], v: &[f64], out: &mut [f64]) {
        let count = self.count();
        self.point.fill(0.0);
        self.point.iter_mut().zip(at.iter().take(count)).for_each(|(p, x)| *p = *x);
        self.point[count..].iter_mut().zip(v).for_each(|(p, x)| *p = *x);
        self.product(out);
    }

    fn product(&mut self, out: &mut [f64]) {
        let Loaded { plan, space } = &mut self.loaded;
        space.run(plan, &self.point);
        for (root, p) in self.layout.iter().enumerate() {
            if let Some(part) = out.get_mut(p.offset..p.offset + p.len()) {
                space.copy_output(plan, root, part);
            }
        }
    }

    /// The Hessian at a point, row by row; `out` has the square of the number of parameters.
    pub fn hessian(&mut self, at: &[f64], out: &mut [f64]) {
        let count = self.count();
        self.point[..count].copy_from_slice(at);
        for (index, row) in out.chunks_mut(count.max(1)).enumerate() {
            self.point[count..].fill(0.0);
            self.point[count + index] = 1.0;
            self.product(row);
        }
    }

    /// All eigenvalues at a point, the least first: for nets of some hundred parameters.
    pub fn eigenvalues(&mut self, at: &[f64]) -> Vec<f64> {
        let count = self.count();
        if count <= FEW {
            return self.all(at).values;
        }
        let mut matrix = vec![0.0; count * count];
        self.hessian(at, &mut matrix);
        linear::eigenvalues(&matrix, count)
    }

    /// The same, each with its eigenvector of length 1.
    pub fn eigenpairs(&mut self, at: &[f64]) -> Vec<(f64, Vec<f64>)> {
        let eigen = self.all(at);
        eigen.values.iter().enumerate().map(|(k, &value)| (value, eigen.vector(k).to_vec())).collect()
    }

    fn all(&mut self, at: &[f64]) -> Eigen {
        let count = self.count();
        let mut matrix = vec![0.0; count * count];
        self.hessian(at, &mut matrix);
        Eigen::of(&matrix, count)
    }

    /// The largest eigenvalue at a point, to about eight digits, by Lanczos' method with all its vectors kept at right
    /// angles (Golub & Van Loan, "Matrix Computations", section 10.3). `towards` is where it begins to look, and holds the
    /// eigenvector afterwards: given again a few steps on, a few products are enough. It must have a part of
    /// the eigenvector; all ones will do for a net from random values. `None` where a number is not finite.
    pub fn largest_eigenvalue(&mut self, at: &[f64], towards: &mut Vec<f64>) -> Option<f64> {
        self.extreme_eigenvalue(at, towards, End::Largest)
    }

    /// The smallest eigenvalue at a point in the same way. It is often of far less size than the largest, and its
    /// digits are those of the largest.
    pub fn smallest_eigenvalue(&mut self, at: &[f64], towards: &mut Vec<f64>) -> Option<f64> {
        self.extreme_eigenvalue(at, towards, End::Smallest)
    }

    fn extreme_eigenvalue(&mut self, at: &[f64], towards: &mut Vec<f64>, end: End) -> Option<f64> {
        let count = self.count();
        towards.resize(count, 0.0);
        if norm(towards) == 0.0 {
            towards.fill(1.0);
        }
        let mut basis: Vec<Vec<f64>> = vec![scaled(towards, 1.0 / norm(towards))];
        let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
        let mut next = vec![0.0; count];
        loop {
            let steps = basis.len();
            let newest = basis.last()?;
            self.times(at, newest, &mut next);
            diagonal.push(dot(&next, newest));
            // Twice is enough: what the first leaves is rounding of the size of what it took away.
            for _ in 0..2 {
                for b in &basis {
                    let share = dot(&next, b);
                    next.iter_mut().zip(b).for_each(|(n, b)| *n -= share * b);
                }
            }
            let rest = norm(&next);
            let largest = diagonal.iter().chain(&beside).fold(rest, |most, v: &f64| most.max(v.abs()));
            if !largest.is_finite() {
                return None;
            }
            // All eigenvalues of the small matrix are looked at now and then only: they take longer than a product.
            let last = steps >= count.min(MOST_PRODUCTS) || rest <= 1e-13 * largest;
            if last || steps.is_multiple_of(LOOK) {
                let eigen = Eigen::of(&tridiagonal(&diagonal, &beside), steps);
                let sought = if end == End::Largest { steps - 1 } else { 0 };
                let vector = eigen.vector(sought);
                // How far H v is from value · v; the error of the value is at most its square over the gap to the others.
                if last || rest * vector[steps - 1].abs() <= 1e-5 * largest {
                    towards.fill(0.0);
                    for (b, &share) in basis.iter().zip(vector) {
                        towards.iter_mut().zip(b).for_each(|(t, b)| *t += share * b);
                    }
                    return eigen.values.get(sought).copied();
                }
            }
            beside.push(rest);
            basis.push(scaled(&next, 1.0 / rest));
        }
    }
}

fn scaled(a: &[f64], factor: f64) -> Vec<f64> {
    a.iter().map(|a| a * factor).collect()
}

/// The symmetric matrix with this diagonal and these numbers beside it.
fn tridiagonal(diagonal: &[f64], beside: &[f64]) -> Vec<f64> {
    let n = diagonal.len();
    let mut matrix = vec![0.0; n * n];
    for (i, &value) in diagonal.iter().enumerate() {
        matrix[i * n + i] = value;
        if let Some(&value) = beside.get(i).filter(|_| i + 1 < n) {
            matrix[i * n + i + 1] = value;
            matrix[(i + 1) * n + i] = value;
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::bind::BindOptions;
    use crate::data::builtin;
    use crate::model::ModelOptions;
    use crate::random::{Key, Seed};

    fn bent() -> (Curvature, Vec<f64>) {
        let text = "inputs x[2]\ntarget y\nhidden = dense(x, 12, tanh)\ny_hat = dense(hidden, 1, sigmoid)\nloss = mse(y_hat, y)";
        let model = Model::parse(text, &ModelOptions::default()).unwrap();
        let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
        let data = model.bind(&table, &BindOptions::default()).unwrap().0;
        let at: Vec<f64> = (0..model.program.parameter_count()).map(|k| (1.0 + k as f64).sin()).collect();
        (Curvature::new(&model, Some(&data)), at)
    }

    #[test]
    fn the_largest_eigenvalue_is_that_of_the_whole_matrix() {
        let (mut curvature, at) = bent();
        let all = curvature.eigenvalues(&at);
        let largest = all.last().unwrap();
        let mut towards = Vec::new();
        for _ in 0..2 {
            let found = curvature.largest_eigenvalue(&at, &mut towards).unwrap();
            assert!((found - largest).abs() <= 1e-8 * largest, "{found} and {largest}");
        }
    }

    #[test]
    fn the_smallest_eigenvalue_is_that_of_the_whole_matrix() {
        let (mut curvature, at) = bent();
        let all = curvature.eigenvalues(&at);
        let mut towards = (0..at.len()).map(|k| (2.0 + k as f64).cos()).collect();
        let found = curvature.smallest_eigenvalue(&at, &mut towards).unwrap();
        assert!((found - all[0]).abs() <= 1e-8 * all.last().unwrap(), "{found} and {}", all[0]);
    }

    #[test]
    fn what_it_began_to_look_at_becomes_the_eigenvector() {
        let (mut curvature, at) = bent();
        let mut towards = Vec::new();
        let value = curvature.largest_eigenvalue(&at, &mut towards).unwrap();
        let mut product = vec![0.0; at.len()];
        curvature.times(&at, &towards, &mut product);
        let off = product.iter().zip(&towards).map(|(p, t)| (p - value * t).abs()).fold(0.0, f64::max);
        assert!(off < 1e-4 * value, "{off}");
    }

    #[test]
    fn where_a_number_is_not_finite_there_is_no_eigenvalue() {
        let (mut curvature, mut at) = bent();
        at[0] = f64::NAN;
        assert_eq!(curvature.largest_eigenvalue(&at, &mut Vec::new()), None);
    }
}
