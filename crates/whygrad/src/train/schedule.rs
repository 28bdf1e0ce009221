//! The learning rate of each step.
//!
//! A [`Schedule`] is what a person chooses: `cosine`, `step(every=100, factor=0.5)`. [`Rates`] is that schedule in a
//! run: it knows how long the run is and, for `plateau`, what the losses were.

use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::settings::{Range, Setting, SettingError, fill, known, taken_apart, written};

/// How the learning rate goes on. Each begins at the learning rate of the run, or leads up to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Course {
    /// The same in each step.
    Constant,
    /// Times `factor` after every so many epochs.
    Step {
        /// Epochs between two changes.
        every: u64,
        /// What the rate is multiplied by.
        factor: f64,
    },
    /// Times `factor` after each epoch.
    Exponential {
        /// What the rate is multiplied by.
        factor: f64,
    },
    /// Half a cosine from the rate down to `least` of it, step by step over the run (Loshchilov and Hutter 2017,
    /// equation 5, without restarts).
    Cosine {
        /// The last rate, as a part of the first.
        least: f64,
        /// Epochs from top to bottom, where it stays; 0 for those of the run.
        epochs: u64,
    },
    /// Up to the rate and down again, each half a cosine (Smith and Topin 2019, in `PyTorch`'s two phases). The
    /// momentum is left as it is.
    OneCycle {
        /// The part of the run that goes up.
        rise: f64,
        /// The first rate is the rate divided by this.
        start: f64,
        /// The last rate is the first divided by this.
        end: f64,
    },
    /// Times `factor` where the loss has not become less for more than `patience` epochs.
    Plateau {
        /// What the rate is multiplied by.
        factor: f64,
        /// Epochs without a better loss that are borne.
        patience: u64,
        /// A loss is better where it is below (1 - threshold) times the best one.
        threshold: f64,
        /// Epochs after a change that are not looked at.
        cooldown: u64,
        /// The least rate, as a part of the first.
        least: f64,
    },
}

/// A course, and epochs of warming up before it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Schedule {
    /// How the rate goes on.
    pub course: Course,
    /// In so many epochs before it the rate rises from near 0, the same from step to step.
    pub warm_up: u64,
}

impl Schedule {
    /// One rate for all steps.
    pub const CONSTANT: Schedule = Schedule { course: Course::Constant, warm_up: 0 };
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule::CONSTANT
    }
}

/// A schedule in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    schedule: Schedule,
    learning_rate: f64,
    steps_per_epoch: u64,
    epochs: u64,
    plateau: Plateau,
}

/// What `plateau` knows of the losses so far.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Plateau {
    best: f64,
    /// Epochs since the best.
    bad: u64,
    /// Epochs that are still not looked at.
    resting: u64,
    /// The rate as a part of the first.
    part: f64,
}

impl Rates {
    /// The rates of a run of so many epochs (at most) of so many steps each.
    pub fn new(schedule: Schedule, learning_rate: f64, steps_per_epoch: u64, epochs: u64) -> Rates {
        let plateau = Plateau { best: f64::INFINITY, bad: 0, resting: 0, part: 1.0 };
        Rates { schedule, learning_rate, steps_per_epoch: steps_per_epoch.max(1), epochs, plateau }
    }

    /// True where every step has the same rate.
    pub fn is_constant(&self) -> bool {
        self.schedule == Schedule::CONSTANT
    }

    /// True where [`Rates::epoch_ended`] must be told the loss of every epoch.
    pub fn needs_losses(&self) -> bool {
        matches!(self.schedule.course, Course::Plateau { .. })
    }

    /// The rate of the step after `step` steps: 0 for the first.
    pub fn at(&self, step: u64) -> f64 {
        let warming = self.schedule.warm_up.saturating_mul(self.steps_per_epoch);
        if step < warming {
            return self.learning_rate * ((step + 1) as f64 / warming as f64);
        }
        let step = step - warming;
        let epoch = step / self.steps_per_epoch;
        let total = self.epochs.saturating_mul(self.steps_per_epoch).saturating_sub(warming);
        let part = match self.schedule.course {
            Course::Constant => 1.0,
            Course::Step { every, factor } => libm::pow(factor, (epoch / every.max(1)) as f64),
            Course::Exponential { factor } => libm::pow(factor, epoch as f64),
            Course::Cosine { least, epochs } => {
                let length = if epochs == 0 { total } else { epochs.saturating_mul(self.steps_per_epoch) };
                between(1.0, least, step as f64 / length.max(1) as f64)
            }
            Course::OneCycle { rise, start, end } => one_cycle((rise, start, end), step, total),
            Course::Plateau { .. } => self.plateau.part,
        };
        self.learning_rate * part
    }

    /// Tells the loss after an epoch, from the first on; only `plateau` listens.
    pub fn epoch_ended(&mut self, loss: f64) {
        let Course::Plateau { factor, patience, threshold, cooldown, least } = self.schedule.course else {
            return;
        };
        let seen = &mut self.plateau;
        // A loss below 0 is better where it is further below.
        if loss < seen.best - threshold * seen.best.abs() || seen.best.is_infinite() {
            (seen.best, seen.bad) = (loss, 0);
        } else {
            seen.bad += 1;
        }
        if seen.resting > 0 {
            (seen.resting, seen.bad) = (seen.resting - 1, 0);
        }
        if seen.bad > patience {
            (seen.part, seen.resting, seen.bad) = ((seen.part * factor).max(least), cooldown, 0);
        }
    }
}

/// Half a cosine from one value to another; beyond its end it stays.
fn between(from: f64, to: f64, progress: f64) -> f64 {
    to + (from - to) * f64::midpoint(1.0, libm::cos(PI * progress.min(1.0)))
}

/// The two phases of one cycle: the top is at step `rise * total - 1`, the end at the last step.
fn one_cycle((rise, start, end): (f64, f64, f64), step: u64, total: u64) -> f64 {
    let (first, last) = (1.0 / start, 1.0 / start / end);
    let (step, bottom) = (step as f64, total as f64 - 1.0);
    let top = rise * total as f64 - 1.0;
    if step <= top {
        between(first, 1.0, step / top.max(f64::MIN_POSITIVE))
    } else {
        between(1.0, last, (step - top) / (bottom - top).max(f64::MIN_POSITIVE))
    }
}

/// Every name with its other names.
const NAMES: &[(&str, &[&str])] = &[
    ("constant", &["none"]),
    ("step", &[]),
    ("exponential", &["exp"]),
    ("cosine", &["cos", "cosine-annealing"]),
    ("one-cycle", &["onecycle", "1cycle"]),
    ("plateau", &["reduce-on-plateau"]),
];

impl Schedule {
    /// All schedules, each with the settings it has where none are given.
    pub fn all() -> Vec<Schedule> {
        NAMES.iter().map(|(name, _)| Schedule { course: Course::named(name), warm_up: 0 }).collect()
    }

    fn settings(&mut self) -> Vec<Setting<'_>> {
        use Range::{Above, AboveOne, NotNegative, Part, UpToOne};
        let (number, count) = (Setting::number, Setting::count);
        let mut settings = match &mut self.course {
            Course::Constant => vec![],
            Course::Step { every, factor } => vec![count("every", every, 1), number("factor", factor, Above)],
            Course::Exponential { factor } => vec![number("factor", factor, Above)],
            Course::Cosine { least, epochs } => {
                vec![number("least", least, UpToOne), count("epochs", epochs, 0)]
            }
            Course::OneCycle { rise, start, end } => {
                vec![number("rise", rise, Part), number("start", start, AboveOne), number("end", end, Above)]
            }
            Course::Plateau { factor, patience, threshold, cooldown, least } => vec![
                number("factor", factor, Part),
                count("patience", patience, 0),
                number("threshold", threshold, NotNegative),
                count("cooldown", cooldown, 0),
                number("least", least, UpToOne),
            ],
        };
        settings.push(count("warm-up", &mut self.warm_up, 0));
        settings
    }
}

impl Course {
    /// Its name on the command line and in files.
    pub fn name(&self) -> &'static str {
        match self {
            Course::Constant => "constant",
            Course::Step { .. } => "step",
            Course::Exponential { .. } => "exponential",
            Course::Cosine { .. } => "cosine",
            Course::OneCycle { .. } => "one-cycle",
            Course::Plateau { .. } => "plateau",
        }
    }

    fn named(name: &str) -> Course {
        match name {
            "step" => Course::Step { every: 1000, factor: 0.5 },
            "exponential" => Course::Exponential { factor: 0.999 },
            "cosine" => Course::Cosine { least: 0.0, epochs: 0 },
            "one-cycle" => Course::OneCycle { rise: 0.3, start: 25.0, end: 1e4 },
            "plateau" => {
                Course::Plateau { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, least: 0.0 }
            }
            _ => Course::Constant,
        }
    }
}

impl FromStr for Schedule {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Schedule, SettingError> {
        let (found, arguments) = taken_apart(text)?;
        let mut schedule = Schedule { course: Course::named(known("schedule", &found, NAMES)?), warm_up: 0 };
        let name = schedule.course.name();
        fill(name, &mut schedule.settings(), &arguments)?;
        Ok(schedule)
    }
}

/// The text that reads as this schedule.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut schedule = *self;
        let mut settings = schedule.settings();
        if self.warm_up == 0 {
            settings.pop();
        }
        f.write_str(&written(self.course.name(), &settings))
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.to_string()
    }
}

impl TryFrom<String> for Schedule {
    type Error = SettingError;
    fn try_from(text: String) -> Result<Schedule, SettingError> {
        text.parse()
    }
}
