//! Epochs worth a name: a dashed line behind the curves, and its words where no curve is.

use super::frame::{Frame, SIZE};
use super::labels::Rect;
use super::{Page, fitted, text_width};
use crate::axis::Axis;
use crate::figure::{Lines, Style};
use crate::thin::strokes;

/// From one row of words to the next.
const ROW: f64 = 15.0;

/// Draws the dashed lines.
pub(super) fn draw_rules(page: &mut Page, frame: &Frame, lines: &Lines, x: Axis) {
    for at in lines.marks.iter().filter_map(|mark| x.place_within(mark.x)) {
        let (across, top) = frame.at((at, 1.0));
        let style = " stroke-dasharray=\"3 4\"";
        page.line((across, top), (across, top + frame.height), page.theme.faint, style);
    }
}

/// Writes the words of each mark beside its line: at the top, or as far below as curves and other words ask for.
pub(super) fn draw_words(page: &mut Page, frame: &Frame, lines: &Lines, axes: (Axis, Axis)) {
    let curves = if lines.marks.is_empty() { Vec::new() } else { curves(lines, frame, axes) };
    let mut written: Vec<Rect> = Vec::new();
    for mark in &lines.marks {
        let Some(place) = axes.0.place_within(mark.x) else { continue };
        let (at, top) = frame.at((place, 1.0));
        let label = fitted(&mark.label, SIZE, frame.width);
        let wide = text_width(&label, SIZE);
        let right = (at + 6.0 + wide <= frame.left + frame.width).then_some(at + 6.0);
        let left = (at - 6.0 - wide >= frame.left).then_some(at - 6.0 - wide);
        let rows = ((frame.height - 8.0) / ROW).max(1.0) as usize;
        let starts = (0..rows).flat_map(|row| {
            let y = top + 12.0 + ROW * row as f64;
            [right, left].into_iter().flatten().map(move |x| (x, y))
        });
        let is_free = |start: &(f64, f64)| {
            let rect = Rect::of_text(*start, &label, SIZE).wider(3.0);
            !written.iter().any(|other| rect.meets(other)) && !curves.iter().any(|point| rect.holds(*point))
        };
        let at_the_top = (right.or(left).unwrap_or(frame.left), top + 12.0);
        let start = starts.into_iter().find(is_free).unwrap_or(at_the_top);
        written.push(Rect::of_text(start, &label, SIZE));
        let size = format!(" font-size=\"{SIZE}\"");
        page.haloed(start, page.theme.faint, page.theme.paper, &size, &label);
    }
}

/// Returns points on all curves, so close that none passes a word unseen.
fn curves(lines: &Lines, frame: &Frame, (x, y): (Axis, Axis)) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for series in lines.series.iter().filter(|series| series.style == Style::Line) {
        for stroke in strokes(&series.points, &x, &y, frame.width as usize) {
            points.extend(stroke.first().map(|place| frame.at(*place)));
            for ends in stroke.windows(2) {
                let (from, to) = (frame.at(ends[0]), frame.at(ends[1]));
                let pieces = ((to.0 - from.0).hypot(to.1 - from.1) / 4.0).ceil().max(1.0);
                points.extend((1..=pieces as usize).map(|piece| {
                    let share = piece as f64 / pieces;
                    (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
                }));
            }
        }
    }
    points
}
