//! Endings in sentences.

use whygrad_expr::arena::Term;

use whygrad_expr::program::Named;

use crate::model::{Logits, Model};
use crate::train::{Run, StopReason};

/// A term in the model's own words.
pub fn term_text(model: &Model, term: Term) -> String {
    use whygrad_expr::print::{Names, Notation, expression};
    let mut names = Names::new();
    // The shared terms of the gradient, t1, t2, ..., mean nothing to who has not seen the derivation.
    let shared = |name: &str| name.strip_prefix('t').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let own = |named: &Named| model.definitions.iter().any(|d| d.name == named.name);
    for named in model.naming.all().iter().filter(|named| own(named) || !shared(&named.name)) {
        names.insert(named.term, &named.name);
    }
    expression(&model.program.arena, term, &names, Notation::Text)
}

/// Why a run ended, in one sentence.
pub fn stop_sentence(model: &Model, run: &Run) -> String {
    let epochs = |n: u64| format!("{n} epoch{}", if n == 1 { "" } else { "s" });
    match &run.stop {
        StopReason::Epochs => format!("all {} are done", epochs(run.epoch)),
        StopReason::TargetLoss { target } => {
            format!("the loss reached {target} after {}", epochs(run.epoch))
        }
        StopReason::SmallestChange { limit, largest } => format!(
            "no parameter moved by more than {limit} in epoch {} (the largest change was {largest:.3e})",
            run.epoch
        ),
        StopReason::GradientNorm { limit, reached } => {
            format!("the gradient's norm {reached:.3e} is at most {limit} after {}", epochs(run.epoch))
        }
        StopReason::AllRight => format!("every row is on the right side after {}", epochs(run.epoch)),
        StopReason::Within { limit } => {
            format!("every output is within {limit} of its target after {}", epochs(run.epoch))
        }
        StopReason::LeftDomain { parameter } => {
            format!(
                "{parameter} left its domain after {}; shorter steps may keep it inside",
                epochs(run.epoch)
            )
        }
        StopReason::Overflow(overflow) => {
            let place = overflow.term.map_or_else(String::new, |t| {
                let row = overflow.row.map_or_else(String::new, |r| format!(" in row {r}"));
                format!(": {} is not finite{row}", term_text(model, t))
            });
            if overflow.epoch == 0 {
                return format!(
                    "the starting values give no finite loss or gradient{place}; start elsewhere, with --init or --seed"
                );
            }
            format!(
                "the numbers overflowed in epoch {}{place}; the parameters of epoch {} are kept",
                overflow.epoch, run.epoch
            )
        }
        StopReason::Stationary => {
            format!("the gradient is exactly 0 after {}, so that there is no step to make", epochs(run.epoch))
        }
        StopReason::NoDecrease => format!(
            "no step makes the loss smaller after {}: rounding hides what is left to gain, or there is a kink",
            epochs(run.epoch)
        ),
        StopReason::Interrupted => {
            format!("stopped by you after {}; what was reached is kept", epochs(run.epoch))
        }
    }
}

/// When a row counts as right, in symbols.
pub fn rule_of_right(model: &Model) -> &'static str {
    match model.logits {
        None => "|output - target| < 0.5",
        Some(Logits::Binary) => "|sigmoid(output) - target| < 0.5",
        Some(Logits::Classes) => "|softmax(output) - target| < 0.5",
    }
}
