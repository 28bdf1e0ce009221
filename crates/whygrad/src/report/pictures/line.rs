//! The sentences of a curve along a line through the parameters.

use whygrad_plot::Lines;

use super::told::{listed, pair, short};
use crate::landscape::Projection;

/// How much of a way a line holds.
pub(super) fn held(name: &str, there: &Projection) -> String {
    let farthest = there.distance.iter().copied().fold(0.0, f64::max);
    if there.held > 1.0 - 1e-9 {
        return format!("The {name} lies on the line.");
    }
    let percent = 100.0 * there.held;
    let share = if percent > 99.0 { format!("{:.2}", percent.min(99.99)) } else { format!("{percent:.0}") };
    format!(
        "The line holds {share} % of the {}; at its farthest it is {} away, where the loss beside it is not that of the \
         curve.",
        name,
        short(farthest)
    )
}

/// Tells a curve with the steps on it, and where its derivative changes its sign.
pub(super) fn told((value, slope): (&Lines, &Lines), along: &str) -> Vec<String> {
    let points = |lines: &Lines, k: usize| -> Vec<(f64, f64)> {
        let finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
        lines.series.get(k).map_or(vec![], |series| series.points.iter().filter(finite).copied().collect())
    };
    let (curve, steps, slopes) = (points(value, 0), points(value, 1), points(slope, 0));
    let by_height = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let Some((low, high)) = curve.iter().min_by(by_height).zip(curve.iter().max_by(by_height)) else {
        return vec!["There is no finite value along this line.".into()];
    };
    let name =
        if value.y_label == "loss" { format!("The loss along {along}") } else { value.y_label.clone() };
    let way = match (steps.first(), steps.last()) {
        (Some(first), Some(last)) if steps.len() > 1 => {
            let count = steps.len() - 1;
            let steps = match count {
                _ if name.starts_with("The loss") => "the path goes".to_owned(),
                1 => "the step goes".to_owned(),
                _ => format!("the {count} steps go"),
            };
            format!("; {steps} from {} to {}", pair(*first), pair(*last))
        }
        (Some(only), _) => format!("; it is now at {}", pair(*only)),
        _ => String::new(),
    };
    let zeros: Vec<String> = sign_changes(&slopes).into_iter().map(short).collect();
    let zeros = match zeros.len() {
        0 => "keeps its sign".to_owned(),
        1..=MOST_ZEROS => format!("is 0 at {}", listed(&zeros)),
        many => format!("is 0 at {} and {} more places", zeros[..MOST_ZEROS].join(", "), many - MOST_ZEROS),
    };
    vec![
        format!(
            "{name} is lowest, {}, at {} and highest, {}, at {}{way}.",
            short(low.1),
            short(low.0),
            short(high.1),
            short(high.0)
        ),
        format!("The derivative {zeros}."),
    ]
}

/// More places where a derivative is 0 are counted.
const MOST_ZEROS: usize = 4;

/// Where a sampled curve goes through 0, by straight lines between its points.
fn sign_changes(points: &[(f64, f64)]) -> Vec<f64> {
    let mut changes = Vec::new();
    for pair in points.windows(2) {
        let ((from, before), (to, after)) = (pair[0], pair[1]);
        if before == 0.0 {
            changes.push(from);
        } else if before * after < 0.0 {
            changes.push(from + (to - from) * before / (before - after));
        }
    }
    changes.extend(points.last().filter(|last| last.1 == 0.0).map(|last| last.0));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_through_zero_between_its_points_or_at_one() {
        assert_eq!(sign_changes(&[(0.0, -1.0), (1.0, 1.0), (2.0, 0.0), (3.0, 4.0)]), [0.5, 2.0]);
        assert_eq!(sign_changes(&[(0.0, 2.0), (1.0, 0.0)]), [1.0]);
        assert!(sign_changes(&[(0.0, 2.0), (1.0, 3.0)]).is_empty());
    }
}
