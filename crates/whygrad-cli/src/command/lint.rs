//! `whygrad lint`

use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;
use whygrad::lint::{Kind, Warning, lint};

use super::train::{self, NetArguments, RunArguments};
use crate::input;
use crate::output;

/// What `lint` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad lint net.model --data points.csv
  whygrad lint 2-1sigmoid --data xor
  whygrad lint xor --lr 1 --init 'constant(0.1)'
Exit status: 0 nothing to say, 1 there are warnings, 2 bad usage.")]
pub(crate) struct Arguments {
    /// A model file, a run folder, a built-in name, a net in one word, or a formula in quotes
    model: String,
    #[command(flatten)]
    net: NetArguments,
    #[command(flatten)]
    run: RunArguments,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<ExitCode> {
    let loaded = a.run.model(&a.model, a.net.loss.clone())?;
    if loaded.model.plain_function {
        bail!("this is a plain function without data, and there is nothing to look at before its first step");
    }
    let data = input::dataset(&loaded, &a.net.data, a.run.seed)?;
    let mut options = a.net.options_in_silence(&a.run, &loaded);
    a.run.steps.settle(&mut options, None)?;
    let start = train::drawn_start(a.net.init.as_deref(), &loaded.model, &mut options)?;
    let warnings = lint(&loaded.model, &data, &options, &start);
    if a.run.json {
        output::json(&json!({ "warnings": warnings }))?;
    } else if warnings.is_empty() {
        if !a.run.quiet {
            output::data("Nothing speaks against training this.\n")?;
        }
    } else {
        let lines: Vec<String> = warnings.iter().map(line).collect();
        output::data(&(lines.join("\n") + "\n"))?;
    }
    Ok(if warnings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Says what is wrong before the first step of a run, but for what was said of the model's text and options already.
pub(super) fn say_before_a_run(warnings: &[Warning]) {
    let said = [Kind::ParameterWithoutEffect, Kind::ColumnWithoutEffect, Kind::BatchTooLarge];
    for warning in warnings.iter().filter(|warning| !said.contains(&warning.kind)) {
        output::say(&format!("warning: {}", line(warning)));
    }
}

fn line(warning: &Warning) -> String {
    let flags =
        if warning.flags.is_empty() { String::new() } else { format!(" ({})", warning.flags.join(" ")) };
    format!("{}: {} {}{flags}", warning.kind.name(), warning.summary, warning.fix)
}
