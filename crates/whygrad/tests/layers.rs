//! Who may know whom: crates, the modules of this crate, and what libraries never do.

#[allow(dead_code, reason = "each test uses a part of it")]
mod source;

use std::collections::BTreeSet;
use std::process::Command;

use source::{Source, root, sources};

/// Every crate and the crates of ours that it may use.
const CRATES: &[(&str, &[&str])] = &[
    ("whygrad-expr", &[]),
    ("whygrad-plot", &[]),
    ("whygrad-engine", &["whygrad-expr"]),
    ("whygrad", &["whygrad-engine", "whygrad-plot", "whygrad-expr"]),
    ("whygrad-cli", &["whygrad"]),
    ("xtask", &["whygrad"]),
];

/// Every module of `whygrad` and the modules it may use, from the ground up.
const STOREYS: &[(&str, &[&str])] = &[
    ("random", &[]),
    ("examples", &[]),
    ("data", &["random"]),
    ("init", &["random"]),
    ("model", &["data", "init"]),
    ("derive", &["model"]),
    ("interop", &["data", "model"]),
    ("train", &["random", "data", "init", "model"]),
    ("check", &["random", "examples", "data", "init", "model", "interop", "train"]),
    ("odds", &["data", "init", "train"]),
    ("landscape", &["random", "data", "model", "train"]),
    ("lint", &["random", "data", "model", "train"]),
    ("why", &["random", "data", "init", "model", "interop", "train", "check", "odds", "landscape", "lint"]),
    ("report", &["data", "model", "derive", "interop", "train", "odds", "check", "landscape", "lint", "why"]),
];

/// What libraries leave to the surfaces, and the only paths where it may stand.
const ABSENT: &[(&str, &[&str])] = &[
    ("println!", &["crates/whygrad-cli/", "xtask/"]),
    ("print!", &["crates/whygrad-cli/", "xtask/"]),
    ("eprintln!", &["crates/whygrad-cli/", "xtask/"]),
    ("eprint!", &["crates/whygrad-cli/", "xtask/"]),
    // A child or a net may be silent for long: the length of the wait is a `Duration`, and no clock is read.
    (
        "std::time",
        &[
            "crates/whygrad-cli/",
            "crates/whygrad/src/interop/process.rs",
            "crates/whygrad/src/train/fleet.rs",
            "xtask/",
        ],
    ),
    ("std::env", &["crates/whygrad-cli/", "xtask/"]),
    ("std::fs", &["crates/whygrad-cli/", "crates/whygrad/src/interop", "xtask/"]),
    // Vectors, buffers that threads share tile by tile, and machine code.
    (
        "unsafe",
        &[
            "crates/whygrad-engine/src/chain.rs",
            "crates/whygrad-engine/src/fold.rs",
            "crates/whygrad-engine/src/lines.rs",
            "crates/whygrad-engine/src/machine.rs",
            "crates/whygrad-engine/src/product.rs",
            "crates/whygrad-engine/src/stepper.rs",
            "crates/whygrad-engine/src/team.rs",
            "crates/whygrad-engine/src/trainer.rs",
            "crates/whygrad-engine/src/vector",
            "crates/whygrad-engine/src/view.rs",
            "crates/whygrad-engine/src/x86/machine.rs",
        ],
    ),
];

fn report(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn crates_know_only_those_below() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() >= CRATES.len());
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some((_, allowed)) = CRATES.iter().find(|c| c.0 == name) else {
            found.push(format!("{name}: a new crate needs a line in this test and in ARCHITECTURE.md"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let used = dependency["name"].as_str().unwrap();
            let is_ours = !dependency["path"].is_null();
            // What only tests use makes no arrow.
            if is_ours && dependency["kind"] != "dev" && !allowed.contains(&used) {
                found.push(format!("{name} uses {used}"));
            }
        }
    }
    report(&found);
}

#[test]
fn modules_know_only_those_below() {
    let prefix = "crates/whygrad/src/";
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        let Some(inside) = source.path.strip_prefix(prefix) else { continue };
        let parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        if parts == ["lib"] {
            continue;
        }
        seen.insert(parts[0].to_owned());
        let Some((_, allowed)) = STOREYS.iter().find(|s| s.0 == parts[0]) else {
            found.push(format!("{}: a new module needs a line in this test", source.path));
            continue;
        };
        for (at, used) in modules_used(source, parts.len()) {
            let is_module = STOREYS.iter().any(|s| s.0 == used);
            if is_module && used != parts[0] && !allowed.contains(&used.as_str()) {
                found.push(format!("{}:{}: {} uses {used}", source.path, source.line(at), parts[0]));
            }
        }
    }
    let gone = STOREYS.iter().filter(|s| !seen.contains(s.0));
    found.extend(gone.map(|s| format!("{}: there is no such module", s.0)));
    report(&found);
}

#[test]
fn storeys_stand_on_those_below() {
    for (index, (module, allowed)) in STOREYS.iter().enumerate() {
        let below = |name: &&str| STOREYS[..index].iter().any(|s| s.0 == *name);
        assert!(allowed.iter().all(below), "{module} is listed below something it uses");
    }
}

/// The top modules that a file names, by `crate::` or by as many `super::` as lead there.
fn modules_used(source: &Source, depth: usize) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    let words: Vec<(usize, &str)> = source.words().collect();
    for (index, &(at, word)) in words.iter().enumerate() {
        let next = |index: usize| source.code.get(words[index].0 + words[index].1.len()..).unwrap_or("");
        let mut last = index;
        if word == "super" && index > 0 && words[index - 1].1 == "super" && next(index - 1).starts_with("::")
        {
            continue; // Counted with the first of them.
        }
        match word {
            "crate" => {}
            "super" => {
                while next(last).starts_with("::super") {
                    last += 1;
                }
                if last - index + 1 < depth {
                    continue;
                }
            }
            _ => continue,
        }
        let Some(rest) = next(last).strip_prefix("::") else { continue };
        if let Some(list) = rest.strip_prefix('{') {
            used.extend(heads(list).into_iter().map(|name| (at, name)));
        } else if let Some(&(_, name)) = words.get(last + 1) {
            used.push((at, name.to_owned()));
        }
    }
    used
}

/// The first names of a list such as `a::b, c::{d, e}}`.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut entry, mut entries) = (0, String::new(), Vec::new());
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(std::mem::take(&mut entry)),
            _ => {}
        }
        if character != ',' || depth > 0 {
            entry.push(character);
        }
    }
    entries.push(entry);
    let head = |entry: &String| entry.split("::").next().unwrap_or("").trim().to_owned();
    entries.iter().map(head).filter(|head| !head.is_empty()).collect()
}

#[test]
fn libraries_do_not_print_read_clocks_or_touch_files() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !s.is_test()) {
        for (what, places) in ABSENT {
            if places.iter().any(|place| source.path.starts_with(place)) {
                continue;
            }
            for at in occurrences(source, what) {
                found.push(format!("{}:{}: {what}", source.path, source.line(at)));
            }
        }
    }
    report(&found);
}

/// Where something stands as whole words; `std::{fs, env}` counts as well.
fn occurrences(source: &Source, what: &str) -> Vec<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let code = &source.code;
    let alone = |at: usize| {
        !code[..at].ends_with(is_part)
            && !code[at + what.len()..].starts_with(|c| is_part(c) && !what.ends_with('!'))
    };
    let mut places: Vec<usize> = code.match_indices(what).map(|(at, _)| at).filter(|&at| alone(at)).collect();
    if let Some(module) = what.strip_prefix("std::") {
        let lists = code.match_indices("std::{");
        places.extend(
            lists.filter(|(at, l)| heads(&code[at + l.len()..]).iter().any(|h| h == module)).map(|l| l.0),
        );
    }
    places
}

#[test]
fn names_are_found_in_lists_and_by_their_way_up() {
    let source = |code: &str| Source { path: String::new(), text: String::new(), code: code.to_owned() };
    let names =
        |code: &str, depth| modules_used(&source(code), depth).into_iter().map(|u| u.1).collect::<Vec<_>>();
    assert_eq!(names("use crate::{a::b, c::{d, e}, f};", 1), ["a", "c", "f"]);
    assert_eq!(names("use super::super::train::Run; use super::text;", 2), ["train"]);
    assert_eq!(names("let x = crate::data::read();", 3), ["data"]);
    assert_eq!(occurrences(&source("use std::{fs, io}; std::fs::read(); std::fst"), "std::fs").len(), 2);
    assert_eq!(occurrences(&source("println!(); my_println!(); print!()"), "print!").len(), 1);
}
