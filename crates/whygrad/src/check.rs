//! Compares a gradient of the person's own with the true one, and names the mistake.
//!
//! `source (formulas, numbers, a program) -> probes (points and data) -> truth at each, with its noise
//! -> what is wrong -> hypotheses that reproduce the numbers -> report`.

pub mod closure;
mod components;
mod differences;
pub mod formulas;
mod guard;
mod judge;
mod kinks;
mod loss;
pub mod mark;
pub mod mistake;
mod noise;
pub mod numbers;
pub mod point;
mod precision;
pub mod probe;
pub mod program;
mod search;
pub mod second_order;
pub mod template;
pub mod truth;

use crate::data::Dataset;
use crate::model::Model;
use crate::random::Seed;
pub use formulas::Formulas;
pub use mark::{Change, ChangeKind, Mark};
pub use mistake::Kind;
pub use probe::{Freedom, Probe, Role};

/// Where the gradient to be checked comes from.
pub trait Source {
    /// The points at which there are numbers, where the source cannot be asked at others.
    fn points(&self) -> Option<Vec<Probe>> {
        None
    }

    /// The gradient at one probe. Asked again with the same probe, a source may answer otherwise:
    /// that is how accumulation shows.
    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble>;

    /// Where what was written is wrong, and what to write; nothing where there is no text.
    fn marks(&self, _model: &Model, _report: &Report) -> Vec<Mark> {
        vec![]
    }
}

/// What a source says at one probe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The derivatives in the order of the flat parameters; `None` where the source gives none at
    /// all, not a number where it says so.
    pub gradient: Vec<Option<f64>>,
    /// The loss, where it is given.
    pub loss: Option<f64>,
}

/// Why a source gave no usable answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// What happened, with what was expected and what was got.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// How to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// The rows that belong to the model, also the kind and scale of random ones.
    pub data: Option<Dataset>,
    /// The point that belongs to the model, also the scale of random ones.
    pub point: Option<Vec<f64>>,
    /// The learning rate the source uses, where one was given.
    pub learning_rate: Option<f64>,
    /// Which values may be drawn.
    pub freedom: Freedom,
    /// Where random points and rows come from.
    pub seed: Seed,
}

impl Default for Options {
    fn default() -> Options {
        let freedom = Freedom::default();
        Options { data: None, point: None, learning_rate: None, freedom, seed: Seed(1) }
    }
}

/// The answer as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every component given agrees at every probe.
    Right,
    /// At least one does not.
    Wrong,
    /// There was nothing to compare at any probe.
    Undecided,
}

/// What was found of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Agrees at every probe.
    Right,
    /// Differs at one probe at least.
    Wrong,
    /// Given, but nowhere to be told: what is true is itself in doubt, or not finite.
    Undecided,
    /// Not given.
    NotGiven,
}

/// One component of the gradient, with its numbers at one probe: the first at which it is wrong, else the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// `w1`, `hidden.W[0,1]`
    pub name: String,
    /// Right or wrong.
    pub status: Status,
    /// Which probe the numbers are of.
    pub probe: usize,
    /// The person's.
    pub given: Option<f64>,
    /// From the derived term.
    pub derived: f64,
    /// By a complex step; `None` where the net is too large to do it for every component, or the
    /// loss is not analytic there.
    pub complex_step: Option<f64>,
    /// By central differences, with the estimate of their error; `None` as above.
    pub difference: Option<(f64, f64)>,
    /// What the derived value may be off in the precision of the source.
    pub noise: f64,
    /// The interval of values accepted at a kink.
    pub interval: Option<(f64, f64)>,
    /// |given - derived| over the larger of the two.
    pub relative_error: Option<f64>,
}

/// One mistake that explains the numbers of some components.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// Its kind.
    pub kind: Kind,
    /// Its entry in the catalogue, and a mistake's page in the book: `slope-missing`.
    pub entry: &'static str,
    /// Offsets of the components it explains.
    pub components: Vec<usize>,
    /// What is wrong, in one sentence about this model.
    pub explanation: String,
    /// Why it is wrong, in one sentence.
    pub why: String,
    /// The component as given, as a formula.
    pub given: String,
    /// The component as it should be.
    pub right: String,
    /// What to write.
    pub fix: String,
    /// True where nothing else explains the numbers.
    pub certain: bool,
    /// The explanations of a group exclude each other: one of its options is what happened.
    pub group: usize,
    /// Which explanation of the group this belongs to; mistakes of one option are there together.
    pub option: usize,
}

/// How the source's loss compares.
#[derive(Clone, Debug, PartialEq)]
pub enum LossStatus {
    /// The same at every probe.
    Agrees,
    /// Not the same; with what it is, where that was found.
    Differs(String),
    /// None was given.
    NotGiven,
}

/// In which precision the source computes or prints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// 53 bits.
    Double,
    /// 24 bits.
    Single,
    /// So many digits after the decimal point.
    Decimals(usize),
    /// So many digits that count, wherever the decimal point is.
    Digits(usize),
}

/// A check's result, as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Right, wrong or undecided.
    pub verdict: Verdict,
    /// Every component.
    pub components: Vec<Component>,
    /// What explains the wrong ones.
    pub mistakes: Vec<Mistake>,
    /// The wrong lines of a text, with what to write.
    pub marks: Vec<Mark>,
    /// The loss.
    pub loss: LossStatus,
    /// The precision of the source.
    pub precision: Precision,
    /// What else is to be said: kinks and conventions, probes left out, a gradient right for another loss.
    pub notes: Vec<String>,
    /// Where it was asked.
    pub probes: Vec<Probe>,
}

/// A probe, what the source said there, and what is true.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question.
    pub probe: Probe,
    /// The source's answer.
    pub answer: Answer,
    /// The true gradient.
    pub truth: truth::Truth,
    /// How far each component may be off, in the precision of the source.
    pub tolerance: Vec<f64>,
    /// Which components are off by more.
    pub wrong: Vec<bool>,
}

/// Checks the gradient of a source against the model's.
///
/// # Errors
/// Where the source does not answer as it should.
pub fn check(model: &Model, source: &mut dyn Source, options: &Options) -> Result<Report, Trouble> {
    let probes = source.points().unwrap_or_else(|| probe::plan(model, options));
    let mut asked = Vec::new();
    for probe in &probes {
        let answer = source.ask(probe)?;
        asked.push((probe.clone(), answer));
    }
    let mut report = truth::judge(model, asked);
    if report.0.verdict == Verdict::Wrong {
        report.0.mistakes = search::explain(model, &report.1);
        report.0.marks = source.marks(model, &report.0);
    }
    Ok(report.0)
}
