//! `whygrad why`: what it advises does what its experiment showed; folders that fit no run are refused.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{empty, file, run_in};

/// The words of a command as a shell reads them; quotes stand around whole words.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').expect("a quote ends"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// Trains into the folder `run` of a new directory and asks why.
pub(super) fn asked(directory: &str, arguments: &[&str]) -> Value {
    empty(directory);
    let train = run_in(directory, &[&["train"], arguments, &["--out", "run", "-q"]].concat());
    assert_eq!(train.code, 0, "{}", train.stderr);
    run_in(directory, &["why", "run", "--json"]).json()
}

/// The loss that an advised command ends with.
pub(super) fn followed(directory: &str, advice: &str) -> f64 {
    let words = words(advice);
    assert_eq!(words[..2], ["whygrad", "train"]);
    let mut words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    words.extend(["--json", "--out", "none"]);
    run_in(directory, &words).json()["loss"].as_f64().unwrap()
}

pub(super) fn is_same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()) + 1e-12
}

/// Asks why of a run, and holds that the first cause is this and that its advice does what its experiment showed.
fn advice_holds(directory: &str, cause: &str, arguments: &[&str]) {
    let report = asked(directory, arguments);
    let first = &report["findings"][0];
    assert_eq!((&first["kind"], &first["confirmed"]), (&cause.into(), &true.into()), "{report}");
    let shown = first["experiment"]["after"]["loss"].as_f64().unwrap();
    let advice = first["advice"].as_str().unwrap();
    let found = followed(directory, advice);
    assert!(is_same(found, shown), "{advice}: {found} and not {shown}");
}

#[test]
fn an_advised_command_does_what_the_experiment_showed() {
    let xor = ["--data", "xor", "--lr", "0.3", "--epochs", "3000"];
    let with = |first: &[&'static str], more: &[&'static str]| [first, &xor, more].concat();
    let equal = with(&["2-2sigmoid-1"], &["--init", "constant(0.1)", "--epochs", "20000"]);
    advice_holds("why-equal", "symmetric-units", &[&equal[..5], &equal[7..]].concat());
    advice_holds("why-one-unit", "cannot-represent", &with(&["2-1sigmoid"], &["--seed", "4"]));
    advice_holds("why-dead", "dead-units", &with(&["2-3relu-1sigmoid"], &["--init", "constant(-1)"]));
    let far = ["--init", "uniform(-30,30)", "--seed", "3"];
    advice_holds("why-saturated", "saturated", &with(&["2-2sigmoid-1sigmoid"], &far));
    advice_holds("why-rate", "learning-rate-too-high", &["xor", "--lr", "300", "--epochs", "2000"]);
}

#[test]
fn an_advised_model_keeps_the_data_the_rate_and_the_loss_of_the_run() {
    let layers: Vec<String> = (2..=5).map(|k| format!("h{k} = dense(h{}, 4, sigmoid)", k - 1)).collect();
    let layers = layers.join("\n");
    let text = format!(
        "inputs x[2]\ntarget y\nh1 = dense(x, 4, sigmoid)\n{layers}\ny_hat = dense(h5, 1, sigmoid)\n"
    );
    let model = file("why-deep.model", text);
    let loss = ["--loss", "binary_cross_entropy"];
    let run = [&[model.as_str(), "--data", "xor"][..], &loss, &["--epochs", "1000"]].concat();
    advice_holds("why-deep", "vanishing-gradient", &run);
    let report = run_in("why-deep", &["why", "run", "--json"]).json();
    let advice = report["findings"][0]["advice"].as_str().unwrap();
    assert!(advice.contains("--data xor --loss binary_cross_entropy"), "{advice}");
}

#[test]
fn a_run_with_a_wrong_gradient_is_made_again_with_the_derived_one() {
    let model = file("why-not.model", "inputs x\ntarget y\ny_hat = sigmoid(w*x + b)\nloss = mse(y_hat, y)\n");
    let rows = file("why-not.csv", "x,y\n0,1\n1,0\n");
    let slope = "(y_hat - y)*y_hat*(1 - y_hat)";
    let gradient = file("why-not.gradient", format!("dw = -mean(2*{slope}*x)\ndb = mean(2*{slope})\n"));
    let run = [&model, "--data", &rows, "--gradient", &gradient, "--epochs", "3000"].map(String::from);
    let run: Vec<&str> = run.iter().map(String::as_str).collect();
    advice_holds("why-gradient", "gradient-wrong", &run);
    let again = ["train", "run", "--gradient", "none", "--out", "derived", "-q"];
    assert_eq!(run_in("why-gradient", &again).code, 0);
    let report = run_in("why-gradient", &["why", "derived", "--json"]).json();
    assert_eq!(report["verdict"], "solved");
}

/// A new directory with a run on `rows.csv`, and its path.
fn trained_on_a_file(directory: &str) -> std::path::PathBuf {
    let path = empty(directory);
    fs::write(path.join("rows.csv"), "x1,x2,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n").unwrap();
    let train = ["train", "2-2sigmoid-1", "--data", "./rows.csv", "--epochs", "50", "--out", "run", "-q"];
    assert_eq!(run_in(directory, &train).code, 0);
    path
}

fn edited(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from));
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_run_whose_data_were_moved_says_how_to_name_them() {
    let path = trained_on_a_file("why-moved");
    fs::rename(path.join("rows.csv"), path.join("moved.csv")).unwrap();
    run_in("why-moved", &["why", "run"]).refused(&["./rows.csv", "--data FILE"]);
    run_in("why-moved", &["train", "run"]).refused(&["./rows.csv", "--data FILE"]);
    assert_eq!(run_in("why-moved", &["why", "run", "--data", "moved.csv"]).code, 0);
}

#[test]
fn a_run_on_a_file_is_asked_and_made_again_from_elsewhere() {
    trained_on_a_file("why-elsewhere");
    empty("why-elsewhere/below");
    let report = run_in("why-elsewhere/below", &["why", "../run", "--json"]).json();
    assert_eq!(report["notes"].as_array().unwrap().len(), 0);
    let again = ["train", "../run", "--epochs", "60", "--out", "again", "-q"];
    assert_eq!(run_in("why-elsewhere/below", &again).code, 0);
    // A run of a run knows the place too.
    empty("why-elsewhere/beside");
    assert_eq!(run_in("why-elsewhere/beside", &["why", "../below/again"]).code, 0);
}

#[test]
fn of_a_run_whose_data_were_changed_it_is_said_first() {
    let path = trained_on_a_file("why-changed");
    edited(&path.join("rows.csv"), "0,1,1", "0,1,0");
    let report = run_in("why-changed", &["why", "run", "--json"]).json();
    assert!(report["notes"][0].as_str().unwrap().contains("not the data"), "{report}");
    let text = run_in("why-changed", &["why", "run"]).stdout;
    assert!(text.contains("Note: These are not the data"), "{text}");
}

#[test]
fn of_a_run_whose_settings_were_changed_it_is_said_too() {
    let path = trained_on_a_file("why-settings");
    edited(&path.join("run/options.json"), "\"epochs\": 50", "\"epochs\": 70");
    let report = run_in("why-settings", &["why", "run", "--json"]).json();
    assert!(report["notes"][0].as_str().unwrap().contains("not the settings"), "{report}");
}

#[test]
fn a_run_without_its_history_is_asked_all_the_same() {
    let path = trained_on_a_file("why-history");
    let whole = run_in("why-history", &["why", "run", "--json"]).json();
    fs::remove_file(path.join("run/history.csv")).unwrap();
    assert_eq!(run_in("why-history", &["why", "run", "--json"]).json(), whole);
}
