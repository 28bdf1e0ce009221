//! A factor that is the same for all entries: a number, or a power of the number of rows, or the learning rate.

use whygrad_expr::arena::Term;

use super::edit::EditId;
use super::lab::Lab;
use crate::check::mistake::{constant_factor, sign, sum_for_mean, update_returned};

/// What the factor grows with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Growth {
    /// Nothing: it is one number everywhere.
    Constant,
    /// The number of rows.
    Rows,
    /// One over the number of rows.
    PerRows,
    /// One over its square.
    PerRowsSquared,
    /// The learning rate.
    Rate,
}

impl Growth {
    const ALL: [Growth; 5] =
        [Growth::Constant, Growth::Rows, Growth::PerRows, Growth::PerRowsSquared, Growth::Rate];

    fn at(self, rows: f64, rate: f64) -> f64 {
        match self {
            Growth::Constant => 1.0,
            Growth::Rows => rows,
            Growth::PerRows => 1.0 / rows,
            Growth::PerRowsSquared => 1.0 / (rows * rows),
            Growth::Rate => rate,
        }
    }
}

/// A factor that turns a hypothesis into what was given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) growth: Growth,
    pub(crate) factor: f64,
}

impl Scale {
    fn is_one(self) -> bool {
        self.growth == Growth::Constant && self.factor == 1.0
    }
}

/// What is to be explained of one component.
pub(crate) struct Goal {
    /// Its place among the flat parameters.
    pub(crate) offset: usize,
    /// The entry of a hypothesis that stands for it.
    pub(crate) entry: usize,
    /// -1 where the hypothesis is the derivative by the negative.
    pub(crate) sign: f64,
    /// Whether a hypothesis that is 0 explains an answer that is 0.
    pub(crate) or_zero: bool,
}

/// How the part of the derivative that does not pass the outputs goes with a hypothesis.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rest {
    /// There is none.
    None,
    /// It is added after the factor.
    Apart(Term, usize, f64),
    /// It is added before the factor.
    Within(Term, usize, f64),
}

/// The factors by which entry `goal.entry` of a hypothesis becomes what was given, at every probe.
pub(crate) fn scales(lab: &mut Lab<'_>, term: Term, goal: &Goal, rest: Rest) -> Vec<Scale> {
    let mut open: Vec<Scale> = Vec::new();
    let mut unlike_truth = false;
    let same = lab.same;
    let (mut informative, mut zeros) = (0, 0);
    let mut rows_seen = (f64::INFINITY, 0.0f64);
    let (mut first_error, mut worst) = (0.0, 0.0f64);
    for probe in 0..lab.asked.len() {
        let asked = lab.asked[probe];
        let Some(given) = asked.answer.gradient.get(goal.offset).copied().flatten() else { continue };
        if !given.is_finite() {
            continue;
        }
        let mut made = goal.sign * lab.entry(probe, term, goal.entry);
        let mut aim = given;
        match rest {
            Rest::None => {}
            Rest::Apart(r, entry, factor) => aim -= factor * lab.entry(probe, r, entry),
            Rest::Within(r, entry, factor) => made += factor * lab.entry(probe, r, entry),
        }
        if !made.is_finite() {
            return vec![];
        }
        let tolerance = asked.tolerance.get(goal.offset).copied().unwrap_or(0.0);
        let slack = tolerance.max(same * given.abs()).max(same * aim.abs());
        let small = |value: f64| value.abs() <= slack.max(same * made.abs() * 1e-3);
        if small(aim) && small(made) {
            let truth = asked.truth.value.get(goal.offset).copied().unwrap_or(0.0);
            zeros += usize::from(truth.abs() > 1e4 * slack);
            continue;
        }
        if aim == 0.0 || made == 0.0 || (small(aim) && made.abs() > 1e3 * slack) {
            return vec![];
        }
        let truth = asked.truth.value.get(goal.offset).copied().unwrap_or(f64::NAN);
        unlike_truth |= (given - truth).abs() > slack;
        let error = slack / aim.abs() + same;
        if error > 1e-2 {
            continue; // too noisy here to tell
        }
        let ratio = aim / made;
        let (rows, rate) = (asked.probe.data.rows.max(1) as f64, asked.probe.learning_rate);
        if informative == 0 {
            first_error = error;
            open = Growth::ALL
                .into_iter()
                .map(|growth| Scale { growth, factor: ratio / growth.at(rows, rate) })
                .collect();
        } else {
            open.retain(|s| {
                let expected = s.factor * s.growth.at(rows, rate);
                (ratio - expected).abs() <= (error + first_error) * expected.abs()
            });
        }
        rows_seen = (rows_seen.0.min(rows), rows_seen.1.max(rows));
        worst = worst.max(error);
        informative += 1;
        if open.is_empty() {
            return vec![];
        }
    }
    if informative == 0 {
        // Both are 0 where the truth is not.
        let one = Scale { growth: Growth::Constant, factor: 1.0 };
        return if zeros > 0 && goal.or_zero { vec![one] } else { vec![] };
    }
    if !unlike_truth {
        return vec![]; // what agrees with the truth needs no explanation
    }
    // With one number of rows everywhere, a factor of rows and a number cannot be told apart but by their looks.
    let one_row_only = rows_seen.1 <= 1.0;
    let mut found: Vec<Scale> = open
        .into_iter()
        .filter(|s| s.growth == Growth::Constant || s.growth == Growth::Rate || !one_row_only)
        .filter_map(|s| rounded(lab, s, first_error + worst, informative))
        .collect();
    if found.iter().any(|s| s.is_one()) {
        found.retain(|s| s.is_one());
    }
    found
}

/// The factor as the number that was meant, where it is one that people write; an odd number needs more evidence.
fn rounded(lab: &Lab<'_>, scale: Scale, error: f64, informative: usize) -> Option<Scale> {
    let outputs: usize = lab.model.program.target_width();
    let k = outputs.max(1) as f64;
    let usual = [1.0, 2.0, 0.5, k, 1.0 / k, 4.0, 0.25, 2.0 * k, 2.0 / k, 0.5 / k, 0.5 * k, 3.0, 1.0 / 3.0];
    let near = usual.into_iter().find(|u| (scale.factor.abs() - u).abs() <= 2.0 * error * u);
    match near {
        Some(u) => Some(Scale { factor: u * scale.factor.signum(), ..scale }),
        None if informative >= 3 && scale.growth == Growth::Constant => Some(scale),
        None => None,
    }
}

/// The edits that a factor stands for; none where it is 1.
pub(crate) fn edits(lab: &mut Lab<'_>, scale: Scale) -> Vec<EditId> {
    let mut edits = Vec::new();
    let size = scale.factor.abs();
    if scale.growth == Growth::Rate {
        edits.push(update_returned::step(lab, scale.factor));
    } else if scale.factor < 0.0 {
        edits.push(sign::edit(lab));
    }
    match scale.growth {
        Growth::Constant | Growth::Rate if size == 1.0 => {}
        Growth::Constant | Growth::Rate => edits.push(constant_factor::edit(lab, size)),
        growth => {
            edits.push(sum_for_mean::edit(lab, growth));
            if size != 1.0 {
                edits.push(constant_factor::edit(lab, size));
            }
        }
    }
    edits.sort_unstable();
    edits
}
