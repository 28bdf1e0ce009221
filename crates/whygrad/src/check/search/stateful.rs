//! Answers that depend on what was asked before.

use super::lab::Lab;
use super::{explanation, search};
use crate::check::mistake::accumulated;
use crate::check::probe::Role;
use crate::check::{Asked, Mistake};
use crate::model::Model;

/// What is kept from call to call, where the answers to the same question differ.
pub(crate) fn explain(model: &Model, asked: &[Asked]) -> Option<Vec<Mistake>> {
    let changes = |index: usize| -> bool {
        let again = &asked[index];
        let first = asked[..index].iter().rfind(|a| same_question(a, again));
        again.probe.role == Role::Again && first.is_some_and(|first| !same_answer(first, again))
    };
    if !(0..asked.len()).any(changes) {
        return None;
    }
    let all: Vec<&Asked> = asked.iter().collect();
    let mut lab = Lab::new(model, &all, None);
    let edit = match carried(asked) {
        Some(share) if (share - 1.0).abs() < 1e-6 => accumulated::edit(&mut lab),
        Some(share) => accumulated::momentum(&mut lab, share),
        None => accumulated::unknown(&mut lab),
    };
    // What is left when the earlier answers are taken away may be wrong too.
    let mut rest = match carried(asked) {
        Some(share) => without_carried(asked, share),
        None => vec![],
    };
    rest.iter_mut().for_each(mark_wrong);
    let left: Vec<&Asked> = rest.iter().filter(|a| a.probe.role != Role::Again).collect();
    let more = if left.iter().any(|a| a.wrong.contains(&true)) { search(model, &left) } else { vec![] };
    let components =
        (0..model.program.parameter_count()).filter(|&k| asked.iter().any(|a| a.wrong.get(k) == Some(&true)));
    let group = more.iter().map(|m| m.group + 1).max().unwrap_or(0);
    let mut found = vec![Mistake { group, ..explanation::one(&lab, edit, components.collect()) }];
    found.extend(more.into_iter().filter(|m| m.entry != "unexplained"));
    Some(found)
}

fn same_question(a: &Asked, b: &Asked) -> bool {
    a.probe.theta == b.probe.theta
        && a.probe.data.inputs == b.probe.data.inputs
        && a.probe.data.targets == b.probe.data.targets
        && a.probe.learning_rate == b.probe.learning_rate
}

fn same_answer(a: &Asked, b: &Asked) -> bool {
    let pairs = a.answer.gradient.iter().zip(&b.answer.gradient);
    pairs.enumerate().all(|(k, (x, y))| match (x, y) {
        (Some(x), Some(y)) => {
            let slack = a.tolerance.get(k).copied().unwrap_or(0.0).max(1e-9 * x.abs());
            (x - y).abs() <= slack || (x.is_nan() && y.is_nan())
        }
        _ => true,
    })
}

/// The share of each answer that is in the next one, where it is the same everywhere.
///
/// Asked the same twice in a row, a(k) = share a(k-1) + g and a(k+1) = share a(k) + g, whatever g is.
fn carried(asked: &[Asked]) -> Option<f64> {
    let mut shares = Vec::new();
    for k in 1..asked.len() {
        if !same_question(&asked[k - 1], &asked[k]) {
            continue;
        }
        for entry in 0..asked[k].truth.value.len() {
            let at = |index: usize| asked[index].answer.gradient[entry];
            let (Some(first), Some(second)) = (at(k - 1), at(k)) else { continue };
            // Before the first answer nothing was kept, or what was kept is not known.
            let before = if k >= 2 { at(k - 2) } else { None };
            if let Some(change) = before.map(|before| first - before).filter(|c| c.abs() > 1e-6 * first.abs())
            {
                shares.push((second - first) / change);
            }
        }
    }
    shares.retain(|s| s.is_finite());
    shares.sort_by(f64::total_cmp);
    let middle = *shares.get(shares.len() / 2)?;
    let near = shares.iter().filter(|s| (**s - middle).abs() < 1e-4 * (1.0 + middle.abs())).count();
    (near * 10 >= shares.len() * 8 && middle.abs() > 1e-3).then_some(middle)
}

/// The answers with the share of the one before taken away.
fn without_carried(asked: &[Asked], share: f64) -> Vec<Asked> {
    let mut clean = asked.to_vec();
    for index in (1..clean.len()).rev() {
        let before = asked[index - 1].answer.gradient.clone();
        let clean = &mut clean[index];
        let numbers = clean.answer.gradient.iter_mut().zip(&mut clean.tolerance).zip(before);
        for ((now, tolerance), before) in numbers {
            if let (Some(now), Some(before)) = (now.as_mut(), before) {
                // What is left of a difference has the rounding of both.
                *tolerance += 8.0 * f64::EPSILON * (now.abs() + before.abs());
                *now -= share * before;
            }
        }
    }
    clean.remove(0);
    clean
}

fn mark_wrong(asked: &mut Asked) {
    for k in 0..asked.wrong.len() {
        let slack = asked.tolerance[k].max(1e-7 * asked.truth.value[k].abs());
        let given = asked.answer.gradient[k];
        asked.wrong[k] = given.is_some_and(|g| (g - asked.truth.value[k]).abs() > 4.0 * slack);
    }
}
