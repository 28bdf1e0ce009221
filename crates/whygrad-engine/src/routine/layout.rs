//! Where the numbers of a routine lie.

use std::collections::HashMap;

use whygrad_expr::arena::{SymbolId, Term};
use whygrad_expr::program::Program;

use super::{Form, Task};
use crate::tape::{Address, Base, Spread};

/// The places of a routine's numbers, in numbers from the beginning of each block of memory.
///
/// With nets in the lanes every cell is as wide as the lanes. With rows in the lanes parameters and
/// what is remembered about them lie one after the other, and only running sums are wide.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What lies in the lanes.
    pub form: Form,
    /// How many lanes.
    pub lanes: usize,
    /// The rows behind a step.
    pub rows: usize,
    /// In so many groups: single rows, or as many as there are lanes.
    pub groups: usize,
    /// The last group is shorter than the lanes.
    pub masked: bool,
    /// The numbers of a group of rows.
    pub group_len: usize,
    /// How many parameters.
    pub parameters: usize,
    /// How many numbers are remembered about each.
    pub memories: usize,
    /// How many numbers all parameters share.
    pub shared: usize,
    /// How many terms are watched.
    pub watched: usize,
    input_width: usize,
    width: usize,
    cells: usize,
    kept: HashMap<(Term, usize), usize>,
    sums: HashMap<(Term, usize), usize>,
}

impl Layout {
    pub(super) fn new(task: &Task<'_>, groups: usize) -> Layout {
        let program = task.program;
        let masked = task.form == Form::Rows && !task.rows.is_multiple_of(task.lanes);
        let width = program.input_width() + program.target_width();
        let group_len = match task.form {
            Form::Nets => width,
            Form::Rows => (width + usize::from(masked)) * task.lanes,
        };
        let mut layout = Layout {
            form: task.form,
            lanes: task.lanes,
            rows: task.rows,
            groups,
            masked,
            group_len,
            parameters: program.parameter_count(),
            memories: task.rule.map_or(0, |r| r.memories.len()),
            shared: task.rule.map_or(0, |r| r.shared.len()),
            watched: task.watched.len(),
            input_width: program.input_width(),
            width,
            cells: 0,
            kept: HashMap::new(),
            sums: HashMap::new(),
        };
        // Two more for the lanes that are active and their steps.
        layout.cells = layout.steps_offset() + task.lanes;
        layout
    }

    /// How many numbers the cells are.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The numbers from one parameter to the next.
    pub fn parameter_stride(&self) -> usize {
        match self.form {
            Form::Nets => self.lanes,
            Form::Rows => 1,
        }
    }

    /// Where memory `k` of a parameter lies; parameters come before all memories.
    pub fn memory_offset(&self, k: usize, index: usize) -> usize {
        // Each list begins where a full set of lanes does.
        let list = self.parameters.next_multiple_of(self.lanes / self.parameter_stride());
        (list * (k + 1) + index) * self.parameter_stride()
    }

    /// Where the lanes that are active lie: 1 where a lane is to be changed, else 0.
    pub fn active_offset(&self) -> usize {
        self.memory_offset(self.memories, 0)
    }

    /// Where the steps of each lane are counted.
    pub fn steps_offset(&self) -> usize {
        self.active_offset() + self.lanes
    }

    /// The numbers of each watched term in a step.
    pub fn watched_stride(&self) -> usize {
        self.parameter_stride()
    }

    /// Lays the rows out as the routine reads them: `rows` rows of inputs and of targets.
    pub fn lay_rows<T: Copy + Default>(&self, inputs: &[T], targets: &[T], one: T, out: &mut Vec<T>) {
        out.clear();
        let targets_width = self.width - self.input_width;
        let column = |row: usize, c: usize| -> T {
            if c < self.input_width {
                inputs[row * self.input_width + c]
            } else {
                targets[row * targets_width + c - self.input_width]
            }
        };
        match self.form {
            Form::Nets => {
                for row in 0..self.rows {
                    out.extend((0..self.width).map(|c| column(row, c)));
                }
            }
            Form::Rows => {
                for group in 0..self.groups {
                    let row_of = |lane: usize| group * self.lanes + lane;
                    for c in 0..self.width {
                        // Past the last row stands the first once more: numbers as good as any.
                        let lane = |l| column(if row_of(l) < self.rows { row_of(l) } else { 0 }, c);
                        out.extend((0..self.lanes).map(lane));
                    }
                    if self.masked {
                        let lane = |l| if row_of(l) < self.rows { one } else { T::default() };
                        out.extend((0..self.lanes).map(lane));
                    }
                }
            }
        }
    }

    fn cell(&self, offset: usize) -> Address {
        let spread = if self.form == Form::Rows { Spread::One } else { Spread::Lanes };
        Address { base: Base::Cells, offset: offset as u32, spread }
    }

    pub(super) fn parameter(&self, index: usize) -> Address {
        self.cell(index * self.parameter_stride())
    }

    pub(super) fn memory(&self, k: usize, index: usize) -> Address {
        self.cell(self.memory_offset(k, index))
    }

    pub(super) fn active(&self) -> Address {
        Address { base: Base::Cells, offset: self.active_offset() as u32, spread: Spread::Lanes }
    }

    pub(super) fn steps(&self) -> Address {
        Address { base: Base::Cells, offset: self.steps_offset() as u32, spread: Spread::Lanes }
    }

    pub(super) fn watched(&self, index: usize) -> Address {
        let offset = (index * self.watched_stride()) as u32;
        Address { base: Base::Watched, offset, ..self.cell(0) }
    }

    /// The entries of a leaf in a group of rows.
    pub(super) fn leaf(&self, program: &Program, symbol: SymbolId, group: usize) -> Option<Vec<Address>> {
        if let Some(p) = program.parameters.iter().find(|p| p.symbol == symbol) {
            return Some((0..p.len()).map(|e| self.parameter(p.offset + e)).collect());
        }
        let mut column = 0;
        for &id in program.inputs.iter().chain(&program.targets) {
            let len = program.arena.symbol_of(id).shape.dims.len();
            if id == symbol {
                return Some((column..column + len).map(|c| self.datum(group, c)).collect());
            }
            column += len;
        }
        None
    }

    fn datum(&self, group: usize, column: usize) -> Address {
        let (wide, spread) = match self.form {
            Form::Nets => (1, Spread::One),
            Form::Rows => (self.lanes, Spread::Lanes),
        };
        let offset = (group * self.group_len + column * wide) as u32;
        Address { base: Base::Rows, offset, spread }
    }

    /// 1 where the lane holds a row, 0 past the last.
    pub(super) fn mask(&self, group: usize) -> Address {
        self.datum(group, self.width)
    }

    /// Where a block leaves an entry of a term for later blocks.
    pub(super) fn kept(&mut self, term: Term, entry: usize) -> Address {
        let offset = place(&mut self.kept, &mut self.cells, (term, entry), self.lanes);
        self.cell(offset)
    }

    /// Where an entry of a sum over the rows is added up.
    pub(super) fn running_sum(&mut self, term: Term, entry: usize) -> Address {
        let offset = place(&mut self.sums, &mut self.cells, (term, entry), self.lanes);
        Address { base: Base::Cells, offset: offset as u32, spread: Spread::Lanes }
    }
}

/// Where a shared number lies.
pub(super) fn shared(k: usize) -> Address {
    Address { base: Base::Shared, offset: k as u32, spread: Spread::One }
}

/// The place of a key; a new one behind all others.
fn place(
    places: &mut HashMap<(Term, usize), usize>,
    cells: &mut usize,
    key: (Term, usize),
    len: usize,
) -> usize {
    *places.entry(key).or_insert_with(|| {
        let offset = *cells;
        *cells += len;
        offset
    })
}
