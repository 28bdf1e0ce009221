//! The endings of many restarts as counts.

use std::collections::BTreeMap;

use super::counts::Counts;
use super::interval::wilson;
use super::levels::{Level, Losses};
use crate::train::{Ending, Reason};

/// The shares at which quantiles are told.
pub const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// How many restarts of a kind are kept, to be replayed.
const KEPT: usize = 3;

/// What is kept of all restarts: counts, and a few restarts worth a look.
///
/// Its size is bounded by the counts of [`Counts`] and [`Losses`], whatever the number of restarts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    restarts: u64,
    solved: u64,
    net_epochs: u64,
    epochs: Counts,
    losses: BTreeMap<Reason, Losses>,
    /// Solved in the fewest epochs, the fewest first.
    fastest: Vec<Ending>,
    /// Solved after the most epochs, the most first.
    slowest: Vec<Ending>,
    /// Not solved: those without a finite end first, then those with the greatest loss.
    worst: Vec<Ending>,
}

/// A way to end, and how many ended so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// Why they ended.
    pub reason: Reason,
    /// Where their losses stand: one level, the median where they have none in common, and nothing where no loss
    /// was left.
    pub level: Option<Level>,
    /// How many they are.
    pub count: u64,
    /// Whether the losses have no level in common.
    pub scattered: bool,
}

impl Tally {
    /// Counts an ending.
    pub fn push(&mut self, ending: &Ending) {
        self.restarts += 1;
        self.net_epochs += ending.epochs;
        self.losses.entry(ending.reason).or_default().push(ending.loss);
        if ending.reason == Reason::Solved {
            self.solved += 1;
            self.epochs.push(epochs_to_solution(ending));
            keep(&mut self.fastest, ending, |a, b| epochs_to_solution(a) < epochs_to_solution(b));
            keep(&mut self.slowest, ending, |a, b| epochs_to_solution(a) > epochs_to_solution(b));
        } else {
            keep(&mut self.worst, ending, |a, b| {
                (is_lost(a), a.loss).partial_cmp(&(is_lost(b), b.loss)).is_some_and(std::cmp::Ordering::is_gt)
            });
        }
    }

    /// Endings counted.
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Solved ones among them.
    pub fn solved(&self) -> u64 {
        self.solved
    }

    /// Epochs of all nets together.
    pub fn net_epochs(&self) -> u64 {
        self.net_epochs
    }

    /// The share of solved nets; `None` before the first restart.
    pub fn rate(&self) -> Option<f64> {
        (self.restarts > 0).then(|| self.solved as f64 / self.restarts as f64)
    }

    /// The 95 % interval of the rate after Wilson.
    pub fn interval(&self) -> (f64, f64) {
        wilson(self.solved, self.restarts)
    }

    /// Epochs to the solution, of the solved nets alone.
    pub fn epochs(&self) -> &Counts {
        &self.epochs
    }

    /// The solved nets with the fewest epochs.
    pub fn fastest(&self) -> &[Ending] {
        &self.fastest
    }

    /// The solved nets with the most epochs.
    pub fn slowest(&self) -> &[Ending] {
        &self.slowest
    }

    /// The unsolved nets that ended worst.
    pub fn worst(&self) -> &[Ending] {
        &self.worst
    }

    /// All ways to end, the commonest first. Solved nets are one, and so are those that were lost to an overflow or
    /// left their domain; the others are told apart by the levels of their losses.
    pub fn ends(&self) -> Vec<End> {
        let mut ends = Vec::new();
        for (&reason, losses) in &self.losses {
            match reason {
                Reason::Solved => ends.push(End {
                    reason,
                    level: losses.quantile(0.5).map(|loss| Level {
                        loss,
                        low: losses.quantile(0.0).unwrap_or(loss),
                        high: losses.quantile(1.0).unwrap_or(loss),
                        count: losses.total(),
                        fraction: None,
                        near: None,
                    }),
                    count: losses.total(),
                    scattered: false,
                }),
                Reason::Overflow | Reason::LeftDomain => {
                    ends.push(End { reason, level: None, count: losses.total(), scattered: false });
                }
                _ => {
                    let found = losses.levels();
                    let end = |level: Level, scattered| End {
                        reason,
                        level: Some(level),
                        count: level.count,
                        scattered,
                    };
                    ends.extend(found.levels.into_iter().map(|level| end(level, false)));
                    ends.extend(found.scattered.map(|level| end(level, true)));
                }
            }
        }
        ends.sort_by_key(|end| std::cmp::Reverse(end.count));
        ends
    }
}

/// The epoch at which a solved net first met the rule.
fn epochs_to_solution(ending: &Ending) -> u64 {
    ending.first_solved.unwrap_or(ending.epochs)
}

/// Whether a net has no loss left to compare.
fn is_lost(ending: &Ending) -> bool {
    matches!(ending.reason, Reason::Overflow | Reason::LeftDomain) || !ending.loss.is_finite()
}

/// Puts an ending into its place among the few kept; of equals the earlier restart stands first.
fn keep(kept: &mut Vec<Ending>, ending: &Ending, before: impl Fn(&Ending, &Ending) -> bool) {
    let place = kept.iter().position(|other| before(ending, other)).unwrap_or(kept.len());
    if place < KEPT {
        kept.insert(place, *ending);
        kept.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(restart: u64, epochs: u64, loss: f64, reason: Reason) -> Ending {
        let first_solved = (reason == Reason::Solved).then_some(epochs);
        Ending { restart, epochs, first_solved, loss, reason }
    }

    fn tally() -> Tally {
        let mut tally = Tally::default();
        for k in 0..80 {
            tally.push(&ending(k, 100 + k, 0.01, Reason::Solved));
        }
        for k in 80..95 {
            tally.push(&ending(k, 1000, 0.125 + 1e-6 * k as f64, Reason::Epochs));
        }
        for k in 95..100 {
            tally.push(&ending(k, 7, 3.0, Reason::Overflow));
        }
        tally
    }

    #[test]
    fn rates_and_quantiles_come_from_counts() {
        let tally = tally();
        assert_eq!((tally.restarts(), tally.solved(), tally.rate()), (100, 80, Some(0.8)));
        assert_eq!(QUANTILES.map(|q| tally.epochs().quantile(q).unwrap()), [103, 119, 139, 159, 175]);
        assert_eq!(tally.net_epochs(), (100..180).sum::<u64>() + 15 * 1000 + 5 * 7);
        assert_eq!(Tally::default().rate(), None);
    }

    #[test]
    fn ends_are_told_apart_and_complete() {
        let ends = tally().ends();
        let told: Vec<_> = ends.iter().map(|e| (e.reason, e.count)).collect();
        assert_eq!(told, [(Reason::Solved, 80), (Reason::Epochs, 15), (Reason::Overflow, 5)]);
        assert_eq!(ends[1].level.unwrap().fraction, Some((1, 8)));
        assert_eq!(ends[2].level, None);
    }

    #[test]
    fn the_best_and_the_worst_are_kept_to_be_replayed() {
        let tally = tally();
        let of = |kept: &[Ending]| kept.iter().map(|e| e.restart).collect::<Vec<_>>();
        assert_eq!(of(tally.fastest()), [0, 1, 2]);
        assert_eq!(of(tally.slowest()), [79, 78, 77]);
        assert_eq!(of(tally.worst()), [95, 96, 97]);
    }
}
