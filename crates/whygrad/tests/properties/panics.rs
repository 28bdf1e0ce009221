//! Nothing that is typed makes the library panic, and every message points into the text.

use std::panic::catch_unwind;

use whygrad::examples::EXAMPLES;
use whygrad::expr::diagnostic::Diagnostic;
use whygrad::expr::syntax;
use whygrad::interop::parameters;
use whygrad::model::{Model, ModelOptions};

use crate::case::{case, none_wrong, read};
use crate::draw::Draw;

/// Words of the language, and some that are none.
const WORDS: &[&str] = &[
    "inputs ",
    "target ",
    "targets ",
    "params ",
    "fixed ",
    "minimize ",
    "loss",
    "y_hat",
    "x",
    "y",
    "x1",
    "w",
    "n",
    "h",
    "z",
    "W",
    "e",
    "π",
    "dense",
    "tanh",
    "softmax",
    "select",
    "fill",
    "place",
    "mse",
    "mean",
    "sum",
    "l2",
    "bias",
    "false",
    "activation",
    "outer",
    "transpose",
    "max",
    "=",
    "=",
    "=",
    "(",
    "(",
    ")",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "@",
    ".",
    "'",
    "''",
    "|",
    "<",
    ":",
    ";",
    "!",
    "0",
    "1",
    "2",
    "3.5",
    "1e400",
    "1e-400",
    ".5",
    "0.",
    "1.2.3",
    "\n",
    "\n",
    "\n    ",
    " ",
    " ",
    "\t",
    "# c",
    "\\frac",
    "\\hat",
    "\\sum_{i=1}^n",
    "\\left(",
    "\\right)",
    "\\cdot",
    "_",
    "_{",
    "$",
    "&",
    "\"",
    "ŷ",
    "σ",
    "w₁",
    "²",
    "−",
    "·",
    "√",
    "∑",
    "🦀",
    "é",
    "\u{301}",
    "\u{0}",
    "\u{200b}",
    "‘",
    "…",
    "\r\n",
    "\r",
];

/// Letters that mutations put in.
const LETTERS: &[char] = &[
    '(', ')', '[', ']', '=', ',', '.', '\'', '^', '*', '-', '\n', ' ', '0', '9', 'x', 'h', 'n', '_', '\\',
    '{', '}', '#', 'σ', '₁', '²', '−', '🦀', '\u{301}', '\t', '"', '|',
];

/// Runs what must not panic.
fn quietly<T>(what: &str, action: impl FnOnce() -> T + std::panic::UnwindSafe) -> Result<T, String> {
    catch_unwind(action).map_err(|_| format!("a panic on:\n{what:?}"))
}

fn check_model(text: &str, options: &ModelOptions) -> Result<bool, String> {
    let parsed = quietly(text, || Model::parse(text, options))?;
    let (source, messages, is_model) = match &parsed {
        Ok(model) => (model.source.as_str(), &model.messages, true),
        Err(error) => (error.source_text.as_str(), &error.messages, false),
    };
    if !is_model && !messages.iter().any(Diagnostic::is_error) {
        return Err(format!("no model, and no reason, for:\n{text:?}"));
    }
    check_messages(source, messages).map(|()| is_model)
}

fn check_messages(source: &str, messages: &[Diagnostic]) -> Result<(), String> {
    let outside = messages.iter().find(|m| m.span.is_some_and(|s| source.get(s.start..s.end).is_none()));
    match outside {
        Some(m) => {
            Err(format!("{:?} of '{}' is no place in {} bytes:\n{source:?}", m.span, m.message, source.len()))
        }
        None => Ok(()),
    }
}

fn mutated(draw: &mut Draw, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..draw.between(1, 4) {
        if letters.is_empty() {
            break;
        }
        let at = draw.below(letters.len());
        match draw.below(7) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letters[at]),
            2 => letters[at] = draw.one(LETTERS),
            3 => letters.insert(at, draw.one(LETTERS)),
            4 => letters.splice(at..at, draw.one(WORDS).chars()).for_each(drop),
            5 => letters.truncate(at),
            _ => letters = with_other_lines(draw, &letters),
        }
    }
    letters.into_iter().collect()
}

/// A line removed, repeated or moved.
fn with_other_lines(draw: &mut Draw, letters: &[char]) -> Vec<char> {
    let mut lines: Vec<&[char]> = letters.split(|&c| c == '\n').collect();
    let (at, to) = (draw.below(lines.len()), draw.below(lines.len()));
    match draw.below(3) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(to, lines[at]),
        _ => lines.swap(at, to),
    }
    lines.join(&'\n')
}

#[test]
fn heaps_of_words_are_refused_without_a_panic() {
    let (mut wrong, mut models) = (vec![], 0);
    for seed in 0..10_000 {
        let mut draw = Draw::of(seed);
        let text: String = (0..draw.between(1, 40)).map(|_| draw.one(WORDS)).collect();
        match check_model(&text, &ModelOptions::default()) {
            Ok(model) => models += usize::from(model),
            Err(error) => wrong.push(error),
        }
        match quietly(&text, || syntax::parse_expression(&text)) {
            Ok((_, _, messages)) => wrong.extend(check_messages(&text, &messages).err()),
            Err(error) => wrong.push(error),
        }
    }
    println!("10000 heaps of words, {models} of them models");
    none_wrong(&wrong);
}

#[test]
fn damaged_models_are_refused_without_a_panic() {
    let (mut wrong, mut models) = (vec![], 0);
    for seed in 0..10_000 {
        let mut draw = Draw::of(seed ^ 0xda3a6e);
        let text = if draw.chance(0.5) {
            draw.one(EXAMPLES).text.to_owned()
        } else {
            case(draw.below(200) as u64).model.source
        };
        let text = mutated(&mut draw, &text);
        match check_model(&text, &ModelOptions::default()) {
            Ok(model) => models += usize::from(model),
            Err(error) => wrong.push(error),
        }
    }
    println!("10000 damaged models, {models} of them still models");
    none_wrong(&wrong);
}

#[test]
fn damaged_gradients_and_unknown_losses_are_refused_without_a_panic() {
    let model =
        "inputs x[2]\ntarget y\nhidden = dense(x, 2, tanh)\ny_hat = dense(hidden, 1)\nloss = mse(y_hat, y)\n";
    let gradient = "e = 2/n*(y_hat - y)\ndhidden.W = fill(sum(e), 2, 2)\ndhidden.b[0] = sum(e)\n\
        dhidden.b[1] = sum(e*σ'(x1))\ndy_hat.W[0,0] = 1\ndy_hat.W[0, 1] = sum(e)\ndy_hat.b = sum(e)\n";
    let mut wrong = vec![];
    for seed in 0..3_000 {
        let mut draw = Draw::of(seed ^ 0x62ad);
        let loss = draw.chance(0.2).then(|| draw.one(WORDS).to_owned());
        let damaged = if draw.chance(0.2) { mutated(&mut draw, model) } else { model.to_owned() };
        let options = ModelOptions { gradient: Some(mutated(&mut draw, gradient)), loss };
        if let Err(error) = check_model(&damaged, &options) {
            wrong.push(format!("{error}\nwith {options:?}"));
        }
    }
    none_wrong(&wrong);
}

#[test]
fn damaged_parameter_files_are_refused_without_a_panic() {
    let (mut wrong, mut accepted) = (vec![], 0);
    for seed in 0..5_000 {
        let mut draw = Draw::of(seed ^ 0x0070);
        let case = case(draw.below(100) as u64);
        let program = &case.model.program;
        let text = match draw.below(3) {
            0 => format!("{:?}", case.theta),
            1 => parameters::to_json(&program.parameters, &case.theta).to_string(),
            _ => format!("{{\"params\": {}}}", parameters::to_json(&program.parameters, &case.theta)),
        };
        assert_eq!(parameters::read(&text, &case.model).as_deref(), Ok(&case.theta[..]), "{text}");
        let text = mutated(&mut draw, &text);
        let model = std::panic::AssertUnwindSafe(&case.model);
        match quietly(&text, || parameters::read(&text, &model)) {
            Ok(Ok(theta)) if theta.len() == case.theta.len() => accepted += 1,
            Ok(Ok(theta)) => wrong.push(format!("{} numbers from {text}", theta.len())),
            Ok(Err(error)) => assert!(!error.to_string().is_empty()),
            Err(error) => wrong.push(error),
        }
    }
    println!("5000 damaged parameter files, {accepted} still read");
    none_wrong(&wrong);
}

#[test]
fn a_file_of_parameters_may_nest_too_deep() {
    let model = read("params a\nminimize a^2\n");
    let deep = "[".repeat(100_000);
    assert!(parameters::read(&deep, &model).is_err());
}
