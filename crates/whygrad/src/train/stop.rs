//! Why a run ended, as a value.

use whygrad_expr::arena::Term;

/// The first number that was not finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Overflow {
    /// The epoch whose step led there.
    pub epoch: u64,
    /// The term that produced it.
    pub term: Option<Term>,
    /// The row it stands in.
    pub row: Option<usize>,
    /// The entry of the value.
    pub entry: usize,
}

/// Why a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum StopReason {
    /// All epochs are done.
    Epochs,
    /// The loss is at most the target.
    TargetLoss {
        /// The target.
        target: f64,
    },
    /// No parameter moved by more than the limit.
    SmallestChange {
        /// The limit.
        limit: f64,
        /// The largest change of the last epoch.
        largest: f64,
    },
    /// The gradient is at most as long as the limit.
    GradientNorm {
        /// The limit.
        limit: f64,
        /// Its length.
        reached: f64,
    },
    /// Every row is on the right side.
    AllRight,
    /// Every output is nearer than the limit to its target.
    Within {
        /// The limit.
        limit: f64,
    },
    /// A parameter left its domain.
    LeftDomain {
        /// Which one.
        parameter: String,
    },
    /// A number is infinite or not a number.
    Overflow(Overflow),
    /// A method stands where the gradient is exactly 0 and no direction leads down.
    Stationary,
    /// No step that a method tried makes the loss smaller.
    NoDecrease,
    /// The person stopped it.
    Interrupted,
}

impl StopReason {
    /// A stable name for programs.
    pub fn name(&self) -> &'static str {
        match self {
            StopReason::Epochs => "epochs",
            StopReason::TargetLoss { .. } => "target-loss",
            StopReason::SmallestChange { .. } => "smallest-change",
            StopReason::GradientNorm { .. } => "gradient-norm",
            StopReason::AllRight => "all-right",
            StopReason::Within { .. } => "within",
            StopReason::LeftDomain { .. } => "left-domain",
            StopReason::Overflow(_) => "overflow",
            StopReason::Stationary => "stationary",
            StopReason::NoDecrease => "no-decrease",
            StopReason::Interrupted => "interrupted",
        }
    }
}
