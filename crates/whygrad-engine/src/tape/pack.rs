//! Four sums over the lanes at once.
//!
//! With rows in the lanes the derivative by a parameter is a sum over the lanes, and the update
//! that follows is the same in every lane. Four parameters that lie side by side are better
//! updated together, a lane each: their sums cost half of what four cost apart, and the update a
//! quarter (after Larsen and Amarasinghe, "Exploiting superword level parallelism", 2000).

use std::collections::HashMap;

use super::{Address, Id, Node, Spread, Store, Tape};

pub(super) fn pack(tape: &mut Tape) {
    let mut at: HashMap<Address, (usize, Id)> = HashMap::new();
    for (index, store) in tape.stores.iter().enumerate() {
        if store.to.spread == Spread::One {
            at.insert(store.to, (index, store.value));
        }
    }
    let mut gone = vec![false; tape.stores.len()];
    let mut together = Vec::new();
    let stores = tape.stores.clone();
    for (index, store) in stores.iter().enumerate() {
        if gone[index] || store.to.spread != Spread::One {
            continue;
        }
        let neighbour = |k: u32| at.get(&Address { offset: store.to.offset + k, ..store.to }).copied();
        let (Some(b), Some(c), Some(d)) = (neighbour(1), neighbour(2), neighbour(3)) else { continue };
        if [b, c, d].iter().any(|n| gone[n.0]) {
            continue;
        }
        let four = [store.value, b.1, c.1, d.1];
        let mut packer = Packer { known: HashMap::new(), sums: 0 };
        let Some(value) = packer.pack(tape, four, 0) else { continue };
        if packer.sums == 0 {
            continue;
        }
        if tape.core.contains(&store.value) {
            tape.core.push(value);
        }
        for n in [(index, 0), b, c, d] {
            gone[n.0] = true;
        }
        together.push(Store { to: Address { spread: Spread::Four, ..store.to }, value });
    }
    let lone: Vec<Id> = stores.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(s, _)| s.value).collect();
    let packed: Vec<Id> = together.iter().map(|s: &Store| s.value).collect();
    tape.core.retain(|id| lone.contains(id) || packed.contains(id));
    let mut kept = gone.iter();
    tape.stores.retain(|_| !kept.next().copied().unwrap_or(false));
    tape.stores.extend(together);
}

/// Operations of four lanes made of four operations each.
struct Packer {
    known: HashMap<[Id; 4], Id>,
    sums: usize,
}

/// No update is nested deeper.
const DEEPEST: usize = 64;

impl Packer {
    /// The number whose first four lanes are these; `None` where they are not alike.
    fn pack(&mut self, tape: &mut Tape, four: [Id; 4], depth: usize) -> Option<Id> {
        if four.iter().all(|&x| x == four[0]) && !is_one_number(tape, four[0]) {
            return None;
        }
        if four.iter().all(|&x| x == four[0]) {
            return Some(four[0]);
        }
        if let Some(&id) = self.known.get(&four) {
            return Some(id);
        }
        if depth > DEEPEST {
            return None;
        }
        let nodes = four.map(|x| tape.node(x));
        let packed = match nodes {
            [Node::SumLanes(a), Node::SumLanes(b), Node::SumLanes(c), Node::SumLanes(d)] => {
                self.sums += 1;
                tape.push(Node::SumFour([a, b, c, d]))
            }
            [Node::Load(a), Node::Load(b), Node::Load(c), Node::Load(d)] => {
                let next = |k: u32| Address { offset: a.offset + k, ..a };
                if a.spread != Spread::One || [b, c, d] != [next(1), next(2), next(3)] {
                    return None;
                }
                tape.load(Address { spread: Spread::Four, ..a })
            }
            [first, ..] => {
                let blank = |node: Node| node.map_arguments(|_| 0);
                if nodes.iter().any(|&n| blank(n) != blank(first)) || first.arguments().next().is_none() {
                    return None;
                }
                let lists = nodes.map(|n| n.arguments().collect::<Vec<_>>());
                let mut arguments = Vec::new();
                let [a, b, c, d] = &lists;
                for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
                    arguments.push(self.pack(tape, [a, b, c, d], depth + 1)?);
                }
                let mut arguments = arguments.into_iter();
                tape.push(first.map_arguments(|_| arguments.next().unwrap_or(0)))
            }
        };
        self.known.insert(four, packed);
        Some(packed)
    }
}

/// True where every lane holds the same number: it is made of single numbers and sums alone.
fn is_one_number(tape: &Tape, id: Id) -> bool {
    let mut open = vec![id];
    let mut looked = 0;
    while let Some(id) = open.pop() {
        looked += 1;
        match tape.node(id) {
            Node::Load(address) if address.spread != Spread::One => return false,
            Node::SumLanes(_) | Node::Load(_) | Node::Constant(_) => {}
            Node::SumFour(_) => return false,
            node => open.extend(node.arguments()),
        }
        if looked > DEEPEST {
            return false;
        }
    }
    true
}
