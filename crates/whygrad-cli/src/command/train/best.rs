//! The best of several restarts.

use anyhow::bail;
use whygrad::data::Dataset;
use whygrad::model::Model;
use whygrad::train::{Control, Ending, FleetOptions, Options, Reason, Solved, Stepping, train_fleet};

use crate::output;
use crate::progress::FleetWatch;

/// Trains so many restarts to their end and gives the one with the lowest loss; the first of equals.
pub(super) fn restart(
    (model, data): (&Model, &Dataset),
    options: &Options,
    restarts: u64,
    (quiet, json): (bool, bool),
) -> anyhow::Result<u64> {
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
            bail!("stopped before the first of {restarts} restarts ended");
        }
        let advice = if Stepping::of(options).uses_learning_rate() {
            ": a smaller learning rate may keep the numbers finite"
        } else {
            ""
        };
        bail!("all {restarts} restarts overflowed{advice}");
    };
    if !quiet && !json {
        let all = if ended < restarts { format!("the {ended} that ended") } else { ended.to_string() };
        let loss = output::number(best.loss);
        output::say(&format!("restart {} of {all} has the lowest loss, {loss}", best.restart));
    }
    Ok(best.restart)
}

fn is_finite(ending: &Ending) -> bool {
    ending.loss.is_finite() && !matches!(ending.reason, Reason::Overflow | Reason::LeftDomain)
}
