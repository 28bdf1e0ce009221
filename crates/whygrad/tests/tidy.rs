//! The size of files and functions, and the words of the code.

mod source;

use source::{Source, end_of_item, root, rust_files, sources};

/// The most lines of a file.
const FILE: usize = 500;

/// The most lines of a function, from `fn` to the closing brace.
const FUNCTION: usize = 70;

/// Longer files: path, lines, reason. They may shrink and never grow.
const LONGER_FILES: &[(&str, usize, &str)] = &[];

/// Longer functions: path, name, lines, reason. They may shrink and never grow.
const LONGER_FUNCTIONS: &[(&str, &str, usize, &str)] = &[];

/// Names of modules that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];

/// Names that GLOSSARY.md replaces, and by what.
const AVOIDED: &[(&str, &str)] = &[
    ("ann", "model"),
    ("cost", "loss"),
    ("desired_outputs", "targets"),
    ("eta", "learning_rate"),
    ("ground_truth", "target"),
    ("lr", "learning_rate"),
    ("mini_batch", "batch"),
    ("minibatch", "batch"),
    ("nabla", "gradient"),
    ("net_input", "pre_activation"),
    ("random_state", "seed, or key"),
    ("regularizer", "penalty"),
    ("regulariser", "penalty"),
    ("replica", "restart"),
    ("rng", "key, stream or source"),
    ("step_size", "learning_rate"),
    ("total_input", "pre_activation"),
    ("transfer_function", "activation"),
    ("trial", "restart"),
];

fn report(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn files_are_short() {
    let mut found = Vec::new();
    let sources = sources();
    for source in &sources {
        let lines = source.text.lines().count();
        let listed = LONGER_FILES.iter().find(|l| l.0 == source.path);
        let most = listed.map_or(FILE, |l| l.1);
        if lines > most {
            found.push(format!("{}: {lines} lines, at most {most}", source.path));
        } else if listed.is_some() && lines <= FILE {
            found.push(format!("{}: short enough now, take it off the list", source.path));
        }
    }
    let gone = LONGER_FILES.iter().filter(|l| sources.iter().all(|s| s.path != l.0));
    found.extend(gone.map(|l| format!("{}: there is no such file, take it off the list", l.0)));
    report(&found);
}

#[test]
fn functions_are_short() {
    let mut found = Vec::new();
    let sources = sources();
    for source in sources.iter().filter(|s| !s.is_test()) {
        for (name, line, lines) in functions(source) {
            let listed = LONGER_FUNCTIONS.iter().find(|l| l.0 == source.path && l.1 == name);
            let most = listed.map_or(FUNCTION, |l| l.2);
            if lines > most {
                found.push(format!("{}:{line}: {name} has {lines} lines, at most {most}", source.path));
            } else if listed.is_some() && lines <= FUNCTION {
                found.push(format!(
                    "{}:{line}: {name} is short enough now, take it off the list",
                    source.path
                ));
            }
        }
    }
    for (path, name, ..) in LONGER_FUNCTIONS {
        let source = sources.iter().find(|s| s.path == *path);
        if !source.is_some_and(|s| functions(s).iter().any(|f| f.0 == *name)) {
            found.push(format!("{path}: there is no function {name}, take it off the list"));
        }
    }
    report(&found);
}

/// Name, first line and number of lines of every function with a body.
fn functions(source: &Source) -> Vec<(&str, usize, usize)> {
    let words: Vec<(usize, &str)> = source.words().collect();
    let mut found = Vec::new();
    for pair in words.windows(2) {
        let [(at, "fn"), (next, name)] = *pair else { continue };
        // `fn(` is a type.
        if !source.code[at + 2..next].trim().is_empty() {
            continue;
        }
        let Some(end) = end_of_item(&source.code, at) else { continue };
        if source.code[..end].ends_with('}') {
            let first = source.line(at);
            found.push((name, first, source.line(end) - first + 1));
        }
    }
    found
}

#[test]
fn modules_have_names_that_say_something() {
    let mut found = Vec::new();
    for source in sources() {
        let parts = source.path.trim_end_matches(".rs").split('/');
        if parts.clone().any(|part| EMPTY_NAMES.contains(&part)) {
            found.push(format!("{}: name the module after what it holds", source.path));
        }
    }
    report(&found);
}

#[test]
fn nothing_is_left_to_do_later_in_a_comment() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut found = Vec::new();
    for source in rust_files(&root().join("crates")) {
        for (index, line) in source.text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                found.push(format!("{}:{}: {mark}", source.path, index + 1));
            }
        }
    }
    report(&found);
}

#[test]
fn names_are_those_of_the_glossary() {
    let mut found = Vec::new();
    for source in sources() {
        for (at, word) in source.words() {
            if let Some((_, right)) = AVOIDED.iter().find(|avoided| avoided.0 == word) {
                found.push(format!("{}:{}: '{word}', say {right}", source.path, source.line(at)));
            }
        }
    }
    report(&found);
}
