//! How precise the elementary functions are, and of how many operations they consist.

#[path = "functions/arithmetic.rs"]
mod arithmetic;

use std::thread;

use arithmetic::{Counted, Unfused, count};
use whygrad_engine::function;

/// A function in every arithmetic, and what its documentation says of it.
struct Case {
    name: &'static str,
    truth: fn(f64) -> f64,
    single: [fn(f32) -> f32; 2],
    double: [fn(f64) -> f64; 2],
    counted_single: fn(Counted<f32>) -> Counted<f32>,
    counted_double: fn(Counted<f64>) -> Counted<f64>,
    /// The greatest error in units in the last place, in f32 and f64, with a fused product and without.
    bounds: [[f64; 2]; 2],
    /// Operations and the longest chain of them, in f32 and in f64.
    sizes: [(u32, u32); 2],
    /// For |x| up to which the bounds hold, in f32 and f64.
    reach: [f64; 2],
}

macro_rules! case {
    ($name:ident, $truth:expr, $bounds:expr, $sizes:expr, $reach:expr) => {
        Case {
            name: stringify!($name),
            truth: $truth,
            single: [function::$name, |x| function::$name(Unfused(x)).0],
            double: [function::$name, |x| function::$name(Unfused(x)).0],
            counted_single: function::$name,
            counted_double: function::$name,
            bounds: $bounds,
            sizes: $sizes,
            reach: $reach,
        }
    };
}

fn sigmoid(x: f64) -> f64 {
    let t = (-x.abs()).exp();
    if x < 0.0 { t / (1.0 + t) } else { 1.0 / (1.0 + t) }
}

fn cases() -> Vec<Case> {
    let all = [f64::INFINITY; 2];
    let softplus = |x: f64| if x.is_nan() { x } else { x.max(0.0) + (-x.abs()).exp().ln_1p() };
    let near = [1e4, 3e6];
    vec![
        case!(exp, f64::exp, [[0.9, 1.2], [1.1, 1.1]], [(13, 13), (19, 15)], all),
        case!(sigmoid, sigmoid, [[1.8, 2.0], [1.8, 2.0]], [(14, 13), (18, 15)], all),
        case!(tanh, f64::tanh, [[2.0, 2.0], [1.9, 1.9]], [(17, 14), (21, 18)], all),
        case!(softplus, softplus, [[1.9, 2.2], [1.8, 2.0]], [(24, 23), (37, 28)], all),
        case!(ln, f64::ln, [[0.9, 0.9], [0.9, 0.9]], [(25, 20), (30, 23)], all),
        case!(erf, libm::erf, [[5.1, 5.1], [3.0, 3.0]], [(27, 24), (46, 32)], all),
        case!(atan, f64::atan, [[2.0, 2.1], [3.0, 4.0]], [(17, 16), (30, 20)], all),
        case!(sin, f64::sin, [[2.5, 2.5], [2.5, 2.5]], [(20, 14), (24, 15)], near),
        case!(cos, f64::cos, [[2.5, 2.5], [2.5, 2.5]], [(21, 15), (25, 16)], near),
    ]
}

/// The distance of neighbouring f32 at y.
fn unit(y: f64) -> f64 {
    let size = y.abs().max(f64::from(f32::MIN_POSITIVE));
    2f64.powi((size.to_bits() >> 52) as i32 - 1023 - 23)
}

/// How far an f32 is from the truth, in units in the last place.
fn error_of_single(value: f32, truth: f64) -> f64 {
    let rounded = truth as f32;
    if value == rounded || value.is_nan() && rounded.is_nan() {
        // Within half a unit; infinities and what is not a number agree.
        return if rounded.is_finite() { (f64::from(value) - truth).abs() / unit(truth) } else { 0.0 };
    }
    // An infinity is a unit from the greatest number.
    let bounded = |v: f64| v.clamp(-(2f64.powi(128)), 2f64.powi(128));
    let error = (bounded(value.into()) - bounded(truth)).abs() / unit(bounded(truth));
    if error.is_nan() { f64::INFINITY } else { error }
}

/// The greatest errors with a fused product and without, over the bits that `numbers` gives.
fn worst_of_single(case: &Case, numbers: impl Iterator<Item = u32>) -> [(f64, f32); 2] {
    let mut worst = [(0.0, 0.0); 2];
    for x in numbers.map(f32::from_bits) {
        if f64::from(x.abs()) > case.reach[0] && x.is_finite() {
            continue;
        }
        let truth = (case.truth)(x.into());
        for (worst, function) in worst.iter_mut().zip(case.single) {
            let error = error_of_single(function(x), truth);
            if error > worst.0 {
                *worst = (error, x);
            }
        }
    }
    worst
}

fn assert_bounds(case: &Case, bounds: [f64; 2], worst: [(f64, f32); 2]) {
    for ((error, x), bound) in worst.into_iter().zip(bounds) {
        assert!(error <= bound, "{} of {x:e}: {error:.4} units, at most {bound}", case.name);
    }
}

#[test]
fn in_f32_every_function_keeps_its_bound_over_all_numbers() {
    // A stride that is prime, so that all parts of a fraction are met.
    for case in cases() {
        let worst = worst_of_single(&case, (0..=u32::MAX).step_by(20_011));
        assert_bounds(&case, case.bounds[0], worst);
    }
}

/// For `cargo test --release -p whygrad-engine -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
#[allow(clippy::print_stdout, reason = "the figures are what a person runs it for")]
fn in_f32_every_function_keeps_its_bound_at_every_number_of_a_common_size() {
    for case in cases() {
        let sizes = 2f32.powi(-20).to_bits()..2f32.powi(7).to_bits();
        let sign = |negative: bool| sizes.clone().map(move |bits| bits | u32::from(negative) << 31);
        let (of, case) = (worst_of_single, &case);
        let [minus, plus] = thread::scope(|scope| {
            let minus = scope.spawn(|| of(case, sign(true)));
            let plus = of(case, sign(false));
            [minus.join().unwrap(), plus]
        });
        println!("{}: {minus:.4?} {plus:.4?}", case.name);
        assert_bounds(case, case.bounds[0], minus);
        assert_bounds(case, case.bounds[0], plus);
    }
}

fn bits(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).unwrap())
}

#[test]
fn in_f64_every_function_keeps_its_bound_at_numbers_of_every_kind() {
    let cases = cases();
    let mut worst = vec![[(0.0, 0.0); 2]; cases.len()];
    for line in include_str!("data/functions.txt").lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, x, nearest, rest] = fields[..] else { panic!("{line}") };
        let index = cases.iter().position(|case| case.name == name).unwrap();
        let (x, nearest, rest) = (bits(x), bits(nearest), rest.parse::<f64>().unwrap());
        let unit = if nearest.is_infinite() { 1.0 } else { nearest.abs().next_up() - nearest.abs() };
        for (worst, function) in worst[index].iter_mut().zip(cases[index].double) {
            let value = function(x);
            let error = if value == nearest { rest.abs() } else { ((value - nearest) / unit - rest).abs() };
            let error = if error.is_nan() { f64::INFINITY } else { error };
            if error > worst.0 {
                *worst = (error, x);
            }
        }
    }
    for (case, worst) in cases.iter().zip(worst) {
        for ((error, x), bound) in worst.into_iter().zip(case.bounds[1]) {
            assert!(error <= bound, "{} of {x:e}: {error:.4} units, at most {bound}", case.name);
        }
    }
}

#[test]
fn in_f64_every_function_agrees_with_the_library_over_its_range() {
    // What the library's exp makes a sigmoid of may be two units off itself.
    for case in cases() {
        let (mut worst, mut at) = (0.0, 0.0);
        for k in 0..200_000 {
            let x = f64::from(k - 100_000) * 3.917e-4 * if k % 4 == 0 { 20.0 } else { 1.0 };
            let truth = (case.truth)(x);
            for (function, bound) in case.double.iter().zip(case.bounds[1]) {
                let value = function(x);
                let error = (value - truth).abs() / (truth.abs().next_up() - truth.abs()) - bound;
                if error > worst {
                    (worst, at) = (error, x);
                }
            }
        }
        assert!(worst <= 2.0, "{} of {at:e}: {worst} more than the bound", case.name);
    }
}

#[test]
fn the_ends_of_every_function_are_exact() {
    fn ends<T: From<f32> + Copy>(
        table: &[(&str, f32, f32)],
        name: &str,
        function: fn(T) -> T,
        to: fn(T) -> f64,
    ) {
        for &(_, x, y) in table.iter().filter(|t| t.0 == name) {
            let value = to(function(x.into()));
            let same =
                value == f64::from(y) && (y != 0.0 || value.is_sign_negative() == y.is_sign_negative());
            assert!(same || value.is_nan() && y.is_nan(), "{name} of {x}: {value}, not {y}");
        }
        assert!(to(function(f32::NAN.into())).is_nan(), "{name} of what is not a number");
    }
    let (inf, half_turn) = (f32::INFINITY, std::f32::consts::FRAC_PI_2);
    let table = [
        ("exp", inf, inf),
        ("exp", -inf, 0.0),
        ("exp", 0.0, 1.0),
        ("exp", -0.0, 1.0),
        ("exp", 1e38, inf),
        ("sigmoid", inf, 1.0),
        ("sigmoid", -inf, 0.0),
        ("sigmoid", 0.0, 0.5),
        ("sigmoid", -0.0, 0.5),
        ("tanh", inf, 1.0),
        ("tanh", -inf, -1.0),
        ("tanh", 0.0, 0.0),
        ("tanh", -0.0, -0.0),
        ("tanh", -25.0, -1.0),
        ("tanh", 1e-45, 1e-45),
        ("tanh", -1e-40, -1e-40),
        ("softplus", inf, inf),
        ("softplus", -inf, 0.0),
        ("softplus", 1e30, 1e30),
        ("ln", inf, inf),
        ("ln", 0.0, -inf),
        ("ln", -0.0, -inf),
        ("ln", -1.0, f32::NAN),
        ("ln", -1e-45, f32::NAN),
        ("ln", -inf, f32::NAN),
        ("ln", 1.0, 0.0),
        ("erf", inf, 1.0),
        ("erf", -inf, -1.0),
        ("erf", 0.0, 0.0),
        ("erf", -0.0, -0.0),
        ("atan", 0.0, 0.0),
        ("atan", -0.0, -0.0),
        ("sin", inf, f32::NAN),
        ("sin", -inf, f32::NAN),
        ("sin", 0.0, 0.0),
        ("cos", inf, f32::NAN),
        ("cos", -inf, f32::NAN),
        ("cos", 0.0, 1.0),
    ];
    for case in cases() {
        for function in case.single {
            ends(&table, case.name, function, f64::from);
        }
        for function in case.double {
            ends(&table, case.name, function, |y| y);
        }
    }
    assert_eq!(function::atan(inf), half_turn);
    assert_eq!(function::atan(f64::NEG_INFINITY), -std::f64::consts::FRAC_PI_2);
}

#[test]
fn far_away_sines_stay_from_minus_one_to_one() {
    for x in [1e5f32, 1e8, -3e20, f32::MAX] {
        assert!(function::sin(x).abs() <= 1.0 && function::cos(x).abs() <= 1.0);
    }
}

#[test]
fn every_function_has_the_number_of_operations_that_is_said() {
    let found: Vec<_> = cases()
        .iter()
        .map(|case| (case.name, [count(case.counted_single, 0.3f32), count(case.counted_double, 0.3f64)]))
        .collect();
    let said: Vec<_> = cases().iter().map(|case| (case.name, case.sizes)).collect();
    assert_eq!(found, said);
}
