//! `whygrad examples`

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use whygrad::data::builtin;
use whygrad::examples::{self, EXAMPLES};
use whygrad::train::Stepping;
use whygrad::train::schedule::Schedule;

use crate::output;

/// What `examples` takes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  whygrad examples                 list what is built in: models, data, optimisers, schedules
  whygrad examples xor             print one model
  whygrad examples xor --to mine   write mine/xor.model")]
pub(crate) struct Arguments {
    /// A built-in model
    name: Option<String>,
    /// Copy it into this folder
    #[arg(long, value_name = "DIR", requires = "name")]
    to: Option<PathBuf>,
}

pub(crate) fn run(a: &Arguments) -> anyhow::Result<()> {
    let Some(name) = &a.name else { return output::data(&list()) };
    let Some(example) = examples::find(name) else {
        let names: Vec<&str> = EXAMPLES.iter().map(|e| e.name).collect();
        bail!("there is no built-in model '{name}'; there are {}", names.join(", "));
    };
    let Some(folder) = &a.to else { return output::data(example.text) };
    let file = folder.join(format!("{name}.model"));
    if file.exists() {
        bail!("{} exists already; choose another folder with --to", file.display());
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(&file, example.text).with_context(|| format!("cannot write {}", file.display()))?;
    output::say(&format!("written to {}", file.display()));
    output::say(&format!("try: whygrad train {} --data {}", file.display(), example.data));
    Ok(())
}

fn list() -> String {
    let mut text = String::from("Models (whygrad train NAME, whygrad derive NAME):\n");
    for e in EXAMPLES {
        let _ = writeln!(text, "  {:<13} {}", e.name, e.what);
    }
    text.push_str("\nData (--data NAME):\n");
    for (name, what) in builtin::list() {
        let _ = writeln!(text, "  {name:<13} {what}");
    }
    text.push_str("\nOptimisers (--optimiser NAME), with the settings they have where none are given:\n");
    for stepping in Stepping::all() {
        let _ = writeln!(text, "  {stepping}");
    }
    text.push_str("\nSchedules (--schedule NAME); each takes warm-up=EPOCHS as well:\n");
    for schedule in Schedule::all() {
        let _ = writeln!(text, "  {schedule}");
    }
    text
}
