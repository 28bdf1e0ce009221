//! `cargo xtask`: reads the arguments and starts a task.

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks for those who work on whygrad")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// How many planted causes of failed runs `whygrad why` names
    Causes(xtask::causes::Arguments),
    /// How many planted mistakes `whygrad check` names
    Mistakes(xtask::mistakes::Arguments),
    /// Figures of papers: published, re-run and ours
    Papers(xtask::papers::Arguments),
    /// How fast other programs do the same work, and the page docs/PERFORMANCE.md
    Peers(xtask::peers::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Causes(arguments) => xtask::causes::run(&arguments),
        Task::Mistakes(arguments) => xtask::mistakes::run(&arguments),
        Task::Papers(arguments) => xtask::papers::run(&arguments),
        Task::Peers(arguments) => xtask::peers::run(&arguments),
    }
}
