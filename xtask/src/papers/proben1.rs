//! Files of Proben1 (Prechelt 1994): counts, then rows to train on, to validate and to test.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use whygrad::data::Dataset;

/// A problem with its fixed split.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// The rows to train on.
    pub(super) training: Dataset,
    /// The rows that say when to end.
    pub(super) validation: Dataset,
    /// The rows to test.
    pub(super) test: Dataset,
}

impl Problem {
    /// The net without a hidden layer, with identity outputs and the squared error.
    pub(super) fn linear_model(&self) -> String {
        let (inputs, outputs) = (self.training.input_names.len(), self.training.target_names.len());
        format!("inputs x[{inputs}]\ntargets y[{outputs}]\ny_hat = dense(x, {outputs})\nloss = mse(y_hat, y)")
    }
}

/// Reads a file of `xtask/data/papers`.
pub(super) fn read(file: &str) -> Result<Problem> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/papers").join(file);
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    parse(&text).with_context(|| file.to_owned())
}

fn parse(text: &str) -> Result<Problem> {
    let mut lines = text.lines();
    let mut count = |name: &str| -> Result<usize> {
        let line = lines.next().with_context(|| format!("no line {name}"))?;
        let value = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
        value
            .and_then(|v| v.trim().parse().ok())
            .with_context(|| format!("expected {name}=NUMBER, found {line}"))
    };
    let inputs = count("bool_in")? + count("real_in")?;
    let outputs = count("bool_out")? + count("real_out")?;
    let sizes = [count("training_examples")?, count("validation_examples")?, count("test_examples")?];
    let mut rows = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let row: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        ensure!(row.len() == inputs + outputs, "a row of {} numbers", row.len());
        rows.push(row);
    }
    ensure!(rows.len() == sizes.iter().sum::<usize>(), "{} rows", rows.len());
    let mut rest = rows.as_slice();
    let mut part = |size: usize| {
        let (these, others) = rest.split_at(size);
        rest = others;
        let names = |letter: char, width: usize| (1..=width).map(|k| format!("{letter}{k}")).collect();
        Dataset {
            inputs: these.iter().flat_map(|row| row[..inputs].to_vec()).collect(),
            targets: these.iter().flat_map(|row| row[inputs..].to_vec()).collect(),
            rows: size,
            input_names: names('x', inputs),
            target_names: names('y', outputs),
        }
    };
    Ok(Problem { training: part(sizes[0]), validation: part(sizes[1]), test: part(sizes[2]) })
}
