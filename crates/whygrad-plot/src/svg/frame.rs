//! What surrounds every SVG picture: title, axes, ticks and labels.

use super::{Anchor, Page, coordinate, fitted, text_width};
use crate::axis::Axis;
use crate::ticks::Tick;

/// The font size of ticks, labels and legend.
pub(super) const SIZE: f64 = 12.0;

/// Where the picture lies on the page.
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    x: Axis,
    y_ticks: Vec<(f64, Tick)>,
}

/// The texts around a picture.
pub(super) struct Texts<'a> {
    pub(super) title: &'a str,
    pub(super) x_label: &'a str,
    pub(super) y_label: &'a str,
    pub(super) note: Option<String>,
}

impl Frame {
    /// Lays out a picture with `header` pixels between title and picture, and `beside` to its right.
    pub(super) fn new(page: &Page, texts: &Texts, axes: (Axis, Axis), header: f64, beside: f64) -> Self {
        let top = if texts.title.is_empty() { 12.0 } else { 36.0 } + header;
        let label = if texts.x_label.is_empty() { 0.0 } else { 18.0 };
        let note = if texts.note.is_some() { 16.0 } else { 0.0 };
        let height = (page.height - top - 30.0 - label - note).max(20.0);
        let y_ticks = axes.1.ticks(((height / 48.0) as usize).clamp(2, 10));
        let widest = y_ticks.iter().map(|(_, tick)| text_width(&written(tick), SIZE)).fold(0.0, f64::max);
        let left = 16.0 + widest + 8.0;
        let width = (page.width - left - 20.0 - beside).max(20.0);
        Frame { left, top, width, height, x: axes.0, y_ticks }
    }

    /// Returns the point on the page for a place in 0..=1 to the right and upwards.
    pub(super) fn at(&self, (across, up): (f64, f64)) -> (f64, f64) {
        (self.left + across * self.width, self.top + (1.0 - up) * self.height)
    }

    /// Draws title, labels and ticks, with grid lines where there is no surface to hide them.
    pub(super) fn draw(&self, page: &mut Page, texts: &Texts, grid: bool) {
        let (ink, faint, line) = (page.theme.ink, page.theme.faint, page.theme.grid);
        let bottom = self.top + self.height;
        let room = page.width - self.left - 12.0;
        if !texts.title.is_empty() {
            let bold = " font-size=\"15\" font-weight=\"600\"";
            page.styled_text((self.left, 25.0), Anchor::Start, ink, bold, &fitted(texts.title, 15.0, room));
        }
        if !texts.y_label.is_empty() {
            let label = fitted(texts.y_label, SIZE, room);
            page.text((self.left, self.top - 9.0), Anchor::Start, faint, &label);
        }
        for (place, tick) in &self.y_ticks {
            let (x, y) = self.at((0.0, *place));
            let from = if grid { x } else { x - 4.0 };
            let to = if grid { x + self.width } else { x };
            page.line((from, y), (to, y), if grid { line } else { faint }, "");
            page.text((x - 8.0, y + 4.0), Anchor::End, faint, &written(tick));
        }
        for (place, tick) in self.x_ticks() {
            let (x, y) = self.at((place, 0.0));
            page.line((x, y), (x, y + 5.0), faint, "");
            page.text((x, y + 18.0), Anchor::Middle, faint, &written(&tick));
        }
        page.line((self.left, bottom), (self.left + self.width, bottom), faint, "");
        if !texts.x_label.is_empty() {
            let label = fitted(texts.x_label, SIZE, self.width);
            page.text((self.left + self.width / 2.0, bottom + 37.0), Anchor::Middle, faint, &label);
        }
        if let Some(note) = &texts.note {
            let note = fitted(note, 11.0, page.width - 24.0);
            let place = (12.0, page.height - 8.0);
            page.styled_text(place, Anchor::Start, faint, " font-size=\"11\" font-style=\"italic\"", &note);
        }
    }

    /// Returns as many horizontal ticks as have labels that stand apart.
    fn x_ticks(&self) -> Vec<(f64, Tick)> {
        for at_most in (1..=((self.width / 48.0) as usize).clamp(2, 12)).rev() {
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
        None => tick.label.replace('-', "\u{2212}"),
    }
}

/// Writes the commands of a path through points, absolute, closed if asked.
pub(super) fn path(points: impl Iterator<Item = (f64, f64)>, closed: bool) -> String {
    let mut out = String::new();
    let mut command = 'M';
    for (x, y) in points {
        out.push(command);
        out.push_str(&coordinate(x));
        out.push(' ');
        out.push_str(&coordinate(y));
        command = 'L';
    }
    if closed {
        out.push('Z');
    }
    out
}
