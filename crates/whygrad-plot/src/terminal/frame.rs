//! What surrounds every terminal picture: title, axes, ticks and labels.

use super::Terminal;
use super::screen::{FAINT, Screen, centred_start, width};
use crate::axis::Axis;
use crate::ticks::Tick;

/// The lines below the picture: axis and tick numbers.
const AXIS_ROWS: usize = 2;

/// The lines of a picture with a title, the names of its axes and about eight lines of its own.
pub(super) const AROUND: usize = 14;

/// The most lines of a title.
const TITLE: usize = 3;

/// Where the picture lies on the screen, and what is written around it.
pub(super) struct Frame<'a> {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    title: Vec<String>,
    x_label: &'a str,
    y_label: &'a str,
    x: Axis<'a>,
    y_ticks: Vec<(f64, Tick)>,
}

/// The texts around a picture.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) title: &'a str,
    pub(super) x_label: &'a str,
    pub(super) y_label: &'a str,
}

impl<'a> Frame<'a> {
    /// Lays out a picture that leaves `notes` lines below and `beside` columns to the right.
    pub(super) fn new(
        terminal: Terminal,
        texts: Texts<'a>,
        axes: (Axis<'a>, Axis<'a>),
        notes: usize,
        beside: usize,
    ) -> Self {
        let title = title_lines(texts.title, terminal.columns);
        let top = title.len() + usize::from(!texts.y_label.is_empty());
        let below = AXIS_ROWS + usize::from(!texts.x_label.is_empty()) + notes;
        let height = terminal.rows.saturating_sub(top + below).max(3);
        let y_ticks = axes.1.ticks((height / 3 + 1).clamp(if height < 5 { 2 } else { 3 }, 9));
        let gutter = y_ticks.iter().map(|(_, tick)| width(&tick.label)).max().unwrap_or(0);
        let left = gutter + 2;
        let width = terminal.columns.saturating_sub(left + beside).max(1);
        let Texts { x_label, y_label, .. } = texts;
        Frame { left, top, width, height, title, x_label, y_label, x: axes.0, y_ticks }
    }

    /// Returns how many rows the picture takes without its notes.
    pub(super) fn rows(&self) -> usize {
        self.top + self.height + AXIS_ROWS + usize::from(!self.x_label.is_empty())
    }

    /// Returns the column of a place in 0..=1.
    pub(super) fn column(&self, place: f64) -> usize {
        self.left + (place * (self.width * 2 - 1) as f64).round() as usize / 2
    }

    /// Returns the row of a place in 0..=1, upwards.
    pub(super) fn row(&self, place: f64) -> usize {
        self.top + ((1.0 - place) * (self.height * 4 - 1) as f64).round() as usize / 4
    }

    /// Draws title, labels, axes and ticks.
    pub(super) fn draw(&self, screen: &mut Screen, columns: usize) {
        let middle = self.left + self.width / 2;
        for (row, line) in self.title.iter().enumerate() {
            screen.centred(middle, row, line, None);
        }
        if !self.y_label.is_empty() {
            screen.text(0, self.top - 1, self.y_label, FAINT);
        }
        let (bar, corner) = (screen.either('│', '|'), screen.either('└', '+'));
        let (floor, left_tick) = (screen.either('─', '-'), screen.either('┤', '+'));
        let bottom = self.top + self.height;
        for row in self.top..bottom {
            screen.put(self.left - 1, row, bar, FAINT);
        }
        for (place, tick) in &self.y_ticks {
            let row = self.row(*place);
            screen.text((self.left - 2) - width(&tick.label), row, &tick.label, None);
            screen.put(self.left - 1, row, left_tick, FAINT);
        }
        screen.put(self.left - 1, bottom, corner, FAINT);
        for column in self.left..self.left + self.width {
            screen.put(column, bottom, floor, FAINT);
        }
        for (start, column, label) in self.x_ticks(columns) {
            screen.put(column, bottom, screen.either('┬', '+'), FAINT);
            screen.text(start, bottom + 1, &label, None);
        }
        if !self.x_label.is_empty() {
            screen.centred(middle, bottom + 2, self.x_label, FAINT);
        }
    }

    /// Returns as many horizontal ticks as stand apart: where the label starts, its tick, the label.
    fn x_ticks(&self, columns: usize) -> Vec<(usize, usize, String)> {
        for at_most in (1..=(self.width / 6).clamp(2, 10).max(self.x.names().len().min(self.width))).rev() {
            let ticks = self.x.ticks(at_most).into_iter().map(|(place, tick)| {
                let column = self.column(place);
                (centred_start(column, width(&tick.label), columns), column, tick.label)
            });
            let ticks: Vec<_> = ticks.collect();
            if ticks.windows(2).all(|pair| pair[0].0 + width(&pair[0].2) + 2 <= pair[1].0) {
                return ticks;
            }
        }
        Vec::new()
    }
}

/// What is written below steps that have names, and the entries of a legend where numbers stand for the names.
pub(super) struct Below {
    pub(super) labels: Vec<String>,
    pub(super) legend: Vec<String>,
}

/// Returns the names themselves where each fits into its step of so many columns; words that do not are numbered.
/// Numbers stay, because those left out can be told from their neighbours.
pub(super) fn below(names: &[String], step: usize) -> Below {
    let fit = names.iter().all(|name| width(name) < step);
    if fit || names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return Below { labels: names.to_vec(), legend: Vec::new() };
    }
    let legend = names.iter().enumerate().map(|(index, name)| format!("{} = {name}", index + 1));
    Below { labels: (1..=names.len()).map(|number| number.to_string()).collect(), legend: legend.collect() }
}

/// An entry of a legend: the line and the column where its sample begins, and its name, which may take several lines.
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) at: usize,
    name: Vec<String>,
}

impl Entry {
    /// Writes the name beside a sample at a place of the screen that takes so many columns.
    pub(super) fn write(&self, screen: &mut Screen, (column, row): (usize, usize), sample: usize) {
        for (line, name) in self.name.iter().enumerate() {
            screen.text(column + sample, row + line, name, None);
        }
    }
}

/// Lays entries out one after another, each `(sample, name)` kept whole where a line of so many columns can hold it; else
/// its name goes on in the next line. Returns the entries and how many lines they take.
pub(super) fn flow<'n>(
    entries: impl IntoIterator<Item = (usize, &'n str)>,
    columns: usize,
) -> (Vec<Entry>, usize) {
    let (mut line, mut at) = (0, 0);
    let mut places = Vec::new();
    for (sample, name) in entries {
        let wide = sample + width(name);
        if at > 0 && at + wide > columns {
            (line, at) = (line + 1, 0);
        }
        let name = if wide <= columns {
            vec![name.to_owned()]
        } else {
            wrapped(name, columns.saturating_sub(sample).max(1))
        };
        let lines = name.len();
        let name = name.into_iter().map(|line| line.replace(NO_BREAK, " ")).collect();
        places.push(Entry { line, at, name });
        if lines > 1 {
            // Nothing stands beside a name of several lines.
            (line, at) = (line + lines, 0);
        } else {
            at += wide + 3;
        }
    }
    let rows = places.last().map_or(0, |entry| entry.line + entry.name.len().max(1));
    (places, rows)
}

/// Breaks a title into lines, no more than can be taken in.
pub(super) fn title_lines(title: &str, columns: usize) -> Vec<String> {
    let mut lines = wrapped(title, columns);
    if lines.len() > TITLE {
        let rest = lines.split_off(TITLE - 1).join(" ");
        lines.push(rest);
    }
    lines
}

/// A space at which no line ends.
pub(super) const NO_BREAK: char = '\u{a0}';

/// Breaks a text into lines at its spaces; a word that is longer than a line is broken too.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let ends = |glyph: char| glyph.is_whitespace() && glyph != NO_BREAK;
    for word in text.split(ends).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ if width(word) <= columns => lines.push(word.to_owned()),
            _ => lines.extend(broken(word, columns)),
        }
    }
    lines
}

/// Breaks a word into pieces of a line.
fn broken(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for glyph in word.chars() {
        let full = pieces.last().is_some_and(|piece| {
            !piece.is_empty() && width(piece) + width(glyph.encode_utf8(&mut [0; 4])) > columns
        });
        if full {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(glyph);
        }
    }
    pieces
}
