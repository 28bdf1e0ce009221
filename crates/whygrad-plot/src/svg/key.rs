//! The strip of colours beside a picture, with the numbers that they stand for.

use super::frame::{EDGE, Frame, SIZE, written};
use super::{Anchor, Page, coordinate, fitted, text_width};
use crate::axis::Axis;
use crate::palette::{Rgb, sequence};

/// How many bands of colour the values are cut into.
pub(super) const BANDS: usize = 24;

/// The width of the strip.
const STRIP: f64 = 14.0;

/// The distance between picture and strip.
const GAP: f64 = 22.0;

/// Returns the room that the strip takes to the right of the picture.
pub(super) fn width(values: Axis) -> f64 {
    let numbers =
        values.ticks(6).iter().map(|(_, tick)| text_width(&written(tick), SIZE)).fold(0.0, f64::max);
    GAP + STRIP + 10.0 + numbers.max(24.0)
}

/// Returns the colour of a band.
pub(super) fn band_colour(band: usize) -> Rgb {
    sequence(band as f64 / (BANDS - 1) as f64)
}

/// Draws the strip of colours to the right of the picture, with its numbers.
pub(super) fn draw(page: &mut Page, frame: &Frame, values: Axis) {
    let left = frame.left + frame.width + GAP;
    let width = coordinate(STRIP);
    for band in (0..BANDS).rev() {
        let upper = frame.at((0.0, (band + 1) as f64 / BANDS as f64)).1;
        // Each piece reaches down to the floor and the next one covers it, so no seam shows.
        let height = coordinate(frame.top + frame.height - upper);
        let (x, y, fill) = (coordinate(left), coordinate(upper), band_colour(band).hex());
        let piece =
            format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>");
        page.add(&piece);
    }
    for (place, tick) in values.ticks(6) {
        let y = frame.at((0.0, place)).1;
        page.line((left + STRIP, y), (left + STRIP + 4.0, y), page.theme.faint, "");
        page.text((left + STRIP + 8.0, y + 4.0), Anchor::Start, page.theme.faint, &written(&tick));
    }
}

/// Writes what the colours stand for above the strip, clear of a text of the given width at the left of that line.
pub(super) fn draw_label(page: &mut Page, frame: &Frame, label: &str, left_taken: f64) {
    let room = page.width - 2.0 * EDGE - left_taken - 14.0;
    if label.trim().is_empty() || room < 3.0 * SIZE {
        return;
    }
    let text = fitted(label, SIZE, room);
    let wide = text_width(&text, SIZE);
    let start = (frame.left + frame.width + GAP).min(page.width - EDGE - wide);
    page.text((start, frame.top - 16.0), Anchor::Start, page.theme.faint, &text);
}
