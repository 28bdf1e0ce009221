//! A run that was ended before it was done.
//!
//! The loss still falls at the end, or a rule stopped it while it fell, or it had so few epochs that gradient descent had
//! not yet left its first flat stretch. The proof is the same run with more epochs. The flat stretch before a net finds
//! its way is described by Fukumizu and Amari, "Local minima and plateaus in hierarchical structures" (2000).
//!
//! What to do: train longer (`--epochs`), or take a rule to stop by that waits.

use super::Suspicion;
use crate::why::finished::Finished;
use crate::why::lab::Change;
use crate::why::longer::{Longer, without_rules};
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;

const EXPLANATION: &str = "Gradient descent goes a little way with each epoch. A run that ends while the loss still falls \
    says how far it came, and not how far it could come.";

/// So many times 1 / (rate · eigenvalue) epochs are few: along the steepest direction all is over, along others it begins.
const YOUNG: f64 = 1000.0;

/// The same in epochs where there is no such measure.
const FEW: u64 = 500;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    if finished.verdict() == Verdict::Diverged || scene.speed().jumps {
        return vec![];
    }
    let by_rule = matches!(finished.stop.as_str(), "smallest-change" | "gradient-norm" | "interrupted");
    let moving = finished.verdict() == Verdict::StillMoving;
    let longer = scene.longer();
    let solved = longer.filter(|l| l.is_solved());
    let soon = solved.is_some_and(|l| l.finished.epochs <= 3 * finished.epochs);
    // A run that stands, and with more epochs too, has had enough of them.
    let leaves = longer.is_none_or(|l| l.is_solved() || l.finished.loss < 0.9 * finished.loss);
    if !(by_rule || moving || soon || (is_young(scene) && leaves)) {
        return vec![];
    }
    let summary = summary(finished, moving, solved);
    // Where most other starts get there in time, the epochs were enough but for this one.
    let usual = soon || scene.others().share().is_none_or(|s| s < 0.7);
    let certainty = if !usual {
        0.27
    } else if solved.is_some() || by_rule {
        0.55
    } else {
        0.45
    };
    let mut suspicion = Suspicion::new(Kind::TooFewSteps, certainty, summary, EXPLANATION)
        .with("epochs", finished.epochs)
        .with("fell_in_last_quarter", finished.fell_lately());
    if let Some(l) = solved {
        suspicion = suspicion.with("solved_at_epoch", l.finished.epochs);
    }
    let thrice = || without_rules(&finished.case).with(|o| o.epochs = 3 * finished.epochs.max(1));
    let case = longer.map_or_else(thrice, |l| l.case(finished));
    let epochs = case.options.epochs;
    let words = if by_rule {
        format!("up to {epochs} epochs, and no rule that ends a run which moves little")
    } else {
        format!("up to {epochs} epochs in place of {}", finished.epochs)
    };
    let advised = solved.map_or(epochs, Longer::advised);
    if solved.is_some() {
        // As many as are advised, all of them.
        let words = words.replacen(&format!("up to {epochs}"), &advised.to_string(), 1);
        let case = without_rules(&finished.case).with(|o| o.epochs = advised);
        suspicion.changes.push(Change { words, case });
    }
    suspicion.changes.push(Change { words, case });
    suspicion.advice = advice(finished, by_rule, advised);
    vec![suspicion]
}

/// How the run ended, in a sentence.
fn summary(finished: &Finished, moving: bool, solved: Option<&Longer>) -> String {
    let ended = match finished.stop.as_str() {
        "smallest-change" => "The run was stopped by its rule of the smallest change while it still moved",
        "gradient-norm" => "The run was stopped by its rule of the gradient's length while it still moved",
        "interrupted" => "The run was interrupted",
        _ if moving => "The loss was still falling when the run ended",
        _ => "The run ended on its first flat stretch",
    };
    let fell = 100.0 * finished.fell_lately();
    match solved {
        Some(l) => {
            format!(
                "{ended}: the goal is reached within {} epochs, and it had {}.",
                l.finished.epochs, finished.epochs
            )
        }
        None => format!(
            "{ended}: the last quarter of its {} epochs took away {fell:.1} % of the loss.",
            finished.epochs
        ),
    }
}

fn advice(finished: &Finished, by_rule: bool, epochs: u64) -> Advice {
    let epochs = epochs.to_string();
    let text = if by_rule { "Train longer, without the rule that stopped it." } else { "Train longer." };
    let rule: &[&str] = match finished.stop.as_str() {
        "smallest-change" => &["--tol", "0"],
        "gradient-norm" => &["--gradient-norm", "0"],
        _ => &[],
    };
    Advice::flags(text, &[&["--epochs", epochs.as_str()], rule].concat())
}

/// Whether the run had few epochs, measured by its rate and the curvature it met.
fn is_young(scene: &Scene<'_>) -> bool {
    let (finished, speed) = (scene.finished, scene.speed());
    match speed.bound.and(speed.largest()) {
        Some((_, largest)) => {
            let rate = finished.case.options.learning_rate;
            rate * largest * (finished.epochs as f64) < YOUNG
        }
        None => finished.epochs < FEW,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, run_of};
    use super::*;

    #[test]
    fn a_run_ended_before_it_was_done_is_solved_by_more_epochs() {
        for (net, rate, epochs) in [("2-2sigmoid-1sigmoid", 2.0, 50), ("2-3sigmoid-1sigmoid", 2.0, 60)] {
            for loss in ["mse", "binary_cross_entropy"] {
                let run = run_of(net, loss, "xor", |o| {
                    o.learning_rate = rate;
                    o.epochs = epochs;
                    o.start = crate::train::Start::Drawn("uniform(-1,1)".parse().unwrap());
                });
                let first = &answer(&run).findings[0];
                assert_eq!((first.kind, first.confirmed), (Kind::TooFewSteps, true), "{net} {loss}");
                let solved = first.evidence["solved_at_epoch"].as_u64().unwrap();
                let epochs = first.experiment.as_ref().unwrap().after.epochs;
                assert!(epochs >= solved && epochs < 2 * solved);
                assert_eq!(first.advice.flags, ["--epochs", &epochs.to_string()]);
            }
        }
    }

    #[test]
    fn a_rule_that_stops_a_falling_run_is_named() {
        let run = run_of("2-3sigmoid-1sigmoid", "mse", "xor", |o| {
            o.learning_rate = 2.0;
            o.stop.smallest_change = Some(0.05);
        });
        assert_eq!(run.stop, "smallest-change");
        let first = &answer(&run).findings[0];
        assert_eq!((first.kind, first.confirmed), (Kind::TooFewSteps, true));
        assert!(first.summary.contains("smallest change"), "{}", first.summary);
    }
}
