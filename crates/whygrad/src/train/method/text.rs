//! Methods as text.

use std::fmt;
use std::str::FromStr;

use super::{Conjugate, MethodKind};

/// A text that names no method, or not as it should.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MethodError {
    /// No such name.
    #[error("there is no method '{found}'; write one of {NAMES}")]
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

/// All names, for messages.
const NAMES: &str = "lbfgs(memory=10), bfgs, cg, cg(fletcher-reeves), cg(hestenes-stiefel), scg, lm(damping=0.001), \
                     newton";

impl MethodKind {
    /// L-BFGS as it is without settings: ten steps are remembered.
    pub const LIMITED_BFGS: MethodKind = MethodKind::LimitedBfgs { memory: 10 };

    /// Levenberg-Marquardt as it is without settings: a damping of 1e-3, for a start that is not close.
    pub const LEVENBERG_MARQUARDT: MethodKind = MethodKind::LevenbergMarquardt { damping: 1e-3 };
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
        let folded = text.trim().to_ascii_lowercase().replace('_', "-");
        let (name, setting) = match folded.split_once('(') {
            Some((name, rest)) => (name.trim_end(), Some(rest)),
            None => (folded.as_str(), None),
        };
        let wrong = |expected| MethodError::Setting { found: text.trim().to_owned(), expected };
        // What stands between the brackets, without a `name=`; `None` where the bracket is not closed.
        let inside = |own: &str| {
            let setting = setting?.trim_end().strip_suffix(')')?.trim();
            let value = match setting.split_once('=') {
                Some((found, value)) => (found.trim() == own).then_some(value)?,
                None => setting,
            };
            Some(value.trim().to_owned())
        };
        let plain = |kind, expected| if setting.is_none() { Ok(kind) } else { Err(wrong(expected)) };
        match name {
            "lbfgs" | "l-bfgs" if setting.is_none() => Ok(MethodKind::LIMITED_BFGS),
            "lbfgs" | "l-bfgs" => inside("memory")
                .and_then(|value| value.parse().ok())
                .filter(|&memory| memory > 0)
                .map(|memory| MethodKind::LimitedBfgs { memory })
                .ok_or_else(|| wrong("lbfgs(memory=m) with m from 1, such as lbfgs(memory=10)")),
            "cg" | "conjugate-gradient" if setting.is_none() => {
                Ok(MethodKind::ConjugateGradient(Conjugate::default()))
            }
            "cg" | "conjugate-gradient" => inside("rule")
                .and_then(|value| conjugate(&value))
                .map(MethodKind::ConjugateGradient)
                .ok_or_else(|| wrong("cg(polak-ribiere), cg(fletcher-reeves) or cg(hestenes-stiefel)")),
            "lm" | "levenberg-marquardt" if setting.is_none() => Ok(MethodKind::LEVENBERG_MARQUARDT),
            "lm" | "levenberg-marquardt" => inside("damping")
                .and_then(|value| value.parse().ok())
                .filter(|damping: &f64| *damping >= 0.0 && damping.is_finite())
                .map(|damping| MethodKind::LevenbergMarquardt { damping })
                .ok_or_else(|| wrong("lm(damping=d) with d from 0, such as lm(damping=0.001)")),
            "gauss-newton" => plain(MethodKind::LevenbergMarquardt { damping: 0.0 }, "gauss-newton"),
            "bfgs" => plain(MethodKind::Bfgs, "bfgs without brackets"),
            "scg" | "scaled-conjugate-gradient" => {
                plain(MethodKind::ScaledConjugateGradient, "scg without brackets")
            }
            "newton" => plain(MethodKind::Newton, "newton without brackets"),
            _ => Err(MethodError::Unknown { found: text.trim().to_owned() }),
        }
    }
}

fn conjugate(text: &str) -> Option<Conjugate> {
    match text {
        "polak-ribiere" | "pr" | "pr+" => Some(Conjugate::PolakRibiere),
        "fletcher-reeves" | "fr" => Some(Conjugate::FletcherReeves),
        "hestenes-stiefel" | "hs" => Some(Conjugate::HestenesStiefel),
        _ => None,
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
