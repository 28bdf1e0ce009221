//! Where changed runs are made.

use std::cell::{Cell, RefCell};

use super::finished::{Case, Finished};
use crate::train::Control;

/// How much the experiments of one verdict may cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Products of a parameter with a row, of all runs together. A tiny net makes some 10⁹ a second, a wide one 10¹⁰.
    pub work: f64,
    /// The same of one run.
    pub work_of_one: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { work: 6e9, work_of_one: 6e8 }
    }
}

impl Limits {
    /// Limits for a run of this size: its experiments may be as long as itself.
    pub fn for_run(case: &Case) -> Limits {
        let least = Limits::default();
        let work = case.work();
        Limits { work: least.work.max(12.0 * work), work_of_one: least.work_of_one.max(1.05 * work) }
    }
}

/// One change of the suspected cause alone.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// What is changed, in words: "the learning rate 0.3 in place of 1".
    pub(super) words: String,
    /// The run to be made.
    pub(super) case: Case,
}

/// Who is told what is tried, and asked whether to go on.
pub(super) struct Ears<'a> {
    observer: RefCell<&'a mut dyn FnMut(&str) -> Control>,
    stopped: Cell<bool>,
}

impl<'a> Ears<'a> {
    pub(super) fn new(observer: &'a mut dyn FnMut(&str) -> Control) -> Ears<'a> {
        Ears { observer: RefCell::new(observer), stopped: Cell::new(false) }
    }
}

/// Asks whether to go on.
pub(super) trait Ask {
    /// Tells what is tried, with an empty text nothing; whether to go on. Who once said stop is not asked again.
    fn ask(&self, words: &str) -> Control;

    /// Whether someone asked to stop.
    fn was_stopped(&self) -> bool;
}

impl Ask for Ears<'_> {
    fn ask(&self, words: &str) -> Control {
        if !self.stopped.get() && (self.observer.borrow_mut())(words) == Control::Stop {
            self.stopped.set(true);
        }
        if self.stopped.get() { Control::Stop } else { Control::Continue }
    }

    fn was_stopped(&self) -> bool {
        self.stopped.get()
    }
}

/// Products of a parameter with a row between two questions whether to go on: some milliseconds.
const BETWEEN: f64 = 4e6;

/// After how many epochs of a run it is asked whether to go on.
pub(super) fn epochs_between(case: &Case) -> u64 {
    let one = case.work() / case.options.epochs.max(1) as f64;
    (BETWEEN / one.max(1.0)).clamp(1.0, 65536.0) as u64
}

/// Makes runs, as long as the limits allow.
pub(super) struct Lab<'a> {
    limits: Limits,
    spent: f64,
    ears: &'a dyn Ask,
}

impl<'a> Lab<'a> {
    pub(super) fn new(limits: Limits, ears: &'a dyn Ask) -> Lab<'a> {
        Lab { limits, spent: 0.0, ears }
    }

    /// The epochs that a run of this case may have at most.
    pub(super) fn most_epochs(limits: &Limits, case: &Case) -> u64 {
        let one = case.work() / (case.options.epochs.max(1)) as f64;
        (limits.work_of_one / one.max(1.0)) as u64
    }

    /// Whether someone asked to stop.
    pub(super) fn was_stopped(&self) -> bool {
        self.ears.was_stopped()
    }

    /// Makes a changed run; `None` where it would cost too much, or its options do not fit.
    pub(super) fn run(&mut self, change: &Change) -> Option<Finished> {
        let work = change.case.work();
        if self.was_stopped()
            || work > self.limits.work_of_one.max(1.0)
            || self.spent + work > self.limits.work
        {
            return None;
        }
        if self.ears.ask(&change.words) == Control::Stop {
            return None;
        }
        let (ears, every) = (self.ears, epochs_between(&change.case));
        let finished = change.case.run(&mut |progress| {
            // A run of a tiny net is over before anyone could ask.
            if progress.epoch.is_multiple_of(every) { ears.ask("") } else { Control::Continue }
        });
        let finished = finished.ok().filter(|_| !ears.was_stopped())?;
        self.spent += work * finished.epochs as f64 / change.case.options.epochs.max(1) as f64;
        Some(finished)
    }
}
