//! The best of several restarts.

use anyhow::bail;
use serde_json::{Value as Json, json};
use whygrad::data::Dataset;
use whygrad::model::Model;
use whygrad::train::{Control, Ending, FleetOptions, Options, Reason, Solved, Stepping, train_fleet};

use crate::output;
use crate::progress::FleetWatch;

/// The best restart, and how many there were.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    /// The one with the lowest loss; the first of equals.
    pub(super) restart: u64,
    asked: u64,
    ended: u64,
}

impl Best {
    /// How many were asked for, how many ended, and what stopped the others.
    pub(super) fn json(&self) -> Json {
        let stopped = (self.ended < self.asked).then_some("interrupted");
        json!({"asked": self.asked, "ended": self.ended, "stopped": stopped})
    }

    /// The same in a sentence.
    fn sentence(&self, loss: f64) -> String {
        let Best { restart, asked, ended } = self;
        let loss = output::number(loss);
        if ended < asked {
            let found = format!("restart {restart} has the lowest loss of these, {loss}");
            return format!("interrupted after {ended} of {asked} restarts; {found}");
        }
        format!("restart {restart} of {ended} has the lowest loss, {loss}")
    }
}

/// Trains so many restarts to their end and gives the one with the lowest loss.
pub(super) fn restart(
    (model, data): (&Model, &Dataset),
    options: &Options,
    restarts: u64,
    (quiet, json): (bool, bool),
) -> anyhow::Result<Best> {
    let fleet = FleetOptions {
        // The restarts share the threads out, and each has one.
        options: Options { threads: Some(1), ..options.clone() },
        solved: Solved::Never,
        early_stop: true,
        threads: options.threads,
        portable: options.portable,
    };
    let mut best: Option<Ending> = None;
    let mut ended = 0;
    let mut watch = FleetWatch::new(Some(restarts), 0, quiet);
    train_fleet(model, data, options.start.initialiser(), &fleet, 0..restarts, &mut |endings, progress| {
        for ending in endings.iter().filter(|e| is_finite(e)) {
            if best.is_none_or(|best| ending.loss < best.loss) {
                best = Some(*ending);
            }
        }
        ended = progress.ended;
        let lowest = best.map_or_else(String::new, |best| format!("lowest loss {:.6}", best.loss));
        watch.see(ended, || lowest);
        if watch.is_interrupted() { Control::Stop } else { Control::Continue }
    })?;
    watch.finish();
    let Some(best) = best else {
        if ended < restarts {
            bail!("interrupted before the first of {restarts} restarts ended");
        }
        let advice = if Stepping::of(options).uses_learning_rate() {
            ": a smaller learning rate may keep the numbers finite"
        } else {
            ""
        };
        bail!("all {restarts} restarts overflowed{advice}");
    };
    let found = Best { restart: best.restart, asked: restarts, ended };
    if !quiet && !json {
        output::say(&found.sentence(best.loss));
    }
    Ok(found)
}

fn is_finite(ending: &Ending) -> bool {
    ending.loss.is_finite() && !matches!(ending.reason, Reason::Overflow | Reason::LeftDomain)
}
