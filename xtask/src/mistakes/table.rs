//! The outcomes as Markdown: rates, what was said instead, and the cases that went wrong.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use whygrad::check::Kind;

use super::{All, Outcome};
use crate::planted::{ENTRIES, Entry};

/// Every kind, in the order of the contract.
pub(super) const KINDS: [Kind; 14] = [
    Kind::Sign,
    Kind::ConstantFactor,
    Kind::MissingFactor,
    Kind::ExtraFactor,
    Kind::WrongVariable,
    Kind::SwappedComponents,
    Kind::MissingBias,
    Kind::Transposed,
    Kind::StaleValue,
    Kind::WrongReduction,
    Kind::WrongActivationDerivative,
    Kind::WrongLossDerivative,
    Kind::AccumulationNotReset,
    Kind::Other,
];

/// The page of the book. Times differ from run to run and are left to the screen.
pub(super) fn page(all: &All, command: &str) -> String {
    format!(
        "# How many mistakes are named\n\n\
         Programs that compute the gradient of a random net by hand, with one mistake planted in them, with two or\n\
         with none, are given to `check`. A mistake counts as named where one of the kinds that are right for it is\n\
         among those in the report.\n\n```sh\n{command}\n```\n\n{}",
        tables(all)
    )
}

/// All tables.
pub(super) fn tables(all: &All) -> String {
    let mut text = String::from("| programs | number | verdict wrong | named | kinds in a report |\n");
    text.push_str("|---|--:|--:|--:|--:|\n");
    for (name, outcomes) in
        [("one mistake", &all.singles), ("two mistakes", &all.pairs), ("right", &all.right)]
    {
        let count = outcomes.len();
        let verdicts = outcomes.iter().filter(|o| !o.verdict_is_right()).count();
        let is_named = |o: &&Outcome| if o.planted.is_empty() { o.mistakes > 0 } else { o.all_named() };
        let named = rate(outcomes.iter().filter(is_named).count(), count);
        let kinds: usize = outcomes.iter().map(|o| o.named.len()).sum();
        let mean = kinds as f64 / count.max(1) as f64;
        let _ = writeln!(text, "| {name} | {count} | {verdicts} | {named} | {mean:.2} |");
    }
    text.push_str("\n## By mistake\n\n| mistake | best name | alone | named | in a pair | named |\n");
    text.push_str("|---|---|--:|--:|--:|--:|\n");
    for entry in ENTRIES {
        let ((alone, named), (paired, named_there)) =
            (counted(entry, &all.singles), counted(entry, &all.pairs));
        let (named, named_there) = (rate(named, alone), rate(named_there, paired));
        let kind = entry.kinds[0].name();
        let _ = writeln!(text, "| {} | {kind} | {alone} | {named} | {paired} | {named_there} |", entry.name);
    }
    text.push_str("\n## What was said of one mistake\n\n");
    text.push_str(
        "A row is a planted kind, by its best name; a column a kind that was named. A report may name\n",
    );
    text.push_str("several.\n\n");
    text + &confusion(&all.singles)
}

/// How often an entry was planted, and how often it was named.
fn counted(entry: &Entry, outcomes: &[Outcome]) -> (usize, usize) {
    let planted = |o: &Outcome| o.planted.iter().find(|m| m.entry.slip == entry.slip).map(|m| o.is_named(m));
    let found: Vec<bool> = outcomes.iter().filter_map(planted).collect();
    (found.len(), found.iter().filter(|named| **named).count())
}

fn rate(part: usize, whole: usize) -> String {
    match whole {
        0 => "-".into(),
        _ => format!("{:.1} %", 100.0 * part as f64 / whole as f64),
    }
}

/// Planted kinds against named kinds.
fn confusion(singles: &[Outcome]) -> String {
    let mut counts: BTreeMap<(Kind, Kind), usize> = BTreeMap::new();
    let mut planted_so: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    for outcome in singles {
        let Some(planted) = outcome.planted.first().map(|m| m.entry.kinds[0]) else { continue };
        for named in &outcome.named {
            *counts.entry((planted, *named)).or_default() += 1;
        }
        let (number, nothing) = planted_so.entry(planted).or_default();
        *number += 1;
        *nothing += usize::from(outcome.named.is_empty());
    }
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
    let mut text = format!("| planted | number | {} | nothing |\n", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "--:|".repeat(KINDS.len() + 2));
    for planted in KINDS {
        let Some((number, nothing)) = planted_so.get(&planted) else { continue };
        let cell = |named: &Kind| counts.get(&(planted, *named)).map_or(String::new(), ToString::to_string);
        let cells: Vec<String> = KINDS.iter().map(cell).collect();
        let _ = writeln!(text, "| {} | {number} | {} | {nothing} |", planted.name(), cells.join(" | "));
    }
    text
}

/// How long the checks took.
pub(super) fn times(all: &All) -> String {
    let outcomes = || all.iter();
    let times: Vec<f64> = outcomes().map(|o| o.time.as_secs_f64() * 1e3).collect();
    let mean = times.iter().sum::<f64>() / times.len().max(1) as f64;
    let longest = outcomes().max_by_key(|o| o.time).map_or("none", |o| o.name.as_str());
    let most = times.iter().fold(0.0_f64, |most, time| most.max(*time));
    format!("A check took {mean:.1} ms on average, {most:.1} ms at most ({longest}).\n")
}

/// The cases that went wrong, the false verdicts first.
pub(super) fn worst(all: &All, most: usize) -> String {
    let mut bad: Vec<&Outcome> = all.iter().filter(|o| !o.is_good()).collect();
    bad.sort_by_key(|o| (o.verdict_is_right(), o.planted.len()));
    let mut text = format!("{} cases went wrong", bad.len());
    text.push_str(if bad.is_empty() { ".\n" } else { "; again with --case NAME and the same --seed:\n" });
    for outcome in bad.into_iter().take(most) {
        let planted: Vec<String> = outcome.planted.iter().map(ToString::to_string).collect();
        let planted = if planted.is_empty() { "nothing".into() } else { planted.join(" and ") };
        let named: Vec<&str> = outcome.named.iter().map(|k| k.name()).collect();
        let named = if named.is_empty() { "nothing".into() } else { named.join(", ") };
        let _ = writeln!(text, "\n{}: planted {planted}", outcome.name);
        let _ = writeln!(text, "verdict {:?}, named: {named}\n{}", outcome.verdict, outcome.model.trim_end());
    }
    text
}
