//! How what lies on a map is drawn: the settings of lines and marks, and the legend that explains them.

use super::axes::{escaped, number};
use super::overlay::Overlay;
use super::{POINTS, Size, dashes, rgb};
use crate::figure::{PathKind, SpotKind};
use crate::palette::{Rgb, sequence};
use crate::svg::overlay::WAYS;

/// How a mark is drawn that a landscape hides.
pub(super) const FAINT: &str = "opacity=0.3";

/// The line of a border, above its white edge.
pub(super) const BORDER: &str = "black, line width=1.2pt, dash pattern=on 5.3pt off 3pt";

/// The marks of data points, by whether they are of the upper and of the lower kind.
pub(super) const DOTS: [((bool, bool), &str, &str); 3] = [
    ((true, false), "*", "fill=black, draw=white, line width=0.8pt"),
    ((false, true), "*", "fill=white, draw=black, line width=0.8pt"),
    ((true, true), "halfcircle*", "rotate=90, fill=black, draw=black, line width=0.8pt"),
];

/// Returns the settings of a way at a share of its greatest distance from the plane.
pub(super) fn way_style(colour: Rgb, dash: &str, share: f64, is_edge: bool) -> String {
    let width = (2.4 - 1.4 * share) * POINTS;
    let opacity = 1.0 - 0.62 * share;
    if is_edge {
        let (width, opacity) = (width + 2.6 * POINTS, 0.85 * opacity);
        return format!("white, line width={width:.2}pt, opacity={opacity:.2}, line join=round");
    }
    let (colour, dash) = (rgb(colour), dashes(dash));
    format!("draw={colour}, line width={width:.2}pt, opacity={opacity:.2}, line join=round, {dash}")
}

/// Returns the settings of what is hidden: faint dots, which show on dark and on light.
pub(super) fn dotted(colour: Rgb) -> [String; 2] {
    let dots = "dash pattern=on 0.1pt off 4.5pt, line cap=round";
    [
        format!("white, line width=2.4pt, opacity=0.55, {dots}"),
        format!("draw={}, line width=1.4pt, opacity=0.6, {dots}", rgb(colour)),
    ]
}

/// Returns the marks of a place, the lowest first, each with its size: a ring where a way starts, a target where it ends.
pub(super) fn shape(kind: SpotKind) -> &'static [(&'static str, f64, &'static str)] {
    match kind {
        SpotKind::Plain => &[("*", 3.0, "fill=black, draw=white, line width=1.2pt")],
        SpotKind::Start => {
            &[("*", 5.2, "fill=white, draw=white"), ("*", 4.0, "fill=white, draw=black, line width=1.8pt")]
        }
        SpotKind::End => &[
            ("*", 4.9, "fill=black, draw=white, line width=1pt"),
            ("*", 3.2, "fill=white, draw=white"),
            ("*", 2.0, "fill=black, draw=black"),
        ],
        SpotKind::Minimum => &[("triangle*", 5.0, "rotate=180, fill=black, draw=white, line width=0.9pt")],
        SpotKind::Maximum => &[("triangle*", 5.0, "fill=black, draw=white, line width=0.9pt")],
        SpotKind::Saddle => &[("diamond*", 5.2, "fill=black, draw=white, line width=0.9pt")],
        SpotKind::Flat => &[("square*", 3.9, "fill=black, draw=white, line width=0.9pt")],
    }
}

impl Overlay<'_> {
    /// Returns the settings of the legend: as many columns as the paper has room for.
    pub(super) fn legend_settings(&self, size: Size) -> String {
        let longest = self.legend().iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
        let columns = ((size.width / (1.3 + 0.17 * longest as f64)) as usize).clamp(1, 4);
        format!(
            "legend columns={columns}, legend cell align=left, legend style={{at={{(0.5,0)}}, yshift=-1.15cm, \
             anchor=north, draw=none, font=\\small, /tikz/every even column/.append style={{column sep=6pt}}, \
             /tikz/every odd column/.append style={{column sep=2pt}}}},\n"
        )
    }

    /// Returns the entries of the legend: how to draw a sample, and what it means.
    fn legend(&self) -> Vec<(String, String)> {
        let map = self.map;
        let dot = |kind: (bool, bool)| {
            let style = DOTS
                .iter()
                .find(|(known, ..)| *known == kind)
                .map_or(("*", ""), |(_, mark, style)| (*mark, *style));
            format!(
                "\\draw plot[only marks, mark={}, mark size=2.6pt, mark options={{{}}}] coordinates {{(0.25cm,0cm)}};",
                style.0, style.1
            )
        };
        let line = |style: &str| format!("\\draw[{style}] (0cm,0cm) -- (0.5cm,0cm);");
        let mut entries = Vec::new();
        match map.parting().filter(|value| value.is_finite()) {
            _ if map.points.is_empty() => {}
            Some(value) => {
                entries.push((dot((true, false)), format!("target $\\ge {}$", number(value))));
                entries.push((dot((false, true)), "target below".into()));
                if map.dots().iter().any(|dot| dot.upper && dot.lower) {
                    entries.push((dot((true, true)), "both".into()));
                }
            }
            None => entries.push((dot((true, false)), "data".into())),
        }
        let crosses =
            |level: &f64| map.range().is_some_and(|range| range.low < *level && *level <= range.high);
        if let Some(level) = map.level.filter(|level| level.is_finite() && crosses(level)) {
            entries.push((line("white, line width=1.65pt"), format!("level ${}$", number(level))));
        }
        let steps = map.paths.iter().filter(|path| path.kind == PathKind::Steps);
        for (index, path) in steps.clone().enumerate().filter(|(_, path)| !path.name.trim().is_empty()) {
            let (colour, dash) = WAYS[index % WAYS.len()];
            let [edge, way] = [true, false].map(|is_edge| line(&way_style(colour, dash, 0.0, is_edge)));
            entries.push((edge + &way, escaped(&path.name)));
        }
        if steps.clone().any(|path| path.distance.iter().any(|away| *away > 0.0)) {
            let [edge, way] = [true, false].map(|is_edge| line(&way_style(WAYS[0].0, "", 0.75, is_edge)));
            entries.push((edge + &way, "paler: off the plane".into()));
        }
        entries
    }

    pub(super) fn draw_legend(&self, out: &mut String) {
        // On a colour of the surface, because the marks are made for it.
        let ground = rgb(sequence(0.45));
        for (sample, text) in self.legend() {
            out.extend([format!(
                "\\addlegendimage{{legend image code/.code={{\\path[draw=none, fill={ground}] (0cm,-0.15cm) rectangle \
                 (0.5cm,0.15cm);{sample}}}}}\n\\addlegendentry{{{text}}}\n"
            )]);
        }
    }
}
