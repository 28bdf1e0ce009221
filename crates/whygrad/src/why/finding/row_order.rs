//! Rows in an order in which batches undo each other.
//!
//! With batches smaller than the data each step sees some rows only. Where the rows are sorted by class, or always come in the
//! same order, the last batches of an epoch decide what is remembered (Bottou, "Stochastic Gradient Descent Tricks", 2012,
//! section 4.2; Bengio, "Practical recommendations", 2012). Noticed by batches without `--shuffle` and by neighbours with the
//! same target; proved by runs that differ in the order alone.
//!
//! What to do: take the rows in a new order in each epoch (`--shuffle`).

use super::Suspicion;
use crate::lint::rows::sortedness;
use crate::train::BatchSize;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::scene::Scene;

const EXPLANATION: &str = "A step on a batch makes the loss of its rows smaller and that of others larger. In a fixed order the \
    others are always the same ones, and the net ends where the last batches leave it. A new order in each epoch makes these \
    errors cancel.";

/// A loss this many times its first value was driven up by steps that are too long.
const LEAP: f64 = 1000.0;

/// Neighbours that are this alike make a sorted order.
const SORTED: f64 = 0.6;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let case = &scene.finished.case;
    let BatchSize::Rows(batch) = case.options.batch else { return vec![] };
    // No order makes a run leap away: the step does.
    let first = scene.finished.losses.first().map_or(f64::INFINITY, |l| l.1.abs());
    let leaps = scene.finished.overflowed() || scene.finished.loss > LEAP * first;
    if leaps || case.options.shuffle || batch >= case.data.rows || case.options.method.is_some() {
        return vec![];
    }
    let alike = sortedness(&case.data);
    let sorted = alike > SORTED;
    let summary = if sorted {
        format!(
            "The rows are sorted by their targets and come in that order, {batch} a batch: each batch undoes what the last ones did."
        )
    } else {
        format!("The rows come in the same order in each epoch, {batch} a batch.")
    };
    let certainty = if sorted { 0.9 } else { 0.35 };
    let mut suspicion = Suspicion::new(Kind::RowOrder, certainty, summary, EXPLANATION)
        .with("batch", batch)
        .with("correlation_of_neighbours", alike);
    let shuffled = |seed: u64| Change {
        words: "a new order of the rows in each epoch".into(),
        case: case.with(|o| (o.shuffle, o.seed) = (true, o.seed.wrapping_add(seed))),
    };
    suspicion.draws = !sorted;
    suspicion.changes = (0..3).map(shuffled).collect();
    suspicion.advice = Advice::flags("Take the rows in a new order in each epoch.", &["--shuffle"]);
    vec![suspicion]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::finding::tests::{case, is_first, is_not_named, with_data};

    #[test]
    fn rows_sorted_by_class_are_the_cause() {
        let text = "inputs x[2]\ntarget y\nh = dense(x, 8, tanh)\ny_hat = dense(h, 1, sigmoid)\nloss = binary_cross_entropy(y_hat, y)";
        let case = case(text, "circles(noise=0.02)", |o| {
            (o.learning_rate, o.epochs, o.batch) = (0.5, 300, BatchSize::Rows(10));
        });
        let case = with_data(&case, |data| {
            let mut rows: Vec<usize> = (0..data.rows).collect();
            rows.sort_by(|&a, &b| data.targets[a].total_cmp(&data.targets[b]));
            *data = data.select(&rows);
        });
        let report = is_first(&case, Kind::RowOrder);
        assert_eq!(report.findings[0].advice.flags, ["--shuffle"]);
    }

    #[test]
    fn full_batches_and_new_orders_never_are() {
        is_not_named(&case("2-2sigmoid-1", "xor", |o| o.epochs = 5), Kind::RowOrder);
        is_not_named(
            &case("2-2sigmoid-1", "xor", |o| (o.epochs, o.batch, o.shuffle) = (5, BatchSize::Rows(1), true)),
            Kind::RowOrder,
        );
    }

    #[test]
    fn a_run_that_leaps_away_is_not_held_by_an_order() {
        let text = "inputs x\ntarget y\ny_hat = dense(x, 1)\nloss = mse(y_hat, y)";
        let case = case(text, "sine(noise=0)", |o| {
            (o.learning_rate, o.epochs, o.batch) = (2.0, 10, BatchSize::Rows(1));
        });
        is_not_named(&case, Kind::RowOrder);
    }
}
