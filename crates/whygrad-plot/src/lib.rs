//! Figures as data, and their readings as terminal text, plain words, and files: SVG, PNG, HTML, CSV, LaTeX.
//!
//! A caller fills a [`Figure`], which is what to open first, and hands it to a renderer. This crate knows nothing of networks:
//! it sees numbers, names and a level. Every renderer is one file over the same data, so the
//! picture on the terminal, the picture in a file and the sentence for a screen reader agree.
//!
//! ```
//! use whygrad_plot::{Figure, Lines, Series, words};
//!
//! let points = (0..100).map(|epoch| (f64::from(epoch), (-0.1 * f64::from(epoch)).exp())).collect();
//! let figure = Figure::Lines(Lines {
//!     x_label: "epoch".into(),
//!     series: vec![Series::line("loss", points)],
//!     ..Lines::default()
//! });
//! assert!(words::describe(&figure).starts_with("Loss falls from 1 to "));
//! ```
//!
//! Nothing here reads, prints or panics: a value that cannot be drawn is a gap, and is named.

mod axis;
mod cells;
mod contour;
mod figure;
mod format;
mod net;
mod palette;
mod surface;
mod thin;
mod view;
mod way;

pub mod csv;
pub mod html;
pub mod pgfplots;
#[cfg(feature = "png")]
pub mod png;
pub mod svg;
pub mod terminal;
pub mod ticks;
pub mod words;

pub use figure::{
    Cells, Figure, Lines, Link, Map, MapPath, MapPoint, Mark, Network, NetworkLayer, NetworkNode, Panels,
    PathKind, Series, Spot, SpotKind, Style, Surface,
};
pub use format::{Format, Look, RenderError, UnknownEnding};
