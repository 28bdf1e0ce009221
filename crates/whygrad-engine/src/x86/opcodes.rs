//! The opcodes by operation and precision.

use super::encode::Opcode;

/// f32, else f64: of most operations only prefix and width differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opcodes {
    pub(super) single: bool,
    pub(super) evex: bool,
}

/// Whole numbers of 32 bits to f32.
pub(super) const WHOLE_TO_SINGLE: Opcode = Opcode { map: 1, prefix: 0, wide: false, code: 0x5B };

impl Opcodes {
    /// Bytes of a number.
    pub(super) fn size(self) -> usize {
        if self.single { 4 } else { 8 }
    }

    fn plain(self, code: u8) -> Opcode {
        Opcode { map: 1, prefix: u8::from(!self.single), wide: !self.single, code }
    }

    fn map2(self, code: u8) -> Opcode {
        Opcode { map: 2, prefix: 1, wide: !self.single, code }
    }

    fn map3(self, code: u8) -> Opcode {
        Opcode { map: 3, prefix: 1, wide: !self.single, code }
    }

    pub(super) fn add(self) -> Opcode {
        self.plain(0x58)
    }
    pub(super) fn mul(self) -> Opcode {
        self.plain(0x59)
    }
    pub(super) fn sub(self) -> Opcode {
        self.plain(0x5C)
    }
    pub(super) fn min(self) -> Opcode {
        self.plain(0x5D)
    }
    pub(super) fn div(self) -> Opcode {
        self.plain(0x5E)
    }
    pub(super) fn max(self) -> Opcode {
        self.plain(0x5F)
    }
    pub(super) fn sqrt(self) -> Opcode {
        self.plain(0x51)
    }
    pub(super) fn and(self) -> Opcode {
        self.plain(0x54)
    }
    pub(super) fn or(self) -> Opcode {
        self.plain(0x56)
    }
    pub(super) fn xor(self) -> Opcode {
        self.plain(0x57)
    }
    pub(super) fn load(self) -> Opcode {
        self.plain(0x10)
    }
    pub(super) fn store(self) -> Opcode {
        self.plain(0x11)
    }
    pub(super) fn copy(self) -> Opcode {
        self.plain(0x28)
    }
    /// a > b, as a mask
    pub(super) fn compare(self) -> Opcode {
        self.plain(0xC2)
    }

    /// The first lane to memory.
    pub(super) fn store_one(self) -> Opcode {
        let prefix = if self.single { 2 } else { 3 };
        Opcode { map: 1, prefix, wide: !self.single && self.evex, code: 0x11 }
    }

    /// One number of memory to every lane.
    pub(super) fn broadcast(self, narrow: bool) -> Opcode {
        match (self.single, narrow) {
            (true, _) => Opcode { map: 2, prefix: 1, wide: false, code: 0x18 },
            // Two numbers of 64 bits have an instruction of their own.
            (false, true) => Opcode { map: 1, prefix: 3, wide: self.evex, code: 0x12 },
            (false, false) => Opcode { map: 2, prefix: 1, wide: self.evex, code: 0x19 },
        }
    }

    /// ±a · b ± c in one of three orders: 0 for 132, 1 for 213, 2 for 231.
    pub(super) fn fma(self, order: u8, minus_product: bool, minus_c: bool) -> Opcode {
        let kind = u8::from(minus_product) << 2 | u8::from(minus_c) << 1;
        self.map2(0x98 + 0x10 * order + kind)
    }

    pub(super) fn round(self) -> Opcode {
        let op = self.map3(if self.single { 0x08 } else { 0x09 });
        Opcode { wide: op.wide && self.evex, ..op }
    }
    pub(super) fn scale(self) -> Opcode {
        self.map2(0x2C)
    }
    pub(super) fn exponent(self) -> Opcode {
        self.map2(0x42)
    }
    pub(super) fn mantissa(self) -> Opcode {
        self.map3(0x26)
    }
    /// By a mask register.
    pub(super) fn blend(self) -> Opcode {
        self.map2(0x65)
    }
    /// By the signs of a register, without EVEX.
    pub(super) fn blend_by_sign(self) -> Opcode {
        Opcode { wide: false, ..self.map3(if self.single { 0x4A } else { 0x4B }) }
    }
    /// Within 128 bits.
    pub(super) fn permute(self) -> Opcode {
        let op = self.map3(if self.single { 0x04 } else { 0x05 });
        Opcode { wide: op.wide && self.evex, ..op }
    }
    /// Lanes of two registers, within 128 bits.
    pub(super) fn shuffle(self) -> Opcode {
        self.plain(0xC6)
    }
    /// Whole 128-bit parts.
    pub(super) fn swap_parts(self) -> Opcode {
        if self.evex {
            Opcode { map: 3, prefix: 1, wide: true, code: 0x23 }
        } else {
            Opcode { map: 3, prefix: 1, wide: false, code: 0x06 }
        }
    }
    /// Bits of whole numbers to the left (register field 6) or right (2).
    pub(super) fn shift(self) -> Opcode {
        Opcode {
            map: 1,
            prefix: 1,
            wide: !self.single && self.evex,
            code: if self.single { 0x72 } else { 0x73 },
        }
    }
}
