//! A learning rate above what the curvature allows.
//!
//! Along an eigenvector of the Hessian a step multiplies the distance from a minimum by 1 - rate · eigenvalue. Above
//! rate · eigenvalue = 2 (2 + 2m with momentum m) each step leaps over the valley and lands higher on the other side:
//! the loss grows without end, jumps up and down, or the leap throws the units to where they are flat and stay. A
//! run at the edge of stability, whose largest eigenvalue hovers at 2/rate while the loss still falls over tens of epochs,
//! is no such case (Cohen et al., "Gradient descent on neural networks typically occurs at the edge of stability", 2021).
//! Some losses bend so much everywhere that no minimum is stable: the second derivative by the bias of a linear output
//! under a mean of squares is 2, so that no start helps at rate 1 (`LeCun`, Simard and Pearlmutter 1993 on 2/eigenvalue).
//!
//! What to do: take a rate below 2 over the largest eigenvalue (`--lr`); the report says one.

use super::Suspicion;
use crate::train::{BatchSize, Optimiser};
use crate::why::constant::{ConstantBend, constant_bend};
use crate::why::finished::{Case, Finished};
use crate::why::lab::{Change, Lab};
use crate::why::longer::rounded_up;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::{Bends, Speed, round_down, short};

const EXPLANATION: &str = "A step of gradient descent is as long as the rate times the slope. Where the loss bends with \
    the curvature (largest eigenvalue of the Hessian) c, steps shrink the distance to the lowest point only below a rate \
    of 2/c; above it each step leaps over and lands higher. With momentum m the bound is (2 + 2m)/c.";

/// The rates that are tried, as shares of the first.
const SHARES: [f64; 5] = [1.0, 0.4, 0.1, 0.03, 0.01];

/// How many times as many epochs a smaller rate is given at most.
const LONGER: u64 = 200;

/// A run of fewer epochs may stand on its first flat stretch.
const YOUNG: u64 = 5000;

/// How the run failed.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Diverged,
    Jumps,
    Leapt,
}

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let (finished, options) = (scene.finished, &scene.finished.case.options);
    if options.method.is_some() || !options.optimiser.uses_learning_rate() || finished.epochs == 0 {
        return vec![];
    }
    let speed = scene.speed();
    let way = if finished.verdict() == Verdict::Diverged {
        Way::Diverged
    } else if speed.jumps {
        Way::Jumps
    } else {
        Way::Leapt
    };
    let constant = constant_of(scene);
    let Some(certainty) = certainty(scene, way, constant.as_ref()) else { return vec![] };
    let tried = lower_rates(scene, first_rate(scene, constant.as_ref()));
    let summary = summary(scene, way, constant.as_ref(), tried.solved.as_ref());
    let mut suspicion = Suspicion::new(Kind::LearningRateTooHigh, certainty, summary, EXPLANATION)
        .with("learning_rate", options.learning_rate);
    suspicion.evidence.extend(evidence(scene, constant.as_ref(), tried.solved.as_ref()));
    if let Some(change) = tried.changes.first() {
        let rate = change.case.options.learning_rate.to_string();
        let epochs = change.case.options.epochs;
        let mut flags = vec!["--lr", rate.as_str()];
        let epochs_text = epochs.to_string();
        if epochs != options.epochs {
            flags.extend(["--epochs", epochs_text.as_str()]);
        }
        suspicion.advice = Advice::flags("Take a lower learning rate.", &flags);
    }
    suspicion.changes = tried.changes;
    vec![suspicion]
}

/// A bend that is the same everywhere, of what one step sees.
fn constant_of(scene: &Scene<'_>) -> Option<ConstantBend> {
    let case = &scene.finished.case;
    scene.speed().bound?;
    let rows = match case.options.batch {
        BatchSize::Rows(size) => size.min(case.data.rows),
        BatchSize::Full => case.data.rows,
    };
    if rows * case.start.len() > 10_000_000 {
        return None;
    }
    constant_bend(&case.model, &case.data.select(&(0..rows).collect::<Vec<_>>()))
}

/// How strongly all speaks for it; nothing where it does not.
fn certainty(scene: &Scene<'_>, way: Way, constant: Option<&ConstantBend>) -> Option<f64> {
    let speed = scene.speed();
    let options = &scene.finished.case.options;
    let first = scene.finished.losses.first().map_or(1.0, |l| l.1.abs());
    let rise = speed.rise.filter(|_| speed.leapt());
    let high = rise.is_some_and(|r| !r.to.is_finite() || r.to - r.from > 0.2 * first);
    let Some(bound) = speed.bound else {
        // Steps of about the rate, whatever the slope: only what came of them speaks.
        let long = matches!(options.optimiser, Optimiser::Adadelta(_)) || step_share(scene) > 0.02;
        return match way {
            Way::Diverged | Way::Jumps if long => Some(0.8),
            Way::Leapt if high && step_share(scene) > 0.1 => Some(0.7),
            _ => None,
        };
    };
    let limit = bound / options.learning_rate;
    if constant.is_some_and(|c| c.value >= limit) && way != Way::Leapt {
        return Some(0.97);
    }
    let Some((_, largest)) = speed.largest() else {
        return (way == Way::Diverged).then_some(0.5);
    };
    // A run that still falls has come down somewhere in spite of its leap.
    let high = high && scene.finished.verdict() == Verdict::Stalled;
    let beyond = speed.before_rise.or(speed.at_start()).is_some_and(|v| v > limit);
    match way {
        Way::Diverged => (largest > limit).then_some(0.92),
        Way::Jumps => (largest > 0.8 * limit).then_some(0.85),
        Way::Leapt if rise.is_some() && beyond && high => Some(0.8),
        Way::Leapt if speed.at_start().is_some_and(|v| v > 5.0 * limit) => Some(0.6),
        Way::Leapt if rise.is_some() && beyond => Some(0.4),
        Way::Leapt => None,
    }
}

/// The rate beside the size of the parameters it moves.
fn step_share(scene: &Scene<'_>) -> f64 {
    let case = &scene.finished.case;
    let squares: f64 = case.start.iter().map(|t| t * t).sum();
    let size = (squares / case.start.len().max(1) as f64).sqrt();
    case.options.learning_rate / size.max(1e-3)
}

/// The highest rate that is tried.
fn first_rate(scene: &Scene<'_>, constant: Option<&ConstantBend>) -> f64 {
    let (speed, rate) = (scene.speed(), scene.finished.case.options.learning_rate);
    let Some(bound) = speed.bound else { return rate / 3.0 };
    let bend = constant.map_or(0.0, |c| c.value).max(speed.at_start().unwrap_or(0.0));
    if bend > 0.0 { (0.5 * bound / bend).min(0.5 * rate) } else { 0.25 * rate }
}

/// What lower rates do.
struct Tried {
    changes: Vec<Change>,
    /// The run that one of them solves.
    solved: Option<Finished>,
}

fn lower_rates(scene: &Scene<'_>, first: f64) -> Tried {
    let mut all = Vec::new();
    let mut best: Option<(Finished, Change)> = None;
    for share in SHARES {
        let rate = round_down(first * share);
        let mut falls = true;
        for longer in [false, true] {
            if longer && !falls {
                break;
            }
            let Some(change) = at_rate(scene, rate, longer) else { continue };
            let Some(finished) = scene.tried(&change.case, 0.1) else {
                all.push(change);
                continue;
            };
            if finished.is_solved() {
                return Tried { changes: vec![change], solved: Some(finished) };
            }
            falls = finished.epochs < YOUNG || finished.verdict() == Verdict::StillMoving;
            let better = |b: &(Finished, Change)| finished.loss < 0.98 * b.0.loss;
            if !finished.overflowed() && best.as_ref().is_none_or(better) {
                best = Some((finished, change));
            }
        }
    }
    // A run that solves at no rate is made at the highest that leads lowest; a large one at two rates that nobody tried.
    let changes = best.map_or_else(|| all.into_iter().step_by(3).take(2).collect(), |b| vec![b.1]);
    Tried { changes, solved: None }
}

/// The run at a lower rate; `longer` with as many more epochs as the rate is smaller.
fn at_rate(scene: &Scene<'_>, rate: f64, longer: bool) -> Option<Change> {
    let case = &scene.finished.case;
    let before = case.options.learning_rate;
    let words = format!("the learning rate {} in place of {}", short(rate), short(before));
    if !longer {
        return Some(Change { words, case: case.with(|o| o.learning_rate = rate) });
    }
    let most = (Lab::most_epochs(&scene.limits, case) / 40).min(case.options.epochs.saturating_mul(LONGER));
    let epochs = rounded_up((case.options.epochs as f64 * before / rate) as u64).min(most);
    let words = format!("{words}, with {epochs} epochs since its steps are shorter");
    let slower = |case: &Case| {
        case.with(|o| {
            o.learning_rate = rate;
            o.epochs = epochs;
        })
    };
    (epochs > case.options.epochs).then(|| Change { words, case: slower(case) })
}

fn summary(
    scene: &Scene<'_>,
    way: Way,
    constant: Option<&ConstantBend>,
    solved: Option<&Finished>,
) -> String {
    let speed = scene.speed();
    let rate = scene.finished.case.options.learning_rate;
    let what = match way {
        Way::Diverged => "the loss grows instead of falling",
        Way::Jumps => "the loss jumps up and down without end",
        Way::Leapt if scene.finished.verdict() == Verdict::Stalled => {
            "a step leaps over the valley, to where the run stands still"
        }
        Way::Leapt => "early steps leap over the valley",
    };
    let text = format!("The learning rate {} is too high: {what}", short(rate));
    let Some(bound) = speed.bound else {
        return format!(
            "{text}. One step moves a parameter by about {} times its size.",
            short(step_share(scene))
        );
    };
    let limit = bound / rate;
    if let Some(c) = constant.filter(|c| c.value >= limit) {
        return format!(
            "{text}. No minimum is stable at this rate: the second derivative by {} is {} everywhere, and steps of this \
             rate are stable only where the curvature is below {}.",
            c.name,
            short(c.value),
            short(limit)
        );
    }
    // Where nothing holds the curvature up, it may fall without end as the outputs saturate.
    let end = solved.filter(|_| constant.is_some() && way != Way::Leapt).and_then(|s| end_bend(scene, s));
    if let Some(end) = end.filter(|v| *v > limit) {
        return format!(
            "{text}. The minimum that a lower rate reaches has the curvature {}, and steps of this rate are stable only \
             below {}.",
            short(end),
            short(limit)
        );
    }
    let before = speed.rise.zip(speed.before_rise).map(|(r, v)| (r.epoch, v)).filter(|b| b.1 > limit);
    let Some((epoch, value)) = before.or(speed.largest()) else { return format!("{text}.") };
    let place = if epoch == 0 { "at the start".to_owned() } else { format!("after epoch {epoch}") };
    format!(
        "{text}. The curvature {place} is {}, and steps of this rate are stable only below {}.",
        short(value),
        short(limit)
    )
}

/// The curvature at the end of a run, of what one step sees.
fn end_bend(scene: &Scene<'_>, solved: &Finished) -> Option<f64> {
    Bends::of_steps(&scene.finished.case).largest(&solved.theta)
}

fn evidence(
    scene: &Scene<'_>,
    constant: Option<&ConstantBend>,
    solved: Option<&Finished>,
) -> serde_json::Map<String, serde_json::Value> {
    let speed: &Speed = scene.speed();
    let mut found = serde_json::Map::new();
    let mut put = |name: &str, value: Option<f64>| {
        found.extend(value.map(|v| (name.to_owned(), v.into())));
    };
    let rate = scene.finished.case.options.learning_rate;
    put("stable_below_curvature", speed.bound.map(|b| b / rate));
    put("curvature_at_start", speed.at_start());
    put("largest_curvature", speed.largest().map(|l| l.1));
    put("largest_curvature_at_epoch", speed.largest().map(|l| l.0 as f64));
    put("constant_second_derivative", constant.map(|c| c.value));
    if let Some(rise) = speed.rise {
        put("loss_before_rise", Some(rise.from));
        put("loss_after_rise", Some(rise.to).filter(|v| v.is_finite()));
        put("rise_after_epoch", Some(rise.epoch as f64));
        put("curvature_before_rise", speed.before_rise);
    }
    put("curvature_where_solved", solved.filter(|_| speed.bound.is_some()).and_then(|s| end_bend(scene, s)));
    put("step_beside_parameters", speed.bound.is_none().then(|| step_share(scene)));
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, run_from, run_of};
    use super::*;

    const NETS: [&str; 4] =
        ["2-2sigmoid-1sigmoid", "2-3sigmoid-1sigmoid", "2-4tanh-1sigmoid", "2-8relu-1sigmoid"];

    #[test]
    fn at_rate_1_no_minimum_of_a_net_with_a_linear_output_is_stable() {
        for seed in 1..4 {
            let run = run_of("2-2sigmoid-1", "mse", "xor", |o| {
                o.learning_rate = 1.0;
                o.seed = seed;
            });
            let first = &answer(&run).findings[0];
            assert_eq!((first.kind, first.confirmed), (Kind::LearningRateTooHigh, true));
            assert_eq!(first.evidence["constant_second_derivative"], 2.0);
            assert!(first.summary.contains("No minimum is stable"), "{}", first.summary);
            assert!(first.experiment.as_ref().unwrap().after.solved);
        }
    }

    #[test]
    fn from_equal_units_the_rate_comes_first_and_the_units_at_the_second_look() {
        let run = run_from("2-2sigmoid-1", "mse", &[0.1; 9], |o| o.learning_rate = 1.0);
        let report = answer(&run);
        let confirmed: Vec<Kind> = report.findings.iter().filter(|f| f.confirmed).map(|f| f.kind).collect();
        assert_eq!(confirmed[..2], [Kind::LearningRateTooHigh, Kind::SymmetricUnits]);
    }

    #[test]
    fn a_rate_far_above_the_bound_is_the_cause_on_any_net() {
        for net in NETS {
            for loss in ["mse", "binary_cross_entropy"] {
                for rate in [100.0, 1000.0] {
                    let run = run_of(net, loss, "xor", |o| {
                        o.learning_rate = rate;
                        o.epochs = 2000;
                    });
                    let first = &answer(&run).findings[0];
                    let kinds = (first.kind, first.confirmed);
                    assert_eq!(kinds, (Kind::LearningRateTooHigh, true), "{net} {loss} {rate}");
                }
            }
        }
    }

    #[test]
    fn adams_steps_are_too_long_where_they_pass_the_parameters_size() {
        let run = run_of("2-3tanh-1sigmoid", "mse", "xor", |o| {
            o.learning_rate = 3.0;
            o.optimiser = "adam".parse().unwrap();
            o.epochs = 2000;
        });
        let first = &answer(&run).findings[0];
        assert_eq!((first.kind, first.confirmed), (Kind::LearningRateTooHigh, true));
    }

    #[test]
    fn a_run_at_a_good_rate_that_stalls_is_not_blamed_on_the_rate() {
        for seed in [19, 25, 50] {
            let run = run_of("2-2sigmoid-1", "mse", "xor", |o| {
                o.learning_rate = 0.3;
                o.seed = seed;
                o.start = crate::train::Start::Drawn("uniform(-1,1)".parse().unwrap());
            });
            let kinds: Vec<Kind> = answer(&run).findings.iter().map(|f| f.kind).collect();
            assert!(!kinds.contains(&Kind::LearningRateTooHigh), "{kinds:?}");
        }
    }
}
