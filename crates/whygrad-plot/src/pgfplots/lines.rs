//! Curves, dots and columns in pgfplots.

use super::axes::{TexAxis, escaped, number};
use super::{Size, colour, coordinates, frame, stroke, tikzpicture};
use crate::axis::{Axis, seen};
use crate::figure::{Lines, Series, Style};
use crate::thin::kept;
use crate::words;

/// Columns to which a series is thinned: each keeps at most four points.
const COLUMNS: usize = 500;

/// The most dots of a series.
const DOTS: usize = 2000;

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

/// Draws the marks as dashed lines; of neighbours, the labels stand one below the other.
fn draw_marks(out: &mut String, lines: &Lines, axes: (TexAxis, TexAxis), size: Size) {
    let mut written: Vec<(f64, f64, u32)> = Vec::new();
    for mark in &lines.marks {
        let Some((place, x)) = axes.0.axis.place_within(mark.x).zip(axes.0.coordinate_within(mark.x)) else {
            continue;
        };
        let wide = mark.label.chars().count() as f64 * LETTER / (size.width - 2.6).max(2.4);
        let is_left = place + wide > 1.0;
        let (start, end) = if is_left { (place - wide, place) } else { (place, place + wide) };
        let line = (0..8).find(|line| !written.iter().any(|w| w.2 == *line && w.0 < end && start < w.1));
        let line = line.unwrap_or(0);
        written.push((start, end, line));
        let side = if is_left { "east" } else { "west" };
        let (low, high) = (axes.1.at(0.0), axes.1.at(1.0));
        out.extend([format!(
            "\\draw[gray, dashed] (axis cs:{x},{low}) -- (axis cs:{x},{high}) \
             node[anchor=north {side}, yshift=-{}pt, font=\\small, text=black!65] {{{}}};\n",
            line * 11,
            escaped(&mark.label)
        )]);
    }
}
