//! Who looks on at a run: at each loss, or at the parameters too, now and then.

use super::{Control, Progress};

/// The observer of a run.
pub(super) enum Watch<'a> {
    /// Looks at every loss.
    Losses(&'a mut dyn FnMut(&Progress) -> Control),
    /// Looks at every loss, and at the parameters at every so many epochs.
    Parameters(u64, &'a mut dyn FnMut(&Progress, Option<&[f64]>) -> Control),
}

impl Watch<'_> {
    /// How many epochs lie between two looks at the parameters.
    pub(super) fn every(&self) -> Option<u64> {
        match self {
            Watch::Losses(_) => None,
            Watch::Parameters(every, _) => Some(*every),
        }
    }

    /// Whether the parameters are to be seen at this epoch.
    pub(super) fn wants_parameters(&self, epoch: u64) -> bool {
        matches!(self, Watch::Parameters(every, _) if epoch.is_multiple_of(*every))
    }

    /// The first epoch from this one on at which the parameters are to be seen.
    pub(super) fn next_look(&self, epoch: u64) -> u64 {
        self.every().map_or(u64::MAX, |every| epoch.checked_next_multiple_of(every).unwrap_or(u64::MAX))
    }

    /// Tells where the run stands; the parameters where they are wanted.
    pub(super) fn tell(&mut self, progress: &Progress, theta: Option<&[f64]>) -> Control {
        match self {
            Watch::Losses(observer) => observer(progress),
            Watch::Parameters(_, observer) => observer(progress, theta),
        }
    }
}
