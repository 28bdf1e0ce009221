//! Figures as one HTML page that needs nothing else: no server, no network, no other file.
//!
//! Each picture is inline SVG in two widths, for telephones and for everything else, in the colours that the reader's
//! system asks for; on paper it is light. Below it stand its words, and its data as a table and as CSV to save. With
//! scripts, curves tell their values under the pointer or by the arrow keys, and landscapes turn by mouse, touch and
//! keys; without, the pictures stay as they are.
//!
//! ```
//! use whygrad_plot::{Figure, Lines, Series, html};
//!
//! let loss = Lines { series: vec![Series::line("loss", vec![(0.0, 1.0), (1.0, 0.5)])], ..Lines::default() };
//! let section = html::Section::new("The run").text("Two epochs, seed 7.").figure(Figure::Lines(loss));
//! let page = html::page("A report", &[section]);
//! assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
//! ```

mod data;
mod picture;
mod table;

use std::collections::BTreeSet;

use crate::figure::Figure;
use crate::format::Look;
use crate::svg::escaped;
use crate::words;

const CSS: &str = include_str!("html/page.css");
const LINES: &str = include_str!("html/lines.js");
const SURFACE: &str = include_str!("html/surface.js");

/// A part of a page: a heading, and below it texts and pictures in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    heading: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Code(String),
    Html(String),
    Figure(Box<Figure>),
}

impl Section {
    /// Returns an empty section. Without a heading it continues the one before it.
    pub fn new(heading: impl Into<String>) -> Self {
        Section { heading: heading.into(), parts: Vec::new() }
    }

    /// Adds a paragraph of plain text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Adds lines that are shown as they are, such as a command.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.parts.push(Part::Code(code.into()));
        self
    }

    /// Adds HTML or MathML as it is. The caller answers for its being well-formed and safe.
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.parts.push(Part::Html(html.into()));
        self
    }

    /// Adds a picture.
    pub fn figure(mut self, figure: Figure) -> Self {
        self.parts.push(Part::Figure(Box::new(figure)));
        self
    }
}

/// Writes a page that shows one figure.
pub fn render(figure: &Figure, look: &Look) -> String {
    let section = Section::new("").figure(figure.clone());
    written(&words::heading(figure), &[section], look)
}

/// Writes a page of sections, with its pictures in the usual size.
pub fn page(title: &str, sections: &[Section]) -> String {
    written(title, sections, &Look::default())
}

fn written(title: &str, sections: &[Section], look: &Look) -> String {
    let mut page = Page { look: *look, ..Page::default() };
    for section in sections {
        page.out.push_str("<section>\n");
        if !section.heading.trim().is_empty() {
            page.out.extend([format!("<h2>{}</h2>\n", escaped(&section.heading))]);
        }
        for part in &section.parts {
            match part {
                Part::Text(text) => page.out.extend([format!("<p>{}</p>\n", escaped(text))]),
                Part::Code(code) => {
                    let lines: Vec<String> = code.lines().map(escaped).collect();
                    page.out.extend([format!("<pre tabindex=\"0\">{}</pre>\n", lines.join("\n"))]);
                }
                Part::Html(html) => {
                    page.out.push_str(html);
                    page.out.push('\n');
                }
                Part::Figure(figure) => picture::add(&mut page, figure, look.width),
            }
        }
        page.out.push_str("</section>\n");
    }
    let title = escaped(if title.trim().is_empty() { "Picture" } else { title });
    let (style, scripts) = (page.style(), page.scripts());
    // The policy forbids every request, also for what a section brings along.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'; img-src data:\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n\
         {scripts}</body>\n</html>\n",
        body = page.out,
    )
}

/// A page in the making.
#[derive(Default)]
struct Page {
    out: String,
    look: Look,
    /// How many pictures there are, which gives each its names.
    pictures: usize,
    /// The colours that are one on a light ground and another on a dark one.
    colours: BTreeSet<(String, String)>,
    has_lines: bool,
    has_surface: bool,
}

impl Page {
    /// Returns the style sheet with the colours of the pictures.
    fn style(&self) -> String {
        let list = |colour: fn(&(String, String)) -> &String| {
            let each = self.colours.iter().map(|pair| format!("--{}-{}:#{};", pair.0, pair.1, colour(pair)));
            each.collect::<String>()
        };
        let (light, dark) = (list(|pair| &pair.0), list(|pair| &pair.1));
        format!(
            "{CSS}:root{{{light}}}\n@media screen and (prefers-color-scheme: dark) {{ :root{{{dark}}} }}\n"
        )
    }

    /// Returns the scripts that the pictures of this page need.
    fn scripts(&self) -> String {
        let mut out = String::new();
        for (_, script) in [(self.has_lines, LINES), (self.has_surface, SURFACE)].iter().filter(|(is, _)| *is)
        {
            out.extend(["<script>\n", script, "</script>\n"]);
        }
        out
    }
}
