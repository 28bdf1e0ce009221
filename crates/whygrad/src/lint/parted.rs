//! Whether a hyperplane parts two classes, with what proves it.
//!
//! Two sets of points either are parted by a hyperplane, or a mixture of one with weights that are not negative and have
//! the sum 1 is the same point as a mixture of the other (Farkas' lemma). Both come out of the smallest difference that
//! two mixtures have, a problem of least squares with weights that are not negative, solved by the active set method of
//! Lawson & Hanson ("Solving Least Squares Problems", 1974, chapter 23).

/// What is known of two classes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Parted {
    /// A hyperplane lies between them.
    Yes,
    /// The same point is a mixture of the rows of each class.
    No(Mixture),
    /// Too large, or too near to decide.
    Unknown,
}

/// Rows of two classes that mix to one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mixture {
    /// Rows of the one class with their shares, which have the sum 1.
    pub(crate) first: Vec<(usize, f64)>,
    /// Rows of the other.
    pub(crate) second: Vec<(usize, f64)>,
    /// The point.
    pub(crate) point: Vec<f64>,
}

/// Products of a row with a column in one search, at most.
const MOST: usize = 40_000_000;

/// A hyperplane parts the classes where the mixtures differ by more than this, on columns of size 1.
const NEAR: f64 = 1e-7;

/// Whether a hyperplane lies between the rows `first` and `second`; `width` numbers a row. A hyperplane `through_origin`
/// has a mixture of 0 as its counterpart: of the rows of the one and the mirrored rows of the other.
pub(crate) fn parted(
    inputs: &[f64],
    width: usize,
    first: &[usize],
    second: &[usize],
    through_origin: bool,
) -> Parted {
    let count = first.len() + second.len();
    if width == 0 || first.is_empty() || second.is_empty() {
        return Parted::Unknown;
    }
    let (center, scale) = scaling(inputs, width, first, second, through_origin);
    let size = width + if through_origin { 1 } else { 2 };
    let mut columns = Vec::with_capacity(count * size);
    for (rows, sign) in [(first, 1.0), (second, -1.0)] {
        for &row in rows {
            let x = &inputs[row * width..(row + 1) * width];
            columns.extend(x.iter().zip(&center).zip(&scale).map(|((x, c), s)| sign * (x - c) / s));
            if through_origin {
                columns.push(1.0);
            } else {
                columns.extend(if sign > 0.0 { [1.0, 0.0] } else { [0.0, 1.0] });
            }
        }
    }
    let mut wanted = vec![0.0; size];
    wanted[width..].fill(1.0);
    let Some((shares, rest)) = least_squares(&columns, size, &wanted) else { return Parted::Unknown };
    if rest > NEAR {
        return Parted::Yes;
    }
    let of = |rows: &[usize], shares: &[f64]| -> Vec<(usize, f64)> {
        rows.iter().zip(shares).filter(|s| *s.1 > 1e-12).map(|(&r, &s)| (r, s)).collect()
    };
    let (first, second) = (of(first, &shares[..first.len()]), of(second, &shares[first.len()..]));
    let mut point = vec![0.0; width];
    for &(row, share) in &first {
        point.iter_mut().zip(&inputs[row * width..]).for_each(|(p, x)| *p += share * x);
    }
    Parted::No(Mixture { first, second, point })
}

/// What is taken off each column and what it is divided by.
fn scaling(
    inputs: &[f64],
    width: usize,
    first: &[usize],
    second: &[usize],
    origin: bool,
) -> (Vec<f64>, Vec<f64>) {
    let rows = || first.iter().chain(second).copied();
    let count = (first.len() + second.len()) as f64;
    let mut center = vec![0.0; width];
    if !origin {
        for row in rows() {
            center.iter_mut().zip(&inputs[row * width..]).for_each(|(c, x)| *c += x / count);
        }
    }
    let mut scale = vec![0.0_f64; width];
    for row in rows() {
        let x = inputs[row * width..].iter().zip(&center);
        scale.iter_mut().zip(x).for_each(|(s, (x, c))| *s = s.max((x - c).abs()));
    }
    for s in scale.iter_mut().filter(|s| **s <= 0.0) {
        *s = 1.0;
    }
    (center, scale)
}

/// The weights, none negative, whose mixture of the columns is nearest to `wanted`, and how far that is; `None` where it
/// takes too long.
fn least_squares(columns: &[f64], size: usize, wanted: &[f64]) -> Option<(Vec<f64>, f64)> {
    let count = columns.len() / size;
    let column = |k: usize| &columns[k * size..(k + 1) * size];
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut weights = vec![0.0; count];
    let mut used: Vec<usize> = Vec::new();
    let mut rest = wanted.to_vec();
    let mut spent = 0;
    loop {
        spent += count * size + used.len().pow(2) * (size + used.len());
        if spent > MOST {
            return None;
        }
        let far = dot(&rest, &rest).sqrt();
        let best = (0..count).filter(|k| !used.contains(k)).map(|k| (k, dot(column(k), &rest)));
        let best = best.max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((next, _)) = best.filter(|b| b.1 > 1e-10 * far.max(1e-3) && far > 1e-12) else {
            return Some((weights, far));
        };
        used.push(next);
        loop {
            let Some(exact) = solve(&used, &column, wanted) else {
                // The new column is a mixture of those in use: rounding alone made it look better.
                used.pop();
                return Some((weights, far));
            };
            if exact.iter().all(|w| *w > 0.0) {
                used.iter().zip(&exact).for_each(|(&k, &w)| weights[k] = w);
                break;
            }
            let share = used.iter().zip(&exact).filter(|(_, e)| **e <= 0.0);
            let share = share.map(|(&k, e)| weights[k] / (weights[k] - e)).fold(1.0, f64::min);
            for (&k, e) in used.iter().zip(&exact) {
                weights[k] += share * (e - weights[k]);
            }
            used.retain(|&k| {
                let stays = weights[k] > 1e-14;
                weights[k] = if stays { weights[k] } else { 0.0 };
                stays
            });
            spent += used.len().pow(2) * (size + used.len()) + 1;
            if spent > MOST || used.is_empty() {
                return None;
            }
        }
        rest = wanted.to_vec();
        for &k in &used {
            rest.iter_mut().zip(column(k)).for_each(|(r, c)| *r -= weights[k] * c);
        }
    }
}

/// The weights of the columns in use, whatever their signs, by Cholesky's factors of the normal equations.
fn solve<'a>(used: &[usize], column: &impl Fn(usize) -> &'a [f64], wanted: &[f64]) -> Option<Vec<f64>> {
    let n = used.len();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut factor = vec![0.0; n * n];
    let mut x: Vec<f64> = used.iter().map(|&k| dot(column(k), wanted)).collect();
    for i in 0..n {
        for j in 0..=i {
            let known = (0..j).map(|k| factor[i * n + k] * factor[j * n + k]).sum::<f64>();
            let left = dot(column(used[i]), column(used[j])) - known;
            if i == j {
                if left <= 1e-13 * dot(column(used[i]), column(used[i])) {
                    return None;
                }
                factor[i * n + i] = left.sqrt();
            } else {
                factor[i * n + j] = left / factor[j * n + j];
            }
        }
    }
    for i in 0..n {
        let known = (0..i).map(|k| factor[i * n + k] * x[k]).sum::<f64>();
        x[i] = (x[i] - known) / factor[i * n + i];
    }
    for i in (0..n).rev() {
        let known = (i + 1..n).map(|k| factor[k * n + i] * x[k]).sum::<f64>();
        x[i] = (x[i] - known) / factor[i * n + i];
    }
    Some(x)
}

/// The share of the variance of one column that the best affine function of the inputs leaves; `None` where the inputs
/// depend on each other, or are too many.
pub(crate) fn left_by_affine(inputs: &[f64], width: usize, wanted: &[f64]) -> Option<f64> {
    let rows = wanted.len();
    if width == 0 || rows * width * width > MOST || rows <= width + 1 {
        return None;
    }
    let mean = wanted.iter().sum::<f64>() / rows as f64;
    let centred: Vec<f64> = wanted.iter().map(|w| w - mean).collect();
    let columns: Vec<Vec<f64>> = (0..width)
        .map(|k| {
            let column: Vec<f64> = (0..rows).map(|r| inputs[r * width + k]).collect();
            let mean = column.iter().sum::<f64>() / rows as f64;
            column.iter().map(|x| x - mean).collect()
        })
        .collect();
    let used: Vec<usize> = (0..width).collect();
    let factors = solve(&used, &|k| columns[k].as_slice(), &centred)?;
    let left =
        (0..rows).map(|r| (centred[r] - (0..width).map(|k| factors[k] * columns[k][r]).sum::<f64>()).powi(2));
    let whole: f64 = centred.iter().map(|c| c * c).sum();
    (whole > 0.0).then(|| left.sum::<f64>() / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Seed, Source};

    #[test]
    fn the_classes_of_xor_meet_in_the_middle() {
        let inputs = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        let Parted::No(mixture) = parted(&inputs, 2, &[0, 3], &[1, 2], false) else { panic!() };
        assert!(mixture.point.iter().all(|p| (p - 0.5).abs() < 1e-9), "{mixture:?}");
        assert_eq!((mixture.first.len(), mixture.second.len()), (2, 2));
        assert_eq!(parted(&inputs, 2, &[0, 1, 2], &[3], false), Parted::Yes);
    }

    #[test]
    fn classes_drawn_on_both_sides_of_a_plane_are_parted_and_one_row_across_is_found() {
        let mut stream = Key::from_seed(Seed(5)).stream();
        for draw in 0..30 {
            let width = 2 + draw % 6;
            let plane: Vec<f64> = (0..width).map(|_| stream.uniform(-1.0, 1.0)).collect();
            let mut inputs = Vec::new();
            let (mut first, mut second) = (Vec::new(), Vec::new());
            while first.len() + second.len() < 300 {
                let row: Vec<f64> = (0..width).map(|_| stream.uniform(-3.0, 5.0)).collect();
                let side = row.iter().zip(&plane).map(|(x, p)| x * p).sum::<f64>() - 0.3;
                if side.abs() > 0.02 {
                    let index = inputs.len() / width;
                    inputs.extend(row);
                    if side > 0.0 { first.push(index) } else { second.push(index) }
                }
            }
            assert_eq!(parted(&inputs, width, &first, &second, false), Parted::Yes, "{draw}");
            // A point among those of the other class: the mean of all of them.
            let rows = first.len() as f64;
            let mean: Vec<f64> =
                (0..width).map(|k| first.iter().map(|r| inputs[r * width + k]).sum::<f64>() / rows).collect();
            second.push(inputs.len() / width);
            inputs.extend(mean);
            assert!(matches!(parted(&inputs, width, &first, &second, false), Parted::No(_)), "{draw}");
        }
    }
}
