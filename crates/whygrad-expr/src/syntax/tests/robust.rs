//! What no input may do: panic, overflow the stack, take long, or give a place inside a character.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::ast::Ast;
use super::super::{parse_document, parse_expression};
use crate::diagnostic::Diagnostic;

fn check_places(source: &str, ast: &Ast, diagnostics: &[Diagnostic]) {
    let expressions = ast.expressions.iter().map(|expression| expression.span);
    let statements = ast.statements.iter().map(|statement| statement.span);
    let errors = diagnostics.iter().filter_map(|diagnostic| diagnostic.span);
    for span in expressions.chain(statements).chain(errors) {
        assert!(source.get(span.start..span.end).is_some(), "{span:?} of {source:?}");
    }
}

fn survives(source: &str) {
    let (ast, diagnostics) = parse_document(source);
    check_places(source, &ast, &diagnostics);
    let (ast, id, diagnostics) = parse_expression(source);
    check_places(source, &ast, &diagnostics);
    assert_eq!(id.is_none(), diagnostics.iter().any(Diagnostic::is_error), "{source:?}");
}

const FRAGMENTS: [&str; 72] = [
    "inputs ",
    "target",
    "params",
    "minimize",
    " in ",
    "x",
    "w_1",
    "ŷ",
    "y\u{302}",
    "₁",
    "²",
    "⁻¹",
    "ⁿ",
    "ᵀ",
    "2",
    ".5",
    "1e-3",
    "1e",
    "+",
    "-",
    "−",
    "*",
    "/",
    "^",
    "**",
    "@",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    ",",
    ";",
    ":",
    "=",
    "==",
    ":=",
    ".",
    "'",
    "′",
    "″",
    "\n",
    "\n  ",
    " ",
    "#",
    "%",
    "$",
    "$$",
    "&",
    "~",
    "\\",
    "\\\\",
    "\\hat",
    "\\hat{",
    "\\frac",
    "\\sqrt[",
    "\\sum_{i=1}^n",
    "\\sum",
    "_",
    "_{",
    "^{",
    "\\text{",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\nabla_",
    "\\partial",
    "\\Delta ",
    "\\|",
    "\\log",
    "\\qquad",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(source in any::<String>()) {
        survives(&source);
    }

    #[test]
    fn any_row_of_fragments_is_read_or_refused(picks in proptest::collection::vec(0..FRAGMENTS.len(), 0..24)) {
        let source: String = picks.into_iter().map(|pick| FRAGMENTS[pick]).collect();
        survives(&source);
    }
}

#[test]
fn a_long_sum_is_read_quickly() {
    for term in [" + x1*w1", r" + x_{1i}w_1"] {
        let source = format!("y = x{}", term.repeat(100_000));
        let start = Instant::now();
        let (ast, diagnostics) = parse_document(&source);
        assert_eq!(diagnostics, []);
        assert_eq!(ast.statements.len(), 1);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

#[test]
fn a_file_of_many_mistakes_is_read_quickly() {
    for line in [
        "y = (\n",
        "\\frac{\n",
        "a b\n",
        "$$ $\n",
        "f(x) = f_x \\; \n",
        "w_{",
        "((((",
        "{[(",
        "\\hat{",
        "\\|",
        "|",
    ] {
        let start = Instant::now();
        survives(&line.repeat(20_000));
        assert!(start.elapsed() < Duration::from_secs(5), "{line:?} {:?}", start.elapsed());
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    for (open, middle, close) in [
        ("(", "x", ")"),
        ("[", "x", "]"),
        ("-", "x", ""),
        ("2^", "x", ""),
        ("f(", "x", ")"),
        ("a*(b + ", "x", ")"),
        ("√", "x", ""),
        ("\\sqrt{", "x", "}"),
        ("\\frac1{", "x", "}"),
        ("\\sum ", "x", ""),
        ("\\log ", "x", ""),
        ("{", "\\theta", "}"),
    ] {
        let source = format!("{}{middle}{}", open.repeat(10_000), close.repeat(10_000));
        let (_, id, diagnostics) = parse_expression(&source);
        let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!((id, codes), (None, vec!["too-deep"]), "{open}");
    }
    let source = format!("{}x{}", "(".repeat(90), ")".repeat(90));
    assert_eq!(parse_expression(&source).2, []);
}

#[test]
fn accents_may_not_nest_without_end() {
    let source = format!("{}y{}", "\\hat{".repeat(10_000), "}".repeat(10_000));
    survives(&source);
    survives(&"x_{".repeat(5_000));
    survives(&"\\Delta ".repeat(5_000));
    survives(&"x_\\hat".repeat(5_000));
}
