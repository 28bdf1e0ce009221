//! A table of values on a terminal: values on colours or beside shades, or colours alone where there is no room.

use super::Terminal;
use super::frame::{Below, below, flow, title_lines, wrapped};
use super::map::shade;
use super::screen::{FAINT, Screen, centred_start, width};
use crate::axis::Axis;
use crate::figure::Cells;
use crate::palette::{Rgb, ink_on, sequence};
use crate::ticks::number;
use crate::words;

/// The longest strip of colours.
const STRIP: usize = 20;

/// Bars from low to high, beside values on terminals without colour.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How the cells are laid out.
struct Layout {
    /// The column of the first cell.
    left: usize,
    /// The columns of a cell.
    wide: usize,
    /// How many cells are shown across and upwards.
    shown: (usize, usize),
    /// The significant digits of the values that are written in, or nothing where they have no room.
    digits: Option<u8>,
}

pub(super) fn draw(cells: &Cells, terminal: Terminal, told: bool) -> Screen {
    let mut layout = layout(cells, terminal);
    let Below { labels, legend } = below(&cells.columns, layout.wide);
    let (places, legend_rows) =
        flow(legend.iter().map(|entry| (0, &**entry)), terminal.columns.saturating_sub(2));
    let missing = words::empty_cells(cells).filter(|_| !told);
    let missing = missing.map_or_else(Vec::new, |note| wrapped(&note, terminal.columns));
    let title = title_lines(&cells.title, terminal.columns);
    let top = title.len() + usize::from(!cells.y_label.is_empty());
    // The column names, the key, and what may be said of cells without room.
    let around = top + 2 + usize::from(!cells.x_label.is_empty()) + legend_rows + missing.len();
    let room = terminal.rows.saturating_sub(around).max(3);
    if cells.rows.len() > room {
        layout.shown.1 = room.saturating_sub(1).max(3).min(cells.rows.len());
    }
    let below = top + layout.shown.1 + 1;
    let mut screen = Screen::new(terminal, below + usize::from(!cells.x_label.is_empty()) + legend_rows);
    let middle = layout.left + layout.wide * layout.shown.0 / 2;
    for (row, line) in title.iter().enumerate() {
        screen.centred(middle, row, line, None);
    }
    if !cells.y_label.is_empty() {
        screen.text(0, top - 1, &cells.y_label, FAINT);
    }
    draw_rows(&mut screen, cells, &layout, top);
    draw_names(&mut screen, &layout, &labels, below - 1);
    let mut next = below;
    if !cells.x_label.is_empty() {
        screen.centred(middle, below, &cells.x_label, FAINT);
        next += 1;
    }
    for entry in places {
        entry.write(&mut screen, (entry.at + 2, next + entry.line), 0);
    }
    draw_key(&mut screen, cells, &layout);
    for note in missing.into_iter().chain(without_room(cells, &layout)) {
        let row = screen.add_row();
        screen.text(0, row, &note, FAINT);
    }
    screen
}

/// Finds the widest cells with the most digits that have room.
fn layout(cells: &Cells, terminal: Terminal) -> Layout {
    let count = cells.columns.len().max(1);
    let names = cells.rows.iter().map(|name| width(name)).max().unwrap_or(0);
    let left = (names + 1).min(terminal.columns / 3);
    let room = terminal.columns.saturating_sub(left);
    let column_names = cells.columns.iter().map(|name| width(name) + 1).max().unwrap_or(0);
    let written = [3, 2].into_iter().find_map(|digits| {
        let texts = cells.places().map(|(column, row)| cells.text(column, row, digits).len());
        // A blank stands before the value, and another and a bar after it where there is no colour.
        let least = texts.max().unwrap_or(0) + if terminal.colour { 2 } else { 4 };
        let wide = if column_names * count <= room { column_names.max(least) } else { least };
        (least * count <= room).then_some((Some(digits), wide))
    });
    let (digits, wide) = written.unwrap_or((None, (room / count).max(1)));
    Layout { left, wide, shown: (count.min(room / wide).min(cells.columns.len()), cells.rows.len()), digits }
}

fn draw_rows(screen: &mut Screen, cells: &Cells, layout: &Layout, top: usize) {
    for line in 0..layout.shown.1 {
        let row = layout.shown.1 - 1 - line;
        let name = &cells.rows[row];
        let start = layout.left.saturating_sub(1 + width(name));
        if layout.left > 1 {
            let room = layout.left - 1;
            let cut: String = name.chars().take(room).collect();
            screen.text(start, top + line, if width(name) > room { &cut } else { name }, None);
        }
        for column in 0..layout.shown.0 {
            draw_cell(screen, cells, layout, (column, row), top + line);
        }
    }
}

fn draw_cell(
    screen: &mut Screen,
    cells: &Cells,
    layout: &Layout,
    (column, row): (usize, usize),
    line: usize,
) {
    let left = layout.left + column * layout.wide;
    let place = cells.value(column, row).and_then(|value| cells.value_axis().place(value));
    let ground = place.map(sequence).filter(|_| screen.colour());
    if let Some(ground) = ground {
        (left..left + layout.wide).for_each(|at| screen.paint(at, line, ground));
    }
    let Some(digits) = layout.digits else {
        if ground.is_none() {
            let glyph = place.map_or_else(|| screen.either('·', '?'), shade);
            (left..left + layout.wide).for_each(|at| screen.put(at, line, glyph, None));
        }
        return;
    };
    let text = cells.text(column, row, digits);
    let ink: Option<Rgb> = ground.map(ink_on);
    let end = left + layout.wide - if screen.colour() { 1 } else { 2 };
    screen.text(end.saturating_sub(text.len()), line, &text, if place.is_none() { FAINT } else { ink });
    if !screen.colour() {
        let glyph = place.map_or(' ', |place| bar(screen, place));
        screen.put(end + 1, line, glyph, None);
    }
}

/// Writes as many names below the cells as stand apart; round numbers stand for many numbers.
fn draw_names(screen: &mut Screen, layout: &Layout, labels: &[String], row: usize) {
    let labels = &labels[..layout.shown.0.min(labels.len())];
    let (axis, all) = (Axis::named(labels), layout.wide * layout.shown.0);
    for at_most in (1..=labels.len()).rev() {
        let ticks = axis.ticks(at_most).into_iter().map(|(place, tick)| {
            let middle = layout.left + (place * all as f64) as usize;
            (centred_start(middle, width(&tick.label), layout.left + all), tick.label)
        });
        let ticks: Vec<(usize, String)> = ticks.collect();
        if ticks.windows(2).all(|pair| pair[0].0 + width(&pair[0].1) < pair[1].0) {
            for (start, label) in ticks {
                screen.text(start, row, &label, None);
            }
            return;
        }
    }
}

/// Draws a strip from the first colour or shade to the last, between the values that they stand for.
fn draw_key(screen: &mut Screen, cells: &Cells, layout: &Layout) {
    let values = cells.value_axis();
    let row = screen.add_row();
    let start = screen.text(layout.left, row, &number(values.value(0.0)), FAINT) + 1;
    for step in 0..STRIP {
        let place = step as f64 / (STRIP - 1) as f64;
        if screen.colour() {
            screen.paint(start + step, row, sequence(place));
        } else {
            let glyph = if layout.digits.is_some() { bar(screen, place) } else { shade(place) };
            screen.put(start + step, row, glyph, None);
        }
    }
    screen.text(start + STRIP + 1, row, &number(values.value(1.0)), FAINT);
}

/// Returns a bar as high as the value, or a shade where there are no bars.
fn bar(screen: &Screen, place: f64) -> char {
    let height = ((place * BARS.len() as f64) as usize).min(BARS.len() - 1);
    screen.either(BARS[height], shade(place))
}

fn without_room(cells: &Cells, layout: &Layout) -> Option<String> {
    let (columns, rows) = (cells.columns.len() - layout.shown.0, cells.rows.len() - layout.shown.1);
    let told =
        [(columns, "column", "columns"), (rows, "row", "rows")].into_iter().filter(|(count, ..)| *count > 0);
    let told: Vec<String> = told.map(|(count, one, many)| words::counted(count, one, many)).collect();
    (!told.is_empty()).then(|| format!("No room for {}.", told.join(" and ")))
}
