//! Curves and dots on a terminal.

use std::collections::BTreeSet;

use super::Terminal;
use super::braille::{Canvas, DASHES, Dash};
use super::frame::{AROUND, Frame, Texts, below, flow, wrapped};
use super::letters::{self, At};
use super::marks;
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

pub(super) fn draw(lines: &Lines, terminal: Terminal, told: bool) -> Screen {
    // Words of marks that no place beside their lines has room for are written below, which leaves the picture less
    // room: the next round may find more of them.
    let mut below = Vec::new();
    loop {
        let (screen, homeless) = drawn(lines, terminal, told, &below);
        if homeless.is_empty() {
            return screen;
        }
        below.extend(homeless);
    }
}

/// Draws the picture with the words of some marks below it; returns the marks whose words have no room.
fn drawn(lines: &Lines, terminal: Terminal, told: bool, marks_below: &[usize]) -> (Screen, Vec<usize>) {
    let below = below(&lines.x_names, terminal.columns.saturating_sub(8) / lines.x_names.len().max(1));
    let (x, y) = Axis::of_lines(lines);
    let axes = (if lines.x_names.is_empty() { x } else { Axis::named(&below.labels) }, y);
    let texts = Texts { title: &lines.title, x_label: &lines.x_label, y_label: &lines.y_label };
    let named = if lines.series.len() > 1 { &lines.series[..] } else { &[] };
    // The legend stands beside the vertical label where there is room, else below the picture.
    let total = named.iter().map(|series| SAMPLE + 1 + width(&series.name) + 3).sum::<usize>();
    let beside =
        !named.is_empty() && !lines.y_label.is_empty() && width(&lines.y_label) + total < terminal.columns;
    let room = terminal.columns.saturating_sub(2);
    let (places, legend_rows) = flow(named.iter().map(|series| (SAMPLE + 1, &*series.name)), room);
    let legend_rows = if beside { 0 } else { legend_rows };
    let words: Vec<String> = marks_below.iter().map(|mark| marks::told(lines, *mark)).collect();
    let further = below.legend.iter().map(|name| (0, &**name)).chain(words.iter().map(|words| (2, &**words)));
    let (further, further_rows) = flow(further, room);
    let notes = words::notes(&lines.notes, words::omitted(lines));
    let notes: Vec<String> =
        notes.iter().filter(|_| !told).flat_map(|note| wrapped(note, terminal.columns)).collect();

    // A long legend must not leave too little of the picture itself.
    let rows = (legend_rows + further_rows + notes.len()).min(terminal.rows.saturating_sub(AROUND).max(2));
    let frame = Frame::new(terminal, texts, axes, rows, 0);
    let mut screen = Screen::new(terminal, frame.rows() + legend_rows + further_rows);
    frame.draw(&mut screen, terminal.columns);
    draw_series(&mut screen, &frame, lines, axes);
    let homeless = marks::draw(&mut screen, &frame, lines, axes.0, marks_below);
    for (index, entry) in places.iter().enumerate() {
        let at = if beside {
            (entry.at + terminal.columns - total + 3, frame.top - 1)
        } else {
            (entry.at + 2, frame.rows() + entry.line)
        };
        draw_sample(&mut screen, at, lines, index);
        entry.write(&mut screen, at, SAMPLE + 1);
    }
    for (index, entry) in further.iter().enumerate() {
        let at = (entry.at + 2, frame.rows() + legend_rows + entry.line);
        let is_mark = index >= below.legend.len();
        if is_mark {
            screen.put(at.0, at.1, screen.either(marks::BAR.0, marks::BAR.1), FAINT);
        }
        entry.write(&mut screen, at, if is_mark { 2 } else { 0 });
    }
    for note in notes {
        let row = screen.add_row();
        screen.text(0, row, &note, FAINT);
    }
    (screen, homeless)
}

fn draw_series(screen: &mut Screen, frame: &Frame, lines: &Lines, (x, y): (Axis, Axis)) {
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
    for index in (0..lines.series.len()).rev() {
        draw_columns(screen, frame, lines, index, (x, y));
    }
    draw_curves(screen, frame, lines, (x, y));
    for (index, series) in lines.series.iter().enumerate().filter(|(_, s)| s.style == Style::Dots) {
        for (across, up) in series.points.iter().filter_map(|point| x.place(point.0).zip(y.place(point.1))) {
            let glyph = dot_glyph(screen, lines, index);
            screen.put(frame.column(across), frame.row(up), glyph, Some(colour(index)));
        }
    }
}

/// Draws the curves: in braille, each with dashes or a letter of its own, or in characters.
fn draw_curves(screen: &mut Screen, frame: &Frame, lines: &Lines, (x, y): (Axis, Axis)) {
    let lettered = lettered(screen, lines);
    let mut canvas = Canvas::new(frame.width, frame.height);
    let mut ways: Vec<(usize, BTreeSet<At>)> = Vec::new();
    for (index, series) in lines.series.iter().enumerate().filter(|(_, s)| s.style == Style::Line) {
        let mut own = Canvas::new(frame.width, frame.height);
        for stroke in strokes(&series.points, &x, &y, frame.width * 2) {
            canvas.stroke(&stroke, dash(screen, lines, index), Some(colour(index)));
            own.stroke(&stroke, DASHES[0], Some(colour(index)));
            if let [(across, up)] = stroke[..] {
                let dot = screen.either('•', 'o');
                screen.put(frame.column(across), frame.row(up), dot, Some(colour(index)));
            }
        }
        if !screen.unicode() {
            let glyph = character(screen, lines, index);
            put_canvas(screen, frame, &own, |_| glyph);
        }
        ways.push((index, own.cells().map(|(column, row, ..)| (column, row)).collect()));
    }
    if !screen.unicode() {
        return;
    }
    put_canvas(screen, frame, &canvas, |glyph| glyph);
    if lettered {
        let cells: Vec<BTreeSet<At>> = ways.iter().map(|(_, cells)| cells.clone()).collect();
        for (curve, (column, row)) in letters::places(&cells, frame.width) {
            let glyph = letters::letter(curve);
            screen.put(frame.left + column, frame.top + row, glyph, Some(colour(ways[curve].0)));
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

/// Puts a canvas on the screen, its glyphs changed where the terminal has no braille.
fn put_canvas(screen: &mut Screen, frame: &Frame, canvas: &Canvas, change: impl Fn(char) -> char) {
    for (column, row, glyph, colour) in canvas.cells() {
        let (column, row) = (frame.left + column, frame.top + row);
        if screen.is_blank(column, row) || !screen.unicode() {
            screen.put(column, row, change(glyph), colour);
        }
    }
}

fn draw_sample(screen: &mut Screen, (column, row): (usize, usize), lines: &Lines, index: usize) {
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
            canvas.stroke(&[(0.0, 0.5), (1.0, 0.5)], dash(screen, lines, index), Some(colour(index)));
            let middle = lettered(screen, lines).then(|| character(screen, lines, index));
            for at in 0..SAMPLE {
                let inked = canvas.cells().find(|cell| cell.0 == at).map_or(' ', |cell| cell.2);
                let inked = middle.filter(|_| at == SAMPLE / 2).unwrap_or(inked);
                let glyph = screen.either(inked, character(screen, lines, index));
                screen.put(column + at, row, glyph, Some(colour(index)));
            }
        }
    }
}

/// Returns whether curves carry letters, because they are more than there are colours, dashes or characters.
fn lettered(screen: &Screen, lines: &Lines) -> bool {
    let curves = lines.series.iter().filter(|series| series.style == Style::Line).count();
    curves
        > match (screen.unicode(), screen.colour()) {
            (true, true) => palette::SERIES,
            (true, false) => DASHES.len(),
            (false, _) => LETTERS.len(),
        }
}

/// Returns the letter of a curve, or the character that it is drawn with where there is no braille.
fn character(screen: &Screen, lines: &Lines, index: usize) -> char {
    if !lettered(screen, lines) {
        return LETTERS[index % LETTERS.len()];
    }
    letters::letter(lines.series.iter().take(index).filter(|series| series.style == Style::Line).count())
}

fn colour(index: usize) -> Rgb {
    palette::series(index, Ground::Unknown)
}

fn dash(screen: &Screen, lines: &Lines, index: usize) -> Dash {
    let whole = screen.colour() || !screen.unicode() || lettered(screen, lines);
    if whole { DASHES[0] } else { DASHES[index % DASHES.len()] }
}

/// Returns the glyph of a series of dots, by its number among the series of dots.
fn dot_glyph(screen: &Screen, lines: &Lines, index: usize) -> char {
    let index = lines.series[..index].iter().filter(|series| series.style == Style::Dots).count();
    let glyphs = [('●', 'o'), ('○', 'O'), ('◆', '#'), ('◇', '@'), ('▲', '^'), ('△', 'A')];
    let (unicode, ascii) = glyphs[index % glyphs.len()];
    screen.either(unicode, ascii)
}
