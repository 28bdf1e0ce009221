//! Which terms get a variable, and in which phase each is computed.
//!
//! A term has a level: the number of sums over rows below it. Terms of level k that all rows
//! share are computed before loop k over the rows; loop k adds up the sums of level k + 1.

use crate::arena::{Arena, SymbolKind, Term};
use crate::op::{Function, Op, Zip};
use crate::program::Program;

/// How the values will be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// A loop over rows, entry by entry.
    Loops,
    /// Whole matrices.
    Matrices,
}

/// What is known about the values of a term, whatever the leaves are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// Nothing.
    Any,
    /// Not above 0.
    NonPositive,
    /// Not below 0.
    NonNegative,
    /// Above 0, and not by rounding to 0.
    Positive,
}

/// The most operations one statement's expression has before a part of it gets a variable.
const LONGEST: u32 = 12;

/// The terms of one function, ready to be written.
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    pub(super) program: &'a Program,
    /// What is needed, children before parents.
    pub(super) order: Vec<Term>,
    /// Whether a term gets a variable.
    bound: Vec<bool>,
    /// How often a term is used; a root is used once more.
    uses: Vec<u32>,
    level: Vec<u32>,
    range: Vec<Range>,
    /// Whether the expression of a matrix needs its two indices, not only the place of an entry.
    pairs: Vec<bool>,
}

impl<'a> Lowering<'a> {
    /// Lowers the terms that `roots` need.
    pub(super) fn new(program: &'a Program, roots: &[Term], family: Family) -> Lowering<'a> {
        let arena = &program.arena;
        let mut lowering = Lowering {
            program,
            order: arena.reachable(roots),
            bound: vec![false; arena.len()],
            uses: vec![0; arena.len()],
            level: vec![0; arena.len()],
            range: vec![Range::Any; arena.len()],
            pairs: vec![false; arena.len()],
        };
        for root in roots {
            lowering.uses[root.0 as usize] += 1;
        }
        lowering.count_and_rank();
        lowering.bind_shared(family);
        lowering.bind_long();
        lowering
    }

    fn arena(&self) -> &'a Arena {
        &self.program.arena
    }

    /// Whether a term gets a variable.
    pub(super) fn is_bound(&self, term: Term) -> bool {
        self.bound[term.0 as usize]
    }

    /// Whether a term is used at one place only.
    pub(super) fn is_used_once(&self, term: Term) -> bool {
        self.uses[term.0 as usize] == 1
    }

    /// The number of sums over rows below a term.
    pub(super) fn level(&self, term: Term) -> u32 {
        self.level[term.0 as usize]
    }

    /// What is known about the values of a term.
    pub(super) fn range(&self, term: Term) -> Range {
        self.range[term.0 as usize]
    }

    /// Whether the expression of a matrix needs its two indices.
    pub(super) fn needs_pairs(&self, term: Term) -> bool {
        self.pairs[term.0 as usize]
    }

    /// True for what is never worth a variable: a number, a leaf, `n`.
    pub(super) fn is_atom(&self, term: Term) -> bool {
        matches!(self.arena().op(term), Op::Const(_) | Op::Leaf(_) | Op::RowCount)
    }

    /// The leaves of a kind among the terms of the function.
    pub(super) fn uses_kind(&self, kind: SymbolKind) -> bool {
        self.order
            .iter()
            .any(|&t| matches!(self.arena().op(t), Op::Leaf(id) if self.arena().symbol_of(id).kind == kind))
    }

    /// Whether `n` itself is needed as a number.
    pub(super) fn uses_row_count(&self) -> bool {
        self.order.iter().any(|&t| self.arena().op(t) == Op::RowCount)
    }

    /// Numbers and `n`, and one operation on them: as short as a name.
    fn is_constant_like(&self, term: Term) -> bool {
        let number = |t: Term| matches!(self.arena().op(t), Op::Const(_) | Op::RowCount);
        if let Op::Zip(_, a, b) = self.arena().op(term) {
            return number(a) && number(b);
        }
        if let Op::Map(Function::Neg, a) = self.arena().op(term) {
            return self.is_atom(a);
        }
        self.is_atom(term)
    }

    /// Written as an index of something else, so that a variable would only copy.
    fn is_light(&self, term: Term) -> bool {
        matches!(self.arena().op(term), Op::Transpose(_) | Op::Pick(..) | Op::Fill(..))
            || self.is_constant_like(term)
    }

    fn count_and_rank(&mut self) {
        for term in self.order.clone() {
            let op = self.arena().op(term);
            let mut level = 0;
            for child in op.children() {
                self.uses[child.0 as usize] += 1;
                level = level.max(self.level(child));
            }
            self.level[term.0 as usize] = level + u32::from(matches!(op, Op::SumRows(_)));
            self.range[term.0 as usize] = self.range_of(op);
        }
    }

    fn bind(&mut self, term: Term) {
        self.bound[term.0 as usize] = true;
    }

    fn bind_shared(&mut self, family: Family) {
        let program = self.program;
        for named in &program.definitions {
            if !self.is_atom(named.term) {
                self.bind(named.term);
            }
        }
        if !self.is_atom(program.loss) {
            self.bind(program.loss);
        }
        for term in self.order.clone() {
            if self.uses[term.0 as usize] > 1 && !self.is_light(term) {
                self.bind(term);
            }
            for child in self.arena().op(term).children() {
                let needed = match family {
                    Family::Loops => self.loop_needs(term, child),
                    Family::Matrices => matches!(self.arena().op(term), Op::Pick(..) | Op::LogSumExp(_)),
                };
                let array = matches!(self.arena().op(term), Op::LogSumExp(_)) && !self.is_atom(child);
                if array || (needed && !self.is_light(child)) {
                    self.bind(child);
                }
            }
        }
    }

    /// Whether a loop would compute the child again and again, or has no way to write it in place.
    fn loop_needs(&self, parent: Term, child: Term) -> bool {
        let arena = self.arena();
        if matches!(arena.op(child), Op::SumEntries(_) | Op::SumRows(_)) {
            return true;
        }
        let (outer, inner) = (arena.shape(parent), arena.shape(child));
        if (outer.per_row && !inner.per_row) || inner.dims.len() < outer.dims.len() {
            return true;
        }
        match arena.op(parent) {
            Op::Pick(..) | Op::Transpose(_) | Op::LogSumExp(_) | Op::Outer(..) | Op::MatVec(..) => true,
            Op::SumRows(_) => !inner.per_row,
            Op::Zip(Zip::Pow, _, exponent) => arena.constant_of(exponent) == Some(2.0),
            Op::Zip(..)
            | Op::Const(_)
            | Op::Leaf(_)
            | Op::RowCount
            | Op::Map(..)
            | Op::Select(..)
            | Op::Fill(..)
            | Op::Place(..)
            | Op::SumEntries(_) => false,
        }
    }

    /// Gives a variable to what would make a line too long, and marks what needs two indices.
    fn bind_long(&mut self) {
        let arena = self.arena();
        let mut weight = vec![0u32; arena.len()];
        for &term in &self.order {
            let at = term.0 as usize;
            let op = arena.op(term);
            self.pairs[at] = matches!(op, Op::Outer(..) | Op::Transpose(_));
            for child in op.children() {
                let below = child.0 as usize;
                if self.bound[below] {
                    continue;
                }
                weight[at] += weight[below];
                self.pairs[at] |= self.pairs[below] && arena.dims(child) == arena.dims(term);
            }
            weight[at] += u32::from(!op.children().is_empty());
            self.bound[at] |= weight[at] > LONGEST;
        }
    }

    /// A factor that cannot round a product to 0.
    fn is_at_least_one(&self, term: Term) -> bool {
        let number = self.arena().constant_of(term);
        number.map_or(self.arena().op(term) == Op::RowCount, |value| value >= 1.0)
    }

    /// What is known about an operation's values from its arguments'.
    fn range_of(&self, op: Op) -> Range {
        use Range::{Any, NonNegative, NonPositive, Positive};
        let at_least_zero = |t: Term| matches!(self.range(t), NonNegative | Positive);
        match op {
            Op::Const(number) if number.get() > 0.0 => Positive,
            Op::Const(number) if number.get() < 0.0 => NonPositive,
            Op::Const(_) => NonNegative,
            Op::RowCount => Positive,
            Op::Map(function, a) => match function {
                Function::Neg if at_least_zero(a) => NonPositive,
                Function::Neg if self.range(a) == NonPositive => NonNegative,
                Function::Sqrt if self.range(a) == Positive => Positive,
                Function::Exp | Function::Sqrt | Function::Sigmoid | Function::Softplus | Function::Abs => {
                    NonNegative
                }
                Function::Neg
                | Function::Log
                | Function::Sin
                | Function::Cos
                | Function::Atan
                | Function::Tanh
                | Function::Erf
                | Function::Sign => Any,
            },
            Op::Zip(zip, a, b) => match zip {
                Zip::Add if at_least_zero(a) && at_least_zero(b) => {
                    if self.range(a) == Positive || self.range(b) == Positive {
                        Positive
                    } else {
                        NonNegative
                    }
                }
                Zip::Mul if at_least_zero(a) && at_least_zero(b) => {
                    let both = self.range(a) == Positive && self.range(b) == Positive;
                    if both && (self.is_at_least_one(a) || self.is_at_least_one(b)) {
                        Positive
                    } else {
                        NonNegative
                    }
                }
                Zip::Div if at_least_zero(a) && self.range(b) == Positive => NonNegative,
                Zip::Pow if self.arena().constant_of(b) == Some(2.0) => NonNegative,
                Zip::Add | Zip::Mul | Zip::Div | Zip::Pow | Zip::Max | Zip::Min => Any,
            },
            Op::Fill(a, _) | Op::Pick(a, _) | Op::Transpose(a) => self.range(a),
            Op::SumEntries(a) | Op::SumRows(a) if at_least_zero(a) => NonNegative,
            Op::Leaf(_)
            | Op::Select(..)
            | Op::Place(..)
            | Op::SumEntries(_)
            | Op::LogSumExp(_)
            | Op::MatVec(..)
            | Op::Outer(..)
            | Op::SumRows(_) => Any,
        }
    }
}
