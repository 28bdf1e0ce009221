//! What lies on a map on a terminal: ways as dots, places as letters.

use std::collections::BTreeSet;

use super::frame::{Frame, NO_BREAK};
use super::letters;
use super::screen::Screen;
use crate::figure::{Map, PathKind};
use crate::palette::{ink_on, sequence};
use crate::way::{Station, parts, thinned};

/// The glyphs of ways, on Unicode terminals and on others.
const WAYS: [(char, char); 4] = [('•', 'o'), ('◦', 'c'), ('▪', 'e'), ('▫', 'n')];

/// The glyph of a border.
const BORDER: (char, char) = ('┊', '!');

/// Returns the entries of the legend: what the colours are, the ways by name, the places by letter.
pub(super) fn legend(map: &Map, unicode: bool) -> Vec<(char, String)> {
    let either = |(wide, ascii): (char, char)| if unicode { wide } else { ascii };
    let mut entries = Vec::new();
    if !map.value_label.trim().is_empty() {
        let log = if map.value_log { ", logarithmic" } else { "" };
        entries.push((either(('▒', '#')), format!("{}{log}", map.value_label)));
    }
    let steps = map.paths.iter().filter(|path| path.kind == PathKind::Steps);
    for (index, path) in steps.enumerate() {
        entries.push((either(WAYS[index % WAYS.len()]), named(&path.name, "way")));
    }
    let borders = map.paths.iter().filter(|path| path.kind == PathKind::Border);
    let borders: Vec<String> = borders.map(|path| named(&path.name, "border")).collect();
    // Of several, each has a letter, and its name stays in one line.
    let borders: Vec<String> = if borders.len() < 2 {
        borders
    } else {
        let each = borders.iter().enumerate();
        each.map(|(index, name)| {
            format!("{} {name}", letters::letter(index)).replace(' ', NO_BREAK.encode_utf8(&mut [0; 2]))
        })
        .collect()
    };
    if !borders.is_empty() {
        entries.push((either(BORDER), borders.join(", ")));
    }
    let spots = map.spots.iter().enumerate();
    entries.extend(spots.map(|(index, spot)| (letter(index), named(&spot.label, "place"))));
    entries
}

fn named(name: &str, what: &str) -> String {
    if name.trim().is_empty() { what.to_owned() } else { name.to_owned() }
}

/// Returns the letter of a place; there are never too many for a legend to hold.
fn letter(index: usize) -> char {
    let letters = ('A'..='Z').filter(|letter| !"OX".contains(*letter)).chain('a'..='z');
    letters.cycle().nth(index % 50).unwrap_or('?')
}

/// Draws the borders and the ways, the first way on top.
pub(super) fn draw_ways(screen: &mut Screen, frame: &Frame, map: &Map) {
    for path in map.paths.iter().filter(|path| path.kind == PathKind::Border) {
        let glyph = screen.either(BORDER.0, BORDER.1);
        for at in cells(frame, map, path) {
            put(screen, map, frame, at, glyph);
        }
    }
    let steps: Vec<_> = map.paths.iter().filter(|path| path.kind == PathKind::Steps).collect();
    for (index, path) in steps.into_iter().enumerate().rev() {
        let glyph = WAYS[index % WAYS.len()];
        let glyph = screen.either(glyph.0, glyph.1);
        for at in cells(frame, map, path) {
            put(screen, map, frame, at, glyph);
        }
    }
}

/// Puts letters on borders that are several, where nothing lies on them.
pub(super) fn draw_letters(screen: &mut Screen, frame: &Frame, map: &Map) {
    let glyph = screen.either(BORDER.0, BORDER.1);
    let borders = map.paths.iter().filter(|path| path.kind == PathKind::Border);
    let seen: Vec<BTreeSet<letters::At>> = borders
        .map(|path| {
            let seen = cells(frame, map, path).into_iter().filter(|at| screen.glyph(at.0, at.1) == glyph);
            seen.map(|(column, row)| (column - frame.left, row)).collect()
        })
        .collect();
    if seen.len() > 1 {
        for (border, (column, row)) in letters::places(&seen, frame.width) {
            put(screen, map, frame, (frame.left + column, row), letters::letter(border));
        }
    }
}

/// Draws the places as letters; of two in one cell, the second moves to a free one beside it.
pub(super) fn draw_spots(screen: &mut Screen, frame: &Frame, map: &Map) {
    let (x, y) = map.axes();
    let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (index, spot) in map.spots.iter().enumerate() {
        let Some((across, up)) = x.place_within(spot.x).zip(y.place_within(spot.y)) else { continue };
        let (column, row) = (frame.column(across), frame.row(up));
        let around = [(0, 0), (1, 0), (-1, 0), (0, -1), (0, 1), (2, 0), (-2, 0)];
        let free = around.into_iter().find_map(|(right, down)| {
            let at = (column.checked_add_signed(right)?, row.checked_add_signed(down)?);
            let within = (frame.left..frame.left + frame.width).contains(&at.0)
                && (frame.top..frame.top + frame.height).contains(&at.1);
            (within && taken.insert(at)).then_some(at)
        });
        put(screen, map, frame, free.unwrap_or((column, row)), letter(index));
    }
}

/// Returns the characters that a way runs through.
fn cells(frame: &Frame, map: &Map, path: &crate::MapPath) -> BTreeSet<(usize, usize)> {
    let (wide, high) = ((2 * frame.width) as f64, (2 * frame.height) as f64);
    let at = |station: &Station| (wide * station.place.0, high * station.place.1);
    let mut cells = BTreeSet::new();
    for part in thinned(&parts(map, path), at, 4000) {
        let cell = |station: &Station| (frame.column(station.place.0), frame.row(station.place.1));
        cells.extend(part.first().map(cell));
        for ends in part.windows(2) {
            let (from, to) = (cell(&ends[0]), cell(&ends[1]));
            let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1));
            cells
                .extend((1..=steps).map(|step| cell(&ends[0].towards(&ends[1], step as f64 / steps as f64))));
        }
    }
    cells
}

/// Puts a glyph on the map, on the colour of the place beneath.
fn put(screen: &mut Screen, map: &Map, frame: &Frame, (column, row): (usize, usize), glyph: char) {
    let (x, y) = map.axes();
    let share =
        |at: usize, from: usize, size: usize| (at - from) as f64 / size.max(2).saturating_sub(1) as f64;
    let place = (share(column, frame.left, frame.width), 1.0 - share(row, frame.top, frame.height));
    let ground = map.value_axis().place(map.at(x.value(place.0), y.value(place.1))).map(sequence);
    if let (true, Some(ground)) = (screen.colour(), ground) {
        screen.paint(column, row, ground);
    }
    let ink = screen.back(column, row).map(ink_on);
    screen.put(column, row, glyph, ink);
}
