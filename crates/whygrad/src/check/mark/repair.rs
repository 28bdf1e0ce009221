//! Changes of a formula that make it right at every point where all rows are alike.

use whygrad_expr::syntax::ast::Span;

use super::chain::{self, Chain, chains};
use super::tree::{Kind, Tree};
use super::words::{Seat, Word, Words};
use super::worlds::{Values, all_same, combine};
use super::{Change, ChangeKind};

/// So many are kept of one formula.
pub(super) const KEPT: usize = 10;

/// Some changes of the text, and how much they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repair {
    pub(super) changes: Vec<Change>,
    pub(super) effort: f64,
}

impl Repair {
    pub(super) fn is_apart(&self, other: &Repair) -> bool {
        let apart = |a: &Change, b: &Change| a.span.end <= b.span.start || b.span.end <= a.span.start;
        self.changes.iter().all(|a| other.changes.iter().all(|b| apart(a, b) && a.span != b.span))
    }

    pub(super) fn and(&self, other: &Repair) -> Repair {
        let mut changes = [self.changes.clone(), other.changes.clone()].concat();
        changes.sort_by_key(|c| (c.span.start, c.span.end));
        Repair { changes, effort: self.effort + other.effort + 1.0 }
    }
}

/// A formula and what may be written in it.
pub(super) struct Scene<'a> {
    pub(super) text: &'a str,
    pub(super) tree: &'a Tree,
    pub(super) words: &'a Words,
    pub(super) rows: &'a Values,
    pub(super) latex: bool,
}

impl Scene<'_> {
    pub(super) fn times(&self) -> &'static str {
        if self.latex { " " } else { "*" }
    }

    pub(super) fn at(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or("")
    }

    /// One change, with how much it is.
    pub(super) fn repair(&self, kind: ChangeKind, span: Span, instead: String, more: f64) -> Repair {
        let effort = 2.0 + self.at(span).chars().count() as f64 + instead.chars().count() as f64 + more;
        Repair { changes: vec![Change::new(self.text, span, kind, instead)], effort }
    }

    /// Changes in one place that make the formula `truth`.
    pub(super) fn singles(&self, truth: &Values) -> Vec<Repair> {
        let needs = self.tree.needs(truth, self.rows);
        let mut found = Vec::new();
        self.without_sum(truth, &mut found);
        if all_same(truth, &self.tree.nodes[self.tree.root].value) {
            // Right where all rows are alike: only what is summed can be wrong.
            found.extend(chain::moves(self, &needs));
            keep(&mut found);
            return found;
        }
        for chain in chains(self, &needs) {
            chain.repairs(self, &mut found);
        }
        self.parts(&needs, &mut found);
        keep(&mut found);
        found
    }

    /// A sum that is missing around all of it.
    fn without_sum(&self, truth: &Values, found: &mut Vec<Repair>) {
        let node = &self.tree.nodes[self.tree.root];
        if !node.per_row {
            return;
        }
        let value = &node.value;
        let is_mean = all_same(value, truth);
        let is_sum = combine(value, self.rows, |v, n| v * n).is_some_and(|sum| all_same(&sum, truth));
        let (before, after) = match (is_mean, is_sum, self.latex) {
            (true, _, false) => ("mean(", ")"),
            (_, true, false) => ("sum(", ")"),
            (true, _, true) => ("\\frac{1}{n}\\sum_i ", ""),
            (_, true, true) => ("\\sum_i ", ""),
            _ => return,
        };
        let at = |at: usize| Span { start: at, end: at };
        let mut repair = self.repair(ChangeKind::Insert, at(node.span.start), before.to_owned(), 0.0);
        if !after.is_empty() {
            let end = self.repair(ChangeKind::Insert, at(node.span.end), after.to_owned(), 0.0);
            repair = repair.and(&end);
        }
        found.push(repair);
    }

    /// Parts that are to be others.
    fn parts(&self, needs: &[Option<Values>], found: &mut Vec<Repair>) {
        for (index, node) in self.tree.nodes.iter().enumerate() {
            let Some(need) = &needs[index] else { continue };
            for word in self.words.with(need).filter(|w| self.may_stand(w, index)) {
                let text = self.seated(word, index);
                let more = word.rank + self.unusual(word, index);
                found.push(self.repair(ChangeKind::Replace, node.span, text, more));
            }
            if node.children.is_empty() && node.value[0].len() == 1 {
                for (a, b) in self.words.pairs(need) {
                    if self.may_stand(a, index) && self.may_stand(b, index) && !a.number && !b.number {
                        let text = format!("{}{}{}", a.factor(), self.times(), b.factor());
                        let product = Word { text, seat: Seat::Product, ..a.clone() };
                        let text = self.seated(&product, index);
                        let more = 4.0 + a.rank + b.rank;
                        found.push(self.repair(ChangeKind::Replace, node.span, text, more));
                    }
                }
            }
            self.summand(index, need, found);
        }
    }

    /// How unusual it would be to write this word there.
    fn unusual(&self, word: &Word, index: usize) -> f64 {
        let node = &self.tree.nodes[index];
        let text = self.at(node.span);
        let is_number = text.trim_matches(['{', '}']).parse::<f64>().is_ok();
        let braces = if text.starts_with('{') { -4.0 } else { 0.0 };
        let longer = if node.children.is_empty() { 0.0 } else { 1.0 };
        let above = node.parent.map(|p| self.tree.nodes[p].kind);
        let other = match (is_number, word.number) {
            // `1/1*sum(..)` is not what one would write.
            _ if word.text == "1" && matches!(above, Some(Kind::Mul | Kind::Div)) => 4.0,
            (true, true) if word.text.parse::<f64>().is_ok() => -1.0,
            (true, true) => 8.0,
            (true, false) => 4.0,
            (false, true) => 1.0,
            (false, false) => 0.0,
        };
        braces + longer + other
    }

    /// A summand too many, too few, or with the other sign.
    fn summand(&self, index: usize, need: &Values, found: &mut Vec<Repair>) {
        let node = &self.tree.nodes[index];
        let parent = node.parent.map(|p| &self.tree.nodes[p]);
        if let Some(parent) = parent.filter(|p| matches!(p.kind, Kind::Add | Kind::Sub)) {
            let minus = combine(&node.value, &node.value, |v, _| -v);
            let other = parent.children.iter().copied().find(|&c| c != index);
            let Some(other) = other.map(|other| &self.tree.nodes[other]) else { return };
            let is_second = other.span.start < node.span.start;
            let gone = (0..need.len())
                .all(|k| need[k].iter().zip(&node.value[k]).all(|(n, v)| n.abs() <= 1e-9 * v.abs()));
            if gone && is_second {
                let span = Span { start: other.span.end, end: node.span.end };
                found.push(self.repair(ChangeKind::Delete, span, String::new(), 0.0));
            } else if gone && parent.kind == Kind::Add {
                let span = Span { start: node.span.start, end: other.span.start };
                found.push(self.repair(ChangeKind::Delete, span, String::new(), 0.0));
            }
            let between = Span { start: other.span.end, end: node.span.start };
            if is_second && minus.is_some_and(|minus| all_same(&minus, need)) {
                let (from, to) = if parent.kind == Kind::Add { ('+', '-') } else { ('-', '+') };
                if let Some(at) = self.at(between).find(from) {
                    let start = between.start + at;
                    let span = Span { start, end: start + 1 };
                    found.push(self.repair(ChangeKind::Flip, span, to.to_string(), 0.0));
                }
            }
        }
        self.missing_summand(index, need, found);
    }

    fn missing_summand(&self, index: usize, need: &Values, found: &mut Vec<Repair>) {
        let node = &self.tree.nodes[index];
        let alone = node.parent.is_none_or(|p| {
            !matches!(self.tree.nodes[p].kind, Kind::Add | Kind::Sub | Kind::Mul | Kind::Div | Kind::Neg)
        });
        let bracketed = is_bracketed(self.at(node.span));
        if !alone && !bracketed {
            return;
        }
        let end = if bracketed { node.span.end - 1 } else { node.span.end };
        let span = Span { start: end, end };
        for (sign, difference) in
            [('+', combine(need, &node.value, |n, v| n - v)), ('-', combine(need, &node.value, |n, v| v - n))]
        {
            let Some(difference) = difference else { continue };
            // What is left of two numbers that are nearly the same is no summand.
            let is_lost = (0..need.len())
                .any(|k| difference[k].iter().zip(&node.value[k]).any(|(d, v)| d.abs() <= 1e-6 * v.abs()));
            if is_lost {
                continue;
            }
            for word in self.words.with(&difference).filter(|w| !w.number && self.may_stand(w, index)) {
                let text =
                    if word.seat == Seat::Sum { format!("({})", word.text) } else { word.text.clone() };
                let text = format!(" {sign} {text}");
                found.push(self.repair(ChangeKind::Insert, span, text, 2.0 + word.rank));
            }
        }
    }

    /// True where a word has no more rows than its place.
    pub(super) fn may_stand(&self, word: &Word, index: usize) -> bool {
        !word.per_row || self.tree.nodes[index].summed
    }

    /// True for a negative number where a formula begins.
    pub(super) fn may_be_signed(&self, word: &Word, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or("").trim_end();
        word.number && word.text.starts_with('-') && before.ends_with(['=', '(', '[', ',', '{'])
    }

    /// A word with parentheses where its place needs them.
    fn seated(&self, word: &Word, index: usize) -> String {
        let node = &self.tree.nodes[index];
        let written = self.at(node.span);
        let parent = node.parent.map(|p| &self.tree.nodes[p]);
        let is_first = parent.is_some_and(|p| p.children.first() == Some(&index));
        let braced = written.starts_with('{');
        let bare = match parent.map(|p| p.kind) {
            None | Some(Kind::Same | Kind::Sum) => true,
            Some(Kind::Add) => word.seat <= Seat::Product || is_first,
            Some(Kind::Sub) => word.seat <= Seat::Product || is_first,
            Some(Kind::Mul) => word.seat <= if is_first { Seat::Product } else { Seat::Atom },
            Some(Kind::Div) => word.seat <= if is_first { Seat::Product } else { Seat::Atom },
            Some(Kind::Neg) => word.seat <= Seat::Product,
            Some(Kind::Leaf | Kind::Other) => word.seat == Seat::Atom,
        };
        // A sum's argument that stands without parentheses of its own in LaTeX.
        let open = self.latex && word.seat == Seat::Sum && !braced;
        if braced {
            format!("{{{}}}", word.text)
        } else if (bare && !open) || is_bracketed(&word.text) || self.may_be_signed(word, node.span.start) {
            word.text.clone()
        } else {
            format!("({})", word.text)
        }
    }
}

/// The least of them, each once.
pub(super) fn keep(found: &mut Vec<Repair>) {
    found.sort_by(|a, b| a.effort.total_cmp(&b.effort));
    found.dedup_by(|a, b| a.changes == b.changes);
    found.truncate(KEPT);
}

/// True for a text in parentheses.
pub(super) fn is_bracketed(text: &str) -> bool {
    text.starts_with('(') && text.ends_with(')') && super::words::closes_at_end(text)
}

/// Two changes: one of the number in front, and another.
pub(super) fn scaled(scene: &Scene<'_>, truth: &Values) -> Vec<Repair> {
    let root = &scene.tree.nodes[scene.tree.root].value;
    let mut found: Vec<Repair> = Vec::new();
    for word in scene.words.list.iter().filter(|w| w.number && w.value[0][0] != 0.0 && w.value[0][0] != 1.0) {
        let Some(scaled) = combine(root, &word.value, |v, c| v * c) else { continue };
        let Some(rest) = combine(truth, &word.value, |v, c| v / c) else { continue };
        let others = scene.singles(&rest);
        if others.is_empty() {
            continue;
        }
        let number = |r: &Repair| r.changes.iter().all(|c| c.instead.len() <= 8);
        let fronts: Vec<Repair> = scene.singles(&scaled).into_iter().filter(number).collect();
        for other in &others {
            let front = fronts.iter().find(|front| front.is_apart(other));
            found.extend(front.map(|front| front.and(other)));
        }
    }
    keep(&mut found);
    found
}

/// Two changes of factors.
pub(super) fn doubles(scene: &Scene<'_>, truth: &Values) -> Vec<Repair> {
    let needs = scene.tree.needs(truth, scene.rows);
    let chains: Vec<Chain> = chains(scene, &needs);
    let root = &scene.tree.nodes[scene.tree.root].value;
    let Some(whole) = combine(truth, root, |t, v| t / v) else { return vec![] };
    let of_product: Vec<&Chain> = chains.iter().filter(|c| all_same(&c.ratio, &whole)).collect();
    let mut found = Vec::new();
    for (at, first) in of_product.iter().enumerate() {
        for second in &of_product[at..] {
            first.two(scene, second, &whole, &mut found);
        }
    }
    keep(&mut found);
    found
}
