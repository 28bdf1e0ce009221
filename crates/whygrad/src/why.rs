//! Why a run went as it did: what happened, what causes it, and the run that proves it.
//!
//! [`why`] takes a finished run as a [`Finished`]. Each file in `finding/` knows one cause: it looks for its marks in the
//! `Scene` of the run and gives `Suspicion`s, each with changes of nothing but the
//! suspected cause. The `Lab` makes the changed runs; what they recover ranks the causes. A cause that no
//! run confirms stays a suspicion, and a run without a cause has none made up for it.

mod activation;
mod advised;
mod constant;
mod diagnosis;
mod experiment;
mod finding;
mod finished;
mod goal;
mod lab;
mod level;
mod longer;
mod noise;
mod others;
mod places;
mod recorded;
mod remade;
mod report;
mod rewrite;
mod scene;
mod spectrum;
mod speed;
mod together;
mod units;

pub use diagnosis::{why, why_within};
pub use finished::{Case, Finished};
pub use goal::Goal;
pub(crate) use lab::epochs_between;
pub use lab::{Limits, Time};
pub use recorded::RecordError;
pub use report::{Advice, Again, Experiment, Finding, Kind, Outcome, Report, Verdict};
pub use spectrum::{Spectrum, SpectrumPlace, spectrum};
pub(crate) use units::{Group, Units, Values};
