//! Where a person's formula is wrong, in their own text, and what to write there.
//!
//! `the formula as a tree over its text -> what each part would have to be -> words with these values -> the smallest
//! change -> the changed text, read back and compared at the probes`. A change that is not right at all of them is
//! never shown. Where no small change is found, the line is the derivative itself.

mod chain;
mod inside;
mod proof;
mod repair;
mod tree;
mod whole;
mod words;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use whygrad_expr::arena::Arena;
use whygrad_expr::print::Notation;
use whygrad_expr::syntax::ast::Span;

use self::proof::Proof;
use self::repair::{Repair, Scene};
use self::tree::Tree;
use self::words::Words;
use self::worlds::{Values, Worlds};
use super::formulas::Formulas;
use super::{Report, Status};
use crate::model::Model;

/// What is to be done in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Something stands where something else belongs.
    Replace,
    /// Something is too much.
    Delete,
    /// Something is missing.
    Insert,
    /// A sign is wrong.
    Flip,
    /// Something stands outside of a sum, or inside, where it does not belong.
    Move,
    /// No small change was found: all of it is to be written anew.
    Rewrite,
}

/// One change of the person's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The place, in bytes of the person's text; empty where something is missing.
    pub span: Span,
    /// What is to be done.
    pub kind: ChangeKind,
    /// What stands there.
    pub written: String,
    /// What to write there.
    pub instead: String,
    /// The line of the place in the person's text, from 1.
    pub row: usize,
    /// The character of the line at which the place begins, from 1.
    pub column: usize,
}

impl Change {
    fn new(text: &str, span: Span, kind: ChangeKind, instead: String) -> Change {
        let before = text.get(..span.start).unwrap_or("");
        let row = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let written = text.get(span.start..span.end).unwrap_or("").to_owned();
        Change { span, kind, written, instead, row, column }
    }

    /// What is wrong there, in a few words.
    pub fn label(&self) -> String {
        let (written, instead) = (self.written.trim(), self.instead.trim());
        let factor = instead.trim_start_matches('*').trim_end_matches('*').trim();
        match self.kind {
            ChangeKind::Replace => format!("{written} stands where {instead} belongs"),
            ChangeKind::Delete => format!("{} is too much", written.trim_start_matches('*')),
            ChangeKind::Insert if instead.starts_with(['+', '-']) => {
                format!("the summand {} is missing here", instead.trim_start_matches(['+', ' ']))
            }
            ChangeKind::Insert if instead.starts_with('/') => {
                format!("the divisor {} is missing here", instead.trim_start_matches('/'))
            }
            ChangeKind::Insert if instead.ends_with('(') || instead.ends_with("\\sum_i") => {
                "this has one value for each row: the sum over the rows is missing".to_owned()
            }
            ChangeKind::Insert if instead == ")" => "to here".to_owned(),
            ChangeKind::Insert => format!("the factor {factor} is missing here"),
            ChangeKind::Flip if written.is_empty() => "the minus is missing here".to_owned(),
            ChangeKind::Flip if instead.is_empty() => "this minus is too much".to_owned(),
            ChangeKind::Flip => format!("this sign should be {instead}"),
            ChangeKind::Move if written.is_empty() => format!("{factor} belongs here, inside the sum"),
            ChangeKind::Move => format!("{} stands outside the sum", written.trim_start_matches('*')),
            ChangeKind::Rewrite => "this is not the derivative".to_owned(),
        }
    }
}

/// A wrong line of the person's, and what to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Offsets of the components that become right.
    pub components: Vec<usize>,
    /// The place of the line: the whole formula with its left side.
    pub line: Span,
    /// The line as it stands there.
    pub written: String,
    /// What to change there, from left to right; one change where one is enough.
    pub changes: Vec<Change>,
    /// The whole line with the changes, in the person's spelling.
    pub corrected: String,
}

/// A formula that some wrong components share.
struct Unit {
    offsets: Vec<usize>,
    span: Span,
    repairs: Vec<Repair>,
}

/// So many wrong formulas are looked at part by part; the others get the derivative.
const MOST_UNITS: usize = 40;
/// So many candidates are tried one by one, in all formulas together.
const MOST_TRIED: usize = 6000;
/// Formulas with more parts get the derivative.
const MOST_PARTS: usize = 400;

/// A mark for every wrong line. The report is that of the formulas.
pub fn marks(model: &Model, formulas: &Formulas, report: &Report) -> Vec<Mark> {
    let mut units: Vec<Unit> = Vec::new();
    for (offset, component) in report.components.iter().enumerate() {
        let Some(given) = formulas.component(offset).filter(|_| component.status == Status::Wrong) else {
            continue;
        };
        match units.iter_mut().find(|u| u.span == given.span) {
            Some(unit) => unit.offsets.push(offset),
            None => units.push(Unit { offsets: vec![offset], span: given.span, repairs: vec![] }),
        }
    }
    let mut arena = formulas.arena().clone();
    let mut found = Vec::new();
    let mut proof = Proof::new(model, formulas, report);
    if let Some(mut worlds) = Worlds::new(model, formulas, &report.probes) {
        let mut finder = Finder {
            model,
            formulas,
            arena: &mut arena,
            worlds: &mut worlds,
            words: BTreeMap::new(),
            left: MOST_TRIED,
        };
        for pass in 0..3 {
            for unit in units.iter_mut().take(MOST_UNITS) {
                unit.repairs = finder.repairs(unit, pass);
            }
            proof.accept(&mut units, &mut found);
        }
    }
    for unit in units {
        found.push(whole::mark_of(model, formulas, &unit.offsets, unit.span));
    }
    found.sort_by_key(|mark| mark.components.first().copied());
    together(&formulas.text, &mut found);
    found
}

/// Lets a line with several formulas be right as a whole.
fn together(text: &str, marks: &mut [Mark]) {
    for index in 0..marks.len() {
        let line = marks[index].line;
        let changes: Vec<Change> =
            marks.iter().filter(|m| m.line == line).flat_map(|m| m.changes.clone()).collect();
        if changes.len() > marks[index].changes.len()
            && let Some(corrected) = corrected(text, line, &changes)
        {
            marks[index].corrected = corrected;
        }
    }
}

/// A line with changes in it.
fn corrected(text: &str, line: Span, changes: &[Change]) -> Option<String> {
    let moved: Vec<Change> = changes
        .iter()
        .map(|c| {
            let span = Span { start: c.span.start - line.start, end: c.span.end - line.start };
            Change { span, ..c.clone() }
        })
        .collect();
    changed(text.get(line.start..line.end)?, &moved.iter().collect::<Vec<_>>())
}

struct Finder<'a> {
    model: &'a Model,
    formulas: &'a Formulas,
    arena: &'a mut Arena,
    worlds: &'a mut Worlds,
    words: BTreeMap<bool, Words>,
    /// How many candidates may still be tried one by one.
    left: usize,
}

impl Finder<'_> {
    /// Repairs of a formula, the least first: in the first pass one change, then two.
    fn repairs(&mut self, unit: &Unit, pass: usize) -> Vec<Repair> {
        let Some(&first) = unit.offsets.first() else { return vec![] };
        if self.formulas.parts(first).len() > MOST_PARTS {
            return vec![];
        }
        let Some(truth) = self.truth(unit) else { return vec![] };
        let Some(tree) = Tree::of(self.formulas, self.arena, first, self.worlds) else { return vec![] };
        let notation = notation_of(self.formulas, unit.span);
        let latex = notation == Notation::Latex;
        if !self.words.contains_key(&latex) {
            let words = Words::of(self.model, self.formulas, self.arena, self.worlds, notation);
            self.words.insert(latex, words);
        }
        let rows = self.worlds.rows();
        let words = &self.words[&latex];
        let scene = Scene { text: &self.formulas.text, tree: &tree, words, rows: &rows, latex };
        match pass {
            0 => {
                let mut found = scene.singles(&truth);
                let left = &mut self.left;
                let mut bench = inside::Bench { arena: self.arena, worlds: self.worlds, left };
                found.extend(inside::repairs(&scene, &mut bench, &truth));
                repair::keep(&mut found);
                found
            }
            1 => repair::scaled(&scene, &truth),
            _ => repair::doubles(&scene, &truth),
        }
    }

    /// What the formula should be: one number, or a value for each entry of its parameter.
    fn truth(&mut self, unit: &Unit) -> Option<Values> {
        let first = *unit.offsets.first()?;
        let component = self.formulas.component(first)?;
        let parameters = &self.model.program.parameters;
        let index = parameters.iter().position(|p| (p.offset..p.offset + p.len()).contains(&first))?;
        let p = &parameters[index];
        let gradient = *self.model.program.gradient.get(index)?;
        let mut all = self.worlds.values(self.arena, gradient)?;
        let parts = self.formulas.parts(first);
        let root = parts.iter().find(|(span, _)| *span == component.span)?.1;
        let len = self.arena.shape(root).dims.len();
        if len != p.len() || p.len() == 1 {
            if len != 1 || unit.offsets.len() > 1 {
                return None;
            }
            for values in &mut all {
                *values = vec![*values.get(first - p.offset)?];
            }
        }
        Some(all)
    }
}

/// The notation of the statement around a place.
fn notation_of(formulas: &Formulas, span: Span) -> Notation {
    let line = line_around(&formulas.text, span);
    let text = formulas.text.get(line.start..line.end).unwrap_or("");
    let latex = ["\\", "$", "_{", "^{"].iter().any(|mark| text.contains(mark));
    if latex { Notation::Latex } else { Notation::Text }
}

/// The lines of the text on which a place stands.
fn line_around(text: &str, span: Span) -> Span {
    let start = text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(span.end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| span.end + at);
    Span { start, end: end.max(start) }
}

/// The statement around a place: the lines on which it stands, without others on the same line.
fn statement_around(text: &str, span: Span) -> Span {
    let lines = line_around(text, span);
    let before = text.get(lines.start..span.start).unwrap_or("");
    let after = text.get(span.end..lines.end).unwrap_or("");
    let separator = |text: &str, at: usize| !text.get(..at).unwrap_or("").ends_with('\\');
    let opened = before.match_indices(';').rev().map(|(at, _)| at).find(|&at| separator(before, at));
    let closed = after.match_indices(';').map(|(at, _)| at).find(|&at| separator(after, at));
    let start = opened.map_or(lines.start, |at| {
        let rest = &before[at + 1..];
        lines.start + at + 1 + (rest.len() - rest.trim_start().len())
    });
    Span { start, end: closed.map_or(lines.end, |at| span.end + at) }
}

/// A text with changes, which do not overlap.
fn changed(text: &str, changes: &[&Change]) -> Option<String> {
    let mut sorted: Vec<&&Change> = changes.iter().collect();
    sorted.sort_by_key(|c| (c.span.start, c.span.end));
    let (mut result, mut at) = (String::new(), 0);
    for change in sorted {
        result.push_str(text.get(at..change.span.start)?);
        result.push_str(&change.instead);
        at = change.span.end;
    }
    result.push_str(text.get(at..)?);
    Some(result)
}

/// A mark for changes of a formula.
fn mark(formulas: &Formulas, components: Vec<usize>, changes: Vec<Change>) -> Option<Mark> {
    let text = &formulas.text;
    let first = changes.first()?.span;
    let place = changes.iter().fold(first, |all, c| all.join(c.span));
    let around = |span: &Span| span.start <= place.start && place.end <= span.end;
    let own = components.first().and_then(|&k| formulas.component(k)).map(|c| c.span);
    let lines = formulas.definitions.iter().map(|d| d.span);
    let formula = own.into_iter().chain(lines).find(around).unwrap_or(place);
    let line = statement_around(text, formula);
    let corrected = corrected(text, line, &changes)?;
    let written = text.get(line.start..line.end)?.to_owned();
    Some(Mark { components, line, written, changes, corrected })
}

/// The components that some formula's repair is for, by what is changed.
fn by_change(units: &[Unit]) -> Vec<(Repair, BTreeSet<usize>)> {
    let mut found: Vec<(Repair, BTreeSet<usize>)> = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        for repair in &unit.repairs {
            match found.iter_mut().find(|f| f.0.changes == repair.changes) {
                Some(known) => {
                    known.1.insert(index);
                }
                None => found.push((repair.clone(), BTreeSet::from([index]))),
            }
        }
    }
    found
}
