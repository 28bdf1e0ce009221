//! A grid of characters with colours, written out at the end.
//!
//! Whatever falls outside the grid is cut off, so no line can be wider than the terminal.

use std::borrow::Cow;

use super::Terminal;
use crate::palette::Rgb;

/// Axes and notes, between text and background on light and on dark terminals.
pub(super) const FAINT: Option<Rgb> = Some(Rgb(128, 128, 128));

/// The right half of a character that is two columns wide.
const CONTINUED: char = '\0';

#[derive(Clone, Copy, PartialEq)]
struct Cell {
    glyph: char,
    fore: Option<Rgb>,
    back: Option<Rgb>,
}

const BLANK: Cell = Cell { glyph: ' ', fore: None, back: None };

/// A picture in the making.
pub(super) struct Screen {
    terminal: Terminal,
    cells: Vec<Vec<Cell>>,
}

impl Screen {
    pub(super) fn new(terminal: Terminal, rows: usize) -> Self {
        Screen { terminal, cells: vec![vec![BLANK; terminal.columns]; rows] }
    }

    pub(super) fn unicode(&self) -> bool {
        self.terminal.unicode
    }

    pub(super) fn colour(&self) -> bool {
        self.terminal.colour
    }

    /// Returns the first character where the terminal can show it, else the second.
    pub(super) fn either(&self, unicode: char, ascii: char) -> char {
        if self.terminal.unicode { unicode } else { ascii }
    }

    /// Sets one character. The background stays what it was.
    pub(super) fn put(&mut self, column: usize, row: usize, glyph: char, fore: Option<Rgb>) {
        let glyph = if glyph.is_ascii() || self.terminal.unicode { glyph } else { '?' };
        let Some(cells) = self.cells.get_mut(row).filter(|cells| column < cells.len()) else { return };
        // Half of a wide character cannot stay alone.
        if glyph != CONTINUED && cells[column].glyph == CONTINUED {
            cells[column - 1].glyph = ' ';
        }
        if cells.get(column + 1).is_some_and(|next| next.glyph == CONTINUED) {
            cells[column + 1].glyph = ' ';
        }
        cells[column].glyph = glyph;
        cells[column].fore = fore;
    }

    /// Sets the background of one character.
    pub(super) fn paint(&mut self, column: usize, row: usize, back: Rgb) {
        if let Some(cell) = self.cells.get_mut(row).and_then(|cells| cells.get_mut(column)) {
            cell.back = Some(back);
        }
    }

    pub(super) fn back(&self, column: usize, row: usize) -> Option<Rgb> {
        self.cells.get(row).and_then(|cells| cells.get(column)).and_then(|cell| cell.back)
    }

    pub(super) fn is_blank(&self, column: usize, row: usize) -> bool {
        self.cells.get(row).and_then(|cells| cells.get(column)) == Some(&BLANK)
    }

    /// Returns the character at a place, blank beyond the edges.
    pub(super) fn glyph(&self, column: usize, row: usize) -> char {
        self.cells.get(row).and_then(|cells| cells.get(column)).map_or(' ', |cell| cell.glyph)
    }

    /// Writes a text to the right of a column and returns the column after it. A text that does
    /// not fit ends in an ellipsis.
    pub(super) fn text(&mut self, column: usize, row: usize, text: &str, fore: Option<Rgb>) -> usize {
        let room = self.terminal.columns.saturating_sub(column);
        let mut at = column;
        let text = if self.terminal.unicode { Cow::Borrowed(text) } else { spelled(text) };
        for glyph in fitted(&text, room, self.terminal.unicode).chars() {
            let wide = if self.terminal.unicode { columns_of(glyph) } else { 1 };
            if wide > 0 {
                self.put(at, row, glyph, fore);
            }
            if wide > 1 {
                self.put(at + 1, row, CONTINUED, fore);
            }
            at += wide;
        }
        at
    }

    /// Writes a text with its middle at a column, moved where it would not fit.
    pub(super) fn centred(&mut self, middle: usize, row: usize, text: &str, fore: Option<Rgb>) {
        let wide = if self.terminal.unicode { width(text) } else { spelled(text).chars().count() };
        self.text(centred_start(middle, wide, self.terminal.columns), row, text, fore);
    }

    /// Adds an empty row at the end and returns its index.
    pub(super) fn add_row(&mut self) -> usize {
        self.cells.push(vec![BLANK; self.terminal.columns]);
        self.cells.len() - 1
    }

    /// Adds empty rows at the end and returns the index of the first.
    pub(super) fn add_rows(&mut self, count: usize) -> usize {
        let first = self.cells.len();
        (0..count).for_each(|_| {
            self.add_row();
        });
        first
    }

    pub(super) fn columns(&self) -> usize {
        self.terminal.columns
    }

    /// Writes the picture out.
    pub(super) fn finish(self) -> String {
        let mut out = String::new();
        for cells in &self.cells {
            let seen = |cell: &Cell| cell.glyph != ' ' || (self.terminal.colour && cell.back.is_some());
            let end = cells.iter().rposition(seen).map_or(0, |last| last + 1);
            let mut now = (None, None);
            for cell in cells[..end].iter().filter(|cell| cell.glyph != CONTINUED) {
                // A space has no ink, so its foreground need not be switched.
                let fore = if cell.glyph == ' ' { now.0 } else { cell.fore };
                if self.terminal.colour && now != (fore, cell.back) {
                    switch(&mut out, now, (fore, cell.back));
                    now = (fore, cell.back);
                }
                out.push(cell.glyph);
            }
            if now != (None, None) {
                out.push_str("\x1b[0m");
            }
            out.push('\n');
        }
        out
    }
}

type Colours = (Option<Rgb>, Option<Rgb>);

fn switch(out: &mut String, from: Colours, to: Colours) {
    for (from, to, code) in [(from.0, to.0, "3"), (from.1, to.1, "4")] {
        match to {
            _ if from == to => {}
            Some(Rgb(red, green, blue)) => {
                let channels = [red, green, blue].map(|channel| channel.to_string()).join(";");
                out.extend(["\x1b[", code, "8;2;", &channels, "m"]);
            }
            None => out.extend(["\x1b[", code, "9m"]),
        }
    }
}

/// Returns where a text starts whose middle is at a column, so that it stays within the columns.
pub(super) fn centred_start(middle: usize, width: usize, columns: usize) -> usize {
    middle.saturating_sub(width / 2).min(columns.saturating_sub(width))
}

/// Returns how many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Cuts a text to the room, with an ellipsis for what is lost, and makes control characters blank.
fn fitted(text: &str, room: usize, unicode: bool) -> String {
    let clean: String = text.chars().map(|glyph| if glyph.is_control() { ' ' } else { glyph }).collect();
    let measure = |glyph: char| if unicode { columns_of(glyph) } else { 1 };
    if clean.chars().map(measure).sum::<usize>() <= room {
        return clean;
    }
    let ellipsis = if unicode { "…" } else { ".." };
    let room = room.saturating_sub(ellipsis.chars().count());
    let mut used = 0;
    let kept = clean.chars().take_while(|glyph| {
        used += measure(*glyph);
        used <= room
    });
    kept.collect::<String>().trim_end().to_owned() + ellipsis
}

/// Returns how many columns a terminal gives a character: none to marks that join the one before,
/// two to the wide scripts of East Asia and to pictures, else one.
fn columns_of(glyph: char) -> usize {
    let code = u32::from(glyph);
    let joins = matches!(code, 0x300..=0x36F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F)
        || matches!(code, 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F | 0xFEFF | 0xE0000..=0xE0FFF);
    let is_wide = matches!(code, 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF)
        || matches!(code, 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF)
        || (0x20000..=0x3FFFD).contains(&code);
    match (joins, is_wide) {
        (true, _) => 0,
        (_, true) => 2,
        _ => 1,
    }
}

/// Spells out in ASCII what has a plain spelling.
fn spelled(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for glyph in text.chars() {
        match glyph {
            '−' | '–' | '—' => out.push('-'),
            '·' | '×' => out.push('*'),
            '²' => out.push_str("^2"),
            '³' => out.push_str("^3"),
            '⁴' => out.push_str("^4"),
            '₀'..='₉' => out.extend(char::from_digit(u32::from(glyph) - u32::from('₀'), 10)),
            '≤' => out.push_str("<="),
            '≥' => out.push_str(">="),
            '→' => out.push_str("->"),
            'θ' => out.push_str("theta"),
            'η' => out.push_str("eta"),
            '…' => out.push_str("..."),
            _ => out.push(glyph),
        }
    }
    Cow::Owned(out)
}
