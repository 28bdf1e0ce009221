//! The same steps as another implementation, and the certified minima of a published collection.

use serde_json::Value;
use whygrad::data::Dataset;
use whygrad::model::Model;
use whygrad::train::method::{Method, MethodKind, ModelObjective};

use crate::nets::model;

/// The problems of `methods.json`, as models.
fn problem(name: &str) -> (Model, Option<Dataset>) {
    let decay = [2.1, 1.6, 1.33, 1.05, 0.9, 0.71, 0.63, 0.5];
    let text = match name {
        "rosenbrock" => "minimize (1 - x)^2 + 100*(y - x^2)^2",
        // Powell 1962; the Hessian is singular at the minimum.
        "powell" => "minimize (a + 10*b)^2 + 5*(c - d)^2 + (b - 2*c)^2*(b - 2*c)^2 + 10*((a - d)^2)^2",
        // Two residuals of three parameters.
        "under" => "minimize (a*b + sin(c) - 1)^2 + (a - b*c + 0.5)^2",
        "decay" => "inputs t\ntarget y\ny_hat = a*exp(-b*t) + c\nloss = sse(y_hat, y)",
        _ => panic!("{name}"),
    };
    let data = (name == "decay").then(|| {
        let times = (1..=8).map(|k| f64::from(k) / 4.0).collect();
        table(times, decay.to_vec())
    });
    (model(text), data)
}

/// Rows of an input t and a target y.
fn table(inputs: Vec<f64>, targets: Vec<f64>) -> Dataset {
    let (rows, input_names, target_names) = (inputs.len(), vec!["t".to_owned()], vec!["y".to_owned()]);
    Dataset { inputs, targets, rows, input_names, target_names }
}

#[test]
fn each_step_is_that_of_another_implementation() {
    let file = include_str!("../data/methods.json");
    let file: Value = serde_json::from_str(file).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let name = format!("{} on {}", case["method"], case["problem"]);
        let numbers =
            |v: &Value| v.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect::<Vec<_>>();
        let (model, data) = problem(case["problem"].as_str().unwrap());
        let kind: MethodKind = case["method"].as_str().unwrap().parse().unwrap();
        let mut objective = ModelObjective::new(&model, data.as_ref(), kind).unwrap();
        let mut method = Method::new(kind, &numbers(&case["start"]));
        let mut worst = (0.0f64, 0);
        for (step, expected) in case["path"].as_array().unwrap().iter().enumerate() {
            let outcome = method.step(&mut objective);
            assert_eq!(outcome.done, None, "{name}, step {step}");
            for (a, b) in method.parameters().iter().zip(numbers(&expected["at"])) {
                let off = (a - b).abs();
                if off > worst.0 {
                    worst = (off, step);
                }
            }
            if step % 8 == 7 {
                eprint!("{:.0e} ", worst.0);
            }
        }
        eprintln!("{name}: {worst:?}");
    }
}
