//! Run folders: written whole or not at all, and read again.

use std::fs;
use std::process::Stdio;

use super::{command, empty, run_in};

fn files(path: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_run_is_written_counted_and_read_again() {
    let folder = empty("runs-again");
    for _ in 0..2 {
        assert_eq!(run_in("runs-again", &["train", "moons", "--epochs", "20", "--seed", "7", "-q"]).code, 0);
    }
    assert_eq!(files(&folder.join("runs")), ["moons-1", "moons-2"]);
    let expected = [
        "history.csv",
        "loss.svg",
        "net.model",
        "options.json",
        "pictures.txt",
        "result.json",
        "surface.svg",
    ];
    assert_eq!(files(&folder.join("runs/moons-1")), expected);
    let text = fs::read_to_string(folder.join("runs/moons-1/result.json")).unwrap();
    let result: serde_json::Value = serde_json::from_str(&text).unwrap();
    let again = run_in("runs-again", &["eval", "runs/moons-1", "--json"]).json();
    // A run adds up the rows in the order that is fastest, an evaluation in theirs.
    let (evaluated, trained) = (again["loss"].as_f64().unwrap(), result["loss"].as_f64().unwrap());
    assert!((evaluated / trained - 1.0).abs() < 1e-14, "{evaluated} and {trained}");
    assert_eq!(again["predictions"], result["predictions"]);
    let from = ["--epochs", "0", "--json", "--out", "none"];
    let init =
        run_in("runs-again", &[&["train", "moons", "--init", "runs/moons-1"][..], &from].concat()).json();
    assert_eq!(init["theta"], result["theta"]);
    let same = run_in("runs-again", &[&["train", "runs/moons-1", "--seed", "7"][..], &from].concat()).json();
    assert_eq!(same["start"], result["start"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_refused_before_training() {
    let folder = empty("taken");
    fs::write(folder.join("file"), "kept").unwrap();
    for (out, said) in [("file", "is no run folder"), (".", "is no run folder"), ("file/x", "cannot write")] {
        let long = ["train", "xor", "--epochs", "1e12", "--out", out];
        run_in("taken", &long).refused(&[said]);
        run_in("taken", &["minimize", "x^2", "--start", "x=1", "--out", out]).refused(&[said]);
    }
    assert_eq!(files(&folder), ["file"]);
    assert_eq!(fs::read_to_string(folder.join("file")).unwrap(), "kept");
}

#[test]
fn an_earlier_run_is_replaced_where_it_is_named() {
    let folder = empty("replaced");
    for epochs in ["1", "2"] {
        run_in("replaced", &["train", "xor", "--epochs", epochs, "--out", "here", "-q"]);
    }
    assert_eq!(files(&folder), ["here"]);
    assert_eq!(fs::read_to_string(folder.join("here/history.csv")).unwrap().lines().count(), 4);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_was_reached() {
    let folder = empty("interrupted");
    let arguments = ["train", "xor", "--epochs", "1e15", "--out", "here", "--json"];
    let child =
        command("interrupted", &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let run: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(run["stop"]["reason"], "interrupted");
    assert!(run["loss"].as_f64().unwrap() < 1e-20);
    assert!(folder.join("here/result.json").is_file());
}

#[test]
fn examples_are_copied_once() {
    let folder = empty("copied");
    assert_eq!(run_in("copied", &["examples", "xor", "--to", "mine"]).code, 0);
    assert!(folder.join("mine/xor.model").is_file());
    run_in("copied", &["examples", "xor", "--to", "mine"]).refused(&["exists already"]);
    run_in("copied", &["examples", "nope"]).refused(&["no built-in model 'nope'; there are xor"]);
}
