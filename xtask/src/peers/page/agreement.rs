//! Whether all came to the same loss.

use super::super::line::{Line, Measured, median};
use super::super::work::jobs;
use super::number::percent;
use super::{lines_of, name};

/// What is to be said of a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict<'a> {
    /// There is none.
    None,
    /// It is that of the others.
    Agrees(f64),
    /// It is that of other mathematics, and why.
    Other(f64, &'a str),
    /// It is not that of the others, by this part of theirs.
    Differs(f64, f64),
    /// The program failed.
    Failed(&'a str),
}

/// The loss that most have: the middle one of those that can be compared.
pub(super) fn reference(lines: &[&Line]) -> Option<f64> {
    let comparable = lines.iter().filter(|line| line.other.is_none() && line.error.is_none());
    median(&comparable.filter_map(|line| line.loss).filter(|loss| loss.is_finite()).collect::<Vec<f64>>())
}

pub(super) fn verdict(line: &Line, reference: Option<f64>, tolerance: f64) -> Verdict<'_> {
    if let Some(error) = &line.error {
        return Verdict::Failed(error);
    }
    match (line.loss, &line.other, reference) {
        (None, ..) => Verdict::None,
        (Some(loss), Some(why), _) => Verdict::Other(loss, why),
        (Some(loss), None, reference) => {
            let reference = reference.unwrap_or(loss);
            let apart = (loss - reference).abs() / reference.abs();
            if apart <= tolerance || loss == reference {
                Verdict::Agrees(loss)
            } else {
                Verdict::Differs(loss, apart)
            }
        }
    }
}

/// Every loss that is not that of the others, in words.
pub fn disagreements(measured: &Measured) -> Vec<String> {
    let mut found = vec![];
    for job in jobs() {
        let lines = lines_of(measured, &job);
        let reference = reference(&lines);
        for line in &lines {
            if let Verdict::Differs(loss, by) = verdict(line, reference, job.work.tolerance_in(job.dtype)) {
                found.push(format!(
                    "{}: {} has {loss}, which differs by {}",
                    name(&job),
                    line.peer,
                    percent(by)
                ));
            }
        }
    }
    found
}
