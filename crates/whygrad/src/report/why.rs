//! Why a run went as it did, as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::why::{Again, Experiment, Finding, Kind, Outcome, Report, Spectrum};

/// The document of `why`, with commands that make the run again.
pub fn why_json(report: &Report, run: &Again) -> Value {
    let findings: Vec<Value> = report.findings.iter().map(|finding| finding_json(finding, run)).collect();
    json!({
        "verdict": report.verdict,
        "summary": report.summary,
        "interrupted": report.interrupted,
        "notes": report.notes,
        "findings": findings,
    })
}

fn finding_json(finding: &Finding, run: &Again) -> Value {
    json!({
        "kind": finding.kind,
        "confirmed": finding.confirmed,
        "summary": finding.summary,
        "evidence": finding.evidence,
        "experiment": finding.experiment,
        "advice": finding.advice.command(run),
        "advice_in_words": finding.advice.words,
        "explanation": finding.explanation,
    })
}

/// The same for people; with `explain` also the evidence and what each cause is. `width` is that of the screen.
pub fn why_text(report: &Report, run: &Again, explain: bool, width: usize) -> String {
    let mut text = wrapped(&report.summary, 0, width);
    for note in &report.notes {
        text.push('\n');
        text.push_str(&wrapped(&format!("Note: {note}"), 0, width));
    }
    let shown: Vec<&Finding> = report.findings.iter().filter(|f| f.kind != Kind::Solved).collect();
    for (number, finding) in shown.iter().enumerate() {
        let standing = if finding.confirmed { "confirmed" } else { "suspected, not confirmed" };
        let _ = write!(text, "\n{}. {} ({standing})\n", number + 1, finding.kind.name().replace('-', " "));
        // What the verdict says already is not said twice.
        if !report.summary.contains(&finding.summary) {
            text.push_str(&wrapped(&finding.summary, 3, width));
        }
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
    if report.interrupted {
        text.push('\n');
        text.push_str(&wrapped("Interrupted: what is not confirmed may not have been tried.", 0, width));
    }
    text
}

/// The eigenvalues along a run as a table, and in how many places they are too large for the learning rate.
pub fn spectrum_text(spectrum: &Spectrum, width: usize) -> String {
    let mut text =
        format!("\n{}\n", wrapped("Eigenvalues of the Hessian of the loss along the run", 0, width));
    if spectrum.places.is_empty() {
        return text + &wrapped("none: a number is not finite everywhere", 3, width);
    }
    // On a narrow screen the columns stand closer, and a star stands for words.
    let (indent, wide, mark) = if width < 60 { (0, 10, " *") } else { (3, 12, "  above the bound") };
    let _ = writeln!(text, "{:indent$}{:>wide$}  {:>wide$}  {:>wide$}", "", "epoch", "smallest", "largest");
    for place in &spectrum.places {
        let beyond = if spectrum.bound.is_some_and(|bound| place.largest > bound) { mark } else { "" };
        let (smallest, largest) = (loss_word(place.smallest), loss_word(place.largest));
        let _ = writeln!(
            text,
            "{:indent$}{:>wide$}  {smallest:>wide$}  {largest:>wide$}{beyond}",
            "", place.epoch
        );
    }
    if let Some(bound) = spectrum.bound {
        let above = spectrum.places.iter().filter(|place| place.largest > bound).count();
        let (of, bound) = (spectrum.places.len(), loss_word(bound));
        let star = if width < 60 && above > 0 { " (*)" } else { "" };
        let said =
            format!("Steps are stable up to {bound}, which is passed in {above} of {of} places{star}.");
        let _ = write!(text, "\n{}", wrapped(&said, indent, width));
    }
    text
}

/// Only this was changed: the run before and after, a line each.
fn experiment_text(experiment: &Experiment, width: usize) -> String {
    let draws = experiment
        .draws
        .map_or_else(String::new, |[solved, made]| format!(" ({solved} of {made} draws solved)"));
    let mut text = wrapped(&format!("Tried: {}{draws}.", experiment.change), 3, width);
    // On a narrow screen the columns stand closer.
    let (indent, wide) = if width < 48 { (3, 9) } else { (5, 12) };
    let line = |name: &str, outcome: &Outcome| {
        let right = outcome.accuracy.map_or_else(String::new, |a| format!("{:>7.1} %", 100.0 * a));
        let (loss, epochs) = (loss_word(outcome.loss), outcome.epochs);
        format!("{:indent$}{name:<6}{loss:>wide$}{right}{epochs:>wide$}\n", "")
    };
    let right = if experiment.before.accuracy.is_some() { "    right" } else { "" };
    let _ = writeln!(text, "{:indent$}{:<6}{:>wide$}{right}{:>wide$}", "", "", "loss", "epochs");
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
pub fn wrapped(paragraph: &str, indent: usize, width: usize) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::{Advice, Verdict};

    fn report(advice: Advice) -> Report {
        let outcome = Outcome { loss: 0.125, accuracy: Some(0.75), epochs: 1_000_000, solved: false };
        let change = "the learning rate 0.3 in place of 1".into();
        let experiment = Experiment { change, before: outcome.clone(), after: outcome, draws: None };
        let finding = Finding {
            kind: Kind::Plateau,
            confirmed: false,
            summary: "The run stands still.".into(),
            evidence: serde_json::Map::new(),
            experiment: Some(experiment),
            advice,
            explanation: String::new(),
        };
        let summary = "It stands still.".into();
        Report {
            verdict: Verdict::Stalled,
            summary,
            findings: vec![finding],
            interrupted: true,
            notes: vec![],
        }
    }

    #[test]
    fn an_advice_without_a_command_is_null_for_programs_and_words_for_people() {
        let words = Advice { words: "Look at the rows.".into(), ..Advice::default() };
        let document = why_json(&report(words), &Again::default());
        assert!(document["findings"][0]["advice"].is_null());
        assert_eq!(document["findings"][0]["advice_in_words"], "Look at the rows.");
    }

    #[test]
    fn an_interrupted_answer_says_so() {
        let report = report(Advice::default());
        assert_eq!(why_json(&report, &Again::default())["interrupted"], true);
        assert!(why_text(&report, &Again::default(), false, 80).contains("Interrupted"));
    }

    #[test]
    fn what_the_verdict_says_is_not_said_twice() {
        let mut report = report(Advice::default());
        report.summary = "It stands still. Suspected, not confirmed: The run stands still.".into();
        let text = why_text(&report, &Again::default(), false, 100);
        assert_eq!(text.matches("The run stands still.").count(), 1, "{text}");
        assert_eq!(why_json(&report, &Again::default())["findings"][0]["summary"], "The run stands still.");
    }

    #[test]
    fn no_line_is_wider_than_a_narrow_screen() {
        let text = why_text(&report(Advice::default()), &Again::default(), false, 38);
        assert!(text.lines().all(|line| line.len() <= 38), "{text}");
    }
}
