//! From wrong second derivatives to the mistakes that make them.
//!
//! The hypotheses come in stages, the plain ones first; the search ends with the first stage that has one for all
//! wrong entries. Else those that explain most are taken until nothing is left, or nothing explains the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Mistake;
use super::super::mistake::Kind;
use super::hypotheses::{self, Hypothesis, Parts, Text};
use super::judge::Judged;
use super::match_numbers::{Goals, Scale, scales};
use super::truth::Second;
use super::{What, moved};

/// So many wrong entries of a large net are looked at; the others follow.
const MOST_GOALS: usize = 64;
/// Explanations whose prices differ by no more than this exclude each other.
const CLOSE: f64 = 0.3;
/// The most explanations of the same numbers that are listed.
const MOST_OPTIONS: usize = 4;

/// An explanation of some entries.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) text: Text,
    pub(super) goals: BTreeSet<usize>,
}

/// The mistakes that reproduce the wrong entries at every question.
pub(super) fn explain(second: &Second<'_>, judged: &Judged) -> Vec<Mistake> {
    let size = judged.asked.first().map_or(0, |a| a.wrong.len());
    let wrong: BTreeSet<usize> = (0..size).filter(|&k| judged.asked.iter().any(|a| a.wrong[k])).collect();
    if let Some(found) = moved::accumulated(judged, &wrong) {
        return report(second, judged, &wrong, &wrong, vec![vec![found]], &BTreeSet::new());
    }
    let step = wrong.len().div_ceil(MOST_GOALS).max(1);
    let goals = Goals::new(judged, wrong.iter().copied().step_by(step).collect());
    let mut found = Vec::new();
    for stage in [plain, of_derivation, of_functions] {
        found.extend(stage(second, &goals));
        if found.iter().any(|f| f.goals.len() == goals.wrong.len()) {
            break;
        }
    }
    let (mut steps, mut left) = cover(&found, &goals.wrong);
    if !left.is_empty() {
        let more = moved::elsewhere(second, &goals, &left);
        let (others, rest) = cover(&more, &left);
        steps.extend(others);
        left = rest;
    }
    report(second, judged, &wrong, &goals.wrong, steps, &left)
}

/// Factors of the truth, entries left out, entries at other places.
fn plain(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let mut all = scales();
    let asked = &goals.judged.asked;
    let ratio = moved::ratio(goals).filter(|_| goals.wrong.len() * goals.places.len() >= 4);
    let usual =
        |factor: f64| all.iter().any(|s| s.rows == 0 && (factor - s.factor).abs() <= 1e-6 * factor.abs());
    let ratio = ratio.filter(|&factor| factor != 1.0 && !usual(factor));
    all.extend(ratio.map(|factor| Scale { factor, rows: 0 }));
    let truth = |place: usize, _: &[usize]| vec![asked[place].truth.value.clone()];
    let explained = goals.explained(1, &all, truth);
    let mut found: Vec<Found> = Vec::new();
    for (scale, entries) in explained.into_iter().flatten().filter(|(s, _)| *s != Scale::ONE) {
        found.push(Found { text: scaled_text(scale), goals: entries });
    }
    found.extend(moved::left_out(second, goals));
    found.extend(moved::permuted(second, goals));
    if goals.judged.what == What::Product {
        found.extend(moved::of_vector(second, goals));
    }
    found
}

/// Parts of the derivation left out or alone.
fn of_derivation(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let mut whole = second.clone();
    let first = hypotheses::of_gradient(&mut whole, goals.judged.what);
    let mut found = held(&whole, goals, first);
    found.extend(moved::slope_on_diagonal(second, goals));
    if let Some(mut parts) = Parts::new(second) {
        let mut more = parts.of_parts();
        more.extend(parts.fisher());
        found.extend(held(&parts.second, goals, more));
    }
    found
}

/// Wrong second derivatives of activations; other losses.
fn of_functions(second: &Second<'_>, goals: &Goals<'_>) -> Vec<Found> {
    let Some(mut parts) = Parts::new(second) else { return vec![] };
    let mut all = parts.activations();
    all.extend(parts.other_losses());
    held(&parts.second, goals, all)
}

/// Those of some hypotheses that explain wrong entries, also with a factor; of those that are the same one.
fn held(second: &Second<'_>, goals: &Goals<'_>, hypotheses: Vec<Hypothesis>) -> Vec<Found> {
    let all = scales();
    let explained = goals.explained(hypotheses.len(), &all, |place, alive| {
        let terms: Vec<&[_]> = alive.iter().map(|&h| &hypotheses[h].terms[..]).collect();
        goals.of_terms(second, &terms, place)
    });
    let mut found: Vec<Found> = Vec::new();
    for (hypothesis, by_scale) in hypotheses.into_iter().zip(explained) {
        for (scale, entries) in by_scale {
            let mut text = hypothesis.text.clone();
            if scale != Scale::ONE {
                let by = scale_name(scale);
                text.what = format!("{}, and a factor {by} besides", text.what);
                text.given = format!("{by} * ({})", text.given);
                text.price += 0.5;
            }
            found.push(Found { text, goals: entries });
        }
    }
    found
}

fn scale_name(scale: Scale) -> String {
    let size = match scale.factor.abs() {
        0.5 => "1/2".to_owned(),
        0.25 => "1/4".to_owned(),
        whole if whole.fract() == 0.0 => format!("{whole}"),
        other => format!("{other:.6}"),
    };
    let minus = if scale.factor < 0.0 { "-" } else { "" };
    let rows = match scale.rows {
        1 => "n",
        -1 => "1/n",
        -2 => "1/n^2",
        _ => "",
    };
    match (size.as_str(), rows) {
        (_, "") => format!("{minus}{size}"),
        ("1", rows) => format!("{minus}{rows}"),
        (size, rows) => format!("{minus}{size} * {rows}"),
    }
}

/// The true entries times a factor.
fn scaled_text(scale: Scale) -> Text {
    let by = scale_name(scale);
    let (kind, price, what, why) = if scale == (Scale { factor: -1.0, rows: 0 }) {
        (
            Kind::Sign,
            1.0,
            "the sign is wrong".to_owned(),
            "The second derivative keeps the sign of each factor.",
        )
    } else if scale.rows != 0 {
        let what =
            format!("a factor {by}: a sum over the rows stands for their mean, or the other way round");
        let odd = if scale.factor == 1.0 { 0.0 } else { 0.4 };
        (Kind::WrongReduction, 1.1 + odd, what, "A Hessian is reduced over the rows as its loss is.")
    } else {
        let usual = [2.0, 0.5].contains(&scale.factor);
        let price = if usual { 1.0 } else { 1.3 };
        let why = "Of a square, the 2 stays in the second derivative unless the loss has 1/2 in front of it.";
        (
            Kind::ConstantFactor,
            price,
            format!("a factor {by} that the Hessian of this loss does not have"),
            why,
        )
    };
    let entry = match kind {
        Kind::Sign => "sign",
        Kind::WrongReduction => "sum-for-mean",
        _ => "constant-factor",
    };
    Text { kind, entry, price, what, why, given: format!("{by} * d2L"), right: "d2L".to_owned() }
}

/// Explanations until all is explained or nothing explains the rest: each with those that exclude it.
fn cover(found: &[Found], goals: &BTreeSet<usize>) -> (Vec<Vec<Found>>, BTreeSet<usize>) {
    let (mut steps, mut left) = (Vec::new(), goals.clone());
    loop {
        let share = |f: &Found| f.goals.intersection(&left).count();
        let most = found.iter().map(share).max().unwrap_or(0);
        if most == 0 {
            return (steps, left);
        }
        let mut best: Vec<&Found> = found.iter().filter(|f| share(f) == most).collect();
        best.sort_by(|a, b| a.text.price.total_cmp(&b.text.price));
        let own: BTreeSet<usize> = best[0].goals.intersection(&left).copied().collect();
        let cheapest = best[0].text.price;
        best.retain(|f| f.text.price <= cheapest + CLOSE && f.goals.is_superset(&own));
        best.truncate(MOST_OPTIONS);
        steps.push(best.into_iter().map(|f| Found { goals: own.clone(), ..f.clone() }).collect());
        left.retain(|g| !own.contains(g));
    }
}

fn report(
    second: &Second<'_>,
    judged: &Judged,
    wrong: &BTreeSet<usize>,
    goals: &BTreeSet<usize>,
    steps: Vec<Vec<Found>>,
    left: &BTreeSet<usize>,
) -> Vec<Mistake> {
    let mut component_of = BTreeMap::new();
    for (component, entries) in judged.entries.iter().enumerate() {
        component_of.extend(entries.iter().map(|&e| (e, component)));
    }
    // Of a large net a sample was looked at; what explains all of it explains all.
    let components = |own: &BTreeSet<usize>| -> Vec<usize> {
        let own = if own.len() == goals.len() { wrong } else { own };
        let set: BTreeSet<usize> = own.iter().filter_map(|e| component_of.get(e).copied()).collect();
        set.into_iter().collect()
    };
    let mut mistakes = Vec::new();
    let groups = steps.len();
    for (group, options) in steps.into_iter().enumerate() {
        let certain = options.len() == 1;
        for (option, Found { text, goals: own }) in options.into_iter().enumerate() {
            mistakes.push(Mistake {
                kind: text.kind,
                entry: text.entry,
                components: components(&own),
                explanation: text.what,
                why: text.why.to_owned(),
                given: text.given,
                fix: text.right.clone(),
                right: text.right,
                certain,
                group,
                option,
            });
        }
    }
    if !left.is_empty() {
        let twins = moved::twins(second, judged, left);
        let explanation = twins.unwrap_or_else(|| {
            "no mistake that is known here makes these numbers, at every point".to_owned()
        });
        mistakes.push(Mistake {
            kind: Kind::Other,
            entry: "unexplained",
            components: components(left),
            explanation,
            why: String::new(),
            given: String::new(),
            right: String::new(),
            fix: String::new(),
            certain: false,
            group: groups,
            option: 0,
        });
    }
    mistakes
}
