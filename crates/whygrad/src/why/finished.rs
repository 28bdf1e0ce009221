//! A run and everything that decides how it goes.

use std::sync::Arc;

use super::goal::Goal;
use super::report::{Outcome, Verdict};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::schedule::Schedule;
use crate::train::{Control, Evaluation, Options, Run, TrainError, evaluate, train};

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

    /// About how many products of a parameter with a row the run is.
    pub(super) fn work(&self) -> f64 {
        self.options.epochs as f64 * self.data.rows as f64 * self.start.len().max(1) as f64
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
}

impl Finished {
    /// A run that was just made.
    pub fn new(case: Case, run: &Run) -> Finished {
        let finished = Finished::of_run(case, run);
        finished.as_done()
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
        }
    }

    /// An interrupted run as one that was meant to have the epochs it had, so that its experiments are no longer.
    pub(super) fn as_done(mut self) -> Finished {
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
    pub fn is_solved(&self) -> bool {
        !self.overflowed()
            && self.goal().is_reached(&self.evaluation, &self.case.data, self.case.model.logits)
    }

    /// Whether a number was not finite.
    pub(super) fn overflowed(&self) -> bool {
        self.stop == "overflow" || !self.loss.is_finite()
    }

    /// Whether the loss ended well above where it began.
    pub(super) fn rose(&self) -> bool {
        let first = self.losses.first().map_or(self.loss, |l| l.1);
        self.loss > first + 0.02 * first.abs()
    }

    /// The share of the loss that the last quarter of the run took away; negative where it rose.
    pub(super) fn fell_lately(&self) -> f64 {
        let from = self.epochs - self.epochs / 4;
        let before = self.losses.iter().rev().find(|l| l.0 <= from).or(self.losses.first());
        let before = before.map_or(self.loss, |l| l.1);
        if before == 0.0 { 0.0 } else { (before - self.loss) / before.abs() }
    }

    /// What happened.
    pub fn verdict(&self) -> Verdict {
        if self.is_solved() {
            Verdict::Solved
        } else if self.overflowed() || self.rose() {
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
