//! The interpreter: a settled tape over arrays of lanes, one operation after the other.
//!
//! It says what the machine code must do, bit for bit, and stands in where none can be made.

use crate::real::Real;
use crate::scalar::Scalar;
use crate::tape::{Address, Base, Id, Node, Spread, Straight};

/// The value of an operation of one lane.
pub(crate) fn apply<T: Real + Scalar>(node: Node, [a, b, c, d]: [T; 4]) -> T {
    match node {
        Node::Constant(bits) => T::of(f64::from_bits(bits)),
        // What has no arguments to be computed from is not asked for here.
        Node::Load(_) => T::of(0.0),
        Node::Plus(..) | Node::Add(..) => a + b,
        Node::Minus(..) | Node::Sub(..) => a - b,
        Node::Times(..) | Node::Mul(..) => a * b,
        Node::Div(..) => a / b,
        Node::Fma { minus_product, minus_c, .. } => {
            let a = if minus_product { -a } else { a };
            let c = if minus_c { -c } else { c };
            a.fma(b, c)
        }
        Node::Larger(..) => a.larger(b),
        Node::Smaller(..) => a.smaller(b),
        Node::WithSign(..) => a.with_sign_of(b),
        Node::Neg(_) => -a,
        Node::Abs(_) => a.abs(),
        Node::Sqrt(_) => a.sqrt(),
        Node::Round(_) => a.round(),
        Node::Scale(..) => a.scale(b),
        Node::Exponent(_) => a.exponent(),
        Node::Mantissa(_) => a.mantissa(),
        Node::Choose { .. } => a.if_greater(b, c, d),
        Node::SumLanes(_) | Node::SumFour(_) => a,
    }
}

/// The memory of a run, one slice per base.
pub(crate) struct Memory<'m, T> {
    pub(crate) cells: &'m mut [T],
    pub(crate) rows: &'m [T],
    pub(crate) shared: &'m [T],
    pub(crate) watched: &'m mut [T],
}

/// Room for the numbers of a tape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch<T> {
    values: Vec<T>,
}

/// Runs a tape once on `lanes` lanes.
pub(crate) fn run<T: Real + Scalar>(
    tape: &Straight,
    lanes: usize,
    memory: &mut Memory<'_, T>,
    scratch: &mut Scratch<T>,
) {
    scratch.values.resize(tape.nodes.len() * lanes, T::of(0.0));
    for (index, &node) in tape.nodes.iter().enumerate() {
        let (before, rest) = scratch.values.split_at_mut(index * lanes);
        let out = &mut rest[..lanes];
        let at = |id: Id| &before[id as usize * lanes..(id as usize + 1) * lanes];
        match node {
            Node::Load(address) => load(address, out, memory),
            Node::SumLanes(a) => {
                let sum = sum_lanes(at(a));
                out.fill(sum);
            }
            Node::SumFour(list) => {
                for (o, a) in out.iter_mut().zip(list) {
                    *o = sum_lanes(at(a));
                }
            }
            _ => each_lane(node, out, at),
        }
    }
    let at = |id: Id| &scratch.values[id as usize * lanes..(id as usize + 1) * lanes];
    for store in &tape.stores {
        write(store.to, at(store.value), memory);
    }
}

/// One loop for the operations that a net is mostly made of, so that they become vector code.
fn each_lane<'v, T: Real + Scalar>(node: Node, out: &mut [T], at: impl Fn(Id) -> &'v [T]) {
    let two = |out: &mut [T], a: Id, b: Id, f: fn(T, T) -> T| {
        for ((o, &x), &y) in out.iter_mut().zip(at(a)).zip(at(b)) {
            *o = f(x, y);
        }
    };
    match node {
        Node::Add(a, b) => two(out, a, b, |x, y| x + y),
        Node::Sub(a, b) => two(out, a, b, |x, y| x - y),
        Node::Mul(a, b) => two(out, a, b, |x, y| x * y),
        Node::Div(a, b) => two(out, a, b, |x, y| x / y),
        _ => {
            let mut ids = [None; 4];
            for (slot, id) in ids.iter_mut().zip(node.arguments()) {
                *slot = Some(at(id));
            }
            for (lane, o) in out.iter_mut().enumerate() {
                *o = apply(node, ids.map(|values| values.map_or(T::of(0.0), |v| v[lane])));
            }
        }
    }
}

/// Neighbours are added until one number is left.
fn sum_lanes<T: Real>(values: &[T]) -> T {
    match values {
        [] => T::of(0.0),
        [one] => *one,
        _ => {
            let (left, right) = values.split_at(values.len() / 2);
            sum_lanes(left) + sum_lanes(right)
        }
    }
}

fn load<T: Real>(address: Address, out: &mut [T], memory: &Memory<'_, T>) {
    let block: &[T] = match address.base {
        Base::Cells => memory.cells,
        Base::Rows => memory.rows,
        Base::Shared => memory.shared,
        Base::Watched => memory.watched,
    };
    let from = address.offset as usize;
    match address.spread {
        Spread::One => out.fill(block[from]),
        Spread::Four => out[..4].copy_from_slice(&block[from..from + 4]),
        Spread::Lanes => out.copy_from_slice(&block[from..from + out.len()]),
    }
}

fn write<T: Real>(address: Address, values: &[T], memory: &mut Memory<'_, T>) {
    let from = address.offset as usize;
    let len = match address.spread {
        Spread::One => 1,
        Spread::Four => 4,
        Spread::Lanes => values.len(),
    };
    let block = match address.base {
        Base::Cells => &mut *memory.cells,
        Base::Watched => &mut *memory.watched,
        // Data and shared numbers are never written.
        Base::Rows | Base::Shared => return,
    };
    block[from..from + len].copy_from_slice(&values[..len]);
}
