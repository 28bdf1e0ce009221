//! Several figures in one SVG, each in an element of its own.

use super::frame::{self, EDGE, NOTE};
use super::{Anchor, Page, coordinate, draw as draw_figure, escaped};
use crate::figure::{Figure, Panels};
use crate::words;

/// A panel is at least so wide, where the page is.
const NARROWEST: f64 = 250.0;

/// Pixels between panels.
const GAP: f64 = 10.0;

/// Figures within figures are drawn to this depth.
const DEEPEST: usize = 8;

pub(super) fn draw(panels: &Panels, page: &mut Page) {
    let notes = frame::note_lines(&words::notes(&panels.notes, None), page.width);
    let top = frame::header(&panels.title, page.width);
    frame::draw_title(page, &panels.title);
    let fit = ((page.width + GAP) / (NARROWEST + GAP)) as usize;
    let columns = panels.columns.clamp(1, panels.figures.len().max(1)).min(fit.max(1));
    let width = (page.width - GAP * (columns - 1) as f64) / columns as f64;
    let mut at = top;
    if panels.figures.is_empty() {
        page.text((EDGE, top + 20.0), Anchor::Start, page.theme.faint, "There is nothing to draw.");
        at += 40.0;
    }
    for row in panels.figures.chunks(columns) {
        let mut highest: f64 = 0.0;
        for (column, figure) in row.iter().enumerate() {
            let height = height(figure, width);
            let mut part = Page {
                out: String::new(),
                width,
                height,
                theme: page.theme,
                depth: page.depth + 1,
                inside: [0.0; 4],
            };
            if part.depth < DEEPEST {
                draw_figure(figure, &mut part);
            }
            let [x, y, wide, high] = [column as f64 * (width + GAP), at, width, part.height].map(coordinate);
            let title = escaped(&words::heading(figure));
            page.add(&format!(
                "<svg x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {wide} {high}\">\n\
                 <title>{title}</title>\n{}</svg>",
                part.out
            ));
            highest = highest.max(part.height);
        }
        at += highest + GAP;
    }
    page.height = at + 6.0 + NOTE * notes.len() as f64;
    frame::draw_notes(page, &notes);
}

/// Returns the height that a panel begins with; what a map or a landscape does not need is taken off when it is drawn.
fn height(figure: &Figure, width: f64) -> f64 {
    let share = match figure {
        Figure::Map(_) => 1.25,
        Figure::Lines(_) | Figure::Cells(_) | Figure::Surface(_) | Figure::Network(_) | Figure::Panels(_) => {
            0.72
        }
    };
    (share * width).clamp(220.0, 800.0)
}
