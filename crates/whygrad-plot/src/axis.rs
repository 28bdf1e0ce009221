//! One axis: which values it spans, where a value stands on it, and its ticks.
//!
//! A place is a number in 0..=1 from the low end to the high end. All arithmetic is done in the
//! axis's own unit, which is the decimal logarithm on a logarithmic axis.

use crate::figure::{Lines, Series, Style};
use crate::ticks::{self, Tick};

/// Beyond this, differences of two values could overflow.
const LARGEST: f64 = 1e306;

/// Spans with less than this share of the values are rounding noise, so they count as constant.
const NOISE: f64 = 1e-12;

/// The decimal logarithms between which a logarithmic axis lies, so that its ends are numbers of full precision.
const POWERS: (f64, f64) = (-307.0, 307.9);

/// The share of an axis that is left free beside bars, which would else lie on its end.
const BESIDE_BARS: f64 = 0.03;

/// One axis of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis<'a> {
    low: f64,
    high: f64,
    log: bool,
    whole: bool,
    names: &'a [String],
}

impl<'a> Axis<'a> {
    /// Returns the axis over all drawable values; `padding` is the share of the span added at
    /// both ends.
    pub(crate) fn over(values: impl Iterator<Item = f64>, log: bool, padding: f64) -> Self {
        let units = values.filter_map(|value| unit(value, log));
        let (low, high) =
            units.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), u| (low.min(u), high.max(u)));
        if low > high {
            return Axis::between(0.0, 1.0, log);
        }
        let size = low.abs().max(high.abs());
        let span = high - low;
        if span <= size * NOISE || span < 1e-290 {
            let half = if log { 0.5 } else { size * 0.1 };
            let half = if half < 1e-290 { 1.0 } else { half };
            return Axis::between(low - half, high + half, log);
        }
        // A quantity that is never negative shall not be given a negative axis by its padding.
        let floor = if !log && low >= 0.0 { 0.0 } else { f64::NEG_INFINITY };
        Axis::between((low - padding * span).max(floor), high + padding * span, log)
    }

    /// An axis between two ends in its own unit.
    fn between(low: f64, high: f64, log: bool) -> Self {
        let (least, most) = if log { POWERS } else { (f64::MIN, f64::MAX) };
        // All values may lie beyond one of the ends.
        let (low, high) = (low.clamp(least, most - 1.0), high.clamp(least + 1.0, most));
        Axis { low, high, log, whole: false, names: &[] }
    }

    /// Returns the axis with ticks at whole numbers alone, or as it was.
    pub(crate) fn of_whole(self, whole: bool) -> Self {
        Axis { whole: whole || self.whole, ..self }
    }

    /// Returns the axis with one step for each name, where index 0 stands in the middle of the first step.
    pub(crate) fn named(names: &'a [String]) -> Self {
        let high = names.len().max(1) as f64 - 0.5;
        Axis { low: -0.5, high, log: false, whole: true, names }
    }

    /// Returns the two axes of a line figure, over the points that can be drawn.
    pub(crate) fn of_lines(lines: &'a Lines) -> (Self, Self) {
        let ends = |reach: Option<(f64, f64)>| reach.into_iter().flat_map(|(low, high)| [low, high]);
        let points = || lines.series.iter().flat_map(|series| seen(lines, series));
        let bars = points().filter_map(|(_, bar)| bar).flat_map(|(low, high)| [low, high]);
        let has_bars = points().any(|(_, bar)| bar.is_some());
        let columns = lines.series.iter().flat_map(|series| columns(lines, series));
        let columns: Vec<Column> = columns.collect();
        let across = points().map(|(point, _)| point.0).chain(ends(lines.x_reach));
        let across = across.chain(columns.iter().flat_map(|column| [column.from, column.to]));
        let x = Axis::over(across, lines.x_log, if has_bars { BESIDE_BARS } else { 0.0 });
        let x = if lines.x_names.is_empty() { x } else { Axis::named(&lines.x_names) };
        let up = points().map(|(point, _)| point.1).chain(bars).chain(ends(lines.y_reach));
        // Columns stand on zero, which a logarithmic axis does not have.
        let up = up.chain(columns.first().map(|_| 0.0));
        let y = Axis::over(up, lines.y_log, if lines.y_reach.is_some() { 0.0 } else { 0.04 });
        (Axis { whole: lines.x_whole || x.whole, ..x }, y)
    }

    /// Returns the names of the steps, where the axis has names in place of numbers.
    pub(crate) fn names(&self) -> &'a [String] {
        self.names
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

    /// Returns where a value stands, below 0 or above 1 where it lies beyond the ends, or `None` for a value that cannot
    /// be drawn.
    pub(crate) fn position(&self, value: f64) -> Option<f64> {
        let place = (unit(value, self.log)? - self.low) / (self.high - self.low);
        (!place.is_nan()).then(|| place.clamp(-1e6, 1e6))
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

    /// Returns the round ticks on the axis, each with its place; or its names. Where these are too many, round numbers
    /// stand for evenly spaced ones, and of words every second, third .. is left.
    pub(crate) fn ticks(&self, at_most: usize) -> Vec<(f64, Tick)> {
        if !self.names.is_empty() {
            let stride = self.names.len().div_ceil(at_most.max(1));
            if let Some(numbers) = even(self.names).filter(|_| stride > 1) {
                return numbers.ticks(at_most);
            }
            let name = |index: usize| {
                let tick = Tick { value: index as f64, label: self.names[index].clone(), power: None };
                Some((self.place_within(tick.value)?, tick))
            };
            return (0..self.names.len()).step_by(stride).filter_map(name).collect();
        }
        let (low, high) = (self.value(0.0), self.value(1.0));
        let whole = if self.whole { (high.floor() - low.ceil() + 1.0).max(1.0) } else { f64::INFINITY };
        let at_most = at_most.min(whole as usize);
        let mut ticks =
            if self.log { ticks::logarithmic(low, high, at_most) } else { ticks::linear(low, high, at_most) };
        ticks.retain(|tick| !self.whole || tick.value.fract() == 0.0);
        // Beyond this no two values have places of their own.
        ticks.retain(|tick| self.log || tick.value.abs() <= LARGEST);
        ticks.into_iter().filter_map(|tick| Some((self.place_within(tick.value)?, tick))).collect()
    }
}

/// Returns the axis of numbers under names that are numbers at equal steps or equal factors, to 2 % of a step.
fn even(names: &[String]) -> Option<Axis<'static>> {
    let numbers: Vec<f64> = names.iter().map(|name| name.parse().ok()).collect::<Option<_>>()?;
    [false, true].into_iter().find_map(|log| {
        let units: Vec<f64> = numbers.iter().map(|number| unit(*number, log)).collect::<Option<_>>()?;
        let (first, last) = (*units.first()?, *units.last()?);
        let step = (last - first) / (units.len() - 1).max(1) as f64;
        let is_even = |(index, u): (usize, &f64)| (first + index as f64 * step - u).abs() <= 0.02 * step;
        let grows = step > 1e-12 * first.abs().max(last.abs());
        (grows && units.iter().enumerate().all(is_even))
            .then(|| Axis::between(first - step / 2.0, last + step / 2.0, log))
    })
}

/// A column of a histogram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Column {
    /// Where it begins and ends to the right.
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// Its top.
    pub(crate) value: f64,
}

/// Returns the columns of a series that is drawn as columns, from left to right: as wide as its nearest points are
/// apart.
pub(crate) fn columns(lines: &Lines, series: &Series) -> Vec<Column> {
    if series.style != Style::Columns {
        return Vec::new();
    }
    let log = lines.x_log && lines.x_names.is_empty();
    let tops = seen(lines, series).filter_map(|((x, value), _)| Some((unit(x, log)?, value)));
    let mut tops: Vec<(f64, f64)> = tops.collect();
    tops.sort_by(|a, b| a.0.total_cmp(&b.0));
    let gaps = tops.windows(2).map(|pair| pair[1].0 - pair[0].0).filter(|gap| *gap > 0.0);
    let gap = gaps.fold(f64::INFINITY, f64::min);
    let half = match (gap.is_finite(), tops.first()) {
        _ if !lines.x_names.is_empty() => 0.4,
        (true, _) => gap / 2.0,
        // A single column has a width of its own.
        (false, Some((x, _))) if *x != 0.0 && !log => 0.05 * x.abs(),
        _ => 0.5,
    };
    let value = |unit: f64| if log { 10.0_f64.powf(unit) } else { unit };
    tops.into_iter()
        .map(|(x, top)| Column { from: value(x - half), to: value(x + half), value: top })
        .collect()
}

/// Returns the points of a series that can be drawn, each with its bar where it has one that can be drawn.
pub(crate) fn seen<'b>(
    lines: &'b Lines,
    series: &'b Series,
) -> impl Iterator<Item = ((f64, f64), Option<(f64, f64)>)> + 'b {
    let x_log = lines.x_log && lines.x_names.is_empty();
    series.points.iter().enumerate().filter_map(move |(index, point)| {
        unit(point.0, x_log).zip(unit(point.1, lines.y_log))?;
        let bar = series
            .bars
            .get(index)
            .filter(|bar| unit(bar.0, lines.y_log).zip(unit(bar.1, lines.y_log)).is_some());
        Some((*point, bar.copied()))
    })
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
    fn an_axis_as_long_as_the_numbers_themselves_has_ticks() {
        for values in [[0.87, 1e306], [5e-324, f64::MAX], [1e-320, 2e-320], [f64::MAX, f64::MAX]] {
            let axis = Axis::over(values.into_iter(), true, 0.04);
            assert!(axis.ticks(6).len() >= 2, "{values:?}: {axis:?}");
        }
        let labels: Vec<String> = Axis::over([0.87, 1e306].into_iter(), true, 0.04)
            .ticks(8)
            .into_iter()
            .map(|(_, t)| t.label)
            .collect();
        assert_eq!(labels, ["1", "1e50", "1e100", "1e150", "1e200", "1e250", "1e300"]);
    }

    #[test]
    fn an_axis_of_epochs_has_ticks_at_whole_numbers_alone() {
        let labels = |last: f64| {
            let points = vec![(0.0, 1.0), (last, 2.0)];
            let lines = Lines { x_whole: true, series: vec![Series::line("", points)], ..Lines::default() };
            let ticks = Axis::of_lines(&lines).0.ticks(8).into_iter();
            ticks.map(|(_, tick)| tick.label).collect::<Vec<_>>().join(" ")
        };
        assert_eq!([1.0, 3.0, 40.0].map(labels), ["0 1", "0 1 2 3", "0 10 20 30 40"]);
    }

    #[test]
    fn columns_are_as_wide_as_the_nearest_points_are_apart_and_stand_on_zero() {
        let points = vec![(1.0, 4.0), (0.0, 2.0), (3.0, 5.0)];
        let series = Series { style: Style::Columns, points, ..Series::default() };
        let lines = Lines { series: vec![series], ..Lines::default() };
        let ends: Vec<(f64, f64)> =
            columns(&lines, &lines.series[0]).iter().map(|column| (column.from, column.to)).collect();
        assert_eq!(ends, [(-0.5, 0.5), (0.5, 1.5), (2.5, 3.5)]);
        let (x, y) = Axis::of_lines(&lines);
        assert_eq!((x.value(0.0), x.value(1.0), y.value(0.0)), (-0.5, 3.5, 0.0));
    }

    #[test]
    fn words_stand_in_the_middle_of_even_steps() {
        let names = ["a", "b", "c", "d"].map(String::from);
        let axis = Axis::named(&names);
        assert_eq!(
            axis.ticks(4).iter().map(|(place, _)| *place).collect::<Vec<_>>(),
            [0.125, 0.375, 0.625, 0.875]
        );
        assert_eq!(axis.ticks(2).iter().map(|(_, tick)| &*tick.label).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn round_numbers_stand_for_names_that_are_many_numbers_at_even_steps() {
        let labels = |names: &[String], at_most: usize| {
            let ticks = Axis::named(names).ticks(at_most);
            ticks.into_iter().map(|(_, tick)| tick.label).collect::<Vec<_>>().join(" ")
        };
        let decades: Vec<String> =
            (0..=40).map(|k| format!("{:.4}", 0.1 * 10_f64.powf(f64::from(k) / 20.0))).collect();
        assert_eq!(labels(&decades, 8), "0.1 0.2 0.5 1 2 5 10");
        let (first, _) = Axis::named(&decades).ticks(8)[0];
        assert!((first - 0.5 / 41.0).abs() < 1e-3, "0.1 stands under the middle of the first step: {first}");
        let steps: Vec<String> = (0..20).map(|k| (k * 5).to_string()).collect();
        assert_eq!(labels(&steps, 6), "0 20 40 60 80");
        assert_eq!(labels(&["1", "2", "64"].map(String::from), 2), "1 64", "these are not even");
    }

    #[test]
    fn a_share_has_its_whole_axis_however_small_it_is() {
        let series = Series::line("", vec![(1.0, 2.0), (2.0, 3.0)]).with_bars(vec![(1.0, 4.0), (2.0, 5.0)]);
        let mut lines = Lines { y_reach: Some((0.0, 100.0)), series: vec![series], ..Lines::default() };
        let y = Axis::of_lines(&lines).1;
        assert_eq!((y.value(0.0), y.value(1.0)), (0.0, 100.0));
        lines.y_reach = None;
        assert!(Axis::of_lines(&lines).1.place_within(5.0).is_some(), "the bars have room");
    }

    #[test]
    fn places_run_from_zero_to_one_and_back() {
        let axis = Axis::over([1e-4, 1.0].into_iter(), true, 0.0);
        assert_eq!(axis.place(0.01), Some(0.5));
        assert_eq!(axis.place(0.0), None);
        assert!((axis.value(0.5) - 0.01).abs() < 1e-12);
    }
}
