//! Sweeps as tables: a list for one setting, a map for two.

use std::fmt::Write as _;

use super::text::{four, fraction, grouped, known, percent};
use crate::odds::sweep::{Sweep, Value};
use crate::odds::{End, Tally};
use crate::train::Reason;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Characters of a line.
    pub columns: usize,
    /// Whether characters beyond ASCII may be used.
    pub unicode: bool,
}

/// The rates of all settings: over two sweeps as a map, otherwise as a list with interval and median epochs.
/// `paint` colours the text of a rate, or leaves it.
pub fn settings_text(
    sweeps: &[Sweep],
    settings: &[(Vec<Value>, Tally)],
    screen: Screen,
    paint: &dyn Fn(f64, &str) -> String,
) -> String {
    match sweeps {
        [rows, columns] => map(rows, columns, settings, screen, paint),
        _ => list(sweeps, settings, paint),
    }
}

/// One line a setting.
fn list(sweeps: &[Sweep], settings: &[(Vec<Value>, Tally)], paint: &dyn Fn(f64, &str) -> String) -> String {
    let mut header: Vec<String> = sweeps.iter().map(|s| s.setting.name().to_owned()).collect();
    header.extend(["solved", "95 % interval", "median epochs", "restarts", "otherwise"].map(str::to_owned));
    let mut rows = vec![header];
    for (values, tally) in settings {
        let mut cells: Vec<String> = values.iter().map(ToString::to_string).collect();
        let (low, high) = tally.interval();
        let shown = |text: String| if tally.restarts() == 0 { "-".to_owned() } else { text };
        cells.push(shown(tally.rate().map_or_else(String::new, |rate| format!("{} %", percent(rate)))));
        cells.push(shown(format!("{} to {}", percent(low), percent(high))));
        cells.push(tally.epochs().quantile(0.5).map_or_else(|| "-".to_owned(), known));
        cells.push(grouped(tally.restarts()));
        let other = tally.ends().into_iter().find(|end| end.reason != Reason::Solved);
        cells.push(other.map_or_else(|| "-".to_owned(), |end| short(&end)));
        rows.push(cells);
    }
    let count = rows[0].len();
    let widths: Vec<usize> =
        (0..count).map(|c| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for (index, cells) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            // The last column has words.
            let padded = if column + 1 == count { cell.clone() } else { format!("{cell:>width$}") };
            let rate = index.checked_sub(1).and_then(|s| settings[s].1.rate());
            match rate.filter(|_| column == sweeps.len()) {
                Some(rate) => line.push_str(&paint(rate, &padded)),
                None => line.push_str(&padded),
            }
            line.push_str("  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The commonest way to end unsolved, in a few words.
fn short(end: &End) -> String {
    match &end.level {
        Some(level) if end.scattered => format!("losses about {}", four(level.loss)),
        Some(level) => format!("loss {}{}", four(level.loss), fraction(level)),
        None => end.reason.name().replace('-', " "),
    }
}

/// Shades for a share, where colours do not show it.
const SHADES: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Rates in percent: one line a value of the first sweep, one column a value of the second. Where a line has no room
/// for all columns, the table goes on below.
fn map(
    rows: &Sweep,
    columns: &Sweep,
    settings: &[(Vec<Value>, Tally)],
    screen: Screen,
    paint: &dyn Fn(f64, &str) -> String,
) -> String {
    let names = |sweep: &Sweep| sweep.values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (left, top) = (names(rows), names(columns));
    let label = left.iter().map(|n| n.chars().count()).max().unwrap_or(0).max(rows.setting.name().len());
    let width = top.iter().map(|n| n.chars().count()).max().unwrap_or(0).max(5);
    let fit = (screen.columns.saturating_sub(label) / (width + 1)).max(1);
    let mut text = format!(
        "Solved nets in percent: {} down, {} across\n",
        rows.setting.words(),
        columns.setting.words()
    );
    for first in (0..top.len()).step_by(fit) {
        let shown = first..top.len().min(first + fit);
        let _ = write!(text, "{:>label$}", rows.setting.name());
        for name in &top[shown.clone()] {
            let _ = write!(text, " {name:>width$}");
        }
        text.push('\n');
        for (row, name) in left.iter().enumerate() {
            let mut line = format!("{name:>label$}");
            for column in shown.clone() {
                let rate = settings.get(row * top.len() + column).and_then(|(_, tally)| tally.rate());
                line.push(' ');
                match rate {
                    Some(rate) => line.push_str(&paint(rate, &cell(rate, width, screen.unicode))),
                    None => {
                        let _ = write!(line, "{:>width$}", "-");
                    }
                }
            }
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

/// A rate in percent with its shade.
fn cell(rate: f64, width: usize, unicode: bool) -> String {
    if !unicode {
        return format!("{:>width$.0}", 100.0 * rate);
    }
    let shade = SHADES[((rate * 8.0).round() as usize).min(8)];
    format!("{:>width$.0} {shade}", 100.0 * rate, width = width - 2)
}
