//! Why a run went as it did, as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::why::{Experiment, Finding, Kind, Outcome, Report, Spectrum};

/// The document of `why`; `run` is what `train` takes to make the run again.
pub fn why_json(report: &Report, run: &[String]) -> Value {
    let findings: Vec<Value> = report.findings.iter().map(|finding| finding_json(finding, run)).collect();
    json!({"verdict": report.verdict, "summary": report.summary, "findings": findings})
}

fn finding_json(finding: &Finding, run: &[String]) -> Value {
    let advice = finding.advice.command(run).unwrap_or_else(|| finding.advice.words.clone());
    json!({
        "kind": finding.kind,
        "confirmed": finding.confirmed,
        "summary": finding.summary,
        "evidence": finding.evidence,
        "experiment": finding.experiment,
        "advice": advice,
        "advice_in_words": finding.advice.words,
        "explanation": finding.explanation,
    })
}

/// The same for people; with `explain` also the evidence and what each cause is. `width` is that of the screen.
pub fn why_text(report: &Report, run: &[String], explain: bool, width: usize) -> String {
    let mut text = wrapped(&report.summary, 0, width);
    let shown: Vec<&Finding> = report.findings.iter().filter(|f| f.kind != Kind::Solved).collect();
    for (number, finding) in shown.iter().enumerate() {
        let standing = if finding.confirmed { "confirmed" } else { "suspected, not confirmed" };
        let _ = write!(text, "\n{}. {} ({standing})\n", number + 1, finding.kind.name().replace('-', " "));
        text.push_str(&wrapped(&finding.summary, 3, width));
        if let Some(experiment) = &finding.experiment {
            text.push_str(&experiment_text(experiment, width));
        }
        if !finding.advice.words.is_empty() {
            text.push_str(&wrapped(&finding.advice.words, 3, width));
        }
        if let Some(command) = finding.advice.command(run) {
            let _ = writeln!(text, "     {command}");
        }
        if explain {
            text.push('\n');
            text.push_str(&wrapped(&finding.explanation, 3, width));
            for (name, value) in &finding.evidence {
                let value = value.to_string();
                let short: String = value.chars().take(100).collect();
                let more = if short.len() < value.len() { " ..." } else { "" };
                let _ = writeln!(text, "     {}: {short}{more}", name.replace('_', " "));
            }
        }
    }
    text
}

/// The eigenvalues along a run as a table, and in how many places they are too large for the learning rate.
pub fn spectrum_text(spectrum: &Spectrum) -> String {
    let mut text = String::from("\nEigenvalues of the Hessian of the loss along the run\n\n");
    if spectrum.places.is_empty() {
        return text + "   none: a number is not finite everywhere\n";
    }
    let _ = writeln!(text, "   {:>12}  {:>12}  {:>12}", "epoch", "smallest", "largest");
    for place in &spectrum.places {
        let beyond =
            if spectrum.bound.is_some_and(|bound| place.largest > bound) { "  above the bound" } else { "" };
        let (smallest, largest) = (loss_word(place.smallest), loss_word(place.largest));
        let _ = writeln!(text, "   {:>12}  {smallest:>12}  {largest:>12}{beyond}", place.epoch);
    }
    if let Some(bound) = spectrum.bound {
        let above = spectrum.places.iter().filter(|place| place.largest > bound).count();
        let (of, bound) = (spectrum.places.len(), loss_word(bound));
        let _ =
            writeln!(text, "\n   Steps are stable up to {bound}, which is passed in {above} of {of} places.");
    }
    text
}

/// Only this was changed: the run before and after, a line each.
fn experiment_text(experiment: &Experiment, width: usize) -> String {
    let draws = experiment
        .draws
        .map_or_else(String::new, |[solved, made]| format!(" ({solved} of {made} draws solved)"));
    let mut text = wrapped(&format!("Tried: {}{draws}.", experiment.change), 3, width);
    let line = |name: &str, outcome: &Outcome| {
        let right = outcome.accuracy.map_or_else(String::new, |a| format!("{:>9.1} %", 100.0 * a));
        format!("     {name:<8}{:>12}{right}{:>12}\n", loss_word(outcome.loss), outcome.epochs)
    };
    let right = if experiment.before.accuracy.is_some() { "      right" } else { "" };
    let _ = writeln!(text, "     {:<8}{:>12}{right}{:>12}", "", "loss", "epochs");
    text.push_str(&line("before", &experiment.before));
    text.push_str(&line("after", &experiment.after));
    text
}

fn loss_word(loss: f64) -> String {
    if !loss.is_finite() {
        "not finite".into()
    } else if loss != 0.0 && !(1e-3..1e6).contains(&loss.abs()) {
        format!("{loss:.3e}")
    } else {
        format!("{loss:.4}")
    }
}

/// A paragraph with lines that fit the screen.
fn wrapped(paragraph: &str, indent: usize, width: usize) -> String {
    let (space, width) = (" ".repeat(indent), width.clamp(30, 100));
    let mut text = String::new();
    let mut line = space.clone();
    for word in paragraph.split_whitespace() {
        if line.len() > indent && line.chars().count() + 1 + word.chars().count() > width {
            text.push_str(&line);
            text.push('\n');
            line.clone_from(&space);
        }
        if line.len() > indent {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.len() > indent {
        text.push_str(&line);
        text.push('\n');
    }
    text
}
