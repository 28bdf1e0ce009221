//! A derivation as data.

use whygrad_expr::arena::{Arena, SymbolKind, Term};
use whygrad_expr::print::{self, Names, Notation};
use whygrad_expr::program::Program;

use super::{DeriveError, DeriveOptions, Form, Steps, forms, hessian, steps};
use crate::model::Model;

/// One line: `left = right`, with a remark.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What is on the left.
    pub left: Left,
    /// What it is equal to, by notation.
    pub right: Right,
    /// The rule, or another remark in words.
    pub remark: Option<String>,
}

/// The left side of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Left {
    /// A name: `z1`, `loss`.
    Name(String),
    /// dL by a name.
    Derivative(String),
    /// dL by a term that has no name.
    DerivativeByTerm(Term),
    /// The second derivative by two names.
    Second(String, String),
    /// The matrix of a layer, `W1`, listed with its entries.
    Matrix(String),
}

/// The right side of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    /// A term.
    Term(Term),
    /// Rows of names: a matrix of parameters.
    Rows(Vec<Vec<String>>),
}

/// Lines under a heading; all terms live in the block's arena.
#[derive(Clone, Debug)]
pub struct Block {
    /// `Scalar form`, `Step by step`.
    pub heading: String,
    /// Groups of lines, each under its word: forward, backward, gradient.
    pub groups: Vec<(String, Vec<Line>)>,
    /// Where the terms live.
    pub arena: Arena,
    /// Names in the model language.
    pub text_names: Names,
    /// Short names for paper: `W1` for `hidden.W`.
    pub paper_names: Names,
    /// What the short names stand for: (`W1`, `hidden.W`).
    pub legend: Vec<(String, String)>,
    /// Whether the legend is shown: not where the short names are the only ones.
    pub listed: bool,
}

/// The derivation of a model.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// `2-2-1, sigmoid, linear output, 9 parameters`
    pub title: String,
    /// The blocks in order.
    pub blocks: Vec<Block>,
}

/// The most parameters for which every weight is written for itself unasked.
const SCALAR_LIMIT: usize = 20;

impl Derivation {
    /// Derives a model.
    pub fn of(model: &Model, options: &DeriveOptions) -> Result<Derivation, DeriveError> {
        let small = model.program.parameter_count() <= SCALAR_LIMIT;
        let layered = model.has_matrices();
        let (scalar, matrix) = match options.form {
            Form::Auto => (small || !layered, true),
            Form::Scalar => (true, false),
            Form::Matrix => (false, true),
            Form::Both => (true, true),
        };
        let mut blocks = Vec::new();
        let parameter = match &options.steps {
            Steps::Of(parameter) => Some(parameter.as_str()),
            Steps::All | Steps::No => None,
        };
        if options.steps == Steps::No {
            if layered && matrix {
                blocks.push(forms::native(model, "Matrix form"));
            }
            if scalar {
                blocks.push(if layered { forms::scalar(model) } else { forms::native(model, "Scalar form") });
            }
            if !layered && matrix {
                match forms::matrix_of_formula(model) {
                    Some(block) => blocks.push(block),
                    None if options.form == Form::Auto => {}
                    None => return Err(DeriveError::NoMatrixForm),
                }
            }
        } else {
            blocks.push(steps::block(model, parameter)?);
        }
        if options.hessian {
            blocks.push(hessian::block(model)?);
        }
        Ok(Derivation { title: model.describe(), blocks })
    }
}

impl Block {
    pub(crate) fn new(heading: &str, program: &Program) -> Block {
        Block {
            heading: heading.into(),
            groups: vec![],
            arena: program.arena.clone(),
            text_names: Names::new(),
            paper_names: Names::new(),
            legend: vec![],
            listed: true,
        }
    }

    /// A name in both notations.
    pub(crate) fn name(&mut self, term: Term, name: &str, paper: &str) {
        self.text_names.insert(term, name);
        self.paper_names.insert(term, paper);
    }

    /// The short name for paper of a text name.
    pub(crate) fn paper<'a>(&'a self, name: &'a str) -> &'a str {
        self.legend.iter().find(|l| l.1 == name).map_or(name, |l| l.0.as_str())
    }

    /// True for the name of a parameter of the model.
    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.arena.symbols().iter().any(|s| s.kind == SymbolKind::Parameter && s.name == name && self.listed)
    }

    /// A term in a notation.
    pub(crate) fn term(&self, term: Term, notation: Notation) -> String {
        let names = if notation == Notation::Text { &self.text_names } else { &self.paper_names };
        print::expression(&self.arena, term, names, notation)
    }
}

impl Line {
    pub(crate) fn plain(left: Left, term: Term) -> Line {
        Line { left, right: Right::Term(term), remark: None }
    }
}
