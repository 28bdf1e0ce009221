//! Answers the questions of `protocol.py` for this program, so that it is measured like everyone else.

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::growth;
use super::line::{Line, OURS};
use super::ours::{Said, Setting};
use super::recipe::{read_classes, read_f32, read_f64};
use super::work::{EPOCHS, Job, NETS_OF_LOSS, Work};

/// A job with its starting values, ready to be repeated.
struct Ready {
    setting: Setting,
    /// The first rows only, where a repeat is shorter than an epoch.
    part: Option<Setting>,
    starts: Vec<Vec<f64>>,
    /// Epochs or batches of a repeat.
    units: u64,
    epochs: u64,
}

/// Reads questions until there are no more.
///
/// # Errors
/// Where a question is none. What goes wrong with the work is said in the answer.
pub fn serve(data: &Path) -> Result<()> {
    let mut job = None;
    let mut ready = None;
    for question in std::io::stdin().lock().lines() {
        let question = question?;
        let words: Vec<&str> = question.split_whitespace().collect();
        let answer = match words.as_slice() {
            ["variants", work, dtype, threads] => {
                job = Some(read(work, dtype, threads)?);
                serde_json::to_string(&[OURS])?
            }
            ["prepare", _, seconds] => {
                let job = job.context("a question before its work")?;
                let (line, prepared) = split(&job, prepare(&job, data, seconds.parse()?));
                ready = prepared;
                serde_json::to_string(&line)?
            }
            ["repeat", _] => {
                let job = job.context("a question before its work")?;
                let ready = ready.as_ref().context("nothing is prepared")?;
                let used = processor();
                let speed = ready.counted(&job) / ready.seconds();
                let used = processor() - used;
                let cpu_reps = if used > 0.0 { vec![ready.counted(&job) / used] } else { vec![] };
                serde_json::to_string(&Line { reps: vec![speed], cpu_reps, ..line(&job) })?
            }
            ["grow", curve, size, seconds, repeats] => {
                let line = growth::point(curve, size.parse()?, seconds.parse()?, repeats.parse()?)?;
                serde_json::to_string(&line)?
            }
            _ => bail!("no question: {question}"),
        };
        let mut output = std::io::stdout().lock();
        writeln!(output, "{answer}").and_then(|()| output.flush())?;
    }
    Ok(())
}

/// Seconds of the processor that this process has used, all threads together.
#[cfg(unix)]
fn processor() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

/// Elsewhere only the clock on the wall is known.
#[cfg(not(unix))]
fn processor() -> f64 {
    0.0
}

fn read(work: &str, dtype: &str, threads: &str) -> Result<Job> {
    let work = Work::named(work).with_context(|| format!("no work: {work}"))?;
    let known = work.runs.iter().find(|run| run.0 == dtype);
    let dtype = known.with_context(|| format!("not in {dtype}"))?.0;
    Ok(Job { work, dtype, threads: threads.parse()? })
}

fn line(job: &Job) -> Line {
    Line {
        workload: job.work.name.into(),
        peer: OURS.into(),
        dtype: job.dtype.into(),
        threads: job.threads,
        metric: job.work.metric.into(),
        ..Line::default()
    }
}

fn split(job: &Job, prepared: Result<(f64, Ready)>) -> (Line, Option<Ready>) {
    match prepared {
        Ok((loss, ready)) => (Line { loss: Some(loss), ..line(job) }, Some(ready)),
        Err(error) => (Line { error: Some(format!("{error:#}")), ..line(job) }, None),
    }
}

fn prepare(job: &Job, data: &Path, seconds: f64) -> Result<(f64, Ready)> {
    let setting = Setting::new(said(job, data)?)?;
    let starts = starts(job.work, data)?;
    let epochs = if job.work.batch.is_some() { 1 } else { EPOCHS };
    let few = &starts[..starts.len().min(NETS_OF_LOSS)];
    let loss = setting.loss(&setting.train(few, epochs)?);
    let mut ready = Ready { setting, part: None, starts, units: 1, epochs: 1 };
    ready.calibrate(job, seconds);
    Ok((loss, ready))
}

impl Ready {
    /// A unit is an epoch, of whole nets, or a batch.
    fn counted(&self, job: &Job) -> f64 {
        let each = job.work.batch.unwrap_or(self.starts.len());
        self.units as f64 * each as f64
    }

    /// The seconds of the epochs. A run in batches also begins and ends with the loss on all rows,
    /// once: what a run of one epoch lasts is taken off one with one more.
    fn seconds(&self) -> f64 {
        let epochs = if self.part.is_some() { 1 } else { self.epochs };
        let setting = self.part.as_ref().unwrap_or(&self.setting);
        let time = |epochs| {
            let begin = Instant::now();
            let _ = std::hint::black_box(setting.train(&self.starts, epochs));
            begin.elapsed().as_secs_f64()
        };
        if setting.has_batches() { (time(epochs + 1) - time(1)).max(1e-9) } else { time(epochs) }
    }

    fn batches(&self, job: &Job) -> u64 {
        job.work.batch.map_or(1, |batch| (self.setting.rows() / batch) as u64)
    }

    /// Finds how many units last so long.
    fn calibrate(&mut self, job: &Job, seconds: f64) {
        loop {
            self.set_units(job, self.units);
            let time = self.seconds();
            if time > seconds / 5.0 {
                let units = (self.units as f64 * seconds / time).round().max(1.0) as u64;
                return self.set_units(job, units);
            }
            self.units *= 4;
        }
    }

    /// Whole epochs where there are enough units, and part of the rows where there are not.
    fn set_units(&mut self, job: &Job, units: u64) {
        let batches = self.batches(job);
        self.part = None;
        self.epochs = (units / batches).max(1);
        self.units = self.epochs * batches;
        if let Some(batch) = job.work.batch.filter(|_| units < batches) {
            self.part = Some(self.setting.with_rows(units as usize * batch));
            self.units = units;
        }
    }
}

/// The net and the rows of a job.
fn said(job: &Job, data: &Path) -> Result<Said> {
    let work = job.work;
    let (inputs, targets) = match work.name {
        "W4" => (read_f64(data, "w4_x")?, read_f64(data, "w4_y")?),
        "W5s" | "W5" => {
            let classes = read_classes(data)?;
            let rows = work.batch.map_or(classes.len(), |batch| classes.len() / batch * batch);
            let mut inputs = read_f32(data, "w5_x")?;
            inputs.truncate(rows * 784);
            let one = |class: &i64| (0..10).map(|k| f64::from(k == *class)).collect::<Vec<f64>>();
            (inputs, classes[..rows].iter().flat_map(one).collect())
        }
        _ => (vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], vec![0.0, 1.0, 1.0, 0.0]),
    };
    Ok(Said {
        net: work.net.into(),
        loss: work.loss,
        inputs,
        targets,
        rate: work.rate,
        update: work.update,
        batch: work.batch,
        dtype: job.dtype.into(),
        threads: job.threads,
    })
}

/// The starting values of each net, in the order of the model: weights row by row, then biases, layer by layer.
fn starts(work: &Work, data: &Path) -> Result<Vec<Vec<f64>>> {
    match work.name {
        "W1" | "W2" => Ok(vec![read_f64(data, &work.name.to_lowercase())?]),
        "W3" => {
            let all = read_f64(data, "w3")?;
            let nets = all.len() / 9;
            Ok((0..nets).map(|net| (0..9).map(|k| all[k * nets + net]).collect()).collect())
        }
        _ => {
            let name = work.name.to_lowercase();
            let mut theta = Vec::new();
            for layer in 0..work.sizes().len() - 1 {
                theta.extend(read_f64(data, &format!("{name}_W{layer}"))?);
                theta.extend(read_f64(data, &format!("{name}_b{layer}"))?);
            }
            Ok(vec![theta])
        }
    }
}
