//! A run and an evaluation as text: the table of rows, the ending, the speed.

use std::fmt::Write as _;

use whygrad::data::Dataset;
use whygrad::model::Model;
use whygrad::report;
use whygrad::train::{Evaluation, Options, Run, Stepping, StopReason};

use crate::output;

/// The most rows of a table on the screen.
const ROWS: usize = 16;

/// The table of predictions, the ending and the figures of the run, in words.
pub(super) fn outcome(
    model: &Model,
    data: &Dataset,
    run: &Run,
    evaluation: &Evaluation,
    (options, seconds): (&Options, f64),
) -> String {
    let mut text = table(data, evaluation);
    let right = evaluation.accuracy.map_or_else(String::new, |a| {
        let rows = data.rows - evaluation.wrong.len();
        format!(
            "; {rows} of {} rows right ({:.1} %), counting {}",
            data.rows,
            100.0 * a,
            report::rule_of_right(model)
        )
    });
    let _ = writeln!(text, "Loss {}{right}.", rounded(run.loss));
    let _ = writeln!(text, "Stopped: {}.", report::stop_sentence(model, run));
    let overflow = matches!(run.stop, StopReason::Overflow(_));
    if let (true, 0, Some(loss)) = (overflow, run.epoch, plain_cross_entropy(model)) {
        let _ = writeln!(
            text,
            "{loss} takes the logarithm of outputs, which must lie between 0 and 1: write \
             {loss}_from_logits, which takes a linear output, or give the last layer an activation \
             such as sigmoid"
        );
    } else if overflow && run.epoch > 0 && Stepping::of(options).uses_learning_rate() {
        let rate = output::number(options.learning_rate / 10.0);
        let _ = writeln!(text, "A smaller learning rate may keep the numbers finite: try --lr {rate}");
    }
    let speed = if seconds > 0.0 { run.epoch as f64 / seconds } else { 0.0 };
    let plural = if run.epoch == 1 { "" } else { "s" };
    let _ = writeln!(text, "{} epoch{plural} in {seconds:.3} s, {speed:.0} epochs a second.", run.epoch);
    text
}

/// The cross-entropy that the model minimises, if it is one of probabilities.
fn plain_cross_entropy(model: &Model) -> Option<&'static str> {
    let written = if model.loss_text.contains('(') { &model.loss_text } else { &model.source };
    let written: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    ["binary_cross_entropy", "cross_entropy"].into_iter().find(|name| written.contains(&format!("{name}(")))
}

/// A loss with about seven digits.
fn rounded(loss: f64) -> String {
    match loss.abs() {
        0.0 => "0".to_owned(),
        size if (1e-3..1e6).contains(&size) => format!("{loss:.6}"),
        _ => format!("{loss:.6e}"),
    }
}

/// Inputs, targets and predictions, row by row.
pub(super) fn table(data: &Dataset, evaluation: &Evaluation) -> String {
    let outputs = evaluation.predictions.first().map_or(0, Vec::len);
    if outputs == 0 {
        return String::new();
    }
    let width = data.input_names.len() + data.target_names.len() + outputs;
    if width > 12 {
        return String::new();
    }
    let mut header: Vec<String> = data.input_names.clone();
    header.extend(data.target_names.iter().cloned());
    header.extend(
        (0..outputs).map(|k| if outputs == 1 { "output".into() } else { format!("output{}", k + 1) }),
    );
    let mut rows = vec![header];
    for row in 0..data.rows.min(ROWS) {
        let mut cells: Vec<String> = data.input_row(row).iter().map(|v| short(*v)).collect();
        cells.extend(data.target_row(row).iter().map(|v| short(*v)));
        cells.extend(evaluation.predictions[row].iter().map(|v| fixed(*v)));
        let wrong = evaluation.wrong.iter().any(|w| w.row == row);
        cells.push(if wrong { "wrong".into() } else { String::new() });
        rows.push(cells);
    }
    let widths: Vec<usize> = (0..width)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|s| s.chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for cells in &rows {
        let padded: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(c, s)| format!("{s:>w$}", w = widths.get(c).copied().unwrap_or(0)))
            .collect();
        let _ = writeln!(text, "{}", padded.join("  ").trim_end());
    }
    if data.rows > ROWS {
        let _ = writeln!(text, "... and {} more rows", data.rows - ROWS);
    }
    text
}

/// Numbers of everyday size; others are shown with an exponent.
fn is_everyday(value: f64) -> bool {
    value.abs() < 1e7
}

fn fixed(value: f64) -> String {
    if is_everyday(value) { format!("{value:.5}") } else { format!("{value:.4e}") }
}

fn short(value: f64) -> String {
    if !is_everyday(value) {
        return format!("{value:.4e}");
    }
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
