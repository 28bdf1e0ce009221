//! Live progress with the time left, and Ctrl-C that keeps what was reached.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use whygrad::report::grouped;
use whygrad::train::{Control, Progress};

/// How often the bar is drawn.
const EVERY: Duration = Duration::from_millis(60);

/// Watches a run: draws the bar, hears Ctrl-C, measures the time.
pub(crate) struct Watch {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    begin: Instant,
    drawn: Instant,
    looks: Looks,
}

/// When to look at the clock: looking costs as much as a tiny epoch, and a slow one may take a second.
struct Looks {
    /// Epochs from one look to the next.
    every: u32,
    /// Epochs until the next.
    left: u32,
    last: Instant,
}

/// About how far apart the looks at the clock should be.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// The most epochs between two looks, so that epochs that become slow are noticed.
const MOST_EPOCHS: u32 = 1 << 14;

impl Looks {
    fn new(now: Instant) -> Looks {
        Looks { every: 1, left: 1, last: now }
    }

    /// Counts an epoch; true once in a while.
    #[inline]
    fn due(&mut self) -> bool {
        self.left -= 1;
        self.left == 0
    }

    /// Plans the next look: later where the epochs are quick, sooner where they are slow.
    fn look(&mut self, now: Instant) {
        let taken = now.duration_since(self.last);
        if taken < BETWEEN_LOOKS {
            self.every = (2 * self.every).min(MOST_EPOCHS);
        } else if taken > 2 * BETWEEN_LOOKS {
            let share = BETWEEN_LOOKS.as_secs_f64() / taken.as_secs_f64();
            self.every = ((f64::from(self.every) * share) as u32).max(1);
        }
        (self.left, self.last) = (self.every, now);
    }
}

/// A bar on standard error; nothing where that is no terminal.
fn bar(length: u64, quiet: bool, template: &str) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// True after Ctrl-C, heard from now on; a second Ctrl-C ends the program at once.
fn interruption() -> Arc<AtomicBool> {
    static HEARD: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let heard = HEARD.get_or_init(|| {
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&stop);
        let _ = ctrlc::set_handler(move || {
            if heard.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        stop
    });
    heard.store(false, Ordering::Relaxed);
    Arc::clone(heard)
}

/// Watches restarts: draws the bar, hears Ctrl-C, measures the time.
pub(crate) struct FleetWatch {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    begin: Instant,
    drawn: Instant,
    /// Restarts asked for, where that is a number.
    restarts: Option<u64>,
    /// Restarts done before.
    before: u64,
    /// The time there is, where that was said.
    budget: Option<Duration>,
}

/// The length of a bar of restarts: how far they are is the greater share of restarts and of time.
const WHOLE: u64 = 10_000;

/// Below so many columns a line has no bar, and is cut off where it ends.
const NARROW: usize = 72;

impl FleetWatch {
    /// Begins to watch so many restarts, or as many as it takes, of which some were done before.
    pub(crate) fn new(restarts: Option<u64>, done: u64, quiet: bool) -> FleetWatch {
        let columns =
            terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(w, _)| usize::from(w.0));
        let template = if restarts.is_none() || columns < NARROW { "{wide_msg}" } else { "{wide_bar} {msg}" };
        let bar = bar(WHOLE, quiet, template);
        let now = Instant::now();
        let stop = interruption();
        FleetWatch { bar, stop, begin: now, drawn: now, restarts, before: done, budget: None }
    }

    /// The same with a time that the work ends after.
    pub(crate) fn within(mut self, budget: Option<Duration>) -> FleetWatch {
        self.budget = budget;
        self
    }

    /// Takes note of the restarts done; `message` is asked for when it is shown.
    pub(crate) fn see(&mut self, done: u64, message: impl FnOnce() -> String) {
        let now = Instant::now();
        if now.duration_since(self.drawn) >= EVERY {
            self.drawn = now;
            let far = Far { restarts: self.restarts, before: self.before, budget: self.budget };
            let elapsed = self.elapsed();
            self.bar.set_message(far.line(done, elapsed, &message()));
            self.bar.set_position((far.share(done, elapsed) * WHOLE as f64) as u64);
        }
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The time since the watch began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }

    /// Ends the watch; the seconds since it began.
    pub(crate) fn finish(self) -> f64 {
        let seconds = self.begin.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        seconds
    }
}

/// How far restarts are, by their number and by the time there is.
struct Far {
    restarts: Option<u64>,
    before: u64,
    budget: Option<Duration>,
}

impl Far {
    /// The share of the work that is behind: of the restarts or of the time, whichever ends it sooner.
    fn share(&self, done: u64, elapsed: Duration) -> f64 {
        let restarts = self.restarts.map_or(0.0, |all| done as f64 / all.max(1) as f64);
        let time = self.budget.map_or(0.0, |budget| elapsed.as_secs_f64() / budget.as_secs_f64());
        restarts.max(time).min(1.0)
    }

    /// The time left; `None` where nothing tells it.
    fn left(&self, done: u64, elapsed: Duration) -> Option<Duration> {
        let now = done.saturating_sub(self.before);
        let by_restarts = self.restarts.filter(|_| now > 0).and_then(|all| {
            let seconds = elapsed.as_secs_f64() / now as f64 * all.saturating_sub(done) as f64;
            Duration::try_from_secs_f64(seconds).ok()
        });
        let by_time = self.budget.map(|budget| budget.saturating_sub(elapsed));
        by_restarts.into_iter().chain(by_time).min()
    }

    /// The line beside the bar, what matters most first.
    fn line(&self, done: u64, elapsed: Duration, message: &str) -> String {
        let all = self.restarts.map_or_else(String::new, |all| format!("/{}", grouped(all)));
        let time = match self.left(done, elapsed) {
            Some(left) => format!("{:#} left", HumanDuration(left)),
            None => format!("{:#}", HumanDuration(elapsed)),
        };
        format!("{}{all} restarts  {time}  {message}", grouped(done))
    }
}

impl Watch {
    /// Begins to watch a run of so many epochs.
    pub(crate) fn new(epochs: u64, quiet: bool) -> Watch {
        let bar = bar(epochs, quiet, "{bar:30} epoch {pos}/{len}  {msg}  {eta} left");
        let now = Instant::now();
        Watch { bar, stop: interruption(), begin: now, drawn: now, looks: Looks::new(now) }
    }

    /// Takes note of an epoch.
    #[inline]
    pub(crate) fn see(&mut self, progress: &Progress) -> Control {
        if self.looks.due() {
            self.look(progress);
        }
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }

    // Out of line, so that an epoch without a look costs one count.
    #[cold]
    #[inline(never)]
    fn look(&mut self, progress: &Progress) {
        let now = Instant::now();
        self.looks.look(now);
        if now.duration_since(self.drawn) >= EVERY {
            self.drawn = now;
            self.bar.set_message(format!("loss {:.6}", progress.loss));
            self.bar.set_position(progress.epoch);
        }
    }

    /// Ends the watch; the seconds since it began.
    pub(crate) fn finish(self) -> f64 {
        let seconds = self.begin.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        seconds
    }
}

/// Watches the experiments of a verdict: shows what is tried, hears Ctrl-C.
pub(crate) struct Experiments {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    /// Changed runs begun.
    tries: u64,
    /// Those of the terminal.
    columns: usize,
}

impl Experiments {
    /// Begins to watch.
    pub(crate) fn new(quiet: bool) -> Experiments {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        let columns =
            terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(w, _)| usize::from(w.0));
        let shown = Experiments { bar, stop: interruption(), tries: 0, columns };
        shown.bar.set_message(shown.line("looking at the run"));
        shown
    }

    /// A line that fits the terminal.
    fn line(&self, words: &str) -> String {
        words.chars().take(self.columns.saturating_sub(1)).collect()
    }

    /// Takes note of what is tried; an empty text asks only whether to go on.
    pub(crate) fn see(&mut self, tried: &str) -> Control {
        if tried.is_empty() {
            self.bar.tick();
        } else {
            self.tries += 1;
            self.bar.set_message(self.line(&format!("try {}: {tried}", self.tries)));
        }
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }

    /// Takes the line away; whether it was interrupted.
    pub(crate) fn finish(&mut self) -> Control {
        self.bar.finish_and_clear();
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }
}

/// Work is shown once it takes longer than this.
const SHORT: Duration = Duration::from_secs(1);

/// Watches work of several stages, each with a share that is done: draws the bar where it takes longer than a second, hears
/// Ctrl-C.
pub(crate) struct Stages {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
    begin: Instant,
    drawn: Instant,
    /// Not shown yet, but once it takes long.
    is_hidden: bool,
    stage: Stage,
}

/// What is being done.
struct Stage {
    what: String,
    begin: Instant,
    /// The share that was done when it began, and now.
    from: f64,
    done: f64,
}

impl Stage {
    fn new(what: &str, share: f64, now: Instant) -> Stage {
        Stage { what: what.to_owned(), begin: now, from: share, done: share }
    }

    /// Takes note of the share that is done; another stage, or less than before, is a new beginning.
    fn see(&mut self, what: &str, share: f64, now: Instant) {
        if self.what != what || share < self.done {
            *self = Stage::new(what, share, now);
        }
        self.done = share;
    }

    /// What is being done, with the time left.
    fn line(&self, now: Instant) -> String {
        let elapsed = now.duration_since(self.begin).as_secs_f64();
        let seconds = elapsed * (1.0 - self.done) / (self.done - self.from);
        // The first numbers are guesses.
        let known = Duration::try_from_secs_f64(seconds).ok().filter(|_| elapsed > 0.3);
        match known {
            Some(left) => format!("{}  {:#} left", self.what, HumanDuration(left)),
            None => self.what.clone(),
        }
    }
}

impl Stages {
    /// Begins to watch.
    pub(crate) fn new(quiet: bool) -> Stages {
        let columns =
            terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(w, _)| usize::from(w.0));
        let bar = bar(WHOLE, true, if columns < NARROW { "{wide_msg}" } else { "{bar:30} {wide_msg}" });
        let now = Instant::now();
        let stage = Stage::new("", 0.0, now);
        Stages { bar, stop: interruption(), begin: now, drawn: now, is_hidden: !quiet, stage }
    }

    /// Takes note of the share of a stage that is done.
    pub(crate) fn see(&mut self, what: &str, share: f64) -> Control {
        let now = Instant::now();
        self.stage.see(what, share, now);
        if now.duration_since(self.drawn) >= EVERY && now.duration_since(self.begin) >= SHORT {
            self.drawn = now;
            self.bar.set_message(self.stage.line(now));
            self.bar.set_position((share * WHOLE as f64) as u64);
            if self.is_hidden {
                self.is_hidden = false;
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            }
        }
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }
}

impl Drop for Stages {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many epochs of this length pass between two looks, after a while.
    fn epochs_between_looks(epoch: Duration) -> u32 {
        let mut now = Instant::now();
        let mut looks = Looks::new(now);
        for _ in 0..100_000 {
            now += epoch;
            if looks.due() {
                looks.look(now);
            }
        }
        looks.every
    }

    #[test]
    fn slow_epochs_are_looked_at_one_by_one_and_tiny_ones_seldom() {
        assert_eq!(epochs_between_looks(Duration::from_millis(700)), 1);
        assert_eq!(epochs_between_looks(Duration::from_millis(15)), 2);
        assert_eq!(epochs_between_looks(Duration::from_nanos(700)), MOST_EPOCHS);
    }

    #[test]
    fn the_time_left_is_that_of_the_restarts_or_of_the_budget_whichever_is_less() {
        let second = Duration::from_secs(1);
        let far = |restarts, budget| Far { restarts, before: 100, budget };
        assert_eq!(far(Some(1100), None).left(200, second), Some(9 * second));
        assert_eq!(far(Some(1100), Some(3 * second)).left(200, second), Some(2 * second));
        assert_eq!(far(Some(210), Some(3 * second)).left(200, second), Some(second / 10));
        assert_eq!((far(None, None).left(200, second), far(Some(9), None).left(100, second)), (None, None));
        assert!((far(Some(1_000_000), Some(2 * second)).share(200, second) - 0.5).abs() < 1e-9);
        let line = far(Some(1_000_000), Some(3 * second)).line(1200, second, "94.0 % solved");
        assert_eq!(line, "1,200/1,000,000 restarts  2s left  94.0 % solved");
    }

    #[test]
    fn the_time_left_of_a_stage_is_its_own() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut stage = Stage::new("", 0.0, begin);
        stage.see("making the run again", 0.0, begin);
        assert_eq!(stage.line(begin), "making the run again");
        stage.see("making the run again", 0.25, at(4));
        assert_eq!(stage.line(at(4)), "making the run again  12s left");
        stage.see("loss over the plane", 0.0, at(16));
        stage.see("loss over the plane", 0.5, at(18));
        assert_eq!(stage.line(at(18)), "loss over the plane  2s left");
        stage.see("loss over the plane", 0.0, at(20));
        stage.see("loss over the plane", 0.5, at(21));
        assert_eq!(stage.line(at(21)), "loss over the plane  1s left");
    }

    #[test]
    fn epochs_that_become_slow_are_noticed_at_the_next_look() {
        let mut now = Instant::now();
        let mut looks = Looks::new(now);
        looks.every = 1000;
        now += Duration::from_secs(10);
        looks.look(now);
        assert_eq!(looks.every, 2);
    }
}
