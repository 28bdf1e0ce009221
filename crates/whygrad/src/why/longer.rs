//! A run with more epochs: whether and when it would have been solved.

use super::finished::{Case, Finished};
use super::goal::Goal;
use super::lab::Lab;
use super::scene::Scene;

/// How many times as many epochs are tried, one after the other until one is enough.
const FACTORS: [u64; 6] = [3, 10, 30, 100, 1000, 10_000];

/// A run of so many epochs is made at most this many times as long.
const LONG: (u64, u64) = (1000, 100);

/// The run with more epochs, ended where the goal is reached.
#[derive(Clone, Debug)]
pub(super) struct Longer {
    pub(super) finished: Finished,
}

impl Longer {
    pub(super) fn of(scene: &Scene<'_>) -> Option<Longer> {
        let finished = scene.finished;
        let base = until_solved(&without_rules(&finished.case));
        let most = Lab::most_epochs(&scene.limits, &finished.case) / 24;
        let mut best: Option<Finished> = None;
        for factor in FACTORS {
            if finished.epochs >= LONG.0 && factor > LONG.1 {
                break;
            }
            let epochs = finished.epochs.max(1).saturating_mul(factor).min(most);
            if epochs <= best.as_ref().map_or(finished.epochs, |b| b.case.options.epochs) {
                break;
            }
            let before = best.as_ref().map_or(finished.loss, |b| b.loss);
            let Some(after) = scene.tried(&base.with(|o| o.epochs = epochs), 0.3) else { break };
            let stands = (before - after.loss).abs() <= 1e-14 * before.abs();
            let ends = after.is_solved() || after.overflowed() || stands;
            best = Some(after);
            if ends {
                break;
            }
        }
        best.map(|finished| Longer { finished })
    }

    /// The run to show: the one that got somewhere, or else one that is not too long to be made again.
    pub(super) fn case(&self, before: &Finished) -> Case {
        let epochs = self.finished.case.options.epochs;
        let short = epochs.min(before.epochs.max(1).saturating_mul(FACTORS[1]));
        let got_somewhere = self.is_solved() || self.finished.loss < 0.6 * before.loss;
        self.finished.case.with(|o| o.epochs = if got_somewhere { epochs } else { short })
    }

    pub(super) fn is_solved(&self) -> bool {
        self.finished.is_solved()
    }

    /// As many epochs as were enough, and a tenth more, rounded up to two digits.
    pub(super) fn advised(&self) -> u64 {
        rounded_up(self.finished.epochs + self.finished.epochs / 10)
    }
}

/// A count rounded up to two digits.
pub(super) fn rounded_up(count: u64) -> u64 {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    count.div_ceil(unit) * unit
}

/// Without the rules that end a run because it moves little.
pub(super) fn without_rules(case: &Case) -> Case {
    case.with(|o| {
        o.stop.smallest_change = None;
        o.stop.gradient_norm = None;
    })
}

/// Ended where the goal is reached, so that its epochs say when that was.
pub(super) fn until_solved(case: &Case) -> Case {
    match Goal::of(&case.options, &case.data) {
        Goal::Near(limit) => case.with(|o| o.stop.within = Some(limit)),
        Goal::Loss(_) | Goal::Fit => case.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_rounded_up_to_two_digits() {
        assert_eq!([7, 99, 101, 1999, 12_001].map(rounded_up), [7, 99, 110, 2000, 13_000]);
    }
}
