//! A person's formula as a tree over their text: which part stands in which, and what each would have to be.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::syntax::ast::Span;

use super::super::formulas::Formulas;
use super::worlds::{Values, Worlds, all_same, combine, is_same};

/// What a part does with the parts in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a number.
    Leaf,
    /// a + b
    Add,
    /// a - b
    Sub,
    /// a b
    Mul,
    /// a/b
    Div,
    /// -a
    Neg,
    /// A sum over the rows.
    Sum,
    /// The mean over the rows, or nothing.
    Same,
    /// Anything else.
    Other,
}

/// One expression of the person's.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its place, with parentheses of its own.
    pub(super) span: Span,
    pub(super) term: Term,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) kind: Kind,
    pub(super) value: Values,
    /// True inside a sum over the rows.
    pub(super) summed: bool,
    /// True where each row has its own value.
    pub(super) per_row: bool,
}

/// A formula, and the lines it uses.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: usize,
}

impl Tree {
    /// The tree of the formula of a component.
    pub(super) fn of(formulas: &Formulas, arena: &Arena, offset: usize, worlds: &mut Worlds) -> Option<Tree> {
        let whole = formulas.component(offset)?.span;
        let mut parts: Vec<(Span, Term)> = formulas.parts(offset).to_vec();
        parts.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
        parts.dedup_by_key(|(span, _)| *span);
        let mut nodes: Vec<Node> = Vec::with_capacity(parts.len());
        let mut open: Vec<usize> = Vec::new();
        for (span, term) in parts {
            while open.last().is_some_and(|&top| nodes[top].span.end <= span.start) {
                open.pop();
            }
            let parent = open.last().copied().filter(|&top| span.end <= nodes[top].span.end);
            let index = nodes.len();
            if let Some(parent) = parent {
                nodes[parent].children.push(index);
            }
            let value = worlds.values(arena, term)?;
            let (kind, children) = (Kind::Leaf, vec![]);
            let per_row = arena.shape(term).per_row;
            nodes.push(Node { span, term, parent, children, kind, value, summed: false, per_row });
            open.push(index);
        }
        let root = nodes.iter().position(|n| n.span == whole)?;
        let mut tree = Tree { nodes, root };
        tree.join_lines();
        let rows = worlds.rows();
        for index in 0..tree.nodes.len() {
            tree.nodes[index].kind = tree.kind_of(arena, index, &rows);
        }
        tree.below(tree.root, false);
        Some(tree)
    }

    /// Lets the person's own lines hang where they are used, if that is one place.
    fn join_lines(&mut self) {
        let lines: Vec<usize> =
            (0..self.nodes.len()).filter(|&k| self.nodes[k].parent.is_none() && k != self.root).collect();
        for line in lines {
            let uses = |k: &usize| {
                let node = &self.nodes[*k];
                node.children.is_empty() && node.parent.is_some() && node.term == self.nodes[line].term
            };
            let used: Vec<usize> = (0..self.nodes.len()).filter(uses).collect();
            if let [place] = used[..]
                && !self.is_above(line, place)
            {
                self.nodes[place].children.push(line);
                self.nodes[line].parent = Some(place);
            }
        }
    }

    fn is_above(&self, above: usize, below: usize) -> bool {
        let mut at = Some(below);
        while let Some(node) = at {
            if node == above {
                return true;
            }
            at = self.nodes[node].parent;
        }
        false
    }

    /// What a node does, told by its term and its values.
    fn kind_of(&self, arena: &Arena, index: usize, rows: &Values) -> Kind {
        let node = &self.nodes[index];
        let value = |k: usize| &self.nodes[k].value;
        let agrees = |found: Option<Values>| found.is_some_and(|found| all_same(&found, &node.value));
        match node.children[..] {
            [] => Kind::Leaf,
            [a] if agrees(Some(value(a).clone())) => Kind::Same,
            [a] if agrees(combine(value(a), value(a), |a, _| -a)) => Kind::Neg,
            [a] if agrees(combine(value(a), rows, |a, n| a * n)) => Kind::Sum,
            [a, b] => match arena.op(node.term) {
                Op::Zip(Zip::Add, ..) if agrees(combine(value(a), value(b), |a, b| a + b)) => Kind::Add,
                Op::Zip(Zip::Add, ..) if agrees(combine(value(a), value(b), |a, b| a - b)) => Kind::Sub,
                Op::Zip(Zip::Mul, ..) if agrees(combine(value(a), value(b), |a, b| a * b)) => Kind::Mul,
                Op::Zip(Zip::Div, ..) if agrees(combine(value(a), value(b), |a, b| a / b)) => Kind::Div,
                _ => Kind::Other,
            },
            _ => Kind::Other,
        }
    }

    fn below(&mut self, from: usize, summed: bool) {
        let mut open = vec![(from, summed)];
        while let Some((index, summed)) = open.pop() {
            self.nodes[index].summed = summed;
            let once = !self.nodes[index].per_row;
            for child in self.nodes[index].children.clone() {
                let reduces = once && self.nodes[child].per_row;
                open.push((child, summed || reduces));
            }
        }
    }

    /// What each part would have to be so that the formula is `truth` at every point, all else as it is.
    pub(super) fn needs(&self, truth: &Values, rows: &Values) -> Vec<Option<Values>> {
        let mut needs: Vec<Option<Values>> = vec![None; self.nodes.len()];
        needs[self.root] = fitting(truth.clone(), &self.nodes[self.root].value);
        let mut open = vec![self.root];
        while let Some(index) = open.pop() {
            let node = &self.nodes[index];
            open.extend(&node.children);
            let Some(need) = needs[index].clone() else { continue };
            let set = |child: usize, found: Option<Values>| {
                found.and_then(|found| fitting(found, &self.nodes[child].value))
            };
            match (node.kind, &node.children[..]) {
                (Kind::Same, &[a]) => needs[a] = set(a, Some(need)),
                (Kind::Neg, &[a]) => needs[a] = set(a, combine(&need, &need, |v, _| -v)),
                (Kind::Sum, &[a]) => needs[a] = set(a, combine(&need, rows, |v, n| v / n)),
                (kind, &[a, b]) => {
                    let (left, right) = (&self.nodes[a].value, &self.nodes[b].value);
                    let found = match kind {
                        Kind::Add => {
                            Some((combine(&need, right, |v, b| v - b), combine(&need, left, |v, a| v - a)))
                        }
                        Kind::Sub => {
                            Some((combine(&need, right, |v, b| v + b), combine(&need, left, |v, a| a - v)))
                        }
                        Kind::Mul => {
                            Some((combine(&need, right, |v, b| v / b), combine(&need, left, |v, a| v / a)))
                        }
                        Kind::Div => {
                            Some((combine(&need, right, |v, b| v * b), combine(&need, left, |v, a| a / v)))
                        }
                        _ => None,
                    };
                    if let Some((first, second)) = found {
                        needs[a] = set(a, first);
                        needs[b] = set(b, second);
                    }
                }
                _ => {}
            }
        }
        needs
    }
}

/// Values in the shape of others; `None` where they are not finite or need more entries.
fn fitting(mut found: Values, like: &Values) -> Option<Values> {
    for (values, like) in found.iter_mut().zip(like) {
        if !values.iter().all(|v| v.is_finite()) {
            return None;
        }
        if values.len() != like.len() {
            let first = *values.first()?;
            let is_one = like.len() == 1 && values.iter().all(|v| is_same(*v, first));
            if !is_one {
                return None;
            }
            *values = vec![first];
        }
    }
    Some(found)
}
