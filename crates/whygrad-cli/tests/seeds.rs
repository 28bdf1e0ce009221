//! Every command in the comments of `examples/seeds/` and in its README is accepted as it stands.

use std::path::Path;
use std::process::Command;

/// The lines `whygrad ...` of a text: after `#` in a model or gradient, in backquotes in the README.
fn commands(text: &str) -> Vec<String> {
    let commented = text.lines().filter_map(|line| line.strip_prefix("# ")).map(str::trim);
    let quoted = text.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|l| l.split('`').next());
    commented.chain(quoted).filter(|line| line.starts_with("whygrad ")).map(str::to_owned).collect()
}

/// The words of a line, quotes taken off.
fn words(line: &str) -> Vec<String> {
    line.split('"')
        .enumerate()
        .flat_map(|(k, part)| match k % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

#[test]
fn every_command_of_the_documents_systems_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(root.join("examples/seeds")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "model" || e == "gradient" || e == "md") {
            lines.extend(commands(&std::fs::read_to_string(&path).unwrap()));
        }
    }
    lines.sort();
    lines.dedup();
    assert!(lines.len() >= 40, "{} commands", lines.len());
    for line in &lines {
        // One pass over the data shows that files and options fit; the figures are held by the library's test.
        let mut arguments = words(line);
        arguments.remove(0);
        if let Some(at) = arguments.iter().position(|a| a == "--epochs") {
            arguments[at + 1] = "1".into();
        }
        arguments.extend(["--quiet", "--out", "none"].map(str::to_owned));
        let mut command = Command::new(env!("CARGO_BIN_EXE_whygrad"));
        let output = command.args(&arguments).current_dir(&root).output().unwrap();
        assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
