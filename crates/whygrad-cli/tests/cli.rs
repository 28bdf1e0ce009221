//! The command as a person meets it: what it prints, what it refuses and with which words.

#[path = "cli/bad_data.rs"]
mod bad_data;
#[path = "cli/bad_models.rs"]
mod bad_models;
#[path = "cli/bad_usage.rs"]
mod bad_usage;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/derive.rs"]
mod derive;
#[path = "cli/folders.rs"]
mod folders;
#[path = "cli/gradients.rs"]
mod gradients;
#[path = "cli/minimize.rs"]
mod minimize;
#[path = "cli/odds.rs"]
mod odds;
#[path = "cli/odds_said.rs"]
mod odds_said;
#[path = "cli/pictures.rs"]
mod pictures;
#[path = "cli/second_order.rs"]
mod second_order;
#[path = "cli/slices.rs"]
mod slices;
#[path = "cli/spellings.rs"]
mod spellings;
#[path = "cli/steps.rs"]
mod steps;
#[path = "cli/templates.rs"]
mod templates;
#[path = "cli/terminals.rs"]
mod terminals;
#[path = "cli/train.rs"]
mod train;
#[path = "cli/why.rs"]
mod why;
#[path = "cli/why_seeds.rs"]
mod why_seeds;
#[path = "cli/words.rs"]
mod words;

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a command left behind.
struct Output {
    /// The exit status.
    code: i32,
    /// Data.
    stdout: String,
    /// Prose.
    stderr: String,
}

impl Output {
    /// Standard output as exactly one JSON document.
    fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).expect("standard output is one JSON document")
    }

    /// Holds that the command was refused, printed nothing as data, and said each of these.
    fn refused(&self, said: &[&str]) {
        assert_eq!(self.code, 2, "{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        for text in said {
            assert!(self.stderr.contains(text), "expected '{text}' in:\n{}", self.stderr);
        }
    }
}

/// The command, in a directory of its own.
fn command(directory: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whygrad"));
    command.current_dir(folder(directory)).args(arguments).stdin(Stdio::null());
    for name in ["NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG"] {
        command.env_remove(name);
    }
    command
}

/// Runs the command in the directory of a test.
fn run_in(directory: &str, arguments: &[&str]) -> Output {
    let output = command(directory, arguments).output().expect("the command starts");
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// Runs the command where nothing is written.
fn run(arguments: &[&str]) -> Output {
    run_in("nowhere", arguments)
}

/// Trains without a run folder and reads the document.
fn trained(arguments: &[&str]) -> serde_json::Value {
    run(&[&["train"], arguments, &["--json", "--out", "none"]].concat()).json()
}

/// A directory of a test, made where it is not.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    std::fs::create_dir_all(&path).expect("the directory of the tests can be made");
    path
}

/// An empty directory of a test.
fn empty(name: &str) -> PathBuf {
    let _ = std::fs::remove_dir_all(folder(name));
    folder(name)
}

/// Writes a file of a test and gives its path.
fn file(name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder("files").join(name);
    std::fs::write(&path, text).expect("a file of the tests can be written");
    path.to_str().expect("UTF-8").to_owned()
}

/// Every picture of a run.
const PICTURES: [&str; 12] = [
    "loss",
    "accuracy",
    "gradient-norm",
    "learning-rate",
    "updates",
    "weights",
    "surface",
    "contour",
    "hidden",
    "trajectory",
    "spectrum",
    "network",
];

/// What is said of a picture, as one line; notes stand on standard error.
fn told(directory: &str, arguments: &[&str]) -> String {
    let output = run_in(directory, &[arguments, &["--describe"]].concat());
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{arguments:?}");
    // The lines end where the screen does.
    output.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}
