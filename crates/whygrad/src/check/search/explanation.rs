//! From edits to mistakes that people can read.

use std::collections::BTreeSet;

use super::candidates::{Part, Step};
use super::edit::EditId;
use super::lab::Lab;
use crate::check::mistake::CATALOGUE;
use crate::check::{Kind, Mistake};

/// The explanation as mistakes: what all readings share by itself, what they differ in as options.
pub(super) fn mistakes(
    lab: &Lab<'_>,
    steps: &[Step],
    left: &BTreeSet<usize>,
    wrong: &BTreeSet<usize>,
    goals: &BTreeSet<usize>,
) -> Vec<Mistake> {
    // In a large net a sample was looked at; what explains it explains the parameters it is of.
    let of = |own: &BTreeSet<usize>| -> Vec<usize> {
        if goals.len() == wrong.len() { own.iter().copied().collect() } else { spread(lab, own, wrong) }
    };
    let mut groups: Vec<Vec<Vec<Part>>> = Vec::new();
    for step in steps {
        let shared = |part: &Part| step.options.iter().all(|o| o.iter().any(|other| other.0 == part.0));
        let (common, _): (Vec<Part>, Vec<Part>) = step.options[0].iter().cloned().partition(shared);
        groups.extend(common.into_iter().map(|part| vec![vec![part]]));
        let differing = step.options.iter().map(|o| o.iter().filter(|p| !shared(p)).cloned().collect());
        let differing: Vec<Vec<Part>> = differing.filter(|o: &Vec<Part>| !o.is_empty()).collect();
        groups.extend((!differing.is_empty()).then_some(differing));
    }
    let mut found = Vec::new();
    for (group, options) in groups.iter().enumerate() {
        let also = options.iter().filter(|o| o.len() == 1).map(|o| &o[0]);
        let also: Vec<&Part> = also.filter(|p| lab.edits[p.0.0 as usize].text.also.is_some()).collect();
        let certain = options.len() == 1 && also.is_empty();
        for (option, parts) in options.iter().enumerate() {
            for (edit, own) in parts {
                found.push(Mistake { certain, group, option, ..one(lab, *edit, of(own)) });
            }
        }
        for (option, (edit, own)) in also.into_iter().enumerate() {
            let plain = one(lab, *edit, of(own));
            if let Some(also) = &lab.edits[edit.0 as usize].text.also {
                let (kind, entry, explanation) = (also.kind, also.entry, also.what.clone());
                let option = options.len() + option;
                found.push(Mistake { kind, entry, explanation, certain: false, group, option, ..plain });
            }
        }
    }
    if !left.is_empty() {
        found.push(unexplained(of(left), groups.len()));
    }
    found
}

/// An edit as a mistake by itself.
pub(super) fn one(lab: &Lab<'_>, edit: EditId, components: Vec<usize>) -> Mistake {
    let edit = &lab.edits[edit.0 as usize];
    let home = page_of(edit.entry);
    let page = CATALOGUE.iter().find(|e| e.page.name == home).map(|e| e.page);
    Mistake {
        kind: edit.text.kind,
        entry: edit.entry,
        components,
        explanation: edit.text.what.clone(),
        why: page.map(|p| p.why.to_owned()).unwrap_or_default(),
        given: edit.text.given.clone(),
        right: edit.text.right.clone(),
        fix: edit.text.right.clone(),
        certain: true,
        group: 0,
        option: 0,
    }
}

/// The page on which a relative of a mistake is described with it.
fn page_of(entry: &'static str) -> &'static str {
    match entry {
        "slope-of-the-identity" => "slope-missing",
        "second-derivative" => "slope-doubled",
        "softmax-over-rows" => "softmax-diagonal",
        "squared-error-for-error" => "error-wrong",
        "variable-in-derivative" => "variable-inside",
        own => own,
    }
}

/// The wrong components of the parameters that some are of.
fn spread(lab: &Lab<'_>, some: &BTreeSet<usize>, wrong: &BTreeSet<usize>) -> Vec<usize> {
    let parameters = lab.model.program.parameters.iter().map(|p| p.offset..p.offset + p.len());
    let within = parameters.filter(|range| some.range(range.clone()).next().is_some());
    within.flat_map(|range| wrong.range(range).copied()).collect()
}

/// Components that are no numbers at any point.
pub(super) fn not_a_number(components: Vec<usize>, group: usize) -> Mistake {
    let explanation =
        "not a number at any point: look for a logarithm of 0, a division by 0 or a variable without a value";
    Mistake { entry: "not-a-number", explanation: explanation.to_owned(), ..unexplained(components, group) }
}

fn unexplained(components: Vec<usize>, group: usize) -> Mistake {
    Mistake {
        kind: Kind::Other,
        entry: "unexplained",
        components,
        explanation: "no mistake of the catalogue, nor two of them together, makes these numbers".to_owned(),
        why: String::new(),
        given: String::new(),
        right: String::new(),
        fix: String::new(),
        certain: false,
        group,
        option: 0,
    }
}
