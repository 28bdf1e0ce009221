//! What a person chooses about a fleet, and how its nets end.

use crate::train::{Options, StartError, TrainError};

/// When a net counts as solved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Solved {
    /// Never: nets run until another rule stops them.
    Never,
    /// Every output of every row is nearer than this to its target; at 0.5, every row is right.
    Within(f64),
    /// The loss on the whole data is at most this.
    TargetLoss(f64),
}

/// What a person chooses about a fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetOptions {
    /// What each of the nets is trained with; its `restart`, history and path are not used.
    pub options: Options,
    /// When a net counts as solved.
    pub solved: Solved,
    /// A solved net leaves the fleet; without it, all run to their end and are judged there.
    pub early_stop: bool,
    /// Threads at most; `None` for as many as the machine has.
    pub threads: Option<usize>,
    /// The same bits on every machine, at the price of speed.
    pub portable: bool,
}

/// Why a net left the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It met the rule of [`FleetOptions::solved`].
    Solved,
    /// All epochs are done.
    Epochs,
    /// The loss is at most the target of the stop rules.
    TargetLoss,
    /// Every output is as near its target as the stop rules say.
    Within,
    /// No parameter moved any more.
    SmallestChange,
    /// The gradient is as short as the stop rules say.
    GradientNorm,
    /// A parameter left its domain.
    LeftDomain,
    /// A number became infinite or not a number.
    Overflow,
    /// A method stands where the gradient is exactly 0.
    Stationary,
    /// No step of a method makes the loss smaller.
    NoDecrease,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 10] = [
        Reason::Solved,
        Reason::Epochs,
        Reason::TargetLoss,
        Reason::Within,
        Reason::SmallestChange,
        Reason::GradientNorm,
        Reason::LeftDomain,
        Reason::Overflow,
        Reason::Stationary,
        Reason::NoDecrease,
    ];

    /// A stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Solved => "solved",
            Reason::Epochs => "epochs",
            Reason::TargetLoss => "target-loss",
            Reason::Within => "within",
            Reason::SmallestChange => "smallest-change",
            Reason::GradientNorm => "gradient-norm",
            Reason::LeftDomain => "left-domain",
            Reason::Overflow => "overflow",
            Reason::Stationary => "stationary",
            Reason::NoDecrease => "no-decrease",
        }
    }

    /// The reason of this name.
    pub fn of_name(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// How one net ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ending {
    /// Which restart of the seed it is.
    pub restart: u64,
    /// Epochs done.
    pub epochs: u64,
    /// The first epoch at which the rule of [`FleetOptions::solved`] held. A net that runs on may lose it again.
    pub first_solved: Option<u64>,
    /// The loss at the end, on the whole data; after an overflow the last finite one.
    pub loss: f64,
    /// Why it ended.
    pub reason: Reason,
}

/// How far a fleet is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FleetProgress {
    /// Restarts whose endings were handed over, those with this progress among them.
    pub ended: u64,
    /// Restarts asked for.
    pub restarts: u64,
    /// Epochs done by all nets together, also by those that have not ended.
    pub net_epochs: u64,
    /// Nets that are being trained.
    pub under_way: u64,
    /// The epoch that the furthest of these is at.
    pub epoch: u64,
    /// Nets that have ended and are not handed over yet, since a restart before them is still under way.
    pub waiting: u64,
    /// How many of these are solved.
    pub waiting_solved: u64,
}

/// A fleet that cannot start.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FleetError {
    /// No starting values.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Options that a net cannot be trained with.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Nothing tells a solved net.
    #[error(
        "the model's outputs and targets cannot be compared, so that nearness does not tell a solved net; \
         say when it is solved by a loss, such as --target-loss 0.01"
    )]
    NotComparable,
}
