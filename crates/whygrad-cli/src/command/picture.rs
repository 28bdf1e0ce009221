//! A picture as what a person asks for: on the terminal, in words, or in files.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use whygrad::plot::{Figure, Format, Look, words};
use whygrad::report::Eye;

use crate::output;

/// Lines of a picture on the terminal.
const LINES: usize = 22;

/// Where a picture goes and how it looks.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct PictureArguments {
    /// A file for the picture: its ending (svg, png, html, csv, tex) says what is written; may be given several times
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The picture in words alone
    #[arg(long)]
    pub(crate) describe: bool,
    /// The width in pixels
    #[arg(long, value_name = "PIXELS", value_parser = size)]
    pub(crate) width: Option<f64>,
    /// The height in pixels
    #[arg(long, value_name = "PIXELS", value_parser = size)]
    pub(crate) height: Option<f64>,
    /// A dark ground
    #[arg(long)]
    pub(crate) dark: bool,
    /// Points of a PNG for each pixel: 2 is sharp in print
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0, value_parser = scale)]
    pub(crate) scale: f64,
}

/// From where a landscape is seen.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct EyeArguments {
    /// How far a landscape is turned about its vertical axis [default: 35]
    #[arg(long, value_name = "DEGREES", allow_negative_numbers = true, value_parser = degrees)]
    turn: Option<f64>,
    /// How far above it the eye is: 0 from the side, 90 from above [default: 30]
    #[arg(long, value_name = "DEGREES", value_parser = lifted)]
    tilt: Option<f64>,
}

impl EyeArguments {
    /// From where it is seen.
    pub(crate) fn eye(&self) -> Eye {
        let usual = Eye::default();
        Eye { turn: self.turn.unwrap_or(usual.turn), tilt: self.tilt.unwrap_or(usual.tilt) }
    }
}

impl PictureArguments {
    /// Refuses endings that no format has, before the work.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        for file in &self.files {
            Format::of_file(&file.to_string_lossy()).with_context(|| format!("--out {}", file.display()))?;
            if file.is_dir() {
                bail!(
                    "--out {} is a folder; name a file in it, such as {}",
                    file.display(),
                    file.join("picture.svg").display()
                );
            }
            let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|f| !f.is_dir()) {
                bail!("--out {}: there is no folder {}", file.display(), folder.display());
            }
        }
        Ok(())
    }

    /// Shows a picture: in its files, else in words or on the terminal.
    pub(crate) fn show(&self, figure: &Figure) -> anyhow::Result<()> {
        let natural = natural_size(figure);
        let look = Look {
            width: self.width.unwrap_or(natural.0),
            height: self.height.unwrap_or(natural.1),
            dark: self.dark,
            scale: self.scale,
        };
        for file in &self.files {
            let format = Format::of_file(&file.to_string_lossy())?;
            write_whole(file, &format.render(figure, &look)?)?;
            output::say(&format!("Written to {}.", file.display()));
        }
        let told = words::describe(figure);
        if self.describe {
            return output::data(&format!("{}\n", output::wrapped(&told)));
        }
        if self.files.is_empty() {
            return output::data(&format!(
                "{}\n{}\n",
                output::figure_above_words(figure, LINES),
                output::wrapped(&told)
            ));
        }
        Ok(())
    }
}

/// The size of a picture where none is said: several pictures take the room of several.
pub(crate) fn natural_size(figure: &Figure) -> (f64, f64) {
    let Look { width, height, .. } = Look::default();
    match figure {
        Figure::Panels(panels) => {
            let columns = panels.columns.clamp(1, panels.figures.len().max(1));
            let rows = panels.figures.len().div_ceil(columns).max(1);
            let scale = if columns > 2 { 0.7 } else { 0.85 };
            (width * columns as f64 * scale, height * rows as f64 * scale)
        }
        _ => (width, height),
    }
}

/// Writes a file under another name first, so that there is never half of it.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut half = file.as_os_str().to_owned();
    half.push(".part");
    let half = PathBuf::from(half);
    // A device or a pipe is written as it is.
    if file.exists() && !file.is_file() {
        return std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()));
    }
    let written = std::fs::write(&half, bytes).and_then(|()| std::fs::rename(&half, file));
    if written.is_err() {
        let _ = std::fs::remove_file(&half);
    }
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// Names between commas; a comma within brackets belongs to a name, such as `hidden.W[0,1]`.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_usize;
    for glyph in text.chars() {
        match glyph {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match (glyph, names.last_mut()) {
            (',', _) if depth == 0 => names.push(String::new()),
            (glyph, Some(name)) if !glyph.is_whitespace() => name.push(glyph),
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// `LOW,HIGH`
pub(crate) fn ends(text: &str) -> Result<(f64, f64), String> {
    let parse = |part: &str| part.trim().parse::<f64>().ok().filter(|v| v.is_finite());
    let ends = text.split_once(',').and_then(|(low, high)| parse(low).zip(parse(high)));
    match ends {
        Some((low, high)) if low < high => Ok((low, high)),
        Some(_) => Err("the first number has to be below the second; write -10,10".into()),
        None => Err("expected two numbers; write -10,10".into()),
    }
}

fn size(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(size) if (100.0..=10_000.0).contains(&size) => Ok(size),
        _ => Err("expected a number of pixels between 100 and 10000".into()),
    }
}

fn degrees(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(turn) if (-360.0..=360.0).contains(&turn) => Ok(turn),
        _ => Err("expected degrees between -360 and 360".into()),
    }
}

fn lifted(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(tilt) if (0.0..=90.0).contains(&tilt) => Ok(tilt),
        _ => Err("expected degrees between 0 and 90".into()),
    }
}

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(scale) if (0.1..=10.0).contains(&scale) => Ok(scale),
        _ => Err("expected a factor between 0.1 and 10".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_by_commas_outside_brackets() {
        assert_eq!(names("w1, b[0],hidden.W[0, 1]"), ["w1", "b[0]", "hidden.W[0,1]"]);
        assert_eq!(names(" ,"), Vec::<String>::new());
    }

    #[test]
    fn ends_are_two_numbers_in_order() {
        assert_eq!(ends("-15,15"), Ok((-15.0, 15.0)));
        assert!(
            ends("15,-15").is_err() && ends("3").is_err() && ends("a,b").is_err() && ends("0,inf").is_err()
        );
    }
}
