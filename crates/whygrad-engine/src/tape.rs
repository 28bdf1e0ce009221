//! A straight list of operations on numbers, each the argument of later ones.
//!
//! A tape is what a tiny net's step becomes when every entry of every term is spelled out: no
//! vectors, no matrices, no loops. It is run on several lanes at once, by machine code or by the
//! interpreter, with the same bits: each operation is rounded once.
//!
//! Sums and products of a formula are recorded as [`Node::Plus`] and [`Node::Times`], whose order
//! of rounding is nobody's promise; [`Tape::finish`] settles it. What a function such as exp is made
//! of is recorded exactly as it is written.

mod pack;
mod settle;
mod value;

use std::collections::HashMap;

pub use value::{Recorder, Value};

/// A number of a tape: its index.
pub type Id = u32;

/// Where in memory a number lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The block of memory.
    pub base: Base,
    /// Where in it, in numbers (not bytes).
    pub offset: u32,
    /// How many numbers are meant.
    pub spread: Spread,
}

/// How the lanes share what lies at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spread {
    /// One number for all lanes.
    One,
    /// Four numbers for the first four lanes; what the others hold is never looked at.
    Four,
    /// A number a lane.
    Lanes,
}

/// A block of memory that a tape reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
    /// What a step leaves to the next, and what lies between two blocks of a step.
    Cells,
    /// The data of the row, or of the group of rows, at hand.
    Rows,
    /// The numbers that all parameters share in the step at hand.
    Shared,
    /// Where the step at hand leaves what is watched.
    Watched,
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A number, by its bits as f64.
    Constant(u64),
    /// What lies in memory when the block begins.
    Load(Address),
    /// a + b of a formula.
    Plus(Id, Id),
    /// a - b of a formula.
    Minus(Id, Id),
    /// a · b of a formula.
    Times(Id, Id),
    /// a + b
    Add(Id, Id),
    /// a - b
    Sub(Id, Id),
    /// a · b
    Mul(Id, Id),
    /// a / b
    Div(Id, Id),
    /// ±a · b ± c, rounded once.
    Fma {
        /// A factor.
        a: Id,
        /// A factor.
        b: Id,
        /// What is added.
        c: Id,
        /// The product is taken off.
        minus_product: bool,
        /// c is taken off.
        minus_c: bool,
    },
    /// The greater; b where one is not a number.
    Larger(Id, Id),
    /// The smaller; b where one is not a number.
    Smaller(Id, Id),
    /// |a| with the sign of b
    WithSign(Id, Id),
    /// -a
    Neg(Id),
    /// |a|
    Abs(Id),
    /// √a
    Sqrt(Id),
    /// The nearest whole number, halves to even.
    Round(Id),
    /// a · 2^n
    Scale(Id, Id),
    /// The exponent of a positive normal number.
    Exponent(Id),
    /// The mantissa in [1, 2) of a positive normal number.
    Mantissa(Id),
    /// `then` where left > right, else `otherwise`.
    Choose {
        /// Compared.
        left: Id,
        /// Compared with.
        right: Id,
        /// Where left is greater.
        then: Id,
        /// Where it is not.
        otherwise: Id,
    },
    /// The sum over the lanes, in every lane: neighbours are added until one is left.
    SumLanes(Id),
    /// The sums over the lanes of four numbers, in the first four lanes: each as [`Node::SumLanes`].
    SumFour([Id; 4]),
}

impl Node {
    /// The arguments in order.
    pub fn arguments(self) -> impl Iterator<Item = Id> {
        let (list, len) = match self {
            Node::Constant(_) | Node::Load(_) => ([0; 4], 0),
            Node::Neg(a)
            | Node::Abs(a)
            | Node::Sqrt(a)
            | Node::Round(a)
            | Node::Exponent(a)
            | Node::Mantissa(a)
            | Node::SumLanes(a) => ([a, 0, 0, 0], 1),
            Node::Plus(a, b)
            | Node::Minus(a, b)
            | Node::Times(a, b)
            | Node::Add(a, b)
            | Node::Sub(a, b)
            | Node::Mul(a, b)
            | Node::Div(a, b)
            | Node::Larger(a, b)
            | Node::Smaller(a, b)
            | Node::WithSign(a, b)
            | Node::Scale(a, b) => ([a, b, 0, 0], 2),
            Node::Fma { a, b, c, .. } => ([a, b, c, 0], 3),
            Node::SumFour(list) => (list, 4),
            Node::Choose { left, right, then, otherwise } => ([left, right, then, otherwise], 4),
        };
        list.into_iter().take(len)
    }

    /// The same operation with each argument replaced.
    #[must_use]
    pub fn map_arguments(self, mut f: impl FnMut(Id) -> Id) -> Node {
        match self {
            Node::Constant(_) | Node::Load(_) => self,
            Node::Neg(a) => Node::Neg(f(a)),
            Node::Abs(a) => Node::Abs(f(a)),
            Node::Sqrt(a) => Node::Sqrt(f(a)),
            Node::Round(a) => Node::Round(f(a)),
            Node::Exponent(a) => Node::Exponent(f(a)),
            Node::Mantissa(a) => Node::Mantissa(f(a)),
            Node::SumLanes(a) => Node::SumLanes(f(a)),
            Node::SumFour(list) => Node::SumFour(list.map(f)),
            Node::Plus(a, b) => Node::Plus(f(a), f(b)),
            Node::Minus(a, b) => Node::Minus(f(a), f(b)),
            Node::Times(a, b) => Node::Times(f(a), f(b)),
            Node::Add(a, b) => Node::Add(f(a), f(b)),
            Node::Sub(a, b) => Node::Sub(f(a), f(b)),
            Node::Mul(a, b) => Node::Mul(f(a), f(b)),
            Node::Div(a, b) => Node::Div(f(a), f(b)),
            Node::Larger(a, b) => Node::Larger(f(a), f(b)),
            Node::Smaller(a, b) => Node::Smaller(f(a), f(b)),
            Node::WithSign(a, b) => Node::WithSign(f(a), f(b)),
            Node::Scale(a, b) => Node::Scale(f(a), f(b)),
            Node::Fma { a, b, c, minus_product, minus_c } => {
                Node::Fma { a: f(a), b: f(b), c: f(c), minus_product, minus_c }
            }
            Node::Choose { left, right, then, otherwise } => {
                Node::Choose { left: f(left), right: f(right), then: f(then), otherwise: f(otherwise) }
            }
        }
    }
}

/// A number that is written to memory; at a place of one number, the number of the first lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Store {
    /// Where to.
    pub to: Address,
    /// Which number.
    pub value: Id,
}

/// How a tape's numbers are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arithmetic {
    /// f32, else f64.
    pub single: bool,
    /// Products and sums are fused, so that both are rounded once.
    pub fused: bool,
}

/// A tape in the making: every operation is recorded once.
#[derive(Clone, Debug)]
pub struct Tape {
    arithmetic: Arithmetic,
    nodes: Vec<Node>,
    known: HashMap<Node, Id>,
    stores: Vec<Store>,
    core: Vec<Id>,
}

/// A tape ready to run: no `Plus`, `Minus` or `Times`, nothing unused, arguments before what uses them.
#[derive(Clone, Debug, PartialEq)]
pub struct Straight {
    /// The operations.
    pub nodes: Vec<Node>,
    /// What is written, as if when all operations are done.
    pub stores: Vec<Store>,
}

impl Tape {
    /// An empty tape.
    pub fn new(arithmetic: Arithmetic) -> Tape {
        Tape { arithmetic, nodes: Vec::new(), known: HashMap::new(), stores: Vec::new(), core: Vec::new() }
    }

    /// How its numbers are rounded.
    pub fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    /// The operation of a number.
    pub fn node(&self, id: Id) -> Node {
        self.nodes[id as usize]
    }

    /// How many operations were recorded.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A number known beforehand, rounded to the tape's precision.
    pub fn constant(&mut self, value: f64) -> Id {
        let rounded = if self.arithmetic.single { f64::from(value as f32) } else { value };
        self.intern(Node::Constant(rounded.to_bits()))
    }

    /// The constant that a number is.
    pub fn constant_of(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Constant(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    /// What lies in memory.
    pub fn load(&mut self, address: Address) -> Id {
        self.intern(Node::Load(address))
    }

    /// Writes a number to memory when the block ends.
    pub fn store(&mut self, to: Address, value: Id) {
        self.stores.push(Store { to, value });
    }

    /// Says that a number belongs to the update: how it is rounded does not depend on what else the
    /// tape is asked for.
    pub fn belongs_to_update(&mut self, value: Id) {
        self.core.push(value);
    }

    /// Records an operation; one of constants becomes a constant, some of 0 and 1 vanish.
    pub fn push(&mut self, node: Node) -> Id {
        if let Some(id) = self.shorter(node) {
            return id;
        }
        let constants: Option<Vec<f64>> = node.arguments().map(|a| self.constant_of(a)).collect();
        match constants.filter(|c| !c.is_empty()).and_then(|c| settle::fold(node, &c, self.arithmetic)) {
            Some(value) => self.constant(value),
            None => self.intern(node),
        }
    }

    /// Makes one operation of four alike where numbers are summed over the lanes and neighbours in
    /// memory are made of the sums: parameters that are updated from the rows in the lanes.
    pub fn pack(&mut self) {
        pack::pack(self);
    }

    /// Settles the order of sums, fuses products into them, and drops what nothing uses.
    pub fn finish(&self) -> Straight {
        settle::settle(self)
    }

    /// As [`Tape::finish`], in the order in which the stores ask for numbers.
    pub fn finish_by_need(&self) -> Straight {
        settle::by_need(&settle::settle(self))
    }

    fn intern(&mut self, node: Node) -> Id {
        let next = self.nodes.len() as Id;
        let id = *self.known.entry(node).or_insert(next);
        if id == next {
            self.nodes.push(node);
        }
        id
    }

    fn shorter(&mut self, node: Node) -> Option<Id> {
        let is = |id: Id, value: f64| self.constant_of(id) == Some(value);
        match node {
            Node::Plus(a, b) if is(a, 0.0) => Some(b),
            Node::Plus(a, b) | Node::Minus(a, b) if is(b, 0.0) => Some(a),
            Node::Times(a, b) if is(a, 1.0) => Some(b),
            Node::Times(a, b) | Node::Div(a, b) if is(b, 1.0) => Some(a),
            Node::Times(a, b) if is(a, -1.0) => Some(self.push(Node::Neg(b))),
            Node::Times(a, b) if is(b, -1.0) => Some(self.push(Node::Neg(a))),
            Node::Neg(a) => match self.node(a) {
                Node::Neg(inner) => Some(inner),
                _ => None,
            },
            Node::Plus(a, b) => match (self.node(a), self.node(b)) {
                (_, Node::Neg(b)) => Some(self.push(Node::Minus(a, b))),
                (Node::Neg(a), _) => Some(self.push(Node::Minus(b, a))),
                _ => None,
            },
            Node::Minus(a, b) => match self.node(b) {
                Node::Neg(b) => Some(self.push(Node::Plus(a, b))),
                _ => None,
            },
            // One order of the factors, so that equal products are recorded once.
            Node::Times(a, b) => match (self.node(a), self.node(b)) {
                (Node::Neg(a), Node::Neg(b)) => Some(self.push(Node::Times(a, b))),
                (Node::Neg(a), Node::Constant(c)) => {
                    let c = self.constant(-f64::from_bits(c));
                    Some(self.push(Node::Times(a, c)))
                }
                (Node::Constant(c), Node::Neg(b)) => {
                    let c = self.constant(-f64::from_bits(c));
                    Some(self.push(Node::Times(c, b)))
                }
                (Node::Neg(a), _) => {
                    let product = self.push(Node::Times(a, b));
                    Some(self.push(Node::Neg(product)))
                }
                (_, Node::Neg(b)) => {
                    let product = self.push(Node::Times(a, b));
                    Some(self.push(Node::Neg(product)))
                }
                _ if b < a => Some(self.push(Node::Times(b, a))),
                _ => None,
            },
            _ => None,
        }
    }
}
