//! A command as the files print it, read and run through the library.

use std::path::{Path, PathBuf};

use whygrad::data::{Dataset, bind::BindOptions, builtin, csv};
use whygrad::engine::plan::Plan;
use whygrad::engine::workspace::{Batch, Workspace};
use whygrad::init::Initialiser;
use whygrad::interop::parameters;
use whygrad::model::{Model, ModelOptions};
use whygrad::random::{Key, Seed};
use whygrad::train::{self, BatchSize, Control, Options, RandomSource, Run};

/// `examples/seeds`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/seeds")
}

pub(crate) fn read(file: &str) -> String {
    let path = folder().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether a file is of this kind.
pub(crate) fn is(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|found| found == extension)
}

/// `train MODEL --option value ...` or `minimize MODEL ...`, with file names as they stand in `examples/seeds`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Command {
    pub(crate) model: String,
    /// Name and value, in order.
    pub(crate) options: Vec<(String, String)>,
}

impl Command {
    /// Reads a line such as `whygrad train examples/seeds/not.model --lr 0.05`, or what follows the verb.
    pub(crate) fn parse(line: &str) -> Command {
        let line = line.trim().trim_start_matches("whygrad train ").trim_start_matches("whygrad minimize ");
        let mut words = words(line).into_iter().map(|word| word.replace("examples/seeds/", ""));
        let model = words.next().expect("a model");
        let mut options = Vec::new();
        while let Some(name) = words.next() {
            assert!(name.starts_with("--"), "{name:?} in {line:?}");
            let value = words.next().unwrap_or_else(|| panic!("{name} has no value in {line:?}"));
            options.push((name, value));
        }
        Command { model, options }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|option| option.0 == name).map(|option| option.1.as_str())
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).map(|text| text.parse().ok().unwrap_or_else(|| panic!("{name} {text}")))
    }

    /// The files that it names.
    pub(crate) fn files(&self) -> Vec<&str> {
        let values = self.options.iter().map(|option| option.1.as_str());
        let ends = [".model", ".gradient", ".csv", ".json"];
        values.chain([self.model.as_str()]).filter(|v| ends.iter().any(|end| v.ends_with(end))).collect()
    }

    pub(crate) fn prepare(&self) -> Prepared {
        let known = [
            "--gradient",
            "--loss",
            "--data",
            "--inputs",
            "--init",
            "--random",
            "--seed",
            "--batch",
            "--lr",
            "--epochs",
            "--start",
            "--tol",
        ];
        for (name, _) in &self.options {
            assert!(known.contains(&name.as_str()), "{name} is no option");
        }
        let choices = ModelOptions {
            loss: self.get("--loss").map(str::to_owned),
            gradient: self.get("--gradient").map(read),
        };
        let model = model(&self.model, &choices);
        let data = self.get("--data").map(|file| self.data(file, &model));
        let defaults = Options::default();
        let mut options = Options {
            learning_rate: self.number("--lr").unwrap_or(defaults.learning_rate),
            epochs: self.number("--epochs").unwrap_or(defaults.epochs),
            batch: self.number("--batch").unwrap_or(BatchSize::Full),
            seed: self.number("--seed").unwrap_or(defaults.seed),
            random: if self.get("--random") == Some("python") {
                RandomSource::Python
            } else {
                RandomSource::Own
            },
            keep_all_history: true,
            ..defaults
        };
        options.stop.smallest_change = self.number("--tol");
        // The functions descended on have one variable.
        let start = self.get("--start").and_then(|s| s.strip_prefix("x="));
        let init = match start {
            Some(value) => format!("constant({value})"),
            None => self.get("--init").expect("--init").to_owned(),
        };
        Prepared { model, data, options, init }
    }

    fn data(&self, file: &str, model: &Model) -> Dataset {
        let table = if is(file, "csv") {
            csv::read(read(file).as_bytes(), file).unwrap_or_else(|e| panic!("{e:?}")).0
        } else {
            builtin::table(file, Key::from_seed(Seed(1))).unwrap_or_else(|e| panic!("{e:?}"))
        };
        let named = self.get("--inputs").map(|names| names.split(',').map(str::to_owned).collect());
        let options = BindOptions { inputs: named, ..BindOptions::default() };
        let (data, notes) = model.bind(&table, &options).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        assert!(notes.is_empty(), "{file}: {notes:?}");
        data
    }
}

/// The words of a line, quotes taken off.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' | '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("a word").push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Reads a model, or says all that is wrong with it.
pub(crate) fn model(file: &str, options: &ModelOptions) -> Model {
    Model::parse(&read(file), options).unwrap_or_else(|error| panic!("{file}: {:#?}", error.messages))
}

/// A command with its files read.
pub(crate) struct Prepared {
    pub(crate) model: Model,
    pub(crate) data: Option<Dataset>,
    pub(crate) options: Options,
    init: String,
}

impl Prepared {
    pub(crate) fn start(&self) -> Vec<f64> {
        if is(&self.init, "json") {
            return parameters::read(&read(&self.init), &self.model).unwrap_or_else(|e| panic!("{e}"));
        }
        let initialiser: Initialiser = self.init.parse().unwrap_or_else(|e| panic!("{e}"));
        train::starting_values(&self.model, Some(initialiser), self.options.seed, self.options.random)
            .unwrap_or_else(|e| panic!("{e}"))
    }

    pub(crate) fn run(&self) -> Run {
        self.run_from(&self.start())
    }

    pub(crate) fn run_from(&self, start: &[f64]) -> Run {
        let go_on = &mut |_: &train::Progress| Control::Continue;
        train::train(&self.model, self.data.as_ref(), start, &self.options, go_on).unwrap()
    }

    /// The loss and the gradient that training uses.
    pub(crate) fn gradient(&self, theta: &[f64]) -> (f64, Vec<f64>) {
        let program = &self.model.program;
        let plan = Plan::of_gradient(program);
        let mut space = Workspace::<f64>::new(&plan);
        if let Some(data) = &self.data {
            space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
        } else {
            space.load(&plan, &Batch { inputs: &[], targets: &[], rows: 1 });
        }
        space.run(&plan, theta);
        let mut loss = [0.0];
        space.copy_output(&plan, 0, &mut loss);
        let mut gradient = vec![0.0; theta.len()];
        for (index, p) in program.parameters.iter().enumerate() {
            space.copy_output(&plan, index + 1, &mut gradient[p.offset..p.offset + p.len()]);
        }
        (loss[0], gradient)
    }

    /// The outputs, one number a row.
    pub(crate) fn predictions(&self, theta: &[f64]) -> Vec<f64> {
        let data = self.data.as_ref().expect("predictions need data");
        train::evaluate(&self.model, data, theta).predictions.concat()
    }
}
