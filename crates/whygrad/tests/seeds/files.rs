//! The files themselves: each is read, each command in them is one that is tested, and what the README says comes out.

use std::collections::BTreeSet;

use whygrad::model::{Model, ModelOptions};

use crate::command::{Command, folder, is, model, read};
use crate::oracle::decimals;
use crate::systems::{BEYOND, SYSTEMS};

/// The files in `examples/seeds`, in order.
fn files() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("examples/seeds");
    let names =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    names.collect::<BTreeSet<String>>().into_iter().collect()
}

/// The commands in the comments of a file.
fn commands(file: &str) -> Vec<Command> {
    let text = read(file);
    text.lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|l| l.starts_with("whygrad "))
        .map(Command::parse)
        .collect()
}

/// All commands that are run and held against figures.
fn tested() -> Vec<Command> {
    let texts = SYSTEMS.iter().map(|system| system.command).chain(BEYOND.iter().map(|run| run.0));
    texts.map(Command::parse).collect()
}

#[test]
fn every_file_says_what_it_is_and_how_to_run_it() {
    let tested = tested();
    let all = files();
    let mut used = BTreeSet::new();
    for file in all.iter().filter(|file| is(file, "model") || is(file, "gradient")) {
        let text = read(file);
        assert!(text.starts_with("# "), "{file} does not say what it is");
        assert!(text.lines().all(|line| line.len() <= 250), "{file}");
        let commands = commands(file);
        assert!(!commands.is_empty(), "{file} has no command");
        for command in commands {
            assert!(tested.contains(&command), "{file}: no test runs {command:?}");
            let named = command.files();
            assert!(named.contains(&file.as_str()), "{file} is not in {command:?}");
            for other in named {
                assert!(all.iter().any(|file| file == other), "{file} names {other}, which is not there");
            }
        }
    }
    for command in &tested {
        used.extend(command.files().into_iter().map(str::to_owned));
    }
    used.insert("README.md".to_owned());
    assert_eq!(
        used.into_iter().collect::<Vec<_>>(),
        all,
        "a file that no test uses, or one that is not there"
    );
}

#[test]
fn every_model_is_read_without_a_warning() {
    for file in files().iter().filter(|file| is(file, "model")) {
        let model = model(file, &ModelOptions::default());
        assert!(model.messages.is_empty(), "{file}: {:?}", model.messages);
        assert!(!model.own_gradient);
    }
}

/// A point at which nothing is special.
fn somewhere(count: usize) -> Vec<f64> {
    (0..count).map(|k| (1.0 + 1.7 * k as f64).sin()).collect()
}

#[test]
fn latex_says_the_same_as_text() {
    let pairs = [
        ("xor-221", "xor.csv", ""),
        ("neuron-linear", "xor.csv", ""),
        ("neuron-sigmoid", "xor.csv", ""),
        ("xor-no-bias", "xor-no-bias.csv", ""),
        ("not", "not.csv", " --inputs x"),
        ("descent", "", ""),
    ];
    let latex: Vec<String> = files().into_iter().filter(|file| file.ends_with("-latex.model")).collect();
    assert_eq!(latex.len(), pairs.len());
    for (name, data, inputs) in pairs {
        let data = if data.is_empty() { String::new() } else { format!(" --data {data}") };
        let text = Command::parse(&format!("{name}.model{data} --init constant(0)")).prepare();
        let typeset =
            Command::parse(&format!("{name}-latex.model{data}{inputs} --init constant(0)")).prepare();
        let theta = somewhere(text.model.program.parameter_count());
        let (loss, gradient) = text.gradient(&theta);
        let names =
            |model: &Model| model.program.parameters.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        // The tutorial's prose has the bias first, as W_1, its program last.
        let turned = name == "not";
        if turned {
            assert_eq!(names(&typeset.model), ["W1", "W2"]);
        } else {
            assert_eq!(names(&typeset.model), names(&text.model), "{name}");
        }
        let turn = |values: &[f64]| -> Vec<f64> {
            if turned { values.iter().rev().copied().collect() } else { values.to_vec() }
        };
        let (loss_of_latex, gradient_of_latex) = typeset.gradient(&turn(&theta));
        assert!(
            (loss - loss_of_latex).abs() <= 1e-15 * loss.abs().max(1.0),
            "{name}: {loss} {loss_of_latex}"
        );
        for (one, other) in gradient.iter().zip(turn(&gradient_of_latex)) {
            assert!((one - other).abs() <= 1e-14, "{name}: {one} {other}");
        }
    }
}

#[test]
fn right_gradients_are_right_and_printed_ones_are_not() {
    for file in files().iter().filter(|file| is(file, "gradient")) {
        let command = commands(file).remove(0);
        let own = command.prepare();
        let derived = Command {
            options: command.options.iter().filter(|o| o.0 != "--gradient").cloned().collect(),
            ..command
        };
        let theta = somewhere(own.model.program.parameter_count());
        let (given, right) = (own.gradient(&theta).1, derived.prepare().gradient(&theta).1);
        let largest = given.iter().zip(right).map(|(g, r)| (g - r).abs()).fold(0.0, f64::max);
        assert_eq!(largest <= 1e-14, !file.contains("as-printed"), "{file}: {largest}");
    }
}

/// Each row of the README's tables: a command, the loss that it ends with, and what that means.
#[test]
fn the_readme_tells_what_comes_out() {
    let text = read("README.md");
    let mut rows: Vec<(Command, String)> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        rows.push((Command::parse(cells[1].trim_matches('`')), cells[2].to_owned()));
    }
    let tested = tested();
    for (command, _) in &rows {
        assert!(tested.contains(command), "the README has {command:?}");
    }
    for command in tested {
        let row = rows.iter().find(|row| row.0 == command);
        let Some((_, said)) = row else { panic!("the README lacks {command:?}") };
        let loss = command.prepare().run().loss;
        let value: f64 = said.parse().unwrap_or_else(|_| panic!("{command:?}: {said}"));
        let noise = loss < 1e-25 && value < 1e-25;
        assert!(noise || (loss - value).abs() <= 0.51 * 10f64.powi(-decimals(said)), "{command:?}: {loss}");
    }
    for (command, loss) in BEYOND {
        let got = Command::parse(command).prepare().run().loss;
        assert!((got - loss).abs() <= 1e-12, "{command}: {got}");
    }
    for file in files() {
        assert!(text.contains(&file) || file == "README.md", "the README lacks {file}");
    }
}
