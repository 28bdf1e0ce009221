//! One axis: which values it spans, where a value stands on it, and its ticks.
//!
//! A place is a number in 0..=1 from the low end to the high end. All arithmetic is done in the
//! axis's own unit, which is the decimal logarithm on a logarithmic axis.

use crate::figure::Lines;
use crate::ticks::{self, Tick};

/// Beyond this, differences of two values could overflow.
const LARGEST: f64 = 1e300;

/// Spans with less than this share of the values are rounding noise, so they count as constant.
const NOISE: f64 = 1e-12;

/// One axis of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    log: bool,
}

impl Axis {
    /// Returns the axis over all drawable values; `padding` is the share of the span added at
    /// both ends.
    pub(crate) fn over(values: impl Iterator<Item = f64>, log: bool, padding: f64) -> Self {
        let units = values.filter_map(|value| unit(value, log));
        let (low, high) =
            units.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), u| (low.min(u), high.max(u)));
        if low > high {
            return Axis { low: 0.0, high: 1.0, log };
        }
        let size = low.abs().max(high.abs());
        let span = high - low;
        if span <= size * NOISE || span < 1e-290 {
            let half = if log { 0.5 } else { size * 0.1 };
            let half = if half < 1e-290 { 1.0 } else { half };
            return Axis { low: low - half, high: high + half, log };
        }
        // A quantity that is never negative shall not be given a negative axis by its padding.
        let floor = if !log && low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        Axis { low: (low - padding * span).max(floor), high: high + padding * span, log }
    }

    /// Returns the two axes of a line figure, over the points that can be drawn.
    pub(crate) fn of_lines(lines: &Lines) -> (Self, Self) {
        let points = || {
            let all = lines.series.iter().flat_map(|series| &series.points);
            all.filter(|(x, y)| unit(*x, lines.x_log).is_some() && unit(*y, lines.y_log).is_some())
        };
        let x = Axis::over(points().map(|point| point.0), lines.x_log, 0.0);
        (x, Axis::over(points().map(|point| point.1), lines.y_log, 0.04))
    }

    /// Returns where a value stands, or `None` for a value that cannot be drawn.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        let place = (unit(value, self.log)? - self.low) / (self.high - self.low);
        Some(place.clamp(0.0, 1.0))
    }

    /// Returns where a value stands if it lies on the axis.
    pub(crate) fn place_within(&self, value: f64) -> Option<f64> {
        let place = (unit(value, self.log)? - self.low) / (self.high - self.low);
        (-1e-9..=1.0 + 1e-9).contains(&place).then(|| place.clamp(0.0, 1.0))
    }

    /// Returns the value at a place.
    pub(crate) fn value(&self, place: f64) -> f64 {
        let unit = self.low + place * (self.high - self.low);
        if self.log { 10.0_f64.powf(unit) } else { unit }
    }

    /// Returns the length of the axis in its own unit.
    pub(crate) fn span(&self) -> f64 {
        self.high - self.low
    }

    /// Returns the round ticks on the axis, each with its place.
    pub(crate) fn ticks(&self, at_most: usize) -> Vec<(f64, Tick)> {
        let (low, high) = (self.value(0.0), self.value(1.0));
        let ticks =
            if self.log { ticks::logarithmic(low, high, at_most) } else { ticks::linear(low, high, at_most) };
        ticks.into_iter().filter_map(|tick| Some((self.place_within(tick.value)?, tick))).collect()
    }
}

/// Returns a value in the axis's unit, or `None` where it has none.
pub(crate) fn unit(value: f64, log: bool) -> Option<f64> {
    if !value.is_finite() || (log && value <= 0.0) {
        return None;
    }
    Some(if log { value.log10() } else { value.clamp(-LARGEST, LARGEST) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_of_nothing_or_of_one_value_still_has_a_length() {
        for values in [vec![], vec![f64::NAN], vec![0.0], vec![3.0, 3.0], vec![-1e308, 1e308], vec![5e-324]] {
            for log in [false, true] {
                let axis = Axis::over(values.iter().copied(), log, 0.04);
                assert!(axis.span() > 0.0 && axis.span().is_finite(), "{values:?}");
            }
        }
    }

    #[test]
    fn places_run_from_zero_to_one_and_back() {
        let axis = Axis::over([1e-4, 1.0].into_iter(), true, 0.0);
        assert_eq!(axis.place(0.01), Some(0.5));
        assert_eq!(axis.place(0.0), None);
        assert!((axis.value(0.5) - 0.01).abs() < 1e-12);
    }
}
