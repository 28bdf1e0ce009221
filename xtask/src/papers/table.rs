//! The rows as text.

use std::fmt::Write as _;

use super::Outcome;
use super::row::{Band, END, Figure, Read, Reading};

/// The words above the columns.
pub(super) fn head() -> String {
    format!("{:34}{:>20}{:>20}{:>20}{:>12}", "", "published", "re-run", "ours", "may differ")
}

/// A row with its figures.
pub(super) fn lines(outcome: &Outcome) -> String {
    let row = &outcome.row;
    let mut text = format!("{}: {}\n  {}\n", row.name, row.what, row.source);
    for (figure, reading) in outcome.pairs() {
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| shown(figure, v));
        let tolerance = match figure.band {
            Band::Between(low, high) if high.is_infinite() => format!("> {low}"),
            Band::Between(low, high) => format!("{low}..{high}"),
            _ => figure.tolerance(reading, row.trials).map_or_else(|| "-".to_owned(), small),
        };
        let verdict = if figure.holds(reading, row.trials) { "" } else { "  OUTSIDE" };
        let _ = writeln!(
            text,
            "  {:32}{:>20}{:>20}{:>20}{:>12}{verdict}",
            name(&figure.read),
            number(figure.published),
            number(figure.again),
            shown(figure, reading.value),
            tolerance
        );
    }
    let _ = writeln!(text, "  {} in {:.1} s", trials(outcome), outcome.seconds);
    text
}

fn trials(outcome: &Outcome) -> String {
    let count = outcome.readings.iter().map(|r: &Reading| r.trials).max().unwrap_or(0);
    match (count, outcome.row.trials) {
        (0 | 1, 1) => "nothing is drawn".to_owned(),
        (count, again) => format!("{count} trials, the re-run {again}"),
    }
}

fn shown(figure: &Figure, value: f64) -> String {
    if value.abs() > 1e9 { format!("{value:e}") } else { format!("{value:.*}", figure.digits) }
}

fn small(tolerance: f64) -> String {
    match tolerance {
        0.0 => "0".to_owned(),
        t if t < 1e-3 => format!("{t:.0e}"),
        t => format!("{t:.2}"),
    }
}

/// What a figure is called.
pub(super) fn name(read: &Read) -> String {
    match read {
        Read::Loss(epoch) => format!("loss{}", at(*epoch)),
        Read::Squares(epoch) => format!("sum of squares{}", at(*epoch)),
        Read::LargestError(epoch) => format!("largest error{}", at(*epoch)),
        Read::MeanError(epoch) => format!("mean error{}", at(*epoch)),
        Read::Output(epoch, row, k) => format!("output {k} of row {row}{}", at(*epoch)),
        Read::Parameter(epoch, name) => format!("{name}{}", at(*epoch)),
        Read::Apart(_, one, two) => format!("{one} - {two}"),
        Read::Gradient(_) => "length of the gradient".to_owned(),
        Read::Eigenvalue(_, k) => format!("eigenvalue {}", k + 1),
        Read::StableRate(_) => "largest stable rate".to_owned(),
        Read::Epochs => "epochs".to_owned(),
        Read::EpochsInPassing(_) => "epochs, errors summed in passing".to_owned(),
        Read::MeanEpochs => "epochs, mean".to_owned(),
        Read::SdEpochs => "epochs, sd".to_owned(),
        Read::LeastEpochs => "epochs, least".to_owned(),
        Read::MostEpochs => "epochs, most".to_owned(),
        Read::Failed => "failed attempts".to_owned(),
        Read::Solved => "solved, %".to_owned(),
        Read::TrainingError => "training error, %".to_owned(),
        Read::ValidationError => "validation error, %".to_owned(),
        Read::TestError => "test error, %".to_owned(),
        Read::TestClassification => "test rows wrong, %".to_owned(),
        Read::TotalEpochs => "epochs".to_owned(),
        Read::RelevantEpochs => "epochs to the best".to_owned(),
        Read::Sharpness => "curvature x rate / 2".to_owned(),
    }
}

fn at(epoch: u64) -> String {
    if epoch == END { " at the end".to_owned() } else { format!(", epoch {epoch}") }
}
