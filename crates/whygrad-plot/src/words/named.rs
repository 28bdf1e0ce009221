//! Values over words and their intervals, in sentences.

use super::number;
use crate::axis::seen;
use crate::figure::{Lines, Series};

/// So many names are told one by one; of more, the highest and the lowest.
const TOLD: usize = 8;

/// Tells the values by name, each with its interval.
pub(super) fn describe(lines: &Lines, series: &Series, name: &str) -> String {
    let told = |((x, y), bar): ((f64, f64), Option<(f64, f64)>)| {
        let place = lines.x_names.get(x.round().max(0.0) as usize).cloned().unwrap_or_else(|| number(x));
        let bar = bar.map(|(low, high)| format!(" ({} to {})", number(low), number(high)));
        format!("{} at {place}{}", number(y), bar.unwrap_or_default())
    };
    let points: Vec<_> = seen(lines, series).collect();
    if points.len() <= TOLD {
        return format!("{name}: {}.", points.into_iter().map(told).collect::<Vec<_>>().join(", "));
    }
    let count = points.len();
    let of = |better: fn(f64, f64) -> bool| {
        points
            .iter()
            .copied()
            .reduce(|kept, next| if better(next.0.1, kept.0.1) { next } else { kept })
            .map(told)
    };
    let (low, high) = (of(|a, b| a < b).unwrap_or_default(), of(|a, b| a > b).unwrap_or_default());
    format!("{name}: {count} values, the highest {high}, the lowest {low}.")
}

/// Says how wide the widest interval of a series over numbers is; intervals over words are told one by one.
pub(super) fn widest_bar(lines: &Lines, series: &Series) -> Option<String> {
    if !lines.x_names.is_empty() {
        return None;
    }
    let bars = seen(lines, series).filter_map(|((x, _), bar)| Some((x, bar?)));
    let widest =
        bars.reduce(|kept, next| if next.1.1 - next.1.0 > kept.1.1 - kept.1.0 { next } else { kept })?;
    let (x, (low, high)) = widest;
    let place = super::place_name(&lines.x_label, x);
    Some(format!("Its widest interval is {} to {} at {place}.", number(low), number(high)))
}
