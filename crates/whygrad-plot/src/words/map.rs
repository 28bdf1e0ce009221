//! A value over the plane in sentences.

use super::{counted, gaps, listed, number, pair_of, percent, sentences_of, spots, ways};
use crate::figure::{Map, MapPath, MapPoint, PathKind};
use crate::ticks::{rounded, significant};

/// Tells the values, then the ways with the places on them, the lines, the notes, and what is missing.
pub(super) fn describe(map: &Map) -> Vec<String> {
    let Some(mut first) = values(map) else {
        let mut sentences = vec![format!("The map has no {} that can be drawn.", value_name(map))];
        sentences.extend(sentences_of(&map.notes).chain(missing(map)));
        return sentences;
    };
    let steps = of_kind(map, PathKind::Steps);
    let besides = spots::besides(map);
    let mut sentences = Vec::new();
    if let Some(ways) = ways::told(map, &steps) {
        sentences.extend([format!("{first}."), format!("{ways}{besides}.")]);
    } else {
        first.push_str(&besides);
        sentences.push(format!("{first}."));
    }
    sentences.extend(ways::off_plane(map));
    sentences.extend(borders(map));
    sentences.extend(spots::marked(map));
    sentences.extend(sentences_of(&map.notes).chain(missing(map)));
    sentences
}

/// What the samples are called.
pub(super) fn value_name(map: &Map) -> &str {
    if map.value_label.trim().is_empty() { "value" } else { map.value_label.trim() }
}

/// A value with the name of the samples: `loss 0.25`, but `f = 0.25`.
pub(super) fn valued(map: &Map, value: f64) -> String {
    let equals = if is_word(value_name(map)) { "" } else { "= " };
    format!("{} {equals}{}", value_name(map), number(value))
}

fn is_word(name: &str) -> bool {
    name.chars().count() > 1 && name.chars().all(|c| c.is_alphabetic() || c == ' ')
}

pub(super) fn of_kind(map: &Map, kind: PathKind) -> Vec<&MapPath> {
    map.paths.iter().filter(|path| path.kind == kind).collect()
}

/// Tells the lowest and the highest value, the share above the level, and the data points, as a sentence without its end.
fn values(map: &Map) -> Option<String> {
    let (name, range) = (value_name(map), map.range()?);
    let name = if is_word(name) { format!("The {name}") } else { name.to_owned() };
    let told = if range.low == range.high {
        format!("{name} is {} everywhere", number(range.low))
    } else {
        let (low, high) = told_apart(range.low, range.high);
        let (low_at, high_at) = (settled(map, range.low_at), settled(map, range.high_at));
        format!("{name} runs from {low} at {low_at} to {high} at {high_at}")
    };
    let points = match map.level {
        Some(level) => {
            let share = match map.share_above(level) {
                0.0 => "no part of the area lies".to_owned(),
                1.0 => "all of the area lies".to_owned(),
                share => format!("{} of the area lies", percent(share)),
            };
            let points = judged_points(map, level);
            if number(range.low) == number(range.high) && number(range.low) == number(level) {
                // Rounded, the value is the level: on which side it lies would read as a contradiction.
                points.map(|points| format!("; {points}")).unwrap_or_default()
            } else {
                let points = points.map(|points| format!(", and {points}"));
                format!("; {share} at or above {}{}", number(level), points.unwrap_or_default())
            }
        }
        None if map.points.is_empty() => String::new(),
        None => {
            let points = counted(map.points.len(), "data point is", "data points are");
            let upper = map.points.iter().filter(|point| map.is_upper(point)).count();
            let kinds =
                map.classes.map(|value| format!(", {upper} with a target of {} or more", number(value)));
            format!("; {points} drawn on it{}", kinds.unwrap_or_default())
        }
    };
    Some(told + &points)
}

/// Writes two numbers with so many digits that they differ, as far as ten.
fn told_apart(low: f64, high: f64) -> (String, String) {
    let digits = (3..10).find(|digits| significant(low, *digits) != significant(high, *digits)).unwrap_or(10);
    (significant(low, digits), significant(high, digits))
}

/// Says how many data points lie on the right side of the level, and names the first that do not.
fn judged_points(map: &Map, level: f64) -> Option<String> {
    let (beside, within): (Vec<&MapPoint>, Vec<_>) = map.points.iter().partition(|point| point.aside);
    let wrong: Vec<&MapPoint> = within.iter().copied().filter(|point| !map.is_right(point, level)).collect();
    let all = within.len();
    match (all, wrong.len()) {
        (0, _) if beside.is_empty() => None,
        (0, _) => {
            let points = counted(beside.len(), "data point lies", "data points lie").replacen(
                "1 ",
                "the ",
                usize::from(beside.len() == 1),
            );
            let all = if beside.len() > 1 { "all " } else { "" };
            Some(format!("{all}{points} beside this slice, which does not judge them"))
        }
        (1, 0) => Some("the data point lies on the right side".into()),
        (1, _) => Some("the data point lies on the wrong side".into()),
        (2, 0) => Some("both data points lie on the right side".into()),
        (_, 0) => Some(format!("all {all} data points lie on the right side")),
        (_, many) => {
            let mut named: Vec<String> = Vec::new();
            for point in &wrong {
                let place = pair_of((point.x, point.y));
                if !named.contains(&place) {
                    named.push(place);
                }
            }
            // Of several points at one place some may be right.
            let some = if named.len() < many { "some at " } else { "" };
            let more = named.len().saturating_sub(4);
            named.truncate(4);
            named.extend((more > 0).then(|| format!("{more} more")));
            let right = if many == all { "none".to_owned() } else { (all - many).to_string() };
            let lie = if all - many == 1 { "lies" } else { "lie" };
            Some(format!(
                "{right} of {all} data points {lie} on the right side, not {some}{}",
                listed(&named)
            ))
        }
    }
}

/// More lines than these are counted.
const LINES: usize = 4;

/// Tells from where to where each line runs.
fn borders(map: &Map) -> Option<String> {
    let borders = of_kind(map, PathKind::Border);
    let mut told: Vec<String> = Vec::new();
    for path in borders.iter().take(LINES) {
        let line = match (path.name.trim(), ways::ends(map, path)) {
            ("", Some((from, to))) => format!("a line runs from {from} to {to}"),
            ("", None) => "a line lies beyond the map".to_owned(),
            (name, None) => format!("the input of {name} is 0 nowhere on the map"),
            (name, Some((from, to))) if told.iter().any(|line| line.contains("is 0 on the line")) => {
                format!("that of {name} on the line from {from} to {to}")
            }
            (name, Some((from, to))) => format!("the input of {name} is 0 on the line from {from} to {to}"),
        };
        told.push(line);
    }
    told.extend((borders.len() > LINES).then(|| format!("and {} more", borders.len() - LINES)));
    let text = told.join(", ").replace(", and ", " and ");
    let first = text.chars().next()?;
    Some(format!("{}{}.", first.to_uppercase(), &text[first.len_utf8()..]))
}

/// Writes a place as finely as it can be told on the map: what rounding has left of a zero is a zero.
pub(super) fn placed(map: &Map, (x, y): (f64, f64)) -> String {
    let axes = map.axes();
    pair_of((rounded(x, axes.0.span() / 1000.0), rounded(y, axes.1.span() / 1000.0)))
}

/// Writes the place of a sample.
fn settled(map: &Map, (x, y): (f64, f64)) -> String {
    let axes = map.axes();
    pair_of((rounded(x, axes.0.span() / 1e6), rounded(y, axes.1.span() / 1e6)))
}

pub(super) fn on_map(map: &Map, (x, y): (f64, f64)) -> bool {
    let axes = map.axes();
    axes.0.place_within(x).zip(axes.1.place_within(y)).is_some()
}

/// Says that values lie below the colours, where they do.
fn below_colours(map: &Map) -> Option<String> {
    let (floor, range) = (map.floor()?, map.range()?);
    Some(format!("The colours begin at {}; the lowest value is {}.", number(floor), number(range.low)))
}

/// Returns what is written below a map: how much of a way its plane holds, its notes, and what is missing.
pub(crate) fn notes(map: &Map) -> Vec<String> {
    let missing =
        missing(map).or_else(|| map.range().is_none().then(|| "There is nothing to draw.".to_owned()));
    let before = ways::off_plane(map).into_iter().chain(spots::off_plane(map));
    let before: Vec<String> = before.chain(below_colours(map)).collect();
    before.into_iter().chain(super::notes(&map.notes, missing)).collect()
}

/// Says how many samples of a map are missing, if any, and where they are, and how many points of its ways.
pub(super) fn missing(map: &Map) -> Option<String> {
    let negative = |value: f64| map.value_log && value.is_finite() && value <= 0.0;
    let counts = [map.gaps() - map.not_positive(), map.not_positive()];
    let reasons = ["missing or not finite", "zero or negative on a logarithmic scale"];
    let mut parts: Vec<String> = Vec::new();
    for ((count, why), wanted) in counts.into_iter().zip(reasons).zip([false, true]) {
        if count > 0 {
            let is_such = |value: f64| negative(value) == wanted;
            let samples = counted(count, "sample that is", "samples that are");
            parts.push(format!("{samples} {why}{}", around(map, is_such)));
        }
    }
    for path in of_kind(map, PathKind::Steps) {
        let gaps = path.points.iter().filter(|(x, y)| !(x.is_finite() && y.is_finite())).count();
        if gaps > 0 {
            let points = counted(gaps, "point", "points");
            let name = if path.name.trim().is_empty() { "way" } else { path.name.trim() };
            let are = if gaps == 1 { "is" } else { "are" };
            parts.push(format!("{points} of the {name} that {are} not finite"));
        }
    }
    gaps::sentence(&parts)
}

/// Says around which part of the map the samples of a kind lie that are not drawn; nothing where none is drawn.
fn around(map: &Map, is_such: impl Fn(f64) -> bool) -> String {
    let place = |(low, high): (f64, f64), index: usize, count: usize| {
        let share = index as f64 / (count.max(2) - 1) as f64;
        low * (1.0 - share) + high * share
    };
    let mut corners: Option<[(usize, usize); 2]> = None;
    let mut rest = false;
    for (index, value) in map.values.iter().copied().enumerate().take(map.columns.saturating_mul(map.rows)) {
        let (column, row) = (index % map.columns, index / map.columns);
        if !map.sample(column, row).is_nan() {
            rest = true;
        } else if is_such(value) {
            let [low, high] = corners.get_or_insert([(column, row); 2]);
            *low = (low.0.min(column), low.1.min(row));
            *high = (high.0.max(column), high.1.max(row));
        }
    }
    let at = |(column, row): (usize, usize)| {
        settled(map, (place(map.x, column, map.columns), place(map.y, row, map.rows)))
    };
    match corners.filter(|_| rest) {
        None => String::new(),
        Some([low, high]) if low == high => format!(", at {}", at(low)),
        Some([low, high]) => format!(", between {} and {}", at(low), at(high)),
    }
}
