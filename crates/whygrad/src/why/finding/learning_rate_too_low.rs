//! A learning rate far below what the curvature allows.
//!
//! Steps could be longer by as much as rate · eigenvalue lies below 2; at a twentieth of that and less, a run spends its
//! epochs on steps that a higher rate would make in a few. It is told from too few epochs by a run at a higher rate, still
//! stable, that reaches the goal in the epochs given (`LeCun` et al., "Efficient `BackProp`", 1998, section 4.7).

use super::Suspicion;
use crate::train::Optimiser;
use crate::why::lab::Change;
use crate::why::longer::{rounded_up, until_solved};
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::{round_down, short};

const EXPLANATION: &str = "Where the loss bends with the curvature (largest eigenvalue of the Hessian) c, rates up to 2/c \
    are stable, and about 1/c is the quickest. At a rate far below it each epoch goes a small part of the way that it could, \
    and the epochs run out.";

/// Rate times eigenvalue as a share of the bound, below which a rate is low.
const LOW: f64 = 0.05;

/// The rates that are tried, as shares of the highest stable one.
const SHARES: [f64; 5] = [0.5, 1.0, 0.25, 0.1, 0.05];

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let (trial, options) = (scene.trial, &scene.trial.case.options);
    if trial.verdict() == Verdict::Diverged || trial.epochs == 0 || scene.speed().jumps {
        return vec![];
    }
    let Some(highest) = highest_rate(scene) else { return vec![] };
    let before = options.learning_rate;
    let mut changes = Vec::new();
    let mut solved = None;
    for share in SHARES {
        let rate = round_down(highest * share);
        if rate < 2.0 * before {
            continue;
        }
        let words = format!("the learning rate {} in place of {}", short(rate), short(before));
        let change = Change { words, case: trial.case.with(|o| o.learning_rate = rate) };
        if let Some(after) = scene.tried(&until_solved(&change.case), 0.3) {
            if after.is_solved() {
                solved = Some((rate, after.epochs));
                changes = vec![change];
                break;
            }
            // A run that is no better shows nothing.
            if after.overflowed() || after.loss > 0.5 * trial.loss {
                continue;
            }
        }
        changes.push(change);
    }
    if changes.is_empty() {
        return vec![];
    }
    changes.truncate(2);
    let allowed = scene.speed().largest().zip(scene.speed().bound).map(|((_, v), b)| b / v);
    let mut summary = format!("The learning rate {} is too low", short(before));
    if let Some(allowed) = allowed {
        summary += &format!(": the curvature of this run allows up to {}", short(allowed));
    }
    let mut suspicion = Suspicion::new(Kind::LearningRateTooLow, 0.65, String::new(), EXPLANATION)
        .with("learning_rate", before)
        .with("largest_curvature", scene.speed().largest().map(|l| l.1));
    if let Some(allowed) = allowed {
        suspicion = suspicion.with("stable_below_rate", allowed);
    }
    if let Some((rate, epochs)) = solved {
        // Small steps follow the same path, only as much slower as they are shorter.
        let needed = rounded_up((epochs as f64 * rate / before) as u64);
        summary += &format!(
            ". At {} the goal is reached after {epochs} epochs; at {} it would take about {needed}, and the run had {}",
            short(rate),
            short(before),
            trial.epochs
        );
        suspicion = suspicion.with("predicted_epochs", needed).with("solved_at_epoch", epochs);
    }
    suspicion.summary = summary + ".";
    let rate = changes[0].case.options.learning_rate.to_string();
    suspicion.advice = Advice::flags("Take a higher learning rate.", &["--lr", &rate]);
    suspicion.changes = changes;
    vec![suspicion]
}

/// The highest rate to try; nothing where the rate is not low.
fn highest_rate(scene: &Scene<'_>) -> Option<f64> {
    let options = &scene.trial.case.options;
    if options.method.is_some() || !options.optimiser.uses_learning_rate() {
        return None;
    }
    let (rate, speed) = (options.learning_rate, scene.speed());
    if let Some(bound) = speed.bound {
        let (_, largest) = speed.largest()?;
        return (rate > 0.0 && largest > 0.0 && rate * largest < LOW * bound).then(|| bound / largest);
    }
    // The others move a parameter by about the rate in a step, so that their way is bounded.
    let steps = scene.trial.epochs as f64;
    let way = match options.optimiser {
        Optimiser::Adadelta(_) | Optimiser::Quickprop(_) => return None,
        Optimiser::Adagrad(_) => 2.0 * rate * steps.sqrt(),
        _ => rate * steps,
    };
    (rate > 0.0 && way < 10.0).then(|| (100.0 * rate).max(0.1))
}
