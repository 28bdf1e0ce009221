//! Reading a [`Map`] anywhere: interpolation between samples, range, and sides of the level.

use std::collections::HashMap;

use crate::axis::Axis;
use crate::figure::{Map, MapPoint, Spot};

/// One sample of so many may lie below the colours.
const LOWEST: usize = 200;

/// All samples span so many times as many powers of ten as those that have a colour of their own.
const FAR: f64 = 2.0;

/// The lowest and highest sample of a map, each with its place `(x, y)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) low_at: (f64, f64),
    pub(crate) high: f64,
    pub(crate) high_at: (f64, f64),
}

/// The data points at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dot {
    pub(crate) at: (f64, f64),
    /// Whether one of them is of the upper kind, and whether one is of the lower.
    pub(crate) upper: bool,
    pub(crate) lower: bool,
    /// Beside the drawn plane, or one of very many.
    pub(crate) small: bool,
    /// Its target, where it is to be compared with the surface and not with a level.
    pub(crate) value: Option<f64>,
}

/// Of more points than these each is small.
const MANY: usize = 80;

impl Map {
    /// Returns the sample in a column and a row, NaN where there is none.
    pub(crate) fn sample(&self, column: usize, row: usize) -> f64 {
        let index = row.checked_mul(self.columns).and_then(|start| start.checked_add(column));
        let value = index.and_then(|index| self.values.get(index)).copied().unwrap_or(f64::NAN);
        if column < self.columns && row < self.rows && self.is_drawn(value) { value } else { f64::NAN }
    }

    /// Returns the value at a place, interpolated between the four samples around it.
    pub fn at(&self, x: f64, y: f64) -> f64 {
        let (column, right) = cell(x, self.x, self.columns);
        let (row, up) = cell(y, self.y, self.rows);
        let corners = [
            (column, row, (1.0 - right) * (1.0 - up)),
            (column + 1, row, right * (1.0 - up)),
            (column, row + 1, (1.0 - right) * up),
            (column + 1, row + 1, right * up),
        ];
        // A corner without weight is not read, so a gap does not spread onto its neighbours.
        let weighted = corners.iter().filter(|corner| corner.2 > 0.0);
        let (mut mean, mut low, mut high) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
        for (column, row, weight) in weighted {
            let value = self.sample(*column, *row);
            let unit = if self.value_log { value.log10() } else { value };
            (mean, low, high) = (mean + weight * unit, low.min(value), high.max(value));
        }
        let mean = if self.value_log { 10.0_f64.powf(mean) } else { mean };
        // Rounding must not carry a constant surface off its value.
        if mean.is_nan() { mean } else { mean.clamp(low, high) }
    }

    /// Returns the horizontal and the vertical axis.
    pub(crate) fn axes(&self) -> (Axis<'static>, Axis<'static>) {
        let axis = |ends: (f64, f64)| Axis::over([ends.0, ends.1].into_iter(), false, 0.0);
        (axis(self.x).of_whole(self.x_whole), axis(self.y))
    }

    /// Returns the value of a place with a name: its own, else that of the way on which it lies, else that of the map.
    pub(crate) fn value_of(&self, spot: &Spot) -> f64 {
        let on_way = self.paths.iter().find_map(|path| {
            let index = path.points.iter().position(|point| *point == (spot.x, spot.y))?;
            path.values.get(index).copied().filter(|value| value.is_finite())
        });
        spot.value.or(on_way).unwrap_or_else(|| self.at(spot.x, spot.y))
    }

    /// Returns the axis along which colours and shades run.
    pub(crate) fn value_axis(&self) -> Axis<'static> {
        let floor = self.floor().unwrap_or(f64::NEG_INFINITY);
        // Counts have no ticks between whole numbers.
        let values = self.samples().map(|(_, _, value)| value.max(floor));
        Axis::over(values, self.value_log, 0.0).of_whole(self.are_whole())
    }

    /// Returns whether the samples are counts.
    pub(crate) fn are_whole(&self) -> bool {
        self.values.iter().all(|value| value.fract() == 0.0)
    }

    /// Returns where the colours begin, if some samples lie so far below all others that these would look alike: next to a
    /// minimum a logarithm has no end.
    pub(crate) fn floor(&self) -> Option<f64> {
        if !self.value_log {
            return None;
        }
        let mut values: Vec<f64> = self.samples().map(|(_, _, value)| value).collect();
        values.sort_by(f64::total_cmp);
        let (low, high) = (*values.first()?, *values.last()?);
        let floor = values[values.len() / LOWEST];
        let is_far = (high / low).log10() > FAR * (high / floor).log10();
        (is_far && high > floor).then_some(floor)
    }

    /// Returns the lowest and highest sample, or `None` if no sample is finite.
    pub(crate) fn range(&self) -> Option<Range> {
        let mut range: Option<Range> = None;
        for (column, row, value) in self.samples() {
            let at = (along(self.x, column, self.columns), along(self.y, row, self.rows));
            let found = range.get_or_insert(Range { low: value, low_at: at, high: value, high_at: at });
            if value < found.low {
                (found.low, found.low_at) = (value, at);
            }
            if value > found.high {
                (found.high, found.high_at) = (value, at);
            }
        }
        range
    }

    /// Returns the share of the finite samples that lie at or above the level.
    pub(crate) fn share_above(&self, level: f64) -> f64 {
        let (mut above, mut all) = (0_usize, 0_usize);
        for (_, _, value) in self.samples() {
            above += usize::from(value >= level);
            all += 1;
        }
        above as f64 / all.max(1) as f64
    }

    /// Returns whether the surface at a point lies on the side of the level that its target wants.
    pub(crate) fn is_right(&self, point: &MapPoint, level: f64) -> bool {
        let value = self.at(point.x, point.y);
        !value.is_nan() && (value >= level) == self.is_upper(point)
    }

    /// Returns the value at which the targets of the points part, if they are of two kinds.
    pub(crate) fn parting(&self) -> Option<f64> {
        self.classes.or(self.level)
    }

    /// Returns whether a point is of the upper kind, or of the only one.
    pub(crate) fn is_upper(&self, point: &MapPoint) -> bool {
        self.parting().is_none_or(|value| point.value >= value)
    }

    /// Returns the data points as they are drawn, one for all that lie at the same place.
    pub(crate) fn dots(&self) -> Vec<Dot> {
        let mut dots: Vec<Dot> = Vec::with_capacity(self.points.len());
        let many = self.points.len() > MANY;
        let mut known: HashMap<(u64, u64, bool), usize> = HashMap::new();
        // What lies in the plane lies above what lies beside it.
        let (beside, within): (Vec<&MapPoint>, Vec<_>) = self.points.iter().partition(|point| point.aside);
        for point in beside.into_iter().chain(within) {
            let upper = self.is_upper(point);
            let key = (point.x.to_bits(), point.y.to_bits(), point.aside);
            // Targets are values of the surface: a dot has the colour that the surface should have there.
            let value = self.parting().is_none().then_some(point.value);
            let dot = Dot { value, at: (point.x, point.y), upper, lower: !upper, small: point.aside || many };
            let index = *known.entry(key).or_insert(dots.len());
            match dots.get_mut(index) {
                Some(other) => (other.upper, other.lower) = (other.upper || upper, other.lower || !upper),
                None => dots.push(dot),
            }
        }
        dots
    }

    /// Returns how many samples are missing or not finite.
    pub(crate) fn gaps(&self) -> usize {
        self.columns.saturating_mul(self.rows) - self.samples().count()
    }

    /// Returns how many samples are finite but not positive, where the colours are logarithmic.
    pub(crate) fn not_positive(&self) -> usize {
        let wanted = self.columns.saturating_mul(self.rows);
        let values = self.values.iter().take(wanted);
        values.filter(|value| self.value_log && value.is_finite() && **value <= 0.0).count()
    }

    fn is_drawn(&self, value: f64) -> bool {
        value.is_finite() && (!self.value_log || value > 0.0)
    }

    /// Returns the samples that can be drawn with their column and row.
    fn samples(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let width = self.columns.max(1);
        let wanted = self.columns.saturating_mul(self.rows);
        let numbered = self.values.iter().take(wanted).enumerate();
        numbered.filter(|(_, v)| self.is_drawn(**v)).map(move |(index, v)| (index % width, index / width, *v))
    }
}

/// Returns the sample just below a place and how far the place lies towards the next one.
fn cell(place: f64, ends: (f64, f64), count: usize) -> (usize, f64) {
    let share = (place / 2.0 - ends.0 / 2.0) / (ends.1 / 2.0 - ends.0 / 2.0);
    if count < 2 || !share.is_finite() {
        return (0, 0.0);
    }
    let position = share.clamp(0.0, 1.0) * (count - 1) as f64;
    let index = (position as usize).min(count - 2);
    (index, position - index as f64)
}

/// Returns the place of a sample.
fn along(ends: (f64, f64), index: usize, count: usize) -> f64 {
    if count < 2 {
        return ends.0;
    }
    let share = index as f64 / (count - 1) as f64;
    ends.0 * (1.0 - share) + ends.1 * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::MapPath;

    #[test]
    fn values_are_interpolated_and_gaps_stay_where_they_are() {
        let values = vec![0.0, 1.0, f64::NAN, 2.0, 3.0, 4.0];
        let map = Map { x: (0.0, 2.0), y: (0.0, 1.0), columns: 3, rows: 2, values, ..Map::default() };
        assert_eq!(map.at(0.5, 0.5), 1.5);
        assert_eq!(map.at(1.0, 0.0), 1.0);
        assert!(map.at(1.5, 0.5).is_nan());
        assert_eq!(map.gaps(), 1);
        assert_eq!(map.range().map(|range| (range.low, range.high_at)), Some((0.0, (2.0, 1.0))));
    }

    #[test]
    fn one_sample_next_to_a_minimum_does_not_take_the_colours_of_all_others() {
        let mut values: Vec<f64> = (0..900).map(|index| 1.0 + f64::from(index)).collect();
        values[450] = 1e-30;
        let map = Map { columns: 30, rows: 30, value_log: true, values, ..Map::default() };
        assert_eq!(map.floor(), Some(4.0));
        assert_eq!(map.value_axis().place(1e-30), Some(0.0), "it has the colour of the end");
        let even = Map { values: (0..900).map(|index| 10_f64.powi(-index / 30)).collect(), ..map };
        assert_eq!(even.floor(), None, "a map that falls evenly shows all of it");
    }

    #[test]
    fn a_place_on_a_way_has_the_value_of_the_way() {
        let path = MapPath {
            points: vec![(0.0, 0.0), (1.0, 1.0)],
            values: vec![7.0, f64::NAN],
            ..MapPath::default()
        };
        let values = vec![0.0, 1.0, 2.0, 3.0];
        let map = Map {
            x: (0.0, 1.0),
            y: (0.0, 1.0),
            columns: 2,
            rows: 2,
            values,
            paths: vec![path],
            ..Map::default()
        };
        let value = |x, y| map.value_of(&Spot { x, y, ..Spot::default() });
        assert_eq!([value(0.0, 0.0), value(1.0, 1.0), value(1.0, 0.0)], [7.0, 3.0, 1.0]);
    }
}
