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

/// The eigenvalues alone of a symmetric row-by-row matrix, in rising order, each as exact as the largest: reflections to a
/// matrix with three diagonals, and steps of QR with a shift there (Golub & Van Loan, "Matrix Computations", sections 8.3.1
/// to 8.3.3). What is not finite gives nothing that is.
pub(super) fn eigenvalues(matrix: &[f64], n: usize) -> Vec<f64> {
    let largest = matrix.iter().fold(0.0, |most: f64, entry| most.max(entry.abs()));
    if !(largest > 0.0 && matrix.iter().all(|entry| entry.is_finite())) {
        return vec![if largest == 0.0 { 0.0 } else { f64::NAN }; n];
    }
    let scaled = matrix.iter().map(|entry| entry / largest).collect();
    let (mut values, mut beside) = three_diagonals(scaled, n);
    let mut last = n.saturating_sub(1);
    for _ in 0..SWEEPS * n {
        for k in 0..last {
            if beside[k].abs() <= f64::EPSILON * (values[k].abs() + values[k + 1].abs()) {
                beside[k] = 0.0;
            }
        }
        while last > 0 && beside[last - 1] == 0.0 {
            last -= 1;
        }
        if last == 0 {
            break;
        }
        let first = (0..last).rev().find(|&k| beside[k] == 0.0).map_or(0, |k| k + 1);
        shifted_step(&mut values[first..=last], &mut beside[first..last]);
    }
    let mut values: Vec<f64> = values.iter().map(|value| value * largest).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The diagonal, and what stands beside it, of a matrix with three diagonals that has the eigenvalues of this one.
fn three_diagonals(mut a: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut beside = vec![0.0; n.saturating_sub(1)];
    for k in 0..n.saturating_sub(2) {
        // The row right of the diagonal is turned into its first entry by a reflection along v.
        let mut v = a[k * n + k + 1..(k + 1) * n].to_vec();
        let length = norm(&v).copysign(-v[0]);
        beside[k] = v[0];
        if v[1..].iter().all(|x| *x == 0.0) {
            continue;
        }
        beside[k] = length;
        v[0] -= length;
        let factor = 2.0 / dot(&v, &v);
        let row = |i: usize| (k + 1 + i) * n + k + 1..(k + 2 + i) * n;
        let mut w: Vec<f64> = (0..v.len()).map(|i| factor * dot(&a[row(i)], &v)).collect();
        let share = 0.5 * factor * dot(&w, &v);
        w.iter_mut().zip(&v).for_each(|(w, v)| *w -= share * v);
        for i in 0..v.len() {
            let (v_i, w_i) = (v[i], w[i]);
            for ((entry, v), w) in a[row(i)].iter_mut().zip(&v).zip(&w) {
                *entry -= v_i * w + w_i * v;
            }
        }
    }
    if n > 1 {
        beside[n - 2] = a[(n - 2) * n + n - 1];
    }
    ((0..n).map(|k| a[k * n + k]).collect(), beside)
}

/// A step of QR on a matrix with three diagonals, shifted by the eigenvalue of its last corner that is nearer to its last entry.
fn shifted_step(d: &mut [f64], e: &mut [f64]) {
    let last = e.len();
    let half = 0.5 * (d[last - 1] - d[last]);
    let corner = e[last - 1];
    let shift = d[last] - corner * corner / (half + norm(&[half, corner]).copysign(half));
    let (mut x, mut z) = (d[0] - shift, e[0]);
    for k in 0..last {
        let length = norm(&[x, z]);
        let (c, s) = if length > 0.0 { (x / length, z / length) } else { (1.0, 0.0) };
        if k > 0 {
            e[k - 1] = length;
        }
        let (above, below, between) = (d[k], d[k + 1], e[k]);
        d[k] = c * c * above + 2.0 * c * s * between + s * s * below;
        d[k + 1] = s * s * above - 2.0 * c * s * between + c * c * below;
        e[k] = c * s * (below - above) + (c * c - s * s) * between;
        if k + 1 < last {
            (x, z) = (e[k], s * e[k + 1]);
            e[k + 1] *= c;
        }
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
    fn eigenvalues_alone_are_those_of_the_rotations() {
        let n = 57;
        for seed in 0..4_usize {
            // Of low rank with a split, a wide range, and one that is nothing but its diagonal.
            let entry = |i: usize, j: usize| match seed {
                0 => (1.0 + (i * j) as f64).sin() + (1.0 + (i + j) as f64).cos(),
                1 if i / 20 != j / 20 => 0.0,
                1 => 1.0 / (1.0 + (i + j) as f64),
                2 => (-0.3 * (i + j) as f64).exp() * 1e100,
                _ if i == j => (i as f64 * 0.7).sin(),
                _ => 0.0,
            };
            let matrix: Vec<f64> = (0..n * n).map(|k| entry(k / n, k % n)).collect();
            let (all, alone) = (Eigen::of(&matrix, n).values, eigenvalues(&matrix, n));
            let largest = all.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
            let off = all.iter().zip(&alone).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(alone.is_sorted() && off < 1e-13 * largest, "{seed}: {off:e} beside {largest:e}");
        }
        for n in 0..4 {
            assert_eq!(eigenvalues(&vec![0.0; n * n], n), vec![0.0; n]);
            let two = eigenvalues(&vec![1.0; n * n], n);
            assert!((two.last().copied().unwrap_or_default() - n as f64).abs() < 1e-14);
        }
        assert!(eigenvalues(&[1.0, f64::NAN, f64::NAN, 1.0], 2).iter().all(|v| v.is_nan()));
    }

    #[test]
    fn equal_and_vanishing_eigenvalues_end_too() {
        let zero = Eigen::of(&[0.0; 9], 3);
        assert_eq!(zero.values, [0.0; 3]);
        let same = Eigen::of(&[1.0; 16], 4);
        assert!((same.values[3] - 4.0).abs() < 1e-14 && same.values[2].abs() < 1e-14);
    }
}
