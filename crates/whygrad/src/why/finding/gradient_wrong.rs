//! A gradient of the person's own that is wrong.
//!
//! Descent along anything but the gradient has no reason to end where the loss is low. The derived gradient is compared
//! with the given one (`check`), the components that differ are named, and where the numbers fit one mistake, it is
//! named too. What such a step can never do shows along the path: combinations of parameters that it keeps as they are
//! although the true gradient moves them.
//!
//! What to do: let `whygrad check` find the line that is wrong, or train with the derived gradient (`--gradient none`).

mod kept;

use std::sync::Arc;

use serde_json::json;
use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Workspace};

use super::Suspicion;
use crate::check::closure::FnSource;
use crate::check::{self, Answer, Freedom, Probe, Status, Verdict};
use crate::data::Dataset;
use crate::lint::words::number as digits;
use crate::model::Model;
use crate::train::BatchSize;
use crate::why::lab::Change;
use crate::why::report::{Advice, Kind};
use crate::why::rewrite::derived;
use crate::why::scene::Scene;
use crate::why::{Case, Finished};
use kept::kept_fixed;

const EXPLANATION: &str = "The run was made with a gradient that was given, and it is not the derivative of the loss. \
    Steps along it need not lead downhill, and there may be places they can never reach. `whygrad check` names the \
    mistake line by line; without --gradient the derived one is used.";

/// Up to so many parameters the mistake itself is looked for.
const SEARCHED: usize = 2000;
/// So many components are listed.
const SHOWN: usize = 100;

pub(super) fn look(scene: &Scene<'_>) -> Vec<Suspicion> {
    let finished = scene.finished;
    let model = scene.model();
    if !model.own_gradient {
        return vec![];
    }
    let right = derived(model);
    let small = model.program.parameter_count() <= SEARCHED;
    let report = if small { checked(model, &right, scene) } else { Some(compared(model, scene)) };
    let Some(report) = report.filter(|r| r.verdict == Verdict::Wrong) else { return vec![] };
    let wrong: Vec<&check::Component> =
        report.components.iter().filter(|c| c.status == Status::Wrong).collect();
    let factor = common_factor(&report.components);
    let kept = kept_fixed(scene);
    let mut summary = sentence(&wrong, report.components.len(), factor, example(&wrong, scene).as_ref());
    summary.push_str(&named(&report.mistakes));
    if let Some(kept) = kept.first() {
        summary = format!("{summary} Its steps keep {kept} fixed, whatever the data say.");
    }
    // A common factor is another learning rate: it takes a run to say whether that matters.
    let certainty = if factor.is_some() { 0.5 } else { 0.97 };
    let mut suspicion = Suspicion::new(Kind::GradientWrong, certainty, summary, EXPLANATION)
        .with("wrong_components", wrong.iter().take(SHOWN).map(|c| c.name.clone()).collect::<Vec<_>>())
        .with("wrong", wrong.len())
        .with("given", wrong.iter().take(SHOWN).map(|c| json!(c.given)).collect::<Vec<_>>())
        .with("derived", wrong.iter().take(SHOWN).map(|c| json!(c.derived)).collect::<Vec<_>>())
        .with(
            "mistakes",
            report.mistakes.iter().map(|m| json!({"kind": m.kind.name(), "entry": m.entry, "explanation": m.explanation, "certain": m.certain})).collect::<Vec<_>>(),
        );
    if let Some(factor) = factor {
        suspicion = suspicion.with("common_factor", factor);
    }
    if !kept.is_empty() {
        suspicion = suspicion.with("kept_fixed", kept);
    }
    suspicion.proved = factor.is_none();
    suspicion.comes_first = suspicion.proved;
    let case = Case { model: Arc::new(right), ..finished.case.clone() };
    let little = |after: &Finished| !after.is_solved() && after.loss > 0.95 * finished.loss;
    if suspicion.proved && !finished.overflowed() && scene.tried(&case, 0.2).as_ref().is_some_and(little) {
        suspicion.summary.push_str(
            " The comparison proves it; the run shows little of it, because something else holds it as well.",
        );
    }
    suspicion.changes = vec![Change { words: "the derived gradient in place of the given one".into(), case }];
    suspicion.advice = Advice::flags(
        "Train with the derived gradient, or correct yours: whygrad check with --formulas shows the lines that are wrong.",
        &["--gradient", "none"],
    );
    vec![suspicion]
}

/// The given gradient held against the derived one.
fn checked(model: &Model, right: &Model, scene: &Scene<'_>) -> Option<check::Report> {
    let mut source = FnSource(|probe: &Probe| {
        let gradient = given_at(model, &probe.data, &probe.theta);
        Answer { gradient: gradient.into_iter().map(Some).collect(), loss: None }
    });
    let case = &scene.finished.case;
    // Only what the run met counts: a constant that is right for this number of rows alone is right here.
    let (data, freedom) = match case.options.batch {
        BatchSize::Rows(n) if n < case.data.rows => {
            (case.data.select(&(0..n).collect::<Vec<_>>()), Freedom::FixedRows)
        }
        _ => ((*case.data).clone(), Freedom::FixedData),
    };
    let options = check::Options {
        data: Some(data),
        freedom,
        point: Some(case.start.clone()),
        learning_rate: Some(case.options.learning_rate),
        ..check::Options::default()
    };
    check::check(right, &mut source, &options).ok()
}

/// The given gradient of a large net held against the derived one at the start alone, without a name for the mistake.
fn compared(model: &Model, scene: &Scene<'_>) -> check::Report {
    let start = &scene.finished.case.start;
    let derived = scene.gradient_at(start);
    let given = given_at(model, &scene.finished.case.data, start);
    let largest = derived.iter().map(|g| g.abs()).fold(0.0, f64::max);
    let names = model.program.parameters.iter().flat_map(|p| (0..p.len()).map(move |k| p.entry_name(k)));
    let component = |((name, given), derived): ((String, f64), f64)| {
        let differs = (given - derived).abs() > 1e-7 * largest.max(1e-12);
        check::Component {
            name,
            status: if differs { Status::Wrong } else { Status::Right },
            probe: 0,
            given: Some(given),
            derived,
            complex_step: None,
            difference: None,
            noise: 0.0,
            interval: None,
            relative_error: None,
        }
    };
    let components: Vec<_> = names.zip(given).zip(derived).map(component).collect();
    let wrong = components.iter().any(|c| c.status == Status::Wrong);
    check::Report {
        verdict: if wrong { Verdict::Wrong } else { Verdict::Right },
        components,
        mistakes: vec![],
        marks: vec![],
        loss: check::LossStatus::NotGiven,
        precision: check::Precision::Double,
        notes: vec![],
        probes: vec![],
    }
}

/// The gradient as it was given.
fn given_at(model: &Model, data: &Dataset, theta: &[f64]) -> Vec<f64> {
    let plan = Plan::of_gradient(&model.program);
    let mut space = Workspace::new(&plan);
    space.load(&plan, &Batch { inputs: &data.inputs, targets: &data.targets, rows: data.rows });
    space.run(&plan, theta);
    let mut gradient = vec![0.0; theta.len()];
    for (index, p) in model.program.parameters.iter().enumerate() {
        space.copy_output(&plan, index + 1, &mut gradient[p.offset..p.offset + p.len()]);
    }
    gradient
}

/// The positive factor between the given and the derived gradient, where all components have the same.
fn common_factor(components: &[check::Component]) -> Option<f64> {
    let ratio = |c: &check::Component| {
        let given = c.given?;
        (c.derived != 0.0).then_some(given / c.derived)
    };
    let same_probe = components.iter().all(|c| c.probe == components[0].probe);
    let ratios: Vec<f64> = components.iter().filter(|c| c.derived.abs() > 1e-12).filter_map(ratio).collect();
    let first = *ratios.first()?;
    let close = ratios.iter().all(|r| (r - first).abs() <= 1e-6 * first.abs());
    (same_probe && close && first > 0.0 && ratios.len() > 1 && (first - 1.0).abs() > 1e-9).then_some(first)
}

fn sentence(
    wrong: &[&check::Component],
    all: usize,
    factor: Option<f64>,
    example: Option<&(String, f64, f64)>,
) -> String {
    if let Some(factor) = factor {
        return format!(
            "The given gradient is {} times the derivative of the loss, in every component.",
            digits(factor)
        );
    }
    let names: Vec<&str> = wrong.iter().take(6).map(|c| c.name.as_str()).collect();
    let more = if wrong.len() > names.len() {
        format!(" and {} more", wrong.len() - names.len())
    } else {
        String::new()
    };
    let who = if wrong.len() == all && all > 6 {
        "every component".into()
    } else {
        format!("{}{more}", names.join(", "))
    };
    let mut text = format!("The given gradient is wrong at {who}");
    if let Some((name, given, derived)) = example {
        let (given, derived) = (digits(*given), digits(*derived));
        text = format!(
            "{text} (at the starting values it says {given} for {name}, where the derivative is {derived})"
        );
    }
    text + "."
}

/// The wrong component that is farthest from its derivative at the starting values, on all rows, with both: numbers that
/// can be computed again.
fn example(wrong: &[&check::Component], scene: &Scene<'_>) -> Option<(String, f64, f64)> {
    let case = &scene.finished.case;
    let (given, derived) = (given_at(scene.model(), &case.data, &case.start), scene.gradient_at(&case.start));
    let parameters = &case.model.program.parameters;
    let names = parameters.iter().flat_map(|p| (0..p.len()).map(|k| (p.offset + k, p.entry_name(k))));
    let off = |k: usize| (given[k] - derived[k]).abs();
    let farthest = names
        .filter(|(k, name)| off(*k).is_finite() && wrong.iter().any(|c| &c.name == name))
        .max_by(|a, b| off(a.0).total_cmp(&off(b.0)))?;
    let (k, name) = farthest;
    (off(k) > 1e-6 * derived[k].abs()).then(|| (name, given[k], derived[k]))
}

/// The mistakes of the likeliest reading, in a sentence.
fn named(mistakes: &[check::Mistake]) -> String {
    let Some(first) = mistakes.iter().find(|m| m.certain).or(mistakes.first()) else { return String::new() };
    // Mistakes of one option are there together, and so are the certain ones of other groups.
    let with_it = |m: &&check::Mistake| {
        let together = m.group == first.group && m.option == first.option;
        together || (m.group != first.group && m.certain == first.certain && m.option == 0)
    };
    let mut texts: Vec<&str> = Vec::new();
    for mistake in mistakes.iter().filter(with_it) {
        let text = mistake.explanation.trim_end_matches('.');
        if !texts.contains(&text) && texts.len() < 3 {
            texts.push(text);
        }
    }
    let sure = if first.certain { "What is wrong" } else { "What may be wrong" };
    format!(" {sure}: {}.", texts.join("; and "))
}

#[cfg(test)]
mod tests;
