//! Operations that take several instructions.

use super::emit::Emitter;
use super::encode::{Operand, Width};
use super::opcodes::WHOLE_TO_SINGLE;
use crate::tape::Id;

impl Emitter<'_> {
    /// The sum over the lanes: neighbours change places and are added, then pairs of neighbours,
    /// until every lane holds the sum.
    pub(super) fn sum_lanes(&mut self, id: Id, a: Id) {
        let mut sum = self.register(a);
        let (other, to) = (self.take(), self.take());
        let mut distance = 1;
        while distance < self.lanes() {
            self.exchange(other, sum, distance);
            self.plain(self.ops.add(), (to, sum, Operand::Register(other)));
            sum = to;
            distance *= 2;
        }
        self.put(id, sum);
    }

    /// Lanes so far from each other change places.
    fn exchange(&mut self, to: u8, from: u8, distance: usize) {
        let part = 16 / self.ops.size();
        let source = Operand::Register(from);
        if distance < part {
            let order = match (self.ops.single, distance) {
                (true, 2) => 0x4E,
                (true, _) => 0xB1,
                (false, _) => 0x55,
            };
            self.with_immediate(self.ops.permute(), (to, 0, source), order);
            return;
        }
        let order = match self.width {
            Width::Z if distance == part => 0xB1,
            Width::Z => 0x4E,
            Width::X | Width::Y => 0x01,
        };
        self.with_immediate(self.ops.swap_parts(), (to, from, source), order);
    }

    /// The sums over the lanes of four numbers: even lanes of two numbers and odd ones are added, so
    /// that each addition makes half as many lanes of each number.
    pub(super) fn sum_four(&mut self, id: Id, list: [Id; 4]) {
        let [a, b, c, d] = list.map(|x| self.register(x));
        let (even, odd, first, second) = (self.take(), self.take(), self.take(), self.take());
        let pairs = if self.ops.single { [0x88, 0xDD] } else { [0x00, 0xFF] };
        self.add_parts(first, (a, b), (even, odd), pairs);
        self.add_parts(second, (c, d), (even, odd), pairs);
        if self.ops.single {
            self.add_parts(first, (first, second), (even, odd), pairs);
        } else {
            self.add_halves(first, (first, second), (even, odd));
        }
        // By now each part of four holds its sums of the four numbers, or for f64 the two lower and
        // the two upper parts of two do.
        let mut distance = 4;
        while distance < self.lanes() {
            self.exchange(even, first, distance);
            self.plain(self.ops.add(), (first, first, Operand::Register(even)));
            distance *= 2;
        }
        self.put(id, first);
    }

    /// The sum of two choices of lanes of two registers, within parts of 128 bits.
    fn add_parts(&mut self, to: u8, (a, b): (u8, u8), (even, odd): (u8, u8), orders: [u8; 2]) {
        for (register, order) in [even, odd].into_iter().zip(orders) {
            self.with_immediate(self.ops.shuffle(), (register, a, Operand::Register(b)), order);
        }
        self.plain(self.ops.add(), (to, even, Operand::Register(odd)));
    }

    /// For f64: parts of 128 bits of two registers, even and odd ones added; with 512 bits they
    /// are brought into the order of two halves then.
    fn add_halves(&mut self, to: u8, (a, b): (u8, u8), (even, odd): (u8, u8)) {
        let orders = match (self.width, self.ops.evex) {
            (Width::Z, _) => [0x88, 0xDD],
            (_, true) => [0x00, 0x03],
            (_, false) => [0x20, 0x31],
        };
        for (register, order) in [even, odd].into_iter().zip(orders) {
            self.with_immediate(self.ops.swap_parts(), (register, a, Operand::Register(b)), order);
        }
        self.plain(self.ops.add(), (to, even, Operand::Register(odd)));
        if self.width == Width::Z {
            // [a, a', b, b'] to [a, b, a', b'].
            self.with_immediate(self.ops.swap_parts(), (to, to, Operand::Register(to)), 0xD8);
        }
    }

    /// a · 2^n by two factors, of which only the second product can round.
    pub(super) fn scale(&mut self, id: Id, a: Id, n: Id) {
        let (bias, shift) = if self.ops.single { (127.0, 23) } else { (1023.0, 52) };
        let a = self.register(a);
        let n = self.register(n);
        let (first, second) = (self.take(), self.take());
        let half = self.number(0.5);
        self.plain(self.ops.mul(), (first, n, half));
        self.with_immediate(self.ops.round(), (first, 0, Operand::Register(first)), 8);
        self.plain(self.ops.sub(), (second, n, Operand::Register(first)));
        // In a number this large the last bits are the whole number itself.
        let large = self.number(if self.ops.single { 12_582_912.0 } else { 6_755_399_441_055_744.0 } + bias);
        for part in [first, second] {
            self.plain(self.ops.add(), (part, part, large));
            self.with_immediate(self.ops.shift(), (6, part, Operand::Register(part)), shift);
        }
        self.plain(self.ops.mul(), (first, a, Operand::Register(first)));
        self.plain(self.ops.mul(), (first, first, Operand::Register(second)));
        self.put(id, first);
    }

    /// |a| with the sign of b: the sign apart, the rest apart, and both together.
    pub(super) fn with_sign(&mut self, id: Id, a: Id, b: Id) {
        let a = self.register(a);
        let b = self.register(b);
        let (sign, rest) = (self.take(), self.take());
        let (bit, others) = (self.constant(self.sign_bit()), self.constant(self.sign_bit() - 1));
        self.plain(self.ops.and(), (sign, b, bit));
        self.plain(self.ops.and(), (rest, a, others));
        self.plain(self.ops.or(), (rest, rest, Operand::Register(sign)));
        self.put(id, rest);
    }

    pub(super) fn exponent(&mut self, id: Id, a: Id) {
        let a = self.register(a);
        let to = self.take();
        let (shift, bias) =
            if self.ops.single { (23, 127.0) } else { (52, 4_503_599_627_370_496.0 + 1023.0) };
        self.with_immediate(self.ops.shift(), (2, to, Operand::Register(a)), shift);
        if self.ops.single {
            self.plain(WHOLE_TO_SINGLE, (to, 0, Operand::Register(to)));
        } else {
            let large = self.number(4_503_599_627_370_496.0);
            self.plain(self.ops.or(), (to, to, large));
        }
        let bias = self.number(bias);
        self.plain(self.ops.sub(), (to, to, bias));
        self.put(id, to);
    }

    pub(super) fn mantissa(&mut self, id: Id, a: Id) {
        let a = self.register(a);
        let to = self.take();
        let fraction = if self.ops.single { (1 << 23) - 1 } else { (1 << 52) - 1 };
        let fraction = self.constant(fraction);
        self.plain(self.ops.and(), (to, a, fraction));
        let one = self.number(1.0);
        self.plain(self.ops.or(), (to, to, one));
        self.put(id, to);
    }

    fn number(&mut self, value: f64) -> Operand {
        let bits = if self.ops.single { u64::from((value as f32).to_bits()) } else { value.to_bits() };
        self.constant(bits)
    }
}
