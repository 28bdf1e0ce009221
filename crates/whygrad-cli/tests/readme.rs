//! What the README shows is what happens.
//!
//! A block of the kind `text title=net.model` is written to a file of that name. In a block of the kind
//! `console` each line `$ whygrad ...` is run, in one folder and in the order of the page; below it stands
//! what the command says, standard error first. A line `...` stands for any lines. Times and rates differ
//! from run to run, and so do numbers below 1e-20, which are what rounding leaves of 0.
//!
//! `UPDATE_README=1 cargo test -p whygrad-cli --test readme` writes what the commands say into the page.

use std::path::{Path, PathBuf};
use std::process::Command;

const TEST_COMMAND: &str = "cargo test --workspace";

/// A fenced block of the page.
struct Block {
    /// Its first line in the page, from 1.
    line: usize,
    /// What stands behind the fence.
    kind: String,
    lines: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (index, line) in page.lines().enumerate() {
        if let Some(kind) = line.strip_prefix("```") {
            inside = !inside;
            if inside {
                blocks.push(Block { line: index + 1, kind: kind.trim().to_owned(), lines: vec![] });
            }
        } else if inside && let Some(block) = blocks.last_mut() {
            block.lines.push(line.to_owned());
        }
    }
    assert!(!inside, "the last block of the page has no end");
    blocks
}

/// The arguments of a command as a shell would cut them; single quotes are understood.
fn arguments(command: &str) -> Vec<String> {
    let (mut arguments, mut current, mut quoted) = (Vec::new(), None::<String>, false);
    for character in command.chars() {
        match character {
            '\'' => {
                quoted = !quoted;
                current.get_or_insert_default();
            }
            ' ' if !quoted => arguments.extend(current.take()),
            _ => current.get_or_insert_default().push(character),
        }
    }
    arguments.extend(current);
    arguments
}

/// What a command says, standard error first.
fn run(folder: &Path, command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_whygrad"))
        .args(arguments(command))
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    text(output.stderr) + &text(output.stdout)
}

/// A line without what differs from run to run.
fn masked(line: &str) -> String {
    let words: Vec<&str> = line.trim_end().split(' ').collect();
    let number = |word: &str| word.trim_end_matches([',', ';', '.']).replace(',', "").parse::<f64>().ok();
    let mut shown: Vec<String> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = |ahead: usize| words.get(index + ahead).map_or("", |w| w.trim_end_matches([',', '.']));
        let is_time = next(1) == "s";
        let is_rate = (next(1) == "epochs" && next(2) == "a") || (next(1) == "a" && next(2) == "second");
        let is_rounding = number(word).is_some_and(|x| x != 0.0 && x.abs() < 1e-20);
        let hidden = number(word).is_some() && (is_time || is_rate || is_rounding);
        shown.push(if hidden { "#".to_owned() } else { masked_json(word) });
    }
    shown.join(" ")
}

/// A JSON document without its times.
fn masked_json(text: &str) -> String {
    let mut shown = text.to_owned();
    for key in ["\"seconds\":", "\"epochs_per_second\":", "\"net_epochs_per_second\":"] {
        if let Some((before, rest)) = shown.split_once(key)
            && let Some(end) = rest.find([',', '}'])
        {
            shown = format!("{before}{key}#{}", &rest[end..]);
        }
    }
    shown
}

/// True where the lines are those expected, `...` standing for any lines.
fn fits(expected: &[String], lines: &[String]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first.trim() == "..." => {
            (0..=lines.len()).any(|skip| fits(rest, &lines[skip..]))
        }
        Some((first, rest)) => lines.first() == Some(first) && fits(rest, &lines[1..]),
    }
}

fn lines_of(text: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = text.iter().map(|line| masked(line)).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Runs the commands of a block; tells what does not fit, and gives the lines the block should have.
fn check(folder: &Path, block: &Block) -> (Vec<String>, Vec<String>) {
    let (mut wrong, mut right) = (Vec::new(), Vec::new());
    let starts: Vec<usize> = (0..block.lines.len()).filter(|&at| block.lines[at].starts_with("$ ")).collect();
    assert_eq!(starts.first(), Some(&0), "the block in line {} begins with no command", block.line);
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(block.lines.len());
        let line = block.line + 1 + start;
        let Some(command) = block.lines[start].strip_prefix("$ whygrad ") else {
            wrong.push(format!("line {line}: only whygrad is run in a console block"));
            continue;
        };
        let quoted: Vec<&str> = block.lines[start + 1..end].iter().map(String::as_str).collect();
        let said = run(folder, command);
        right.push(block.lines[start].clone());
        right.extend(said.trim_end().lines().map(|line| line.trim_end().to_owned()));
        if !fits(&lines_of(&quoted), &lines_of(&said.lines().collect::<Vec<_>>())) {
            wrong.push(format!("line {line}: whygrad {command} says\n{said}"));
        }
    }
    (wrong, right)
}

#[test]
fn every_command_of_the_readme_says_what_the_readme_says() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut shown, mut wrong) = (0, Vec::new());
    let mut replaced = Vec::new();
    for block in blocks(&page) {
        if let Some(name) = block.kind.strip_prefix("text title=") {
            std::fs::write(folder.join(name), block.lines.join("\n") + "\n").unwrap();
        } else if block.kind == "console" {
            shown += 1;
            let (differences, right) = check(&folder, &block);
            wrong.extend(differences);
            replaced.push((block, right));
        }
    }
    if std::env::var_os("UPDATE_README").is_some() {
        let mut updated: Vec<String> = page.lines().map(str::to_owned).collect();
        // From the end of the page, so that what stands above keeps its place.
        for (block, right) in replaced.into_iter().rev() {
            updated.splice(block.line..block.line + block.lines.len(), right);
        }
        std::fs::write(root().join("README.md"), updated.join("\n") + "\n").unwrap();
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(shown >= 5, "the README shows each verb");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_gate_runs_the_test_command_of_the_readme() {
    for file in ["README.md", ".ci/run"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        assert!(text.contains(TEST_COMMAND), "{file} does not say {TEST_COMMAND}");
    }
}

#[test]
fn every_example_model_is_read() {
    let mut models = 0;
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "model") {
            models += 1;
            let mut command = Command::new(env!("CARGO_BIN_EXE_whygrad"));
            let output = command.arg("derive").arg(&path).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{}: {said}", path.display());
        }
    }
    assert!(models > 0);
}

#[test]
fn times_rates_and_what_rounding_leaves_are_masked() {
    let line = masked("4000 epochs in 0.002 s, 1685195 epochs a second.");
    assert_eq!(line, "4000 epochs in # s, # epochs a second.");
    assert_eq!(masked("Loss 6.193791e-31; 4 of 4 rows"), "Loss # 4 of 4 rows");
    let document = masked(r#"{"loss":1,"seconds":0.1,"epochs_per_second":2}"#);
    assert_eq!(document, r#"{"loss":1,"seconds":#,"epochs_per_second":#}"#);
    let lines = |text: &[&str]| text.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(fits(&lines(&["a", "...", "c"]), &lines(&["a", "b", "b", "c"])));
    assert!(!fits(&lines(&["a", "..."]), &lines(&["b"])));
    assert_eq!(arguments("minimize 'x^2 + 1' --lr 0.1"), ["minimize", "x^2 + 1", "--lr", "0.1"]);
}
