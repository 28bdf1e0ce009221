//! The kinds of file a figure can become, chosen by the ending of the file's name.

use std::fmt;

use crate::figure::Figure;
use crate::{csv, html, pgfplots, svg};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A drawing whose text stays text.
    Svg,
    /// A bitmap.
    #[cfg(feature = "png")]
    Png,
    /// A page that needs nothing else, with the picture, its words and its data.
    Html,
    /// The data as a table.
    Csv,
    /// A LaTeX document with the picture in pgfplots.
    Tex,
}

/// Every format with the ending of its files.
const ENDINGS: &[(&str, Format)] = &[
    ("svg", Format::Svg),
    #[cfg(feature = "png")]
    ("png", Format::Png),
    ("html", Format::Html),
    ("csv", Format::Csv),
    ("tex", Format::Tex),
];

impl Format {
    /// Returns the format for a file name, whatever the case of its ending; `.htm` is read as `.html`.
    ///
    /// # Errors
    ///
    /// [`UnknownEnding`] if the name has no ending or another one.
    ///
    /// ```
    /// use whygrad_plot::Format;
    /// assert_eq!(Format::of_file("runs/Loss.SVG"), Ok(Format::Svg));
    /// let error = Format::of_file("loss.gif").unwrap_err();
    /// assert!(error.to_string().starts_with("no picture can be written as .gif; the endings are .svg, "));
    /// ```
    pub fn of_file(name: &str) -> Result<Self, UnknownEnding> {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        let wanted = if ending == "htm" { "html" } else { &ending };
        let found = ENDINGS.iter().find(|(known, _)| *known == wanted);
        found.map(|(_, format)| *format).ok_or(UnknownEnding { ending })
    }

    /// Returns the ending of such files, without the point.
    pub fn ending(self) -> &'static str {
        ENDINGS.iter().find(|(_, format)| *format == self).map_or("", |(ending, _)| ending)
    }

    /// Returns the endings that can be written, without the point.
    pub fn endings() -> impl Iterator<Item = &'static str> {
        ENDINGS.iter().map(|(ending, _)| *ending)
    }

    /// Returns the bytes of a file that shows a figure. Text is in UTF-8.
    ///
    /// # Errors
    ///
    /// [`RenderError`] if a bitmap could not be drawn. All other formats can hold every figure.
    pub fn render(self, figure: &Figure, look: &Look) -> Result<Vec<u8>, RenderError> {
        Ok(match self {
            Format::Svg => svg::render(figure, &look.svg()).into_bytes(),
            #[cfg(feature = "png")]
            Format::Png => {
                crate::png::render(figure, look).map_err(|error| RenderError(error.to_string()))?
            }
            Format::Html => html::render(figure, look).into_bytes(),
            Format::Csv => csv::render(figure).into_bytes(),
            Format::Tex => pgfplots::render(figure, look).into_bytes(),
        })
    }
}

/// How a picture shall look. What a format cannot use, it leaves aside: a table has no width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The width in pixels; in LaTeX a pixel is 1/96 inch.
    pub width: f64,
    /// The height in pixels.
    pub height: f64,
    /// Whether the ground is dark. A page follows its reader's wish instead, and LaTeX is for paper.
    pub dark: bool,
    /// How many points of a bitmap a pixel has along each side: 2 is sharp in print and on fine screens.
    pub scale: f64,
}

impl Default for Look {
    /// The size of [`svg::Svg`] on a light ground, sharp in print.
    fn default() -> Self {
        let svg::Svg { width, height, dark } = svg::Svg::default();
        Look { width, height, dark, scale: 2.0 }
    }
}

impl Look {
    /// Returns what of it an SVG picture has.
    pub(crate) fn svg(&self) -> svg::Svg {
        svg::Svg { width: self.width, height: self.height, dark: self.dark }
    }
}

/// A file name whose ending is none of those that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEnding {
    /// The ending in small letters, empty if there is none.
    pub ending: String,
}

impl fmt::Display for UnknownEnding {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        if self.ending.is_empty() {
            write!(out, "the file name has no ending that says what to write; the endings are ")?;
        } else {
            write!(out, "no picture can be written as .{}; the endings are ", self.ending)?;
        }
        let count = ENDINGS.len();
        for (index, (ending, _)) in ENDINGS.iter().enumerate() {
            let joint = if index == 0 { "" } else { [", ", " and "][usize::from(index + 1 == count)] };
            write!(out, "{joint}.{ending}")?;
        }
        if cfg!(not(feature = "png")) && self.ending == "png" {
            write!(out, " (this program was built without the feature `png`)")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownEnding {}

/// A figure that could not be drawn in the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError(String);

impl fmt::Display for RenderError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for RenderError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_in_any_case_and_folders_do_not() {
        for (name, format) in [("a.svg", Format::Svg), ("A.HTML", Format::Html), ("x.htm", Format::Html)] {
            assert_eq!(Format::of_file(name), Ok(format));
        }
        assert_eq!(Format::of_file("v1.svg/loss.csv"), Ok(Format::Csv));
        assert_eq!(Format::of_file("v1.svg/loss").map_err(|error| error.ending), Err(String::new()));
        let all: Vec<_> = Format::endings().map(|ending| Format::of_file(&format!("a.{ending}"))).collect();
        assert!(all.iter().all(Result::is_ok));
    }

    #[test]
    fn an_unknown_ending_is_told_which_there_are() {
        let told = UnknownEnding { ending: "gif".into() }.to_string();
        let png = if cfg!(feature = "png") { ".png, " } else { "" };
        assert_eq!(
            told,
            format!("no picture can be written as .gif; the endings are .svg, {png}.html, .csv and .tex")
        );
    }
}
