//! What the symmetric net can still reach, measured by letting it go on.

use super::alike::classes;
use crate::train::StopRules;
use crate::train::schedule::Schedule;
use crate::why::Verdict;
use crate::why::lab::Limits;
use crate::why::scene::Scene;

/// How far the symmetric net gets.
pub(super) struct Reach {
    /// The loss at the end of the longer run.
    pub(super) loss: f64,
    /// After so many epochs.
    pub(super) epochs: u64,
    /// The loss of the plateau where the run ended, and near which epoch it is left, where it is.
    pub(super) plateau: Option<(f64, u64)>,
}

/// Products of a parameter with a row that may be spent on it: less than a tenth of a second.
const WORK: f64 = 4e7;
/// So many times as long as the run, at least, or it says nothing.
const LONGER: u64 = 10;

/// Lets the run go on as it is; `None` where that is dear, or the units do not stay equal.
pub(super) fn reach(scene: &Scene<'_>) -> Option<Reach> {
    let finished = scene.finished;
    let case = &finished.case;
    let one = case.work() / case.options.epochs.max(1) as f64;
    let epochs = ((WORK / one) as u64).min(1_000_000);
    if epochs < LONGER * finished.epochs
        || case.options.schedule != Schedule::CONSTANT
        || case.options.keep_path
    {
        return None;
    }
    let longer = case.with(|options| {
        options.epochs = epochs;
        options.stop = StopRules::default();
    });
    let longer = scene.run(&longer)?;
    if longer.overflowed() || longer.rose() || longer.is_solved() {
        return None;
    }
    // Rounding may part units, as it does where sums are made in another order.
    let ties = |finished| {
        classes(&Scene::new(finished, Limits::for_run(case))).iter().map(|c| c.members.len()).sum()
    };
    let (before, after): (usize, usize) = (ties(finished), ties(&longer));
    if after < before {
        return None;
    }
    let (here, there) = (finished.loss, longer.loss);
    let fell = here - there;
    let left = longer.losses.iter().find(|l| l.0 > finished.epochs && l.1 < here - 0.1 * fell);
    let is_plateau = finished.verdict() == Verdict::Stalled && fell > 0.02 * here.abs();
    let plateau = left.filter(|_| is_plateau).map(|l| (here, l.0));
    Some(Reach { loss: there, epochs: longer.epochs, plateau })
}

impl Reach {
    /// As a sentence that follows another.
    pub(super) fn sentence(&self, loss: f64) -> String {
        let reached = number(self.loss);
        match self.plateau {
            Some((plateau, epoch)) => format!(
                " Left to go on, it leaves the plateau at {} near epoch {} and tends to a loss of {reached}, not to 0.",
                number(plateau),
                rounded(epoch)
            ),
            None if self.loss < 0.999 * loss => {
                format!(" Left to go on, it tends to a loss of {reached}, not to 0.")
            }
            None => {
                format!(" Left to go on, it is still at a loss of {reached} after {} epochs.", self.epochs)
            }
        }
    }
}

/// To three digits: the history does not say it to more.
fn rounded(epoch: u64) -> u64 {
    let unit = 10_u64.pow(epoch.max(1).ilog10().saturating_sub(2));
    (epoch + unit / 2) / unit * unit
}

/// A loss with four digits, as a fraction where it is next to a simple one.
fn number(loss: f64) -> String {
    let near = |n: u32| (loss * f64::from(n) - 1.0).abs() < 2e-3;
    match (3..=8).find(|&n| near(n)) {
        Some(n) if n != 5 && n != 7 => format!("{loss:.4} (1/{n})"),
        _ => format!("{loss:.4}"),
    }
}
