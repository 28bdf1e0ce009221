//! A start from which the run does not get there, while most others do.
//!
//! Nothing is wrong but the draw: other starts of the same sort, with all else the same, solve it. It is the last
//! explanation, after every cause that says more. Where most other starts fail as well, one that does not still proves
//! that the net can do it, which is said of nets without biases before it is said what they lack. How often starts fail is a property of the net and of how it is drawn: of
//! the net with two hidden units on XOR one in ten or twenty, at a good rate.
//!
//! What to do: start again with other values (`--seed`, `--restarts 10` takes the best); `whygrad odds` says how often that is needed.

use std::fmt::Write as _;

use super::cannot_represent::{lacks_biases, with_biases};
use super::{ENOUGH, Suspicion, gradient_wrong};
use crate::odds::wilson;
use crate::why::lab::Change;
use crate::why::level::level;
use crate::why::longer::until_solved;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;

const EXPLANATION: &str = "From some starting values gradient descent comes to a flat place before it has found the way \
    down, and another draw of the same sort does not. More hidden units make such starts rarer.";

const FEW: &str = "That a run from other starting values, with nothing else changed, gets there proves that the net can do it. \
    How often starts do depends on the net and on the learning rate: biases, more hidden units and a smaller learning rate \
    make it likelier.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let stands = match finished.verdict() {
        Verdict::Stalled => true,
        // One that gets there with some more epochs has no bad start.
        Verdict::StillMoving => {
            scene.longer().is_some_and(|l| !l.is_solved() || l.finished.epochs > 3 * finished.epochs)
        }
        _ => false,
    };
    if !stands || scene.speed().jumps || finished.epochs == 0 {
        return vec![];
    }
    let others = scene.others();
    if others.changes.is_empty() {
        return vec![];
    }
    let is_rare = others.share().is_some_and(|s| s < 0.5);
    if is_rare && lacks_biases(scene) {
        return few_get_there(scene).into_iter().collect();
    }
    // One of many may be chance: where nearly all other starts fail as well, this one is not to blame.
    let Some(solved) = others.first_solved.clone().filter(|_| !is_rare || others.solved >= ENOUGH) else {
        return vec![];
    };
    let (low, high) = wilson(others.solved as u64, others.made as u64);
    let summary = format!(
        "An unlucky start: from these starting values the run stalls at {}; {} of {} other starts of the same sort get to the \
         goal (of all such starts some {:.0} to {:.0} %).",
        place(scene),
        others.solved,
        others.made,
        100.0 * low,
        100.0 * high
    );
    let mut suspicion = Suspicion::new(Kind::Plateau, if is_rare { 0.2 } else { 0.3 }, summary, EXPLANATION)
        .with("loss", finished.loss)
        .with("other_starts", others.made)
        .with("other_starts_solved", others.solved)
        .with("share_at_least", low)
        .with("share_at_most", high);
    suspicion.counted = Some([others.solved, others.made]);
    suspicion.changes = to_show(solved);
    suspicion.advice = Advice::flags("Start from other values.", &["--restart", "1"]);
    vec![suspicion]
}

/// The run that gets there, and the same ended where it does: one at a high rate may leave its goal again.
fn to_show(solved: Change) -> Vec<Change> {
    let words = format!("{}, ended where solved", solved.words);
    let ended = Change { words, case: until_solved(&solved.case) };
    vec![solved, ended]
}

/// Where the run stalls.
fn place(scene: &Scene<'_>) -> String {
    let finished = scene.finished;
    level(&finished.evaluation, &finished.case.data)
        .map_or_else(|| format!("loss {}", short(finished.loss)), |l| l.words(finished.loss))
}

/// Where most other starts of a net without biases fail as well, one of them that does not shows that the net can do it.
fn few_get_there(scene: &Scene<'_>) -> Option<Suspicion> {
    // Under a wrong gradient a start that gets there does so by accident.
    if scene.model().own_gradient && !gradient_wrong::look(scene).is_empty() {
        return None;
    }
    let others = scene.many_others();
    let solved = others.first_solved.clone()?;
    let gets = if others.solved == 1 { "gets" } else { "get" };
    let mut summary = format!(
        "The net can represent it, but only {} of {} other starts {gets} there: from these starting values the run stalls at \
         {}.",
        others.solved,
        others.made,
        place(scene)
    );
    let biased = with_biases(scene);
    let biases_help = biased.filter(|(solved, made)| 2 * solved > *made);
    if let Some((solved, made)) = biases_help {
        let _ = write!(summary, " It has no biases; with them {solved} of {made} starts get there.");
    }
    let mut suspicion = Suspicion::new(Kind::Plateau, 0.5, summary, FEW)
        .with("loss", scene.finished.loss)
        .with("other_starts", others.made)
        .with("other_starts_solved", others.solved);
    if let Some((solved, made)) = biased {
        suspicion = suspicion.with("with_biases_solved", solved).with("with_biases", made);
    }
    suspicion.counted = Some([others.solved, others.made]);
    suspicion.changes = to_show(solved);
    suspicion.advice = Advice::flags(
        if biases_help.is_some() {
            "Start from other values, or give each layer biases."
        } else {
            "Start from other values."
        },
        &["--restart", "1"],
    );
    Some(suspicion)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{answer, run_of};
    use super::*;
    use crate::train::Start;
    use crate::train::Stepping;

    #[test]
    fn a_start_that_fails_where_most_others_do_not_is_the_last_explanation() {
        for seed in [19, 25, 50] {
            let run = run_of("2-2sigmoid-1", "mse", "xor", |o| {
                o.learning_rate = 0.3;
                o.seed = seed;
                o.start = Start::Drawn("uniform(-1,1)".parse().unwrap());
            });
            let report = answer(&run);
            let first = &report.findings[0];
            assert_eq!((first.kind, first.confirmed), (Kind::Plateau, true));
            let [solved, made] = first.experiment.as_ref().unwrap().draws.unwrap();
            assert!(made == 10 && solved >= 5, "{solved} of {made}");
            assert!(first.summary.contains("1/8"), "{}", first.summary);
            assert!(report.findings.iter().all(|f| f.kind != Kind::LocalMinimum));
        }
    }

    #[test]
    fn the_unlucky_starts_of_the_net_with_three_units_are_called_so() {
        for seed in [21, 30, 50, 63] {
            let run = run_of("2-3sigmoid-1sigmoid", "binary_cross_entropy", "xor", |o| {
                o.learning_rate = 0.1;
                o.seed = seed;
                o.start = Start::Drawn("normal(0,1)".parse().unwrap());
            });
            let first = &answer(&run).findings[0];
            assert_eq!((first.kind, first.confirmed), (Kind::Plateau, true), "{}", first.summary);
            assert!(first.summary.contains("nlucky"), "{}", first.summary);
        }
    }

    #[test]
    fn where_most_starts_stall_the_share_of_those_that_do_not_is_told() {
        let (mut failed, mut unexplained) = (0, 0);
        for method in ["bfgs", "rprop"] {
            for seed in 1..=15 {
                let run = run_of("2-2sigmoid-1sigmoid", "mse", "xor", |o| {
                    method.parse::<Stepping>().unwrap().apply(o);
                    o.seed = seed;
                    o.start = Start::Drawn("normal(0,1)".parse().unwrap());
                });
                if run.is_solved() {
                    continue;
                }
                failed += 1;
                let first = &answer(&run).findings[0];
                unexplained += usize::from(!first.confirmed);
                if let Some(solved) = first.evidence.get("other_starts_solved") {
                    assert!(first.summary.contains("other starts"), "{}", first.summary);
                    assert!(solved.as_u64().unwrap() >= ENOUGH as u64);
                }
            }
        }
        // One that no other start of ten leaves stays a suspicion.
        assert!(failed > 5 && 5 * unexplained <= failed, "{unexplained} of {failed}");
    }
}
