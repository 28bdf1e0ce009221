//! Where texts go, so that they meet neither each other nor an edge.

pub(crate) use super::frame::minus;
use super::text_width;
use crate::ticks::number;

/// A rectangle on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    /// Returns the square around a point.
    pub(crate) fn around((x, y): (f64, f64), radius: f64) -> Self {
        Rect { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius }
    }

    /// Returns the rectangle of a text that begins at a point of its baseline.
    pub(crate) fn of_text((x, y): (f64, f64), text: &str, size: f64) -> Self {
        Rect { left: x, top: y - 0.8 * size, right: x + text_width(text, size), bottom: y + 0.25 * size }
    }

    /// Returns the rectangle with some room at the left and the right, and half as much above and below.
    pub(crate) fn wider(self, room: f64) -> Self {
        Rect {
            left: self.left - room,
            top: self.top - room / 2.0,
            right: self.right + room,
            bottom: self.bottom + room / 2.0,
        }
    }

    /// Returns whether a point lies in the rectangle.
    pub(super) fn holds(&self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Returns whether two rectangles share some room.
    pub(super) fn meets(&self, other: &Rect) -> bool {
        self.overlap(other) > 0.0
    }

    fn overlap(&self, other: &Rect) -> f64 {
        let across = self.right.min(other.right) - self.left.max(other.left);
        let down = self.bottom.min(other.bottom) - self.top.max(other.top);
        across.max(0.0) * down.max(0.0)
    }

    /// Returns how far the rectangle reaches out of another.
    fn outside(&self, other: &Rect) -> f64 {
        let out = [
            other.left - self.left,
            self.right - other.right,
            other.top - self.top,
            self.bottom - other.bottom,
        ];
        out.into_iter().map(|out| out.max(0.0)).sum()
    }
}

/// How far from its mark a text may stand, in pixels.
const RINGS: [f64; 8] = [4.0, 10.0, 20.0, 34.0, 52.0, 80.0, 115.0, 160.0];

/// A text farther than this from its mark is led to by a line.
const LED: f64 = 26.0;

/// A straight line by its ends.
pub(crate) type Line = ((f64, f64), (f64, f64));

/// A number on a line stands at least so far from other lines, where it can.
const CLEAR: f64 = 20.0;

/// The places that are taken.
pub(crate) struct Labels {
    within: Rect,
    taken: Vec<(Rect, f64)>,
}

impl Labels {
    /// Returns an empty page.
    pub(crate) fn new(within: Rect) -> Self {
        Labels { within, taken: Vec::new() }
    }

    /// Takes a place. A text may lie on it the less, the larger the weight; 1 is that of a text.
    pub(crate) fn take(&mut self, rect: Rect, weight: f64) {
        self.taken.push((rect, weight));
    }

    /// Returns how badly a text would lie in a rectangle; 0 where nothing is in its way.
    pub(crate) fn harm(&self, rect: &Rect) -> f64 {
        let met: f64 = self.taken.iter().map(|(other, weight)| weight * rect.overlap(other)).sum();
        met + 1000.0 * rect.outside(&self.within)
    }

    /// Takes a rectangle if nothing is in its way.
    pub(crate) fn take_if_free(&mut self, rect: Rect) -> bool {
        let free = self.harm(&rect) <= 0.0;
        if free {
            self.take(rect, 1.0);
        }
        free
    }

    /// Finds the best place for a text on a curve, takes it, and returns where the text begins on its baseline.
    pub(crate) fn along(&mut self, curve: &[(f64, f64)], text: &str, size: f64) -> Option<(f64, f64)> {
        let (_, start) = self.best_along(curve, text, size)?;
        self.take(Rect::of_text(start, text, size), 1.0);
        Some(start)
    }

    /// Finds a place for a text on a curve where nothing is in its way, as [`Labels::along`] does.
    pub(crate) fn along_if_free(
        &mut self,
        curve: &[(f64, f64)],
        text: &str,
        size: f64,
    ) -> Option<(f64, f64)> {
        let (harm, start) = self.best_along(curve, text, size)?;
        let rect = Rect::of_text(start, text, size);
        (harm < 3.0 && self.take_if_free(rect)).then_some(start)
    }

    /// Finds the place for a text on one of several lines that is farthest from the others and from what is taken, rather in
    /// the middle than at an end; takes it, and returns where the text begins on its baseline.
    pub(crate) fn on_line(&mut self, (lines, index): (&[Line], usize), text: &str, size: f64) -> (f64, f64) {
        let line = lines[index];
        let others = || lines[..index].iter().chain(&lines[index + 1..]);
        let wide = text_width(text, size);
        let mut best = (f64::INFINITY, line.0);
        for step in 0..=14 {
            let (x, y) = on(line, 0.15 + 0.05 * f64::from(step));
            let start = (x - wide / 2.0, y + 0.3 * size);
            let nearest = others().map(|other| apart((x, y), *other)).fold(CLEAR, f64::min);
            let harm = self.harm(&Rect::of_text(start, text, size).wider(4.0))
                + 4.0 * (CLEAR - nearest)
                + 2.0 * (f64::from(step) - 7.0).abs();
            if harm < best.0 {
                best = (harm, start);
            }
        }
        self.take(Rect::of_text(best.1, text, size), 1.0);
        best.1
    }

    fn best_along(&self, curve: &[(f64, f64)], text: &str, size: f64) -> Option<(f64, (f64, f64))> {
        const SHARES: [f64; 11] = [0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.88, 0.12, 0.95, 0.05];
        let wide = text_width(text, size);
        let starts = SHARES.into_iter().enumerate().filter_map(|(order, share)| {
            let (x, y) = point_at(curve, share)?;
            let start = (x - wide / 2.0, y + 0.3 * size);
            Some((self.harm(&Rect::of_text(start, text, size)) + 0.1 * order as f64, start))
        });
        starts.min_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Finds a place for a text beside a mark of so many pixels around a point, takes it, and returns where the text
    /// begins on its baseline.
    pub(crate) fn beside(&mut self, at: (f64, f64), mark: f64, text: &str, size: f64) -> (f64, f64) {
        let wide = text_width(text, size);
        let mut best: Option<(f64, (f64, f64))> = None;
        for (ring, away) in RINGS.into_iter().enumerate() {
            let far = mark + away;
            let (right, left) = (at.0 + far, at.0 - far - wide);
            let (above, level, below) = (at.1 - far, at.1 + 0.3 * size, at.1 + far + 0.75 * size);
            let middle = at.0 - wide / 2.0;
            // A text of the least harm may have to be moved along the edge.
            let held = middle.min(self.within.right - wide).max(self.within.left);
            let slant = 0.75 * far;
            let starts = [
                (right, level),
                (left, level),
                (middle, above),
                (middle, below),
                (at.0 + slant, at.1 - slant),
                (at.0 + slant, at.1 + slant + 0.75 * size),
                (at.0 - slant - wide, at.1 - slant),
                (at.0 - slant - wide, at.1 + slant + 0.75 * size),
                (held, above),
                (held, below),
            ];
            for (order, start) in starts.into_iter().enumerate() {
                let harm = self.harm(&Rect::of_text(start, text, size));
                let harm = harm + 6.0 * ring as f64 + 0.4 * order as f64;
                if best.is_none_or(|(least, _)| harm < least) {
                    best = Some((harm, start));
                }
            }
        }
        let start = best.map_or(at, |(_, start)| start);
        self.take(Rect::of_text(start, text, size), 1.0);
        start
    }
}

/// Returns the line from a mark to a text that stands far away from it, or `None` where it is near.
pub(crate) fn leader(
    at: (f64, f64),
    start: (f64, f64),
    text: &str,
    size: f64,
) -> Option<((f64, f64), (f64, f64))> {
    let rect = Rect::of_text(start, text, size);
    let end = (at.0.clamp(rect.left, rect.right), at.1.clamp(rect.top, rect.bottom));
    ((end.0 - at.0).hypot(end.1 - at.1) > LED).then_some((at, end))
}

/// Returns the point at a share of a line.
fn on((from, to): Line, share: f64) -> (f64, f64) {
    (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
}

/// Returns how far a point is from a line.
fn apart(at: (f64, f64), line: Line) -> f64 {
    let (right, down) = (line.1.0 - line.0.0, line.1.1 - line.0.1);
    let length = (right * right + down * down).max(1e-9);
    let share = ((at.0 - line.0.0) * right + (at.1 - line.0.1) * down) / length;
    let (x, y) = on(line, share.clamp(0.0, 1.0));
    (at.0 - x).hypot(at.1 - y)
}

/// Returns the point at a share of the length of a curve.
fn point_at(curve: &[(f64, f64)], share: f64) -> Option<(f64, f64)> {
    let length = |ends: &[(f64, f64)]| (ends[1].0 - ends[0].0).hypot(ends[1].1 - ends[0].1);
    let mut left = share * curve.windows(2).map(length).sum::<f64>();
    for ends in curve.windows(2) {
        let long = length(ends);
        if left <= long && long > 0.0 {
            let along = |from: f64, to: f64| from + left / long * (to - from);
            return Some((along(ends[0].0, ends[1].0), along(ends[0].1, ends[1].1)));
        }
        left -= long;
    }
    curve.last().copied()
}

/// Writes a number of a picture, with a true minus sign.
pub(crate) fn written_number(value: f64) -> String {
    minus(&number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_places_near_each_other_stand_apart_and_within_the_edges() {
        let within = Rect { left: 0.0, top: 0.0, right: 300.0, bottom: 200.0 };
        let mut labels = Labels::new(within);
        let spots = [(290.0, 5.0), (285.0, 8.0), (288.0, 14.0), (5.0, 195.0), (8.0, 190.0), (150.0, 100.0)];
        for spot in spots {
            labels.take(Rect::around(spot, 5.0), 1.0);
        }
        let rects: Vec<Rect> = spots
            .into_iter()
            .map(|spot| {
                Rect::of_text(
                    labels.beside(spot, 5.0, "saddle, loss 0.125", 12.0),
                    "saddle, loss 0.125",
                    12.0,
                )
            })
            .collect();
        for (index, rect) in rects.iter().enumerate() {
            assert!(rect.outside(&within) < 1e-9, "{rect:?}");
            assert!(rects[..index].iter().all(|other| rect.overlap(other) == 0.0), "{rects:?}");
        }
    }
}
