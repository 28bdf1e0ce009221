//! The eye that looks at a landscape: turn, tilt, the projection onto the page, and what hides what.

use crate::axis::Axis;
use crate::figure::{Map, Surface};

/// How high a landscape is, where its longer side is 1.
const HEIGHT: f64 = 0.62;

/// How far something must lie behind the surface to be hidden, in the same unit.
const BEHIND: f64 = 0.012;

/// Returns the turn in 0..360 and the tilt in 5..=85, in degrees; 30 in place of what is not finite.
pub(crate) fn angles(surface: &Surface) -> (f64, f64) {
    let turn = if surface.turn.is_finite() { surface.turn.rem_euclid(360.0) } else { 30.0 };
    let tilt = if surface.tilt.is_finite() { surface.tilt.clamp(5.0, 85.0) } else { 30.0 };
    (turn, tilt)
}

/// A point of the box: to the right, to the back and upwards, each in 0..=1.
pub(crate) type Point = (f64, f64, f64);

/// An eye so far away that parallel lines stay parallel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Sine and cosine of the turn and of the tilt.
    turn: (f64, f64),
    tilt: (f64, f64),
    /// The lengths of the box to the right and to the back.
    size: (f64, f64),
}

impl View {
    /// Returns the view of a surface over a plane that is `ratio` times as wide as deep.
    pub(crate) fn new(surface: &Surface, ratio: f64) -> Self {
        let (turn, tilt) = angles(surface);
        let size = if ratio >= 1.0 { (1.0, 1.0 / ratio) } else { (ratio, 1.0) };
        View { turn: turn.to_radians().sin_cos(), tilt: tilt.to_radians().sin_cos(), size }
    }

    /// Returns where a point is seen, to the right and upwards, in lengths of the longer side from the middle.
    pub(crate) fn at(&self, (x, y, z): Point) -> (f64, f64) {
        let (x, y) = ((x - 0.5) * self.size.0, (y - 0.5) * self.size.1);
        let (across, back) = (x * self.turn.1 - y * self.turn.0, x * self.turn.0 + y * self.turn.1);
        (across, (z - 0.5) * HEIGHT * self.tilt.1 + back * self.tilt.0)
    }

    /// Returns the lengths of the box to the right, to the back and upwards.
    pub(crate) fn sides(&self) -> Point {
        (self.size.0, self.size.1, HEIGHT)
    }

    /// Returns whether columns lie the farther the higher their number, and whether rows do.
    pub(crate) fn farther(&self) -> (bool, bool) {
        (self.turn.0 > 0.0, self.turn.1 > 0.0)
    }

    /// Returns whether the surface lies between a point and the eye. The height is that of the surface over a place, in
    /// 0..=1; NaN where there is none.
    pub(crate) fn hides(&self, height: impl Fn(f64, f64) -> f64, (x, y, z): Point) -> bool {
        const PACES: usize = 80;
        // Towards the eye: forwards in the plane, and upwards by the tilt.
        let (right, back) = (-self.turn.0 / self.size.0, -self.turn.1 / self.size.1);
        let rise = self.tilt.0 / self.tilt.1 / HEIGHT;
        let reach = ((1.0 - z) / rise).clamp(0.0, 1.5);
        let margin = BEHIND / HEIGHT / self.tilt.1;
        (0..=PACES).any(|pace| {
            let along = reach * pace as f64 / PACES as f64;
            let place = (x + along * right, y + along * back);
            let within = (-1e-9..=1.0 + 1e-9).contains(&place.0) && (-1e-9..=1.0 + 1e-9).contains(&place.1);
            within && height(place.0, place.1) > z + along * rise + margin
        })
    }

    /// Returns how brightly a slope lies in the light, which comes from the left above the eye: 0 to 1. The slopes are
    /// those of the height by the places, all in 0..=1.
    pub(crate) fn light(&self, slopes: (f64, f64)) -> f64 {
        let (right, back) = (slopes.0 * HEIGHT / self.size.0, slopes.1 * HEIGHT / self.size.1);
        // The upright of the surface, turned as the eye sees it.
        let upright =
            (-right * self.turn.1 + back * self.turn.0, -right * self.turn.0 - back * self.turn.1, 1.0);
        let length = (upright.0 * upright.0 + upright.1 * upright.1 + 1.0).sqrt();
        let light = (-0.5, -0.35, 0.79);
        let share = (upright.0 * light.0 + upright.1 * light.1 + upright.2 * light.2) / length;
        share.clamp(0.0, 1.0)
    }
}

/// The surface as heights in 0..=1 over an even grid.
pub(crate) struct Heights {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    values: Vec<f64>,
}

impl Heights {
    /// Samples a map on a grid of its own size, but at most so many columns and rows.
    pub(crate) fn of(map: &Map, at_most: usize) -> Self {
        let (columns, rows) = (map.columns.clamp(2, at_most), map.rows.clamp(2, at_most));
        let ((x, y), z) = (map.axes(), map.value_axis());
        let share = |index: usize, count: usize| index as f64 / (count - 1) as f64;
        let values = (0..rows).flat_map(|row| {
            let up = y.value(share(row, rows));
            (0..columns).map(move |column| height(map, z, (x.value(share(column, columns)), up)))
        });
        Heights { columns, rows, values: values.collect() }
    }

    /// Returns the height at a corner of the grid, NaN where there is none.
    pub(crate) fn corner(&self, column: usize, row: usize) -> f64 {
        self.values.get(row * self.columns + column).copied().unwrap_or(f64::NAN)
    }

    /// Returns the height over a place in 0..=1, between the corners around it.
    pub(crate) fn over(&self, x: f64, y: f64) -> f64 {
        let split = |share: f64, count: usize| {
            let at = share.clamp(0.0, 1.0) * (count - 1) as f64;
            let index = (at as usize).min(count - 2);
            (index, at - index as f64)
        };
        let ((column, right), (row, up)) = (split(x, self.columns), split(y, self.rows));
        let between =
            |from: f64, to: f64, share: f64| if share <= 0.0 { from } else { from + share * (to - from) };
        let along = |row: usize| between(self.corner(column, row), self.corner(column + 1, row), right);
        if up <= 0.0 { along(row) } else { between(along(row), along(row + 1), up) }
    }
}

/// Returns where the value of a map at a place stands on the axis of the values.
fn height(map: &Map, z: Axis, (x, y): (f64, f64)) -> f64 {
    let value = map.at(x, y);
    if value.is_finite() { z.place(value).unwrap_or(f64::NAN) } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(turn: f64, tilt: f64) -> View {
        View::new(&Surface { turn, tilt, ..Surface::default() }, 1.0)
    }

    #[test]
    fn without_a_turn_the_eye_looks_along_the_upward_axis() {
        let view = view(0.0, 30.0);
        let ((left, near), (right, far)) = (view.at((0.0, 0.0, 0.0)), view.at((1.0, 1.0, 0.0)));
        assert!(left < right && near < far, "the back is seen higher");
        assert!(view.at((0.5, 0.5, 1.0)).1 > view.at((0.5, 0.5, 0.0)).1);
        assert!(view.farther().1);
    }

    #[test]
    fn a_ridge_hides_what_lies_behind_it_and_nothing_before_it() {
        let ridge = |_: f64, y: f64| if (y - 0.5).abs() < 0.1 { 1.0 } else { 0.0 };
        let view = view(0.0, 20.0);
        assert!(view.hides(ridge, (0.5, 0.8, 0.0)));
        assert!(!view.hides(ridge, (0.5, 0.2, 0.0)));
        assert!(!view.hides(ridge, (0.5, 0.5, 1.0)), "what stands on the surface is seen");
        assert!(view.hides(ridge, (0.5, 0.5, 0.2)), "what lies beneath it is not");
    }
}
