//! Choices as text: `adam`, `momentum(0.9)`, `adam(beta1=0.9, eps=1e-8)`.
//!
//! One grammar serves optimisers, methods and schedules: a name, and numbers by their names or in their order. Where a
//! shell would read the brackets, a colon does: `momentum:0.9`.

use std::fmt::{self, Write};

use super::method::Conjugate;
use crate::data::nearest;

/// A choice that cannot be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// No such name.
    #[error("there is no {what} '{found}'; {}", help(.nearest.as_deref(), .choices))]
    Unknown {
        /// `optimiser`, `schedule`
        what: &'static str,
        /// What was written.
        found: String,
        /// The name that was probably meant.
        nearest: Option<String>,
        /// All names.
        choices: String,
    },
    /// No such number of it.
    #[error("'{name}' has no setting '{found}'; {}", help(.nearest.as_deref(), .choices))]
    NoSetting {
        /// The optimiser or schedule.
        name: &'static str,
        /// What was written.
        found: String,
        /// The setting that was probably meant.
        nearest: Option<String>,
        /// All of its settings.
        choices: String,
    },
    /// A value outside its range, or no number.
    #[error("'{setting}' of '{name}' is {expected}, but '{found}' was given; write for example {example}")]
    Value {
        /// The optimiser or schedule.
        name: &'static str,
        /// Its setting.
        setting: &'static str,
        /// What it can be.
        expected: &'static str,
        /// What was written.
        found: String,
        /// The whole text as it could be.
        example: String,
    },
    /// A number of its own outside its range.
    #[error("'{setting}' is {expected}, but {found} was given")]
    Range {
        /// The option.
        setting: &'static str,
        /// What it can be.
        expected: &'static str,
        /// What was given.
        found: f64,
    },
    /// Brackets that do not close, or text after them.
    #[error("'{0}' does not close its brackets as it should; write for example momentum(0.9)")]
    Brackets(String),
}

fn help(nearest: Option<&str>, choices: &str) -> String {
    match nearest {
        Some(name) => format!("did you mean '{name}'? There are {choices}"),
        None if choices.is_empty() => "it has none".to_owned(),
        None => format!("there are {choices}"),
    }
}

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// 0 <= x < 1
    Fraction,
    /// 0 < x < 1
    Part,
    /// 0 <= x <= 1
    UpToOne,
    /// x > 0
    Above,
    /// x >= 0
    NotNegative,
    /// x > 1
    AboveOne,
}

impl Range {
    fn holds(self, x: f64) -> bool {
        x.is_finite()
            && match self {
                Range::Fraction => (0.0..1.0).contains(&x),
                Range::Part => x > 0.0 && x < 1.0,
                Range::UpToOne => (0.0..=1.0).contains(&x),
                Range::Above => x > 0.0,
                Range::NotNegative => x >= 0.0,
                Range::AboveOne => x > 1.0,
            }
    }

    /// An error where a number is outside.
    pub(super) fn check(self, setting: &'static str, x: f64) -> Result<(), SettingError> {
        let error = SettingError::Range { setting, expected: self.expected(), found: x };
        if self.holds(x) { Ok(()) } else { Err(error) }
    }

    fn expected(self) -> &'static str {
        match self {
            Range::Fraction => "a number from 0 up to, but not, 1",
            Range::Part => "a number between 0 and 1",
            Range::UpToOne => "a number from 0 to 1",
            Range::Above => "a number above 0",
            Range::NotNegative => "a number of at least 0",
            Range::AboveOne => "a number above 1",
        }
    }
}

/// The step that RPROP begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InitialStep {
    /// The same for all parameters.
    Constant(f64),
    /// Drawn for each parameter, evenly between the two.
    Uniform {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
}

impl fmt::Display for InitialStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InitialStep::Constant(value) => write!(f, "{value}"),
            InitialStep::Uniform { low, high } => write!(f, "uniform({low}, {high})"),
        }
    }
}

impl InitialStep {
    fn read(text: &str) -> Option<InitialStep> {
        let positive = |text: &str| number(text).filter(|x| Range::Above.holds(*x));
        let Ok((name, arguments)) = taken_apart(text) else { return None };
        match (name.as_str(), &*arguments) {
            ("uniform", [(None, low), (None, high)]) => {
                let (low, high) = (positive(low)?, positive(high)?);
                (low <= high).then_some(InitialStep::Uniform { low, high })
            }
            _ => positive(text).map(InitialStep::Constant),
        }
    }
}

/// Where a setting is kept.
pub(super) enum Slot<'a> {
    Number(&'a mut f64, Range),
    /// A whole number of at least so many.
    Count(&'a mut u64, u64),
    Initial(&'a mut InitialStep),
    Rule(&'a mut Conjugate),
}

/// One setting of a choice.
pub(super) struct Setting<'a> {
    pub(super) name: &'static str,
    pub(super) slot: Slot<'a>,
}

impl<'a> Setting<'a> {
    pub(super) fn number(name: &'static str, value: &'a mut f64, range: Range) -> Setting<'a> {
        Setting { name, slot: Slot::Number(value, range) }
    }

    pub(super) fn count(name: &'static str, value: &'a mut u64, least: u64) -> Setting<'a> {
        Setting { name, slot: Slot::Count(value, least) }
    }

    /// Takes a value from text; what was expected, where it does not fit.
    fn set(&mut self, text: &str) -> Result<(), &'static str> {
        match &mut self.slot {
            Slot::Number(value, range) => {
                **value = number(text).filter(|x| range.holds(*x)).ok_or(range.expected())?;
            }
            Slot::Count(value, least) => {
                let count = text.replace('_', "").parse().ok().filter(|count| *count >= *least);
                let expected = if *least == 0 { "a whole number" } else { "a whole number of at least 1" };
                **value = count.ok_or(expected)?;
            }
            Slot::Initial(value) => {
                **value = InitialStep::read(text)
                    .ok_or("a number above 0, or uniform(low, high) with 0 < low <= high")?;
            }
            Slot::Rule(value) => {
                **value =
                    Conjugate::read(text).ok_or("polak-ribiere, fletcher-reeves or hestenes-stiefel")?;
            }
        }
        Ok(())
    }

    fn text(&self) -> String {
        match &self.slot {
            Slot::Number(value, _) => short(**value),
            Slot::Count(value, _) => value.to_string(),
            Slot::Initial(value) => value.to_string(),
            Slot::Rule(value) => value.to_string(),
        }
    }
}

/// A number as a person would write it, that reads back to the same bits.
fn short(value: f64) -> String {
    let (plain, scientific) = (format!("{value}"), format!("{value:e}"));
    if scientific.len() < plain.len() { scientific } else { plain }
}

fn number(text: &str) -> Option<f64> {
    text.trim().replace('−', "-").parse().ok().filter(|value: &f64| value.is_finite())
}

/// The name in lower case with `-` for `_`.
pub(super) fn plain_name(text: &str) -> String {
    text.trim().to_lowercase().replace(['_', ' '], "-")
}

/// A name and its arguments, some with a key.
type Call<'a> = (String, Vec<(Option<String>, &'a str)>);

/// `name(a, key=b)` or `name:a,key=b` in its parts.
pub(super) fn taken_apart(text: &str) -> Result<Call<'_>, SettingError> {
    let wrong = || SettingError::Brackets(text.to_owned());
    let (name, inside) = match text.find(['(', ':']) {
        None => return Ok((plain_name(text), vec![])),
        Some(at) if text[at..].starts_with(':') => (&text[..at], &text[at + 1..]),
        Some(at) => (&text[..at], text[at + 1..].trim_end().strip_suffix(')').ok_or_else(wrong)?),
    };
    let (mut depth, mut from, mut parts) = (0_i32, 0, Vec::new());
    for (at, letter) in inside.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
        if depth < 0 {
            return Err(wrong());
        }
    }
    if depth != 0 {
        return Err(wrong());
    }
    if !inside.trim().is_empty() {
        parts.push(&inside[from..]);
    }
    let argument = |part: &'_ str| part.split_once('=').map(|(key, _)| plain_name(key));
    let value = |part| str::split_once(part, '=').map_or(part, |(_, value): (&str, &str)| value).trim();
    Ok((plain_name(name), parts.into_iter().map(|part| (argument(part), value(part))).collect()))
}

/// The name that is meant, out of names with their aliases.
pub(super) fn known<'n>(
    what: &'static str,
    found: &str,
    names: &[(&'n str, &[&'n str])],
) -> Result<&'n str, SettingError> {
    let hit = names.iter().find(|(name, aliases)| *name == found || aliases.contains(&found));
    if let Some((name, _)) = hit {
        return Ok(name);
    }
    let all: Vec<&str> =
        names.iter().flat_map(|(name, aliases)| [*name].into_iter().chain(aliases.iter().copied())).collect();
    let choices: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    Err(SettingError::Unknown {
        what,
        found: found.to_owned(),
        nearest: nearest(found, &all).map(str::to_owned),
        choices: choices.join(", "),
    })
}

/// Gives the settings of `name` what the arguments say.
pub(super) fn fill(
    name: &'static str,
    settings: &mut [Setting<'_>],
    arguments: &[(Option<String>, &str)],
) -> Result<(), SettingError> {
    let names: Vec<&'static str> = settings.iter().map(|setting| setting.name).collect();
    for (place, (key, value)) in arguments.iter().enumerate() {
        let index = match key {
            None => Some(place).filter(|place| *place < names.len()),
            Some(key) => names.iter().position(|known| known == key),
        };
        let Some(index) = index else {
            let found = key.clone().unwrap_or_else(|| (*value).to_owned());
            let nearest = nearest(&found, &names).map(str::to_owned);
            return Err(SettingError::NoSetting { name, found, nearest, choices: names.join(", ") });
        };
        if let Err(expected) = settings[index].set(value) {
            return Err(SettingError::Value {
                name,
                setting: names[index],
                expected,
                found: (*value).to_owned(),
                example: written(name, settings),
            });
        }
    }
    Ok(())
}

/// The text that reads as these settings.
pub(super) fn written(name: &str, settings: &[Setting<'_>]) -> String {
    let mut text = name.to_owned();
    for (index, setting) in settings.iter().enumerate() {
        let before = if index == 0 { "(" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(text, "{before}{}={}", setting.name, setting.text());
    }
    if !settings.is_empty() {
        text.push(')');
    }
    text
}
