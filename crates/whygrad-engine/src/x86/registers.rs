//! Which number is in which register: the one needed last gives way.
//!
//! The numbers of a tape are computed in order. Where a number is needed again is known, so that
//! the register to be freed is the one whose number is needed furthest ahead (Belady, "A study of
//! replacement algorithms for a virtual-storage computer", 1966). Numbers that lie in memory
//! anyway are simply forgotten; others are written to a spill slot once.

use crate::tape::{Id, Node, Straight};

/// Never needed again.
pub(super) const NEVER: u32 = u32::MAX;

/// Where the numbers of a tape are, while it is being written as machine code.
pub(super) struct Registers {
    /// By register: the number in it.
    held: Vec<Option<Id>>,
    /// By number: its register.
    register: Vec<Option<u8>>,
    /// By number: its spill slot.
    slot: Vec<Option<u32>>,
    /// By number: the places that need it, the next one last.
    needed: Vec<Vec<u32>>,
    free_slots: Vec<u32>,
    /// Slots that the operation at hand may still read.
    left_slots: Vec<u32>,
    slots: u32,
    /// Registers that the operation at hand uses.
    pinned: u32,
}

/// What must be done before a register may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spill {
    pub(super) register: u8,
    pub(super) slot: u32,
}

impl Registers {
    /// `stores[i]` are the numbers that are stored when operation i is done.
    pub(super) fn new(tape: &Straight, stores: &[Vec<usize>], count: usize) -> Registers {
        let mut needed: Vec<Vec<u32>> = vec![Vec::new(); tape.nodes.len()];
        for (index, node) in tape.nodes.iter().enumerate() {
            for argument in node.arguments() {
                needed[argument as usize].push(2 * index as u32);
            }
            for &store in &stores[index] {
                needed[tape.stores[store].value as usize].push(2 * index as u32 + 1);
            }
        }
        for list in &mut needed {
            list.sort_unstable();
            list.dedup();
            list.reverse();
        }
        Registers {
            held: vec![None; count],
            register: vec![None; tape.nodes.len()],
            slot: vec![None; tape.nodes.len()],
            needed,
            free_slots: Vec::new(),
            left_slots: Vec::new(),
            slots: 0,
            pinned: 0,
        }
    }

    /// How many spill slots were needed.
    pub(super) fn slots(&self) -> u32 {
        self.slots
    }

    pub(super) fn register(&self, id: Id) -> Option<u8> {
        self.register[id as usize]
    }

    pub(super) fn slot(&self, id: Id) -> Option<u32> {
        self.slot[id as usize]
    }

    /// When a number is needed next after the place at hand, which has been left by [`Self::pass`].
    pub(super) fn next(&self, id: Id) -> u32 {
        self.needed[id as usize].last().copied().unwrap_or(NEVER)
    }

    /// When it is needed after its next use.
    pub(super) fn after_next(&self, id: Id) -> u32 {
        self.needed[id as usize].iter().rev().nth(1).copied().unwrap_or(NEVER)
    }

    /// The operation at hand keeps this register.
    pub(super) fn pin(&mut self, register: u8) {
        self.pinned |= 1 << register;
    }

    /// The arguments have been named: their registers may be written over by the result.
    pub(super) fn unpin_all(&mut self) {
        self.pinned = 0;
    }

    /// The operation is written: the slots it read may be used again.
    pub(super) fn end_operation(&mut self) {
        self.pinned = 0;
        self.free_slots.append(&mut self.left_slots);
    }

    /// Place `at` is over: numbers that nothing needs any more give their registers back.
    pub(super) fn pass(&mut self, id: Id, at: u32) {
        let list = &mut self.needed[id as usize];
        while list.last().is_some_and(|&next| next <= at) {
            list.pop();
        }
        if list.is_empty() {
            self.forget(id);
            if let Some(slot) = self.slot[id as usize].take() {
                self.left_slots.push(slot);
            }
        }
    }

    fn forget(&mut self, id: Id) {
        if let Some(register) = self.register[id as usize].take() {
            self.held[register as usize] = None;
        }
    }

    /// True where a register is free, or holds a number needed later than `next`.
    pub(super) fn has_room_until(&self, next: u32) -> bool {
        self.best().is_some_and(|(_, needed)| needed > next)
    }

    /// The register whose number is needed last.
    fn best(&self) -> Option<(u8, u32)> {
        let candidates = (0..self.held.len() as u8).filter(|r| self.pinned & (1 << r) == 0);
        let when = |r: u8| self.held[r as usize].map_or(NEVER, |id| self.next(id));
        candidates.map(|r| (r, when(r))).max_by_key(|&(r, when)| (self.held[r as usize].is_none(), when))
    }

    /// A register for a new value, pinned; what was in it may have to be spilled first.
    pub(super) fn take(&mut self, nodes: &[Node]) -> (u8, Option<Spill>) {
        let register = self.best().map_or(0, |(r, _)| r);
        let mut spill = None;
        if let Some(old) = self.held[register as usize] {
            let in_memory = matches!(nodes[old as usize], Node::Load(_) | Node::Constant(_));
            if !in_memory && self.slot[old as usize].is_none() && self.next(old) != NEVER {
                let slot = self.free_slots.pop().unwrap_or_else(|| {
                    self.slots += 1;
                    self.slots - 1
                });
                self.slot[old as usize] = Some(slot);
                spill = Some(Spill { register, slot });
            }
            self.forget(old);
        }
        self.pin(register);
        (register, spill)
    }

    /// A register now holds a number.
    pub(super) fn put(&mut self, id: Id, register: u8) {
        if let Some(old) = self.held[register as usize].take() {
            self.register[old as usize] = None;
        }
        self.held[register as usize] = Some(id);
        self.register[id as usize] = Some(register);
    }

    /// The register of a number that nothing needs after place `at`: it may be written over.
    pub(super) fn dying(&self, id: Id, at: u32) -> Option<u8> {
        let list = &self.needed[id as usize];
        let dies = list.iter().all(|&next| next <= at);
        if dies { self.register[id as usize] } else { None }
    }
}
