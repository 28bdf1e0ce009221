//! Figures as SVG: text stays text, and the words travel along for screen readers.

mod cells;
mod frame;
pub(crate) mod glyph;
mod key;
pub(crate) mod labels;
mod lines;
mod map;
mod marks;
mod network;
pub(crate) mod overlay;
mod panels;
mod path;
mod solid;
mod surface;

use crate::figure::Figure;
use crate::palette::Rgb;
use crate::words;

/// The size and ground of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Svg {
    /// The width in pixels.
    pub width: f64,
    /// The height in pixels.
    pub height: f64,
    /// Whether the ground is dark.
    pub dark: bool,
}

impl Default for Svg {
    /// 560 by 380 on a light ground: what a telephone or a column of print shows at two thirds of its size.
    fn default() -> Self {
        Svg { width: 560.0, height: 380.0, dark: false }
    }
}

/// Draws a figure as one SVG element.
///
/// The element holds the title as `<title>` and the words of [`words::describe`] as `<desc>`. It
/// needs no style sheet and no script, so it can stand alone or inside a page, where it shrinks to the width of the page.
/// It is as wide as asked for. Notes, legends and panels that need more height make it higher, and what is wide and flat
/// makes it lower.
pub fn render(figure: &Figure, svg: &Svg) -> String {
    render_told(figure, svg, &words::describe(figure)).0
}

/// Draws a figure whose words are known; returns also where the axes of curves lie: left, top, width and height.
pub(crate) fn render_told(figure: &Figure, svg: &Svg, told: &str) -> (String, [f64; 4]) {
    let size =
        |length: f64, least: f64| if length.is_finite() { length.clamp(least, 10_000.0) } else { least };
    let (width, height) = (size(svg.width, 160.0), size(svg.height, 120.0));
    let mut page =
        Page { out: String::new(), width, height, theme: Theme::new(svg.dark), depth: 0, inside: [0.0; 4] };
    draw(figure, &mut page);
    // Several pictures may stand on one page: their names must differ.
    let key = hashed(figure.title(), told);
    let drawn = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title-{key}\" \
         aria-describedby=\"words-{key}\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
         style=\"max-width:100%\" font-family=\"system-ui, 'DejaVu Sans', sans-serif\" \
         font-size=\"{size}\">\n<title id=\"title-{key}\">{title}</title>\n<desc id=\"words-{key}\">{told}</desc>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"{paper}\"/>\n{body}</svg>\n",
        w = coordinate(width),
        h = coordinate(page.height),
        size = frame::SIZE,
        title = escaped(&words::heading(figure)),
        told = escaped(told),
        paper = page.theme.paper.hex(),
        body = page.out,
    );
    (drawn, page.inside)
}

/// Draws what is within the element, and settles its height.
fn draw(figure: &Figure, page: &mut Page) {
    match figure {
        Figure::Lines(figure) => lines::draw(figure, page),
        Figure::Map(figure) => map::draw(figure, page),
        Figure::Cells(figure) => cells::draw(figure, page),
        Figure::Surface(figure) => surface::draw(figure, page),
        Figure::Network(figure) => network::draw(figure, page),
        Figure::Panels(figure) => panels::draw(figure, page),
    }
}

/// The colours of everything that is not data.
#[derive(Clone, Copy)]
struct Theme {
    dark: bool,
    paper: Rgb,
    ink: Rgb,
    faint: Rgb,
    grid: Rgb,
}

impl Theme {
    fn new(dark: bool) -> Self {
        if dark {
            let (paper, ink) = (Rgb(21, 24, 30), Rgb(232, 234, 237));
            Theme { dark, paper, ink, faint: Rgb(163, 169, 180), grid: Rgb(46, 52, 62) }
        } else {
            let (paper, ink) = (Rgb(255, 255, 255), Rgb(27, 31, 36));
            Theme { dark, paper, ink, faint: Rgb(91, 98, 108), grid: Rgb(229, 232, 236) }
        }
    }
}

/// Where a text is anchored.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture in the making, one element a line.
struct Page {
    out: String,
    width: f64,
    height: f64,
    theme: Theme,
    /// In how many others this picture stands.
    depth: usize,
    /// Where the axes of curves lie: left, top, width and height.
    inside: [f64; 4],
}

impl Page {
    fn add(&mut self, element: &str) {
        self.out.push_str(element);
        self.out.push('\n');
    }

    fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, fill: Rgb, text: &str) {
        self.styled_text((x, y), anchor, fill, "", text);
    }

    fn styled_text(&mut self, (x, y): (f64, f64), anchor: Anchor, fill: Rgb, style: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (x, y, fill, text) = (coordinate(x), coordinate(y), fill.hex(), escaped(text));
        self.add(&format!("<text x=\"{x}\" y=\"{y}\"{anchor} fill=\"{fill}\"{style}>{text}</text>"));
    }

    /// Writes a text that can be read on whatever is beneath.
    fn haloed(&mut self, at: (f64, f64), fill: Rgb, halo: Rgb, style: &str, text: &str) {
        let style = format!(
            "{style} paint-order=\"stroke\" stroke=\"{}\" stroke-width=\"3\" stroke-linejoin=\"round\"",
            halo.hex()
        );
        self.styled_text(at, Anchor::Start, fill, &style, text);
    }

    /// Covers a rectangle with the colour of the page.
    fn ground(&mut self, rect: labels::Rect) {
        let [x, y, width, height] =
            [rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top].map(coordinate);
        let paper = self.theme.paper.hex();
        self.add(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\" fill=\"{paper}\"/>"
        ));
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Rgb, style: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(coordinate);
        let stroke = stroke.hex();
        self.add(&format!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{stroke}\"{style}/>"
        ));
    }
}

/// Returns a short key of a title and its words, the same each time. Source: the hash FNV-1a.
fn hashed(title: &str, told: &str) -> String {
    let bytes = title.bytes().chain([0]).chain(told.bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

/// Writes a coordinate to a tenth of a pixel.
fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// Estimates the width of a text at a font size, after the letters of `DejaVu Sans`, which is wider than most.
fn text_width(text: &str, size: f64) -> f64 {
    let wide = |glyph: char| match glyph {
        'i' | 'j' | 'l' | '\'' | '|' => 0.3,
        ' ' | '.' | ',' | ':' | ';' | '!' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' | 'I' => 0.4,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | '_' => 0.57,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '+' | '=' | '<' | '>' | '\u{2212}' => 0.9,
        'A'..='Z' => 0.74,
        glyph if u32::from(glyph) >= 0x1100 => 1.05,
        _ => 0.64,
    };
    text.chars().map(wide).sum::<f64>() * size
}

/// Cuts a text to a width, with an ellipsis for what is lost.
fn fitted(text: &str, size: f64, room: f64) -> String {
    if text_width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = text.to_owned();
    while kept.pop().is_some() && text_width(&kept, size) + size > room {}
    kept.trim_end().to_owned() + "…"
}

/// Breaks a text into lines of a width; a word that is wider than a line is broken too.
fn wrapped(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ if text_width(word, size) <= room => lines.push(word.to_owned()),
            _ => {
                let mut part = String::new();
                for glyph in word.chars() {
                    if !part.is_empty() && text_width(&part, size) + size > room {
                        lines.push(std::mem::take(&mut part));
                    }
                    part.push(glyph);
                }
                lines.push(part);
            }
        }
    }
    lines
}

/// Makes a text safe within XML; characters that XML does not allow become blanks.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for glyph in text.chars() {
        match glyph {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push(' '),
            glyph if glyph.is_control() => out.push(' '),
            glyph => out.push(glyph),
        }
    }
    out
}
