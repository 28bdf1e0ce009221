//! From a run to its causes: suspicions, experiments, ranking.

use super::finding::{self, Suspicion};
use super::finished::Finished;
use super::lab::{Lab, Limits};
use super::report::{Experiment, Finding, Kind, Report, Verdict};
use super::scene::Scene;
use crate::train::Control;

/// How often a run that was helped, but not solved, is looked at again for what else is wrong.
const ROUNDS: usize = 3;

/// A change that takes away this share of the loss is what held the run. The levels of XOR are halves of each other: a
/// run that comes from one to the next is over it.
const RECOVERED: f64 = 0.45;

/// What happened in a run, what causes it, and the runs that prove it.
///
/// The observer is told what is tried before each run, and with an empty text now and then during it; where it says
/// [`Control::Stop`], what was found so far is the answer.
pub fn why(finished: &Finished, limits: Limits, observer: &mut dyn FnMut(&str) -> Control) -> Report {
    let verdict = finished.verdict();
    if verdict == Verdict::Solved {
        return solved(finished);
    }
    let mut lab = Lab::new(limits, observer);
    let mut findings: Vec<Finding> = Vec::new();
    let mut now = finished.clone();
    for number in 0..ROUNDS {
        let (found, best) = round(&now, limits, &mut lab);
        let is_new = |f: &Finding| findings.iter().all(|g| !g.confirmed || g.kind != f.kind);
        let mut new: Vec<Finding> = found.into_iter().filter(is_new).collect();
        if number > 0 {
            new.retain(|f| f.confirmed);
            if let Some(mended) = findings.iter().rfind(|f| f.confirmed) {
                for finding in &mut new {
                    goes_on(mended, finding);
                }
            }
        }
        let helped = new.first().is_some_and(|f| f.confirmed);
        findings.retain(|f| f.confirmed || new.is_empty());
        findings.extend(new);
        match best {
            Some(better) if helped && !better.is_solved() && !lab.was_stopped() => now = better,
            _ => break,
        }
    }
    let summary = in_short(finished, verdict, &findings);
    Report { verdict, summary, findings }
}

/// What is still wrong once another cause is mended is told, and mended, on top of that.
fn goes_on(mended: &Finding, finding: &mut Finding) {
    finding.advice = finding.advice.on_top_of(&mended.advice);
    if let Some(experiment) = &mut finding.experiment {
        experiment.change = format!("besides, {}", experiment.change);
    }
}

/// A suspicion after its experiments.
struct Tried {
    finding: Finding,
    after: Option<Finished>,
    /// From 0 (nothing) to 1 (solved).
    recovered: f64,
    certainty: f64,
    is_symptom: bool,
    comes_first: bool,
}

/// One look at a run: its findings in order, and the run that the best of them made.
fn round(finished: &Finished, limits: Limits, lab: &mut Lab<'_>) -> (Vec<Finding>, Option<Finished>) {
    let scene = Scene::new(finished, limits);
    let mut suspicions: Vec<Suspicion> = finding::ALL.iter().flat_map(|look| look(&scene)).collect();
    suspicions.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
    let mut tried: Vec<Tried> = suspicions.into_iter().map(|s| experiment(finished, s, lab)).collect();
    tried.sort_by(|a, b| {
        let key = |t: &Tried| {
            (t.finding.confirmed, !t.is_symptom, t.comes_first, (t.recovered * 10.0).round(), t.certainty)
        };
        key(b).partial_cmp(&key(a)).unwrap_or(std::cmp::Ordering::Equal)
    });
    // Of several ways to try one cause, the best.
    let mut known = Vec::new();
    tried.retain(|t| {
        let is_new = !known.contains(&t.finding.kind);
        known.push(t.finding.kind);
        is_new
    });
    if tried.iter().any(|t| t.finding.confirmed && !t.is_symptom) {
        tried.retain(|t| !t.is_symptom);
    }
    let best = tried.first().and_then(|t| t.after.clone());
    (tried.into_iter().map(|t| t.finding).collect(), best)
}

fn experiment(finished: &Finished, suspicion: Suspicion, lab: &mut Lab<'_>) -> Tried {
    let mut best: Option<(Finished, String, f64)> = None;
    let (mut solved, mut made) = (0, 0);
    for change in &suspicion.changes {
        let Some(after) = lab.run(change) else { continue };
        let recovered = recovered(finished, &after);
        made += 1;
        solved += usize::from(recovered == 1.0);
        if best.as_ref().is_none_or(|b| recovered > b.2) {
            best = Some((after, change.words.clone(), recovered));
        }
        if recovered == 1.0 && !suspicion.draws {
            break;
        }
    }
    let recovered = best.as_ref().map_or(0.0, |b| b.2);
    let often = !suspicion.draws || solved == 0 || 2 * solved >= made;
    let experiment = best.as_ref().map(|(after, words, _)| Experiment {
        change: words.clone(),
        before: finished.outcome(),
        after: after.outcome(),
        draws: suspicion.draws.then_some([solved, made]),
    });
    let finding = Finding {
        kind: suspicion.kind,
        // What a run shows to be of no matter is no cause, even where it is a fact.
        confirmed: (suspicion.proved
            && (made == 0 || recovered > 0.0 || finished.loss <= f64::EPSILON || suspicion.comes_first))
            || (recovered >= RECOVERED && often),
        summary: suspicion.summary,
        evidence: suspicion.evidence,
        experiment,
        advice: suspicion.advice,
        explanation: suspicion.explanation.into(),
    };
    let (certainty, is_symptom) = (suspicion.certainty, suspicion.is_symptom);
    let after = best.map(|b| b.0);
    let changed = |after: &Finished| {
        let far = (after.loss - finished.loss).abs() > 1e-3 * finished.loss.abs();
        far || after.overflowed() || after.is_solved()
    };
    let comes_first = suspicion.comes_first && after.as_ref().is_some_and(changed);
    // Where nothing can be tried, a certificate stands for it.
    let recovered = if suspicion.proved && suspicion.changes.is_empty() { 1.0 } else { recovered };
    Tried { finding, after, recovered, certainty, is_symptom, comes_first }
}

/// How much of what was missing a changed run recovers: 1 where it is solved, else the share of the loss it takes away.
fn recovered(before: &Finished, after: &Finished) -> f64 {
    if after.is_solved() {
        return 1.0;
    }
    if after.overflowed() {
        return 0.0;
    }
    // A run that diverged is back where it no longer ends above its start.
    let from = if before.overflowed() || before.rose() {
        let first = before.losses.first().map_or(f64::INFINITY, |l| l.1);
        if after.rose() || after.loss > 1.02 * first.abs() {
            return 0.0;
        }
        return RECOVERED + 0.4 * (1.0 - after.loss / first).clamp(0.0, 1.0);
    } else {
        before.loss
    };
    let floor = after.loss.min(0.0);
    if from > floor { ((from - after.loss) / (from - floor)).clamp(0.0, 0.9) } else { 0.0 }
}

fn solved(finished: &Finished) -> Report {
    let summary = format!("Solved: {}.", reached(finished));
    let finding = Finding {
        kind: Kind::Solved,
        confirmed: true,
        summary: summary.clone(),
        evidence: serde_json::Map::new(),
        experiment: None,
        advice: super::report::Advice::default(),
        explanation: String::new(),
    };
    Report { verdict: Verdict::Solved, summary, findings: vec![finding] }
}

/// Where the run ended: "loss 0.25, 2 of 4 rows right".
fn reached(finished: &Finished) -> String {
    let rows = finished.case.data.rows;
    let right = rows - finished.evaluation.wrong.len();
    let rows =
        finished.evaluation.accuracy.map_or_else(String::new, |_| format!(", {right} of {rows} rows right"));
    let size = finished.loss.abs();
    let loss = if size < 1e6 && (size >= 1e-3 || size == 0.0) {
        format!("{:.4}", finished.loss)
    } else {
        format!("{:.2e}", finished.loss)
    };
    format!("loss {loss}{rows} after {} epochs", finished.epochs)
}

fn in_short(finished: &Finished, verdict: Verdict, findings: &[Finding]) -> String {
    let happened = match verdict {
        Verdict::Solved => "Solved",
        Verdict::Diverged if finished.overflowed() => "The numbers overflowed",
        Verdict::Diverged => "The loss grew",
        Verdict::Stalled => "The run stands still",
        Verdict::StillMoving => "The loss was still falling at the end",
        Verdict::Unknown => "The run did not reach its goal",
    };
    let cause = match findings.first() {
        Some(finding) if finding.confirmed => finding.summary.clone(),
        Some(finding) => format!("Suspected, not confirmed: {}", finding.summary),
        None => "The cause was not found.".into(),
    };
    format!("{happened} ({}). {cause}", reached(finished))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::bind::BindOptions;
    use crate::data::builtin;
    use crate::model::{Model, ModelOptions};
    use crate::random::{Key, Seed};
    use crate::train::Options;
    use crate::why::Case;

    #[test]
    fn equal_units_are_the_cause_of_the_quarter_that_xor_stays_at() {
        let text = "inputs x[2]\ntarget y\nhidden = dense(x, 2, sigmoid)\ny_hat = dense(hidden, 1)\nloss = mse(y_hat, y)";
        let model = Model::parse(text, &ModelOptions::default()).unwrap();
        let table = builtin::table("xor", Key::from_seed(Seed(1))).unwrap();
        let data = model.bind(&table, &BindOptions::default()).unwrap().0;
        let start = vec![0.1; model.program.parameter_count()];
        let options = Options { learning_rate: 0.3, ..Options::default() };
        let case = Case { model: Arc::new(model), data: Arc::new(data), options, start };
        let finished = case.run(&mut |_| Control::Continue).unwrap();
        let report = why(&finished, Limits::for_run(&case), &mut |_| Control::Continue);
        assert_eq!(report.verdict, Verdict::Stalled);
        assert_eq!(report.findings[0].kind, Kind::SymmetricUnits);
        assert!(report.findings[0].confirmed);
    }
}
