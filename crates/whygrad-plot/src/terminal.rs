//! Figures as text: braille curves, half-block maps, and plain characters where a terminal has
//! neither.

mod braille;
mod cells;
mod frame;
mod letters;
mod lines;
mod map;
mod marks;
mod network;
mod overlay;
mod screen;

use crate::figure::{Figure, Map, Panels};
use frame::{title_lines, wrapped};
use screen::{FAINT, Screen};

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// How many characters a line holds. No line of the picture is wider.
    pub columns: usize,
    /// How many lines the picture may take. Where that is too few for axes and three lines of
    /// picture, the picture takes what these need; and a long legend may make it longer.
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

/// A picture among several has at least so many lines, where the terminal has them.
const LEAST_PANEL: usize = 14;

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
    draw(figure, within(terminal), false)
}

/// Draws a figure as [`render`] does, but without its notes and without what could not be drawn: for those who write the
/// words of the figure below, which tell both.
pub fn render_above_words(figure: &Figure, terminal: &Terminal) -> String {
    draw(figure, within(terminal), true)
}

fn within(terminal: &Terminal) -> Terminal {
    Terminal {
        columns: terminal.columns.clamp(1, LARGEST.0),
        rows: terminal.rows.clamp(1, LARGEST.1),
        ..*terminal
    }
}

/// Draws a figure; its notes only where they are not `told` elsewhere.
fn draw(figure: &Figure, terminal: Terminal, told: bool) -> String {
    match figure {
        Figure::Lines(figure) => lines::draw(figure, terminal, told).finish(),
        Figure::Map(figure) => map::draw(figure, terminal, told).finish(),
        Figure::Cells(figure) => cells::draw(figure, terminal, told).finish(),
        Figure::Surface(figure) => from_above(&figure.map, terminal, told),
        Figure::Network(figure) => network::draw(figure, terminal, told).finish(),
        Figure::Panels(figure) => panels(figure, terminal, told),
    }
}

/// Draws a landscape as a map, with a note that it is seen from above: characters have no depth.
fn from_above(map: &Map, terminal: Terminal, told: bool) -> String {
    let mut screen = map::draw(map, terminal, told);
    let row = screen.add_row();
    screen.text(0, row, "Shown here from above.", FAINT);
    screen.finish()
}

/// Draws several figures one below another, each with an equal share of the lines but no fewer than it needs.
fn panels(panels: &Panels, terminal: Terminal, told: bool) -> String {
    let mut screen = Screen::new(terminal, 0);
    for line in title_lines(&panels.title, terminal.columns) {
        let row = screen.add_row();
        screen.centred(terminal.columns / 2, row, &line, None);
    }
    for note in panels.notes.iter().filter(|_| !told).flat_map(|note| wrapped(note, terminal.columns)) {
        let row = screen.add_row();
        screen.text(0, row, &note, FAINT);
    }
    if panels.figures.is_empty() {
        let row = screen.add_row();
        screen.text(0, row, "There is nothing to draw.", FAINT);
    }
    let share = (terminal.rows / panels.figures.len().max(1)).max(LEAST_PANEL.min(terminal.rows));
    let figures =
        panels.figures.iter().map(|figure| draw(figure, Terminal { rows: share, ..terminal }, told));
    std::iter::once(screen.finish())
        .chain(figures)
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
