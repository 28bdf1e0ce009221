//! What the steps will do: penalties that turn weights round, steps that are far too long or too few, a goal below every
//! loss, and layers that hardly move.
//!
//! Two checks make short runs, of tiny nets alone: whether a few epochs can be enough, and what a penalty leaves of the
//! outputs.

use super::words::number;
use super::{Kind, Warning, losses::LossOfOutputs, range, rows};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::optimiser::Adam;
use crate::train::schedule::Schedule;
use crate::train::{
    BatchSize, Control, Evaluation, Optimiser, Options, RandomSource, are_within, evaluate, on_target_scale,
    starting_values, train,
};

/// What can be said of the options, and of the start where it has the gradient `slope`.
pub(super) fn of_steps(
    model: &Model,
    data: &Dataset,
    (options, start, slope): (&Options, &[f64], &[f64]),
    warnings: &mut Vec<Warning>,
) {
    warnings.extend(goal_below_every_loss(model, data, options));
    warnings.extend(penalty_turns_signs(options));
    warnings.extend(first_step_too_long(model, data, options));
    if !warnings.iter().any(|w| w.kind == Kind::SymmetricUnits) {
        warnings.extend(lower_layers_stand_still(model, options, slope));
    }
    if warnings.is_empty() {
        warnings.extend(held_by_penalty(model, data, options, start));
    }
    if warnings.is_empty() {
        warnings.extend(far_too_few_epochs(model, data, options, start));
    }
}

fn goal_below_every_loss(model: &Model, data: &Dataset, options: &Options) -> Option<Warning> {
    let target = options.stop.target_loss?;
    let own = range::of_terms(model, data, &[model.program.loss])[0].low;
    let named = LossOfOutputs::of(model).and_then(|loss| loss.named(data)).is_some();
    let shares = data.targets.iter().all(|t| (0.0..=1.0).contains(t));
    let least = if named && shares { own.max(0.0) } else { own };
    (target < least).then(|| {
        let summary = format!(
            "The loss is never below {}, and the run is to end at {}.",
            number(least),
            number(target)
        );
        Warning::new(Kind::GoalOutOfReach, summary, "Choose a target loss above that.")
    })
}

/// What a penalty takes away from a weight in each step, as a share of it.
fn taken_away(options: &Options) -> f64 {
    let decay = match options.optimiser {
        Optimiser::AdamW(o) => options.gradient.weight_decay.unwrap_or(o.weight_decay),
        Optimiser::GradientDescent => {
            2.0 * options.gradient.l2 + options.gradient.weight_decay.unwrap_or(0.0)
        }
        _ => 0.0,
    };
    decay * options.learning_rate
}

fn penalty_turns_signs(options: &Options) -> Option<Warning> {
    let share = taken_away(options);
    let clipped = options.gradient.clip_norm.is_some() || options.gradient.clip_value.is_some();
    if share <= 1.0 || options.method.is_some() || clipped || options.schedule != Schedule::CONSTANT {
        return None;
    }
    let what = if share > 2.0 + 1e-9 {
        "each step leaps over 0 to a weight that is larger: they grow without end"
    } else {
        "all weights turn their signs in each step"
    };
    let summary = format!(
        "The penalty times the learning rate takes {} times a weight away from it in each step: {what}.",
        number(share)
    );
    let flag = if options.gradient.l2 > 0.0 { "--l2" } else { "--weight-decay" };
    let fix = "Take a far weaker penalty.";
    Some(Warning::new(Kind::RegularisationTooStrong, summary, fix).flags(&[flag, "0.001"]))
}

/// From this rate on the step of an optimiser that makes all steps alike is held against what units take.
const LONG: f64 = 1.0;

fn first_step_too_long(model: &Model, data: &Dataset, options: &Options) -> Option<Warning> {
    let name = match options.optimiser {
        Optimiser::Adam(_) => "Adam",
        Optimiser::AdamW(_) => "AdamW",
        Optimiser::NAdam(_) => "NAdam",
        _ => return None,
    };
    let layers = model.layers.as_ref()?;
    let rate = options.learning_rate;
    if options.method.is_some()
        || rate < LONG
        || layers.activations.len() < 2
        || rows::unscaled(data).is_some()
    {
        return None;
    }
    let activation = layers.activations[0].as_str();
    let limit = match activation {
        "sigmoid" => super::start::SIGMOID_FLAT,
        "tanh" => super::start::TANH_FLAT,
        _ => return None,
    };
    let sizes = (0..data.rows).map(|r| data.input_row(r).iter().map(|x| x.abs()).sum::<f64>());
    let change = rate * (1.0 + sizes.fold(0.0, f64::max));
    (change > limit).then(|| {
        let summary = format!(
            "{name}'s first steps move each parameter by about the learning rate, {}, however small its slope: what goes into a \
             {activation} unit can change by {} at once, and beyond {limit} such a unit is flat.",
            number(rate),
            number(change)
        );
        let fix = "Choose a far lower rate; with this optimiser 0.01 to 0.1 is usual.";
        Warning::new(Kind::LearningRateTooHigh, summary, fix).flags(&["--lr", "0.05"])
    })
}

/// A first layer whose derivatives are this much smaller than the last one's hardly moves.
const VANISHED: f64 = 1e-2;

fn lower_layers_stand_still(model: &Model, options: &Options, slope: &[f64]) -> Option<Warning> {
    let layers = model.layers.as_ref()?;
    let descends = matches!(
        options.optimiser,
        Optimiser::GradientDescent | Optimiser::Momentum(_) | Optimiser::Nesterov(_)
    );
    let hidden = layers.activations.len().saturating_sub(1);
    let flat = layers.activations.iter().take(hidden).filter(|a| *a == "sigmoid").count();
    if !descends || options.method.is_some() || flat < 4 {
        return None;
    }
    let mut of = std::collections::HashMap::new();
    for p in &model.program.parameters {
        of.extend((0..p.len()).map(|k| (p.entry_name(k), slope.get(p.offset + k).copied().unwrap_or(0.0))));
    }
    let size = |layer: &Vec<Vec<String>>| {
        let values: Vec<f64> = layer.iter().flatten().filter_map(|name| of.get(name).copied()).collect();
        (values.iter().map(|g| g * g).sum::<f64>() / values.len().max(1) as f64).sqrt()
    };
    let (first, last) = (size(layers.weights.first()?), size(layers.weights.last()?));
    (first > 0.0 && first < VANISHED * last).then(|| {
        let summary = format!(
            "A weight of the first layer gets a derivative of size {}, one of the last layer {}: the slope of a sigmoid is at \
             most 1/4, and {flat} layers of them multiply, so that the first layers hardly move.",
            number(first),
            number(last)
        );
        let fix = "Use tanh or relu in the hidden layers, fewer layers, or an optimiser that scales steps.";
        Warning::new(Kind::VanishingGradient, summary, fix).flags(&["--optimiser", "adam", "--lr", "0.01"])
    })
}

/// Products of a parameter with a row in all the epochs of one short run, at most.
const SHORT: f64 = 2e6;

fn work(data: &Dataset, start: &[f64], epochs: u64) -> f64 {
    epochs as f64 * data.rows as f64 * start.len() as f64
}

/// A run of these options, and what the model does at its end.
fn at_the_end(model: &Model, data: &Dataset, start: &[f64], options: &Options) -> Option<(f64, Evaluation)> {
    let options = Options { threads: Some(1), ..options.clone() };
    let run = train(model, Some(data), start, &options, &mut |_| Control::Continue).ok()?;
    let evaluation = evaluate(model, data, &run.theta);
    evaluation.loss.is_finite().then_some((evaluation.loss, evaluation))
}

/// How far the outputs of rows lie apart, as a share of how far the targets do.
fn parted(model: &Model, data: &Dataset, evaluation: &Evaluation) -> f64 {
    let outputs: Vec<Vec<f64>> =
        evaluation.predictions.iter().map(|row| on_target_scale(row, model.logits)).collect();
    let width = data.target_names.len();
    if outputs.iter().any(|row| row.len() != width) {
        return f64::NAN;
    }
    let spread = |values: &[f64]| {
        let range = range::of_values(values);
        range.high - range.low
    };
    let column = |k: usize| {
        let said: Vec<f64> = outputs.iter().map(|row| row[k]).collect();
        let wanted: Vec<f64> = (0..data.rows).map(|r| data.target_row(r)[k]).collect();
        spread(&said) / spread(&wanted)
    };
    (0..width).map(column).filter(|share| !share.is_nan()).fold(0.0, f64::max)
}

/// Epochs of the runs that look for the least of loss and penalty, and their rate.
const SEARCH: (u64, f64) = (400, 0.05);

/// Whether the least of loss and penalty is next to an output that is the same for all rows.
fn held_by_penalty(model: &Model, data: &Dataset, options: &Options, start: &[f64]) -> Option<Warning> {
    let gradient = &options.gradient;
    let strength = gradient.l1.max(gradient.l2).max(gradient.weight_decay.unwrap_or(0.0));
    let decoupled = matches!(options.optimiser, Optimiser::AdamW(_));
    if strength <= 0.0 || decoupled || options.method.is_some() || model.own_gradient {
        return None;
    }
    if work(data, start, SEARCH.0) > SHORT || data.rows < 2 {
        return None;
    }
    let search = Options {
        learning_rate: SEARCH.1,
        epochs: SEARCH.0,
        optimiser: Optimiser::Adam(Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8 }),
        ..Options::default()
    };
    let mut penalised = search.clone();
    (penalised.gradient.l1, penalised.gradient.l2) = (gradient.l1, gradient.l2);
    penalised.gradient.weight_decay = gradient.weight_decay;
    let mut free = 0;
    let mut most = 0.0_f64;
    let drawn = |seed| starting_values(model, None, seed, RandomSource::Own).ok();
    for start in [Some(start.to_vec()), drawn(1), drawn(2)].into_iter().flatten() {
        most = most.max(parted(model, data, &at_the_end(model, data, &start, &penalised)?.1));
        if most > HELD {
            return None;
        }
        let without = at_the_end(model, data, &start, &search)?;
        free += usize::from(parted(model, data, &without.1) > 0.5);
    }
    (free >= 2).then(|| {
        let summary = format!(
            "The penalty weighs more than the data: where loss and penalty together are least, the outputs lie no farther apart \
             than {} % of what the targets do.",
            number(100.0 * most)
        );
        let flag = if gradient.l2 > 0.0 {
            "--l2"
        } else if gradient.l1 > 0.0 {
            "--l1"
        } else {
            "--weight-decay"
        };
        let weaker = number(strength / 100.0);
        Warning::new(Kind::RegularisationTooStrong, summary, "Take a far weaker penalty.").flags(&[flag, &weaker])
    })
}

/// Outputs that lie no farther apart than this share of the targets' distance are the same for all rows.
const HELD: f64 = 0.1;

/// So many epochs are few; one alone is a step to look at.
const FEW: std::ops::RangeInclusive<u64> = 2..=30;

/// A run that has this share of its first loss left has hardly begun.
const HARDLY: f64 = 0.9;

fn far_too_few_epochs(model: &Model, data: &Dataset, options: &Options, start: &[f64]) -> Option<Warning> {
    let plain = options.optimiser == Optimiser::GradientDescent
        && options.method.is_none()
        && options.batch == BatchSize::Full
        && !model.own_gradient;
    let half = rows::distance_of_classes(data)? / 2.0;
    if !plain || !FEW.contains(&options.epochs) || work(data, start, options.epochs) > SHORT {
        return None;
    }
    let before = evaluate(model, data, start).loss;
    let (after, end) = at_the_end(model, data, start, options)?;
    let right = are_within(data, &end.predictions, model.logits, half);
    (!right && after < before && after > HARDLY * before && before > 0.0).then(|| {
        let summary = format!(
            "{} epochs are far too few: they take the loss from {} to {}, and rows stay wrong.",
            options.epochs,
            number(before),
            number(after)
        );
        let fix = "Train longer.";
        Warning::new(Kind::TooFewSteps, summary, fix).flags(&["--epochs", "5000"])
    })
}
