//! The time from the start of a command to its first step of W1, and to its end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::environment::{repository, said};
use super::line::{Line, Measured, OURS};
use super::process::Recipe;
use super::round::{Party, Plan};

/// The name of these lines.
pub const START: &str = "start";

/// Measures this program's command and every peer, in turns.
///
/// # Errors
/// Where the command cannot be built.
pub fn run(plan: &Plan, parties: &[Party], measured: &mut Measured) -> Result<()> {
    super::tell("the first step of W1 from the start of a command:");
    let whygrad = whygrad()?;
    // Nothing is to be found in the cache of one and not of another: all run once before.
    for repeat in 0..=plan.repeats.min(5) {
        let mut once = |peer: &str, command: Command| {
            let line = Line {
                workload: START.into(),
                peer: peer.into(),
                dtype: "float64".into(),
                threads: 1,
                metric: "seconds".into(),
                ..Line::default()
            };
            measured.add(match seconds(command) {
                Ok(_) if repeat == 0 => line,
                Ok(seconds) => Line { reps: vec![seconds], ..line },
                Err(error) => Line { error: Some(format!("{error:#}")), ..line },
            });
        };
        once(OURS, command(&whygrad, plan));
        let mut seen: Vec<&Path> = vec![];
        for party in parties {
            // One file a peer: the second of two settings starts alike.
            let file = party.recipe.words.last().map_or(Path::new(""), |file| file.as_path());
            if !seen.contains(&file) && !party.is_ours() {
                seen.push(file);
                let mut command = party.recipe.command(1, plan.core, &plan.data());
                command.arg("first");
                once(&name(party), command);
            }
        }
    }
    for line in measured.lines.iter().filter(|line| line.workload == START) {
        super::tell(&format!("  {:44} {:.1} ms", line.peer, line.median().unwrap_or(0.0) * 1e3));
    }
    Ok(())
}

/// The key, and of a C program its file.
fn name(party: &Party) -> String {
    let file = party.recipe.words.last().and_then(|file| file.file_stem()).map(|stem| stem.to_string_lossy());
    match file {
        Some(stem) if party.recipe.words.len() == 1 => format!("{} ({stem})", party.key),
        _ => party.key.clone(),
    }
}

/// The command in release, built where it is not.
fn whygrad() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "--package", "whygrad-cli"]).current_dir(repository());
    said(&mut build)?;
    let folder = std::env::current_exe()?.parent().context("no folder of this program")?.to_path_buf();
    let program = folder.join(format!("whygrad{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        bail!("{} is not there: run in release, as `cargo xtask` does", program.display());
    }
    Ok(program)
}

fn command(whygrad: &Path, plan: &Plan) -> Command {
    let words = ["train", "xor", "--epochs", "1", "--out", "none", "--quiet"].map(PathBuf::from);
    let words = std::iter::once(whygrad.to_path_buf()).chain(words).collect();
    let recipe = Recipe { words, variables: vec![] };
    let mut command = recipe.pinned(1, plan.core);
    command.current_dir(&plan.scratch);
    command
}

fn seconds(mut command: Command) -> Result<f64> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let status = command.status()?;
    let seconds = begin.elapsed().as_secs_f64();
    if !status.success() {
        bail!("ended with {status}");
    }
    Ok(seconds)
}
