//! Methods on models.

use whygrad::data::bind::BindOptions;
use whygrad::data::{Dataset, builtin};
use whygrad::model::{Model, ModelOptions, one_word};
use whygrad::random::{Key, Seed};
use whygrad::train::method::{Method, MethodKind, ModelObjective, Objective, Unfit};
use whygrad::train::{RandomSource, evaluate, starting_values};

pub(crate) fn model(text: &str) -> Model {
    Model::parse(text, &ModelOptions::default()).unwrap()
}

pub(crate) fn rows(model: &Model, table: &str) -> Dataset {
    let table = builtin::table(table, Key::from_seed(Seed(1))).unwrap();
    model.bind(&table, &BindOptions::default()).unwrap().0
}

/// A net in one word with the mean squared error.
pub(crate) fn net(word: &str) -> Model {
    let options = ModelOptions { loss: Some("mse".into()), ..ModelOptions::default() };
    Model::parse(&one_word::expand(word).unwrap(), &options).unwrap()
}

const ALL: [&str; 8] =
    ["lbfgs", "bfgs", "cg", "cg(fletcher-reeves)", "cg(hestenes-stiefel)", "scg", "lm", "newton"];

/// Trains from a seed until the loss is small or the method ends; the steps and evaluations, and whether all outputs
/// are on the right side.
fn train(model: &Model, data: &Dataset, kind: MethodKind, seed: u64) -> (u64, u64, bool) {
    let start = starting_values(model, None, seed, RandomSource::Own).unwrap();
    let mut objective = ModelObjective::new(model, Some(data), kind).unwrap();
    let mut method = Method::new(kind, &start);
    let begin = method.begin(&mut objective);
    let (mut loss, mut evaluations, mut steps) = (begin.loss, begin.evaluations, 0);
    while steps < 500 && loss > 1e-6 {
        let outcome = method.step(&mut objective);
        assert!(outcome.loss <= loss, "{kind}, seed {seed}: {} after {loss}", outcome.loss);
        loss = outcome.loss;
        evaluations += outcome.evaluations;
        steps += 1;
        if outcome.done.is_some() {
            break;
        }
    }
    (steps, evaluations, evaluate(model, data, method.parameters()).accuracy == Some(1.0))
}

#[test]
fn levenberg_marquardt_learns_xor_in_few_steps_from_nearly_every_start() {
    let model = net("2-2sigmoid-1sigmoid");
    assert_eq!(model.program.parameter_count(), 9, "more than the 4 rows");
    let data = rows(&model, "xor");
    let runs: Vec<_> =
        (0..10).map(|seed| train(&model, &data, MethodKind::LEVENBERG_MARQUARDT, seed)).collect();
    let solved: Vec<_> = runs.iter().filter(|run| run.2).collect();
    assert!(solved.len() >= 8, "{runs:?}");
    // A step costs a few microseconds.
    assert!(solved.iter().all(|run| run.0 <= 100 && run.1 <= 200), "{runs:?}");
}

#[test]
fn every_method_learns_xor_from_most_starts() {
    let model = net("2-4tanh-1sigmoid");
    let data = rows(&model, "xor");
    for name in ALL {
        let runs: Vec<_> = (0..10).map(|seed| train(&model, &data, name.parse().unwrap(), seed)).collect();
        let solved = runs.iter().filter(|run| run.2).count();
        assert!(solved >= 7, "{name}: {runs:?}");
    }
}

/// Two inputs and two targets.
fn some_rows(model: &Model) -> Dataset {
    let n = 7;
    let number = |k: usize| ((k * 37 % 23) as f64 - 11.0) / 7.0;
    let names = |groups: &[whygrad::model::ColumnGroup]| -> Vec<String> {
        groups.iter().flat_map(|g| (0..g.size).map(|k| format!("{}{k}", g.name))).collect()
    };
    let (input_names, target_names) = (names(&model.inputs), names(&model.targets));
    Dataset {
        inputs: (0..n * input_names.len()).map(number).collect(),
        targets: (0..n * target_names.len()).map(|k| number(k + 5)).collect(),
        rows: n,
        input_names,
        target_names,
    }
}

const HEAD: &str = "inputs x1, x2\ntarget y\n";

/// Losses that are sums of squares, in many spellings, with the number of residuals for seven rows.
const SQUARES: &[(&str, usize)] = &[
    ("y_hat = w1*x1 + w2*x2 + b\nloss = mse(y_hat, y)", 7),
    ("y_hat = sigmoid(w1*x1 + w2*x2 + b)\nloss = half_mse(y_hat, y)", 7),
    ("y_hat = tanh(w*x1)*v\nloss = half_sse(y_hat, y) + 0.1*l2(w, v)", 9),
    ("y_hat = w*x1\nloss = 0.5*sum((y - y_hat)*(y - y_hat))", 7),
    ("y_hat = w*x1 + b\nloss = sum(x2^2*(y - y_hat)^2)/3 + 2", 8),
    ("y_hat = w*x1 + b\nloss = mean((y - y_hat)^2 + 0.01*w^2)", 8),
    ("y_hat = w*x1 + b\nloss = mean((y - y_hat)^2/(1 + x2^2)) + (mean(y_hat) - 0.5)^2", 8),
    ("z = dense(x1, 1)\ny_hat = tanh(z)\nloss = mse(y_hat, y) + 0.01*l2(z.W)", 8),
    ("y_hat = w*x1\nloss = -sum(-3*(y_hat - y)^2)", 7),
];

#[test]
fn the_squares_of_the_residuals_add_up_to_the_loss_and_their_slopes_to_the_gradient() {
    for (text, count) in SQUARES {
        let model = model(&format!("{HEAD}{text}"));
        squares_are_the_loss(&model, *count);
    }
    let both = "inputs x[2]\ntargets y[2]\nhidden = dense(x, 3, tanh)\ny_hat = dense(hidden, 2, softmax)\n";
    squares_are_the_loss(&model(&format!("{both}loss = mse(y_hat, y) + 0.5*l2(hidden.W)")), 20);
    squares_are_the_loss(&model("minimize (a - 1)^2*4 + (a*b - 2)^2"), 2);
}

fn squares_are_the_loss(model: &Model, expected: usize) {
    let data = some_rows(model);
    let data = (!model.plain_function).then_some(&data);
    let mut objective = ModelObjective::new(model, data, MethodKind::LEVENBERG_MARQUARDT).unwrap();
    let count = model.program.parameter_count();
    let at: Vec<f64> = (0..count).map(|k| 0.3 + 0.2 * (k as f64).sin()).collect();
    let (mut gradient, mut residuals, mut jacobian) = (vec![0.0; count], vec![], vec![]);
    let loss = objective.loss_and_gradient(&at, &mut gradient);
    assert!(objective.residuals(&at, &mut residuals, &mut jacobian));
    assert_eq!((residuals.len(), jacobian.len()), (expected, expected * count), "{}", model.source);
    let sum: f64 = residuals.iter().map(|r| r * r).sum();
    assert!((sum - loss).abs() < 1e-13 * loss.max(1.0), "{}: {sum} and {loss}", model.source);
    for (k, g) in gradient.iter().enumerate() {
        let slope: f64 = residuals.iter().zip(jacobian.chunks(count)).map(|(r, row)| 2.0 * r * row[k]).sum();
        assert!((slope - g).abs() < 1e-13 * g.abs().max(1.0), "{}: {slope} and {g}", model.source);
    }
}

#[test]
fn the_hessian_is_the_slope_of_the_gradient() {
    let text = "inputs x[2]\ntargets y[2]\nhidden = dense(x, 3, tanh)\ny_hat = dense(hidden, 2)\nloss = mse(y_hat, y)";
    for model in [model(text), model("minimize exp(a*b) + sin(c)*a^3"), model("minimize a^2 + 3*a")] {
        let data = some_rows(&model);
        let data = (!model.plain_function).then_some(&data);
        let mut objective = ModelObjective::new(&model, data, MethodKind::Newton).unwrap();
        let count = model.program.parameter_count();
        let mut at: Vec<f64> = (0..count).map(|k| 0.3 + 0.2 * (k as f64).sin()).collect();
        let mut hessian = vec![0.0; count * count];
        assert!(objective.hessian(&at, &mut hessian));
        let (mut above, mut below) = (vec![0.0; count], vec![0.0; count]);
        for i in 0..count {
            let middle = at[i];
            at[i] = middle + 1e-5;
            objective.loss_and_gradient(&at, &mut above);
            at[i] = middle - 1e-5;
            objective.loss_and_gradient(&at, &mut below);
            at[i] = middle;
            for j in 0..count {
                let slope = (above[j] - below[j]) / 2e-5;
                assert!((hessian[i * count + j] - slope).abs() < 1e-8, "{} {i} {j}", model.source);
            }
        }
    }
}

#[test]
fn a_loss_without_squares_is_refused_for_levenberg_marquardt_alone() {
    let losses = [
        "binary_cross_entropy(sigmoid(w*x1), y)",
        "mae(w*x1, y)",
        "huber(w*x1, y)",
        "mse(w*x1, y) - 1",
        "mse(w*x1, y) + 0.1*l1(w)",
        "sum(x1*(w - y)^2)",
        "sum((w*x1 - y)^3)",
    ];
    for loss in losses {
        let model = model(&format!("{HEAD}y_hat = w*x1\nloss = {loss}"));
        let data = some_rows(&model);
        let build = |name: &str| ModelObjective::new(&model, Some(&data), name.parse().unwrap());
        assert_eq!(build("lm").err(), Some(Unfit::NotSquares), "{loss}");
        assert!(build("bfgs").is_ok() && build("newton").is_ok());
    }
    let together = model(&format!("{HEAD}y_hat = w*x1 - mean(w*x1)\nloss = mse(y_hat, y)"));
    let error = ModelObjective::new(&together, Some(&some_rows(&together)), MethodKind::LEVENBERG_MARQUARDT);
    assert_eq!(error.err(), Some(Unfit::RowsTogether));
}

#[test]
fn a_gradient_of_ones_own_is_used_or_refused() {
    let text = format!("{HEAD}y_hat = w*x1\nloss = mse(y_hat, y)");
    let options =
        ModelOptions { gradient: Some("dw = mean((w*x1 - y)*x1)".into()), ..ModelOptions::default() };
    let model = Model::parse(&text, &options).unwrap();
    let data = some_rows(&model);
    let build = |name: &str| ModelObjective::new(&model, Some(&data), name.parse().unwrap());
    assert_eq!(build("lm").err(), Some(Unfit::OwnGradient { method: "lm" }));
    assert_eq!(build("newton").err(), Some(Unfit::OwnGradient { method: "newton" }));
    let (mut own, mut gradient) = (build("bfgs").unwrap(), [0.0]);
    own.loss_and_gradient(&[1.0], &mut gradient);
    let derived = Model::parse(&text, &ModelOptions::default()).unwrap();
    let mut other = ModelObjective::new(&derived, Some(&data), MethodKind::Bfgs).unwrap();
    let mut whole = [0.0];
    other.loss_and_gradient(&[1.0], &mut whole);
    assert!((2.0 * gradient[0] - whole[0]).abs() < 1e-14, "half the slope, as written");
}

#[test]
fn a_net_too_large_for_a_matrix_is_refused_before_it_is_made() {
    let model = net("2-2000sigmoid-1");
    let data = rows(&model, "xor");
    let build = |name: &str| ModelObjective::new(&model, Some(&data), name.parse().unwrap()).err();
    assert!(matches!(build("newton"), Some(Unfit::TooLarge { method: "newton", rows: 8001, columns: 8001 })));
    assert!(matches!(build("bfgs"), Some(Unfit::TooLarge { .. })));
    assert_eq!(build("lm"), None, "4 rows make a matrix of 4 by 4");
    assert_eq!(build("lbfgs"), None);
}

#[test]
fn a_parameter_stays_in_its_domain() {
    let model = model("params s in (0,2)\nminimize (s + 1)^2");
    for name in ALL {
        let kind: MethodKind = name.parse().unwrap();
        let mut objective = ModelObjective::new(&model, None, kind).unwrap();
        let mut method = Method::new(kind, &[1.5]);
        for _ in 0..100 {
            if method.step(&mut objective).done.is_some() {
                break;
            }
        }
        let s = method.parameters()[0];
        assert!(s > 0.0 && s < 1.5, "{name}: {s}");
    }
}
