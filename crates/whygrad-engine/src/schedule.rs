//! The steps of a plan in the order in which one net runs them on blocks of rows.
//!
//! A stage has steps that are done once, then steps that are done row by row, then sums over the
//! rows. What needs such a sum stands in the next stage. Within a stage the rows are parted into
//! blocks that fit the caches, and the sums are added up block by block.

use whygrad_expr::op::Zip;

use crate::chain::{Action, Argument, Chain, Link};
use crate::plan::{self, Plan, Slot, Step, arguments};

/// A piece of work.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Entry by entry, over rows of `len` entries (once: over `len` rows of one entry).
    Chain { chain: Chain, len: usize },
    /// W x for every row; `pack` is the number of the turned W.
    Dense { out: Slot, weights: Slot, x: Slot, pack: usize },
    /// Wᵀ d for every row.
    Back { out: Slot, weights: Slot, d: Slot },
    /// The sum over the entries of every row, or the logarithm of the sum of their exponentials.
    Fold { out: Slot, a: Slot, log_sum_exp: bool },
    /// The sum over the rows of d xᵀ.
    SumOuter { out: Slot, d: Slot, x: Slot },
    /// The sum over the rows.
    SumRows { out: Slot, a: Slot },
    /// Any other step.
    Other { out: Slot, step: Step },
}

/// Weights that are turned before a stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) weights: Slot,
    pub(crate) units: usize,
    pub(crate) inputs: usize,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Stage {
    pub(crate) once: Vec<Piece>,
    pub(crate) turns: Vec<(usize, Turn)>,
    pub(crate) rows: Vec<Piece>,
    pub(crate) sums: Vec<Piece>,
}

/// Where a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nowhere: it is used within a chain only.
    Nowhere,
    /// For the rows of a block.
    Block,
    /// For all rows, or for none of them alone.
    Whole,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    pub(crate) stages: Vec<Stage>,
    /// For each slot of the plan; of those that this schedule does not compute, `Nowhere`.
    pub(crate) kept: Vec<Kept>,
    /// How many numbers a row of a block has, all in all.
    pub(crate) row_len: usize,
    /// One more than the number of the last turned weights.
    pub(crate) turns: usize,
}

/// A list of steps of one stage, or of one stage's sums.
type Steps = Vec<(Slot, Step)>;

struct Builder<'a> {
    plan: &'a Plan,
    /// The stage of each slot; what is there from the beginning is of stage 0.
    stage: Vec<usize>,
    kept: Vec<Kept>,
    once: Vec<Steps>,
    rows: Vec<Steps>,
    sums: Vec<Steps>,
}

impl Schedule {
    /// The schedule of some steps of a plan, whose turned weights have numbers from `turns` on.
    /// Unless `join`, every value is kept.
    pub(crate) fn new(plan: &Plan, steps: &[(Slot, Step)], join: bool, turns: usize) -> Schedule {
        let count = plan.slots.len();
        let mut builder = Builder {
            plan,
            stage: vec![0; count],
            kept: vec![Kept::Nowhere; count],
            once: vec![],
            rows: vec![],
            sums: vec![],
        };
        for &(slot, step) in steps {
            builder.place(slot, step);
        }
        builder.keep(steps, join);
        builder.finish(join, turns)
    }
}

/// What runs entry by entry.
fn is_link(step: Step) -> bool {
    matches!(step, Step::Map(..) | Step::Zip(..) | Step::Select(..) | Step::Fill(_))
}

impl Builder<'_> {
    fn is_sum(step: Step) -> bool {
        matches!(step, Step::SumRows(_) | Step::SumOuter(..))
    }

    fn place(&mut self, slot: Slot, step: Step) {
        let stage = arguments(step).iter().map(|&a| self.stage[a]).max().unwrap_or(0);
        let is_sum = Self::is_sum(step);
        self.stage[slot] = if is_sum { stage + 1 } else { stage };
        let stages = self.stage[slot] + 1;
        for list in [&mut self.once, &mut self.rows, &mut self.sums] {
            list.resize(list.len().max(stages), vec![]);
        }
        let list = if is_sum {
            &mut self.sums
        } else if self.plan.slots[slot].per_row {
            &mut self.rows
        } else {
            &mut self.once
        };
        list[stage].push((slot, step));
    }

    /// Decides what is kept where.
    fn keep(&mut self, steps: &[(Slot, Step)], join: bool) {
        let is_ours = |list: &mut Vec<Kept>, slot: Slot, kept: Kept| {
            if list[slot] == Kept::Nowhere {
                list[slot] = kept;
            }
        };
        for &(slot, step) in steps {
            let buffer = self.plan.slots[slot];
            // Steps that need the data alone are run once for many steps that use them.
            let whole = !buffer.per_row || !buffer.of_parameters || self.plan.roots.contains(&slot);
            if whole {
                self.kept[slot] = Kept::Whole;
            } else if !is_link(step) || !join {
                is_ours(&mut self.kept, slot, Kept::Block);
            }
            let used_at = self.stage[slot] - usize::from(Self::is_sum(step));
            for a in arguments(step) {
                let argument = self.plan.slots[a];
                if !argument.per_row || !argument.of_parameters {
                    continue;
                }
                if self.stage[a] < used_at {
                    self.kept[a] = Kept::Whole;
                } else if !is_link(step) || argument.len != buffer.len {
                    is_ours(&mut self.kept, a, Kept::Block);
                }
            }
        }
        // What a chain makes for a later chain: chains end where another step stands between.
        for steps in &self.rows {
            let mut chain_of = vec![0; self.plan.slots.len()];
            for (index, run) in runs(self.plan, steps).enumerate() {
                for step in run {
                    chain_of[step.0] = index + 1;
                }
            }
            for &(slot, step) in steps {
                for a in arguments(step) {
                    if chain_of[a] != 0 && chain_of[a] != chain_of[slot] {
                        is_ours(&mut self.kept, a, Kept::Block);
                    }
                }
            }
        }
    }

    fn finish(self, join: bool, mut turns: usize) -> Schedule {
        let mut stages = Vec::new();
        for ((once, rows), sums) in self.once.iter().zip(&self.rows).zip(&self.sums) {
            let mut stage = Stage::default();
            self.pieces(once, join, &mut stage.once, &mut |_| 0);
            let mut turn = |turn| {
                stage.turns.push((turns, turn));
                turns += 1;
                turns - 1
            };
            self.pieces(rows, join, &mut stage.rows, &mut turn);
            stage.sums = sums.iter().map(|&(slot, step)| self.sum(slot, step)).collect();
            stages.push(stage);
        }
        let is_block = |s: &Slot| self.kept[*s] == Kept::Block;
        let row_len = (0..self.kept.len()).filter(is_block).map(|s| self.plan.slots[s].len).sum();
        Schedule { stages, kept: self.kept, row_len, turns }
    }

    fn sum(&self, out: Slot, step: Step) -> Piece {
        let per_row = |s: Slot| self.plan.slots[s].per_row;
        match step {
            Step::SumRows(a) if per_row(a) => Piece::SumRows { out, a },
            Step::SumOuter(d, x) if per_row(d) && per_row(x) => Piece::SumOuter { out, d, x },
            _ => Piece::Other { out, step },
        }
    }

    fn pieces(
        &self,
        steps: &[(Slot, Step)],
        join: bool,
        pieces: &mut Vec<Piece>,
        turn: &mut dyn FnMut(Turn) -> usize,
    ) {
        for run in runs(self.plan, steps) {
            if !is_link(run[0].1) {
                pieces.push(self.piece(run[0].0, run[0].1, turn));
            } else if join {
                pieces.push(self.chain(run));
            } else {
                pieces.extend(run.chunks(1).map(|one| self.chain(one)));
            }
        }
    }

    fn piece(&self, out: Slot, step: Step, turn: &mut dyn FnMut(Turn) -> usize) -> Piece {
        let slots = &self.plan.slots;
        let by_row = |w: Slot, x: Slot| !slots[w].per_row && slots[x].per_row;
        match step {
            Step::MatVec(weights, x) if by_row(weights, x) => {
                let (units, inputs) = (slots[out].len, slots[x].len);
                Piece::Dense { out, weights, x, pack: turn(Turn { weights, units, inputs }) }
            }
            Step::MatVecTransposed(weights, d) if by_row(weights, d) => Piece::Back { out, weights, d },
            Step::SumEntries(a) if slots[out].per_row => Piece::Fold { out, a, log_sum_exp: false },
            Step::LogSumExp(a) if slots[out].per_row => Piece::Fold { out, a, log_sum_exp: true },
            _ => Piece::Other { out, step },
        }
    }

    /// A chain of some steps with outputs of the same shape.
    fn chain(&self, steps: &[(Slot, Step)]) -> Piece {
        let shape = self.plan.slots[steps[0].0];
        let mut links: Vec<Link> = Vec::new();
        let mut link_of = vec![None; self.plan.slots.len()];
        for &(slot, step) in steps {
            let mut arguments: Vec<Argument> = Vec::new();
            for a in plan::arguments(step) {
                let argument = match link_of[a] {
                    Some(link) => Argument::Link(link),
                    None => self.argument(a, shape.per_row, shape.len, &mut links),
                };
                if let Argument::Link(link) = argument {
                    link_of[a] = Some(link);
                }
                arguments.push(argument);
            }
            let action = match step {
                Step::Map(function, _) => Action::Map(function),
                // A square is one product, and the same bits.
                Step::Zip(Zip::Pow, _, b) if self.constant(b) == Some(2.0) => {
                    arguments[1] = arguments[0];
                    Action::Zip(Zip::Mul)
                }
                Step::Zip(zip, ..) => Action::Zip(zip),
                Step::Select(..) => Action::Select,
                _ => Action::Copy,
            };
            link_of[slot] = Some(links.len());
            let out = (self.kept[slot] != Kept::Nowhere).then_some(slot);
            links.push(Link { action, arguments, out });
        }
        Piece::Chain { chain: Chain::compile(links), len: shape.len }
    }

    fn argument(&self, a: Slot, per_row: bool, len: usize, links: &mut Vec<Link>) -> Argument {
        let buffer = self.plan.slots[a];
        match (per_row, buffer.per_row, buffer.len == len) {
            (true, true, true) => Argument::Flat(a),
            (true, true, false) => {
                let arguments = vec![Argument::Row(a)];
                links.push(Link { action: Action::Spread, arguments, out: None });
                Argument::Link(links.len() - 1)
            }
            (true, false, true) if len > 1 => Argument::Entry(a),
            (false, _, true) => Argument::Flat(a),
            _ => Argument::Number(a),
        }
    }

    fn constant(&self, slot: Slot) -> Option<f64> {
        self.plan.constants.iter().find(|c| c.0 == slot).map(|c| c.1)
    }
}

/// Runs of neighbouring steps that make one chain; any other step by itself.
fn runs<'a>(plan: &'a Plan, steps: &'a [(Slot, Step)]) -> impl Iterator<Item = &'a [(Slot, Step)]> {
    let is_same = |a: &(Slot, Step), b: &(Slot, Step)| {
        let (x, y) = (plan.slots[a.0], plan.slots[b.0]);
        is_link(a.1) && is_link(b.1) && x.len == y.len && x.per_row == y.per_row
    };
    steps.chunk_by(is_same)
}
