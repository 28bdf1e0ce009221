//! The loss along a line through the parameters, with its slope and the steps on both, and its sentences.

use whygrad_plot::{Figure, Lines, Panels, Series, Spot};

use super::landscape::{LandscapeChoices, OVER, Scene};
use super::told::{listed, pair, short};
use super::{Onlooker, PictureError};
use crate::landscape::{Field, Grid, Projection};

impl Scene<'_> {
    /// The value along a line and its slope, each with the steps and, of a function of one variable, its stationary points.
    pub(super) fn curve(
        &self,
        choices: &LandscapeChoices,
        onlooker: &mut Onlooker<'_>,
    ) -> Result<(Lines, Lines), PictureError> {
        let (x, _, projected) = self.extent(choices);
        let mut field = Field::new(self.model, self.data);
        let ends = (x, (0.0, 0.0), choices.side.max(201));
        let grid = Grid::sample(&mut field, &self.plane, ends, &mut |share| onlooker.see(OVER, share));
        let grid = grid.ok_or(PictureError::Stopped)?;
        let mut stationary = if self.model.program.parameter_count() == 1 {
            self.stationary(&mut field, (x, (-1.0, 1.0)), onlooker)?
        } else {
            vec![]
        };
        stationary.sort_by(|a, b| a.x.total_cmp(&b.x));
        let direction = &self.plane.x.direction;
        let mut slope =
            |theta: &[f64]| field.gradient(theta).iter().zip(direction).map(|(g, d)| g * d).sum::<f64>();
        let mut slopes = Vec::with_capacity(grid.columns);
        for (x, _) in grid.line() {
            onlooker.ask("slope along the line", slopes.len() as f64 / grid.columns as f64)?;
            slopes.push((x, slope(&self.plane.at(x, 0.0))));
        }
        let ways = || self.ways.iter().zip(&projected).filter(|(way, _)| way.thetas.len() > 1);
        let steps = || ways().flat_map(|(way, there)| way.thetas.iter().zip(&there.points));
        let on_slope = steps().map(|(theta, at)| (at.0, slope(theta))).collect();
        let on_value: Vec<(f64, f64)> = steps().map(|(theta, at)| (at.0, field.loss(theta))).collect();
        let is_seen = |value: f64| choices.y.is_none_or(|(low, high)| (low..=high).contains(&value));
        let on_value = on_value.into_iter().filter(|step| is_seen(step.1)).collect();
        stationary.retain(|spot| spot.value.is_none_or(is_seen));
        let (name, f) = (&self.plane.x.name, if self.data.is_some() { "loss" } else { "f" });
        let lines = |title: &str, y_label: String, curve: Series, steps: Vec<(f64, f64)>| {
            let mut series = vec![curve];
            series.extend((!steps.is_empty()).then(|| Series::dots("steps", steps)));
            Lines { title: title.into(), x_label: name.clone(), y_label, series, ..Lines::default() }
        };
        let y_label = if self.data.is_some() { "loss".to_owned() } else { format!("f({name})") };
        let curve = Series::line(f, within(grid.line(), choices.y));
        let mut value = lines("Descent", y_label, curve, on_value);
        value.y_reach = choices.y;
        if ways().next().is_none() {
            value.title = "Value".into();
        }
        let mut derivative =
            lines("Derivative", format!("d {f} / d {name}"), Series::line("derivative", slopes), on_slope);
        value.series.extend(
            stationary
                .iter()
                .map(|spot| Series::dots(word(spot, x), vec![(spot.x, spot.value.unwrap_or(f64::NAN))])),
        );
        derivative
            .series
            .extend(stationary.iter().map(|spot| Series::dots(word(spot, x), vec![(spot.x, 0.0)])));
        Ok((value, derivative))
    }

    /// The value along a line beside its slope.
    pub(super) fn line(
        &self,
        choices: &LandscapeChoices,
        onlooker: &mut Onlooker<'_>,
    ) -> Result<Figure, PictureError> {
        let (mut value, slope) = self.curve(choices, onlooker)?;
        let mut summary = told((&value, &slope), &self.plane.x.name);
        for (way, there) in self.ways.iter().zip(&self.extent(choices).2) {
            if way.thetas.len() > 1 && self.model.program.parameter_count() > 1 {
                value.notes.push(held(&way.name, there));
            }
        }
        summary.extend(value.notes.clone());
        let title = format!(
            "{} and its derivative along {}",
            if self.data.is_some() { "Loss" } else { "f" },
            self.plane.x.name
        );
        let figures = vec![value.into(), slope.into()];
        Ok(Panels { title, figures, columns: 2, summary, ..Panels::default() }.into())
    }
}

/// What a stationary point is called in a legend: `minimum at 2.25`.
fn word(spot: &Spot, (low, high): (f64, f64)) -> String {
    let kind = spot.label.split(',').next().unwrap_or_default();
    let kind = if kind.starts_with("flat") { "flat" } else { kind };
    // What rounding has left of a zero is a zero.
    let at = if spot.x.abs() < 1e-9 * (high - low) { 0.0 } else { spot.x };
    format!("{kind} at {}", short(at))
}

/// The points of a curve between two heights, where these are said: what lies beyond is a gap.
fn within(curve: Vec<(f64, f64)>, heights: Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let Some((low, high)) = heights else { return curve };
    let is_within = |point: &(f64, f64)| (low..=high).contains(&point.1);
    let (first, last) = (curve.iter().position(is_within), curve.iter().rposition(is_within));
    let Some((first, last)) = first.zip(last) else { return vec![] };
    let gap = |point: &(f64, f64)| if is_within(point) { *point } else { (point.0, f64::NAN) };
    curve[first..=last].iter().map(gap).collect()
}

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
    let steps = value.series.iter().position(|series| series.name == "steps");
    let steps = steps.map_or(vec![], |k| points(value, k));
    let (curve, slopes) = (points(value, 0), points(slope, 0));
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
    // What is known of a place where the derivative is 0 is told with it.
    let known = slope.series.iter().filter_map(|series| series.name.split_once(" at "));
    let mut zeros: Vec<String> = known.map(|(kind, at)| format!("{at} ({kind})")).collect();
    if zeros.is_empty() {
        zeros = sign_changes(&slopes).into_iter().map(short).collect();
    }
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
