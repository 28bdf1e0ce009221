//! `cargo xtask causes`: runs that fail for a planted cause, and whether `why` names it.
//!
//! Each begins with a run that is solved, most on XOR. One thing is then made wrong (`plant.rs`), and only where the run now
//! fails does it count: so the cause is known, and known to be the only one.

pub mod catalogue;
mod plant;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use whygrad::train::Control;
use whygrad::why::{Finding, Kind, Limits, Report, Verdict, why};

pub use plant::{PLANTS, Plant, Planted};

/// What the command takes.
#[derive(Args, Debug)]
pub struct Arguments {
    /// How many failed runs
    #[arg(long, default_value_t = 1000)]
    pub runs: u64,
    /// Only plants whose name holds this
    #[arg(long)]
    pub only: Option<String>,
    /// The seed of everything that is drawn
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Prints each run whose cause was not first and confirmed
    #[arg(long)]
    pub show: bool,
    /// How many runs at once
    #[arg(long, default_value_t = 2)]
    pub threads: usize,
    /// Where the table is written too, as Markdown
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Writes the catalogue to book/src/causes.md, and does nothing else
    #[arg(long)]
    pub catalogue: bool,
}

/// What `why` said of one planted run.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The run and its cause.
    pub planted: Planted,
    /// What was said.
    pub report: Report,
    /// How long it took.
    pub seconds: f64,
}

impl Answer {
    /// Whether the planted cause comes first.
    pub fn is_first(&self) -> bool {
        self.report.findings.first().is_some_and(|f| self.is_right(f))
    }

    /// Whether its experiment confirms it.
    pub fn is_confirmed(&self) -> bool {
        self.report.findings.first().is_some_and(|f| f.confirmed && self.is_right(f))
    }

    /// Whether a finding says what was planted. That few starts get there does so only where it says what they lack.
    fn is_right(&self, finding: &Finding) -> bool {
        let says = finding.kind != Kind::Plateau || finding.summary.contains("It has no biases");
        says && self.planted.accepted.contains(&finding.kind)
    }
}

/// The n-th failed run of a plant; `None` where a hundred tries give none.
pub fn failed(plant: &Plant, seed: u64, n: u64) -> Option<Planted> {
    (0..100).find_map(|attempt| {
        (plant.make)(seed ^ (n << 16) ^ (attempt << 48)).filter(|p| !p.finished.is_solved())
    })
}

/// Asks why a planted run failed.
pub fn ask(planted: Planted) -> Answer {
    let begun = Instant::now();
    let limits = Limits::for_run(&planted.finished.case);
    let report = why(&planted.finished, limits, &mut |_| Control::Continue);
    Answer { planted, report, seconds: begun.elapsed().as_secs_f64() }
}

/// Counts of one plant.
#[derive(Clone, Debug, Default)]
struct Count {
    runs: u64,
    first: u64,
    confirmed: u64,
    slowest: f64,
    instead: BTreeMap<String, u64>,
}

impl Count {
    fn add(&mut self, answer: &Answer) {
        self.runs += 1;
        self.first += u64::from(answer.is_first());
        self.confirmed += u64::from(answer.is_confirmed());
        self.slowest = self.slowest.max(answer.seconds);
        if !answer.is_first() {
            let named = answer.report.findings.first().map_or("none".into(), |f| f.kind.name());
            *self.instead.entry(named).or_default() += 1;
        }
    }
}

/// Makes the runs, asks, and prints the table.
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.catalogue {
        let path = catalogue::root().join(catalogue::PATH);
        return std::fs::write(&path, catalogue::page()?).with_context(|| path.display().to_string());
    }
    let wanted = |p: &&Plant| arguments.only.as_ref().is_none_or(|only| p.name.contains(only.as_str()));
    let plants: Vec<&Plant> = PLANTS.iter().filter(wanted).collect();
    let each = arguments.runs.div_ceil(plants.len().max(1) as u64);
    let next = AtomicU64::new(0);
    let counts = Mutex::new(vec![Count::default(); plants.len()]);
    let solved = Mutex::new((0_u64, 0_u64));
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    let (which, n) = ((job / each) as usize, job % each);
                    let Some(plant) = plants.get(which) else { break };
                    let Some(planted) = failed(plant, arguments.seed, n) else { continue };
                    count_sound(&planted, &solved);
                    let answer = ask(planted);
                    if arguments.show && !answer.is_confirmed() {
                        let _ = writeln!(std::io::stderr(), "{}", line(plant, n, &answer));
                    }
                    if let Ok(mut counts) = counts.lock() {
                        counts[which].add(&answer);
                    }
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap_or_default();
    let table = table(&plants, &counts, solved.into_inner().unwrap_or_default());
    std::io::stdout().write_all(table.as_bytes())?;
    if let Some(path) = &arguments.out {
        let head = "# Causes\n\nWritten by `cargo xtask causes --out FILE`. Each row is of runs that are solved until the one thing in its \
                    first column is made wrong; they are on XOR where it says nothing else.\n\n";
        std::fs::write(path, format!("{head}{table}")).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The run before the plant is solved: no cause may be named.
fn count_sound(planted: &Planted, counts: &Mutex<(u64, u64)>) {
    let report = why(&planted.sound, Limits::default(), &mut |_| Control::Continue);
    let named = report.verdict != Verdict::Solved || report.findings.iter().any(|f| f.kind != Kind::Solved);
    if let Ok(mut counts) = counts.lock() {
        counts.0 += 1;
        counts.1 += u64::from(named);
    }
}

fn line(plant: &Plant, n: u64, answer: &Answer) -> String {
    let mut text = format!("{} {n}: {}\n    {}\n", plant.name, answer.planted.words, answer.report.summary);
    for finding in &answer.report.findings {
        let after = finding.experiment.as_ref().map_or("no experiment".into(), |e| {
            format!("{}: {:.4} to {:.4}, {:?}", e.change, e.before.loss, e.after.loss, e.draws)
        });
        let _ = writeln!(
            text,
            "    {} {}: {after}",
            finding.kind.name(),
            if finding.confirmed { "confirmed" } else { "suspected" }
        );
    }
    text
}

fn table(plants: &[&Plant], counts: &[Count], solved: (u64, u64)) -> String {
    let mut text = String::from(
        "| planted | runs | first | confirmed | slowest | named instead |\n|---|---|---|---|---|---|\n",
    );
    let mut all = Count::default();
    for (name, count) in plants.iter().map(|p| p.name).zip(counts) {
        all.runs += count.runs;
        all.first += count.first;
        all.confirmed += count.confirmed;
        all.slowest = all.slowest.max(count.slowest);
        text.push_str(&row(name, count));
    }
    text.push_str(&row("**all**", &all));
    let _ = writeln!(text, "\nOf {} runs that are solved a cause is named in {}.", solved.0, solved.1);
    text
}

fn row(name: &str, count: &Count) -> String {
    let share = |part: u64| format!("{:.1} %", 100.0 * part as f64 / count.runs.max(1) as f64);
    let instead: Vec<String> = count.instead.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    format!(
        "| {name} | {} | {} | {} | {:.2} s | {} |\n",
        count.runs,
        share(count.first),
        share(count.confirmed),
        count.slowest,
        instead.join(", "),
    )
}
