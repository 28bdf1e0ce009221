//! What surrounds every SVG picture: title, axes, ticks and labels.

use super::{Anchor, Page, coordinate, fitted, text_width, wrapped};
use crate::axis::Axis;
use crate::ticks::Tick;

/// The font size of ticks, labels and legend: still read where a picture is shown at two thirds of its size.
pub(super) const SIZE: f64 = 13.0;

/// The font size of titles.
const TITLE: f64 = 16.0;

/// Where title, legend and the name of the vertical axis begin.
pub(super) const EDGE: f64 = 12.0;

/// The room that one line of tick labels takes.
const LINE: f64 = 19.0;

/// The height of a line of notes.
pub(super) const NOTE: f64 = 16.0;

/// The sine and cosine of the angle by which names are turned where they would meet: 40 degrees.
const SLANT: (f64, f64) = (0.642_787_609_686_539_4, 0.766_044_443_118_978);

/// Where the picture lies on the page.
pub(super) struct Frame<'a> {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Where the room for a legend begins, below the title.
    pub(super) header: f64,
    x: Axis<'a>,
    y_ticks: Vec<(f64, Tick)>,
    /// The room below the picture for tick labels.
    depth: f64,
    slanted: bool,
    /// The lines of text below everything.
    notes: Vec<String>,
}

/// The texts around a picture.
pub(super) struct Texts<'a> {
    pub(super) title: &'a str,
    pub(super) x_label: &'a str,
    pub(super) y_label: &'a str,
    /// Sentences below the picture.
    pub(super) notes: Vec<String>,
}

impl Texts<'_> {
    /// The name of the vertical axis, unless the title says the same.
    pub(super) fn upwards(&self) -> &str {
        if self.y_label.to_lowercase() == self.title.to_lowercase() { "" } else { self.y_label }
    }
}

/// What else needs room on the page.
#[derive(Clone, Copy)]
pub(super) struct Room {
    /// Pixels between the title and the picture, without the name of the vertical axis.
    pub(super) header: f64,
    /// Pixels to the right of the picture.
    pub(super) beside: f64,
    /// The widest picture that is wanted.
    pub(super) widest: f64,
    /// How many times as wide as high the picture is, where that matters.
    pub(super) ratio: Option<f64>,
    /// Whether a line of text stands above the right end of the picture.
    pub(super) above: bool,
}

impl Default for Room {
    fn default() -> Self {
        Room { header: 0.0, beside: 0.0, widest: f64::INFINITY, ratio: None, above: false }
    }
}

impl<'a> Frame<'a> {
    /// Lays out a picture. Notes and a long legend make the page higher; a picture that must not be stretched makes it
    /// lower.
    pub(super) fn new(page: &mut Page, texts: &Texts, axes: (Axis<'a>, Axis<'a>), room: Room) -> Self {
        let header = header(texts.title, page.width);
        let top = header + room.header + if texts.upwards().is_empty() && !room.above { 4.0 } else { 26.0 };
        let notes = note_lines(&texts.notes, page.width);
        page.height += (room.header - 2.0 * 18.0).max(0.0) + NOTE * notes.len().saturating_sub(1) as f64;
        let label = if texts.x_label.is_empty() { 0.0 } else { 18.0 };
        let note = NOTE * notes.len() as f64;
        let left_at_most = 0.36 * page.width;
        let names = axes.0.names();
        let longest = names.iter().map(|name| text_width(name, SIZE)).fold(0.0, f64::max);
        let mut frame = Frame {
            left: 24.0,
            top,
            width: 0.0,
            height: page.height - top,
            header,
            x: axes.0,
            y_ticks: Vec::new(),
            depth: LINE,
            slanted: false,
            notes,
        };
        // Names below take height, and the height decides which ticks stand at the left: the second round settles it.
        for _ in 0..2 {
            frame.height = (page.height - top - 12.0 - frame.depth - label - note).max(20.0);
            frame.y_ticks = match axes.1.names() {
                [] => axes.1.ticks(
                    ((frame.height / 42.0) as usize)
                        .max((frame.height / 26.0).min(4.0) as usize)
                        .clamp(2, 10),
                ),
                _ => axes.1.ticks(((frame.height / 15.0) as usize).max(1)),
            };
            let labels = frame.y_ticks.iter().map(|(_, tick)| text_width(&written(tick), SIZE));
            let gutter = labels.fold(0.0, f64::max);
            frame.left = (24.0 + gutter).min(left_at_most.max(24.0));
            frame.width = (page.width - frame.left - 20.0 - room.beside).clamp(20.0, room.widest.max(20.0));
            let slot = frame.width / names.len().max(1) as f64;
            let numbers = names.iter().all(|name| name.parse::<f64>().is_ok());
            if !numbers && longest + 8.0 > slot {
                // The first name reaches out to the left.
                let wanted = (longest * SLANT.1 - slot / 2.0 + 8.0).min(left_at_most);
                frame.width -= (wanted - frame.left).max(0.0).min(frame.width - 20.0);
                frame.left = frame.left.max(wanted);
                frame.slanted = true;
                frame.depth = (longest * SLANT.0 + 16.0).min(0.3 * page.height);
            }
            if let Some(ratio) = room.ratio {
                frame.width = frame.width.min(frame.height * ratio);
                let spare = (frame.height - (frame.width / ratio).max(110.0)).max(0.0);
                frame.height -= spare;
                page.height -= spare;
            }
        }
        frame
    }

    /// Returns the point on the page for a place in 0..=1 to the right and upwards.
    pub(super) fn at(&self, (across, up): (f64, f64)) -> (f64, f64) {
        (self.left + across * self.width, self.top + (1.0 - up) * self.height)
    }

    /// Draws title, labels and ticks, with grid lines where there is no surface to hide them.
    pub(super) fn draw(&self, page: &mut Page, texts: &Texts, grid: bool) {
        let (faint, line) = (page.theme.faint, page.theme.grid);
        let bottom = self.top + self.height;
        let room = page.width - 2.0 * EDGE;
        draw_title(page, texts.title);
        if !texts.upwards().is_empty() {
            let label = fitted(texts.upwards(), SIZE, room);
            page.text((EDGE, self.top - 16.0), Anchor::Start, faint, &label);
        }
        for (place, tick) in &self.y_ticks {
            let (x, y) = self.at((0.0, *place));
            let from = if grid { x } else { x - 4.0 };
            let to = if grid { x + self.width } else { x };
            page.line((from, y), (to, y), if grid { line } else { faint }, "");
            let label = fitted(&written(tick), SIZE, self.left - 14.0);
            page.text((x - 8.0, y + 4.5), Anchor::End, faint, &label);
        }
        for (place, tick) in self.x_ticks() {
            let (x, y) = self.at((place, 0.0));
            page.line((x, y), (x, y + 5.0), faint, "");
            if self.slanted {
                let deep = (self.depth - 14.0) / SLANT.0;
                let label = fitted(&written(&tick), SIZE, deep.min((x - 4.0) / SLANT.1));
                let turned =
                    format!(" transform=\"rotate(-40 {} {})\"", coordinate(x + 3.0), coordinate(y + 14.0));
                page.styled_text((x + 3.0, y + 14.0), Anchor::End, faint, &turned, &label);
            } else {
                page.text((x, y + LINE), Anchor::Middle, faint, &written(&tick));
            }
        }
        page.line((self.left, bottom), (self.left + self.width, bottom), faint, "");
        if !texts.x_label.is_empty() {
            let label = fitted(texts.x_label, SIZE, room);
            let half = text_width(&label, SIZE) / 2.0;
            let middle = (self.left + self.width / 2.0).min(page.width - EDGE - half).max(EDGE + half);
            page.text((middle, bottom + self.depth + LINE), Anchor::Middle, faint, &label);
        }
        draw_notes(page, &self.notes);
    }

    /// Returns as many horizontal ticks as have labels that stand apart.
    fn x_ticks(&self) -> Vec<(f64, Tick)> {
        let names = self.x.names().len();
        if self.slanted {
            return self.x.ticks((self.width / 15.0) as usize);
        }
        for at_most in (1..=((self.width / 48.0) as usize).clamp(2, 12).max(names.min(200))).rev() {
            let ticks = self.x.ticks(at_most);
            let apart = ticks.windows(2).all(|pair| {
                let labels = text_width(&written(&pair[0].1), SIZE) + text_width(&written(&pair[1].1), SIZE);
                (pair[1].0 - pair[0].0) * self.width >= labels / 2.0 + 12.0
            });
            if apart {
                return ticks;
            }
        }
        Vec::new()
    }
}

/// Returns the room that a title takes.
pub(super) fn header(title: &str, width: f64) -> f64 {
    match title_lines(title, width).len() {
        0 => 12.0,
        lines => 36.0 + 20.0 * (lines - 1) as f64,
    }
}

/// Writes the title at the top.
pub(super) fn draw_title(page: &mut Page, title: &str) {
    let (ink, width) = (page.theme.ink, page.width);
    for (line, title) in title_lines(title, width).iter().enumerate() {
        let bold = format!(" font-size=\"{TITLE}\" font-weight=\"600\"");
        page.styled_text((EDGE, 25.0 + 20.0 * line as f64), Anchor::Start, ink, &bold, title);
    }
}

/// Breaks notes into lines of the page.
pub(super) fn note_lines(notes: &[String], width: f64) -> Vec<String> {
    notes.iter().flat_map(|note| wrapped(note, 12.0, width - 2.0 * EDGE)).collect()
}

/// Writes lines of notes at the foot of the page.
pub(super) fn draw_notes(page: &mut Page, lines: &[String]) {
    let (faint, height) = (page.theme.faint, page.height);
    for (index, line) in lines.iter().enumerate() {
        let place = (EDGE, height - 8.0 - NOTE * (lines.len() - 1 - index) as f64);
        page.styled_text(place, Anchor::Start, faint, " font-size=\"12\" font-style=\"italic\"", line);
    }
}

/// Breaks a title into at most two lines; the second is cut where it does not fit.
fn title_lines(title: &str, width: f64) -> Vec<String> {
    // Bold letters are wider.
    let (size, room) = (1.08 * TITLE, width - 2.0 * EDGE);
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        let end = lines.len();
        match lines.last_mut() {
            Some(line) if end == 2 || text_width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| fitted(line, size, room)).collect()
}

/// Writes a tick; a power of ten gets a raised exponent where its neighbours need one.
pub(super) fn written(tick: &Tick) -> String {
    match tick.power {
        Some(power) => {
            let digits = power.to_string();
            let raised = digits.chars().map(|digit| match digit {
                '-' => '⁻',
                '1' => '¹',
                '2' => '²',
                '3' => '³',
                '4' => '⁴',
                '5' => '⁵',
                '6' => '⁶',
                '7' => '⁷',
                '8' => '⁸',
                '9' => '⁹',
                _ => '⁰',
            });
            format!("10{}", raised.collect::<String>())
        }
        None => minus(&tick.label),
    }
}

/// Writes a number with a minus sign in place of a hyphen; a name keeps its hyphens.
pub(crate) fn minus(text: &str) -> String {
    if text.parse::<f64>().is_ok() { text.replace('-', "\u{2212}") } else { text.to_owned() }
}
