//! Which hypotheses reproduce which wrong entries, and by which factor.

use std::collections::{BTreeMap, BTreeSet};

use super::super::probe::Role;
use super::What;
use super::judge::Judged;
use super::truth::{Second, vectors};

/// Numbers closer than this share of their size are the same to a reader of 53 bits.
const SAME: f64 = 1e-9;

/// A factor that people lose or add.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) factor: f64,
    /// The power of the number of rows.
    pub(super) rows: i32,
}

impl Scale {
    pub(super) const ONE: Scale = Scale { factor: 1.0, rows: 0 };

    pub(super) fn at(self, rows: usize) -> f64 {
        self.factor * (rows.max(1) as f64).powi(self.rows)
    }
}

/// The factors that are tried, the plainest first.
pub(super) fn scales() -> Vec<Scale> {
    let mut all = Vec::new();
    for rows in [0, 1, -1, -2] {
        for size in [1.0, 2.0, 0.5, 4.0, 0.25] {
            all.extend([Scale { factor: size, rows }, Scale { factor: -size, rows }]);
        }
    }
    all
}

/// The entries that a hypothesis explains, by factor.
pub(super) type Explained = Vec<(Scale, BTreeSet<usize>)>;

/// What a hypothesis has survived so far.
struct Open {
    /// By goal, the factors that are still possible (a bit each), and whether anything spoke for them.
    goals: BTreeMap<usize, (u64, bool)>,
}

/// The wrong entries, numbers as given, at each question once.
pub(super) struct Goals<'a> {
    pub(super) judged: &'a Judged,
    pub(super) wrong: BTreeSet<usize>,
    /// Which of what was asked is looked at.
    pub(super) places: Vec<usize>,
}

impl<'a> Goals<'a> {
    pub(super) fn new(judged: &'a Judged, wrong: BTreeSet<usize>) -> Goals<'a> {
        let asked = &judged.asked;
        let places = (0..asked.len()).filter(|&k| asked[k].probe.role != Role::Again).collect();
        Goals { judged, wrong, places }
    }

    /// Which hypotheses explain which goals. `numbers` gives at a place what each of some hypotheses has for the
    /// entries: those that explain nothing there are not asked again.
    pub(super) fn explained(
        &self,
        count: usize,
        scales: &[Scale],
        mut numbers: impl FnMut(usize, &[usize]) -> Vec<Vec<f64>>,
    ) -> Vec<Explained> {
        let all = (1u64 << scales.len().min(63)) - 1;
        let start = || Open { goals: self.wrong.iter().map(|&g| (g, (all, false))).collect() };
        let mut open: Vec<Open> = (0..count).map(|_| start()).collect();
        for &place in &self.places {
            let alive: Vec<usize> = (0..count).filter(|&h| !open[h].goals.is_empty()).collect();
            if alive.is_empty() {
                break;
            }
            for (&h, made) in alive.iter().zip(numbers(place, &alive)) {
                self.narrow(place, &made, scales, &mut open[h]);
            }
        }
        open.into_iter().map(|o| by_scale(&o, scales)).collect()
    }

    fn narrow(&self, place: usize, made: &[f64], scales: &[Scale], open: &mut Open) {
        let asked = &self.judged.asked[place];
        let rows = asked.probe.data.rows;
        open.goals.retain(|&goal, (mask, informed)| {
            let Some(given) = asked.answer.gradient[goal] else { return true };
            let (tolerance, made) = (asked.tolerance[goal], made.get(goal).copied().unwrap_or(f64::NAN));
            if !tolerance.is_finite() || (given.abs() <= tolerance && made.abs() <= tolerance) {
                return true;
            }
            let mut left = 0;
            for (bit, scale) in scales.iter().enumerate().take(63) {
                let scaled = scale.at(rows) * made;
                let slack = tolerance * scale.at(rows).abs().max(1.0) + SAME * given.abs().max(scaled.abs());
                left |= u64::from((given - scaled).abs() <= slack) << bit;
            }
            *mask &= left;
            *informed = true;
            *mask != 0
        });
    }

    /// The entries of H (or H v) at a place that terms have, those of the columns with goals.
    pub(super) fn of_terms(
        &self,
        second: &Second<'_>,
        terms: &[&[whygrad_expr::arena::Term]],
        place: usize,
    ) -> Vec<Vec<f64>> {
        let question = &self.judged.questions[place];
        let (n, what) = (second.count(), self.judged.what);
        let size = if what == What::Hessian { n * n } else { n };
        let mut found = vec![vec![f64::NAN; size]; terms.len()];
        let roots: Vec<_> = terms.iter().flat_map(|t| t.iter().copied()).collect();
        let wanted: BTreeSet<usize> = self.wrong.iter().map(|g| g % n).collect();
        for (column, vector) in vectors(what, question, n).iter().enumerate() {
            if what == What::Hessian && !wanted.contains(&column) {
                continue;
            }
            let Some(values) = second.values(&roots, &question.probe, &question.probe.theta, vector) else {
                return found;
            };
            let blocks = values.chunks(second.gradient.len().max(1));
            for (made, block) in found.iter_mut().zip(blocks) {
                for (row, &value) in block.iter().flat_map(|v| &v.data).enumerate() {
                    let at = if what == What::Hessian { row * n + column } else { row };
                    made[at] = value;
                }
            }
        }
        found
    }
}

/// The plainest factor first; each goal with the plainest it has.
fn by_scale(open: &Open, scales: &[Scale]) -> Explained {
    let mut found: Explained = Vec::new();
    for (bit, &scale) in scales.iter().enumerate() {
        let of = |(&goal, &(mask, informed)): (&usize, &(u64, bool))| {
            (informed && mask & (1 << bit) != 0).then_some(goal)
        };
        let goals: BTreeSet<usize> = open.goals.iter().filter_map(of).collect();
        if !goals.is_empty() && !found.iter().any(|(s, g)| *s == Scale::ONE && g.is_superset(&goals)) {
            found.push((scale, goals));
        }
    }
    found
}
