//! What once broke, each named after it.

use whygrad::expr::oracle::{Bindings, evaluate};
use whygrad::model::{Model, ModelOptions};

use crate::case::read;

/// The loss where every leaf is 0.5.
fn check_loss(text: &str, rows: usize, expected: f64) {
    let program = read(text).program;
    let mut bindings = Bindings::new(rows);
    let parameters = program.parameters.iter().map(|p| p.symbol);
    for id in parameters.chain(program.inputs.iter().copied()).chain(program.targets.iter().copied()) {
        let shape = program.arena.symbol_of(id).shape;
        bindings.bind(id, vec![0.5; shape.dims.len() * if shape.per_row { rows } else { 1 }]);
    }
    let value = evaluate(&program.arena, &[program.loss], &bindings).unwrap()[0].data[0];
    assert!((value - expected).abs() < 1e-12, "{value} is not {expected} for\n{text}");
}

fn check_refused(text: &str, code: &str) {
    let error = Model::parse(text, &ModelOptions::default()).unwrap_err();
    assert!(error.messages.iter().any(|m| m.code == code), "{:#?}", error.messages);
    assert!(error.messages.len() < 100);
}

#[test]
fn the_constant_slope_of_a_line_is_summed_over_rows_and_entries() {
    check_loss("inputs x\ntarget y\nh(z) = 2*z\nloss = sum(w*h'(x))\n", 3, 3.0);
    check_loss("params v[3]\nh(z) = 2*z\nminimize sum(h'(v))\n", 1, 6.0);
    check_loss("inputs x[2]\ntarget y\nh(z) = z^2\nloss = sum(w*h''(x))\n", 3, 6.0);
    check_loss("params v[3]\nminimize v[0] + sum(identity'(v))\n", 1, 3.5);
}

#[test]
fn functions_that_call_each_other_twice_end() {
    check_refused("params a\nf(z) = f(z) + f(z)\nminimize f(a)\n", "circular");
    check_refused("params a\nf(z) = g(z) + g(z)\ng(z) = f(z) + f(z)\nminimize f(a)\n", "circular");
}

#[test]
fn a_place_outside_its_row_is_refused() {
    check_refused("params a\nminimize sum(place(a, 0, 5, 3, 2))\n", "arguments");
    check_loss("params a\nminimize sum(place(a, 2, 1, 3, 2)*[[1, 2], [3, 4], [5, 6]])\n", 1, 3.0);
}

#[test]
fn the_outer_product_of_a_matrix_is_refused() {
    check_refused("params W[3,2], v[2]\nminimize sum(outer(W, v))\n", "shape");
}
