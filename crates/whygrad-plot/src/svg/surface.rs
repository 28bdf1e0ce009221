//! A landscape as SVG: four-cornered pieces from back to front, each over what lies behind it.

use super::frame::{self, EDGE, NOTE};
use super::labels::{Labels, Rect, leader};
use super::map::{Legend, ratio};
use super::overlay::{LABEL, MOST, Seen, dot, draw_border, draw_way, shape, take_way};
use super::path::path;
use super::solid::{Solid, draw_axes, draw_box};
use super::{Page, fitted};
use crate::contour::Grid;
use crate::figure::{PathKind, Spot, Surface};
use crate::palette::{Rgb, mix, sequence};
use crate::view::{Heights, View};
use crate::way::{Station, parts, thinned};
use crate::words;

/// A finer mesh would not be seen, only stored.
const FINEST: usize = 61;

/// A piece takes at least about so many pixels of the width of the page.
const PIECE: f64 = 12.0;

/// A page grows no higher for a landscape.
const HIGHEST: f64 = 900.0;

/// The mesh of the whole surface can be a little finer where what hides what is asked.
const FINEST_HEIGHTS: usize = 121;

pub(super) fn draw(surface: &Surface, page: &mut Page) {
    let map = &surface.map;
    let (axes, values) = (map.axes(), map.value_axis());
    let view = View::new(surface, ratio(axes));
    let legend = Legend::of(map);
    let notes = frame::note_lines(&words::map_notes(map), page.width);
    let header = frame::header(&map.title, page.width);
    let below = 12.0 + NOTE * notes.len() as f64;
    let above = legend.rows_height(page.width);
    // A landscape is about as high as wide; what it does not need is taken off again.
    page.height = page.height.max((0.72 * page.width).min(HIGHEST)) + above + NOTE * notes.len() as f64;
    let solid = Solid::new(page, view, (header + above, below), values);
    frame::draw_title(page, &map.title);
    let mut labels = Labels::new(Rect {
        left: 4.0,
        top: header + above,
        right: page.width - 4.0,
        bottom: page.height - below + 8.0,
    });
    draw_box(page, &solid, (axes.0, axes.1, values));
    let mesh = Heights::of(map, ((page.width / PIECE) as usize).clamp(20, FINEST));
    draw_pieces(page, &solid, &mesh);
    let heights = Heights::of(map, FINEST_HEIGHTS);
    let stage = Stage { surface, solid: &solid, heights: &heights };
    stage.draw_level(page);
    let names = (&*map.x_label, &*map.y_label, &*map.value_label);
    draw_axes(page, &solid, (axes.0, axes.1, values), names, &mut labels);
    stage.draw_overlay(page, &mut labels);
    legend.draw_rows(page, (EDGE + 9.0, header + 8.0));
    frame::draw_notes(page, &notes);
}

/// Draws the pieces of the surface from back to front.
fn draw_pieces(page: &mut Page, solid: &Solid, mesh: &Heights) {
    let (wide, deep) = (mesh.columns - 1, mesh.rows - 1);
    let (farther_right, farther_back) = solid.view.farther();
    let order = |index: usize, count: usize, back: bool| if back { count - 1 - index } else { index };
    let edge = if page.theme.dark { "#000000" } else { "#10202c" };
    // Whole tenths of a pixel, and steps from corner to corner, keep the file small.
    page.add(&format!(
        "<g transform=\"scale(.1)\" stroke=\"{edge}\" stroke-opacity=\".28\" stroke-width=\"4\" stroke-linejoin=\"round\">"
    ));
    for row in (0..deep).map(|row| order(row, deep, farther_back)) {
        for column in (0..wide).map(|column| order(column, wide, farther_right)) {
            let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
            let heights = corners.map(|(column, row)| mesh.corner(column, row));
            if heights.iter().any(|height| height.is_nan()) {
                continue;
            }
            let share = |index: usize, count: usize| index as f64 / count as f64;
            let points = std::array::from_fn(|corner| {
                let (column, row) = corners[corner];
                solid.at((share(column, wide), share(row, deep), heights[corner]))
            });
            let slopes = (
                (heights[1] + heights[2] - heights[0] - heights[3]) / 2.0 * wide as f64,
                (heights[2] + heights[3] - heights[0] - heights[1]) / 2.0 * deep as f64,
            );
            let colour = shaded(heights.iter().sum::<f64>() / 4.0, solid.view.light(slopes));
            page.add(&piece(points, colour));
        }
    }
    page.add("</g>");
}

/// Returns the colour of a height, a little lighter or darker by the light on it.
fn shaded(height: f64, light: f64) -> Rgb {
    let colour = sequence(height);
    let away = light - 0.72;
    if away < 0.0 {
        mix(colour, Rgb(0, 0, 0), (-0.5 * away).min(0.32))
    } else {
        mix(colour, Rgb(255, 255, 255), (0.45 * away).min(0.16))
    }
}

/// Writes a piece in tenths of a pixel.
fn piece(points: [(f64, f64); 4], colour: Rgb) -> String {
    let points = points.map(|(x, y)| ((10.0 * x).round() as i64, (10.0 * y).round() as i64));
    let mut out = format!("<path d=\"M{} {}l", points[0].0, points[0].1);
    for (index, ends) in points.windows(2).enumerate() {
        let by = (ends[1].0 - ends[0].0, ends[1].1 - ends[0].1);
        let gap = if index > 0 && by.0 >= 0 { " " } else { "" };
        let between = if by.1 < 0 { "" } else { " " };
        out.extend([gap, &by.0.to_string(), between, &by.1.to_string()]);
    }
    out.extend(["z\" fill=\"", &colour.hex(), "\"/>"]);
    out
}

/// What stands on the surface, and what of it is seen.
struct Stage<'s> {
    surface: &'s Surface,
    solid: &'s Solid,
    heights: &'s Heights,
}

impl Stage<'_> {
    fn seen(&self, (x, y): (f64, f64), z: f64) -> Seen {
        let hidden = self.solid.view.hides(|x, y| self.heights.over(x, y), (x, y, z));
        Seen { at: self.solid.at((x, y, z)), distance: 0.0, hidden, is_step: false }
    }

    /// Returns a place on the surface, or `None` where there is no surface.
    fn on_surface(&self, place: (f64, f64)) -> Option<Seen> {
        let z = self.heights.over(place.0, place.1);
        z.is_finite().then(|| self.seen(place, z))
    }

    fn draw_level(&self, page: &mut Page) {
        let map = &self.surface.map;
        let Some(level) = map.level else { return };
        let (x, y) = map.axes();
        let curves = Grid::of(map, &x, &y, FINEST_HEIGHTS).curves(level);
        let strokes: Vec<Vec<Seen>> = curves
            .iter()
            .map(|curve| curve.iter().filter_map(|place| self.on_surface(*place)).collect())
            .collect();
        let line: String = strokes
            .iter()
            .flat_map(|stroke| runs(stroke))
            .map(|run| path(run.iter().map(|seen| seen.at), false))
            .collect();
        if !line.is_empty() {
            for (colour, width) in [("#111111", 4.2), ("#ffffff", 2.2)] {
                page.add(&format!(
                    "<path d=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
                     stroke-linecap=\"round\" stroke-linejoin=\"round\"/>"
                ));
            }
        }
    }

    fn draw_overlay(&self, page: &mut Page, labels: &mut Labels) {
        let map = &self.surface.map;
        let ways: Vec<Vec<Vec<Seen>>> = map.paths.iter().map(|path| self.way(path)).collect();
        let of = |kind: PathKind| map.paths.iter().zip(&ways).filter(move |(path, _)| path.kind == kind);
        of(PathKind::Border).for_each(|(_, way)| draw_border(page, way));
        of(PathKind::Steps).enumerate().for_each(|(index, (_, way))| draw_way(page, way, index));
        for way in &ways {
            take_way(labels, way);
        }
        let (x, y) = map.axes();
        let within = |across: f64, up: f64| self.on_surface((x.place_within(across)?, y.place_within(up)?));
        for kinds in map.dots() {
            let Some(seen) = within(kinds.at.0, kinds.at.1) else { continue };
            let dot = dot(seen.at, &kinds, map.value_axis());
            labels.take(Rect::around(seen.at, 6.0), 1.0);
            page.add(&faint_where_hidden(seen, &dot));
        }
        let values = map.value_axis();
        let standing = |spot: &Spot| {
            let place = (x.place_within(spot.x)?, y.place_within(spot.y)?);
            Some(self.seen(place, values.place(map.value_of(spot))?))
        };
        let spots: Vec<_> = map.spots.iter().filter_map(|spot| Some((spot, standing(spot)?))).collect();
        for (_, seen) in &spots {
            labels.take(Rect::around(seen.at, 7.0), 1.5);
        }
        let (ink, paper, room) = (page.theme.ink, page.theme.paper, page.width - 2.0 * EDGE);
        let size = format!(" font-size=\"{LABEL}\"");
        let mut texts = Vec::new();
        for (spot, seen) in spots.iter().filter(|(spot, _)| !spot.label.trim().is_empty()) {
            let text = fitted(&spot.label, LABEL, room);
            let at = labels.beside(seen.at, 6.0, &text, LABEL);
            if let Some((from, to)) = leader(seen.at, at, &text, LABEL) {
                page.line(from, to, paper, " stroke-width=\"2.6\" stroke-opacity=\".8\"");
                page.line(from, to, ink, " stroke-width=\"0.9\"");
            }
            texts.push((at, text));
        }
        for (spot, seen) in &spots {
            page.add(&faint_where_hidden(*seen, &shape(spot.kind, seen.at)));
        }
        for (at, text) in &texts {
            page.haloed(*at, ink, paper, &size, text);
        }
        for (path, way) in of(PathKind::Border).filter(|(path, _)| !path.name.trim().is_empty()) {
            let text = fitted(&path.name, LABEL, room);
            let curve: Vec<(f64, f64)> = way.iter().flatten().map(|seen| seen.at).collect();
            if let Some(at) = labels.along(&curve, &text, LABEL) {
                page.haloed(at, ink, paper, &size, &text);
            }
        }
    }

    /// Returns a way at its own values, in pieces so short that each is hidden or not.
    fn way(&self, path: &crate::MapPath) -> Vec<Vec<Seen>> {
        let values = self.surface.map.value_axis();
        let height = |station: &Station| match values.place(station.value) {
            Some(place) if station.value.is_finite() => place,
            _ => self.heights.over(station.place.0, station.place.1),
        };
        let at = |station: &Station| {
            let z = height(station);
            self.solid.at((station.place.0, station.place.1, if z.is_finite() { z } else { 0.0 }))
        };
        let thin = thinned(&parts(&self.surface.map, path), at, MOST);
        let count: usize = thin.iter().map(Vec::len).sum();
        let finest = if count > 1000 { 1 } else { 60 };
        let seen = |station: &Station| {
            let z = height(station);
            let seen = z.is_finite().then(|| self.seen(station.place, z))?;
            Some(Seen { distance: station.distance, is_step: station.is_step, ..seen })
        };
        let mut strokes = Vec::new();
        for part in &thin {
            let mut stroke: Vec<Seen> = part.first().and_then(seen).into_iter().collect();
            for ends in part.windows(2) {
                let (from, to) = (at(&ends[0]), at(&ends[1]));
                let long = (to.0 - from.0).hypot(to.1 - from.1);
                let pieces = ((long / 4.0) as usize).clamp(1, finest);
                let along = (1..=pieces).map(|piece| ends[0].towards(&ends[1], piece as f64 / pieces as f64));
                stroke.extend(along.filter_map(|station| seen(&station)));
            }
            strokes.push(stroke);
        }
        strokes.retain(|stroke| !stroke.is_empty());
        strokes
    }
}

/// Returns the parts of a line that are seen.
fn runs(stroke: &[Seen]) -> impl Iterator<Item = &[Seen]> {
    stroke.split(|seen| seen.hidden).filter(|run| run.len() > 1)
}

fn faint_where_hidden(seen: Seen, element: &str) -> String {
    if seen.hidden {
        format!("<g opacity=\".3\">{}</g>", element.replace('\n', ""))
    } else {
        element.to_owned()
    }
}
