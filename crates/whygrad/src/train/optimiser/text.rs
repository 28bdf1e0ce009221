//! Optimisers as text: `gd`, `momentum(0.9)`, `adam(beta1=0.9, beta2=0.999, eps=1e-8)`.

use std::fmt;
use std::str::FromStr;

use super::{Adagrad, Adam, AdamW, InitialStep, Momentum, NAdam, Optimiser, Quickprop, Rho, Rprop};
use crate::train::settings::{
    Range, Setting, SettingError, Slot, fill, known, plain_name, taken_apart, written,
};

/// Every name with its other names.
const NAMES: &[(&str, &[&str])] = &[
    ("gradient-descent", &["gd", "sgd"]),
    ("momentum", &[]),
    ("nesterov", &["nag"]),
    ("adagrad", &[]),
    ("rmsprop", &["rms-prop"]),
    ("adadelta", &[]),
    ("adam", &[]),
    ("adamw", &["adam-w"]),
    ("nadam", &["n-adam"]),
    ("rprop", &["rprop+"]),
    ("rprop-", &[]),
    ("irprop-", &["irprop"]),
    ("quickprop", &["quick-prop"]),
];

impl Optimiser {
    /// The names, each with its settings as they stand in the paper.
    pub fn all() -> Vec<Optimiser> {
        NAMES.iter().map(|(name, _)| Optimiser::named(name)).collect()
    }

    /// The optimiser of a name of the table, with the settings of its paper.
    fn named(name: &str) -> Optimiser {
        let (beta1, beta2, eps) = (0.9, 0.999, 1e-8);
        let rprop =
            Rprop { up: 1.2, down: 0.5, initial: InitialStep::Constant(0.1), smallest: 1e-6, largest: 50.0 };
        match name {
            "momentum" => Optimiser::Momentum(Momentum { momentum: 0.9 }),
            "nesterov" => Optimiser::Nesterov(Momentum { momentum: 0.9 }),
            "adagrad" => Optimiser::Adagrad(Adagrad { eps: 1e-10 }),
            "rmsprop" => Optimiser::RmsProp(Rho { rho: 0.9, eps }),
            "adadelta" => Optimiser::Adadelta(Rho { rho: 0.95, eps: 1e-6 }),
            "adam" => Optimiser::Adam(Adam { beta1, beta2, eps }),
            "adamw" => Optimiser::AdamW(AdamW { beta1, beta2, eps, weight_decay: 0.01 }),
            "nadam" => Optimiser::NAdam(NAdam { beta1, beta2, eps, momentum_decay: 0.004 }),
            "rprop" => Optimiser::RpropPlus(rprop),
            "rprop-" => Optimiser::RpropMinus(rprop),
            "irprop-" => Optimiser::IRpropMinus(rprop),
            "quickprop" => Optimiser::Quickprop(Quickprop { growth: 1.75 }),
            _ => Optimiser::GradientDescent,
        }
    }

    /// Its name on the command line and in files.
    pub fn name(&self) -> &'static str {
        match self {
            Optimiser::GradientDescent => "gradient-descent",
            Optimiser::Momentum(_) => "momentum",
            Optimiser::Nesterov(_) => "nesterov",
            Optimiser::Adagrad(_) => "adagrad",
            Optimiser::RmsProp(_) => "rmsprop",
            Optimiser::Adadelta(_) => "adadelta",
            Optimiser::Adam(_) => "adam",
            Optimiser::AdamW(_) => "adamw",
            Optimiser::NAdam(_) => "nadam",
            Optimiser::RpropPlus(_) => "rprop",
            Optimiser::RpropMinus(_) => "rprop-",
            Optimiser::IRpropMinus(_) => "irprop-",
            Optimiser::Quickprop(_) => "quickprop",
        }
    }

    /// The same with another value of one setting, as a sweep needs it.
    pub fn with(mut self, setting: &str, value: &str) -> Result<Optimiser, SettingError> {
        let name = self.name();
        fill(name, &mut self.settings(), &[(Some(plain_name(setting)), value)])?;
        self.checked()
    }

    /// Refuses settings that contradict each other: the steps of RPROP begin between the smallest and the largest.
    fn checked(self) -> Result<Optimiser, SettingError> {
        let (Optimiser::RpropPlus(o) | Optimiser::RpropMinus(o) | Optimiser::IRpropMinus(o)) = self else {
            return Ok(self);
        };
        let (low, high) = match o.initial {
            InitialStep::Constant(step) => (step, step),
            InitialStep::Uniform { low, high } => (low, high),
        };
        if o.smallest <= low && high <= o.largest {
            return Ok(self);
        }
        Err(SettingError::Value {
            name: self.name(),
            setting: "initial",
            expected: "from smallest to largest",
            found: format!("initial={}, smallest={}, largest={}", o.initial, o.smallest, o.largest),
            example: format!("{}(initial=0.1, smallest=1e-6, largest=50)", self.name()),
        })
    }

    /// Its settings in the order in which they may be given without a name.
    fn settings(&mut self) -> Vec<Setting<'_>> {
        use Range::{Above, AboveOne, Fraction, NotNegative, Part};
        let number = Setting::number;
        match self {
            Optimiser::GradientDescent => vec![],
            Optimiser::Momentum(o) | Optimiser::Nesterov(o) => {
                vec![number("momentum", &mut o.momentum, Fraction)]
            }
            Optimiser::Adagrad(o) => vec![number("eps", &mut o.eps, NotNegative)],
            Optimiser::RmsProp(o) | Optimiser::Adadelta(o) => {
                vec![number("rho", &mut o.rho, Fraction), number("eps", &mut o.eps, NotNegative)]
            }
            Optimiser::Adam(o) => vec![
                number("beta1", &mut o.beta1, Fraction),
                number("beta2", &mut o.beta2, Fraction),
                number("eps", &mut o.eps, NotNegative),
            ],
            Optimiser::AdamW(o) => vec![
                number("beta1", &mut o.beta1, Fraction),
                number("beta2", &mut o.beta2, Fraction),
                number("eps", &mut o.eps, NotNegative),
                number("weight-decay", &mut o.weight_decay, NotNegative),
            ],
            Optimiser::NAdam(o) => vec![
                number("beta1", &mut o.beta1, Fraction),
                number("beta2", &mut o.beta2, Fraction),
                number("eps", &mut o.eps, NotNegative),
                number("momentum-decay", &mut o.momentum_decay, NotNegative),
            ],
            Optimiser::RpropPlus(o) | Optimiser::RpropMinus(o) | Optimiser::IRpropMinus(o) => vec![
                number("up", &mut o.up, AboveOne),
                number("down", &mut o.down, Part),
                Setting { name: "initial", slot: Slot::Initial(&mut o.initial) },
                number("smallest", &mut o.smallest, NotNegative),
                number("largest", &mut o.largest, Above),
            ],
            Optimiser::Quickprop(o) => vec![number("growth", &mut o.growth, Above)],
        }
    }
}

impl FromStr for Optimiser {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Optimiser, SettingError> {
        let (found, arguments) = taken_apart(text)?;
        let mut optimiser = Optimiser::named(known("optimiser", &found, NAMES)?);
        let name = optimiser.name();
        fill(name, &mut optimiser.settings(), &arguments)?;
        optimiser.checked()
    }
}

/// The text that reads as this optimiser.
impl fmt::Display for Optimiser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut optimiser = *self;
        f.write_str(&written(self.name(), &optimiser.settings()))
    }
}

impl From<Optimiser> for String {
    fn from(optimiser: Optimiser) -> String {
        optimiser.to_string()
    }
}

impl TryFrom<String> for Optimiser {
    type Error = SettingError;
    fn try_from(text: String) -> Result<Optimiser, SettingError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Optimiser {
        text.parse().unwrap()
    }

    fn refused(text: &str) -> String {
        text.parse::<Optimiser>().unwrap_err().to_string()
    }

    #[test]
    fn each_optimiser_reads_its_own_text() {
        for optimiser in Optimiser::all() {
            assert_eq!(read(&optimiser.to_string()), optimiser);
            let json = serde_json::to_string(&optimiser).unwrap();
            assert_eq!(serde_json::from_str::<Optimiser>(&json).unwrap(), optimiser);
        }
        assert_eq!(read("adam").to_string(), "adam(beta1=0.9, beta2=0.999, eps=1e-8)");
        assert_eq!(read("gd").to_string(), "gradient-descent");
    }

    #[test]
    fn settings_are_given_by_name_or_in_their_order() {
        assert_eq!(read("momentum(0.5)"), Optimiser::Momentum(Momentum { momentum: 0.5 }));
        assert_eq!(read(" Adam ( 0.8 , EPS = 1e-6 )"), read("adam(beta1=0.8, eps=0.000001)"));
        assert_eq!(read("adamw(weight_decay=0.1)"), read("adam-w(weight-decay=0.1)"));
        assert_eq!(read("momentum:0.5"), read("momentum(0.5)"));
        assert_eq!(read("adam").with("Beta1", "0.5"), Ok(read("adam:beta1=0.5")));
        let Optimiser::RpropMinus(o) = read("rprop-(initial=uniform(0.005, 0.02), smallest=0)") else {
            panic!("rprop- is another one")
        };
        assert_eq!(o.initial, InitialStep::Uniform { low: 0.005, high: 0.02 });
    }

    #[test]
    fn a_slip_is_answered_with_what_was_meant() {
        assert!(refused("adm").starts_with("there is no optimiser 'adm'; did you mean 'adam'? There are"));
        assert!(refused("lion").starts_with("there is no optimiser 'lion'; there are gradient-descent, mom"));
        assert_eq!(
            refused("adam(beta3=1)"),
            "'adam' has no setting 'beta3'; did you mean 'beta1'? There are beta1, beta2, eps"
        );
        assert_eq!(
            refused("momentum(1.5)"),
            "'momentum' of 'momentum' is a number from 0 up to, but not, 1, but '1.5' was given; write for \
             example momentum(momentum=0.9)"
        );
        assert!(refused("gd(0.1)").contains("'gradient-descent' has no setting '0.1'; it has none"));
        assert_eq!(
            refused("rprop(smallest=10, largest=1)"),
            "'initial' of 'rprop' is from smallest to largest, but 'initial=0.1, smallest=10, largest=1' was given; \
             write for example rprop(initial=0.1, smallest=1e-6, largest=50)"
        );
        assert!(read("rprop(smallest=0)").with("largest", "0.01").is_err());
        for text in ["adam(", "adam(0.9", "adam(0.9))", "adam)(", "adam(x", "rprop(initial=uniform(2, 1))"] {
            assert!(text.parse::<Optimiser>().is_err(), "{text}");
        }
    }
}
