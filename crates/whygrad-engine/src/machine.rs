//! A schedule run for one net: blocks of rows one after another, each parted among the threads.
//!
//! The order in which numbers are added up follows from the plan and the number of rows alone.
//! Threads share out tiles of a result, never the terms of a sum, so their number changes no bit.

#![allow(unsafe_code, reason = "buffers that threads share, tile by tile")]

use crate::lines::Lines;
use crate::plan::{Plan, Slot, Source};
use crate::product::{Pack, SCRATCH, packed_len, panels};
use crate::real::Real;
use crate::schedule::{Kept, Piece, Schedule, Stage, Turn};
use crate::team::Team;
use crate::vector::Level;
use crate::view::{FEW_ROWS, FEW_UNITS, View};
use crate::workspace::{Batch, Hardware, NonFinite, copy_leaf};

/// How many products and sums make it worth to ask other threads.
const WORTH_THREADS: usize = 400_000;
/// How many bytes the rows of a block should have: about half a second cache.
const BLOCK: usize = 1 << 20;
const LEAST_BLOCK: usize = 128;
const MOST_BLOCK: usize = 4096;
/// The columns of the smallest tile of a sum of products.
const TILE_COLUMNS: usize = 64;

/// What lies outside: where the numbers of this run come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outside<T> {
    pub(crate) parameters: *const T,
    /// Where the gradient goes, in the order of the parameters; where null, to the plan's slots.
    pub(crate) gradient: *mut T,
    /// All columns of the rows; where null, they were loaded.
    pub(crate) inputs: *const T,
    pub(crate) targets: *const T,
}

impl<T> Outside<T> {
    pub(crate) fn none() -> Outside<T> {
        let nothing = std::ptr::null();
        Outside { parameters: nothing, gradient: std::ptr::null_mut(), inputs: nothing, targets: nothing }
    }
}

/// The buffers of one net.
#[derive(Clone, Debug)]
pub(crate) struct Machine<T> {
    pub(crate) level: Level,
    team: Team,
    pub(crate) rows: usize,
    /// The rows of a block.
    block: usize,
    pub(crate) buffers: Vec<Lines<T>>,
    packs: Vec<Lines<T>>,
    scratch: Vec<Lines<T>>,
}

/// The scratch memory of all threads.
struct Scratch<'a, T>(&'a [*mut T]);

// SAFETY: each thread takes its own.
unsafe impl<T> Sync for Scratch<'_, T> {}

impl<T> Scratch<'_, T> {
    fn of(&self, thread: usize) -> *mut T {
        self.0[thread]
    }
}

impl<T: Real> Machine<T> {
    pub(crate) fn new(plan: &Plan, hardware: Hardware) -> Machine<T> {
        let level = hardware.level.here();
        let team = Team::new(hardware.threads.max(1));
        let buffers = vec![Lines::zeros(0); plan.slots.len()];
        Machine { level, team, rows: 0, block: 0, buffers, packs: vec![], scratch: vec![] }
    }

    /// Makes room for so many rows. Steps that are not joined keep every value.
    pub(crate) fn prepare(&mut self, plan: &Plan, schedules: &[&Schedule], rows: usize, borrowed: bool) {
        if self.rows == rows && !self.scratch.is_empty() {
            return;
        }
        self.rows = rows;
        let row_len: usize = schedules.iter().map(|s| s.row_len).sum();
        let block = BLOCK / size_of::<T>() / row_len.max(1);
        self.block = (block.clamp(LEAST_BLOCK, MOST_BLOCK) & !63).min(rows.max(1));
        for (slot, buffer) in plan.slots.iter().enumerate() {
            let kept = schedules.iter().map(|s| s.kept[slot]).find(|&k| k != Kept::Nowhere);
            let len = match kept {
                Some(Kept::Block) => self.block * buffer.len,
                Some(_) if buffer.per_row => rows * buffer.len,
                Some(_) => buffer.len,
                None => 0,
            };
            self.buffers[slot].resize(len);
        }
        for &(slot, value) in &plan.constants {
            self.buffers[slot] = Lines::of(&vec![T::of(value); plan.slots[slot].len]);
        }
        for &(slot, source) in &plan.leaves {
            let len = plan.slots[slot].len;
            let is_whole = match source {
                Source::Input { .. } => borrowed && len == plan.input_width,
                Source::Target { .. } => borrowed && len == plan.target_width,
                Source::Parameter { .. } => true,
            };
            self.buffers[slot].resize(if is_whole { 0 } else { rows * len });
        }
        let stages = || schedules.iter().flat_map(|s| &s.stages);
        let turns = stages().flat_map(|s| &s.turns);
        self.packs = turns.map(|(_, t)| Lines::zeros(self.pack_len(*t))).collect();
        let pieces = stages().flat_map(|s| s.once.iter().chain(&s.rows));
        let needs = pieces.map(|piece| match piece {
            Piece::Chain { chain, len } if *len > 0 => chain.scratch::<T>(*len).max(chain.scratch::<T>(1)),
            _ => 0,
        });
        let scratch = needs.max().unwrap_or(0).max(SCRATCH);
        self.scratch = vec![Lines::zeros(scratch); self.team.threads()];
    }

    fn pack_len(&self, turn: Turn) -> usize {
        if self.rows <= FEW_ROWS || turn.units <= FEW_UNITS { 0 } else { packed_len(turn.units, turn.inputs) }
    }

    /// Runs a schedule on the rows that were loaded, or that lie outside.
    pub(crate) fn run(&mut self, plan: &Plan, schedule: &Schedule, outside: Outside<T>) {
        self.run_watched(plan, schedule, outside, &mut |_, _, _| {});
    }

    /// As [`Machine::run`]; `watch` sees where the slots lie after each block and its rows, and at
    /// the end of all with no rows.
    pub(crate) fn run_watched(
        &mut self,
        plan: &Plan,
        schedule: &Schedule,
        outside: Outside<T>,
        watch: &mut dyn FnMut(&[*mut T], usize, usize),
    ) {
        let bases = self.bases(plan, schedule, outside);
        let mut slots = bases.clone();
        let packs: Vec<*mut T> = self.packs.iter_mut().map(Lines::pointer).collect();
        let scratch: Vec<*mut T> = self.scratch.iter_mut().map(Lines::pointer).collect();
        let (level, batch) = (self.level, self.rows);
        for stage in &schedule.stages {
            let parted = self.is_parted(plan, stage);
            let view = View { parted, plan, level, batch, slots: &bases, packs: &packs, scratch: &scratch };
            for piece in &stage.once {
                view.once(piece, 0);
            }
            if stage.rows.is_empty() && stage.sums.is_empty() {
                continue;
            }
            if parted {
                self.turn(stage, &view);
            }
            for from in (0..batch).step_by(self.block) {
                for (slot, (at, base)) in slots.iter_mut().zip(&bases).enumerate() {
                    let buffer = plan.slots[slot];
                    let moves = buffer.per_row && schedule.kept[slot] != Kept::Block;
                    *at = if moves { base.wrapping_add(from * buffer.len) } else { *base };
                }
                let view = View { slots: &slots, ..view };
                let rows = self.block.min(batch - from);
                self.rows_of(stage, &view, rows);
                self.sums_of(stage, &view, rows, from > 0);
                watch(&slots, from, rows);
            }
        }
        watch(&bases, 0, 0);
        self.gather(plan, schedule, outside);
    }

    /// Where the numbers of each slot begin.
    fn bases(&mut self, plan: &Plan, schedule: &Schedule, outside: Outside<T>) -> Vec<*mut T> {
        let mut bases: Vec<*mut T> = self.buffers.iter_mut().map(Lines::pointer).collect();
        for &(slot, source) in &plan.leaves {
            let len = plan.slots[slot].len;
            match source {
                Source::Parameter { offset } => {
                    bases[slot] = outside.parameters.wrapping_add(offset).cast_mut();
                }
                Source::Input { .. } if !outside.inputs.is_null() && len == plan.input_width => {
                    bases[slot] = outside.inputs.cast_mut();
                }
                Source::Target { .. } if !outside.targets.is_null() && len == plan.target_width => {
                    bases[slot] = outside.targets.cast_mut();
                }
                _ => {}
            }
        }
        if !outside.gradient.is_null() {
            for (range, &root) in plan.parameters.iter().zip(&plan.roots[1..]).rev() {
                if schedule.kept[root] != Kept::Nowhere && root != plan.roots[0] {
                    bases[root] = outside.gradient.wrapping_add(range.start);
                }
            }
        }
        bases
    }

    /// Copies what of the gradient was not computed where it belongs.
    fn gather(&mut self, plan: &Plan, schedule: &Schedule, outside: Outside<T>) {
        if outside.gradient.is_null() {
            return;
        }
        let bases = self.bases(plan, schedule, outside);
        for (range, &root) in plan.parameters.iter().zip(&plan.roots[1..]) {
            let to = outside.gradient.wrapping_add(range.start);
            if !std::ptr::eq(to, bases[root]) {
                // SAFETY: a derivative has as many numbers as its parameter, and lies elsewhere.
                unsafe { to.copy_from(bases[root], range.len()) };
            }
        }
    }

    /// Copies the rows of a batch, or those of them that `order` names, to the leaves.
    /// The first of them is row `from`.
    pub(crate) fn load(&mut self, plan: &Plan, batch: &Batch<'_, T>, from: usize, order: Option<&[usize]>) {
        for &(slot, source) in &plan.leaves {
            copy_leaf(plan, (slot, source), batch, (from, order), self.buffers[slot].as_mut_slice());
        }
    }

    /// Makes the next [`Machine::prepare`] begin anew.
    pub(crate) fn forget(&mut self) {
        self.scratch.clear();
    }

    /// Makes sure of so much scratch memory for each thread.
    pub(crate) fn reserve(&mut self, len: usize) {
        for scratch in self.scratch.iter_mut().filter(|s| s.as_slice().len() < len) {
            scratch.resize(len);
        }
    }

    /// As [`Machine::tiles`]; a job gets its thread's scratch memory.
    pub(crate) fn tiles_with_scratch(
        &mut self,
        work: usize,
        tiles: usize,
        job: &(dyn Fn(usize, *mut T) + Sync),
    ) {
        let pointers: Vec<*mut T> = self.scratch.iter_mut().map(Lines::pointer).collect();
        let scratch = Scratch(&pointers);
        self.tiles(work, tiles, &|tile, thread| job(tile, scratch.of(thread)));
    }

    /// Computes everything again on the rows that were loaded, and keeps and looks at every value.
    pub(crate) fn first_non_finite(&self, plan: &Plan, parameters: &Lines<T>) -> Option<NonFinite> {
        let [data, steps] = plan.schedules(false);
        let mut all = Machine::new(plan, Hardware { level: self.level, threads: 1 });
        all.prepare(plan, &[&data, &steps], self.rows, false);
        for &(slot, _) in &plan.leaves {
            all.buffers[slot] = self.buffers[slot].clone();
        }
        let mut parameters = parameters.clone();
        let outside = Outside { parameters: parameters.pointer(), ..Outside::none() };
        let mut found: Option<(usize, NonFinite)> = None;
        let order = plan.data_steps.iter().chain(&plan.steps).map(|s| s.0);
        for schedule in [&data, &steps] {
            all.run_watched(plan, schedule, outside, &mut |slots, from, rows| {
                let last = found.map_or(usize::MAX, |f| f.0);
                for (place, slot) in order.clone().enumerate().take(last) {
                    let buffer = plan.slots[slot];
                    if schedule.kept[slot] == Kept::Nowhere || buffer.per_row != (rows > 0) {
                        continue;
                    }
                    let count = if buffer.per_row { rows * buffer.len } else { buffer.len };
                    // SAFETY: the schedule has made these numbers, and nobody changes them now.
                    let numbers = unsafe { std::slice::from_raw_parts(slots[slot].cast_const(), count) };
                    if let Some(at) = numbers.iter().position(|x| !x.is_finite()) {
                        found = Some((place, NonFinite::new(buffer, at, from)));
                        break;
                    }
                }
            });
        }
        found.map(|f| f.1)
    }

    fn is_worth(&self, work: usize) -> bool {
        self.team.threads() > 1 && work >= WORTH_THREADS
    }

    /// Runs tiles by this thread, or by all where it is worth it.
    pub(crate) fn tiles(&mut self, work: usize, tiles: usize, job: &(dyn Fn(usize, usize) + Sync)) {
        if self.is_worth(work) {
            self.team.run(tiles, job);
        } else {
            (0..tiles).for_each(|tile| job(tile, 0));
        }
    }

    pub(crate) fn threads(&self) -> usize {
        self.team.threads()
    }

    /// Turns the weights of a stage.
    fn turn(&mut self, stage: &Stage, view: &View<'_, T>) {
        for &(pack, turn) in &stage.turns {
            if self.pack_len(turn) == 0 {
                continue;
            }
            let count = panels::<T>(self.level, turn.units);
            // To move a number takes some four times as long as a product.
            let work = turn.units * turn.inputs * 4;
            let tiles = if self.is_worth(work) { count.min(4 * self.threads()) } else { 1 };
            self.tiles(work, tiles, &|tile, _| {
                view.work(Pack {
                    from: view.slots[turn.weights],
                    rows: turn.units,
                    columns: turn.inputs,
                    to: view.packs[pack],
                    first: count * tile / tiles,
                    end: count * (tile + 1) / tiles,
                });
            });
        }
    }

    /// How many products and sums a row of a stage needs, about.
    fn row_work(plan: &Plan, stage: &Stage) -> usize {
        let len = |slot: Slot| plan.slots[slot].len;
        let work = |piece: &Piece| match *piece {
            Piece::Dense { out, x, .. } => len(out) * len(x),
            Piece::Back { out, d, .. } => len(out) * len(d),
            Piece::Chain { len, .. } => 4 * len,
            _ => 64,
        };
        stage.rows.iter().map(work).sum()
    }

    fn is_parted(&self, plan: &Plan, stage: &Stage) -> bool {
        self.block > 8 && self.is_worth(self.block * Self::row_work(plan, stage))
    }

    fn rows_of(&mut self, stage: &Stage, view: &View<'_, T>, rows: usize) {
        let work = if view.parted { rows * Self::row_work(view.plan, stage) } else { 0 };
        let parts = if view.parted { self.threads() } else { 1 };
        let tile_rows = rows.div_ceil(parts).next_multiple_of(8);
        self.tiles(work, rows.div_ceil(tile_rows), &|tile, thread| {
            let from = tile * tile_rows;
            for piece in &stage.rows {
                view.rows(piece, from, rows.min(from + tile_rows), thread);
            }
        });
    }

    fn sums_of(&mut self, stage: &Stage, view: &View<'_, T>, rows: usize, add: bool) {
        let len = |slot: Slot| view.plan.slots[slot].len;
        let work = |piece: &Piece| match *piece {
            Piece::SumOuter { d, x, .. } => len(d) * len(x) * rows,
            Piece::SumRows { a, .. } => len(a) * rows,
            _ => 64,
        };
        let work = stage.sums.iter().map(work).sum::<usize>();
        let worth = self.is_worth(work);
        let parts = 2 * self.threads();
        let width = |piece: &Piece| match *piece {
            Piece::SumOuter { x, .. } if worth => len(x).div_ceil(parts).next_multiple_of(TILE_COLUMNS),
            Piece::SumOuter { x, .. } => len(x),
            _ => 1,
        };
        let tiles_of = |piece: &Piece| match *piece {
            Piece::SumOuter { x, .. } => len(x).div_ceil(width(piece)),
            _ => 1,
        };
        let tiles = stage.sums.iter().map(tiles_of).sum();
        self.tiles(work, tiles, &|mut tile, thread| {
            for piece in &stage.sums {
                let count = tiles_of(piece);
                if tile < count {
                    return view.sum(piece, rows, add, (tile * width(piece), width(piece)), thread);
                }
                tile -= count;
            }
        });
    }
}
