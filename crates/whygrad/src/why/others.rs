//! The same run from other starts of the same sort.

use std::ops::RangeInclusive;

use super::finding::ENOUGH;
use super::lab::Change;
use super::longer::until_solved;
use super::scene::Scene;
use crate::random::{Key, Seed, Source};
use crate::train::{Start, starting_values_of};

/// How many other starts are tried.
const DRAWS: u64 = 10;

/// So many more where some get there and most do not: their share is to be known better.
const MORE: u64 = 10;

/// How many are tried where it is asked whether any gets there at all.
const MANY: u64 = 40;

/// The part of a run's limit that these may cost.
const PART: f64 = 0.3;

/// A run of more products of a parameter with a row than this is ended where it is solved.
const LONG: f64 = 1e7;

/// Runs from other starts, with nothing else changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    /// None where they would take too long.
    pub(super) changes: Vec<Change>,
    /// Of those that were made, how many were solved.
    pub(super) solved: usize,
    pub(super) made: usize,
    /// The first that was.
    pub(super) first_solved: Option<Change>,
    /// The lowest loss of them all.
    pub(super) lowest: f64,
}

impl Others {
    pub(super) fn of(scene: &Scene<'_>) -> Others {
        let mut others = Others { lowest: f64::INFINITY, ..Others::default() };
        others.add(scene, 1..=DRAWS, usize::MAX);
        if others.solved > 0 && 2 * others.solved < others.made {
            others.add(scene, DRAWS + 1..=DRAWS + MORE, usize::MAX);
        }
        others
    }

    /// The same, and more where few of these get there: until some do, or there are many.
    pub(super) fn and_more(&self, scene: &Scene<'_>) -> Others {
        let mut others = self.clone();
        if scene.finished.case.work() * MANY as f64 <= PART * scene.limits.work_of_one {
            others.add(scene, others.changes.len() as u64 + 1..=MANY, ENOUGH);
        }
        others
    }

    /// Makes the runs from these draws, until so many were solved.
    fn add(&mut self, scene: &Scene<'_>, draws: RangeInclusive<u64>, enough: usize) {
        for change in other_starts(scene, draws) {
            if self.solved >= enough {
                break;
            }
            self.try_one(scene, &change);
            self.changes.push(change);
        }
    }

    fn try_one(&mut self, scene: &Scene<'_>, change: &Change) {
        let Some(finished) = scene.tried(&until_solved(&change.case), 0.2) else { return };
        self.made += 1;
        if finished.is_solved() {
            self.solved += 1;
            self.first_solved.get_or_insert_with(|| change.clone());
        }
        if !finished.overflowed() {
            self.lowest = self.lowest.min(finished.loss);
        }
    }

    /// The share that was solved, where any were made.
    pub(super) fn share(&self) -> Option<f64> {
        (self.made > 0).then(|| self.solved as f64 / self.made as f64)
    }
}

/// Other starts of the same sort; none where each run is long.
fn other_starts(scene: &Scene<'_>, draws: RangeInclusive<u64>) -> Vec<Change> {
    let case = &scene.finished.case;
    if case.work() * DRAWS as f64 > 0.5 * scene.limits.work {
        return vec![];
    }
    let own = case.options.restart.unwrap_or(0);
    let drawn = draws.filter_map(|draw| {
        let start = match case.options.start {
            Start::Given => of_same_size(scene, draw),
            sort => {
                let mut options = case.options.clone();
                options.restart = Some(own.wrapping_add(draw));
                starting_values_of(&case.model, sort.initialiser(), &options).ok()?
            }
        };
        let words = "other starting values of the same sort".into();
        let other = case.from(start);
        Some(Change { words, case: if case.work() > LONG { until_solved(&other) } else { other } })
    });
    drawn.collect()
}

/// Values drawn evenly, so that the mean square of each parameter is as at the start.
fn of_same_size(scene: &Scene<'_>, draw: u64) -> Vec<f64> {
    let case = &scene.finished.case;
    let mut stream = Key::from_seed(Seed(draw)).stream();
    let mut start = case.start.clone();
    for p in &case.model.program.parameters {
        let part = &mut start[p.offset..p.offset + p.len()];
        let squares: f64 = part.iter().map(|v| v * v).sum();
        let limit = (3.0 * squares / part.len().max(1) as f64).sqrt();
        for v in part {
            *v = stream.uniform(-limit, limit);
        }
    }
    start
}
