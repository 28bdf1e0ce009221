//! Whether what a model leaves of measured targets is noise, and whether it could leave less.
//!
//! Measured numbers have noise, and no model explains it but by learning it by heart. Errors are noise as far as they can be
//! told from it where their mean is 0, no affine or quadratic function of the inputs explains more of them than chance
//! does (an F ratio), and the errors of rows beside each other are no more alike than in a random order (a permutation
//! test).

use serde_json::Map;

use super::finished::Finished;
use super::goal::{Goal, unexplained};
use super::lab::Limits;
use super::report::{Advice, Experiment, Finding, Kind, Report, Verdict};
use super::scene::Scene;
use super::speed::short;
use crate::data::Dataset;
use crate::lint::outputs::is_affine;
use crate::lint::parted::left_by_affine;
use crate::lint::rows::spreads;
use crate::random::{Key, Seed, Source};
use crate::train::Evaluation;

/// Fewer rows say nothing of noise.
const FEWEST: usize = 5;

/// Fewer rows of classes say nothing of how these overlap.
const FEWEST_OF_CLASSES: usize = 40;

/// A net that leaves more of the variance of classes has not learned.
const LEARNED: f64 = 0.9;

/// From so many rows on neighbours are compared.
const NEIGHBOURS: usize = 8;

/// Of fewer rows than this, errors are noise only where they leave no more than that share of the variance.
const FEW_ROWS: usize = 20;
const LITTLE: f64 = 0.2;

/// Random orders that errors are compared with.
const ORDERS: usize = 400;

/// Of rows that are equally near so many are looked at.
const EQUALLY_NEAR: usize = 16;

/// Beyond so many differences of inputs no neighbours are looked for.
const LARGEST: usize = 50_000_000;

/// Rows that neighbours are looked for, at most.
const MOST: usize = 800;

/// Deviations from what chance gives that are a pattern.
const CLEAR: f64 = 3.0;

/// The share of the loss that more epochs have to take away for a run not to be done.
const HELPS: f64 = 0.05;

const EXPLANATION: &str = "Measured numbers contain noise. The least mean square that a model can honestly have is the variance of that \
    noise; a larger net gets below it by learning these rows by heart, and does worse on others. Rows that were left out of \
    training (--holdout) show the difference.";

/// The answer where a run is at the least loss of its model, and what is left is noise as far as can be seen.
pub(super) fn as_well_as_it_can(finished: &Finished, limits: Limits) -> Option<Report> {
    let data = &finished.case.data;
    let measured = finished.goal() == Goal::Fit;
    let stop = &finished.case.options.stop;
    let asked = stop.target_loss.is_some() || stop.within.is_some() || stop.all_right;
    let affine = is_affine(&finished.case.model.program);
    let fewest = match (measured, affine) {
        (true, true) => FEWEST,
        (true, false) => NEIGHBOURS,
        // Classes may overlap.
        (false, _) => FEWEST_OF_CLASSES,
    };
    if finished.overflowed() || finished.rose() || asked || data.rows < fewest {
        return None;
    }
    let most = if measured { 1.0 + 1e-9 } else { LEARNED };
    let left = unexplained(&finished.evaluation, data).filter(|left| *left <= most)?;
    if has_pattern(&finished.evaluation, data) {
        return None;
    }
    let scene = Scene::new(finished, limits);
    let longer = scene.longer();
    let falls = longer.map_or(finished.fell_lately() > HELPS, |l| {
        l.is_solved() || l.finished.loss < (1.0 - HELPS) * finished.loss
    });
    let point = scene.stationary();
    if falls || point.is_some_and(crate::landscape::Stationary::is_saddle) {
        return None;
    }
    // A model that has learned nothing may be held by its start.
    if left > 0.5 && !affine && scene.others().lowest < (1.0 - 2.0 * HELPS) * finished.loss {
        return None;
    }
    let minimum = if point.is_some_and(|p| p.is_minimum() && p.moved < 1e-3) {
        " (the slope is 0, and no direction leads down)"
    } else {
        ""
    };
    let about = if minimum.is_empty() { "about " } else { "" };
    let summary = format!(
        "Nothing is wrong: loss {} is {about}as well as this model can do on these rows{minimum}; more epochs do not lower it, and its \
         errors follow no pattern of the inputs. What is left, {:.1} % of the variance of the targets, {}.",
        short(finished.loss),
        100.0 * left,
        if measured { "is noise or needs another model" } else { "is where the classes overlap" }
    );
    let mut evidence = Map::new();
    evidence.insert("left_of_variance".into(), left.into());
    if let Some(point) = point {
        evidence.insert("gradient_norm".into(), point.gradient_norm.into());
        evidence.insert("smallest_eigenvalue".into(), point.smallest().into());
    }
    let experiment = longer.map(|l| Experiment {
        change: format!("up to {} epochs in place of {}", l.finished.case.options.epochs, finished.epochs),
        before: finished.outcome(),
        after: l.finished.outcome(),
        draws: None,
    });
    let finding = Finding {
        kind: Kind::NothingWrong,
        confirmed: true,
        summary: summary.clone(),
        evidence,
        experiment,
        advice: Advice::default(),
        explanation: EXPLANATION.into(),
    };
    let verdict = if measured { Verdict::Solved } else { finished.verdict() };
    Some(Report { verdict, summary, findings: vec![finding], interrupted: false, notes: vec![] })
}

/// Whether the errors of a model can be told from noise.
pub(super) fn has_pattern(evaluation: &Evaluation, data: &Dataset) -> bool {
    let width = data.target_names.len();
    let rows = &evaluation.predictions;
    let size = data.rows.min(MOST) * data.rows * data.input_names.len().max(1);
    if rows.len() != data.rows || rows.iter().any(|p| p.len() != width) || size > LARGEST {
        return true;
    }
    // A few rows show a pattern only where it is strong, so that what is left has to be little.
    if data.rows < FEW_ROWS && unexplained(evaluation, data).is_none_or(|left| left > LITTLE) {
        return true;
    }
    let features = features(data);
    (0..width).any(|k| {
        let errors: Vec<f64> = (0..data.rows).map(|r| data.target_row(r)[k] - rows[r][k]).collect();
        is_off(&errors) || follows(&errors, &features) || are_alike(&errors, &features)
    })
}

/// Whether the mean is not 0.
fn is_off(errors: &[f64]) -> bool {
    let spread = spreads(errors, 1)[0];
    spread.mean.abs() > CLEAR * spread.deviation / (errors.len() as f64).sqrt()
}

/// Standardised inputs, by rows, and their squares and products.
struct Features {
    inputs: Vec<f64>,
    width: usize,
    products: Vec<f64>,
    product_width: usize,
}

/// Up to so many inputs their products are looked at.
const FEW: usize = 6;

fn features(data: &Dataset) -> Features {
    let columns = spreads(&data.inputs, data.input_names.len());
    let used: Vec<usize> = (0..columns.len()).filter(|&k| columns[k].deviation > 0.0).collect();
    let (mut inputs, mut products) = (Vec::new(), Vec::new());
    for r in 0..data.rows {
        let row = data.input_row(r);
        let x: Vec<f64> = used.iter().map(|&k| (row[k] - columns[k].mean) / columns[k].deviation).collect();
        products.extend(&x);
        if x.len() <= FEW {
            products
                .extend((0..x.len()).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| x[i] * x[j]));
        }
        inputs.extend(x);
    }
    let product_width = products.len() / data.rows.max(1);
    Features { inputs, width: used.len(), products, product_width }
}

/// Whether a quadratic or an affine function of the inputs explains more than chance does.
fn follows(errors: &[f64], features: &Features) -> bool {
    let explains = |values: &[f64], width: usize| {
        let free = errors.len().checked_sub(width + 1).filter(|f| *f > 0)? as f64;
        let left = left_by_affine(values, width, errors)?;
        let ratio = (1.0 - left) / width as f64 / (left / free).max(f64::MIN_POSITIVE);
        // About the value that chance passes once in several hundred times.
        Some(ratio > 8.0 + 60.0 / free)
    };
    let quadratic = explains(&features.products, features.product_width);
    let affine = explains(&features.inputs, features.width);
    // With too few rows for either nothing is known.
    (features.width > 0 && quadratic.or(affine).is_none()) || quadratic == Some(true) || affine == Some(true)
}

/// Whether rows beside each other have errors more alike, or more contrary, than in any of many random orders of these.
fn are_alike(errors: &[f64], features: &Features) -> bool {
    let n = errors.len();
    let spread = spreads(errors, 1)[0];
    if n < NEIGHBOURS || features.width == 0 || spread.deviation <= 0.0 {
        return false;
    }
    let mut errors: Vec<f64> = errors.iter().map(|e| (e - spread.mean) / spread.deviation).collect();
    let rows: Vec<usize> = (0..n).step_by(n.div_ceil(MOST)).collect();
    let nearest: Vec<(usize, Vec<usize>)> = rows.into_iter().map(|r| (r, nearest(r, n, features))).collect();
    let alike = |errors: &[f64]| -> f64 {
        let pair = |(row, near): &(usize, Vec<usize>)| {
            errors[*row] * near.iter().map(|&b| errors[b]).sum::<f64>() / near.len().max(1) as f64
        };
        nearest.iter().map(pair).sum()
    };
    let found = alike(&errors).abs();
    let mut stream = Key::from_seed(Seed(1)).stream();
    (0..ORDERS).all(|_| {
        for last in (1..n).rev() {
            errors.swap(last, (stream.uniform(0.0, (last + 1) as f64) as usize).min(last));
        }
        alike(&errors).abs() < found
    })
}

/// The rows nearest to one, a few of those that are equally near.
fn nearest(row: usize, rows: usize, features: &Features) -> Vec<usize> {
    let at = |r: usize| &features.inputs[r * features.width..(r + 1) * features.width];
    let (mut least, mut found) = (f64::INFINITY, Vec::new());
    for other in (0..rows).filter(|&other| other != row) {
        let distance: f64 = at(row).iter().zip(at(other)).map(|(x, y)| (x - y).powi(2)).sum();
        if distance < least * (1.0 - 1e-9) {
            (least, found) = (distance, vec![]);
        }
        if distance <= least * (1.0 + 1e-9) && found.len() < EQUALLY_NEAR {
            found.push(other);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{asked, case, case_of, model, run, with_data};
    use crate::why::{Case, Kind};

    const LINE: &str = "inputs x\ntarget y\ny_hat = dense(x, 1)\nloss = mse(y_hat, y)";

    /// Rows at even places, with noise.
    fn noisy(text: &str, rows: usize, noise: f64, seed: u64, of: impl Fn(f64) -> f64) -> Case {
        let mut stream = Key::from_seed(Seed(seed)).stream();
        let inputs: Vec<f64> = (0..rows).map(|r| 2.0 * r as f64 / rows as f64 - 1.0).collect();
        let targets = inputs.iter().map(|&x| of(x) + noise * stream.uniform(-1.7, 1.7)).collect();
        let (input_names, target_names) = (vec!["x".into()], vec!["y".into()]);
        let mut case = case_of(model(text), Dataset { inputs, targets, rows, input_names, target_names });
        (case.options.learning_rate, case.options.epochs) = (0.1, 2000);
        case
    }

    #[test]
    fn a_well_fitted_line_through_noisy_rows_has_nothing_wrong() {
        for (rows, noise, slope) in [(12, 0.5, 3.0), (40, 0.5, 3.0), (60, 10.0, 30.0), (50, 1.0, 0.0)] {
            for seed in 1..=4 {
                let report = asked(&noisy(LINE, rows, noise, seed, |x| slope * x));
                assert_eq!(report.verdict, Verdict::Solved, "{rows} {noise} {seed}: {report:#?}");
                assert_eq!(report.findings[0].kind, Kind::NothingWrong);
            }
        }
    }

    #[test]
    fn a_net_that_leaves_only_the_noise_of_a_sine_has_nothing_wrong() {
        let case = case("1-8tanh-1", "sine(noise=0.2)", |o| {
            (o.learning_rate, o.epochs) = (0.02, 3000);
            o.optimiser = crate::train::Optimiser::all().into_iter().find(|o| o.name() == "adam").unwrap();
        });
        let report = asked(&case);
        assert_eq!(report.findings[0].kind, Kind::NothingWrong, "{report:#?}");
    }

    #[test]
    fn a_curve_that_a_line_misses_is_no_noise() {
        for (rows, noise) in [(12, 0.0), (40, 0.1), (100, 0.2)] {
            let report = asked(&noisy(LINE, rows, noise, 1, |x| (3.0 * x).sin() + x * x));
            assert_eq!(report.findings[0].kind, Kind::CannotRepresent, "{report:#?}");
        }
        let few = run(&noisy(LINE, 5, 0.0, 1, |x| x * x));
        assert!(has_pattern(&few.evaluation, &few.case.data));
    }

    #[test]
    fn a_line_that_is_not_done_yet_is_no_noise() {
        let mut case = noisy(LINE, 40, 0.3, 1, |x| 5.0 * x + 2.0);
        case.options.epochs = 5;
        assert_eq!(asked(&case).findings[0].kind, Kind::TooFewSteps);
    }

    #[test]
    fn repeated_measurements_are_no_contradiction() {
        let case = noisy(LINE, 60, 0.6, 3, |x| x);
        let case =
            with_data(&case, |data| data.inputs.iter_mut().for_each(|x| *x = (*x * 4.0).round() / 4.0));
        let report = asked(&case);
        assert!(report.findings.iter().all(|f| f.kind != Kind::CannotRepresent), "{report:#?}");
    }

    #[test]
    fn classes_that_overlap_are_no_failure_of_a_neuron_and_those_that_curve_are() {
        let neuron =
            "inputs x[2]\ntarget y\ny_hat = dense(x, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)";
        let on = |table: &str| asked(&case(neuron, table, |o| (o.learning_rate, o.epochs) = (0.5, 3000)));
        let report = on("blobs(noise=0.8)");
        assert_eq!(report.findings[0].kind, Kind::NothingWrong, "{report:#?}");
        for table in ["moons", "circles", "xor-cloud(noise=0.1)"] {
            let report = on(table);
            assert_eq!(report.findings[0].kind, Kind::CannotRepresent, "{table}: {report:#?}");
        }
    }

    #[test]
    fn more_units_that_learn_the_noise_by_heart_prove_nothing() {
        let case = noisy("1-3tanh-1", 30, 0.4, 2, |x| 2.0 * x);
        let report = asked(&case);
        assert!(report.findings.iter().all(|f| f.kind != Kind::CannotRepresent), "{report:#?}");
    }
}
