//! Gradients the person wrote, and how their faults are shown.

use super::{file, run, run_in};

/// Two weights, a bias and the right gradient but for what a test adds.
const MODEL: &str = "inputs x[2]\ntarget y\ny_hat = w1*x1 + w2*x2 + b\nloss = mse(y_hat, y)\n";
const GRADIENT: &str =
    "delta = 2*(y_hat - y)/n\ndz = delta\ndw1 = sum(dz*x1)\ndw2 = sum(dz*x2)\ndb = sum(dz)\n";

fn refused(name: &str, model: &str, gradient: &str, said: &[&str]) {
    let path = file(name, gradient);
    let output = run(&["train", model, "--data", "xor", "--gradient", &path, "--out", "none"]);
    output.refused(said);
    assert!(!output.stderr.contains("command line"), "{}", output.stderr);
}

#[test]
fn helper_lines_are_no_components() {
    let path = file("helpers.gradient", GRADIENT);
    let model = file("helpers.model", MODEL);
    let arguments = ["train", &model, "--data", "xor", "--gradient", &path, "--out", "none", "--epochs", "5"];
    let output = run_in("gradients", &arguments);
    assert_eq!(output.code, 0, "{}", output.stderr);
}

#[test]
fn a_component_of_no_parameter_is_refused() {
    let with = |line: &str| format!("{GRADIENT}{line}\n");
    refused("dq.gradient", MODEL, &with("dq = 3"), &["unknown-component", "dq.gradient:6:1", "dq = 3"]);
    refused("typo.gradient", MODEL, &with("dw_1 = 3"), &["unknown-component", "did you mean dw1?"]);
    let net = "inputs x[2]\ntarget y\nhidden = dense(x, 2, tanh)\ny_hat = dense(hidden, 1)\n";
    refused(
        "entry.gradient",
        net,
        "dhidden.W[9,9] = 3\n",
        &["entry.gradient:1:1", "dhidden.W[9,9] = 3", "from dhidden.W[0,0] to dhidden.W[1,1]"],
    );
}

#[test]
fn faults_are_shown_in_the_lines_of_the_gradient() {
    refused("syntax.gradient", MODEL, "dw1 = )\n", &["syntax.gradient:1:7", "dw1 = )"]);
    refused(
        "name.gradient",
        MODEL,
        &GRADIENT.replace("dz*x2", "dz*xx2"),
        &["unknown-name", "name.gradient:4:", "the model has no 'xx2'", "did you mean x2?"],
    );
    refused("rows.gradient", MODEL, &GRADIENT.replace("sum(dz)", "dz"), &["rows.gradient:5:1", "sum(...)"]);
    let twice = "dw[0] = 1\ndw[0] = 2\n";
    refused(
        "twice.gradient",
        "inputs x[2]\ntarget y\nparams w[2]\ny_hat = w @ x\n",
        twice,
        &["twice.gradient:2:1", "'dw[0]' is defined twice"],
    );
}
