//! From a run to its causes: suspicions, experiments, ranking.

use std::fmt::Write as _;

use super::advised::advised;
use super::finding::{self, Suspicion};
use super::finished::Finished;
use super::goal::left_by_both;
use super::lab::{Ask, Change, Ears, Lab, Limits, Time};
use super::longer::until_solved;
use super::report::{Advice, Experiment, Finding, Kind, Report, Verdict};
use super::scene::Scene;
use super::together::together;
use crate::lint::gradient::{in_words, wrong_components};
use crate::lint::words::number;
use crate::train::Control;

/// How often a run that was helped, but not solved, is looked at again for what else is wrong.
const ROUNDS: usize = 3;

/// A change that takes away this share of the loss is what held the run. The levels of XOR are halves of each other: a
/// run that comes from one to the next is over it.
const RECOVERED: f64 = 0.45;

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

/// A suspicion after its experiments.
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub(super) struct Tried {
    pub(super) finding: Finding,
    /// What mends its cause, whether that helped or not.
    pub(super) advice: Advice,
    /// The changes of its cause alone.
    pub(super) changes: Vec<Change>,
    pub(super) after: Option<Finished>,
    /// From 0 (nothing) to 1 (solved).
    pub(super) recovered: f64,
    pub(super) certainty: f64,
    pub(super) is_symptom: bool,
    comes_first: bool,
    /// Its draws were made, and do not solve the run.
    refuted: bool,
    /// Fewer than half of its draws solve it: whatever else is confirmed says more.
    is_rare: bool,
}

impl Tried {
    /// Whether it was tried, made nothing better, and was but a guess.
    fn is_refuted(&self) -> bool {
        let made = self.finding.experiment.is_some() && !self.finding.confirmed;
        made && self.recovered < NOTHING && self.certainty < GUESS
    }
}

/// A change that takes away less than this share of the loss changed nothing.
const NOTHING: f64 = 0.005;

/// Evidence below this alone is a guess.
const GUESS: f64 = 0.5;

/// One look at a run: what was found, in order, each with the run that its experiment made.
fn round(finished: &Finished, limits: Limits, (ears, lab): (&Ears<'_>, &mut Lab<'_>)) -> Vec<Tried> {
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

fn experiment(finished: &Finished, suspicion: Suspicion, lab: &mut Lab<'_>) -> Tried {
    let mut best: Option<(Finished, String, f64)> = None;
    let (mut solved, mut made) = (0, 0);
    for change in &suspicion.changes {
        let change = &ended_where_solved(change);
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
    let share = best.as_ref().map_or(0.0, |b| b.2);
    let often = !suspicion.draws || solved == 0 || 2 * solved >= made;
    // What a run shows to be of no matter is no cause, even where it is a fact.
    let matters = made == 0 || share > 0.0 || finished.loss <= f64::EPSILON || suspicion.comes_first;
    let confirmed = (suspicion.proved && matters) || (share >= RECOVERED && often);
    let given = suspicion.advice;
    let mut advice = given.clone();
    if let Some((after, _, _)) = best.as_mut().filter(|_| confirmed && !lab.was_stopped()) {
        let helps =
            |other: &Finished| recovered(finished, other) >= if share == 1.0 { 1.0 } else { 0.9 * share };
        let change = advised(finished, &advice, after, &helps, lab);
        advice = change.0;
        if let Some(as_advised) = change.1 {
            *after = as_advised;
        }
    }
    if !confirmed && suspicion.draws {
        // A command makes one draw, and none of these helped enough.
        advice = Advice::words(advice.words);
    }
    let has_command = advice.model.is_some() || !advice.flags.is_empty();
    if has_command && finished.stop == "interrupted" && !advice.flags.iter().any(|flag| flag == "--epochs") {
        // The run was meant to be longer than what it is compared with.
        advice.flags.extend(["--epochs".to_owned(), finished.epochs.to_string()]);
    }
    let experiment = best.as_ref().map(|(after, words, _)| Experiment {
        change: words.clone(),
        before: finished.outcome(),
        after: after.outcome(),
        draws: suspicion.counted.or(suspicion.draws.then_some([solved, made])),
    });
    let finding = Finding {
        kind: suspicion.kind,
        confirmed,
        summary: suspicion.summary,
        evidence: suspicion.evidence,
        experiment,
        advice,
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
    let recovered = if suspicion.proved && suspicion.changes.is_empty() { 1.0 } else { share };
    let refuted = suspicion.counted.is_some() && made > 0 && solved == 0;
    let is_rare = suspicion.counted.is_some_and(|[solved, made]| 2 * solved < made);
    let changes = suspicion.changes;
    Tried {
        finding,
        advice: given,
        changes,
        after,
        recovered,
        certainty,
        is_symptom,
        comes_first,
        refuted,
        is_rare,
    }
}

/// A changed run of more products of a parameter with a row than this ends where it is solved.
const LONG: f64 = 2e8;

/// A long run as one that ends where its goal is reached, and says so.
pub(super) fn ended_where_solved(change: &Change) -> Change {
    if change.case.work() <= LONG {
        return change.clone();
    }
    Change { words: format!("{}, ended where solved", change.words), case: until_solved(&change.case) }
}

/// How much of what was missing a changed run recovers: 1 where it is solved, else the share of the loss it takes away.
pub(super) fn recovered(before: &Finished, after: &Finished) -> f64 {
    if after.is_solved() {
        return 1.0;
    }
    if after.overflowed() {
        return 0.0;
    }
    if let Some([left, leaves]) = left_by_both(before, after) {
        return recovered_share(before, left, leaves);
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

/// The same where the losses are in different units, by the shares of the targets' variance that are left.
fn recovered_share(before: &Finished, left: f64, leaves: f64) -> f64 {
    if !leaves.is_finite() || leaves > 1.02 {
        return 0.0;
    }
    if before.overflowed() || before.rose() || !left.is_finite() {
        return RECOVERED + 0.4 * (1.0 - leaves).max(0.0);
    }
    if left > 0.0 { ((left - leaves) / left).clamp(0.0, 0.9) } else { 0.0 }
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
