//! Thinning a long series to what a picture's columns can show, without losing a spike.

use crate::axis::Axis;

/// Returns the unbroken strokes of a series as places `(x, y)` in 0..=1.
///
/// A point that cannot be drawn ends a stroke. Of neighbours in one of `columns` columns only the
/// first, the lowest, the highest and the last stay, in their order. One pass, so a series of
/// millions of points costs no more than reading it.
pub(crate) fn strokes(points: &[(f64, f64)], x: &Axis, y: &Axis, columns: usize) -> Vec<Vec<(f64, f64)>> {
    let places = |stroke: Vec<Corner>| stroke.into_iter().map(|corner| corner.1).collect();
    thinned(points, x, y, columns).into_iter().map(places).collect()
}

/// Returns the unbroken strokes as indices of the points that stay, about four for each column however often the series
/// turns back.
pub(crate) fn kept(points: &[(f64, f64)], x: &Axis, y: &Axis, columns: usize) -> Vec<Vec<usize>> {
    let indices = |stroke: Vec<Corner>| stroke.into_iter().map(|corner| corner.0).collect::<Vec<usize>>();
    let strokes: Vec<Vec<usize>> = thinned(points, x, y, columns).into_iter().map(indices).collect();
    let count: usize = strokes.iter().map(Vec::len).sum();
    if count <= 4 * columns + 4 {
        return strokes;
    }
    // A path that turns back: of so many neighbours the first one and the extremes stay.
    let share = count.div_ceil(columns);
    let extremes = |chunk: &[usize]| {
        let by = |a: &&usize, b: &&usize| points[**a].1.total_cmp(&points[**b].1);
        let ends = [chunk.first(), chunk.iter().min_by(by), chunk.iter().max_by(by), chunk.last()];
        let mut ends: Vec<usize> = ends.into_iter().flatten().copied().collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    };
    strokes.iter().map(|stroke| stroke.chunks(share).flat_map(extremes).collect()).collect()
}

/// A point that stays: its index and its place.
type Corner = (usize, (f64, f64));

fn thinned(points: &[(f64, f64)], x: &Axis, y: &Axis, columns: usize) -> Vec<Vec<Corner>> {
    let mut strokes = Vec::new();
    let mut stroke = Vec::new();
    let mut group: Option<Group> = None;
    for (index, point) in points.iter().enumerate() {
        let Some(place) = x.place(point.0).zip(y.place(point.1)) else {
            stroke.extend(group.take().into_iter().flat_map(Group::corners));
            if !stroke.is_empty() {
                strokes.push(std::mem::take(&mut stroke));
            }
            continue;
        };
        let column = column_of(place.0, columns);
        match &mut group {
            Some(group) if group.column == column => group.add(index, place),
            _ => {
                stroke.extend(group.take().into_iter().flat_map(Group::corners));
                group = Some(Group::new(column, index, place));
            }
        }
    }
    stroke.extend(group.into_iter().flat_map(Group::corners));
    if !stroke.is_empty() {
        strokes.push(stroke);
    }
    strokes
}

/// Returns the column of a place; the right end belongs to the last one.
fn column_of(across: f64, columns: usize) -> usize {
    ((across * columns as f64) as usize).min(columns.saturating_sub(1))
}

/// Returns whether thinned strokes run up and down so much that they cover an area.
pub(crate) fn is_noisy(strokes: &[Vec<(f64, f64)>]) -> bool {
    let moves = strokes.iter().flat_map(|stroke| stroke.windows(2));
    moves.map(|ends| (ends[1].1 - ends[0].1).abs()).sum::<f64>() > 8.0
}

/// Returns the strokes through the mean place of each column: the trend within a noisy series.
pub(crate) fn means(points: &[(f64, f64)], x: &Axis, y: &Axis, columns: usize) -> Vec<Vec<(f64, f64)>> {
    let mut strokes = Vec::new();
    let mut stroke: Vec<(f64, f64)> = Vec::new();
    let (mut column, mut count) = (0, 0.0);
    for point in points {
        let Some(place) = x.place(point.0).zip(y.place(point.1)) else {
            if !stroke.is_empty() {
                strokes.push(std::mem::take(&mut stroke));
            }
            continue;
        };
        let its_column = column_of(place.0, columns);
        match stroke.last_mut() {
            Some(mean) if its_column == column => {
                count += 1.0;
                mean.0 += (place.0 - mean.0) / count;
                mean.1 += (place.1 - mean.1) / count;
            }
            _ => {
                stroke.push(place);
                (column, count) = (its_column, 1.0);
            }
        }
    }
    if !stroke.is_empty() {
        strokes.push(stroke);
    }
    strokes
}

/// Neighbouring points of one column: the first, lowest, highest and last, each with its index.
struct Group {
    column: usize,
    corners: [(usize, (f64, f64)); 4],
}

impl Group {
    fn new(column: usize, index: usize, place: (f64, f64)) -> Self {
        Group { column, corners: [(index, place); 4] }
    }

    fn add(&mut self, index: usize, place: (f64, f64)) {
        let [_, lowest, highest, last] = &mut self.corners;
        if place.1 < lowest.1.1 {
            *lowest = (index, place);
        }
        if place.1 > highest.1.1 {
            *highest = (index, place);
        }
        *last = (index, place);
    }

    fn corners(mut self) -> impl Iterator<Item = Corner> {
        self.corners.sort_by_key(|corner| corner.0);
        let corners = self.corners;
        let fresh = (0..4).filter(move |&i| i == 0 || corners[i].0 != corners[i - 1].0);
        fresh.map(move |i| corners[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_among_a_million_points_survives() {
        let mut points: Vec<(f64, f64)> = (0..1_000_000).map(|i| (f64::from(i), 0.0)).collect();
        points[777_777].1 = 1.0;
        let x = Axis::over(points.iter().map(|p| p.0), false, 0.0);
        let y = Axis::over(points.iter().map(|p| p.1), false, 0.0);
        let strokes = strokes(&points, &x, &y, 100);
        assert_eq!(strokes.len(), 1);
        assert!(strokes[0].len() <= 404);
        assert!(strokes[0].iter().any(|place| place.1 == 1.0));
    }

    #[test]
    fn a_gap_ends_a_stroke() {
        let points = [(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0), (3.0, f64::INFINITY), (4.0, 2.0), (5.0, 1.0)];
        let axis = Axis::over([0.0, 5.0].into_iter(), false, 0.0);
        let lengths: Vec<usize> = strokes(&points, &axis, &axis, 10).iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 1, 2]);
    }
}
