//! The folder of a run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use whygrad::data::Dataset;
use whygrad::interop::run_folder::{self, Files};
use whygrad::model::Model;
use whygrad::plot::{Figure, svg, words};
use whygrad::report;
use whygrad::train::Run;

use crate::input::Loaded;
use crate::output;

/// The folder that was said, which can be written, or a free one; `none` is none.
pub(super) fn chosen(said: Option<&Path>, loaded: &Loaded) -> anyhow::Result<Option<PathBuf>> {
    match said {
        Some(path) if path.as_os_str() == "none" => Ok(None),
        Some(path) => can_write(path).map(|()| Some(path.to_owned())),
        None => Ok(free(loaded)),
    }
}

/// A new folder in ./runs; none, and a note, where nothing can be written here.
fn free(loaded: &Loaded) -> Option<PathBuf> {
    let folder = run_folder::free_name(Path::new("runs"), &loaded.name);
    match can_write(&folder) {
        Ok(()) => Some(folder),
        Err(error) => {
            output::say(&format!("note: no run folder is written: {error:#}"));
            None
        }
    }
}

/// The pictures of a run with the names of their files.
pub(super) fn figures(model: &Model, data: &Dataset, run: &Run) -> Vec<(&'static str, Figure)> {
    let loss = report::loss_figure(run).map(|figure| ("loss.svg", figure));
    let surface = report::surface_figure(model, data, &run.theta);
    loss.into_iter().chain(surface.map(|figure| ("surface.svg", figure))).collect()
}

/// Refuses a folder that cannot be written, before the work and not after it.
pub(crate) fn can_write(folder: &Path) -> anyhow::Result<()> {
    run_folder::check(folder).with_context(|| format!("cannot write {}", folder.display()))
}

/// Writes the run folder, with what stands beside.
pub(crate) fn save(
    folder: &Path,
    model: &Model,
    (options, document): (&serde_json::Value, &serde_json::Value),
    (run, figures): (&Run, &[(&'static str, Figure)]),
    beside: Files,
) -> anyhow::Result<()> {
    let mut history = String::from("epoch,loss\n");
    for (epoch, loss) in run.history.points() {
        let _ = writeln!(history, "{epoch},{loss}");
    }
    let mut files = vec![
        (run_folder::MODEL, model.source.clone()),
        (run_folder::OPTIONS, serde_json::to_string_pretty(options)?),
        (run_folder::RESULT, serde_json::to_string_pretty(document)?),
        (run_folder::HISTORY, history),
    ];
    files.extend(beside);
    let described: Vec<String> = figures.iter().map(|(_, figure)| words::describe(figure)).collect();
    files.push(("pictures.txt", described.join("\n") + "\n"));
    for (name, figure) in figures {
        files.push((name, svg::render(figure, &svg::Svg::default())));
    }
    run_folder::write(folder, &files).with_context(|| format!("cannot write {}", folder.display()))
}
