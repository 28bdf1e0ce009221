//! Methods as text.

use std::fmt;
use std::str::FromStr;

use super::{Conjugate, MethodKind};
use crate::train::settings::{Range, Setting, Slot, fill, known, plain_name, taken_apart};

/// A text that names no method, or not as it should.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MethodError {
    /// No such name.
    #[error("there is no method '{found}'; write one of {CHOICES}")]
    Unknown {
        /// The text.
        found: String,
    },
    /// A setting that does not fit.
    #[error("'{found}' does not say its settings as it should; write {expected}")]
    Setting {
        /// The text.
        found: String,
        /// How it is written.
        expected: &'static str,
    },
}

/// All methods, for messages.
const CHOICES: &str = "lbfgs(memory=10), bfgs, cg, cg(fletcher-reeves), cg(hestenes-stiefel), scg, lm(damping=0.001), \
                       newton";

/// Every name with its other names.
pub(in crate::train) const NAMES: &[(&str, &[&str])] = &[
    ("lbfgs", &["l-bfgs"]),
    ("bfgs", &[]),
    ("cg", &["conjugate-gradient"]),
    ("scg", &["scaled-conjugate-gradient"]),
    ("lm", &["levenberg-marquardt", GAUSS_NEWTON]),
    ("newton", &[]),
];

/// `lm` with another damping.
const GAUSS_NEWTON: &str = "gauss-newton";

impl MethodKind {
    /// L-BFGS as it is without settings: ten steps are remembered.
    pub const LIMITED_BFGS: MethodKind = MethodKind::LimitedBfgs { memory: 10 };

    /// Levenberg-Marquardt as it is without settings: a damping of 1e-3, for a start that is not close.
    pub const LEVENBERG_MARQUARDT: MethodKind = MethodKind::LevenbergMarquardt { damping: 1e-3 };

    /// Its name without settings.
    pub fn name(&self) -> &'static str {
        match self {
            MethodKind::LimitedBfgs { .. } => "lbfgs",
            MethodKind::Bfgs => "bfgs",
            MethodKind::ConjugateGradient(_) => "cg",
            MethodKind::ScaledConjugateGradient => "scg",
            MethodKind::LevenbergMarquardt { .. } => "lm",
            MethodKind::Newton => "newton",
        }
    }

    /// The method of a name of the table, as it is without settings.
    fn named(name: &str) -> MethodKind {
        match name {
            "lbfgs" => MethodKind::LIMITED_BFGS,
            "bfgs" => MethodKind::Bfgs,
            "cg" => MethodKind::ConjugateGradient(Conjugate::default()),
            "scg" => MethodKind::ScaledConjugateGradient,
            "lm" => MethodKind::LEVENBERG_MARQUARDT,
            _ => MethodKind::Newton,
        }
    }

    fn settings(&mut self) -> Vec<Setting<'_>> {
        match self {
            MethodKind::LimitedBfgs { memory } => vec![Setting::count("memory", memory, 1)],
            MethodKind::ConjugateGradient(rule) => vec![Setting { name: "rule", slot: Slot::Rule(rule) }],
            MethodKind::LevenbergMarquardt { damping } => {
                vec![Setting::number("damping", damping, Range::NotNegative)]
            }
            MethodKind::Bfgs | MethodKind::ScaledConjugateGradient | MethodKind::Newton => vec![],
        }
    }

    /// How it is written.
    fn expected(&self) -> &'static str {
        match self {
            MethodKind::LimitedBfgs { .. } => "lbfgs(memory=m) with m from 1, such as lbfgs(memory=10)",
            MethodKind::Bfgs => "bfgs without brackets",
            MethodKind::ConjugateGradient(_) => {
                "cg(polak-ribiere), cg(fletcher-reeves) or cg(hestenes-stiefel)"
            }
            MethodKind::ScaledConjugateGradient => "scg without brackets",
            MethodKind::LevenbergMarquardt { .. } => "lm(damping=d) with d from 0, such as lm(damping=0.001)",
            MethodKind::Newton => "newton without brackets",
        }
    }
}

impl fmt::Display for Conjugate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Conjugate::PolakRibiere => "polak-ribiere",
            Conjugate::FletcherReeves => "fletcher-reeves",
            Conjugate::HestenesStiefel => "hestenes-stiefel",
        })
    }
}

impl fmt::Display for MethodKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MethodKind::LimitedBfgs { memory } => write!(f, "lbfgs(memory={memory})"),
            MethodKind::Bfgs => write!(f, "bfgs"),
            MethodKind::ConjugateGradient(rule) => write!(f, "cg({rule})"),
            MethodKind::ScaledConjugateGradient => write!(f, "scg"),
            MethodKind::LevenbergMarquardt { damping } => write!(f, "lm(damping={damping})"),
            MethodKind::Newton => write!(f, "newton"),
        }
    }
}

/// Reads a name with or without settings; capitals and `_` for `-` are the same. `gauss-newton` is `lm(damping=0)`.
impl FromStr for MethodKind {
    type Err = MethodError;

    fn from_str(text: &str) -> Result<Self, MethodError> {
        let found = || text.trim().to_owned();
        let name = plain_name(text.split(['(', ':']).next().unwrap_or_default());
        let known = known("method", &name, NAMES).map_err(|_| MethodError::Unknown { found: found() })?;
        let mut kind = MethodKind::named(known);
        let mut expected = kind.expected();
        if name == GAUSS_NEWTON {
            (kind, expected) = (MethodKind::LevenbergMarquardt { damping: 0.0 }, GAUSS_NEWTON);
        }
        let has_settings = text.contains(['(', ':']);
        let read = taken_apart(text).and_then(|(_, arguments)| {
            fill(known, &mut kind.settings(), &arguments).map(|()| arguments.is_empty())
        });
        // Brackets are for settings.
        let fits = read.is_ok_and(|empty| empty != has_settings) && !(has_settings && name == GAUSS_NEWTON);
        if fits { Ok(kind) } else { Err(MethodError::Setting { found: found(), expected }) }
    }
}

impl Conjugate {
    pub(in crate::train) fn read(text: &str) -> Option<Conjugate> {
        match plain_name(text).as_str() {
            "polak-ribiere" | "pr" | "pr+" => Some(Conjugate::PolakRibiere),
            "fletcher-reeves" | "fr" => Some(Conjugate::FletcherReeves),
            "hestenes-stiefel" | "hs" => Some(Conjugate::HestenesStiefel),
            _ => None,
        }
    }
}

impl From<MethodKind> for String {
    fn from(kind: MethodKind) -> String {
        kind.to_string()
    }
}

impl TryFrom<String> for MethodKind {
    type Error = MethodError;

    fn try_from(text: String) -> Result<Self, MethodError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_reads_its_own_text() {
        let all = [
            MethodKind::LIMITED_BFGS,
            MethodKind::LimitedBfgs { memory: 3 },
            MethodKind::Bfgs,
            MethodKind::ConjugateGradient(Conjugate::PolakRibiere),
            MethodKind::ConjugateGradient(Conjugate::FletcherReeves),
            MethodKind::ConjugateGradient(Conjugate::HestenesStiefel),
            MethodKind::ScaledConjugateGradient,
            MethodKind::LEVENBERG_MARQUARDT,
            MethodKind::LevenbergMarquardt { damping: 1e-12 },
            MethodKind::Newton,
        ];
        for kind in all {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<MethodKind>(&json).unwrap(), kind);
        }
    }

    #[test]
    fn names_need_no_settings_and_have_long_forms() {
        assert_eq!("L-BFGS".parse(), Ok(MethodKind::LIMITED_BFGS));
        assert_eq!("cg".parse(), Ok(MethodKind::ConjugateGradient(Conjugate::PolakRibiere)));
        assert_eq!(
            "cg( Fletcher_Reeves )".parse(),
            Ok(MethodKind::ConjugateGradient(Conjugate::FletcherReeves))
        );
        assert_eq!("levenberg_marquardt".parse(), Ok(MethodKind::LEVENBERG_MARQUARDT));
        assert_eq!("lm(1e-2)".parse(), Ok(MethodKind::LevenbergMarquardt { damping: 1e-2 }));
        assert_eq!("gauss-newton".parse(), Ok(MethodKind::LevenbergMarquardt { damping: 0.0 }));
    }

    #[test]
    fn a_wrong_text_is_answered_with_what_to_write() {
        let error = |text: &str| text.parse::<MethodKind>().unwrap_err().to_string();
        assert!(
            error("powell")
                .starts_with("there is no method 'powell'; write one of lbfgs(memory=10), bfgs, cg")
        );
        for text in
            ["lbfgs(0)", "lbfgs(memory=", "lbfgs(size=3)", "lm(damping=-1)", "lm(nan)", "cg(x)", "scg(1)"]
        {
            assert!(error(text).starts_with(&format!("'{text}' does not say its settings")), "{text}");
        }
    }
}
