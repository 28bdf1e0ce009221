//! Live progress with the time left, and Ctrl-C that keeps what was reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
}

impl Watch {
    /// Begins to watch a run of so many epochs.
    pub(crate) fn new(epochs: u64, quiet: bool) -> Watch {
        let stop = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&stop);
        // A second Ctrl-C ends the program at once.
        let _ = ctrlc::set_handler(move || {
            if heard.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(epochs), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} epoch {pos}/{len}  {msg}  {eta} left") {
            bar.set_style(style);
        }
        let now = Instant::now();
        Watch { bar, stop, begin: now, drawn: now }
    }

    /// Takes note of an epoch.
    pub(crate) fn see(&mut self, progress: &Progress) -> Control {
        // The clock is read once in 64 epochs: reading it costs as much as a tiny epoch.
        if progress.epoch.is_multiple_of(64) && self.drawn.elapsed() >= EVERY {
            self.drawn = Instant::now();
            self.bar.set_message(format!("loss {:.6}", progress.loss));
            self.bar.set_position(progress.epoch);
        }
        if self.stop.load(Ordering::Relaxed) { Control::Stop } else { Control::Continue }
    }

    /// Ends the watch; the seconds since it began.
    pub(crate) fn finish(self) -> f64 {
        let seconds = self.begin.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        seconds
    }
}
