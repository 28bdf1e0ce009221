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
        note: words::empty_cells(cells),
    };
    let widest = LARGEST.0 * cells.columns.len().max(1) as f64;
    let room = Room { header: 0.0, beside: key::width(values), widest };
    let mut frame = Frame::new(page, &texts, cells.axes(), room);
    frame.height = frame.height.min(LARGEST.1 * cells.rows.len().max(1) as f64);
    frame.draw(page, &texts, false);
    let size =
        (frame.width / cells.columns.len().max(1) as f64, frame.height / cells.rows.len().max(1) as f64);
    let style = text_style(cells, size);
    for (column, row) in cells.places() {
        let ground = cells.value(column, row).and_then(|value| values.place(value)).map(sequence);
        let corner =
            (frame.left + column as f64 * size.0, frame.top + frame.height - (row + 1) as f64 * size.1);
        draw_cell(page, corner, size, ground);
        if let Some((digits, points)) = style {
            let middle = (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0 + 0.36 * points);
            let ink = ground.map_or(page.theme.faint, ink_on);
            let text = cells.text(column, row, digits);
            let font = format!(" font-size=\"{points}\"");
            page.styled_text(middle, Anchor::Middle, ink, &font, &super::frame::minus(&text));
        }
    }
    key::draw(page, &frame, values);
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
    // Without a gap, the edges lie on whole pixels, so that no seam shows.
    let crisp = if gap > 0.0 { "" } else { " shape-rendering=\"crispEdges\"" };
    let [x, y] = [corner.0 + gap / 2.0, corner.1 + gap / 2.0].map(coordinate);
    let [width, height] = [width - gap, height - gap].map(coordinate);
    let fill = match ground {
        Some(colour) => format!("fill=\"{}\"", colour.hex()),
        None => format!("fill=\"{}\" stroke=\"{}\"", page.theme.paper.hex(), page.theme.grid.hex()),
    };
    page.add(&format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {fill}{crisp}/>"));
}
