//! Values over the plane in pgfplots: from above as colours with what lies on them, or from the side as a landscape.

use super::axes::{TexAxis, escaped, number};
use super::overlay::Overlay;
use super::{PER_CENTIMETRE, Size, coordinates, frame, rgb, tikzpicture};
use crate::contour::{Grid, Place};
use crate::figure::{Map, Surface};
use crate::palette::{ink_on, sequence};
use crate::svg::labels::{minus, written_number};
use crate::view::{View, angles};
use crate::words;

/// The most samples along a side of contour lines.
const FINEST: usize = 61;

/// The most samples along a side of a landscape, each piece of which TeX draws by itself.
const FINEST_SURFACE: usize = 49;

/// How many times as long units of two axes may be.
const UNEVEN: f64 = 8.0;

/// The axes of a map and its colours.
#[derive(Clone, Copy)]
pub(super) struct Axes {
    pub(super) x: TexAxis<'static>,
    pub(super) y: TexAxis<'static>,
    pub(super) values: TexAxis<'static>,
    /// The eye that looks at a landscape.
    pub(super) view: Option<View>,
}

impl Axes {
    fn is_surface(&self) -> bool {
        self.view.is_some()
    }

    /// Returns how long a unit of each axis of a landscape is; that of the heights is 1, as pgfplots wants it.
    fn units(&self, view: View) -> [f64; 3] {
        let (right, back, up) = view.sides();
        [right / self.x.span(), back / self.y.span(), up / self.values.span()]
            .map(|unit| unit * self.values.span() / up)
    }

    /// Returns axes of places where the units of a landscape differ by more than TeX can compute with.
    fn even(self) -> Self {
        let even = |view| self.units(view).into_iter().all(|unit| (1.0 / UNEVEN..UNEVEN).contains(&unit));
        if self.view.is_none_or(even) {
            return self;
        }
        let [x, y, values] = [self.x, self.y, self.values].map(TexAxis::of_places);
        Axes { x, y, values, ..self }
    }

    /// The command that draws coordinates.
    pub(super) fn plot(&self) -> &'static str {
        if self.is_surface() { "\\addplot3" } else { "\\addplot" }
    }

    /// Returns a place of the picture, with its height where it is a landscape.
    pub(super) fn point(&self, (x, y): (f64, f64), value: f64) -> Option<String> {
        let (across, up) = (self.x.coordinate_within(x)?, self.y.coordinate_within(y)?);
        if self.is_surface() {
            // What lies beneath the lowest colour stands on the floor.
            let height = self.values.at(self.values.axis.place(value)?);
            return Some(format!("({across},{up},{height})"));
        }
        Some(format!("({across},{up})"))
    }
}

/// Draws a map, or the landscape that it is of.
pub(super) fn draw(map: &Map, surface: Option<&Surface>, size: Size) -> String {
    let (x, y) = map.axes();
    let ratio = x.span() / y.span();
    let is_square = (0.4..=2.5).contains(&ratio);
    let view = surface.map(|surface| View::new(surface, if is_square { ratio } else { 1.4 }));
    let axes = Axes {
        x: TexAxis::new(x, false),
        y: TexAxis::new(y, false),
        values: TexAxis::of_colours(map.value_axis(), map.value_log),
        view,
    }
    .even();
    let mut out = String::from("\\begin{axis}[\n");
    // A map keeps the proportions of its plane where these are not too long.
    let room = match view {
        // A landscape is about as high as wide.
        Some(_) => Size { height: size.height.max(0.85 * size.width), ..size },
        None if is_square => {
            Size { width: (size.width - 1.5).min(size.inner().height * ratio + 2.6), ..size }
        }
        None => Size { width: size.width - 1.5, ..size },
    };
    out.push_str(&frame(room, &map.title, &map.x_label, &map.y_label));
    out.push_str(&axes.x.settings('x', 6));
    out.push_str(&axes.y.settings('y', 6));
    if let (Some(surface), Some(view)) = (surface, view) {
        // The package turns the other way round.
        let (turn, tilt) = angles(surface);
        let [right, back, up] = axes.units(view).map(number);
        out.extend([format!(
            "view={{{}}}{{{}}}, unit vector ratio={right} {back} {up}, scale mode=scale uniformly,\n",
            number(-turn),
            number(tilt),
        )]);
        out.push_str(&axes.values.settings('z', 5));
        if !map.value_label.trim().is_empty() {
            out.extend([format!("zlabel={{{}}},\n", escaped(&map.value_label))]);
        }
        out.push_str(&colours(axes.values));
    } else {
        out.push_str(&colour_bar(axes.values, size, &map.value_label));
    }
    out.push_str("unbounded coords=jump, filter discard warning=false, tick align=outside, tick pos=left,\n");
    if view.is_none() {
        out.push_str("axis on top,\n");
    }
    let inner = room.inner();
    let overlay = Overlay::of(map, axes, (inner.width * PER_CENTIMETRE, inner.height * PER_CENTIMETRE));
    out.push_str(&overlay.legend_settings(size));
    out.push_str("]\n");
    draw_samples(&mut out, map, axes, size.samples);
    overlay.draw(&mut out, |overlay, out| draw_contours(out, map, axes, overlay));
    out.push_str("\\end{axis}\n");
    let notes = words::map_notes(map);
    tikzpicture(&out, &notes, size)
}

/// Returns the settings of the range of the colours.
fn colours(values: TexAxis) -> String {
    format!("point meta min={}, point meta max={},\n", values.at(0.0), values.at(1.0))
}

/// Returns the settings of the colours and the bar beside the picture, with the name of the values above it.
pub(super) fn colour_bar(values: TexAxis, size: Size, name: &str) -> String {
    let mut style = String::from("width=0.3cm, ytick pos=right, tick label style={font=\\small}");
    if !name.trim().is_empty() {
        style.extend([format!(", title={{{}}}, title style={{font=\\small}}", escaped(name))]);
    }
    if !values.is_plain() {
        style.extend([format!(", {}", values.ticks('y', ((size.height / 1.1) as usize).clamp(2, 8)))]);
    }
    format!("{}colorbar, colorbar style={{{style}}},\n", colours(values))
}

fn draw_samples(out: &mut String, map: &Map, axes: Axes, finest: usize) {
    let (x, y) = map.axes();
    let finest = if axes.is_surface() { finest.min(FINEST_SURFACE) } else { finest };
    let (columns, rows) = (map.columns.clamp(2, finest), map.rows.clamp(2, finest));
    let share = |index: usize, count: usize| index as f64 / (count - 1) as f64;
    let samples: Vec<String> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (share(column, columns), share(row, rows))))
        .map(|place| {
            let value = map.at(x.value(place.0), y.value(place.1));
            let value = axes.values.coordinate(value).unwrap_or_else(|| "nan".into());
            let (across, up) = (axes.x.at(place.0), axes.y.at(place.1));
            if axes.is_surface() {
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
    let plot = axes.plot();
    let style = if axes.is_surface() {
        "surf, shader=faceted, faceted color=black!25, line width=0.1pt, z buffer=sort"
    } else {
        "surf, shader=interp, point meta=explicit"
    };
    out.extend([format!(
        "{plot}[{style}, mesh/ordering=x varies, mesh/cols={columns}, forget plot] coordinates {};\n",
        coordinates(&samples)
    )]);
}

/// Contour lines besides the level, on a map and on a small one.
const CONTOURS: (usize, usize) = (12, 7);

/// The curve at a value, in places of 0..=1, with the place of its colour and what is written on it.
pub(super) struct Contour {
    pub(super) place: f64,
    pub(super) text: String,
    pub(super) curves: Vec<Vec<Place>>,
}

/// Draws round contour lines and, stronger, the level. Returns the lines that may carry a number.
fn draw_contours(out: &mut String, map: &Map, axes: Axes, overlay: &Overlay) -> Vec<Contour> {
    let (x, y) = map.axes();
    let grid = Grid::of(map, &x, &y, FINEST);
    let few = if overlay.is_small() { CONTOURS.1 } else { CONTOURS.0 };
    let rounds = if map.contours && axes.view.is_none() { axes.values.axis.ticks(few) } else { Vec::new() };
    let rounds = rounds.into_iter().filter(|(_, tick)| map.level != Some(tick.value));
    let mut contours = Vec::new();
    let mut line = |value: f64, styles: &[&str]| {
        let curves = grid.curves(value);
        let mut points: Vec<String> = Vec::new();
        let height = axes.values.axis.place(value).unwrap_or(0.0);
        for curve in &curves {
            for run in curve.split(|place| overlay.hides(*place, height)).filter(|run| run.len() > 1) {
                if !points.is_empty() {
                    points.push(if axes.is_surface() { "(nan,nan,nan)" } else { "(nan,nan)" }.to_owned());
                }
                let place = |place: &Place| axes.point((x.value(place.0), y.value(place.1)), value);
                points.extend(run.iter().filter_map(place));
            }
        }
        for style in styles.iter().filter(|_| !points.is_empty()) {
            let plot = axes.plot();
            out.extend([format!("{plot}[{style}, forget plot] coordinates {};\n", coordinates(&points))]);
        }
        curves
    };
    for (place, tick) in rounds {
        let ink = rgb(ink_on(sequence(place)));
        let curves = line(tick.value, &[&format!("draw={ink}, line width=0.6pt, opacity=0.65")]);
        // The number has as many digits as tell neighbouring lines apart.
        let text = if tick.power.is_some() { written_number(tick.value) } else { minus(&tick.label) };
        contours.push(Contour { place, text, curves });
    }
    if let Some(level) = map.level {
        let styles = ["black!90, line width=3.1pt", "white, line width=1.65pt"];
        line(level, if axes.is_surface() { &styles } else { &styles[1..] });
    }
    contours
}
