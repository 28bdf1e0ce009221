//! Values over the plane in pgfplots: from above as colours with what lies on them, or from the side as a landscape.

use super::axes::{TexAxis, escaped, number};
use super::{Size, coordinates, frame, tikzpicture};
use crate::axis::Axis;
use crate::contour::{Grid, Place};
use crate::figure::{Map, MapPath, PathKind, SpotKind};
use crate::way;
use crate::words;

/// The most samples along a side that TeX's memory takes.
const FINEST: usize = 61;

/// Contour lines besides the level.
const CONTOURS: usize = 8;

/// The most points of a path.
const STEPS: usize = 1000;

/// The axes of a map and its colours.
#[derive(Clone, Copy)]
struct Axes {
    x: TexAxis<'static>,
    y: TexAxis<'static>,
    values: TexAxis<'static>,
    is_surface: bool,
}

/// Draws a map, or a landscape seen from a `(turn, tilt)`.
pub(super) fn draw(map: &Map, view: Option<(f64, f64)>, size: Size) -> String {
    let (x, y) = map.axes();
    let axes = Axes {
        x: TexAxis::new(x, false),
        y: TexAxis::new(y, false),
        values: TexAxis::of_colours(map.value_axis(), map.value_log),
        is_surface: view.is_some(),
    };
    let mut out = String::from("\\begin{axis}[\n");
    let ratio = x.span() / y.span();
    let room = Size { width: size.width - 1.5, ..size };
    // A map keeps the proportions of its plane where these are not too long.
    let room = match view {
        None if (0.4..=2.5).contains(&ratio) => {
            Size { width: room.width.min((size.height - 2.8).max(2.0) * ratio + 2.6), ..room }
        }
        _ => room,
    };
    out.push_str(&frame(room, &map.title, &map.x_label, &map.y_label));
    out.push_str(&axes.x.settings('x', 6, false));
    out.push_str(&axes.y.settings('y', 6, false));
    if let Some((turn, tilt)) = view {
        // The package turns the other way round.
        out.extend([format!("view={{{}}}{{{}}},\n", number(-turn), number(tilt))]);
        out.push_str(&axes.values.settings('z', 5, false));
        if !map.value_label.trim().is_empty() {
            out.extend([format!("zlabel={{{}}},\n", escaped(&map.value_label))]);
        }
    }
    out.push_str(&colour_bar(axes.values, size));
    out.push_str("unbounded coords=jump, filter discard warning=false, axis on top, tick align=outside,\n");
    out.push_str(
        "legend columns=3, legend cell align=left, legend style={at={(0.5,-0.22)}, anchor=north, draw=none, ",
    );
    out.push_str("font=\\small},\n]\n");
    draw_samples(&mut out, map, axes);
    draw_contours(&mut out, map, axes);
    map.paths.iter().enumerate().for_each(|(index, path)| draw_path(&mut out, map, path, index, axes));
    draw_points(&mut out, map, axes);
    draw_spots(&mut out, map, axes);
    out.push_str("\\end{axis}\n");
    let notes = words::map_notes(map);
    tikzpicture(&out, &notes, size)
}

/// Returns the settings of the colours and the bar beside the picture.
pub(super) fn colour_bar(values: TexAxis, size: Size) -> String {
    let mut style = String::from("width=0.3cm, ytick pos=right, tick label style={font=\\small}");
    if !values.is_plain() {
        style.extend([format!(", {}", values.ticks('y', ((size.height / 1.1) as usize).clamp(2, 8)))]);
    }
    format!(
        "point meta min={}, point meta max={}, colorbar, colorbar style={{{style}}},\n",
        values.at(0.0),
        values.at(1.0)
    )
}

/// Returns a place of the picture, with its height where it is a landscape.
fn point(axes: Axes, (x, y): (f64, f64), value: f64) -> Option<String> {
    let (across, up) = (axes.x.coordinate_within(x)?, axes.y.coordinate_within(y)?);
    if axes.is_surface {
        return Some(format!("({across},{up},{})", axes.values.coordinate(value)?));
    }
    Some(format!("({across},{up})"))
}

fn draw_samples(out: &mut String, map: &Map, axes: Axes) {
    let (x, y) = map.axes();
    let (columns, rows) = (map.columns.clamp(2, FINEST), map.rows.clamp(2, FINEST));
    let share = |index: usize, count: usize| index as f64 / (count - 1) as f64;
    let samples: Vec<String> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (share(column, columns), share(row, rows))))
        .map(|place| {
            let value = map.at(x.value(place.0), y.value(place.1));
            let value = axes.values.coordinate(value).unwrap_or_else(|| "nan".into());
            let (across, up) = (axes.x.at(place.0), axes.y.at(place.1));
            if axes.is_surface {
                format!("({across},{up},{value})")
            } else {
                format!("({across},{up}) [{value}]")
            }
        })
        .collect();
    // The package stumbles over a mesh without a whole cell.
    let has = |column: usize, row: usize| !samples[row * columns + column].contains("nan");
    let is_whole = |column: usize, row: usize| {
        has(column, row) && has(column + 1, row) && has(column, row + 1) && has(column + 1, row + 1)
    };
    if !(0..rows - 1).any(|row| (0..columns - 1).any(|column| is_whole(column, row))) {
        return;
    }
    let (plot, style) = if axes.is_surface {
        ("\\addplot3", "surf, shader=faceted, faceted color=black!35, line width=0.1pt, z buffer=sort")
    } else {
        ("\\addplot", "surf, shader=interp, point meta=explicit")
    };
    out.extend([format!(
        "{plot}[{style}, mesh/ordering=x varies, mesh/cols={columns}, forget plot] coordinates {};\n",
        coordinates(&samples)
    )]);
}

/// Draws round contour lines and, stronger, the level.
fn draw_contours(out: &mut String, map: &Map, axes: Axes) {
    let (x, y) = map.axes();
    let grid = Grid::of(map, &x, &y, FINEST);
    let rounds = if map.contours { axes.values.axis.ticks(CONTOURS) } else { Vec::new() };
    let lines = rounds.iter().map(|(_, tick)| (tick.value, "black!60, thin"));
    let level = map.level.map(|level| (level, "white, very thick"));
    for (value, style) in lines.chain(level) {
        let mut points: Vec<String> = Vec::new();
        for chain in chains(grid.line(value)) {
            if !points.is_empty() {
                points.push(if axes.is_surface { "(nan,nan,nan)" } else { "(nan,nan)" }.to_owned());
            }
            let place = |place: &Place| point(axes, (x.value(place.0), y.value(place.1)), value);
            points.extend(chain.iter().filter_map(place));
        }
        if !points.is_empty() {
            let plot = if axes.is_surface { "\\addplot3" } else { "\\addplot" };
            out.extend([format!("{plot}[{style}, forget plot] coordinates {};\n", coordinates(&points))]);
        }
    }
}

/// Joins short lines that meet to long ones.
fn chains(mut lines: Vec<(Place, Place)>) -> Vec<Vec<Place>> {
    let near = |a: Place, b: Place| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9;
    let mut chains = Vec::new();
    while let Some((from, to)) = lines.pop() {
        let mut chain = vec![from, to];
        loop {
            let end = chain[chain.len() - 1];
            let Some(index) = lines.iter().position(|line| near(line.0, end) || near(line.1, end)) else {
                break;
            };
            let line = lines.swap_remove(index);
            chain.push(if near(line.0, end) { line.1 } else { line.0 });
        }
        chains.push(chain);
    }
    chains
}

/// Draws a way; what lies far from the drawn plane is paler, in four steps.
fn draw_path(out: &mut String, map: &Map, path: &MapPath, index: usize, axes: Axes) {
    let plot = if axes.is_surface { "\\addplot3" } else { "\\addplot" };
    // Seen from above, a straight line needs no points between its ends.
    let step = if axes.is_surface { 1.0 / 40.0 } else { 2.0 };
    let (x, y) = map.axes();
    let style = match path.kind {
        PathKind::Steps if path.points.len() <= 60 => "thick, mark=*, mark size=0.9pt",
        PathKind::Steps => "thick",
        PathKind::Border => "thick, densely dashed",
    };
    let colour = match path.kind {
        PathKind::Steps => ["red!80!black", "orange", "magenta"][index % 3],
        PathKind::Border => "black",
    };
    let paleness = |distance: f64| (distance * 3.0).round() as u8;
    let mut is_first = true;
    for part in way::upon(map, path, step, STEPS) {
        let mut end = 0;
        for run in part.chunk_by(|a, b| paleness(a.2) == paleness(b.2)) {
            end += run.len();
            // A run reaches to the beginning of the next, so that the way has no gaps.
            let stations = run.iter().chain(part.get(end));
            let place = |(place, value, _): &(Place, f64, f64)| {
                point(axes, (x.value(place.0), y.value(place.1)), *value)
            };
            let points: Vec<String> = stations.filter_map(place).collect();
            if points.is_empty() {
                continue;
            }
            let opacity = 1.0 - 0.23 * f64::from(paleness(run[0].2));
            let forget = if is_first { "" } else { ", forget plot" };
            out.extend([format!(
                "{plot}[{colour}, {style}, opacity={opacity:.2}{forget}] coordinates {};\n",
                coordinates(&points)
            )]);
            if is_first {
                out.extend([format!("\\addlegendentry{{{}}}\n", escaped(&path.name))]);
            }
            is_first = false;
        }
    }
}

fn draw_points(out: &mut String, map: &Map, axes: Axes) {
    let plot = if axes.is_surface { "\\addplot3" } else { "\\addplot" };
    let level = map.parting();
    for (is_above, style) in [(true, "fill=black, draw=white"), (false, "fill=white, draw=black")] {
        let side = map.points.iter().filter(|point| map.is_upper(point) == is_above);
        let points: Vec<String> = side.filter_map(|p| point(axes, (p.x, p.y), map.at(p.x, p.y))).collect();
        if points.is_empty() {
            continue;
        }
        out.extend([format!(
            "{plot}[only marks, mark=*, mark size=2.4pt, mark options={{{style}}}] coordinates {};\n",
            coordinates(&points)
        )]);
        let name = match (level, is_above) {
            (None, _) => "data".to_owned(),
            (Some(level), true) => format!("target $\\ge {}$", number(level)),
            (Some(_), false) => "target below".to_owned(),
        };
        out.extend([format!("\\addlegendentry{{{name}}}\n")]);
    }
}

fn draw_spots(out: &mut String, map: &Map, axes: Axes) {
    let plot = if axes.is_surface { "\\addplot3" } else { "\\addplot" };
    for spot in &map.spots {
        let Some(at) = point(axes, (spot.x, spot.y), map.at(spot.x, spot.y)) else { continue };
        let mark = match spot.kind {
            SpotKind::Plain => "+",
            SpotKind::Start => "o",
            SpotKind::End => "*",
            SpotKind::Minimum => "triangle*",
            SpotKind::Saddle => "x",
            SpotKind::Flat => "square*",
            SpotKind::Maximum => "diamond*",
        };
        out.extend([format!(
            "{plot}[only marks, mark={mark}, mark size=3pt, mark options={{draw=black, fill=white, thick}}, \
             forget plot] coordinates {{{at}}};\n"
        )]);
        let is_right = axis_place(map.axes().0, spot.x) > 0.6;
        let (side, shift) = if is_right { ("east", "-4pt") } else { ("west", "4pt") };
        let place = at.trim_start_matches('(').trim_end_matches(')');
        out.extend([format!(
            "\\node[anchor={side}, xshift={shift}, font=\\footnotesize, fill=white, fill opacity=0.75, \
             text opacity=1, inner sep=1pt] at (axis cs:{place}) {{{}}};\n",
            escaped(&spot.label)
        )]);
    }
}

fn axis_place(axis: Axis, value: f64) -> f64 {
    axis.place(value).unwrap_or(0.5)
}
