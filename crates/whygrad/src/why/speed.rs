//! How fast a run went against what the curvature allows.
//!
//! Near a minimum a step of plain gradient descent multiplies the distance along an eigenvector of the Hessian by
//! 1 - rate · eigenvalue: above rate · eigenvalue = 2 the distance grows. With momentum m the bound is 2 + 2m, with
//! Nesterov's (2 + 2m)/(1 + 2m): where the largest root of the step's recurrence on a parabola has size 1 (Polyak, "Some methods of
//! speeding up the convergence of iteration methods", 1964).

use super::finished::Case;
use super::scene::Scene;
use crate::data::Dataset;
use crate::model::Model;
use crate::train::method::Curvature;
use crate::train::{BatchSize, Control, Optimiser, Options, evaluate, train_watched};

/// How many products of a parameter with a row one product with the Hessian may cost.
const WORK: f64 = 2e7;

/// At so many epochs of the beginning the curvature is looked at.
const EARLY: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// So many places of a large net's path are looked at.
const FEW: usize = 4;

/// So many batches are looked at.
const BATCHES: usize = 8;

/// A rise of the loss from one epoch to the next by this share is a leap.
const LEAP: f64 = 0.05;

/// A rise of the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rise {
    /// The epoch before it.
    pub(super) epoch: u64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// The curvature that the steps of a run met.
#[derive(Clone, Debug)]
pub(super) struct Speed {
    /// What rate times eigenvalue may be; `None` where the optimiser has no such bound.
    pub(super) bound: Option<f64>,
    /// The largest eigenvalue of what a step sees, along the run: (epoch, value).
    pub(super) places: Vec<(u64, f64)>,
    /// The first leap of the loss, or else its greatest rise.
    pub(super) rise: Option<Rise>,
    /// The largest eigenvalue before that rise.
    pub(super) before_rise: Option<f64>,
    /// The loss jumps up and down to the end, and falls no more.
    pub(super) jumps: bool,
}

impl Speed {
    pub(super) fn of(scene: &Scene<'_>) -> Speed {
        let (finished, case) = (scene.finished, &scene.finished.case);
        let rise = first_rise(&finished.losses);
        let mut bends = Bends::of_steps(case);
        let mut places = Vec::new();
        let mut thetas = vec![(0, case.start.clone())];
        if affordable(scene, 32, 0.1) {
            thetas.extend(parameters_at(scene, &EARLY));
        }
        let path = scene.path();
        let every = if bends.is_large() { path.len().div_ceil(FEW).max(1) } else { 1 };
        thetas.extend(path.iter().rev().step_by(every).rev().cloned());
        thetas.sort_by_key(|t| t.0);
        thetas.dedup_by_key(|t| t.0);
        for (epoch, theta) in &thetas {
            places.extend(bends.largest(theta).map(|value| (*epoch, value)));
        }
        let before_rise = rise.and_then(|rise| {
            let known = places.iter().find(|p| p.0 == rise.epoch).map(|p| p.1);
            let computed = || {
                let at = affordable(scene, rise.epoch, 0.25)
                    .then(|| parameters_at(scene, &[rise.epoch]))?
                    .pop()?;
                bends.largest(&at.1)
            };
            known.or_else(computed)
        });
        Speed { bound: bound(&case.options), places, rise, before_rise, jumps: jumps(&finished.losses) }
    }

    /// The largest of all, with its epoch.
    pub(super) fn largest(&self) -> Option<(u64, f64)> {
        let before_rise = self.rise.zip(self.before_rise).map(|(r, v)| (r.epoch, v));
        self.places.iter().copied().chain(before_rise).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Whether a step made the loss leap up.
    pub(super) fn leapt(&self) -> bool {
        self.rise.is_some_and(|r| !r.to.is_finite() || r.to - r.from > LEAP * r.from.abs())
    }

    /// The value at the start.
    pub(super) fn at_start(&self) -> Option<f64> {
        self.places.first().filter(|p| p.0 == 0).map(|p| p.1)
    }
}

/// What rate times eigenvalue may be at most.
pub(super) fn bound(options: &Options) -> Option<f64> {
    if options.method.is_some() {
        return None;
    }
    match options.optimiser {
        Optimiser::GradientDescent => Some(2.0),
        Optimiser::Momentum(o) => Some(2.0 + 2.0 * o.momentum),
        Optimiser::Nesterov(o) => Some((2.0 + 2.0 * o.momentum) / (1.0 + 2.0 * o.momentum)),
        _ => None,
    }
}

fn affordable(scene: &Scene<'_>, epochs: u64, share: f64) -> bool {
    let case = &scene.finished.case;
    case.work() / case.options.epochs.max(1) as f64 * epochs as f64 <= share * scene.limits.work_of_one
}

/// The parameters at these epochs, in rising order, of a run made again that far.
fn parameters_at(scene: &Scene<'_>, epochs: &[u64]) -> Vec<(u64, Vec<f64>)> {
    let case = &scene.finished.case;
    let Some(&last) = epochs.last() else { return vec![] };
    if last == 0 {
        return vec![(0, case.start.clone())];
    }
    let every = if epochs.len() == 1 { last } else { 1 };
    let mut found = Vec::new();
    let mut observer = |p: &crate::train::Progress, at: Option<&[f64]>| {
        found.extend(at.filter(|_| epochs.contains(&p.epoch)).map(|at| (p.epoch, at.to_vec())));
        if p.epoch >= last { Control::Stop } else { scene.goes_on(case, p.epoch) }
    };
    // A run that cannot be made shows nothing.
    let again =
        train_watched(&case.model, Some(&case.data), &case.start, &case.options, every, &mut observer);
    if again.is_ok() && !scene.was_stopped() { found } else { vec![] }
}

fn first_rise(losses: &[(u64, f64)]) -> Option<Rise> {
    let first = losses.first()?.1.abs();
    let rises = losses.windows(2).filter_map(|w| {
        let rise = Rise { epoch: w[0].0, from: w[0].1, to: w[1].1 };
        ((rise.to > rise.from || rise.to.is_nan()) && rise.from.abs() > 1e-3 * first).then_some(rise)
    });
    let mut greatest: Option<(f64, Rise)> = None;
    for rise in rises {
        let share = (rise.to - rise.from) / rise.from.abs();
        if share.is_nan() || share > LEAP {
            return Some(rise);
        }
        if greatest.is_none_or(|g| share > g.0) {
            greatest = Some((share, rise));
        }
    }
    greatest.map(|g| g.1)
}

/// Whether the loss goes up and down in the second half of a run without falling on the whole. A run at the edge of
/// stability, whose loss falls over tens of epochs, does not jump in this sense (Cohen et al., "Gradient descent on neural
/// networks typically occurs at the edge of stability", 2021).
fn jumps(losses: &[(u64, f64)]) -> bool {
    let late = &losses[losses.len() / 2..];
    if late.len() < 8 {
        return false;
    }
    let (before, after) = late.split_at(late.len() / 2);
    let mean = |part: &[(u64, f64)]| part.iter().map(|l| l.1).sum::<f64>() / part.len() as f64;
    if mean(after) < 0.8 * mean(before) {
        return false;
    }
    let ups: Vec<f64> = late.windows(2).map(|w| w[1].1 - w[0].1).filter(|d| *d > 0.0).collect();
    let height = ups.iter().sum::<f64>() / late.len() as f64;
    10 * ups.len() > late.len() && height > 0.02 * mean(late).abs()
}

/// The second derivatives of what single steps see: the whole data, or batches of it.
#[derive(Clone, Debug)]
pub(super) struct Bends {
    parts: Vec<(Curvature, Vec<f64>)>,
    /// For a loss that sums over rows of which some were left out.
    factor: f64,
    work: f64,
}

impl Bends {
    pub(super) fn of_steps(case: &Case) -> Bends {
        match case.options.batch {
            BatchSize::Rows(size) if size < case.data.rows => Bends::new(case, size),
            _ => Bends::new(case, case.data.rows),
        }
    }

    /// Of the whole data.
    pub(super) fn of_all(case: &Case) -> Bends {
        Bends::new(case, case.data.rows)
    }

    fn new(case: &Case, size: usize) -> Bends {
        let (model, data, parameters) = (&case.model, &case.data, case.start.len());
        let most = (WORK / parameters.max(1) as f64) as usize;
        let kept = size.min(most.max(16));
        let chunks = data.rows / size.max(1);
        let looked_at = chunks.min(if kept < size || kept * parameters > 100_000 { 1 } else { BATCHES });
        let step = chunks / looked_at.max(1);
        let rows_of = |chunk: usize| -> Vec<usize> {
            (0..kept).map(|k| chunk * step * size + k * size / kept.max(1)).collect()
        };
        let one = |chunk: usize| {
            let rows = data.select(&rows_of(chunk));
            let towards = (0..parameters).map(|k| 1.0 + 0.5 * libm::sin(k as f64)).collect();
            (Curvature::new(model, Some(&rows)), towards)
        };
        let adds_up = kept < size && sums_over_rows(model, data, &case.start);
        Bends {
            parts: (0..looked_at).map(one).collect(),
            factor: if adds_up { size as f64 / kept as f64 } else { 1.0 },
            work: (kept * parameters * looked_at) as f64,
        }
    }

    /// Whether many looks would take long.
    pub(super) fn is_large(&self) -> bool {
        self.work > 2e5
    }

    /// The largest eigenvalue at these parameters.
    pub(super) fn largest(&mut self, theta: &[f64]) -> Option<f64> {
        if !theta.iter().all(|t| t.is_finite()) {
            return None;
        }
        let factor = self.factor;
        let values = self.parts.iter_mut().filter_map(|(c, towards)| c.largest_eigenvalue(theta, towards));
        values.filter(|v| v.is_finite()).max_by(f64::total_cmp).map(|v| v * factor)
    }

    /// The smallest.
    pub(super) fn smallest(&mut self, theta: &[f64], towards: &mut Vec<f64>) -> Option<f64> {
        if !theta.iter().all(|t| t.is_finite()) {
            return None;
        }
        let value = self.parts.first_mut()?.0.smallest_eigenvalue(theta, towards)?;
        value.is_finite().then_some(value * self.factor)
    }

    /// All eigenvalues on the rows of the first part.
    pub(super) fn all(&mut self, theta: &[f64]) -> Option<Vec<f64>> {
        if !theta.iter().all(|t| t.is_finite()) {
            return None;
        }
        let values = self.parts.first_mut()?.0.eigenvalues(theta);
        values.iter().all(|v| v.is_finite()).then_some(values)
    }
}

/// Whether the loss of rows taken twice is twice that of the rows.
fn sums_over_rows(model: &Model, data: &Dataset, theta: &[f64]) -> bool {
    let once = evaluate(model, &data.select(&[0]), theta).loss;
    let twice = evaluate(model, &data.select(&[0, 0]), theta).loss;
    twice > 1.5 * once
}

/// A number with three digits, as a person writes it.
pub(super) fn short(x: f64) -> String {
    crate::lint::words::number(x)
}

/// A rate with at most two digits, not above this one.
pub(super) fn round_down(rate: f64) -> f64 {
    if !(rate > 0.0 && rate.is_finite()) {
        return rate;
    }
    let exponent = libm::floor(libm::log10(rate)) as i32;
    let digits = libm::floor(rate * libm::pow(10.0, f64::from(1 - exponent)) + 1e-9);
    // Read from its digits, so that it prints as a person writes it.
    format!("{digits}e{}", exponent - 1).parse().unwrap_or(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let shown = [0.125, 0.03, 1234.0, 12_345_678.0, 1e-5, 2.0].map(short);
        assert_eq!(shown, ["0.125", "0.03", "1234", "1.23e7", "1e-5", "2"]);
    }

    #[test]
    fn rates_are_rounded_down_to_two_digits() {
        assert_eq!([0.6277, 0.03, 12.9, 1e-4, 999.0].map(round_down), [0.62, 0.03, 12.0, 1e-4, 990.0]);
    }

    #[test]
    fn the_first_leap_of_the_loss_is_found_and_a_fall_is_none() {
        let rise = first_rise(&[(0, 1.0), (1, 0.9), (2, 0.91), (3, 1.8), (4, 9.0)]).unwrap();
        assert_eq!((rise.epoch, rise.to), (2, 1.8));
        assert!(first_rise(&[(0, 1.0), (1, 0.5)]).is_none());
    }

    #[test]
    fn at_the_edge_of_stability_the_loss_goes_up_and_down_and_yet_falls() {
        let zigzag = |k: u32| if k.is_multiple_of(2) { 1.0 } else { 1.3 };
        let falling: Vec<(u64, f64)> =
            (0..200).map(|k| (u64::from(k), zigzag(k) * libm::pow(0.98, f64::from(k)))).collect();
        let staying: Vec<(u64, f64)> = (0..200).map(|k| (u64::from(k), zigzag(k))).collect();
        assert!(!jumps(&falling) && jumps(&staying));
    }
}
