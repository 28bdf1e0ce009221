//! What the loss of a source is, compared with the model's.

use super::{Asked, LossStatus};
use crate::model::Model;

/// A loss as given, the model's, and how far the two may be apart.
struct Pair {
    given: f64,
    model: f64,
    tolerance: f64,
    rows: f64,
}

/// Compares the losses at all probes; `tolerance` says how far the one of a probe may be off.
pub(super) fn compare(model: &Model, asked: &[Asked], tolerance: impl Fn(usize) -> f64) -> LossStatus {
    let pairs: Vec<Pair> = asked
        .iter()
        .enumerate()
        .filter_map(|(index, a)| {
            let (given, tolerance) = (a.answer.loss?, tolerance(index));
            let rows = a.probe.data.rows as f64;
            tolerance.is_finite().then_some(Pair { given, model: a.truth.loss, tolerance, rows })
        })
        .collect();
    if pairs.is_empty() {
        return LossStatus::NotGiven;
    }
    if is(&pairs, |_| 1.0) {
        return LossStatus::Agrees;
    }
    LossStatus::Differs(explanation(&pairs, model.program.target_width() as f64))
}

/// True where the given losses are the model's times a factor of the rows.
fn is(pairs: &[Pair], factor: impl Fn(f64) -> f64) -> bool {
    pairs.iter().all(|p| {
        let factor = factor(p.rows);
        (p.given - factor * p.model).abs() <= factor.abs().max(1.0) * p.tolerance
    })
}

/// A factor of the number of rows and the number of outputs.
type Factor = fn(f64, f64) -> f64;

/// What the given losses are, measured by the model's.
fn explanation(pairs: &[Pair], outputs: f64) -> String {
    let numbers: [(f64, &str); 7] = [
        (1.0, ""),
        (2.0, "twice "),
        (0.5, "half of "),
        (4.0, "4 times "),
        (0.25, "a quarter of "),
        (-1.0, "minus "),
        (-0.5, "minus half of "),
    ];
    let sizes: [(Factor, &str); 7] = [
        (|_, _| 1.0, ""),
        (|n, _| n, "n times "),
        (|n, _| 1.0 / n, "1/n of "),
        (|_, k| k, "the number of outputs times "),
        (|_, k| 1.0 / k, "one over the number of outputs of "),
        (|n, k| n * k, "n times the number of outputs times "),
        (|n, k| 1.0 / (n * k), "one over n and the number of outputs of "),
    ];
    for (size, of_size) in sizes {
        for (number, of_number) in numbers {
            if is(pairs, |rows| number * size(rows, outputs)) {
                return format!("it is {of_number}{of_size}the model's loss");
            }
        }
    }
    for (base, logarithm) in [(2, std::f64::consts::LN_2), (10, std::f64::consts::LN_10)] {
        if is(pairs, |_| 1.0 / logarithm) {
            return format!("it is the model's loss with logarithms to base {base}");
        }
    }
    let first = pairs.iter().max_by(|a, b| a.model.abs().total_cmp(&b.model.abs()));
    let ratio = first.map_or(f64::NAN, |p| p.given / p.model);
    if pairs.len() > 1 && ratio.is_finite() && is(pairs, |_| ratio) {
        return format!("it is {ratio:.6} times the model's loss");
    }
    let apart = pairs.first().map_or(f64::NAN, |p| p.given - p.model);
    if pairs.len() > 1 && pairs.iter().all(|p| (p.given - p.model - apart).abs() <= 2.0 * p.tolerance) {
        return format!("it is the model's loss plus a constant, {apart:.6}");
    }
    match pairs.iter().find(|p| !p.given.is_finite()) {
        Some(_) => "it is not a number at some probe".to_owned(),
        None => "it is no constant multiple of the model's loss".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(given: impl Fn(f64, f64) -> f64) -> String {
        let pair = |model: f64, rows: f64| Pair { given: given(model, rows), model, tolerance: 1e-14, rows };
        explanation(&[pair(0.7, 4.0), pair(1.9, 3.0), pair(0.2, 1.0)], 3.0)
    }

    #[test]
    fn a_factor_is_named() {
        assert_eq!(said(|loss, _| loss / 2.0), "it is half of the model's loss");
        assert_eq!(said(|loss, n| loss * n), "it is n times the model's loss");
        assert_eq!(said(|loss, n| loss * n / 2.0), "it is half of n times the model's loss");
        assert_eq!(said(|loss, _| -loss), "it is minus the model's loss");
        assert_eq!(said(|loss, _| loss / 3.0), "it is one over the number of outputs of the model's loss");
        assert_eq!(said(|loss, _| loss * 7.0), "it is 7.000000 times the model's loss");
        assert_eq!(said(|loss, _| loss / 10f64.ln()), "it is the model's loss with logarithms to base 10");
    }

    #[test]
    fn what_is_no_multiple_is_said_to_be_none() {
        assert_eq!(said(|loss, _| loss * loss), "it is no constant multiple of the model's loss");
        assert_eq!(said(|loss, _| loss + 0.5), "it is the model's loss plus a constant, 0.500000");
        assert_eq!(said(|_, _| f64::NAN), "it is not a number at some probe");
    }
}
