//! The pictures of `--plot`.

use whygrad::data::Dataset;
use whygrad::model::Model;
use whygrad::plot::Figure;
use whygrad::report::{Choices, Onlooker, PictureError, What, picture};
use whygrad::train::Run;
use whygrad::why::Finished;

use crate::command::picture::names;
use crate::output;
use crate::progress::Stages;

/// What was asked for.
pub(super) enum Wanted {
    /// All that the run has.
    All,
    /// These.
    Named(Vec<What>),
}

/// Reads what `--plot` says.
pub(super) fn named(text: &str) -> anyhow::Result<Wanted> {
    if text.trim() == "all" {
        return Ok(Wanted::All);
    }
    let whats = names(text).iter().map(|name| name.parse::<What>()).collect::<Result<_, _>>()?;
    Ok(Wanted::Named(whats))
}

/// The usual pictures of a run and those that are wanted, each in the place of one of its name. Ctrl-C leaves out what is not
/// drawn yet.
pub(super) fn of(
    (model, data, run): (&Model, &Dataset, &Run),
    wanted: Option<(&Wanted, &Finished)>,
    quiet: bool,
) -> Vec<(&'static str, Figure)> {
    let all = What::ALL.map(|what| what.0).to_vec();
    let mut figures = super::folder::figures(model, data, run);
    let Some((wanted, run)) = wanted else { return figures };
    let (whats, is_named) = match wanted {
        Wanted::All => (&all, false),
        Wanted::Named(whats) => (whats, true),
    };
    let mut stages = Stages::new(quiet);
    let mut onlooker = Onlooker::new(|stage, share| stages.see(stage, share));
    if whats.contains(&What::Updates) {
        onlooker = onlooker.with_steps();
    }
    let mut notes = Vec::new();
    for what in whats {
        match picture(&[("run".to_owned(), run)], *what, &Choices::default(), &mut onlooker) {
            Ok(figure) => {
                figures.retain(|(name, _)| *name != file(*what));
                figures.push((file(*what), figure));
            }
            Err(PictureError::Stopped) => {
                notes.push(format!("note: interrupted; the pictures from '{what}' on are left out"));
                break;
            }
            Err(error) if is_named => notes.push(format!("note: no picture '{what}': {error}")),
            Err(_) => {}
        }
    }
    drop(onlooker);
    drop(stages);
    for note in notes {
        output::say(&note);
    }
    figures
}

/// Those that are shown: the usual ones, or those that were named.
pub(super) fn shown<'a>(
    figures: &'a [(&'static str, Figure)],
    wanted: Option<&'a Wanted>,
) -> impl Iterator<Item = &'a (&'static str, Figure)> {
    figures.iter().filter(move |(name, _)| match wanted {
        Some(Wanted::Named(whats)) => whats.iter().any(|what| file(*what) == *name),
        Some(Wanted::All) => [file(What::Loss), file(What::Contour)].contains(name),
        None => true,
    })
}

fn file(what: What) -> &'static str {
    match what {
        What::Loss => "loss.svg",
        What::Accuracy => "accuracy.svg",
        What::GradientNorm => "gradient-norm.svg",
        What::LearningRate => "learning-rate.svg",
        What::Updates => "updates.svg",
        What::Weights => "weights.svg",
        What::Surface => "surface.svg",
        What::Contour => "contour.svg",
        What::Hidden => "hidden.svg",
        What::Trajectory => "trajectory.svg",
        What::Spectrum => "spectrum.svg",
        What::Network => "network.svg",
    }
}
