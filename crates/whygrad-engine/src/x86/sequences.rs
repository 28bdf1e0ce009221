//! Operations that take several instructions.

use super::emit::Emitter;
use super::encode::{Operand, Width};
use crate::tape::Id;

impl Emitter<'_> {
    /// The sum over the lanes: halves change places and are added, until every lane holds it.
    pub(super) fn sum_lanes(&mut self, id: Id, a: Id) {
        let mut sum = self.register(a);
        let (other, to) = (self.take(), self.take());
        let mut half = self.lanes() / 2;
        let in_part = 16 / self.ops.size();
        while half > 0 {
            let from = Operand::Register(sum);
            if half >= in_part {
                let quarters = self.width == Width::Z && half == self.lanes() / 4;
                let order = match self.width {
                    Width::Z if quarters => 0xB1,
                    Width::Z => 0x4E,
                    Width::X | Width::Y => 0x01,
                };
                self.with_immediate(self.ops.swap_parts(), (other, sum, from), order);
            } else {
                let order = match (self.ops.single, half) {
                    (true, 2) => 0x4E,
                    (true, _) => 0xB1,
                    (false, _) => 0x55,
                };
                self.with_immediate(self.ops.permute(), (other, 0, from), order);
            }
            self.plain(self.ops.add(), (to, sum, Operand::Register(other)));
            sum = to;
            half /= 2;
        }
        self.put(id, sum);
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
        let (shift, bias) = if self.ops.single { (23, 127.0) } else { (52, 4_503_599_627_370_496.0 + 1023.0) };
        self.with_immediate(self.ops.shift(), (2, to, Operand::Register(a)), shift);
        if self.ops.single {
            self.plain(self.ops.from_whole(), (to, 0, Operand::Register(to)));
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
        let bits =
            if self.ops.single { u64::from((value as f32).to_bits()) } else { value.to_bits() };
        self.constant(bits)
    }
}
