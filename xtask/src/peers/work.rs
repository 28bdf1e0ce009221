//! The work that is measured: nets, data, rates and what is counted.

/// How a step is made of a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Update {
    /// θ ← θ - η g
    GradientDescent,
    /// v ← 0.9 v + g, θ ← θ - η v
    Momentum,
    /// Adam with 0.9, 0.999 and 1e-8.
    Adam,
}

/// One kind of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Work {
    /// Its name in lines.
    pub name: &'static str,
    /// What it is, for the page.
    pub title: &'static str,
    /// The net in one word.
    pub net: &'static str,
    /// Its loss by name.
    pub loss: &'static str,
    /// The learning rate.
    pub rate: f64,
    /// How a step is made.
    pub update: Update,
    /// Rows of a batch; all where there is none.
    pub batch: Option<usize>,
    /// How many nets are trained at once.
    pub nets: usize,
    /// What is counted.
    pub metric: &'static str,
    /// After what the losses are compared.
    pub compared: &'static str,
    /// How far two losses may be apart, as a part of the loss, in float64 and float32.
    pub tolerance: (f64, f64),
    /// The types of numbers, and the numbers of threads of each.
    pub runs: &'static [(&'static str, &'static [usize])],
}

/// Nets of W3.
pub const NETS: usize = 100_000;
/// Nets of W3 of which the loss is taken.
pub const NETS_OF_LOSS: usize = 10_000;
/// Epochs after which the losses of W1, W2 and W3 are compared.
pub const EPOCHS: u64 = 1_000;

const BOTH: &[(&str, &[usize])] = &[("float64", &[1]), ("float32", &[1])];

/// All kinds.
pub const WORKS: &[Work] = &[
    Work {
        name: "W1",
        title: "one XOR net, 2-2-1 sigmoid, full batch",
        net: "2-2sigmoid-1sigmoid",
        loss: "mse",
        rate: 0.5,
        update: Update::GradientDescent,
        batch: None,
        nets: 1,
        metric: "epochs/s",
        compared: "1,000 epochs",
        tolerance: (1e-6, 1e-4),
        runs: BOTH,
    },
    Work {
        name: "W2",
        title: "XOR with 32 hidden relu units, full batch",
        net: "2-32relu-1sigmoid",
        loss: "mse",
        rate: 1.5,
        update: Update::GradientDescent,
        batch: None,
        nets: 1,
        metric: "epochs/s",
        compared: "1,000 epochs",
        tolerance: (1e-6, 1e-4),
        runs: BOTH,
    },
    Work {
        name: "W3",
        title: "100,000 XOR nets at once, 2-2-1 sigmoid, full batch",
        net: "2-2sigmoid-1sigmoid",
        loss: "mse",
        rate: 0.5,
        update: Update::GradientDescent,
        batch: None,
        nets: NETS,
        metric: "net-epochs/s",
        compared: "1,000 epochs (mean of the first 10,000 nets)",
        tolerance: (1e-6, 1e-4),
        runs: &[("float32", &[1, 2]), ("float64", &[1, 2])],
    },
    Work {
        name: "W4",
        title: "8-64-64-1 relu, 20,000 rows, Adam, batches of 32",
        net: "8-64relu-64relu-1",
        loss: "mse",
        rate: 1e-3,
        update: Update::Adam,
        batch: Some(32),
        nets: 1,
        metric: "samples/s",
        compared: "one epoch",
        tolerance: (1e-6, 2e-3),
        runs: &[("float32", &[1])],
    },
    Work {
        name: "W5s",
        title: "784-128-10 relu, cross-entropy, 59,904 rows, momentum, batches of 128",
        net: "784-128relu-10",
        loss: "cross_entropy_from_logits",
        rate: 0.005,
        update: Update::Momentum,
        batch: Some(128),
        nets: 1,
        metric: "samples/s",
        compared: "one epoch",
        tolerance: (1e-6, 1e-3),
        runs: &[("float32", &[1])],
    },
    Work {
        name: "W5",
        title: "784-512-512-10 relu, cross-entropy, 59,904 rows, momentum, batches of 128",
        net: "784-512relu-512relu-10",
        loss: "cross_entropy_from_logits",
        rate: 0.005,
        update: Update::Momentum,
        batch: Some(128),
        nets: 1,
        metric: "samples/s",
        compared: "one epoch",
        tolerance: (1e-6, 1e-3),
        runs: &[("float32", &[1, 2])],
    },
];

impl Work {
    /// The work of this name.
    pub fn named(name: &str) -> Option<&'static Work> {
        WORKS.iter().find(|work| work.name == name)
    }

    /// How far two losses may be apart, as a part of the loss.
    pub fn tolerance_in(&self, dtype: &str) -> f64 {
        if dtype == "float64" { self.tolerance.0 } else { self.tolerance.1 }
    }

    /// The sizes of its layers, inputs first.
    pub fn sizes(&self) -> Vec<usize> {
        let digits = |part: &str| part.trim_end_matches(char::is_alphabetic).parse().unwrap_or(0);
        self.net.split('-').map(digits).collect()
    }
}

/// One table of the page: a work in one type of numbers on so many threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// The work.
    pub work: &'static Work,
    /// `float64` or `float32`.
    pub dtype: &'static str,
    /// How many threads may be used.
    pub threads: usize,
}

/// All jobs, those with one thread first.
pub fn jobs() -> Vec<Job> {
    let mut jobs: Vec<Job> = WORKS
        .iter()
        .flat_map(|work| work.runs.iter().map(move |run| (work, run)))
        .flat_map(|(work, (dtype, threads))| threads.iter().map(move |&threads| Job { work, dtype, threads }))
        .collect();
    jobs.sort_by_key(|job| job.threads);
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_of_the_layers_stand_in_the_name() {
        let sizes: Vec<_> = WORKS.iter().map(Work::sizes).collect();
        assert_eq!(sizes[1], [2, 32, 1]);
        assert_eq!(sizes[5], [784, 512, 512, 10]);
    }

    #[test]
    fn one_thread_comes_first_and_each_job_once() {
        let jobs = jobs();
        assert_eq!(jobs.len(), 12);
        assert!(jobs.is_sorted_by_key(|job| job.threads));
    }
}
