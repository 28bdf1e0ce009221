//! Models that mean nothing, and where they say so.

use super::run;

fn refused(model: &str, said: &[&str]) {
    run(&["train", model, "--data", "xor", "--out", "none"]).refused(said);
}

fn with_columns(lines: &str) -> String {
    format!("inputs x[2]\ntarget y\n{lines}")
}

#[test]
fn every_error_of_the_text_is_shown_with_its_place() {
    refused(
        &with_columns("y_hat = w*x + )(\nq = foo(x\nloss = mse(y_hat,,y)"),
        &[
            ":3:13",
            "there is nothing after `+`",
            ":4:8",
            "this `(` is never closed",
            ":5:18",
            "cannot go on with `,`",
        ],
    );
}

#[test]
fn names_that_collide_or_go_round_are_refused() {
    for lines in ["y_hat = w*x1\ny_hat = v*x1", "params x\ny_hat = w*x1", "x = 2\ny_hat = w*x"] {
        refused(&with_columns(lines), &["is defined twice", "give one of them another name"]);
    }
    refused(&with_columns("a = b\nb = a\ny_hat = a*x1"), &["'a' needs itself", "no loops"]);
    let circle =
        run(&["train", &with_columns("a = b\nb = a\ny_hat = a*x1\nloss = mse(y_hat, y)"), "--data", "xor"]);
    assert_eq!(circle.stderr.matches("needs itself").count(), 2, "{}", circle.stderr);
    refused(&with_columns("f(z) = f(z-1)\ny_hat = f(w*x1)"), &["'f' calls itself"]);
}

#[test]
fn unknown_functions_and_activations_are_named() {
    refused(&with_columns("y_hat = sigmod(w*x1)"), &["there is no function 'sigmod'"]);
    refused(&with_columns("y_hat = dense(x, 1, tahn)"), &["there is no activation 'tahn'", "tanh"]);
    refused(&with_columns("y_hat = dense(x, 1, bais=false)"), &["dense has no such 'bais='", "bias=false"]);
    refused(&with_columns("y_hat = dense(x, 0)"), &["the number of units is a positive whole number"]);
}

#[test]
fn all_unknown_names_are_said_at_once_and_each_only_once() {
    let lines = "hidden = dense(x, 2, tahn)\nf(z) = sigmod(z) + sigmod(2*z)\n\
                 y_hat = dens(hidden, 1) + f(hidden.W[0,0]) + f(w)\nloss = msee(y_hat, y)";
    let output = run(&["train", &with_columns(lines), "--data", "xor", "--out", "none"]);
    output.refused(&[
        "did you mean tanh?",
        "did you mean dense?",
        "did you mean sigmoid?",
        "did you mean mse?",
    ]);
    assert_eq!(output.stderr.matches("error[").count(), 4, "{}", output.stderr);
    let lines = "f(z) = )\ny_hat = f(w*x1)";
    let output = run(&["train", &with_columns(lines), "--data", "xor", "--out", "none"]);
    assert_eq!(output.stderr.matches("error[").count(), 1, "{}", output.stderr);
}

#[test]
fn shapes_that_do_not_fit_are_both_shown() {
    refused(
        &with_columns("params W[3,4]\ny_hat = W @ x"),
        &["the shapes [3,4] and [2] do not fit", "2 columns"],
    );
    refused(
        &with_columns("y_hat = dense(x, 2)\nloss = mse(y_hat, y)"),
        &["2 outputs are compared with 1 target", "give the last layer 1 unit"],
    );
    refused(&with_columns("y_hat = x[5]*w"), &["no such entry: the shape is [2]", "from 0 to 1"]);
}

#[test]
fn a_loss_must_be_one_number() {
    refused(
        &with_columns("y_hat = w*x1\nloss = (y - y_hat)^2"),
        &["one number for each row", "mean(...) or sum(...)"],
    );
    refused("y_hat = w*x1", &["there is no loss, and none can be made up"]);
    refused(&with_columns("y_hat = 5\nloss = mse(y_hat, y)"), &["there is no parameter"]);
}

#[test]
fn starting_values_are_finite_and_inside_their_domain() {
    refused(&with_columns("params w = 1/0\ny_hat = w*x1"), &["the starting value of 'w' is not finite"]);
    refused(&with_columns("params w = 3 in (0,1)\ny_hat = w*x1"), &["outside its domain (0, 1)"]);
    refused(&with_columns("params w in (1,0)\ny_hat = w*x1"), &["lower bound of a domain must be below"]);
}

#[test]
fn a_parameter_without_effect_is_a_warning() {
    let model = with_columns("y_hat = w*x1 + b + 0*q\nloss = mse(y_hat, y)");
    let run = run(&["train", &model, "--data", "xor", "--epochs", "1", "--out", "none", "--json"]);
    run.json();
    assert!(run.stderr.contains("warning[parameter-without-effect]: the loss does not depend on 'q'"));
}

#[test]
fn sizes_beyond_all_data_are_called_too_large() {
    for size in ["999999999999", "999999999"] {
        let model = format!("inputs x[{size}]\ntarget y\ny_hat = w*x[0]");
        refused(&model, &["too-large", "expected at most 1000000"]);
    }
}

#[test]
fn a_parameter_called_n_hides_the_number_of_rows_with_a_warning() {
    let model = with_columns("params n = 0.5\ny_hat = n*x1");
    let output = run(&["train", &model, "--data", "xor", "--out", "none", "--epochs", "1", "-q"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stderr.contains("'n' no longer means the number of rows"), "{}", output.stderr);
}

#[test]
fn a_value_and_a_domain_stand_in_either_order() {
    let loss = |declared: &str| {
        let model = with_columns(&format!("params o {declared}\ny_hat = o*x1"));
        super::trained(&[&model, "--data", "xor", "--epochs", "3"])["loss"].clone()
    };
    assert_eq!(loss("in (0,1) = 0.5"), loss("= 0.5 in (0,1)"));
    refused(&with_columns("params o in (0,1) =\ny_hat = o*x1"), &["there is no value after `=`"]);
}

#[test]
fn a_softmax_over_one_output_is_refused() {
    let said = ["needs at least two outputs", "binary_cross_entropy_from_logits"];
    refused(&with_columns("z = dense(x, 1)\nloss = cross_entropy_from_logits(z, y)"), &said);
    run(&["train", "xor", "--loss", "cross_entropy_from_logits"]).refused(&said);
}

#[test]
fn a_cross_entropy_that_is_not_finite_at_the_start_names_the_form_for_linear_outputs() {
    let model = "2-2tanh-1";
    let loss = ["--loss", "binary_cross_entropy", "--init", "constant(-1)", "--epochs", "9", "--out", "none"];
    let output = run(&[&["train", model, "--data", "xor"][..], &loss].concat());
    assert!(output.stdout.contains("binary_cross_entropy_from_logits"), "{}", output.stdout);
    assert!(!output.stdout.contains("smaller learning rate"), "{}", output.stdout);
}
