//! `whygrad landscape`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use whygrad::interop::run_folder;
use whygrad::model::{Model, ModelOptions};
use whygrad::plot::Figure;
use whygrad::report::{
    LandscapeChoices, Onlooker, PlaneKind, landscape, side_by_side, takes_long, usual_side,
};
use whygrad::train::{Control, Options, RandomSource, starting_values};
use whygrad::why::{Case, Finished};

use super::picture::{EyeArguments, PictureArguments, ends, names};
use super::plot::named;
use super::why::recorded;
use crate::input::{self, DataArguments};
use crate::output;
use crate::progress::Stages;

/// What `landscape` takes.
#[derive(clap::Args)]
#[command(after_help = "\
The plane of a run is that of its path unless another is said; the picture tells how much of the path the plane holds, and
the path is the paler the farther it is from the plane.
Examples:
  whygrad landscape runs/xor-1                             the path of a run on the loss, over its principal directions
  whygrad landscape runs/xor-1 --plane 'hidden.W[0,0],hidden.W[0,1]' -o loss.html --3d
  whygrad landscape runs/xor-1 --plane random --seed 2 -o loss.svg
  whygrad landscape runs/xor-1 --with runs/xor-2           between two runs
  whygrad landscape net.model --data not --loss mse,binary_cross_entropy --3d -o not.svg")]
pub(crate) struct Arguments {
    /// The folder of a run, or a model
    model: String,
    /// Two parameters or one by name, `path`, or `random` (default: the path; of a model the only two parameters)
    #[arg(long, value_name = "w1,w2|path|random")]
    plane: Option<String>,
    /// The folder of a second run: the plane between both
    #[arg(long = "with", value_name = "RUN", conflicts_with = "plane")]
    other: Option<PathBuf>,
    #[command(flatten)]
    picture: PictureArguments,
    #[command(flatten)]
    data: DataArguments,
    /// The loss in place of the model's own; of several, one picture each
    #[arg(long, value_name = "NAME,..", value_delimiter = ',')]
    loss: Vec<String>,
    /// From where to where to the right
    #[arg(long, value_name = "LOW,HIGH", value_parser = ends, allow_hyphen_values = true)]
    x: Option<(f64, f64)>,
    /// From where to where upwards
    #[arg(long, value_name = "LOW,HIGH", value_parser = ends, allow_hyphen_values = true)]
    y: Option<(f64, f64)>,
    /// How many times the loss is computed along each side (default: 101, fewer for large nets and many rows)
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(2..=2000))]
    points: Option<u16>,
    /// Seen from the side
    #[arg(long = "3d")]
    three_dimensional: bool,
    #[command(flatten)]
    eye: EyeArguments,
    /// Logarithmic values
    #[arg(long, conflicts_with = "linear")]
    log: bool,
    /// Linear values
    #[arg(long)]
    linear: bool,
    /// The seed of random directions, and of the values of a model's parameters
    #[arg(long, value_name = "SEED", default_value_t = 1, value_parser = super::train::whole, allow_negative_numbers = true)]
    seed: u64,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    a.picture.check()?;
    let losses: Vec<Option<String>> =
        if a.loss.is_empty() { vec![None] } else { a.loss.iter().cloned().map(Some).collect() };
    let finished = finished(a)?;
    let other = match &a.other {
        Some(folder) => Some((named(folder), recorded(folder, &a.data)?)),
        None => None,
    };
    finished.note.iter().for_each(|note| output::say(&format!("note: {note}")));
    let choices = LandscapeChoices {
        plane: plane(a, &finished),
        x: a.x,
        y: a.y,
        side: side(a, &finished),
        log: if a.log { Some(true) } else { a.linear.then_some(false) },
        three_dimensional: a.three_dimensional,
        from: a.eye.eye(),
    };
    let mut figures = Vec::new();
    let mut stages = Stages::new(false);
    let mut onlooker = Onlooker::new(|stage, share| stages.see(stage, share));
    for loss in &losses {
        let model = match loss {
            Some(loss) => Arc::new(with_loss(&finished, loss)?),
            None => Arc::clone(&finished.case.model),
        };
        let other = other.as_ref().map(|(name, run)| (name.as_str(), run));
        let figure = landscape((&finished, &model), other, &choices, &mut onlooker)?;
        figures.push(match loss {
            Some(loss) if losses.len() > 1 => titled(figure, loss),
            _ => figure,
        });
    }
    drop(onlooker);
    drop(stages);
    let figure = match figures.len() {
        1 => figures.remove(0),
        _ => side_by_side(figures),
    };
    a.picture.show(&figure)
}

/// The model of a run with another loss.
fn with_loss(run: &Finished, loss: &str) -> anyhow::Result<Model> {
    let options = ModelOptions { loss: Some(loss.to_owned()), ..ModelOptions::default() };
    let source = &run.case.model.source;
    Model::parse(source, &options).map_err(|error| {
        let ((text, messages), _) = error.by_text();
        output::diagnostics(text, "the model", &messages);
        anyhow::anyhow!("the model cannot be seen with the loss '{loss}'")
    })
}

/// The run of the folder, or a model at the values where it would start.
fn finished(a: &Arguments) -> anyhow::Result<Finished> {
    let folder = Path::new(&a.model);
    if run_folder::is_run(folder) {
        return recorded(folder, &a.data);
    }
    // A text without a loss is read with the first that is said.
    let loss = a.loss.first().cloned();
    let loaded = input::model(&a.model, &ModelOptions { loss, ..ModelOptions::default() })?;
    if a.other.is_some() {
        bail!("--with needs two runs; '{}' is a model", a.model);
    }
    let data = input::dataset(&loaded, &a.data, a.seed)?;
    let start = starting_values(&loaded.model, None, a.seed, RandomSource::Own)?;
    let options = Options { epochs: 0, seed: a.seed, ..Options::default() };
    let case = Case { model: Arc::new(loaded.model), data: Arc::new(data), options, start };
    Ok(case.run(&mut |_| Control::Continue)?)
}

fn plane(a: &Arguments, run: &Finished) -> PlaneKind {
    let all = run.case.model.program.entry_names();
    match a.plane.as_deref().map(str::trim) {
        Some("path") => PlaneKind::Path,
        Some("random") => PlaneKind::Random(a.seed),
        Some(said) => PlaneKind::Parameters(names(said)),
        None if all.len() <= 2 => PlaneKind::Parameters(all),
        None if run.epochs == 0 => PlaneKind::Random(a.seed),
        None => PlaneKind::Path,
    }
}

/// How many times the loss is computed along each side; who has to wait is told so.
fn side(a: &Arguments, run: &Finished) -> usize {
    let side = a.points.map_or_else(|| usual_side(run), usize::from);
    if takes_long(run, side) {
        output::say(&format!(
            "note: the loss of {} parameters on {} rows is computed {} times; fewer --points are faster",
            run.theta.len(),
            run.case.data.rows,
            side * side
        ));
    }
    side
}

fn titled(figure: Figure, loss: &str) -> Figure {
    let title = |title: &str| format!("{loss}: {}", title.trim_start_matches("Loss over ").trim());
    match figure {
        Figure::Map(mut map) => {
            map.title = title(&map.title);
            map.into()
        }
        Figure::Surface(mut surface) => {
            surface.map.title = title(&surface.map.title);
            surface.into()
        }
        Figure::Panels(mut panels) => {
            panels.title = title(&panels.title);
            panels.into()
        }
        other => other,
    }
}
