//! Pictures of nets with more than two inputs, with several outputs, with one parameter, and of runs that went wrong.

use std::fs;

use super::{empty, run_in, told};

/// Trains into the folder `r`.
fn trained(directory: &str, arguments: &[&str]) -> std::path::PathBuf {
    let folder = empty(directory);
    let output = run_in(directory, &[&["train"][..], arguments, &["--out", "r", "-q"]].concat());
    assert_eq!(output.code, 0, "{}", output.stderr);
    folder
}

#[track_caller]
fn refused(directory: &str, arguments: &[&str], wanted: &str) {
    let output = run_in(directory, arguments);
    assert_eq!((output.code, output.stdout.as_str()), (2, ""));
    assert!(output.stderr.contains(wanted), "{}", output.stderr);
    assert!(output.stderr.lines().count() < 6, "{}", output.stderr);
}

#[test]
fn a_slice_through_three_inputs_judges_only_the_rows_in_it() {
    let name = "slices-inputs";
    let folder = trained(name, &["parity-3"]);
    let mean = told(name, &["plot", "r", "contour"]);
    assert!(mean.contains("all 8 data points lie beside this slice"), "{mean}");
    let at_one = told(name, &["plot", "r", "contour", "--axes", "x3,x1", "--hold", "x2=1"]);
    assert!(at_one.contains("all 4 data points lie on the right side"), "{at_one}");
    assert_eq!(run_in(name, &["plot", "r", "contour", "-o", "mean.svg"]).code, 0);
    let svg = fs::read_to_string(folder.join("mean.svg")).unwrap();
    assert!(svg.contains(">both<") && svg.contains(">small: beside this slice<"));
    refused(name, &["plot", "r", "contour", "--hold", "x2=0"], "x2 runs along an axis");
}

#[test]
fn each_of_several_outputs_has_a_map_and_one_can_be_chosen() {
    let name = "slices-outputs";
    let net = ["2-6tanh-3softmax", "--data", "blobs(n=60, classes=3)", "--epochs", "300"];
    trained(name, &net);
    let all = told(name, &["plot", "r", "contour"]);
    let named = |k: usize| format!("The output for y={k} runs from ");
    assert!((0..3).all(|k| all.contains(&named(k))), "{all}");
    assert_eq!(
        all.matches("The input of hidden 1 is 0").count(),
        1,
        "the lines of the units are told once: {all}"
    );
    let second = told(name, &["plot", "r", "contour", "--output", "2"]);
    assert!(second.starts_with("The output runs from "), "{second}");
    refused(name, &["plot", "r", "contour", "--output", "4"], "there are outputs 1 to 3");
}

#[test]
fn one_parameter_has_one_line_and_its_stationary_points() {
    let name = "slices-one";
    empty(name);
    let minimize = ["minimize", "x^4 - 3*x^3 + 2", "--start", "x=4", "--lr", "0.01", "--out", "r", "-q"];
    assert_eq!(run_in(name, &minimize).code, 0);
    for plane in ["path", "random", "x"] {
        let line = told(name, &["landscape", "r", "--plane", plane, "--x", "-2,4"]);
        assert!(line.contains("The derivative is 0 at 0 (flat) and 2.25 (minimum)."), "{line}");
    }
}

#[test]
fn a_landscape_is_seen_from_where_it_is_asked_for() {
    let name = "slices-turned";
    let folder = trained(name, &["xor", "--epochs", "50"]);
    let drawn = |more: &[&str]| {
        let plot = [&["plot", "r", "surface", "-o", "s.svg"][..], more].concat();
        assert_eq!(run_in(name, &plot).code, 0);
        fs::read(folder.join("s.svg")).unwrap()
    };
    assert!(
        drawn(&[]) == drawn(&["--turn", "35", "--tilt", "30"]) && drawn(&[]) != drawn(&["--turn", "-160"])
    );
    refused(name, &["plot", "r", "surface", "--tilt", "100"], "between 0 and 90");
}

#[test]
fn a_run_that_overflowed_is_told_and_its_landscape_stays_finite() {
    let name = "slices-overflow";
    trained(name, &["2-2relu-1", "--data", "xor", "--lr", "50", "--epochs", "1000"]);
    let loss = told(name, &["plot", "r", "loss"]);
    assert!(loss.contains("its loss is no longer a finite number."), "{loss}");
    let landscape = told(name, &["landscape", "r", "--plane", "random", "--points", "15"]);
    assert!(!landscape.contains("not a number"), "{landscape}");
}

#[test]
fn what_lies_beyond_a_run_or_is_none_is_answered_in_a_few_lines() {
    let name = "slices-none";
    let folder = trained(name, &["xor", "--epochs", "50"]);
    refused(name, &["plot", "r", "loss", "--mark", "99=late"], "the run has the epochs 0 to 50");
    fs::write(folder.join("notes.md"), "# Notes\n\nThis is prose, and no model.\n".repeat(200)).unwrap();
    refused(name, &["plot", "notes.md", "loss"], "is no folder of a run");
    fs::write(folder.join("r/options.json"), "{\"epochs\": 5").unwrap();
    refused(name, &["plot", "r", "loss"], "options.json is broken");
}
