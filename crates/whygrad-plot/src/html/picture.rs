//! One picture on a page: its drawings for every width and ground, its words, its data.

use std::collections::BTreeSet;

use super::{Page, data, table};
use crate::axis::Axis;
use crate::figure::{Figure, Lines, Panels, Style};
use crate::svg::{self, Svg, escaped};
use crate::words;

/// The width of a drawing on a telephone of 360 pixels, between the margins of the page.
const NARROW: f64 = 336.0;

/// A loss that spans fewer decades is drawn on one kind of axis alone.
const DECADES: f64 = 1.5;

/// Adds a figure that is at most `width` pixels wide.
pub(super) fn add(page: &mut Page, figure: &Figure, width: f64) {
    add_told(page, figure, width, true);
}

/// Adds a figure, with its words below it unless these are told with others.
fn add_told(page: &mut Page, figure: &Figure, width: f64, by_itself: bool) {
    if let Figure::Panels(panels) = figure {
        return add_panels(page, panels, width);
    }
    page.pictures += 1;
    let number = page.pictures;
    let told = words::describe(figure);
    page.out.extend([format!("<figure id=\"picture-{number}\">\n")]);
    match figure {
        Figure::Lines(lines) => {
            page.has_lines = true;
            add_lines(page, lines, width, &told);
        }
        Figure::Surface(surface) => {
            page.has_surface = true;
            page.out.push_str("<div class=\"surface\">\n");
            add_drawings(page, figure, width, &told, "", "");
            page.out.push_str(&data::script(&data::surface(surface)));
            page.out.push_str("</div>\n");
        }
        _ => add_drawings(page, figure, width, &told, "", ""),
    }
    if by_itself {
        page.out.extend([format!("<figcaption>{}</figcaption>\n", escaped(&told))]);
    }
    page.out.push_str(&table::details(figure, number));
    page.out.push_str("</figure>\n");
}

/// Adds panels as pictures side by side, where there is room for them.
fn add_panels(page: &mut Page, panels: &Panels, width: f64) {
    page.out.push_str("<div class=\"panels\">\n");
    if !panels.title.trim().is_empty() {
        page.out.extend([format!("<h3>{}</h3>\n", escaped(&panels.title))]);
    }
    for note in panels.notes.iter().filter(|note| !note.trim().is_empty()) {
        page.out.extend([format!("<p>{}</p>\n", escaped(note))]);
    }
    let columns = panels.columns.clamp(1, 4);
    // A page is wider than a picture, and a panel narrower than this would be harder to read.
    let each = if columns == 1 { width } else { (1.6 * width / columns as f64).max(400.0).min(width) };
    page.out.push_str("<div class=\"row\">\n");
    panels.figures.iter().for_each(|figure| add_told(page, figure, each, panels.summary.is_empty()));
    page.out.push_str("</div>\n");
    if !panels.summary.is_empty() {
        page.out.extend([format!("<p>{}</p>\n", escaped(&panels.summary.join(" ")))]);
    }
    page.out.push_str("</div>\n");
}

/// Adds curves, on a logarithmic axis too where the values span decades.
fn add_lines(page: &mut Page, lines: &Lines, width: f64, told: &str) {
    page.out.push_str("<div class=\"lines\">\n");
    let variants = if spans_decades(lines) { vec![lines.y_log, !lines.y_log] } else { vec![lines.y_log] };
    for (index, y_log) in variants.iter().enumerate() {
        let lines = Lines { y_log: *y_log, ..lines.clone() };
        let (x, y) = Axis::of_lines(&lines);
        let kind = match (variants.len(), index) {
            (1, _) => "",
            (_, 0) => " first",
            _ => " second",
        };
        let ends = |axis: Axis, log: bool| format!("[{},{},{log}]", axis.value(0.0), axis.value(1.0));
        let x_log = lines.x_log && lines.x_names.is_empty();
        let axes = format!(" data-x=\"{}\" data-y=\"{}\"", ends(x, x_log), ends(y, *y_log));
        add_drawings(page, &Figure::Lines(lines), width, told, kind, &axes);
    }
    page.out.push_str(&data::script(&data::lines(lines)));
    page.out.push_str("</div>\n");
}

/// Curves of more points are drawn on one kind of axis alone, to be quick.
const POINTS: usize = 300_000;

/// Returns whether a logarithmic axis upwards can show all that a linear one does, and more of it.
fn spans_decades(lines: &Lines) -> bool {
    let values = lines.series.iter().flat_map(|series| &series.points).map(|point| point.1);
    let finite = values.filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
    // A column has its foot at zero.
    let stands = lines.series.iter().any(|series| series.style == Style::Columns);
    let count: usize = lines.series.iter().map(|series| series.points.len()).sum();
    !stands && count <= POINTS && lines.y_reach.is_none() && low > 0.0 && high.log10() - low.log10() > DECADES
}

/// Adds the drawings for a wide and a narrow page, each within an element of a kind and with attributes of its axes.
fn add_drawings(page: &mut Page, figure: &Figure, width: f64, told: &str, kind: &str, axes: &str) {
    let height = page.look.height;
    let narrow_height = if height.is_finite() { height.min(320.0) } else { 320.0 };
    for (class, width, height) in [("wide", width, height), ("narrow", NARROW, narrow_height)] {
        let draw = |dark| svg::render_told(figure, &Svg { width, height, dark }, told);
        let ((light, frame), (dark, _)) = (draw(false), draw(true));
        let attributes =
            if axes.is_empty() { String::new() } else { format!("{axes} data-frame=\"{frame:?}\"") };
        let name = format!("p{}{}{}", page.pictures, &class[..1], kind.trim());
        let drawn = if let Some(both) = themed(&light, &dark, &mut page.colours) {
            renamed(&both, &name)
        } else {
            let (light, dark) = (renamed(&light, &name), renamed(&dark, &format!("{name}d")));
            format!("<div class=\"on-light\">\n{light}</div>\n<div class=\"on-dark\">\n{dark}</div>\n")
        };
        page.out.extend([format!("<div class=\"drawing {class}{kind}\"{attributes}>\n{drawn}</div>\n")]);
    }
}

/// Makes one drawing of two that differ in their colours alone: each such colour becomes a variable of the page.
fn themed(light: &str, dark: &str, colours: &mut BTreeSet<(String, String)>) -> Option<String> {
    let (mut lights, mut darks) = (light.split('#'), dark.split('#'));
    let mut out = lights.next()?.to_owned();
    if darks.next()? != out {
        return None;
    }
    loop {
        match (lights.next(), darks.next()) {
            (None, None) => return Some(out),
            (Some(one), Some(other)) if one == other => out.extend(["#", one]),
            (Some(one), Some(other)) => {
                let ((first, rest), (second, its_rest)) = (colour(one)?, colour(other)?);
                if rest != its_rest {
                    return None;
                }
                colours.insert((first.to_owned(), second.to_owned()));
                out.extend([format!("var(--{first}-{second}){rest}")]);
            }
            _ => return None,
        }
    }
}

/// Splits six hexadecimal digits from what follows them.
fn colour(text: &str) -> Option<(&str, &str)> {
    let (digits, rest) = text.split_at_checked(6)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some((digits, rest))
}

/// Gives the elements of a drawing names that no other on the page has.
fn renamed(drawing: &str, name: &str) -> String {
    let ids: BTreeSet<&str> =
        drawing.split(" id=\"").skip(1).filter_map(|rest| rest.split_once('"').map(|(id, _)| id)).collect();
    ids.iter().fold(drawing.to_owned(), |drawing, id| {
        drawing
            .replace(&format!("\"{id}\""), &format!("\"{id}-{name}\""))
            .replace(&format!("\"#{id}\""), &format!("\"#{id}-{name}\""))
            .replace(&format!("url(#{id})"), &format!("url(#{id}-{name})"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_drawings_that_differ_in_colours_become_one() {
        let mut colours = BTreeSet::new();
        let both = themed("<a fill=\"#ffffff\"/>#1<b", "<a fill=\"#101010\"/>#1<b", &mut colours);
        assert_eq!(both.as_deref(), Some("<a fill=\"var(--ffffff-101010)\"/>#1<b"));
        assert_eq!(colours.len(), 1);
        assert_eq!(themed("<a x=\"1\"", "<a x=\"2\"", &mut colours), None);
    }

    #[test]
    fn names_within_a_drawing_are_made_its_own() {
        let drawing = "<g aria-labelledby=\"t\" clip-path=\"url(#c)\"><title id=\"t\"/><clipPath id=\"c\"/>";
        let renamed = renamed(drawing, "p1w");
        assert!(renamed.contains("labelledby=\"t-p1w\"") && renamed.contains("url(#c-p1w)"));
    }
}
