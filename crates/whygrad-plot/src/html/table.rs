//! The data of a picture as a table to read and as CSV to save.

use crate::csv::{self, Cell};
use crate::figure::{Figure, Lines, Map, Series};
use crate::svg::escaped;
use crate::thin::kept;
use crate::ticks::{number, significant};

/// The most rows of a table; of more, evenly spaced ones are shown.
const SHOWN: usize = 120;

/// Curves of more points are thinned before they are put into the page.
const ROWS: usize = 1600;

/// Of a map, about so many samples along a side are put into the page, and so many points of its ways.
const SIDE: usize = 36;
const STEPS: usize = 600;

/// Browsers refuse to save from a link that is longer.
const LONGEST: usize = 1_900_000;

/// Returns an element that unfolds to the data.
pub(super) fn details(figure: &Figure, picture: usize) -> String {
    let count = count(figure);
    let stride = count.div_ceil(SHOWN).max(1);
    let few = if let Figure::Lines(lines) = figure { Some(Figure::Lines(each(lines, stride))) } else { None };
    let table = csv::table(few.as_ref().unwrap_or(figure));
    let stride = if few.is_some() { 1 } else { stride };
    let mut out = String::from("<details>\n<summary>Data</summary>\n");
    let mut body = String::new();
    let mut shown = 0;
    // The ends of rows and cells need no mark of their own.
    for row in table.rows.step_by(stride) {
        body.push_str("<tr>");
        shown += 1;
        for cell in row {
            match cell {
                Cell::Text(text) => body.extend([format!("<td class=\"text\">{}", escaped(&text))]),
                Cell::Number(value) if value.is_nan() => body.push_str("<td>"),
                Cell::Number(value) => body.extend([format!("<td>{}", number(value))]),
                Cell::Count(count) => body.extend([format!("<td>{count}")]),
                Cell::Empty => body.push_str("<td>"),
            }
        }
        body.push('\n');
    }
    let of_all =
        if shown < count { format!("{shown} of {count} rows, evenly spaced. ") } else { String::new() };
    out.extend([format!("<p>{of_all}{}</p>\n", saving(figure, count, picture))]);
    out.push_str(
        "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Data\">\n<table>\n<thead><tr>",
    );
    table.header.iter().for_each(|name| out.extend([format!("<th scope=\"col\">{name}</th>")]));
    out.extend(["</tr></thead>\n<tbody>\n", &body, "</tbody>\n</table>\n</div>\n</details>\n"]);
    out
}

fn count(figure: &Figure) -> usize {
    match figure {
        Figure::Lines(lines) => lines.series.iter().map(|series| series.points.len()).sum(),
        _ => csv::table(figure).rows.count(),
    }
}

/// Returns curves with every so manieth of all their points.
fn each(lines: &Lines, stride: usize) -> Lines {
    let mut before = 0;
    let series = lines.series.iter().map(|series| {
        let first = (stride - before % stride) % stride;
        before += series.points.len();
        Series {
            name: series.name.clone(),
            points: series.points.iter().skip(first).step_by(stride).copied().collect(),
            style: series.style,
            bars: series.bars.iter().skip(first).step_by(stride).copied().collect(),
            silent: series.silent,
        }
    });
    let series = series.collect();
    Lines { series, x_names: lines.x_names.clone(), ..Lines::default() }
}

/// Returns the link to save the data, or why there is none.
fn saving(figure: &Figure, count: usize, picture: usize) -> String {
    let (rows, csv) = match figure {
        Figure::Lines(lines) if count > ROWS => written(&Figure::Lines(thinned(lines)), |_, _| true),
        Figure::Map(map) => written(figure, keeps(map)),
        Figure::Surface(surface) => written(figure, keeps(&surface.map)),
        _ => written(figure, |_, _| true),
    };
    let encoded = encoded(&csv);
    if encoded.len() > LONGEST {
        return "The data are too long for a page; a file with the ending .csv holds them all.".to_owned();
    }
    let told =
        if rows < count { format!("Save as CSV, thinned to {rows} rows") } else { "Save as CSV".to_owned() };
    let rest = if rows < count { "; a file with the ending .csv holds them all" } else { "" };
    format!(
        "<a download=\"picture-{picture}.csv\" href=\"data:text/csv;charset=utf-8,{encoded}\">{told}</a>{rest}."
    )
}

/// Returns which rows of a map are put into the page: every so manieth sample along each side, with the edges, and every
/// so manieth point of the ways; all else stays.
fn keeps(map: &Map) -> impl Fn(usize, &[Cell]) -> bool {
    let (columns, rows) = (map.columns, map.rows);
    let samples = columns.saturating_mul(rows);
    let stride = columns.max(rows).div_ceil(SIDE).max(1);
    let steps = map.paths.iter().map(|path| path.points.len()).sum::<usize>().div_ceil(STEPS).max(1);
    let stays = move |index: usize, count: usize| index.is_multiple_of(stride) || index + 1 == count;
    move |index, row| {
        if index < samples {
            return stays(index % columns.max(1), columns) && stays(index / columns.max(1), rows);
        }
        let is_way = matches!(row.first(), Some(Cell::Text(kind)) if kind == "path" || kind == "border");
        !is_way || index.is_multiple_of(steps)
    }
}

/// Writes the rows that are kept as CSV, and counts them. Whole numbers are whole, others have six digits.
fn written(figure: &Figure, keeps: impl Fn(usize, &[Cell]) -> bool) -> (usize, String) {
    let table = csv::table(figure);
    let mut out = table.header.join(",") + "\n";
    let mut count = 0;
    for (_, row) in table.rows.enumerate().filter(|(index, row)| keeps(*index, row)) {
        count += 1;
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            match cell {
                Cell::Number(value) if value.is_finite() && value.fract() != 0.0 => {
                    out.push_str(&significant(*value, 6));
                }
                _ => cell.write(&mut out),
            }
        }
        out.push('\n');
    }
    (count, out)
}

/// Returns curves with the points that a screen can show, and all spikes.
fn thinned(lines: &Lines) -> Lines {
    let (x, y) = crate::axis::Axis::of_lines(lines);
    let columns = (ROWS / 4 / lines.series.len().max(1)).max(100);
    let series = lines.series.iter().map(|series| {
        let kept: Vec<usize> = kept(&series.points, &x, &y, columns).into_iter().flatten().collect();
        Series {
            points: kept.iter().map(|index| series.points[*index]).collect(),
            bars: kept.iter().filter_map(|index| series.bars.get(*index)).copied().collect(),
            ..series.clone()
        }
    });
    Lines { series: series.collect(), ..lines.clone() }
}

/// Writes a text as part of an address: all but letters, digits and a few signs as `%` and two digits.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b',' | b'.' | b'-' | b'_' => out.push(char::from(byte)),
            _ => out.extend([format!("%{byte:02X}")]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_is_thinned_and_keeps_its_spike() {
        let mut points: Vec<(f64, f64)> = (0..300_000).map(|i| (f64::from(i), 0.25)).collect();
        points[123_456].1 = 9.0;
        let lines = Lines { series: vec![Series::line("loss", points)], ..Lines::default() };
        let details = details(&Figure::Lines(lines), 1);
        assert!(details.contains("120 of 300000 rows") && details.contains("loss,123456,9%0A"));
        assert!(details.len() < 60_000);
    }
}
