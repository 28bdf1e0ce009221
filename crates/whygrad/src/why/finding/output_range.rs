//! Targets where no output can be.
//!
//! A sigmoid gives numbers between 0 and 1, a tanh between -1 and 1, a relu none below 0, a softmax over one unit always 1.
//! Noticed by interval arithmetic over the output's term, so that a formula of one's own is seen through as well; proved by
//! the range itself, and shown by a run with targets inside it or with a linear output.
//!
//! An output may also lie where its loss has no value: a tanh under a logarithm.
//!
//! What to do: use an output that reaches the targets, most often a linear one, or bring the targets into its range.

use std::sync::Arc;

use whygrad_expr::op::Function;

use super::Suspicion;
use crate::lint::checks::{OutOfReach, out_of_reach};
use crate::lint::losses::LossOfOutputs;
use crate::lint::range;
use crate::lint::rows::distance_of_classes;
use crate::model::Model;
use crate::why::finished::Case;
use crate::why::goal::Goal;
use crate::why::lab::Change;
use crate::why::remade::{Net, with_output};
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "The last activation decides where outputs can lie at all. Where a target lies outside, the loss is \
    lowered by pushing the output to its end, the weights grow and the slope of the activation goes to 0.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.finished.case;
    if let Some(outside) = out_of_reach(&case.model, &case.data) {
        return vec![beyond(scene, &outside)];
    }
    without_value(scene).into_iter().collect()
}

fn beyond(scene: &Scene<'_>, outside: &OutOfReach) -> Suspicion {
    let case = &scene.finished.case;
    let (low, high) = (outside.range.low, outside.range.high);
    let distance = outside.range.distance(outside.target);
    let mut suspicion = Suspicion::new(Kind::OutputRange, 0.95, outside.in_words(&case.data), EXPLANATION)
        .with("output_low", low)
        .with("output_high", high)
        .with("target", outside.target);
    suspicion.proved =
        outside.sum.is_none() && matches!(scene.finished.goal(), Goal::Near(limit) if distance >= limit);
    let targets = range::of_values(&case.data.targets);
    if distance_of_classes(&case.data).is_some() && low.is_finite() && high.is_finite() && high > low {
        let mut data = (*case.data).clone();
        let share = |t: f64| (t - targets.low) / (targets.high - targets.low);
        data.targets.iter_mut().for_each(|t| *t = low + share(*t) * (high - low));
        let words = format!("the targets {low} and {high} in place of {} and {}", targets.low, targets.high);
        suspicion.changes.push(Change { words, case: Case { data: data.into(), ..case.clone() } });
        suspicion.advice =
            Advice::words(format!("Write the two targets as {low} and {high}, or use a linear output."));
    }
    if let Some(model) = with_output(&case.model, None) {
        let linear = Arc::new(model);
        let change = Change {
            words: "a linear output".into(),
            case: Case { model: Arc::clone(&linear), ..case.clone() },
        };
        suspicion.changes.push(change);
        // A sigmoid flattens the loss: without it the same rate may be too high.
        let rate = case.options.learning_rate;
        let slower = |by: f64| {
            let case = case.with(|o| o.learning_rate = rate / by);
            let words = format!("a linear output, at the learning rate {} in place of {rate}", rate / by);
            Change { words, case: Case { model: Arc::clone(&linear), ..case } }
        };
        suspicion.changes.extend([5.0, 25.0].map(slower));
    }
    if low == high
        && let Some(model) = sigmoid_of_one(case)
    {
        let change =
            Change { words: "a sigmoid output".into(), case: Case { model: model.into(), ..case.clone() } };
        suspicion.changes.insert(0, change);
    }
    if suspicion.advice.words.is_empty() {
        suspicion.advice = advice(scene, if low == high { "sigmoid" } else { "identity" });
    }
    suspicion
}

/// The model with a sigmoid output in the place of a softmax over one unit, whose loss asks nothing of the other class.
fn sigmoid_of_one(case: &Case) -> Option<Model> {
    let of_net = || {
        let mut net = Net::of(&case.model, &case.data).filter(|net| net.loss == "cross_entropy(y_hat, y)")?;
        "sigmoid".clone_into(net.activations.last_mut()?);
        net.loss = "binary_cross_entropy(y_hat, y)".into();
        net.model()
    };
    of_net().or_else(|| with_output(&case.model, Some(Function::Sigmoid)))
}

/// The model with another activation at its output.
fn advice(scene: &Scene<'_>, activation: &str) -> Advice {
    let case = &scene.finished.case;
    let what = if activation == "identity" { "linear" } else { activation };
    let mut advice = Advice::words(format!("Use a {what} output."));
    if let Some(mut net) = Net::of(&case.model, &case.data)
        && let Some(last) = net.activations.last_mut()
    {
        *last = activation.into();
        if activation == "sigmoid" && net.loss == "cross_entropy(y_hat, y)" {
            net.loss = "binary_cross_entropy(y_hat, y)".into();
        }
        advice.flags = net.loss_name().map_or_else(Vec::new, |l| vec!["--loss".to_owned(), l.to_owned()]);
        advice.model = Some(net.as_argument());
    }
    advice
}

/// Outputs that may lie where the loss has no value.
fn without_value(scene: &Scene<'_>) -> Option<Suspicion> {
    let case = &scene.finished.case;
    let (model, data) = (&case.model, &case.data);
    let range = *range::of_outputs(model, data).first()?;
    let loss = LossOfOutputs::of(model)?;
    // A linear output has no ends, but a logarithm of it has no value below 0 either.
    if model.logits.is_some() || !loss.has_gaps(data, range.low, range.high) {
        return None;
    }
    let lies = if range.low.is_finite() && range.high.is_finite() {
        format!("lies between {} and {}", range.low, range.high)
    } else {
        "can be any number".to_owned()
    };
    let summary =
        format!("The output {lies}, and the loss takes a logarithm that has no value in a part of that.");
    let mut suspicion = Suspicion::new(Kind::OutputRange, 0.9, summary, EXPLANATION)
        .with("output_low", range.low)
        .with("output_high", range.high);
    let sigmoid = with_output(model, Some(Function::Sigmoid)).or_else(|| {
        let mut net = Net::of(model, data)?;
        *net.activations.last_mut()? = "sigmoid".into();
        net.model()
    });
    if let Some(model) = sigmoid {
        let change =
            Change { words: "a sigmoid output".into(), case: Case { model: model.into(), ..case.clone() } };
        suspicion.changes.push(change);
    }
    suspicion.advice = advice(scene, "sigmoid");
    Some(suspicion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{asked, case, is_first, is_not_named, with_data};

    fn on_xor(output: &str, low: f64, high: f64) -> Case {
        let text =
            format!("inputs x[2]\ntarget y\nh = dense(x, 4, tanh)\ny_hat = {output}\nloss = mse(y_hat, y)");
        let case = case(&text, "xor", |o| (o.learning_rate, o.epochs) = (0.15, 4000));
        with_data(&case, |data| data.targets.iter_mut().for_each(|t| *t = low + *t * (high - low)))
    }

    #[test]
    fn targets_out_of_the_reach_of_the_output_are_the_cause() {
        for (output, low, high) in [
            ("dense(h, 1, sigmoid)", -1.0, 1.0),
            ("dense(h, 1, sigmoid)", 2.0, 5.0),
            ("dense(h, 1, tanh)", 0.0, 3.0),
            ("dense(h, 1, relu)", -1.0, 1.0),
            ("dense(h, 1, softmax)", 0.0, 1.0),
            ("dense(h, 1, softplus)", -3.0, -1.0),
        ] {
            is_first(&on_xor(output, low, high), Kind::OutputRange);
        }
    }

    #[test]
    fn a_sigmoid_for_a_sine_is_the_cause_though_a_linear_output_needs_a_lower_rate() {
        let text =
            "inputs x\ntarget y\nh = dense(x, 8, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)";
        let case = case(text, "sine(noise=0)", |o| (o.learning_rate, o.epochs) = (0.5, 5000));
        let report = is_first(&case, Kind::OutputRange);
        let change = &report.findings[0].experiment.as_ref().unwrap().change;
        assert!(change.starts_with("a linear output"), "{change}");
    }

    #[test]
    fn a_softmax_over_one_unit_is_no_matter_of_biases() {
        let text = "inputs x[2]\ntarget y\nh = dense(x, 4, tanh)\ny_hat = dense(h, 1, softmax)\nloss = cross_entropy(y_hat, y)";
        let case = case(text, "xor", |o| (o.learning_rate, o.epochs) = (0.5, 4000));
        let report = asked(&case);
        assert_eq!(report.findings[0].kind, Kind::OutputRange, "{report:#?}");
        assert!(report.findings.iter().all(|f| !f.summary.contains("bias")), "{report:#?}");
    }

    #[test]
    fn targets_in_reach_are_not() {
        for (output, low, high) in
            [("dense(h, 1, tanh)", -1.0, 1.0), ("dense(h, 1)", 0.0, 3.0), ("dense(h, 1, sigmoid)", 0.0, 1.0)]
        {
            let mut case = on_xor(output, low, high);
            case.options.epochs = 3;
            is_not_named(&case, Kind::OutputRange);
        }
    }

    #[test]
    fn a_tanh_under_a_logarithm_is_named() {
        let text = "inputs x[2]\ntarget y\nh = dense(x, 3, tanh)\ny_hat = dense(h, 1, tanh)\nloss = binary_cross_entropy(y_hat, y)";
        let mut case = case(text, "xor", |o| (o.learning_rate, o.epochs) = (0.5, 3000));
        case.start.fill(0.3);
        case.start[1] = -0.7;
        case.start[5] = 0.9;
        is_first(&case, Kind::OutputRange);
    }
}
