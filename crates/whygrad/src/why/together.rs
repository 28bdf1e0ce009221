//! Causes that hold a run only together: none of them helps alone, and mended at once they do.

use std::sync::Arc;

use serde_json::Value;

use super::advised::advised;
use super::experiment::{Tried, ended_where_solved, recovered};
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
pub(super) fn together(finished: &Finished, tried: &mut [Tried], lab: &mut Lab<'_>) {
    let can_be_tried = |t: &Tried| !t.is_symptom && !t.changes.is_empty();
    let mut candidates: Vec<usize> = (0..tried.len()).filter(|&k| can_be_tried(&tried[k])).collect();
    candidates.sort_by(|&a, &b| tried[b].certainty.total_cmp(&tried[a].certainty));
    candidates.truncate(MOST);
    let found = subsets(&candidates).into_iter().find_map(|set| solved_by(finished, tried, set, lab));
    let Some((set, changes, after)) = found else { return };
    let (set, changes, after) = needed(finished, (set, changes, after), lab);
    let mut advice = set.iter().skip(1).fold(tried[set[0]].advice.clone(), |advice, &k| {
        let next = &tried[k].advice;
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
        finding.summary = format!(
            "Together with another cause ({with}), neither of which helps alone: {}",
            finding.summary
        );
        if others.len() > 1 {
            finding.summary =
                finding.summary.replace("another cause", "other causes").replace("neither", "none");
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
        let changes: Vec<Change> =
            set.iter().map(|&k| tried[k].changes[variant % tried[k].changes.len()].clone()).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::BatchSize;
    use crate::why::Kind;
    use crate::why::finding::tests::{asked, case};

    /// A sigmoid net with all parameters equal.
    fn from_equal_values(net: &str, value: f64, change: impl FnOnce(&mut Options)) -> Case {
        let case = case(net, "xor", |o| o.epochs = 3000);
        case.from(vec![value; case.start.len()]).with(change)
    }

    #[test]
    fn a_high_rate_a_penalty_and_equal_units_are_named_together() {
        let run = from_equal_values("2-2sigmoid-1sigmoid", 0.0, |o| {
            (o.learning_rate, o.gradient.l2) = (100.0, 1.0);
        });
        let report = asked(&run);
        let joint: Vec<Kind> = report.findings.iter().filter(|f| f.confirmed).map(|f| f.kind).collect();
        for kind in [Kind::LearningRateTooHigh, Kind::RegularisationTooStrong, Kind::SymmetricUnits] {
            assert!(joint.contains(&kind), "{report:#?}");
        }
        let first = &report.findings[0];
        assert!(first.summary.starts_with("Together with other causes"), "{}", first.summary);
        assert!(first.experiment.as_ref().unwrap().after.solved);
        for flag in ["--l2", "--lr", "--init"] {
            assert!(first.advice.flags.iter().any(|f| f == flag), "{:?}", first.advice);
        }
    }

    #[test]
    fn a_penalty_and_equal_units_in_a_run_row_by_row_are_named_together() {
        let run = from_equal_values("2-4tanh-1sigmoid", 0.5, |o| {
            (o.batch, o.gradient.l2) = (BatchSize::Rows(1), 0.5);
        });
        let report = asked(&run);
        let joint: Vec<Kind> = report.findings.iter().filter(|f| f.confirmed).map(|f| f.kind).collect();
        assert_eq!(joint.len(), 2, "{report:#?}");
        assert!(joint.contains(&Kind::RegularisationTooStrong) && joint.contains(&Kind::SymmetricUnits));
        assert_eq!(report.findings[0].evidence["together_with"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn two_changes_of_the_same_thing_are_not_made_at_once() {
        let base = from_equal_values("2-2sigmoid-1", 0.1, |_| ());
        let change = |case: Case| Change { words: String::new(), case };
        let slow = change(base.with(|o| o.learning_rate = 0.1));
        let fast = change(base.with(|o| o.learning_rate = 0.2));
        let long = change(base.with(|o| o.epochs = 9));
        let other = change(base.from(vec![0.3; base.start.len()]));
        assert!(joined(&base, &[slow.clone(), fast]).is_none());
        let all = joined(&base, &[slow, long, other.clone()]).unwrap();
        assert_eq!((all.options.learning_rate, all.options.epochs), (0.1, 9));
        assert_eq!(all.start, other.case.start);
    }
}
