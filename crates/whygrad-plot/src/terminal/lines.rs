//! Curves and dots on a terminal.

use super::Terminal;
use super::braille::{Canvas, DASHES, Dash};
use super::frame::{Frame, Texts, below, flow, wrapped};
use super::screen::{FAINT, Screen, width};
use crate::axis::{Axis, columns, seen};
use crate::figure::{Lines, Style};
use crate::palette::{self, Ground, Rgb};
use crate::thin::strokes;
use crate::words;

/// The width of a sample of a curve in the legend.
const SAMPLE: usize = 3;

/// Curves where only ASCII can be shown.
const LETTERS: [char; 6] = ['*', '+', 'x', '%', '=', '&'];

pub(super) fn draw(lines: &Lines, terminal: Terminal) -> Screen {
    let below = below(&lines.x_names, terminal.columns.saturating_sub(8) / lines.x_names.len().max(1));
    let (x, y) = Axis::of_lines(lines);
    let axes = (if lines.x_names.is_empty() { x } else { Axis::named(&below.labels) }, y);
    let texts = Texts { title: &lines.title, x_label: &lines.x_label, y_label: &lines.y_label };
    let named: Vec<usize> = (0..lines.series.len()).filter(|_| lines.series.len() > 1).collect();
    let widths: Vec<usize> =
        named.iter().map(|index| SAMPLE + 1 + width(&lines.series[*index].name)).collect();
    // The legend stands beside the vertical label where there is room, else below the picture.
    let total = widths.iter().map(|wide| wide + 3).sum::<usize>();
    let beside =
        !named.is_empty() && !lines.y_label.is_empty() && width(&lines.y_label) + total < terminal.columns;
    let places = flow(&widths, terminal.columns.saturating_sub(2));
    let legend_rows = if beside { 0 } else { places.last().map_or(0, |place| place.0 + 1) };
    let entries: Vec<usize> = below.legend.iter().map(|entry| width(entry)).collect();
    let entries = flow(&entries, terminal.columns.saturating_sub(2));
    let entry_rows = entries.last().map_or(0, |place| place.0 + 1);
    let notes: Vec<String> = words::notes(&lines.notes, words::omitted(lines))
        .iter()
        .flat_map(|note| wrapped(note, terminal.columns))
        .collect();

    let frame = Frame::new(terminal, texts, axes, legend_rows + entry_rows + notes.len(), 0);
    let mut screen = Screen::new(terminal, frame.rows() + legend_rows + entry_rows);
    frame.draw(&mut screen, terminal.columns);
    draw_series(&mut screen, &frame, lines, axes);
    draw_marks(&mut screen, &frame, lines, axes.0);
    for (index, (line, at)) in named.into_iter().zip(places) {
        let (column, row) = if beside {
            (at + terminal.columns - total + 3, frame.top - 1)
        } else {
            (at + 2, frame.rows() + line)
        };
        draw_sample(&mut screen, column, row, lines, index);
    }
    for (entry, (line, at)) in below.legend.iter().zip(entries) {
        screen.text(at + 2, frame.rows() + legend_rows + line, entry, None);
    }
    for note in notes {
        let row = screen.add_row();
        screen.text(0, row, &note, FAINT);
    }
    screen
}

fn draw_series(screen: &mut Screen, frame: &Frame, lines: &Lines, (x, y): (Axis, Axis)) {
    let mut canvas = Canvas::new(frame.width, frame.height);
    for (index, series) in lines.series.iter().enumerate() {
        for ((across, _), bar) in seen(lines, series) {
            let ends = bar.and_then(|(low, high)| y.place(low).zip(y.place(high)));
            if let (Some(across), Some((low, high))) = (x.place(across), ends) {
                let column = frame.column(across);
                for row in frame.row(low.max(high))..=frame.row(low.min(high)) {
                    screen.put(column, row, screen.either('│', '|'), Some(colour(index)));
                }
            }
        }
    }
    for (index, series) in lines.series.iter().enumerate().filter(|(_, s)| s.style == Style::Line) {
        for stroke in strokes(&series.points, &x, &y, frame.width * 2) {
            canvas.stroke(&stroke, dash(screen, index), Some(colour(index)));
            if let [(across, up)] = stroke[..] {
                let dot = screen.either('•', 'o');
                screen.put(frame.column(across), frame.row(up), dot, Some(colour(index)));
            }
        }
        if !screen.unicode() {
            put_canvas(
                screen,
                frame,
                &std::mem::replace(&mut canvas, Canvas::new(frame.width, frame.height)),
                index,
            );
        }
    }
    for index in (0..lines.series.len()).rev() {
        draw_columns(screen, frame, lines, index, (x, y));
    }
    put_canvas(screen, frame, &canvas, 0);
    for (index, series) in lines.series.iter().enumerate().filter(|(_, s)| s.style == Style::Dots) {
        for (across, up) in series.points.iter().filter_map(|point| x.place(point.0).zip(y.place(point.1))) {
            let glyph = dot_glyph(screen, lines, index);
            screen.put(frame.column(across), frame.row(up), glyph, Some(colour(index)));
        }
    }
}

/// Draws columns as blocks from zero to their values, finer than a line of text where the terminal can.
fn draw_columns(screen: &mut Screen, frame: &Frame, lines: &Lines, index: usize, (x, y): (Axis, Axis)) {
    const PARTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let colour = Some(colour(index));
    let several = lines.series.iter().filter(|series| series.style == Style::Columns).count() > 1;
    let full = screen
        .either(if several && index % 2 == 1 { '▒' } else { '█' }, LETTERS[(index + 3) % LETTERS.len()]);
    let floor = y.place(0.0).unwrap_or(0.0);
    let high = frame.height as f64;
    for column in columns(lines, &lines.series[index]) {
        let ends = x.place(column.from).zip(x.place(column.to));
        let (Some((from, to)), Some(top)) = (ends, y.place(column.value)) else { continue };
        let edge = |place: f64| (place * frame.width as f64).round() as usize;
        let (first, last) = (edge(from).min(frame.width - 1), edge(to).max(edge(from) + 1));
        let (low, up) = (floor.min(top), floor.max(top));
        for line in 0..frame.height {
            // The share of this line of text that the column covers, from its lower end.
            let bottom = (frame.height - 1 - line) as f64;
            let covered = (up * high).min(bottom + 1.0) - (low * high).max(bottom);
            let eighths = (covered * 8.0).round().max(0.0) as usize;
            let is_end = up * high < bottom + 1.0 && screen.unicode();
            let glyph = match eighths {
                0 => continue,
                1..=7 if is_end => PARTS[eighths - 1],
                1..=3 => continue,
                _ => full,
            };
            (first..last.min(frame.width))
                .for_each(|at| screen.put(frame.left + at, frame.top + line, glyph, colour));
        }
    }
}

fn put_canvas(screen: &mut Screen, frame: &Frame, canvas: &Canvas, index: usize) {
    let letter = LETTERS[index % LETTERS.len()];
    for (column, row, glyph, colour) in canvas.cells() {
        let (column, row) = (frame.left + column, frame.top + row);
        if screen.is_blank(column, row) || !screen.unicode() {
            screen.put(column, row, screen.either(glyph, letter), colour);
        }
    }
}

/// Draws the marks as dashed lines behind the curves, with their labels at the top.
fn draw_marks(screen: &mut Screen, frame: &Frame, lines: &Lines, x: Axis) {
    let right = frame.left + frame.width;
    let mut written: Vec<(usize, usize, usize)> = Vec::new();
    for (column, mark) in
        lines.marks.iter().filter_map(|m| x.place_within(m.x).map(|place| (frame.column(place), m)))
    {
        let wide = width(&mark.label);
        let start = if column + 2 + wide <= right { column + 2 } else { column.saturating_sub(wide + 1) };
        let clear = |row: usize| !written.iter().any(|w| w.0 == row && w.1 < start + wide + 1 && start < w.2);
        let row = (frame.top..frame.top + frame.height).find(|row| clear(*row)).unwrap_or(frame.top);
        for line in frame.top..frame.top + frame.height {
            if screen.is_blank(column, line) {
                screen.put(column, line, screen.either('┊', ':'), FAINT);
            }
        }
        screen.text(start.max(frame.left), row, &mark.label, FAINT);
        written.push((row, start, start + wide + 1));
    }
}

fn draw_sample(screen: &mut Screen, column: usize, row: usize, lines: &Lines, index: usize) {
    let series = &lines.series[index];
    match series.style {
        Style::Dots => screen.put(column + 1, row, dot_glyph(screen, lines, index), Some(colour(index))),
        Style::Columns => {
            let glyph =
                screen.either(if index % 2 == 1 { '▒' } else { '█' }, LETTERS[(index + 3) % LETTERS.len()]);
            screen.put(column + 1, row, glyph, Some(colour(index)));
        }
        Style::Line => {
            let mut canvas = Canvas::new(SAMPLE, 1);
            canvas.stroke(&[(0.0, 0.5), (1.0, 0.5)], dash(screen, index), Some(colour(index)));
            for at in 0..SAMPLE {
                let inked = canvas.cells().find(|cell| cell.0 == at).map_or(' ', |cell| cell.2);
                let glyph = screen.either(inked, LETTERS[index % LETTERS.len()]);
                screen.put(column + at, row, glyph, Some(colour(index)));
            }
        }
    }
    screen.text(column + SAMPLE + 1, row, &series.name, None);
}

fn colour(index: usize) -> Rgb {
    palette::series(index, Ground::Unknown)
}

fn dash(screen: &Screen, index: usize) -> Dash {
    if screen.colour() || !screen.unicode() { DASHES[0] } else { DASHES[index % DASHES.len()] }
}

/// Returns the glyph of a series of dots, by its number among the series of dots.
fn dot_glyph(screen: &Screen, lines: &Lines, index: usize) -> char {
    let index = lines.series[..index].iter().filter(|series| series.style == Style::Dots).count();
    let glyphs = [('●', 'o'), ('○', 'O'), ('◆', '#'), ('◇', '@'), ('▲', '^'), ('△', 'A')];
    let (unicode, ascii) = glyphs[index % glyphs.len()];
    screen.either(unicode, ascii)
}
