//! `whygrad check`

mod marks;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use whygrad::check::numbers::Numbers;
use whygrad::check::point::Point;
use whygrad::check::program::Program;
use whygrad::check::second_order::numbers::SecondNumbers;
use whygrad::check::second_order::program::SecondProgram;
use whygrad::check::second_order::{SecondOrderReport, check_second_order};
use whygrad::check::template::Template;
use whygrad::check::{Answer, Freedom, Mark, Options, Probe, Report, Source, Trouble, Verdict, check, probe};
use whygrad::interop::{run_folder, shell};
use whygrad::model::{Model, ModelOptions};
use whygrad::random::Seed;
use whygrad::report;

use super::train::{positive, whole};
use crate::input::{self, DataArguments, Loaded};
use crate::output;

/// What `check` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad check net.model --formulas mine.txt            lines such as dw1 = mean(2*(y_hat - y)*x1)
  whygrad check net.model --numbers mine.json --at point.json --data points.csv
  whygrad check net.model --program 'python3 mine.py'    asked with JSON, a line a question
  whygrad check net.model --template python -o mine.py   a program to fill in
  whygrad check net.model --second-order --formulas h.txt    lines such as d2L/dw1dw2 = mean(2*x1*x2)

With --second-order a program finds \"vector\" in each question, and answers {\"hessian\": [[..], ..]}, a row for each
parameter in the order of theta, or {\"product\": [..]}, the Hessian times the vector.

Exit status: 0 the gradient is right, 1 it is wrong, 2 it could not be checked.")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
pub(crate) struct Arguments {
    /// A model file, a run folder, a built-in name, a net in one word, or a formula in quotes
    model: String,
    /// Your gradient as formulas, text or LaTeX, some or all components
    #[arg(long, value_name = "FILE")]
    formulas: Option<String>,
    /// Your gradient as numbers at one point: JSON, or lines such as dw1 = 0.25
    #[arg(long, value_name = "FILE")]
    numbers: Option<String>,
    /// Your gradient as a program: a command line that answers each line of JSON with one
    #[arg(long, value_name = "COMMAND")]
    program: Option<String>,
    /// Write a program to fill in: python, r, octave, julia, javascript or rust
    #[arg(long, value_name = "LANGUAGE")]
    template: Option<String>,
    /// Write the template to a file instead of standard output
    #[arg(short, long, value_name = "FILE", requires = "template")]
    output: Option<PathBuf>,
    #[command(flatten)]
    data: DataArguments,
    /// A point: parameters as JSON, and inputs, targets and learning_rate where they stand there too
    #[arg(long, value_name = "FILE")]
    at: Option<String>,
    /// The learning rate your gradient knows of; only mistakes depend on it
    #[arg(long = "lr", aliases = super::steps::RATES, value_name = "RATE", value_parser = positive, allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// The program works on the given rows only
    #[arg(long, conflicts_with = "fixed_rows")]
    fixed_data: bool,
    /// The program works on any values, and on as many rows as are given
    #[arg(long)]
    fixed_rows: bool,
    /// How long an answer of the program may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    timeout: f64,
    /// Random points, random rows and built-in data are drawn from it
    #[arg(long, value_name = "SEED", default_value_t = 1, value_parser = whole, allow_negative_numbers = true)]
    seed: u64,
    /// The loss, in place of the model's own
    #[arg(long, value_name = "NAME")]
    loss: Option<String>,
    /// Yours is a Hessian, or its product with a vector, not a gradient
    #[arg(long, conflicts_with = "template")]
    second_order: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<ExitCode> {
    one_source(a)?;
    if a.second_order {
        return second_derivatives(a);
    }
    let model_options = ModelOptions { loss: a.loss.clone(), ..ModelOptions::default() };
    if let Some(file) = &a.formulas {
        let text = input::text_of(file)?;
        let (loaded, mut formulas) = input::model_and_formulas(&a.model, &model_options, (&text, file))?;
        let options = options(a, &loaded)?;
        let found = watched(&loaded.model, &mut formulas, &options)?;
        return told(a, &found, Some((&text, file)));
    }
    let loaded = input::model(&a.model, &model_options)?;
    if let Some(language) = &a.template {
        return template(a, &loaded.model, language);
    }
    let options = options(a, &loaded)?;
    let found = if let Some(command) = &a.program {
        with_program(a, command, &loaded.model, &options)?
    } else {
        let file = a.numbers.as_deref().unwrap_or_default();
        let text = input::text_of(file)?;
        let mut numbers = Numbers::read(&text, &loaded.model, &options)
            .map_err(|trouble| Trouble { message: format!("{file}: {}", trouble.message), ..trouble })
            .map_err(could_not)?;
        watched(&loaded.model, &mut numbers, &options)?
    };
    told(a, &found, None)
}

/// Checks a Hessian or its product with vectors.
fn second_derivatives(a: &Arguments) -> anyhow::Result<ExitCode> {
    let model_options = ModelOptions { loss: a.loss.clone(), ..ModelOptions::default() };
    if let Some(file) = &a.formulas {
        let text = input::text_of(file)?;
        let (loaded, mut formulas) =
            input::model_and_second_formulas(&a.model, &model_options, (&text, file))?;
        let options = options(a, &loaded)?;
        return told_second(a, check_second_order(&loaded.model, &mut formulas, &options));
    }
    let loaded = input::model(&a.model, &model_options)?;
    let options = options(a, &loaded)?;
    let Some(command) = &a.program else {
        let file = a.numbers.as_deref().unwrap_or_default();
        let named = |trouble: Trouble| Trouble { message: format!("{file}: {}", trouble.message), ..trouble };
        let read = SecondNumbers::read(&input::text_of(file)?, &loaded.model, &options);
        let mut numbers = read.map_err(named).map_err(could_not)?;
        return told_second(a, check_second_order(&loaded.model, &mut numbers, &options));
    };
    let mut program = SecondProgram::new(started(a, command, &loaded.model)?, &loaded.model);
    let found = check_second_order(&loaded.model, &mut program, &options);
    for note in program.program.notes() {
        output::say(&format!("note: {note}"));
    }
    told_second(a, found)
}

/// The command that asks why a run with a right gradient fails all the same.
fn why_it_fails(model: &str) -> String {
    let word = shell::word(model);
    if run_folder::is_run(Path::new(model)) {
        return format!("whygrad why {word}");
    }
    format!("whygrad train {word} --why")
}

fn told_second(a: &Arguments, found: Result<SecondOrderReport, Trouble>) -> anyhow::Result<ExitCode> {
    let found = found.map_err(could_not)?;
    if a.json {
        output::json(&report::second_order_json(&found))?;
    } else {
        let next = why_it_fails(&a.model);
        output::data(&report::second_order_text(&found, &next))?;
    }
    Ok(status(found.report.verdict))
}

/// Refuses none or several of the ways a gradient may come in.
fn one_source(a: &Arguments) -> anyhow::Result<()> {
    let ways = [
        ("--formulas", a.formulas.is_some()),
        ("--numbers", a.numbers.is_some()),
        ("--program", a.program.is_some()),
        ("--template", a.template.is_some()),
    ];
    let said: Vec<&str> = ways.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| *name).collect();
    match said[..] {
        [_] => {}
        [] => bail!(
            "which gradient? add one of these:\n  \
             --formulas FILE      lines such as dw1 = mean(2*(y_hat - y)*x1)\n  \
             --numbers FILE       its values at one point\n  \
             --program COMMAND    a program that computes it, such as 'python3 mine.py'\n  \
             --template python    writes such a program to fill in"
        ),
        _ => bail!("{} cannot go together: check one gradient at a time", said.join(" and ")),
    }
    let files = [&a.formulas, &a.numbers, &a.at];
    if files.iter().filter(|file| file.as_deref() == Some("-")).count() > 1 {
        bail!("standard input can be only one of the files; write the other to a file");
    }
    Ok(())
}

/// What is known of points, rows and rate.
fn options(a: &Arguments, loaded: &Loaded) -> anyhow::Result<Options> {
    let point = match &a.at {
        None => Point::default(),
        Some(file) => {
            let text = input::text_of(file)?;
            let named =
                |trouble: Trouble| Trouble { message: format!("{file}: {}", trouble.message), ..trouble };
            Point::read(&text, &loaded.model).map_err(named).map_err(could_not)?
        }
    };
    if point.data.is_some() && a.data.data.is_some() {
        bail!("--at has rows and --data has rows; give one of them");
    }
    let data = match point.data {
        Some(data) => Some(data),
        None if input::has_data(loaded, &a.data) && !loaded.model.plain_function => {
            Some(input::dataset(loaded, &a.data, a.seed)?)
        }
        None => None,
    };
    let freedom = match (a.fixed_data, a.fixed_rows) {
        (true, _) => Freedom::FixedData,
        (_, true) => Freedom::FixedRows,
        _ => Freedom::Any,
    };
    if a.fixed_data && data.is_none() && !loaded.model.plain_function {
        bail!("--fixed-data means the given rows, and there are none; add --data FILE.csv");
    }
    let learning_rate = a.learning_rate.or(point.learning_rate);
    Ok(Options { data, point: point.theta, learning_rate, freedom, seed: Seed(a.seed) })
}

/// A program that ends with the command.
fn started<'a>(a: &Arguments, command: &str, model: &'a Model) -> anyhow::Result<Program<'a>> {
    let program = Program::start(command, a.timeout, model).map_err(could_not)?;
    let ending = program.ending();
    // The program is in a process group of its own and does not hear Ctrl-C.
    let _ = ctrlc::set_handler(move || {
        ending.kill();
        output::say("stopped by you, before there was a verdict");
        std::process::exit(130);
    });
    Ok(program)
}

fn with_program(a: &Arguments, command: &str, model: &Model, options: &Options) -> anyhow::Result<Report> {
    let mut program = started(a, command, model)?;
    let found = watched(model, &mut program, options);
    for note in program.notes() {
        output::say(&format!("note: {note}"));
    }
    found
}

/// A source that draws how far it is.
struct Watched<'a> {
    source: &'a mut dyn Source,
    bar: ProgressBar,
}

impl Source for Watched<'_> {
    fn points(&self) -> Option<Vec<Probe>> {
        self.source.points()
    }

    fn ask(&mut self, probe: &Probe) -> Result<Answer, Trouble> {
        let answer = self.source.ask(probe);
        self.bar.inc(1);
        answer
    }

    fn marks(&self, model: &Model, report: &Report) -> Vec<Mark> {
        self.source.marks(model, report)
    }
}

/// Checks, with a bar where it takes longer than a second.
fn watched(model: &Model, source: &mut dyn Source, options: &Options) -> anyhow::Result<Report> {
    let questions = source.points().map_or_else(|| probe::plan(model, options).len(), |points| points.len());
    let bar = ProgressBar::with_draw_target(Some(questions as u64), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{bar:30} question {pos}/{len}  {elapsed}, {eta} left") {
        bar.set_style(style);
    }
    let later = bar.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(1));
        if !later.is_finished() {
            later.set_draw_target(ProgressDrawTarget::stderr());
            later.enable_steady_tick(Duration::from_millis(200));
        }
    });
    let found = check(model, &mut Watched { source, bar: bar.clone() }, options);
    bar.finish_and_clear();
    found.map_err(could_not)
}

/// Writes the report; its verdict is the exit status.
fn told(a: &Arguments, found: &Report, text: Option<(&str, &str)>) -> anyhow::Result<ExitCode> {
    if a.json {
        output::json(&report::check_json(found))?;
    } else {
        let next = why_it_fails(&a.model);
        output::data(&report::check_text(found, &next))?;
        if let Some((text, file)) = text.filter(|_| !found.marks.is_empty()) {
            output::data(&format!("\n{}", marks::render(found, text, file)))?;
        }
    }
    Ok(status(found.verdict))
}

fn status(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Right => 0,
        Verdict::Wrong => 1,
        Verdict::Undecided => 2,
    })
}

fn template(a: &Arguments, model: &Model, language: &str) -> anyhow::Result<ExitCode> {
    let language: Template = language.parse().map_err(anyhow::Error::msg)?;
    let text = language.write(model);
    match &a.output {
        None => output::data(&text)?,
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            let command = language.command(&path.display().to_string());
            output::say(&format!(
                "written to {}; fill it in, then: whygrad check {} --program {}",
                path.display(),
                shell::word(&a.model),
                shell::word(&command)
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn could_not(trouble: Trouble) -> anyhow::Error {
    match trouble.help {
        Some(help) => anyhow::anyhow!("{}\nhelp: {help}", trouble.message),
        None => anyhow::anyhow!("{}", trouble.message),
    }
}
