//! The derived gradient of random models, against complex steps and central differences.

use crate::case::{Case, case, largest, none_wrong};
use crate::draw::Draw;

/// How many models; at least 2,000 of them have to be compared.
const MODELS: u64 = 6_000;

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Skipped,
    Agrees,
    /// It agrees, but the differences say too little to count.
    Undecided,
}

#[test]
fn gradients_agree_with_complex_steps_and_with_differences() {
    let (mut skipped, mut undecided, mut zero, mut wrong) = (vec![], 0, vec![], vec![]);
    for seed in 0..MODELS {
        let case = case(seed);
        let gradient = case.gradient(&case.theta);
        match check(&case, &gradient) {
            Ok(Outcome::Skipped) => {
                skipped.push(seed);
                continue;
            }
            Ok(Outcome::Undecided) => undecided += 1,
            Ok(Outcome::Agrees) => {}
            Err(error) => wrong.push(format!("{error}\n{case}")),
        }
        if largest(&gradient) < 1e-12 {
            zero.push(seed);
        }
    }
    let compared = MODELS as usize - skipped.len();
    println!(
        "{compared} models compared, {} skipped, {undecided} with too coarse differences, {} with a zero gradient",
        skipped.len(),
        zero.len()
    );
    none_wrong(&wrong);
    assert!(compared >= 2_000 && 4 * skipped.len() < MODELS as usize, "skipped: {skipped:?}");
    assert!(10 * zero.len() <= compared, "all of the gradient is 0: {zero:?}");
    assert!(10 * undecided <= compared, "{undecided} of {compared} differences say nothing");
}

fn check(case: &Case, gradient: &[f64]) -> Result<Outcome, String> {
    let loss = case.loss(&case.theta);
    let finite = case.is_finite() && gradient.iter().all(|g| g.is_finite());
    if !finite || largest(gradient) > 1e8 || case.near_a_kink(1e-4) {
        return Ok(Outcome::Skipped);
    }
    let exact = case.complex_step();
    // What cancels in a sum leaves the rounding of its summands.
    let floor = 1e-12 * largest(&exact) + 1e-14 * (1.0 + loss.abs());
    for (k, (&derived, &stepped)) in gradient.iter().zip(&exact).enumerate() {
        let agrees = (derived - stepped).abs() <= 1e-9 * stepped.abs() + floor;
        if !agrees {
            return Err(format!("entry {k}: derived {derived:e}, complex step {stepped:e}"));
        }
    }
    differences(case, gradient, loss)
}

/// The slope along a random direction; the error is estimated from two step lengths.
fn differences(case: &Case, gradient: &[f64], loss: f64) -> Result<Outcome, String> {
    let direction = Draw::of(case.seed ^ 0xd1ff).numbers(gradient.len(), -1.0, 1.0);
    let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
    let at = |step: f64| {
        let theta: Vec<f64> = case.theta.iter().zip(&direction).map(|(t, d)| t + step * d).collect();
        case.loss(&theta)
    };
    let central = |h: f64| (at(h) - at(-h)) / (2.0 * h);
    let (near, far) = (central(1e-6), central(2e-6));
    let size = slope.abs() + 1e-3 * largest(gradient);
    let estimate = 10.0 * ((near - far).abs() + 1e-15 * (1.0 + loss.abs()) / 1e-6);
    let agrees = (near - slope).abs() <= 1e-7 * size + estimate;
    if !agrees {
        return Err(format!("derived {slope:e}, differences {near:e} and {far:e}"));
    }
    Ok(if estimate > 1e-3 * size { Outcome::Undecided } else { Outcome::Agrees })
}
