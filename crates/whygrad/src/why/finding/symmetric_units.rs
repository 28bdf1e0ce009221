//! Units that are equal and stay equal.
//!
//! Two hidden units with the same weights in and out have the same derivatives, so that gradient descent moves them
//! alike for ever: a layer of such units can do no more than one of them (Rumelhart, Hinton & Williams, "Learning
//! internal representations by error propagation", 1986, section "breaking symmetry"). The same holds for two tanh
//! units of opposite sign.

use super::Suspicion;
use crate::random::{Key, Seed, Source};
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::scene::{Scene, Unit};

const EXPLANATION: &str = "Hidden units with the same weights in and out have the same derivatives, so each step moves \
    them alike: together they are one unit, whatever their number. Only different starting values part them.";

/// Two units count as equal where no weight differs by more than this share of the largest.
const EQUAL: f64 = 1e-6;

/// How many other starts are tried.
const DRAWS: u64 = 5;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let trial = scene.trial;
    let (start, end) = (&trial.case.start, &trial.theta);
    let Some((_, hidden)) = scene.layers().split_last() else { return vec![] };
    let mut tied = Vec::new();
    for (layer, units) in hidden.iter().enumerate() {
        for (k, b) in units.iter().enumerate() {
            let first = units[..k].iter().position(|a| are_equal(a, b, start) && are_equal(a, b, end));
            tied.extend(first.map(|first| (layer, first, k)));
        }
    }
    if tied.is_empty() {
        return vec![];
    }
    let units: usize = hidden.iter().map(Vec::len).sum();
    let left = units - tied.len();
    let summary = format!(
        "{} of {units} hidden units are copies of another and stay so: the net has no more than {left} different {}.",
        tied.len(),
        if left == 1 { "one" } else { "ones" },
    );
    let mut suspicion = Suspicion::new(Kind::SymmetricUnits, 0.95, summary, EXPLANATION)
        .with("copies", tied.len())
        .with("units", units)
        .with("pairs", tied.iter().map(|(l, a, b)| serde_json::json!([l, a, b])).collect::<Vec<_>>())
        .with("largest_difference", largest_difference(hidden, &tied, end));
    suspicion.draws = true;
    suspicion.changes = (0..DRAWS)
        .map(|draw| Change {
            words: "the copies start from other values".into(),
            case: trial.case.from(parted(hidden, &tied, start, draw)),
        })
        .collect();
    suspicion.advice = Advice::flags("Start from different values.", &["--init", "uniform(-1,1)"]);
    vec![suspicion]
}

fn parameters(unit: &Unit) -> impl Iterator<Item = usize> {
    unit.incoming.iter().chain(&unit.bias).chain(&unit.outgoing).copied()
}

fn are_equal(a: &Unit, b: &Unit, theta: &[f64]) -> bool {
    let largest = parameters(a).map(|p| theta[p].abs()).fold(0.0, f64::max);
    parameters(a).zip(parameters(b)).all(|(p, q)| (theta[p] - theta[q]).abs() <= EQUAL * largest)
}

fn largest_difference(layers: &[Vec<Unit>], tied: &[(usize, usize, usize)], theta: &[f64]) -> f64 {
    let of = |&(l, a, b): &(usize, usize, usize)| {
        let pairs = parameters(&layers[l][a]).zip(parameters(&layers[l][b]));
        pairs.map(|(p, q)| (theta[p] - theta[q]).abs()).fold(0.0, f64::max)
    };
    tied.iter().map(of).fold(0.0, f64::max)
}

/// The start with all parameters of the copies drawn anew; one of each set stays as it is.
fn parted(layers: &[Vec<Unit>], tied: &[(usize, usize, usize)], start: &[f64], draw: u64) -> Vec<f64> {
    let mut stream = Key::from_seed(Seed(draw)).stream();
    let mut start = start.to_vec();
    for &(layer, _, copy) in tied {
        for p in parameters(&layers[layer][copy]) {
            start[p] += stream.uniform(-1.0, 1.0);
        }
    }
    start
}
