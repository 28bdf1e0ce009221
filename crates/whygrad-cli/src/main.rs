//! The `whygrad` command: each verb is a thin translation of one function of the library.
//!
//! Prose goes to standard error, data to standard output. Exit status: 0 done, 1 a negative
//! answer, 2 bad usage or bad input, 130 interrupted before there was a result.

// The comments on arguments are the help that people read in a terminal.
#![allow(clippy::doc_markdown)]

mod command;
mod input;
mod output;
mod progress;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use whygrad::report::PictureError;

/// The workbench for gradient-based learning of small neural networks.
#[derive(Parser)]
#[command(name = "whygrad", version, about, after_help = EXAMPLES, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  whygrad train xor                            train a built-in model and look at it
  whygrad train xor --optimiser lm             by another optimiser
  whygrad derive 2-2sigmoid-1                  the gradient of a net in one word
  whygrad derive net.model --format latex      the gradient of your own formula
  whygrad train net.model --data points.csv    train on your own data
  whygrad why runs/xor-1                       why a run does not converge, with proof
  whygrad odds xor --restarts 1000             how often it learns, and how fast
  whygrad minimize 'x^4 - 3*x^3 + 2' --start x=4 --lr 0.01 --tol 1e-5
  whygrad check net.model --formulas mine.txt  is the gradient you wrote right?
  whygrad examples                             what is built in";

#[derive(Subcommand)]
enum Command {
    /// The gradient of a model, in symbols or as a program
    Derive(command::derive::Arguments),
    /// Train a model
    Train(command::train::Arguments),
    /// Why a run does not converge: the cause, and the run that proves it
    Why(command::why::Arguments),
    /// A picture of a run: curves, surfaces, hidden units, trajectories, the net
    Plot(command::plot::Arguments),
    /// The loss over a plane through the parameters, with the path of a run
    Landscape(command::landscape::Arguments),
    /// One document of a run: model, gradient, data, pictures, verdict, and what makes it again
    Report(command::report::Arguments),
    /// What cannot work, said before the first step
    Lint(command::lint::Arguments),
    /// How often a model solves its data from random starts, how fast, and where it ends otherwise
    Odds(command::odds::Arguments),
    /// Loss, predictions and wrong rows of a model at given parameters
    Eval(command::eval::Arguments),
    /// Descend on a plain function, with the path
    #[command(alias = "minimise")]
    Minimize(command::minimize::Arguments),
    /// Is your gradient right? If not, which component is wrong, and what the mistake is
    Check(command::check::Arguments),
    /// List the built-in models, data sets, optimisers and schedules, or copy a model to a folder
    Examples(command::examples::Arguments),
    /// Print completions for a shell
    Completions {
        /// bash, zsh, fish, elvish or powershell
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Derive(a) => command::derive::run(&a),
        Command::Train(a) => command::train::run(&a),
        Command::Why(a) => command::why::run(&a),
        Command::Plot(a) => command::plot::run(&a),
        Command::Landscape(a) => command::landscape::run(&a),
        Command::Report(a) => command::report::run(&a),
        Command::Odds(a) => command::odds::run(&a),
        Command::Eval(a) => command::eval::run(&a),
        Command::Minimize(a) => command::minimize::run(&a),
        Command::Check(a) => match command::check::run(&a) {
            Ok(status) => return status,
            Err(error) => Err(error),
        },
        Command::Lint(a) => match command::lint::run(&a) {
            Ok(status) => return status,
            Err(error) => Err(error),
        },
        Command::Examples(a) => command::examples::run(&a),
        Command::Completions { shell } => {
            let mut definition = <Arguments as clap::CommandFactory>::command();
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut definition, "whygrad", &mut text);
            output::data(&String::from_utf8_lossy(&text))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !output::is_closed_pipe(&error) {
                output::error(&error);
                let interrupted = matches!(error.downcast_ref(), Some(PictureError::Stopped));
                return ExitCode::from(if interrupted { 130 } else { 2 });
            }
            ExitCode::SUCCESS
        }
    }
}
