//! What the steps of a run share: the learning rate by its schedule, and what an optimiser makes of it.

use super::Options;
use super::optimiser::Shared;
use super::schedule::Rates;

/// The shared numbers of a run's steps, one step after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    rates: Rates,
    shared: Shared,
}

impl Pace {
    /// Before the first of so many steps an epoch.
    pub(super) fn new(options: &Options, steps_per_epoch: u64) -> Pace {
        let rates = Rates::new(options.schedule, options.learning_rate, steps_per_epoch, options.epochs);
        Pace { rates, shared: options.optimiser.shared() }
    }

    /// True where every step has the same numbers.
    pub(super) fn is_constant(&self) -> bool {
        self.rates.is_constant() && self.shared.is_settled()
    }

    /// True where the next epoch's rate waits for this one's loss.
    pub(super) fn needs_losses(&self) -> bool {
        self.rates.needs_losses()
    }

    /// Appends the numbers of the next step.
    pub(super) fn next(&mut self, out: &mut Vec<f64>) {
        let rate = self.rates.at(self.shared.step());
        self.shared.next(rate, out);
    }

    /// Tells the loss after an epoch.
    pub(super) fn epoch_ended(&mut self, loss: f64) {
        self.rates.epoch_ended(loss);
    }
}
