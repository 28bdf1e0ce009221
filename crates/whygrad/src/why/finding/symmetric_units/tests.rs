use super::super::tests::{answer, assert_cause, finished, run, suspected};
use super::look;
use crate::why::Kind;

#[test]
fn equal_units_leave_the_quarter_late_and_tend_to_a_sixth() {
    let stuck = finished("2-2sigmoid-1", "xor", |case| {
        case.start = vec![0.1; 9];
        case.options.learning_rate = 0.3;
    });
    let report = assert_cause(&stuck, Kind::SymmetricUnits);
    let first = &report.findings[0];
    assert!(first.summary.starts_with("1 of 2 hidden units is a copy of the other"), "{}", first.summary);
    let number = |name: &str| first.evidence[name].as_f64().unwrap();
    assert!((number("reachable_loss") - 1.0 / 6.0).abs() < 1e-4);
    assert!((15_000.0..18_500.0).contains(&number("plateau_left_at_epoch")), "{}", first.summary);
}

#[test]
fn equal_units_are_the_cause_in_nets_of_every_sort() {
    let paper = "inputs x1, x2\ntarget y\nparams w1, w2, w3, w4, w5, w6, b1, b2, b3\nh(z) = 1/(1 + exp(-z))\n\
        y_hat = h(x1*w1 + x2*w3 + b1)*w5 + h(x1*w2 + x2*w4 + b2)*w6 + b3\nloss = mean((y - y_hat)^2)";
    for (net, value, rate) in [
        (paper, 0.1, 0.3),
        ("2-3sigmoid-1sigmoid", 0.5, 2.0),
        ("2-4tanh-1sigmoid", 0.0, 1.0),
        ("2-4tanh-1", 0.3, 0.1),
        ("2-5tanh-1tanh", 0.2, 0.1),
        ("2-4sigmoid-1", 0.0, 0.3),
    ] {
        let stuck = finished(net, "xor", |case| {
            case.start.fill(value);
            case.options.learning_rate = rate;
            case.options.epochs = 20_000;
        });
        assert_cause(&stuck, Kind::SymmetricUnits);
    }
}

#[test]
fn units_of_opposite_sign_are_copies_where_the_activation_is_odd() {
    let mirrored = |net: &str| {
        finished(net, "xor", |case| {
            // w of unit 0, of unit 1; biases; outgoing; bias.
            case.start = vec![0.4, 0.3, -0.4, -0.3, 0.2, -0.2, 0.5, -0.5, 0.1];
            case.options.learning_rate = 0.1;
        })
    };
    let stuck = mirrored("2-2tanh-1");
    let report = answer(&stuck);
    assert_eq!(report.findings[0].kind, Kind::SymmetricUnits, "{report:#?}");
    assert_eq!(report.findings[0].evidence["opposite_signs"], true);
    assert_eq!(suspected(look, &mirrored("2-2sigmoid-1")), []);
}

#[test]
fn a_run_with_different_units_has_no_copies() {
    for seed in 1..=20 {
        let some = finished("2-2sigmoid-1", "xor", |case| {
            let random = crate::train::RandomSource::Own;
            let initialiser = "uniform(-1, 1)".parse().unwrap();
            case.start = crate::train::starting_values(&case.model, Some(initialiser), seed, random).unwrap();
            case.options.learning_rate = 0.3;
            case.options.epochs = 3000;
        });
        assert_eq!(suspected(look, &some), [], "seed {seed}");
    }
}

#[test]
fn a_start_of_tiny_weights_ends_on_the_symmetric_plateau() {
    let text = "inputs x[2]\ntarget y\nhidden = dense(x, 5, sigmoid)\ny_hat = dense(hidden, 1, sigmoid)\n\
        loss = binary_cross_entropy(y_hat, y)";
    let stuck = finished(text, "xor", |case| {
        let random = crate::train::RandomSource::Own;
        let initialiser = "normal(0, 0.01)".parse().unwrap();
        case.start = crate::train::starting_values(&case.model, Some(initialiser), 3, random).unwrap();
        case.options.learning_rate = 0.3;
        case.options.epochs = 10_000;
    });
    let report = answer(&stuck);
    assert_eq!(report.findings[0].kind, Kind::SymmetricUnits, "{report:#?}");
    assert_eq!(report.findings[0].evidence["exact"], false);
}

#[test]
fn copies_that_do_not_hold_the_run_up_are_not_named() {
    // One unit of three is enough for AND.
    let solved = finished("2-3sigmoid-1sigmoid", "and", |case| {
        case.start.fill(0.1);
        case.options.learning_rate = 2.0;
    });
    assert!(solved.is_solved());
    assert!(answer(&run(&solved.case)).findings.iter().all(|f| f.kind == Kind::Solved));
}

#[test]
fn a_short_run_from_equal_units_has_them_as_its_cause() {
    for (net, value, rate, epochs) in [
        ("2-2sigmoid-1", 0.1, 0.3, 200),
        ("2-2sigmoid-1", 0.1, 0.3, 1000),
        ("2-4tanh-1", 0.3, 0.1, 100),
        ("2-3sigmoid-1sigmoid", 0.5, 2.0, 300),
        ("2-4tanh-1sigmoid", 0.2, 1.0, 500),
    ] {
        let stuck = finished(net, "xor", |case| {
            case.start.fill(value);
            case.options.learning_rate = rate;
            case.options.epochs = epochs;
        });
        let report = assert_cause(&stuck, Kind::SymmetricUnits);
        assert!(report.findings.iter().all(|f| f.kind != Kind::Saddle), "{report:#?}");
    }
}

#[test]
fn a_drawn_start_of_many_units_is_not_symmetric() {
    for seed in 1..=6 {
        let short = finished("1-20tanh-1", "sine", |case| {
            let random = crate::train::RandomSource::Own;
            case.start = crate::train::starting_values(&case.model, None, seed, random).unwrap();
            case.options.learning_rate = 0.01;
            case.options.epochs = 300;
        });
        assert_eq!(suspected(look, &short), [], "seed {seed}");
    }
}
