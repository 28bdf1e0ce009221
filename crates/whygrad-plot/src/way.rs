//! The ways across a [`Map`]: what of them lies on it, and thinning to what can be seen.

use std::collections::HashSet;

use crate::axis::Axis;
use crate::contour::Place;
use crate::figure::{Map, MapPath};

/// A point of a way on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Station {
    /// Its place in 0..=1 to the right and upwards.
    pub(crate) place: Place,
    /// Its distance from the drawn plane as a share: 0 in it, 1 as far as the way ever goes.
    pub(crate) distance: f64,
    /// The true value there, NaN where it is that of the surface beneath.
    pub(crate) value: f64,
    /// Whether it is a point of the way, and not where the way meets the edge of the map.
    pub(crate) is_step: bool,
}

impl Station {
    /// Returns the point that lies the given share of the way to another.
    pub(crate) fn towards(&self, other: &Station, share: f64) -> Station {
        let between = |from: f64, to: f64| from + share * (to - from);
        Station {
            place: (between(self.place.0, other.place.0), between(self.place.1, other.place.1)),
            distance: between(self.distance, other.distance),
            value: between(self.value, other.value),
            is_step: (share == 0.0 && self.is_step) || (share == 1.0 && other.is_step),
        }
    }
}

/// Returns the unbroken parts of a way that lie on the map. A point that is not finite ends a part.
pub(crate) fn parts(map: &Map, path: &MapPath) -> Vec<Vec<Station>> {
    let axes = map.axes();
    let farthest = farthest(path);
    let mut parts: Vec<Vec<Station>> = Vec::new();
    let mut before: Option<Station> = None;
    // Whether the last part goes on.
    let mut open = false;
    for index in 0..path.points.len() {
        let Some(station) = station(path, index, axes, farthest) else {
            (before, open) = (None, false);
            continue;
        };
        let Some(last) = before.replace(station) else {
            open = inside(station.place);
            if open {
                parts.push(vec![station]);
            }
            continue;
        };
        let Some((start, end)) = clip(last.place, station.place) else {
            open = false;
            continue;
        };
        if !open {
            parts.push(vec![last.towards(&station, start)]);
        }
        if let Some(part) = parts.last_mut() {
            part.push(last.towards(&station, end));
        }
        open = end >= 1.0;
    }
    parts
}

/// Returns how far a way is from the drawn plane at most, in the units of the axes.
fn farthest(path: &MapPath) -> f64 {
    path.distance.iter().copied().filter(|distance| distance.is_finite()).fold(0.0, f64::max)
}

fn station(path: &MapPath, index: usize, (x, y): (Axis, Axis), farthest: f64) -> Option<Station> {
    let (across, up) = path.points[index];
    let place = x.position(across).zip(y.position(up))?;
    let distance = path.distance.get(index).copied().filter(|distance| distance.is_finite()).unwrap_or(0.0);
    let distance = if farthest > 0.0 { distance / farthest } else { 0.0 };
    let value = path.values.get(index).copied().filter(|value| value.is_finite()).unwrap_or(f64::NAN);
    Some(Station { place, distance: distance.clamp(0.0, 1.0), value, is_step: true })
}

fn inside(place: Place) -> bool {
    let within = |part: f64| (-1e-9..=1.0 + 1e-9).contains(&part);
    within(place.0) && within(place.1)
}

/// Returns between which shares of a straight line it lies on the map. Source: Liang and Barsky, 1984.
fn clip(from: Place, to: Place) -> Option<(f64, f64)> {
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (from, by) in [(from.0, to.0 - from.0), (from.1, to.1 - from.1)] {
        if by == 0.0 {
            if !(-1e-9..=1.0 + 1e-9).contains(&from) {
                return None;
            }
            continue;
        }
        let (first, second) = (-from / by, (1.0 - from) / by);
        start = start.max(first.min(second));
        end = end.min(first.max(second));
    }
    (start <= end).then_some((start, end))
}

/// Returns the parts of a way in steps of at most a share of the map, at most about `most` points, for renderers that
/// draw it on a landscape: each as its place, its value (that of the surface where it has none), and its distance.
pub(crate) fn upon(map: &Map, path: &MapPath, step: f64, most: usize) -> Vec<Vec<(Place, f64, f64)>> {
    let (x, y) = map.axes();
    let point = |station: &Station| {
        let (across, up) = station.place;
        let beneath = || map.at(x.value(across), y.value(up));
        let value = if station.value.is_nan() { beneath() } else { station.value };
        (station.place, value, station.distance)
    };
    let parts =
        thinned(&parts(map, path), |station| (600.0 * station.place.0, 600.0 * station.place.1), most);
    let fine = parts.iter().map(|part| {
        let mut fine: Vec<(Place, f64, f64)> = part.first().map(point).into_iter().collect();
        for pair in part.windows(2) {
            let (right, up) = (pair[1].place.0 - pair[0].place.0, pair[1].place.1 - pair[0].place.1);
            let count = (right.hypot(up) / step).ceil().clamp(1.0, 200.0) as usize;
            // A way with values of its own is straight between them.
            let count = if pair[0].value.is_nan() { count } else { 1 };
            fine.extend((1..=count).map(|k| point(&pair[0].towards(&pair[1], k as f64 / count as f64))));
        }
        fine
    });
    fine.collect()
}

/// Thins the parts of a way to at most about `most` points, as they are seen at points of a page.
///
/// Of neighbours within one pixel the first stays, and a line drawn twice is drawn once; where that is not enough, the
/// pixel is taken larger. The ends of each part, the outermost points of the whole way and its farthest from the plane
/// always stay.
pub(crate) fn thinned(
    parts: &[Vec<Station>],
    at: impl Fn(&Station) -> (f64, f64),
    most: usize,
) -> Vec<Vec<Station>> {
    if parts.iter().map(Vec::len).sum::<usize>() <= most.min(400) {
        return parts.to_vec();
    }
    let kept = extremes(parts, &at);
    let mut pixel = 1.0;
    loop {
        if let Some(thin) = thinned_to(parts, &at, &kept, pixel, if pixel > 60.0 { usize::MAX } else { most })
        {
            return thin;
        }
        pixel *= 2.0;
    }
}

/// Returns the part and the index of the outermost points.
fn extremes(parts: &[Vec<Station>], at: &impl Fn(&Station) -> (f64, f64)) -> Vec<(usize, usize)> {
    let mut found: [Option<(f64, (usize, usize))>; 5] = [None; 5];
    for (which, part) in parts.iter().enumerate() {
        for (index, station) in part.iter().enumerate() {
            let (x, y) = at(station);
            for (slot, size) in found.iter_mut().zip([x, -x, y, -y, station.distance]) {
                if slot.is_none_or(|(largest, _)| size > largest) {
                    *slot = Some((size, (which, index)));
                }
            }
        }
    }
    found.into_iter().flatten().map(|(_, place)| place).collect()
}

/// Returns the parts with one point for each stay in a pixel, or `None` where that is more than `most` points.
fn thinned_to(
    parts: &[Vec<Station>],
    at: &impl Fn(&Station) -> (f64, f64),
    kept: &[(usize, usize)],
    pixel: f64,
    most: usize,
) -> Option<Vec<Vec<Station>>> {
    let mut drawn: HashSet<[i32; 4]> = HashSet::new();
    let (mut thin, mut count): (Vec<Vec<Station>>, usize) = (Vec::new(), 0);
    for (which, part) in parts.iter().enumerate() {
        let mut stroke: Vec<Station> = Vec::new();
        let mut last: Option<((i32, i32), Station)> = None;
        for (index, station) in part.iter().enumerate() {
            let (x, y) = at(station);
            let cell = ((x / pixel).floor() as i32, (y / pixel).floor() as i32);
            let must = index == 0 || index + 1 == part.len() || kept.contains(&(which, index));
            let Some((before, from)) = last else {
                stroke.push(*station);
                last = Some((cell, *station));
                continue;
            };
            if before == cell && !must {
                continue;
            }
            let (low, high) = (before.min(cell), before.max(cell));
            if drawn.insert([low.0, low.1, high.0, high.1]) || must {
                if stroke.is_empty() {
                    stroke.push(from);
                }
                stroke.push(*station);
                count += 1;
            } else if !stroke.is_empty() {
                thin.push(std::mem::take(&mut stroke));
            }
            if count > most {
                return None;
            }
            last = Some((cell, *station));
        }
        if !stroke.is_empty() {
            thin.push(stroke);
        }
    }
    Some(thin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> Map {
        Map { x: (0.0, 2.0), y: (0.0, 2.0), columns: 2, rows: 2, values: vec![0.0; 4], ..Map::default() }
    }

    fn places(points: Vec<(f64, f64)>) -> Vec<Vec<Place>> {
        let path = MapPath { points, ..MapPath::default() };
        parts(&map(), &path).iter().map(|part| part.iter().map(|station| station.place).collect()).collect()
    }

    #[test]
    fn what_lies_beyond_the_map_is_cut_off() {
        assert_eq!(
            places(vec![(1.0, 1.0), (3.0, 1.0), (3.0, 2.0), (1.0, 0.0)]),
            [vec![(0.5, 0.5), (1.0, 0.5)], vec![(1.0, 0.5), (0.5, 0.0)]]
        );
        assert_eq!(places(vec![(-1.0, 1.0), (3.0, 1.0)]), [vec![(0.0, 0.5), (1.0, 0.5)]]);
        assert_eq!(places(vec![(5.0, 5.0), (6.0, 5.0)]), Vec::<Vec<Place>>::new());
        assert_eq!(places(vec![(1.0, 1.0)]), [vec![(0.5, 0.5)]]);
        assert_eq!(
            places(vec![(1.0, 1.0), (f64::NAN, 0.0), (2.0, 2.0), (2.0, 0.0)]),
            [vec![(0.5, 0.5)], vec![(1.0, 1.0), (1.0, 0.0)]]
        );
    }

    #[test]
    fn a_million_points_become_few_and_the_outermost_stays() {
        let mut points: Vec<(f64, f64)> = (0..1_000_000)
            .map(|k| {
                let turn = f64::from(k) * 2.4;
                (1.0 + 0.9 * turn.sin() * (1.0 - f64::from(k) / 1e6), 1.0 + 0.9 * (turn * 1.7).cos())
            })
            .collect();
        points[654_321] = (1.0, 1.999);
        let whole = parts(&map(), &MapPath { points, ..MapPath::default() });
        let thin = thinned(&whole, |station| (300.0 * station.place.0, 300.0 * station.place.1), 5000);
        assert!(thin.iter().map(Vec::len).sum::<usize>() <= 20_000);
        assert!(thin.iter().flatten().any(|station| (station.place.1 - 0.9995).abs() < 1e-9));
    }
}
