//! Curves and dots as SVG.

use std::collections::BTreeSet;

use super::frame::{EDGE, Frame, Room, SIZE, Texts};
use super::glyph::{colour, dash, disc, dot, small_dot};
use super::marks;
use super::path::path;
use super::{Anchor, Page, coordinate, fitted, text_width};
use crate::axis::{Axis, columns, seen};
use crate::figure::{Lines, Series, Style};
use crate::palette::{Rgb, mix};
use crate::thin::{is_noisy, means, strokes};
use crate::words;

/// The height of a line of the legend.
const LINE: f64 = 18.0;

/// Dots of more points than these are small.
const CROWD: usize = 60;

/// Bars nearer to each other than this become a band.
const NEAREST: f64 = 14.0;

pub(super) fn draw(lines: &Lines, page: &mut Page) {
    let (x, y) = Axis::of_lines(lines);
    let (title, x_label, y_label) = (&*lines.title, &*lines.x_label, &*lines.y_label);
    let texts = Texts { title, x_label, y_label, notes: words::notes(&lines.notes, words::lacking(lines)) };
    let is_named = lines.series.iter().any(|series| !series.name.is_empty());
    let legend = if is_named && lines.series.len() > 1 { legend(lines, page.width) } else { Vec::new() };
    let legend_lines = legend.last().map_or(0.0, |entry| f64::from(entry.1) + 1.0);
    let gap = if legend_lines > 0.0 { 6.0 } else { 0.0 };
    let room = Room { header: legend_lines * LINE + gap, ..Room::default() };
    let frame = Frame::new(page, &texts, (x, y), room);
    frame.draw(page, &texts, true);
    page.inside = [frame.left, frame.top, frame.width, frame.height];
    marks::draw_rules(page, &frame, lines, x);
    (0..lines.series.len()).for_each(|index| draw_bars(page, &frame, lines, index, (x, y)));
    let trends: Vec<_> =
        (0..lines.series.len()).map(|index| draw_series(page, &frame, lines, index, (x, y))).collect();
    // The means stand above all pale grounds, so that no curve hides the course of another.
    for (index, trend) in trends.into_iter().enumerate() {
        draw_strokes(page, &frame, &trend, colour(page, index), (2.2, &dash(lines, index)));
    }
    marks::draw_words(page, &frame, lines, (x, y));
    let first_line = frame.header + LINE / 2.0;
    for (index, (left, line, name)) in legend.into_iter().enumerate() {
        let (x, y) = (EDGE + left, first_line + f64::from(line) * LINE);
        let (fill, ink) = (colour(page, index), page.theme.ink);
        match lines.series[index].style {
            Style::Line => {
                let style = format!(" stroke-width=\"2.5\"{}", dash(lines, index));
                page.line((x + 1.0, y), (x + 25.0, y), fill, &style);
            }
            Style::Dots => {
                let dot = dot(page, lines, index, (x + 13.0, y));
                page.add(&dot);
            }
            Style::Columns => {
                let (x, y, fill) = (coordinate(x + 6.0), coordinate(y - 6.0), fill.hex());
                page.add(&format!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"14\" height=\"12\" fill=\"{fill}\" fill-opacity=\"0.7\" stroke=\"{fill}\"/>"
                ));
            }
        }
        page.text((x + 31.0, y + 4.0), Anchor::Start, ink, &name);
    }
}

/// Returns where each entry of the legend stands: its left end, its line, its name.
fn legend(lines: &Lines, width: f64) -> Vec<(f64, u32, String)> {
    let room = width - 2.0 * EDGE;
    let (mut left, mut line) = (0.0, 0);
    let entries = lines.series.iter().map(|series| {
        let name = fitted(&series.name, SIZE, room);
        let wide = 31.0 + text_width(&name, SIZE) + 16.0;
        if left > 0.0 && left + wide > room {
            (left, line) = (0.0, line + 1);
        }
        let place = left;
        left += wide;
        (place, line, name)
    });
    entries.collect()
}

/// Draws a series, and returns the strokes of its mean where it is too noisy to show its course.
fn draw_series(
    page: &mut Page,
    frame: &Frame,
    lines: &Lines,
    index: usize,
    (x, y): (Axis, Axis),
) -> Vec<Vec<(f64, f64)>> {
    let (series, fill) = (&lines.series[index], colour(page, index));
    match series.style {
        Style::Line => {
            let reach = strokes(&series.points, &x, &y, frame.width as usize);
            // A noisy curve would hide its own course: it becomes a pale ground for its mean.
            if is_noisy(&reach) && series.points.len() as f64 > 8.0 * frame.width {
                let whole = " stroke-linecap=\"round\"";
                draw_strokes(page, frame, &reach, mix(fill, page.theme.paper, 0.65), (1.5, whole));
                return means(&series.points, &x, &y, (frame.width / 4.0) as usize);
            }
            draw_strokes(page, frame, &reach, fill, (2.0, &dash(lines, index)));
            if !series.bars.is_empty() && series.points.len() as f64 * NEAREST <= frame.width {
                draw_dots(page, frame, series, (x, y), |page, at| disc(at, fill, page.theme.paper));
            }
        }
        Style::Dots => {
            // Many dots in a row would erase each other and the curve beneath by their edges.
            let is_crowd = series.points.len() > CROWD;
            draw_dots(page, frame, series, (x, y), |page, at| {
                if is_crowd { small_dot(page, lines, index, at) } else { dot(page, lines, index, at) }
            });
        }
        Style::Columns => draw_columns(page, frame, lines, index, (x, y)),
    }
    Vec::new()
}

/// Draws columns from zero to their values, all as one outline. Those of several series can be seen through.
fn draw_columns(page: &mut Page, frame: &Frame, lines: &Lines, index: usize, (x, y): (Axis, Axis)) {
    let fill = colour(page, index).hex();
    let floor = y.place(0.0).unwrap_or(0.0);
    let columns = columns(lines, &lines.series[index]);
    // Neighbours have a gap between them where there is room for one.
    let gap = if columns.len() as f64 * 5.0 < frame.width { 0.8 } else { 0.0 };
    let mut outline = String::new();
    for column in &columns {
        let ends = x.place(column.from).zip(x.place(column.to));
        let (Some((from, to)), Some(top)) = (ends, y.place(column.value)) else { continue };
        let (left, foot) = frame.at((from, floor));
        let (right, top) = frame.at((to, top));
        let corners = [(left + gap, foot), (left + gap, top), (right - gap, top), (right - gap, foot)];
        outline.push_str(&path(corners.into_iter(), true));
    }
    let several = lines.series.iter().filter(|series| series.style == Style::Columns).count() > 1;
    let opacity = if several { 0.5 } else { 0.8 };
    if !outline.is_empty() {
        page.add(&format!(
            "<path d=\"{outline}\" fill=\"{fill}\" fill-opacity=\"{opacity}\" stroke=\"{fill}\" stroke-width=\"0.8\"/>"
        ));
    }
    let (left, foot) = frame.at((0.0, floor));
    page.line((left, foot), (left + frame.width, foot), page.theme.faint, "");
}

fn draw_dots(
    page: &mut Page,
    frame: &Frame,
    series: &Series,
    (x, y): (Axis, Axis),
    dot: impl Fn(&Page, (f64, f64)) -> String,
) {
    // Dots on the same spot, to half a pixel, are one dot.
    let mut drawn = BTreeSet::new();
    let places = series.points.iter().filter_map(|point| x.place(point.0).zip(y.place(point.1)));
    for (across, up) in places.map(|place| frame.at(place)) {
        if drawn.insert(((across * 2.0) as i64, (up * 2.0) as i64)) {
            let dot = dot(page, (across, up));
            page.add(&dot);
        }
    }
}

/// Draws the intervals of a series behind its points: bars, or a band where the bars of a line would touch.
fn draw_bars(page: &mut Page, frame: &Frame, lines: &Lines, index: usize, (x, y): (Axis, Axis)) {
    let (series, fill) = (&lines.series[index], colour(page, index));
    let bars: Vec<[(f64, f64); 2]> = seen(lines, series)
        .filter_map(|((across, _), bar)| {
            let (low, high) = bar?;
            let across = x.place(across)?;
            Some([(across, y.place(low)?), (across, y.place(high)?)].map(|place| frame.at(place)))
        })
        .collect();
    if series.style == Style::Line && bars.len() as f64 * NEAREST > frame.width {
        let outline = bars.iter().map(|bar| bar[1]).chain(bars.iter().rev().map(|bar| bar[0]));
        let pale = mix(fill, page.theme.paper, 0.72).hex();
        page.add(&format!("<path d=\"{}\" fill=\"{pale}\"/>", path(outline, true)));
        return;
    }
    let pale = mix(fill, page.theme.paper, 0.35);
    let curves: String = bars
        .iter()
        .map(|[low, high]| {
            let cap = |(x, y): (f64, f64)| path([(x - 4.0, y), (x + 4.0, y)].into_iter(), false);
            path([*low, *high].into_iter(), false) + &cap(*low) + &cap(*high)
        })
        .collect();
    if !curves.is_empty() {
        let stroke = pale.hex();
        page.add(&format!("<path d=\"{curves}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"1.8\"/>"));
    }
}

fn draw_strokes(
    page: &mut Page,
    frame: &Frame,
    strokes: &[Vec<(f64, f64)>],
    stroke: Rgb,
    (width, style): (f64, &str),
) {
    let joined = strokes.iter().filter(|stroke| stroke.len() > 1);
    let curve: String =
        joined.map(|stroke| path(stroke.iter().map(|place| frame.at(*place)), false)).collect();
    if !curve.is_empty() {
        page.add(&format!(
            "<path d=\"{curve}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{style}/>",
            stroke.hex()
        ));
    }
    for single in strokes.iter().filter(|stroke| stroke.len() == 1) {
        page.add(&disc(frame.at(single[0]), stroke, page.theme.paper));
    }
}
