//! How a step is made: the options that `train`, `minimize` and `odds` share, and what is said of them.

use std::str::FromStr;

use anyhow::bail;
use whygrad::odds::sweep::{Factor, Setting};
use whygrad::train::schedule::Schedule;
use whygrad::train::{Optimiser, Options, Stepping, SteppingError};

use super::train::{limit, positive};
use crate::output;

/// Where they stand in the help.
const HEADING: &str = "Steps";

/// Other names of the learning rate that people type.
pub(crate) const RATES: [&str; 4] = ["learning-rate", "learning_rate", "rate", "eta"];

/// What makes a step, as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) stepping: Stepping,
    /// What stood in brackets or behind a colon.
    settings: String,
}

impl FromStr for Chosen {
    type Err = SteppingError;

    fn from_str(text: &str) -> Result<Chosen, SteppingError> {
        let settings = text.split_once(['(', ':']).map_or("", |(_, settings)| settings);
        Ok(Chosen { stepping: text.parse()?, settings: settings.trim_end_matches(')').trim().to_lowercase() })
    }
}

/// The options on steps.
#[derive(clap::Args)]
pub(crate) struct StepArguments {
    /// The learning rate (default: that of the optimiser's paper, else of the built-in model, else 0.5)
    #[arg(help_heading = HEADING, long = "lr", aliases = RATES, value_name = "RATE", value_parser = positive, allow_negative_numbers = true)]
    pub(crate) learning_rate: Option<f64>,
    /// What makes a step (default: gradient-descent): momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, nadam, rprop,
    /// rprop-, irprop-, quickprop; or, on all rows together and without a learning rate: lbfgs, bfgs, cg, scg, lm (lm:0 is
    /// gauss-newton), newton.
    /// Settings stand in brackets or behind a colon: 'adam(beta1=0.8)', momentum:0.5; `whygrad examples` lists them
    #[arg(help_heading = HEADING, long, aliases = ["optimizer", "opt"], value_name = "NAME")]
    pub(crate) optimiser: Option<Chosen>,
    /// This share of the last step goes on, with gradient descent or nesterov
    #[arg(help_heading = HEADING, long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub(crate) momentum: Option<f64>,
    /// How the learning rate goes on (default: constant): step, exponential, cosine, one-cycle, plateau; settings as above, such as
    /// 'cosine(warm-up=10)' or step:100,0.5
    #[arg(help_heading = HEADING, long, value_name = "NAME")]
    pub(crate) schedule: Option<Schedule>,
    /// Adds RATE*w to each derivative; with adamw, in place of its own decay
    #[arg(help_heading = HEADING, long, value_name = "RATE", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) weight_decay: Option<f64>,
    /// Adds FACTOR*sum(|w|) to the loss that is descended; the loss shown is without it
    #[arg(help_heading = HEADING, long, value_name = "FACTOR", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) l1: Option<f64>,
    /// Adds FACTOR*sum(w^2) to the loss that is descended; the loss shown is without it
    #[arg(help_heading = HEADING, long, value_name = "FACTOR", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) l2: Option<f64>,
    /// A longer gradient is scaled down to this length
    #[arg(help_heading = HEADING, long, value_name = "NORM", value_parser = positive, allow_negative_numbers = true)]
    pub(crate) clip_norm: Option<f64>,
    /// Each derivative is held between -VALUE and VALUE
    #[arg(help_heading = HEADING, long, value_name = "VALUE", value_parser = positive, allow_negative_numbers = true)]
    pub(crate) clip_value: Option<f64>,
    /// Added to the slope of every sigmoid (Fahlman 1988 took 0.1)
    #[arg(help_heading = HEADING, long, value_name = "OFFSET", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) sigmoid_prime_offset: Option<f64>,
    /// An output nearer than this to its target counts as having no error (Fahlman 1988 took 0.1)
    #[arg(help_heading = HEADING, long, value_name = "DISTANCE", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) error_margin: Option<f64>,
}

/// A part of the last step.
fn share(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|share| (0.0..1.0).contains(share));
    number.ok_or_else(|| "expected a number from 0 to below 1, such as 0.9".into())
}

impl StepArguments {
    /// What was said of the numbers that change the gradient.
    pub(crate) fn factors(&self) -> [(Factor, Option<f64>); 7] {
        [
            (Factor::WeightDecay, self.weight_decay),
            (Factor::L1, self.l1),
            (Factor::L2, self.l2),
            (Factor::ClipNorm, self.clip_norm),
            (Factor::ClipValue, self.clip_value),
            (Factor::SigmoidPrimeOffset, self.sigmoid_prime_offset),
            (Factor::ErrorMargin, self.error_margin),
        ]
    }

    /// Puts the choices into the options, all but the momentum and the learning rate, which look at the optimiser.
    pub(crate) fn begin(&self, options: &mut Options) {
        if let Some(chosen) = &self.optimiser {
            chosen.stepping.apply(options);
        }
        options.schedule = self.schedule.unwrap_or_default();
        options.gradient.weight_decay = self.weight_decay;
        options.gradient.l1 = self.l1.unwrap_or(0.0);
        options.gradient.l2 = self.l2.unwrap_or(0.0);
        options.gradient.clip_norm = self.clip_norm;
        options.gradient.clip_value = self.clip_value;
        options.backward.sigmoid_prime_offset = self.sigmoid_prime_offset.unwrap_or(0.0);
        options.backward.error_margin = self.error_margin.unwrap_or(0.0);
    }

    /// The momentum said, or this one of a sweep; and where no learning rate is said, that of the paper.
    pub(crate) fn settle(&self, options: &mut Options, swept: Option<f64>) -> anyhow::Result<()> {
        let stepping = Stepping::of(options);
        self.refuse_said_twice(stepping, swept)?;
        if let Some(momentum) = swept.or(self.momentum) {
            let Some(stepping) = stepping.with_momentum(momentum) else {
                bail!(
                    "{} has no such momentum; leave out --momentum, or take it with gradient-descent or nesterov",
                    stepping.name()
                );
            };
            stepping.apply(options);
        }
        if let (None, Some(rate)) = (self.learning_rate, stepping.paper_learning_rate()) {
            options.learning_rate = rate;
        }
        Ok(())
    }

    /// Refuses a momentum or a decay that the optimiser was given as well.
    fn refuse_said_twice(&self, stepping: Stepping, swept: Option<f64>) -> anyhow::Result<()> {
        let settings = self.optimiser.as_ref().map_or("", |chosen| &chosen.settings[..]);
        let usual = stepping.name().parse().ok();
        let (option, is_said) = match (stepping, usual) {
            (Stepping::Optimiser(Optimiser::Momentum(_) | Optimiser::Nesterov(_)), usual)
                if swept.or(self.momentum).is_some() =>
            {
                ("momentum", !settings.is_empty() || usual != Some(stepping))
            }
            (
                Stepping::Optimiser(Optimiser::AdamW(o)),
                Some(Stepping::Optimiser(Optimiser::AdamW(usual))),
            ) if self.weight_decay.is_some() => {
                let is_fourth = settings.split(',').count() > 3;
                let is_named = settings.contains("decay");
                (
                    "weight-decay",
                    is_fourth || is_named || o.weight_decay.total_cmp(&usual.weight_decay).is_ne(),
                )
            }
            _ => return Ok(()),
        };
        if is_said {
            bail!(
                "the optimiser {stepping} has a {option} of its own beside --{option}; leave one of them out"
            );
        }
        Ok(())
    }

    /// What was said and changes nothing.
    pub(crate) fn useless(&self, options: &Options, rate_is_swept: bool) -> Option<String> {
        let stepping = Stepping::of(options);
        if stepping.uses_learning_rate() {
            return None;
        }
        // A method refuses a schedule itself.
        let schedule = self.schedule.is_some() && options.method.is_none();
        let said = match (self.learning_rate.is_some() || rate_is_swept, schedule) {
            (true, false) => "the learning rate changes",
            (false, true) => "the schedule changes",
            (true, true) => "learning rate and schedule change",
            (false, false) => return None,
        };
        let name = stepping.name();
        Some(format!("note: {said} nothing here: {name} finds the lengths of its steps itself"))
    }

    /// The steps in words: `adam(...), learning rate 0.001 as in its paper, schedule cosine(...)`.
    pub(crate) fn described(&self, options: &Options, swept: &[Setting]) -> String {
        let stepping = Stepping::of(options);
        let is_swept = |setting| swept.contains(&setting);
        let name = match stepping.to_string() {
            _ if is_swept(Setting::Optimiser) => "optimiser as swept".to_owned(),
            _ if is_swept(Setting::Momentum) => format!("{}, its momentum as swept", stepping.name()),
            name if name == "gradient-descent" => "gradient descent".to_owned(),
            name => name,
        };
        let uses_rate = stepping.uses_learning_rate() || is_swept(Setting::Optimiser);
        let mut parts = vec![name];
        if uses_rate {
            parts.push(self.rate_described(options, &is_swept));
        }
        if is_swept(Setting::Schedule) {
            parts.push("schedule as swept".to_owned());
        } else if uses_rate && options.schedule != Schedule::default() {
            parts.push(format!("schedule {}", options.schedule));
        }
        parts.extend(changes(options, &is_swept));
        parts.join(", ")
    }

    fn rate_described(&self, options: &Options, is_swept: &dyn Fn(Setting) -> bool) -> String {
        let rate = output::number(options.learning_rate);
        match self.learning_rate {
            _ if is_swept(Setting::LearningRate) => "learning rate as swept".to_owned(),
            None if is_swept(Setting::Optimiser) => {
                "learning rates of their papers where there is one".to_owned()
            }
            None if Stepping::of(options).paper_learning_rate().is_some() => {
                format!("learning rate {rate} as in its paper")
            }
            _ => format!("learning rate {rate}"),
        }
    }
}

/// What is done to the gradient, in words.
fn changes(options: &Options, is_swept: &dyn Fn(Setting) -> bool) -> Vec<String> {
    let (gradient, backward) = (&options.gradient, &options.backward);
    let above_0 = |number: f64| Some(number).filter(|n| *n != 0.0);
    let parts = [
        ("gradient clipped to length", Factor::ClipNorm, gradient.clip_norm),
        ("derivatives clipped at", Factor::ClipValue, gradient.clip_value),
        ("l1", Factor::L1, above_0(gradient.l1)),
        ("l2", Factor::L2, above_0(gradient.l2)),
        ("weight decay", Factor::WeightDecay, gradient.weight_decay),
        ("sigmoid-prime offset", Factor::SigmoidPrimeOffset, above_0(backward.sigmoid_prime_offset)),
        ("error margin", Factor::ErrorMargin, above_0(backward.error_margin)),
    ];
    let said = parts.into_iter().filter_map(|(name, factor, value)| match value {
        _ if is_swept(Setting::Factor(factor)) => Some(format!("{name} as swept")),
        value => Some(format!("{name} {}", output::number(value?))),
    });
    said.collect()
}
