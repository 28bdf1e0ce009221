//! A table of values as SVG: a rectangle of colour for each cell, with its value written in.

use super::frame::{Frame, Room, SIZE, Texts};
use super::{Anchor, Page, coordinate, key, text_width};
use crate::figure::Cells;
use crate::palette::{Rgb, ink_on, sequence};
use crate::words;

/// The widest and the highest cell.
const LARGEST: (f64, f64) = (220.0, 140.0);

/// Cells smaller than this lie side by side without a gap.
const APART: f64 = 9.0;

pub(super) fn draw(cells: &Cells, page: &mut Page) {
    let values = cells.value_axis();
    let texts = Texts {
        title: &cells.title,
        x_label: &cells.x_label,
        y_label: &cells.y_label,
        notes: words::empty_cells(cells).into_iter().collect(),
    };
    let widest = LARGEST.0 * cells.columns.len().max(1) as f64;
    let room = Room { beside: key::width(values), widest, ..Room::default() };
    let mut frame = Frame::new(page, &texts, cells.axes(), room);
    frame.height = frame.height.min(LARGEST.1 * cells.rows.len().max(1) as f64);
    frame.draw(page, &texts, false);
    let size =
        (frame.width / cells.columns.len().max(1) as f64, frame.height / cells.rows.len().max(1) as f64);
    let style = text_style(cells, size);
    for (column, row) in cells.places() {
        let ground = cells.value(column, row).and_then(|value| values.place(value)).map(sequence);
        // Neighbours share their edges exactly, so that no seam shows.
        let (left, right) = (edge(column, frame.left, size.0), edge(column + 1, frame.left, size.0));
        let floor = frame.top + frame.height;
        let (bottom, top) = (edge(row, -floor, size.1), edge(row + 1, -floor, size.1));
        draw_cell(page, (left, -top), (right - left, top - bottom), ground);
        if let Some((digits, points)) = style {
            let middle = (f64::midpoint(left, right), 0.36 * points - f64::midpoint(top, bottom));
            let ink = ground.map_or(page.theme.faint, ink_on);
            let text = cells.text(column, row, digits);
            let font = format!(" font-size=\"{points}\"");
            page.styled_text(middle, Anchor::Middle, ink, &font, &super::frame::minus(&text));
        }
    }
    key::draw(page, &frame, values);
}

/// Returns where a cell begins, on a whole pixel.
fn edge(index: usize, from: f64, size: f64) -> f64 {
    (from + index as f64 * size).round()
}

/// Returns the digits and the font size with which all values fit into their cells, or `None` where they do not.
fn text_style(cells: &Cells, (width, height): (f64, f64)) -> Option<(u8, f64)> {
    let fits = |(digits, points): &(u8, f64)| {
        let wide = |(column, row)| text_width(&cells.text(column, row, *digits), *points);
        points + 2.0 <= height && cells.places().map(wide).fold(0.0, f64::max) + 4.0 <= width
    };
    [(3, SIZE), (3, 11.0), (2, SIZE), (2, 11.0)].into_iter().find(fits)
}

/// Draws one cell; an empty one is an outline.
fn draw_cell(page: &mut Page, corner: (f64, f64), (width, height): (f64, f64), ground: Option<Rgb>) {
    let gap = if width.min(height) < APART { 0.0 } else { 1.0 };
    // Without a gap, edges must stay sharp also where the picture is scaled.
    let crisp = if gap > 0.0 { "" } else { " shape-rendering=\"crispEdges\"" };
    let [x, y] = [corner.0 + gap / 2.0, corner.1 + gap / 2.0].map(coordinate);
    let [width, height] = [width - gap, height - gap].map(coordinate);
    let fill = match ground {
        Some(colour) => format!("fill=\"{}\"", colour.hex()),
        None => format!("fill=\"{}\" stroke=\"{}\"", page.theme.paper.hex(), page.theme.grid.hex()),
    };
    page.add(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {fill}{crisp}/>"));
}
