//! A tally in words and bars.

use std::fmt::Write as _;

use super::settings::Screen;
use crate::odds::{End, Level, QUANTILES, Tally};
use crate::train::{Ending, Reason};

/// The most bars of the histogram.
const BARS: usize = 12;

/// The rate with its interval alone, in a line, or in two where the screen is narrow.
pub fn odds_line(tally: &Tally, screen: Screen) -> String {
    rate_line(tally, screen)
}

/// The rate, the epochs to the solution, the ways to end, and restarts to look at; `replay` gives the command that
/// trains a restart again.
pub fn odds_text(tally: &Tally, screen: Screen, replay: &dyn Fn(u64) -> String) -> String {
    let mut text = rate_line(tally, screen);
    if tally.solved() > 0 {
        text.push_str(&quantiles(tally));
        text.push_str(&histogram(tally, screen));
    }
    text.push_str(&ends(tally));
    text.push_str(&replays_text(tally, replay));
    text
}

fn rate_line(tally: &Tally, screen: Screen) -> String {
    let Some(rate) = tally.rate() else { return "No restart has ended yet.\n".to_owned() };
    let (low, high) = tally.interval();
    let said = format!(
        "Solved {} of {} restart{}: {} %,",
        grouped(tally.solved()),
        grouped(tally.restarts()),
        if tally.restarts() == 1 { "" } else { "s" },
        percent(rate)
    );
    let interval = format!("95 % interval {} % to {} %.", percent(low), percent(high));
    let gap = if said.len() + interval.len() < screen.columns { ' ' } else { '\n' };
    format!("{said}{gap}{interval}\n")
}

fn quantiles(tally: &Tally) -> String {
    let columns = QUANTILES.map(|q| {
        let epochs = tally.epochs().quantile(q).map_or_else(String::new, known);
        (format!("{:.0} %", 100.0 * q), epochs)
    });
    let (mut head, mut body) = (String::new(), String::new());
    for (share, epochs) in columns {
        let width = share.len().max(epochs.len()) + 2;
        let _ = write!(head, "{share:>width$}");
        let _ = write!(body, "{epochs:>width$}");
    }
    format!("\nEpochs to the solution, of the solved nets:\n{head}\n{body}\n")
}

/// The bars of so many nets: with few in each, a histogram says nothing that a list would not (twice the cube root,
/// the rule of Rice).
fn bars(nets: u64) -> usize {
    ((2.0 * libm::cbrt(nets as f64)).ceil() as usize).min(BARS)
}

fn histogram(tally: &Tally, screen: Screen) -> String {
    let bins = tally.epochs().histogram(bars(tally.solved()));
    if bins.len() < 2 {
        return String::new();
    }
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(1).max(1);
    let labels: Vec<String> = bins
        .iter()
        .map(|bin| match (bin.from as u64, bin.to as u64 - 1) {
            (from, to) if from == to => grouped(from),
            (from, to) => format!("{} to {}", grouped(from), grouped(to)),
        })
        .collect();
    let counts: Vec<String> = bins.iter().map(|bin| grouped(bin.count)).collect();
    let widest = |texts: &[String]| texts.iter().map(String::len).max().unwrap_or(0);
    let (label, count) = (widest(&labels), widest(&counts));
    let room = screen.columns.saturating_sub(label + count + 6).clamp(1, 50);
    let mut text = String::from("\n");
    for ((bin, name), number) in bins.iter().zip(&labels).zip(&counts) {
        let bar = bar(bin.count as f64 / most as f64, room, screen.unicode);
        let _ = writeln!(text, "  {name:>label$}  {number:>count$}  {bar}");
    }
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A bar of a share of the room, to an eighth of a character where there is Unicode.
fn bar(share: f64, room: usize, unicode: bool) -> String {
    if !unicode {
        return "#".repeat((share * room as f64).ceil() as usize);
    }
    let eighths = (share * room as f64 * 8.0).ceil() as usize;
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    "█".repeat(eighths / 8) + rest
}

fn ends(tally: &Tally) -> String {
    let ends = tally.ends();
    if ends.is_empty() {
        return String::new();
    }
    let counts: Vec<String> = ends.iter().map(|end| grouped(end.count)).collect();
    let width = counts.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::from("\nHow nets end:\n");
    for (end, count) in ends.iter().zip(&counts) {
        let share = percent(end.count as f64 / tally.restarts() as f64);
        let _ = writeln!(text, "  {share:>6} %  {count:>width$}  {}", sentence(end));
    }
    text
}

fn sentence(end: &End) -> String {
    let reason = match end.reason {
        Reason::Solved => "solved",
        Reason::Epochs => "all epochs done",
        Reason::TargetLoss => "loss as low as --target-loss",
        Reason::Within => "outputs as near as --within",
        Reason::SmallestChange => "standing still (--tol)",
        Reason::GradientNorm => "flat (--gradient-norm)",
        Reason::LeftDomain => "a parameter left its domain",
        Reason::Overflow => "overflow",
        Reason::Stationary => "the gradient is exactly 0",
        Reason::NoDecrease => "no step makes the loss smaller",
    };
    let Some(level) = &end.level else { return reason.to_owned() };
    if end.reason == Reason::Solved {
        return format!("{reason}, median loss {}", four(level.loss));
    }
    if end.scattered && level.low < level.high {
        let (median, low, high) = (four(level.loss), four(level.low), four(level.high));
        return format!("{reason}, losses from {low} to {high}, median {median}");
    }
    format!("{reason} at loss {}{}", four(level.loss), fraction(level))
}

/// The fraction that a level is at or near, in brackets; nothing for none.
pub(super) fn fraction(level: &Level) -> String {
    match (level.fraction, level.near) {
        (Some((p, 1)), _) => format!(" ({p})"),
        (Some((p, q)), _) => format!(" ({p}/{q})"),
        (None, Some((p, q))) => format!(" (near {p}/{q})"),
        (None, None) => String::new(),
    }
}

/// The restarts worth a look, each with the command that `replay` gives for it; nothing for none.
pub fn replays_text(tally: &Tally, replay: &dyn Fn(u64) -> String) -> String {
    let mut text = String::new();
    let mut add = |what: &str, endings: &[Ending], told: &dyn Fn(&Ending) -> String| {
        if let Some(ending) = endings.first() {
            let _ = writeln!(text, "  {what}, {}:\n    {}", told(ending), replay(ending.restart));
        }
    };
    let epochs = |ending: &Ending| {
        let epochs = ending.first_solved.unwrap_or(ending.epochs);
        format!("{} epoch{}", grouped(epochs), if epochs == 1 { "" } else { "s" })
    };
    add("fastest", tally.fastest(), &epochs);
    if tally.solved() > 1 {
        add("slowest", tally.slowest(), &epochs);
    }
    add("worst", tally.worst(), &|ending| match ending.reason {
        Reason::Overflow | Reason::LeftDomain => ending.reason.name().replace('-', " "),
        _ => format!("loss {}", four(ending.loss)),
    });
    if text.is_empty() { text } else { format!("\nTo replay:\n{text}") }
}

/// A share in percent, with as many digits as tell it from 0 and 100.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let edge = percent.min(100.0 - percent);
    if edge > 0.0 && edge < 0.05 { format!("{percent:.4}") } else { format!("{percent:.1}") }
}

/// A loss with four digits.
pub(super) fn four(loss: f64) -> String {
    match loss.abs() {
        0.0 => "0".to_owned(),
        size if (0.01..1e4).contains(&size) => {
            let before = size.log10().floor().max(-1.0) as usize;
            let digits = if size < 1.0 { 4 } else { 3_usize.saturating_sub(before) };
            format!("{loss:.digits$}")
        }
        _ => format!("{loss:.3e}"),
    }
}

/// A quantile with the digits that are known of it: four where it is no longer exact.
pub(super) fn known(epochs: u64) -> String {
    if epochs < 16_384 {
        return grouped(epochs);
    }
    let unit = 10_u64.pow(epochs.ilog10() - 3);
    grouped((epochs / unit + u64::from(epochs % unit >= unit.div_ceil(2))).saturating_mul(unit))
}

/// A count with a comma between thousands.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == first % 3 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
