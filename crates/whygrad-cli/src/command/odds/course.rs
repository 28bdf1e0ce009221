//! The work itself: setting after setting, restart after restart, until all are done or something stops it.

use std::time::{Duration, Instant};

use whygrad::odds::Tally;
use whygrad::odds::sweep::{Sweep, Value};
use whygrad::report::Taken;
use whygrad::train::{Control, Ending, FleetOptions, FleetProgress, Reason, train_fleet, train_until_solved};

use super::Arguments;
use super::nets::Place;
use super::table::Table;
use crate::progress::FleetWatch;

/// How often the table is handed to the system.
const FLUSH: Duration = Duration::from_millis(500);

/// Why the work ended before all restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// By Ctrl-C.
    Interrupted,
    /// A net was solved, as asked for.
    Solved,
    /// The time was up.
    Budget,
}

impl Stopped {
    pub(super) fn name(self) -> &'static str {
        match self {
            Stopped::Interrupted => "interrupted",
            Stopped::Solved => "solved",
            Stopped::Budget => "budget",
        }
    }
}

/// What was counted so far, and what is still to be done.
pub(super) struct Course<'a> {
    pub(super) sweeps: &'a [Sweep],
    settings: Vec<(Vec<Value>, Tally)>,
    /// All settings together, where there are several.
    all: Tally,
    /// Restarts of each setting.
    pub(super) restarts: u64,
    /// Whether that is a number that was said, and not as many as it takes.
    is_bounded: bool,
    pub(super) until_solved: bool,
    budget: Option<Duration>,
    quiet: bool,
    stopped: Option<Stopped>,
    /// The nets that were cut off.
    cut_off: Option<FleetProgress>,
}

/// The work that was done.
pub(super) struct Done<'a> {
    course: Course<'a>,
    pub(super) taken: Taken,
}

impl<'a> Course<'a> {
    pub(super) fn new(a: &Arguments, sweeps: &'a [Sweep], settings: &[Vec<Value>]) -> Course<'a> {
        Course {
            sweeps,
            settings: settings.iter().map(|values| (values.clone(), Tally::default())).collect(),
            all: Tally::default(),
            restarts: a.restarts(),
            is_bounded: a.restarts.is_some() || a.until.is_none(),
            until_solved: a.until.is_some(),
            budget: a.budget,
            quiet: a.run.quiet,
            stopped: None,
            cut_off: None,
        }
    }

    /// The values of a setting.
    pub(super) fn values(&self, setting: usize) -> Option<&[Value]> {
        self.settings.get(setting).map(|(values, _)| &values[..])
    }

    /// All settings together.
    fn total(&self) -> &Tally {
        match &self.settings[..] {
            [(_, only)] if self.sweeps.is_empty() => only,
            _ => &self.all,
        }
    }

    /// Counts an ending.
    pub(super) fn count(&mut self, setting: usize, ending: &Ending) {
        if let Some((_, tally)) = self.settings.get_mut(setting) {
            tally.push(ending);
        }
        // One setting alone is all there is.
        if !self.sweeps.is_empty() {
            self.all.push(ending);
        }
        if self.until_solved && ending.reason == Reason::Solved {
            self.stopped = Some(Stopped::Solved);
        }
    }

    /// Trains what has not been counted yet, and writes it to the table.
    pub(super) fn train(
        mut self,
        fleets: &[(Place, FleetOptions)],
        mut table: Option<Table>,
    ) -> anyhow::Result<Done<'a>> {
        let all = self.restarts.saturating_mul(fleets.len() as u64);
        let mut watch = FleetWatch::new(self.is_bounded.then_some(all), self.total().restarts(), self.quiet);
        let mut net_epochs = 0;
        for (setting, (place, options)) in fleets.iter().enumerate() {
            let begun = self.settings[setting].1.restarts();
            if self.stopped.is_some() || begun >= self.restarts {
                continue;
            }
            let (mut failed, mut flushed, before) = (None, Instant::now(), net_epochs);
            let initialiser = options.options.start.initialiser();
            let (model, restarts) = (&place.loaded.model, begun..self.restarts);
            let until_solved = self.until_solved;
            let mut cut_off = None;
            let mut see = |endings: &[Ending], progress: &FleetProgress| {
                cut_off = Some(*progress);
                net_epochs = before + progress.net_epochs;
                let flush = flushed.elapsed() >= FLUSH;
                if let Err(error) = self.take(setting, endings, table.as_mut(), flush) {
                    failed = Some(error);
                    return Control::Stop;
                }
                if flush {
                    flushed = Instant::now();
                }
                self.look(&mut watch)
            };
            let found = if until_solved {
                train_until_solved(model, place.data, initialiser, options, restarts, &mut see)?
            } else {
                train_fleet(model, place.data, initialiser, options, restarts, &mut see)?;
                None
            };
            self.cut_off = cut_off.filter(|_| self.stopped.is_some());
            if let Some(ending) = found {
                self.take(setting, &[ending], table.as_mut(), true)?;
            }
            if let Some(error) = failed {
                return Err(error);
            }
        }
        let seconds = watch.finish();
        if let Some(table) = table {
            table.finish()?;
        }
        Ok(Done { course: self, taken: Taken { seconds, net_epochs } })
    }

    /// Counts endings and writes them, up to the one after which nothing is wanted.
    fn take(
        &mut self,
        setting: usize,
        endings: &[Ending],
        mut table: Option<&mut Table>,
        flush: bool,
    ) -> anyhow::Result<()> {
        for ending in endings {
            self.count(setting, ending);
            if let Some(table) = table.as_mut() {
                table.row(&self.settings[setting].0, ending)?;
            }
            if self.stopped.is_some() {
                break;
            }
        }
        match table {
            Some(table) if flush => table.flush(),
            _ => Ok(()),
        }
    }

    /// Shows how far it is, and looks whether something stops it.
    fn look(&mut self, watch: &mut FleetWatch) -> Control {
        let total = self.total();
        watch.see(total.restarts(), || match total.rate() {
            Some(rate) => format!("{:.1} % solved", 100.0 * rate),
            None => String::new(),
        });
        if self.stopped.is_none() {
            if watch.is_interrupted() {
                self.stopped = Some(Stopped::Interrupted);
            } else if self.budget.is_some_and(|budget| watch.elapsed() >= budget) {
                self.stopped = Some(Stopped::Budget);
            }
        }
        if self.stopped.is_some() { Control::Stop } else { Control::Continue }
    }
}

impl Done<'_> {
    /// All settings together.
    pub(super) fn total(&self) -> &Tally {
        self.course.total()
    }

    /// Each setting with its tally.
    pub(super) fn settings(&self) -> &[(Vec<Value>, Tally)] {
        &self.course.settings
    }

    /// How the nets were that were cut off, where there were some.
    pub(super) fn cut_off(&self) -> Option<FleetProgress> {
        self.course.cut_off.filter(|nets| nets.under_way + nets.waiting > 0)
    }

    /// Why not all restarts were done.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        let all = self.course.restarts.saturating_mul(self.course.settings.len() as u64);
        self.course.stopped.filter(|why| *why == Stopped::Solved || self.total().restarts() < all)
    }
}
