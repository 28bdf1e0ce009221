//! Terms built operation by operation, as no text would be: every operation on every shape.

use whygrad::expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad::expr::op::{Function, Op, Zip};
use whygrad::expr::oracle::Bindings;
use whygrad::expr::shape::{Dims, Shape};

use crate::draw::Draw;

/// The declarations under which a printed term reads back.
pub(crate) const DECLARATIONS: &str =
    "inputs x[2], t\ntarget y\nparams a, b, u[2], v[3], W[3,2], R[1,3], C[2,1]\n";

/// An arena with leaves of every shape, and the leaves.
pub(crate) fn leaves() -> (Arena, Vec<SymbolId>) {
    let mut arena = Arena::new();
    let once = |name, dims| (name, SymbolKind::Parameter, Shape::once(dims));
    let rows = |name, kind, dims| (name, kind, Shape { per_row: true, dims });
    let all = [
        rows("x", SymbolKind::Input, Dims::Vector(2)),
        rows("t", SymbolKind::Input, Dims::Scalar),
        rows("y", SymbolKind::Target, Dims::Scalar),
        once("a", Dims::Scalar),
        once("b", Dims::Scalar),
        once("u", Dims::Vector(2)),
        once("v", Dims::Vector(3)),
        once("W", Dims::Matrix(3, 2)),
        once("R", Dims::Matrix(1, 3)),
        once("C", Dims::Matrix(2, 1)),
    ];
    let make = |(name, kind, shape): (&str, SymbolKind, Shape)| {
        let columns = kind != SymbolKind::Parameter;
        let entries = match shape.dims {
            Dims::Vector(n) if columns => (1..=n).map(|k| format!("{name}{k}")).collect(),
            _ if columns => vec![name.to_owned()],
            _ => vec![],
        };
        arena.symbol(Symbol { name: name.into(), kind, shape, entries })
    };
    let ids = all.into_iter().map(make).collect();
    (arena, ids)
}

/// A value for every leaf, at `rows` rows: any numbers, or whole ones, where things are equal.
pub(crate) fn bindings(arena: &Arena, draw: &mut Draw, rows: usize) -> (Bindings<f64>, Vec<Vec<f64>>) {
    let whole = draw.chance(0.3);
    let mut bindings = Bindings::new(rows);
    let mut values = Vec::new();
    for (id, symbol) in arena.symbols().iter().enumerate() {
        let count = symbol.shape.dims.len() * if symbol.shape.per_row { rows } else { 1 };
        let numbers: Vec<f64> = (0..count)
            .map(|_| if whole { draw.below(5) as f64 - 2.0 } else { draw.number(-2.0, 2.0) })
            .collect();
        bindings.bind(SymbolId(id as u32), numbers.clone());
        values.push(numbers);
    }
    (bindings, values)
}

/// A random term of `size` operations over the leaves; the last one made.
pub(crate) fn random(arena: &mut Arena, leaves: &[SymbolId], draw: &mut Draw, size: usize) -> Term {
    let mut made: Vec<Term> = leaves.iter().map(|&id| arena.leaf(id)).collect();
    for value in [0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 0.1] {
        made.push(arena.constant(value));
    }
    made.push(arena.make(Op::RowCount));
    let start = made.len();
    while made.len() < start + size {
        let op = operation(arena, &made, draw);
        // What does not fit is drawn again.
        if let Ok(term) = arena.try_make(op)
            && arena.dims(term).len() <= 12
        {
            made.push(term);
        }
    }
    made[made.len() - 1]
}

/// The sum of a term over everything, so that it can be a loss.
pub(crate) fn total(arena: &mut Arena, term: Term) -> Term {
    let entries = arena.sum_entries(term);
    arena.sum_rows(entries)
}

fn operation(arena: &Arena, made: &[Term], draw: &mut Draw) -> Op {
    // The newest terms most often, so that the term grows deep.
    let pick = |draw: &mut Draw| {
        if draw.chance(0.6) { made[made.len() - 1 - draw.below(4)] } else { draw.one(made) }
    };
    let (a, b, c) = (pick(draw), pick(draw), pick(draw));
    let dims = draw.one(&[Dims::Vector(2), Dims::Vector(3), Dims::Matrix(3, 2), Dims::Matrix(2, 1)]);
    let zips = [Zip::Add, Zip::Mul, Zip::Div, Zip::Pow, Zip::Max, Zip::Min];
    let scalar = arena.dims(a).is_scalar();
    match draw.below(16) {
        0..=2 => Op::Map(draw.one(&Function::ALL), a),
        3 => Op::Map(Function::Neg, a),
        4..=8 => Op::Zip(draw.one(&zips), a, b),
        9 => Op::Select(c, a, b),
        10 if scalar => Op::Fill(a, dims),
        11 if scalar => Op::Place(a, draw.below(dims.len()), dims),
        10 | 11 => Op::Pick(a, draw.below(arena.dims(a).len())),
        12 => draw.one(&[Op::SumEntries(a), Op::LogSumExp(a)]),
        13 if matches!(arena.dims(a), Dims::Matrix(..)) => Op::Transpose(a),
        13 => Op::MatVec(made[7], b),
        14 => draw.one(&[Op::MatVec(a, b), Op::Outer(a, b)]),
        _ if arena.shape(a).per_row => Op::SumRows(a),
        _ => Op::Zip(Zip::Add, a, b),
    }
}
