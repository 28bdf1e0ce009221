//! Causes that hold a run only together: none of them helps alone, and mended at once they do.

use std::sync::Arc;

use serde_json::Value;

use super::advised::advised;
use super::diagnosis::{Tried, ended_where_solved, recovered};
use super::finished::{Case, Finished};
use super::lab::{Change, Lab};
use super::report::{Advice, Experiment};
use crate::train::Options;

/// So many suspicions are tried together with each other, those of the highest certainty.
const MOST: usize = 5;

/// Of each so many of its changes, where it has more than one.
const VARIANTS: usize = 3;

/// Where no suspicion was confirmed: two of them, then three, mended at once. Those that are needed are confirmed by the run
/// that they make, and come first.
pub(super) fn together(finished: &Finished, tried: &mut Vec<Tried>, lab: &mut Lab<'_>) {
    let can_be_tried = |t: &Tried| !t.is_symptom && !t.changes.is_empty();
    let mut candidates: Vec<usize> = (0..tried.len()).filter(|&k| can_be_tried(&tried[k])).collect();
    candidates.sort_by(|&a, &b| tried[b].certainty.total_cmp(&tried[a].certainty));
    candidates.truncate(MOST);
    let found = subsets(&candidates).into_iter().find_map(|set| solved_by(finished, tried, set, lab));
    let Some((set, changes, after)) = found else { return };
    let (set, changes, after) = needed(finished, (set, changes, after), lab);
    let mut advice = set.iter().skip(1).fold(tried[set[0]].finding.advice.clone(), |advice, &k| {
        let next = &tried[k].finding.advice;
        let words = format!("{} {}", advice.words, next.words);
        let has_command = |advice: &Advice| advice.model.is_some() || !advice.flags.is_empty();
        // Where no command mends one of them none mends them all.
        if has_command(&advice) && has_command(next) {
            Advice { words, ..next.on_top_of(&advice) }
        } else {
            Advice::words(words)
        }
    });
    let mut shown = after;
    if !lab.was_stopped() {
        let (as_said, made) = advised(finished, &advice, &shown, &Finished::is_solved, lab);
        advice = as_said;
        shown = made.unwrap_or(shown);
    }
    let words: Vec<&str> = changes.iter().map(|c| c.words.as_str()).collect();
    let experiment = Experiment {
        change: words.join(", and "),
        before: finished.outcome(),
        after: shown.outcome(),
        draws: None,
    };
    let names: Vec<String> = set.iter().map(|&k| tried[k].finding.kind.name()).collect();
    for (place, &k) in set.iter().enumerate() {
        let others: Vec<&str> =
            names.iter().enumerate().filter(|n| n.0 != place).map(|n| n.1.as_str()).collect();
        let finding = &mut tried[k].finding;
        let with = others.iter().map(|name| name.replace('-', " ")).collect::<Vec<_>>().join(" and ");
        finding.summary =
            format!("Together with another cause ({with}), neither of which helps alone: {}", finding.summary);
        if others.len() > 1 {
            finding.summary = finding.summary.replace("another cause", "other causes").replace("neither", "none");
        }
        finding.evidence.insert("together_with".into(), others.into());
        finding.confirmed = true;
        finding.experiment = Some(experiment.clone());
        finding.advice = advice.clone();
        (tried[k].recovered, tried[k].after) = (1.0, Some(shown.clone()));
    }
    tried.sort_by_key(|t| !t.finding.confirmed);
}

/// All pairs, the most certain first, then all threes.
fn subsets(of: &[usize]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for (i, &a) in of.iter().enumerate() {
        all.extend(of[i + 1..].iter().map(|&b| vec![a, b]));
    }
    for (i, &a) in of.iter().enumerate() {
        for (j, &b) in of.iter().enumerate().skip(i + 1) {
            all.extend(of[j + 1..].iter().map(|&c| vec![a, b, c]));
        }
    }
    all
}

/// Which were mended, by which changes, and the run.
type Mended = (Vec<usize>, Vec<Change>, Finished);

/// The run with all of these mended, where it is solved.
fn solved_by(finished: &Finished, tried: &[Tried], set: Vec<usize>, lab: &mut Lab<'_>) -> Option<Mended> {
    let most = set.iter().map(|&k| tried[k].changes.len()).max().unwrap_or(0);
    for variant in 0..most.min(VARIANTS) {
        let changes: Vec<Change> = set
            .iter()
            .map(|&k| tried[k].changes[variant % tried[k].changes.len()].clone())
            .collect();
        let Some(after) = mended(finished, &changes, lab) else { continue };
        if after.is_solved() {
            return Some((set, changes, after));
        }
    }
    None
}

/// Without those that it is solved without.
fn needed(finished: &Finished, all: Mended, lab: &mut Lab<'_>) -> Mended {
    let (mut set, mut changes, mut after) = all;
    let mut place = 0;
    while place < set.len() && set.len() > 2 {
        let mut fewer = changes.clone();
        fewer.remove(place);
        match mended(finished, &fewer, lab).filter(Finished::is_solved) {
            Some(solved) => {
                set.remove(place);
                (changes, after) = (fewer, solved);
            }
            None => place += 1,
        }
    }
    (set, changes, after)
}

fn mended(finished: &Finished, changes: &[Change], lab: &mut Lab<'_>) -> Option<Finished> {
    let case = joined(&finished.case, changes)?;
    let words: Vec<&str> = changes.iter().map(|c| c.words.as_str()).collect();
    let after = lab.run(&ended_where_solved(&Change { words: words.join(", and "), case }))?;
    (recovered(finished, &after) > 0.0).then_some(after)
}

/// A case with what each of these changes; `None` where two change the same.
fn joined(base: &Case, changes: &[Change]) -> Option<Case> {
    let mut case = base.clone();
    let first = serde_json::to_value(&base.options).ok()?;
    let mut options = first.clone();
    for change in changes {
        let changed = &change.case;
        if !Arc::ptr_eq(&changed.model, &base.model) {
            if !Arc::ptr_eq(&case.model, &base.model) {
                return None;
            }
            case.model = Arc::clone(&changed.model);
        }
        if !Arc::ptr_eq(&changed.data, &base.data) {
            if !Arc::ptr_eq(&case.data, &base.data) {
                return None;
            }
            case.data = Arc::clone(&changed.data);
        }
        if changed.start != base.start {
            if case.start != base.start {
                return None;
            }
            case.start.clone_from(&changed.start);
        }
        if !lay(&first, &serde_json::to_value(&changed.options).ok()?, &mut options) {
            return None;
        }
    }
    case.options =
        Options { keep_path: base.options.keep_path, ..serde_json::from_value::<Options>(options).ok()? };
    (case.start.len() == case.model.program.parameter_count()).then_some(case)
}

/// Puts what differs between two documents into a third; false where that has another change there.
fn lay(base: &Value, changed: &Value, onto: &mut Value) -> bool {
    if base == changed {
        return true;
    }
    if let (Value::Object(from), Value::Object(to), Value::Object(all)) = (base, changed, &mut *onto)
        && from.len() == to.len()
    {
        return to.iter().all(|(name, value)| match (from.get(name), all.get_mut(name)) {
            (Some(from), Some(all)) => lay(from, value, all),
            _ => false,
        });
    }
    let is_free = onto == base || onto == changed;
    if is_free {
        onto.clone_from(changed);
    }
    is_free
}
