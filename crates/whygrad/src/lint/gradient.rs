//! A gradient of the person's own, held against the derived one at a few points.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::SymbolId;
use whygrad_expr::derivative;

use super::words::{listed, number};
use crate::data::Dataset;
use crate::model::Model;
use crate::random::{Key, Seed, Source};
use crate::train::BatchSize;

/// A component that is not the derivative of the loss.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Off {
    pub(crate) name: String,
    /// What was given and what is true, where they are farthest apart.
    pub(crate) given: f64,
    pub(crate) derived: f64,
}

/// Numbers that differ by this share of the largest component are different.
const SAME: f64 = 1e-6;

/// Batches that are looked at, at most: a mistake may not show on a row of zeros.
const BATCHES: usize = 8;

/// Points beside the start: a mistake may not show where all weights are equal or 0.
const DRAWN: usize = 2;

/// The components that are wrong on the rows of a batch; empty where the gradient is derived, and where all of it has one
/// positive factor, which is another learning rate.
pub(crate) fn wrong_components(model: &Model, data: &Dataset, batch: BatchSize, theta: &[f64]) -> Vec<Off> {
    if !model.own_gradient || data.rows == 0 {
        return vec![];
    }
    let size = match batch {
        BatchSize::Rows(rows) => rows.clamp(1, data.rows),
        BatchSize::Full => data.rows,
    };
    // Whole batches alone: a formula may be right for this number of rows and no other.
    let batches: Vec<Dataset> = (0..(data.rows / size).min(BATCHES))
        .map(|k| data.select(&(k * size..(k + 1) * size).collect::<Vec<_>>()))
        .collect();
    let mut program = model.program.clone();
    let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
    let derived = derivative::gradient(&mut program.arena, program.loss, &symbols).by_symbol;
    let roots: Vec<_> = program.gradient.iter().copied().chain(derived).collect();
    let plan = Plan::compile(&program, &roots);
    let mut space = Workspace::<f64>::new(&plan);
    let names: Vec<String> =
        program.parameters.iter().flat_map(|p| (0..p.len()).map(|k| p.entry_name(k))).collect();
    let mut worst: Vec<Option<(f64, Off)>> = vec![None; names.len()];
    let mut ratios = Vec::new();
    let points = points(model, theta);
    for (data, point) in batches.iter().flat_map(|data| points.iter().map(move |point| (data, point))) {
        space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
        space.run(&plan, point);
        let mut both = [vec![0.0; names.len()], vec![0.0; names.len()]];
        for (half, values) in both.iter_mut().enumerate() {
            for (index, p) in program.parameters.iter().enumerate() {
                let root = half * program.parameters.len() + index;
                space.copy_output(&plan, root, &mut values[p.offset..p.offset + p.len()]);
            }
        }
        let [given, derived] = both;
        if given.iter().chain(&derived).any(|g| !g.is_finite()) {
            continue;
        }
        let largest = given.iter().chain(&derived).map(|g| g.abs()).fold(0.0, f64::max);
        for (k, (g, d)) in given.into_iter().zip(derived).enumerate() {
            let apart = (g - d).abs() / largest;
            if d.abs() > 1e-12 {
                ratios.push(g / d);
            }
            if apart > SAME && worst[k].as_ref().is_none_or(|w| apart > w.0) {
                worst[k] = Some((apart, Off { name: names[k].clone(), given: g, derived: d }));
            }
        }
    }
    let factor = ratios.first().copied().unwrap_or(0.0);
    if factor > 0.0 && ratios.iter().all(|r| (r - factor).abs() <= 1e-6 * factor) {
        return vec![];
    }
    worst.into_iter().flatten().map(|w| w.1).collect()
}

/// The start, and points near it that are inside the domains.
fn points(model: &Model, theta: &[f64]) -> Vec<Vec<f64>> {
    let domains = model.program.parameters.iter().zip(&model.parameters);
    let domains: Vec<_> = domains.flat_map(|(p, info)| std::iter::repeat_n(info.domain, p.len())).collect();
    let mut stream = Key::from_seed(Seed(13)).stream();
    let mut all = vec![theta.to_vec()];
    for _ in 0..DRAWN {
        let mut point = theta.to_vec();
        for (value, domain) in point.iter_mut().zip(&domains) {
            let moved = *value + stream.uniform(-0.5, 0.5);
            *value =
                if domain.is_none_or(|(low, high)| moved > low && moved < high) { moved } else { *value };
        }
        all.push(point);
    }
    all
}

/// Where a gradient is wrong, in a sentence.
pub(crate) fn in_words(wrong: &[Off], all: usize) -> String {
    let names: Vec<&str> = wrong.iter().map(|off| off.name.as_str()).collect();
    let who = if wrong.len() == all && all > 6 { "every component".to_owned() } else { listed(&names) };
    let apart = |off: &Off| (off.given - off.derived).abs();
    let example = wrong.iter().max_by(|a, b| apart(a).total_cmp(&apart(b))).map_or_else(String::new, |off| {
        let (given, derived) = (number(off.given), number(off.derived));
        format!(" (for {} it says {given} where the derivative is {derived})", off.name)
    });
    format!("The given gradient is wrong at {who}{example}.")
}
