//! What each method does where it cannot go on, or not as usual.

use whygrad::train::method::{Conjugate, Done, Method, MethodKind, Objective, StepOutcome};

use crate::functions::{Function, Squares, rosenbrock, rosenbrock_squares};

/// All of them but Levenberg-Marquardt, which asks for residuals.
const SMOOTH: [MethodKind; 7] = [
    MethodKind::LIMITED_BFGS,
    MethodKind::Bfgs,
    MethodKind::ConjugateGradient(Conjugate::PolakRibiere),
    MethodKind::ConjugateGradient(Conjugate::FletcherReeves),
    MethodKind::ConjugateGradient(Conjugate::HestenesStiefel),
    MethodKind::ScaledConjugateGradient,
    MethodKind::Newton,
];

const LM: MethodKind = MethodKind::LEVENBERG_MARQUARDT;

/// Steps until the method ends; the loss never rises and the parameters stay finite.
fn run(kind: MethodKind, start: &[f64], objective: &mut dyn Objective) -> (Method, StepOutcome) {
    let mut method = Method::new(kind, start);
    let mut last = method.begin(objective);
    for _ in 0..2000 {
        let outcome = method.step(objective);
        assert!(outcome.loss <= last.loss, "{kind}: {} after {}", outcome.loss, last.loss);
        assert!(method.parameters().iter().all(|p| p.is_finite()), "{kind}");
        last = outcome;
        if outcome.done.is_some() {
            break;
        }
    }
    (method, last)
}

#[test]
fn each_finds_the_minimum_of_rosenbrock_and_says_that_it_is_one() {
    for kind in SMOOTH {
        let (method, end) = run(kind, &[-1.2, 1.0], &mut Function(rosenbrock));
        assert!(end.done.is_some(), "{kind}");
        for p in method.parameters() {
            assert!((p - 1.0).abs() < 1e-7, "{kind} ends at {:?}", method.parameters());
        }
    }
    let (method, end) = run(LM, &[-1.2, 1.0], &mut Squares(rosenbrock_squares));
    assert_eq!((method.parameters(), end.loss, end.done), (&[1.0, 1.0][..], 0.0, Some(Done::Stationary)));
}

#[test]
fn where_the_gradient_is_exactly_zero_they_stay() {
    // x² - y² with its saddle at 0.
    let saddle = |at: &[f64]| {
        (at[0] * at[0] - at[1] * at[1], vec![2.0 * at[0], -2.0 * at[1]], vec![2.0, 0.0, 0.0, -2.0])
    };
    for kind in SMOOTH.into_iter().filter(|&kind| kind != MethodKind::Newton) {
        let (method, end) = run(kind, &[0.0, 0.0], &mut Function(saddle));
        assert_eq!((end.done, method.parameters()), (Some(Done::Stationary), &[0.0, 0.0][..]), "{kind}");
    }
    let (_, end) = run(LM, &[0.0], &mut Squares(|at| (vec![1.0 + at[0] * at[0]], vec![2.0 * at[0]])));
    assert_eq!((end.done, end.loss), (Some(Done::Stationary), 1.0));
}

#[test]
fn newton_leaves_a_saddle_and_stays_at_a_minimum() {
    // (y² - 1)² + x²: a saddle at 0, minima at y = ±1.
    let wells = |at: &[f64]| {
        let (x, y) = (at[0], at[1]);
        let loss = (y * y - 1.0).powi(2) + x * x;
        (loss, vec![2.0 * x, 4.0 * y * (y * y - 1.0)], vec![2.0, 0.0, 0.0, 12.0 * y * y - 4.0])
    };
    let (method, end) = run(MethodKind::Newton, &[0.0, 0.0], &mut Function(wells));
    assert!((method.parameters()[1].abs() - 1.0).abs() < 1e-8 && end.done.is_some(), "{end:?}");
    let (method, end) = run(MethodKind::Newton, &[0.0, 1.0], &mut Function(wells));
    assert_eq!((method.parameters(), end.done), (&[0.0, 1.0][..], Some(Done::Stationary)));
}

#[test]
fn newton_in_the_hard_case_goes_to_the_border() {
    // A slope along the upward direction only: the lowest point of the region needs the other one too.
    let curved = |at: &[f64]| {
        let (x, y) = (at[0], at[1]);
        let loss = x * x + x / 10.0 - y * y + y.powi(4) / 100.0;
        let slope = -2.0 * y + y.powi(3) / 25.0;
        (loss, vec![2.0 * x + 0.1, slope], vec![2.0, 0.0, 0.0, -2.0 + 3.0 * y * y / 25.0])
    };
    let mut method = Method::new(MethodKind::Newton, &[0.0, 0.0]);
    method.step(&mut Function(curved));
    let length = method.parameters().iter().map(|p| p * p).sum::<f64>().sqrt();
    assert!((length - 1.0).abs() < 1e-14, "the first radius is 1, not {length}");
    let (method, _) = run(MethodKind::Newton, &[0.0, 0.0], &mut Function(curved));
    let expected = [-0.05, 50f64.sqrt()];
    for (p, e) in method.parameters().iter().zip(expected) {
        assert!((p.abs() - e.abs()).abs() < 1e-7, "{p} {e}");
    }
}

#[test]
fn they_back_off_from_a_loss_that_is_not_finite() {
    // x - ln x, not a number for x < 0; far away its slope is 1, so that a whole step leads there.
    let wall = |at: &[f64]| (at[0] - at[0].ln(), vec![1.0 - 1.0 / at[0]], vec![1.0 / (at[0] * at[0])]);
    for kind in SMOOTH {
        for start in [0.01, 3.0, 300.0] {
            let (method, end) = run(kind, &[start], &mut Function(wall));
            assert!((method.parameters()[0] - 1.0).abs() < 1e-6, "{kind} from {start}: {method:?}, {end:?}");
        }
    }
    // ln x as a residual: from 30 the linear step leads to 30 (1 - ln 30) < 0.
    let log = |at: &[f64]| (vec![at[0].ln()], vec![1.0 / at[0]]);
    let (method, _) = run(LM, &[30.0], &mut Squares(log));
    assert!((method.parameters()[0] - 1.0).abs() < 1e-8);
    // The loss is finite everywhere, its gradient is not.
    let root = |at: &[f64]| (at[0].max(0.0).sqrt(), vec![0.5 / at[0].max(0.0).sqrt()], vec![1.0]);
    for kind in SMOOTH {
        let (method, end) = run(kind, &[4.0], &mut Function(root));
        assert!(method.parameters()[0] > 0.0 && end.loss <= 2.0, "{kind}");
    }
}

#[test]
fn a_start_without_a_finite_loss_is_told() {
    for kind in SMOOTH.into_iter().chain([LM]) {
        let nowhere = &mut Function(|_| (f64::NAN, vec![1.0], vec![1.0]));
        assert_eq!(Method::new(kind, &[1.0]).begin(nowhere).done, Some(Done::NotFinite), "{kind}");
        assert_eq!(run(kind, &[1.0], nowhere).1.done, Some(Done::NotFinite), "{kind}");
        assert!(Method::new(kind, &[f64::INFINITY]).step(&mut Function(rosenbrock_line)).done.is_some());
    }
}

fn rosenbrock_line(at: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
    (at[0] * at[0], vec![2.0 * at[0]], vec![2.0])
}

#[test]
fn what_the_objective_does_not_give_is_told() {
    assert_eq!(run(LM, &[1.0, 2.0], &mut Function(rosenbrock)).1.done, Some(Done::Unfit));
    let (_, end) = run(MethodKind::Newton, &[1.0, 2.0], &mut Squares(rosenbrock_squares));
    assert_eq!(end.done, Some(Done::Unfit));
}

#[test]
fn one_parameter_is_enough() {
    for kind in SMOOTH {
        let (method, _) = run(kind, &[7.0], &mut Function(rosenbrock_line));
        assert!(method.parameters()[0].abs() < 1e-8, "{kind}: {:?}", method.parameters());
    }
    let (method, end) = run(LM, &[7.0], &mut Squares(|at| (vec![at[0] - 3.0], vec![1.0])));
    assert!((method.parameters()[0] - 3.0).abs() < 1e-12 && end.done.is_some());
}

#[test]
fn no_residuals_and_residuals_of_zero_are_a_minimum() {
    let (_, end) = run(LM, &[1.0, 1.0], &mut Squares(rosenbrock_squares));
    assert_eq!((end.loss, end.done), (0.0, Some(Done::Stationary)));
    let (_, end) = run(LM, &[1.0, 1.0], &mut Squares(|_| (vec![], vec![])));
    assert_eq!((end.loss, end.done), (0.0, Some(Done::Stationary)));
}

#[test]
fn a_jacobian_without_full_rank_does_no_harm() {
    // Only the sum of the parameters matters, and the third has no effect; with 2 and with 5 residuals.
    let narrow = |at: &[f64]| {
        let sum = at[0] + at[1];
        (vec![sum - 1.0, 2.0 * sum - 2.0], vec![1.0, 1.0, 0.0, 2.0, 2.0, 0.0])
    };
    let tall = |at: &[f64]| {
        let sum = at[0] + at[1];
        (
            (0..5).map(|k| f64::from(k) * (sum - 1.0)).collect(),
            (0..5).flat_map(|k| [k.into(), k.into(), 0.0]).collect(),
        )
    };
    for residuals in [narrow as crate::functions::Residuals, tall] {
        for kind in [LM, MethodKind::LevenbergMarquardt { damping: 0.0 }] {
            let (method, end) = run(kind, &[3.0, 0.0, 5.0], &mut Squares(residuals));
            let at = method.parameters();
            assert!(end.loss < 1e-20, "{kind} {end:?}");
            // The shortest step: both get the same, the third keeps its value.
            assert!((at[0] - at[1] - 3.0).abs() < 1e-6 && at[2] == 5.0, "{kind} {at:?}");
        }
    }
}

#[test]
fn gauss_newton_solves_a_linear_problem_in_one_step() {
    let line = |at: &[f64]| {
        let rows = [(1.0, 2.0), (2.0, 3.0), (3.0, 5.0)];
        let residuals = rows.iter().map(|(x, y)| at[0] * x + at[1] - y).collect();
        (residuals, rows.iter().flat_map(|(x, _)| [*x, 1.0]).collect())
    };
    let mut method = Method::new("gauss-newton".parse().unwrap(), &[0.0, 0.0]);
    let outcome = method.step(&mut Squares(line));
    assert!(
        (method.parameters()[0] - 1.5).abs() < 1e-13 && (method.parameters()[1] - 1.0 / 3.0).abs() < 1e-13
    );
    assert_eq!(outcome.evaluations, 2, "the start and the step");
}

#[test]
fn a_wrong_gradient_ends_without_a_step() {
    for kind in SMOOTH {
        let wrong = &mut Function(|at| (at[0] * at[0], vec![-2.0 * at[0]], vec![2.0]));
        let (method, end) = run(kind, &[1.0], wrong);
        assert_eq!((method.parameters(), end.done), (&[1.0][..], Some(Done::NoDecrease)), "{kind}");
    }
}

#[test]
fn a_kink_and_a_plain_end_the_run() {
    for kind in SMOOTH {
        let kink = &mut Function(|at| {
            let sign = if at[0] > 0.0 { 1.0 } else { -1.0 };
            (at[0].abs(), vec![sign], vec![0.0])
        });
        let (_, end) = run(kind, &[1.37], kink);
        assert!(end.done.is_some(), "{kind} {end:?}");
        // A loss that falls for ever never ends by itself, and never breaks.
        run(kind, &[0.0], &mut Function(|at| (-at[0], vec![-1.0], vec![0.0])));
    }
}

#[test]
fn further_calls_after_the_end_change_nothing() {
    for kind in SMOOTH {
        let (mut method, end) = run(kind, &[-1.2, 1.0], &mut Function(rosenbrock));
        let at = method.parameters().to_vec();
        let again = method.step(&mut Function(rosenbrock));
        assert!(again.loss <= end.loss && again.done.is_some(), "{kind}");
        assert_eq!(method.parameters(), at, "{kind}");
    }
}
