//! Machine code for x86-64 with AVX-512, or with AVX2 and FMA.
//!
//! A tape has no branches and knows where its numbers lie, so that writing it as machine code is
//! one pass: an instruction or two an operation, registers as [`registers`] has them. The code is
//! the tape, in its order; it has the bits of the interpreter, which the tests hold it to.

mod emit;
mod encode;
mod machine;
mod opcodes;
mod registers;
mod sequences;

use emit::{Bases, Emitter, Pool};
use encode::{Code, General, Width, bytes_of};
use opcodes::Opcodes;

pub(crate) use machine::Machine;

use crate::routine::Routine;
use crate::vector::Level;

/// How far the blocks of memory move from step to step, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Advance {
    pub(crate) rows: usize,
    pub(crate) shared: usize,
    pub(crate) watched: usize,
}

const CELLS: General = General(7);
const ROWS: General = General(6);
const SHARED: General = General(2);
const WATCHED: General = General(1);
const CONSTANTS: General = General(8);
const STEPS: General = General(9);
const ROW: General = General(0);
const ROWS_LEFT: General = General(10);
const CELLS_OF_SECOND: General = General(11);

/// A routine as bytes, with the numbers it refers to.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    /// The bits of the constants, each to be repeated for every lane.
    pub(crate) constants: Vec<u64>,
    /// The numbers of the cells of one copy, with room for what does not fit into registers.
    pub(crate) cells: usize,
}

/// Writes a routine for `copies` (1 or 2) blocks of lanes, whose cells lie one after the other:
/// the processor works on one while the other waits. `None` where the level is the baseline, the lanes
/// fit no register, or memory is too long for the distances in instructions.
pub(crate) fn write(
    routine: &Routine,
    single: bool,
    level: Level,
    copies: usize,
    advance: Advance,
) -> Option<Written> {
    let evex = match level {
        Level::Baseline => return None,
        Level::Avx2 => false,
        Level::Avx512 => true,
    };
    let ops = Opcodes { single, evex };
    let width = match (routine.layout.lanes * ops.size(), evex) {
        (16, _) => Width::X,
        (32, _) => Width::Y,
        (64, true) => Width::Z,
        _ => return None,
    };
    // All places lie within 2 GB of where their memory begins; spilled numbers are few beside that.
    let layout = &routine.layout;
    let rows = layout.groups * layout.group_len;
    let far = [rows, copies * layout.cells(), advance.rows, advance.shared, advance.watched];
    if far.iter().any(|&numbers| numbers > FARTHEST) {
        return None;
    }
    let mut writer = Writer { routine, ops, width, pool: Pool::default(), slots: 0, cells: 0 };
    // Once to learn how many numbers do not fit into registers, once more with their places.
    writer.steps(copies, advance);
    writer.cells = routine.layout.cells() + writer.slots as usize * routine.layout.lanes;
    let bytes = writer.steps(copies, advance);
    Some(Written { bytes, constants: writer.pool.bits, cells: writer.cells })
}

/// The most numbers of a block of memory.
const FARTHEST: usize = 1 << 27;

struct Writer<'a> {
    routine: &'a Routine,
    ops: Opcodes,
    width: Width,
    pool: Pool,
    slots: u32,
    cells: usize,
}

impl Writer<'_> {
    fn steps(&mut self, copies: usize, advance: Advance) -> Vec<u8> {
        let size = self.ops.size();
        let mut code = Code { bytes: Vec::new(), evex: self.ops.evex };
        if copies > 1 {
            code.address(CELLS_OF_SECOND, CELLS, bytes_of(self.cells, size));
        }
        let top = code.bytes.len();
        for copy in 0..copies {
            self.step(&mut code, copy);
        }
        code.add(ROWS, bytes_of(advance.rows, size));
        code.add(SHARED, bytes_of(advance.shared, size));
        code.add(WATCHED, bytes_of(advance.watched, size));
        code.count_down(STEPS, top);
        code.leave();
        code.bytes
    }

    fn step(&mut self, code: &mut Code, copy: usize) {
        let layout = &self.routine.layout;
        let mut bases = Bases {
            cells: if copy == 0 { CELLS } else { CELLS_OF_SECOND },
            rows: ROWS,
            shared: SHARED,
            watched: WATCHED,
            constants: CONSTANTS,
            rows_from: 0,
            watched_from: copy * layout.watched * layout.watched_stride(),
            spill_from: layout.cells(),
        };
        let size = self.ops.size();
        for block in &self.routine.blocks {
            let first = block.first_group * layout.group_len;
            if block.times == 1 {
                (bases.rows, bases.rows_from) = (ROWS, first);
            } else {
                code.address(ROW, ROWS, bytes_of(first, size));
                code.set(ROWS_LEFT, bytes_of(block.times, 1));
                (bases.rows, bases.rows_from) = (ROW, 0);
            }
            let top = code.bytes.len();
            let slots = Emitter::write(code, self.ops, self.width, (&mut self.pool, bases), &block.tape);
            self.slots = self.slots.max(slots);
            if block.times > 1 {
                code.add(ROW, bytes_of(layout.group_len, size));
                code.count_down(ROWS_LEFT, top);
            }
        }
    }
}
