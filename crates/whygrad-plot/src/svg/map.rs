//! A value over the plane as SVG: filled contour bands, the line at the level, and the points.

use super::frame::{EDGE, Frame, Room, SIZE, Texts, path};
use super::key::{self, BANDS, band_colour};
use super::{Anchor, Page, coordinate, text_width};
use crate::axis::Axis;
use crate::contour::Grid;
use crate::figure::Map;
use crate::palette::{Rgb, sequence};
use crate::ticks::number;
use crate::words;

/// A finer grid would not be seen, only stored.
const FINEST: usize = 96;

pub(super) fn draw(map: &Map, page: &mut Page) {
    let axes = map.axes();
    let values = map.value_axis();
    let (title, x_label, y_label) = (&*map.title, &*map.x_label, &*map.y_label);
    let texts = Texts { title, x_label, y_label, note: words::missing(map) };
    let legend = legend(map);
    let legend_width = legend.iter().map(|(_, text)| text_width(text, SIZE) + 26.0).fold(0.0, f64::max);
    let beside = key::width(values);
    // The legend stands at the right where the page is wide, else it takes lines above the picture.
    let wide = page.width >= 480.0 && page.width - legend_width - beside >= 260.0;
    let above = if wide { 0.0 } else { 18.0 * legend.len() as f64 };
    let beside_all = beside + if wide { legend_width + 24.0 } else { 0.0 };
    let room = Room { header: above, beside: beside_all, widest: f64::INFINITY };
    let mut frame = Frame::new(page, &texts, axes, room);
    let ratio = axes.0.span() / axes.1.span();
    let ratio = if (0.4..=2.5).contains(&ratio) { ratio } else { 1.4 };
    frame.width = frame.width.min(frame.height * ratio);
    frame.draw(page, &texts, false);
    draw_bands(page, &frame, map, axes, values);
    draw_points(page, &frame, map, axes);
    key::draw(page, &frame, values);
    let first_line = frame.header + 8.0;
    for (index, (sample, text)) in legend.iter().enumerate() {
        let line = index as f64 * 18.0;
        let at = if wide {
            (frame.left + frame.width + beside + 22.0, frame.top + 10.0 + line)
        } else {
            (EDGE + 9.0, first_line + line)
        };
        draw_sample(page, at, *sample);
        page.text((at.0 + 16.0, at.1 + 4.0), Anchor::Start, page.theme.ink, text);
    }
}

#[derive(Clone, Copy)]
enum Sample {
    Above,
    Below,
    Level,
}

fn legend(map: &Map) -> Vec<(Sample, String)> {
    let mut entries = Vec::new();
    if let Some(level) = map.level {
        if !map.points.is_empty() {
            entries.push((Sample::Above, format!("target ≥ {}", number(level))));
            entries.push((Sample::Below, "target below".into()));
        }
        if map.range().is_some_and(|range| range.low < level && level <= range.high) {
            entries.push((Sample::Level, format!("level {}", number(level))));
        }
    } else if !map.points.is_empty() {
        entries.push((Sample::Above, "data".into()));
    }
    entries
}

/// Draws each band over the one below it, so that no gap can open between two colours.
fn draw_bands(page: &mut Page, frame: &Frame, map: &Map, axes: (Axis, Axis), values: Axis) {
    let grid = Grid::of(map, &axes.0, &axes.1, FINEST);
    for band in 0..BANDS {
        let threshold = if band == 0 { f64::MIN } else { values.value(band as f64 / BANDS as f64) };
        let pieces = grid.above(threshold);
        let area: String =
            pieces.iter().map(|piece| path(piece.iter().map(|place| frame.at(*place)), true)).collect();
        if !area.is_empty() {
            page.add(&format!("<path d=\"{area}\" fill=\"{}\"/>", band_colour(band).hex()));
        }
    }
    let Some(level) = map.level else { return };
    let line: String = grid
        .line(level)
        .iter()
        .map(|(from, to)| path([*from, *to].iter().map(|p| frame.at(*p)), false))
        .collect();
    if !line.is_empty() {
        page.add(&format!(
            "<path d=\"{line}\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"2.2\" stroke-linecap=\"round\"/>"
        ));
    }
}

fn draw_points(page: &mut Page, frame: &Frame, map: &Map, (x, y): (Axis, Axis)) {
    for point in &map.points {
        let Some(place) = x.place_within(point.x).zip(y.place_within(point.y)) else { continue };
        let filled = map.level.is_none_or(|level| point.value >= level);
        page.add(&dot(frame.at(place), filled));
    }
}

/// Points are black and white with a contrasting edge, so they show on every colour.
fn dot((x, y): (f64, f64), filled: bool) -> String {
    let (x, y) = (coordinate(x), coordinate(y));
    let (fill, edge) = if filled { ("#111111", "#ffffff") } else { ("#ffffff", "#111111") };
    format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"1.6\"/>")
}

fn draw_sample(page: &mut Page, (x, y): (f64, f64), sample: Sample) {
    // On a colour of the surface, because the marks are made for it.
    let (left, top, fill) = (coordinate(x - 9.0), coordinate(y - 8.0), sequence(0.45).hex());
    page.add(&format!("<rect x=\"{left}\" y=\"{top}\" width=\"18\" height=\"16\" fill=\"{fill}\"/>"));
    match sample {
        Sample::Above => page.add(&dot((x, y), true)),
        Sample::Below => page.add(&dot((x, y), false)),
        Sample::Level => page.line((x - 9.0, y), (x + 9.0, y), Rgb(255, 255, 255), " stroke-width=\"2.2\""),
    }
}
