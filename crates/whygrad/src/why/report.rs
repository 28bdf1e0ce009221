//! The answer: a verdict, and findings with evidence and experiments.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::interop::shell;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The goal is reached.
    Solved,
    /// The loss grew, or a number is not finite.
    Diverged,
    /// The loss falls no more, and the goal is not reached.
    Stalled,
    /// The loss was still falling when the run ended.
    StillMoving,
    /// None of these.
    Unknown,
}

/// The kind of a cause; a stable name for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the title of a file in `finding/`, which says what it is")]
pub enum Kind {
    Solved,
    SymmetricUnits,
    LearningRateTooHigh,
    LearningRateTooLow,
    Plateau,
    Saturated,
    DeadUnits,
    Saddle,
    LocalMinimum,
    OptimumAtInfinity,
    LossUnbounded,
    VanishingGradient,
    ExplodingGradient,
    NotANumber,
    CannotRepresent,
    OutputRange,
    UnscaledInputs,
    TooFewSteps,
    WrongReadout,
    RegularisationTooStrong,
    RowOrder,
    GradientWrong,
    UpdateWrong,
    NothingWrong,
    Unknown,
}

impl Kind {
    /// The name in documents: `symmetric-units`.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// How a run ended, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The loss at the end; null where it is not finite.
    pub loss: f64,
    /// The share of right rows, where rows can be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<f64>,
    /// Epochs done.
    pub epochs: u64,
    /// Whether the goal was reached.
    pub solved: bool,
}

/// Only the suspected cause was changed, and the run made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Experiment {
    /// What was changed, in words.
    pub change: String,
    /// The run as it was.
    pub before: Outcome,
    /// The run with the change.
    pub after: Outcome,
    /// Where the change was drawn at random: how many draws reached the goal, and how many there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draws: Option<[usize; 2]>,
}

/// What to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advice {
    /// In words, a whole sentence; where no command does it, or beside it.
    pub words: String,
    /// The model to train instead, where another is needed, as `train` takes it.
    pub model: Option<String>,
    /// The options of `train` that make the change: `["--lr", "0.3"]`.
    pub flags: Vec<String>,
}

impl Advice {
    /// Options of `train` that make the change, and a sentence.
    pub(super) fn flags(words: impl Into<String>, flags: &[&str]) -> Advice {
        Advice { words: words.into(), model: None, flags: flags.iter().map(|&f| f.into()).collect() }
    }

    /// A sentence where no command does it.
    pub(super) fn words(words: impl Into<String>) -> Advice {
        Advice { words: words.into(), ..Advice::default() }
    }

    /// The same beside what another advice says; where both say an option, this one's.
    pub(super) fn on_top_of(&self, first: &Advice) -> Advice {
        let mut flags = Vec::new();
        let mut words = first.flags.iter().peekable();
        while let Some(word) = words.next() {
            let value = words.next_if(|next| !next.starts_with("--"));
            if !self.flags.contains(word) {
                flags.push(word.clone());
                flags.extend(value.cloned());
            }
        }
        flags.extend(self.flags.iter().cloned());
        let model = self.model.clone().or_else(|| first.model.clone());
        Advice { words: self.words.clone(), model, flags }
    }

    /// The command to paste, where there is one. Options of the run give way where the advice says them otherwise.
    pub fn command(&self, again: &Again) -> Option<String> {
        if self.model.is_none() && self.flags.is_empty() {
            return None;
        }
        let (model, said) = match &self.model {
            Some(model) => (model.as_str(), again.said.as_slice()),
            None => again.run.split_first().map_or(("", &[][..]), |(model, said)| (model.as_str(), said)),
        };
        let mut said = Advice { flags: said.to_vec(), ..Advice::default() };
        let says = |name: &str| self.flags.iter().any(|f| f == name);
        // What another choice makes senseless.
        if says("--init") || says("--seed") {
            said = without(&said, "--restart");
        }
        let mut words = vec![model.to_owned()];
        words.extend(self.on_top_of(&said).flags);
        Some(format!("whygrad train {}", shell::line(&words)))
    }
}

/// An advice without one of its options, which has a value.
pub(super) fn without(advice: &Advice, name: &str) -> Advice {
    let mut flags = advice.flags.clone();
    while let Some(at) = flags.iter().position(|flag| flag == name) {
        flags.drain(at..(at + 2).min(flags.len()));
    }
    Advice { flags, ..advice.clone() }
}

/// What makes a run again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Again {
    /// What `train` takes: the run's folder, or its model with options.
    pub run: Vec<String>,
    /// All options of the run, its data among them, for another model: what belongs to its own parameters is not here.
    pub said: Vec<String>,
}

/// A cause, or what speaks for one.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// True where its experiment recovered the run, or a certificate proves it.
    pub confirmed: bool,
    /// One sentence that a learner understands.
    pub summary: String,
    /// Numbers by name.
    pub evidence: Map<String, Value>,
    /// The run that proves it.
    pub experiment: Option<Experiment>,
    /// What to do.
    pub advice: Advice,
    /// What it is, why it happens, and where to read about it; a paragraph.
    pub explanation: String,
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What happened.
    pub verdict: Verdict,
    /// One sentence.
    pub summary: String,
    /// The causes, the one whose experiment recovers most first.
    pub findings: Vec<Finding>,
    /// Someone asked to stop before everything was tried.
    pub interrupted: bool,
    /// What is to be known of the answer as a whole, a sentence each: the data are others than those of the run, there
    /// was no time for everything.
    pub notes: Vec<String>,
}
