//! The little linear algebra that small nets need, in a fixed order of summation.

/// a · b
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The Euclidean norm.
pub(super) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// a + factor · b, to `out`.
pub(super) fn along(a: &[f64], factor: f64, b: &[f64], out: &mut Vec<f64>) {
    out.clear();
    out.extend(a.iter().zip(b).map(|(a, b)| a + factor * b));
}

/// The solution of (A + shift · 1) x = b by Cholesky's factors, for a symmetric A given row by row; `None` where the
/// sum is not positive definite in double precision.
pub(super) fn solve_shifted(a: &[f64], shift: f64, b: &[f64]) -> Option<Vec<f64>> {
    let n = b.len();
    let mut factor = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let (left, right) = (&factor[i * n..i * n + j], &factor[j * n..j * n + j]);
            let rest = a[i * n + j] - dot(left, right);
            if i == j {
                let (pivot, whole) = (rest + shift, a[i * n + i] + shift);
                // What is left of the diagonal may be rounding alone.
                if !(pivot > n as f64 * f64::EPSILON * whole && pivot.is_finite()) {
                    return None;
                }
                factor[i * n + i] = pivot.sqrt();
            } else {
                factor[i * n + j] = rest / factor[j * n + j];
            }
        }
    }
    let mut x = b.to_vec();
    for i in 0..n {
        x[i] = (x[i] - dot(&factor[i * n..i * n + i], &x[..i])) / factor[i * n + i];
    }
    for i in (0..n).rev() {
        let above: f64 = (i + 1..n).map(|k| factor[k * n + i] * x[k]).sum();
        x[i] = (x[i] - above) / factor[i * n + i];
    }
    x.iter().all(|x| x.is_finite()).then_some(x)
}

/// A symmetric matrix as its eigenvalues, in rising order, and the eigenvector of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    /// A row for each eigenvector, in the order of the values.
    pub(super) vectors: Vec<f64>,
}

/// Sweeps over all pairs; they converge quadratically, so that ten are enough and the rest a guard.
const SWEEPS: usize = 60;

impl Eigen {
    /// By Jacobi's rotations (Golub & Van Loan, "Matrix Computations", section 8.5); a row-by-row matrix with finite
    /// entries, of which both triangles are read.
    pub(crate) fn of(matrix: &[f64], n: usize) -> Eigen {
        let mut a = matrix.to_vec();
        let mut vectors = vec![0.0; n * n];
        for i in 0..n {
            vectors[i * n + i] = 1.0;
        }
        for _ in 0..SWEEPS {
            let mut turned = false;
            for p in 0..n {
                for q in p + 1..n {
                    turned |= rotate(&mut a, &mut vectors, n, p, q);
                }
            }
            if !turned {
                break;
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&i, &j| a[i * n + i].total_cmp(&a[j * n + j]));
        Eigen {
            values: order.iter().map(|&i| a[i * n + i]).collect(),
            vectors: order.iter().flat_map(|&i| vectors[i * n..(i + 1) * n].iter().copied()).collect(),
        }
    }

    /// The eigenvector of a value.
    pub(crate) fn vector(&self, index: usize) -> &[f64] {
        let n = self.values.len();
        &self.vectors[index * n..(index + 1) * n]
    }
}

/// Turns rows and columns p and q so that the entry they share becomes 0. False where it is 0 beside their diagonal.
fn rotate(a: &mut [f64], vectors: &mut [f64], n: usize, p: usize, q: usize) -> bool {
    let (shared, first, second) = (a[p * n + q], a[p * n + p], a[q * n + q]);
    if shared.abs() <= f64::EPSILON * (first.abs() * second.abs()).sqrt() || shared.abs() < f64::MIN_POSITIVE
    {
        a[p * n + q] = 0.0;
        a[q * n + p] = 0.0;
        return false;
    }
    let ratio = (second - first) / (2.0 * shared);
    let tangent = ratio.signum() / (ratio.abs() + ratio.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..n {
        let (left, right) = (a[p * n + k], a[q * n + k]);
        a[p * n + k] = cosine * left - sine * right;
        a[q * n + k] = sine * left + cosine * right;
    }
    for k in 0..n {
        let (left, right) = (a[k * n + p], a[k * n + q]);
        a[k * n + p] = cosine * left - sine * right;
        a[k * n + q] = sine * left + cosine * right;
        let (left, right) = (vectors[p * n + k], vectors[q * n + k]);
        vectors[p * n + k] = cosine * left - sine * right;
        vectors[q * n + k] = sine * left + cosine * right;
    }
    a[p * n + q] = 0.0;
    a[q * n + p] = 0.0;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_system_is_solved_or_refused() {
        let a = [4.0, 2.0, 2.0, 1.0];
        assert_eq!(solve_shifted(&a, 0.0, &[1.0, 1.0]), None, "singular");
        let x = solve_shifted(&a, 1.0, &[7.0, 4.0]).unwrap();
        assert!((5.0 * x[0] + 2.0 * x[1] - 7.0).abs() < 1e-14);
        assert!((2.0 * x[0] + 2.0 * x[1] - 4.0).abs() < 1e-14);
        assert_eq!(solve_shifted(&[f64::NAN], 0.0, &[1.0]), None);
        assert_eq!(solve_shifted(&[], 0.0, &[]), Some(vec![]));
    }

    #[test]
    fn eigenvectors_take_a_symmetric_matrix_apart() {
        let n = 12;
        let matrix: Vec<f64> = (0..n * n)
            .map(|k| {
                let (i, j) = ((k / n).min(k % n) as f64, (k / n).max(k % n) as f64);
                ((3.0 * i + 7.0 * j) % 5.0) - 1.5
            })
            .collect();
        let eigen = Eigen::of(&matrix, n);
        assert!(eigen.values.windows(2).all(|pair| pair[0] <= pair[1]));
        for i in 0..n {
            let v = eigen.vector(i);
            assert!((norm(v) - 1.0).abs() < 1e-13);
            for row in 0..n {
                let image = dot(&matrix[row * n..(row + 1) * n], v);
                assert!((image - eigen.values[i] * v[row]).abs() < 1e-12, "{i} {row}");
            }
        }
        assert!(eigen.values[0] < 0.0 && eigen.values[n - 1] > 0.0);
    }

    #[test]
    fn equal_and_vanishing_eigenvalues_end_too() {
        let zero = Eigen::of(&[0.0; 9], 3);
        assert_eq!(zero.values, [0.0; 3]);
        let same = Eigen::of(&[1.0; 16], 4);
        assert!((same.values[3] - 4.0).abs() < 1e-14 && same.values[2].abs() < 1e-14);
    }
}
