//! A loss as a sum of squares: which terms are squared, and by what each square is multiplied.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::simplify::Simplifier;

/// One kind of square in a loss: the sum of `factor` · `base`² over the rows and entries that the product has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Square {
    /// Without a parameter; whether it is negative anywhere is for the data to say.
    pub(super) factor: Term,
    /// What is squared.
    pub(super) base: Term,
}

/// A part of the loss that is still to be taken apart.
struct Part {
    term: Term,
    factor: Term,
    /// The rows and entries that the product of both is summed over; what has fewer is counted as often.
    over: Shape,
}

/// The squares that add up to a simplified loss; `None` where it is no sum of squares, as far as its form shows.
///
/// Sums, means, multiples, quotients by what holds no parameter, penalties of squared weights and parts without any
/// parameter are taken apart; a square is `e^2` or `e*e`.
pub(super) fn squares(arena: &mut Arena, loss: Term) -> Option<Vec<Square>> {
    let learned = learned(arena);
    let depends = |term: Term| learned.get(term.0 as usize).copied().unwrap_or(false);
    let mut s = Simplifier::new(arena);
    let one = s.arena.constant(1.0);
    let mut open = vec![Part { term: loss, factor: one, over: Shape::NUMBER }];
    let mut found = Vec::new();
    while let Some(Part { term, factor, over }) = open.pop() {
        if !depends(term) {
            let factor = s.mul(factor, term);
            found.push(counted(&mut s, Square { factor, base: one }, over));
            continue;
        }
        match s.arena.op(term) {
            Op::Zip(Zip::Add, a, b) => {
                open.push(Part { term: b, factor, over });
                open.push(Part { term: a, factor, over });
            }
            Op::Zip(Zip::Mul, a, b) if a == b => {
                found.push(counted(&mut s, Square { factor, base: a }, over));
            }
            Op::Zip(Zip::Mul, a, b) if !depends(a) || !depends(b) => {
                let (free, term) = if depends(a) { (b, a) } else { (a, b) };
                open.push(Part { term, factor: s.mul(factor, free), over });
            }
            Op::Zip(Zip::Mul, ..) => {
                let (free, base) = product(&mut s, term, &depends)?;
                let factor = s.mul(factor, free);
                found.push(counted(&mut s, Square { factor, base }, over));
            }
            Op::Zip(Zip::Div, a, b) if !depends(b) => {
                open.push(Part { term: a, factor: s.div(factor, b), over });
            }
            Op::Zip(Zip::Pow, base, power) if s.arena.constant_of(power) == Some(2.0) => {
                found.push(counted(&mut s, Square { factor, base }, over));
            }
            Op::Map(Function::Neg, a) => {
                open.push(Part { term: a, factor: s.map(Function::Neg, factor), over });
            }
            Op::Fill(a, _) => open.push(Part { term: a, factor, over }),
            Op::SumEntries(a) => {
                let factor = one_entry(&mut s, factor, over);
                open.push(Part { term: a, factor, over: Shape { dims: s.arena.dims(a), ..over } });
            }
            Op::SumRows(a) => {
                let factor = one_row(&mut s, factor, over);
                open.push(Part { term: a, factor, over: Shape { per_row: true, ..over } });
            }
            _ => return None,
        }
    }
    Some(found)
}

/// For each term, whether it depends on a parameter.
fn learned(arena: &Arena) -> Vec<bool> {
    let mut learned = vec![false; arena.len()];
    for index in 0..arena.len() {
        learned[index] = match arena.op(Term(index as u32)) {
            Op::Leaf(id) => arena.symbol_of(id).kind == whygrad_expr::arena::SymbolKind::Parameter,
            op => op.children().iter().any(|c| learned[c.0 as usize]),
        };
    }
    learned
}

/// `c * e * d * e` in any order as `(c * d, e)`.
fn product(s: &mut Simplifier<'_>, term: Term, depends: &dyn Fn(Term) -> bool) -> Option<(Term, Term)> {
    let mut open = vec![term];
    let mut free = s.arena.constant(1.0);
    let mut bases = Vec::new();
    while let Some(term) = open.pop() {
        match s.arena.op(term) {
            _ if !depends(term) => free = s.mul(free, term),
            Op::Zip(Zip::Mul, a, b) => open.extend([a, b]),
            Op::Zip(Zip::Div, a, b) if !depends(b) => {
                free = s.div(free, b);
                open.push(a);
            }
            Op::Map(Function::Neg, a) => {
                free = s.map(Function::Neg, free);
                open.push(a);
            }
            _ => bases.push(term),
        }
    }
    match bases[..] {
        [a, b] if a == b => Some((free, a)),
        _ => None,
    }
}

/// A square that is summed over more rows or entries than it has is so many times itself.
fn counted(s: &mut Simplifier<'_>, square: Square, over: Shape) -> Square {
    let (factor, base) = (s.arena.shape(square.factor), s.arena.shape(square.base));
    let mut all = square.factor;
    if factor.dims.is_scalar() && base.dims.is_scalar() {
        all = times_entries(s, all, over.dims);
    }
    if over.per_row && !factor.per_row && !base.per_row {
        all = times_rows(s, all);
    }
    Square { factor: all, base: square.base }
}

/// The factor of a part that has one entry, summed over the entries so far.
fn one_entry(s: &mut Simplifier<'_>, factor: Term, over: Shape) -> Term {
    if s.arena.dims(factor).is_scalar() {
        times_entries(s, factor, over.dims)
    } else {
        s.build(Op::SumEntries(factor))
    }
}

/// The factor of a part that all rows share, summed over the rows so far.
fn one_row(s: &mut Simplifier<'_>, factor: Term, over: Shape) -> Term {
    match (over.per_row, s.arena.shape(factor).per_row) {
        (true, true) => s.sum_rows(factor),
        (true, false) => times_rows(s, factor),
        (false, _) => factor,
    }
}

fn times_entries(s: &mut Simplifier<'_>, factor: Term, dims: Dims) -> Term {
    let count = s.arena.constant(dims.len() as f64);
    s.mul(factor, count)
}

fn times_rows(s: &mut Simplifier<'_>, factor: Term) -> Term {
    let rows = s.arena.make(Op::RowCount);
    s.mul(factor, rows)
}
