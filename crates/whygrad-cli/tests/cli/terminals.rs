//! Pipes, colours and locales.

use std::io::Read;
use std::process::Stdio;

use super::{command, run};

const SHORT: [&str; 6] = ["train", "xor", "--epochs", "50", "--out", "none"];

#[test]
fn data_goes_to_standard_output_and_prose_to_standard_error() {
    let out = run(&SHORT);
    assert!(out.stderr.starts_with("2-2-1, sigmoid, linear output, 9 parameters; 4 rows"), "{}", out.stderr);
    assert!(out.stdout.contains("Stopped: all 50 epochs are done."));
    assert_eq!(run(&[&SHORT[..], &["--json"]].concat()).stderr, "");
    let quiet = run(&[&SHORT[..], &["--quiet"]].concat());
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn there_is_no_colour_where_there_is_no_terminal() {
    for arguments in [&SHORT[..], &["train", "xr"], &["derive", "y = ("]] {
        let out = run(arguments);
        assert!(!out.stdout.contains('\u{1b}') && !out.stderr.contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn a_locale_without_unicode_gets_plain_letters_in_pictures() {
    let output = command("nowhere", &SHORT).env("LC_ALL", "C").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let picture: String = text.lines().take(15).collect();
    assert!(picture.is_ascii(), "{picture}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = command("nowhere", &["derive", "20-20sigmoid-20sigmoid-1", "--form", "scalar"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}
