//! Restarts in a row, until one is solved: the way in which many papers count epochs.
//!
//! A net that passes its cap is given new starting values and the count of epochs runs on, so that an attempt that
//! failed costs all its epochs. A [`Series`] makes such scores of the endings of a fleet, whose cap is
//! [`Options::epochs`](crate::train::Options::epochs).

use crate::train::{Ending, Reason};

/// What one solution took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// Epochs of all its attempts together.
    pub epochs: u64,
    /// Attempts that failed before.
    pub failed: u64,
}

/// Scores of endings that are given in the order of the restarts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    scores: Vec<Score>,
    /// What the attempts since the last solution took.
    open: Option<Score>,
}

/// Mean and sample deviation (n - 1) of some scores, and their ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many scores there are.
    pub count: usize,
    /// The mean of their epochs.
    pub mean: f64,
    /// The deviation of a sample; not a number for a single score.
    pub sd: f64,
    /// The fewest epochs.
    pub least: u64,
    /// The median.
    pub median: f64,
    /// The most epochs.
    pub most: u64,
    /// Attempts that failed, of all scores together.
    pub failed: u64,
}

impl Series {
    /// Takes the next ending.
    pub fn push(&mut self, ending: &Ending) {
        let mut score = self.open.take().unwrap_or(Score { epochs: 0, failed: 0 });
        if ending.reason == Reason::Solved {
            score.epochs += ending.first_solved.unwrap_or(ending.epochs);
            self.scores.push(score);
        } else {
            score.epochs += ending.epochs;
            score.failed += 1;
            self.open = Some(score);
        }
    }

    /// The scores, in order.
    pub fn scores(&self) -> &[Score] {
        &self.scores
    }

    /// What the attempts after the last solution took; they belong to no score yet.
    pub fn open(&self) -> Option<Score> {
        self.open
    }

    /// The scores in a few numbers; `None` before the first.
    pub fn summary(&self) -> Option<Summary> {
        let mut epochs: Vec<u64> = self.scores.iter().map(|score| score.epochs).collect();
        epochs.sort_unstable();
        let (&least, &most) = (epochs.first()?, epochs.last()?);
        let count = epochs.len();
        let mean = epochs.iter().map(|&e| e as f64).sum::<f64>() / count as f64;
        let squares = epochs.iter().map(|&e| (e as f64 - mean).powi(2)).sum::<f64>();
        let median = f64::midpoint(epochs[(count - 1) / 2] as f64, epochs[count / 2] as f64);
        let sd = (squares / (count as f64 - 1.0)).sqrt();
        let failed = self.scores.iter().map(|score| score.failed).sum();
        Some(Summary { count, mean, sd, least, median, most, failed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(restart: u64, epochs: u64, reason: Reason) -> Ending {
        let first_solved = (reason == Reason::Solved).then_some(epochs);
        Ending { restart, epochs, first_solved, loss: 0.1, reason }
    }

    #[test]
    fn the_epochs_of_failed_attempts_count() {
        let mut series = Series::default();
        let (solved, cap) = (Reason::Solved, Reason::Epochs);
        let endings = [(30, solved), (100, cap), (100, cap), (50, solved), (70, solved), (100, cap)];
        for (restart, (epochs, reason)) in (0..).zip(endings) {
            series.push(&ending(restart, epochs, reason));
        }
        let scores: Vec<(u64, u64)> = series.scores().iter().map(|s| (s.epochs, s.failed)).collect();
        assert_eq!(scores, [(30, 0), (250, 2), (70, 0)]);
        assert_eq!(series.open(), Some(Score { epochs: 100, failed: 1 }));
        let summary = series.summary().unwrap();
        assert_eq!((summary.count, summary.least, summary.most, summary.failed), (3, 30, 250, 2));
        assert_eq!((summary.median, summary.mean.round()), (70.0, 117.0));
        // Squares of 86.67, 133.33 and 46.67 over 2.
        assert!((summary.sd - 117.189).abs() < 1e-3, "{}", summary.sd);
    }

    #[test]
    fn without_a_solution_there_is_no_summary() {
        let mut series = Series::default();
        assert_eq!(series.summary(), None);
        series.push(&ending(0, 10, Reason::Overflow));
        assert_eq!(series.summary(), None);
    }
}
