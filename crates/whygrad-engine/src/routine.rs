//! A tiny net's step as straight tapes in loops: forward, backward and update, spelled out.
//!
//! The terms of a program are spelled entry by entry. What lies in the lanes is chosen first: many
//! nets, each lane a net of a fleet, or the rows of one net. Few rows are spelled one after the
//! other in one tape; many are a loop, whose sums lie in memory. A sum over the rows that other
//! terms of rows need (a mean that is subtracted, say) makes a second loop, which computes again
//! what it needs of the first.

use whygrad_expr::arena::{SymbolId, Term};
use whygrad_expr::op::Op;
use whygrad_expr::program::Program;

use crate::rule::{Rule, remembered};
use crate::spell::{self, NotSpelled};
use crate::tape::{Address, Arithmetic, Id, Node, Recorder, Straight, Tape};

mod layout;
mod levels;

pub use layout::Layout;
use levels::Levels;

/// What lies in the lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A net each; rows come one after the other.
    Nets,
    /// A row each; there is one net.
    Rows,
}

/// What a routine is to do.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// Loss and gradient.
    pub program: &'a Program,
    /// The update; without one the parameters stay as they are.
    pub rule: Option<&'a Rule>,
    /// Terms without rows, of which the first entry is left in memory in each step, before the update.
    pub watched: &'a [Term],
    /// A term without rows that tells when a lane is done: where it is not above 0.
    pub until: Option<Term>,
    /// A lane that is done is left as it is; otherwise only its steps are counted no more.
    pub freeze: bool,
    /// The rows behind a step.
    pub rows: usize,
    /// What lies in the lanes.
    pub form: Form,
    /// How many lanes.
    pub lanes: usize,
    /// How numbers are rounded.
    pub arithmetic: Arithmetic,
}

/// A tape that is run `times` times, each time one group of rows further.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// What is run.
    pub tape: Straight,
    /// How often.
    pub times: usize,
    /// The group of rows it begins with.
    pub first_group: usize,
}

/// A step as blocks.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Run one after the other.
    pub blocks: Vec<Block>,
    /// Where everything lies.
    pub layout: Layout,
}

/// Up to so many operations of rows are spelled for all groups of rows in one tape.
const UNROLLED: usize = 1500;
/// A step of more operations than this is left to a plan.
const LONGEST: usize = 20_000;

impl Routine {
    /// Spells a task; `None` where it holds what a tape cannot, or too much.
    pub fn new(task: &Task<'_>) -> Option<Routine> {
        Builder::new(task)?.build().ok()
    }
}

struct Builder<'a> {
    task: &'a Task<'a>,
    levels: Levels,
    layout: Layout,
    groups: usize,
    unrolled: bool,
}

/// Which rows a tape sees.
#[derive(Clone, Copy)]
struct Groups {
    /// Groups that are spelled out.
    count: usize,
    /// The last one is shorter than the lanes.
    masked: bool,
}

impl<'a> Builder<'a> {
    fn new(task: &'a Task<'a>) -> Option<Builder<'a>> {
        let levels = Levels::of(task);
        let per_group = match task.form {
            Form::Nets => 1,
            Form::Rows => task.lanes,
        };
        let groups = task.rows.div_ceil(per_group);
        let unrolled = groups == 1 || levels.work_of_rows * groups <= UNROLLED;
        if levels.work + levels.work_of_rows * if unrolled { groups } else { 2 } > LONGEST {
            return None;
        }
        let layout = Layout::new(task, groups);
        Some(Builder { task, levels, layout, groups, unrolled })
    }

    fn build(mut self) -> Result<Routine, NotSpelled> {
        let mut blocks = Vec::new();
        let last = self.levels.last;
        if self.unrolled {
            let groups = Groups { count: self.groups, masked: self.layout.masked };
            let all: Vec<Term> = self.levels.needed.clone();
            let mut tape = Spelling::new(&mut self.layout, &self.levels, self.task, groups, true);
            tape.terms(&all)?;
            tape.end()?;
            blocks.push(Block { tape: tape.finish(), times: 1, first_group: 0 });
        } else {
            for level in 0..=last {
                let shared = self.levels.shared_at(level);
                let none = Groups { count: 0, masked: false };
                let mut tape = Spelling::new(&mut self.layout, &self.levels, self.task, none, false);
                tape.terms(&shared)?;
                tape.keep(&shared);
                tape.clear_sums(level + 1);
                if level == last {
                    tape.end()?;
                }
                blocks.push(Block { tape: tape.finish(), times: 1, first_group: 0 });
                if level < last {
                    self.row_blocks(level, &mut blocks)?;
                }
            }
        }
        blocks.retain(|b| !b.tape.stores.is_empty() && b.times > 0);
        Ok(Routine { blocks, layout: self.layout })
    }

    /// The loop over the rows that adds up the sums of the next level.
    fn row_blocks(&mut self, level: usize, blocks: &mut Vec<Block>) -> Result<(), NotSpelled> {
        let whole = self.groups - usize::from(self.layout.masked);
        for (times, masked, first_group) in [(whole, false, 0), (self.groups - whole, true, whole)] {
            if times == 0 {
                continue;
            }
            let groups = Groups { count: 1, masked };
            let terms = self.levels.rows_for(level + 1, self.task.program);
            let mut tape = Spelling::new(&mut self.layout, &self.levels, self.task, groups, false);
            tape.terms(&terms)?;
            tape.add_to_sums(level + 1)?;
            blocks.push(Block { tape: tape.finish(), times, first_group });
        }
        Ok(())
    }
}

/// One tape in the making.
struct Spelling<'b> {
    to: Recorder,
    layout: &'b mut Layout,
    levels: &'b Levels,
    task: &'b Task<'b>,
    groups: Groups,
    unrolled: bool,
    /// By term: the entries, for each group of rows or once.
    values: Vec<Vec<Vec<Id>>>,
}

impl<'b> Spelling<'b> {
    fn new(
        layout: &'b mut Layout,
        levels: &'b Levels,
        task: &'b Task<'b>,
        groups: Groups,
        unrolled: bool,
    ) -> Spelling<'b> {
        let values = vec![Vec::new(); task.program.arena.len()];
        Spelling {
            to: Recorder::new(Tape::new(task.arithmetic)),
            layout,
            levels,
            task,
            groups,
            unrolled,
            values,
        }
    }

    fn finish(self) -> Straight {
        let mut tape = self.to.into_tape();
        if self.task.form == Form::Rows && self.task.lanes >= 4 {
            tape.pack();
            return tape.finish_by_need();
        }
        tape.finish()
    }

    fn terms(&mut self, terms: &[Term]) -> Result<(), NotSpelled> {
        for &term in terms {
            self.term(term)?;
        }
        Ok(())
    }

    fn term(&mut self, term: Term) -> Result<(), NotSpelled> {
        if !self.values[term.0 as usize].is_empty() {
            return Ok(());
        }
        let arena = &self.task.program.arena;
        let value = match arena.op(term) {
            Op::SumRows(a) => vec![self.sum_rows(term, a)?],
            op if arena.shape(term).per_row => {
                let each = (0..self.groups.count).map(|group| self.row_value(op, group));
                each.collect::<Result<Vec<_>, _>>()?
            }
            op => vec![self.row_value(op, 0)?],
        };
        self.values[term.0 as usize] = value;
        Ok(())
    }

    /// The entries of an operation in a group of rows.
    fn row_value(&mut self, op: Op, group: usize) -> Result<Vec<Id>, NotSpelled> {
        match op {
            Op::Leaf(symbol) => self.leaf(symbol, group),
            Op::RowCount => Ok(vec![self.to.constant(self.task.rows as f64)]),
            // A matrix of each row is only ever added up, or spelled where it is used.
            _ => {
                let children = op.children();
                for &child in children.iter() {
                    self.outside(child)?;
                }
                let arguments: Vec<&[Id]> = children.iter().map(|&c| self.at(c, group)).collect();
                spell::entries(&self.to, &self.task.program.arena, op, &arguments)
            }
        }
    }

    /// The entries of a term that was spelled, in a group of rows.
    fn at(&self, term: Term, group: usize) -> &[Id] {
        let value = &self.values[term.0 as usize];
        value.get(group).or(value.first()).map_or(&[], Vec::as_slice)
    }

    /// A term that no block before this term's place in this tape has spelled: a constant, a leaf,
    /// or what an earlier block has kept.
    fn outside(&mut self, term: Term) -> Result<(), NotSpelled> {
        if !self.values[term.0 as usize].is_empty() {
            return Ok(());
        }
        let arena = &self.task.program.arena;
        let simple = matches!(arena.op(term), Op::Const(_) | Op::Leaf(_) | Op::RowCount);
        if simple || self.unrolled || arena.shape(term).per_row {
            return self.term(term);
        }
        let len = arena.dims(term).len();
        let loads = (0..len).map(|e| {
            let address = self.layout.kept(term, e);
            self.to.load(address)
        });
        self.values[term.0 as usize] = vec![loads.collect()];
        Ok(())
    }

    fn leaf(&mut self, symbol: SymbolId, group: usize) -> Result<Vec<Id>, NotSpelled> {
        let addresses = self.layout.leaf(self.task.program, symbol, group).ok_or(NotSpelled)?;
        Ok(addresses.into_iter().map(|a| self.to.load(a)).collect())
    }

    /// The entries that a sum over rows adds up, in a group; the lanes past the last row count 0.
    fn summands(&mut self, a: Term, group: usize) -> Result<Vec<Id>, NotSpelled> {
        let arena = &self.task.program.arena;
        let masked = self.groups.masked && group + 1 == self.groups.count;
        if let Op::Outer(d, x) = arena.op(a) {
            self.outside(d)?;
            self.outside(x)?;
            let (d, x) = (self.at(d, group).to_vec(), self.at(x, group).to_vec());
            let d = if masked { self.mask(d, group) } else { d };
            let to = &self.to;
            let products = d.iter().flat_map(|&d| x.iter().map(move |&x| spell::times(to, d, x)));
            return Ok(products.collect());
        }
        self.outside(a)?;
        let entries = self.at(a, group).to_vec();
        Ok(if masked { self.mask(entries, group) } else { entries })
    }

    fn mask(&mut self, entries: Vec<Id>, group: usize) -> Vec<Id> {
        let mask = self.to.load(self.layout.mask(group));
        let zero = self.to.constant(0.0);
        let keep = |then| self.to.push(Node::Choose { left: mask, right: zero, then, otherwise: zero });
        entries.into_iter().map(keep).collect()
    }

    /// A sum over the rows: of the groups spelled here, or of what a loop has added up.
    fn sum_rows(&mut self, term: Term, a: Term) -> Result<Vec<Id>, NotSpelled> {
        let len = self.task.program.arena.dims(term).len();
        let sums: Vec<Id> = if self.unrolled {
            let groups = (0..self.groups.count).map(|g| self.summands(a, g));
            let groups: Vec<Vec<Id>> = groups.collect::<Result<_, _>>()?;
            (0..len).map(|e| spell::sum(&self.to, groups.iter().map(|g| g[e]))).collect()
        } else {
            (0..len).map(|e| self.to.load(self.layout.running_sum(term, e))).collect()
        };
        Ok(match self.task.form {
            Form::Nets => sums,
            Form::Rows => sums.into_iter().map(|s| self.to.push(Node::SumLanes(s))).collect(),
        })
    }

    /// Leaves what later blocks need.
    fn keep(&mut self, terms: &[Term]) {
        for &term in terms.iter().filter(|t| self.levels.is_kept(**t)) {
            for (entry, id) in self.at(term, 0).to_vec().into_iter().enumerate() {
                let address = self.layout.kept(term, entry);
                self.to.store(address, id);
                if self.levels.is_of_update(term) {
                    self.to.belongs_to_update(id);
                }
            }
        }
    }

    fn clear_sums(&mut self, level: usize) {
        let zero = self.to.constant(0.0);
        for &term in self.levels.sums_at(level) {
            for entry in 0..self.task.program.arena.dims(term).len() {
                let address = self.layout.running_sum(term, entry);
                self.to.store(address, zero);
            }
        }
    }

    fn add_to_sums(&mut self, level: usize) -> Result<(), NotSpelled> {
        for &term in self.levels.sums_at(level) {
            let Op::SumRows(a) = self.task.program.arena.op(term) else { continue };
            for (entry, id) in self.summands(a, 0)?.into_iter().enumerate() {
                let address = self.layout.running_sum(term, entry);
                let before = self.to.load(address);
                let sum = self.to.push(Node::Plus(before, id));
                if self.levels.is_of_update(term) {
                    self.to.belongs_to_update(sum);
                }
                self.to.store(address, sum);
            }
        }
        Ok(())
    }

    /// What is watched, the exit, and the update.
    fn end(&mut self) -> Result<(), NotSpelled> {
        for (index, &term) in self.task.watched.iter().enumerate() {
            self.outside(term)?;
            let id = self.at(term, 0)[0];
            self.to.store(self.layout.watched(index), id);
        }
        let still = match self.task.until {
            None => None,
            Some(until) => Some(self.still(until)?).filter(|_| self.task.freeze),
        };
        self.update(still)
    }

    /// The lanes that go on, as 1 and 0, after what ends them; the steps they make are counted.
    fn still(&mut self, until: Term) -> Result<Id, NotSpelled> {
        self.outside(until)?;
        let (left, zero) = (self.at(until, 0)[0], self.to.constant(0.0));
        let active = self.to.load(self.layout.active());
        let still = self.to.push(Node::Choose { left, right: zero, then: active, otherwise: zero });
        self.to.store(self.layout.active(), still);
        let steps = self.to.load(self.layout.steps());
        let steps_now = self.to.push(Node::Add(steps, still));
        self.to.store(self.layout.steps(), steps_now);
        Ok(still)
    }

    fn update(&mut self, still: Option<Id>) -> Result<(), NotSpelled> {
        let Some(rule) = self.task.rule else { return Ok(()) };
        let program = self.task.program;
        let mut slopes = Vec::with_capacity(program.parameter_count());
        for (p, &gradient) in program.parameters.iter().zip(&program.gradient) {
            self.outside(gradient)?;
            let entries = self.at(gradient, 0);
            slopes.extend((0..p.len()).map(|e| entries[if entries.len() == 1 { 0 } else { e }]));
        }
        let norm = rule.gradient_norm.map(|_| self.norm(&slopes));
        for (index, &slope) in slopes.iter().enumerate() {
            self.update_one(rule, index, (slope, norm), still)?;
        }
        Ok(())
    }

    /// The Euclidean norm.
    fn norm(&self, slopes: &[Id]) -> Id {
        let squares: Vec<Id> = slopes.iter().map(|&g| self.to.push(Node::Times(g, g))).collect();
        let sum = spell::sum(&self.to, squares.into_iter());
        self.to.push(Node::Sqrt(sum))
    }

    fn update_one(
        &mut self,
        rule: &Rule,
        index: usize,
        slope: (Id, Option<Id>),
        still: Option<Id>,
    ) -> Result<(), NotSpelled> {
        let mut roots = vec![rule.next];
        roots.extend(rule.memories.iter().map(|m| m.next));
        let mut values: Vec<Vec<Id>> = vec![Vec::new(); rule.arena.len()];
        for term in rule.arena.reachable(&roots) {
            values[term.0 as usize] = match rule.arena.op(term) {
                Op::Leaf(symbol) => vec![self.rule_leaf(rule, symbol, index, slope)?],
                op => {
                    let children = op.children();
                    let arguments: Vec<&[Id]> =
                        children.iter().map(|c| values[c.0 as usize].as_slice()).collect();
                    spell::entries(&self.to, &rule.arena, op, &arguments)?
                }
            };
        }
        let value = |t: Term| values[t.0 as usize].first().copied().ok_or(NotSpelled);
        self.write(self.layout.parameter(index), value(rule.next)?, still);
        for (k, memory) in rule.memories.iter().enumerate() {
            let next = remembered(self.to.value(value(memory.next)?));
            self.write(self.layout.memory(k, index), next.id(), still);
        }
        Ok(())
    }

    /// Writes what becomes of a number, in the lanes that go on.
    fn write(&self, address: Address, new: Id, still: Option<Id>) {
        self.to.belongs_to_update(new);
        let value = still.map_or(new, |left| {
            let (right, otherwise) = (self.to.constant(0.0), self.to.load(address));
            self.to.push(Node::Choose { left, right, then: new, otherwise })
        });
        self.to.store(address, value);
    }

    fn rule_leaf(
        &self,
        rule: &Rule,
        symbol: SymbolId,
        index: usize,
        (slope, norm): (Id, Option<Id>),
    ) -> Result<Id, NotSpelled> {
        if symbol == rule.gradient {
            return Ok(slope);
        }
        if let (true, Some(norm)) = (rule.gradient_norm == Some(symbol), norm) {
            return Ok(norm);
        }
        let address = if symbol == rule.parameter {
            self.layout.parameter(index)
        } else if let Some(k) = rule.memories.iter().position(|m| m.symbol == symbol) {
            self.layout.memory(k, index)
        } else if let Some(k) = rule.shared.iter().position(|&s| s == symbol) {
            layout::shared(k)
        } else {
            return Err(NotSpelled);
        };
        Ok(self.to.load(address))
    }
}
