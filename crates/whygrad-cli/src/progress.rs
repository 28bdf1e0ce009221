//! Live progress with the time left, and Ctrl-C that keeps what was reached.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
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
}

impl FleetWatch {
    /// Begins to watch so many restarts, or as many as it takes, of which some were done before.
    pub(crate) fn new(restarts: Option<u64>, done: u64, quiet: bool) -> FleetWatch {
        let bar = match restarts {
            Some(all) => bar(all, quiet, "{wide_bar} {human_pos}/{human_len} restarts  {msg}  {eta} left"),
            None => bar(u64::MAX, quiet, "{human_pos} restarts  {msg}  {elapsed}"),
        };
        bar.set_position(done);
        bar.reset_eta();
        let now = Instant::now();
        FleetWatch { bar, stop: interruption(), begin: now, drawn: now }
    }

    /// Takes note of the restarts done; `message` is asked for when it is shown.
    pub(crate) fn see(&mut self, done: u64, message: impl FnOnce() -> String) {
        let now = Instant::now();
        if now.duration_since(self.drawn) >= EVERY {
            self.drawn = now;
            self.bar.set_message(message());
            self.bar.set_position(done);
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
    fn epochs_that_become_slow_are_noticed_at_the_next_look() {
        let mut now = Instant::now();
        let mut looks = Looks::new(now);
        looks.every = 1000;
        now += Duration::from_secs(10);
        looks.look(now);
        assert_eq!(looks.every, 2);
    }
}

/// Watches the experiments of a verdict: shows what is tried, hears Ctrl-C.
pub(crate) struct Trials {
    bar: ProgressBar,
    stop: Arc<AtomicBool>,
}

impl Trials {
    /// Begins to watch.
    pub(crate) fn new(quiet: bool) -> Trials {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} run {pos}: {wide_msg}  {elapsed}") {
            bar.set_style(style);
        }
        Trials { bar, stop: interruption() }
    }

    /// Takes note of what is tried; an empty text asks only whether to go on.
    pub(crate) fn see(&mut self, tried: &str) -> Control {
        if tried.is_empty() {
            self.bar.tick();
        } else {
            self.bar.set_message(tried.to_owned());
            self.bar.inc(1);
        }
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }

    /// Takes the line away; whether it was interrupted.
    pub(crate) fn finish(&mut self) -> Control {
        self.bar.finish_and_clear();
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }
}
