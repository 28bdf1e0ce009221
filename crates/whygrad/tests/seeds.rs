//! Every system of the four documents that this program began with, each from its files in `examples/seeds`,
//! against figures that were computed independently (`data/README.md`).

#[path = "seeds/command.rs"]
mod command;
#[path = "seeds/files.rs"]
mod files;
#[path = "seeds/lint.rs"]
mod lint;
#[path = "seeds/oracle.rs"]
mod oracle;
#[path = "seeds/starts.rs"]
mod starts;
#[path = "seeds/systems.rs"]
mod systems;

use std::collections::BTreeSet;

use command::Command;
use oracle::{Check, case, cases, close, numbers};
use starts::STUDIES;
use systems::{BEYOND, SYSTEMS};

/// The value tables of two surfaces, `the_surfaces_have_the_oracle_s_values`.
const SURFACES: &str = "003-4-cost-surfaces";

#[test]
fn every_system_agrees_with_the_oracle() {
    let cases = cases();
    for system in SYSTEMS {
        Check::new(system, &cases).all();
    }
}

#[test]
fn warnings_are_those_of_the_documents_own_troubles() {
    let commands = SYSTEMS.iter().map(|s| s.command).chain(BEYOND.iter().map(|b| b.0));
    for command in commands {
        let Some(said) = lint::said(command) else { continue };
        assert_eq!(said, lint::expected(command), "{command}");
    }
}

#[test]
fn no_case_of_the_oracle_is_left_out() {
    let cases = cases();
    let there: BTreeSet<&str> = cases.iter().map(|case| case["id"].as_str().expect("an id")).collect();
    let systems = SYSTEMS.iter().map(|system| system.case);
    let studies = STUDIES.iter().map(|study| study.case);
    let handled: BTreeSet<&str> = systems.chain(studies).chain([SURFACES]).collect();
    assert_eq!(handled, there);
    assert_eq!(there.len(), 46);
}

#[test]
fn shares_of_random_starts_are_those_of_the_oracle() {
    let cases = cases();
    for study in STUDIES {
        study.check(&cases);
    }
}

/// Printed beside the NOT net's run is its start, rounded to 8 decimals. From this one, which rounds to it, all
/// the printed digits come out.
#[test]
fn the_not_net_s_printed_figures_come_out_of_an_unrounded_start() {
    let (command, _) = BEYOND[0];
    let run = Command::parse(command).prepare().run();
    let rounded = [format!("{:.8}", run.start[0]), format!("{:.8}", run.start[1])];
    assert_eq!(rounded, ["-0.14935895", "7.10444213"]);
    assert_eq!(format!("{:.12}", run.history.points()[0].1), "0.499047925023");
    let last = [format!("{:.8}", run.theta[0]), format!("{:.8}", run.theta[1])];
    assert_eq!(last, ["-4.77235179", "2.48144930"]);
    assert_eq!(format!("{:.14}", run.loss), "0.00719841740292");
}

#[test]
fn the_descent_ends_on_the_last_printed_digit() {
    let run = Command::parse("descent.model --start x=4 --lr 0.01 --tol 0.00001").prepare().run();
    assert_eq!((run.theta[0], run.epoch), (2.2500325268933734, 42));
}

/// Starts of the descent that the oracle lists one by one, with the number of steps and where they lead. The oracle
/// gives up where |x| is beyond a million.
#[test]
fn the_descent_from_special_starts() {
    let cases = cases();
    let study = &case(&cases, "003-R-random-starts-003_1d")["expected"]["studies"][0];
    let mut prepared = Command::parse("descent.model --start x=0 --lr 0.01 --tol 0.00001").prepare();
    prepared.options.keep_path = true;
    for (start, expected) in study["special_starts"].as_object().expect("starts") {
        let [steps, x] = numbers(expected)[..] else { panic!("{start}") };
        let run = prepared.run_from(&[start.parse().expect("a start")]);
        let diverges = x.abs() > 1e6;
        // The tutorial compares the first x with x_old = 0, so that it makes no step from 0; a step from 0 stays there.
        let taken = if start == "0.0" { run.epoch - 1 } else { run.epoch };
        assert!(diverges || taken == steps as u64, "{start}: {taken} steps, the oracle makes {steps}");
        let got = run.path[steps as usize][0];
        assert!((got - x).abs() <= 1e-10 * x.abs().max(1.0), "{start}: {got}, the oracle has {x}");
    }
    let expected = &case(&cases, "003-1b-descent-1d-inflection")["expected"]["start_at_6"];
    let run = prepared.run_from(&[6.0]);
    assert_eq!(Some(run.epoch), expected["updates"].as_u64());
    close("from 6", &run.theta, &numbers(&expected["x"]), 1e-10);
    let [steps, x] = numbers(&study["gamma_0p001_from_4"])[..] else { panic!("gamma 0.001") };
    prepared.options.learning_rate = 0.001;
    let run = prepared.run_from(&[4.0]);
    assert_eq!(run.epoch, steps as u64);
    close("gamma 0.001", &run.theta, &[x], 1e-10);
}

/// Both cross-entropies, as the tutorial writes it and from the logits, come out as the oracle's column computed with
/// 50 digits: `log(1 - h)` of a sigmoid is computed without the cancellation. The oracle's column in plain f64 differs
/// from it by up to 1e-3, at z = 30, where 1 - s(z) is some 1e-13 and has but three digits left.
#[test]
fn the_surfaces_have_the_oracle_s_values() {
    let cases = cases();
    let expected = &case(&cases, SURFACES)["expected"];
    let grid = numbers(&expected["grid"]);
    for (file, table, fine) in [
        ("not.model", "mse_rows_theta1_cols_theta2", "mse"),
        ("not-cross-entropy.model", "ce_rows_theta1_cols_theta2_50_digits_rounded", "ce"),
        ("not-cross-entropy-from-logits.model", "ce_rows_theta1_cols_theta2_50_digits_rounded", "ce"),
    ] {
        let prepared = Command::parse(&format!("{file} --data not.csv --init constant(0)")).prepare();
        let values = numbers(&expected[table]);
        let pairs = grid.iter().flat_map(|theta1| grid.iter().map(move |theta2| [*theta1, *theta2]));
        assert_eq!(values.len(), 81);
        for (theta, value) in pairs.zip(values) {
            close(&format!("{file} at {theta:?}"), &[prepared.gradient(&theta).0], &[value], 1e-12);
        }
        for end in ["min", "max"] {
            let fine_grid = &expected["linspace_minus15_15_500"];
            let theta = numbers(&fine_grid[format!("{fine}_arg{end}")]);
            let value = numbers(&fine_grid[format!("{fine}_{end}")]);
            close(&format!("{file}, {end}"), &[prepared.gradient(&theta).0], &value, 1e-12);
        }
    }
}
