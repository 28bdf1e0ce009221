//! What is shown was read back: the changed text is right at every probe.

use std::collections::BTreeSet;

use super::super::formulas::Formulas;
use super::super::{Report, Source, Status};
use super::repair::Repair;
use super::{Change, Mark, Unit, by_change, changed, mark};
use crate::model::Model;

/// Numbers closer than this, in relation to the largest at the probe, are the same.
const SAME: f64 = 1e-9;
/// So many texts are read at most.
const MOST_READS: usize = 60;

/// Compares changed texts with the derivatives.
pub(super) struct Proof<'a> {
    formulas: &'a Formulas,
    report: &'a Report,
    /// The gradient at each probe.
    truths: Vec<Vec<f64>>,
    reads: usize,
}

impl<'a> Proof<'a> {
    pub(super) fn new(model: &Model, formulas: &'a Formulas, report: &'a Report) -> Proof<'a> {
        let truths = report.probes.iter().map(|probe| truth(model, formulas, probe)).collect();
        Proof { formulas, report, truths, reads: 0 }
    }

    /// Takes the units out of which a repair makes right what was wrong, with their marks.
    pub(super) fn accept(&mut self, units: &mut Vec<Unit>, found: &mut Vec<Mark>) {
        self.accept_shared(units, found);
        let mut waiting: Vec<std::collections::VecDeque<Repair>> = Vec::new();
        for unit in units.iter_mut() {
            let own = |r: &Repair| {
                r.changes.iter().all(|c| unit.span.start <= c.span.start && c.span.end <= unit.span.end)
            };
            let repairs = std::mem::take(&mut unit.repairs);
            waiting.push(repairs.into_iter().filter(own).collect());
        }
        let mut done: BTreeSet<usize> = BTreeSet::new();
        while self.reads < MOST_READS {
            let tried: Vec<(usize, Repair)> = waiting
                .iter_mut()
                .enumerate()
                .filter(|(k, _)| !done.contains(k))
                .filter_map(|(k, list)| Some((k, list.pop_front()?)))
                .collect();
            if tried.is_empty() {
                break;
            }
            let changes: Vec<&Change> = tried.iter().flat_map(|(_, r)| &r.changes).collect();
            let mut right = self.right(&changes);
            if right.is_none() && tried.len() > 1 {
                // One of them cannot be read: each alone.
                right = Some(
                    tried
                        .iter()
                        .flat_map(|(k, r)| {
                            let changes: Vec<&Change> = r.changes.iter().collect();
                            let right = self.right(&changes).unwrap_or_default();
                            units[*k]
                                .offsets
                                .iter()
                                .copied()
                                .filter(|o| right.contains(o))
                                .collect::<Vec<_>>()
                        })
                        .collect(),
                );
            }
            let right = right.unwrap_or_default();
            for (k, repair) in tried {
                if units[k].offsets.iter().all(|o| right.contains(o)) {
                    let components = units[k].offsets.clone();
                    found.extend(mark(self.formulas, components, repair.changes));
                    done.insert(k);
                }
            }
        }
        let mut at = 0;
        units.retain(|_| {
            at += 1;
            !done.contains(&(at - 1))
        });
    }

    /// Repairs of the person's own lines, which several derivatives use.
    fn accept_shared(&mut self, units: &mut Vec<Unit>, found: &mut Vec<Mark>) {
        let mut shared = by_change(units);
        shared.retain(|(repair, by)| {
            let outside = |k: &usize| {
                let span = units[*k].span;
                repair.changes.iter().any(|c| c.span.start < span.start || span.end < c.span.end)
            };
            by.iter().any(outside)
        });
        let share = |(repair, by): &(Repair, BTreeSet<usize>)| repair.effort / by.len() as f64;
        shared.sort_by(|a, b| share(a).total_cmp(&share(b)));
        let mut done: BTreeSet<usize> = BTreeSet::new();
        for candidate in shared {
            let least = |k: &usize| units[*k].repairs.first().map_or(0.0, |r| r.effort);
            let worth = candidate.1.iter().all(|k| share(&candidate) <= least(k));
            if !worth || candidate.1.iter().any(|k| done.contains(k)) || self.reads >= MOST_READS / 2 {
                continue;
            }
            let changes: Vec<&Change> = candidate.0.changes.iter().collect();
            let Some(right) = self.right(&changes) else { continue };
            let kept = (0..self.report.components.len())
                .all(|k| self.report.components[k].status != Status::Right || right.contains(&k));
            let repaired: Vec<usize> = (0..units.len())
                .filter(|k| !done.contains(k) && units[*k].offsets.iter().all(|o| right.contains(o)))
                .collect();
            let users =
                (0..units.len()).filter(|&k| !done.contains(&k) && self.uses(&units[k], &candidate.0));
            let all = users.into_iter().all(|k| repaired.contains(&k));
            if kept && all && !repaired.is_empty() {
                let mut components: Vec<usize> =
                    repaired.iter().flat_map(|&k| units[k].offsets.clone()).collect();
                components.sort_unstable();
                found.extend(mark(self.formulas, components, candidate.0.changes));
                done.extend(repaired);
            }
        }
        let mut at = 0;
        units.retain(|_| {
            at += 1;
            !done.contains(&(at - 1))
        });
    }

    /// True for a formula that uses a line which is changed.
    fn uses(&self, unit: &Unit, repair: &Repair) -> bool {
        let Some(&first) = unit.offsets.first() else { return false };
        let around = |c: &Change| {
            let mut parts = self.formulas.parts(first).iter();
            parts.any(|(span, _)| span.start <= c.span.start && c.span.end <= span.end)
        };
        repair.changes.iter().any(around)
    }

    /// The components that are right in the text with changes; `None` where it cannot be read.
    fn right(&mut self, changes: &[&Change]) -> Option<BTreeSet<usize>> {
        self.reads += 1;
        let mut formulas = self.formulas.with_text(&changed(&self.formulas.text, changes)?)?;
        let mut right: BTreeSet<usize> = (0..self.report.components.len()).collect();
        for (probe, truth) in self.report.probes.iter().zip(&self.truths) {
            let answer = formulas.ask(probe).ok()?;
            let largest =
                truth.iter().fold(0.0, |most: f64, t| if t.is_finite() { most.max(t.abs()) } else { most });
            right.retain(|&k| {
                let given = answer.gradient.get(k).copied().flatten();
                given.is_some_and(|given| {
                    let t = truth.get(k).copied().unwrap_or(f64::NAN);
                    !t.is_finite() || (given - t).abs() <= SAME * largest.max(t.abs())
                })
            });
        }
        // What is one value for each row is right at none but one row.
        right.retain(|&k| !formulas.is_per_row(k));
        Some(right)
    }
}

/// The gradient of the model at a probe.
fn truth(model: &Model, formulas: &Formulas, probe: &super::super::Probe) -> Vec<f64> {
    let Ok(bindings) = formulas.bindings(probe) else { return vec![] };
    let values = whygrad_expr::oracle::evaluate(formulas.arena(), &model.program.gradient, &bindings);
    values.unwrap_or_default().into_iter().flat_map(|v| v.data).collect()
}
