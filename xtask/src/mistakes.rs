//! `cargo xtask mistakes`: plants mistakes, checks, and counts how many are named.

pub mod catalogue;
mod table;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use whygrad::check::{Kind, Verdict, check};
use whygrad::random::Seed;

use crate::planted::{Case, Mistake, Sort};

/// What the command takes.
#[derive(Args, Debug)]
pub struct Arguments {
    /// How many programs with one mistake
    #[arg(long, default_value_t = 2_000)]
    pub singles: usize,
    /// How many with two
    #[arg(long, default_value_t = 1_000)]
    pub pairs: usize,
    /// How many without
    #[arg(long, default_value_t = 10_000)]
    pub right: usize,
    /// The seed of everything that is drawn
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many threads; the answer is the same for any number
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
    /// How many of the cases that went wrong are shown
    #[arg(long, default_value_t = 20)]
    pub show: usize,
    /// One case by its name, such as single-17, in full
    #[arg(long)]
    pub case: Option<String>,
    /// Writes the tables to book/src/mistakes-rates.md, and the catalogue beside it
    #[arg(long)]
    pub write: bool,
    /// Writes the catalogue to book/src/mistakes.md, and does nothing else
    #[arg(long)]
    pub catalogue: bool,
}

/// What a check said of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The case.
    pub name: String,
    /// What was planted.
    pub planted: Vec<Mistake>,
    /// What was said.
    pub verdict: Verdict,
    /// What was named, each kind once.
    pub named: Vec<Kind>,
    /// Mistakes in the report, alternatives counted once each.
    pub mistakes: usize,
    /// How long the check took.
    pub time: Duration,
    /// The text of the model.
    pub model: String,
}

impl Outcome {
    /// True where one planted mistake was called by a name that is right for it.
    pub fn is_named(&self, mistake: &Mistake) -> bool {
        mistake.accepted().iter().any(|kind| self.named.contains(kind))
    }

    /// True where every planted mistake was.
    pub fn all_named(&self) -> bool {
        self.planted.iter().all(|m| self.is_named(m))
    }

    /// True where right was called right, or wrong wrong.
    pub fn verdict_is_right(&self) -> bool {
        let right = if self.planted.is_empty() { Verdict::Right } else { Verdict::Wrong };
        self.verdict == right
    }

    /// True where nothing is to be complained of: no kind at all may be named on a right gradient.
    pub fn is_good(&self) -> bool {
        self.verdict_is_right() && self.all_named() && !(self.planted.is_empty() && self.mistakes > 0)
    }
}

/// The outcomes of all sorts of cases.
#[derive(Clone, Debug, Default)]
pub struct All {
    /// With one mistake.
    pub singles: Vec<Outcome>,
    /// With two.
    pub pairs: Vec<Outcome>,
    /// With none.
    pub right: Vec<Outcome>,
}

impl All {
    fn iter(&self) -> impl Iterator<Item = &Outcome> {
        self.singles.iter().chain(&self.pairs).chain(&self.right)
    }
}

/// Draws a case and checks it.
///
/// # Errors
/// Where it cannot be drawn, or the check finds no answer.
pub fn outcome(sort: Sort, index: usize, seed: Seed) -> Result<Outcome> {
    outcome_of(Case::draw(sort, index, seed)?).map(|o| o.0)
}

fn outcome_of(mut case: Case) -> Result<(Outcome, whygrad::check::Report)> {
    let model = case.program.net.model.clone();
    let start = Instant::now();
    let report = check(&model, &mut case.program, &case.options).with_context(|| case.name.clone())?;
    let time = start.elapsed();
    let mut named: Vec<Kind> = report.mistakes.iter().map(|m| m.kind).collect();
    named.sort_unstable();
    named.dedup();
    let outcome = Outcome {
        name: case.name,
        planted: case.program.mistakes,
        verdict: report.verdict,
        named,
        mistakes: report.mistakes.len(),
        time,
        model: case.program.net.text,
    };
    Ok((outcome, report))
}

/// Draws and checks as many cases of one sort, in order.
///
/// # Errors
/// The first that occurs.
pub fn outcomes(sort: Sort, count: usize, seed: Seed, threads: usize) -> Result<Vec<Outcome>> {
    let threads = threads.max(1);
    let share = |first: usize| -> Result<Vec<Outcome>> {
        (first..count).step_by(threads).map(|index| outcome(sort, index, seed)).collect()
    };
    let shares: Vec<Result<Vec<Outcome>>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|first| scope.spawn(move || share(first))).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, _>| {
            handle.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a check panicked")))
        };
        handles.into_iter().map(join).collect()
    });
    let mut shares: Vec<_> = shares.into_iter().map(|s| s.map(Vec::into_iter)).collect::<Result<_>>()?;
    Ok((0..count).filter_map(|index| shares[index % threads].next()).collect())
}

/// Does what was asked for.
///
/// # Errors
/// Where a case cannot be drawn or checked, or the table cannot be written.
#[allow(clippy::print_stdout, reason = "a command")]
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.catalogue {
        return write_page(catalogue::PATH, &catalogue::page());
    }
    let seed = Seed(arguments.seed);
    if let Some(name) = &arguments.case {
        println!("{}", in_full(name, seed)?);
        return Ok(());
    }
    let of = |sort, count| outcomes(sort, count, seed, arguments.threads);
    let all = All {
        singles: of(Sort::Single, arguments.singles)?,
        pairs: of(Sort::Pair, arguments.pairs)?,
        right: of(Sort::Right, arguments.right)?,
    };
    println!("{}\n{}\n{}", table::tables(&all), table::times(&all), table::worst(&all, arguments.show));
    if arguments.write {
        let command = format!(
            "cargo xtask mistakes --singles {} --pairs {} --right {} --seed {} --write",
            arguments.singles, arguments.pairs, arguments.right, arguments.seed
        );
        write_page(catalogue::PATH, &catalogue::page())?;
        write_page("book/src/mistakes-rates.md", &table::page(&all, &command))?;
    }
    Ok(())
}

/// Writes a page of the book; its path begins in the repository.
#[allow(clippy::print_stdout, reason = "a command")]
fn write_page(page: &str, text: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, text).with_context(|| format!("{page} cannot be written"))?;
    println!("written: {page}");
    Ok(())
}

/// One case with everything that was said of it.
fn in_full(name: &str, seed: Seed) -> Result<String> {
    let case = Case::named(name, seed)?;
    let mut text = format!("{name}\n\n{}\n", case.program.net.text);
    let (width, options, twins) = (case.program.width, case.options.clone(), case.twins());
    let (outcome, report) = outcome_of(case)?;
    let _ = writeln!(text, "precision: {width:?}, rate {:?}, seed {:?}", options.learning_rate, options.seed);
    for mistake in &outcome.planted {
        let _ = writeln!(text, "planted: {mistake} ({:?})", mistake.accepted());
    }
    for twin in twins {
        let _ = writeln!(text, "the same numbers: {twin} ({:?})", twin.accepted());
    }
    let _ = writeln!(text, "verdict: {:?} in {:?}", outcome.verdict, outcome.time);
    for m in &report.mistakes {
        let certain = if m.certain { "certain" } else { "possible" };
        let _ = writeln!(
            text,
            "named: {:?} {} ({certain}, group {}): {}",
            m.kind, m.entry, m.group, m.explanation
        );
    }
    for c in &report.components {
        let _ = writeln!(text, "{:12} {:?} given {:?} derived {}", c.name, c.status, c.given, c.derived);
    }
    report.notes.iter().for_each(|note| {
        let _ = writeln!(text, "note: {note}");
    });
    Ok(text)
}
