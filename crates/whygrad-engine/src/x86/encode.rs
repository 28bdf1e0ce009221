//! Instructions as bytes: the vector instructions that a tape needs and the few others around it.
//!
//! Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2
//! (VEX and EVEX prefixes, disp8*N) and the pages of the instructions.

/// A general register by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct General(pub(super) u8);

/// How many bytes a vector register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// 128 bits.
    X,
    /// 256 bits.
    Y,
    /// 512 bits.
    Z,
}

impl Width {
    pub(super) fn bytes(self) -> usize {
        match self {
            Width::X => 16,
            Width::Y => 32,
            Width::Z => 64,
        }
    }
}

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) base: General,
    pub(super) offset: i32,
    /// How many bytes are read or written there, for the short form of offsets.
    pub(super) bytes: usize,
    /// One number for all lanes, as part of an operation.
    pub(super) broadcast: bool,
}

/// The last operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Register(u8),
    Memory(Place),
}

/// An opcode with its prefix and map.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opcode {
    /// 1 for 0F, 2 for 0F 38, 3 for 0F 3A.
    pub(super) map: u8,
    /// 0 for none, 1 for 66, 2 for F3, 3 for F2.
    pub(super) prefix: u8,
    pub(super) wide: bool,
    pub(super) code: u8,
}

/// What is said besides the operands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extra {
    pub(super) immediate: Option<u8>,
    /// The mask register, 0 for none.
    pub(super) mask: u8,
    /// Lanes out of the mask become 0.
    pub(super) zeroing: bool,
}

/// The bytes of so many numbers, as a distance. [`super::write`] refuses what is too far.
pub(super) fn bytes_of(numbers: usize, size: usize) -> i32 {
    i32::try_from(numbers.saturating_mul(size)).unwrap_or(i32::MAX)
}

/// Machine code in the making.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) bytes: Vec<u8>,
    /// EVEX for all vector instructions, else VEX.
    pub(super) evex: bool,
}

impl Code {
    /// `op reg, second, last`; `second` is 0 where an instruction has two operands.
    pub(super) fn vector(
        &mut self,
        op: Opcode,
        width: Width,
        (reg, second, last): (u8, u8, Operand),
        extra: Extra,
    ) {
        if self.evex {
            self.evex_prefix(op, width, (reg, second, last), extra);
        } else {
            self.vex_prefix(op, width, (reg, second, last));
        }
        self.bytes.push(op.code);
        self.operand(reg, last);
        self.bytes.extend(extra.immediate);
    }

    fn evex_prefix(
        &mut self,
        op: Opcode,
        width: Width,
        (reg, second, last): (u8, u8, Operand),
        extra: Extra,
    ) {
        // Bits of register numbers are stored inverted.
        let bit = |value: u8, k: u8| (!value >> k) & 1;
        let (x, b, broadcast) = match last {
            Operand::Register(r) => (bit(r, 4), bit(r, 3), 0),
            Operand::Memory(p) => (1, bit(p.base.0, 3), u8::from(p.broadcast)),
        };
        let length = match width {
            Width::X => 0,
            Width::Y => 1,
            Width::Z => 2,
        };
        self.bytes.push(0x62);
        self.bytes.push(bit(reg, 3) << 7 | x << 6 | b << 5 | bit(reg, 4) << 4 | op.map);
        self.bytes.push(u8::from(op.wide) << 7 | (!second & 15) << 3 | 1 << 2 | op.prefix);
        let zeroing = u8::from(extra.zeroing) << 7;
        self.bytes.push(zeroing | length << 5 | broadcast << 4 | bit(second, 4) << 3 | extra.mask);
    }

    fn vex_prefix(&mut self, op: Opcode, width: Width, (reg, second, last): (u8, u8, Operand)) {
        let bit = |value: u8, k: u8| (!value >> k) & 1;
        let b = match last {
            Operand::Register(r) => bit(r, 3),
            Operand::Memory(p) => bit(p.base.0, 3),
        };
        let length = u8::from(width != Width::X);
        self.bytes.push(0xC4);
        self.bytes.push(bit(reg, 3) << 7 | 1 << 6 | b << 5 | op.map);
        self.bytes.push(u8::from(op.wide) << 7 | (!second & 15) << 3 | length << 2 | op.prefix);
    }

    /// The byte that names the register and the last operand, and its offset.
    fn operand(&mut self, reg: u8, last: Operand) {
        let reg = (reg & 7) << 3;
        match last {
            Operand::Register(r) => self.bytes.push(0xC0 | reg | (r & 7)),
            Operand::Memory(p) => {
                debug_assert!(p.base.0 & 7 != 4, "this base needs a longer form");
                let unit = if self.evex { bytes_of(p.bytes, 1) } else { 1 };
                let short = (p.offset % unit == 0).then_some(p.offset / unit);
                if let Some(short) = short.and_then(|s| i8::try_from(s).ok()) {
                    self.bytes.push(0x40 | reg | (p.base.0 & 7));
                    self.bytes.push(short as u8);
                } else {
                    self.bytes.push(0x80 | reg | (p.base.0 & 7));
                    self.bytes.extend(p.offset.to_le_bytes());
                }
            }
        }
    }

    /// `reg += value`
    pub(super) fn add(&mut self, reg: General, value: i32) {
        if value != 0 {
            self.bytes.extend([0x48 | (reg.0 >> 3), 0x81, 0xC0 | (reg.0 & 7)]);
            self.bytes.extend(value.to_le_bytes());
        }
    }

    /// `to = from + value`
    pub(super) fn address(&mut self, to: General, from: General, value: i32) {
        debug_assert!(from.0 & 7 != 4, "this base needs a longer form");
        let rex = 0x48 | (to.0 >> 3) << 2 | (from.0 >> 3);
        self.bytes.extend([rex, 0x8D, 0x80 | (to.0 & 7) << 3 | (from.0 & 7)]);
        self.bytes.extend(value.to_le_bytes());
    }

    /// `reg = value`
    pub(super) fn set(&mut self, reg: General, value: i32) {
        self.bytes.extend([0x48 | (reg.0 >> 3), 0xC7, 0xC0 | (reg.0 & 7)]);
        self.bytes.extend(value.to_le_bytes());
    }

    /// `reg -= 1`, then back to `target` unless it is 0.
    pub(super) fn count_down(&mut self, reg: General, target: usize) {
        self.bytes.extend([0x48 | (reg.0 >> 3), 0xFF, 0xC8 | (reg.0 & 7)]);
        let back = bytes_of(self.bytes.len() + 6 - target, 1);
        self.bytes.extend([0x0F, 0x85]);
        self.bytes.extend((-back).to_le_bytes());
    }

    /// Leaves the function.
    pub(super) fn leave(&mut self) {
        // The upper halves are cleared first, or what follows in SSE code would wait for them.
        self.bytes.extend([0xC5, 0xF8, 0x77, 0xC3]);
    }
}
