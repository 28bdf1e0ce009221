//! What the scripts of a page need to know of a picture, as JSON.

use crate::axis::Axis;
use crate::contour::Grid;
use crate::figure::{Lines, Map, PathKind, Style, Surface};
use crate::palette::sequence;
use crate::thin::kept;
use crate::ticks::{number, significant};
use crate::{view, way};

/// Columns to which curves are thinned for reading values off.
const COLUMNS: usize = 200;

/// The most dots of a series.
const DOTS: usize = 1500;

/// The most samples of a landscape along a side: it is drawn anew while it turns.
const FINEST: usize = 45;

/// The most points of a path.
const STEPS: usize = 400;

/// Wraps JSON so that no text in it can end the element.
pub(super) fn script(json: &str) -> String {
    format!("<script type=\"application/json\">{}</script>\n", json.replace('<', "\\u003c"))
}

/// Returns the points of curves, thinned.
pub(super) fn lines(lines: &Lines) -> String {
    let (x, y) = Axis::of_lines(lines);
    let series = lines.series.iter().map(|series| {
        let places: Vec<usize> = if series.style == Style::Line {
            kept(&series.points, &x, &y, COLUMNS).into_iter().flatten().collect()
        } else {
            let all = 0..series.points.len();
            let drawable = all.filter(|at| {
                let point = series.points[*at];
                x.place(point.0).is_some() && y.place(point.1).is_some()
            });
            drawable.step_by(series.points.len().div_ceil(DOTS).max(1)).collect()
        };
        let points = places.iter().map(|at| {
            let (x, y) = series.points[*at];
            format!("[{},{}]", six(x), six(y))
        });
        let name = if series.name.is_empty() { &lines.y_label } else { &series.name };
        format!("{{\"name\":{},\"points\":[{}]}}", string(name), joined(points))
    });
    format!(
        "{{\"x\":{},\"names\":[{}],\"series\":[{}]}}",
        string(&lines.x_label),
        joined(lines.x_names.iter().map(|name| string(name))),
        joined(series)
    )
}

/// Returns a landscape as places in 0..=1 with all that stands on it.
pub(super) fn surface(surface: &Surface) -> String {
    let map = &surface.map;
    let (x, y) = map.axes();
    let values = map.value_axis();
    let grid = Grid::of(map, &x, &y, FINEST);
    let (columns, rows) = (map.columns.clamp(2, FINEST), map.rows.clamp(2, FINEST));
    let share = |index: usize, count: usize| index as f64 / (count - 1) as f64;
    let samples = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    let heights = samples.map(|(column, row)| {
        let at = (x.value(share(column, columns)), y.value(share(row, rows)));
        place(values, map.at(at.0, at.1))
    });
    let level = map.level.filter(|level| values.place_within(*level).is_some());
    let border = level.map_or(Vec::new(), |level| grid.line(level));
    let border = border.iter().map(|(a, b)| format!("[{:.3},{:.3},{:.3},{:.3}]", a.0, a.1, b.0, b.1));
    let colours = (0..=64).map(|step| format!("\"{}\"", sequence(f64::from(step) / 64.0).hex()));
    let (turn, tilt) = view::angles(surface);
    let ratio = plane_ratio(x, y);
    let size = if ratio >= 1.0 { (1.0, 1.0 / ratio) } else { (ratio, 1.0) };
    format!(
        "{{\"title\":{},\"legend\":{},\"x\":{},\"y\":{},\"z\":{},\"columns\":{columns},\"rows\":{rows},\"heights\":[{}],\
         \"level\":{},\"border\":[{}],\"points\":[{}],\"paths\":[{}],\"spots\":[{}],\"colours\":[{}],\
         \"size\":[{:.3},{:.3}],\"turn\":{turn:.1},\"tilt\":{tilt:.1}}}",
        string(&map.title),
        string(&legend(map)),
        axis(x, &map.x_label),
        axis(y, &map.y_label),
        axis(values, &map.value_label),
        joined(heights),
        level.map_or("null".to_owned(), |level| place(values, level)),
        joined(border),
        joined(points(map)),
        joined(paths(map)),
        joined(spots(map)),
        joined(colours),
        size.0,
        size.1,
    )
}

/// Returns in words what stands on a landscape.
fn legend(map: &Map) -> String {
    let mut entries: Vec<String> = Vec::new();
    let level = map.level.map(number);
    match map.parting().map(number) {
        Some(level) if !map.points.is_empty() => {
            let both = map.dots().iter().any(|dot| dot.upper && dot.lower);
            let both = if both { ", half and half: both" } else { "" };
            entries.push(format!("black points: target ≥ {level}, white points: below{both}"));
        }
        None if !map.points.is_empty() => entries.push("black points: data".to_owned()),
        _ => {}
    }
    if map.points.iter().any(|point| point.aside) {
        entries.push("small points: beside this slice".to_owned());
    }
    entries.extend(level.map(|level| format!("white line: level {level}")));
    for (kind, drawn) in [(PathKind::Steps, "black line"), (PathKind::Border, "dashed line")] {
        let ways = map.paths.iter().filter(|path| path.kind == kind && !path.name.is_empty());
        let names: Vec<&str> = ways.map(|path| path.name.as_str()).collect();
        if !names.is_empty() {
            let paler =
                map.paths.iter().any(|path| path.kind == kind && path.distance.iter().any(|d| *d > 0.0));
            let paler = if paler { ", paler off the plane" } else { "" };
            entries.push(format!("{drawn}: {}{paler}", names.join(", ")));
        }
    }
    entries.join("; ")
}

/// Returns how wide the plane is beside its depth, where the two can be compared.
fn plane_ratio(x: Axis, y: Axis) -> f64 {
    let ratio = x.span() / y.span();
    if (0.4..=2.5).contains(&ratio) { ratio } else { 1.4 }
}

/// The data points with their kind: 0 for below, 1 for above, 2 for both at one place; and whether they are small.
fn points(map: &Map) -> impl Iterator<Item = String> {
    map.dots().into_iter().filter_map(|dot| {
        let at = standing(map, dot.at, map.at(dot.at.0, dot.at.1))?;
        let kind = if dot.upper && dot.lower { 2 } else { u8::from(dot.upper) };
        Some(format!("[{at},{kind},{}]", dot.small))
    })
}

fn paths(map: &Map) -> impl Iterator<Item = String> {
    map.paths.iter().map(|path| {
        let parts = way::upon(map, path, 1.0 / FINEST as f64, STEPS).into_iter().map(|part| {
            let points = part.into_iter().filter_map(|((across, up), value, distance)| {
                let height = map.value_axis().place(value)?;
                Some(format!("[{across:.4},{up:.4},{height:.4},{distance:.2}]"))
            });
            format!("[{}]", joined(points))
        });
        let (name, is_border) = (string(&path.name), path.kind == PathKind::Border);
        format!("{{\"name\":{name},\"border\":{is_border},\"parts\":[{}]}}", joined(parts))
    })
}

fn spots(map: &Map) -> impl Iterator<Item = String> {
    map.spots.iter().filter_map(|spot| {
        let at = standing(map, (spot.x, spot.y), map.value_of(spot))?;
        Some(format!("[{at},{}]", string(&spot.label)))
    })
}

/// Returns where something of a height stands, if it stands on the map.
fn standing(map: &Map, (x, y): (f64, f64), value: f64) -> Option<String> {
    let axes = map.axes();
    let (across, up) = (axes.0.place_within(x)?, axes.1.place_within(y)?);
    let height = map.value_axis().place(value)?;
    Some(format!("{across:.4},{up:.4},{height:.4}"))
}

/// Returns an axis with its name and ticks.
fn axis(axis: Axis, label: &str) -> String {
    let ticks = axis.ticks(5);
    let each = ticks.iter().map(|(place, tick)| {
        let label = if tick.power.is_some() { number(tick.value) } else { tick.label.clone() };
        format!("[{place:.4},{}]", string(&label.replace('-', "\u{2212}")))
    });
    format!("{{\"label\":{},\"ticks\":[{}]}}", string(label), joined(each))
}

fn place(axis: Axis, value: f64) -> String {
    axis.place(value).map_or("null".to_owned(), |place| format!("{place:.4}"))
}

/// Writes a finite number with six digits.
fn six(value: f64) -> String {
    significant(value, 6)
}

fn joined(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

/// Writes a text as a JSON string.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            // Line separators once ended a line of JavaScript.
            _ if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => out.push(' '),
            _ => out.push(letter),
        }
    }
    out + "\""
}
