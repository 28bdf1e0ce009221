//! How far to go along a direction: to where the strong Wolfe conditions hold.

use super::linear::{along, dot};
use super::{Objective, Point};

/// The loss falls by at least this share of what its slope at the start promises.
const DECREASE: f64 = 1e-4;

/// Evaluations at most; each halves the range where the numbers are not finite.
const MOST: usize = 60;

/// A place along the direction.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// In multiples of the direction.
    length: f64,
    loss: f64,
    /// Of the loss, along the direction.
    slope: f64,
}

/// A search and its buffers.
///
/// Nocedal & Wright, "Numerical Optimization" (2006), algorithms 3.5 and 3.6: the length doubles until a range holds a
/// good one, which is then closed in on by cubic and quadratic interpolation, or halves where these lead too close to
/// an end. A place where a number is not finite counts as infinitely high.
#[derive(Clone, Debug, Default)]
pub(super) struct LineSearch {
    /// The loss one step ago: the first length supposes the same decrease again.
    before: Option<f64>,
    at: Vec<f64>,
    gradient: Vec<f64>,
    used: usize,
}

/// What a search is run on.
struct Line<'a> {
    search: &'a mut LineSearch,
    point: &'a mut Point,
    objective: &'a mut dyn Objective,
    direction: &'a [f64],
    start: Place,
    /// The share of the slope at the start that may be left.
    curvature: f64,
}

impl LineSearch {
    /// Takes the point along a direction that leads down, to where the slope is at most `curvature` of what it was.
    /// On success `last` has the gradient from before. False where no smaller loss was found: the point stays.
    pub(super) fn run(
        &mut self,
        point: &mut Point,
        objective: &mut dyn Objective,
        direction: &[f64],
        curvature: f64,
        last: &mut Vec<f64>,
    ) -> bool {
        let slope = dot(direction, &point.gradient);
        if !(slope < 0.0 && slope.is_finite()) {
            return false;
        }
        let start = Place { length: 0.0, loss: point.loss, slope };
        // Without an earlier step, a decrease of half the gradient's norm, so that the first step is about 1 long.
        let before =
            self.before.unwrap_or_else(|| point.loss + dot(&point.gradient, &point.gradient).sqrt() / 2.0);
        let guess = 1.01 * 2.0 * (point.loss - before) / slope;
        let first = if guess > 0.0 { guess.min(1.0) } else { 1.0 };
        self.used = 0;
        self.gradient.resize(point.at.len(), 0.0);
        let mut line = Line { search: self, point, objective, direction, start, curvature };
        let Some(found) = line.run(first) else { return false };
        line.search.before = Some(start.loss);
        last.clone_from(&line.point.gradient);
        line.point.exchange(&mut line.search.at, found.loss, &mut line.search.gradient);
        true
    }
}

impl Line<'_> {
    fn evaluate(&mut self, length: f64) -> Place {
        self.search.used += 1;
        along(&self.point.at, length, self.direction, &mut self.search.at);
        let loss = self.point.evaluate(self.objective, &self.search.at, &mut self.search.gradient);
        Place { length, loss, slope: dot(self.direction, &self.search.gradient) }
    }

    fn falls_enough(&self, place: &Place) -> bool {
        place.loss <= self.start.loss + DECREASE * place.length * self.start.slope
    }

    fn is_flat_enough(&self, place: &Place) -> bool {
        place.slope.abs() <= -self.curvature * self.start.slope
    }

    /// Algorithm 3.5. The place taken is the one evaluated last.
    fn run(&mut self, first: f64) -> Option<Place> {
        let mut low = self.start;
        let mut length = first;
        while self.search.used < MOST {
            let place = self.evaluate(length);
            if !self.falls_enough(&place) || (low.length > 0.0 && place.loss >= low.loss) {
                return self.close_in(low, place);
            }
            if self.is_flat_enough(&place) {
                return Some(place);
            }
            if place.slope >= 0.0 {
                return self.close_in(place, low);
            }
            low = place;
            length *= 2.0;
        }
        self.settle(low)
    }

    /// Algorithm 3.6, in the range between the better end `low` and the other.
    fn close_in(&mut self, mut low: Place, mut high: Place) -> Option<Place> {
        let mut third: Option<Place> = None;
        while self.search.used < MOST {
            let length = between(&low, &high, third.as_ref());
            if length == low.length || length == high.length {
                break;
            }
            let place = self.evaluate(length);
            if !self.falls_enough(&place) || place.loss >= low.loss {
                third = Some(high);
                high = place;
                continue;
            }
            if self.is_flat_enough(&place) {
                return Some(place);
            }
            if place.slope * (high.length - low.length) >= 0.0 {
                third = Some(high);
                high = low;
            } else {
                third = Some(low);
            }
            low = place;
        }
        self.settle(low)
    }

    /// The best place found, where it is lower than the start although no place was flat enough.
    fn settle(&mut self, low: Place) -> Option<Place> {
        if low.loss >= self.start.loss {
            return None;
        }
        // The buffers may hold another place.
        let again = self.evaluate(low.length);
        (again.loss < self.start.loss).then_some(again)
    }
}

/// A length within the range: of the cubic through the low end with its slope, the high end and the third place, else
/// of the parabola, else the middle.
fn between(low: &Place, high: &Place, third: Option<&Place>) -> f64 {
    let range = high.length - low.length;
    let (left, right) = (low.length.min(high.length), low.length.max(high.length));
    let inside = |length: &f64, margin: f64| {
        *length >= left + margin * range.abs() && *length <= right - margin * range.abs()
    };
    third
        .and_then(|third| cubic(low, high, third))
        .filter(|length| inside(length, 0.2))
        .or_else(|| Some(parabola(low, high)).filter(|length| inside(length, 0.1)))
        .unwrap_or(low.length + 0.5 * range)
}

/// Where the parabola with the value and the slope of `a` and the value of `b` is lowest.
fn parabola(a: &Place, b: &Place) -> f64 {
    let range = b.length - a.length;
    let bend = (b.loss - a.loss - a.slope * range) / (range * range);
    if bend > 0.0 { a.length - a.slope / (2.0 * bend) } else { f64::NAN }
}

/// Where the cubic with the value and the slope of `a` and the values of `b` and `c` is lowest.
fn cubic(a: &Place, b: &Place, c: &Place) -> Option<f64> {
    let (db, dc) = (b.length - a.length, c.length - a.length);
    let scale = (db * dc).powi(2) * (db - dc);
    let (rest_b, rest_c) = (b.loss - a.loss - a.slope * db, c.loss - a.loss - a.slope * dc);
    let third = (dc * dc * rest_b - db * db * rest_c) / scale;
    let second = (db.powi(3) * rest_c - dc.powi(3) * rest_b) / scale;
    let length = a.length + ((second * second - 3.0 * third * a.slope).sqrt() - second) / (3.0 * third);
    length.is_finite().then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Function(fn(f64) -> (f64, f64));

    impl Objective for Function {
        fn loss_and_gradient(&mut self, at: &[f64], gradient: &mut [f64]) -> f64 {
            let (loss, slope) = self.0(at[0]);
            gradient[0] = slope;
            loss
        }
    }

    fn search(function: fn(f64) -> (f64, f64), start: f64, direction: f64) -> Option<(f64, f64)> {
        let (loss, slope) = function(start);
        let mut point = Point { at: vec![start], loss, gradient: vec![slope], evaluations: 0 };
        let mut last = vec![];
        let moved =
            LineSearch::default().run(&mut point, &mut Function(function), &[direction], 0.1, &mut last);
        moved.then(|| {
            assert_eq!(last, [slope]);
            assert_eq!((point.loss, point.gradient[0]), function(point.at[0]), "buffers of one place");
            (point.at[0], point.loss)
        })
    }

    #[test]
    fn it_stops_where_both_wolfe_conditions_hold() {
        for start in [-3.0, -0.1, 40.0] {
            let (at, loss) = search(|x| (x.powi(4) - x, 4.0 * x.powi(3) - 1.0), start, {
                let slope: f64 = 4.0 * f64::powi(start, 3) - 1.0;
                -slope
            })
            .unwrap();
            let slope = 4.0 * at.powi(3) - 1.0;
            let first = 4.0 * f64::powi(start, 3) - 1.0;
            assert!(slope.abs() <= 0.1 * first.abs() && loss < f64::powi(start, 4) - start, "{start} {at}");
        }
    }

    #[test]
    fn it_backs_off_from_what_is_not_finite() {
        let (at, _) = search(|x| (x - x.ln(), 1.0 - 1.0 / x), 3.0, -1e9).unwrap();
        assert!(at > 0.0 && (1.0 - 1.0 / at).abs() < 0.07, "{at}");
    }

    #[test]
    fn it_says_when_no_smaller_loss_is_found() {
        assert_eq!(search(|x| (x * x, 2.0 * x), 1.0, 1.0), None, "a direction up");
        assert_eq!(search(|x| (x.abs(), if x < 1.0 { 1.0 } else { -1.0 }), 1.0, 1.0), None, "a wrong slope");
        assert_eq!(search(|_| (f64::NAN, -1.0), 1.0, 1.0), None, "nowhere finite");
    }

    #[test]
    fn a_loss_without_a_minimum_is_followed_far_but_not_for_ever() {
        let (at, _) = search(|x| (-x, -1.0), 0.0, 1.0).unwrap();
        assert!(at > 1e10);
    }
}
