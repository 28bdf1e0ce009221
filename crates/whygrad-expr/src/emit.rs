//! Programs as source files of other languages.
//!
//! One lowering decides which terms get a variable and in which order they are computed; two
//! writers turn it into text. Python, JavaScript, C and Rust get loops over rows; `NumPy`, R,
//! Julia and Octave get whole matrices. The text grows with the number of terms, never with the
//! number of weights, and needs nothing beyond the language's own mathematics.

#![deny(clippy::wildcard_enum_match_arm)]

mod erf;
mod expression;
mod header;
mod language_c;
mod language_javascript;
mod language_julia;
mod language_numpy;
mod language_octave;
mod language_python;
mod language_r;
mod language_rust;
mod loop_entry;
mod loop_function;
mod loops;
mod lower;
mod matrices;
mod matrix_language;
mod names;

use std::fmt;
use std::str::FromStr;

use crate::program::Program;

/// A language that a program can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Lists and the `math` module.
    Python,
    /// Whole arrays.
    NumPy,
    /// Matrices of base R.
    R,
    /// Arrays of Julia's `Base`.
    Julia,
    /// Matrices of Octave.
    Octave,
    /// C99 with `math.h`.
    C,
    /// Slices and the standard library.
    Rust,
    /// Arrays; for pages and for Node.
    JavaScript,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 8] = [
        Language::Python,
        Language::NumPy,
        Language::R,
        Language::Julia,
        Language::Octave,
        Language::C,
        Language::Rust,
        Language::JavaScript,
    ];

    /// Its name as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::NumPy => "numpy",
            Language::R => "r",
            Language::Julia => "julia",
            Language::Octave => "octave",
            Language::C => "c",
            Language::Rust => "rust",
            Language::JavaScript => "javascript",
        }
    }

    /// The usual ending of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Language::Python | Language::NumPy => "py",
            Language::R => "R",
            Language::Julia => "jl",
            Language::Octave => "m",
            Language::C => "c",
            Language::Rust => "rs",
            Language::JavaScript => "js",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a language that code can be written in; known are python, numpy, r, julia, octave, c, rust and javascript"
)]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Language, UnknownLanguage> {
        let known = Language::ALL.into_iter().find(|language| language.name() == text);
        known.ok_or_else(|| UnknownLanguage(text.to_owned()))
    }
}

/// The program as a complete source file with `loss_and_gradient` and `predict`.
pub fn emit(program: &Program, language: Language) -> String {
    match language {
        Language::Python => loops::file(program, &language_python::Python),
        Language::JavaScript => loops::file(program, &language_javascript::JavaScript),
        Language::C => loops::file(program, &language_c::C),
        Language::Rust => loops::file(program, &language_rust::Rust),
        Language::NumPy => matrices::file(program, &language_numpy::NumPy),
        Language::R => matrices::file(program, &language_r::R),
        Language::Julia => matrices::file(program, &language_julia::Julia),
        Language::Octave => matrices::file(program, &language_octave::Octave),
    }
}
