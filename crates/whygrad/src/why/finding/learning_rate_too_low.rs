//! A learning rate far below what the curvature allows.
//!
//! Steps could be longer by as much as rate · eigenvalue lies below 2; at a twentieth of that and less, a run spends its
//! epochs on steps that a higher rate would make in a few. It is told from too few epochs by a run at a higher rate, still
//! stable, that reaches the goal in the epochs given (`LeCun` et al., "Efficient `BackProp`", 1998, section 4.7).
//!
//! What to do: take the higher rate that the report says (`--lr`).

use super::Suspicion;
use crate::train::Optimiser;
use crate::why::finished::Finished;
use crate::why::lab::{Change, Lab};
use crate::why::longer::{rounded_up, until_solved};
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::{round_down, short};

const EXPLANATION: &str = "Where the loss bends with the curvature (largest eigenvalue of the Hessian) c, rates up to 2/c \
    are stable, and about 1/c is the quickest. At a rate far below it each epoch goes a small part of the way that it could, \
    and the epochs run out.";

/// Rate times eigenvalue as a share of the bound, below which a rate is low.
const LOW: f64 = 0.05;

/// A run that leaves more than this share of the loss shows nothing.
const MISSED: f64 = 0.55;

/// The rates that are tried, as shares of the highest stable one.
const SHARES: [f64; 4] = [0.5, 0.25, 0.1, 0.05];

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let (finished, options) = (scene.finished, &scene.finished.case.options);
    if finished.verdict() == Verdict::Diverged || finished.epochs == 0 || scene.speed().jumps {
        return vec![];
    }
    let Some(highest) = highest_rate(scene) else { return vec![] };
    let before = options.learning_rate;
    let (mut changes, mut solved) = higher_rates(scene, highest);
    // Where most other starts get there at this rate, it is not the rate that is wrong.
    let usual = scene.others().share().is_none_or(|s| s < 0.5);
    let both = if changes.is_empty() && usual { with_epochs(scene, highest) } else { None };
    if let Some((change, epochs)) = both {
        solved = epochs.map(|epochs| (change.case.options.learning_rate, epochs));
        changes = vec![change];
    }
    if changes.is_empty() {
        return vec![];
    }
    changes.truncate(2);
    let allowed = scene.speed().largest().zip(scene.speed().bound).map(|((_, v), b)| b / v);
    let mut summary = format!("The learning rate {} is too low", short(before));
    if let Some(allowed) = allowed {
        summary = format!("{summary}: the curvature of this run allows up to {}", short(allowed));
    }
    let certainty = if usual { 0.65 } else { 0.25 };
    let mut suspicion = Suspicion::new(Kind::LearningRateTooLow, certainty, String::new(), EXPLANATION)
        .with("learning_rate", before)
        .with("largest_curvature", scene.speed().largest().map(|l| l.1));
    if let Some(allowed) = allowed {
        suspicion = suspicion.with("stable_below_rate", allowed);
    }
    if let Some((rate, epochs)) = solved {
        summary = format!("{summary}. At {} the goal is reached within {epochs} epochs", short(rate));
        if let Some(needed) = needed(scene, rate, epochs) {
            summary = format!("{summary}; at {} it would take about {needed}", short(before));
            suspicion = suspicion.with("predicted_epochs", needed);
        }
        summary = format!("{summary}, and the run had {}", finished.epochs);
        suspicion = suspicion.with("solved_at_epoch", epochs);
    }
    suspicion.summary = summary + ".";
    let rate = changes[0].case.options.learning_rate.to_string();
    let epochs = changes[0].case.options.epochs;
    let epochs_text = epochs.to_string();
    let mut flags = vec!["--lr", rate.as_str()];
    if epochs != options.epochs {
        flags.extend(["--epochs", epochs_text.as_str()]);
    }
    suspicion.advice = Advice::flags("Take a higher learning rate.", &flags);
    suspicion.changes = changes;
    vec![suspicion]
}

/// The run at higher rates: the one that is solved with when that was, or else those that came nearer.
fn higher_rates(scene: &Scene<'_>, highest: f64) -> (Vec<Change>, Option<(f64, u64)>) {
    let finished = scene.finished;
    let before = finished.case.options.learning_rate;
    let mut changes = Vec::new();
    for share in SHARES {
        let rate = round_down(highest * share);
        if rate < 2.0 * before {
            continue;
        }
        let words = format!("the learning rate {} in place of {}", short(rate), short(before));
        let change = Change { words, case: finished.case.with(|o| o.learning_rate = rate) };
        if let Some(after) = scene.tried(&until_solved(&change.case), 0.3) {
            if after.is_solved() {
                return (vec![change], Some((rate, after.epochs)));
            }
            if after.overflowed() || after.loss > MISSED * finished.loss {
                continue;
            }
        }
        changes.push(change);
    }
    (changes, None)
}

/// The epochs that the goal takes at the rate of the run: made, or else predicted. Small steps follow the same path,
/// only as much slower as they are shorter; so it is enough to make the run at a rate that is still low.
fn needed(scene: &Scene<'_>, solving: f64, epochs: u64) -> Option<u64> {
    let case = &scene.finished.case;
    if let Some(longer) = scene.longer().filter(|l| l.is_solved()) {
        return Some(rounded_up(longer.finished.epochs));
    }
    let before = case.options.learning_rate;
    let most = Lab::most_epochs(&scene.limits, case) / 40;
    for factor in [30.0, 100.0, 1000.0].into_iter().filter(|f| f * before < solving) {
        let quicker = case.with(|o| {
            o.learning_rate = factor * before;
            o.epochs = most;
        });
        let after = scene.tried(&until_solved(&quicker), 0.1).filter(Finished::is_solved);
        if let Some(after) = after.filter(|t| t.epochs < most) {
            return Some(rounded_up((after.epochs as f64 * factor) as u64));
        }
    }
    // A momentum has its full pace from the start only where steps are many.
    let plain = case.options.optimiser == Optimiser::GradientDescent;
    plain.then(|| rounded_up((epochs as f64 * solving / before) as u64))
}

/// A higher rate with more epochs, where the epochs are few at any rate and hopelessly few at this one; and when the
/// goal is reached then.
fn with_epochs(scene: &Scene<'_>, highest: f64) -> Option<(Change, Option<u64>)> {
    let (finished, options) = (scene.finished, &scene.finished.case.options);
    let (before, rate) = (options.learning_rate, round_down(0.5 * highest));
    if rate < 20.0 * before || scene.longer().is_some_and(super::super::longer::Longer::is_solved) {
        return None;
    }
    let epochs = options.epochs.saturating_mul(30);
    let words = format!(
        "the learning rate {} in place of {}, with {epochs} epochs, since {} are few at any rate",
        short(rate),
        short(before),
        options.epochs
    );
    let case = finished.case.with(|o| {
        o.learning_rate = rate;
        o.epochs = epochs;
    });
    let after = scene.tried(&until_solved(&case), 0.1)?;
    let solved = after.is_solved().then_some(after.epochs);
    (solved.is_some() || after.loss < MISSED * finished.loss).then_some((Change { words, case }, solved))
}

/// The highest rate to try; nothing where the rate is not low.
fn highest_rate(scene: &Scene<'_>) -> Option<f64> {
    let options = &scene.finished.case.options;
    if options.method.is_some() || !options.optimiser.uses_learning_rate() {
        return None;
    }
    let (rate, speed) = (options.learning_rate, scene.speed());
    if let Some(bound) = speed.bound {
        let (_, largest) = speed.largest()?;
        return (rate > 0.0 && largest > 0.0 && rate * largest < LOW * bound).then(|| bound / largest);
    }
    // The others move a parameter by about the rate in a step, so that their way is bounded.
    let steps = scene.finished.epochs as f64;
    let way = match options.optimiser {
        Optimiser::Adadelta(_) | Optimiser::Quickprop(_) => return None,
        Optimiser::Adagrad(_) => 2.0 * rate * steps.sqrt(),
        _ => rate * steps,
    };
    (rate > 0.0 && way < 10.0).then(|| (100.0 * rate).max(0.1))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, run_of};
    use super::*;

    #[test]
    fn a_rate_a_thousandth_of_the_best_is_too_low_on_any_net() {
        for net in ["2-2sigmoid-1sigmoid", "2-3sigmoid-1sigmoid", "2-4tanh-1sigmoid"] {
            for loss in ["mse", "binary_cross_entropy"] {
                let slow = run_of(net, loss, "xor", |o| {
                    o.learning_rate = 0.001;
                    o.epochs = 5000;
                });
                let first = &answer(&slow).findings[0];
                assert_eq!((first.kind, first.confirmed), (Kind::LearningRateTooLow, true), "{net} {loss}");
                assert!(first.evidence["stable_below_rate"].as_f64().unwrap() > 1.0);
                assert_eq!(first.advice.flags[0], "--lr");
            }
        }
    }

    #[test]
    fn the_epochs_that_it_would_take_are_predicted() {
        let change = |rate: f64, epochs: u64| {
            run_of("2-2sigmoid-1sigmoid", "mse", "xor", |o| {
                o.learning_rate = rate;
                o.epochs = epochs;
                o.start = crate::train::Start::Drawn("uniform(-1,1)".parse().unwrap());
            })
        };
        let predicted =
            answer(&change(1e-4, 5000)).findings[0].evidence["predicted_epochs"].as_f64().unwrap();
        let made = change(1e-2, 200_000);
        let solved = until_solved(&made.case).run(&mut |_| crate::train::Control::Continue).unwrap();
        assert!((predicted / (100.0 * solved.epochs as f64) - 1.0).abs() < 0.1, "{predicted}");
    }

    #[test]
    fn adams_steps_are_too_short_where_they_cannot_reach_far() {
        let slow = run_of("2-3tanh-1sigmoid", "mse", "xor", |o| {
            o.learning_rate = 1e-6;
            o.optimiser = "adam".parse().unwrap();
            o.epochs = 2000;
        });
        let first = &answer(&slow).findings[0];
        assert_eq!((first.kind, first.confirmed), (Kind::LearningRateTooLow, true));
    }
}
