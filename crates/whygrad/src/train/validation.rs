//! Early stopping: a part of the data that is not trained on says when to end, and which parameters to keep.
//!
//! The criteria are those of Prechelt, "Automatic early stopping using cross validation: quantifying the criteria"
//! (1998), and of his "Proben1" (1994). Losses are compared by their ratios alone, so that a sum of squares, a mean and a
//! percentage stop at the same epoch. Where the model's loss has a penalty, it is in the validation loss too.

use super::evaluate::Judge;
use super::settings::{Range, SettingError};
use super::{Control, Options, Progress, Run, StopReason, TrainError, train_watched};
use crate::data::Dataset;
use crate::model::Model;

/// When a run ends by its validation rows. Every criterion that is given is asked at every check; all of them `None`
/// keep the best parameters and stop nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// Epochs between two checks, and from the start to the first; also the length k of a training strip. Prechelt
    /// took 5.
    pub every: u64,
    /// GL: ends where the validation loss is more than so many percent above its minimum so far.
    pub generality_loss: Option<f64>,
    /// PQ: ends where the generality loss in percent is more than so many times the progress of the training strip in
    /// per thousand.
    pub quotient: Option<f64>,
    /// UP: ends where the validation loss rose over so many strips one after the other.
    pub rises: Option<u64>,
    /// P: ends where the progress of the training strip is less than so many per thousand. It is 1000 (mean / minimum -
    /// 1) of the training losses after the k epochs of the strip.
    pub progress: Option<f64>,
}

impl EarlyStopping {
    /// The rules of "Proben1": each 5th epoch, 5 % of generality loss or less than 0.1 per thousand of progress.
    pub const PROBEN1: EarlyStopping = EarlyStopping {
        every: 5,
        generality_loss: Some(5.0),
        quotient: None,
        rises: None,
        progress: Some(0.1),
    };

    /// Whether the numbers are in their ranges.
    pub fn check(&self) -> Result<(), SettingError> {
        Range::Above.check("validate-every", self.every as f64)?;
        let numbers = [
            ("generality-loss", self.generality_loss),
            ("progress-quotient", self.quotient),
            ("validation-rises", self.rises.map(|rises| rises as f64)),
            ("training-progress", self.progress),
        ];
        numbers.into_iter().try_for_each(|(name, x)| x.map_or(Ok(()), |x| Range::Above.check(name, x)))
    }
}

/// Which criterion ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// [`EarlyStopping::generality_loss`]
    GeneralityLoss,
    /// [`EarlyStopping::quotient`]
    Quotient,
    /// [`EarlyStopping::rises`]
    Rises,
    /// [`EarlyStopping::progress`]
    Progress,
}

/// A run with what its validation rows said.
#[derive(Clone, Debug, PartialEq)]
pub struct Validated {
    /// The run to its end. Where a criterion ended it, its stop reason is [`StopReason::Interrupted`].
    pub run: Run,
    /// The criterion that ended it; `None` where the run ended for a reason of its own.
    pub criterion: Option<Criterion>,
    /// The epoch of the least validation loss among those that were checked.
    pub best_epoch: u64,
    /// The parameters there.
    pub best_theta: Vec<f64>,
    /// The validation loss at the checks: (epoch, loss), the first before training.
    pub validation: Vec<(u64, f64)>,
}

/// Trains one net on `data` until a criterion or a reason of its own ends it, and keeps the parameters with the least loss
/// on `validation`.
pub fn train_validated(
    model: &Model,
    (data, validation): (&Dataset, &Dataset),
    start: &[f64],
    options: &Options,
    rules: &EarlyStopping,
    observer: &mut dyn FnMut(&Progress) -> Control,
) -> Result<Validated, TrainError> {
    rules.check()?;
    let mut judge = Judge::new(model, validation);
    let mut watch = Watcher::new(*rules);
    let run = train_watched(model, Some(data), start, options, rules.every, &mut |progress, theta| {
        watch.training(progress);
        if let Some(theta) = theta {
            watch.check(progress.epoch, judge.loss(theta), theta);
        }
        if watch.criterion.is_some() { Control::Stop } else { observer(progress) }
    })?;
    // A run may end at an epoch that nobody was shown.
    if watch.validation.last().is_none_or(|v| v.0 < run.epoch) && !matches!(run.stop, StopReason::Overflow(_))
    {
        let loss = judge.loss(&run.theta);
        watch.note(run.epoch, loss, &run.theta);
    }
    let Watcher { criterion, best, validation, .. } = watch;
    let (best_epoch, best_theta) =
        best.map_or_else(|| (0, start.to_vec()), |(epoch, _, theta)| (epoch, theta));
    Ok(Validated { run, criterion, best_epoch, best_theta, validation })
}

/// What the criteria remember.
struct Watcher {
    rules: EarlyStopping,
    /// The training losses of the strip.
    strip: Vec<f64>,
    validation: Vec<(u64, f64)>,
    /// Epoch, loss and parameters of the least validation loss.
    best: Option<(u64, f64, Vec<f64>)>,
    rises: u64,
    criterion: Option<Criterion>,
}

impl Watcher {
    fn new(rules: EarlyStopping) -> Watcher {
        Watcher { rules, strip: vec![], validation: vec![], best: None, rises: 0, criterion: None }
    }

    fn training(&mut self, progress: &Progress) {
        // The strip holds the losses after its epochs, so not the one before training.
        if progress.epoch > 0 {
            self.strip.push(progress.loss);
        }
    }

    /// Keeps a validation loss, and the parameters where it is the least.
    fn note(&mut self, epoch: u64, loss: f64, theta: &[f64]) {
        self.validation.push((epoch, loss));
        if self.best.as_ref().is_none_or(|best| loss < best.1 || best.1.is_nan()) {
            self.best = Some((epoch, loss, theta.to_vec()));
        }
    }

    fn check(&mut self, epoch: u64, loss: f64, theta: &[f64]) {
        let before = self.validation.last().map(|v| v.1);
        self.note(epoch, loss, theta);
        let Some(before) = before else { return };
        self.rises = if loss > before { self.rises + 1 } else { 0 };
        let least = self.best.as_ref().map_or(loss, |best| best.1);
        let lost = 100.0 * (loss / least - 1.0);
        let strip = std::mem::take(&mut self.strip);
        let minimum = strip.iter().copied().fold(f64::INFINITY, f64::min);
        let mean = strip.iter().sum::<f64>() / strip.len().max(1) as f64;
        let progress = 1000.0 * (mean / minimum - 1.0);
        let rules = &self.rules;
        let criteria = [
            (Criterion::GeneralityLoss, rules.generality_loss.is_some_and(|most| lost > most)),
            (Criterion::Quotient, rules.quotient.is_some_and(|most| lost > most * progress)),
            (Criterion::Rises, rules.rises.is_some_and(|most| self.rises >= most)),
            (Criterion::Progress, rules.progress.is_some_and(|least| progress < least)),
        ];
        self.criterion = criteria.iter().find(|c| c.1).map(|c| c.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first check at which a criterion holds, of losses checked every second epoch; each is that of training and of
    /// validation.
    fn ends(rules: EarlyStopping, losses: &[(f64, f64)]) -> Option<(u64, Criterion)> {
        let mut watch = Watcher::new(EarlyStopping { every: 2, ..rules });
        for (epoch, &(loss, validation)) in (0..).zip(losses) {
            watch.training(&Progress { epoch, epochs: 100, loss });
            if epoch % 2 == 0 {
                watch.check(epoch, validation, &[]);
            }
            if let Some(criterion) = watch.criterion {
                return Some((epoch, criterion));
            }
        }
        None
    }

    const NONE: EarlyStopping =
        EarlyStopping { every: 2, generality_loss: None, quotient: None, rises: None, progress: None };

    #[test]
    fn each_criterion_ends_where_its_formula_says() {
        let losses = [(9.0, 8.0), (8.0, 0.0), (7.0, 4.0), (6.0, 0.0), (5.5, 4.2), (5.0, 0.0), (4.999, 4.4)];
        // 4.2 is 5 % above 4, 4.4 is 10 %.
        let at = |most| ends(EarlyStopping { generality_loss: Some(most), ..NONE }, &losses);
        assert_eq!(at(4.9), Some((4, Criterion::GeneralityLoss)));
        assert_eq!(at(5.1), Some((6, Criterion::GeneralityLoss)));
        assert_eq!(at(10.1), None);
        // The strips 8, 7 and 6, 5.5 and 5, 4.999 made 71.4, 45.5 and 0.1 per thousand.
        let at = |least| ends(EarlyStopping { progress: Some(least), ..NONE }, &losses);
        assert_eq!(at(0.09), None);
        assert_eq!(at(0.2), Some((6, Criterion::Progress)));
        assert_eq!(at(46.0), Some((4, Criterion::Progress)));
        // 5/45.5 and 10/0.1
        let at = |most| ends(EarlyStopping { quotient: Some(most), ..NONE }, &losses);
        assert_eq!(at(0.1), Some((4, Criterion::Quotient)));
        assert_eq!(at(0.2), Some((6, Criterion::Quotient)));
        let at = |most| ends(EarlyStopping { rises: Some(most), ..NONE }, &losses);
        assert_eq!((at(1), at(2), at(3)), (Some((4, Criterion::Rises)), Some((6, Criterion::Rises)), None));
    }

    #[test]
    fn numbers_out_of_their_ranges_are_refused() {
        assert_eq!(EarlyStopping::PROBEN1.check(), Ok(()));
        assert!(EarlyStopping { every: 0, ..NONE }.check().is_err());
        assert!(EarlyStopping { generality_loss: Some(f64::NAN), ..NONE }.check().is_err());
        assert!(EarlyStopping { progress: Some(-1.0), ..NONE }.check().is_err());
    }
}
