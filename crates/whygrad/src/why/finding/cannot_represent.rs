//! Data that no parameters of the model give.
//!
//! - An output that goes up or down with one weighted sum of the inputs parts rows by a hyperplane. Where a mixture of rows
//!   of one class is the same point as a mixture of rows of the other, there is no such hyperplane (Minsky & Papert,
//!   "Perceptrons", 1969; Farkas' lemma): no hidden layer, linear hidden layers, or one hidden unit.
//! - Without a bias the output at the origin may be fixed.
//! - Rows with the same inputs and different targets cannot all be right.
//! - Too few units: no certificate, only that none of many starts solves it and more units do.
//!
//! Noticed without a step by the detectors of `lint`; proved by their certificates, and shown by a run of a net with what
//! is missing.
//!
//! What to do: add what is missing: a hidden layer with an activation, biases, more units, or an input that tells rows apart.

mod rows;
mod units;

pub(super) use units::{lacks_biases, with_biases};

use super::Suspicion;
use crate::lint::checks::cannot_in_words;
use crate::lint::losses::LossOfOutputs;
use crate::lint::outputs;
use crate::lint::parted::left_by_affine;
use crate::lint::range::of_outputs;
use crate::lint::represent::{Impossible, impossible};
use crate::lint::rows::distance_of_classes;
use crate::why::goal::Goal;
use crate::why::lab::{Change, Lab};
use crate::why::noise::has_pattern;
use crate::why::remade::Net;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "What a model can give at all is decided by its form, not by its training. An output that goes up or \
    down with one weighted sum of the inputs parts them by a hyperplane; where a mixture of rows of one class is the same point \
    as a mixture of rows of the other, no hyperplane parts them, and only a hidden layer helps.";

const NO_BIAS: &str = "Without a bias each weighted sum is 0 where all inputs are 0, so that the first layer says the same there \
    whatever its weights are. A bias lets each unit put its edge where it is needed.";

/// Units of a hidden layer put in.
const UNITS: usize = 4;

/// How much longer a net may learn that takes the place of one that cannot.
const LONGER: u64 = 20;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let mut found = rows::look(scene);
    let case = &scene.finished.case;
    let reasons = impossible(&case.model, &case.data);
    for reason in &reasons {
        let without_bias =
            matches!(reason, Impossible::Fixed { .. } | Impossible::NotParted { through_origin: true, .. });
        let summary = cannot_in_words(&case.model, &case.data, reason);
        let explanation = if without_bias { NO_BIAS } else { EXPLANATION };
        let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.95, summary, explanation);
        suspicion.proved = is_proof(scene, reason);
        suspicion = with_evidence(suspicion, reason);
        if without_bias {
            units::add_biases(scene, &mut suspicion);
            suspicion.draws = false;
        } else {
            add_hidden_layer(scene, &mut suspicion);
        }
        found.push(suspicion);
    }
    if reasons.is_empty() {
        found.extend(affine_for_curved(scene));
        found.extend(units::look(scene));
    }
    found
}

/// Whether the goal cannot be reached where the classes are not parted.
fn is_proof(scene: &Scene<'_>, reason: &Impossible) -> bool {
    let data = &scene.finished.case.data;
    let Some(distance) = distance_of_classes(data) else { return false };
    match (scene.finished.goal(), reason) {
        (Goal::Near(limit), Impossible::Fixed { row, column, output }) => {
            (output - data.target_row(*row)[*column]).abs() >= limit
        }
        (Goal::Near(limit), Impossible::NotParted { .. }) => limit <= distance / 2.0 + 1e-12,
        _ => false,
    }
}

fn with_evidence(suspicion: Suspicion, reason: &Impossible) -> Suspicion {
    match reason {
        Impossible::Fixed { row, output, .. } => suspicion.with("row", *row).with("fixed_output", *output),
        Impossible::NotParted { mixture, through_origin, .. } => {
            let rows = |side: &[(usize, f64)]| side.iter().map(|s| s.0).collect::<Vec<_>>();
            let shares = |side: &[(usize, f64)]| side.iter().map(|s| s.1).collect::<Vec<_>>();
            suspicion
                .with("through_origin", *through_origin)
                .with("rows_of_first_class", rows(&mixture.first))
                .with("shares_of_first_class", shares(&mixture.first))
                .with("rows_of_second_class", rows(&mixture.second))
                .with("shares_of_second_class", shares(&mixture.second))
                .with("common_point", mixture.point.clone())
        }
    }
}

/// The nets with a nonlinear hidden layer of several units in the place of what there is.
fn add_hidden_layer(scene: &Scene<'_>, suspicion: &mut Suspicion) {
    let case = &scene.finished.case;
    suspicion.advice = Advice::words("Add a hidden layer of several tanh or sigmoid units.");
    let Some(net) = Net::of(&case.model, &case.data).or_else(|| without_layers(scene)) else { return };
    let with = |activation: &str| {
        let mut new = net.clone();
        let hidden = net.activations.len() - 1;
        if hidden == 0 {
            new.sizes.insert(1, UNITS);
            new.activations.insert(0, activation.to_owned());
            new.biases.insert(0, true);
        }
        for k in 0..hidden {
            new.sizes[k + 1] = if net.sizes[k + 1] == 1 { UNITS } else { net.sizes[k + 1] };
            if net.activations[k] == "identity" {
                activation.clone_into(&mut new.activations[k]);
            }
        }
        new
    };
    let keep = net.sizes[1..net.sizes.len() - 1].iter().any(|s| *s > 1);
    let words = |new: &Net| {
        let layer = format!("{} {} units", new.sizes[1], new.activations[0]);
        if net.activations.len() == 1 {
            format!("a hidden layer of {layer}")
        } else {
            format!("{layer} in the hidden layer")
        }
    };
    let most = Lab::most_epochs(&scene.limits, case);
    for (longer, seed) in [(1, 1), (1, 2), (LONGER, 1), (LONGER, 2)] {
        for activation in ["tanh", "sigmoid"] {
            let new = with(activation);
            let epochs = case.options.epochs.saturating_mul(longer);
            let Some(changed) =
                new.case(case, keep && seed == 1, seed).filter(|_| longer == 1 || epochs * 8 < most)
            else {
                continue;
            };
            let more = if longer == 1 { String::new() } else { format!(", and {epochs} epochs") };
            let case = changed.with(|o| o.epochs = epochs);
            suspicion.changes.push(Change { words: format!("{}{more}", words(&new)), case });
        }
    }
    let best = with("tanh");
    suspicion.advice.flags =
        best.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]);
    suspicion.advice.model = Some(best.as_argument());
}

/// A net without hidden layers that stands for a formula with the same outputs, where their ranges are those of an activation.
fn without_layers(scene: &Scene<'_>) -> Option<Net> {
    let case = &scene.finished.case;
    let ranges = of_outputs(&case.model, &case.data);
    let first = ranges.first()?;
    let activation = match (first.low, first.high) {
        _ if case.model.logits.is_some() => return None,
        (0.0, 1.0) => "sigmoid",
        (-1.0, 1.0) => "tanh",
        (low, high) if low.is_infinite() && high.is_infinite() => "identity",
        _ => return None,
    };
    let loss = LossOfOutputs::of(&case.model).filter(|l| l.penalties.is_empty())?.named(&case.data)?;
    (case.model.layers.is_none() && ranges.len() == case.data.target_names.len()).then(|| Net {
        sizes: vec![case.data.input_names.len(), ranges.len()],
        activations: vec![activation.into()],
        biases: vec![true],
        loss,
        columns: None,
    })
}

/// Measured targets that no affine function of the inputs gives, and a model that is one.
fn affine_for_curved(scene: &Scene<'_>) -> Option<Suspicion> {
    let case = &scene.finished.case;
    if scene.finished.goal() != Goal::Fit || !outputs::is_affine(&case.model.program) {
        return None;
    }
    let width = case.data.target_names.len();
    let left = (0..width).filter_map(|k| {
        let column: Vec<f64> = (0..case.data.rows).map(|r| case.data.target_row(r)[k]).collect();
        left_by_affine(&case.data.inputs, case.data.input_names.len(), &column)
    });
    let left = left.fold(0.0, f64::max);
    if left < 0.02 || !has_pattern(&scene.finished.evaluation, &case.data) {
        return None;
    }
    let summary = format!(
        "The output is a linear function of the inputs, and the best one leaves {:.0} % of the variance of the targets.",
        100.0 * left
    );
    let mut suspicion =
        Suspicion::new(Kind::CannotRepresent, 0.9, summary, EXPLANATION).with("left_by_best_linear", left);
    add_hidden_layer(scene, &mut suspicion);
    Some(suspicion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::BatchSize;
    use crate::why::finding::tests::{asked, case, is_first, is_not_named, with_data};

    const HEAD: &str = "inputs x[2]\ntarget y\n";

    #[test]
    fn nets_that_part_by_one_hyperplane_cannot_learn_xor() {
        for (net, rate) in [
            ("y_hat = dense(x, 1, sigmoid)\nloss = mse(y_hat, y)", 4.0),
            ("y_hat = dense(x, 1)\nloss = mse(y_hat, y)", 0.4),
            ("y_hat = dense(x, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)", 1.0),
            ("h = dense(x, 6)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)", 2.0),
            ("h = dense(x, 1, sigmoid)\ny_hat = dense(h, 1)\nloss = mse(y_hat, y)", 0.3),
            ("z = dense(x, 1)\nloss = 3*binary_cross_entropy_from_logits(z, y)", 0.2),
        ] {
            let case = case(&format!("{HEAD}{net}"), "xor", |o| (o.learning_rate, o.epochs) = (rate, 3000));
            let report = is_first(&case, Kind::CannotRepresent);
            let finding = &report.findings[0];
            assert!(finding.experiment.as_ref().is_some_and(|e| e.after.solved), "{net}: {finding:#?}");
            assert!(finding.evidence.contains_key("common_point"));
        }
    }

    #[test]
    fn a_formula_without_layers_is_shown_beside_a_net_with_a_hidden_layer() {
        let text = format!(
            "{HEAD}s(z) = z/(1 + abs(z))\ny_hat = s(a*x[0] + b*x[1] + c)/2 + 0.5\nloss = mean((y_hat - y)^2)"
        );
        let case = case(&text, "xor", |o| (o.learning_rate, o.epochs) = (1.0, 5000));
        let finding = &is_first(&case, Kind::CannotRepresent).findings[0];
        assert!(finding.experiment.as_ref().unwrap().after.solved, "{finding:#?}");
        assert!(finding.advice.model.is_some());
    }

    #[test]
    fn biases_that_are_needed_are_added() {
        for (net, rate) in [
            (
                "h = dense(x, 3, tanh, bias=false)\ny_hat = dense(h, 1, sigmoid, bias=false)\nloss = binary_cross_entropy(y_hat, y)",
                0.5,
            ),
            (
                "h = dense(x, 2, sigmoid, bias=false)\ny_hat = dense(h, 1, sigmoid, bias=false)\nloss = mse(y_hat, y)",
                4.0,
            ),
        ] {
            let case = case(&format!("{HEAD}{net}"), "xor", |o| (o.learning_rate, o.epochs) = (rate, 5000));
            // The sigmoid net can represent it: some starts get there.
            let is_fixed = net.contains("tanh");
            let report = is_first(&case, if is_fixed { Kind::CannotRepresent } else { Kind::Plateau });
            assert!(report.findings[0].summary.contains("bias"), "{report:#?}");
        }
        // One row at a time, as in a paper that trains this net so.
        let net = "h = dense(x, 2, sigmoid, bias=false)\ny_hat = dense(h, 1, sigmoid, bias=false)\nloss = half_sse(y_hat, y)";
        let case = case(&format!("{HEAD}{net}"), "xor", |o| {
            (o.learning_rate, o.epochs, o.batch, o.seed) = (0.5, 20_000, BatchSize::Rows(1), 2);
        });
        let report = asked(&case);
        let finding = &report.findings[0];
        assert!(finding.confirmed && finding.summary.starts_with("The net can represent it"), "{report:#?}");
        assert!(report.findings.iter().all(|f| f.kind != Kind::CannotRepresent), "{report:#?}");
    }

    #[test]
    fn rows_that_contradict_each_other_are_shown() {
        let net = "2-4tanh-1";
        let case = with_data(&case(net, "xor", |o| (o.learning_rate, o.epochs) = (0.2, 4000)), |data| {
            *data = data.select(&[0, 1, 2, 3, 1]);
            data.targets[4] = 0.0;
        });
        let report = is_first(&case, Kind::CannotRepresent);
        let finding = &report.findings[0];
        assert_eq!((&finding.evidence["first_row"], &finding.evidence["second_row"]), (&1.into(), &4.into()));
        assert!((finding.evidence["least_loss"].as_f64().unwrap() - 0.1).abs() < 1e-12);
        assert!(finding.experiment.as_ref().unwrap().after.solved);
    }

    #[test]
    fn a_line_through_a_sine_leaves_what_only_hidden_units_give() {
        let case =
            case("inputs x\ntarget y\ny_hat = dense(x, 1)\nloss = mse(y_hat, y)", "sine(noise=0)", |o| {
                (o.learning_rate, o.epochs) = (0.05, 3000);
            });
        is_first(&case, Kind::CannotRepresent);
    }

    #[test]
    fn four_bits_of_parity_are_too_many_for_two_units() {
        let case = case("4-2tanh-1sigmoid", "parity-4", |o| (o.learning_rate, o.epochs) = (1.0, 3000));
        let report = asked(&case);
        assert!(report.findings.iter().any(|f| f.kind == Kind::CannotRepresent), "{report:#?}");
    }

    #[test]
    fn two_units_are_too_few_for_circles_and_stall_on_no_plateau() {
        for epochs in [3000, 4000] {
            let case =
                case("2-2tanh-1sigmoid", "circles(n=60)", |o| (o.learning_rate, o.epochs) = (0.5, epochs));
            let finding = &is_first(&case, Kind::CannotRepresent).findings[0];
            assert!(finding.summary.contains("2 hidden units are too few"), "{}", finding.summary);
        }
    }

    #[test]
    fn missing_biases_are_no_cause_where_the_same_net_gets_there_in_more_epochs() {
        let net = format!(
            "{HEAD}h = dense(x, 4, tanh, bias=false)\ny_hat = dense(h, 1, bias=false)\nloss = mse(y_hat, y)"
        );
        let of =
            |epochs, seed| case(&net, "xor", |o| (o.learning_rate, o.epochs, o.seed) = (0.2, epochs, seed));
        let solves = |epochs, seed| crate::why::finding::tests::run(&of(epochs, seed)).is_solved();
        let ended_early: Vec<u64> = (1..=8).filter(|&s| !solves(60, s) && solves(1500, s)).collect();
        assert!(ended_early.len() >= 2, "{ended_early:?}");
        for seed in ended_early {
            is_not_named(&of(60, seed), Kind::CannotRepresent);
        }
    }

    #[test]
    fn an_unlucky_start_or_too_few_steps_are_not_called_so() {
        for seed in 1..=12 {
            for epochs in [40, 1500] {
                let net = "2-2sigmoid-1";
                is_not_named(
                    &case(net, "xor", |o| (o.learning_rate, o.epochs, o.seed) = (0.4, epochs, seed)),
                    Kind::CannotRepresent,
                );
            }
        }
    }
}
