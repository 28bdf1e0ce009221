//! A run and everything that decides how it goes.

use std::sync::Arc;

use super::goal::{Goal, are_classes_right};
use super::report::{Outcome, Verdict};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::schedule::Schedule;
use crate::train::{BatchSize, Control, Evaluation, Options, Run, TrainError, evaluate, train};

/// What a step on a part of the rows costs besides its products, in these.
const STEP: f64 = 30.0;

/// The same where the rows are put in a new order in each epoch.
const SHUFFLED_STEP: f64 = 300.0;

/// Everything that decides how a run goes.
#[derive(Clone, Debug)]
pub struct Case {
    /// The model, with its loss and the gradient that is used.
    pub model: Arc<Model>,
    /// The rows.
    pub data: Arc<Dataset>,
    /// All choices.
    pub options: Options,
    /// The starting values.
    pub start: Vec<f64>,
}

impl Case {
    /// Makes the run.
    ///
    /// # Errors
    /// Options that a run cannot be made with.
    pub fn run(
        &self,
        observer: &mut dyn FnMut(&crate::train::Progress) -> Control,
    ) -> Result<Finished, TrainError> {
        let run = train(&self.model, Some(&self.data), &self.start, &self.options, observer)?;
        Ok(Finished::new(self.clone(), &run))
    }

    /// About how many products of a parameter with a row the run is, with what a step costs besides: where an epoch has
    /// many steps, the most of it.
    pub(crate) fn work(&self) -> f64 {
        let (rows, epochs) = (self.data.rows as f64, self.options.epochs as f64);
        let besides = match self.options.batch {
            BatchSize::Rows(batch) if batch < self.data.rows => {
                let one = if self.options.shuffle { SHUFFLED_STEP } else { STEP };
                one * rows / batch.max(1) as f64
            }
            _ => 0.0,
        };
        epochs * (rows * self.start.len().max(1) as f64 + besides)
    }

    /// The same but for its options.
    pub(super) fn with(&self, change: impl FnOnce(&mut Options)) -> Case {
        let mut case = self.clone();
        change(&mut case.options);
        case
    }

    /// The same but for its starting values.
    pub(super) fn from(&self, start: Vec<f64>) -> Case {
        Case { start, ..self.clone() }
    }
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What decided how it went.
    pub case: Case,
    /// The loss after epochs, the first and the last among them: (epoch, loss).
    pub losses: Vec<(u64, f64)>,
    /// The parameters at some epochs, the start among them, where they were kept; else empty.
    pub path: Vec<(u64, Vec<f64>)>,
    /// Epochs done.
    pub epochs: u64,
    /// The stable name of the reason to stop.
    pub stop: String,
    /// The parameters at the end.
    pub theta: Vec<f64>,
    /// The loss at the end; not finite after an overflow.
    pub loss: f64,
    /// What the model does at the end.
    pub evaluation: Evaluation,
    /// What is to be known of the run before an answer about it is read; a sentence.
    pub note: Option<String>,
}

impl Finished {
    /// A run that was just made.
    pub fn new(case: Case, run: &Run) -> Finished {
        let finished = Finished::of_run(case, run);
        finished.counted_as_done()
    }

    fn of_run(case: Case, run: &Run) -> Finished {
        let evaluation = evaluate(&case.model, &case.data, &run.theta);
        Finished {
            losses: run.history.points(),
            path: Vec::new(),
            epochs: run.epoch,
            stop: run.stop.name().to_owned(),
            theta: run.theta.clone(),
            loss: run.loss,
            evaluation,
            case,
            note: None,
        }
    }

    /// An interrupted run as one that was meant to have the epochs it had, so that its experiments are no longer.
    pub(super) fn counted_as_done(mut self) -> Finished {
        if self.stop == "interrupted" && self.epochs < self.case.options.epochs {
            self.case.options.epochs = self.epochs.max(1);
            // With a schedule for fewer epochs it would go another way.
            if self.path.is_empty() && self.case.options.schedule != Schedule::CONSTANT {
                self.path = vec![(0, self.case.start.clone()), (self.epochs, self.theta.clone())];
            }
        }
        self
    }

    /// When it counts as solved.
    pub fn goal(&self) -> Goal {
        Goal::of(&self.case.options, &self.case.data)
    }

    /// Whether the goal is reached.
    ///
    /// Of several classes the largest share is read out, unless the options ask for more.
    pub fn is_solved(&self) -> bool {
        let (data, logits) = (&self.case.data, self.case.model.logits);
        let stop = &self.case.options.stop;
        let asked = stop.target_loss.is_some() || stop.within.is_some() || stop.all_right;
        !self.overflowed()
            && (self.goal().is_reached(&self.evaluation, data, logits)
                || (!asked && are_classes_right(&self.evaluation, data, logits)))
    }

    /// Whether a number was not finite.
    pub(crate) fn overflowed(&self) -> bool {
        self.stop == "overflow" || !self.loss.is_finite()
    }

    /// Whether the loss ended well above where it began.
    pub(super) fn rose(&self) -> bool {
        let first = self.losses.first().map_or(self.loss, |l| l.1);
        self.loss > first + 0.02 * first.abs()
    }

    /// Whether the loss fell so far below 0 that it has no bound.
    fn fell_without_bound(&self) -> bool {
        let first = self.losses.first().map_or(self.loss, |l| l.1);
        self.loss < -FAR_BELOW * (1.0 + first.abs())
    }

    /// The share of the loss that the last quarter of the run, one epoch at least, took away; negative where it rose.
    pub(super) fn fell_lately(&self) -> f64 {
        let from = self.epochs.saturating_sub((self.epochs / 4).max(1));
        let before = self.losses.iter().rev().find(|l| l.0 <= from).or(self.losses.first());
        let before = before.map_or(self.loss, |l| l.1);
        if before == 0.0 { 0.0 } else { (before - self.loss) / before.abs() }
    }

    /// What happened.
    pub fn verdict(&self) -> Verdict {
        if self.is_solved() {
            Verdict::Solved
        } else if self.overflowed() || self.rose() || self.fell_without_bound() {
            Verdict::Diverged
        } else if self.fell_lately() > STILL {
            Verdict::StillMoving
        } else {
            Verdict::Stalled
        }
    }

    /// How it ended, in numbers.
    pub fn outcome(&self) -> Outcome {
        let loss = if self.overflowed() { f64::INFINITY } else { self.loss };
        Outcome { loss, accuracy: self.evaluation.accuracy, epochs: self.epochs, solved: self.is_solved() }
    }
}

/// A run whose last quarter took away more than this share of the loss was still moving.
const STILL: f64 = 0.01;

/// A loss that ended below 0 by more than this many times its first size falls for ever.
const FAR_BELOW: f64 = 1e6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, case_of, model, rows, run};

    #[test]
    fn a_run_of_one_epoch_whose_loss_fell_still_moves() {
        let mut case = case("2-3tanh-1", "xor", |o| (o.learning_rate, o.epochs, o.seed) = (0.1, 1, 3));
        case.start.iter_mut().for_each(|w| *w += 1.0);
        let finished = run(&case);
        assert!(finished.fell_lately() > 0.01, "{:?}", finished.losses);
        assert_eq!(finished.verdict(), Verdict::StillMoving);
    }

    #[test]
    fn a_loss_without_a_bound_diverges() {
        let text = "inputs x\ntarget y\ny_hat = w*x + b\nloss = -mse(y_hat, y)";
        let mut case = case_of(model(text), rows(&[(&[0.0], &[1.0]), (&[1.0], &[0.0]), (&[2.0], &[5.0])]));
        (case.options.learning_rate, case.options.epochs) = (0.3, 40);
        assert_eq!(run(&case).verdict(), Verdict::Diverged);
    }

    #[test]
    fn experiments_on_an_interrupted_run_are_as_long_as_it_was() {
        let case = case("2-3tanh-1", "xor", |o| o.epochs = 1_000_000_000);
        let finished = case.run(&mut |p| if p.epoch >= 5000 { Control::Stop } else { Control::Continue });
        let finished = finished.unwrap();
        assert_eq!(finished.stop, "interrupted");
        assert_eq!(finished.case.options.epochs, finished.epochs);
    }
}
