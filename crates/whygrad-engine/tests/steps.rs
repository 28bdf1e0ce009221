//! Every step of a plan is the operation the oracle defines, also far out and where nothing is a number.

use whygrad_engine::plan::Plan;
use whygrad_engine::real::Real;
use whygrad_engine::workspace::{Batch, Workspace};
use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::{Bindings, evaluate};
use whygrad_expr::program::{Parameter, Program};
use whygrad_expr::shape::{Dims, Shape};

/// What every operation is asked.
const NUMBERS: &[f64] = &[
    0.0,
    1.0,
    -1.0,
    0.5,
    -2.0,
    3.25,
    -7.5,
    20.0,
    745.0,
    -745.0,
    1e4,
    -1e4,
    1e-8,
    1e-300,
    1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// A program over the vectors `a` and `b`, which hold every pair of the numbers.
fn pairs() -> (Program, Term, Term, Vec<f64>) {
    let count = NUMBERS.len() * NUMBERS.len();
    let mut arena = Arena::new();
    let mut parameters = Vec::new();
    for (index, name) in ["a", "b"].into_iter().enumerate() {
        let shape = Shape::once(Dims::Vector(count));
        let symbol = Symbol { name: name.into(), kind: SymbolKind::Parameter, shape, entries: vec![] };
        let symbol = arena.symbol(symbol);
        let offset = index * count;
        parameters.push(Parameter { symbol, name: name.into(), shape: vec![count], offset });
    }
    let (a, b) = (arena.leaf(SymbolId(0)), arena.leaf(SymbolId(1)));
    let first = NUMBERS.iter().flat_map(|&x| NUMBERS.iter().map(move |_| x));
    let second = NUMBERS.iter().flat_map(|_| NUMBERS.iter().copied());
    let theta = first.chain(second).collect();
    let program = Program {
        arena,
        parameters,
        inputs: vec![],
        targets: vec![],
        definitions: vec![],
        predictions: vec![],
        loss: a,
        gradient: vec![],
    };
    (program, a, b, theta)
}

/// The numbers of the only root, for one net.
fn run<T: Real>(program: &Program, root: Term, theta: &[f64]) -> Vec<f64> {
    let plan = Plan::compile(program, &[root]);
    let mut space = Workspace::<T>::new(&plan);
    space.load(&plan, &Batch { inputs: &[], targets: &[], rows: 1 });
    space.run(&plan, &theta.iter().map(|&t| T::of(t)).collect::<Vec<_>>());
    space.output(&plan, 0).0.iter().map(|x| x.to_f64()).collect()
}

fn check_step(make: impl Fn(Term, Term) -> Op) {
    let (mut program, a, b, theta) = pairs();
    let op = make(a, b);
    let root = program.arena.make(op);
    let half = theta.len() / 2;
    let mut bindings = Bindings::new(1);
    bindings.bind(SymbolId(0), theta[..half].to_vec());
    bindings.bind(SymbolId(1), theta[half..].to_vec());
    let expected = evaluate(&program.arena, &[root], &bindings).unwrap().remove(0).data;
    let double = run::<f64>(&program, root, &theta);
    let single = run::<f32>(&program, root, &theta);
    assert_eq!(expected.len(), double.len());
    for (k, &wanted) in expected.iter().enumerate() {
        let at = (theta[k % half], theta[half + k % half]);
        let same = double[k].to_bits() == wanted.to_bits()
            || (double[k].is_nan() && wanted.is_nan())
            // Where the oracle's formula has 0, ours may have the subnormal number that is true.
            || (double[k] - wanted).abs() <= 1e-15 * wanted.abs() + f64::MIN_POSITIVE;
        assert!(same, "{op:?} at {at:?}: plan {}, oracle {wanted}", double[k]);
        // In f32 only where neither the numbers nor the value leave its range.
        let small = |x: f64| x == 0.0 || (1e-6..=20.0).contains(&x.abs());
        if small(at.0) && small(at.1) && wanted.abs() < 1e30 {
            let close = (single[k] - wanted).abs() <= 1e-4 * wanted.abs() + 1e-6;
            assert!(close, "{op:?} at {at:?}: f32 {}, oracle {wanted}", single[k]);
        }
    }
}

#[test]
fn functions_of_one_value() {
    for function in Function::ALL {
        check_step(|a, _| Op::Map(function, a));
    }
}

#[test]
fn functions_of_two_values() {
    for zip in [Zip::Add, Zip::Mul, Zip::Div, Zip::Pow, Zip::Max, Zip::Min] {
        check_step(|a, b| Op::Zip(zip, a, b));
    }
}

#[test]
fn choices() {
    check_step(|a, b| Op::Select(a, a, b));
    check_step(|a, b| Op::Select(b, b, a));
}

#[test]
fn entries() {
    let nan = NUMBERS.len() - 1;
    check_step(|a, _| Op::Pick(a, 0));
    check_step(|_, b| Op::Pick(b, nan));
    check_step(|a, _| Op::SumEntries(a));
    check_step(|a, _| Op::LogSumExp(a));
}
