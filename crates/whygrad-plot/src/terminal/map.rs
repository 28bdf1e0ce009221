//! A value over the plane on a terminal: coloured half blocks, or shades without colour.

use super::Terminal;
use super::braille::{Canvas, DASHES};
use super::frame::{Frame, Texts, flow, wrapped};
use super::overlay;
use super::screen::{FAINT, Screen, width};
use crate::axis::Axis;
use crate::contour::Grid;
use crate::figure::Map;
use crate::palette::{Rgb, ink_on, mix, sequence};
use crate::ticks::number;
use crate::words;

/// Shades from low to high, for terminals without colour.
const SHADES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// The line at the level, on colours.
const BOUNDARY: Rgb = Rgb(255, 255, 255);

pub(super) fn draw(map: &Map, terminal: Terminal, told: bool) -> Screen {
    let axes = map.axes();
    let values = map.value_axis();
    let key_ticks = values.ticks((terminal.rows / 5).clamp(2, 6));
    let key_width = key_ticks.iter().map(|(_, tick)| width(&tick.label)).max().unwrap_or(0);
    let mut entries = legend(map, terminal);
    entries.extend(overlay::legend(map, terminal.unicode));
    let (places, legend_rows) =
        flow(entries.iter().map(|entry| (2, &*entry.1)), terminal.columns.saturating_sub(2));
    let notes: Vec<String> =
        words::map_notes(map).iter().flat_map(|note| wrapped(note, terminal.columns)).collect();
    let notes = if told { Vec::new() } else { notes };

    let texts = Texts { title: &map.title, x_label: &map.x_label, y_label: &map.y_label };
    // A long legend must not leave too little of the map itself.
    let below = (legend_rows + notes.len()).min((terminal.rows / 4).max(3));
    let mut frame = Frame::new(terminal, texts, axes, below, key_width + 5);
    frame.width = frame.width.min(shape(axes, frame.height));
    let mut screen = Screen::new(terminal, frame.rows() + legend_rows);
    frame.draw(&mut screen, terminal.columns);
    let surface = Surface { map, axes, values };
    surface.draw(&mut screen, &frame);
    overlay::draw_ways(&mut screen, &frame, map);
    surface.draw_points(&mut screen, &frame);
    overlay::draw_letters(&mut screen, &frame, map);
    overlay::draw_spots(&mut screen, &frame, map);
    draw_key(&mut screen, &frame, values, terminal);
    for ((glyph, _), entry) in entries.iter().zip(places) {
        let at = (entry.at + 2, frame.rows() + entry.line);
        screen.put(at.0, at.1, *glyph, None);
        entry.write(&mut screen, at, 2);
    }
    for note in notes {
        let row = screen.add_row();
        screen.text(0, row, &note, FAINT);
    }
    screen
}

/// Returns how many columns give both axes the same scale, a character being half as wide as
/// high; axes of very different length share a shape that is easy to look at.
fn shape((x, y): (Axis, Axis), height: usize) -> usize {
    let ratio = x.span() / y.span();
    let ratio = if (0.4..=2.5).contains(&ratio) { ratio } else { 1.5 };
    ((2 * height) as f64 * ratio).round().max(2.0) as usize
}

fn legend(map: &Map, terminal: Terminal) -> Vec<(char, String)> {
    let glyph = |unicode: char, ascii: char| if terminal.unicode { unicode } else { ascii };
    let mut entries = Vec::new();
    match map.parting() {
        _ if map.points.is_empty() => {}
        Some(value) => {
            let at_least = if terminal.unicode { "≥" } else { ">=" };
            entries.push((glyph('●', 'X'), format!("target {at_least} {}", number(value))));
            entries.push((glyph('○', 'O'), "target below".to_owned()));
            if map.dots().iter().any(|dot| dot.upper && dot.lower) {
                entries.push((glyph('◐', '*'), "both".to_owned()));
            }
        }
        None => entries.push((glyph('●', 'X'), "data".to_owned())),
    }
    let crosses = |level: &f64| map.range().is_some_and(|range| range.low < *level && *level <= range.high);
    if let Some(level) = map.level.filter(crosses) {
        let line = if terminal.colour { glyph('▔', '~') } else { glyph('⠤', '~') };
        entries.push((line, format!("level {}", number(level))));
    }
    entries
}

struct Surface<'a> {
    map: &'a Map,
    axes: (Axis<'a>, Axis<'a>),
    values: Axis<'a>,
}

impl Surface<'_> {
    fn draw(&self, screen: &mut Screen, frame: &Frame) {
        match (screen.colour(), screen.unicode()) {
            (true, unicode) => self.draw_colours(screen, frame, if unicode { 2 } else { 1 }),
            (false, true) => {
                self.draw_shades(screen, frame);
                self.draw_braille_boundary(screen, frame);
            }
            (false, false) => {
                self.draw_shades(screen, frame);
                self.draw_letter_boundary(screen, frame);
            }
        }
    }

    /// Returns the value at the middle of one of `columns` by `rows` picture elements.
    fn value(&self, (column, row): (usize, usize), (columns, rows): (usize, usize)) -> f64 {
        let share = |index: usize, count: usize| index as f64 / (count.max(2) - 1) as f64;
        let (x, y) = self.axes;
        let across = x.value(share(column, columns));
        if rows < self.map.rows && self.map.are_whole() {
            // A count of one must not fall between two rows of characters.
            let up = |row: usize| self.map.rows - row * self.map.rows / rows;
            let samples = (up(row + 1)..up(row)).map(|sample| {
                let place = sample as f64 / (self.map.rows.max(2) - 1) as f64;
                self.map.at(across, y.value(place))
            });
            return samples.fold(f64::NAN, f64::max);
        }
        self.map.at(across, y.value(1.0 - share(row, rows)))
    }

    /// Returns whether the level runs along an element: it is below and a neighbour is not.
    fn is_boundary(&self, at: (usize, usize), size: (usize, usize)) -> bool {
        let Some(level) = self.map.level else { return false };
        let around =
            [(at.0 + 1, at.1), (at.0.wrapping_sub(1), at.1), (at.0, at.1 + 1), (at.0, at.1.wrapping_sub(1))];
        let mut inside = around.into_iter().filter(|place| place.0 < size.0 && place.1 < size.1);
        self.value(at, size) < level && inside.any(|place| self.value(place, size) >= level)
    }

    fn draw_colours(&self, screen: &mut Screen, frame: &Frame, halves: usize) {
        let size = (frame.width, frame.height * halves);
        for row in 0..frame.height {
            for column in 0..frame.width {
                let colour = |half: usize| {
                    let at = (column, row * halves + half);
                    let place = self.values.place(self.value(at, size))?;
                    Some(if self.is_boundary(at, size) { BOUNDARY } else { sequence(place) })
                };
                put_halves(screen, (frame.left + column, frame.top + row), colour(0), colour(halves - 1));
            }
        }
    }

    fn draw_shades(&self, screen: &mut Screen, frame: &Frame) {
        for row in 0..frame.height {
            for column in 0..frame.width {
                let value = self.value((column, row), (frame.width, frame.height));
                let glyph = self.values.place(value).map_or('?', shade);
                screen.put(frame.left + column, frame.top + row, glyph, None);
            }
        }
    }

    fn draw_braille_boundary(&self, screen: &mut Screen, frame: &Frame) {
        let Some(level) = self.map.level else { return };
        let mut canvas = Canvas::new(frame.width, frame.height);
        for (from, to) in Grid::of(self.map, &self.axes.0, &self.axes.1, 200).line(level) {
            canvas.stroke(&[from, to], DASHES[0], None);
        }
        for (column, row, glyph, _) in canvas.cells() {
            screen.put(frame.left + column, frame.top + row, glyph, None);
        }
    }

    fn draw_letter_boundary(&self, screen: &mut Screen, frame: &Frame) {
        let size = (frame.width, frame.height);
        for (row, column) in (0..size.1).flat_map(|row| (0..size.0).map(move |column| (row, column))) {
            if self.is_boundary((column, row), size) {
                screen.put(frame.left + column, frame.top + row, '~', None);
            }
        }
    }

    fn draw_points(&self, screen: &mut Screen, frame: &Frame) {
        let (x, y) = self.axes;
        for dot in self.map.dots() {
            let Some((across, up)) = x.place_within(dot.at.0).zip(y.place_within(dot.at.1)) else { continue };
            let (column, row) = (frame.column(across), frame.row(up));
            let glyph = match (dot.upper, dot.lower) {
                (true, true) => screen.either('◐', '*'),
                (true, false) => screen.either('●', 'X'),
                _ => screen.either('○', 'O'),
            };
            let ground = self.values.place(self.map.at(dot.at.0, dot.at.1)).map(sequence);
            if let (true, Some(ground)) = (screen.colour(), ground) {
                screen.paint(column, row, ground);
            }
            let ink = screen.back(column, row).map(ink_on);
            screen.put(column, row, glyph, ink);
        }
    }
}

/// Draws the strip of colours or shades to the right of the picture, with its numbers.
fn draw_key(screen: &mut Screen, frame: &Frame, values: Axis, terminal: Terminal) {
    let left = frame.left + frame.width + 2;
    let share = |index: usize, count: usize| 1.0 - index as f64 / (count - 1) as f64;
    for row in 0..frame.height {
        for column in left..left + 2 {
            let at = (column, frame.top + row);
            if screen.colour() {
                let halves = [2 * row, 2 * row + 1].map(|half| sequence(share(half, frame.height * 2)));
                let lower = if screen.unicode() { halves[1] } else { mix(halves[0], halves[1], 0.5) };
                put_halves(screen, at, Some(if screen.unicode() { halves[0] } else { lower }), Some(lower));
            } else {
                screen.put(at.0, at.1, shade(share(row, frame.height)), None);
            }
        }
    }
    for (place, tick) in values.ticks((terminal.rows / 5).clamp(2, 6)) {
        screen.text(left + 3, frame.row(place), &tick.label, None);
    }
}

/// Puts two colours into one character, the upper half and the lower.
fn put_halves(screen: &mut Screen, at: (usize, usize), upper: Option<Rgb>, lower: Option<Rgb>) {
    match (upper, lower) {
        (Some(upper), Some(lower)) => {
            screen.paint(at.0, at.1, lower);
            let glyph = if upper == lower { ' ' } else { screen.either('▀', ' ') };
            screen.put(at.0, at.1, glyph, Some(upper));
        }
        (Some(upper), None) => screen.put(at.0, at.1, screen.either('▀', ' '), Some(upper)),
        (None, Some(lower)) => screen.put(at.0, at.1, screen.either('▄', ' '), Some(lower)),
        (None, None) => screen.put(at.0, at.1, screen.either('·', '?'), FAINT),
    }
}

pub(super) fn shade(place: f64) -> char {
    SHADES[((place * SHADES.len() as f64) as usize).min(SHADES.len() - 1)]
}
