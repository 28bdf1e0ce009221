//! How this program's time and memory grow with rows, parameters, restarts and threads.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};
use whygrad::random::{Key, Seed, Source};

use super::line::{Line, Measured, OURS};
use super::ours::{Said, Setting};
use super::process::{Program, Recipe};
use super::round::Plan;
use super::work::Update;

/// A curve: its name in lines, what is doubled, the sizes, what is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Its name in lines.
    pub name: &'static str,
    /// What grows, for the axis.
    pub grows: &'static str,
    /// What is trained, for the page.
    pub title: &'static str,
    /// The unit of the repeats.
    pub metric: &'static str,
    /// The first size, the factor, and how many.
    sizes: (u64, u64, usize),
}

/// All curves. Sizes of the second are widths of the two hidden layers; its lines hold parameters.
pub const CURVES: &[Curve] = &[
    Curve {
        name: "growth-rows",
        grows: "rows",
        title: "8-32relu-1, full batch",
        metric: "seconds/epoch",
        sizes: (64, 4, 7),
    },
    Curve {
        name: "growth-parameters",
        grows: "parameters",
        title: "8-h-h-1 relu, 256 rows, full batch, h = 4, 8, ... 256",
        metric: "seconds/epoch",
        sizes: (4, 2, 7),
    },
    Curve {
        name: "growth-restarts",
        grows: "restarts",
        title: "a fleet of XOR nets, 2-2-1 sigmoid",
        metric: "seconds/epoch",
        sizes: (1, 8, 7),
    },
    Curve {
        name: "growth-threads",
        grows: "threads",
        title: "a fleet of 16,384 XOR nets, 2-2-1 sigmoid",
        metric: "net-epochs/s",
        sizes: (1, 2, usize::MAX),
    },
];

impl Curve {
    /// The sizes; threads as many as the machine has.
    pub fn sizes(&self) -> Vec<u64> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
        let most = if self.grows == "threads" { cores } else { u64::MAX };
        let (first, factor, count) = self.sizes;
        std::iter::successors(Some(first), |size| size.checked_mul(factor))
            .take_while(|size| *size <= most)
            .take(count)
            .collect()
    }
}

/// Measures every curve. Each point is a process of its own, so that its memory is its own.
///
/// # Errors
/// Where such a process cannot be started. A point that fails becomes a line with the error.
pub fn run(plan: &Plan, ours: &Recipe, measured: &mut Measured) -> Result<()> {
    for curve in CURVES {
        super::tell(&format!("growth with {}:", curve.grows));
        for size in curve.sizes() {
            let threads = if curve.grows == "threads" { size as usize } else { 1 };
            let command = ours.command(threads, plan.core, &plan.data());
            let mut program = Program::start(command, &plan.scratch.join("growth.messages"))?;
            let question = format!("grow {} {size} {} {}", curve.name, plan.seconds / 2.0, plan.repeats);
            let line: Line = program
                .ask(&question)
                .unwrap_or_else(|error| Line { error: Some(format!("{error:#}")), ..line(curve, size) });
            super::tell(&format!("  {:>10} {:.3e}", line.size.unwrap_or(size), line.median().unwrap_or(0.0)));
            measured.add(line);
        }
    }
    Ok(())
}

fn line(curve: &Curve, size: u64) -> Line {
    Line {
        workload: curve.name.into(),
        peer: OURS.into(),
        dtype: "float64".into(),
        threads: 1,
        metric: curve.metric.into(),
        size: Some(size),
        ..Line::default()
    }
}

/// Answers `grow CURVE SIZE SECONDS REPEATS` in the process that measures.
///
/// # Errors
/// Where there is no such curve, or the net cannot be trained.
pub fn point(name: &str, size: u64, seconds: f64, repeats: usize) -> Result<Line> {
    let Some(curve) = CURVES.iter().find(|curve| curve.name == name) else { bail!("no curve: {name}") };
    let (setting, nets) = match curve.grows {
        "rows" => (setting("8-32relu-1", size as usize, 1)?, 1),
        "parameters" => (setting(&format!("8-{size}relu-{size}relu-1"), 256, 1)?, 1),
        "restarts" => (setting("2-2sigmoid-1sigmoid", 4, 1)?, size as usize),
        _ => (setting("2-2sigmoid-1sigmoid", 4, size as usize)?, 1 << 14),
    };
    let before = peak_bytes();
    let mut stream = Key::from_seed(Seed(11)).stream();
    let bound = if nets > 1 || curve.grows == "restarts" { 3.0 } else { 0.2 };
    let count = setting.parameters();
    let starts: Vec<Vec<f64>> =
        (0..nets).map(|_| (0..count).map(|_| stream.uniform(-bound, bound)).collect()).collect();
    let time = |epochs: u64| {
        let begin = Instant::now();
        let _ = std::hint::black_box(setting.train(&starts, epochs));
        begin.elapsed().as_secs_f64()
    };
    let mut epochs = 1;
    while time(epochs) < seconds / 4.0 {
        epochs *= 4;
    }
    epochs = (epochs as f64 * seconds / time(epochs)).ceil().max(1.0) as u64;
    let each = |_| {
        let seconds = time(epochs);
        if curve.grows == "threads" {
            (epochs * nets as u64) as f64 / seconds
        } else {
            seconds / epochs as f64
        }
    };
    let reps = (0..repeats).map(each).collect();
    let bytes = peak_bytes().zip(before).map(|(after, before)| after.saturating_sub(before));
    let size = if curve.grows == "parameters" { count as u64 } else { size };
    Ok(Line { reps, bytes, ..line(curve, size) })
}

/// The most memory that this process has had, where Linux says it.
fn peak_bytes() -> Option<u64> {
    let text = std::fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// A net on random rows, or XOR's four.
fn setting(net: &str, rows: usize, threads: usize) -> Result<Setting> {
    let (inputs, targets) = if rows == 4 {
        (vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0], vec![0.0, 1.0, 1.0, 0.0])
    } else {
        let mut stream = Key::from_seed(Seed(12)).stream();
        let inputs: Vec<f64> = (0..8 * rows).map(|_| stream.normal(0.0, 1.0)).collect();
        let targets = inputs.chunks(8).map(|x| libm::sin(x.iter().sum())).collect();
        (inputs, targets)
    };
    Setting::new(Said {
        net: net.into(),
        loss: "mse",
        inputs,
        targets,
        rate: if rows == 4 { 0.5 } else { 0.01 },
        update: Update::GradientDescent,
        batch: None,
        dtype: "float64".into(),
        threads,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_of_every_curve_can_be_measured() {
        for curve in CURVES {
            let line = point(curve.name, curve.sizes()[0], 1e-4, 2).unwrap();
            assert_eq!((line.reps.len(), line.workload.as_str()), (2, curve.name));
            assert!(line.median().unwrap() > 0.0);
        }
        assert!(point("growth-nothing", 1, 1e-4, 1).is_err());
    }
}
