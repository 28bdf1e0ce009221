//! What is warned of about losses, gradients, penalties and steps, and above all what is not.

use std::fmt::Write as _;

use super::tests::{HEAD, kinds, model, on_xor, rows, said, table};
use super::*;
use crate::model::ModelOptions;
use crate::train::{Optimiser, RandomSource, Stepping, starting_values};

const NET: &str = "h = dense(x, 2, sigmoid)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)";

fn with(change: impl FnOnce(&mut Options)) -> Vec<Kind> {
    of_net(NET, change)
}

fn of_net(net: &str, change: impl FnOnce(&mut Options)) -> Vec<Kind> {
    let text = format!("{HEAD}{net}");
    let mut options = Options { learning_rate: 0.5, ..Options::default() };
    change(&mut options);
    kinds(&said(&text, &table(&model(&text), "xor"), &options, None))
}

fn optimiser(name: &str) -> Optimiser {
    match name.parse::<Stepping>().unwrap() {
        Stepping::Optimiser(optimiser) => optimiser,
        Stepping::Method(_) => unreachable!("{name}"),
    }
}

#[test]
fn a_loss_that_a_constant_output_solves_is_named_and_others_are_not() {
    let one = |loss: &str| {
        on_xor(&format!("{HEAD}h = dense(x, 3, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = {loss}"))
    };
    let found = one("-mean(y*log(y_hat))");
    assert_eq!(kinds(&found), [Kind::ConstantOutputIsBest], "{found:#?}");
    assert!(found[0].summary.contains("An output of 1 "), "{found:#?}");
    for loss in ["binary_cross_entropy(y_hat, y)", "mse(y_hat, y)", "mae(y_hat, y)"] {
        assert_eq!(one(loss), [], "{loss}");
    }
    let classes = |output: &str, loss: &str| {
        let text = format!(
            "inputs x[2]\ntargets y[2]\nh = dense(x, 6, tanh)\ny_hat = dense(h, 2, {output})\nloss = {loss}(y_hat, y)"
        );
        let inputs = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
        let data = rows(&model(&text), 4, &inputs, &[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0]);
        kinds(&said(&text, &data, &Options { learning_rate: 0.1, ..Options::default() }, None))
    };
    assert_eq!(classes("sigmoid", "cross_entropy"), [Kind::ConstantOutputIsBest]);
    assert_eq!(classes("softmax", "cross_entropy"), []);
    assert_eq!(classes("sigmoid", "binary_cross_entropy"), []);
}

#[test]
fn a_wrong_gradient_is_named_with_its_components_and_a_right_one_is_not() {
    let text = "inputs x\ntarget y\ny_hat = w*x + b\nloss = mean((y_hat - y)^2)";
    let said = |gradient: &str| {
        let options = ModelOptions { gradient: Some(gradient.into()), ..ModelOptions::default() };
        let model = Model::parse(text, &options).unwrap();
        let data = rows(&model, 3, &[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]);
        let start = starting_values(&model, None, 3, RandomSource::Own).unwrap();
        lint(&model, &data, &Options { learning_rate: 0.1, ..Options::default() }, &start)
    };
    assert_eq!(said("dw = mean(2*(y_hat - y)*x)\ndb = mean(2*(y_hat - y))"), []);
    // The same factor everywhere is another learning rate.
    assert_eq!(said("dw = mean((y_hat - y)*x)\ndb = mean(y_hat - y)"), []);
    let found = said("dw = mean(2*(y_hat - y)*x)\ndb = mean(-2*(y_hat - y))");
    assert_eq!(kinds(&found), [Kind::GradientWrong]);
    assert!(found[0].summary.contains("wrong at b (for b it says"), "{found:#?}");
}

#[test]
fn a_penalty_that_turns_weights_round_is_named() {
    for (l2, rate, bad) in [(10.0, 0.1, true), (0.0, 0.1, false), (1e-5, 0.5, false)] {
        let found = with(|o| (o.gradient.l2, o.learning_rate) = (l2, rate));
        assert_eq!(found.contains(&Kind::RegularisationTooStrong), bad, "{l2} {rate}: {found:?}");
    }
    assert_eq!(with(|o| o.gradient.weight_decay = Some(5.0)), [Kind::RegularisationTooStrong]);
}

#[test]
fn a_penalty_that_leaves_nothing_of_the_outputs_is_named() {
    let net = "h = dense(x, 4, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = mse(y_hat, y)";
    assert_eq!(of_net(net, |o| o.gradient.l2 = 0.1), [Kind::RegularisationTooStrong]);
    assert_eq!(of_net(net, |o| o.gradient.l1 = 0.1), [Kind::RegularisationTooStrong]);
    assert_eq!(of_net(net, |o| o.gradient.l2 = 1e-4), []);
}

#[test]
fn a_rate_of_adam_that_throws_units_to_their_ends_is_named() {
    for (name, rate, bad) in
        [("adam", 5.0, true), ("adamw", 5.0, true), ("adam", 0.1, false), ("gd", 5.0, false)]
    {
        let found = with(|o| (o.optimiser, o.learning_rate) = (optimiser(name), rate));
        assert_eq!(found.contains(&Kind::LearningRateTooHigh), bad, "{name} {rate}: {found:?}");
    }
}

#[test]
fn first_layers_under_many_sigmoids_hardly_move() {
    let deep = |layers: usize, activation: &str| {
        let mut net = format!("h0 = dense(x, 3, {activation})\n");
        for k in 1..layers {
            let _ = writeln!(net, "h{k} = dense(h{}, 3, {activation})", k - 1);
        }
        of_net(&format!("{net}y_hat = dense(h{}, 1, sigmoid)\nloss = mse(y_hat, y)", layers - 1), |_| ())
    };
    assert_eq!(deep(5, "sigmoid"), [Kind::VanishingGradient]);
    assert_eq!(deep(5, "tanh"), []);
    assert_eq!(deep(2, "sigmoid"), []);
}

#[test]
fn inputs_whose_squares_overflow_are_named() {
    let text = format!("{HEAD}{NET}");
    let mut data = table(&model(&text), "xor");
    data.inputs.iter_mut().for_each(|x| *x *= 1e200);
    let found = said(&text, &data, &Options::default(), None);
    assert!(found[0].kind == Kind::UnscaledInputs && found[0].summary.contains("overflow"), "{found:#?}");
    assert!(found[0].summary.contains("deviation 5e199"), "{found:#?}");
}

#[test]
fn a_goal_below_every_loss_is_named() {
    assert_eq!(with(|o| o.stop.target_loss = Some(-1.0)), [Kind::GoalOutOfReach]);
    assert_eq!(with(|o| o.stop.target_loss = Some(1e-3)), []);
    let logits = "z = dense(x, 3)\nh = dense(z, 1)\nloss = mean(h*h - y*h)";
    assert!(!of_net(logits, |o| o.stop.target_loss = Some(-0.01)).contains(&Kind::GoalOutOfReach));
}

#[test]
fn so_few_epochs_that_nothing_happens_are_named_and_one_step_is_not() {
    assert_eq!(with(|o| o.epochs = 3), [Kind::TooFewSteps]);
    assert_eq!(with(|o| o.epochs = 1), []);
    assert_eq!(with(|o| o.epochs = 5000), []);
}

#[test]
fn logits_under_other_targets_than_classes_are_not_told_to_be_linear() {
    let text = format!(
        "{HEAD}h = dense(x, 3, tanh)\nz = dense(h, 1)\nloss = binary_cross_entropy_from_logits(z, y)"
    );
    let mut data = table(&model(&text), "xor");
    data.targets[0] = -3.6;
    let found = said(&text, &data, &Options { learning_rate: 0.1, ..Options::default() }, None);
    assert!(found[0].kind == Kind::OutputRange && found[0].fix.starts_with("Use mse"), "{found:#?}");
}
