//! Training and evaluation as documents.

use serde_json::Value;

use super::{file, run, run_in, trained};

#[test]
fn the_document_of_a_run_has_these_fields() {
    let run = trained(&["xor"]);
    let keys: Vec<&String> = run.as_object().unwrap().keys().collect();
    for key in [
        "stop",
        "loss",
        "history",
        "params",
        "theta",
        "predictions",
        "accuracy",
        "seconds",
        "epochs_per_second",
    ] {
        assert!(keys.iter().any(|k| *k == key), "{key}");
    }
    assert_eq!(run["stop"]["reason"], "epochs");
    assert_eq!(run["accuracy"], 1.0);
    assert_eq!(run["params"]["hidden.W"][1].as_array().unwrap().len(), 2);
    assert_eq!(run["theta"].as_array().unwrap().len(), 9);
    assert_eq!(run["predictions"].as_array().unwrap().len(), 4);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let once = || {
        let data = "spirals(n=60)";
        let mut run = trained(&[
            "2-4tanh-1sigmoid",
            "--data",
            data,
            "--seed",
            "7",
            "--epochs",
            "20",
            "--batch",
            "8",
            "--shuffle",
        ]);
        run.as_object_mut()
            .unwrap()
            .retain(|key, _| !["seconds", "epochs_per_second"].contains(&key.as_str()));
        run
    };
    assert_eq!(once(), once());
}

#[test]
fn histories_have_a_thousand_points_or_all() {
    let epochs = |run: &Value| -> Vec<u64> {
        run["history"]["epoch"].as_array().unwrap().iter().map(|e| e.as_u64().unwrap()).collect()
    };
    let short = epochs(&trained(&["and", "--epochs", "999"]));
    assert_eq!((short.len(), short[0], short[999]), (1000, 0, 999));
    let long = epochs(&trained(&["and", "--epochs", "5000"]));
    assert_eq!((long.len(), long[0], long[999]), (1000, 0, 5000));
    assert_eq!(epochs(&trained(&["and", "--epochs", "5000", "--history", "every"])).len(), 5001);
    assert_eq!(epochs(&trained(&["and", "--epochs", "0"])), [0]);
}

#[test]
fn each_rule_stops_the_run() {
    for (rule, value, reason) in [
        ("--target-loss", "0.1", "target-loss"),
        ("--tol", "1e-3", "smallest-change"),
        ("--gradient-norm", "0.05", "gradient-norm"),
    ] {
        let run = trained(&["xor", "--epochs", "1e5", rule, value]);
        assert_eq!(run["stop"]["reason"], reason, "{rule}");
    }
    let right = trained(&["and", "--until-right"]);
    assert_eq!((&right["stop"]["reason"], &right["accuracy"]), (&"all-right".into(), &1.0.into()));
}

#[test]
fn an_overflow_names_the_epoch_and_keeps_the_last_good_parameters() {
    let line = "inputs x\ntarget y\ny_hat = w*x + b\nloss = mse(y_hat, y)";
    let run = trained(&[line, "--data", "sine", "--lr", "10"]);
    assert_eq!(run["stop"]["reason"], "overflow");
    assert!(run["loss"].is_number() && run["theta"].as_array().unwrap().iter().all(Value::is_number));
    assert!(run["stop"]["operation"].is_string(), "{}", run["stop"]);
    let log = trained(&["inputs x[2]\ntarget y\ny_hat = log(w*x1)\nloss = mse(y_hat, y)", "--data", "xor"]);
    let sentence = log["stop"]["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("the starting values give no finite loss or gradient: log(w*x1)"),
        "{sentence}"
    );
}

#[test]
fn a_parameter_that_leaves_its_domain_is_named() {
    let model =
        "inputs x\ntarget y\nparams o = 0.5 in (0,1)\ny_hat = log(o)*x + log(1 - o)\nloss = mse(y_hat, y)";
    let run = trained(&[model, "--data", "sine", "--lr", "100"]);
    assert_eq!(run["stop"]["reason"], "left-domain");
    assert!(run["stop"]["sentence"].as_str().unwrap().starts_with("o left its domain"));
}

#[test]
fn a_gradient_of_ones_own_trains_the_same() {
    let model = "inputs x\ntarget y\ny_hat = w*x + b\nloss = mse(y_hat, y)";
    let own = file("line.gradient", "dw = 2*mean((y_hat - y)*x)\ndb = 2*mean(y_hat - y)\n");
    let arguments = [model, "--data", "sine", "--lr", "0.01", "--epochs", "20"];
    let derived = trained(&arguments)["loss"].as_f64().unwrap();
    let written = trained(&[&arguments[..], &["--gradient", &own]].concat())["loss"].as_f64().unwrap();
    assert!((derived - written).abs() < 1e-12);
    let half = file("half.gradient", "dw = 2*mean((y_hat - y)*x)\n");
    run(&["train", model, "--data", "sine", "--gradient", &half]).refused(&["the gradient lacks db"]);
}

#[test]
fn a_batch_of_all_rows_is_the_full_batch() {
    let full = trained(&["xor", "--epochs", "20"]);
    for batch in ["4", "100"] {
        assert_eq!(trained(&["xor", "--epochs", "20", "--batch", batch])["theta"], full["theta"]);
    }
    assert_ne!(trained(&["xor", "--epochs", "20", "--batch", "1"])["theta"], full["theta"]);
}

#[test]
fn single_precision_is_near_and_not_the_same() {
    let double = trained(&["xor", "--epochs", "20"])["loss"].as_f64().unwrap();
    let single = trained(&["xor", "--epochs", "20", "--precision", "f32"])["loss"].as_f64().unwrap();
    assert!(single != double && (single - double).abs() < 1e-5);
}

#[test]
fn pythons_stream_starts_as_python_does() {
    // random.seed(1); [random.uniform(-1, 1) for _ in range(3)] in CPython
    let run = trained(&[
        "2-1",
        "--data",
        "xor",
        "--epochs",
        "0",
        "--init",
        "uniform(-1,1)",
        "--random",
        "python",
        "--seed",
        "1",
    ]);
    assert_eq!(
        run["theta"],
        serde_json::json!([-0.7312715117751976, 0.6948674738744653, 0.5275492379532281])
    );
}

#[test]
fn eval_lists_wrong_rows_with_what_they_should_be() {
    let zeros = "[0,0,0,0,0,0,0,0,0.25]";
    let out = run(&["eval", "xor", "--init", zeros]);
    assert!(out.stdout.contains("2 of 4 rows right (50.0 %)"), "{}", out.stdout);
    assert!(out.stdout.contains("wrong: row 1 [0.0, 1.0] gives [0.25], should be [1.0]"), "{}", out.stdout);
    let document = run(&["eval", "xor", "--init", zeros, "--json"]).json();
    assert_eq!(document["loss"], 0.3125);
    assert_eq!(document["accuracy"], 0.5);
    assert_eq!(document["wrong"][0]["row"], 1);
    assert_eq!(document["wrong"][0]["target"], serde_json::json!([1.0]));
}

#[test]
fn a_run_of_no_epoch_draws_no_loss() {
    let output = run(&["train", "xor", "--epochs", "0", "--out", "none"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(!output.stdout.contains("epoch ") && output.stdout.contains("0 epochs in"), "{}", output.stdout);
}

#[test]
fn layers_without_an_activation_are_called_one_linear_map() {
    let note = "no activation: stacked linear layers are one linear map";
    let said = |net: &str| {
        run(&["train", net, "--data", "xor", "--out", "none", "--epochs", "1"]).stderr.matches(note).count()
    };
    assert_eq!((said("2-8-8-1"), said("2-1"), said("2-2tanh-2-1")), (1, 0, 0));
}

#[test]
fn an_output_over_many_inputs_is_not_drawn() {
    let drawn = |net: &str, data: &str| {
        let output = run(&["train", net, "--data", data, "--out", "none", "--epochs", "1"]);
        assert_eq!(output.code, 0, "{}", output.stderr);
        output.stdout.contains("at its mean")
    };
    assert!(drawn("4-2tanh-1", "parity-4"));
    assert!(!drawn("5-2tanh-1", "parity-5"));
}

#[test]
fn a_loss_that_jumps_about_and_then_stands_has_a_picture_in_words() {
    let net = ["train", "2-4tanh-1sigmoid", "--data", "xor", "--lr", "50", "--optimiser", "momentum"];
    super::empty("jumps");
    let output = run_in("jumps", &[&net[..], &["--init", "constant(1)", "--epochs", "1000", "-q"]].concat());
    assert_eq!((output.code, output.stdout.as_str()), (0, ""), "{}", output.stderr);
}
