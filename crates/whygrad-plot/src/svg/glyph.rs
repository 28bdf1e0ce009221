//! What tells the series of one picture apart without colour: the dashes of curves and the shapes of dots.

use super::path::path;
use super::{Page, coordinate};
use crate::figure::{Lines, Style};
use crate::palette::{self, Ground, Rgb};

/// The dashes of curves, the first without. Their count has no factor in common with the steps by which they are taken,
/// so that a colour that comes again has other dashes.
const DASHES: [&str; 5] = ["", "9 3", "3 2.5", "10 3 2.5 3", "16 3 2.5 3 2.5 3"];

/// The colour of a series on the ground of the page.
pub(super) fn colour(page: &Page, index: usize) -> Rgb {
    palette::series(index, if page.theme.dark { Ground::Dark } else { Ground::Light })
}

/// Returns the lengths of the dashes and gaps of a curve in pixels: none for the first, so that a single one is whole.
pub(crate) fn dashes(lines: &Lines, index: usize) -> &'static str {
    let first = lines.series.iter().position(|series| series.style == Style::Line).unwrap_or(0);
    let place = index.saturating_sub(first);
    DASHES[(place + place / palette::SERIES) % DASHES.len()]
}

/// Returns the attribute with the dashes of a curve.
pub(super) fn dash(lines: &Lines, index: usize) -> String {
    match dashes(lines, index) {
        "" => " stroke-linecap=\"round\"".to_owned(),
        dash => format!(" stroke-dasharray=\"{dash}\""),
    }
}

/// Returns a dot of a series: a disc, a ring, a square, a diamond or a triangle, each series of dots another.
pub(super) fn dot(page: &Page, lines: &Lines, index: usize, at: (f64, f64)) -> String {
    let (fill, paper) = (colour(page, index), page.theme.paper);
    let corners = |corners: &[(f64, f64)]| {
        let outline = path(corners.iter().map(|(x, y)| (at.0 + x, at.1 + y)), true);
        let (fill, paper) = (fill.hex(), paper.hex());
        format!("<path d=\"{outline}\" fill=\"{fill}\" stroke=\"{paper}\" stroke-width=\"1\"/>")
    };
    let before = lines.series.iter().take(index).filter(|series| series.style == Style::Dots);
    match before.count() % 5 {
        0 => disc(at, fill, paper),
        1 => ring(at, paper, fill),
        2 => corners(&[(-3.8, -3.8), (3.8, -3.8), (3.8, 3.8), (-3.8, 3.8)]),
        3 => corners(&[(0.0, -5.4), (5.4, 0.0), (0.0, 5.4), (-5.4, 0.0)]),
        _ => corners(&[(0.0, -5.0), (5.0, 4.0), (-5.0, 4.0)]),
    }
}

/// Returns a small dot of a series, without an edge: a disc, or a ring where the series is not the first of dots.
pub(super) fn small_dot(page: &Page, lines: &Lines, index: usize, at: (f64, f64)) -> String {
    let fill = colour(page, index);
    let is_first = !lines.series.iter().take(index).any(|series| series.style == Style::Dots);
    if is_first {
        circle(at, ("2.2", fill), ("0", fill))
    } else {
        circle(at, ("2.2", page.theme.paper), ("1.2", fill))
    }
}

/// A dot of one colour.
pub(super) fn disc(at: (f64, f64), fill: Rgb, edge: Rgb) -> String {
    circle(at, ("3.8", fill), ("1", edge))
}

fn ring(at: (f64, f64), fill: Rgb, edge: Rgb) -> String {
    circle(at, ("3.4", fill), ("2", edge))
}

fn circle((x, y): (f64, f64), (radius, fill): (&str, Rgb), (width, edge): (&str, Rgb)) -> String {
    let (x, y, fill, edge) = (coordinate(x), coordinate(y), fill.hex(), edge.hex());
    format!(
        "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"{width}\"/>"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::figure::Series;

    #[test]
    fn thirty_curves_differ_in_colour_or_dashes_and_neighbours_in_both() {
        let lines = Lines { series: vec![Series::line("", vec![]); 30], ..Lines::default() };
        let looks: Vec<_> = (0..30).map(|index| (index % palette::SERIES, dash(&lines, index))).collect();
        assert_eq!(looks.iter().collect::<BTreeSet<_>>().len(), 30);
        assert!(looks.windows(2).all(|pair| pair[0].1 != pair[1].1));
    }
}
