//! `whygrad why`

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use whygrad::interop::{run_folder, shell};
use whygrad::model::{Model, ModelOptions};
use whygrad::report::{self, Onlooker, PictureError};
use whygrad::train::Control;
use whygrad::why::{Case, Finished, Limits, Report, Spectrum, Time, why_within};

use super::train::again;
use crate::input::{self, DataArguments};
use crate::output;
use crate::progress::{Experiments, Stages};

/// What `why` takes.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad why runs/xor-1              the cause, the run that proves it, and what to do
  whygrad why runs/xor-1 --explain    with the evidence, and what each cause is
  whygrad why runs/xor-1 --spectrum   with the eigenvalues of the Hessian along the run
  whygrad why runs/xor-1 --json       for programs
  whygrad train xor --why             train, then ask")]
pub(crate) struct Arguments {
    /// The folder of a run
    run: PathBuf,
    #[command(flatten)]
    data: DataArguments,
    /// The evidence in numbers, and what each cause is
    #[arg(long)]
    explain: bool,
    /// The eigenvalues of the Hessian along the run, beside those that are stable at its learning rate
    #[arg(long)]
    spectrum: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let finished = recorded(&a.run, &a.data)?;
    let again = again::of_folder(&a.run, &a.data)?;
    let report = ask(&finished, a.quiet);
    let bends = if a.spectrum && !report.interrupted { bends(&finished, a.quiet) } else { None };
    if a.json {
        let mut document = report::why_json(&report, &again);
        if let Some(bends) = &bends {
            document["spectrum"] = serde_json::to_value(bends)?;
        }
        return output::json(&document);
    }
    let mut text = report::why_text(&report, &again, a.explain, output::columns());
    if let Some(bends) = &bends {
        text.push_str(&report::spectrum_text(bends, output::columns()));
    }
    output::data(&text)
}

/// The eigenvalues along a run; without them the verdict is still told.
fn bends(finished: &Finished, quiet: bool) -> Option<Spectrum> {
    let mut stages = Stages::new(quiet);
    let found = report::spectrum(finished, &mut Onlooker::new(|stage, share| stages.see(stage, share)));
    drop(stages);
    let error = match found {
        Ok(bends) => return Some(bends),
        Err(PictureError::Stopped) => "interrupted".to_owned(),
        Err(error) => error.to_string(),
    };
    output::say(&format!("note: the eigenvalues are left out: {error}"));
    None
}

/// The run of a folder.
pub(crate) fn recorded(folder: &Path, data: &DataArguments) -> anyhow::Result<Finished> {
    let name = folder.display().to_string();
    if !run_folder::is_run(folder) {
        bail!("'{name}' is no folder of a run; {}", instead(folder));
    }
    let read = |file: &str| input::read_text(&folder.join(file));
    let (options, result) = (read(run_folder::OPTIONS)?, read(run_folder::RESULT)?);
    let kept = |file: &str| folder.join(file).is_file().then(|| read(file)).transpose();
    let (path, gradient) = (kept(run_folder::PATH)?, kept(run_folder::GRADIENT)?);
    let history = kept(run_folder::HISTORY)?;
    let said: serde_json::Value = serde_json::from_str(&options).with_context(|| {
        format!("'{name}': {} is broken; train again, or put back the file as it was", run_folder::OPTIONS)
    })?;
    let model = ModelOptions { loss: said["loss"].as_str().map(str::to_owned), gradient };
    let loaded = input::model(&name, &model)?;
    let data = input::dataset(&loaded, data, 1)?;
    Finished::recorded(loaded.model, data, (&options, &result, history.as_deref(), path.as_deref()))
        .with_context(|| name)
}

/// What to ask in place of something that is no run.
fn instead(path: &Path) -> String {
    let name = path.display().to_string();
    let line = |words: &[&str]| shell::line(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
    if path.is_dir() {
        let folders = [path.to_path_buf(), path.join("runs")];
        let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let runs = entries.map(|entry| entry.path()).filter(|inside| run_folder::is_run(inside));
        let newest = runs.max_by_key(|run| std::fs::metadata(run).and_then(|data| data.modified()).ok());
        return match newest {
            Some(run) => format!("there are runs in it, such as {}", line(&[&run.display().to_string()])),
            None => "train first, such as with: whygrad train xor".to_owned(),
        };
    }
    let is_table = path.extension().is_some_and(|ending| ["csv", "tsv", "txt"].iter().any(|t| ending == *t));
    if path.is_file() && is_table {
        let columns = input::read_text(path)
            .map_or(0, |text| text.lines().next().map_or(0, |line| line.split([',', ';', '\t']).count()));
        let net = format!("{}-4tanh-1", columns.saturating_sub(1).max(1));
        return format!(
            "these are data; train on them first, such as with: whygrad train {}",
            line(&[&net, "--data", &name])
        );
    }
    let options = ModelOptions::default();
    // What is wrong with a text that may be no model at all is not asked here.
    let is_model = match input::read_text(path) {
        Ok(text) if path.is_file() => Model::parse(&text, &options).is_ok(),
        _ => input::model(&name, &options).is_ok(),
    };
    let model = if is_model { name } else { "xor".to_owned() };
    format!("train first, such as with: whygrad train {}", line(&[&model]))
}

/// The seconds that a verdict on a run may take: one on a tiny net is waited for, and wide nets and many rows take more.
fn seconds(case: &Case) -> f64 {
    let one_epoch = (case.data.rows * case.start.len()) as f64;
    let seconds = (1.5 * (one_epoch / 100.0).sqrt()).clamp(1.5, 40.0);
    // Without optimisation all that is around the runs is slow.
    if cfg!(debug_assertions) { 8.0 * seconds } else { seconds }
}

/// Asks why, with what is tried shown on a terminal; Ctrl-C gives what was found so far.
pub(crate) fn ask(finished: &Finished, quiet: bool) -> Report {
    let (report, go_on) = watched(finished, quiet);
    if go_on == Control::Stop && !quiet {
        output::say("note: interrupted; this is what was found so far");
    }
    report
}

/// The same without a word about Ctrl-C; whether to go on after it.
pub(crate) fn watched(finished: &Finished, quiet: bool) -> (Report, Control) {
    let mut experiments = Experiments::new(quiet);
    let begun = Instant::now();
    let clock = || begun.elapsed().as_secs_f64();
    let limits = Limits::for_run(&finished.case);
    let time = Time { clock: &clock, seconds: seconds(&finished.case) };
    let report = why_within(finished, limits, Some(time), &mut |tried| experiments.see(tried));
    (report, experiments.finish())
}
