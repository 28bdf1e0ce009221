//! Inputs, or measured targets, with a large offset or spread.
//!
//! The Hessian of a layer has the second moments of its inputs as a factor: a column of mean 1000 makes its largest eigenvalue
//! a million times larger and leaves the least as it is, so that a rate that is stable moves nothing in the other directions
//! (`LeCun`, Bottou, Orr & Müller, "Efficient `BackProp`", 1998, sections 4.3 and 5). Units go flat as well. Noticed by the
//! condition number of the second moments beside that of standardised inputs; proved by a run on these. Never for 0 and 1.
//!
//! What to do: subtract the mean of each column and divide by its deviation; keep both numbers for new rows.

use super::Suspicion;
use crate::data::Dataset;
use crate::lint::checks::unscaled_in_words;
use crate::lint::range::{of_outputs, of_values};
use crate::lint::rows::{Spread, distance_of_classes, spreads, unscaled};
use crate::lint::words::number;
use crate::why::finished::Case;
use crate::why::goal::Goal;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "The slope of a weight is the slope of its unit times its input. With inputs of very different sizes, or \
    far from 0, no learning rate fits all weights: what is stable for the large ones does not move the small ones. Subtract the \
    mean of each column and divide by its deviation.";

/// Measured targets farther from 0 than this are too large for weights of size 1.
const FAR: f64 = 20.0;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.finished.case;
    // A plain function has neither inputs nor targets.
    if case.model.plain_function {
        return vec![];
    }
    let data = &case.data;
    let scaling = unscaled(data);
    let far = far_targets(scene);
    if scaling.is_none() && far.is_none() {
        return vec![];
    }
    let summary = match (&scaling, far) {
        (Some(scaling), _) => unscaled_in_words(data, scaling),
        (None, Some(size)) => {
            format!(
                "The targets have the size {}, far from what a net with weights of size 1 gives.",
                number(size)
            )
        }
        (None, None) => return vec![],
    };
    let mut suspicion = Suspicion::new(Kind::UnscaledInputs, 0.9, summary, EXPLANATION);
    if let Some(scaling) = &scaling {
        let worst = scaling.inputs[scaling.worst];
        suspicion = suspicion
            .with("condition_number", scaling.condition)
            .with("condition_number_standardised", scaling.condition_scaled)
            .with("gain", scaling.condition / scaling.condition_scaled)
            .with("worst_mean", worst.mean)
            .with("worst_deviation", worst.deviation);
        suspicion.changes.push(change(case, standardised_inputs(data), "standardised inputs"));
    }
    if let Some(size) = far {
        suspicion = suspicion.with("target_size", size);
        suspicion.changes.push(change(case, standardised_targets((**data).clone()), "standardised targets"));
    }
    if scaling.is_some() {
        let both = far.map(|_| {
            change(case, standardised_targets(standardised_inputs(data)), "standardised inputs and targets")
        });
        suspicion.changes.extend(both);
        suspicion.changes.push(change(case, from_0_to_1(data), "inputs brought between 0 and 1"));
    }
    suspicion.advice = Advice::words(
        "Subtract the mean of each column and divide by its deviation, before training and after it.",
    );
    vec![suspicion]
}

fn change(case: &Case, data: Dataset, words: &str) -> Change {
    Change { words: words.into(), case: Case { data: data.into(), ..case.clone() } }
}

/// The size of measured targets, where it is large and the output could be on any scale.
fn far_targets(scene: &Scene<'_>) -> Option<f64> {
    let case = &scene.finished.case;
    let free =
        of_outputs(&case.model, &case.data).iter().all(|r| r.low.is_infinite() && r.high.is_infinite());
    let measured = scene.finished.goal() == Goal::Fit && distance_of_classes(&case.data).is_none();
    let targets = of_values(&case.data.targets);
    let size = targets.low.abs().max(targets.high.abs());
    (free && measured && size > FAR).then_some(size)
}

fn standardised_inputs(data: &Dataset) -> Dataset {
    let mut new = data.clone();
    standardise(&mut new.inputs, data.input_names.len());
    new
}

fn standardised_targets(mut data: Dataset) -> Dataset {
    let width = data.target_names.len();
    standardise(&mut data.targets, width);
    data
}

fn standardise(values: &mut [f64], width: usize) {
    let columns: Vec<Spread> = spreads(values, width);
    for (k, value) in values.iter_mut().enumerate() {
        let Spread { mean, deviation } = columns[k % width];
        *value = (*value - mean) / if deviation > 0.0 { deviation } else { 1.0 };
    }
}

fn from_0_to_1(data: &Dataset) -> Dataset {
    let width = data.input_names.len();
    let column =
        |k: usize| of_values(&data.inputs.iter().skip(k).step_by(width).copied().collect::<Vec<_>>());
    let ranges: Vec<_> = (0..width).map(column).collect();
    let mut new = data.clone();
    for (k, value) in new.inputs.iter_mut().enumerate() {
        let range = ranges[k % width];
        let size = range.high - range.low;
        *value = if size > 0.0 { (*value - range.low) / size } else { 0.0 };
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, is_first, is_not_named, with_data};

    #[test]
    fn a_large_offset_or_spread_is_the_cause() {
        for (net, rate) in [("2-3sigmoid-1sigmoid", 4.0), ("2-4tanh-1", 0.15), ("2-8relu-1", 0.1)] {
            for (factor, offset) in [(300.0, 0.0), (80.0, 1500.0)] {
                let case = case(net, "xor", |o| (o.learning_rate, o.epochs, o.seed) = (rate, 5000, 4));
                let case =
                    with_data(&case, |data| data.inputs.iter_mut().for_each(|x| *x = *x * factor + offset));
                is_first(&case, Kind::UnscaledInputs);
            }
        }
    }

    #[test]
    fn zeros_and_ones_never_are() {
        is_not_named(&case("2-2sigmoid-1", "xor", |o| o.epochs = 5), Kind::UnscaledInputs);
        is_not_named(&case("8-3sigmoid-8softmax", "encoder-8", |o| o.epochs = 5), Kind::UnscaledInputs);
        is_not_named(&case("1-4tanh-1", "sine", |o| o.epochs = 5), Kind::UnscaledInputs);
    }

    #[test]
    fn large_measured_targets_are_scaled() {
        let case = case("1-8tanh-1", "sine(noise=0)", |o| (o.learning_rate, o.epochs) = (0.1, 3000));
        let case = with_data(&case, |data| data.targets.iter_mut().for_each(|t| *t = 500.0 * *t + 2000.0));
        is_first(&case, Kind::UnscaledInputs);
    }
}
