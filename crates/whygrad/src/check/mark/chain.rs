//! Products in a formula: which factors they have, and which are wrong, missing or too many.

use whygrad_expr::syntax::ast::Span;

use super::ChangeKind;
use super::repair::{Repair, Scene, is_bracketed};
use super::tree::Kind;
use super::words::{Seat, Word};
use super::worlds::{Values, all_same, combine};

/// A factor or a divisor.
#[derive(Clone, Copy, Debug)]
struct Factor {
    node: usize,
    divides: bool,
}

/// A product with its factors, which may be one.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    top: usize,
    factors: Vec<Factor>,
    /// What it has to be multiplied by.
    pub(super) ratio: Values,
}

/// Some neighbouring factors, and their product.
struct Run {
    first: usize,
    last: usize,
    value: Values,
}

/// Factors that stand outside of a sum over the rows and belong inside.
pub(super) fn moves(scene: &Scene<'_>, needs: &[Option<Values>]) -> Vec<Repair> {
    let all = chains(scene, needs);
    let nodes = &scene.tree.nodes;
    let mut found = Vec::new();
    for outer in all.iter().filter(|c| !nodes[c.top].summed) {
        let runs = outer
            .runs(scene)
            .into_iter()
            .filter(|r| outer.factors[r.first..=r.last].iter().all(|f| nodes[f.node].per_row && !f.divides));
        for run in runs {
            let Some(removed) = outer.without(scene, &run) else { continue };
            let span = outer.span(scene, run.first).join(outer.span(scene, run.last));
            for inner in all.iter().filter(|c| nodes[c.top].summed) {
                let added = inner.with_factor(scene, scene.at(span), false, 0.0);
                found.extend(added.filter(|a| a.is_apart(&removed)).map(|added| {
                    let mut both = added.and(&removed);
                    for change in &mut both.changes {
                        change.kind = ChangeKind::Move;
                    }
                    both
                }));
            }
        }
    }
    found
}

/// All products of which it is known what they have to be.
pub(super) fn chains(scene: &Scene<'_>, needs: &[Option<Values>]) -> Vec<Chain> {
    let tree = scene.tree;
    let mut found = Vec::new();
    for (top, node) in tree.nodes.iter().enumerate() {
        let Some(need) = &needs[top] else { continue };
        let above = node.parent.map(|p| tree.nodes[p].kind);
        let is_product = matches!(node.kind, Kind::Mul | Kind::Div);
        let is_part = matches!(above, Some(Kind::Mul | Kind::Div))
            && !(is_product && is_bracketed(scene.at(node.span)));
        if is_part || is_fraction(scene, top) {
            continue;
        }
        let Some(ratio) = combine(need, &node.value, |n, v| n / v) else { continue };
        if ratio.iter().flatten().any(|r| !r.is_finite() || *r == 0.0) {
            continue;
        }
        found.push(Chain { top, factors: factors(scene, top), ratio });
    }
    found
}

fn is_fraction(scene: &Scene<'_>, node: usize) -> bool {
    scene.latex
        && scene.at(scene.tree.nodes[node].span).starts_with("\\frac")
        && scene.tree.nodes[node].kind == Kind::Div
        && scene.tree.nodes[node]
            .children
            .iter()
            .all(|&c| scene.at(scene.tree.nodes[c].span).starts_with('{'))
}

fn factors(scene: &Scene<'_>, top: usize) -> Vec<Factor> {
    let mut found = Vec::new();
    let (mut at, mut is_top) = (top, true);
    loop {
        let node = &scene.tree.nodes[at];
        let opens = matches!(node.kind, Kind::Mul | Kind::Div)
            && !is_fraction(scene, at)
            && (is_top || !is_bracketed(scene.at(node.span)));
        let (&[a, b], true) = (&node.children[..], opens) else {
            found.push(Factor { node: at, divides: false });
            break;
        };
        found.push(Factor { node: b, divides: node.kind == Kind::Div });
        (at, is_top) = (a, false);
    }
    found.reverse();
    found
}

impl Chain {
    fn span(&self, scene: &Scene<'_>, factor: usize) -> Span {
        scene.tree.nodes[self.factors[factor].node].span
    }

    fn runs(&self, scene: &Scene<'_>) -> Vec<Run> {
        let mut runs = Vec::new();
        for first in 0..self.factors.len() {
            let mut value: Option<Values> = Some(std::array::from_fn(|_| vec![1.0]));
            for last in first..self.factors.len() {
                let factor = self.factors[last];
                let own = &scene.tree.nodes[factor.node].value;
                value =
                    value.and_then(|v| combine(&v, own, |v, f| if factor.divides { v / f } else { v * f }));
                let Some(value) = value.clone() else { break };
                runs.push(Run { first, last, value });
            }
        }
        runs
    }

    /// Changes of neighbouring factors.
    pub(super) fn repairs(&self, scene: &Scene<'_>, found: &mut Vec<Repair>) {
        self.signs(scene, found);
        self.insertions(scene, &self.ratio, found);
        for run in self.runs(scene) {
            let Some(need) = combine(&run.value, &self.ratio, |v, r| v * r) else { continue };
            self.replacements(scene, &run, &need, found);
        }
    }

    /// A run of factors that has to be something else, or nothing.
    fn replacements(&self, scene: &Scene<'_>, run: &Run, need: &Values, found: &mut Vec<Repair>) {
        let one: Values = std::array::from_fn(|_| vec![1.0]);
        if all_same(need, &one) {
            found.extend(self.without(scene, run));
        }
        // One factor is a part like any other.
        if self.factors[run.first].divides || run.first == run.last {
            return;
        }
        let span = self.span(scene, run.first).join(self.span(scene, run.last));
        for word in scene.words.with(need).filter(|w| scene.may_stand(w, self.top)) {
            let seat = if run.first == 0 { Seat::Product } else { Seat::Atom };
            let is_signed = run.first == 0 && scene.may_be_signed(word, span.start);
            let fits = word.seat <= seat || is_product(word) || is_signed;
            let text = if fits { word.text.clone() } else { bracketed(word) };
            found.push(scene.repair(ChangeKind::Replace, span, text, word.rank + 0.5));
        }
    }

    /// Without some factors.
    fn without(&self, scene: &Scene<'_>, run: &Run) -> Option<Repair> {
        let span = if run.first > 0 {
            Span { start: self.span(scene, run.first - 1).end, end: self.span(scene, run.last).end }
        } else {
            let next = self.factors.get(run.last + 1).filter(|next| !next.divides)?;
            Span { start: self.span(scene, 0).start, end: scene.tree.nodes[next.node].span.start }
        };
        // `1*sum(..)` is not what one would write.
        let bare_one = self.factors.len() > 1 && run.first == 1 && scene.at(self.span(scene, 0)) == "1";
        Some(scene.repair(ChangeKind::Delete, span, String::new(), if bare_one { 4.0 } else { 0.0 }))
    }

    fn signs(&self, scene: &Scene<'_>, found: &mut Vec<Repair>) {
        if !self.ratio.iter().flatten().all(|r| super::worlds::is_same(*r, -1.0)) {
            return;
        }
        let span = scene.tree.nodes[self.top].span;
        let text = scene.at(span);
        let in_sum = scene.tree.nodes[self.top].summed;
        let more = if in_sum { 2.0 } else { 0.0 };
        if text.starts_with('-') {
            let span = Span { start: span.start, end: span.start + 1 };
            found.push(scene.repair(ChangeKind::Flip, span, String::new(), more));
        } else if !is_bracketed(text) || matches!(scene.tree.nodes[self.top].kind, Kind::Add | Kind::Sub) {
            let span = Span { start: span.start, end: span.start };
            found.push(scene.repair(ChangeKind::Flip, span, "-".to_owned(), more));
        }
    }

    /// A factor that is missing.
    fn insertions(&self, scene: &Scene<'_>, need: &Values, found: &mut Vec<Repair>) {
        let in_sum = scene.tree.nodes[self.top].summed;
        for word in scene.words.with(need).filter(|w| scene.may_stand(w, self.top)) {
            let mut more = word.rank;
            if word.number == in_sum {
                more += if in_sum { 8.0 } else { 1.0 };
            }
            // A number in front of a number: that one is to be another.
            let first = scene.at(self.span(scene, 0));
            let after_number = first.starts_with(|c: char| c == '-' || c == '\\' || c.is_ascii_digit());
            if word.number && after_number {
                more += 10.0;
            }
            found.extend(self.with_factor(scene, &word.factor(), word.number, more));
        }
        for (a, b) in scene.words.pairs(need) {
            if scene.may_stand(a, self.top) && scene.may_stand(b, self.top) && !a.number && !b.number {
                let text = format!("{}{}{}", a.factor(), scene.times(), b.factor());
                found.extend(self.with_factor(scene, &text, false, a.rank + b.rank + 1.0));
            }
        }
        let inverse = combine(need, need, |n, _| 1.0 / n);
        let Some(inverse) = inverse.filter(|i| i[0].len() == 1 && !scene.latex) else { return };
        for word in
            scene.words.with(&inverse).filter(|w| w.seat == Seat::Atom && scene.may_stand(w, self.top))
        {
            if let Some(mut repair) = self.with_factor(scene, &word.text, false, word.rank + 2.0) {
                for change in &mut repair.changes {
                    if change.instead.starts_with('*') {
                        change.instead.replace_range(..1, "/");
                        found.push(repair);
                        break;
                    }
                }
            }
        }
    }

    fn with_factor(&self, scene: &Scene<'_>, factor: &str, in_front: bool, more: f64) -> Option<Repair> {
        let node = &scene.tree.nodes[self.top];
        let text = scene.at(node.span);
        let times = scene.times();
        let is_sum = matches!(node.kind, Kind::Add | Kind::Sub | Kind::Neg);
        if is_sum && !is_bracketed(text) {
            if node
                .parent
                .is_some_and(|p| matches!(scene.tree.nodes[p].kind, Kind::Add | Kind::Sub | Kind::Neg))
            {
                return None;
            }
            let instead = if in_front {
                format!("{factor}{times}({text})")
            } else {
                format!("({text}){times}{factor}")
            };
            let mut repair = scene.repair(ChangeKind::Replace, node.span, instead, more);
            repair.effort -= 2.0 * text.chars().count() as f64;
            return Some(repair);
        }
        let inside = is_bracketed(text) && self.factors.len() > 1;
        let (instead, at) = if in_front {
            (format!("{factor}{times}"), if inside { node.span.start + 1 } else { node.span.start })
        } else {
            (format!("{times}{factor}"), if inside { node.span.end - 1 } else { node.span.end })
        };
        if in_front && text.starts_with('-') {
            return None;
        }
        Some(scene.repair(ChangeKind::Insert, Span { start: at, end: at }, instead, more))
    }

    /// Two changes, in this product and in that.
    pub(super) fn two(&self, scene: &Scene<'_>, other: &Chain, ratio: &Values, found: &mut Vec<Repair>) {
        let runs = other.runs(scene);
        for first in self.runs(scene) {
            let Some(removed) = self.without(scene, &first) else { continue };
            let Some(need) = combine(ratio, &first.value, |r, v| r * v) else { continue };
            let mut rest = Vec::new();
            other.insertions(scene, &need, &mut rest);
            for second in &runs {
                if let Some(need) = combine(&need, &second.value, |n, v| n * v) {
                    other.replacements(scene, second, &need, &mut rest);
                }
            }
            let apart = rest.iter().filter(|r| r.is_apart(&removed));
            found.extend(apart.map(|r| r.and(&removed)));
        }
        self.two_words(scene, other, ratio, found);
    }

    /// Two factors that are to be others.
    fn two_words(&self, scene: &Scene<'_>, other: &Chain, ratio: &Values, found: &mut Vec<Repair>) {
        for (i, a) in self.factors.iter().enumerate().filter(|f| !f.1.divides) {
            for (j, b) in other.factors.iter().enumerate().filter(|f| !f.1.divides) {
                if self.top == other.top && j <= i {
                    continue;
                }
                let values = [a, b].map(|f| &scene.tree.nodes[f.node].value);
                let need = combine(ratio, values[0], |r, v| r * v);
                let Some(need) = need.and_then(|n| combine(&n, values[1], |n, v| n * v)) else { continue };
                for (one, two) in scene.words.pairs(&need) {
                    for (first, second) in [(one, two), (two, one)] {
                        if scene.may_stand(first, self.top) && scene.may_stand(second, other.top) {
                            let change = |word: &Word, span| {
                                scene.repair(ChangeKind::Replace, span, word.factor(), word.rank)
                            };
                            let repairs =
                                [change(first, self.span(scene, i)), change(second, other.span(scene, j))];
                            if repairs[0].is_apart(&repairs[1]) {
                                found.push(repairs[0].and(&repairs[1]));
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A product without a quotient, which needs no parentheses between other factors.
fn is_product(word: &Word) -> bool {
    word.seat == Seat::Product && !word.number && !word.text.contains(['/', '\\'])
}

fn bracketed(word: &Word) -> String {
    if is_bracketed(&word.text) { word.text.clone() } else { format!("({})", word.text) }
}
