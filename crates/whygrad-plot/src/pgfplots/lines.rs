//! Curves, dots and columns in pgfplots.

use super::axes::{TexAxis, escaped, number};
use super::{PER_CENTIMETRE, Size, colour, coordinates, frame, stroke, tikzpicture};
use crate::axis::{Axis, seen};
use crate::figure::{Lines, Mark, Series, Style};
use crate::svg::labels::{Labels, Rect};
use crate::thin::kept;
use crate::words;

/// Columns to which a series is thinned: each keeps at most four points.
const COLUMNS: usize = 500;

/// The most dots of a series.
const DOTS: usize = 2000;

/// The size of labels in pixels, for letters narrower than those of the SVG.
const LABEL: f64 = 11.0;

/// The width of a letter of the legend, generously, in centimetres.
const LETTER: f64 = 0.2;

pub(super) fn draw(lines: &Lines, size: Size) -> String {
    let (x, y) = Axis::of_lines(lines);
    let axes = (TexAxis::new(x, lines.x_log), TexAxis::new(y, lines.y_log));
    let mut out = String::from("\\begin{axis}[\n");
    out.push_str(&frame(size, &lines.title, &lines.x_label, &lines.y_label));
    let across = ((size.width / 1.3) as usize).clamp(2, 12);
    let names = lines.x_names.len();
    out.push_str(&axes.0.settings('x', across.max(names.min(40))));
    out.push_str(&axes.1.settings('y', ((size.height / 1.1) as usize).clamp(2, 10)));
    let letters: usize = lines.x_names.iter().map(|name| name.chars().count() + 2).sum();
    if letters as f64 * LETTER > size.width - 2.6 {
        out.push_str("x tick label style={rotate=40, anchor=north east},\n");
    } else if names > 0 {
        out.push_str("x tick label style={text height=1.5ex, text depth=0.5ex},\n");
    }
    out.push_str("grid=major, grid style={gray!20}, tick pos=left, unbounded coords=jump, filter discard warning=false,\n");
    let is_named = lines.series.len() > 1 && lines.series.iter().any(|series| !series.name.is_empty());
    if is_named {
        let longest = lines.series.iter().map(|series| series.name.chars().count()).max().unwrap_or(0);
        let fitting = (size.width / (1.6 + LETTER * longest as f64)) as usize;
        let down = if letters > 0 { 0.2 } else { 0.0 } + 1.25 / (size.height - 2.8).max(2.0);
        out.extend([format!(
            "legend columns={}, legend style={{at={{(0.5,{:.3})}}, anchor=north, draw=none, font=\\small, \
             /tikz/every even column/.append style={{column sep=4pt}}, \
             /tikz/every odd column/.append style={{column sep=2pt}}}}, legend cell align=left,\n\
             legend image post style={{xscale=1.6}},\n",
            fitting.clamp(1, lines.series.len()),
            -down
        )]);
    }
    out.push_str("]\n");
    for index in 0..lines.series.len() {
        draw_bars(&mut out, lines, index, axes);
    }
    for (index, series) in lines.series.iter().enumerate() {
        draw_series(&mut out, lines, index, axes);
        if is_named {
            out.extend([format!("\\addlegendentry{{{}}}\n", escaped(&series.name))]);
        }
    }
    draw_marks(&mut out, lines, axes, size);
    out.push_str("\\end{axis}\n");
    let notes = words::notes(&lines.notes, words::omitted(lines));
    tikzpicture(&out, &notes, size)
}

fn point(axes: (TexAxis, TexAxis), (x, y): (f64, f64)) -> Option<String> {
    Some(format!("({},{})", axes.0.coordinate(x)?, axes.1.coordinate(y)?))
}

fn draw_series(out: &mut String, lines: &Lines, index: usize, axes: (TexAxis, TexAxis)) {
    let series = &lines.series[index];
    let (style, points) = match series.style {
        Style::Line => {
            let mut points = Vec::new();
            for stroke in kept(&series.points, &axes.0.axis, &axes.1.axis, COLUMNS) {
                if !points.is_empty() {
                    points.push("(nan,nan)".to_owned());
                }
                points.extend(stroke.iter().filter_map(|at| point(axes, series.points[*at])));
            }
            (format!("{}, thick, line join=round", stroke(lines, index)), points)
        }
        Style::Dots => {
            let stride = series.points.len().div_ceil(DOTS).max(1);
            let points = series.points.iter().step_by(stride).filter_map(|at| point(axes, *at)).collect();
            (format!("{}, only marks, {}", colour(index), dot(lines, index)), points)
        }
        Style::Columns => {
            let points = series.points.iter().take(DOTS).filter_map(|at| point(axes, *at)).collect();
            let width = column_width(series, axes);
            (
                format!(
                    "ybar, bar shift=0pt, bar width={width}, draw=white, fill={}, fill opacity=0.8, area legend",
                    colour(index)
                ),
                points,
            )
        }
    };
    out.extend([format!("\\addplot[{style}] coordinates {};\n", coordinates(&points))]);
}

/// Returns the mark of a series of dots, by its number among these as in the SVG: a disc, a ring, a square, a diamond or a
/// triangle.
fn dot(lines: &Lines, index: usize) -> String {
    let before = lines.series.iter().take(index).filter(|series| series.style == Style::Dots);
    let edge = "draw=white, line width=0.4pt";
    match before.count() % 5 {
        0 => format!("mark=*, mark size=2.2pt, mark options={{{edge}}}"),
        1 => "mark=*, mark size=2pt, mark options={fill=white, line width=1.2pt}".to_owned(),
        2 => format!("mark=square*, mark size=2.2pt, mark options={{{edge}}}"),
        3 => format!("mark=diamond*, mark size=3pt, mark options={{{edge}}}"),
        _ => format!("mark=triangle*, mark size=3pt, mark options={{{edge}}}"),
    }
}

/// Returns the width of columns as wide as the points are apart, in units of the axis or in points of print.
fn column_width(series: &Series, axes: (TexAxis, TexAxis)) -> String {
    let mut places: Vec<f64> = series.points.iter().filter_map(|point| axes.0.axis.place(point.0)).collect();
    places.sort_by(f64::total_cmp);
    let apart = places.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 1e-6);
    let least = apart.fold(1.0, f64::min);
    if axes.0.is_log() {
        return format!("{:.2}pt", (least * 250.0).max(0.5));
    }
    number(if axes.0.is_plain() { least * axes.0.axis.span() } else { least })
}

/// Draws intervals: bars, or a band where the bars of a line would touch.
fn draw_bars(out: &mut String, lines: &Lines, index: usize, axes: (TexAxis, TexAxis)) {
    let series = &lines.series[index];
    let all: Vec<(f64, (f64, f64))> =
        seen(lines, series).filter_map(|((x, _), bar)| bar.map(|bar| (x, bar))).collect();
    let stride = all.len().div_ceil(COLUMNS).max(1);
    // Of neighbours, the widest reach stays.
    let bars: Vec<(f64, (f64, f64))> = all
        .chunks(stride)
        .map(|chunk| {
            let reach = chunk.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |reach, (_, b)| {
                (reach.0.min(b.0), reach.1.max(b.1))
            });
            (chunk[chunk.len() / 2].0, reach)
        })
        .collect();
    let colour = colour(index);
    if series.style == Style::Line && bars.len() > 30 {
        let upper = bars.iter().filter_map(|(x, bar)| point(axes, (*x, bar.1)));
        let lower = bars.iter().rev().filter_map(|(x, bar)| point(axes, (*x, bar.0)));
        let outline = coordinates(&upper.chain(lower).collect::<Vec<_>>());
        out.extend([format!(
            "\\addplot[draw=none, fill={colour}!25, forget plot] coordinates {outline} --cycle;\n"
        )]);
        return;
    }
    for (x, (low, high)) in bars {
        let ends = point(axes, (x, low)).zip(point(axes, (x, high)));
        if let Some((low, high)) = ends {
            out.extend([format!("\\draw[{colour}!70, thick, |-|] (axis cs:{}) -- ", inner(&low))]);
            out.extend([format!("(axis cs:{});\n", inner(&high))]);
        }
    }
}

/// Returns a coordinate without its parentheses.
fn inner(point: &str) -> &str {
    point.trim_start_matches('(').trim_end_matches(')')
}

/// Draws the marks as dashed lines, with their labels where no curve is.
fn draw_marks(out: &mut String, lines: &Lines, axes: (TexAxis, TexAxis), size: Size) {
    let inner = size.inner();
    let (wide, high) = (inner.width * PER_CENTIMETRE, inner.height * PER_CENTIMETRE);
    let mut labels = Labels::new(Rect { left: 0.0, top: 0.0, right: wide, bottom: high });
    let marks: Vec<(&Mark, f64, String)> = lines
        .marks
        .iter()
        .filter_map(|mark| Some((mark, axes.0.axis.place_within(mark.x)?, axes.0.coordinate_within(mark.x)?)))
        .collect();
    if !marks.is_empty() {
        take_curves(&mut labels, lines, axes, (wide, high));
    }
    for (_, place, x) in &marks {
        let at = place * wide;
        labels.take(Rect { left: at - 1.0, top: 0.0, right: at + 1.0, bottom: high }, 0.5);
        let (low, high) = (axes.1.at(0.0), axes.1.at(1.0));
        out.extend([format!("\\draw[gray, dashed] (axis cs:{x},{low}) -- (axis cs:{x},{high});\n")]);
    }
    for (mark, place, x) in marks.iter().filter(|(mark, ..)| !mark.label.trim().is_empty()) {
        let words = mark.label.trim();
        let size = LABEL;
        let long = Rect::of_text((0.0, 0.0), words, size).right;
        // From the top downwards, at the right of the line and at its left.
        let lines_of_text = ((high / 6.0) as usize).max(1);
        let starts = (0..lines_of_text).flat_map(|line| {
            let y = 1.1 * size + line as f64 * 6.0;
            [(place * wide + 5.0, y), (place * wide - 5.0 - long, y)].map(|start| (line, start))
        });
        let harm = |(line, start): &(usize, (f64, f64))| {
            labels.harm(&Rect::of_text(*start, words, size).wider(2.0)) + *line as f64
        };
        let best = starts.min_by(|a, b| harm(a).total_cmp(&harm(b)));
        let Some((_, start)) = best else { continue };
        labels.take(Rect::of_text(start, words, size), 4.0);
        let (side, shift) = if start.0 > place * wide { ("west", 4) } else { ("east", -4) };
        out.extend([format!(
            "\\node[anchor=base {side}, xshift={shift}pt, font=\\small, text=black!65, fill=white, fill opacity=0.8, \
             text opacity=1, inner sep=1pt] at (axis cs:{x},{}) {{{}}};\n",
            axes.1.at((1.0 - start.1 / high).clamp(0.0, 1.0)),
            escaped(words)
        )]);
    }
}

/// Takes the places along curves and of dots, so that labels avoid them.
fn take_curves(labels: &mut Labels, lines: &Lines, axes: (TexAxis, TexAxis), (wide, high): (f64, f64)) {
    for series in &lines.series {
        let seen = |index: &usize| {
            let (x, y) = series.points[*index];
            let (across, up) = axes.0.axis.place(x).zip(axes.1.axis.place(y))?;
            Some((across * wide, (1.0 - up) * high))
        };
        for stroke in kept(&series.points, &axes.0.axis, &axes.1.axis, 100) {
            let seen: Vec<(f64, f64)> = stroke.iter().filter_map(seen).collect();
            seen.first().into_iter().for_each(|at| labels.take(Rect::around(*at, 2.5), 4.0));
            for ends in seen.windows(2).filter(|_| series.style != Style::Dots) {
                let long = (ends[1].0 - ends[0].0).hypot(ends[1].1 - ends[0].1);
                let pieces = ((long / 5.0).ceil() as usize).clamp(1, 200);
                for piece in 1..=pieces {
                    let share = piece as f64 / pieces as f64;
                    let along = |from: f64, to: f64| from + share * (to - from);
                    let at = (along(ends[0].0, ends[1].0), along(ends[0].1, ends[1].1));
                    labels.take(Rect::around(at, 2.5), 4.0);
                }
            }
            if series.style == Style::Dots {
                for at in &seen {
                    labels.take(Rect::around(*at, 2.5), 4.0);
                }
            }
        }
    }
}
