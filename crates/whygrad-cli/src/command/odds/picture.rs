//! The picture of `--plot`.

use std::fs::{self, OpenOptions};
use std::path::Path;

use anyhow::{Context, bail};
use whygrad::odds::sweep::Sweep;
use whygrad::plot::{Format, Look};
use whygrad::report::{odds_figure, rate_figure};

use super::course::Done;
use crate::command::picture::{natural_size, write_whole};
use crate::output;

/// Refuses a picture that cannot be made, before the work and not after it.
pub(super) fn check(path: &Path, sweeps: &[Sweep]) -> anyhow::Result<()> {
    Format::of_file(&path.to_string_lossy()).with_context(|| format!("--plot {}", path.display()))?;
    let axes = sweeps.iter().filter(|sweep| sweep.values.len() > 1).count();
    if axes > 2 || (axes == 0 && !sweeps.is_empty()) {
        bail!(
            "a picture takes one or two sweeps with more than one value, and there are {axes}; leave out --plot, or \
             draw a part"
        );
    }
    let is_new = !path.exists();
    let cannot = || format!("cannot write {}", path.display());
    OpenOptions::new().append(true).create(true).open(path).with_context(cannot)?;
    if is_new { fs::remove_file(path).with_context(cannot) } else { Ok(()) }
}

/// Draws it.
pub(super) fn draw(path: &Path, sweeps: &[Sweep], done: &Done) -> anyhow::Result<()> {
    let figure =
        if sweeps.is_empty() { odds_figure(done.total()) } else { rate_figure(sweeps, done.settings()) };
    let Some(figure) = figure else {
        output::say(&format!(
            "note: no net is solved, so that there is nothing to draw in {}",
            path.display()
        ));
        return Ok(());
    };
    let format = Format::of_file(&path.to_string_lossy())?;
    let (width, height) = natural_size(&figure);
    let look = Look { width, height, ..Look::default() };
    write_whole(path, &format.render(&figure, &look)?)
}
