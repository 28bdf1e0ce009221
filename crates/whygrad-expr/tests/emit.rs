//! Emitted code is run and held against the oracle; of one net the text itself is held.

#[path = "emit/build.rs"]
mod build;
#[path = "emit/programs.rs"]
mod programs;
#[path = "emit/runners.rs"]
mod runners;

use programs::Case;
use whygrad_expr::emit::{Language, emit};

/// How far a number may be from the oracle's, relatively and absolutely.
const TOLERANCE: f64 = 1e-12;

/// Where products overflow, whether inf or nan is left depends on the order of a sum.
fn is_close(a: f64, b: f64, overflows: bool) -> bool {
    if !b.is_finite() {
        return overflows || a == b || (a.is_nan() && b.is_nan());
    }
    (a - b).abs() <= TOLERANCE * (1.0 + b.abs())
}

fn check(language: Language) {
    if !runners::is_present(language) {
        eprintln!("skipped: nothing on this machine runs {language}");
        return;
    }
    let programs = programs::all();
    let sources: Vec<String> = programs.iter().map(|(_, program)| emit(program, language)).collect();
    let mut cases: Vec<Case> = Vec::new();
    for (index, (name, program)) in programs.iter().enumerate() {
        for (scale, rows) in [(1.0, 5), (0.3, 1), (900.0, 5), (0.0, 5), (1e200, 2)] {
            cases.push(programs::case(name, index, program, scale, rows));
        }
    }
    let folder = std::env::temp_dir().join(format!("whygrad-emit-{language}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let answers = runners::answers(language, &folder, &sources, &cases);
    assert_eq!(answers.len(), cases.len());
    let mut mistakes = Vec::new();
    for (case, answer) in cases.iter().zip(&answers) {
        let fits = answer.len() == case.expected.len()
            && answer.iter().zip(&case.expected).all(|(&a, &b)| is_close(a, b, case.scale > 1e100));
        if !fits {
            let line =
                format!("{language}, p{}, {}:\n  {answer:?}\n  {:?}", case.program, case.name, case.expected);
            mistakes.push(line);
        }
    }
    assert!(mistakes.is_empty(), "in {}\n{}", folder.display(), mistakes.join("\n"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn python_agrees_with_the_oracle() {
    check(Language::Python);
}

#[test]
fn numpy_agrees_with_the_oracle() {
    check(Language::NumPy);
}

#[test]
fn r_agrees_with_the_oracle() {
    check(Language::R);
}

#[test]
fn julia_agrees_with_the_oracle() {
    check(Language::Julia);
}

#[test]
fn octave_agrees_with_the_oracle() {
    check(Language::Octave);
}

#[test]
fn c_agrees_with_the_oracle() {
    check(Language::C);
}

#[test]
fn rust_agrees_with_the_oracle() {
    check(Language::Rust);
}

#[test]
fn javascript_agrees_with_the_oracle() {
    check(Language::JavaScript);
}

/// The texts were written by `emit` itself and read by a person; the runs above say that they are right.
#[test]
fn the_formula_net_reads_well() {
    let program = programs::formula_net();
    assert_eq!(emit(&program, Language::Python), include_str!("emit/formula_net.py"));
    assert_eq!(emit(&program, Language::C), include_str!("emit/formula_net.c"));
    assert_eq!(emit(&program, Language::NumPy), include_str!("emit/formula_net_numpy.py"));
}

/// Text grows with terms, not with weights.
#[test]
fn a_wide_net_is_as_short_as_a_narrow_one() {
    for language in Language::ALL {
        let lines = |units| emit(&programs::hidden_layer(units), language).lines().count();
        assert_eq!(lines(3), lines(300), "{language}");
    }
}

#[test]
fn languages_are_found_by_name() {
    for language in Language::ALL {
        assert_eq!(language.to_string().parse(), Ok(language));
    }
    let error = "cobol".parse::<Language>().unwrap_err();
    assert!(error.to_string().starts_with("'cobol' is not a language"));
}
