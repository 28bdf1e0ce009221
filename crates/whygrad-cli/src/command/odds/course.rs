//! The work itself: in rounds over the settings, restart after restart, until all are done or something stops it.

use std::ops::Range;
use std::time::{Duration, Instant};

use whygrad::odds::Tally;
use whygrad::odds::sweep::{Sweep, Value};
use whygrad::report::{Taken, grouped};
use whygrad::train::{Control, Ending, FleetOptions, FleetProgress, Reason, train_fleet, train_until_solved};

use super::Arguments;
use super::nets::Place;
use super::table::Table;
use crate::output;
use crate::progress::FleetWatch;

/// How often the table is handed to the system.
const FLUSH: Duration = Duration::from_millis(500);

/// Restarts of each setting in the first round of a sweep, and by what the number grows from round to round: what is
/// stopped early then knows a little of every setting, and not all of the first ones.
const FIRST_ROUND: u64 = 4;
const GROWTH: u64 = 16;

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
    /// Settings that can be trained.
    trained: u64,
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
    pub(super) fn new(
        a: &Arguments,
        sweeps: &'a [Sweep],
        settings: &[Vec<Value>],
        fleets: &[Option<(Place, FleetOptions)>],
    ) -> Course<'a> {
        Course {
            sweeps,
            settings: settings.iter().map(|values| (values.clone(), Tally::default())).collect(),
            all: Tally::default(),
            restarts: a.restarts(),
            is_bounded: a.restarts.is_some() || a.until.is_none(),
            until_solved: a.until.is_some(),
            budget: a.budget,
            trained: fleets.iter().flatten().count() as u64,
            quiet: a.run.quiet,
            stopped: None,
            cut_off: None,
        }
    }

    /// The next setting from this one on, around to it again, that is so.
    pub(super) fn find(&self, from: usize, is_so: impl Fn(&[Value], &Tally) -> bool) -> Option<usize> {
        let count = self.settings.len();
        (from..from + count).map(|k| k % count).find(|&k| is_so(&self.settings[k].0, &self.settings[k].1))
    }

    /// How many restarts of a setting are counted.
    pub(super) fn restarts_of(&self, setting: usize) -> u64 {
        self.settings.get(setting).map_or(0, |(_, tally)| tally.restarts())
    }

    /// Says that a table had more restarts than were asked for.
    pub(super) fn say_more_than_asked(&self) {
        let there = self.total().restarts();
        let asked = self.asked();
        if self.is_bounded && there > asked && !self.quiet {
            let (there, asked) = (grouped(there), grouped(asked));
            output::say(&format!(
                "note: the table has {there} restarts already; all are counted, not only {asked}"
            ));
        }
    }

    /// Restarts of all settings.
    fn asked(&self) -> u64 {
        self.restarts.saturating_mul(self.trained)
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
        fleets: &[Option<(Place, FleetOptions)>],
        mut table: Option<Table>,
    ) -> anyhow::Result<Done<'a>> {
        let all = self.is_bounded.then_some(self.asked());
        let mut watch = FleetWatch::new(all, self.total().restarts(), self.quiet).within(self.budget);
        let (before, mut made) = (self.total().net_epochs(), 0);
        let mut limit = if fleets.len() > 1 { FIRST_ROUND.min(self.restarts) } else { self.restarts };
        loop {
            for (setting, fleet) in fleets.iter().enumerate() {
                if let (Some(fleet), None) = (fleet, self.stopped) {
                    let begun = self.settings[setting].1.restarts();
                    made += self.train_some((setting, fleet), begun..limit, table.as_mut(), &mut watch)?;
                }
            }
            if limit >= self.restarts || self.stopped.is_some() {
                break;
            }
            limit = limit.saturating_mul(GROWTH).min(self.restarts);
        }
        let seconds = watch.finish();
        if let Some(table) = table {
            table.finish()?;
        }
        // Where all ended, their epochs are known; where not, those of nets under way were work as well.
        let counted = self.total().net_epochs() - before;
        let net_epochs = if self.stopped.is_none() { counted } else { made.max(counted) };
        Ok(Done { course: self, taken: Taken { seconds, net_epochs } })
    }

    /// Trains some restarts of a setting; the epochs that they took.
    fn train_some(
        &mut self,
        (setting, (place, options)): (usize, &(Place, FleetOptions)),
        restarts: Range<u64>,
        mut table: Option<&mut Table>,
        watch: &mut FleetWatch,
    ) -> anyhow::Result<u64> {
        if restarts.is_empty() {
            return Ok(0);
        }
        let (mut failed, mut flushed, mut made) = (None, Instant::now(), 0);
        let initialiser = options.options.start.initialiser();
        let (model, until_solved) = (&place.loaded.model, self.until_solved);
        let mut cut_off = None;
        let mut see = |endings: &[Ending], progress: &FleetProgress| {
            cut_off = Some(*progress);
            made = progress.net_epochs;
            let flush = flushed.elapsed() >= FLUSH;
            if let Err(error) = self.take(setting, endings, table.as_deref_mut(), flush) {
                failed = Some(error);
                return Control::Stop;
            }
            if flush {
                flushed = Instant::now();
            }
            self.look(watch)
        };
        let found = if until_solved {
            train_until_solved(model, place.data, initialiser, options, restarts, &mut see)?
        } else {
            train_fleet(model, place.data, initialiser, options, restarts, &mut see)?;
            None
        };
        self.cut_off = cut_off.filter(|_| self.stopped.is_some());
        if let Some(ending) = found {
            self.take(setting, &[ending], table, true)?;
        }
        failed.map_or(Ok(made), Err)
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
        let all = self.course.asked();
        self.course.stopped.filter(|why| *why == Stopped::Solved || self.total().restarts() < all)
    }

    /// Whether every setting that can be trained has restarts to be compared by.
    pub(super) fn is_comparable(&self) -> bool {
        let begun = self.settings().iter().filter(|(_, tally)| tally.restarts() > 0).count();
        begun as u64 >= self.course.trained
    }
}
