//! Every picture in two or three sentences, for who cannot see it.

use super::{PICTURES, empty, run_in, told};

/// At most so many sentences besides one of what is not drawn, each with something in it.
#[track_caller]
fn is_short(what: &str, told: &str, most: usize) {
    assert!(told.ends_with('.'), "{what}: {told}");
    // No number has a blank behind its point.
    let sentences: Vec<&str> = told.trim_end_matches('.').split(". ").collect();
    let (missing, others): (Vec<&str>, Vec<&str>) =
        sentences.into_iter().partition(|sentence| sentence.starts_with("Not drawn: "));
    assert!(missing.len() <= 1 && !others.is_empty(), "{what}: {told}");
    assert!(others.len() <= most, "{what} is told in {} sentences: {told}", others.len());
    assert!(others.iter().all(|sentence| sentence.split(' ').count() > 2), "{what}: {told}");
}

/// Runs `train` and tells each picture of the run, and its landscapes over its path, a plane and a line.
fn all_are_short(directory: &str, model: &str, train: &[&str], two: &str) {
    empty(directory);
    let train = [&["train", model, "--out", "r", "-q"][..], train].concat();
    assert_eq!(run_in(directory, &train).code, 0);
    for what in PICTURES {
        is_short(what, &told(directory, &["plot", "r", what]), 3);
    }
    let one = two.split_inclusive(']').next().unwrap();
    for more in [&["--plane", "path"][..], &["--3d"], &["--plane", two], &["--plane", one]] {
        let landscape = [&["landscape", "r", "--points", "15"][..], more].concat();
        is_short(&format!("{landscape:?}"), &told(directory, &landscape), 3);
    }
}

#[test]
fn every_picture_of_a_2_2_1_net_is_told_in_three_sentences() {
    all_are_short("words-2-2-1", "xor", &[], "hidden.W[0,0],hidden.W[0,1]");
    let landscape = told("words-2-2-1", &["landscape", "r", "--points", "15"]);
    assert!(
        landscape.contains("in 4000 epochs to (0, 0), loss 1.52e-30, a minimum (flat in 5 of 9 directions).")
    );
    assert!(
        landscape
            .contains("The plane holds 99.36 % of the path; at its farthest, at its start, it is 0.754 away")
    );
    let other = ["train", "xor", "--seed", "5", "--out", "b", "-q"];
    assert_eq!(run_in("words-2-2-1", &other).code, 0);
    let between = told("words-2-2-1", &["landscape", "r", "--with", "b", "--points", "15"]);
    is_short("two runs", &between, 4);
    is_short("two losses", &told("words-2-2-1", &["plot", "r", "b", "loss"]), 3);
    let losses = ["landscape", "r", "--points", "9", "--loss", "mse,mae"];
    is_short("two losses", &told("words-2-2-1", &losses), 2);
}

#[test]
fn every_picture_of_a_2_3_1_net_with_tanh_is_told_in_three_sentences() {
    let train = ["--data", "xor", "--epochs", "1500"];
    all_are_short("words-2-3-1", "2-3tanh-1sigmoid", &train, "hidden.W[0,0],y_hat.b[0]");
}

#[test]
fn every_picture_of_a_net_with_three_inputs_is_told_in_three_sentences() {
    let train = ["--data", "parity-3", "--epochs", "300"];
    all_are_short("words-3-4-1", "3-4sigmoid-1sigmoid", &train, "hidden.W[0,0],hidden.W[0,1]");
}

#[test]
fn every_picture_of_a_4_32_1_net_is_told_in_three_sentences() {
    let train = ["--data", "parity-4", "--epochs", "60", "--lr", "0.05"];
    all_are_short("words-4-32-1", "4-32sigmoid-1", &train, "hidden.W[0,0],hidden.W[0,1]");
}

#[test]
fn a_descent_is_told_in_three_sentences() {
    let folder = empty("words-descent");
    for (name, function, start) in
        [("one", "x^4 - 3*x^3 + 2", "x=4"), ("two", "(1 - a)^2 + 100*(b - a^2)^2", "a=-1,b=2")]
    {
        let minimize = ["minimize", function, "--start", start, "--lr", "0.001", "--out", name, "-q"];
        assert_eq!(run_in("words-descent", &minimize).code, 0);
        for what in ["loss", "gradient-norm", "learning-rate", "updates", "weights", "trajectory", "spectrum"]
        {
            is_short(what, &told("words-descent", &["plot", name, what]), 3);
        }
        is_short("landscape", &told("words-descent", &["landscape", name]), 3);
        let pictures = std::fs::read_to_string(folder.join(name).join("pictures.txt")).unwrap();
        for line in pictures.lines() {
            is_short("a picture of the run folder", line, 3);
        }
    }
    let line = told("words-descent", &["landscape", "one"]);
    assert!(line.starts_with("f(x) is lowest, -6.54, at 2.25 and highest, "), "{line}");
    assert!(line.ends_with("The derivative is 0 at 2.25 (minimum)."), "{line}");
}

#[test]
fn a_diverging_run_and_odds_are_told_in_few_sentences() {
    let folder = empty("words-others");
    assert_eq!(run_in("words-others", &["train", "xor", "--lr", "50", "--out", "d", "-q"]).code, 0);
    for what in ["loss", "updates", "gradient-norm", "trajectory", "spectrum", "contour", "hidden"] {
        is_short(what, &told("words-others", &["plot", "d", what]), 3);
    }
    is_short("landscape", &told("words-others", &["landscape", "d", "--points", "15"]), 4);
    let odds = ["odds", "xor", "--epochs", "1500", "-q", "--plot"];
    let sweep = ["--sweep", "lr=0.1:2:log3"];
    let sweeps = ["--sweep", "optimiser=gradient-descent;adam"];
    let kinds = [
        ("one.html", &["--restarts", "30"][..], &[][..], &[][..]),
        ("curve.html", &["--restarts", "10"], &sweep, &[]),
        ("cells.html", &["--restarts", "10"], &sweep, &sweeps),
    ];
    for (file, restarts, first, second) in kinds {
        let arguments = [&odds[..], &[file], restarts, first, second].concat();
        let output = run_in("words-others", &arguments);
        assert_eq!(output.code, 0, "{}", output.stderr);
        let page = std::fs::read_to_string(folder.join(file)).unwrap();
        let told = page.split("<desc").nth(1).and_then(|part| part.split_once('>')).unwrap().1;
        is_short(file, told.split_once("</desc>").unwrap().0, 3);
    }
}
