//! One measured thing, as a peer says it: a line of JSON.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// A line. Peers may say more than this; what is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// `W1` to `W5`, `start`, or a growth curve.
    pub workload: String,
    /// Who did it, and how.
    pub peer: String,
    /// `float64` or `float32`.
    #[serde(default)]
    pub dtype: String,
    /// How many threads it might use.
    #[serde(default = "one")]
    pub threads: usize,
    /// What the repeats count, such as `epochs/s`.
    #[serde(default)]
    pub metric: String,
    /// One number a repeat.
    #[serde(default)]
    pub reps: Vec<f64>,
    /// The same by the time of the processor, all threads together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cpu_reps: Vec<f64>,
    /// The loss after the training that all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Why that loss is not to be compared with the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How large the work was, in a growth curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Memory in bytes, beyond what the program needs before the work begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// True for what is no peer but shows how fast the machine could be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub limit: bool,
}

fn one() -> usize {
    1
}

/// The name of this program in the lines.
pub const OURS: &str = "whygrad";

impl Line {
    /// True for this program's own.
    pub fn is_ours(&self) -> bool {
        self.peer == OURS
    }

    /// The middle one of the repeats.
    pub fn median(&self) -> Option<f64> {
        median(&self.reps)
    }

    /// The lowest and the highest repeat.
    pub fn range(&self) -> Option<(f64, f64)> {
        let low = self.reps.iter().copied().reduce(f64::min)?;
        Some((low, self.reps.iter().copied().fold(low, f64::max)))
    }

    /// The same with repeats by the time of the processor, where it was one thread and they are known.
    #[must_use]
    pub fn by_processor(self) -> Line {
        if self.threads == 1 && !self.cpu_reps.is_empty() {
            return Line { reps: self.cpu_reps, cpu_reps: vec![], ..self };
        }
        self
    }

    /// True where both tell of the same work by the same program.
    pub fn is_of(&self, other: &Line) -> bool {
        (&self.workload, &self.peer, &self.dtype, self.threads, self.size)
            == (&other.workload, &other.peer, &other.dtype, other.threads, other.size)
    }
}

/// The middle number, or the mean of the two in the middle; `None` without numbers.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// Under which circumstances was measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The day, such as `2026-01-31`.
    pub date: String,
    /// The processor, its cores and the memory.
    pub machine: String,
    /// What was called.
    pub command: String,
    /// How many repeats were asked for, and how long each lasts in seconds.
    pub repeats: (usize, f64),
    /// Whether programs with one thread were measured by the time of the processor, not by the clock on the wall.
    #[serde(default)]
    pub cpu: bool,
    /// Names and versions of what was measured.
    pub versions: Vec<(String, String)>,
    /// What was not measured, and why.
    pub missing: Vec<(String, String)>,
}

/// Everything that was measured in one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The circumstances.
    pub facts: Facts,
    /// The lines, those of one work and program joined.
    pub lines: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct FactsLine {
    facts: Facts,
}

impl Measured {
    /// Adds a line, or its repeats where there is one of the same work and program.
    pub fn add(&mut self, line: Line) {
        match self.lines.iter_mut().find(|known| known.is_of(&line)) {
            None => self.lines.push(line),
            Some(known) => {
                known.reps.extend(line.reps);
                known.cpu_reps.extend(line.cpu_reps);
                known.loss = known.loss.or(line.loss);
                known.error = known.error.take().or(line.error);
                known.other = known.other.take().or(line.other);
                known.bytes = known.bytes.max(line.bytes);
            }
        }
    }

    /// Reads recorded lines; one of them may hold the facts.
    pub fn parse(text: &str) -> Result<Measured> {
        let mut measured = Measured::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let place = || format!("line {}: {line}", index + 1);
            if let Ok(facts) = serde_json::from_str::<FactsLine>(line) {
                measured.facts = facts.facts;
            } else {
                measured.add(serde_json::from_str(line).with_context(place)?);
            }
        }
        Ok(measured)
    }

    /// The text that [`Measured::parse`] reads.
    pub fn record(&self) -> Result<String> {
        let mut text = serde_json::to_string(&FactsLine { facts: self.facts.clone() })?;
        for line in &self.lines {
            text += "\n";
            text += &serde_json::to_string(line)?;
        }
        Ok(text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_peer_is_read_and_what_is_not_known_is_left_out() {
        let text = r#"{"workload":"W1","peer":"C","dtype":"float64","threads":1,"metric":"epochs/s","reps":[2,4,3],"cpu_reps":[2],"P":9,"loss":0.5}"#;
        let measured = Measured::parse(text).unwrap();
        let line = &measured.lines[0];
        assert_eq!((line.median(), line.range(), line.loss), (Some(3.0), Some((2.0, 4.0)), Some(0.5)));
        assert!(!line.is_ours() && !line.limit);
    }

    #[test]
    fn repeats_of_the_same_work_are_joined_and_others_are_not() {
        let line = |dtype: &str, rep: f64| Line {
            workload: "W1".into(),
            peer: "C".into(),
            dtype: dtype.into(),
            reps: vec![rep],
            ..Line::default()
        };
        let mut measured = Measured::default();
        for (dtype, rep) in [("float64", 1.0), ("float32", 2.0), ("float64", 4.0)] {
            measured.add(line(dtype, rep));
        }
        assert_eq!(measured.lines.len(), 2);
        assert_eq!(measured.lines[0].median(), Some(2.5));
    }

    #[test]
    fn what_is_recorded_is_read_again() {
        let line =
            Line { workload: "W3".into(), peer: "a".into(), threads: 2, loss: Some(0.1), ..Line::default() };
        let facts = Facts { date: "2026-01-31".into(), repeats: (5, 0.25), ..Facts::default() };
        let measured = Measured { facts, lines: vec![line] };
        assert_eq!(Measured::parse(&measured.record().unwrap()).unwrap(), measured);
    }

    #[test]
    fn a_line_that_is_no_line_is_named() {
        let error = Measured::parse("\n{\"workload\":\"W1\"}").unwrap_err();
        assert!(error.to_string().starts_with("line 2:"), "{error}");
    }

    #[test]
    fn by_the_time_of_the_processor_only_one_thread_is_measured() {
        let line = |threads: usize| Line { threads, reps: vec![1.0], cpu_reps: vec![2.0], ..Line::default() };
        assert_eq!([1, 2].map(|threads| line(threads).by_processor().reps), [[2.0], [1.0]]);
        assert_eq!(Line { reps: vec![1.0], threads: 1, ..Line::default() }.by_processor().reps, [1.0]);
    }

    #[test]
    fn without_repeats_there_is_no_median() {
        assert_eq!((median(&[]), Line::default().range()), (None, None));
    }
}
