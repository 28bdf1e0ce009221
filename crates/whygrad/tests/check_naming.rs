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
