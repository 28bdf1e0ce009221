//! Figures as LaTeX documents by the package pgfplots, to be compiled alone or copied into a paper.
//!
//! The document compiles with `pdflatex`, `lualatex` and `xelatex`. The coordinates are the figure's own numbers to six digits,
//! except where TeX cannot compute with them, such as 1e300: there they are places from 0 to 1, and the ticks carry the
//! true numbers. Series are thinned to about two thousand points and maps to 61 by 61 samples, so that TeX's memory
//! suffices; the lowest and the highest point of a column always stay.

mod axes;
mod cells;
mod lines;
mod look;
mod map;
mod network;
mod overlay;

use std::collections::BTreeSet;

use crate::figure::{Figure, Lines, Panels};
use crate::format::Look;
use crate::palette::{self, Ground, Rgb};
use crate::svg::glyph;
pub use axes::escaped;

/// Pixels in a centimetre of paper.
const PER_CENTIMETRE: f64 = 96.0 / 2.54;

/// The most samples along a side of a map that TeX's memory takes, and the fewest that show it.
const FINEST: usize = 61;
const COARSEST: f64 = 17.0;

/// Points of print, as TeX has them, in a pixel.
const POINTS: f64 = 72.27 / 96.0;

/// A size on paper in centimetres.
#[derive(Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
    /// The most samples along a side of a map.
    samples: usize,
}

impl Size {
    /// Returns the size of the axes of a picture, without what stands around them.
    fn inner(self) -> Size {
        Size { width: (self.width - 2.6).max(2.4), height: (self.height - 2.8).max(2.0), ..self }
    }
}

/// Writes a figure as a whole LaTeX document of the class `standalone`.
pub fn render(figure: &Figure, look: &Look) -> String {
    format!(
        "\\documentclass[border=4pt]{{standalone}}\n\\usepackage[T1]{{fontenc}}\n{}\\begin{{document}}\n{}\\end{{document}}\n",
        preamble(),
        picture(figure, look)
    )
}

/// Returns what stands before a document's beginning for its pictures: packages, colours.
pub fn preamble() -> String {
    let mut out = String::from(
        "\\usepackage{textcomp}\n\\usepackage{pgfplots}\n\\pgfplotsset{compat=1.16}\n\
         % Characters that pdfLaTeX has no glyph for are named by their number.\n\
         \\ifdefined\\Umathcode\\newcommand\\glyph[1]{\\char\"#1\\relax}\\else\\newcommand\\glyph[1]{[U+#1]}\\fi\n",
    );
    out.push_str(&colours());
    out
}

/// Writes a figure for a document that has the [`preamble`].
pub fn picture(figure: &Figure, look: &Look) -> String {
    let length = |pixels: f64, least: f64| {
        if pixels.is_finite() { (pixels / PER_CENTIMETRE).clamp(least, 60.0) } else { least }
    };
    let (width, height) = (length(look.width, 5.0), length(look.height, 4.0));
    drawn(figure, Size { width, height, samples: FINEST })
}

/// Returns the definitions of the colours.
fn colours() -> String {
    let mut out = String::new();
    for index in 0..palette::SERIES {
        let Rgb(red, green, blue) = palette::series(index, Ground::Light);
        out.extend([format!("\\definecolor{{series{index}}}{{RGB}}{{{red},{green},{blue}}}\n")]);
    }
    let steps = (0..=8).map(|step| {
        let Rgb(red, green, blue) = palette::sequence(f64::from(step) / 8.0);
        format!("rgb255=({red},{green},{blue})")
    });
    out.extend([format!(
        "\\pgfplotsset{{colormap={{values}}{{{}}}}}\n",
        steps.collect::<Vec<_>>().join(" ")
    )]);
    out
}

/// Returns the colour of a series.
fn colour(index: usize) -> String {
    format!("series{}", index % palette::SERIES)
}

/// Returns the colour and the dashes of a curve, those of the SVG; with the dashes curves stay apart in black and white.
fn stroke(lines: &Lines, index: usize) -> String {
    format!("{}, {}", colour(index), dashes(glyph::dashes(lines, index)))
}

/// Returns the setting for dashes and gaps of so many pixels.
fn dashes(pixels: &str) -> String {
    let lengths: Vec<f64> = pixels.split_whitespace().filter_map(|length| length.parse().ok()).collect();
    if lengths.is_empty() {
        return "solid".to_owned();
    }
    let parts = lengths.iter().enumerate().map(|(index, length)| {
        format!("{} {:.2}pt", if index % 2 == 0 { "on" } else { "off" }, length * POINTS)
    });
    format!("dash pattern={}", parts.collect::<Vec<_>>().join(" "))
}

/// Returns the setting for a colour that has no name.
fn rgb(Rgb(red, green, blue): Rgb) -> String {
    format!("{{rgb,255:red,{red};green,{green};blue,{blue}}}")
}

fn drawn(figure: &Figure, size: Size) -> String {
    match figure {
        Figure::Lines(figure) => lines::draw(figure, size),
        Figure::Map(figure) => map::draw(figure, None, size),
        Figure::Surface(figure) => map::draw(&figure.map, Some(figure), size),
        Figure::Cells(figure) => cells::draw(figure, size),
        Figure::Network(figure) => network::draw(figure, size),
        Figure::Panels(figure) => panels(figure, size),
    }
}

/// Puts pictures side by side, each as wide as alone if it is the only one of its row.
fn panels(panels: &Panels, size: Size) -> String {
    let columns = panels.columns.clamp(1, 6).min(panels.figures.len().max(1));
    // A row grows as long as its figures need it.
    let (width, height) = ((size.width / columns as f64).max(5.0), size.height.clamp(4.0, 30.0));
    // All maps of a page share TeX's memory.
    let samples = (size.samples as f64 / (panels.figures.len().max(1) as f64).sqrt()).max(COARSEST) as usize;
    let each = Size { width, height, samples };
    let each = Size { height: each.height.min(each.width * 0.8).max(4.0), ..each };
    let mut out = format!("\\begin{{tabular}}{{{}}}\n", "c".repeat(columns));
    if !panels.title.trim().is_empty() {
        let title = escaped(&panels.title);
        out.extend([format!("\\multicolumn{{{columns}}}{{c}}{{\\large {title}}}\\\\[1ex]\n")]);
    }
    for row in panels.figures.chunks(columns) {
        let pictures: Vec<String> = row.iter().map(|figure| drawn(figure, each)).collect();
        out.push_str(&pictures.join("&\n"));
        out.push_str("\\\\\n");
    }
    let width = each.width * columns as f64;
    for note in notes_once(&panels.notes) {
        let note = escaped(note);
        out.extend([format!(
            "\\multicolumn{{{columns}}}{{l}}{{\\parbox{{{width:.2}cm}}{{\\footnotesize {note}}}}}\\\\\n"
        )]);
    }
    out.push_str("\\end{tabular}%\n");
    out
}

/// Returns the notes without repetitions and empty ones.
fn notes_once(notes: &[String]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    notes.iter().map(|note| note.trim()).filter(|note| !note.is_empty() && seen.insert(*note)).collect()
}

/// Wraps what is drawn into a picture with notes below it.
fn tikzpicture(drawn: &str, notes: &[String], size: Size) -> String {
    let mut out = format!("\\begin{{tikzpicture}}[baseline=(current bounding box.north)]\n{drawn}");
    for note in notes_once(notes) {
        out.extend([format!(
            "\\node[anchor=north west, text width={:.2}cm, font=\\footnotesize] at (current bounding box.south west) \
             {{{}}};\n",
            size.width,
            escaped(note)
        )]);
    }
    out.push_str("\\end{tikzpicture}%\n");
    out
}

/// Returns the settings that all axes share: size, title and labels.
fn frame(size: Size, title: &str, x_label: &str, y_label: &str) -> String {
    let mut out =
        format!("scale only axis, width={:.2}cm, height={:.2}cm,\n", size.inner().width, size.inner().height);
    if !title.trim().is_empty() {
        out.extend([format!(
            "title={{{}}}, title style={{align=center, text width={:.2}cm}},\n",
            escaped(title),
            size.width
        )]);
    }
    for (letter, label) in [('x', x_label), ('y', y_label)] {
        if !label.trim().is_empty() {
            out.extend([format!("{letter}label={{{}}},\n", escaped(label))]);
        }
    }
    out.push_str("axis line style={gray}, tick label style={font=\\small}, clip mode=individual,\n");
    out
}

/// Writes coordinates a few to a line.
fn coordinates(points: &[String]) -> String {
    // An empty line would end a paragraph, which no list of coordinates may do.
    if points.is_empty() {
        return "{}".to_owned();
    }
    let lines: Vec<String> = points.chunks(6).map(|line| line.join(" ")).collect();
    format!("{{\n{}\n}}", lines.join("\n"))
}
