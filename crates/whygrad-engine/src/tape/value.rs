//! Recording a computation by doing it.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Address, Arithmetic, Id, Node, Tape};
use crate::scalar::Scalar;

/// A tape that values record themselves on.
#[derive(Debug)]
pub struct Recorder(RefCell<Tape>);

impl Recorder {
    /// Records on `tape`.
    pub fn new(tape: Tape) -> Recorder {
        Recorder(RefCell::new(tape))
    }

    /// The value of a number of the tape.
    pub fn value(&self, id: Id) -> Value<'_> {
        Value { recorder: self, id }
    }

    /// See [`Tape::push`].
    pub fn push(&self, node: Node) -> Id {
        self.0.borrow_mut().push(node)
    }

    /// See [`Tape::constant`].
    pub fn constant(&self, value: f64) -> Id {
        self.0.borrow_mut().constant(value)
    }

    /// See [`Tape::constant_of`].
    pub fn constant_of(&self, id: Id) -> Option<f64> {
        self.0.borrow().constant_of(id)
    }

    /// See [`Tape::load`].
    pub fn load(&self, address: Address) -> Id {
        self.0.borrow_mut().load(address)
    }

    /// See [`Tape::store`].
    pub fn store(&self, address: Address, value: Id) {
        self.0.borrow_mut().store(address, value);
    }

    /// See [`Tape::belongs_to_update`].
    pub fn belongs_to_update(&self, value: Id) {
        self.0.borrow_mut().belongs_to_update(value);
    }

    /// The number of an operation that was recorded before.
    pub fn known(&self, node: Node) -> Option<Id> {
        self.0.borrow().known.get(&node).copied()
    }

    /// The operation of a number.
    pub fn node(&self, id: Id) -> Node {
        self.0.borrow().node(id)
    }

    /// How numbers are rounded.
    pub fn arithmetic(&self) -> Arithmetic {
        self.0.borrow().arithmetic()
    }

    /// How many operations were recorded.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// The tape with all that was recorded.
    pub fn into_tape(self) -> Tape {
        self.0.into_inner()
    }
}

/// A number that is recorded, as a [`Scalar`].
#[derive(Clone, Copy, Debug)]
pub struct Value<'t> {
    recorder: &'t Recorder,
    id: Id,
}

impl Value<'_> {
    /// Which number of the tape it is.
    pub fn id(self) -> Id {
        self.id
    }

    fn push(self, node: Node) -> Self {
        Value { recorder: self.recorder, id: self.recorder.push(node) }
    }

    fn is_fused(self) -> bool {
        self.recorder.arithmetic().fused
    }
}

impl Add for Value<'_> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        self.push(Node::Add(self.id, b.id))
    }
}

impl Sub for Value<'_> {
    type Output = Self;
    fn sub(self, b: Self) -> Self {
        self.push(Node::Sub(self.id, b.id))
    }
}

impl Mul for Value<'_> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        self.push(Node::Mul(self.id, b.id))
    }
}

impl Div for Value<'_> {
    type Output = Self;
    fn div(self, b: Self) -> Self {
        self.push(Node::Div(self.id, b.id))
    }
}

impl Neg for Value<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.push(Node::Neg(self.id))
    }
}

impl Scalar for Value<'_> {
    fn constant(self, value: f64) -> Self {
        Value { recorder: self.recorder, id: self.recorder.constant(value) }
    }
    fn fraction_bits(self) -> u32 {
        if self.recorder.arithmetic().single { 23 } else { 52 }
    }
    fn fma(self, b: Self, c: Self) -> Self {
        if !self.is_fused() {
            return self * b + c;
        }
        // A negative factor is part of the operation.
        let node = |id| self.recorder.0.borrow().node(id);
        let (mut a, mut c, mut minus_product, mut minus_c) = (self.id, c.id, false, false);
        if let Node::Neg(inner) = node(a) {
            (a, minus_product) = (inner, true);
        }
        if let Node::Neg(inner) = node(c) {
            (c, minus_c) = (inner, true);
        }
        self.push(Node::Fma { a, b: b.id, c, minus_product, minus_c })
    }
    fn sqrt(self) -> Self {
        self.push(Node::Sqrt(self.id))
    }
    fn abs(self) -> Self {
        self.push(Node::Abs(self.id))
    }
    fn with_sign_of(self, b: Self) -> Self {
        self.push(Node::WithSign(self.id, b.id))
    }
    fn larger(self, b: Self) -> Self {
        self.push(Node::Larger(self.id, b.id))
    }
    fn smaller(self, b: Self) -> Self {
        self.push(Node::Smaller(self.id, b.id))
    }
    fn if_greater(self, b: Self, then: Self, otherwise: Self) -> Self {
        self.push(Node::Choose { left: self.id, right: b.id, then: then.id, otherwise: otherwise.id })
    }
    fn round(self) -> Self {
        self.push(Node::Round(self.id))
    }
    fn scale(self, n: Self) -> Self {
        self.push(Node::Scale(self.id, n.id))
    }
    fn exponent(self) -> Self {
        self.push(Node::Exponent(self.id))
    }
    fn mantissa(self) -> Self {
        self.push(Node::Mantissa(self.id))
    }
}
