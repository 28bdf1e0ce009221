//! All programs do the same work in turns, so that a drift of the machine meets all alike.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::line::{Line, Measured, OURS};
use super::process::{Program, Recipe};
use super::work::Job;

/// How is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Repeats of each program.
    pub repeats: usize,
    /// How long each lasts.
    pub seconds: f64,
    /// Whether those with one thread are measured by the time of the processor.
    pub cpu: bool,
    /// The core of those with one thread.
    pub core: usize,
    /// The folder that holds the folder of the data, where the limit is run.
    pub scratch: PathBuf,
    /// A folder with a program `run` that shows how fast the machine could be.
    pub limit: Option<PathBuf>,
}

impl Plan {
    /// A line as it counts.
    fn clocked(&self, line: Line) -> Line {
        if self.cpu { line.by_processor() } else { Line { cpu_reps: vec![], ..line } }
    }

    /// Where starting values and data lie.
    pub fn data(&self) -> PathBuf {
        self.scratch.join("data")
    }
}

/// Someone who takes part: a name, and how to start it.
#[derive(Clone, Debug)]
pub struct Party {
    /// The name that `--peers` takes.
    pub key: String,
    /// How it is started.
    pub recipe: Recipe,
}

impl Party {
    /// True for this program.
    pub fn is_ours(&self) -> bool {
        self.key == OURS
    }
}

/// Starts all and lets them do all jobs of one number of threads.
/// What goes wrong with one becomes a line with the error.
pub fn run(plan: &Plan, parties: &[Party], jobs: &[Job], measured: &mut Measured) {
    let Some(threads) = jobs.first().map(|job| job.threads) else { return };
    let mut programs = Vec::new();
    for (index, party) in parties.iter().enumerate() {
        let command = party.recipe.command(threads, plan.core, &plan.data());
        let messages = plan.scratch.join(format!("{}-{index}-{threads}.messages", party.key));
        match Program::start(command, &messages) {
            Ok(program) => programs.push((party.key.as_str(), program)),
            Err(error) => measured.facts.missing.push((party.key.clone(), error.to_string())),
        }
    }
    for job in jobs {
        one_job(plan, &mut programs, job, measured);
    }
}

fn one_job(plan: &Plan, programs: &mut Vec<(&str, Program)>, job: &Job, measured: &mut Measured) {
    super::tell(&format!("{} {} on {} thread(s):", job.work.name, job.dtype, job.threads));
    let mut ready = prepare(plan, programs, job, measured);
    for round in 0..plan.repeats {
        // Each round begins with another, so that nobody always runs after the same one.
        let count = ready.len().max(1);
        ready.rotate_left(round % count);
        for (program, index, peer) in &ready {
            let line = programs[*program].1.repeat(*index);
            measured.add(plan.clocked(line.unwrap_or_else(|error| failed(job, peer, &error))));
        }
        if let Some(folder) = &plan.limit {
            let lines = limit(folder, plan, job)
                .unwrap_or_else(|error| vec![Line { limit: true, ..failed(job, "limit", &error) }]);
            for line in lines {
                measured.add(plan.clocked(line));
            }
        }
    }
    for line in measured.lines.iter().filter(|line| is_of(line, job)) {
        let speed = line.median().map_or_else(|| "-".into(), |speed| format!("{speed:.4e}"));
        super::tell(&format!("  {:44} {speed} {}", line.peer, line.error.as_deref().unwrap_or("")));
    }
}

/// Those that can do the job: the place of the program, the way, its name.
fn prepare(
    plan: &Plan,
    programs: &mut Vec<(&str, Program)>,
    job: &Job,
    measured: &mut Measured,
) -> Vec<(usize, usize, String)> {
    let mut ready = Vec::new();
    let mut ended = Vec::new();
    for (place, (key, program)) in programs.iter_mut().enumerate() {
        let names = match program.variants(job) {
            Ok(names) => names,
            Err(error) => {
                measured.facts.missing.push(((*key).to_owned(), format!("{error:#}")));
                ended.push(place);
                continue;
            }
        };
        for (index, name) in names.into_iter().enumerate() {
            let line =
                program.prepare(index, plan.seconds).unwrap_or_else(|error| failed(job, &name, &error));
            if line.error.is_none() {
                ready.push((place, index, name));
            }
            measured.add(line);
        }
    }
    // One that has ended does not come back; the places of those before it stay.
    for place in ended.into_iter().rev() {
        programs.remove(place);
        ready.iter_mut().filter(|r| r.0 > place).for_each(|r| r.0 -= 1);
    }
    ready
}

/// True where a line tells of this job.
pub fn is_of(line: &Line, job: &Job) -> bool {
    (line.workload.as_str(), line.dtype.as_str(), line.threads) == (job.work.name, job.dtype, job.threads)
}

fn failed(job: &Job, peer: &str, error: &anyhow::Error) -> Line {
    Line {
        workload: job.work.name.into(),
        peer: peer.into(),
        dtype: job.dtype.into(),
        threads: job.threads,
        metric: job.work.metric.into(),
        error: Some(format!("{error:#}")),
        ..Line::default()
    }
}

/// Runs `FOLDER/run WORK DTYPE THREADS` beside the data folder and reads its lines of this job.
fn limit(folder: &Path, plan: &Plan, job: &Job) -> Result<Vec<Line>> {
    let program = folder.join("run");
    let words = [program.clone(), job.work.name.into(), job.dtype.into(), job.threads.to_string().into()];
    // The data folder comes last, as with all.
    let recipe = Recipe { words: words.to_vec(), ..Recipe::default() };
    let mut command = recipe.command(job.threads, plan.core, &plan.data());
    let output = command.current_dir(&plan.scratch).output();
    let output = output.with_context(|| format!("{} cannot be run", program.display()))?;
    if !output.status.success() {
        bail!("{} ended with {}", program.display(), output.status);
    }
    let measured = Measured::parse(&String::from_utf8_lossy(&output.stdout))?;
    let mine = measured.lines.into_iter().filter(|line| is_of(line, job));
    Ok(mine.map(|line| Line { limit: true, ..line }).collect())
}
