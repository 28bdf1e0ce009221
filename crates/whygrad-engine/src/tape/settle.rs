//! Settling a tape: sums get their order, products are fused into them, what is unused goes.
//!
//! A sum of a formula, however it was bracketed, is one sum: its terms are added in the order in
//! which they can be ready, those ready last coming last, since what waits for the sum waits for
//! them. A long sum is four sums that do not wait for each other. The factors of a product are
//! multiplied in the same order. The order depends on the tape alone, so that the same program
//! gives the same bits.

use std::collections::HashMap;

use super::{Arithmetic, Id, Node, Store, Straight, Tape};
use crate::interpret;

/// Above so many terms a sum is split.
const LONG_SUM: usize = 8;
/// The place of what is not settled yet, or is a part of something else.
const NOT_YET: Id = Id::MAX;
/// Into so many sums.
const CHAINS: usize = 4;

pub(super) fn settle(tape: &Tape) -> Straight {
    let parts = Parts::of(tape);
    let mut out = Settled::new(tape.arithmetic);
    let mut new_of: Vec<Id> = vec![NOT_YET; tape.nodes.len()];
    for (index, &node) in tape.nodes.iter().enumerate() {
        if !parts.stands_alone(index) {
            continue;
        }
        new_of[index] = match node {
            Node::Plus(..) | Node::Minus(..) => {
                let terms = terms(tape, &parts.absorbed, index as Id);
                let terms = terms.into_iter().map(|(id, minus)| {
                    let (a, b) = out.halves_of_product(factors(tape, &parts.absorbed, &new_of, id));
                    Term { minus, a, b }
                });
                let terms = terms.collect();
                out.sum(terms)
            }
            Node::Times(..) => {
                let factors = factors(tape, &parts.absorbed, &new_of, index as Id);
                let (a, b) = out.halves_of_product(factors);
                b.map_or(a, |b| out.push(Node::Mul(a, b)))
            }
            other => out.push(other.map_arguments(|a| new_of[a as usize])),
        };
    }
    let stores = tape.stores.iter().map(|s| Store { to: s.to, value: new_of[s.value as usize] });
    let stores = stores.collect();
    dropping_unused(&Straight { stores, nodes: out.nodes })
}

/// Without what the stores do not need.
fn dropping_unused(tape: &Straight) -> Straight {
    let mut live = vec![false; tape.nodes.len()];
    for store in &tape.stores {
        live[store.value as usize] = true;
    }
    for index in (0..tape.nodes.len()).rev() {
        if live[index] {
            for argument in tape.nodes[index].arguments() {
                live[argument as usize] = true;
            }
        }
    }
    let mut new_of = vec![0; live.len()];
    let mut nodes = Vec::with_capacity(live.len());
    for (index, node) in tape.nodes.iter().enumerate().filter(|(index, _)| live[*index]) {
        new_of[index] = nodes.len() as Id;
        nodes.push(node.map_arguments(|a| new_of[a as usize]));
    }
    let new = |s: &Store| Store { to: s.to, value: new_of[s.value as usize] };
    Straight { stores: tape.stores.iter().map(new).collect(), nodes }
}

/// The same tape in the order in which the stores ask for numbers: what only one of them needs
/// comes just before it, and need not be kept for long.
pub(super) fn by_need(tape: &Straight) -> Straight {
    let mut new_of: Vec<Option<Id>> = vec![None; tape.nodes.len()];
    let mut nodes = Vec::with_capacity(tape.nodes.len());
    for store in &tape.stores {
        let mut open = vec![store.value];
        while let Some(&id) = open.last() {
            let node = tape.nodes[id as usize];
            let missing = node.arguments().filter(|&a| new_of[a as usize].is_none());
            let before = open.len();
            open.extend(missing);
            if open.len() > before {
                // The first argument first.
                open[before..].reverse();
                continue;
            }
            open.pop();
            if new_of[id as usize].is_none() {
                new_of[id as usize] = Some(nodes.len() as Id);
                nodes.push(node.map_arguments(|a| new_of[a as usize].unwrap_or(0)));
            }
        }
    }
    let new = |id: Id| new_of[id as usize].unwrap_or(0);
    let stores = tape.stores.iter().map(|s| Store { to: s.to, value: new(s.value) }).collect();
    Straight { nodes, stores }
}

/// Which numbers are part of a larger sum or product.
///
/// The update comes first, as if there were nothing else: a net has the same bits, whatever is
/// watched beside it. Where something else needs a part of one of its sums, that part is computed
/// once more by itself.
struct Parts {
    live: Vec<bool>,
    /// Part of the one sum or product that uses it.
    absorbed: Vec<bool>,
    /// Needed by itself all the same.
    asked_for: Vec<bool>,
}

impl Parts {
    fn of(tape: &Tape) -> Parts {
        let update = Usage::of(tape, &tape.core, &[]);
        let roots: Vec<Id> = tape.stores.iter().map(|s| s.value).collect();
        let others = Usage::of(tape, &roots, &update.live);
        let mut absorbed = vec![false; tape.nodes.len()];
        update.absorb(tape, &mut absorbed);
        others.absorb(tape, &mut absorbed);
        let live = update.live.iter().zip(&others.live).map(|(a, b)| *a || *b).collect();
        let asked_for = others.uses.iter().zip(&update.live).map(|(n, update)| *update && *n > 0);
        Parts { live, absorbed, asked_for: asked_for.collect() }
    }

    fn stands_alone(&self, index: usize) -> bool {
        self.live[index] && (!self.absorbed[index] || self.asked_for[index])
    }
}

/// What some numbers need, and how often each number is used by those.
struct Usage {
    live: Vec<bool>,
    uses: Vec<u32>,
}

impl Usage {
    /// Of `roots`; what `known` holds is used, but belongs to another part.
    fn of(tape: &Tape, roots: &[Id], known: &[bool]) -> Usage {
        let mut usage = Usage { live: vec![false; tape.nodes.len()], uses: vec![0; tape.nodes.len()] };
        let own = |id: Id| !known.get(id as usize).copied().unwrap_or(false);
        for &root in roots {
            usage.live[root as usize] |= own(root);
            // A root stands by itself.
            usage.uses[root as usize] += 2;
        }
        for index in (0..tape.nodes.len()).rev() {
            if usage.live[index] {
                for argument in tape.nodes[index].arguments() {
                    usage.live[argument as usize] |= own(argument);
                    usage.uses[argument as usize] += 1;
                }
            }
        }
        usage
    }

    /// Marks what is a part of the one sum or product that uses it.
    fn absorb(&self, tape: &Tape, absorbed: &mut [bool]) {
        for (index, node) in tape.nodes.iter().enumerate() {
            let sum = match *node {
                Node::Plus(..) | Node::Minus(..) => true,
                Node::Times(..) => false,
                _ => continue,
            };
            for part in node.arguments().filter(|_| self.live[index]) {
                let loose = match tape.node(part) {
                    Node::Plus(..) | Node::Minus(..) => sum,
                    Node::Times(..) => true,
                    _ => false,
                };
                let once = self.live[part as usize] && self.uses[part as usize] == 1;
                absorbed[part as usize] |= loose && once;
            }
        }
    }
}

/// A term of a sum, over the numbers of the settled tape.
#[derive(Clone, Copy)]
struct Term {
    minus: bool,
    a: Id,
    /// The other factor of a product.
    b: Option<Id>,
}

/// The terms of a sum, each with whether it is taken off.
fn terms(tape: &Tape, absorbed: &[bool], root: Id) -> Vec<(Id, bool)> {
    let mut terms = Vec::new();
    let mut open = vec![(root, false)];
    while let Some((id, minus)) = open.pop() {
        let whole = id != root && !absorbed[id as usize];
        match tape.node(id) {
            Node::Plus(a, b) if !whole => open.extend([(b, minus), (a, minus)]),
            Node::Minus(a, b) if !whole => open.extend([(b, !minus), (a, minus)]),
            _ => terms.push((id, minus)),
        }
    }
    terms
}

/// The factors of a product, over the numbers of the settled tape; of a number that is none, itself.
fn factors(tape: &Tape, absorbed: &[bool], new_of: &[Id], root: Id) -> Vec<Id> {
    let mut factors = Vec::new();
    // A product that stands by itself has its factors all the same.
    let own = absorbed[root as usize] || new_of[root as usize] == NOT_YET;
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        match tape.node(id) {
            Node::Times(a, b) if (id == root && own) || (id != root && absorbed[id as usize]) => {
                open.extend([b, a]);
            }
            _ => factors.push(new_of[id as usize]),
        }
    }
    factors
}

/// The settled tape in the making.
struct Settled {
    arithmetic: Arithmetic,
    nodes: Vec<Node>,
    /// When a number can be ready: the longest chain of operations before it, in cycles or so.
    ready: Vec<u32>,
    known: HashMap<Node, Id>,
}

impl Settled {
    fn new(arithmetic: Arithmetic) -> Settled {
        Settled { arithmetic, nodes: Vec::new(), ready: Vec::new(), known: HashMap::new() }
    }

    fn push(&mut self, node: Node) -> Id {
        if let Some(&id) = self.known.get(&node) {
            return id;
        }
        let before = node.arguments().map(|a| self.ready[a as usize]).max().unwrap_or(0);
        let id = self.nodes.len() as Id;
        self.ready.push(before + cycles(node));
        self.nodes.push(node);
        self.known.insert(node, id);
        id
    }

    /// A product as two factors, those that are ready first multiplied first; one where there is
    /// one.
    fn halves_of_product(&mut self, mut factors: Vec<Id>) -> (Id, Option<Id>) {
        factors.sort_by_key(|&f| self.ready[f as usize]);
        let last = factors.pop();
        let product = factors.into_iter().reduce(|a, b| self.push(Node::Mul(a, b)));
        match (product, last) {
            (Some(product), last) => (product, last),
            (None, last) => (last.unwrap_or(0), None),
        }
    }

    fn sum(&mut self, mut terms: Vec<Term>) -> Id {
        let ready = |t: &Term| self.ready[t.a as usize].max(t.b.map_or(0, |b| self.ready[b as usize]));
        let when: HashMap<(Id, Option<Id>), u32> = terms.iter().map(|t| ((t.a, t.b), ready(t))).collect();
        terms.sort_by_key(|t| when[&(t.a, t.b)]);
        // A plain term costs nothing in the first place.
        if let [first, second, ..] = terms[..]
            && first.b.is_some()
            && let Some(plain) = terms.iter().position(|t| t.b.is_none())
            && when[&(terms[plain].a, None)] <= when[&(second.a, second.b)]
        {
            let term = terms.remove(plain);
            terms.insert(0, term);
        }
        let chains = if terms.len() > LONG_SUM { CHAINS } else { 1 };
        let mut sums: Vec<(Id, bool)> =
            (0..chains).map(|k| self.chain(terms.iter().skip(k).step_by(chains).copied())).collect();
        while sums.len() > 1 {
            sums = sums.chunks(2).map(|pair| self.join(pair[0], pair[1])).collect();
        }
        match sums[0] {
            (id, false) => id,
            (id, true) => self.push(Node::Neg(id)),
        }
    }

    /// One term after the other; the sum, and whether its sign is still to be turned.
    fn chain(&mut self, terms: impl Iterator<Item = Term>) -> (Id, bool) {
        let mut sum: Option<(Id, bool)> = None;
        for term in terms {
            sum = Some(match (sum, term.b) {
                (None, None) => (term.a, term.minus),
                (None, Some(b)) => (self.push(Node::Mul(term.a, b)), term.minus),
                (Some(sum), None) => self.join(sum, (term.a, term.minus)),
                (Some((c, minus_c)), Some(b)) if self.arithmetic.fused => {
                    let minus_product = term.minus;
                    (self.push(Node::Fma { a: term.a, b, c, minus_product, minus_c }), false)
                }
                (Some(sum), Some(b)) => {
                    let product = self.push(Node::Mul(term.a, b));
                    self.join(sum, (product, term.minus))
                }
            });
        }
        sum.unwrap_or((0, false))
    }

    fn join(&mut self, (a, minus_a): (Id, bool), (b, minus_b): (Id, bool)) -> (Id, bool) {
        match (minus_a, minus_b) {
            (false, false) => (self.push(Node::Add(a, b)), false),
            (false, true) => (self.push(Node::Sub(a, b)), false),
            (true, false) => (self.push(Node::Sub(b, a)), false),
            (true, true) => (self.push(Node::Add(a, b)), true),
        }
    }
}

/// About how long the processor takes.
fn cycles(node: Node) -> u32 {
    match node {
        Node::Constant(_) | Node::Load(_) => 0,
        Node::Neg(_) | Node::Abs(_) => 1,
        Node::Div(..) => 14,
        Node::Sqrt(_) => 18,
        Node::Round(_) => 8,
        Node::SumLanes(_) | Node::SumFour(_) => 20,
        _ => 4,
    }
}

/// The value of an operation on constants.
pub(super) fn fold(node: Node, arguments: &[f64], arithmetic: Arithmetic) -> Option<f64> {
    let at = |i: usize| arguments.get(i).copied().unwrap_or(0.0);
    let list = [at(0), at(1), at(2), at(3)];
    match node {
        // The sum over the lanes depends on how many there are.
        Node::SumLanes(_) | Node::SumFour(_) => None,
        _ if arithmetic.single => Some(f64::from(interpret::apply(node, list.map(|x| x as f32)))),
        _ => Some(interpret::apply(node, list)),
    }
}
