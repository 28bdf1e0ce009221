//! What the steps of a given gradient keep fixed although the true gradient moves it.

use crate::why::scene::Scene;

/// Up to so many parameters pairs are looked at.
const MOST: usize = 100;
/// A combination is kept where it moves by no more than this share of what its parts move.
const STILL: f64 = 1e-7;
/// The true gradient moves it where its slope is this share of the largest one.
const MOVED: f64 = 1e-3;

/// Parameters, differences and sums of two that are as they were at every place of the path: "w1 - w2".
pub(super) fn kept_fixed(scene: &Scene<'_>) -> Vec<String> {
    let path = scene.path();
    let model = scene.model();
    let count = model.program.parameter_count();
    if count > MOST || path.len() < 3 || path.iter().any(|p| p.1.iter().any(|t| !t.is_finite())) {
        return vec![];
    }
    let mut names = vec![String::new(); count];
    for p in &model.program.parameters {
        for k in 0..p.len() {
            names[p.offset + k] = p.entry_name(k);
        }
    }
    let start = &path[0].1;
    let slopes: Vec<Vec<f64>> = path.iter().map(|p| scene.gradient_at(&p.1)).collect();
    // How far a combination moves at most, and how much the true gradient would move it.
    let most = |f: &dyn Fn(&[f64]) -> f64, of: &mut dyn Iterator<Item = Vec<f64>>| {
        of.map(|v| f(&v).abs()).fold(0.0, f64::max)
    };
    let moves = |f: &dyn Fn(&[f64]) -> f64| {
        most(f, &mut path.iter().map(|p| p.1.iter().zip(start).map(|(a, b)| a - b).collect()))
    };
    let pulled = |f: &dyn Fn(&[f64]) -> f64| most(f, &mut slopes.iter().cloned());
    let strongest = slopes.iter().flatten().map(|g| g.abs()).fold(0.0, f64::max);
    let single: Vec<f64> = (0..count).map(|p| moves(&|v| v[p])).collect();
    let farthest = single.iter().copied().fold(0.0, f64::max);
    let mut kept = Vec::new();
    for p in 0..count {
        let (a, is_still) = (single[p], single[p] <= STILL * farthest);
        if is_still {
            if pulled(&|v| v[p]) > MOVED * strongest {
                kept.push(names[p].clone());
            }
            continue;
        }
        for q in p + 1..count {
            if (single[q] - a).abs() > STILL * a {
                continue;
            }
            for (sign, word) in [(-1.0, "-"), (1.0, "+")] {
                let of = |v: &[f64]| v[p] + sign * v[q];
                if moves(&of) <= STILL * a && pulled(&of) > MOVED * strongest {
                    kept.push(format!("{} {word} {}", names[p], names[q]));
                }
            }
        }
    }
    kept
}
