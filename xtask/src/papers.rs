//! `cargo xtask papers`: figures of papers, as published, as re-run elsewhere, and as whygrad has them.
//!
//! A row is data ([`row::Row`]): a model's text, its options, and what must come out. The work is done by what the library
//! offers to everybody.

mod exact;
mod proben1;
pub mod row;
mod statistical;
mod table;
mod work;

use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Args;

use row::{Figure, Reading, Row};
pub use work::Scale;

/// What the command takes.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Trials of each row where something is drawn; without a number as many as the re-run had
    #[arg(long)]
    pub trials: Option<u64>,
    /// The rows whose name holds this
    #[arg(long)]
    pub only: Option<String>,
    /// The seed of everything that is drawn
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A row with what came out.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The row.
    pub row: Row,
    /// A reading for each of its figures.
    pub readings: Vec<Reading>,
    /// How long it took.
    pub seconds: f64,
}

impl Outcome {
    /// The figures with what was read.
    pub fn pairs(&self) -> impl Iterator<Item = (&Figure, &Reading)> {
        self.row.figures.iter().zip(&self.readings)
    }

    /// The figures outside their bands.
    pub fn outside(&self) -> Vec<(&Figure, &Reading)> {
        self.pairs().filter(|(figure, reading)| !figure.holds(reading, self.row.trials)).collect()
    }
}

/// All rows.
pub fn rows() -> Vec<Row> {
    let mut rows = exact::rows();
    rows.extend(statistical::rows());
    rows
}

/// Does the work of a row.
///
/// # Errors
/// Where the library refuses it.
pub fn outcome(row: &Row, scale: Scale) -> Result<Outcome> {
    let start = Instant::now();
    let reads: Vec<row::Read> = row.figures.iter().map(|figure| figure.read.clone()).collect();
    let readings = work::readings(&row.work, &reads, scale)?;
    Ok(Outcome { row: row.clone(), readings, seconds: start.elapsed().as_secs_f64() })
}

/// Does what was asked for.
///
/// # Errors
/// Where a row cannot be done, or a figure is outside its band.
#[allow(clippy::print_stdout, reason = "a command")]
pub fn run(arguments: &Arguments) -> Result<()> {
    let wanted = |row: &Row| arguments.only.as_ref().is_none_or(|only| row.name.contains(only.as_str()));
    let rows: Vec<Row> = rows().into_iter().filter(wanted).collect();
    ensure!(!rows.is_empty(), "no row has such a name; there are {}", names());
    ensure!(arguments.trials != Some(0), "a row needs at least one trial");
    println!("{}", table::head());
    let (mut figures, mut outside) = (0, 0);
    for row in &rows {
        let trials = arguments.trials.unwrap_or(row.trials);
        let outcome = outcome(row, Scale { trials, seed: arguments.seed })?;
        println!("{}", table::lines(&outcome));
        figures += outcome.row.figures.len();
        outside += outcome.outside().len();
    }
    println!("{figures} figures in {} rows, {outside} outside their bands", rows.len());
    ensure!(outside == 0, "{outside} figures are outside their bands");
    Ok(())
}

fn names() -> String {
    rows().into_iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}
