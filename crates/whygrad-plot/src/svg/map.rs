//! A value over the plane as SVG: filled contour bands, the line at the level, and what lies on them.

use super::frame::{EDGE, Frame, Room, SIZE, Texts, minus};
use super::key::{self, BANDS, band_colour};
use super::labels::{Labels, Rect, leader, written_number};
use super::overlay::{
    LABEL, MOST, Seen, dot, dot_of_value, dot_sample, draw_border, draw_border_sample, draw_way,
    draw_way_sample, shape, take_way,
};
use super::path::path;
use super::{Anchor, Page, coordinate, fitted, text_width};
use crate::axis::Axis;
use crate::contour::Grid;
use crate::figure::{Map, PathKind};
use crate::palette::{Rgb, ink_on, sequence};
use crate::surface::Dot;
use crate::ticks::number;
use crate::way::{Station, parts, thinned};
use crate::words;

/// A finer grid would not be seen, only stored.
const FINEST: usize = 96;

/// A map with a legend is at least this share of the page wide, as far as the page may grow for it: by `MORE` of its width.
const LEAST: f64 = 0.6;
const MORE: f64 = 0.3;

/// The lines of more borders than these are in the legend too, and of more than those some have no name on the map.
const FEW_BORDERS: usize = 2;
const MANY_BORDERS: usize = 4;

/// At most so many contour lines have a number.
const NUMBERED: usize = 7;

pub(super) fn draw(map: &Map, page: &mut Page) {
    let axes = map.axes();
    let values = map.value_axis();
    let (title, x_label, y_label) = (&*map.title, &*map.x_label, &*map.y_label);
    let notes = words::map_notes(map);
    let texts = Texts { title, x_label, y_label, notes };
    let legend = Legend::of(map);
    let beside = key::width(values);
    let (frame, wide) = laid_out(map, page, &texts, &legend, beside);
    frame.draw(page, &texts, false);
    let grid = Grid::of(map, &axes.0, &axes.1, FINEST);
    draw_bands(page, &frame, &grid, values);
    let mut labels = Labels::new(Rect {
        left: frame.left + 2.0,
        top: frame.top + 2.0,
        right: frame.left + frame.width - 2.0,
        bottom: frame.top + frame.height - 2.0,
    });
    let overlay = Overlay::of(map, &frame, &mut labels);
    // Texts are placed in the order of their weight, and written when all else is drawn.
    let mut texts = overlay.spot_texts(page, &mut labels);
    texts.extend(overlay.border_texts(page, &mut labels));
    if map.contours {
        draw_contours(page, &frame, map, &grid, values, (&mut labels, &mut texts));
    }
    draw_level(page, &frame, &grid, map.level);
    overlay.draw(page);
    for (from, to) in texts.iter().filter_map(|text| text.leader) {
        page.line(from, to, page.theme.paper, " stroke-width=\"2.6\" stroke-opacity=\".8\"");
        page.line(from, to, page.theme.ink, " stroke-width=\"0.9\"");
    }
    overlay.draw_spots(page);
    for Text { at, ink, halo, words, .. } in &texts {
        page.haloed(*at, *ink, *halo, &format!(" font-size=\"{LABEL}\""), words);
    }
    key::draw(page, &frame, values);
    key::draw_label(page, &frame, &map.value_label, text_width(texts_beside(map), SIZE));
    if wide {
        legend.draw(page, (frame.left + frame.width + beside + 22.0, frame.top + 10.0));
    } else {
        legend.draw_rows(page, (EDGE + 9.0, frame.header + 8.0));
    }
}

/// Lays out a map: its legend stands where the map is larger, at its right or above it. The page grows for the legend
/// rather than that the map gets narrow.
fn laid_out<'a>(
    map: &'a Map,
    page: &mut Page,
    texts: &Texts,
    legend: &Legend,
    beside: f64,
) -> (Frame<'a>, bool) {
    let (width, height, shape) = (page.width, page.height, ratio(map.axes()));
    let above = !map.value_label.is_empty();
    let lay = |page: &mut Page, wide: bool, height: f64| {
        page.height = height;
        let header = if wide { 0.0 } else { legend.rows_height(width) };
        let beside = beside + if wide { legend.width() + 24.0 } else { 0.0 };
        let room = Room { header, beside, ratio: Some(shape), above, ..Room::default() };
        Frame::new(page, texts, map.axes(), room)
    };
    if legend.0.is_empty() {
        return (lay(page, false, height), false);
    }
    let missing = (LEAST * width - lay(page, false, height).width).max(0.0) / shape;
    let height = height + missing.min(MORE * width);
    let wide = lay(page, true, height).width >= lay(page, false, height).width;
    (lay(page, wide, height), wide)
}

/// The name of the upward axis, which stands in the line of the name of the values.
fn texts_beside(map: &Map) -> &str {
    if map.y_label.to_lowercase() == map.title.to_lowercase() { "" } else { &map.y_label }
}

/// Returns how many times as wide as high a map is: axes of very different length share a shape that is easy to look at.
pub(super) fn ratio(axes: (Axis, Axis)) -> f64 {
    let ratio = axes.0.span() / axes.1.span();
    if (0.4..=2.5).contains(&ratio) { ratio } else { 1.4 }
}

/// A text over the colours.
struct Text {
    at: (f64, f64),
    ink: Rgb,
    halo: Rgb,
    words: String,
    /// The line that leads to it from its mark.
    leader: Option<((f64, f64), (f64, f64))>,
}

/// What lies on a map, at its points on the page.
struct Overlay<'m> {
    map: &'m Map,
    ways: Vec<Vec<Vec<Seen>>>,
    points: Vec<((f64, f64), Dot)>,
    spots: Vec<(usize, (f64, f64))>,
    width: f64,
}

impl<'m> Overlay<'m> {
    fn of(map: &'m Map, frame: &Frame, labels: &mut Labels) -> Self {
        let (x, y) = map.axes();
        let at = |station: &Station| frame.at(station.place);
        let seen = |station: &Station| Seen {
            at: at(station),
            distance: station.distance,
            hidden: false,
            is_step: station.is_step,
        };
        let way = |path| {
            let thin = thinned(&parts(map, path), at, MOST);
            thin.iter().map(|part| part.iter().map(seen).collect()).collect()
        };
        let ways: Vec<Vec<Vec<Seen>>> = map.paths.iter().map(way).collect();
        let within = |across: f64, up: f64| Some(frame.at((x.place_within(across)?, y.place_within(up)?)));
        let points = map.dots().into_iter().filter_map(|dot| Some((within(dot.at.0, dot.at.1)?, dot)));
        let spots = map.spots.iter().enumerate();
        let spots = spots.filter_map(|(index, spot)| Some((index, within(spot.x, spot.y)?)));
        let overlay =
            Overlay { map, ways, points: points.collect(), spots: spots.collect(), width: frame.width };
        overlay.ways.iter().for_each(|way| take_way(labels, way));
        overlay.points.iter().take(500).for_each(|(at, _)| labels.take(Rect::around(*at, 6.0), 1.0));
        overlay.spots.iter().for_each(|(_, at)| labels.take(Rect::around(*at, 7.0), 1.5));
        overlay
    }

    fn spot_texts(&self, page: &Page, labels: &mut Labels) -> Vec<Text> {
        let named = self.spots.iter().filter(|(index, _)| !self.map.spots[*index].label.trim().is_empty());
        let text = |(index, at): &(usize, (f64, f64))| {
            let text = fitted(&self.map.spots[*index].label, LABEL, self.width - 4.0);
            let start = labels.beside(*at, 6.0, &text, LABEL);
            let leader = leader(*at, start, &text, LABEL);
            Text { at: start, ink: page.theme.ink, halo: page.theme.paper, words: text, leader }
        };
        named.map(text).collect()
    }

    fn border_texts(&self, page: &Page, labels: &mut Labels) -> Vec<Text> {
        let mut texts = Vec::new();
        let borders = self.map.paths.iter().filter(|path| path.kind == PathKind::Border).count();
        for (path, way) in self.map.paths.iter().zip(&self.ways) {
            if path.kind != PathKind::Border || path.name.trim().is_empty() {
                continue;
            }
            let text = fitted(&path.name, LABEL, self.width - 4.0);
            let points: Vec<(f64, f64)> = way
                .iter()
                .max_by_key(|stroke| stroke.len())
                .map_or_else(Vec::new, |stroke| stroke.iter().map(|seen| seen.at).collect());
            // Of many lines those go without a name for which there is no room.
            let free = labels.along_if_free(&points, &text, LABEL);
            let forced = || if borders > MANY_BORDERS { None } else { labels.along(&points, &text, LABEL) };
            if let Some(at) = free.or_else(forced) {
                texts.push(Text {
                    at,
                    ink: page.theme.ink,
                    halo: page.theme.paper,
                    words: text,
                    leader: None,
                });
            }
        }
        texts
    }

    fn draw(&self, page: &mut Page) {
        let of =
            |kind: PathKind| self.map.paths.iter().zip(&self.ways).filter(move |(path, _)| path.kind == kind);
        of(PathKind::Border).for_each(|(_, way)| draw_border(page, way));
        of(PathKind::Steps).enumerate().for_each(|(index, (_, way))| draw_way(page, way, index));
        let values = self.map.value_axis();
        self.points.iter().for_each(|(at, kinds)| page.add(&dot(*at, kinds, values)));
    }

    fn draw_spots(&self, page: &mut Page) {
        self.spots.iter().for_each(|(index, at)| page.add(&shape(self.map.spots[*index].kind, *at)));
    }
}

/// What stands in the legend of a map.
#[derive(Clone, Copy)]
enum Sample {
    Above,
    Below,
    Both,
    Aside,
    Valued,
    Level,
    Border,
    Way(usize),
    Faded,
}

/// The legend of a map or of a landscape.
pub(super) struct Legend(Vec<(Sample, String)>);

impl Legend {
    pub(super) fn of(map: &Map) -> Self {
        let mut entries = Vec::new();
        match map.parting() {
            _ if map.points.is_empty() => {}
            Some(value) => {
                entries.push((Sample::Above, format!("target ≥ {}", number(value))));
                entries.push((Sample::Below, "target below".into()));
                if map.dots().iter().any(|dot| dot.upper && dot.lower) {
                    entries.push((Sample::Both, "both".into()));
                }
            }
            None => entries.push((Sample::Valued, "data, in the colour of the target".into())),
        }
        if map.points.iter().any(|point| point.aside) {
            entries.push((Sample::Aside, "small: beside this slice".into()));
        }
        let crosses =
            |level: &f64| map.range().is_some_and(|range| range.low < *level && *level <= range.high);
        if let Some(level) = map.level.filter(crosses) {
            entries.push((Sample::Level, format!("level {}", number(level))));
        }
        // Of many lines not each has room for its name.
        let borders = map.paths.iter().filter(|path| path.kind == PathKind::Border);
        let names: Vec<&str> = borders.map(|path| path.name.trim()).filter(|name| !name.is_empty()).collect();
        if names.len() > FEW_BORDERS {
            entries.push((Sample::Border, fitted(&names.join(", "), SIZE, 190.0)));
        }
        let steps = map.paths.iter().filter(|path| path.kind == PathKind::Steps);
        for (index, path) in steps.clone().enumerate().filter(|(_, path)| !path.name.trim().is_empty()) {
            entries.push((Sample::Way(index), fitted(&path.name, SIZE, 170.0)));
        }
        if steps.clone().any(|path| path.distance.iter().any(|away| *away > 0.0)) {
            entries.push((Sample::Faded, "paler: off the plane".into()));
        }
        Legend(entries)
    }

    fn width(&self) -> f64 {
        self.0.iter().map(|(_, text)| text_width(text, SIZE) + 26.0).fold(0.0, f64::max)
    }

    /// Returns where each entry stands when they follow one another in rows.
    fn rows(&self, width: f64) -> Vec<(f64, f64)> {
        let (mut left, mut top) = (0.0, 0.0);
        let place = |(_, text): &(Sample, String)| {
            let wide = text_width(text, SIZE) + 26.0;
            if left > 0.0 && left + wide > width - 2.0 * EDGE {
                (left, top) = (0.0, top + 19.0);
            }
            let place = (left, top);
            left += wide + 14.0;
            place
        };
        self.0.iter().map(place).collect()
    }

    /// Returns the height of the legend in rows.
    pub(super) fn rows_height(&self, width: f64) -> f64 {
        self.rows(width).last().map_or(0.0, |place| place.1 + 25.0)
    }

    /// Draws the legend in rows, the middle of its first sample at a point.
    pub(super) fn draw_rows(&self, page: &mut Page, at: (f64, f64)) {
        for ((sample, text), place) in self.0.iter().zip(self.rows(page.width)) {
            let at = (at.0 + place.0, at.1 + place.1);
            draw_sample(page, at, *sample);
            page.text((at.0 + 16.0, at.1 + 4.0), Anchor::Start, page.theme.ink, text);
        }
    }

    /// Draws the legend from the middle of its first sample down.
    fn draw(&self, page: &mut Page, at: (f64, f64)) {
        for (index, (sample, text)) in self.0.iter().enumerate() {
            let at = (at.0, at.1 + index as f64 * 18.0);
            draw_sample(page, at, *sample);
            page.text((at.0 + 16.0, at.1 + 4.0), Anchor::Start, page.theme.ink, text);
        }
    }
}

fn draw_sample(page: &mut Page, (x, y): (f64, f64), sample: Sample) {
    // On a colour of the surface, because the marks are made for it.
    let (left, top, fill) = (coordinate(x - 9.0), coordinate(y - 8.0), sequence(0.45).hex());
    page.add(&format!("<rect x=\"{left}\" y=\"{top}\" width=\"18\" height=\"16\" fill=\"{fill}\"/>"));
    match sample {
        Sample::Above | Sample::Below | Sample::Both => {
            let (upper, lower) = (!matches!(sample, Sample::Below), !matches!(sample, Sample::Above));
            page.add(&dot_sample((x, y), (upper, lower), false));
        }
        Sample::Aside => page.add(&dot_sample((x, y), (true, false), true)),
        Sample::Valued => page.add(&dot_of_value((x, y))),
        Sample::Level => page.line((x - 9.0, y), (x + 9.0, y), Rgb(255, 255, 255), " stroke-width=\"2.2\""),
        Sample::Border => draw_border_sample(page, (x, y)),
        Sample::Way(index) => draw_way_sample(page, (x, y), index, false),
        Sample::Faded => draw_way_sample(page, (x, y), 0, true),
    }
}

/// Draws each band over the one below it, so that no gap can open between two colours.
fn draw_bands(page: &mut Page, frame: &Frame, grid: &Grid, values: Axis) {
    for band in 0..BANDS {
        let threshold = if band == 0 { f64::MIN } else { values.value(band as f64 / BANDS as f64) };
        let pieces = grid.above(threshold);
        let area: String =
            pieces.iter().map(|piece| path(piece.iter().map(|place| frame.at(*place)), true)).collect();
        if !area.is_empty() {
            page.add(&format!("<path d=\"{area}\" fill=\"{}\"/>", band_colour(band).hex()));
        }
    }
}

fn draw_level(page: &mut Page, frame: &Frame, grid: &Grid, level: Option<f64>) {
    let curves = level.map(|level| grid.curves(level)).unwrap_or_default();
    let line: String =
        curves.iter().map(|curve| path(curve.iter().map(|place| frame.at(*place)), false)).collect();
    if !line.is_empty() {
        page.add(&format!(
            "<path d=\"{line}\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"2.2\" stroke-linecap=\"round\"/>"
        ));
    }
}

/// Draws contour lines at round values, with numbers where these have room.
fn draw_contours(
    page: &mut Page,
    frame: &Frame,
    map: &Map,
    grid: &Grid,
    values: Axis,
    (labels, texts): (&mut Labels, &mut Vec<Text>),
) {
    let mut numbered = 0;
    let few = if frame.width < 200.0 { 7 } else { 12 };
    for (place, tick) in values.ticks(few).into_iter().filter(|(_, tick)| map.level != Some(tick.value)) {
        let curves: Vec<Vec<(f64, f64)>> = grid
            .curves(tick.value)
            .iter()
            .map(|curve| curve.iter().map(|place| frame.at(*place)).collect())
            .collect();
        let ground = sequence(place);
        let ink = ink_on(ground);
        let line: String = curves.iter().map(|curve| path(curve.iter().copied(), false)).collect();
        if line.is_empty() {
            continue;
        }
        page.add(&format!(
            "<path d=\"{line}\" fill=\"none\" stroke=\"{}\" stroke-width=\"0.9\" stroke-opacity=\".65\"/>",
            ink.hex()
        ));
        // The label has as many digits as tell neighbouring lines apart.
        let text = if tick.power.is_some() { written_number(tick.value) } else { minus(&tick.label) };
        let longest = curves.iter().max_by(|a, b| length(a).total_cmp(&length(b)));
        let long = longest.filter(|curve| numbered < NUMBERED && length(curve) > 70.0);
        if let Some(at) = long.and_then(|curve| labels.along_if_free(curve, &text, LABEL)) {
            texts.push(Text { at, ink, halo: ground, words: text, leader: None });
            numbered += 1;
        }
    }
}

fn length(curve: &[(f64, f64)]) -> f64 {
    curve.windows(2).map(|ends| (ends[1].0 - ends[0].0).hypot(ends[1].1 - ends[0].1)).sum()
}
