//! Measures of outputs beside the loss, as tables of results quote them.
//!
//! Each takes what [`evaluate`](super::evaluate) gives: the outputs of every row, and the data they belong to. They
//! are `None` where there are no rows, or outputs and targets differ in number.

use crate::data::Dataset;

/// The outputs beside their targets, row by row.
fn pairs<'a>(
    predictions: &'a [Vec<f64>],
    data: &'a Dataset,
) -> Option<impl Iterator<Item = (&'a [f64], &'a [f64])>> {
    let alike =
        |(row, outputs): (usize, &Vec<f64>)| outputs.len() == data.target_names.len() && row < data.rows;
    let comparable = data.rows > 0 && predictions.len() == data.rows && !data.target_names.is_empty();
    (comparable && predictions.iter().enumerate().all(alike))
        .then(|| predictions.iter().enumerate().map(|(row, o)| (o.as_slice(), data.target_row(row))))
}

/// The squared error percentage of Prechelt, "Proben1" (1994), section 3.2: 100 (high - low)/(N P) times the sum of
/// (output - target)² over P rows of N outputs; `low` and `high` are the ends of what an output can be, 0 and 1 there.
pub fn squared_error_percentage(
    predictions: &[Vec<f64>],
    data: &Dataset,
    (low, high): (f64, f64),
) -> Option<f64> {
    let mut sum = 0.0;
    for (outputs, targets) in pairs(predictions, data)? {
        sum += outputs.iter().zip(targets).map(|(o, t)| (o - t) * (o - t)).sum::<f64>();
    }
    Some(100.0 * (high - low) * sum / (data.rows * data.target_names.len()) as f64)
}

/// The share of rows in which the largest output is not where the largest target is (winner takes all), from 0 to 1. Of
/// equal ones the first counts, as in most programs; an output that is not a number is never the largest.
pub fn classification_error(predictions: &[Vec<f64>], data: &Dataset) -> Option<f64> {
    let wrong =
        pairs(predictions, data)?.filter(|(outputs, targets)| winner(outputs) != winner(targets)).count();
    Some(wrong as f64 / data.rows as f64)
}

/// The place of the largest.
fn winner(values: &[f64]) -> Option<usize> {
    let numbers = values.iter().enumerate().filter(|(_, v)| !v.is_nan());
    numbers.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(place, _)| place)
}

/// The largest |output - target|, and the mean of them.
pub fn absolute_errors(predictions: &[Vec<f64>], data: &Dataset) -> Option<(f64, f64)> {
    let (mut largest, mut sum) = (0.0_f64, 0.0);
    for (outputs, targets) in pairs(predictions, data)? {
        for (o, t) in outputs.iter().zip(targets) {
            let error = (o - t).abs();
            largest = if error > largest || error.is_nan() { error } else { largest };
            sum += error;
        }
    }
    Some((largest, sum / (data.rows * data.target_names.len()) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Dataset {
        Dataset {
            inputs: vec![0.0, 1.0],
            targets: vec![1.0, 0.0, 0.0, 1.0],
            rows: 2,
            input_names: vec!["x".to_owned()],
            target_names: vec!["a".to_owned(), "b".to_owned()],
        }
    }

    #[test]
    fn they_are_what_their_formulas_say() {
        let outputs = [vec![0.5, 0.25], vec![0.75, 0.5]];
        let sum = 0.25 + 0.0625 + 0.5625 + 0.25;
        assert_eq!(squared_error_percentage(&outputs, &data(), (0.0, 1.0)), Some(25.0 * sum));
        assert_eq!(squared_error_percentage(&outputs, &data(), (-1.0, 1.0)), Some(50.0 * sum));
        assert_eq!(classification_error(&outputs, &data()), Some(0.5));
        assert_eq!(absolute_errors(&outputs, &data()), Some((0.75, 0.5)));
    }

    #[test]
    fn outputs_that_do_not_fit_have_no_measure() {
        for outputs in [vec![], vec![vec![1.0, 0.0]], vec![vec![1.0], vec![0.0]]] {
            assert_eq!(squared_error_percentage(&outputs, &data(), (0.0, 1.0)), None);
            assert_eq!(classification_error(&outputs, &data()), None);
            assert_eq!(absolute_errors(&outputs, &data()), None);
        }
    }

    #[test]
    fn what_is_not_a_number_wins_nothing_and_is_no_small_error() {
        let outputs = [vec![f64::NAN, 0.25], vec![0.0, 1.0]];
        assert_eq!(classification_error(&outputs, &data()), Some(0.5));
        assert!(absolute_errors(&outputs, &data()).unwrap().0.is_nan());
    }
}
