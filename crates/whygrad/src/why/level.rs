//! The level at which a run stands: some rows get the mean of their targets.

use super::speed::short;
use crate::data::Dataset;
use crate::train::Evaluation;

/// Outputs nearer than this are one group.
const APART: f64 = 0.1;

/// How near the outputs of a group are to the mean of its targets.
const NEAR: f64 = 0.06;

/// Rows with different targets and about the same output, which is the mean of their targets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Level {
    /// How many rows.
    pub(super) rows: usize,
    /// That output.
    pub(super) output: f64,
    /// The mean of squares that is left.
    squares: f64,
}

impl Level {
    /// The loss of the level: that of squares where the run's loss is it.
    pub(super) fn value(&self, loss: f64) -> f64 {
        if (loss - self.squares).abs() < 0.1 * self.squares { self.squares } else { loss }
    }

    /// `1/8 (loss 0.1253): 2 rows at 1/2`
    pub(super) fn words(&self, loss: f64) -> String {
        let value = self.value(loss);
        let named = fraction(value).map_or_else(|| short(loss), |f| format!("{f} (loss {})", short(loss)));
        let output = fraction(self.output).unwrap_or_else(|| short(self.output));
        format!("{named}, with {} rows near {output}, the mean of their targets", self.rows)
    }
}

/// The level of a net with one output and up to a thousand rows.
pub(super) fn level(evaluation: &Evaluation, data: &Dataset) -> Option<Level> {
    if data.target_names.len() != 1 || data.rows > 1000 || evaluation.predictions.len() != data.rows {
        return None;
    }
    let mut rows: Vec<(f64, f64)> = evaluation
        .predictions
        .iter()
        .zip(&data.targets)
        .filter_map(|(p, t)| Some((*p.first()?, *t)))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let groups = rows.chunk_by(|a, b| b.0 - a.0 < APART);
    let (mut squares, mut largest): (f64, Option<Level>) = (0.0, None);
    for group in groups {
        let mean = group.iter().map(|r| r.1).sum::<f64>() / group.len() as f64;
        if group.iter().any(|r| (r.0 - mean).abs() > NEAR) {
            return None;
        }
        let left: f64 = group.iter().map(|r| (r.1 - mean).powi(2)).sum();
        squares += left;
        if left > 0.0 && largest.as_ref().is_none_or(|l| group.len() > l.rows) {
            largest = Some(Level { rows: group.len(), output: mean, squares: 0.0 });
        }
    }
    let squares = squares / data.rows as f64;
    largest.map(|l| Level { squares, ..l })
}

/// `1/8` for 0.125, where the denominator is small.
fn fraction(value: f64) -> Option<String> {
    let denominator = (2..=24).find(|q| {
        let numerator = value * f64::from(*q);
        numerator > 0.5 && (numerator - libm::round(numerator)).abs() < 1e-9
    })?;
    Some(format!("{}/{denominator}", libm::round(value * f64::from(denominator))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn xor(outputs: [f64; 4]) -> Option<Level> {
        let data = Dataset {
            inputs: vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0],
            targets: vec![0.0, 1.0, 1.0, 0.0],
            rows: 4,
            input_names: vec!["x1".into(), "x2".into()],
            target_names: vec!["y".into()],
        };
        let predictions = outputs.iter().map(|o| vec![*o]).collect();
        let evaluation = Evaluation { predictions, loss: 0.0, accuracy: None, wrong: vec![] };
        level(&evaluation, &data)
    }

    #[test]
    fn two_rows_at_a_half_are_an_eighth() {
        let found = xor([0.01, 0.5, 0.99, 0.51]).unwrap();
        assert_eq!(found.words(0.1252), "1/8 (loss 0.125), with 2 rows near 1/2, the mean of their targets");
    }

    #[test]
    fn three_rows_at_two_thirds_are_a_sixth() {
        let found = xor([0.0, 0.66, 0.67, 0.66]).unwrap();
        assert_eq!(found.words(0.167), "1/6 (loss 0.167), with 3 rows near 2/3, the mean of their targets");
    }

    #[test]
    fn outputs_that_are_no_means_are_at_no_level() {
        assert_eq!(xor([0.3, 0.7, 0.8, 0.2]), None);
    }
}
