//! The oracle's cases, and how a run is held against one.

use serde_json::Value;
use whygrad::model::Model;
use whygrad::train::{Run, evaluate};

use crate::command::{Command, Prepared};
use crate::systems::System;

/// All cases.
pub(crate) fn cases() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/oracle.json");
    let text = std::fs::read_to_string(path).expect(path);
    serde_json::from_str(&text).expect("JSON")
}

pub(crate) fn case<'a>(cases: &'a [Value], id: &str) -> &'a Value {
    cases.iter().find(|case| case["id"] == id).unwrap_or_else(|| panic!("no case {id}"))
}

/// All numbers in a value, in order; by name or as lists, as the oracle has them.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Number(number) => vec![number.as_f64().expect("a number")],
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        Value::Object(map) => map.values().flat_map(numbers).collect(),
        _ => vec![],
    }
}

#[track_caller]
pub(crate) fn close(what: &str, got: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (place, (g, e)) in got.iter().zip(expected).enumerate() {
        assert!((g - e).abs() <= tolerance, "{what}, place {place}: {g:?}, the oracle has {e:?}");
    }
}

/// Where the oracle's parameters stand in the model: `theta1[0][1]` is `theta1[0,1]`, `weights0 (input weight)`
/// is `weights0`; the cases of 129 have [w1, w2, b] of each hidden unit, then the output's weights and its bias.
fn places(model: &Model, case: &Value) -> Vec<usize> {
    let names: Vec<String> = match case["parameter_names"].as_array() {
        Some(names) => names.iter().map(|name| own_name(name.as_str().expect("a name"))).collect(),
        None if model.program.parameter_count() == 9 => unreachable!("the cases of 9 have names"),
        None => {
            let unit = |k| [format!("hidden.W[{k},0]"), format!("hidden.W[{k},1]"), format!("hidden.b[{k}]")];
            let output = (0..32).map(|k| format!("m.W[0,{k}]")).chain(["m.b[0]".to_owned()]);
            (0..32).flat_map(unit).chain(output).collect()
        }
    };
    let all: Vec<(String, usize)> = model
        .program
        .parameters
        .iter()
        .flat_map(|p| (0..p.len()).map(|k| (p.entry_name(k), p.offset + k)))
        .collect();
    names.iter().map(|name| place(&all, name)).collect()
}

fn own_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).replace("][", ",")
}

fn place(all: &[(String, usize)], name: &str) -> usize {
    // The tutorial's prose calls the input weight W_2 and the bias W_1.
    let also = match name {
        "weights0" => "W2",
        "weights1" => "W1",
        "m.b[0]" => "m.b",
        _ => name,
    };
    let found = all.iter().find(|(own, _)| own == name || own == also);
    found.unwrap_or_else(|| panic!("no parameter {name} in {all:?}")).1
}

/// One system against its case.
pub(crate) struct Check<'a> {
    pub(crate) system: &'a System,
    pub(crate) case: &'a Value,
    pub(crate) prepared: Prepared,
    places: Vec<usize>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(system: &'a System, cases: &'a [Value]) -> Check<'a> {
        let mut prepared = Command::parse(system.command).prepare();
        prepared.options.keep_path = prepared.options.epochs <= 10_000;
        let case = case(cases, system.case);
        let places = places(&prepared.model, case);
        Check { system, case, prepared, places }
    }

    fn expected(&self, key: &str) -> &'a Value {
        &self.case["expected"][key]
    }

    fn what(&self, thing: &str) -> String {
        format!("{} ({}): {thing}", self.system.case, self.system.command)
    }

    /// In the oracle's order.
    fn ordered(&self, theta: &[f64]) -> Vec<f64> {
        self.places.iter().map(|&place| theta[place]).collect()
    }

    fn losses(&self, what: &str, got: &[f64], expected: &[f64]) {
        let got: Vec<f64> = got.iter().map(|loss| loss * self.system.factor).collect();
        close(&self.what(what), &got, expected, self.system.loss_tolerance);
    }

    fn parameters(&self, what: &str, theta: &[f64], expected: &[f64]) {
        close(&self.what(what), &self.ordered(theta), expected, self.system.parameter_tolerance);
    }

    /// Everything that the case says.
    pub(crate) fn all(&self) -> Run {
        let start = self.prepared.start();
        assert_eq!(self.ordered(&start), numbers(&self.case["init"]), "{}", self.what("starting values"));
        self.gradients(&start);
        let run =
            if self.expected("checkpoints").is_null() { self.prepared.run() } else { self.checkpoints() };
        self.losses("final loss", &[run.loss], &numbers(self.expected("final_loss")));
        self.parameters("final parameters", &run.theta, &numbers(self.expected("final_params")));
        self.history(&run);
        self.shape_of_the_curve(&run);
        self.path(&run);
        if self.prepared.data.is_some() {
            self.outputs(&run);
        }
        self.other_settings(&start);
        if self.system.printed {
            self.printed(&run);
        }
        run
    }

    /// A long run, continued from one checkpoint to the next; descent has no memory but its parameters.
    fn checkpoints(&self) -> Run {
        let checkpoints = self.expected("checkpoints").as_object().expect("checkpoints");
        let mut prepared = Command::parse(self.system.command).prepare();
        prepared.options.keep_all_history = false;
        let (mut done, mut run) = (0, None);
        let mut theta = prepared.start();
        for (epoch, expected) in checkpoints {
            let epoch: u64 = epoch.parse().expect("an epoch");
            prepared.options.epochs = epoch - done;
            let next = prepared.run_from(&theta);
            self.losses("loss", &[next.loss], &numbers(&expected["loss"]));
            self.parameters("parameters", &next.theta, &numbers(&expected["theta"]));
            close(
                &self.what("predictions"),
                &prepared.predictions(&next.theta),
                &numbers(&expected["pred"]),
                self.system.loss_tolerance,
            );
            (done, theta) = (epoch, next.theta.clone());
            run = Some(next);
        }
        run.expect("checkpoints")
    }

    fn history(&self, run: &Run) {
        let all: Vec<f64> = run.history.points().iter().map(|point| point.1).collect();
        for key in ["first_20_losses", "first_500_epoch_losses", "first_501_losses"] {
            let first = numbers(self.expected(key));
            self.losses(key, &all[..first.len()], &first);
        }
        let expected = numbers(self.expected("loss_history"));
        let mut steps = numbers(self.expected("loss_history_step_index"));
        if steps.is_empty() {
            steps = (0..expected.len()).map(|step| step as f64).collect();
        }
        // The oracle's last point of the descent to the inflection is its last whole hundred.
        let got: Vec<f64> = steps.iter().map(|&step| all[step as usize]).collect();
        self.losses("history", &got, &expected);
        let squares = numbers(self.expected("mse_history_every_100"));
        for (k, expected) in squares.iter().enumerate() {
            let square = self.mean_square(&run.path[100 * k]);
            close(&self.what("history of the mean square"), &[square], &[*expected], 1e-12);
        }
    }

    fn mean_square(&self, theta: &[f64]) -> f64 {
        let targets = &self.prepared.data.as_ref().expect("data").targets;
        let outputs = self.prepared.predictions(theta);
        outputs.iter().zip(targets).map(|(o, y)| (o - y) * (o - y)).sum::<f64>() / targets.len() as f64
    }

    /// Where the loss rises and where it is largest; not where it ends as rounding noise near 0.
    fn shape_of_the_curve(&self, run: &Run) {
        let all: Vec<f64> = run.history.points().iter().map(|point| point.1).collect();
        let below = all.iter().position(|&loss| loss < 0.01);
        if let Some(step) = self.case["expected"].get("first_step_with_loss_below_0p01") {
            assert_eq!(below.map(|step| step as u64), step.as_u64(), "{}", self.what("first below 0.01"));
        }
        let Some(rose) = self.expected("steps_where_loss_rose").as_u64() else { return };
        if run.loss > 1e-20 {
            let count = all.windows(2).filter(|pair| pair[1] > pair[0]).count();
            assert_eq!(count as u64, rose, "{}", self.what("steps where the loss rises"));
        }
        let largest = all.iter().copied().fold(0.0, f64::max);
        self.losses("largest loss", &[largest], &numbers(self.expected("max_loss_over_run")));
        let at = all.iter().position(|&loss| loss == largest).map(|step| step as u64);
        assert_eq!(at, self.expected("argmax_step").as_u64(), "{}", self.what("largest loss"));
    }

    /// The descent on a function of one number: bit for bit, since each step is a few operations.
    fn path(&self, run: &Run) {
        if let Some(updates) = self.expected("number_of_updates").as_u64() {
            assert_eq!(run.epoch, updates, "{}", self.what("updates"));
            assert_eq!(run.stop.name(), "smallest-change");
        } else {
            assert_eq!(run.stop.name(), "epochs", "{}", self.what("ending"));
        }
        let expected = numbers(self.expected("x_path"));
        let steps = numbers(self.expected("loss_history_step_index"));
        let got: Vec<f64> = steps.iter().take(expected.len()).map(|&s| run.path[s as usize][0]).collect();
        self.parameters_of_one("path", &got, &expected);
    }

    fn parameters_of_one(&self, what: &str, got: &[f64], expected: &[f64]) {
        close(&self.what(what), got, expected, self.system.parameter_tolerance);
    }

    fn outputs(&self, run: &Run) {
        let data = self.prepared.data.as_ref().expect("data");
        let found = evaluate(&self.prepared.model, data, &run.theta);
        self.losses("loss by evaluation", &[found.loss], &numbers(self.expected("final_loss")));
        let predictions = found.predictions.concat();
        close(
            &self.what("predictions"),
            &predictions,
            &numbers(self.expected("predictions")),
            self.system.loss_tolerance,
        );
        for key in ["accuracy", "accuracy_rounded"] {
            if let Some(accuracy) = self.expected(key).as_f64() {
                assert_eq!(found.accuracy, Some(accuracy), "{}", self.what(key));
            }
        }
        for expected in numbers(self.expected("final_mse")) {
            close(&self.what("mean square"), &[self.mean_square(&run.theta)], &[expected], 1e-12);
        }
    }

    /// The gradient that training uses, at the start and after one step.
    fn gradients(&self, start: &[f64]) {
        let at_start = [
            &self.expected("gradient_check")["analytic"],
            &self.expected("gradient_at_init")["used"],
            self.expected("buggy_gradient_at_init"),
            self.expected("gradient_at_these_weights"),
            self.expected("gradient"),
        ];
        for expected in at_start.into_iter().map(numbers).filter(|expected| !expected.is_empty()) {
            let (_, gradient) = self.prepared.gradient(start);
            close(&self.what("gradient"), &self.ordered(&gradient), &expected, 1e-12);
        }
        let after = numbers(&self.expected("gradient_check_after_1_step")["analytic"]);
        if !after.is_empty() {
            let mut one = Command::parse(self.system.command).prepare();
            one.options.epochs = 1;
            let (_, gradient) = one.gradient(&one.run().theta);
            close(&self.what("gradient after a step"), &self.ordered(&gradient), &after, 1e-12);
        }
        let own = self.prepared.model.own_gradient && self.case["gradient_is_correct"] == false;
        for (row, sample) in
            self.expected("per_sample_gradients_at_init").as_array().iter().copied().flatten().enumerate()
        {
            let mut one = Command::parse(self.system.command).prepare();
            one.data = one.data.map(|data| data.select(&[row]));
            let (_, gradient) = one.gradient(start);
            let expected = numbers(&sample[if own { "document_rule" } else { "true" }]);
            close(&self.what("gradient of one row"), &self.ordered(&gradient), &expected, 1e-12);
        }
    }

    /// What the case says of the same system with another length or rule to stop.
    fn other_settings(&self, start: &[f64]) {
        let longer = self.expected("after_500_steps");
        let mut other = Command::parse(self.system.command).prepare();
        if longer.is_object() {
            other.options.epochs = 500;
            let run = other.run();
            self.parameters("parameters after 500", &run.theta, &numbers(&longer["params"]));
            self.losses("loss after 500", &[run.loss], &numbers(&longer["loss"]));
        }
        if let Some(step) = self.expected("first_step_with_all_4_right").as_u64() {
            other.options.keep_path = true;
            let run = other.run();
            let data = other.data.as_ref().expect("data");
            let right = |theta: &Vec<f64>| evaluate(&other.model, data, theta).accuracy == Some(1.0);
            let first = run.path.iter().position(right).map(|step| step as u64);
            assert_eq!(first, Some(step), "{}", self.what("first step with all right"));
            let biases =
                other.model.program.parameters.iter().find(|p| p.name == "hidden.b").expect("biases");
            let zeros =
                run.theta[biases.offset..biases.offset + 32].iter().filter(|b| **b == 0.0).count() as u64;
            assert_eq!(self.expected("hidden_units_with_bias_exactly_0_at_end").as_u64(), Some(zeros));
        }
        let two_steps = numbers(self.expected("prose_two_steps_with_alpha_0p001"));
        if !two_steps.is_empty() {
            other.options.learning_rate = 0.001;
            other.options.epochs = 2;
            other.options.keep_path = true;
            let path: Vec<f64> = other.run_from(start).path.iter().map(|theta| theta[0]).collect();
            self.parameters_of_one("the prose's two steps", &path, &two_steps);
        }
    }

    /// The figures that the document prints, to their last digit.
    pub(crate) fn printed(&self, run: &Run) {
        let printed = &self.case["printed_in_document"];
        let all: Vec<f64> = run.history.points().iter().map(|point| point.1).collect();
        let theta = self.ordered(&run.theta);
        let pairs: [(&str, Vec<f64>); 9] = [
            ("ws0", self.ordered(&run.start)),
            ("mse_ws0", vec![all[0]]),
            ("cost_before", vec![all[0]]),
            ("history", all.clone()),
            ("ws", theta.clone()),
            ("final_weight", theta.clone()),
            ("final", theta.clone()),
            ("minimum", theta),
            ("final_cost", vec![run.loss]),
        ];
        for (key, got) in pairs {
            let figures: Vec<&str> = match &printed[key] {
                Value::String(text) => vec![text.as_str()],
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                _ => continue,
            };
            assert_eq!(figures.len(), got.len(), "{}", self.what(key));
            let most = figures.iter().map(|figure| decimals(figure)).max().unwrap_or(0);
            for (figure, got) in figures.iter().zip(got) {
                let decimals = if figure.contains('e') { decimals(figure) } else { most };
                let value: f64 = figure.parse().expect("a printed number");
                // Of 16 digits the last is decided by the order in which the rows were added.
                let half = (0.5000001 * 10f64.powi(-decimals)).max(4.0 * f64::EPSILON * value.abs());
                assert!((got - value).abs() <= half, "{}: {got}, printed {figure}", self.what(key));
            }
        }
    }
}

/// How many decimals a printed number has: 13 of `3.06534067e-05`.
pub(crate) fn decimals(figure: &str) -> i32 {
    let (digits, exponent) = figure.split_once('e').unwrap_or((figure, "0"));
    let behind = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
    i32::try_from(behind).expect("few digits") - exponent.parse::<i32>().expect("an exponent")
}
