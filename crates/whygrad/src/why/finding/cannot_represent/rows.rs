//! Rows with the same inputs and different targets, where targets are classes or the goal demands each row. Measurements that
//! are repeated differ by their noise, and contradict nothing.

use super::super::Suspicion;
use crate::lint::losses::LossOfOutputs;
use crate::lint::rows::contradictions;
use crate::lint::words::number;
use crate::why::finished::Case;
use crate::why::goal::Goal;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "A model is a function: rows with the same inputs get the same output, whatever the parameters are. Where \
    their targets differ, a squared loss is least at the mean of these targets, and no lower.";

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.finished.case;
    let data = &case.data;
    let Some(found) = contradictions(data) else { return vec![] };
    let (a, b) = found.pair;
    let far =
        data.target_row(a).iter().zip(data.target_row(b)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let least = named_least(scene, found.least_squares);
    let proved = match scene.finished.goal() {
        Goal::Near(limit) => far >= 2.0 * limit,
        // Repeated measurements differ by their noise.
        Goal::Fit => return vec![],
        Goal::Loss(target) => least.is_some_and(|least| least > target),
    };
    let others = found.fewer.len();
    let bound = least.map_or_else(String::new, |l| format!(" and the loss cannot go below {}", number(l)));
    let summary = format!(
        "Rows {} and {} have the same inputs and different targets, so that no output is right for both{bound}.",
        a + 1,
        b + 1
    );
    let mut suspicion = Suspicion::new(Kind::CannotRepresent, 0.96, summary, EXPLANATION)
        .with("first_row", a)
        .with("second_row", b)
        .with("contradicting_rows", others)
        .with("least_mean_square", found.least_squares);
    if let Some(least) = least {
        suspicion = suspicion.with("least_loss", least);
    }
    suspicion.proved = proved;
    let rest: Vec<usize> = (0..data.rows).filter(|r| found.fewer.binary_search(r).is_err()).collect();
    let words = if others == 1 {
        format!("without row {}", found.fewer[0] + 1)
    } else {
        format!("without {others} rows that contradict others")
    };
    let without = Case { data: data.select(&rest).into(), ..case.clone() };
    suspicion.changes.push(Change { words, case: without });
    suspicion.advice = Advice::words("Look which of the rows is right, and take the others out.");
    vec![suspicion]
}

/// The least value of the loss, where it is a squared one.
fn named_least(scene: &Scene<'_>, least_squares: f64) -> Option<f64> {
    let case = &scene.finished.case;
    let loss = LossOfOutputs::of(&case.model)?;
    let name = loss.named(&case.data)?;
    let factor = name.strip_suffix("mse(y_hat, y)")?;
    let rows = case.data.rows as f64;
    factor.split('*').filter(|f| !f.is_empty()).try_fold(least_squares, |product, part| match part {
        "n" => Some(product * rows),
        number => number.parse::<f64>().ok().map(|n| product * n),
    })
}
