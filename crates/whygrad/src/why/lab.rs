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

/// The time that a verdict is to take. The clock is the caller's.
#[derive(Clone, Copy)]
pub struct Time<'a> {
    /// Seconds since the verdict was asked for.
    pub clock: &'a dyn Fn() -> f64,
    /// After so many seconds no more is tried, once a cause is confirmed; without one after three times as many.
    pub seconds: f64,
}

/// Evidence may take this share of the time left, the rest is for experiments.
const FOR_EVIDENCE: f64 = 0.6;

/// Who is told what is tried, and asked whether to go on.
pub(super) struct Ears<'a> {
    observer: RefCell<&'a mut dyn FnMut(&str) -> Control>,
    stopped: Cell<bool>,
    time: Option<Time<'a>>,
    /// When evidence is to be gathered.
    evidence_until: Cell<f64>,
    /// When experiments are to be over.
    experiments_until: Cell<f64>,
    /// An experiment was left out for want of time.
    cut: Cell<bool>,
    /// Evidence was left out for want of time.
    evidence_cut: Cell<bool>,
}

impl<'a> Ears<'a> {
    pub(super) fn new(observer: &'a mut dyn FnMut(&str) -> Control, time: Option<Time<'a>>) -> Ears<'a> {
        let seconds = time.map_or(f64::INFINITY, |t| t.seconds);
        Ears {
            observer: RefCell::new(observer),
            stopped: Cell::new(false),
            time,
            evidence_until: Cell::new(FOR_EVIDENCE * seconds),
            experiments_until: Cell::new(3.0 * seconds),
            cut: Cell::new(false),
            evidence_cut: Cell::new(false),
        }
    }

    /// Whether there is time to look at a run once more; its evidence may take a part of what is left.
    pub(super) fn has_time_again(&self) -> bool {
        let Some(time) = self.time else { return true };
        let now = (time.clock)();
        self.evidence_until.set(now + FOR_EVIDENCE * (time.seconds - now));
        let has = now < 0.6 * time.seconds;
        self.cut.set(self.cut.get() || !has);
        has
    }

    /// Whether evidence was left out for want of time, and there is more: no cause is confirmed without it, and a person
    /// would rather wait a little than be told half.
    pub(super) fn has_time_for_evidence(&self) -> bool {
        let Some(time) = self.time else { return false };
        let now = (time.clock)();
        if !self.evidence_cut.replace(false) || now > 1.5 * time.seconds {
            return false;
        }
        self.evidence_until.set(now + time.seconds);
        true
    }

    /// A cause is confirmed: what else is tried has no more than its time.
    pub(super) fn confirmed(&self) {
        if let Some(time) = self.time {
            self.experiments_until.set(time.seconds);
        }
    }

    /// Whether something that matters was left out for want of time: where the cause is known, evidence for another does not.
    pub(super) fn was_cut(&self, is_known: bool) -> bool {
        self.cut.get() || (self.evidence_cut.get() && !is_known)
    }
}

/// Asks whether to go on.
pub(super) trait Ask {
    /// Tells what is tried, with an empty text nothing; whether to go on. Who once said stop is not asked again.
    fn ask(&self, words: &str) -> Control;

    /// Whether someone asked to stop.
    fn was_stopped(&self) -> bool;

    /// Whether the time for evidence, or for experiments, is over; what is being done then is left out.
    fn is_late(&self, for_evidence: bool) -> bool;
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

    fn is_late(&self, for_evidence: bool) -> bool {
        let Some(time) = self.time else { return false };
        let (until, cut) = if for_evidence {
            (&self.evidence_until, &self.evidence_cut)
        } else {
            (&self.experiments_until, &self.cut)
        };
        let late = (time.clock)() > until.get();
        cut.set(cut.get() || late);
        late
    }
}

/// Products of a parameter with a row between two questions whether to go on: some milliseconds.
const BETWEEN: f64 = 4e6;

/// After how many epochs of a run it is asked whether to go on.
pub(crate) fn epochs_between(case: &Case) -> u64 {
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
        if self.ears.is_late(false) || self.ears.ask(&change.words) == Control::Stop {
            return None;
        }
        let (ears, every) = (self.ears, epochs_between(&change.case));
        let mut late = false;
        let finished = change.case.run(&mut |progress| {
            // A run of a tiny net is over before anyone could ask.
            if !progress.epoch.is_multiple_of(every) {
                return Control::Continue;
            }
            late = ears.is_late(false);
            if late { Control::Stop } else { ears.ask("") }
        });
        let finished = finished.ok().filter(|_| !late && !ears.was_stopped())?;
        self.spent += work * finished.epochs as f64 / change.case.options.epochs.max(1) as f64;
        Some(finished)
    }
}
