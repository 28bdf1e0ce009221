//! Marching squares: where a surface is at least a threshold, as polygons, and the line between.
//!
//! Places are in 0..=1 to the right and upwards. Within a cell of the grid the surface is taken to
//! change evenly along the edges, so neighbouring cells meet exactly.

use std::collections::BTreeMap;

use crate::axis::Axis;
use crate::figure::Map;

/// A place `(right, up)` in 0..=1.
pub(crate) type Place = (f64, f64);

/// A surface sampled for drawing.
pub(crate) struct Grid {
    columns: usize,
    rows: usize,
    /// In the unit of the colours: decimal logarithms where they are logarithmic.
    values: Vec<f64>,
    log: bool,
}

impl Grid {
    /// Samples a map on a grid of its own size, but at most `at_most` columns and rows.
    pub(crate) fn of(map: &Map, x: &Axis, y: &Axis, at_most: usize) -> Self {
        let (columns, rows) = (map.columns.clamp(2, at_most.max(2)), map.rows.clamp(2, at_most.max(2)));
        let share = |index: usize, count: usize| index as f64 / (count - 1) as f64;
        let values = (0..rows).flat_map(|row| {
            let up = y.value(share(row, rows));
            (0..columns).map(move |column| map.at(x.value(share(column, columns)), up))
        });
        let values = values.map(|value| if map.value_log { value.log10() } else { value });
        Grid { columns, rows, values: values.collect(), log: map.value_log }
    }

    /// Returns a threshold in the unit of the values.
    fn unit(&self, threshold: f64) -> f64 {
        match (self.log, threshold > 0.0) {
            (true, true) => threshold.log10(),
            (true, false) => f64::MIN,
            _ => threshold,
        }
    }

    /// Returns the outlines of the places with at least the threshold. The inside lies to the left,
    /// so holes run the other way round.
    pub(crate) fn above(&self, threshold: f64) -> Vec<Vec<Place>> {
        let threshold = self.unit(threshold);
        let mut edges = Edges::default();
        for corners in self.cells() {
            let piece = clipped(corners, threshold);
            for (index, (from, _)) in piece.iter().enumerate() {
                edges.add(*from, piece[(index + 1) % piece.len()].0);
            }
        }
        edges.outlines()
    }

    /// Returns the short lines at which the surface crosses the threshold.
    pub(crate) fn line(&self, threshold: f64) -> Vec<(Place, Place)> {
        let threshold = self.unit(threshold);
        let mut lines = Vec::new();
        for corners in self.cells() {
            let piece = clipped(corners, threshold);
            for (index, (from, crossing)) in piece.iter().enumerate() {
                let (to, next) = piece[(index + 1) % piece.len()];
                if *crossing && next && *from != to {
                    lines.push((*from, to));
                }
            }
        }
        lines
    }

    /// Returns the same lines, joined where they meet.
    pub(crate) fn curves(&self, threshold: f64) -> Vec<Vec<Place>> {
        joined(&self.line(threshold))
    }

    /// Returns the corners of every cell without a gap.
    fn cells(&self) -> impl Iterator<Item = [(Place, f64); 4]> {
        let cells = (0..self.rows - 1).flat_map(|row| (0..self.columns - 1).map(move |column| (column, row)));
        cells.filter_map(|(column, row)| self.corners(column, row))
    }

    fn place(&self, column: usize, row: usize) -> Place {
        (column as f64 / (self.columns - 1) as f64, row as f64 / (self.rows - 1) as f64)
    }

    /// Returns the corners of a cell, counterclockwise, or `None` where one has no value.
    fn corners(&self, column: usize, row: usize) -> Option<[(Place, f64); 4]> {
        let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
            .map(|(column, row)| (self.place(column, row), self.values[row * self.columns + column]));
        corners.iter().all(|corner| corner.1.is_finite()).then_some(corners)
    }
}

/// Returns the part of a cell with at least the threshold; `true` marks a crossing of an edge.
fn clipped(corners: [(Place, f64); 4], threshold: f64) -> Vec<(Place, bool)> {
    let mut piece = Vec::with_capacity(6);
    for (index, (place, value)) in corners.into_iter().enumerate() {
        let (next, next_value) = corners[(index + 1) % 4];
        if value >= threshold {
            piece.push((place, false));
        }
        if (value >= threshold) != (next_value >= threshold) {
            // The same from both sides, or rounding would part cells that meet here.
            let swap = place > next;
            let ((from, low), (to, high)) = if swap {
                ((next, next_value), (place, value))
            } else {
                ((place, value), (next, next_value))
            };
            let share = (threshold / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
            let along = |a: f64, b: f64| a + share.clamp(0.0, 1.0) * (b - a);
            piece.push(((along(from.0, to.0), along(from.1, to.1)), true));
        }
    }
    piece
}

/// Joins lines, each of which begins where another ends, to curves.
fn joined(lines: &[(Place, Place)]) -> Vec<Vec<Place>> {
    let mut by_start: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    let mut ends: BTreeMap<Key, usize> = BTreeMap::new();
    for (from, to) in lines {
        by_start.entry(key(*from)).or_default().push(key(*to));
        *ends.entry(key(*to)).or_default() += 1;
    }
    let mut curves = Vec::new();
    // Curves that begin somewhere come first, then those that are closed.
    let begins: Vec<Key> = by_start.keys().copied().filter(|start| !ends.contains_key(start)).collect();
    let all: Vec<Key> = by_start.keys().copied().collect();
    for start in begins.into_iter().chain(all) {
        let mut curve = vec![start];
        let mut at = start;
        while let Some(next) = by_start.get_mut(&at).and_then(Vec::pop) {
            curve.push(next);
            at = next;
        }
        if curve.len() > 1 {
            curves.push(curve.iter().map(place).collect());
        }
    }
    curves
}

/// A place to a billionth, so that the same corner reached from two cells is the same key.
type Key = (i64, i64);

fn key(place: Place) -> Key {
    ((place.0 * 1e9).round() as i64, (place.1 * 1e9).round() as i64)
}

fn place(key: &Key) -> Place {
    (key.0 as f64 / 1e9, key.1 as f64 / 1e9)
}

/// The edges of adjoining polygons, without those that two polygons share. Where the surface is flat at the threshold, an
/// edge can be there more than once; each is counted, for an outline that lost one would not close.
#[derive(Default)]
struct Edges(BTreeMap<(Key, Key), usize>);

impl Edges {
    fn add(&mut self, from: Place, to: Place) {
        let (from, to) = (key(from), key(to));
        if from != to && !self.take((to, from)) {
            *self.0.entry((from, to)).or_default() += 1;
        }
    }

    /// Takes an edge away, and returns whether it was there.
    fn take(&mut self, edge: (Key, Key)) -> bool {
        match self.0.get_mut(&edge) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => drop(self.0.remove(&edge)),
            None => return false,
        }
        true
    }

    /// Joins the edges to closed outlines and leaves out the corners that do not turn.
    fn outlines(mut self) -> Vec<Vec<Place>> {
        let mut outlines = Vec::new();
        while let Some(&(start, mut at)) = self.0.keys().next() {
            self.take((start, at));
            let mut outline = vec![start];
            while at != start {
                let next = self.0.range((at, (i64::MIN, i64::MIN))..).next().map(|(edge, _)| *edge);
                let Some(edge) = next.filter(|edge| edge.0 == at) else { break };
                self.take(edge);
                push_corner(&mut outline, at, edge.1);
                at = edge.1;
            }
            outlines.push(outline.iter().map(place).collect());
        }
        outlines
    }
}

/// Adds a corner unless the outline runs straight through it along the grid.
fn push_corner(outline: &mut Vec<Key>, at: Key, next: Key) {
    let before = outline[outline.len() - 1];
    let straight = (before.0 == at.0 && at.0 == next.0) || (before.1 == at.1 && at.1 == next.1);
    if !straight {
        outline.push(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(columns: usize, values: &[f64]) -> Grid {
        Grid { columns, rows: values.len() / columns, values: values.to_vec(), log: false }
    }

    fn area(polygon: &[Place]) -> f64 {
        let next = polygon.iter().cycle().skip(1);
        polygon.iter().zip(next).map(|(a, b)| (a.0 * b.1 - b.0 * a.1) / 2.0).sum()
    }

    #[test]
    fn a_slope_is_cut_where_it_crosses() {
        let slope = grid(3, &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
        assert_eq!(slope.line(0.5), [((0.25, 1.0), (0.25, 0.0))]);
        assert_eq!(slope.curves(0.5), [[(0.25, 1.0), (0.25, 0.0)]]);
        let covered: f64 = slope.above(0.5).iter().map(|polygon| area(polygon)).sum();
        assert!((covered - 0.75).abs() < 1e-12);
    }

    #[test]
    fn the_line_around_a_peak_is_one_closed_curve() {
        let peak = grid(3, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        let curves = peak.curves(0.5);
        assert_eq!((curves.len(), curves[0].len(), curves[0].first()), (1, 5, curves[0].last()));
    }

    #[test]
    fn flats_at_the_threshold_leave_every_outline_closed() {
        for seed in 0..200_u64 {
            let value = |k: u64| ((k + 1) * (seed + 7)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            let rough = grid(8, &(0..64).map(|k| (value(k) % 3) as f64).collect::<Vec<f64>>());
            let of_cell =
                |corners| clipped(corners, 1.0).iter().map(|(place, _)| *place).collect::<Vec<Place>>();
            let wanted: f64 = rough.cells().map(|corners| area(&of_cell(corners))).sum();
            let covered: f64 = rough.above(1.0).iter().map(|polygon| area(polygon)).sum();
            assert!((covered - wanted).abs() < 1e-6, "{seed}: {covered} for {wanted}");
        }
    }

    #[test]
    fn cells_with_a_gap_are_left_out() {
        let gap = grid(2, &[0.0, f64::NAN, 1.0, 1.0]);
        assert!(gap.above(0.5).is_empty() && gap.line(0.5).is_empty());
    }
}
