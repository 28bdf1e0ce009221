//! What surrounds every terminal picture: title, axes, ticks and labels.

use super::Terminal;
use super::screen::{FAINT, Screen, centred_start, width};
use crate::axis::Axis;
use crate::ticks::Tick;

/// The lines below the picture: axis and tick numbers.
const AXIS_ROWS: usize = 2;

/// Where the picture lies on the screen, and what is written around it.
pub(super) struct Frame<'a> {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    title: &'a str,
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
        let top = usize::from(!texts.title.is_empty()) + usize::from(!texts.y_label.is_empty());
        let below = AXIS_ROWS + usize::from(!texts.x_label.is_empty()) + notes;
        let height = terminal.rows.saturating_sub(top + below).max(3);
        let y_ticks = axes.1.ticks((height / 3 + 1).clamp(if height < 5 { 2 } else { 3 }, 9));
        let gutter = y_ticks.iter().map(|(_, tick)| width(&tick.label)).max().unwrap_or(0);
        let left = gutter + 2;
        let width = terminal.columns.saturating_sub(left + beside).max(1);
        let Texts { title, x_label, y_label } = texts;
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
        screen.centred(middle, 0, self.title, None);
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

/// Writes entries after one another below the picture, each `(sample, name)` kept whole, on as
/// many lines as they need. Returns the lines: where each entry starts.
pub(super) fn flow(widths: &[usize], columns: usize) -> Vec<(usize, usize)> {
    let (mut line, mut at) = (0, 0);
    let mut places = Vec::with_capacity(widths.len());
    for wide in widths {
        if at > 0 && at + wide > columns {
            (line, at) = (line + 1, 0);
        }
        places.push((line, at));
        at += wide + 3;
    }
    places
}

/// Breaks a text into lines at its spaces.
pub(super) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
