//! One suspicion tried: the changed runs of it, how much they recover, and what is advised then.

use super::advised::advised;
use super::finding::Suspicion;
use super::finished::Finished;
use super::goal::left_by_both;
use super::lab::{Change, Lab};
use super::longer::until_solved;
use super::report::{Advice, Experiment, Finding};

/// A change that takes away this share of the loss is what held the run. The levels of XOR are halves of each other: a
/// run that comes from one to the next is over it.
const RECOVERED: f64 = 0.45;

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
    pub(super) comes_first: bool,
    /// Its draws were made, and do not solve the run.
    pub(super) refuted: bool,
    /// Fewer than half of its draws solve it: whatever else is confirmed says more.
    pub(super) is_rare: bool,
}

impl Tried {
    /// Whether it was tried, made nothing better, and was but a guess.
    pub(super) fn is_refuted(&self) -> bool {
        let made = self.finding.experiment.is_some() && !self.finding.confirmed;
        made && self.recovered < NOTHING && self.certainty < GUESS
    }
}

/// A change that takes away less than this share of the loss changed nothing.
const NOTHING: f64 = 0.005;

/// Evidence below this alone is a guess.
const GUESS: f64 = 0.5;

/// Makes the runs of a suspicion, and says what they show.
pub(super) fn experiment(finished: &Finished, suspicion: Suspicion, lab: &mut Lab<'_>) -> Tried {
    let mut runs = Runs::of(finished, &suspicion, lab);
    let share = runs.share();
    let often = !suspicion.draws || runs.solved == 0 || 2 * runs.solved >= runs.made;
    // What a run shows to be of no matter is no cause, even where it is a fact.
    let matters = runs.made == 0 || share > 0.0 || finished.loss <= f64::EPSILON || suspicion.comes_first;
    let confirmed = (suspicion.proved && matters) || (share >= RECOVERED && often);
    let advice = runs.advice(finished, &suspicion, confirmed, lab);
    let experiment = runs.best.as_ref().map(|best| Experiment {
        change: best.words.clone(),
        before: finished.outcome(),
        after: best.after.outcome(),
        draws: suspicion.counted.or(suspicion.draws.then_some([runs.solved, runs.made])),
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
    let after = runs.best.map(|best| best.after);
    let changed = |after: &Finished| {
        let far = (after.loss - finished.loss).abs() > 1e-3 * finished.loss.abs();
        far || after.overflowed() || after.is_solved()
    };
    Tried {
        finding,
        advice: suspicion.advice,
        comes_first: suspicion.comes_first && after.as_ref().is_some_and(changed),
        after,
        // Where nothing can be tried, a certificate stands for it.
        recovered: if suspicion.proved && suspicion.changes.is_empty() {
            1.0
        } else {
            // What solves it now and then is no better than what nearly solves it.
            share.min(if often { 1.0 } else { 0.9 })
        },
        certainty: suspicion.certainty,
        is_symptom: suspicion.is_symptom,
        refuted: suspicion.counted.is_some() && runs.made > 0 && runs.solved == 0,
        is_rare: suspicion.counted.is_some_and(|[solved, made]| 2 * solved < made),
        changes: suspicion.changes,
    }
}

/// The runs of one suspicion.
struct Runs {
    best: Option<Best>,
    solved: usize,
    made: usize,
}

/// The changed run that recovers most.
struct Best {
    after: Finished,
    words: String,
    recovered: f64,
}

impl Runs {
    fn of(finished: &Finished, suspicion: &Suspicion, lab: &mut Lab<'_>) -> Runs {
        let mut runs = Runs { best: None, solved: 0, made: 0 };
        for change in &suspicion.changes {
            let change = &ended_where_solved(change);
            let Some(after) = lab.run(change) else { continue };
            let recovered = recovered(finished, &after);
            runs.made += 1;
            runs.solved += usize::from(recovered == 1.0);
            if recovered > runs.share() || runs.best.is_none() {
                runs.best = Some(Best { after, words: change.words.clone(), recovered });
            }
            if recovered == 1.0 && !suspicion.draws {
                break;
            }
        }
        runs
    }

    fn share(&self) -> f64 {
        self.best.as_ref().map_or(0.0, |best| best.recovered)
    }

    /// What to do, so that the command does what the best run did; that run is then the one of the command.
    fn advice(
        &mut self,
        finished: &Finished,
        suspicion: &Suspicion,
        confirmed: bool,
        lab: &mut Lab<'_>,
    ) -> Advice {
        let mut advice = suspicion.advice.clone();
        let share = self.share();
        if let Some(best) = self.best.as_mut().filter(|_| confirmed && !lab.was_stopped()) {
            let needed = if share == 1.0 { 1.0 } else { 0.9 * share };
            let helps = |other: &Finished| recovered(finished, other) >= needed;
            let change = advised(finished, &advice, &best.after, &helps, lab);
            advice = change.0;
            if let Some(as_advised) = change.1 {
                best.after = as_advised;
            }
        }
        if !confirmed && suspicion.draws {
            // A command makes one draw, and none of these helped enough.
            advice = Advice::words(advice.words);
        }
        let has_command = advice.model.is_some() || !advice.flags.is_empty();
        if has_command
            && finished.stop == "interrupted"
            && !advice.flags.iter().any(|flag| flag == "--epochs")
        {
            // The run was meant to be longer than what it is compared with.
            advice.flags.extend(["--epochs".to_owned(), finished.epochs.to_string()]);
        }
        advice
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
