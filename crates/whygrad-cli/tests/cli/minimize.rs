//! Descent on a plain function.

use super::run;

const QUARTIC: [&str; 8] = ["minimize", "x^4 - 3*x^3 + 2", "--start", "x=4", "--lr", "0.01", "--tol", "1e-5"];

#[test]
fn the_quartic_of_the_textbook() {
    let run = run(&[&QUARTIC[..], &["--json"]].concat()).json();
    assert_eq!(run["params"]["x"], 2.2500325268933734);
    assert_eq!((&run["stop"]["epoch"], &run["stop"]["reason"]), (&42.into(), &"smallest-change".into()));
    let path = run["path"].as_array().unwrap();
    assert_eq!((path.len(), &path[0][0], &path[42][0]), (43, &4.0.into(), &2.2500325268933734.into()));
}

#[test]
fn the_path_is_a_table_and_a_picture() {
    let run = run(&QUARTIC);
    for text in [
        "Descent",
        "    42        2.2500325268933734",
        "x = 2.2500325268933734",
        "Stopped: no parameter moved",
    ] {
        assert!(run.stdout.contains(text), "{text}\n{}", run.stdout);
    }
}

#[test]
fn starting_points_are_checked() {
    run(&["minimize", "x^2"]).refused(&["where to start? add --start x=1"]);
    run(&["minimize", "x^2", "--start", "y=1"]).refused(&["no variable 'y'; it has x"]);
    run(&["minimize", "x^2", "--start", "x=inf"]).refused(&["'inf' is no finite number; write x=4"]);
    run(&["minimize", "x^2", "--start", "4"]).refused(&["'4' is no name=value; write --start x=1"]);
    run(&["minimize", "x^2 +", "--start", "x=1"]).refused(&["there is nothing after `+`"]);
    run(&["minimize", "3"]).refused(&["there is no parameter"]);
}

#[test]
fn numbers_that_overflow_end_the_descent_with_words() {
    let out = run(&["minimize", "log(x)", "--start", "x=-1"]);
    assert!(out.stdout.contains("the starting values give no finite loss or gradient: log(x) is not finite"));
    let out = run(&["minimize", "x", "--start", "x=1", "--lr", "1e308", "--epochs", "5"]);
    assert!(
        out.stdout.contains("x = -1e308") && out.stdout.contains("overflowed in epoch 2"),
        "{}",
        out.stdout
    );
}

#[test]
fn a_long_descent_keeps_a_thousand_points() {
    let run =
        run(&["minimize", "x^2", "--start", "x=1", "--lr", "1e-9", "--epochs", "1_200_000", "--json"]).json();
    assert_eq!(run["path"].as_array().unwrap().len(), 1000);
    assert_eq!(run["history"]["epoch"][999], 1_200_000);
    assert_eq!(run["path"][999][0], run["theta"][0]);
}
