//! Kinks have a stated slope, and nothing is lost far out.

use whygrad::engine::plan::Plan;
use whygrad::engine::workspace::{Batch, Workspace};
use whygrad::expr::functions;

use crate::case::{Case, read};

/// A function of parameters at a point.
fn at(text: &str, theta: &[f64]) -> Case {
    let model = read(text);
    Case { seed: 0, model, rows: 1, theta: theta.to_vec(), inputs: vec![], targets: vec![] }
}

/// The gradient of `minimize formula` over a, b, ...
fn check_slopes(formula: &str, theta: &[f64], expected: &[f64]) {
    let names = &["a", "b", "c"][..theta.len()];
    let case = at(&format!("params {}\nminimize {formula}", names.join(", ")), theta);
    assert_eq!(case.gradient(&case.theta), expected, "the gradient of {formula} at {theta:?}");
}

#[test]
fn relu_has_slope_0_at_0() {
    check_slopes("relu(a)", &[0.0], &[0.0]);
    check_slopes("relu(a)", &[-0.0], &[0.0]);
    check_slopes("max(a, 0)", &[0.0], &[0.0]);
    check_slopes("max(0, a)", &[0.0], &[0.0]);
    check_slopes("relu'(a)", &[0.0], &[0.0]);
    check_slopes("relu(a*b)", &[0.0, 3.0], &[0.0, 0.0]);
}

#[test]
fn leaky_relu_and_elu_follow_the_left_branch_at_0() {
    check_slopes("leaky_relu(a)", &[0.0], &[0.01]);
    check_slopes("leaky_relu(a, 0.3)", &[0.0], &[0.3]);
    check_slopes("elu(a)", &[0.0], &[1.0]);
    check_slopes("elu(a, 0.5)", &[0.0], &[0.5]);
}

#[test]
fn a_tie_of_max_or_min_is_split_evenly() {
    check_slopes("max(a, b)", &[0.7, 0.7], &[0.5, 0.5]);
    check_slopes("min(a, b)", &[0.7, 0.7], &[0.5, 0.5]);
    check_slopes("max(a, b)", &[0.8, 0.7], &[1.0, 0.0]);
    check_slopes("min(a, b)", &[0.8, 0.7], &[0.0, 1.0]);
    check_slopes("max(a, a)", &[0.4], &[1.0]);
    check_slopes("min(a, 1)", &[1.0], &[0.5]);
}

#[test]
fn an_absolute_value_has_slope_0_at_0() {
    check_slopes("abs(a)", &[0.0], &[0.0]);
    check_slopes("abs(-2*a)", &[0.0], &[0.0]);
    check_slopes("l1(a)", &[0.0], &[0.0]);
    check_slopes("mae(a, b)", &[0.3, 0.3], &[0.0, 0.0]);
    check_slopes("softsign(a)", &[0.0], &[1.0]);
    check_slopes("sign(a) + step(a)", &[0.0], &[0.0]);
}

#[test]
fn hard_functions_have_slope_0_at_both_ends() {
    check_slopes("hard_tanh(a)", &[1.0], &[0.0]);
    check_slopes("hard_tanh(a)", &[-1.0], &[0.0]);
    check_slopes("hard_sigmoid(a)", &[3.0], &[0.0]);
    check_slopes("hard_sigmoid(a)", &[-3.0], &[0.0]);
    check_slopes("hard_tanh(a)", &[0.999], &[1.0]);
}

#[test]
fn huber_is_smooth_where_its_two_forms_meet() {
    check_slopes("huber(a, 0)", &[1.0], &[1.0]);
    check_slopes("huber(a, 0)", &[-1.0], &[-1.0]);
    check_slopes("huber(a, 0)", &[0.0], &[0.0]);
}

/// Where activations are asked: the middle, where exp overflows or vanishes, and far out.
const FAR: &[f64] = &[0.0, -0.0, 1e-300, -1e-300, 1.0, -1.0, 745.0, -745.0, 1e4, -1e4, 1e100, -1e100];

/// Value and gradient are finite, in f64 and in f32, wherever the point itself is.
fn check_finite(text: &str, theta: &[f64]) {
    let case = at(text, theta);
    let value = case.loss(theta);
    let gradient = case.gradient(theta);
    let finite = value.is_finite() && gradient.iter().all(|g| g.is_finite());
    assert!(finite, "value {value}, gradient {gradient:?}\n{case}");
    if theta.iter().any(|t| t.abs() > 1e15) {
        return;
    }
    let plan = Plan::of_gradient(&case.model.program);
    let mut space = Workspace::<f32>::new(&plan);
    space.load(&plan, &Batch { inputs: &[], targets: &[], rows: 1 });
    space.run(&plan, &theta.iter().map(|&t| t as f32).collect::<Vec<_>>());
    for root in 0..=case.model.program.gradient.len() {
        let (numbers, _) = space.output(&plan, root);
        assert!(numbers.iter().all(|x| x.is_finite()), "in f32, root {root}: {numbers:?}\n{case}");
    }
}

#[test]
fn activations_and_their_first_two_derivatives_are_finite_everywhere() {
    for activation in functions::activations() {
        let name = activation.name;
        for &z in FAR {
            check_finite(&format!("params a\nminimize {name}(a)"), &[z]);
            if name != "softmax" {
                check_finite(&format!("params a\nminimize {name}'(a)"), &[z]);
            }
        }
    }
}

#[test]
fn formulas_typed_as_on_paper_are_finite_far_out() {
    let forms = [
        "1/(1 + exp(-a))",
        "1/(1 + e^(-a))",
        "e^a/(1 + e^a)",
        "1/(exp(-a) + 1)",
        "(exp(a) - exp(-a))/(exp(a) + exp(-a))",
        "2/(1 + exp(-2*a)) - 1",
        "log(1 + exp(a))",
        "log(exp(a) + 1)",
        "log(1/(1 + exp(-a)))",
        "1 - 1/(1 + exp(-a))",
        "-log(1 - 1/(1 + exp(-a)))",
        "a/(1 + exp(-a))",
    ];
    for form in forms {
        for &z in FAR {
            check_finite(&format!("params a\nminimize {form}"), &[z]);
        }
    }
}

#[test]
fn softmax_and_the_losses_from_logits_are_finite_far_out() {
    for &z in FAR {
        let theta = [z, -z, 0.0];
        check_finite("params a[3]\nminimize sum(softmax(a)*[1, -2, 3])", &theta);
        check_finite("params a[3]\nminimize cross_entropy_from_logits(a, [1, 0, 0])", &theta);
        check_finite("params a[3]\nminimize cross_entropy(softmax(a), [0.2, 0.5, 0.3])", &theta);
        check_finite("params a[3]\nminimize binary_cross_entropy_from_logits(a, [1, 0, 1])", &theta);
        check_finite("params a[3]\nminimize binary_cross_entropy(sigmoid(a), [1, 0, 0.5])", &theta);
    }
}
