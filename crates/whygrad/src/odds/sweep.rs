//! Sweeps: which values a setting takes one after another, read from text such as `lr=0.1:10:log20`.

use std::fmt;
use std::str::FromStr;

use crate::data::nearest;
use crate::init::Initialiser;
use crate::train::schedule::Schedule;
use crate::train::{BatchSize, Options, Stepping};

mod read;

/// A setting that can be swept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The learning rate.
    LearningRate,
    /// How starting values are drawn.
    Init,
    /// Rows behind one step.
    Batch,
    /// Epochs at most.
    Epochs,
    /// How a step is made of a gradient.
    Optimiser,
    /// The share of the last step that goes on, where the optimiser has one.
    Momentum,
    /// The loss, in place of the model's own.
    Loss,
    /// The units of the hidden layers of a net in one word.
    Hidden,
    /// How the learning rate goes on.
    Schedule,
    /// A number of those that change the gradient.
    Factor(Factor),
}

/// A number that changes the gradient before a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// [`crate::train::GradientOptions::weight_decay`].
    WeightDecay,
    /// [`crate::train::GradientOptions::l1`].
    L1,
    /// [`crate::train::GradientOptions::l2`].
    L2,
    /// [`crate::train::GradientOptions::clip_norm`].
    ClipNorm,
    /// [`crate::train::GradientOptions::clip_value`].
    ClipValue,
    /// [`crate::train::backward::BackwardOptions::sigmoid_prime_offset`].
    SigmoidPrimeOffset,
    /// [`crate::train::backward::BackwardOptions::error_margin`].
    ErrorMargin,
}

impl Factor {
    /// Its name, and its name in a sentence.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Factor::WeightDecay => ("weight-decay", "weight decay"),
            Factor::L1 => ("l1", "l1"),
            Factor::L2 => ("l2", "l2"),
            Factor::ClipNorm => ("clip-norm", "longest gradient"),
            Factor::ClipValue => ("clip-value", "greatest derivative"),
            Factor::SigmoidPrimeOffset => ("sigmoid-prime-offset", "sigmoid-prime offset"),
            Factor::ErrorMargin => ("error-margin", "error margin"),
        }
    }

    /// Whether a number can be its value.
    fn takes(self, number: f64) -> bool {
        match self {
            Factor::ClipNorm | Factor::ClipValue => number > 0.0,
            _ => number >= 0.0,
        }
    }

    fn apply(self, number: f64, options: &mut Options) {
        let (gradient, backward) = (&mut options.gradient, &mut options.backward);
        match self {
            Factor::WeightDecay => gradient.weight_decay = Some(number),
            Factor::L1 => gradient.l1 = number,
            Factor::L2 => gradient.l2 = number,
            Factor::ClipNorm => gradient.clip_norm = Some(number),
            Factor::ClipValue => gradient.clip_value = Some(number),
            Factor::SigmoidPrimeOffset => backward.sigmoid_prime_offset = number,
            Factor::ErrorMargin => backward.error_margin = number,
        }
    }
}

impl Setting {
    /// All of them.
    pub const ALL: [Setting; 16] = [
        Setting::LearningRate,
        Setting::Init,
        Setting::Batch,
        Setting::Epochs,
        Setting::Optimiser,
        Setting::Momentum,
        Setting::Loss,
        Setting::Hidden,
        Setting::Schedule,
        Setting::Factor(Factor::WeightDecay),
        Setting::Factor(Factor::L1),
        Setting::Factor(Factor::L2),
        Setting::Factor(Factor::ClipNorm),
        Setting::Factor(Factor::ClipValue),
        Setting::Factor(Factor::SigmoidPrimeOffset),
        Setting::Factor(Factor::ErrorMargin),
    ];

    /// Its name, as the option of the command has it.
    pub fn name(self) -> &'static str {
        match self {
            Setting::LearningRate => "lr",
            Setting::Init => "init",
            Setting::Batch => "batch",
            Setting::Epochs => "epochs",
            Setting::Optimiser => "optimiser",
            Setting::Momentum => "momentum",
            Setting::Loss => "loss",
            Setting::Hidden => "hidden",
            Setting::Schedule => "schedule",
            Setting::Factor(factor) => factor.names().0,
        }
    }

    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Setting::LearningRate => "learning rate",
            Setting::Init => "initialiser",
            Setting::Batch => "batch",
            Setting::Epochs => "epochs",
            Setting::Optimiser => "optimiser",
            Setting::Momentum => "momentum",
            Setting::Loss => "loss",
            Setting::Hidden => "hidden units",
            Setting::Schedule => "schedule",
            Setting::Factor(factor) => factor.names().1,
        }
    }

    /// The setting of a name; other names that are in use, such as `rate` and `optimizer`, are understood.
    fn of_name(name: &str) -> Option<Setting> {
        let name = name.to_lowercase().replace('_', "-");
        match name.as_str() {
            "learning-rate" | "rate" | "eta" => Some(Setting::LearningRate),
            "optimizer" | "opt" => Some(Setting::Optimiser),
            "initialiser" | "initializer" => Some(Setting::Init),
            _ => Setting::ALL.into_iter().find(|setting| setting.name() == name),
        }
    }
}

/// One value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of the learning rate.
    LearningRate(f64),
    /// Of the initialiser.
    Init(Initialiser),
    /// Of the batch.
    Batch(BatchSize),
    /// Of the epochs.
    Epochs(u64),
    /// Of the optimiser or method.
    Optimiser(Stepping),
    /// Of the momentum.
    Momentum(f64),
    /// The name of a loss; whoever reads the model applies it.
    Loss(String),
    /// Units of each hidden layer; whoever reads the model applies it.
    Hidden(u64),
    /// Of the schedule.
    Schedule(Schedule),
    /// Of a number that changes the gradient.
    Factor(Factor, f64),
}

impl Value {
    /// Puts the value into the choices of a run. Those of the model itself change nothing here, nor does a momentum
    /// where the optimiser has none.
    pub fn apply(&self, options: &mut Options, initialiser: &mut Option<Initialiser>) {
        match self {
            Value::LearningRate(rate) => options.learning_rate = *rate,
            Value::Init(chosen) => *initialiser = Some(*chosen),
            Value::Batch(batch) => options.batch = *batch,
            Value::Epochs(epochs) => options.epochs = *epochs,
            Value::Optimiser(stepping) => stepping.apply(options),
            Value::Momentum(share) => {
                if let Some(stepping) = Stepping::of(options).with_momentum(*share) {
                    stepping.apply(options);
                }
            }
            Value::Schedule(schedule) => options.schedule = *schedule,
            Value::Factor(factor, number) => factor.apply(*number, options),
            Value::Loss(_) | Value::Hidden(_) => {}
        }
    }

    /// The setting that it is a value of.
    pub fn setting(&self) -> Setting {
        match self {
            Value::LearningRate(_) => Setting::LearningRate,
            Value::Init(_) => Setting::Init,
            Value::Batch(_) => Setting::Batch,
            Value::Epochs(_) => Setting::Epochs,
            Value::Optimiser(_) => Setting::Optimiser,
            Value::Momentum(_) => Setting::Momentum,
            Value::Loss(_) => Setting::Loss,
            Value::Hidden(_) => Setting::Hidden,
            Value::Schedule(_) => Setting::Schedule,
            Value::Factor(factor, _) => Setting::Factor(*factor),
        }
    }

    /// The value as a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::LearningRate(number) | Value::Momentum(number) | Value::Factor(_, number) => Some(*number),
            Value::Batch(BatchSize::Rows(rows)) => Some(*rows as f64),
            Value::Epochs(count) | Value::Hidden(count) => Some(*count as f64),
            Value::Batch(BatchSize::Full)
            | Value::Init(_)
            | Value::Optimiser(_)
            | Value::Loss(_)
            | Value::Schedule(_) => None,
        }
    }
}

/// The text that reads as this value.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::LearningRate(number) | Value::Momentum(number) | Value::Factor(_, number) => {
                write!(f, "{number}")
            }
            Value::Schedule(schedule) => write!(f, "{schedule}"),
            Value::Init(initialiser) => write!(f, "{initialiser}"),
            Value::Batch(batch) => write!(f, "{batch}"),
            Value::Epochs(count) | Value::Hidden(count) => write!(f, "{count}"),
            Value::Optimiser(stepping) => f.write_str(&stepping.short()),
            Value::Loss(name) => f.write_str(name),
        }
    }
}

/// How the values of a sweep follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// As they were listed.
    Listed,
    /// By equal steps.
    Linear,
    /// By equal factors.
    Logarithmic,
}

/// The values that one setting takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The setting.
    pub setting: Setting,
    /// Its values, in order; at least one.
    pub values: Vec<Value>,
    /// How they follow each other.
    pub spacing: Spacing,
}

/// A text that is no sweep.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SweepError {
    /// There is no `=`.
    #[error(
        "'{found}' is no sweep: write a setting and its values, such as lr=0.1:10:log20 or batch=1,4,full"
    )]
    Form {
        /// What was written.
        found: String,
    },
    /// The setting has another name, or cannot be swept.
    #[error("'{found}' is no setting that can be swept; {help}there are {}", Setting::ALL.map(Setting::name).join(", "))]
    Setting {
        /// What was written.
        found: String,
        /// What was probably meant, or nothing.
        help: String,
    },
    /// A value does not read.
    #[error("'{found}' is no value of {setting}: {expected}")]
    Value {
        /// The name of the setting.
        setting: &'static str,
        /// What was written.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// A range that has no values.
    #[error(
        "the range '{found}' {what}; write from:to:logN or from:to:linN with N from 2 to {MOST}, such as 0.1:10:log20"
    )]
    Range {
        /// What was written.
        found: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The same setting twice.
    #[error("{setting} is swept twice; list all its values in one sweep, such as {setting}={first},{second}")]
    Twice {
        /// The name of the setting.
        setting: &'static str,
        /// The first value of the first sweep.
        first: String,
        /// The first value of the second.
        second: String,
    },
    /// All combinations are too many.
    #[error("the sweeps make {found} combinations of settings, and {MOST} are the most; take fewer values")]
    TooMany {
        /// How many there are.
        found: u128,
    },
}

/// The most values of a sweep, and combinations of several: each has a tally of its own.
pub const MOST: usize = 10_000;

impl FromStr for Sweep {
    type Err = SweepError;

    fn from_str(text: &str) -> Result<Sweep, SweepError> {
        let Some((name, values)) = text.split_once('=') else {
            return Err(SweepError::Form { found: text.to_owned() });
        };
        let name = name.trim();
        let setting = Setting::of_name(name).ok_or_else(|| {
            let names = Setting::ALL.map(Setting::name);
            let help = nearest(name, &names).map_or_else(String::new, |n| format!("did you mean {n}? "));
            SweepError::Setting { found: name.to_owned(), help }
        })?;
        let (values, spacing) = read::values(setting, values.trim())?;
        Ok(Sweep { setting, values, spacing })
    }
}

/// All combinations of the values, those of the last sweep changing fastest; one empty combination for no sweep.
pub fn combinations(sweeps: &[Sweep]) -> Result<Vec<Vec<Value>>, SweepError> {
    for (index, sweep) in sweeps.iter().enumerate() {
        if let Some(first) = sweeps[..index].iter().find(|other| other.setting == sweep.setting) {
            let of = |sweep: &Sweep| sweep.values.first().map(ToString::to_string).unwrap_or_default();
            return Err(SweepError::Twice {
                setting: sweep.setting.name(),
                first: of(first),
                second: of(sweep),
            });
        }
    }
    let found = sweeps.iter().fold(1_u128, |product, s| product.saturating_mul(s.values.len() as u128));
    if found > MOST as u128 {
        return Err(SweepError::TooMany { found });
    }
    let mut all = vec![Vec::new()];
    for sweep in sweeps {
        all = all
            .iter()
            .flat_map(|before: &Vec<Value>| {
                sweep.values.iter().map(move |value| [&before[..], std::slice::from_ref(value)].concat())
            })
            .collect();
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
