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
        return format!("{name}: {}", points.into_iter().map(told).collect::<Vec<_>>().join(", "));
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
    format!("{name}: {count} values, the highest {high}, the lowest {low}")
}

/// Says how wide the widest interval of a series over numbers is, as a clause; intervals over words are told one by one.
pub(super) fn widest_bar(lines: &Lines, series: &Series) -> Option<String> {
    if !lines.x_names.is_empty() {
        return None;
    }
    let bars = seen(lines, series).filter_map(|((x, _), bar)| Some((x, bar?)));
    let widest =
        bars.reduce(|kept, next| if next.1.1 - next.1.0 > kept.1.1 - kept.1.0 { next } else { kept })?;
    let (x, (low, high)) = widest;
    let place = super::place_name(&lines.x_label, x);
    Some(format!("its widest interval is {} to {} at {place}", number(low), number(high)))
}

/// Tells a histogram: its width, its sum, its highest column, and where the middle half of it lies.
pub(super) fn columns(lines: &Lines, points: &[(f64, f64)], name: &str) -> String {
    let mut points = points.to_vec();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let highest = points.iter().fold(points[0], |high, point| if point.1 > high.1 { *point } else { high });
    let count = super::counted(points.len(), "column", "columns");
    let (first, last) = (points[0].0, points[points.len() - 1].0);
    let reach = if points.len() == 1 {
        format!("at {}", super::place_name(&lines.x_label, first))
    } else {
        format!("from {} to {}", super::place_name(&lines.x_label, first), number(last))
    };
    let top = format!("the highest is {} at {}", number(highest.1), number(highest.0));
    let sum: f64 = points.iter().map(|point| point.1.max(0.0)).sum();
    let is_share = sum > 0.0 && sum.is_finite() && points.iter().all(|point| point.1 >= 0.0);
    if points.len() < 4 || !is_share {
        return format!("{name}: {count} {reach}; {top}");
    }
    let quantile = |share: f64| {
        let mut left = share * sum;
        let found = points.iter().find(|point| {
            left -= point.1;
            left <= 1e-9 * sum
        });
        number(found.unwrap_or(&highest).0)
    };
    let (low, high) = (quantile(0.25), quantile(0.75));
    format!(
        "{name}: {count} {reach}, {} in all; {top}, and the middle half lies between {low} and {high}",
        number(sum)
    )
}
