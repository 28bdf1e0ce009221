//! Changes inside functions and of what stands in several places, which no inversion finds: each is tried.

use std::collections::{HashMap, HashSet};

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::Zip;
use whygrad_expr::syntax::ast::Span;

use super::repair::{Repair, Scene, is_bracketed, keep};
use super::tree::{Kind, Node};
use super::words::{Seat, Word};
use super::worlds::{COUNT, Values, Worlds, is_same};
use super::{Change, ChangeKind};

/// Longer parts than these are not tried as one.
const SHORT: usize = 12;

/// Where candidates are tried.
pub(super) struct Bench<'a> {
    pub(super) arena: &'a mut Arena,
    pub(super) worlds: &'a mut Worlds,
    /// How many may still be.
    pub(super) left: &'a mut usize,
}

impl Bench<'_> {
    /// True where a formula in which `from` is `to` has the values wanted at every point.
    fn is_right(&mut self, root: Term, from: Term, to: Term, truth: &Values) -> bool {
        if *self.left == 0 {
            return false;
        }
        *self.left -= 1;
        let Some(changed) = self.arena.substitute(root, &HashMap::from([(from, to)])) else { return false };
        changed != root
            && (0..COUNT).all(|point| {
                let found = self.worlds.at(self.arena, changed, point).unwrap_or_default();
                let wanted = &truth[point];
                found.len() == wanted.len() && found.iter().zip(wanted).all(|(f, w)| is_same(*f, *w))
            })
    }
}

/// Names in the place of others and summands too many or too few, inside of functions or in several places at once.
pub(super) fn repairs(scene: &Scene<'_>, bench: &mut Bench<'_>, truth: &Values) -> Vec<Repair> {
    let root = scene.tree.nodes[scene.tree.root].term;
    let mut found = Vec::new();
    arguments(scene, bench, truth, &mut found);
    let mut seen: HashSet<(Term, Term)> = HashSet::new();
    for (index, node) in scene.tree.nodes.iter().enumerate() {
        let places = occurrences(scene, node.term);
        let is_inside = is_inside(scene, index);
        if node.children.is_empty() || !(is_inside || places.len() > 1) {
            continue;
        }
        for &child in &node.children {
            let part = &scene.tree.nodes[child];
            let is_short = part.span.end - part.span.start <= SHORT;
            if (part.children.is_empty() || is_short) && seen.insert((node.term, part.term)) {
                let at = node.children.iter().position(|&c| c == child).unwrap_or(0);
                let spans: Vec<Span> =
                    places.iter().filter_map(|n| Some(scene.tree.nodes[*n.children.get(at)?].span)).collect();
                for word in scene.words.list.iter().filter(|w| is_name(w, part)) {
                    let by = HashMap::from([(part.term, word.term)]);
                    let Some(changed) = bench.arena.substitute(node.term, &by) else { continue };
                    if bench.is_right(root, node.term, changed, truth) {
                        found.push(everywhere(scene, ChangeKind::Replace, &spans, &word.factor(), word.rank));
                    }
                }
            }
        }
        let is_argument = node.parent.is_some_and(|p| scene.tree.nodes[p].kind == Kind::Other);
        if is_inside && is_argument && seen.insert((node.term, node.term)) {
            summands(scene, bench, (node, &places), truth, &mut found);
        }
    }
    if found.is_empty() {
        names_everywhere(scene, bench, truth, &mut found);
    }
    keep(&mut found);
    found
}

/// A function taken once too often: `h'(h(z))` for `h'(z)`.
fn arguments(scene: &Scene<'_>, bench: &mut Bench<'_>, truth: &Values, found: &mut Vec<Repair>) {
    let root = scene.tree.nodes[scene.tree.root].term;
    let mut seen = HashSet::new();
    for node in scene.tree.nodes.iter().filter(|n| n.kind == Kind::Other) {
        for &child in &node.children {
            let part = &scene.tree.nodes[child];
            let (Kind::Other, [argument]) = (part.kind, &part.children[..]) else { continue };
            let argument = &scene.tree.nodes[*argument];
            let by = HashMap::from([(part.term, argument.term)]);
            let Some(changed) = bench.arena.substitute(node.term, &by) else { continue };
            if !seen.insert((node.term, part.term)) || !bench.is_right(root, node.term, changed, truth) {
                continue;
            }
            let text = scene.at(argument.span);
            let at = node.children.iter().position(|&c| c == child).unwrap_or(0);
            let places = occurrences(scene, node.term);
            let spans: Vec<Span> =
                places.iter().filter_map(|n| Some(scene.tree.nodes[*n.children.get(at)?].span)).collect();
            // Little is new: the argument stays as it stands.
            let kept = 2.0 * text.chars().count() as f64;
            found.push(everywhere(scene, ChangeKind::Replace, &spans, text, -kept));
        }
    }
}

/// One name that is another one wherever it stands.
fn names_everywhere(scene: &Scene<'_>, bench: &mut Bench<'_>, truth: &Values, found: &mut Vec<Repair>) {
    let root = scene.tree.nodes[scene.tree.root].term;
    let mut seen = HashSet::new();
    for node in scene.tree.nodes.iter().filter(|n| n.children.is_empty()) {
        let spans: Vec<Span> = occurrences(scene, node.term).iter().map(|n| n.span).collect();
        if spans.len() < 2 || bench.arena.constant_of(node.term).is_some() || !seen.insert(node.term) {
            continue;
        }
        for word in scene.words.list.iter().filter(|w| is_name(w, node)) {
            if bench.is_right(root, node.term, word.term, truth) {
                found.push(everywhere(scene, ChangeKind::Replace, &spans, &word.factor(), word.rank));
            }
        }
    }
}

/// A summand too many or too few in an argument.
fn summands(
    scene: &Scene<'_>,
    bench: &mut Bench<'_>,
    (node, places): (&Node, &[&Node]),
    truth: &Values,
    found: &mut Vec<Repair>,
) {
    let root = scene.tree.nodes[scene.tree.root].term;
    let ends: Vec<Span> = places
        .iter()
        .map(|n| if is_bracketed(scene.at(n.span)) { n.span.end - 1 } else { n.span.end })
        .map(|end| Span { start: end, end })
        .collect();
    for word in scene.words.list.iter().filter(|w| !w.number && w.seat <= Seat::Product) {
        let Ok(sum) = bench.arena.zip(Zip::Add, node.term, word.term) else { continue };
        if bench.arena.dims(sum) == bench.arena.dims(node.term) && bench.is_right(root, node.term, sum, truth)
        {
            let text = if scene.at(node.span).contains(" + ") { " + " } else { "+" };
            let text = format!("{text}{}", word.text);
            found.push(everywhere(scene, ChangeKind::Insert, &ends, &text, word.rank));
        }
    }
    if let (Kind::Add, &[first, _]) = (node.kind, &node.children[..]) {
        let left = scene.tree.nodes[first].term;
        if bench.is_right(root, node.term, left, truth) {
            let spans: Vec<Span> = places
                .iter()
                .filter_map(|n| {
                    let (a, b) = (n.children.first()?, n.children.get(1)?);
                    Some(Span { start: scene.tree.nodes[*a].span.end, end: scene.tree.nodes[*b].span.end })
                })
                .collect();
            found.push(everywhere(scene, ChangeKind::Delete, &spans, "", 0.0));
        }
    }
}

fn occurrences<'a>(scene: &'a Scene<'_>, term: Term) -> Vec<&'a Node> {
    scene.tree.nodes.iter().filter(|n| n.term == term).collect()
}

/// True for a part of a function's argument, or the function.
fn is_inside(scene: &Scene<'_>, index: usize) -> bool {
    let mut at = Some(index);
    while let Some(node) = at {
        if scene.tree.nodes[node].kind == Kind::Other {
            return true;
        }
        at = scene.tree.nodes[node].parent;
    }
    false
}

/// A word that may stand for a part: a name for a name, a number for a number.
fn is_name(word: &Word, part: &Node) -> bool {
    word.seat == Seat::Atom
        && !word.number
        && word.term != part.term
        && word.value[0].len() == part.value[0].len()
}

/// The same change in several places.
fn everywhere(scene: &Scene<'_>, kind: ChangeKind, spans: &[Span], instead: &str, more: f64) -> Repair {
    let mut places: Vec<Span> = spans.to_vec();
    places.sort_by_key(|s| (s.start, s.end));
    places.dedup();
    let change = |&span: &Span| Change::new(scene.text, span, kind, instead.to_owned());
    let changes: Vec<Change> = places.iter().map(change).collect();
    // Once found, the same again is little more to write.
    let first = scene.repair(kind, places.first().copied().unwrap_or_default(), instead.to_owned(), more);
    Repair { effort: first.effort + places.len().saturating_sub(1) as f64, changes }
}
