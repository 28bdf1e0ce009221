//! `whygrad odds`

mod choices;
mod course;
mod nets;
mod picture;
mod replay;
mod show;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use whygrad::odds::sweep::{Setting, Sweep, combinations};
use whygrad::train::{BatchSize, FleetOptions, Solved};

use super::train::{NetArguments, RunArguments, at_least_one, introduce, positive, say_never_met};
use crate::output;
use course::Course;
use nets::{Nets, Place};
use table::Table;

/// What `odds` takes.
#[derive(clap::Args)]
#[command(
    after_help = "\
Examples:
  whygrad odds xor --restarts 10000
  whygrad odds 2-2sigmoid-1sigmoid --data xor --sweep lr=0.1:10:log20
  whygrad odds xor --sweep optimiser=gd,adam,rprop- --sweep lr=0.01:1:log5
  whygrad odds 2-2tanh-1 --data xor --sweep 'init=uniform(-1,1);normal(0,1)' --sweep lr=0.1,0.5,1
  whygrad odds net.model --data points.csv --restarts 1e6 --out restarts.csv --resume
  whygrad odds net.model --data xor --until solved --budget 2s --json",
    mut_arg("out", |a| a.value_name("FILE").help("Write every restart to this table, .csv or .parquet")),
    mut_arg("target_loss", |a| a.help("A net is solved when its loss is at most this")),
    mut_arg("tol", |a| a.help("A net stops when no parameter moves by more than this in an epoch")),
    mut_arg("gradient_norm", |a| a.help("A net stops when its gradient is at most this long")),
    mut_arg("epochs", |a| a.help("Passes over the data of each net, at most")),
    mut_arg("init", |a| a.help("How starting values are drawn: constant(c), uniform(a,b), normal(m,s), glorot_uniform, glorot_normal, \
        he_uniform, he_normal, lecun_uniform, lecun_normal (default: as train draws them)")),
    mut_arg("json", |a| a.help("Print one JSON document. Quantiles are exact below 16,384 epochs, and 0.012 % too low at most beyond")),
    mut_arg("quiet", |a| a.help("No progress, no prose; of the result the rate alone")),
)]
pub(crate) struct Arguments {
    /// A model file, a run folder, a built-in name, a net in one word, or a formula in quotes
    model: String,
    #[command(flatten)]
    net: NetArguments,
    #[command(flatten)]
    run: RunArguments,
    /// Restarts, of each setting (default: 1000; with --until as many as it takes)
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    restarts: Option<u64>,
    /// Vary a setting: lr=0.1:10:log20, lr=0.1,0.5,1, 'init=uniform(-1,1);he', batch=, epochs=, optimiser=, momentum=, loss=, hidden=, schedule=,
    /// weight-decay=, l1=, l2=, clip-norm=, clip-value=, sigmoid-prime-offset=, error-margin=; two of them make a map. The values of a
    /// range are rounded to four digits, whole numbers to whole ones
    #[arg(long, value_name = "SETTING=VALUES")]
    sweep: Vec<String>,
    /// A net is solved when every output is nearer than this to its target (default: 0.5, as accuracy counts)
    #[arg(long, value_name = "DISTANCE", value_parser = positive, conflicts_with = "target_loss", allow_negative_numbers = true)]
    within: Option<f64>,
    /// What `odds` does without being told
    #[arg(long, hide = true, conflicts_with_all = ["within", "target_loss"])]
    until_right: bool,
    /// Train solved nets on to the end, and judge them there
    #[arg(long)]
    no_early_stop: bool,
    /// Stop at a solved net: the quickest of 256 that are trained side by side; of nets that are trained one by one (a method, batches, wide nets) the
    /// first that is known, which may be another one with more threads
    #[arg(long, value_name = "solved", value_parser = ["solved"], conflicts_with = "sweep")]
    until: Option<String>,
    /// Stop after this time: 2s, 500ms, 10m, 1h
    #[arg(long, value_name = "TIME", value_parser = duration)]
    budget: Option<Duration>,
    /// Go on where the table of --out ends
    #[arg(long, requires = "out")]
    resume: bool,
    /// Write a picture: rates over the swept settings, or the nets solved by an epoch and how long they took; the ending
    /// (svg, png, html, csv, tex) says what is written
    #[arg(long, alias = "svg", value_name = "FILE")]
    plot: Option<PathBuf>,
}

/// Restarts where no number is given.
const RESTARTS: u64 = 1000;

/// A length of time with its unit.
fn duration(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => f64::NAN,
    };
    let seconds = number.trim().parse::<f64>().map(|n| n * unit).ok();
    let length = seconds.filter(|s| *s > 0.0).and_then(|s| Duration::try_from_secs_f64(s).ok());
    length.ok_or_else(|| "expected a time such as 2s, 500ms, 10m or 1h".into())
}

impl Arguments {
    fn solved(&self) -> Solved {
        match (self.within, self.run.target_loss) {
            (Some(distance), _) => Solved::Within(distance),
            (None, Some(loss)) => Solved::TargetLoss(loss),
            (None, None) => Solved::Within(0.5),
        }
    }

    /// Restarts of each setting.
    fn restarts(&self) -> u64 {
        self.restarts.unwrap_or(if self.until.is_some() { u64::MAX >> 12 } else { RESTARTS })
    }

    /// The table to write; `none` is none, as in `train`.
    fn table(&self) -> Option<&std::path::Path> {
        self.run.out.as_deref().filter(|path| path.as_os_str() != "none")
    }
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let sweeps: Vec<Sweep> = a.sweep.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    let settings = combinations(&sweeps)?;
    refuse_said_twice(a, &sweeps)?;
    if a.until_right && !a.run.quiet {
        output::say(
            "note: without --within or --target-loss, odds stops a net when every row is right; --until-right changes nothing",
        );
    }
    if let Some(path) = &a.plot {
        picture::check(path, &sweeps)?;
    }
    if let Some(path) = a.table() {
        whygrad::interop::rows::check(path, a.resume && path.exists())?;
    }
    let nets = Nets::read(a, &settings)?;
    let base = nets.place(0);
    let fleets = nets.fleets(a)?;
    let Some(first) = fleets.iter().flatten().next().map(|(_, fleet)| fleet) else {
        bail!("none of the combinations can be trained")
    };
    let mut course = Course::new(a, &sweeps, &settings, &fleets);
    let described = choices::choices(a, &base, first, &settings);
    let table = a.table().map(|path| Table::open(path, a.resume, &described, &mut course)).transpose()?;
    say_useless(a, &sweeps, &fleets);
    say_never_met(&a.run, &base.loaded.model);
    course.say_more_than_asked();
    if !a.run.json && !a.run.quiet {
        let swept: Vec<Setting> = sweeps.iter().map(|sweep| sweep.setting).collect();
        introduce(&base.loaded.model, base.data, &first.options, (&a.run.steps, &swept));
        output::say(&show::plan(a, &sweeps, &base.loaded.model));
    }
    let done = course.train(&fleets, table)?;
    // The result first: it is not lost where the picture cannot be written after all.
    if a.run.json {
        output::json(&show::document(a, &sweeps, first, &done))?;
    } else {
        output::data(&show::text(a, &sweeps, &done))?;
    }
    a.plot.as_ref().map_or(Ok(()), |path| picture::draw(path, &sweeps, &done))
}

/// Says what changes nothing in a setting, once.
fn say_useless(a: &Arguments, sweeps: &[Sweep], fleets: &[Option<(Place, FleetOptions)>]) {
    let is_swept = sweeps.iter().any(|sweep| sweep.setting == Setting::LearningRate);
    let mut said = Vec::new();
    for note in fleets.iter().flatten().filter_map(|(_, fleet)| a.run.steps.useless(&fleet.options, is_swept))
    {
        if !a.run.quiet && !said.contains(&note) {
            output::say(&note);
            said.push(note);
        }
    }
}

/// A setting that is swept has no other value.
fn refuse_said_twice(a: &Arguments, sweeps: &[Sweep]) -> anyhow::Result<()> {
    for sweep in sweeps {
        let said = match sweep.setting {
            Setting::LearningRate => a.run.steps.learning_rate.is_some(),
            Setting::Init => a.net.init.is_some(),
            Setting::Epochs => a.run.epochs.is_some(),
            Setting::Loss => a.net.loss.is_some(),
            Setting::Optimiser => a.run.steps.optimiser.is_some(),
            Setting::Momentum => a.run.steps.momentum.is_some(),
            Setting::Batch => a.net.batch != BatchSize::Full,
            Setting::Hidden => false,
            Setting::Schedule => a.run.steps.schedule.is_some(),
            Setting::Factor(factor) => {
                a.run.steps.factors().iter().any(|(other, value)| *other == factor && value.is_some())
            }
        };
        if said {
            let name = sweep.setting.name();
            bail!("--{name} gives one value and --sweep {name}=... several; leave one of them out");
        }
    }
    Ok(())
}
