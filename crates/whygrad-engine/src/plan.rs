//! Compiling terms to steps over buffers.

use std::collections::HashMap;
use std::ops::Range;

use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::program::Program;
use whygrad_expr::shape::Dims;

use crate::schedule::Schedule;

/// A buffer of a [`Plan`]: its index.
pub type Slot = usize;

/// What a buffer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// The term whose value it is.
    pub term: Term,
    /// One value per row of the batch.
    pub per_row: bool,
    /// How many numbers a value has.
    pub len: usize,
    /// True for what depends on the parameters; the rest needs the data alone.
    pub of_parameters: bool,
}

/// One step: an operation from buffers to a buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The number of rows.
    RowCount,
    /// A function of one value.
    Map(Function, Slot),
    /// A function of two values.
    Zip(Zip, Slot, Slot),
    /// The second where the first is positive, else the third.
    Select(Slot, Slot, Slot),
    /// One number as every entry.
    Fill(Slot),
    /// One entry.
    Pick(Slot, usize),
    /// One number at an entry, zeros elsewhere.
    Place(Slot, usize),
    /// The sum over the entries.
    SumEntries(Slot),
    /// The logarithm of the sum of the exponentials of the entries.
    LogSumExp(Slot),
    /// A matrix of so many rows turned.
    Transpose(Slot, usize),
    /// W x
    MatVec(Slot, Slot),
    /// Wᵀ d, without turning W
    MatVecTransposed(Slot, Slot),
    /// a bᵀ
    Outer(Slot, Slot),
    /// The sum over the rows.
    SumRows(Slot),
    /// The sum over the rows of a bᵀ, without the matrix of each row.
    SumOuter(Slot, Slot),
}

/// Where a leaf's numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Parameter { offset: usize },
    Input { column: usize },
    Target { column: usize },
}

/// A compiled list of terms.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) slots: Vec<Buffer>,
    pub(crate) constants: Vec<(Slot, f64)>,
    pub(crate) leaves: Vec<(Slot, Source)>,
    /// Steps that need the data alone: run once per batch.
    pub(crate) data_steps: Vec<(Slot, Step)>,
    /// Steps that need the parameters: run at every point.
    pub(crate) steps: Vec<(Slot, Step)>,
    pub(crate) roots: Vec<Slot>,
    pub(crate) input_width: usize,
    pub(crate) target_width: usize,
    /// Of a plan made by [`Plan::of_gradient`]: the place of each parameter in the flat buffer.
    pub(crate) parameters: Vec<Range<usize>>,
    /// The data steps and the steps, parted into stages.
    pub(crate) data_schedule: Schedule,
    pub(crate) schedule: Schedule,
}

impl Plan {
    /// The plan that computes `roots`, terms of the program.
    pub fn compile(program: &Program, roots: &[Term]) -> Plan {
        Compiler::new(program).compile(roots)
    }

    /// The schedules of the data steps and of the steps; unless `join`, they keep every value.
    pub(crate) fn schedules(&self, join: bool) -> [Schedule; 2] {
        let data = Schedule::new(self, &self.data_steps, join, 0);
        let steps = Schedule::new(self, &self.steps, join, data.turns);
        [data, steps]
    }

    /// The plan that computes the loss (root 0) and the gradient (roots 1, 2, ... by parameter).
    pub fn of_gradient(program: &Program) -> Plan {
        let roots: Vec<Term> =
            std::iter::once(program.loss).chain(program.gradient.iter().copied()).collect();
        let mut plan = Plan::compile(program, &roots);
        plan.parameters = program.parameters.iter().map(|p| p.offset..p.offset + p.len()).collect();
        plan
    }
}

struct Compiler<'a> {
    program: &'a Program,
    plan: Plan,
    slot_of: Vec<Option<Slot>>,
    sources: HashMap<SymbolId, Source>,
}

impl<'a> Compiler<'a> {
    fn new(program: &'a Program) -> Compiler<'a> {
        let mut sources = HashMap::new();
        for p in &program.parameters {
            sources.insert(p.symbol, Source::Parameter { offset: p.offset });
        }
        let width = |id: &SymbolId| program.arena.symbol_of(*id).shape.dims.len();
        let mut column = 0;
        for id in &program.inputs {
            sources.insert(*id, Source::Input { column });
            column += width(id);
        }
        column = 0;
        for id in &program.targets {
            sources.insert(*id, Source::Target { column });
            column += width(id);
        }
        let plan = Plan {
            slots: Vec::new(),
            constants: Vec::new(),
            leaves: Vec::new(),
            data_steps: Vec::new(),
            steps: Vec::new(),
            roots: Vec::new(),
            input_width: program.input_width(),
            target_width: program.target_width(),
            parameters: Vec::new(),
            data_schedule: Schedule::default(),
            schedule: Schedule::default(),
        };
        Compiler { program, plan, slot_of: vec![None; program.arena.len()], sources }
    }

    fn compile(mut self, roots: &[Term]) -> Plan {
        let needed = needed(&self.program.arena, roots);
        for (index, _) in needed.iter().enumerate().filter(|(_, needed)| **needed) {
            self.term(Term(index as u32));
        }
        self.plan.roots = roots.iter().map(|&r| self.slot(r)).collect();
        [self.plan.data_schedule, self.plan.schedule] = self.plan.schedules(true);
        self.plan
    }

    fn slot(&self, term: Term) -> Slot {
        self.slot_of[term.0 as usize].unwrap_or(0)
    }

    fn term(&mut self, term: Term) {
        let arena = &self.program.arena;
        let shape = arena.shape(term);
        let slot = self.plan.slots.len();
        let mut buffer = Buffer { term, per_row: shape.per_row, len: shape.dims.len(), of_parameters: false };
        match arena.op(term) {
            Op::Const(value) => self.plan.constants.push((slot, value.get())),
            Op::Leaf(id) => {
                if let Some(&source) = self.sources.get(&id) {
                    buffer.of_parameters = matches!(source, Source::Parameter { .. });
                    self.plan.leaves.push((slot, source));
                }
            }
            op => {
                let step = self.step(op);
                let slots = &self.plan.slots;
                buffer.of_parameters = arguments(step).iter().any(|&a| slots[a].of_parameters);
                let list =
                    if buffer.of_parameters { &mut self.plan.steps } else { &mut self.plan.data_steps };
                list.push((slot, step));
            }
        }
        self.plan.slots.push(buffer);
        self.slot_of[term.0 as usize] = Some(slot);
    }

    fn step(&self, op: Op) -> Step {
        let arena = &self.program.arena;
        match op {
            Op::Const(_) | Op::Leaf(_) | Op::RowCount => Step::RowCount,
            Op::Map(f, a) => Step::Map(f, self.slot(a)),
            Op::Zip(z, a, b) => Step::Zip(z, self.slot(a), self.slot(b)),
            Op::Select(c, a, b) => Step::Select(self.slot(c), self.slot(a), self.slot(b)),
            Op::Fill(a, _) => Step::Fill(self.slot(a)),
            Op::Pick(a, index) => Step::Pick(self.slot(a), index),
            Op::Place(a, index, _) => Step::Place(self.slot(a), index),
            Op::SumEntries(a) => Step::SumEntries(self.slot(a)),
            Op::LogSumExp(a) => Step::LogSumExp(self.slot(a)),
            Op::Transpose(a) => {
                let columns = match arena.dims(a) {
                    Dims::Matrix(_, c) => c,
                    Dims::Vector(_) | Dims::Scalar => 1,
                };
                Step::Transpose(self.slot(a), columns)
            }
            Op::MatVec(w, x) => match arena.op(w) {
                Op::Transpose(turned) => Step::MatVecTransposed(self.slot(turned), self.slot(x)),
                _ => Step::MatVec(self.slot(w), self.slot(x)),
            },
            Op::Outer(a, b) => Step::Outer(self.slot(a), self.slot(b)),
            Op::SumRows(a) => match arena.op(a) {
                Op::Outer(d, x) => Step::SumOuter(self.slot(d), self.slot(x)),
                _ => Step::SumRows(self.slot(a)),
            },
        }
    }
}

/// The terms that need a buffer: what fused steps skip has none.
fn needed(arena: &Arena, roots: &[Term]) -> Vec<bool> {
    let mut needed = vec![false; arena.len()];
    for root in roots {
        needed[root.0 as usize] = true;
    }
    for index in (0..arena.len()).rev() {
        if !needed[index] {
            continue;
        }
        for child in fused_children(arena, arena.op(Term(index as u32))) {
            needed[child.0 as usize] = true;
        }
    }
    needed
}

fn fused_children(arena: &Arena, op: Op) -> Vec<Term> {
    match op {
        Op::SumRows(a) => match arena.op(a) {
            Op::Outer(d, x) => vec![d, x],
            _ => vec![a],
        },
        Op::MatVec(w, x) => match arena.op(w) {
            Op::Transpose(turned) => vec![turned, x],
            _ => vec![w, x],
        },
        _ => op.children().to_vec(),
    }
}

/// The buffers a step reads.
pub(crate) fn arguments(step: Step) -> Vec<Slot> {
    match step {
        Step::RowCount => vec![],
        Step::Map(_, a)
        | Step::Fill(a)
        | Step::Pick(a, _)
        | Step::Place(a, _)
        | Step::SumEntries(a)
        | Step::LogSumExp(a)
        | Step::Transpose(a, _)
        | Step::SumRows(a) => vec![a],
        Step::Zip(_, a, b)
        | Step::MatVec(a, b)
        | Step::MatVecTransposed(a, b)
        | Step::Outer(a, b)
        | Step::SumOuter(a, b) => vec![a, b],
        Step::Select(a, b, c) => vec![a, b, c],
    }
}
