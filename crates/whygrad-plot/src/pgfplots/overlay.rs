//! What lies on a map in pgfplots: ways, data points, places with a name, and the texts over the colours, which are laid
//! out by the same rules as in the SVG.

use super::axes::escaped;
use super::look::{BORDER, DOTS, FAINT, dotted, shape, way_style};
use super::map::{Axes, Contour};
use super::{POINTS, coordinates, rgb};
use crate::contour::Place;
use crate::figure::{Map, MapPath, PathKind, Spot, SpotKind};
use crate::palette::{Rgb, ink_on, sequence};
use crate::svg::labels::{Labels, Rect, leader};
use crate::svg::overlay::{FEW, WAYS};
use crate::view::Heights;
use crate::way;

/// The most points of a path.
const STEPS: usize = 1000;

/// The size of texts over colours in pixels: that of a footnote, whose letters are narrower than those of the SVG.
const LABEL: f64 = 10.0;

/// At most so many contour lines have a number.
const NUMBERED: usize = 7;

/// The most samples along a side of what may hide something.
const FINEST_HEIGHTS: usize = 121;

/// How many grades of paleness a way has.
const GRADES: f64 = 4.0;

/// A point of a way.
#[derive(Clone, Copy)]
struct Station {
    place: Place,
    value: f64,
    /// The share of the greatest distance from the plane.
    distance: f64,
    /// Whether a landscape lies before it.
    hidden: bool,
}

/// What lies on a map, and where it is seen.
pub(super) struct Overlay<'m> {
    pub(super) map: &'m Map,
    axes: Axes,
    /// The size of the axes in pixels.
    size: (f64, f64),
    /// The heights of a landscape.
    heights: Option<Heights>,
    ways: Vec<Vec<Vec<Station>>>,
}

/// A text over the colours.
struct Text {
    /// Where it stands: a coordinate of the picture and a shift from it, to the right and upwards in points.
    at: String,
    shift: (f64, f64),
    anchor: &'static str,
    ink: Rgb,
    ground: Rgb,
    words: String,
}

impl<'m> Overlay<'m> {
    pub(super) fn of(map: &'m Map, axes: Axes, size: (f64, f64)) -> Self {
        let heights = axes.view.map(|_| Heights::of(map, FINEST_HEIGHTS));
        let mut overlay = Overlay { map, axes, size, heights, ways: Vec::new() };
        // Seen from above, a straight line needs no points between its ends.
        let step = if axes.view.is_some() { 1.0 / 40.0 } else { 2.0 };
        let way = |path| {
            let parts = way::upon(map, path, step, STEPS).into_iter();
            let station = |(place, value, distance)| {
                let hidden = overlay.hides(place, axes.values.axis.place(value).unwrap_or(0.0));
                Station { place, value, distance, hidden }
            };
            parts.map(|part| part.into_iter().map(station).collect()).collect()
        };
        overlay.ways = map.paths.iter().map(way).collect();
        overlay
    }

    /// Returns whether the axes have little room for numbers.
    pub(super) fn is_small(&self) -> bool {
        self.size.0 < 200.0
    }

    /// Returns whether a landscape lies before a point over a place; both are shares.
    pub(super) fn hides(&self, place: Place, height: f64) -> bool {
        let stage = self.axes.view.zip(self.heights.as_ref());
        stage.is_some_and(|(view, heights)| view.hides(|x, y| heights.over(x, y), (place.0, place.1, height)))
    }

    /// Draws everything above the samples; the contour lines are drawn by the caller and returned.
    pub(super) fn draw(&self, out: &mut String, contours: impl FnOnce(&Self, &mut String) -> Vec<Contour>) {
        let contours = contours(self, out);
        let mut labels = self.taken();
        let (mut texts, leaders) = self.spot_texts(&mut labels);
        if self.axes.view.is_none() {
            texts.extend(self.border_texts(&mut labels));
            texts.extend(self.numbers(&contours, &mut labels));
        }
        self.draw_borders(out);
        let steps = self.map.paths.iter().zip(&self.ways).filter(|(path, _)| path.kind == PathKind::Steps);
        for (index, (path, way)) in steps.enumerate() {
            self.draw_way(out, path, way, index);
        }
        self.draw_points(out);
        out.push_str(&leaders);
        self.draw_spots(out);
        self.draw_legend(out);
        for text in texts {
            out.extend([format!(
                "\\node[anchor={}, xshift={:.1}pt, yshift={:.1}pt, font=\\footnotesize, text={}, fill={}, \
                 fill opacity=0.88, text opacity=1, inner sep=0.5pt] at ({}) {{{}}};\n",
                text.anchor,
                text.shift.0,
                text.shift.1,
                rgb(text.ink),
                rgb(text.ground),
                text.at,
                escaped(&text.words)
            )]);
        }
    }

    /// Returns where a place of a height is seen, in pixels from the upper left corner of the axes; both are shares.
    fn seen(&self, (x, y): Place, height: f64) -> (f64, f64) {
        let Some(view) = self.axes.view else {
            return (x * self.size.0, (1.0 - y) * self.size.1);
        };
        // The box fills the axes as far as its proportions allow.
        let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        for corner in 0..8_u8 {
            let [x, y, z] = [1, 2, 4].map(|bit| f64::from(u8::from(corner & bit > 0)));
            let (across, up) = view.at((x, y, z));
            low = (low.0.min(across), low.1.min(up));
            high = (high.0.max(across), high.1.max(up));
        }
        let scale = (self.size.0 / (high.0 - low.0)).min(self.size.1 / (high.1 - low.1));
        let (across, up) = view.at((x, y, height));
        let middle = (f64::midpoint(low.0, high.0), f64::midpoint(low.1, high.1));
        (self.size.0 / 2.0 + scale * (across - middle.0), self.size.1 / 2.0 - scale * (up - middle.1))
    }

    fn hides_at(&self, (x, y): (f64, f64), value: f64) -> bool {
        let axes = self.map.axes();
        let place = axes.0.place_within(x).zip(axes.1.place_within(y));
        place.is_some_and(|place| self.hides(place, self.axes.values.axis.place(value).unwrap_or(0.0)))
    }

    fn seen_value(&self, place: Place, value: f64) -> (f64, f64) {
        self.seen(place, self.axes.values.axis.place(value).unwrap_or(0.0))
    }

    /// Returns where a place with a name is seen, and its coordinate.
    fn spot(&self, spot: &Spot) -> Option<((f64, f64), String)> {
        let value = self.map.value_of(spot);
        let (x, y) = self.map.axes();
        let place = (x.place_within(spot.x)?, y.place_within(spot.y)?);
        Some((self.seen_value(place, value), self.axes.point((spot.x, spot.y), value)?))
    }

    /// Returns the places that texts avoid: ways, data points and spots.
    fn taken(&self) -> Labels {
        let (right, bottom) = (self.size.0 - 2.0, self.size.1 - 2.0);
        let mut labels = Labels::new(Rect { left: 2.0, top: 2.0, right, bottom });
        let count: usize = self.ways.iter().flatten().map(Vec::len).sum();
        for ends in self.ways.iter().flatten().flat_map(|part| part.windows(2)).step_by(count / 600 + 1) {
            let (from, to) = (
                self.seen_value(ends[0].place, ends[0].value),
                self.seen_value(ends[1].place, ends[1].value),
            );
            let pieces = (((to.0 - from.0).hypot(to.1 - from.1) / 12.0) as usize).clamp(1, 40);
            for piece in 0..pieces {
                let share = piece as f64 / pieces as f64;
                let at = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
                labels.take(Rect::around(at, 2.0), 0.8);
            }
        }
        let (x, y) = self.map.axes();
        for dot in self.map.dots().iter().take(500) {
            let Some(place) = x.place_within(dot.at.0).zip(y.place_within(dot.at.1)) else { continue };
            labels.take(Rect::around(self.seen_value(place, self.map.at(dot.at.0, dot.at.1)), 4.0), 1.0);
        }
        for (at, _) in self.map.spots.iter().filter_map(|spot| self.spot(spot)) {
            labels.take(Rect::around(at, 7.0), 1.5);
        }
        labels
    }

    /// Places the names of the spots beside them. Returns them, and the lines to those that stand far away.
    fn spot_texts(&self, labels: &mut Labels) -> (Vec<Text>, String) {
        let (mut texts, mut leaders) = (Vec::new(), String::new());
        for spot in self.map.spots.iter().filter(|spot| !spot.label.trim().is_empty()) {
            let Some((at, coordinate)) = self.spot(spot) else { continue };
            let words = spot.label.trim().to_owned();
            let start = labels.beside(at, self.radius(spot), &words, LABEL);
            let rect = Rect::of_text(start, &words, LABEL);
            // Letters narrower than assumed shall not move the text away from its mark.
            let (anchor, x) = match () {
                () if rect.left > at.0 => ("base west", rect.left),
                () if rect.right < at.0 => ("base east", rect.right),
                () => ("base", f64::midpoint(rect.left, rect.right)),
            };
            let points = |to: (f64, f64)| ((to.0 - at.0) * POINTS, (at.1 - to.1) * POINTS);
            let cs = format!("axis cs:{}", inside(&coordinate));
            if let Some((_, end)) = leader(at, start, &words, LABEL) {
                let (right, up) = points(end);
                for style in ["white, opacity=0.8, line width=2pt", "black, line width=0.7pt"] {
                    leaders.extend([format!("\\draw[{style}] ({cs}) -- ++({right:.1}pt,{up:.1}pt);\n")]);
                }
            }
            let shift = points((x, start.1));
            texts.push(Text { at: cs, shift, anchor, ink: BLACK, ground: WHITE, words });
        }
        (texts, leaders)
    }

    /// Places the names of the borders on them.
    fn border_texts(&self, labels: &mut Labels) -> Vec<Text> {
        let mut texts = Vec::new();
        for (path, way) in self.map.paths.iter().zip(&self.ways) {
            let Some(longest) = way.iter().max_by_key(|part| part.len()) else { continue };
            if path.kind != PathKind::Border || path.name.trim().is_empty() {
                continue;
            }
            let curve: Vec<(f64, f64)> =
                longest.iter().map(|station| self.seen(station.place, 0.0)).collect();
            if let Some(start) = labels.along(&curve, &path.name, LABEL) {
                texts.push(self.over(start, &path.name, (BLACK, WHITE)));
            }
        }
        texts
    }

    /// Places the numbers of the contour lines on the longest of them.
    fn numbers(&self, contours: &[Contour], labels: &mut Labels) -> Vec<Text> {
        let mut texts = Vec::new();
        for contour in contours {
            let length = |curve: &[(f64, f64)]| {
                curve.windows(2).map(|ends| (ends[1].0 - ends[0].0).hypot(ends[1].1 - ends[0].1)).sum::<f64>()
            };
            let seen = contour
                .curves
                .iter()
                .map(|curve| curve.iter().map(|place| self.seen(*place, 0.0)).collect::<Vec<_>>());
            let longest = seen.max_by(|a, b| length(a).total_cmp(&length(b)));
            let long = longest.filter(|curve| texts.len() < NUMBERED && length(curve) > 70.0);
            if let Some(start) = long.and_then(|curve| labels.along_if_free(&curve, &contour.text, LABEL)) {
                let ground = sequence(contour.place);
                texts.push(self.over(start, &contour.text, (ink_on(ground), ground)));
            }
        }
        texts
    }

    /// Returns a text whose baseline begins at a point of a map seen from above.
    fn over(&self, start: (f64, f64), words: &str, (ink, ground): (Rgb, Rgb)) -> Text {
        let rect = Rect::of_text(start, words, LABEL);
        let middle = f64::midpoint(rect.left, rect.right) / self.size.0;
        let at = format!("rel axis cs:{middle:.4},{:.4}", 1.0 - start.1 / self.size.1);
        Text { at, shift: (0.0, 0.0), anchor: "base", ink, ground, words: words.to_owned() }
    }

    fn draw_borders(&self, out: &mut String) {
        let borders = self.map.paths.iter().zip(&self.ways).filter(|(path, _)| path.kind == PathKind::Border);
        for run in borders.flat_map(|(_, way)| runs(way, |station| usize::from(station.hidden))) {
            if run[0].hidden {
                for style in dotted(BLACK) {
                    self.draw_line(out, &run, &style);
                }
                continue;
            }
            for style in ["white, opacity=0.75, line width=2.5pt", BORDER] {
                self.draw_line(out, &run, style);
            }
        }
    }

    /// Draws a line through stations.
    fn draw_line(&self, out: &mut String, stations: &[Station], style: &str) {
        let (x, y) = self.map.axes();
        let points = stations.iter().filter_map(|station| {
            self.axes.point((x.value(station.place.0), y.value(station.place.1)), station.value)
        });
        let points: Vec<String> = points.collect();
        if !points.is_empty() {
            let plot = self.axes.plot();
            out.extend([format!("{plot}[{style}, forget plot] coordinates {};\n", coordinates(&points))]);
        }
    }

    /// Draws a way: black with a white edge; what lies far from the drawn plane is paler and thinner, in few grades, and
    /// what a landscape hides is dotted.
    fn draw_way(&self, out: &mut String, path: &MapPath, way: &[Vec<Station>], index: usize) {
        let grade = |station: &Station| (station.distance * GRADES).round() as usize;
        let runs = runs(way, |station| if station.hidden { usize::MAX } else { grade(station) });
        let (colour, dash) = WAYS[index % WAYS.len()];
        // All edges lie below all lines, so that no edge cuts through a line.
        for is_edge in [true, false] {
            for run in &runs {
                let style = if run[0].hidden {
                    dotted(colour)[usize::from(!is_edge)].clone()
                } else {
                    way_style(colour, dash, grade(&run[0]) as f64 / GRADES, is_edge)
                };
                self.draw_line(out, run, &style);
            }
        }
        if path.points.len() > FEW && way.iter().all(|part| part.len() > 1) {
            return;
        }
        let value = |index: usize, (x, y): (f64, f64)| {
            let own = path.values.get(index).copied().filter(|value| value.is_finite());
            own.unwrap_or_else(|| self.map.at(x, y))
        };
        let steps: Vec<String> = path
            .points
            .iter()
            .enumerate()
            .take(FEW)
            .filter_map(|(index, at)| self.axes.point(*at, value(index, *at)))
            .collect();
        let style = format!("fill={}, draw=white, line width=0.6pt", rgb(colour));
        self.draw_marks(out, "*", 1.9, &style, &steps);
    }

    fn draw_marks(&self, out: &mut String, mark: &str, size: f64, options: &str, at: &[String]) {
        if !at.is_empty() {
            let plot = self.axes.plot();
            out.extend([format!(
                "{plot}[only marks, mark={mark}, mark size={size}pt, mark options={{solid, {options}}}, forget plot] \
                 coordinates {};\n",
                coordinates(at)
            )]);
        }
    }

    /// Draws the data points: black or white, half and half where both kinds lie at a place, small beside the plane.
    fn draw_points(&self, out: &mut String) {
        let dots = self.map.dots();
        for small in [true, false] {
            for (kind, mark, style) in DOTS {
                let of_kind = dots.iter().filter(|dot| (dot.upper, dot.lower) == kind && dot.small == small);
                let (mut hidden, mut seen) = (Vec::new(), Vec::new());
                for at in of_kind.map(|dot| dot.at) {
                    let value = self.map.at(at.0, at.1);
                    let points = if self.hides_at(at, value) { &mut hidden } else { &mut seen };
                    points.extend(self.axes.point(at, value));
                }
                let size = if small { 1.7 } else { 2.6 };
                self.draw_marks(out, mark, size, &format!("{style}, {FAINT}"), &hidden);
                self.draw_marks(out, mark, size, style, &seen);
            }
        }
    }

    /// Draws the shapes of the places, where a way begins and ends on top, and what lies beneath these larger.
    fn draw_spots(&self, out: &mut String) {
        for ends in [false, true] {
            for spot in self.map.spots.iter().filter(|spot| is_end(spot) == ends) {
                let Some((_, coordinate)) = self.spot(spot) else { continue };
                for (mark, size, style) in shape(spot.kind) {
                    let size = if self.is_beneath(spot) { BENEATH * size } else { *size };
                    let hidden = self.hides_at((spot.x, spot.y), self.map.value_of(spot));
                    let style = if hidden { format!("{style}, {FAINT}") } else { (*style).to_owned() };
                    self.draw_marks(out, mark, size, &style, std::slice::from_ref(&coordinate));
                }
            }
        }
    }

    /// Returns whether the mark of a place lies beneath that of an end of a way.
    fn is_beneath(&self, spot: &Spot) -> bool {
        let Some((at, _)) = self.spot(spot).filter(|_| !is_end(spot)) else { return false };
        let near =
            |other: &Spot| self.spot(other).is_some_and(|(to, _)| (to.0 - at.0).hypot(to.1 - at.1) < 6.0);
        self.map.spots.iter().any(|other| is_end(other) && near(other))
    }

    /// Returns how far the marks at a place reach, in pixels.
    fn radius(&self, spot: &Spot) -> f64 {
        let shared = self
            .map
            .spots
            .iter()
            .any(|other| (other.x, other.y) == (spot.x, spot.y) && self.is_beneath(other));
        if shared { 6.0 * BENEATH } else { 6.0 }
    }
}

/// How much larger a mark is that lies beneath another.
const BENEATH: f64 = 1.5;

const BLACK: Rgb = Rgb(17, 17, 17);
const WHITE: Rgb = Rgb(255, 255, 255);

/// Returns the runs of a way that are drawn alike; each reaches to the beginning of the next, so that there are no gaps.
fn runs(way: &[Vec<Station>], alike: impl Fn(&Station) -> usize) -> Vec<Vec<Station>> {
    let mut runs = Vec::new();
    for part in way {
        let mut end = 0;
        for run in part.chunk_by(|a, b| alike(a) == alike(b)) {
            end += run.len();
            runs.push(run.iter().chain(part.get(end)).copied().collect());
        }
    }
    runs
}

fn is_end(spot: &Spot) -> bool {
    matches!(spot.kind, SpotKind::Start | SpotKind::End)
}

/// Returns a coordinate without its parentheses.
fn inside(point: &str) -> &str {
    point.trim_start_matches('(').trim_end_matches(')')
}
