//! The data of a picture as a table to read and as CSV to save.

use crate::csv::{self, Cell};
use crate::figure::{Figure, Lines, Series};
use crate::svg::escaped;
use crate::thin::kept;
use crate::ticks::number;

/// The most rows of a table; of more, evenly spaced ones are shown.
const SHOWN: usize = 200;

/// Curves of more points are thinned before they are put into the page.
const ROWS: usize = 8000;

/// Browsers refuse to save from a link that is longer.
const LONGEST: usize = 1_900_000;

/// Returns an element that unfolds to the data.
pub(super) fn details(figure: &Figure, picture: usize) -> String {
    let count = csv::table(figure).rows.count();
    let stride = count.div_ceil(SHOWN).max(1);
    let table = csv::table(figure);
    let mut out = String::from("<details>\n<summary>Data</summary>\n");
    let shown = count.div_ceil(stride);
    let of_all = if stride > 1 { format!("{shown} of {count} rows, evenly spaced. ") } else { String::new() };
    out.extend([format!("<p>{of_all}{}</p>\n", saving(figure, count, picture))]);
    out.push_str(
        "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"Data\">\n<table>\n<thead><tr>",
    );
    table.header.iter().for_each(|name| out.extend([format!("<th scope=\"col\">{name}</th>")]));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in table.rows.step_by(stride) {
        out.push_str("<tr>");
        for cell in row {
            match cell {
                Cell::Text(text) => out.extend([format!("<td class=\"text\">{}</td>", escaped(&text))]),
                Cell::Number(value) if value.is_nan() => out.push_str("<td></td>"),
                Cell::Number(value) => out.extend([format!("<td>{}</td>", number(value))]),
                Cell::Count(count) => out.extend([format!("<td>{count}</td>")]),
                Cell::Empty => out.push_str("<td></td>"),
            }
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n</details>\n");
    out
}

/// Returns the link to save the data, or why there is none.
fn saving(figure: &Figure, count: usize, picture: usize) -> String {
    let (encoded, told) = match figure {
        Figure::Lines(lines) if count > ROWS => {
            let thinned = thinned(lines);
            let rows = thinned.series.iter().map(|series| series.points.len()).sum::<usize>();
            (encoded(&csv::render(&Figure::Lines(thinned))), format!("Save as CSV, thinned to {rows} rows"))
        }
        _ => (encoded(&csv::render(figure)), "Save as CSV".to_owned()),
    };
    if encoded.len() > LONGEST {
        return "The data are too long for a page; a file with the ending .csv holds them all.".to_owned();
    }
    format!("<a download=\"picture-{picture}.csv\" href=\"data:text/csv;charset=utf-8,{encoded}\">{told}</a>")
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
        assert!(details.contains("200 of 300000 rows") && details.contains("loss,123456,9%0A"));
        assert!(details.len() < 400_000);
    }
}
