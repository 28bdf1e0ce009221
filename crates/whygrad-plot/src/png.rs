//! Figures as bitmaps: the picture of [`crate::svg`], drawn with a font that is part of the program, so that it looks
//! the same on every machine and no text is lost.
//!
//! The font is `DejaVu Sans` 2.37 (Bitstream Vera licence), by the crate `dejavu`; the drawing is done by `resvg`.

use std::sync::{Arc, LazyLock};

use resvg::{tiny_skia, usvg};

use crate::figure::Figure;
use crate::format::Look;
use crate::svg;

/// The name by which every text finds the font.
const FAMILY: &str = "DejaVu Sans";

/// The most pixels of a picture: what takes 64 MB while it is drawn.
const MOST: f64 = 16e6;

static FONT: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_serif_family(FAMILY);
    fonts.set_monospace_family(FAMILY);
    Arc::new(fonts)
});

/// A figure that could not be drawn as a bitmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PngError(String);

impl std::fmt::Display for PngError {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "the picture could not be drawn as PNG: {}", self.0)
    }
}

impl std::error::Error for PngError {}

/// Draws a figure as a PNG file of `width * scale` by `height * scale` pixels, fewer where these were more than 16
/// million.
///
/// # Errors
///
/// [`PngError`] if the picture cannot be drawn or packed, which no figure is known to cause.
pub fn render(figure: &Figure, look: &Look) -> Result<Vec<u8>, PngError> {
    rasterize(&svg::render(figure, &look.svg()), look.scale)
}

/// Draws the SVG text of this crate.
fn rasterize(text: &str, scale: f64) -> Result<Vec<u8>, PngError> {
    let failed = |why: &dyn std::fmt::Display| PngError(why.to_string());
    let options = usvg::Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::clone(&FONT),
        // Files named in a figure's texts are never opened.
        resources_dir: None,
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(&emboldened(text), &options).map_err(|error| failed(&error))?;
    let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let scale = if scale.is_finite() { scale.clamp(0.1, 20.0) } else { 1.0 };
    let scale = scale.min((MOST / (width * height)).sqrt());
    let pixels = |length: f64| (length * scale).round().max(1.0) as u32;
    let mut canvas = tiny_skia::Pixmap::new(pixels(width), pixels(height))
        .ok_or_else(|| failed(&"the size has no pixels"))?;
    let transform = tiny_skia::Transform::from_scale(scale as f32, scale as f32);
    resvg::render(&tree, transform, &mut canvas.as_mut());
    canvas.encode_png().map_err(|error| failed(&error))
}

/// Draws bold letters by a line around the plain ones, which saves a second font.
fn emboldened(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for element in text.split_inclusive('>') {
        let fill = element.split_once(" fill=\"").and_then(|(_, rest)| rest.split_once('"'));
        match (element.contains(" font-weight=\""), fill) {
            (true, Some((fill, _))) if element.contains("<text") || element.contains("<tspan") => {
                let stroke = format!(" stroke=\"{fill}\" stroke-width=\"0.6\" font-weight=\"");
                out.push_str(&element.replacen(" font-weight=\"", &stroke, 1));
            }
            _ => out.push_str(element),
        }
    }
    out
}

#[cfg(test)]
mod tests;
