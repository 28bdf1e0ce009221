//! Optimisers and methods under one name, as a person chooses them: `adam`, `momentum(0.9)`, `lm`.

use std::fmt;
use std::str::FromStr;

use super::method::{METHOD_NAMES, MethodError, MethodKind};
use super::optimiser::Momentum;
use super::settings::SettingError;
use super::{Optimiser, Options};
use crate::data::nearest;

/// What makes the steps of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stepping {
    /// Each parameter from its own derivative.
    Optimiser(Optimiser),
    /// All parameters together, on all rows.
    Method(MethodKind),
}

/// A text that is neither an optimiser nor a method.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SteppingError {
    /// No such name, or a setting that the optimiser does not take.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A setting that the method does not take.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// The learning rate among the settings.
    #[error("the learning rate is no setting of {0}; write it as --lr RATE")]
    LearningRate(&'static str),
}

impl Stepping {
    /// All of them, each with the settings it has where none are given; the optimisers first.
    pub fn all() -> Vec<Stepping> {
        let methods = METHOD_NAMES.iter().filter_map(|(name, _)| name.parse().ok().map(Stepping::Method));
        Optimiser::all().into_iter().map(Stepping::Optimiser).chain(methods).collect()
    }

    /// What these options step with.
    pub fn of(options: &Options) -> Stepping {
        options.method.map_or(Stepping::Optimiser(options.optimiser), Stepping::Method)
    }

    /// Puts it into the options; the learning rate stays what it is.
    pub fn apply(self, options: &mut Options) {
        match self {
            Stepping::Optimiser(optimiser) => (options.optimiser, options.method) = (optimiser, None),
            Stepping::Method(method) => {
                (options.optimiser, options.method) = (Optimiser::GradientDescent, Some(method));
            }
        }
    }

    /// Its name without settings.
    pub fn name(&self) -> &'static str {
        match self {
            Stepping::Optimiser(optimiser) => optimiser.name(),
            Stepping::Method(method) => method.name(),
        }
    }

    /// The shortest text that reads as it: the name alone where its settings are those that it has without any.
    pub fn short(&self) -> String {
        let name = self.name();
        if name.parse() == Ok(*self) { name.to_owned() } else { self.to_string() }
    }

    /// The same with this momentum: gradient descent gets it, momentum and Nesterov take it in place of their own.
    /// `None` for all others, which have none.
    pub fn with_momentum(self, momentum: f64) -> Option<Stepping> {
        match self {
            Stepping::Optimiser(Optimiser::GradientDescent | Optimiser::Momentum(_)) => {
                Some(Stepping::Optimiser(Optimiser::Momentum(Momentum { momentum })))
            }
            Stepping::Optimiser(Optimiser::Nesterov(_)) => {
                Some(Stepping::Optimiser(Optimiser::Nesterov(Momentum { momentum })))
            }
            Stepping::Optimiser(_) | Stepping::Method(_) => None,
        }
    }

    /// Whether the learning rate and its schedule have a say.
    pub fn uses_learning_rate(&self) -> bool {
        match self {
            Stepping::Optimiser(optimiser) => optimiser.uses_learning_rate(),
            Stepping::Method(_) => false,
        }
    }

    /// The learning rate of the paper, where it has one.
    pub fn paper_learning_rate(&self) -> Option<f64> {
        match self {
            Stepping::Optimiser(optimiser) => optimiser.paper_learning_rate(),
            Stepping::Method(_) => None,
        }
    }
}

/// Reads the name of either kind, with or without settings: `adam`, `adam(beta1=0.8)`, `momentum:0.9`, `lbfgs:5`.
impl FromStr for Stepping {
    type Err = SteppingError;

    fn from_str(text: &str) -> Result<Stepping, SteppingError> {
        let unknown = match text.parse::<Optimiser>() {
            Ok(optimiser) => return Ok(Stepping::Optimiser(optimiser)),
            Err(SettingError::Unknown { found, .. }) => found,
            Err(SettingError::NoSetting { name, found, .. }) if is_learning_rate(&found) => {
                return Err(SteppingError::LearningRate(name));
            }
            Err(error) => return Err(error.into()),
        };
        match text.parse::<MethodKind>() {
            Ok(method) => Ok(Stepping::Method(method)),
            Err(MethodError::Unknown { .. }) => Err(no_such(unknown).into()),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_learning_rate(setting: &str) -> bool {
    ["lr", "rate", "learning-rate", "learningrate"].contains(&setting)
}

/// The name that was probably meant, out of both lists.
fn no_such(found: String) -> SettingError {
    let optimisers: Vec<&str> = Optimiser::all().iter().map(Optimiser::name).collect();
    let choices: Vec<&str> = optimisers.iter().copied().chain(METHOD_NAMES.iter().map(|m| m.0)).collect();
    let long = METHOD_NAMES.iter().flat_map(|(_, others)| others.iter().copied());
    let all: Vec<&str> = choices.iter().copied().chain(long).collect();
    SettingError::Unknown {
        what: "optimiser",
        nearest: nearest(&found, &all).map(str::to_owned),
        found,
        choices: choices.join(", "),
    }
}

/// The text that reads as it, with all settings.
impl fmt::Display for Stepping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stepping::Optimiser(optimiser) => write!(f, "{optimiser}"),
            Stepping::Method(method) => write!(f, "{method}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Stepping {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn refused(text: &str) -> String {
        text.parse::<Stepping>().unwrap_err().to_string()
    }

    #[test]
    fn each_reads_its_own_text_and_its_short_one() {
        assert_eq!(Stepping::all().len(), 19);
        for stepping in Stepping::all() {
            assert_eq!(read(&stepping.to_string()), stepping);
            assert_eq!(stepping.short(), stepping.name());
        }
        assert_eq!(read("adam(beta1=0.8)").short(), "adam(beta1=0.8, beta2=0.999, eps=1e-8)");
        assert_eq!(read("cg(fletcher-reeves)").short(), "cg(fletcher-reeves)");
    }

    #[test]
    fn a_colon_serves_for_brackets_with_either() {
        assert_eq!(read("momentum:0.5"), read("momentum(0.5)"));
        assert_eq!(read("lbfgs:memory=5"), read("lbfgs(5)"));
        assert_eq!(read("Levenberg Marquardt"), read("lm"));
    }

    #[test]
    fn a_slip_is_answered_out_of_both_lists() {
        assert!(refused("adm").starts_with("there is no optimiser 'adm'; did you mean 'adam'?"));
        assert!(refused("lbfg").starts_with("there is no optimiser 'lbfg'; did you mean 'lbfgs'?"));
        assert!(refused("newtn(3)").starts_with("there is no optimiser 'newtn'; did you mean 'newton'?"));
        let none = refused("lion");
        assert!(
            none.contains("there are gradient-descent, momentum") && none.ends_with("lm, newton"),
            "{none}"
        );
        assert!(refused("lbfgs(0)").contains("write lbfgs(memory=m) with m from 1"));
        assert!(refused("adam(beta3=1)").contains("did you mean 'beta1'?"));
        assert_eq!(refused("adam:lr=0.1"), "the learning rate is no setting of adam; write it as --lr RATE");
        assert!(refused("lm(").contains("does not close its brackets"));
        assert!(refused("").starts_with("there is no optimiser ''; there are"));
    }

    #[test]
    fn options_keep_one_or_the_other() {
        let mut options = Options::default();
        for text in ["adam", "lm", "rprop-", "newton"] {
            read(text).apply(&mut options);
            assert_eq!(Stepping::of(&options), read(text));
        }
    }

    #[test]
    fn options_are_read_back_and_those_of_earlier_files_too() {
        let mut options = Options { portable: true, threads: Some(2), ..Options::default() };
        read("lbfgs(5)").apply(&mut options);
        options.schedule = "cosine(warm-up=3)".parse().unwrap();
        options.gradient.l1 = 0.1;
        options.backward.error_margin = 0.2;
        let text = serde_json::to_string(&options).unwrap();
        assert_eq!(serde_json::from_str::<Options>(&text).unwrap(), options);
        let earlier = r#"{"learning_rate": 0.5, "epochs": 4000, "batch": {"rows": 2}, "shuffle": false,
            "optimiser": "gradient-descent", "seed": 1, "random": "own", "precision": "f64",
            "stop": {"target_loss": null, "smallest_change": null, "gradient_norm": null, "all_right": false},
            "keep_all_history": false}"#;
        let expected =
            Options { epochs: 4000, batch: crate::train::BatchSize::Rows(2), ..Options::default() };
        assert_eq!(serde_json::from_str::<Options>(earlier).unwrap(), expected);
    }

    #[test]
    fn momentum_goes_to_those_that_have_it() {
        assert_eq!(read("gd").with_momentum(0.5), Some(read("momentum(0.5)")));
        assert_eq!(read("nesterov").with_momentum(0.5), Some(read("nesterov(0.5)")));
        assert_eq!((read("adam").with_momentum(0.5), read("lm").with_momentum(0.5)), (None, None));
    }
}
