//! Figures as text: braille curves, half-block maps, and plain characters where a terminal has
//! neither.

mod braille;
mod cells;
mod frame;
mod lines;
mod map;
mod screen;

use crate::figure::Figure;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// How many characters a line holds. No line of the picture is wider.
    pub columns: usize,
    /// How many lines the picture may take. Where that is too few for axes and three lines of
    /// picture, the picture takes what these need.
    pub rows: usize,
    /// Whether colours may be used, as 24-bit escape codes. Without, no escape code is written.
    pub colour: bool,
    /// Whether braille, blocks and other characters beyond ASCII may be used.
    pub unicode: bool,
}

impl Default for Terminal {
    /// Eighty by twenty-four, without colour.
    fn default() -> Self {
        Terminal { columns: 80, rows: 24, colour: false, unicode: true }
    }
}

/// The largest picture; a wider terminal gets a picture of this size.
const LARGEST: (usize, usize) = (1000, 400);

/// Draws a figure as lines of text, each ended by a newline and free of trailing spaces.
///
/// ```
/// use whygrad_plot::{Figure, Lines, Series, terminal};
///
/// let loss = Series::line("", vec![(0.0, 1.0), (1.0, 0.2), (2.0, 0.1)]);
/// let figure = Figure::Lines(Lines { title: "loss".into(), series: vec![loss], ..Lines::default() });
/// let size = terminal::Terminal { columns: 40, rows: 10, colour: false, unicode: true };
/// assert!(terminal::render(&figure, &size).lines().all(|line| line.chars().count() <= 40));
/// ```
pub fn render(figure: &Figure, terminal: &Terminal) -> String {
    let terminal = Terminal {
        columns: terminal.columns.clamp(1, LARGEST.0),
        rows: terminal.rows.clamp(1, LARGEST.1),
        ..*terminal
    };
    match figure {
        Figure::Lines(figure) => lines::draw(figure, terminal).finish(),
        Figure::Map(figure) => map::draw(figure, terminal).finish(),
        Figure::Cells(figure) => cells::draw(figure, terminal).finish(),
        Figure::Surface(figure) => map::draw(&figure.map, terminal).finish(),
        Figure::Network(_) | Figure::Panels(_) => String::new(),
    }
}
