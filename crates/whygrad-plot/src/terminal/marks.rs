//! Vertical lines with a name, whose words stand where no curve is.

use super::frame::Frame;
use super::screen::{FAINT, Screen, width};
use crate::axis::Axis;
use crate::figure::Lines;
use crate::ticks::significant;

/// Draws the marks as dashed lines behind the curves, with their words beside them. Returns the numbers of the marks
/// whose words have no room; those that are written `below` the picture already have none here.
pub(super) fn draw(
    screen: &mut Screen,
    frame: &Frame,
    lines: &Lines,
    x: Axis,
    below: &[usize],
) -> Vec<usize> {
    let bar = screen.either(BAR.0, BAR.1);
    let columns: Vec<(usize, usize)> = (0..lines.marks.len())
        .filter_map(|mark| x.place_within(lines.marks[mark].x).map(|place| (mark, frame.column(place))))
        .collect();
    let rows = frame.top..frame.top + frame.height;
    for (_, column) in &columns {
        for row in rows.clone() {
            if screen.is_blank(*column, row) {
                screen.put(*column, row, bar, FAINT);
            }
        }
    }
    let mut homeless = Vec::new();
    for (mark, column) in columns {
        let label = lines.marks[mark].label.trim();
        if label.is_empty() || below.contains(&mark) {
            continue;
        }
        let wide = width(label);
        let right = (column + 2 + wide <= frame.left + frame.width).then_some(column + 2);
        let left = column.checked_sub(wide + 1).filter(|start| *start >= frame.left);
        let starts = || rows.clone().flat_map(|row| [right, left].map(|start| (start, row)));
        let clear = |start: usize, row: usize, crosses: bool| {
            (start.saturating_sub(1).max(frame.left)..(start + wide + 1).min(frame.left + frame.width)).all(
                |at| at == column || screen.is_blank(at, row) || (crosses && screen.glyph(at, row) == bar),
            )
        };
        let free = [false, true].into_iter().find_map(|crosses| {
            starts().find_map(|(start, row)| Some((start.filter(|start| clear(*start, row, crosses))?, row)))
        });
        match free {
            Some((start, row)) => {
                screen.text(start, row, label, FAINT);
            }
            None => homeless.push(mark),
        }
    }
    homeless
}

/// The glyph of a mark, on Unicode terminals and on others.
pub(super) const BAR: (char, char) = ('┊', ':');

/// Returns what is written below the picture for a mark: its words and its place.
pub(super) fn told(lines: &Lines, mark: usize) -> String {
    let mark = &lines.marks[mark];
    format!("{} ({})", mark.label.trim(), significant(mark.x, 4))
}
