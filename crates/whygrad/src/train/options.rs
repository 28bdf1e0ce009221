//! What a person chooses about a run.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value as Json;

use super::backward::BackwardOptions;
use super::gradient_options::GradientOptions;
use super::method::MethodKind;
use super::optimiser::Optimiser;
use super::schedule::Schedule;
use super::stepping::Stepping;
use crate::init::{InitError, Initialiser};
use crate::random::{Key, Purpose, PythonRandom, Seed, Source};

/// How many rows stand behind one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BatchSize {
    /// All rows.
    Full,
    /// So many; the last batch of an epoch may be shorter and is averaged over its own rows.
    Rows(usize),
}

impl FromStr for BatchSize {
    type Err = String;
    fn from_str(text: &str) -> Result<BatchSize, String> {
        match text {
            "full" => Ok(BatchSize::Full),
            _ => match text.parse() {
                Ok(rows) if rows > 0 => Ok(BatchSize::Rows(rows)),
                _ => Err("expected `full` or a positive number of rows".into()),
            },
        }
    }
}

impl fmt::Display for BatchSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchSize::Full => write!(f, "full"),
            BatchSize::Rows(rows) => write!(f, "{rows}"),
        }
    }
}

/// The numbers of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 53 bits.
    F64,
    /// 24 bits.
    F32,
}

/// Where random numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RandomSource {
    /// whygrad's own keys.
    Own,
    /// `CPython`'s stream after `random.seed(seed)`.
    Python,
}

impl RandomSource {
    /// The stream of a seed for one purpose, and of one restart of it. Python has one stream for everything,
    /// so the purpose is not used there, and restart k of a seed is the stream of the seed k further on.
    pub(crate) fn stream(self, seed: u64, purpose: Purpose, restart: Option<u64>) -> Box<dyn Source> {
        let key = Key::from_seed(Seed(seed)).purpose(purpose);
        match self {
            RandomSource::Own => Box::new(restart.map_or(key, |k| key.fold(k)).stream()),
            RandomSource::Python => {
                Box::new(PythonRandom::from_seed(Seed(seed.wrapping_add(restart.unwrap_or(0)))))
            }
        }
    }
}

/// When to stop before the last epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StopRules {
    /// Stop when the loss is at most this.
    pub target_loss: Option<f64>,
    /// Stop when no parameter moved by more than this in an epoch.
    pub smallest_change: Option<f64>,
    /// Stop when the Euclidean norm of the gradient on the whole data is at most this.
    pub gradient_norm: Option<f64>,
    /// Stop when every row is on the right side: |output - target| < 0.5.
    pub all_right: bool,
    /// Stop when every output is nearer than this to its target.
    #[serde(default)]
    pub within: Option<f64>,
}

impl StopRules {
    /// How near every output must be to its target, where that is a rule.
    pub(super) fn nearness(&self) -> Option<f64> {
        self.within.or(self.all_right.then_some(RIGHT))
    }
}

/// A row is right where every output is nearer than this to its target.
pub(super) const RIGHT: f64 = 0.5;

/// Where the starting values come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Start {
    /// Given as numbers.
    #[default]
    Given,
    /// From the model's text, the rest drawn as suits the model.
    Model,
    /// Drawn.
    Drawn(Initialiser),
}

impl Start {
    /// The initialiser, where one was chosen.
    pub fn initialiser(self) -> Option<Initialiser> {
        match self {
            Start::Drawn(initialiser) => Some(initialiser),
            Start::Given | Start::Model => None,
        }
    }
}

impl From<Start> for String {
    fn from(start: Start) -> String {
        match start {
            Start::Given => "given".into(),
            Start::Model => "model".into(),
            Start::Drawn(initialiser) => initialiser.to_string(),
        }
    }
}

impl TryFrom<String> for Start {
    type Error = InitError;
    fn try_from(text: String) -> Result<Start, InitError> {
        match text.as_str() {
            "given" => Ok(Start::Given),
            "model" => Ok(Start::Model),
            _ => text.parse().map(Start::Drawn),
        }
    }
}

/// All choices.
///
/// As a document, `optimiser` names what makes the steps, be it an optimiser or a method, and `learning_rate` is null
/// where it has no say. Documents that name a method in `method` alone are read too.
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Options {
    /// Multiplies the gradient in each step.
    pub learning_rate: f64,
    /// Passes over the data, at most.
    pub epochs: u64,
    /// Rows behind one step.
    pub batch: BatchSize,
    /// A new order of the rows in each epoch.
    pub shuffle: bool,
    /// How a step is made of a gradient.
    pub optimiser: Optimiser,
    /// A method that steps all parameters together, in place of the optimiser.
    #[serde(default)]
    pub method: Option<MethodKind>,
    /// How the learning rate changes.
    #[serde(default)]
    pub schedule: Schedule,
    /// What is done to the gradient before a step.
    #[serde(default)]
    pub gradient: GradientOptions,
    /// What is changed in the backward pass.
    #[serde(default)]
    pub backward: BackwardOptions,
    /// Which losses the history of a run in batches has.
    #[serde(default)]
    pub losses: Losses,
    /// The same bits on every machine: no fused products, sums in the order of the rows.
    #[serde(default)]
    pub portable: bool,
    /// Threads at most; without a number as many as the machine has. They change no bit.
    #[serde(default)]
    pub threads: Option<usize>,
    /// Data, starting values and order are drawn from it, apart.
    pub seed: u64,
    /// Which restart of the seed this is: it has starting values and an order of its own.
    #[serde(default)]
    pub restart: Option<u64>,
    /// Where random numbers come from.
    pub random: RandomSource,
    /// Where the starting values came from: Python's one stream goes on from there.
    #[serde(default)]
    pub start: Start,
    /// f64 or f32.
    pub precision: Precision,
    /// When to stop before the last epoch.
    pub stop: StopRules,
    /// Keep every entry of the history, however many.
    pub keep_all_history: bool,
    /// Keep the parameters at every epoch.
    #[serde(skip)]
    pub keep_path: bool,
}

/// Which losses the history of a run in batches has, and its rules look at. In a run on all rows at
/// once both are the same; a tiny net always gives the loss on the whole data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Losses {
    /// The whole data up to [`Options::LARGE`] rows, else running.
    #[default]
    Auto,
    /// After each epoch the loss on the whole data, at the cost of one more pass forward.
    Whole,
    /// The mean of the losses of the batches, each before its step: they are known anyway.
    Running,
}

impl Options {
    /// Above so many rows one more pass over the data is not made without being asked for.
    pub const LARGE: usize = 5000;

    /// How many steps an epoch over so many rows has.
    pub fn steps_per_epoch(&self, rows: usize) -> u64 {
        match self.batch {
            BatchSize::Full => 1,
            BatchSize::Rows(batch) => rows.div_ceil(batch.max(1)).max(1) as u64,
        }
    }

    /// Whether an epoch's loss is the mean of those of its batches.
    pub(crate) fn running_losses(&self, rows: usize) -> bool {
        match self.losses {
            Losses::Auto => rows > Options::LARGE,
            Losses::Whole => false,
            Losses::Running => true,
        }
    }

    /// How many threads may help.
    pub(crate) fn threads(&self) -> usize {
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(available).max(1)
    }
}

/// The field of what makes the steps, and of the rate.
const STEPPING: &str = "optimiser";
const RATE: &str = "learning_rate";

impl Serialize for Options {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The derived function, which knows nothing of the fields beside a field.
        let mut document =
            Options::serialize(self, serde_json::value::Serializer).map_err(ser::Error::custom)?;
        let stepping = Stepping::of(self);
        document[STEPPING] = stepping.to_string().into();
        if !stepping.uses_learning_rate() {
            document[RATE] = Json::Null;
        }
        document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Options {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Options, D::Error> {
        let mut document = Json::deserialize(deserializer)?;
        let stepping = match document.get(STEPPING) {
            Some(Json::String(text)) => Some(text.parse::<Stepping>().map_err(de::Error::custom)?),
            _ => None,
        };
        if let Some(Stepping::Method(_)) = stepping {
            document[STEPPING] = Optimiser::GradientDescent.to_string().into();
        }
        if document.get(RATE).is_some_and(Json::is_null) {
            document[RATE] = Options::default().learning_rate.into();
        }
        let mut options = Options::deserialize(document).map_err(de::Error::custom)?;
        if let (Some(stepping), None) = (stepping, options.method) {
            stepping.apply(&mut options);
        }
        Ok(options)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            learning_rate: 0.5,
            epochs: 10_000,
            batch: BatchSize::Full,
            shuffle: false,
            optimiser: Optimiser::GradientDescent,
            method: None,
            schedule: Schedule::CONSTANT,
            gradient: GradientOptions::default(),
            backward: BackwardOptions::default(),
            losses: Losses::Auto,
            portable: false,
            threads: None,
            seed: 1,
            restart: None,
            random: RandomSource::Own,
            start: Start::Given,
            precision: Precision::F64,
            stop: StopRules::default(),
            keep_all_history: false,
            keep_path: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_names_what_made_the_steps_and_no_rate_without_a_say() {
        for (text, has_rate) in
            [("lm", false), ("newton", false), ("rprop-", false), ("adam", true), ("gd", true)]
        {
            let stepping: Stepping = text.parse().unwrap();
            let mut options = Options::default();
            stepping.apply(&mut options);
            let document = serde_json::to_value(&options).unwrap();
            assert_eq!(document["optimiser"], stepping.to_string());
            assert_eq!(document["learning_rate"].is_number(), has_rate, "{text}");
            assert_eq!(serde_json::from_value::<Options>(document).unwrap(), options);
        }
    }

    #[test]
    fn a_document_with_the_method_beside_the_optimiser_is_read() {
        let mut options = Options { learning_rate: 0.25, ..Options::default() };
        options.method = "lm".parse().ok();
        let mut document = serde_json::to_value(&options).unwrap();
        document["optimiser"] = "gradient-descent".into();
        document["learning_rate"] = 0.25.into();
        assert_eq!(serde_json::from_value::<Options>(document.clone()).unwrap(), options);
        document["optimiser"] = "adm".into();
        assert!(
            serde_json::from_value::<Options>(document).unwrap_err().to_string().contains("did you mean")
        );
    }
}
