//! A tape as machine code, operation by operation.

use std::collections::HashMap;

use super::encode::{Code, Extra, General, Opcode, Operand, Place, Width, bytes_of};
use super::opcodes::Opcodes;
use super::registers::Registers;
use crate::tape::{Address, Base, Id, Node, Spread, Store, Straight};

/// Numbers known beforehand, each as wide as the lanes.
#[derive(Debug, Default)]
pub(super) struct Pool {
    pub(super) bits: Vec<u64>,
    index: HashMap<u64, usize>,
}

impl Pool {
    fn index(&mut self, bits: u64) -> usize {
        *self.index.entry(bits).or_insert_with(|| {
            self.bits.push(bits);
            self.bits.len() - 1
        })
    }
}

/// Which register points to which block of memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bases {
    pub(super) cells: General,
    pub(super) rows: General,
    pub(super) shared: General,
    pub(super) watched: General,
    pub(super) constants: General,
    /// What is added to the addresses of rows, in numbers.
    pub(super) rows_from: usize,
    /// What is added to the addresses of what is watched, in numbers.
    pub(super) watched_from: usize,
    /// Where spilled numbers go, in numbers from the cells.
    pub(super) spill_from: usize,
}

/// How many mask registers remember a comparison.
const MASKS: usize = 7;

pub(super) struct Emitter<'a> {
    pub(super) code: &'a mut Code,
    pub(super) ops: Opcodes,
    pub(super) width: Width,
    pub(super) pool: &'a mut Pool,
    pub(super) bases: Bases,
    tape: &'a Straight,
    registers: Registers,
    /// What was compared last into each mask register.
    compared: [Option<(Id, Id)>; MASKS],
    next_mask: usize,
}

impl<'a> Emitter<'a> {
    /// Writes a tape; says how many spill slots it needs.
    pub(super) fn write(
        code: &'a mut Code,
        ops: Opcodes,
        width: Width,
        (pool, bases): (&'a mut Pool, Bases),
        tape: &'a Straight,
    ) -> u32 {
        let stores = store_places(tape);
        let count = if ops.evex { 32 } else { 16 };
        let registers = Registers::new(tape, &stores, count);
        let compared = [None; MASKS];
        let mut emitter = Emitter { code, ops, width, pool, bases, tape, registers, compared, next_mask: 0 };
        for (index, &node) in tape.nodes.iter().enumerate() {
            emitter.operation(index as Id, node);
            for &store in &stores[index] {
                emitter.store(tape.stores[store], 2 * index as u32 + 1);
            }
        }
        emitter.registers.slots()
    }

    fn operation(&mut self, id: Id, node: Node) {
        let at = 2 * id;
        match node {
            Node::Load(_) | Node::Constant(_) => return,
            Node::Plus(a, b) | Node::Add(a, b) => self.two(id, self.ops.add(), (a, b), true),
            Node::Times(a, b) | Node::Mul(a, b) => self.two(id, self.ops.mul(), (a, b), true),
            Node::Minus(a, b) | Node::Sub(a, b) => self.two(id, self.ops.sub(), (a, b), false),
            Node::Div(a, b) => self.two(id, self.ops.div(), (a, b), false),
            Node::Larger(a, b) => self.two(id, self.ops.max(), (a, b), false),
            Node::Smaller(a, b) => self.two(id, self.ops.min(), (a, b), false),
            Node::WithSign(a, b) => self.with_sign(id, a, b),
            Node::Sqrt(a) => self.one(id, self.ops.sqrt(), a, None),
            Node::Round(a) => self.one(id, self.ops.round(), a, Some(8)),
            Node::Neg(a) => self.with_bits(id, self.ops.xor(), a, self.sign_bit()),
            Node::Abs(a) => self.with_bits(id, self.ops.and(), a, self.sign_bit() - 1),
            Node::Fma { a, b, c, minus_product, minus_c } => {
                self.fma(id, (a, b, c), minus_product, minus_c);
            }
            Node::Choose { left, right, then, otherwise } if self.ops.evex => {
                self.choose(id, (left, right), (then, otherwise));
            }
            Node::Choose { left, right, then, otherwise } => {
                self.choose_by_sign(id, (left, right), (then, otherwise));
            }
            Node::Scale(a, n) if self.ops.evex => self.two(id, self.ops.scale(), (a, n), false),
            Node::Exponent(a) if self.ops.evex => self.one(id, self.ops.exponent(), a, None),
            Node::Mantissa(a) if self.ops.evex => self.one(id, self.ops.mantissa(), a, Some(0)),
            Node::Scale(a, n) => self.scale(id, a, n),
            Node::Exponent(a) => self.exponent(id, a),
            Node::Mantissa(a) => self.mantissa(id, a),
            Node::SumLanes(a) => self.sum_lanes(id, a),
            Node::SumFour(list) => self.sum_four(id, list),
        }
        for argument in node.arguments() {
            self.registers.pass(argument, at);
        }
        self.registers.end_operation();
    }

    pub(super) fn sign_bit(&self) -> u64 {
        if self.ops.single { 1 << 31 } else { 1 << 63 }
    }

    // Moving numbers between registers and memory.

    pub(super) fn place(&self, base: General, numbers: usize, broadcast: bool) -> Place {
        let bytes = if broadcast { self.ops.size() } else { self.width.bytes() };
        Place { base, offset: bytes_of(numbers, self.ops.size()), bytes, broadcast }
    }

    fn address(&self, address: Address) -> Place {
        let offset = address.offset as usize;
        let (base, numbers) = match address.base {
            Base::Cells => (self.bases.cells, offset),
            Base::Rows => (self.bases.rows, offset + self.bases.rows_from),
            Base::Shared => (self.bases.shared, offset),
            Base::Watched => (self.bases.watched, offset + self.bases.watched_from),
        };
        let place = self.place(base, numbers, address.spread == Spread::One);
        match address.spread {
            Spread::Four => Place { bytes: self.four().bytes(), ..place },
            Spread::One | Spread::Lanes => place,
        }
    }

    /// A register of four numbers.
    pub(super) fn four(&self) -> Width {
        if self.ops.single { Width::X } else { Width::Y }
    }

    pub(super) fn lanes(&self) -> usize {
        self.width.bytes() / self.ops.size()
    }

    pub(super) fn constant(&mut self, bits: u64) -> Operand {
        let index = self.pool.index(bits);
        Operand::Memory(self.place(self.bases.constants, index * self.lanes(), false))
    }

    fn slot(&self, slot: u32) -> Place {
        let numbers = self.bases.spill_from + slot as usize * self.lanes();
        self.place(self.bases.cells, numbers, false)
    }

    /// Where a number lies in memory.
    fn memory(&mut self, id: Id) -> Option<Place> {
        match self.tape.nodes[id as usize] {
            Node::Load(address) => Some(self.address(address)),
            Node::Constant(bits) => match self.constant(self.bits_of(bits)) {
                Operand::Memory(place) => Some(place),
                Operand::Register(_) => None,
            },
            _ => self.registers.slot(id).map(|slot| self.slot(slot)),
        }
    }

    fn bits_of(&self, bits: u64) -> u64 {
        if self.ops.single { u64::from((f64::from_bits(bits) as f32).to_bits()) } else { bits }
    }

    /// A register for a new value.
    pub(super) fn take(&mut self) -> u8 {
        let (register, spill) = self.registers.take(&self.tape.nodes);
        if let Some(spill) = spill {
            let to = Operand::Memory(self.slot(spill.slot));
            self.plain(self.ops.store(), (spill.register, 0, to));
        }
        register
    }

    /// The register of a number, loaded if need be, and pinned.
    pub(super) fn register(&mut self, id: Id) -> u8 {
        if let Some(register) = self.registers.register(id) {
            self.registers.pin(register);
            return register;
        }
        let register = self.take();
        if let Some(place) = self.memory(id) {
            self.load(register, place);
        }
        self.registers.put(id, register);
        register
    }

    fn load(&mut self, register: u8, place: Place) {
        let op = if place.broadcast { self.ops.broadcast(self.width == Width::X) } else { self.ops.load() };
        let width = if place.bytes == self.four().bytes() { self.four() } else { self.width };
        // Here the broadcast is the instruction and no flag of it.
        let place = Place { broadcast: false, ..place };
        self.code.vector(op, width, (register, 0, Operand::Memory(place)), Extra::default());
    }

    /// A number as the last operand: in memory where that is as good.
    pub(super) fn operand(&mut self, id: Id) -> Operand {
        if let Some(register) = self.registers.register(id) {
            self.registers.pin(register);
            return Operand::Register(register);
        }
        let again = self.registers.after_next(id);
        let worth_it = again != super::registers::NEVER && self.registers.has_room_until(again);
        match self.memory(id) {
            // As an operand memory is read in full width.
            Some(place)
                if !worth_it
                    && (self.ops.evex || !place.broadcast)
                    && (place.broadcast || place.bytes == self.width.bytes()) =>
            {
                Operand::Memory(place)
            }
            _ => Operand::Register(self.register(id)),
        }
    }

    pub(super) fn plain(&mut self, op: Opcode, operands: (u8, u8, Operand)) {
        self.code.vector(op, self.width, operands, Extra::default());
    }

    pub(super) fn with_immediate(&mut self, op: Opcode, operands: (u8, u8, Operand), immediate: u8) {
        let extra = Extra { immediate: Some(immediate), ..Extra::default() };
        self.code.vector(op, self.width, operands, extra);
    }

    /// The register of the result: that of an argument which nothing needs after this, if there is one.
    fn result(&mut self, id: Id) -> u8 {
        for argument in self.tape.nodes[id as usize].arguments() {
            self.registers.pass(argument, 2 * id);
        }
        self.registers.unpin_all();
        let register = self.take();
        self.registers.put(id, register);
        register
    }

    // The operations.

    fn two(&mut self, id: Id, op: Opcode, (mut a, mut b): (Id, Id), commutes: bool) {
        if commutes && self.registers.register(a).is_none() && self.registers.register(b).is_some() {
            (a, b) = (b, a);
        }
        let a = self.register(a);
        let b = self.operand(b);
        let to = self.result(id);
        self.plain(op, (to, a, b));
    }

    fn one(&mut self, id: Id, op: Opcode, a: Id, immediate: Option<u8>) {
        let a = self.operand(a);
        let to = self.result(id);
        let extra = Extra { immediate, ..Extra::default() };
        self.code.vector(op, self.width, (to, 0, a), extra);
    }

    fn with_bits(&mut self, id: Id, op: Opcode, a: Id, bits: u64) {
        let a = self.register(a);
        let bits = self.constant(bits);
        let to = self.result(id);
        self.plain(op, (to, a, bits));
    }

    fn fma(&mut self, id: Id, (a, b, c): (Id, Id, Id), minus_product: bool, minus_c: bool) {
        let at = 2 * id;
        let op = |order| self.ops.fma(order, minus_product, minus_c);
        let (op213, op231) = (op(1), op(2));
        // The factor in memory comes last.
        let (a, b) = if self.registers.register(a).is_none() { (b, a) } else { (a, b) };
        if let Some(to) = self.registers.dying(c, at) {
            self.registers.pin(to);
            let a = self.register(a);
            let b = self.operand(b);
            self.finish_fma(id, to, op231, (a, b));
            return;
        }
        let in_memory = self.registers.register(c).is_none();
        for (over, other) in [(a, b), (b, a)] {
            let Some(to) = self.registers.dying(over, at) else { continue };
            self.registers.pin(to);
            let other = self.register(other);
            let c = self.operand(c);
            self.finish_fma(id, to, op213, (other, c));
            return;
        }
        let a = self.register(a);
        let b = self.operand(b);
        let to = if in_memory {
            let to = self.take();
            if let Some(place) = self.memory(c) {
                self.load(to, place);
            }
            to
        } else {
            let c = self.register(c);
            let to = self.take();
            self.plain(self.ops.copy(), (to, 0, Operand::Register(c)));
            to
        };
        self.finish_fma(id, to, op231, (a, b));
    }

    fn finish_fma(&mut self, id: Id, to: u8, op: Opcode, (second, last): (u8, Operand)) {
        self.plain(op, (to, second, last));
        self.registers.put(id, to);
    }

    fn choose(&mut self, id: Id, (left, right): (Id, Id), (then, otherwise): (Id, Id)) {
        let mask = self.mask(left, right);
        let is_zero = matches!(self.tape.nodes[otherwise as usize], Node::Constant(bits) if bits == 0);
        if is_zero {
            let then = self.register(then);
            let to = self.result(id);
            let extra = Extra { mask, zeroing: true, immediate: None };
            self.code.vector(self.ops.copy(), self.width, (to, 0, Operand::Register(then)), extra);
            return;
        }
        let otherwise = self.register(otherwise);
        let then = self.operand(then);
        let to = self.result(id);
        let extra = Extra { mask, ..Extra::default() };
        self.code.vector(self.ops.blend(), self.width, (to, otherwise, then), extra);
    }

    /// The mask register of left > right.
    fn mask(&mut self, left: Id, right: Id) -> u8 {
        if let Some(known) = self.compared.iter().position(|c| *c == Some((left, right))) {
            return known as u8 + 1;
        }
        let index = self.next_mask;
        self.next_mask = (index + 1) % MASKS;
        let a = self.register(left);
        let b = self.operand(right);
        let mask = index as u8 + 1;
        self.with_immediate(self.ops.compare(), (mask, a, b), 0x1E);
        self.compared[index] = Some((left, right));
        mask
    }

    fn choose_by_sign(&mut self, id: Id, (left, right): (Id, Id), (then, otherwise): (Id, Id)) {
        let left = self.register(left);
        let right = self.operand(right);
        let mask = self.take();
        self.with_immediate(self.ops.compare(), (mask, left, right), 0x1E);
        let otherwise = self.register(otherwise);
        let then = self.operand(then);
        self.with_immediate(self.ops.blend_by_sign(), (mask, otherwise, then), mask << 4);
        self.registers.put(id, mask);
    }

    pub(super) fn put(&mut self, id: Id, register: u8) {
        self.registers.put(id, register);
    }

    fn store(&mut self, store: Store, at: u32) {
        let register = self.register(store.value);
        let place = self.address(store.to);
        let op = if store.to.spread == Spread::One { self.ops.store_one() } else { self.ops.store() };
        let to = Operand::Memory(Place { broadcast: false, ..place });
        let width = match store.to.spread {
            Spread::One => Width::X,
            Spread::Four => self.four(),
            Spread::Lanes => self.width,
        };
        self.code.vector(op, width, (register, 0, to), Extra::default());
        self.registers.pass(store.value, at);
        self.registers.end_operation();
    }
}

/// After which operation each number can be stored: when it is there and nothing reads what it
/// replaces any more.
fn store_places(tape: &Straight) -> Vec<Vec<usize>> {
    let mut last_read: HashMap<(Base, u32), usize> = HashMap::new();
    let mut read = |id: Id, at: usize| {
        if let Node::Load(address) = tape.nodes[id as usize] {
            for place in places_of(address) {
                let last = last_read.entry(place).or_default();
                *last = (*last).max(at);
            }
        }
    };
    for (index, node) in tape.nodes.iter().enumerate() {
        node.arguments().for_each(|argument| read(argument, index));
    }
    // What is copied from one place to another is copied first.
    tape.stores.iter().for_each(|store| read(store.value, store.value as usize));
    let mut places = vec![Vec::new(); tape.nodes.len()];
    for (index, store) in tape.stores.iter().enumerate() {
        let read = places_of(store.to).filter_map(|place| last_read.get(&place)).copied().max();
        places[read.unwrap_or(0).max(store.value as usize)].push(index);
    }
    places
}

/// The numbers at an address, each by its place; lanes are read and written all together.
fn places_of(address: Address) -> impl Iterator<Item = (Base, u32)> {
    let count = if address.spread == Spread::Four { 4 } else { 1 };
    (0..count).map(move |k| (address.base, address.offset + k))
}
