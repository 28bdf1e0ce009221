//! `derive`: the gradient of a model as a document, or as a program.
//!
//! A [`Derivation`] is data: blocks of named lines. Text, LaTeX, MathML and HTML are renderings
//! of it; code comes from the same program that trains.

mod forms;
mod hessian;
mod html;
mod latex;
mod lines;
mod steps;
mod text;

use std::fmt;
use std::str::FromStr;

use whygrad_expr::emit::{self, Language};

use crate::model::Model;
pub use lines::{Block, Derivation, Line};

/// What a derivation is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain text in the model language.
    Text,
    /// A document that compiles with amsmath.
    Latex,
    /// MathML.
    MathMl,
    /// One page with MathML in it.
    Html,
    /// A program.
    Code(Language),
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Format, String> {
        match text {
            "text" => Ok(Format::Text),
            "latex" | "tex" => Ok(Format::Latex),
            "mathml" => Ok(Format::MathMl),
            "html" => Ok(Format::Html),
            _ => text.parse().map(Format::Code).map_err(|_| {
                "expected text, latex, mathml, html, python, numpy, r, julia, octave, c, rust or javascript".into()
            }),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Format::Text => f.write_str("text"),
            Format::Latex => f.write_str("latex"),
            Format::MathMl => f.write_str("mathml"),
            Format::Html => f.write_str("html"),
            Format::Code(language) => language.fmt(f),
        }
    }
}

/// Which form of a net is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Both for small nets, the matrix form alone beyond 20 parameters.
    #[default]
    Auto,
    /// Every weight for itself.
    Scalar,
    /// Layers as matrices.
    Matrix,
    /// Both, whatever the size.
    Both,
}

impl FromStr for Form {
    type Err = String;
    fn from_str(text: &str) -> Result<Form, String> {
        match text {
            "auto" => Ok(Form::Auto),
            "scalar" => Ok(Form::Scalar),
            "matrix" => Ok(Form::Matrix),
            "both" => Ok(Form::Both),
            _ => Err("expected auto, scalar, matrix or both".into()),
        }
    }
}

/// Whether the chain rule is shown line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Steps {
    /// Only its result.
    #[default]
    No,
    /// From the loss to every parameter.
    All,
    /// From the loss to this parameter.
    Of(String),
}

/// What is to be shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeriveOptions {
    /// Scalar or matrix form.
    pub form: Form,
    /// The chain rule line by line.
    pub steps: Steps,
    /// The second derivatives too.
    pub hessian: bool,
    /// LaTeX without the preamble, to be pasted into a document.
    pub fragment: bool,
}

/// What cannot be derived as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// `--steps` of a name that is no parameter.
    #[error("the model has no parameter '{name}'; it has {known}")]
    UnknownParameter {
        /// The name.
        name: String,
        /// The parameters.
        known: String,
    },
    /// A form that the model does not have.
    #[error(
        "no matrix form: the formula was not recognised as a plain layered net; write it as layers with dense()"
    )]
    NoMatrixForm,
    /// A Hessian of too many parameters to be read.
    #[error(
        "a Hessian of {count} parameters has {entries} entries; at most {most} parameters are written out"
    )]
    HessianTooLarge {
        /// Parameters.
        count: usize,
        /// Second derivatives.
        entries: usize,
        /// The most parameters.
        most: usize,
    },
    /// Steps or a Hessian in code.
    #[error("{what} is written as text, latex, mathml or html, not as {format}")]
    NotAsCode {
        /// `--steps` or `--hessian`
        what: &'static str,
        /// The format asked for.
        format: String,
    },
}

/// The derivation of a model, rendered.
pub fn derive(model: &Model, format: Format, options: &DeriveOptions) -> Result<String, DeriveError> {
    if let Format::Code(language) = format {
        let asked = [("--steps", options.steps != Steps::No), ("--hessian", options.hessian)];
        if let Some((what, _)) = asked.iter().find(|a| a.1) {
            return Err(DeriveError::NotAsCode { what, format: format.to_string() });
        }
        return Ok(emit::emit(&model.program, language));
    }
    let derivation = Derivation::of(model, options)?;
    Ok(match format {
        Format::Latex => latex::render(&derivation, options.fragment),
        Format::MathMl => html::mathml(&derivation),
        Format::Html => html::page(&derivation),
        Format::Text | Format::Code(_) => text::render(&derivation),
    })
}
