//! The gradient of a term, as terms: reverse mode over the arena.
//!
//! One rule per operation, and no other derivative anywhere: activations, losses and layers are
//! composed of operations and inherit theirs.

use crate::arena::{Arena, SymbolId, Term};
use crate::op::{Function, Op, Zip};
use crate::shape::{Dims, Shape};
use crate::simplify::Simplifier;

/// A rule of differentiation, as it is shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerivativeRule {
    /// What it is called.
    pub name: &'static str,
    /// What it says, with a and b for the arguments.
    pub statement: &'static str,
}

/// The rule that differentiates an operation.
pub fn rule_of(op: Op) -> DerivativeRule {
    let (name, statement) = match op {
        Op::Const(_) | Op::RowCount => ("constant", "a constant has derivative 0"),
        Op::Leaf(_) => ("identity", "da/da = 1"),
        Op::Map(function, _) => match function {
            Function::Neg => ("minus", "d(-a) = -da"),
            Function::Exp => ("exponential", "d(e^a) = e^a da"),
            Function::Log => ("logarithm", "d(ln a) = da/a"),
            Function::Sqrt => ("square root", "d(sqrt a) = da/(2 sqrt a)"),
            Function::Sin => ("sine", "d(sin a) = cos a da"),
            Function::Cos => ("cosine", "d(cos a) = -sin a da"),
            Function::Atan => ("arctangent", "d(atan a) = da/(1 + a^2)"),
            Function::Tanh => ("tanh", "d(tanh a) = (1 - tanh^2 a) da"),
            Function::Sigmoid => ("sigmoid", "d(sigmoid a) = sigmoid a (1 - sigmoid a) da"),
            Function::Softplus => ("softplus", "d(softplus a) = sigmoid a da"),
            Function::Erf => ("error function", "d(erf a) = 2/sqrt(pi) e^(-a^2) da"),
            Function::Abs => ("absolute value", "d|a| = sign(a) da, 0 at the kink"),
            Function::Sign => ("sign", "d(sign a) = 0"),
        },
        Op::Zip(zip, ..) => match zip {
            Zip::Add => ("sum", "d(a + b) = da + db"),
            Zip::Mul => ("product", "d(a b) = b da + a db"),
            Zip::Div => ("quotient", "d(a/b) = da/b - (a/b) db/b"),
            Zip::Pow => ("power", "d(a^b) = b a^(b-1) da + a^b ln a db"),
            Zip::Max => ("maximum", "d max(a, b) follows the larger one, halves of both at a tie"),
            Zip::Min => ("minimum", "d min(a, b) follows the smaller one, halves of both at a tie"),
        },
        Op::Select(..) => ("choice", "the branch taken is differentiated, the other has derivative 0"),
        Op::Fill(..) => ("repeat", "every copy contributes: the sum over the entries"),
        Op::Pick(..) => ("entry", "only the entry picked contributes"),
        Op::Place(..) => ("entry", "only the entry placed contributes"),
        Op::SumEntries(_) => ("sum over entries", "d(sum a) = sum da"),
        Op::LogSumExp(_) => ("log-sum-exp", "d(ln sum e^a) = softmax(a) da"),
        Op::Transpose(_) => ("transpose", "d(A^T) = (dA)^T"),
        Op::MatVec(..) => ("matrix product", "d(W x) = dW x + W dx: delta x^T for W, W^T delta for x"),
        Op::Outer(..) => ("outer product", "d(a b^T) = da b^T + a db^T"),
        Op::SumRows(_) => ("sum over rows", "d(sum a) = sum da"),
    };
    DerivativeRule { name, statement }
}

/// What one use of the chain rule added to the derivative by a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The term that was differentiated.
    pub node: Term,
    /// The argument it was differentiated by.
    pub child: Term,
    /// dL/dnode times dnode/dchild, with the shape of the child.
    pub contribution: Term,
}

/// The derivatives of one number by everything it depends on.
#[derive(Clone, Debug)]
pub struct Gradient {
    /// The derivatives by the parameters asked for, in that order, each with its shape.
    pub by_symbol: Vec<Term>,
    /// dL/dterm for every term on the way; `None` where L does not depend on it.
    pub adjoints: Vec<Option<Term>>,
    /// Every use of the chain rule, from the loss down.
    pub steps: Vec<Step>,
}

impl Gradient {
    /// dL/dterm, where L depends on it.
    pub fn adjoint(&self, term: Term) -> Option<Term> {
        self.adjoints.get(term.0 as usize).copied().flatten()
    }
}

/// Differentiates a simplified one-number term by the given leaves.
///
/// A leaf that the term does not depend on has derivative 0.
pub fn gradient(arena: &mut Arena, loss: Term, symbols: &[SymbolId]) -> Gradient {
    gradient_with(arena, loss, symbols, &mut |_, _, step| step.contribution)
}

/// The gradient with some uses of the chain rule changed, as a person may get them wrong: `change` sees dL/dnode and the
/// step, and gives the contribution that is taken instead, which has the shape of the child.
pub fn gradient_with(
    arena: &mut Arena,
    loss: Term,
    symbols: &[SymbolId],
    change: &mut dyn FnMut(&mut Simplifier<'_>, Term, Step) -> Term,
) -> Gradient {
    let order = arena.reachable(&[loss]);
    let wanted = depends_on(arena, &order, symbols);
    let mut adjoints: Vec<Option<Term>> = vec![None; arena.len()];
    let mut steps = Vec::new();
    adjoints[loss.0 as usize] = Some(arena.constant(1.0));
    let mut builder = Simplifier::new(arena);
    for &node in order.iter().rev() {
        let Some(adjoint) = adjoints[node.0 as usize] else { continue };
        for (child, contribution) in chain_rule(&mut builder, node, adjoint, &wanted) {
            let contribution = change(&mut builder, adjoint, Step { node, child, contribution });
            steps.push(Step { node, child, contribution });
            let slot = &mut adjoints[child.0 as usize];
            *slot = Some(match *slot {
                Some(sum) => builder.add(sum, contribution),
                None => contribution,
            });
        }
    }
    let by_symbol = symbols
        .iter()
        .map(|&id| {
            let leaf = builder.arena.leaf(id);
            let dims = builder.arena.dims(leaf);
            let adjoint = adjoints.get(leaf.0 as usize).copied().flatten();
            let adjoint = adjoint.unwrap_or_else(|| builder.arena.constant(0.0));
            builder.fill(adjoint, dims)
        })
        .collect();
    Gradient { by_symbol, adjoints, steps }
}

/// For each term, whether it depends on one of the leaves.
fn depends_on(arena: &Arena, order: &[Term], symbols: &[SymbolId]) -> Vec<bool> {
    let mut depends = vec![false; arena.len()];
    for &term in order {
        depends[term.0 as usize] = match arena.op(term) {
            Op::Leaf(id) => symbols.contains(&id),
            op => op.children().iter().any(|c| depends[c.0 as usize]),
        };
    }
    depends
}

/// The contributions of one term to the derivatives by its arguments.
fn chain_rule(s: &mut Simplifier<'_>, node: Term, adjoint: Term, wanted: &[bool]) -> Vec<(Term, Term)> {
    let op = s.arena.op(node);
    let from = s.arena.shape(node);
    let mut out = Vec::new();
    for (index, child) in op.children().into_iter().enumerate() {
        if !wanted[child.0 as usize] {
            continue;
        }
        let Some((value, shape)) = local(s, op, index, node, adjoint, from) else { continue };
        let to = s.arena.shape(child);
        out.push((child, reduce(s, value, shape, to)));
    }
    out
}

/// adjoint · ∂op/∂argument, and the shape it stands for before it is summed to the argument's.
fn local(
    s: &mut Simplifier<'_>,
    op: Op,
    index: usize,
    node: Term,
    adjoint: Term,
    from: Shape,
) -> Option<(Term, Shape)> {
    let with = |dims: Dims| Shape { per_row: from.per_row, dims };
    let value = match op {
        Op::Const(_) | Op::RowCount | Op::Leaf(_) | Op::Map(Function::Sign, _) => return None,
        Op::Map(function, a) => slope(s, function, a, node, adjoint),
        Op::Zip(zip, a, b) => partial(s, zip, (a, b), index, node, adjoint),
        Op::Select(c, ..) => {
            let zero = s.arena.constant(0.0);
            match index {
                0 => return None,
                1 => s.build(Op::Select(c, adjoint, zero)),
                _ => s.build(Op::Select(c, zero, adjoint)),
            }
        }
        Op::Fill(..) => adjoint,
        Op::Pick(a, entry) => {
            let dims = s.arena.dims(a);
            return Some((s.build(Op::Place(adjoint, entry, dims)), with(dims)));
        }
        Op::Place(_, entry, dims) => {
            let full = s.fill(adjoint, dims);
            return Some((s.build(Op::Pick(full, entry)), with(Dims::Scalar)));
        }
        Op::SumEntries(a) => return Some((adjoint, with(s.arena.dims(a)))),
        Op::LogSumExp(a) => {
            let minus = s.map(Function::Neg, node);
            let shifted = s.add(a, minus);
            let softmax = s.map(Function::Exp, shifted);
            return Some((s.mul(adjoint, softmax), with(s.arena.dims(a))));
        }
        Op::Transpose(a) => {
            let full = s.fill(adjoint, from.dims);
            return Some((s.build(Op::Transpose(full)), with(s.arena.dims(a))));
        }
        Op::MatVec(w, x) => return Some(mat_vec(s, (w, x), index, adjoint, from)),
        Op::Outer(a, b) => {
            let full = s.fill(adjoint, from.dims);
            return Some(if index == 0 {
                (s.build(Op::MatVec(full, b)), with(s.arena.dims(a)))
            } else {
                let turned = s.build(Op::Transpose(full));
                (s.build(Op::MatVec(turned, a)), with(s.arena.dims(b)))
            });
        }
        Op::SumRows(a) => return Some((adjoint, s.arena.shape(a))),
    };
    Some((value, from))
}

fn mat_vec(
    s: &mut Simplifier<'_>,
    (w, x): (Term, Term),
    index: usize,
    adjoint: Term,
    from: Shape,
) -> (Term, Shape) {
    let full = s.fill(adjoint, from.dims);
    let value = if index == 0 {
        s.build(Op::Outer(full, x))
    } else {
        let turned = s.build(Op::Transpose(w));
        s.build(Op::MatVec(turned, full))
    };
    let dims = s.arena.dims(if index == 0 { w } else { x });
    (value, Shape { per_row: from.per_row, dims })
}

/// adjoint · f'(a), where `node` is f(a).
fn slope(s: &mut Simplifier<'_>, function: Function, a: Term, node: Term, adjoint: Term) -> Term {
    let one = s.arena.constant(1.0);
    let two = s.arena.constant(2.0);
    match function {
        Function::Neg => s.map(Function::Neg, adjoint),
        Function::Exp => s.mul(adjoint, node),
        Function::Log => s.div(adjoint, a),
        Function::Sqrt => {
            let denominator = s.mul(two, node);
            s.div(adjoint, denominator)
        }
        Function::Sin => {
            let cos = s.map(Function::Cos, a);
            s.mul(adjoint, cos)
        }
        Function::Cos => {
            let sin = s.map(Function::Sin, a);
            let product = s.mul(adjoint, sin);
            s.map(Function::Neg, product)
        }
        Function::Atan => {
            let square = s.build(Op::Zip(Zip::Pow, a, two));
            let denominator = s.add(one, square);
            s.div(adjoint, denominator)
        }
        Function::Tanh => {
            let square = s.build(Op::Zip(Zip::Pow, node, two));
            let minus = s.map(Function::Neg, square);
            let slope = s.add(one, minus);
            s.mul(adjoint, slope)
        }
        Function::Sigmoid => {
            let minus = s.map(Function::Neg, node);
            let rest = s.add(one, minus);
            let left = s.mul(adjoint, node);
            s.mul(left, rest)
        }
        Function::Softplus => {
            let sigmoid = s.map(Function::Sigmoid, a);
            s.mul(adjoint, sigmoid)
        }
        Function::Erf => {
            let factor = s.arena.constant(std::f64::consts::FRAC_2_SQRT_PI);
            let square = s.build(Op::Zip(Zip::Pow, a, two));
            let minus = s.map(Function::Neg, square);
            let bell = s.map(Function::Exp, minus);
            let slope = s.mul(factor, bell);
            s.mul(adjoint, slope)
        }
        Function::Abs => {
            let sign = s.map(Function::Sign, a);
            s.mul(adjoint, sign)
        }
        Function::Sign => s.arena.constant(0.0),
    }
}

/// adjoint · ∂(a ∘ b)/∂(argument `index`), where `node` is a ∘ b.
fn partial(
    s: &mut Simplifier<'_>,
    zip: Zip,
    (a, b): (Term, Term),
    index: usize,
    node: Term,
    adjoint: Term,
) -> Term {
    match (zip, index) {
        (Zip::Add, _) => adjoint,
        (Zip::Mul, 0) => s.mul(adjoint, b),
        (Zip::Mul, _) => s.mul(adjoint, a),
        (Zip::Div, 0) => s.div(adjoint, b),
        (Zip::Div, _) => {
            let product = s.mul(adjoint, node);
            let quotient = s.div(product, b);
            s.map(Function::Neg, quotient)
        }
        (Zip::Pow, 0) => {
            let minus_one = s.arena.constant(-1.0);
            let exponent = s.add(b, minus_one);
            let power = s.build(Op::Zip(Zip::Pow, a, exponent));
            let slope = s.mul(b, power);
            s.mul(adjoint, slope)
        }
        (Zip::Pow, _) => {
            let log = s.map(Function::Log, a);
            let product = s.mul(adjoint, node);
            s.mul(product, log)
        }
        (Zip::Max | Zip::Min, _) => {
            let follows_first = (zip == Zip::Max) == (index == 0);
            let minus = s.map(Function::Neg, b);
            let difference = s.add(a, minus);
            let mut sign = s.map(Function::Sign, difference);
            if !follows_first {
                sign = s.map(Function::Neg, sign);
            }
            let one = s.arena.constant(1.0);
            let half = s.arena.constant(0.5);
            let sum = s.add(one, sign);
            let share = s.mul(half, sum);
            s.mul(adjoint, share)
        }
    }
}

/// Sums what was broadcast: `value` stands for `from`, the argument has only `to`.
pub fn reduce(s: &mut Simplifier<'_>, mut value: Term, from: Shape, to: Shape) -> Term {
    if to.dims.is_scalar() && !from.dims.is_scalar() {
        let full = s.fill(value, from.dims);
        value = s.build(Op::SumEntries(full));
    }
    if from.per_row && !to.per_row {
        value = s.sum_rows(value);
    }
    value
}
