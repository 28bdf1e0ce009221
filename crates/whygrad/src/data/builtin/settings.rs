//! Reading `moons(n=200, noise=0.1, seed=3)`.

use super::DataError;
use crate::random::{Key, Purpose, Seed};

/// A name and the settings behind it, not yet understood.
pub(super) struct Spec {
    pub(super) name: String,
    settings: Vec<(String, String)>,
}

impl Spec {
    pub(super) fn read(text: &str) -> Result<Self, DataError> {
        let text = text.trim();
        let malformed = || {
            DataError::new(
                format!("expected a name and settings in brackets, found '{text}'"),
                "write it as in moons(n=200, noise=0.1, seed=3)",
            )
        };
        let (name, inside) = match text.split_once('(') {
            None => (text, ""),
            Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(malformed)?),
        };
        let settings = inside
            .split(',')
            .filter(|setting| !setting.trim().is_empty())
            .map(|setting| setting.split_once('=').ok_or_else(malformed))
            .map(|pair| pair.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())))
            .collect::<Result<_, _>>()?;
        Ok(Self { name: name.trim().to_lowercase(), settings })
    }

    /// For the tables that have no settings.
    pub(super) fn refuse_settings(&self) -> Result<(), DataError> {
        match self.settings.first() {
            None => Ok(()),
            Some((setting, _)) => Err(DataError::new(
                format!("the table {} has no setting '{setting}'", self.name),
                format!("write {} alone", self.name),
            )),
        }
    }
}

/// What a set is drawn with.
pub(super) struct Settings {
    pub(super) rows: usize,
    pub(super) noise: f64,
    pub(super) classes: usize,
    pub(super) key: Key,
}

impl Settings {
    pub(super) fn read(spec: &Spec, key: Key) -> Result<Self, DataError> {
        let mut settings = Self { rows: 200, noise: 0.1, classes: 2, key };
        for (name, value) in &spec.settings {
            settings.set(&spec.name, name, value)?;
        }
        Ok(settings)
    }

    fn set(&mut self, table: &str, name: &str, value: &str) -> Result<(), DataError> {
        let wrong = |expected: &str, example: &str| {
            DataError::new(
                format!("expected {expected} for {name}, found '{value}'"),
                format!("write {table}({name}={example})"),
            )
        };
        let count = |least: usize, most: usize| {
            value.parse().ok().filter(|count| (least..=most).contains(count)).ok_or_else(|| {
                wrong(&format!("a whole number from {least} to {most}"), &(least.max(3)).to_string())
            })
        };
        match name {
            "n" => self.rows = count(2, 10_000_000)?,
            "classes" if table == "blobs" => self.classes = count(2, 100)?,
            "noise" => {
                let noise = value.parse().ok().filter(|noise: &f64| *noise >= 0.0 && noise.is_finite());
                self.noise = noise.ok_or_else(|| wrong("a number that is not negative", "0.1"))?;
            }
            "seed" => {
                let seed = value.parse().map_err(|_| wrong("a whole number that is not negative", "3"))?;
                self.key = Key::from_seed(Seed(seed)).purpose(Purpose::Data);
            }
            _ => {
                let choices = if table == "blobs" { "n, noise, seed, classes" } else { "n, noise, seed" };
                return Err(DataError::new(
                    format!("the set {table} has no setting '{name}'"),
                    format!("write one of {choices}"),
                ));
            }
        }
        Ok(())
    }
}
