//! From a run to its causes: suspicions, experiments, ranking.

use std::fmt::Write as _;

use super::experiment::{Tried, experiment};
use super::finding::{self, Suspicion};
use super::finished::Finished;
use super::lab::{Ask, Ears, Lab, Limits, Time};
use super::report::{Advice, Finding, Kind, Report, Verdict};
use super::scene::Scene;
use super::together::together;
use crate::lint::gradient::{in_words, wrong_components};
use crate::lint::words::number;
use crate::train::Control;

/// How often a run that was helped, but not solved, is looked at again for what else is wrong.
const ROUNDS: usize = 3;

const CUT: &str = "Not everything was tried: the run is long, and the time of a verdict is short. Other causes may hold as well.";

/// What happened in a run, what causes it, and the runs that prove it.
///
/// The observer is told what is tried before each run, and with an empty text now and then during it; where it says
/// [`Control::Stop`], what was found so far is the answer.
pub fn why(finished: &Finished, limits: Limits, observer: &mut dyn FnMut(&str) -> Control) -> Report {
    why_within(finished, limits, None, observer)
}

/// The same within a time. What there was no time for is not tried, and the report says so.
pub fn why_within(
    finished: &Finished,
    limits: Limits,
    time: Option<Time<'_>>,
    observer: &mut dyn FnMut(&str) -> Control,
) -> Report {
    let mut report = answer(finished, limits, time, observer);
    report.notes.splice(0..0, finished.note.clone());
    report
}

fn answer(
    finished: &Finished,
    limits: Limits,
    time: Option<Time<'_>>,
    observer: &mut dyn FnMut(&str) -> Control,
) -> Report {
    let verdict = finished.verdict();
    if verdict == Verdict::Solved {
        return solved(finished);
    }
    if let Some(report) = super::noise::as_well_as_it_can(finished, limits) {
        return report;
    }
    let ears = Ears::new(observer, time);
    let mut lab = Lab::new(limits, &ears);
    let mut findings: Vec<Finding> = Vec::new();
    let mut now = finished.clone();
    let mut mended: Option<Mended> = None;
    for _ in 0..ROUNDS {
        let mut found = round(&now, limits, (&ears, &mut lab));
        found.retain(|t| findings.iter().all(|f| !f.confirmed || f.kind != t.finding.kind));
        if let Some(mended) = &mended {
            found.retain(|t| t.finding.confirmed);
            for t in &mut found {
                mended.goes_on(&mut t.finding);
            }
        }
        let first = found.first().filter(|t| t.finding.confirmed);
        let next = first.and_then(|t| Some((t.after.clone()?, Mended::by(&t.finding))));
        findings.retain(|f| f.confirmed || found.is_empty());
        findings.extend(found.into_iter().map(|t| t.finding));
        match next {
            Some((better, by)) if !better.is_solved() && !lab.was_stopped() && ears.has_time_again() => {
                now = better;
                mended = Some(by);
            }
            _ => break,
        }
    }
    let interrupted = ears.was_stopped();
    let mut notes = Vec::new();
    if ears.was_cut(findings.iter().any(|f| f.confirmed)) && !interrupted {
        notes.push(CUT.to_owned());
    }
    let summary = in_short(finished, verdict, &findings, interrupted);
    Report { verdict, summary, findings, interrupted, notes }
}

/// The cause that was mended before a run was looked at again.
struct Mended {
    kind: Kind,
    change: String,
    advice: Advice,
}

impl Mended {
    fn by(finding: &Finding) -> Mended {
        let change = finding.experiment.as_ref().map_or_else(String::new, |e| e.change.clone());
        Mended { kind: finding.kind, change, advice: finding.advice.clone() }
    }

    /// What is still wrong once this is mended is told, and mended, on top of it.
    fn goes_on(&self, finding: &mut Finding) {
        let cause = self.kind.name().replace('-', " ");
        finding.summary = format!("Once that is mended ({cause}): {}", finding.summary);
        let has_command = |advice: &Advice| advice.model.is_some() || !advice.flags.is_empty();
        if has_command(&self.advice) && has_command(&finding.advice) {
            finding.advice = finding.advice.on_top_of(&self.advice);
        } else {
            // Where no command mends the first cause none shows what mending both does.
            finding.advice = Advice::words(finding.advice.words.clone());
        }
        if let Some(experiment) = &mut finding.experiment {
            experiment.change = format!("besides ({}), {}", self.change, experiment.change);
        }
    }
}

/// One look at a run: what was found, in order, each with the run that its experiment made.
fn round(finished: &Finished, limits: Limits, (ears, lab): (&Ears<'_>, &mut Lab<'_>)) -> Vec<Tried> {
    let mut tried = looked_at(finished, limits, (ears, &mut *lab));
    if !tried.iter().any(|t| t.finding.confirmed) && !lab.was_stopped() && ears.has_time_for_evidence() {
        tried = looked_at(finished, limits, (ears, &mut *lab));
    }
    tried.sort_by(|a, b| {
        let key = |t: &Tried| {
            (
                t.finding.confirmed,
                !t.is_symptom,
                !t.is_rare,
                t.comes_first,
                (t.recovered * 10.0).round(),
                t.certainty,
            )
        };
        key(b).partial_cmp(&key(a)).unwrap_or(std::cmp::Ordering::Equal)
    });
    tried.retain(|t| !t.refuted);
    // Of several ways to try one cause, the best.
    let mut known = Vec::new();
    tried.retain(|t| {
        let is_new = !known.contains(&t.finding.kind);
        known.push(t.finding.kind);
        is_new
    });
    if !tried.iter().any(|t| t.finding.confirmed) && !lab.was_stopped() {
        together(finished, &mut tried, lab);
    }
    if tried.iter().any(|t| t.finding.confirmed && !t.is_symptom && !t.is_rare) {
        tried.retain(|t| !t.is_symptom && !t.is_rare);
    } else if tried.iter().any(|t| t.finding.confirmed && !t.is_symptom) {
        tried.retain(|t| !t.is_symptom);
    }
    // What little speaks for, and the experiment speaks against, is not said beside anything else.
    if tried.iter().any(|t| !t.is_refuted()) {
        tried.retain(|t| !t.is_refuted());
    }
    tried
}

/// What the findings suspect, each tried, those with the most evidence first.
fn looked_at(finished: &Finished, limits: Limits, (ears, lab): (&Ears<'_>, &mut Lab<'_>)) -> Vec<Tried> {
    let scene = Scene::new(finished, limits).heard_by(ears);
    let mut suspicions: Vec<Suspicion> = Vec::new();
    for look in finding::ALL {
        let found = look(&scene);
        // What was half looked at when someone said stop may be wrong.
        if ears.ask("") == Control::Stop {
            break;
        }
        suspicions.extend(found);
    }
    suspicions.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
    let mut tried: Vec<Tried> = Vec::new();
    for suspicion in suspicions {
        let is_symptom = suspicion.is_symptom;
        tried.push(experiment(finished, suspicion, lab));
        if tried.last().is_some_and(|t| t.finding.confirmed && !is_symptom) {
            ears.confirmed();
        }
    }
    tried
}

fn solved(finished: &Finished) -> Report {
    let mut summary = format!("Solved: {}.", reached(finished));
    let mut evidence = serde_json::Map::new();
    let case = &finished.case;
    let wrong = wrong_components(&case.model, &case.data, case.options.batch, &case.start);
    if !wrong.is_empty() {
        // Not a cause of anything here, but of a failure next time.
        let _ = write!(summary, " Yet note: {}", in_words(&wrong, case.start.len()));
        let names: Vec<&str> = wrong.iter().take(100).map(|off| off.name.as_str()).collect();
        evidence.insert("wrong_components".into(), names.into());
    }
    let finding = Finding {
        kind: Kind::Solved,
        confirmed: true,
        summary: summary.clone(),
        evidence,
        experiment: None,
        advice: super::report::Advice::default(),
        explanation: String::new(),
    };
    let notes = finding::without_end(finished).into_iter().collect();
    Report { verdict: Verdict::Solved, summary, findings: vec![finding], interrupted: false, notes }
}

/// Where the run ended: "loss 0.25, 2 of 4 rows right".
fn reached(finished: &Finished) -> String {
    let rows = finished.case.data.rows;
    let right = rows - finished.evaluation.wrong.len();
    let rows =
        finished.evaluation.accuracy.map_or_else(String::new, |_| format!(", {right} of {rows} rows right"));
    let loss = number(finished.loss);
    format!("loss {loss}{rows} after {} epochs", finished.epochs)
}

fn in_short(finished: &Finished, verdict: Verdict, findings: &[Finding], interrupted: bool) -> String {
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
        None if interrupted => "Interrupted before a cause was found.".into(),
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
    use crate::why::finding::tests::{case_of, data, model};

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

    /// A run of two sigmoid units on XOR from equal values.
    fn equal_units(epochs: u64) -> Case {
        let net = model("2-2sigmoid-1");
        let rows = data(&net, "xor");
        let case = case_of(net, rows);
        let start = vec![0.1; case.start.len()];
        case.from(start).with(|o| (o.learning_rate, o.epochs) = (0.3, epochs))
    }

    #[test]
    fn who_says_stop_is_heard_while_evidence_is_gathered() {
        let finished = equal_units(100_000).run(&mut |_| Control::Continue).unwrap();
        for most in [0, 1, 2, 5, 20] {
            let mut asked = 0;
            let report = why(&finished, Limits::for_run(&finished.case), &mut |_| {
                asked += 1;
                if asked > most { Control::Stop } else { Control::Continue }
            });
            assert!(report.interrupted);
            assert_eq!(asked, most + 1, "no question after the answer to stop");
        }
    }

    #[test]
    fn without_time_it_is_said_that_not_everything_was_tried() {
        let finished = equal_units(100_000).run(&mut |_| Control::Continue).unwrap();
        let limits = Limits::for_run(&finished.case);
        let told = |seconds: f64| {
            let now = std::cell::Cell::new(0.0);
            let clock = || now.replace(now.get() + 1.0);
            let time = Some(Time { clock: &clock, seconds });
            why_within(&finished, limits, time, &mut |_| Control::Continue)
        };
        let none = told(0.0);
        assert!(!none.interrupted && none.notes == [CUT]);
        assert!(none.findings.iter().all(|f| f.experiment.is_none()));
        // The main cause comes first, so that little time is enough for it.
        let little = told(60.0);
        assert_eq!((little.findings[0].kind, little.findings[0].confirmed), (Kind::SymmetricUnits, true));
        assert_eq!(told(1e9).notes.len(), 0);
    }

    #[test]
    fn an_interrupted_run_is_compared_with_runs_of_the_epochs_it_had() {
        let case = equal_units(1_000_000_000);
        let finished =
            case.run(&mut |p| if p.epoch >= 5000 { Control::Stop } else { Control::Continue }).unwrap();
        assert_eq!(finished.case.options.epochs, finished.epochs);
        let report = why(&finished, Limits::for_run(&finished.case), &mut |_| Control::Continue);
        let first = &report.findings[0];
        assert!(first.advice.flags.contains(&"--epochs".to_owned()), "{:?}", first.advice);
    }

    #[test]
    fn what_is_still_wrong_is_mended_on_top_of_what_mended_the_first_cause() {
        let mended = Mended {
            kind: Kind::LearningRateTooHigh,
            change: "the learning rate 0.3 in place of 30".into(),
            advice: Advice::flags("Take smaller steps.", &["--lr", "0.3"]),
        };
        let finding = |advice| Finding { advice, ..solved_finding() };
        let mut more = finding(Advice::flags("Train longer.", &["--epochs", "9"]));
        mended.goes_on(&mut more);
        assert_eq!(more.advice.flags, ["--lr", "0.3", "--epochs", "9"]);
        assert!(more.summary.starts_with("Once that is mended (learning rate too high): "));
        // No command mends the first cause, so that none mends both.
        let in_words = Mended { advice: Advice::words("Scale the inputs."), ..mended };
        let mut more = finding(Advice::flags("Train longer.", &["--epochs", "9"]));
        in_words.goes_on(&mut more);
        assert_eq!(more.advice, Advice::words("Train longer."));
    }

    fn solved_finding() -> Finding {
        let finished = equal_units(10).run(&mut |_| Control::Continue).unwrap();
        solved(&finished).findings.remove(0)
    }
}
