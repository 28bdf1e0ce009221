//! What the data say by themselves: rows that contradict each other, columns of one value, offsets and spreads.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::data::Dataset;
use crate::train::method::Eigen;

/// The distance between the two values that every target has, where it has just two: 1 for 0 and 1.
pub(crate) fn distance_of_classes(data: &Dataset) -> Option<f64> {
    let targets = super::range::of_values(&data.targets);
    let two = data.targets.iter().all(|&t| t == targets.low || t == targets.high);
    (two && targets.high > targets.low && data.rows > 1).then_some(targets.high - targets.low)
}

/// From so many rows on classes may overlap by chance.
const MANY: usize = 20;

/// Whether two classes lie apart but for some rows at their border: the nearer of the two means is the right class for most
/// rows of each. A hyperplane is then as good a border as any, though it parts them not without mistakes.
pub(crate) fn overlap_alone(data: &Dataset) -> bool {
    let Some(distance) = distance_of_classes(data).filter(|_| data.target_names.len() == 1) else {
        return false;
    };
    let middle = super::range::of_values(&data.targets).low + distance / 2.0;
    let width = data.input_names.len();
    let classes: [Vec<usize>; 2] =
        (0..data.rows).partition::<Vec<_>, _>(|&r| data.targets[r] > middle).into();
    if data.rows < MANY || classes.iter().any(Vec::is_empty) {
        return false;
    }
    let mean = |class: &Vec<usize>, k: usize| {
        class.iter().map(|&r| data.input_row(r)[k]).sum::<f64>() / class.len() as f64
    };
    let means: Vec<Vec<f64>> =
        classes.iter().map(|class| (0..width).map(|k| mean(class, k)).collect()).collect();
    let far = |row: usize, mean: &[f64]| -> f64 {
        data.input_row(row).iter().zip(mean).map(|(x, m)| (x - m).powi(2)).sum()
    };
    (0..2).all(|class| {
        let right = |&&row: &&usize| far(row, &means[class]) < far(row, &means[1 - class]);
        let share = classes[class].iter().filter(right).count() as f64 / classes[class].len() as f64;
        share >= 0.8
    })
}

/// Rows of the same inputs with different targets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contradictions {
    /// Two of them.
    pub(crate) pair: (usize, usize),
    /// All rows but one target of each such input: those that the fewest have.
    pub(crate) fewer: Vec<usize>,
    /// The mean of squares over rows and targets that no function of the inputs can be below.
    pub(crate) least_squares: f64,
}

/// `None` where each input has one target.
pub(crate) fn contradictions(data: &Dataset) -> Option<Contradictions> {
    let (mut pair, mut fewer, mut left) = (None, Vec::new(), 0.0);
    for rows in groups(data) {
        let mut targets: Vec<(&[f64], Vec<usize>)> = Vec::new();
        for &row in &rows {
            let target = data.target_row(row);
            match targets.iter_mut().find(|t| t.0 == target) {
                Some(known) => known.1.push(row),
                None => targets.push((target, vec![row])),
            }
        }
        if targets.len() < 2 {
            continue;
        }
        pair = pair.or(Some((targets[0].1[0], targets[1].1[0])));
        for column in 0..data.target_names.len() {
            let mean = rows.iter().map(|&r| data.target_row(r)[column]).sum::<f64>() / rows.len() as f64;
            left += rows.iter().map(|&r| (data.target_row(r)[column] - mean).powi(2)).sum::<f64>();
        }
        targets.sort_by_key(|t| std::cmp::Reverse(t.1.len()));
        fewer.extend(targets.into_iter().skip(1).flat_map(|t| t.1));
    }
    fewer.sort_unstable();
    let least_squares = left / data.targets.len().max(1) as f64;
    pair.map(|pair| Contradictions { pair, fewer, least_squares })
}

/// Rows of the same inputs, where there are several, in the order of the rows.
fn groups(data: &Dataset) -> Vec<Vec<usize>> {
    let mut by_hash: HashMap<u64, Vec<usize>> = HashMap::new();
    for row in 0..data.rows {
        let mut hasher = DefaultHasher::new();
        // -0 and 0 are the same input.
        data.input_row(row).iter().for_each(|x| (x + 0.0).to_bits().hash(&mut hasher));
        by_hash.entry(hasher.finish()).or_default().push(row);
    }
    let mut found: Vec<Vec<usize>> = Vec::new();
    for rows in by_hash.into_values().filter(|rows| rows.len() > 1) {
        let mut same: Vec<Vec<usize>> = Vec::new();
        for row in rows {
            match same.iter_mut().find(|s| data.input_row(s[0]) == data.input_row(row)) {
                Some(group) => group.push(row),
                None => same.push(vec![row]),
            }
        }
        found.extend(same.into_iter().filter(|s| s.len() > 1));
    }
    found.sort();
    found
}

/// The mean and the deviation of a column of some rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

/// Squares of numbers from here on overflow, or their sums do.
const HUGE: f64 = 1e150;

/// Of each column of row-major values.
pub(crate) fn spreads(values: &[f64], width: usize) -> Vec<Spread> {
    let rows = values.len() / width.max(1);
    let column = |k: usize| (0..rows).map(move |r| values[r * width + k]);
    let of = |k: usize| {
        let largest = column(k).map(f64::abs).fold(0.0, f64::max);
        // Squares of such numbers overflow.
        let unit = if largest > HUGE { largest } else { 1.0 };
        let scaled = |x: f64| if unit == 1.0 { x } else { x / unit };
        let mean = column(k).map(scaled).sum::<f64>() / rows.max(1) as f64;
        let squares = column(k).map(|x| (scaled(x) - mean).powi(2)).sum::<f64>();
        Spread { mean: mean * unit, deviation: (squares / rows.max(1) as f64).sqrt() * unit }
    };
    (0..width).map(of).collect()
}

/// How much offsets and spreads of the inputs slow down descent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scaling {
    pub(crate) inputs: Vec<Spread>,
    /// Of the second moments of the inputs and a 1 for the bias: the largest eigenvalue over the least.
    pub(crate) condition: f64,
    /// The same of standardised inputs.
    pub(crate) condition_scaled: f64,
    /// The column that is farthest from mean 0 and deviation 1.
    pub(crate) worst: usize,
}

/// Rows that moments are taken of, at most.
const ROWS: usize = 4000;

/// Columns that a condition number is computed of, at most.
const COLUMNS: usize = 40;

/// Descent needs some condition-number steps for a digit: from this gain on it is worth a word.
const GAIN: f64 = 100.0;

/// Inputs of this size and spread are as they should be.
const SIZE: (f64, f64) = (0.05, 5.0);

/// The offsets and spreads of inputs, where they slow down descent a hundredfold or more; never those of 0 and 1.
pub(crate) fn unscaled(data: &Dataset) -> Option<Scaling> {
    let width = data.input_names.len();
    if data.rows < 2 || width == 0 || data.inputs.iter().all(|x| (-1.0..=1.0).contains(x) && x.fract() == 0.0)
    {
        return None;
    }
    let every = data.rows.div_ceil(ROWS);
    let values: Vec<f64> =
        (0..data.rows).step_by(every).flat_map(|r| data.input_row(r).iter().copied()).collect();
    let inputs = spreads(&values, width);
    let off = |s: &Spread| {
        if s.deviation > 0.0 { s.mean.abs().max(s.deviation).max(0.2 / s.deviation) } else { 0.0 }
    };
    let worst = (0..width).max_by(|&a, &b| off(&inputs[a]).total_cmp(&off(&inputs[b])))?;
    let moving: Vec<usize> = (0..width).filter(|&k| inputs[k].deviation > 0.0).collect();
    let odd = |&k: &usize| {
        let s = inputs[k];
        s.deviation < SIZE.0 || s.deviation > SIZE.1 || s.mean.abs() > SIZE.1
    };
    if !moving.iter().any(odd) {
        return None;
    }
    if values.iter().any(|x| x.abs() > HUGE) {
        return Some(Scaling { inputs, condition: f64::INFINITY, condition_scaled: 1.0, worst });
    }
    if moving.len() > COLUMNS {
        let sizes = moving.iter().map(|&k| inputs[k].mean.hypot(inputs[k].deviation).powi(2));
        let (least, most) = sizes.fold((1.0_f64, 1.0_f64), |(l, m), s| (l.min(s), m.max(s)));
        let condition = most / least;
        return (condition >= GAIN).then_some(Scaling { inputs, condition, condition_scaled: 1.0, worst });
    }
    let condition = condition_of(&values, width, &moving, |_| Spread { mean: 0.0, deviation: 1.0 });
    let condition_scaled = condition_of(&values, width, &moving, |k| inputs[k]);
    (condition >= GAIN * condition_scaled).then_some(Scaling { inputs, condition, condition_scaled, worst })
}

fn condition_of(values: &[f64], width: usize, columns: &[usize], scale: impl Fn(usize) -> Spread) -> f64 {
    let n = columns.len() + 1;
    let rows = values.len() / width;
    let mut moments = vec![0.0; n * n];
    for row in values.chunks(width) {
        let scaled = columns.iter().map(|&k| (row[k] - scale(k).mean) / scale(k).deviation);
        let x: Vec<f64> = scaled.chain([1.0]).collect();
        for i in 0..n {
            for j in 0..n {
                moments[i * n + j] += x[i] * x[j] / rows as f64;
            }
        }
    }
    let eigenvalues = Eigen::of(&moments, n).values;
    let largest = eigenvalues.iter().copied().fold(0.0, f64::max);
    // What is 0 but for rounding is a column that others make up: no step goes there.
    let least = eigenvalues.iter().copied().filter(|v| *v > 1e-14 * largest).fold(f64::INFINITY, f64::min);
    largest / least
}

/// Whether the rows are sorted by their targets, so that a batch has rows of one sort: the correlation of neighbours.
pub(crate) fn sortedness(data: &Dataset) -> f64 {
    let width = data.target_names.len();
    if data.rows < 6 || width == 0 {
        return 0.0;
    }
    let spread = spreads(&data.targets, width);
    let variance: f64 = spread.iter().map(|s| s.deviation.powi(2)).sum();
    let pairs = (1..data.rows).map(|r| {
        let pair = data.target_row(r - 1).iter().zip(data.target_row(r)).zip(&spread);
        pair.map(|((a, b), s)| (a - s.mean) * (b - s.mean)).sum::<f64>()
    });
    if variance > 0.0 { pairs.sum::<f64>() / (data.rows - 1) as f64 / variance } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(width: usize, inputs: &[f64], targets: &[f64]) -> Dataset {
        Dataset {
            inputs: inputs.to_vec(),
            targets: targets.to_vec(),
            rows: targets.len(),
            input_names: (0..width).map(|k| format!("x{k}")).collect(),
            target_names: vec!["y".into()],
        }
    }

    #[test]
    fn the_same_input_with_two_targets_leaves_their_variance() {
        let found = contradictions(&data(1, &[0.0, 1.0, -0.0, 0.0], &[0.0, 1.0, 1.0, 0.0])).unwrap();
        assert_eq!((found.pair, found.fewer.as_slice()), ((0, 2), &[2][..]));
        assert!((found.least_squares - (2.0 / 3.0) / 4.0).abs() < 1e-12);
        assert_eq!(contradictions(&data(1, &[0.0, 1.0, 0.0], &[0.0, 1.0, 0.0])), None);
    }

    #[test]
    fn an_offset_of_a_thousand_is_seen_and_zeros_and_ones_are_not() {
        let scaling = unscaled(&data(1, &[1000.0, 1001.0, 1000.0, 1001.0], &[0.0; 4])).unwrap();
        assert!(scaling.condition > 1e6 && scaling.condition_scaled < 2.0, "{scaling:?}");
        assert_eq!(unscaled(&data(2, &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], &[0.0; 4])), None);
    }

    #[test]
    fn two_clouds_that_touch_overlap_and_a_ring_around_a_point_does_not() {
        let at = |k: usize| (k as f64 * 0.7).sin();
        let clouds: Vec<f64> = (0..40).map(|k| if k % 2 == 0 { 0.8 } else { -0.8 } + at(k)).collect();
        let classes: Vec<f64> = (0..40).map(|k| if k % 2 == 0 { 1.0 } else { 0.0 }).collect();
        assert!(overlap_alone(&data(1, &clouds, &classes)));
        let around: Vec<f64> =
            (0..40).map(|k| if k % 2 == 0 { 0.0 } else { f64::from(k % 4) - 2.0 }).collect();
        assert!(!overlap_alone(&data(1, &around, &classes)));
    }

    #[test]
    fn sorted_targets_are_told_from_alternating_ones() {
        assert!(sortedness(&data(1, &[0.0; 8], &[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])) > 0.6);
        assert!(sortedness(&data(1, &[0.0; 8], &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0])) < 0.0);
    }
}
