//! `whygrad train`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use whygrad::data::Dataset;
use whygrad::derive::{DeriveOptions, Form, Format, derive};
use whygrad::interop::{parameters, run_folder, shell};
use whygrad::lint::lint;
use whygrad::model::{Model, ModelOptions};
use whygrad::odds::sweep::Setting;
use whygrad::report;
use whygrad::train::{
    BatchSize, Options, Precision, RandomSource, Run, Start, StopRules, evaluate, starting_values_of, train,
    train_watched,
};
use whygrad::why::{Again, Case, Finished, Report};

pub(super) mod again;
mod best;
pub(crate) mod folder;
mod path;
mod pictures;

use super::outcome::outcome;
use super::steps::StepArguments;
use crate::input::{self, DataArguments, Init, Loaded};
use crate::output;
use crate::progress::Watch;

/// What `train` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad train xor
  whygrad train 2-4tanh-1sigmoid --data 'moons(n=200, noise=0.1)' --epochs 2000
  whygrad train net.model --data points.csv --lr 0.1 --batch 32 --shuffle
  whygrad train net.model --data points.csv --optimiser adam --schedule cosine
  whygrad train xor --optimiser lm         Levenberg-Marquardt, a few epochs
  whygrad train net.model --data xor --init 'uniform(-1,1)' --random python --seed 5 --batch 1
  whygrad train net.model --data xor --gradient mine.gradient --json
  whygrad train xor --restarts 50          the best of 50 random starts
  whygrad train xor --plot=hidden,network  with further pictures; --plot alone writes all to the run folder")]
pub(crate) struct Arguments {
    /// A model file, a run folder, a built-in name, a net in one word, or a formula in quotes
    model: String,
    #[command(flatten)]
    net: NetArguments,
    #[command(flatten)]
    run: RunArguments,
    /// Stop when every row is on the right side: |output - target| < 0.5
    #[arg(long)]
    until_right: bool,
    /// Stop when every output is nearer than this to its target
    #[arg(long, value_name = "DISTANCE", value_parser = positive, conflicts_with = "until_right", allow_negative_numbers = true)]
    within: Option<f64>,
    /// Train this restart of the seed, as a fleet of `odds` does
    #[arg(long, value_name = "K", value_parser = whole, allow_negative_numbers = true)]
    restart: Option<u64>,
    /// Train so many restarts and keep the one with the lowest loss
    #[arg(long, value_name = "N", value_parser = at_least_one, conflicts_with = "restart", allow_negative_numbers = true)]
    restarts: Option<u64>,
    /// Say why, where it does not converge: the cause, and the run that proves it
    #[arg(long)]
    why: bool,
    /// Keep the parameters at some forty epochs in the run folder, so that `why` need not make the run again
    #[arg(long)]
    watch: bool,
    /// Further pictures, by name as in `plot`: shown, and written to the run folder; without names all are written
    #[arg(long, value_name = "WHAT,..", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    plot: Option<String>,
    /// Keep every entry of the history, not at most 1,000
    #[arg(long, value_name = "every", value_parser = ["every"])]
    history: Option<String>,
}

/// What every training of a net on data takes.
#[derive(clap::Args)]
pub(crate) struct NetArguments {
    #[command(flatten)]
    pub(crate) data: DataArguments,
    /// The loss, in place of the model's own
    #[arg(long, value_name = "NAME")]
    pub(crate) loss: Option<String>,
    /// Rows behind one step: `full`, or a number (1 is online)
    #[arg(long, value_name = "N", default_value = "full", allow_negative_numbers = true)]
    pub(crate) batch: BatchSize,
    /// A new order of the rows in each epoch
    #[arg(long)]
    pub(crate) shuffle: bool,
    /// Starting values: a JSON file, JSON written out such as [0.1, 0.2], or constant(c), uniform(a,b), normal(m,s), glorot_uniform,
    /// glorot_normal, he_uniform, he_normal, lecun_uniform, lecun_normal
    #[arg(long, value_name = "INIT")]
    pub(crate) init: Option<String>,
    /// Where random numbers come from: `own`, or `python` for the stream after random.seed(SEED)
    #[arg(long, value_name = "SOURCE", default_value = "own", value_parser = random_source)]
    pub(crate) random: RandomSource,
}

/// What `train` and `minimize` share.
#[derive(clap::Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) steps: StepArguments,
    /// Passes over the data, at most
    #[arg(long, alias = "steps", value_name = "N", value_parser = whole, allow_negative_numbers = true)]
    pub(crate) epochs: Option<u64>,
    /// Data, starting values and order are drawn from it
    #[arg(long, value_name = "SEED", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    pub(crate) seed: u64,
    /// f64 or f32
    #[arg(long, value_name = "BITS", default_value = "f64", value_parser = precision)]
    pub(crate) precision: Precision,
    /// The same bits on every machine, at the price of speed
    #[arg(long)]
    pub(crate) portable: bool,
    /// Threads at most (default: as many as there are); they change no bit
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    pub(crate) threads: Option<u64>,
    /// Stop when the loss is at most this
    #[arg(long, value_name = "LOSS", value_parser = finite, allow_negative_numbers = true)]
    pub(crate) target_loss: Option<f64>,
    /// Stop when no parameter moves by more than this in an epoch
    #[arg(long, aliases = ["smallest-change", "min-change"], value_name = "CHANGE", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) tol: Option<f64>,
    /// Stop when the gradient is at most this long
    #[arg(long, value_name = "NORM", value_parser = limit, allow_negative_numbers = true)]
    pub(crate) gradient_norm: Option<f64>,
    /// The run folder (default: a new one in ./runs; `none` writes nothing)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Use a gradient you wrote (lines such as dw1 = ...) instead of the derived one; `none` is the derived one again
    #[arg(long, value_name = "FILE")]
    pub(crate) gradient: Option<PathBuf>,
    /// Print one JSON document instead of pictures
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress, no prose
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What stands for the derived gradient, where a run that is made again had one of the person's own.
const NO_GRADIENT: &str = "none";

/// A number above 0.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("expected a positive number such as 0.1".into()),
    }
}

/// A whole number, also as 1e6 or 1_000_000.
pub(crate) fn whole(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let exact = plain.parse::<f64>().ok().filter(|n| n.fract() == 0.0 && (0.0..=2f64.powi(53)).contains(n));
    let wide = exact.map(|n| n as u64);
    plain
        .parse()
        .ok()
        .or(wide)
        .ok_or_else(|| "expected a whole number from 0 on, such as 1000 or 1e6, and at most 2^53".into())
}

/// A whole number from 1 on.
pub(crate) fn at_least_one(text: &str) -> Result<u64, String> {
    let number = whole(text).ok().filter(|n| *n > 0);
    number.ok_or_else(|| "expected a whole number from 1 on, such as 1000 or 1e6, and at most 2^53".into())
}

fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
    number.ok_or_else(|| "expected a number such as 0.01".into())
}

pub(crate) fn limit(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    number.ok_or_else(|| "expected a number that is not negative, such as 1e-5".into())
}

fn precision(text: &str) -> Result<Precision, String> {
    match text {
        "f64" | "64" => Ok(Precision::F64),
        "f32" | "32" => Ok(Precision::F32),
        _ => Err("expected f64 or f32".into()),
    }
}

fn random_source(text: &str) -> Result<RandomSource, String> {
    match text {
        "own" => Ok(RandomSource::Own),
        "python" => Ok(RandomSource::Python),
        _ => Err("expected own or python".into()),
    }
}

impl RunArguments {
    /// Reads the model, and the person's gradient where there is one.
    pub(crate) fn model(&self, argument: &str, loss: Option<String>) -> anyhow::Result<Loaded> {
        let gradient = self.gradient_text(argument)?;
        let file = self.gradient.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
        input::model_and_gradient(argument, &ModelOptions { loss, gradient }, &file)
    }

    /// The gradient the person wrote: of this command line, or else of the run that is made again.
    fn gradient_text(&self, argument: &str) -> anyhow::Result<Option<String>> {
        if self.gradient.as_deref() == Some(Path::new(NO_GRADIENT)) {
            return Ok(None);
        }
        let of_run = || {
            run_folder::is_run(Path::new(argument)).then(|| Path::new(argument).join(run_folder::GRADIENT))
        };
        let file = self.gradient.clone().or_else(|| of_run().filter(|file| file.is_file()));
        file.as_deref().map(input::read_text).transpose()
    }

    /// The options of a run, without what only data needs; its steps are to be settled.
    pub(crate) fn options(&self, learning_rate: f64, epochs: u64) -> Options {
        let mut options = Options {
            learning_rate: self.steps.learning_rate.unwrap_or(learning_rate),
            epochs: self.epochs.unwrap_or(epochs),
            seed: self.seed,
            precision: self.precision,
            portable: self.portable,
            threads: self.threads(),
            stop: StopRules {
                target_loss: self.target_loss,
                smallest_change: self.tol,
                gradient_norm: self.gradient_norm,
                all_right: false,
                within: None,
            },
            ..Options::default()
        };
        self.steps.begin(&mut options);
        options
    }

    /// Threads at most.
    pub(crate) fn threads(&self) -> Option<usize> {
        self.threads.map(|threads| usize::try_from(threads).unwrap_or(usize::MAX))
    }

    /// Says what of the command line changes nothing.
    pub(crate) fn say_useless(&self, options: &Options) {
        if let Some(note) = self.steps.useless(options, false).filter(|_| !self.quiet) {
            output::say(&note);
        }
    }
}

impl NetArguments {
    /// The options of a run on data; a built-in model brings its learning rate and epochs.
    pub(crate) fn options(&self, run: &RunArguments, loaded: &Loaded, data: &Dataset) -> Options {
        if let BatchSize::Rows(size) = self.batch
            && size > data.rows
        {
            let rows = data.rows;
            output::say(&format!(
                "note: --batch {size} is more than the {rows} rows there are: every step takes all rows"
            ));
        }
        self.options_in_silence(run, loaded)
    }

    /// The same without a note.
    pub(crate) fn options_in_silence(&self, run: &RunArguments, loaded: &Loaded) -> Options {
        let (rate, epochs) = loaded.example.map_or((0.5, 10_000), |e| (e.learning_rate, e.epochs));
        let mut options = run.options(rate, epochs);
        options.batch = self.batch;
        options.shuffle = self.shuffle;
        options.random = self.random;
        options
    }
}

/// The command that descends on a plain function.
fn minimise(model: &str) -> String {
    let function = model.trim_start_matches("minimize ").to_owned();
    format!("whygrad minimize {}", shell::line(&[function]))
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let merged = again::merged(a)?;
    let a = merged.as_ref().unwrap_or(a);
    let loaded = a.run.model(&a.model, a.net.loss.clone())?;
    let model = &loaded.model;
    if model.plain_function {
        bail!("this is a plain function without data; write: {} --start ...", minimise(&a.model));
    }
    say_never_met(&a.run, model);
    let data = input::dataset(&loaded, &a.net.data, a.run.seed)?;
    let mut options = options(a, &loaded, &data)?;
    let mut start = start(a, model, &mut options)?;
    let folder = folder::chosen(a.run.out.as_deref(), &loaded)?;
    let wanted = a.plot.as_deref().map(pictures::named).transpose()?;
    if !a.run.json && !a.run.quiet {
        introduce(model, &data, &options, (&a.run.steps, &[]));
    }
    let warnings = lint(model, &data, &options, &start);
    if !a.run.quiet {
        super::lint::say_before_a_run(&warnings);
    }
    let mut best = None;
    if let Some(restarts) = a.restarts {
        let found = best::restart((model, &data), &options, restarts, (a.run.quiet, a.run.json))?;
        options.restart = Some(found.restart);
        best = Some(found);
        start = starting_values_of(model, options.start.initialiser(), &options)?;
    }
    let (run, path, seconds) = train_it((model, &data), &start, &options, (a.run.quiet, a.watch))?;
    let evaluation = evaluate(model, &data, &run.theta);
    let mut document = report::run_json(model, &run, Some(&evaluation), seconds);
    let mut choices = serde_json::to_value(&options)?;
    again::remember(&mut choices, a, &options);
    input::remember(&mut choices, &loaded, &a.net.data);
    document["restart"] = options.restart.into();
    document["restarts"] = best.map_or(serde_json::Value::Null, |best| best.json());
    document["options"] = choices.clone();
    document["warnings"] = serde_json::to_value(&warnings)?;
    // Of large data there is no second copy unless it is looked at again.
    let finished = (a.why || wanted.is_some()).then(|| {
        let (model, data) = (model.clone().into(), data.clone().into());
        let case = Case { model, data, options: options.clone(), start };
        Finished { path: path.clone(), ..Finished::new(case, &run) }
    });
    let figures = pictures::of((model, &data, &run), wanted.as_ref().zip(finished.as_ref()), a.run.quiet);
    if let Some(folder) = &folder {
        let gradient = a.run.gradient_text(&a.model)?;
        let beside = gradient.map(|text| (run_folder::GRADIENT, text)).into_iter().chain(path::file(&path));
        folder::save(folder, model, (&choices, &document), (&run, &figures), beside.collect())?;
    }
    let name = again::again(a, (&options, &choices), folder.as_deref());
    let reasons = finished.as_ref().filter(|_| a.why).map(|run| super::why::ask(run, a.run.quiet));
    if a.run.json {
        if let Some(reasons) = &reasons {
            document["why"] = report::why_json(reasons, &name);
        }
        return output::json(&document);
    }
    if a.run.quiet {
        return reasons.map_or(Ok(()), |reasons| answer_alone(&reasons, &name));
    }
    let mut text = derivation(model);
    for (_, figure) in pictures::shown(&figures, wanted.as_ref()) {
        text.push_str(&output::figure(figure, 16));
        text.push('\n');
    }
    text.push_str(&outcome(model, &data, &run, &evaluation, (&options, seconds)));
    text.push_str(&ending(folder.as_deref(), reasons.as_ref(), &name));
    output::data(&text)
}

/// Who asks why gets the answer, as from `why --quiet`.
fn answer_alone(reasons: &Report, name: &Again) -> anyhow::Result<()> {
    output::data(&report::why_text(reasons, name, false, output::columns()))
}

/// Where the run is kept, and why it went as it did.
fn ending(folder: Option<&Path>, reasons: Option<&Report>, name: &Again) -> String {
    let mut text = String::new();
    if let Some(folder) = folder {
        let _ = writeln!(text, "Run folder: {}", folder.display());
    }
    if let Some(reasons) = reasons {
        let _ = write!(text, "\n{}", report::why_text(reasons, name, false, output::columns()));
    }
    text
}

fn options(a: &Arguments, loaded: &Loaded, data: &Dataset) -> anyhow::Result<Options> {
    let mut options = a.net.options(&a.run, loaded, data);
    a.run.steps.settle(&mut options, None)?;
    a.run.say_useless(&options);
    options.restart = a.restart;
    options.stop.all_right = a.until_right;
    options.stop.within = a.within;
    options.keep_all_history = a.history.is_some();
    Ok(options)
}

/// Makes the run; with `keep` its parameters at some epochs are kept. Also how long it took.
fn train_it(
    (model, data): (&Model, &Dataset),
    start: &[f64],
    options: &Options,
    (quiet, keep): (bool, bool),
) -> anyhow::Result<(Run, path::Places, f64)> {
    let mut watch = Watch::new(options.epochs, quiet);
    let mut path = Vec::new();
    let run = if keep {
        let every = (options.epochs / path::places(start.len())).max(1);
        train_watched(model, Some(data), start, options, every, &mut |progress, theta| {
            path.extend(theta.map(|theta| (progress.epoch, theta.to_vec())));
            watch.see(progress)
        })?
    } else {
        train(model, Some(data), start, options, &mut |progress| watch.see(progress))?
    };
    Ok((run, path, watch.finish()))
}

fn start(a: &Arguments, model: &Model, options: &mut Options) -> anyhow::Result<Vec<f64>> {
    if let Some(start) = again::start(a).filter(|start| start.len() == model.program.parameter_count()) {
        return Ok(start);
    }
    let is_restart = a.restart.is_some() || a.restarts.is_some();
    if is_restart && matches!(a.net.init.as_deref().map(input::init).transpose()?, Some(Init::Values(..))) {
        bail!(
            "--init gives the starting values, so that a restart has nothing to draw; leave one of them out"
        );
    }
    drawn_start(a.net.init.as_deref(), model, options)
}

/// The starting values that `--init` says.
pub(super) fn drawn_start(
    init: Option<&str>,
    model: &Model,
    options: &mut Options,
) -> anyhow::Result<Vec<f64>> {
    let drawn = match init.map(input::init).transpose()? {
        Some(Init::Values(text, name)) => return parameters::read(&text, model).context(name),
        Some(Init::Drawn(initialiser)) => Some(initialiser),
        None => None,
    };
    options.start = drawn.map_or(Start::Model, Start::Drawn);
    Ok(starting_values_of(model, drawn, options)?)
}

/// Losses that are sums of what is never negative.
const NEVER_NEGATIVE: [&str; 10] = [
    "mse",
    "half_mse",
    "sse",
    "half_sse",
    "mae",
    "huber",
    "binary_cross_entropy",
    "cross_entropy",
    "cross_entropy_from_logits",
    "binary_cross_entropy_from_logits",
];

/// Says that a target below 0 is never met, where the loss is one of those that have a name.
pub(super) fn say_never_met(run: &RunArguments, model: &Model) {
    let name = model.loss_text.split('(').next().unwrap_or_default().trim();
    let target = run.target_loss.filter(|target| *target < 0.0 && NEVER_NEGATIVE.contains(&name));
    if let Some(target) = target.filter(|_| !run.quiet) {
        let target = output::number(target);
        output::say(&format!("note: {name} is never below 0, so that --target-loss {target} is never met"));
    }
}

/// What is trained and how, in a line; what is swept has no one value.
pub(super) fn introduce(
    model: &Model,
    data: &Dataset,
    options: &Options,
    (steps, swept): (&StepArguments, &[Setting]),
) {
    let batch = match options.batch {
        _ if swept.contains(&Setting::Batch) => "batches as swept".to_owned(),
        BatchSize::Full => "full batch".to_owned(),
        BatchSize::Rows(rows) if rows >= data.rows => "full batch".to_owned(),
        BatchSize::Rows(rows) => format!("batches of {rows}"),
    };
    let restart = options.restart.map_or_else(String::new, |k| format!(", restart {k}"));
    let order = if options.shuffle { ", shuffled" } else { "" };
    let bits = if options.precision == Precision::F32 { ", f32" } else { "" };
    let portable = if options.portable { ", portable" } else { "" };
    let whose = if model.own_gradient { ", your gradient" } else { "" };
    let net = if swept.contains(&Setting::Hidden) {
        "a net with hidden units as swept".to_owned()
    } else {
        model.describe()
    };
    let loss = if swept.contains(&Setting::Loss) { "as swept" } else { &model.loss_text };
    output::say(&format!(
        "{net}; {} rows; loss {loss}; {}, {batch}{order}{bits}{portable}, seed {}{restart}{whose}",
        data.rows,
        steps.described(options, swept),
        options.seed
    ));
}

/// The most parameters of a net whose gradient is shown before the pictures.
const SHOWN: usize = 20;

/// The gradient that trained, where it is short; the person's own is not shown back.
fn derivation(model: &Model) -> String {
    if model.program.parameter_count() > SHOWN || model.own_gradient {
        return String::new();
    }
    let form = if model.has_matrices() { Form::Matrix } else { Form::Scalar };
    let options = DeriveOptions { form, ..DeriveOptions::default() };
    derive(model, Format::Text, &options).map_or_else(|_| String::new(), |text| text + "\n")
}
