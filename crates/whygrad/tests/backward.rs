//! The sigmoid-prime offset and the error margin: against a backward pass written out elsewhere
//! (`data/optimisers.py`), and against the plain gradient where the two must agree.

use serde_json::Value;
use whygrad::engine::plan::Plan;
use whygrad::engine::workspace::{Batch, Workspace};
use whygrad::expr::oracle::{Bindings, evaluate};
use whygrad::expr::program::Program;
use whygrad::expr::shape::Dims;
use whygrad::model::{Model, ModelOptions};
use whygrad::train::backward::{BackwardError, BackwardOptions, changed};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn model(text: &str) -> Model {
    Model::parse(text, &ModelOptions::default()).unwrap()
}

/// Rows of numbers, parted among leaves that have some of the columns each.
fn parted(rows: usize, values: &[f64], widths: &[usize]) -> Vec<Vec<f64>> {
    let width: usize = widths.iter().sum();
    let mut from = 0;
    let mut parts = Vec::new();
    for &own in widths {
        parts.push(
            (0..rows).flat_map(|r| values[r * width + from..r * width + from + own].to_vec()).collect(),
        );
        from += own;
    }
    parts
}

/// The gradient, flat, and the outputs row by row, by the oracle.
fn at(program: &Program, theta: &[f64], inputs: &[f64], targets: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let arena = &program.arena;
    let rows = inputs.len() / program.input_width();
    let mut bindings = Bindings::new(rows);
    for p in &program.parameters {
        bindings.bind(p.symbol, theta[p.offset..p.offset + p.len()].to_vec());
    }
    for (symbols, values) in [(&program.inputs, inputs), (&program.targets, targets)] {
        let widths: Vec<usize> = symbols.iter().map(|&s| arena.symbol_of(s).shape.dims.len()).collect();
        for (&symbol, part) in symbols.iter().zip(parted(rows, values, &widths)) {
            bindings.bind(symbol, part);
        }
    }
    let gradient = evaluate(arena, &program.gradient, &bindings).unwrap();
    for (p, value) in program.parameters.iter().zip(&gradient) {
        assert_eq!(value.shape.dims.len(), p.len());
    }
    let outputs = evaluate(arena, &program.predictions, &bindings).unwrap();
    let each = |row: usize| {
        let entries = outputs.iter().flat_map(|o| (0..o.shape.dims.len()).map(|e| o.at(row, e)));
        entries.collect::<Vec<f64>>()
    };
    (gradient.into_iter().flat_map(|g| g.data).collect(), (0..rows).flat_map(each).collect())
}

/// The gradient, flat, by the plan.
fn by_plan(program: &Program, theta: &[f64], inputs: &[f64], targets: &[f64]) -> Vec<f64> {
    let plan = Plan::of_gradient(program);
    let mut space = Workspace::<f64>::new(&plan);
    let rows = inputs.len() / program.input_width();
    space.load(&plan, &Batch { inputs, targets, rows });
    space.run(&plan, theta);
    let mut gradient = vec![0.0; theta.len()];
    for (index, p) in program.parameters.iter().enumerate() {
        space.copy_output(&plan, index + 1, &mut gradient[p.offset..p.offset + p.len()]);
    }
    gradient
}

fn assert_close(text: &str, ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len(), "{text}");
    for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1e-2), "{text}: component {index} is {a}, not {b}");
    }
}

#[test]
fn the_gradient_is_that_of_a_backward_pass_written_out_elsewhere() {
    let document: Value = serde_json::from_str(include_str!("data/optimisers.json")).unwrap();
    let case = &document["backward"];
    let (theta, inputs, targets) =
        (numbers(&case["theta"]), numbers(&case["inputs"]), numbers(&case["targets"]));
    for run in case["runs"].as_array().unwrap() {
        let loss = run["loss"].as_str().unwrap();
        let ends: &[&str] = if loss == "half_sse" {
            &[
                "o = dense(a, 2, sigmoid)\nloss = half_sse(o, t)",
                "o = dense(a, 2, sigmoid)\nloss = sum((t - o)^2)/2",
            ]
        } else {
            &[
                "o = dense(a, 2, softmax)\nloss = cross_entropy(o, t)",
                "o = dense(a, 2)\nloss = cross_entropy_from_logits(o, t)",
            ]
        };
        for end in ends {
            let text = format!("inputs x[3]\ntargets t[2]\na = dense(x, 2, sigmoid)\n{end}");
            let options = BackwardOptions {
                sigmoid_prime_offset: run["sigmoid_prime_offset"].as_f64().unwrap(),
                error_margin: run["error_margin"].as_f64().unwrap(),
            };
            let model = model(&text);
            let program = changed(&model, &options).unwrap();
            let (gradient, _) = at(&program, &theta, &inputs, &targets);
            assert_close(&text, &gradient, &numbers(&run["gradient"]));
            assert_close(&text, &by_plan(&program, &theta, &inputs, &targets), &gradient);
            let (plain, _) = at(&model.program, &theta, &inputs, &targets);
            assert_ne!(plain, gradient, "{text}: nothing was changed");
        }
    }
}

/// An error that counts as 0 is an error that is 0: with the outputs in place of those targets, the plain gradient.
#[test]
fn an_output_within_the_margin_counts_as_its_target() {
    let layers = "inputs x1, x2\ntarget y\nh(z) = 1/(1 + exp(-z))\n";
    let ends = [
        "y_hat = h(x1*w1 + x2*w3 + b1)*w5 + h(x1*w2 + x2*w4 + b2)*w6 + b3\nloss = mean((y - y_hat)^2)",
        "y_hat = h(x1*w1 + x2*w3 + b1)*w5 + h(x1*w2 + x2*w4 + b2)*w6 + b3\nloss = mean((y_hat - y)^2)",
        "y_hat = 2*h(x1*w1 + b1)\nloss = sse(y_hat, y)",
        "y_hat = -tanh(x1*w1 + x2*w3 + b1)\nloss = sum((y - y_hat)^2)",
        "y_hat = h(w1*x1 + w2*x2 + b)\nloss = binary_cross_entropy(y_hat, y)",
        "y_hat = h(w1*x1 + w2*x2 + b)\nloss = mean(-y*log(y_hat) - (1 - y)*log(1 - y_hat))",
        "y_hat = h(w1*x1 + w2*x2 + b)\nloss = mse(y_hat, y) + 0.1*l2(w1, w2)",
        "a = dense([x1, x2], 3, tanh)\ny_hat = dense(a, 1)\nloss = half_mse(y_hat, y)",
        "y_hat = 1 - w1*x1\nloss = mean((y_hat - y)^2)",
        "y_hat = w1*x1 + 1\nloss = mean((y_hat - y - 1)^4)",
        "y_hat = w1 + w1*x2\nloss = huber(y_hat, y)",
    ];
    let inputs = [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.5, -0.7];
    let targets = [0.0, 1.0, 1.0, 0.0, 1.0];
    for end in ends {
        let text = format!("{layers}{end}");
        let model = model(&text);
        let count = model.program.parameter_count();
        let theta: Vec<f64> = (0..count).map(|k| 0.9 - 0.37 * k as f64).collect();
        let (plain, outputs) = at(&model.program, &theta, &inputs, &targets);
        let mut errors: Vec<f64> = outputs.iter().zip(&targets).map(|(o, t)| (o - t).abs()).collect();
        errors.sort_by(f64::total_cmp);
        let margin = f64::midpoint(errors[2], errors[3]);
        // The loss with the fourth power has its least value elsewhere: only the others can be held against it.
        let met: Vec<f64> =
            outputs.iter().zip(targets).map(|(o, t)| if (o - t).abs() < margin { *o } else { t }).collect();
        let options = BackwardOptions { error_margin: margin, ..BackwardOptions::default() };
        let (gradient, _) = at(&changed(&model, &options).unwrap(), &theta, &inputs, &targets);
        assert_ne!(gradient, plain, "{text}");
        if !text.contains("- 1)^4") {
            assert_close(&text, &gradient, &at(&model.program, &theta, &inputs, &met).0);
        }
        // A margin that holds every output leaves what the outputs have no part in.
        let all = BackwardOptions { error_margin: 1e9, ..BackwardOptions::default() };
        let (gradient, _) = at(&changed(&model, &all).unwrap(), &theta, &inputs, &targets);
        let penalised = |k: usize| text.contains("l2") && k < 2;
        for (k, slope) in gradient.iter().enumerate() {
            assert_eq!(*slope != 0.0, penalised(k), "{text}: {gradient:?}");
        }
    }
}

#[test]
fn targets_and_outputs_may_be_parted_differently() {
    let text = "inputs x\ntargets a, b\no = dense(x, 2, sigmoid)\nloss = sum((o - [a, b])^2)";
    let model = model(text);
    assert_eq!(model.program.arena.dims(model.program.predictions[0]), Dims::Vector(2));
    let options = BackwardOptions { error_margin: 0.4, ..BackwardOptions::default() };
    let program = changed(&model, &options).unwrap();
    // Outputs 0.5: errors 0.5 and 0.3.
    let (gradient, _) = at(&program, &[0.0, 0.0, 0.0, 0.0], &[1.0], &[1.0, 0.2]);
    assert_eq!(gradient, [-0.25, 0.0, -0.25, 0.0]);
}

#[test]
fn without_a_change_the_program_is_the_same() {
    let model = model("inputs x\ntarget y\ny_hat = sigmoid(w*x)\nloss = mse(y_hat, y)");
    let program = changed(&model, &BackwardOptions::default()).unwrap();
    assert_eq!(program.gradient, model.program.gradient);
}

#[test]
fn what_cannot_be_changed_is_said() {
    let offset = BackwardOptions { sigmoid_prime_offset: 0.1, error_margin: 0.0 };
    let margin = BackwardOptions { sigmoid_prime_offset: 0.0, error_margin: 0.1 };
    let refused = |text: &str, options: &BackwardOptions| changed(&model(text), options).err();
    let linear = "inputs x\ntarget y\ny_hat = w*x\nloss = mse(y_hat, y)";
    assert_eq!(refused(linear, &offset), Some(BackwardError::NoSigmoid));
    assert_eq!(refused("minimize w^2", &margin), Some(BackwardError::NoPairs));
    let past = "inputs x\ntarget y\ny_hat = tanh(w*x)\nloss = mean((y_hat - y)^2 + (w*x)^2)";
    assert_eq!(refused(past, &margin), Some(BackwardError::NoOutputs));
    let own = ModelOptions { gradient: Some("dw = 1".into()), ..ModelOptions::default() };
    let own = Model::parse(linear, &own).unwrap();
    assert_eq!(changed(&own, &margin).err(), Some(BackwardError::OwnGradient));
}
