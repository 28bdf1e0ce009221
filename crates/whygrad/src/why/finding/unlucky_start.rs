//! A start from which the run does not get there, while most others do.
//!
//! Nothing is wrong but the draw: other starts of the same sort, with all else the same, solve it. It is the last
//! explanation, after every cause that says more. How often starts fail is a property of the net and of how it is drawn: of
//! the net with two hidden units on XOR one in ten or twenty, at a good rate.

use super::Suspicion;
use crate::random::{Key, Seed, Source};
use crate::train::{Start, starting_values_of};
use crate::why::lab::Change;
use crate::why::level::level;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;

const EXPLANATION: &str = "From some starting values gradient descent comes to a flat place before it has found the way \
    down, and another draw of the same sort does not. More hidden units make such starts rarer.";

/// How many other starts are tried.
const DRAWS: u64 = 10;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let trial = scene.trial;
    let stands = match trial.verdict() {
        Verdict::Stalled => true,
        // One that gets there with more epochs has no bad start.
        Verdict::StillMoving => scene.longer().is_some_and(|l| !l.is_solved()),
        _ => false,
    };
    if !stands || scene.speed().jumps || trial.epochs == 0 {
        return vec![];
    }
    let changes = other_starts(scene, DRAWS);
    if changes.is_empty() {
        return vec![];
    }
    let place = level(&trial.evaluation, &trial.case.data)
        .map_or_else(|| format!("loss {}", short(trial.loss)), |l| l.words(trial.loss));
    let summary = format!("An unlucky start: from these starting values the run stalls at {place}.");
    let mut suspicion =
        Suspicion::new(Kind::Plateau, 0.3, summary, EXPLANATION).with("loss", trial.loss);
    suspicion.draws = true;
    suspicion.changes = changes;
    suspicion.advice = Advice::flags("Start from other values.", &["--restart", "1"]);
    vec![suspicion]
}

/// Other starts of the same sort; none where each run is long.
pub(super) fn other_starts(scene: &Scene<'_>, draws: u64) -> Vec<Change> {
    let case = &scene.trial.case;
    if case.work() * draws as f64 > 0.5 * scene.limits.work {
        return vec![];
    }
    let own = case.options.restart.unwrap_or(0);
    let drawn = (1..=draws).filter_map(|draw| {
        let start = match case.options.start {
            Start::Given => of_same_size(scene, draw),
            sort => {
                let mut options = case.options.clone();
                options.restart = Some(own.wrapping_add(draw));
                starting_values_of(&case.model, sort.initialiser(), &options).ok()?
            }
        };
        let words = "other starting values of the same sort".into();
        Some(Change { words, case: case.from(start) })
    });
    drawn.collect()
}

/// Values drawn evenly, so that the mean square of each parameter is as at the start.
fn of_same_size(scene: &Scene<'_>, draw: u64) -> Vec<f64> {
    let case = &scene.trial.case;
    let mut stream = Key::from_seed(Seed(draw)).stream();
    let mut start = case.start.clone();
    for p in &case.model.program.parameters {
        let part = &mut start[p.offset..p.offset + p.len()];
        let squares: f64 = part.iter().map(|v| v * v).sum();
        let limit = (3.0 * squares / part.len().max(1) as f64).sqrt();
        part.iter_mut().for_each(|v| *v = stream.uniform(-limit, limit));
    }
    start
}
