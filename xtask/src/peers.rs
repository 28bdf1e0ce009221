//! `cargo xtask peers`: what others need for the same work, and the page with the ratios.

pub mod answers;
pub mod environment;
pub mod growth;
pub mod line;
pub mod machine;
pub mod ours;
pub mod page;
pub mod process;
pub mod recipe;
pub mod round;
pub mod startup;
pub mod work;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use environment::PEERS;
use line::{Facts, Measured, OURS};
use process::Recipe;
use round::{Party, Plan};

/// What the command takes.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Where Python environments and programs are made; never inside the repository [default: the user's cache]
    #[arg(long, value_name = "DIR")]
    pub env: Option<PathBuf>,
    /// Where starting values, data and records are written [default: a folder in --env]
    #[arg(long, value_name = "DIR")]
    pub scratch: Option<PathBuf>,
    /// Only these: W1, W2, W3, W4, W5s, W5, start, growth
    #[arg(long, value_name = "WORKS", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Only these peers: c, fann, numpy, numba, jax, torch, scikit-learn, tensorflow
    #[arg(long, value_name = "PEERS", value_delimiter = ',')]
    pub peers: Vec<String>,
    /// A folder with a program `run WORK DTYPE THREADS DATA` that prints lines of how fast the machine could be
    #[arg(long, value_name = "DIR")]
    pub limit: Option<PathBuf>,
    /// Installs nothing, and repeats less and shorter
    #[arg(long)]
    pub quick: bool,
    /// Repeats of each program [default: 5, 2 with --quick]
    #[arg(long, value_name = "N")]
    pub repeats: Option<usize>,
    /// How long each repeat lasts, in seconds [default: 0.25, 0.05 with --quick]
    #[arg(long, value_name = "S")]
    pub seconds: Option<f64>,
    /// Programs with one thread are measured by the time of the processor: for a machine that others use too
    #[arg(long)]
    pub cpu: bool,
    /// The core of programs with one thread
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub core: usize,
    /// Where the page is written [default: docs/PERFORMANCE.md, where everything is measured; else it is printed]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Makes the page of what was recorded before, and measures nothing
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Answers questions about the data of this folder; the command asks itself
    #[arg(long, value_name = "DIR", hide = true)]
    pub answer: Option<PathBuf>,
}

impl Arguments {
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(name))
    }

    fn is_whole(&self) -> bool {
        self.only.is_empty() && self.peers.is_empty() && !self.quick
    }

    /// Refuses names that are none.
    fn check(&self) -> Result<()> {
        let works: Vec<&str> = work::WORKS.iter().map(|work| work.name).chain(["start", "growth"]).collect();
        if let Some(name) = self.only.iter().find(|name| !works.iter().any(|w| w.eq_ignore_ascii_case(name)))
        {
            bail!("there is no work '{name}'; there are {}", works.join(", "));
        }
        let peers: Vec<&str> = PEERS.iter().map(|peer| peer.key).collect();
        if let Some(name) = self.peers.iter().find(|name| !peers.contains(&name.as_str())) {
            bail!("there is no peer '{name}'; there are {}", peers.join(", "));
        }
        Ok(())
    }
}

/// Says how far the measuring is.
#[allow(clippy::print_stderr, reason = "a command")]
pub(crate) fn tell(text: &str) {
    eprintln!("{text}");
}

/// Does what was asked for.
///
/// # Errors
/// Where a folder cannot be used, the page cannot be written, or losses disagree; in the last case the page
/// is written first.
pub fn run(arguments: &Arguments) -> Result<()> {
    if let Some(data) = &arguments.answer {
        return answers::serve(data);
    }
    let measured = if let Some(file) = &arguments.from {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        Measured::parse(&text)?
    } else {
        measure(arguments)?
    };
    write(arguments, &measured)?;
    let disagreements = page::disagreements(&measured);
    if !disagreements.is_empty() {
        bail!("losses disagree:\n{}", disagreements.join("\n"));
    }
    Ok(())
}

fn measure(arguments: &Arguments) -> Result<Measured> {
    arguments.check()?;
    let environment =
        environment::outside(&arguments.env.clone().unwrap_or_else(environment::default_folder))?;
    let scratch = arguments.scratch.clone().unwrap_or_else(|| environment.join("scratch"));
    let plan = Plan {
        repeats: arguments.repeats.unwrap_or(if arguments.quick { 2 } else { 5 }).max(1),
        seconds: arguments.seconds.unwrap_or(if arguments.quick { 0.05 } else { 0.25 }),
        cpu: arguments.cpu,
        core: arguments.core,
        scratch: environment::outside(&scratch)?,
        limit: arguments.limit.as_ref().map(|folder| folder.canonicalize()).transpose()?,
    };
    let mut measured = Measured { facts: facts(&plan), lines: vec![] };
    let parties = parties(arguments, &environment, &mut measured.facts)?;
    tell("starting values and data");
    recipe::write(&plan.data())?;
    let jobs: Vec<_> = work::jobs().into_iter().filter(|job| arguments.wants(job.work.name)).collect();
    for jobs in jobs.chunk_by(|a, b| a.threads == b.threads) {
        round::run(&plan, &parties, jobs, &mut measured);
    }
    if arguments.wants("start") {
        startup::run(&plan, &parties, &mut measured)?;
    }
    if arguments.wants("growth") {
        growth::run(&plan, &parties[0].recipe, &mut measured)?;
    }
    let record = plan.scratch.join("lines.jsonl");
    std::fs::write(&record, measured.record()?)?;
    tell(&format!("recorded: {}", record.display()));
    Ok(measured)
}

fn facts(plan: &Plan) -> Facts {
    let words: Vec<String> = std::env::args().skip(1).collect();
    Facts {
        date: machine::today(),
        machine: machine::description(),
        command: format!("cargo xtask {}", machine::without_folders(&words).join(" ")),
        repeats: (plan.repeats, plan.seconds),
        cpu: plan.cpu,
        versions: vec![(OURS.into(), env!("CARGO_PKG_VERSION").into())],
        missing: vec![],
    }
}

/// This program first, then every peer that is there.
fn parties(arguments: &Arguments, environment: &Path, facts: &mut Facts) -> Result<Vec<Party>> {
    let words = vec![std::env::current_exe()?, "peers".into(), "--answer".into()];
    let recipe = Recipe { words, variables: vec![] };
    let mut parties = vec![Party { key: OURS.into(), recipe }];
    let chosen = |key: &str| arguments.peers.is_empty() || arguments.peers.iter().any(|peer| peer == key);
    for peer in PEERS.iter().filter(|peer| chosen(peer.key)) {
        match environment::ready(peer, environment, !arguments.quick) {
            Ok(ready) => {
                parties.extend(ready.parties);
                facts.versions.extend(ready.versions);
            }
            Err(error) => {
                tell(&format!("without {}: {error:#}", peer.key));
                facts.missing.push((peer.key.into(), format!("{error:#}")));
            }
        }
    }
    facts.versions.sort();
    facts.versions.dedup();
    Ok(parties)
}

/// Writes the page and its pictures, or prints it where not all was measured and no file is named.
#[allow(clippy::print_stdout, reason = "a command")]
fn write(arguments: &Arguments, measured: &Measured) -> Result<()> {
    let page = page::page(measured);
    let file = match &arguments.out {
        Some(file) => file.clone(),
        None if arguments.is_whole() => environment::repository().join("docs/PERFORMANCE.md"),
        None => {
            println!("{page}");
            return Ok(());
        }
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let pictures = folder.join(page::PICTURES);
    for (name, svg) in page::pictures(measured) {
        std::fs::create_dir_all(&pictures)?;
        std::fs::write(pictures.join(name), svg)?;
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(&file, page).with_context(|| format!("{} cannot be written", file.display()))?;
    println!("written: {}", file.display());
    Ok(())
}
