//! The models and the choices of all settings, read before anything is trained.

use anyhow::{Context, bail};
use whygrad::data::Dataset;
use whygrad::init::Initialiser;
use whygrad::model::one_word;
use whygrad::odds::sweep::Value;
use whygrad::train::{Control, FleetOptions, Options, Start, TrainError, starting_values_of, train};

use super::Arguments;
use crate::input::{self, Init, Loaded};
use crate::output;

/// What the model itself depends on: its loss and its hidden units.
type Variant = (Option<String>, Option<u64>);

/// Every model that the settings need, once.
pub(super) struct Nets<'a> {
    settings: &'a [Vec<Value>],
    read: Vec<(Variant, Loaded, Dataset)>,
    initialiser: Option<Initialiser>,
}

/// The model and the data of a setting.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) data: &'a Dataset,
}

fn variant(a: &Arguments, values: &[Value]) -> Variant {
    let mut variant = (a.net.loss.clone(), None);
    for value in values {
        match value {
            Value::Loss(name) => variant.0 = Some(name.clone()),
            Value::Hidden(units) => variant.1 = Some(*units),
            _ => {}
        }
    }
    variant
}

/// The MODEL argument with so many units in each hidden layer.
pub(super) fn model_argument(argument: &str, hidden: Option<u64>) -> anyhow::Result<String> {
    let Some(units) = hidden else { return Ok(argument.to_owned()) };
    let layers: Vec<&str> = argument.split('-').collect();
    if !one_word::looks_like_net(argument) || layers.len() < 3 {
        bail!(
            "hidden units can be swept where the model is a net in one word with a hidden layer, such as 2-2sigmoid-1; \
             '{argument}' is none"
        );
    }
    let last = layers.len() - 1;
    let changed = layers.iter().enumerate().map(|(index, layer)| {
        let activation = layer.trim_start_matches(|c: char| c.is_ascii_digit());
        if index == 0 || index == last { (*layer).to_owned() } else { format!("{units}{activation}") }
    });
    Ok(changed.collect::<Vec<_>>().join("-"))
}

impl<'a> Nets<'a> {
    /// Reads the models and binds their data.
    pub(super) fn read(a: &Arguments, settings: &'a [Vec<Value>]) -> anyhow::Result<Nets<'a>> {
        let initialiser = match a.net.init.as_deref().map(input::init).transpose()? {
            Some(Init::Values(..)) => bail!(
                "--init gives the starting values, so that all restarts would be the same; say how to draw them, such \
                 as --init 'uniform(-1,1)'"
            ),
            Some(Init::Drawn(initialiser)) => Some(initialiser),
            None => None,
        };
        let mut read: Vec<(Variant, Loaded, Dataset)> = Vec::new();
        for values in settings {
            let variant = variant(a, values);
            if read.iter().any(|(other, ..)| *other == variant) {
                continue;
            }
            let loaded = a.run.model(&model_argument(&a.model, variant.1)?, variant.0.clone())?;
            if loaded.model.plain_function {
                bail!("this is a plain function without data; odds needs a model with inputs and targets");
            }
            let data = input::dataset(&loaded, &a.net.data, a.run.seed)?;
            read.push((variant, loaded, data));
        }
        Ok(Nets { settings, read, initialiser })
    }

    /// The model and data of the settings that share the variant with this index.
    pub(super) fn place(&self, index: usize) -> Place<'_> {
        let (_, loaded, data) = &self.read[index];
        Place { loaded, data }
    }

    /// What the settings are trained with; `None`, and a note, for combinations that cannot be trained, such as a method
    /// on batches. An error where none can be.
    pub(super) fn fleets(&self, a: &Arguments) -> anyhow::Result<Vec<Option<(Place<'_>, FleetOptions)>>> {
        let mut refused = Vec::new();
        let mut fleets = Vec::with_capacity(self.settings.len());
        for setting in 0..self.settings.len() {
            fleets.push(self.fleet(a, setting).map_err(|error| refused.push((setting, error))).ok());
        }
        let count = refused.len();
        let Some((setting, error)) = refused.into_iter().next() else { return Ok(fleets) };
        if count == fleets.len() {
            return Err(error);
        }
        if !a.run.quiet {
            let first: Vec<String> =
                self.settings[setting].iter().map(|v| format!("{} {v}", v.setting().name())).collect();
            output::say(&format!(
                "note: {count} of {} combinations cannot be trained and stay{} empty, the first with {}: {}",
                fleets.len(),
                if count == 1 { "s" } else { "" },
                first.join(", "),
                reason(&error)
            ));
        }
        Ok(fleets)
    }

    /// What a setting is trained with. The first restart is drawn, to see whether it can be.
    fn fleet(&self, a: &Arguments, setting: usize) -> anyhow::Result<(Place<'_>, FleetOptions)> {
        let values = &self.settings[setting];
        let variant = variant(a, values);
        let index = self.read.iter().position(|(other, ..)| *other == variant).unwrap_or(0);
        let place = self.place(index);
        let mut options = if setting == 0 {
            a.net.options(&a.run, place.loaded, place.data)
        } else {
            a.net.options_in_silence(&a.run, place.loaded)
        };
        // What makes a net solved is no rule beside that.
        options.stop.target_loss = None;
        // Threads change no bit, so that they are no choice that a table must share; nets share them out.
        options.threads = Some(1);
        let mut initialiser = self.initialiser;
        steps(a, values, &mut options, &mut initialiser)?;
        options.start = initialiser.map_or(Start::Model, Start::Drawn);
        let drawn = |restart| {
            let options = Options { restart: Some(restart), ..options.clone() };
            starting_values_of(&place.loaded.model, initialiser, &options)
        };
        let name = || values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let first = if values.is_empty() { drawn(0)? } else { drawn(0).with_context(name)? };
        if options.method.is_some() {
            // A method that has no place here says so before its first epoch.
            let options = Options { epochs: 0, restart: Some(0), ..options.clone() };
            train(&place.loaded.model, Some(place.data), &first, &options, &mut |_| Control::Stop)?;
        }
        if setting == 0 && !options.shuffle && drawn(1)? == first {
            output::say(
                "note: every restart begins with the same values; say how to draw them, such as --init 'uniform(-1,1)'",
            );
        }
        let fleet = FleetOptions {
            options,
            solved: a.solved(),
            early_stop: !a.no_early_stop,
            threads: a.run.threads(),
            portable: a.run.portable,
        };
        Ok((place, fleet))
    }
}

/// Why a combination cannot be trained, without the advice to leave out an option that nobody gave.
fn reason(error: &anyhow::Error) -> String {
    match error.downcast_ref() {
        Some(TrainError::WholeData { method, .. }) => format!("{method} steps on all rows at once"),
        Some(TrainError::NoUse { method, option }) => format!("{method} has no use for {option}"),
        _ => format!("{error:#}"),
    }
}

/// Applies the values of a setting: first those that others look at.
fn steps(
    a: &Arguments,
    values: &[Value],
    options: &mut Options,
    initialiser: &mut Option<Initialiser>,
) -> anyhow::Result<()> {
    let late = |value: &&Value| matches!(value, Value::Momentum(_) | Value::LearningRate(_));
    for value in values.iter().filter(|value| !late(value)) {
        value.apply(options, initialiser);
    }
    let momentum =
        values.iter().find_map(|v| if let Value::Momentum(share) = v { Some(*share) } else { None });
    a.run.steps.settle(options, momentum)?;
    for value in values.iter().filter(late) {
        value.apply(options, initialiser);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_layers_of_a_net_in_one_word_change_their_units() {
        let with = |word: &str| model_argument(word, Some(5)).map_err(|error| error.to_string());
        assert_eq!(with("2-2sigmoid-1sigmoid"), Ok("2-5sigmoid-1sigmoid".into()));
        assert_eq!(with("4-8tanh-8relu-3"), Ok("4-5tanh-5relu-3".into()));
        assert!(with("2-1").unwrap_err().contains("a net in one word with a hidden layer"));
        assert!(with("xor").is_err());
        assert_eq!(model_argument("xor", None).unwrap(), "xor");
    }
}
