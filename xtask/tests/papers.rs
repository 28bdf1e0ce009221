//! What was published comes out: exact traces to rounding, statistical rows within four standard errors.
//!
//! The statistical rows have fewer trials here than in the table, and the bands are wider by as much.

use xtask::papers::row::{Band, Figure, Read, Reading, Row};
use xtask::papers::{Outcome, Scale, outcome, rows};

const SEED: u64 = 1;

fn named(name: &str) -> Row {
    rows().into_iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"))
}

/// Does a row, and says which figures are outside.
fn comes_out(name: &str, trials: u64) -> Outcome {
    let found = outcome(&named(name), Scale { trials, seed: SEED }).unwrap();
    let outside: Vec<String> =
        found.outside().iter().map(|(figure, reading)| format!("{figure:?}: {reading:?}")).collect();
    assert!(outside.is_empty(), "{name}\n{}", outside.join("\n"));
    found
}

#[test]
fn each_row_has_a_name_of_its_own_and_a_figure_that_is_judged() {
    let rows = rows();
    for (index, row) in rows.iter().enumerate() {
        assert!(rows[..index].iter().all(|other| other.name != row.name), "{}", row.name);
        assert!(row.figures.iter().any(|figure| figure.band != Band::Shown), "{}", row.name);
    }
}

#[test]
fn xor_of_the_pdp_handbook_goes_its_way_to_288_updates() {
    comes_out("pdp-xor", 1);
}

#[test]
fn with_a_step_after_each_pattern_it_takes_298_epochs() {
    comes_out("pdp-xor-by-pattern", 1);
}

#[test]
fn a_net_of_equal_weights_has_the_errors_that_were_printed() {
    comes_out("all-weights-alike", 1);
}

#[test]
fn the_worked_example_has_its_numbers_up_to_the_ten_thousandth_step() {
    comes_out("step-by-step", 1);
}

#[test]
fn the_best_line_and_the_best_logistic_fit_of_xor_say_nothing() {
    comes_out("xor-line", 1);
    comes_out("xor-logistic", 1);
}

#[test]
fn descent_is_stable_up_to_two_over_the_largest_curvature() {
    comes_out("xor-line-stable", 1);
    comes_out("xor-line-unstable", 1);
}

#[test]
fn at_zero_the_surface_of_xor_bends_one_way_alone() {
    comes_out("zero-mse", 1);
    comes_out("zero-bce", 1);
}

#[test]
fn equal_hidden_units_stay_equal() {
    comes_out("equal-units", 1);
}

#[test]
fn the_encoder_takes_as_many_epochs_as_it_should() {
    comes_out("encoder", 100);
}

#[test]
fn offset_and_margin_speed_the_encoder_up() {
    comes_out("encoder-offset", 100);
}

#[test]
fn attempts_that_fail_cost_their_epochs() {
    let found = comes_out("xor-restarted", 300);
    assert!(found.readings.last().unwrap().value > 50.0, "{found:?}");
}

#[test]
fn rprop_and_quickprop_take_the_epochs_of_their_formulas() {
    comes_out("encoder-rprop", 200);
    comes_out("encoder-quickprop", 100);
    comes_out("encoder-quickprop-atanh", 100);
}

#[test]
fn xor_is_solved_as_often_as_the_range_of_its_weights_lets_it() {
    let ranges = rows().into_iter().filter(|row| row.name.starts_with("xor-range-"));
    let shares: Vec<f64> = ranges.map(|row| comes_out(&row.name, 200).readings[0].value).collect();
    assert_eq!(shares.len(), 8);
    // The best range is in between, by far.
    assert!(shares[1] > shares[0] + 30.0 && shares[1] > shares[7] + 40.0, "{shares:?}");
}

#[test]
fn descent_goes_along_the_edge_of_stability() {
    comes_out("edge-of-stability", 1);
}

#[test]
fn linear_nets_on_cancer1_stop_where_proben1_says() {
    comes_out("cancer1", 20);
}

#[test]
fn linear_nets_on_heart1_stop_where_proben1_says() {
    comes_out("heart1", 20);
}

#[test]
fn linear_nets_on_gene1_stop_where_proben1_says() {
    comes_out("gene1", 6);
}

#[test]
fn a_figure_outside_its_band_is_told() {
    let figure = Figure {
        read: Read::MeanEpochs,
        published: None,
        again: Some(100.0),
        band: Band::Mean(Some(10.0)),
        digits: 0,
    };
    let reading = |value| Reading { value, sd: Some(1.0), trials: 100 };
    // Four standard errors of a difference are 4 x 10 sqrt(1/100 + 1/100) = 5.66, and rounding 0.5.
    let tolerance = figure.tolerance(&reading(0.0), 100).unwrap();
    assert!((tolerance - 6.157).abs() < 1e-3, "{tolerance}");
    assert!(figure.holds(&reading(106.1), 100) && !figure.holds(&reading(106.2), 100));
    assert!(!figure.holds(&reading(f64::NAN), 100));
    let unknown = Figure { again: None, ..figure };
    assert!(!unknown.holds(&reading(100.0), 100));
}
