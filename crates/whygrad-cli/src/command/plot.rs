//! `whygrad plot`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::bail;
use whygrad::interop::run_folder;
use whygrad::report::{Choices, Onlooker, What, picture};
use whygrad::why::Finished;

use super::picture::{EyeArguments, PictureArguments, names};
use super::why::recorded;
use crate::input::DataArguments;
use crate::output;
use crate::progress::Stages;

/// What `plot` takes.
#[derive(clap::Args)]
#[command(
    override_usage = "whygrad plot [OPTIONS] <RUN>... <WHAT>",
    after_help = after_help(),
)]
pub(crate) struct Arguments {
    /// The folder of a run, or of several for a curve over the epochs; then what to show
    #[arg(required = true, num_args = 1.., value_name = "RUN> <WHAT")]
    words: Vec<String>,
    #[command(flatten)]
    picture: PictureArguments,
    #[command(flatten)]
    data: DataArguments,
    #[command(flatten)]
    eye: EyeArguments,
    /// Logarithmic values
    #[arg(long, conflicts_with = "linear")]
    log: bool,
    /// Linear values
    #[arg(long)]
    linear: bool,
    /// The inputs that run along the axes of an output (default: the first two)
    #[arg(long, value_name = "X,Y", value_delimiter = ',')]
    axes: Vec<String>,
    /// Where another input is held (default: at its mean); may be given several times
    #[arg(long, value_name = "x3=0.5", value_parser = held)]
    hold: Vec<(String, f64)>,
    /// Which output of several, from 1 (default: each)
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    output: Option<u16>,
    /// The parameters of a trajectory (default: those that go farthest)
    #[arg(long, value_name = "A,B")]
    parameters: Option<String>,
    /// An epoch to mark, with a word; may be given several times
    #[arg(long, value_name = "900=word", value_parser = mark)]
    mark: Vec<(f64, String)>,
}

fn after_help() -> String {
    let mut text = String::from("WHAT is one of\n");
    for (_, name, about) in What::ALL {
        let _ = writeln!(text, "  {name:<14} {about}");
    }
    text + "\
Examples:
  whygrad plot runs/xor-1 loss                     on the terminal, with its words
  whygrad plot runs/xor-1 runs/xor-2 loss -o loss.svg
  whygrad plot runs/xor-1 surface -o surface.html  turns with the mouse, a finger or the keys
  whygrad plot runs/xor-1 contour --describe       in plain sentences
  whygrad plot runs/xor-1 trajectory --parameters 'y_hat.W[0,0],y_hat.W[0,1]' -o path.tex"
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    a.picture.check()?;
    let (folders, what) = folders_and_what(&a.words)?;
    let runs = folders.iter().map(|folder| Ok((named(folder), recorded(folder, &a.data)?)));
    let runs = runs.collect::<anyhow::Result<Vec<(String, Finished)>>>()?;
    let runs: Vec<(String, &Finished)> = runs.iter().map(|(name, run)| (name.clone(), run)).collect();
    let choices = Choices {
        log: if a.log { Some(true) } else { a.linear.then_some(false) },
        inputs: a.axes.clone(),
        held: a.hold.clone(),
        output: a.output.map(|output| usize::from(output) - 1),
        parameters: a.parameters.as_deref().map(names).unwrap_or_default(),
        from: a.eye.eye(),
        marks: a.mark.clone(),
    };
    let last = runs.iter().map(|(_, run)| run.epochs).max().unwrap_or(0);
    if let Some((epoch, _)) = a.mark.iter().find(|(epoch, _)| !(0.0..=last as f64).contains(epoch)) {
        bail!("--mark {epoch}: the run has the epochs 0 to {last}");
    }
    for (name, run) in &runs {
        run.note.iter().for_each(|note| output::say(&format!("note: {name}: {note}")));
    }
    let mut stages = Stages::new(false);
    let figure = picture(&runs, what, &choices, &mut Onlooker::new(|stage, share| stages.see(stage, share)))?;
    drop(stages);
    a.picture.show(&figure)
}

/// Takes the words apart: what to show stands last, but may stand anywhere.
fn folders_and_what(words: &[String]) -> anyhow::Result<(Vec<PathBuf>, What)> {
    let is_run = |word: &String| run_folder::is_run(Path::new(word));
    let at = words.iter().rposition(|word| word.parse::<What>().is_ok() && !is_run(word));
    let Some(at) = at else {
        let other = words.iter().rev().find(|word| !is_run(word));
        return match other {
            Some(word) if words.len() > 1 => {
                Err(word.parse::<What>().err().map_or_else(|| anyhow::anyhow!("no picture"), Into::into))
            }
            _ => bail!(
                "what shall be shown? write: whygrad plot {} loss\nthere are {}",
                words.first().map_or("RUN", String::as_str),
                What::ALL.map(|what| what.1).join(", ")
            ),
        };
    };
    let what = words[at].parse::<What>()?;
    let folders: Vec<PathBuf> =
        words.iter().enumerate().filter(|(k, _)| *k != at).map(|(_, word)| PathBuf::from(word)).collect();
    if folders.is_empty() {
        bail!("of which run? write: whygrad plot runs/xor-1 {what}");
    }
    Ok((folders, what))
}

/// The name of a run's folder.
pub(crate) fn named(folder: &Path) -> String {
    folder
        .file_name()
        .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn held(text: &str) -> Result<(String, f64), String> {
    let parsed = text
        .split_once('=')
        .and_then(|(name, value)| Some((name.trim().to_owned(), value.trim().parse().ok()?)));
    parsed
        .filter(|(_, value): &(String, f64)| value.is_finite())
        .ok_or_else(|| "expected name=number; write x3=0.5".into())
}

fn mark(text: &str) -> Result<(f64, String), String> {
    let (epoch, word) = text.split_once('=').unwrap_or((text, ""));
    let epoch = epoch.trim().parse::<f64>().ok().filter(|e| e.is_finite());
    epoch
        .map(|epoch| (epoch, word.trim().to_owned()))
        .ok_or_else(|| "expected an epoch and a word; write 900=plateau".into())
}
