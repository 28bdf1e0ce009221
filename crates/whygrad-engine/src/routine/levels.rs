//! Which terms a step needs, and in which loop over the rows each is known.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::Op;
use whygrad_expr::program::Program;
use whygrad_expr::shape::Dims;

use super::Task;

/// A term's level is how many loops over the rows must be over before it is known: 0 for what
/// depends on parameters and a row, 1 for sums over rows of those, and so on.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    /// What a step needs, arguments first; outer products that are only added up are left out.
    pub(super) needed: Vec<Term>,
    /// The level of the update.
    pub(super) last: usize,
    /// About how many operations the terms of a row are.
    pub(super) work_of_rows: usize,
    /// About how many the others are.
    pub(super) work: usize,
    /// By term: the update needs it.
    of_update: Vec<bool>,
    level: Vec<usize>,
    kept: Vec<bool>,
    /// The sums over rows by level.
    sums: Vec<Vec<Term>>,
    shared: Vec<Vec<Term>>,
}

impl Levels {
    pub(super) fn of(task: &Task<'_>) -> Levels {
        let arena = &task.program.arena;
        let mut roots = match task.rule {
            Some(_) => task.program.gradient.clone(),
            None => Vec::new(),
        };
        roots.extend(task.watched);
        roots.extend(task.until);
        let gradient = if task.rule.is_some() { &task.program.gradient[..] } else { &[] };
        let mut of_update = vec![false; arena.len()];
        for term in needed(arena, gradient) {
            of_update[term.0 as usize] = true;
        }
        let needed = needed(arena, &roots);
        let mut level = vec![0; arena.len()];
        for &term in &needed {
            let before = arguments(arena, term).into_iter().map(|c| level[c.0 as usize]).max();
            let adds = usize::from(matches!(arena.op(term), Op::SumRows(_)));
            level[term.0 as usize] = before.unwrap_or(0) + adds;
        }
        let last = roots.iter().map(|r| level[r.0 as usize]).max().unwrap_or(0);
        let mut levels = Levels {
            work: 0,
            work_of_rows: 0,
            last,
            kept: vec![false; arena.len()],
            sums: vec![Vec::new(); last + 2],
            shared: vec![Vec::new(); last + 2],
            of_update,
            level,
            needed,
        };
        levels.sort_out(arena, &roots, task.rule.is_some());
        levels
    }

    fn sort_out(&mut self, arena: &Arena, roots: &[Term], updates: bool) {
        for &root in roots {
            self.kept[root.0 as usize] |= self.level[root.0 as usize] < self.last;
        }
        for &term in &self.needed {
            let (per_row, level) = (arena.shape(term).per_row, self.level[term.0 as usize]);
            for child in arguments(arena, term) {
                let elsewhere = per_row || self.level[child.0 as usize] < level;
                self.kept[child.0 as usize] |= elsewhere && !arena.shape(child).per_row;
            }
            // What is watched beside the update has no say in how the rows are spelled.
            let counts = self.of_update[term.0 as usize] || !updates;
            let work = if counts { operations(arena, term) } else { 0 };
            if per_row {
                self.work_of_rows += work;
                continue;
            }
            if let Op::SumRows(_) = arena.op(term) {
                self.work_of_rows += if counts { arena.dims(term).len() } else { 0 };
                self.sums[level].push(term);
            }
            self.work += work;
            self.shared[level].push(term);
        }
    }

    /// True for what the update needs.
    pub(super) fn is_of_update(&self, term: Term) -> bool {
        self.of_update[term.0 as usize]
    }

    /// True for what a later block reads from memory.
    pub(super) fn is_kept(&self, term: Term) -> bool {
        self.kept[term.0 as usize]
    }

    pub(super) fn sums_at(&self, level: usize) -> &[Term] {
        self.sums.get(level).map_or(&[], Vec::as_slice)
    }

    pub(super) fn shared_at(&self, level: usize) -> Vec<Term> {
        self.shared[level].clone()
    }

    /// The terms of rows that the sums of a level add up, arguments first.
    pub(super) fn rows_for(&self, level: usize, program: &Program) -> Vec<Term> {
        let arena = &program.arena;
        let mut wanted = vec![false; arena.len()];
        for &sum in self.sums_at(level) {
            for child in arguments(arena, sum) {
                wanted[child.0 as usize] = true;
            }
        }
        for &term in self.needed.iter().rev() {
            if wanted[term.0 as usize] && arena.shape(term).per_row {
                for child in arguments(arena, term) {
                    wanted[child.0 as usize] = true;
                }
            }
        }
        let rows = self.needed.iter().filter(|t| wanted[t.0 as usize] && arena.shape(**t).per_row);
        rows.copied().collect()
    }
}

/// The arguments; those of the outer product for a sum over rows of one.
fn arguments(arena: &Arena, term: Term) -> Vec<Term> {
    let op = arena.op(term);
    match op {
        Op::SumRows(a) if matches!(arena.op(a), Op::Outer(..)) => arena.op(a).children().to_vec(),
        _ => op.children().to_vec(),
    }
}

fn needed(arena: &Arena, roots: &[Term]) -> Vec<Term> {
    let mut needed = vec![false; arena.len()];
    for root in roots {
        needed[root.0 as usize] = true;
    }
    for index in (0..arena.len()).rev() {
        if needed[index] {
            for child in arguments(arena, Term(index as u32)) {
                needed[child.0 as usize] = true;
            }
        }
    }
    (0..arena.len() as u32).filter(|&i| needed[i as usize]).map(Term).collect()
}

/// About how many operations a term is.
fn operations(arena: &Arena, term: Term) -> usize {
    let len = arena.dims(term).len();
    match arena.op(term) {
        Op::Map(..) => 15 * len,
        Op::LogSumExp(a) => 20 * arena.dims(a).len(),
        Op::MatVec(w, _) => arena.dims(w).len(),
        Op::SumEntries(a) => arena.dims(a).len(),
        Op::Const(_) | Op::Leaf(_) | Op::RowCount | Op::Fill(..) | Op::Pick(..) | Op::Place(..) => 0,
        Op::Transpose(_) => match arena.dims(term) {
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => 0,
        },
        _ => len,
    }
}
