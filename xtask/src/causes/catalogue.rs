//! The page of the book with every cause that `why` has a name for: the heads of the files that look for them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use whygrad::why::Kind;

/// Where the page lies.
pub const PATH: &str = "book/src/causes.md";

/// Where the files are.
const FINDINGS: &str = "crates/whygrad/src/why/finding";

/// Each file, and the kinds that its cause has in a report: causes first, then what says only how a run failed.
pub const FILES: &[(&str, &[Kind])] = &[
    ("symmetric_units", &[Kind::SymmetricUnits]),
    ("learning_rate_too_high", &[Kind::LearningRateTooHigh]),
    ("learning_rate_too_low", &[Kind::LearningRateTooLow]),
    ("too_few_steps", &[Kind::TooFewSteps]),
    ("cannot_represent", &[Kind::CannotRepresent]),
    ("output_range", &[Kind::OutputRange]),
    ("loss_unbounded", &[Kind::LossUnbounded]),
    ("not_a_number", &[Kind::NotANumber]),
    ("gradient_wrong", &[Kind::GradientWrong]),
    ("update_wrong", &[Kind::UpdateWrong]),
    ("dead_units", &[Kind::DeadUnits]),
    ("saturated", &[Kind::Saturated]),
    ("gradient_by_layer", &[Kind::VanishingGradient, Kind::ExplodingGradient]),
    ("unscaled_inputs", &[Kind::UnscaledInputs]),
    ("regularisation_too_strong", &[Kind::RegularisationTooStrong]),
    ("row_order", &[Kind::RowOrder]),
    ("wrong_readout", &[Kind::WrongReadout]),
    ("optimum_at_infinity", &[Kind::OptimumAtInfinity]),
    ("unlucky_start", &[Kind::Plateau, Kind::LocalMinimum]),
    ("plateau", &[Kind::Plateau]),
    ("saddle", &[Kind::Saddle]),
    ("local_minimum", &[Kind::LocalMinimum]),
];

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The page, made from the heads.
///
/// # Errors
/// A file that cannot be read.
pub fn page() -> Result<String> {
    let mut text = String::from(
        "# Causes\n\n\
         What `whygrad why` calls by a name: what it is, why it happens, how it is noticed, where to read of it, and what to do.\n\
         A cause is said to be confirmed where a run with it alone changed recovers, or a certificate proves it; how often the\n\
         planted cause is named first stands in [docs/CAUSES.md](../../docs/CAUSES.md). The words under each heading are the\n\
         kinds that stand first in a report and as `kind` in JSON; one is left out here, `nothing-wrong`, for a model that does\n\
         as well on its data as it can.\n\n\
         `cargo xtask causes --catalogue` writes this page from the heads of the files in `crates/whygrad/src/why/finding/`.\n",
    );
    for (file, kinds) in FILES {
        let path = root().join(FINDINGS).join(format!("{file}.rs"));
        let source = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let (title, head) = head(&source);
        let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.name())).collect();
        let title = title.trim_end_matches('.');
        let _ = write!(text, "\n## {title}\n\n{}\n\n{head}\n", kinds.join(", "));
    }
    Ok(text)
}

/// The first line of a file's head, and the rest of it.
fn head(source: &str) -> (String, String) {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let mut lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let title = lines.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = lines.collect();
    (title, rest.join("\n").trim().replace("\nWhat to do:", "\n**What to do:**"))
}
