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
    /// n/(n - 1), as of a mean over one row less; nothing is said of a single row.
    OneRowLess,
    /// The learning rate.
    Rate,
}

impl Growth {
    const ALL: [Growth; 6] = [
        Growth::Constant,
        Growth::Rows,
        Growth::PerRows,
        Growth::PerRowsSquared,
        Growth::OneRowLess,
        Growth::Rate,
    ];

    fn at(self, rows: f64, rate: f64) -> f64 {
        match self {
            Growth::Constant => 1.0,
            Growth::Rows => rows,
            Growth::PerRows => 1.0 / rows,
            Growth::PerRowsSquared => 1.0 / (rows * rows),
            Growth::OneRowLess => rows / (rows - 1.0),
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
    /// The factor when a probe has been looked at; nothing where it is refuted. The first ratio tells the factor. A mean
    /// over one row less says nothing of a single row.
    fn after(self, ratio: f64, (rows, rate): (f64, f64), error: f64) -> Option<Scale> {
        let at = self.growth.at(rows, rate);
        if !at.is_finite() {
            return Some(self);
        }
        if self.factor == 0.0 {
            return Some(Scale { factor: ratio / at, ..self });
        }
        let expected = self.factor * at;
        ((ratio - expected).abs() <= error * expected.abs()).then_some(self)
    }

    pub(crate) fn is_of_the_rate(self) -> bool {
        self.growth == Growth::Rate
    }

    /// This factor over another, where that is one of these.
    pub(crate) fn over(self, other: Scale) -> Option<Scale> {
        let growth = if self.growth == other.growth {
            Growth::Constant
        } else if other.growth == Growth::Constant {
            self.growth
        } else {
            match (self.growth, other.growth) {
                (Growth::Constant, Growth::PerRows) => Growth::Rows,
                (Growth::Constant, Growth::Rows) => Growth::PerRows,
                (Growth::PerRows, Growth::Rows) => Growth::PerRowsSquared,
                _ => return None,
            }
        };
        Some(Scale { growth, factor: self.factor / other.factor })
    }

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

/// What one probe says of a hypothesis.
enum Look {
    /// Nothing, or nothing that rounding leaves.
    Nothing,
    /// Both are 0 where the truth is not.
    Zero,
    /// It is refuted, by whatever factor.
    Refuted,
    /// The factor here, how far it may be off, and whether the answer is unlike the truth.
    Ratio { ratio: f64, error: f64, unlike_truth: bool },
}

fn look(lab: &mut Lab<'_>, probe: usize, term: Term, goal: &Goal, rest: Rest) -> Look {
    let asked = lab.asked[probe];
    let Some(given) = asked.answer.gradient.get(goal.offset).copied().flatten() else { return Look::Nothing };
    if !given.is_finite() {
        return Look::Nothing;
    }
    let mut made = goal.sign * lab.entry(probe, term, goal.entry);
    let mut aim = given;
    match rest {
        Rest::None => {}
        Rest::Apart(r, entry, factor) => aim -= factor * lab.entry(probe, r, entry),
        Rest::Within(r, entry, factor) => made += factor * lab.entry(probe, r, entry),
    }
    if !made.is_finite() {
        return Look::Refuted;
    }
    let same = lab.same;
    let truth = asked.truth.value.get(goal.offset).copied().unwrap_or(f64::NAN);
    let tolerance = asked.tolerance.get(goal.offset).copied().unwrap_or(0.0);
    let slack = tolerance.max(same * given.abs()).max(same * aim.abs());
    let small = |value: f64| value.abs() <= slack.max(same * made.abs() * 1e-3);
    if small(aim) && small(made) {
        return if truth.abs() > 1e4 * slack { Look::Zero } else { Look::Nothing };
    }
    if aim == 0.0 || made == 0.0 || (small(aim) && made.abs() > 1e3 * slack) {
        return Look::Refuted;
    }
    let error = slack / aim.abs() + same;
    if error > 1e-2 {
        return Look::Nothing; // too noisy here to tell
    }
    // Where numbers are compared roughly, what is to be explained has to be much more than that.
    let clear = if same > 1e-7 { 300.0 * slack } else { slack };
    Look::Ratio { ratio: aim / made, error, unlike_truth: (given - truth).abs() > clear }
}

/// The factors by which entry `goal.entry` of a hypothesis becomes what was given, at every probe.
pub(crate) fn scales(lab: &mut Lab<'_>, term: Term, goal: &Goal, rest: Rest) -> Vec<Scale> {
    // Most hypotheses are refuted by the second probe, and nothing is allocated until then.
    let mut open = Growth::ALL.map(|growth| Some(Scale { growth, factor: 0.0 }));
    let (mut informative, mut zeros, mut unlike_truth) = (0, 0, false);
    let (mut most_rows, mut first_error, mut worst) = (0.0f64, 0.0, 0.0f64);
    for probe in 0..lab.asked.len() {
        let (ratio, error) = match look(lab, probe, term, goal, rest) {
            Look::Nothing => continue,
            Look::Refuted => return vec![],
            Look::Zero => {
                zeros += 1;
                continue;
            }
            Look::Ratio { ratio, error, unlike_truth: unlike } => {
                unlike_truth |= unlike;
                (ratio, error)
            }
        };
        let here = &lab.asked[probe].probe;
        let (rows, rate) = (here.data.rows.max(1) as f64, here.learning_rate);
        first_error = if informative == 0 { error } else { first_error };
        for slot in &mut open {
            *slot = slot.and_then(|scale| scale.after(ratio, (rows, rate), error + first_error));
        }
        if open.iter().all(Option::is_none) {
            return vec![];
        }
        most_rows = most_rows.max(rows);
        worst = worst.max(error);
        informative += 1;
    }
    if informative == 0 {
        let one = Scale { growth: Growth::Constant, factor: 1.0 };
        return if zeros > 0 && goal.or_zero { vec![one] } else { vec![] };
    }
    if !unlike_truth {
        return vec![]; // what agrees with the truth needs no explanation
    }
    // With one row everywhere, a factor of rows and a number cannot be told apart.
    let tells = |s: &Scale| matches!(s.growth, Growth::Constant | Growth::Rate) || most_rows > 1.0;
    let mut found: Vec<Scale> = open
        .into_iter()
        .flatten()
        .filter(|s| s.factor != 0.0 && tells(s))
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
