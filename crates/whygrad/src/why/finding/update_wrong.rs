//! Steps that are spoilt after the gradient.
//!
//! The gradient may be right and the step still be none: clipped to next to nothing, made with a rate that a schedule has
//! let fall, thrown about by a momentum near 1, or changed on the way back (an offset of the sigmoid's slope, or a
//! margin in which errors count as none; Fahlman, "Faster-learning variations on back-propagation", 1988). Each is tried
//! without.
//!
//! What to do: train with plain steps (no clipping, a constant rate, a momentum of 0.9 at most), and put back one thing at a time.

use super::Suspicion;
use crate::lint::words::number;
use crate::train::backward::BackwardOptions;
use crate::train::schedule::{Course, Rates, Schedule};
use crate::train::{BatchSize, Optimiser, Options};
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "A step is made of the gradient and of choices: a limit on its length, a schedule of the rate, \
    momentum, changes of the backward pass. A choice that takes away nearly all of a step, or turns it, holds up a run \
    whose gradient is right; the same run without that choice shows it.";

/// A schedule that leaves less than this share of the rate, on the mean over the run, is looked at.
const LITTLE: f64 = 0.3;
/// From this momentum on it is tried with less.
const MUCH: f64 = 0.95;
/// The momentum that is tried instead.
const USUAL: f64 = 0.9;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    // A method makes its steps itself.
    if finished.case.options.method.is_some() {
        return vec![];
    }
    [clipped(scene), scheduled(scene), momentum(scene), offset(scene), margin(scene)]
        .into_iter()
        .flatten()
        .collect()
}

fn suspicion(
    scene: &Scene<'_>,
    (certainty, summary): (f64, String),
    words: &str,
    without: impl FnOnce(&mut Options),
) -> Suspicion {
    let mut suspicion = Suspicion::new(Kind::UpdateWrong, certainty, summary, EXPLANATION);
    suspicion.changes = vec![Change { words: words.into(), case: scene.finished.case.with(without) }];
    suspicion
}

/// A gradient that is clipped on the whole run.
fn clipped(scene: &Scene<'_>) -> Option<Suspicion> {
    let finished = scene.finished;
    let options = &finished.case.options;
    let limit = options.gradient.clip_norm.or(options.gradient.clip_value)?;
    let gradient = scene.gradient_at(&finished.case.start);
    let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    let largest = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
    let by_norm = options.gradient.clip_norm.is_some_and(|l| norm > l);
    let by_value = options.gradient.clip_value.is_some_and(|l| largest > l);
    // One that is longer than the limit only where it explodes is what clipping is for.
    if !(by_norm || by_value) || norm > 1e3 {
        return None;
    }
    let length = options.learning_rate * limit;
    let summary = format!(
        "The gradient is clipped to {limit}, where it is {} long at the start: no step is longer than {}, \
         too little to get anywhere.",
        number(norm),
        number(length)
    );
    let certainty = if norm > 10.0 * limit { 0.85 } else { 0.4 };
    let words = "the gradient is not clipped";
    let mut found = suspicion(scene, (certainty, summary), words, |o| {
        o.gradient.clip_norm = None;
        o.gradient.clip_value = None;
    })
    .with("limit", limit)
    .with("gradient_norm_at_start", norm)
    .with("longest_step", length);
    let flag = if by_norm { "--clip-norm" } else { "--clip-value" };
    found.advice =
        Advice::flags("Clip only what is far longer than usual.", &[flag, &format!("{:.3}", 10.0 * norm)]);
    Some(found)
}

/// A rate that fell to nothing early.
fn scheduled(scene: &Scene<'_>) -> Option<Suspicion> {
    let finished = scene.finished;
    let options = &finished.case.options;
    if options.schedule == Schedule::CONSTANT || options.learning_rate <= 0.0 {
        return None;
    }
    let (share, last) = left_of_rate(scene);
    let is_unknown = matches!(options.schedule.course, Course::Plateau { .. });
    if share > LITTLE && !is_unknown {
        return None;
    }
    let schedule = options.schedule;
    let summary = format!(
        "The schedule {schedule} leaves {:.2} % of the learning rate on the mean over the run, and {} at the end: \
         the steps became too short to get there.",
        100.0 * share,
        number(last)
    );
    let certainty = if is_unknown { 0.45 } else { 0.85 - share };
    let words = format!("the same learning rate, {}, in every step", options.learning_rate);
    let mut found = suspicion(scene, (certainty, summary), &words, |o| o.schedule = Schedule::CONSTANT)
        .with("mean_share_of_rate", share)
        .with("last_rate", last);
    found.advice =
        Advice::flags("Keep the learning rate, or let it fall later.", &["--schedule", "constant"]);
    Some(found)
}

/// The mean rate of a run as a share of its learning rate, and the last rate.
fn left_of_rate(scene: &Scene<'_>) -> (f64, f64) {
    let finished = scene.finished;
    let options = &finished.case.options;
    let rows = finished.case.data.rows.max(1);
    let a_batch = match options.batch {
        BatchSize::Full => rows,
        BatchSize::Rows(n) => n.max(1),
    };
    let steps = rows.div_ceil(a_batch) as u64;
    let mut rates = Rates::new(options.schedule, options.learning_rate, steps, options.epochs);
    let mut known = finished.losses.iter().skip(1).peekable();
    let (places, total) = (1000, (finished.epochs * steps).max(1));
    let mut sum = 0.0;
    for k in 0..places {
        let step = k * total / places;
        while let Some((_, loss)) = known.next_if(|l| l.0 * steps <= step) {
            rates.epoch_ended(*loss);
        }
        sum += rates.at(step);
    }
    (sum / places as f64 / options.learning_rate, rates.at(total - 1))
}

/// A momentum so near 1 that steps go on for hundreds of others.
fn momentum(scene: &Scene<'_>) -> Option<Suspicion> {
    let options = &scene.finished.case.options;
    let (Optimiser::Momentum(m) | Optimiser::Nesterov(m)) = options.optimiser else { return None };
    if m.momentum < MUCH {
        return None;
    }
    let longer = 1.0 / (1.0 - m.momentum);
    let summary = format!(
        "With a momentum of {} each gradient goes on in the steps for {longer:.0} steps, so that a step is up to \
         {longer:.0} times as long as the learning rate says.",
        m.momentum
    );
    let words = format!("a momentum of {USUAL} in place of {}", m.momentum);
    let less = |o: &mut Options| match &mut o.optimiser {
        Optimiser::Momentum(m) | Optimiser::Nesterov(m) => m.momentum = USUAL,
        _ => {}
    };
    let certainty = if longer > 90.0 { 0.75 } else { 0.45 };
    let mut found = suspicion(scene, (certainty, summary), &words, less)
        .with("momentum", m.momentum)
        .with("steps_a_gradient_goes_on", longer);
    found.advice = Advice::flags("Take less momentum.", &["--momentum", &USUAL.to_string()]);
    Some(found)
}

/// An offset of the sigmoid's slope: the step is no longer along the gradient.
fn offset(scene: &Scene<'_>) -> Option<Suspicion> {
    let offset = scene.finished.case.options.backward.sigmoid_prime_offset;
    if offset <= 0.0 {
        return None;
    }
    let summary = format!(
        "The slope of each sigmoid has {offset} added to it, which is {:.0} % of its largest: the steps no longer go along \
         the gradient.",
        100.0 * offset / 0.25
    );
    let without = |o: &mut Options| o.backward = BackwardOptions { sigmoid_prime_offset: 0.0, ..o.backward };
    let mut found = suspicion(scene, (0.6, summary), "no offset of the sigmoid's slope", without)
        .with("sigmoid_prime_offset", offset);
    found.advice = Advice::flags("Leave the offset out.", &["--sigmoid-prime-offset", "0"]);
    Some(found)
}

/// Errors that count as none.
fn margin(scene: &Scene<'_>) -> Option<Suspicion> {
    let finished = scene.finished;
    let margin = finished.case.options.backward.error_margin;
    if margin <= 0.0 {
        return None;
    }
    let data = &finished.case.data;
    let near = |(row, outputs): (usize, &Vec<f64>)| {
        outputs.iter().zip(data.target_row(row)).all(|(o, t)| (o - t).abs() < margin)
    };
    let inside = finished.evaluation.predictions.iter().enumerate().filter(|p| near((p.0, p.1))).count();
    let summary = format!(
        "Errors below {margin} count as none: {inside} of {} rows lie within that margin at the end and are no longer \
         learned.",
        data.rows
    );
    let certainty = if inside == data.rows { 0.9 } else { 0.5 };
    let without = |o: &mut Options| o.backward = BackwardOptions { error_margin: 0.0, ..o.backward };
    let mut found = suspicion(scene, (certainty, summary), "every error counts", without)
        .with("error_margin", margin)
        .with("rows_within_margin", inside);
    found.advice = Advice::flags("Leave the margin out, or make it smaller.", &["--error-margin", "0"]);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_cause, finished, suspected};
    use super::*;
    use crate::why::{Case, Finished};

    fn xor(change: impl FnOnce(&mut Options)) -> Finished {
        let mut change = Some(change);
        finished("2-4sigmoid-1sigmoid", "xor", |case: &mut Case| {
            case.options.learning_rate = 2.0;
            case.options.epochs = 8000;
            if let Some(change) = change.take() {
                change(&mut case.options);
            }
        })
    }

    #[test]
    fn the_run_without_these_choices_is_solved() {
        assert!(xor(|_| ()).is_solved());
    }

    #[test]
    fn a_gradient_clipped_to_nothing_is_the_cause() {
        assert_cause(&xor(|o| o.gradient.clip_norm = Some(1e-5)), Kind::UpdateWrong);
        assert_cause(&xor(|o| o.gradient.clip_value = Some(1e-6)), Kind::UpdateWrong);
    }

    #[test]
    fn a_rate_that_falls_to_nothing_early_is_the_cause() {
        for schedule in ["exponential(factor=0.98)", "step(every=50, factor=0.2)"] {
            assert_cause(&xor(|o| o.schedule = schedule.parse().unwrap()), Kind::UpdateWrong);
        }
    }

    #[test]
    fn errors_that_count_as_none_are_the_cause() {
        assert_cause(&xor(|o| o.backward.error_margin = 0.6), Kind::UpdateWrong);
    }

    #[test]
    fn a_plain_step_is_not_suspected() {
        assert_eq!(suspected(look, &xor(|o| o.epochs = 10)), []);
        let cosine = xor(|o| {
            o.epochs = 10;
            o.schedule = "cosine".parse().unwrap();
        });
        assert_eq!(suspected(look, &cosine), []);
    }
}
