//! A flat stretch on which the run still moves, too slowly to see.
//!
//! The gradient is small and not 0. On XOR such stretches lie near the mean squared errors 1/4 (all rows at 1/2), 1/6 (three
//! rows at 2/3) and 1/8 (two rows at 1/2): levels where some rows get the mean of their targets. From every finite point of
//! the net with two hidden units a path leads down (Sprinkhuizen-Kuyper and Boers 1999), so that none of them is a
//! minimum. It says how a run failed; why, other findings say.
//!
//! What to do: look at the other causes first; where there is none, train longer or at a higher rate.

use super::Suspicion;
use crate::landscape::norm;
use crate::why::lab::Change;
use crate::why::level::level;
use crate::why::report::{Advice, Kind, Verdict};
use crate::why::scene::Scene;
use crate::why::speed::short;

const EXPLANATION: &str = "On a plateau the slope is so small that the loss seems to stand, though it falls. Often the net \
    gives some rows the mean of their targets there, and the units that could part them are alike or saturated.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    if finished.verdict() != Verdict::Stalled || scene.speed().jumps || finished.epochs == 0 {
        return vec![];
    }
    let gradient = norm(&scene.gradient_at(&finished.theta));
    // Where the slope is 0 but for rounding there is nothing that still moves.
    let zero = 1e-12 * finished.loss.abs();
    let still = scene.stationary().is_some_and(|p| {
        let no_slope = gradient <= 1e-7 * p.largest() && !p.is_saddle();
        p.moved < 1e-3 && (p.is_minimum() || no_slope)
    });
    if gradient <= zero || !gradient.is_finite() || still {
        return vec![];
    }
    let level = level(&finished.evaluation, &finished.case.data);
    let place = level.as_ref().map_or_else(|| short(finished.loss), |l| l.words(finished.loss));
    let longer = scene.longer();
    let mut summary = format!("The run stalled at {place}: the slope there is {} and not 0", short(gradient));
    let mut suspicion = Suspicion::new(Kind::Plateau, 0.4, String::new(), EXPLANATION)
        .with("loss", finished.loss)
        .with("gradient_norm", gradient)
        .with("fell_in_last_quarter", finished.fell_lately());
    if let Some(l) = &level {
        suspicion = suspicion.with("level", l.value(finished.loss)).with("rows_at_level", l.rows);
    }
    if let Some(longer) = longer {
        let case = longer.case(finished);
        let advised = longer.advised().to_string();
        if longer.is_solved() {
            summary = format!(
                "{summary}; it leaves that place and reaches the goal within {} epochs",
                longer.finished.epochs
            );
            suspicion = suspicion.with("solved_at_epoch", longer.finished.epochs);
            suspicion.advice = Advice::flags("Train longer, or from another start.", &["--epochs", &advised]);
        } else {
            let share = longer.finished.epochs / finished.epochs.max(1);
            let more =
                if share > 1 { format!("{share} times as many") } else { longer.finished.epochs.to_string() };
            summary = format!("{summary}, and {more} epochs do not lead to the goal");
        }
        let words = format!("up to {} epochs in place of {}", case.options.epochs, finished.epochs);
        suspicion.changes = vec![Change { words, case }];
    }
    suspicion.summary = summary + ".";
    suspicion.is_symptom = true;
    vec![suspicion]
}
