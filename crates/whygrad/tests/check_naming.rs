//! The mistakes of four published texts are found, and named as what they are.

use serde_json::Value;
use whygrad::check::formulas::Formulas;
use whygrad::check::{Answer, Options, Probe, Report, Role, Source, Trouble, Verdict, check};
use whygrad::data::Dataset;
use whygrad::model::{Model, ModelOptions};

fn cases() -> Vec<Value> {
    let text = include_str!("data/mistakes.json");
    match serde_json::from_str(text).unwrap() {
        Value::Array(list) => list,
        other => panic!("a list of cases, not {other}"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}

fn dataset(case: &Value) -> Dataset {
    let (inputs, targets) = (numbers(&case["inputs"]), numbers(&case["targets"]));
    let rows = case["inputs"].as_array().unwrap().len();
    let names = |count: usize, letter: &str| (0..count).map(|k| format!("{letter}{k}")).collect();
    Dataset {
        input_names: names(inputs.len() / rows, "x"),
        target_names: names(targets.len() / rows, "y"),
        inputs,
        targets,
        rows,
    }
}

/// The numbers at one point, and no way to ask for more.
struct OnePoint {
    probe: Probe,
    gradient: Vec<f64>,
}

impl Source for OnePoint {
    fn points(&self) -> Option<Vec<Probe>> {
        Some(vec![self.probe.clone()])
    }

    fn ask(&mut self, _: &Probe) -> Result<Answer, Trouble> {
        Ok(Answer { gradient: self.gradient.iter().map(|&g| Some(g)).collect(), loss: None })
    }
}

/// What is wrong with a report, if anything.
fn fault(case: &Value, report: &Report) -> Option<String> {
    let id = case["id"].as_str().unwrap();
    let kinds: Vec<&str> = report.mistakes.iter().map(|m| m.kind.name()).collect();
    let wanted = case["kind"].as_str().unwrap();
    let verdict = if case["verdict"] == "right" { Verdict::Right } else { Verdict::Wrong };
    if report.verdict != verdict {
        return Some(format!("{id}: {:?}", report.verdict));
    }
    let named = if verdict == Verdict::Right { kinds.is_empty() } else { kinds.contains(&wanted) };
    let shown: Vec<&str> = report.mistakes.iter().map(|m| m.explanation.as_str()).collect();
    (!named).then(|| format!("{id}: {wanted} is not among {kinds:?}\n    {}", shown.join("\n    ")))
}

#[test]
fn the_mistakes_of_the_documents_are_named_from_their_formulas() {
    let mut faults = Vec::new();
    for case in cases() {
        let text = case["model"].as_str().unwrap();
        let written = case["formulas"].as_str().unwrap();
        let (model, mut formulas) = Formulas::read(text, &ModelOptions::default(), written).unwrap();
        let options = Options {
            data: Some(dataset(&case)),
            point: Some(numbers(&case["theta"])),
            ..Options::default()
        };
        let report = check(&model, &mut formulas, &options).unwrap();
        faults.extend(fault(&case, &report));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_mistakes_of_the_documents_are_named_from_the_numbers_at_one_point() {
    let mut faults = Vec::new();
    for case in cases() {
        let model = Model::parse(case["model"].as_str().unwrap(), &ModelOptions::default()).unwrap();
        let (theta, data) = (numbers(&case["theta"]), dataset(&case));
        let probe = Probe { role: Role::Given, theta, data, learning_rate: 0.1 };
        let mut source = OnePoint { probe, gradient: numbers(&case["given"]) };
        let report = check(&model, &mut source, &Options::default()).unwrap();
        faults.extend(fault(&case, &report));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Slope 1 at the kink of relu, in single precision: the derivative is 0 by the other convention, and has no rounding.
struct KinkInSingle;

impl Source for KinkInSingle {
    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        let theta: Vec<f32> = probe.theta.iter().map(|&t| t as f32).collect();
        let (w, b, v, c) = (&theta[0..4], &theta[4..6], &theta[6..8], theta[8]);
        let mut gradient = [0.0f32; 9];
        for row in 0..probe.data.rows {
            let x: Vec<f32> = probe.data.input_row(row).iter().map(|&x| x as f32).collect();
            let z = [w[0] * x[0] + w[1] * x[1] + b[0], w[2] * x[0] + w[3] * x[1] + b[1]];
            let output = z[0].max(0.0) * v[0] + z[1].max(0.0) * v[1] + c;
            let error = 2.0 * (output - probe.data.targets[row] as f32) / probe.data.rows as f32;
            for unit in (0..2).filter(|&unit| z[unit] >= 0.0) {
                let delta = error * v[unit];
                gradient[2 * unit] += delta * x[0];
                gradient[2 * unit + 1] += delta * x[1];
                gradient[4 + unit] += delta;
                gradient[6 + unit] += error * z[unit];
            }
            gradient[8] += error;
        }
        Ok(Answer { gradient: gradient.iter().map(|&g| Some(f64::from(g))).collect(), loss: None })
    }
}

#[test]
fn the_end_of_what_a_kink_allows_is_right_with_the_rounding_of_the_source() {
    let text =
        "inputs x[2]\ntarget y\nhidden = dense(x, 2, relu)\ny_hat = dense(hidden, 1)\nloss = mse(y_hat, y)";
    let model = Model::parse(text, &ModelOptions::default()).unwrap();
    let data = Dataset {
        inputs: vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0],
        targets: vec![0.0, 1.0, 1.0, 0.0],
        rows: 4,
        input_names: vec!["x1".into(), "x2".into()],
        target_names: vec!["y".into()],
    };
    let point = vec![1.0, -1.0, -1.0, 1.0, 0.0, 0.0, 0.7, 0.8, 0.1];
    let options = Options { data: Some(data), point: Some(point), ..Options::default() };
    let report = check(&model, &mut KinkInSingle, &options).unwrap();
    assert_eq!(report.verdict, Verdict::Right, "{:?}", report.components);
}
