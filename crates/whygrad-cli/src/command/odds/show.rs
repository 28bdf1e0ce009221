//! What is said of the restarts: in words, as tables, as a document.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use whygrad::model::Model;
use whygrad::odds::Tally;
use whygrad::odds::sweep::{Factor, Setting, Sweep, Value};
use whygrad::report::{
    self, Screen, grouped, odds_json, odds_line, odds_text, replays_text, settings_json, settings_text,
};
use whygrad::train::{FleetOptions, FleetProgress, Options, Solved};

use super::course::{Done, Stopped};
use super::{Arguments, choices, replay};
use crate::output;

/// What will be done, in a line.
pub(super) fn plan(a: &Arguments, sweeps: &[Sweep], model: &Model) -> String {
    let rule = match a.solved() {
        Solved::Within(0.5) => report::rule_of_right(model).to_owned(),
        Solved::Within(distance) => report::rule_of_right(model).replace("0.5", &output::number(distance)),
        Solved::TargetLoss(loss) => format!("loss <= {}", output::number(loss)),
        Solved::Never => "never".to_owned(),
    };
    let restarts = match (a.restarts, &a.until) {
        (None, Some(_)) => "restarts until one is solved".to_owned(),
        _ => format!("{} restart{}", grouped(a.restarts()), if a.restarts() == 1 { "" } else { "s" }),
    };
    let swept = sweeps.iter().map(|sweep| {
        let (count, name) = (sweep.values.len(), sweep.setting.name());
        format!("{count} value{} of {name}", if count == 1 { "" } else { "s" })
    });
    let each: Vec<String> = swept.collect();
    let each = if each.is_empty() { String::new() } else { format!(" for each of {}", each.join(" and ")) };
    let end = if a.no_early_stop { " at its end" } else { "" };
    format!("{restarts}{each}; a net is solved when {rule}{end}")
}

/// The document on standard output.
pub(super) fn document(a: &Arguments, sweeps: &[Sweep], first: &FleetOptions, done: &Done) -> Json {
    let mut document = odds_json(done.total(), done.taken, &|restart| replay::restart(a, &[], restart));
    document["stopped"] = json!(done.stopped().map(Stopped::name));
    document["solved_when"] = choices::rule(first.solved);
    document["early_stop"] = json!(first.early_stop);
    document["options"] = json!(Options { threads: a.run.threads(), ..first.options.clone() });
    if done.stopped() == Some(Stopped::Solved) {
        // Where one solved net was waited for, no rate follows.
        (document["rate"], document["interval"]) = (Json::Null, Json::Null);
    }
    let cut_off = done.cut_off();
    document["under_way"] = json!(cut_off.map(|nets| json!({"nets": nets.under_way, "epoch": nets.epoch})));
    document["not_counted"] =
        json!(cut_off.map(|nets| json!({"ended": nets.waiting, "solved": nets.waiting_solved})));
    if let (false, Json::Object(fields)) = (sweeps.is_empty(), &mut document) {
        // A restart of several settings is not one net.
        for name in ["best", "slowest", "worst"] {
            fields.remove(name);
        }
        fields.insert("sweep".into(), json!(a.sweep));
        let replayed = |values: &[Value], restart: u64| replay::restart(a, values, restart);
        fields.insert("settings".into(), settings_json(sweeps, done.settings(), &replayed));
        let best = best(done).map(|(values, _)| replay::setting(a, values));
        fields.insert("best_setting".into(), json!(best));
        for sweep in sweeps {
            leave_out(sweep.setting, &mut document["options"]);
        }
    }
    document
}

/// Takes out of the options what is swept, which has no one value.
fn leave_out(setting: Setting, options: &mut Json) {
    let (group, names): (Option<&str>, &[&str]) = match setting {
        Setting::LearningRate => (None, &["learning_rate"]),
        Setting::Init => (None, &["start"]),
        Setting::Batch => (None, &["batch"]),
        Setting::Epochs => (None, &["epochs"]),
        // Without a rate of its own, each has that of its paper.
        Setting::Optimiser => (None, &["optimiser", "method", "learning_rate"]),
        Setting::Momentum => (None, &["optimiser"]),
        Setting::Schedule => (None, &["schedule"]),
        Setting::Loss | Setting::Hidden => (None, &[]),
        Setting::Factor(Factor::WeightDecay) => (Some("gradient"), &["weight_decay"]),
        Setting::Factor(Factor::L1) => (Some("gradient"), &["l1"]),
        Setting::Factor(Factor::L2) => (Some("gradient"), &["l2"]),
        Setting::Factor(Factor::ClipNorm) => (Some("gradient"), &["clip_norm"]),
        Setting::Factor(Factor::ClipValue) => (Some("gradient"), &["clip_value"]),
        Setting::Factor(Factor::SigmoidPrimeOffset) => (Some("backward"), &["sigmoid_prime_offset"]),
        Setting::Factor(Factor::ErrorMargin) => (Some("backward"), &["error_margin"]),
    };
    let place = match group {
        Some(group) => options.get_mut(group),
        None => Some(options),
    };
    if let Some(Json::Object(fields)) = place {
        for name in names {
            fields.remove(*name);
        }
    }
}

/// The text on standard output; what stopped the work goes to standard error.
pub(super) fn text(a: &Arguments, sweeps: &[Sweep], done: &Done) -> String {
    let restarts = done.total().restarts();
    let after = format!("after {} restart{}", grouped(restarts), if restarts == 1 { "" } else { "s" });
    match done.stopped() {
        _ if a.run.quiet => {}
        Some(Stopped::Interrupted) => output::say(&format!("interrupted {after}")),
        Some(Stopped::Solved) => output::say(&format!("stopped {after}: one is solved")),
        Some(Stopped::Budget) => output::say(&format!("the time of --budget is up {after}")),
        None => {}
    }
    let quiet = a.run.quiet;
    let screen = Screen { columns: output::columns(), unicode: output::unicode() };
    let mut text = if let (Some(Stopped::Solved), [first, ..]) = (done.stopped(), done.total().fastest()) {
        first_solved(first.restart, first.epochs, &replay::restart(a, &[], first.restart))
    } else if sweeps.is_empty() && quiet {
        odds_line(done.total(), screen)
    } else if sweeps.is_empty() {
        odds_text(done.total(), screen, &|restart| replay::restart(a, &[], restart))
    } else {
        let painter = if output::colour() { painted } else { plain };
        let mut text = settings_text(sweeps, done.settings(), screen, &painter);
        if let Some((values, tally)) = best(done).filter(|_| !quiet) {
            let named: Vec<String> = sweeps
                .iter()
                .zip(values)
                .map(|(sweep, value)| format!("{} {value}", sweep.setting.name()))
                .collect();
            let rate = 100.0 * tally.rate().unwrap_or_default();
            let _ = writeln!(text, "\nBest: {}, {rate:.1} % solved. In full:", named.join(", "));
            let _ = writeln!(text, "  {}", replay::setting(a, values));
            text.push_str(&replays_text(tally, &|restart| replay::restart(a, values, restart)));
        }
        text
    };
    if quiet {
        return text;
    }
    if let Some(nets) = done.cut_off() {
        text.push_str(&cut_off(&nets));
    }
    let (seconds, epochs) = (done.taken.seconds, done.taken.net_epochs);
    let speed = if seconds > 0.0 { epochs as f64 / seconds } else { 0.0 };
    let (epochs, speed) = (grouped(epochs), grouped(speed.round() as u64));
    let _ = writeln!(text, "\n{epochs} epochs of all nets in {seconds:.3} s, {speed} a second.");
    text
}

/// The net that was looked for.
fn first_solved(restart: u64, epochs: u64, replay: &str) -> String {
    let ending = if epochs == 1 { "" } else { "s" };
    format!(
        "Restart {restart} is solved, after {epochs} epoch{ending}. Others were cut off, so that no rate follows.\n\nTo replay:\n  {replay}\n"
    )
}

/// What is known of nets that were cut off.
fn cut_off(nets: &FleetProgress) -> String {
    let mut text = String::new();
    let count = |number: u64| format!("{number} net{}", if number == 1 { "" } else { "s" });
    if nets.under_way > 0 {
        let _ = write!(text, "\nUnder way: {}, at epoch {} at most.", count(nets.under_way), nets.epoch);
    }
    if nets.waiting > 0 {
        let _ = write!(
            text,
            "\nNot counted: {} that ended sooner than a restart before, {} solved.",
            count(nets.waiting),
            nets.waiting_solved
        );
    }
    text + "\n"
}

/// The setting with the highest rate; of equals the one that needs fewer epochs. `None` while some have no restarts.
fn best<'a>(done: &'a Done) -> Option<&'a (Vec<Value>, Tally)> {
    if !done.is_comparable() {
        return None;
    }
    let solved = done.settings().iter().filter(|(_, tally)| tally.solved() > 0);
    let rank = |tally: &Tally| {
        let epochs = tally.epochs().quantile(0.5).unwrap_or(u64::MAX);
        (tally.rate().unwrap_or_default(), std::cmp::Reverse(epochs))
    };
    solved.reduce(|best, other| {
        let is_better = rank(&other.1).partial_cmp(&rank(&best.1)).is_some_and(std::cmp::Ordering::is_gt);
        if is_better { other } else { best }
    })
}

fn plain(_: f64, text: &str) -> String {
    text.to_owned()
}

/// Colours of the 256 of a terminal from dark violet to yellow, light ones with black letters.
const COLOURS: [u8; 9] = [53, 54, 60, 66, 72, 78, 114, 149, 227];

fn painted(rate: f64, text: &str) -> String {
    let index = ((rate * 8.0).round() as usize).min(8);
    let ink = if index > 3 { 16 } else { 231 };
    format!("\u{1b}[38;5;{ink};48;5;{}m{text}\u{1b}[0m", COLOURS[index])
}
