//! The loss as a function of the outputs alone: which named loss it is, whether it has a least value, and whether it has
//! one at all where outputs may lie.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::functions;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::{Bindings, evaluate};
use whygrad_expr::shape::Shape;

use crate::data::Dataset;
use crate::model::Model;

/// A loss with its predictions replaced by free numbers, and what it has of the parameters besides.
#[derive(Clone, Debug)]
pub(crate) struct LossOfOutputs<'a> {
    model: &'a Model,
    arena: Arena,
    loss: Term,
    outputs: Vec<(SymbolId, usize)>,
    /// What is added that depends on parameters but on no row.
    pub(crate) penalties: Vec<Term>,
}

/// Rows that a loss falls below any bound for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unbounded {
    /// Their targets, each once.
    pub(crate) targets: Vec<Vec<f64>>,
    /// Whether there are no others.
    pub(crate) all: bool,
    /// The loss of the first of them at an output that is wrong by nearly as much as can be.
    pub(crate) low: f64,
}

impl<'a> LossOfOutputs<'a> {
    /// `None` where the loss sees more of the inputs than the predictions.
    pub(crate) fn of(model: &'a Model) -> Option<LossOfOutputs<'a>> {
        let mut arena = model.program.arena.clone();
        let mut by = HashMap::new();
        let mut outputs = Vec::new();
        for (k, &prediction) in model.written_predictions.iter().enumerate() {
            let shape = arena.shape(prediction);
            let symbol =
                Symbol { name: format!("output{k}"), kind: SymbolKind::Variable, shape, entries: vec![] };
            let id = arena.symbol(symbol);
            let leaf = arena.leaf(id);
            replace(&mut arena, &mut by, prediction, leaf);
            outputs.push((id, shape.dims.len()));
        }
        let (kept, penalties) = addends(&arena, model.written_loss);
        let mut loss = None;
        for part in kept {
            let part = arena.substitute(part, &by)?;
            loss = Some(match loss {
                Some(sum) => arena.zip(Zip::Add, sum, part).ok()?,
                None => part,
            });
        }
        let loss = loss?;
        let sees_rows = arena.reachable(&[loss]).iter().any(|&t| match arena.op(t) {
            Op::Leaf(id) => matches!(arena.symbol_of(id).kind, SymbolKind::Input | SymbolKind::Parameter),
            _ => false,
        });
        let known = !outputs.is_empty() && !sees_rows;
        known.then_some(LossOfOutputs { model, arena, loss, outputs, penalties })
    }

    /// The loss of these outputs with these targets, row by row.
    pub(crate) fn at(&self, outputs: &[f64], targets: &[f64], rows: usize) -> f64 {
        self.value(&self.arena, self.loss, outputs, targets, rows)
    }

    fn value(&self, arena: &Arena, loss: Term, outputs: &[f64], targets: &[f64], rows: usize) -> f64 {
        let program = &self.model.program;
        let mut bindings = Bindings::<f64>::new(rows);
        let split = |values: &[f64], ids: &[(SymbolId, usize)], bindings: &mut Bindings<f64>| {
            let width: usize = ids.iter().map(|i| i.1).sum();
            let mut from = 0;
            for &(id, len) in ids {
                let part =
                    (0..rows).flat_map(|r| values[r * width + from..r * width + from + len].iter().copied());
                bindings.bind(id, part.collect());
                from += len;
            }
        };
        split(outputs, &self.outputs, &mut bindings);
        let ids: Vec<(SymbolId, usize)> =
            program.targets.iter().map(|&id| (id, arena.symbol_of(id).shape.dims.len())).collect();
        split(targets, &ids, &mut bindings);
        let found = evaluate(arena, &[loss], &bindings).ok().and_then(|v| v[0].data.first().copied());
        found.unwrap_or(f64::NAN)
    }

    /// Outputs and targets, the same number of each.
    fn widths(&self) -> Option<usize> {
        let outputs: usize = self.outputs.iter().map(|o| o.1).sum();
        (outputs > 0 && outputs == self.model.program.target_width()).then_some(outputs)
    }

    /// The named loss that this one is, as text of predictions `y_hat` and targets `y`: `mse(y_hat, y)`, `n*0.5*mse(y_hat, y)`.
    pub(crate) fn named(&self, data: &Dataset) -> Option<String> {
        self.named_as(data, |ours, named| {
            let factor = ours[0] / named[0];
            let same = ours.iter().zip(named).all(|(o, n)| (o / n - factor).abs() <= 1e-9 * factor.abs());
            (same && factor > 0.0).then_some(factor)
        })
        .map(|(text, _)| text)
    }

    /// The named loss that this one is but for the signs of some of its terms: its text, and its name.
    pub(crate) fn named_but_for_signs(&self, data: &Dataset) -> Option<(String, &'static str)> {
        self.named_as(data, |ours, named| {
            let factor = (ours[0] / named[0]).abs();
            let same = ours.iter().zip(named).all(|(o, n)| ((o / n).abs() - factor).abs() <= 1e-9 * factor);
            let turned = ours.iter().zip(named).any(|(o, n)| o / n < 0.0);
            (same && turned && factor > 0.0).then_some(factor)
        })
    }

    /// `compare` gets the losses of single rows at drawn outputs, ours and the named ones, and says the factor.
    fn named_as(
        &self,
        data: &Dataset,
        compare: impl Fn(&[f64], &[f64]) -> Option<f64>,
    ) -> Option<(String, &'static str)> {
        let width = self.widths()?;
        let rows = distinct_targets(data, 12)?;
        let inside = self.at(&tried(width, 0, 0.4), rows[0], 1).is_finite();
        for built_in in functions::losses() {
            let mut arena = self.arena.clone();
            let Some(named) = self.built(&mut arena, built_in) else { continue };
            let (mut ours, mut theirs, mut doubled) = (Vec::new(), Vec::new(), Vec::new());
            for (k, target) in rows.iter().enumerate() {
                for part in [0.21, 0.43, 0.66, 0.83] {
                    let outputs = tried(width, k, part);
                    let one = self.at(&outputs, target, 1);
                    ours.push(one);
                    theirs.push(self.value(&arena, named, &outputs, target, 1));
                    let two = [outputs.clone(), outputs].concat();
                    let targets = [*target, *target].concat();
                    let ratio = self.at(&two, &targets, 2) / one;
                    doubled.push(
                        ratio / (self.value(&arena, named, &two, &targets, 2) / theirs[theirs.len() - 1]),
                    );
                }
            }
            if !inside || ours.iter().chain(&theirs).any(|v| !v.is_finite() || *v == 0.0) {
                continue;
            }
            // The sum over the rows in place of their mean.
            let summed = doubled.iter().all(|d| (d - 2.0).abs() < 1e-9);
            let alike = doubled.iter().all(|d| (d - 1.0).abs() < 1e-9);
            let Some(factor) = compare(&ours, &theirs).filter(|_| summed || alike) else { continue };
            let rows = if summed { "n*" } else { "" };
            let factor =
                if (factor - 1.0).abs() < 1e-9 { String::new() } else { format!("{}*", neat(factor)) };
            return Some((format!("{rows}{factor}{}(y_hat, y)", built_in.name), built_in.name));
        }
        None
    }

    /// A named loss of our outputs and targets.
    fn built(&self, arena: &mut Arena, built_in: &'static functions::BuiltIn) -> Option<Term> {
        let ([(output, _)], &[target]) = (self.outputs.as_slice(), self.model.program.targets.as_slice())
        else {
            return None;
        };
        let several = arena.symbol_of(*output).shape.dims.len() > 1;
        if built_in.name.starts_with("cross_entropy") && !several {
            return None;
        }
        let (output, target) = (arena.leaf(*output), arena.leaf(target));
        functions::apply(arena, built_in, &[output, target]).ok().filter(|&t| arena.shape(t) == Shape::NUMBER)
    }

    /// Whether the loss of some rows falls below any bound while their outputs stay in `low..high`.
    pub(crate) fn unbounded(&self, data: &Dataset, low: f64, high: f64) -> Option<Unbounded> {
        let width = self.widths()?;
        let rows = distinct_targets(data, 24)?;
        let mut bad: Vec<Vec<f64>> = Vec::new();
        let mut least = 0.0;
        for target in &rows {
            let falls = ends(low, high).into_iter().find_map(|way| {
                let value = |p: &f64| self.at(&spread(*p, target, width, low, high), target, 1);
                let values: Vec<f64> = way.iter().map(value).collect();
                keeps_falling(&values).then(|| values[values.len() - 1])
            });
            if let Some(value) = falls {
                if bad.is_empty() {
                    least = value;
                }
                bad.push(target.to_vec());
            }
        }
        let all = bad.len() == rows.len();
        (!bad.is_empty()).then_some(Unbounded { targets: bad, all, low: least })
    }

    /// The output that has the least loss on every row, whatever its target, where targets are 0 and 1.
    pub(crate) fn constant_that_is_best(&self, data: &Dataset, low: f64, high: f64) -> Option<f64> {
        let width = self.widths()?;
        let rows = distinct_targets(data, 12)?;
        let classes = data.targets.iter().all(|t| *t == 0.0 || *t == 1.0);
        if rows.len() < 2 || !classes || low != 0.0 || high != 1.0 {
            return None;
        }
        let near = |t: f64| if t > 0.5 { 1.0 - 1e-9 } else { 1e-9 };
        let is_best = |constant: f64| {
            let mut matters = false;
            let all = rows.iter().all(|target| {
                let right: Vec<f64> = target.iter().map(|&t| near(t)).collect();
                let wrong: Vec<f64> = target.iter().map(|&t| near(1.0 - t)).collect();
                let at = |outputs: &[f64]| self.at(outputs, target, 1);
                let (same, right, wrong) = (at(&vec![near(constant); width]), at(&right), at(&wrong));
                let span = (wrong - right).max(same - right);
                matters |= span > 1e-2;
                [same, right, wrong].iter().all(|v| v.is_finite()) && same - right <= 1e-6 * span.max(1e-2)
            });
            all && matters
        };
        [1.0, 0.0].into_iter().find(|&constant| is_best(constant))
    }

    /// Whether outputs between these numbers can have a loss that is no number, where others have one: the loss takes a
    /// logarithm of something negative.
    pub(crate) fn has_gaps(&self, data: &Dataset, low: f64, high: f64) -> bool {
        let (Some(width), Some(rows)) = (self.widths(), distinct_targets(data, 4)) else { return false };
        let (from, to) = (low.max(-2.0), high.min(2.0));
        let values: Vec<f64> = [0.02, 0.2, 0.4, 0.6, 0.8, 0.98]
            .iter()
            .flat_map(|part| {
                let outputs = vec![from + part * (to - from); width];
                rows.iter().map(move |t| self.at(&outputs, t, 1)).collect::<Vec<f64>>()
            })
            .collect();
        values.iter().any(|v| v.is_nan()) && values.iter().any(|v| v.is_finite())
    }
}

/// Replaces a term, and what stands for it with the other sign: an arena keeps `y - 1/d` as `y + (-1)/d`.
pub(crate) fn replace(arena: &mut Arena, by: &mut HashMap<Term, Term>, term: Term, new: Term) {
    let turned = arena.neg(term);
    // A minus in front is in the term itself.
    if !matches!(arena.op(term), Op::Map(Function::Neg, _) | Op::Const(_)) {
        let new = arena.neg(new);
        by.insert(turned, new);
    }
    by.insert(term, new);
}

/// The parts of a sum: those that depend on rows, and the penalties, which depend on parameters alone.
fn addends(arena: &Arena, loss: Term) -> (Vec<Term>, Vec<Term>) {
    let (mut kept, mut penalties) = (Vec::new(), Vec::new());
    let mut open = vec![loss];
    while let Some(term) = open.pop() {
        if let Op::Zip(Zip::Add, a, b) = arena.op(term) {
            open.extend([b, a]);
            continue;
        }
        let (mut rows, mut parameters) = (false, false);
        for t in arena.reachable(&[term]) {
            if let Op::Leaf(id) = arena.op(t) {
                let kind = arena.symbol_of(id).kind;
                rows |= matches!(kind, SymbolKind::Input | SymbolKind::Target);
                parameters |= kind == SymbolKind::Parameter;
            }
        }
        if parameters && !rows { penalties.push(term) } else { kept.push(term) }
    }
    (kept, penalties)
}

/// Whether a penalty takes weights as good: it is never positive.
pub(crate) fn rewards_size(model: &Model, data: &Dataset, penalty: Term) -> bool {
    let range = super::range::of_terms(model, data, &[penalty])[0];
    range.high <= 0.0 && range.low == f64::NEG_INFINITY
}

/// Up to `most` targets, each once; `None` without rows.
fn distinct_targets(data: &Dataset, most: usize) -> Option<Vec<&[f64]>> {
    let mut found: Vec<&[f64]> = Vec::new();
    for row in 0..data.rows.min(10_000) {
        let target = data.target_row(row);
        if !found.contains(&target) {
            found.push(target);
        }
        if found.len() == most {
            break;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Outputs between 0 and 1 that are not all alike.
fn tried(width: usize, k: usize, part: f64) -> Vec<f64> {
    (0..width).map(|i| part / (1.0 + 0.37 * ((i + k) % 7) as f64)).collect()
}

/// Ways to an end of the outputs: numbers nearer and nearer to it, or farther and farther out.
fn ends(low: f64, high: f64) -> [Vec<f64>; 2] {
    let size = if low.is_finite() && high.is_finite() { high - low } else { 1.0 };
    let near = [1e-2, 1e-4, 1e-6, 1e-8];
    let far = [1e1, 1e2, 1e3, 1e4];
    let down = if low.is_finite() { near.map(|e| low + e * size) } else { far.map(|e| -e) };
    let up = if high.is_finite() { near.map(|e| high - e * size) } else { far };
    [down.to_vec(), up.to_vec()]
}

/// An output for the class of the row; what is left is spread over the others.
fn spread(p: f64, target: &[f64], width: usize, low: f64, high: f64) -> Vec<f64> {
    let class = (0..width).max_by(|&a, &b| target[a].total_cmp(&target[b])).unwrap_or(0);
    let rest = if low == 0.0 && high == 1.0 { (1.0 - p) / (width.max(2) - 1) as f64 } else { 0.0 };
    (0..width).map(|k| if k == class { p } else { rest }).collect()
}

/// Falls by as much or more at each step, and below 0.
fn keeps_falling(values: &[f64]) -> bool {
    let drops: Vec<f64> = values.windows(2).map(|w| w[0] - w[1]).collect();
    values.iter().all(|v| v.is_finite())
        && drops.iter().all(|d| *d > 1e-3)
        && drops.windows(2).all(|d| d[1] > 0.8 * d[0])
        && values[values.len() - 1] < -1.0
}

/// A number as short as it is to twelve digits.
fn neat(value: f64) -> f64 {
    format!("{value:.12}").parse().unwrap_or(value)
}
