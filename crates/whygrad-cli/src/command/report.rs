//! `whygrad report`

use std::path::PathBuf;

use anyhow::bail;
use whygrad::report::{Onlooker, PictureError, report_html, report_latex};
use whygrad::train::Control;

use super::picture::write_whole;
use super::plot::named;
use super::train::again;
use super::why::{recorded, watched};
use crate::input::DataArguments;
use crate::output;
use crate::progress::Stages;

/// What `report` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad report runs/xor-1                       one page that works offline: runs/xor-1.html
  whygrad report runs/xor-1 -o xor.html
  whygrad report runs/xor-1 --latex -o xor.tex    for pdflatex, with pictures in pgfplots")]
pub(crate) struct Arguments {
    /// The folder of a run
    run: PathBuf,
    /// The file to write (default: the run's name with .html or .tex, here; - is standard output)
    #[arg(short = 'o', long = "out", value_name = "FILE")]
    file: Option<PathBuf>,
    /// LaTeX in place of HTML
    #[arg(long)]
    latex: bool,
    #[command(flatten)]
    data: DataArguments,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let name = named(&a.run);
    let ending = |file: &PathBuf| file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let latex = a.latex || a.file.as_ref().and_then(ending).is_some_and(|e| e == "tex");
    let wanted: &[&str] = if latex { &["tex"] } else { &["html", "htm"] };
    let file = a.file.clone().unwrap_or_else(|| PathBuf::from(format!("{name}.{}", wanted[0])));
    let standard = file.as_os_str() == "-";
    if !standard && !ending(&file).is_some_and(|e| wanted.iter().any(|w| e == *w)) {
        let what = if latex { "LaTeX" } else { "a page" };
        bail!("--out {}: {what} is written to a file that ends in .{}", file.display(), wanted[0]);
    }
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty() && !standard);
    if let Some(folder) = folder.filter(|f| !f.is_dir()) {
        bail!("--out {}: there is no folder {}", file.display(), folder.display());
    }
    let finished = recorded(&a.run, &a.data)?;
    let again = again::of_folder(&a.run, &a.data)?;
    let (reasons, go_on) = watched(&finished, a.quiet);
    if go_on == Control::Stop {
        return Err(PictureError::Stopped.into());
    }
    let title = format!("{name}: {}", finished.case.model.describe());
    let write = if latex { report_latex } else { report_html };
    let mut stages = Stages::new(a.quiet);
    let mut onlooker = Onlooker::new(|stage, share| stages.see(stage, share)).with_steps();
    let text = write(&title, &finished, (&reasons, &again), &mut onlooker)?;
    drop(onlooker);
    drop(stages);
    if standard {
        return output::data(&text);
    }
    write_whole(&file, text.as_bytes())?;
    if !a.quiet {
        output::say(&format!("Written to {}.", file.display()));
    }
    Ok(())
}
