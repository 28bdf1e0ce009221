//! Gradients written by hand, as answers recorded from running programs: which are right, which component is wrong, and
//! what the mistake is.

use std::collections::VecDeque;

use serde_json::Value;
use whygrad::check::{Answer, Options, Probe, Report, Role, Source, Status, Trouble, Verdict, check};
use whygrad::data::Dataset;
use whygrad::model::{Model, ModelOptions};

/// So many of the mistakes, of a hundred, have to be named.
const NAMED: usize = 90;

/// The cases with numbers in front are of people's programs, the own ones of programs written for this test.
fn cases(own: bool) -> Vec<Value> {
    let text = include_str!("data/gradients.json");
    let Value::Array(mut list) = serde_json::from_str(text).unwrap() else { panic!("no list of cases") };
    list.retain(|case| id(case).starts_with("own-") == own);
    list
}

fn id(case: &Value) -> &str {
    case["id"].as_str().unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        // JSON has no word for what is not a number.
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

fn dataset(point: &Value) -> Dataset {
    let list = |key: &str| point[key].as_array().unwrap();
    let names = |key: &str| -> Vec<String> {
        let width = list(key).first().map_or(0, |row| row.as_array().unwrap().len());
        (0..width).map(|k| format!("{key}{k}")).collect()
    };
    Dataset {
        // A plain function is one row without columns.
        rows: list("inputs").len().max(1),
        inputs: numbers(&point["inputs"]),
        targets: numbers(&point["targets"]),
        input_names: names("inputs"),
        target_names: names("targets"),
    }
}

fn role(name: &str) -> Role {
    match name {
        "Given" => Role::Given,
        "RandomPoint" => Role::RandomPoint,
        "Random" => Role::Random,
        "SingleRow" => Role::SingleRow,
        "OtherRate" => Role::OtherRate,
        "Again" => Role::Again,
        other => panic!("no role '{other}'"),
    }
}

/// Questions and answers, in the order in which they were asked: some programs remember.
struct Recorded {
    points: Vec<Probe>,
    answers: VecDeque<Answer>,
}

impl Recorded {
    fn of(case: &Value) -> Recorded {
        let list = case["points"].as_array().unwrap();
        // A point that was asked before says which one it was.
        let place = |point: &Value| match point["same"].as_u64() {
            Some(before) => list[before as usize].clone(),
            None => point.clone(),
        };
        let probe = |point: &Value| Probe {
            role: role(point["role"].as_str().unwrap()),
            theta: numbers(&place(point)["theta"]),
            data: dataset(&place(point)),
            learning_rate: point["learning_rate"].as_f64().unwrap(),
        };
        let answer = |point: &Value| Answer {
            gradient: numbers(&point["gradient"]).into_iter().map(Some).collect(),
            loss: point["loss"].as_f64(),
        };
        Recorded { points: list.iter().map(probe).collect(), answers: list.iter().map(answer).collect() }
    }
}

impl Source for Recorded {
    fn points(&self) -> Option<Vec<Probe>> {
        Some(self.points.clone())
    }

    fn ask(&mut self, _: &Probe) -> Result<Answer, Trouble> {
        Ok(self.answers.pop_front().unwrap())
    }
}

fn judged(case: &Value) -> Report {
    let model = Model::parse(case["model"].as_str().unwrap(), &ModelOptions::default()).unwrap();
    check(&model, &mut Recorded::of(case), &Options::default()).unwrap()
}

fn is_wrong(case: &Value) -> bool {
    case["verdict"] == "wrong"
}

fn kinds(report: &Report) -> Vec<&'static str> {
    report.mistakes.iter().map(|mistake| mistake.kind.name()).collect()
}

/// What must hold of every case, if it does not.
fn fault(case: &Value, report: &Report) -> Option<String> {
    let id = id(case);
    let verdict = if is_wrong(case) { Verdict::Wrong } else { Verdict::Right };
    if report.verdict != verdict {
        return Some(format!("{id}: {:?}, which is not {verdict:?}", report.verdict));
    }
    if !is_wrong(case) && !report.mistakes.is_empty() {
        return Some(format!("{id}: right, and {:?} is named", kinds(report)));
    }
    let found = |name: &str| report.components.iter().any(|c| c.name == name && c.status == Status::Wrong);
    let missed: Vec<&str> = words(&case["wrong"]).into_iter().filter(|name| !found(name)).collect();
    (!missed.is_empty()).then(|| format!("{id}: not found wrong: {missed:?}"))
}

/// The case and what was named, where nothing of that is what happened.
fn miss(case: &Value, report: &Report) -> Option<String> {
    let accepted = words(&case["kinds"]);
    let named = kinds(report).iter().any(|kind| accepted.contains(kind));
    let shown: Vec<&str> = report.mistakes.iter().map(|m| m.explanation.as_str()).collect();
    (is_wrong(case) && !named).then(|| {
        format!("{}: {:?}, not among {accepted:?}\n    {}", id(case), kinds(report), shown.join("\n    "))
    })
}

/// Holds the check against the cases: so many there are, so many of them wrong.
fn hold(own: bool, count: (usize, usize)) {
    let cases = cases(own);
    let wrong = cases.iter().filter(|case| is_wrong(case)).count();
    assert_eq!((cases.len(), wrong), count);
    let reports: Vec<Report> = cases.iter().map(judged).collect();
    let pairs = || cases.iter().zip(&reports);
    let faults: Vec<String> = pairs().filter_map(|(case, report)| fault(case, report)).collect();
    let misses: Vec<String> = pairs().filter_map(|(case, report)| miss(case, report)).collect();
    assert!(faults.is_empty(), "{}\nmisses:\n{}", faults.join("\n"), misses.join("\n"));
    let named = (wrong - misses.len()) * 100;
    assert!(named >= NAMED * wrong, "{} of {wrong} are not named:\n{}", misses.len(), misses.join("\n"));
}

#[test]
fn the_gradients_of_forty_five_people_are_judged_and_their_mistakes_named() {
    hold(false, (45, 34));
}

#[test]
fn gradients_with_mistakes_of_every_sort_are_judged_and_the_mistakes_named() {
    hold(true, (43, 31));
}
