//! An operation on vectors and matrices, spelled out entry by entry on a tape.

use whygrad_expr::arena::Arena;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::shape::Dims;

use crate::function;
use crate::tape::{Id, Node, Recorder};

/// What a tape cannot hold: a leaf that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotSpelled;

/// The largest whole exponent that is spelled as products.
const LARGEST_POWER: f64 = 64.0;

/// The entries of an operation from those of its arguments. Leaves, counts and sums over rows
/// depend on where the rows are and are not asked for here.
pub(crate) fn entries(
    to: &Recorder,
    arena: &Arena,
    op: Op,
    arguments: &[&[Id]],
) -> Result<Vec<Id>, NotSpelled> {
    let a = arguments.first().copied().unwrap_or_default();
    let b = arguments.get(1).copied().unwrap_or_default();
    Ok(match op {
        Op::Const(value) => vec![to.constant(value.get())],
        Op::Leaf(_) | Op::RowCount | Op::SumRows(_) => return Err(NotSpelled),
        Op::Map(f, _) => a.iter().map(|&x| map(to, f, x)).collect(),
        Op::Zip(zip, ..) => {
            let len = a.len().max(b.len());
            (0..len).map(|e| combine(to, zip, at(a, e), at(b, e))).collect()
        }
        Op::Select(..) => {
            let c = arguments.get(2).copied().unwrap_or_default();
            let len = a.len().max(b.len()).max(c.len());
            (0..len).map(|e| select(to, at(a, e), at(b, e), at(c, e))).collect()
        }
        Op::Fill(_, dims) => vec![a[0]; dims.len()],
        Op::Pick(_, index) => vec![a[index]],
        Op::Place(_, index, dims) => {
            let zero = to.constant(0.0);
            (0..dims.len()).map(|e| if e == index { a[0] } else { zero }).collect()
        }
        Op::SumEntries(_) => vec![sum(to, a.iter().copied())],
        Op::LogSumExp(_) => vec![log_sum_exp(to, a)],
        Op::Transpose(w) => match arena.dims(w) {
            Dims::Matrix(rows, columns) => (0..a.len()).map(|e| a[(e % rows) * columns + e / rows]).collect(),
            Dims::Scalar | Dims::Vector(_) => a.to_vec(),
        },
        Op::MatVec(..) => {
            let row = |weights: &[Id]| {
                let products = weights.iter().zip(b).map(|(&w, &x)| times(to, w, x));
                sum(to, products.collect::<Vec<_>>().into_iter())
            };
            a.chunks(b.len()).map(row).collect()
        }
        Op::Outer(..) => a.iter().flat_map(|&x| b.iter().map(move |&y| times(to, x, y))).collect(),
    })
}

/// One number goes with anything.
fn at(values: &[Id], entry: usize) -> Id {
    if values.len() == 1 { values[0] } else { values[entry] }
}

pub(crate) fn sum(to: &Recorder, mut values: impl Iterator<Item = Id>) -> Id {
    let first = values.next().unwrap_or_else(|| to.constant(0.0));
    values.fold(first, |sum, x| to.push(Node::Plus(sum, x)))
}

/// A product; the slope s(1 - s) of a sigmoid becomes s - s·s, which is one operation where
/// products are fused, and ready before what it is multiplied with.
pub(crate) fn times(to: &Recorder, a: Id, b: Id) -> Id {
    let slope = |one_minus: Id| match to.node(one_minus) {
        Node::Minus(one, s) if to.constant_of(one) == Some(1.0) => Some(s),
        _ => None,
    };
    for (a, b) in [(a, b), (b, a)] {
        let Some(s) = slope(b).filter(|_| to.arithmetic().fused) else { continue };
        let inner = || to.push(Node::Minus(s, to.push(Node::Times(s, s))));
        if a == s {
            return inner();
        }
        if let Node::Times(x, y) = to.node(a) {
            if x == s {
                return to.push(Node::Times(y, inner()));
            }
            if y == s {
                return to.push(Node::Times(x, inner()));
            }
        }
    }
    to.push(Node::Times(a, b))
}

fn map(to: &Recorder, f: Function, x: Id) -> Id {
    let value = to.value(x);
    match f {
        Function::Neg => to.push(Node::Neg(x)),
        Function::Exp => function::exp(value).id(),
        Function::Log => function::ln(value).id(),
        Function::Sqrt => to.push(Node::Sqrt(x)),
        Function::Sin => function::sin(value).id(),
        Function::Cos => function::cos(value).id(),
        Function::Atan => function::atan(value).id(),
        Function::Tanh => function::tanh(value).id(),
        Function::Sigmoid => function::sigmoid(value).id(),
        Function::Softplus => function::softplus(value).id(),
        Function::Erf => function::erf(value).id(),
        Function::Abs => to.push(Node::Abs(x)),
        Function::Sign => sign(to, x),
    }
}

/// -1, 0 or 1; what is not a number stays.
fn sign(to: &Recorder, x: Id) -> Id {
    let [zero, one, minus] = [0.0, 1.0, -1.0].map(|c| to.constant(c));
    let same = to.push(Node::Times(x, zero));
    let below = to.push(Node::Choose { left: zero, right: x, then: minus, otherwise: same });
    to.push(Node::Choose { left: x, right: zero, then: one, otherwise: below })
}

fn combine(to: &Recorder, zip: Zip, a: Id, b: Id) -> Id {
    match zip {
        Zip::Add => to.push(Node::Plus(a, b)),
        Zip::Mul => times(to, a, b),
        Zip::Div => to.push(Node::Div(a, b)),
        Zip::Pow => power(to, a, b),
        Zip::Max => extreme(to, Node::Larger(a, b), a),
        Zip::Min => extreme(to, Node::Smaller(a, b), a),
    }
}

/// The greater or smaller of two; the first where it is not a number, too.
fn extreme(to: &Recorder, chosen: Node, a: Id) -> Id {
    let size = to.push(Node::Abs(a));
    let (minus, chosen) = (to.constant(-1.0), to.push(chosen));
    to.push(Node::Choose { left: size, right: minus, then: chosen, otherwise: a })
}

fn select(to: &Recorder, condition: Id, then: Id, otherwise: Id) -> Id {
    // a - b > 0 is a > b.
    let (left, right) = match to.node(condition) {
        Node::Minus(a, b) => (a, b),
        _ => (condition, to.constant(0.0)),
    };
    if (left, right) == (then, otherwise) {
        return to.push(Node::Larger(left, right));
    }
    // max(z, 0) is positive where z is, and mostly at hand where z is not any more.
    let left = match to.constant_of(right) {
        Some(0.0) => to.known(Node::Larger(left, right)).unwrap_or(left),
        _ => left,
    };
    to.push(Node::Choose { left, right, then, otherwise })
}

/// a^b: products for whole exponents, a root, else e^(b ln a), whose error grows with |b ln a|.
fn power(to: &Recorder, a: Id, b: Id) -> Id {
    match to.constant_of(b) {
        Some(0.5) => {
            // The root of -0 is +0 here.
            let (zero, plain) = (to.constant(0.0), a);
            let positive = to.push(Node::Add(plain, zero));
            to.push(Node::Sqrt(positive))
        }
        Some(whole) if whole.fract() == 0.0 && whole.abs() <= LARGEST_POWER => whole_power(to, a, whole),
        _ => {
            let log = function::ln(to.value(a)).id();
            let exponent = to.push(Node::Times(b, log));
            let power = function::exp(to.value(exponent)).id();
            // Anything to the power of 0 is 1, 0 too.
            let (size, zero, one) = (to.push(Node::Abs(b)), to.constant(0.0), to.constant(1.0));
            to.push(Node::Choose { left: size, right: zero, then: power, otherwise: one })
        }
    }
}

fn whole_power(to: &Recorder, a: Id, exponent: f64) -> Id {
    let mut rest = exponent.abs() as u32;
    let (mut square, mut product) = (a, None);
    while rest > 0 {
        if rest & 1 == 1 {
            product = Some(product.map_or(square, |p| to.push(Node::Times(p, square))));
        }
        rest >>= 1;
        if rest > 0 {
            square = to.push(Node::Times(square, square));
        }
    }
    let one = to.constant(1.0);
    let product = product.unwrap_or(one);
    if exponent < 0.0 { to.push(Node::Div(one, product)) } else { product }
}

fn log_sum_exp(to: &Recorder, values: &[Id]) -> Id {
    let largest =
        values[1..].iter().fold(values[0], |largest, &x| extreme(to, Node::Larger(largest, x), largest));
    // An infinite entry is the sum; the difference to itself would not be a number.
    let infinity = to.constant(f64::INFINITY);
    let size = to.push(Node::Abs(largest));
    let exponentials = values.iter().map(|&x| {
        let difference = to.push(Node::Sub(x, largest));
        function::exp(to.value(difference)).id()
    });
    let sum = sum(to, exponentials.collect::<Vec<_>>().into_iter());
    let log = function::ln(to.value(sum)).id();
    let total = to.push(Node::Plus(largest, log));
    to.push(Node::Choose { left: infinity, right: size, then: total, otherwise: largest })
}
