//! A routine ready to run: as machine code where the processor has it, else interpreted.

use crate::interpret::{self, Memory, Scratch};
use crate::lines::Lines;
use crate::real::Real;
use crate::routine::{Layout, Routine, Task};
use crate::scalar::Scalar;
use crate::vector::Level;
#[cfg(target_arch = "x86_64")]
use crate::x86;

/// How far memory moves from step to step, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advance {
    /// The rows: 0 where every step sees the same.
    pub rows: usize,
    /// The shared numbers: 0 where they stay.
    pub shared: usize,
    /// What is watched: 0 where only the last step's is wanted.
    pub watched: usize,
}

/// The memory of a run; see [`Layout`] for what lies where.
#[derive(Debug)]
pub struct Numbers<'m, T> {
    /// [`Stepper::cells`] numbers.
    pub cells: &'m mut [T],
    /// The rows as [`Layout::lay_rows`] lays them.
    pub rows: &'m [T],
    /// The numbers that all parameters share.
    pub shared: &'m [T],
    /// What is watched, for each copy.
    pub watched: &'m mut [T],
}

/// A routine ready to run.
#[derive(Debug)]
pub struct Stepper<T> {
    routine: Routine,
    advance: Advance,
    copies: usize,
    cells: usize,
    code: Code<T>,
}

#[derive(Debug)]
enum Code<T> {
    Interpreted,
    #[cfg(target_arch = "x86_64")]
    Machine {
        machine: x86::Machine,
        constants: Lines<T>,
    },
}

/// How many lanes suit a level and a precision: those of a register, interpreted of the longest.
pub fn natural_lanes<T: Real>(level: Level) -> usize {
    let bytes = if level.here() == Level::Avx2 { 32 } else { 64 };
    bytes / size_of::<T>()
}

impl<T: Real + Scalar> Stepper<T> {
    /// Compiles a task for `copies` (1 or 2) sets of lanes that are run side by side, and for a level
    /// of which no more is used than the machine has; `None` where the task is too long or holds
    /// what only a plan can do.
    pub fn new(task: &Task<'_>, advance: Advance, copies: usize, level: Level) -> Option<Stepper<T>> {
        let routine = Routine::new(task)?;
        let (code, cells) = Self::code(&routine, task, advance, copies, level.here());
        Some(Stepper { routine, advance, copies, cells, code })
    }

    #[cfg(target_arch = "x86_64")]
    fn code(
        routine: &Routine,
        task: &Task<'_>,
        advance: Advance,
        copies: usize,
        level: Level,
    ) -> (Code<T>, usize) {
        let interpreted = (Code::Interpreted, routine.layout.cells());
        let moves = x86::Advance { rows: advance.rows, shared: advance.shared, watched: advance.watched };
        let single = task.arithmetic.single;
        let Some(written) = x86::write(routine, single, level, copies, moves) else {
            return interpreted;
        };
        let Some(machine) = x86::Machine::new(&written.bytes) else { return interpreted };
        let lanes = routine.layout.lanes;
        let mut constants = Lines::zeros(written.constants.len() * lanes);
        for (chunk, &bits) in constants.as_mut_slice().chunks_mut(lanes).zip(&written.constants) {
            chunk.fill(T::from_bits_of(bits));
        }
        (Code::Machine { machine, constants }, written.cells)
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn code(routine: &Routine, _: &Task<'_>, _: Advance, _: usize, _: Level) -> (Code<T>, usize) {
        (Code::Interpreted, routine.layout.cells())
    }

    /// Where the numbers lie.
    pub fn layout(&self) -> &Layout {
        &self.routine.layout
    }

    /// Sets of lanes.
    pub fn copies(&self) -> usize {
        self.copies
    }

    /// The numbers of the cells of one copy; those of the copies follow each other.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// True where it runs as machine code.
    pub fn is_machine_code(&self) -> bool {
        !matches!(self.code, Code::Interpreted)
    }

    /// Makes `steps` steps. Nothing is done where a slice is too short for that.
    pub fn run(&self, memory: &mut Numbers<'_, T>, steps: u64) {
        if steps == 0 || !self.fits(memory, steps) {
            debug_assert!(steps == 0, "a slice is too short");
            return;
        }
        match &self.code {
            Code::Interpreted => self.interpret(memory, steps),
            #[cfg(target_arch = "x86_64")]
            Code::Machine { machine, constants } => {
                let Numbers { cells, rows, shared, watched } = memory;
                // SAFETY: `code` wrote the routine for T and for a level that is there, and
                // `fits` has compared the slices with what the routine reads and writes.
                #[allow(unsafe_code)]
                unsafe {
                    machine.run(cells, rows, shared, watched, constants.as_slice(), steps);
                }
            }
        }
    }

    fn fits(&self, memory: &Numbers<'_, T>, steps: u64) -> bool {
        let layout = &self.routine.layout;
        let more = steps as usize - 1;
        let watched = layout.watched * layout.watched_stride() * self.copies;
        memory.cells.len() >= self.cells * self.copies
            && memory.rows.len() >= layout.groups * layout.group_len + more * self.advance.rows
            && memory.shared.len() >= layout.shared + more * self.advance.shared
            && memory.watched.len() >= watched + more * self.advance.watched
    }

    fn interpret(&self, memory: &mut Numbers<'_, T>, steps: u64) {
        let layout = &self.routine.layout;
        let mut scratch = Scratch::default();
        let watched = layout.watched * layout.watched_stride();
        for step in 0..steps as usize {
            for copy in 0..self.copies {
                for block in &self.routine.blocks {
                    for time in 0..block.times {
                        let group = (block.first_group + time) * layout.group_len;
                        let mut here = Memory {
                            cells: &mut memory.cells[copy * self.cells..(copy + 1) * self.cells],
                            rows: &memory.rows[step * self.advance.rows + group..],
                            shared: &memory.shared[step * self.advance.shared..],
                            watched: &mut memory.watched[step * self.advance.watched + copy * watched..],
                        };
                        interpret::run(&block.tape, layout.lanes, &mut here, &mut scratch);
                    }
                }
            }
        }
    }
}
