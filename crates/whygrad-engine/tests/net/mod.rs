//! Nets of any widths as programs, with numbers to run them on.

#![allow(dead_code, reason = "each test uses a part of it")]

use whygrad_engine::plan::Plan;
use whygrad_engine::rule::{Memory, Rule};
use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::{Bindings, evaluate};
use whygrad_expr::program::{Parameter, Program};
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::{derivative, functions};

/// A net, its plan and its data.
pub(crate) struct Net {
    pub(crate) program: Program,
    pub(crate) plan: Plan,
    pub(crate) parameters: Vec<f64>,
    pub(crate) inputs: Vec<f64>,
    pub(crate) targets: Vec<f64>,
    pub(crate) rows: usize,
}

/// A number from -1 to 1 for each index, the same on every machine.
pub(crate) fn number(index: usize) -> f64 {
    let mixed = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn leaf(arena: &mut Arena, name: &str, kind: SymbolKind, dims: Dims) -> (SymbolId, Term) {
    let per_row = kind != SymbolKind::Parameter;
    let shape = Shape { dims, per_row };
    let id = arena.symbol(Symbol { name: name.into(), kind, shape, entries: vec![] });
    (id, arena.leaf(id))
}

impl Net {
    /// Dense layers of `widths` with a named activation in all but the last, and a named loss.
    pub(crate) fn new(widths: &[usize], activation: &str, loss: &str, rows: usize) -> Net {
        let mut arena = Arena::new();
        let (input, mut a) = leaf(&mut arena, "x", SymbolKind::Input, Dims::vector(widths[0]));
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut offset = 0;
        for (layer, pair) in widths.windows(2).enumerate() {
            let (inputs, units) = (pair[0], pair[1]);
            let mut parameter = |arena: &mut Arena, name: String, dims: Dims, shape: Vec<usize>| {
                let (symbol, term) = leaf(arena, &name, SymbolKind::Parameter, dims);
                let parameter = Parameter { symbol, name, shape, offset };
                offset += parameter.len();
                parameters.push(parameter);
                term
            };
            let w =
                parameter(&mut arena, format!("W{layer}"), Dims::Matrix(units, inputs), vec![units, inputs]);
            let b = parameter(&mut arena, format!("b{layer}"), Dims::vector(units), vec![units]);
            let product = arena.make(Op::MatVec(w, a));
            let z = arena.zip(Zip::Add, product, b).unwrap();
            let is_last = layer + 2 == widths.len();
            let f = functions::find(if is_last { "identity" } else { activation }).unwrap();
            a = functions::apply(&mut arena, f, &[z]).unwrap();
        }
        let width = *widths.last().unwrap();
        let (target, y) = leaf(&mut arena, "y", SymbolKind::Target, Dims::vector(width));
        let loss = functions::apply(&mut arena, functions::find(loss).unwrap(), &[a, y]).unwrap();
        let symbols: Vec<SymbolId> = parameters.iter().map(|p| p.symbol).collect();
        let gradient = derivative::gradient(&mut arena, loss, &symbols).by_symbol;
        let mut parameters_at = Vec::new();
        for p in &parameters {
            let scale = 1.0 / (*p.shape.last().unwrap_or(&1) as f64).sqrt();
            parameters_at.extend((0..p.len()).map(|k| scale * number(p.offset + k)));
        }
        let targets = (0..rows).flat_map(|r| (0..width).map(move |k| f64::from(r % width == k)));
        let targets = if width == 1 { (0..rows).map(number).collect() } else { targets.collect() };
        let (inputs, targets_of) = (vec![input], vec![target]);
        let program = Program {
            arena,
            parameters,
            inputs,
            targets: targets_of,
            definitions: vec![],
            predictions: vec![a],
            loss,
            gradient,
        };
        Net {
            plan: Plan::of_gradient(&program),
            program,
            parameters: parameters_at,
            inputs: (0..rows * widths[0]).map(|k| number(k + 77_777)).collect(),
            targets,
            rows,
        }
    }

    /// The loss and then the gradient in the order of the parameters, as the oracle has them.
    pub(crate) fn oracle(&self, parameters: &[f64]) -> Vec<f64> {
        let mut bindings = Bindings::new(self.rows);
        for p in &self.program.parameters {
            bindings.bind(p.symbol, parameters[p.offset..p.offset + p.len()].to_vec());
        }
        bindings.bind(self.program.inputs[0], self.inputs.clone());
        bindings.bind(self.program.targets[0], self.targets.clone());
        let roots: Vec<Term> =
            std::iter::once(self.program.loss).chain(self.program.gradient.iter().copied()).collect();
        let values = evaluate(&self.program.arena, &roots, &bindings).unwrap();
        values.into_iter().flat_map(|v| v.data).collect()
    }
}

/// A rule under construction.
pub(crate) struct RuleMaker {
    arena: Arena,
    leaves: Vec<(SymbolId, Term)>,
}

impl RuleMaker {
    fn new(names: &[&str]) -> RuleMaker {
        let mut arena = Arena::new();
        let leaves = names.iter().map(|n| leaf(&mut arena, n, SymbolKind::Parameter, Dims::Scalar)).collect();
        RuleMaker { arena, leaves }
    }

    fn zip(&mut self, zip: Zip, a: Term, b: Term) -> Term {
        self.arena.zip(zip, a, b).unwrap()
    }

    fn minus(&mut self, a: Term, b: Term) -> Term {
        let b = self.arena.neg(b);
        self.zip(Zip::Add, a, b)
    }

    /// factor · a + rest · b
    fn mix(&mut self, (factor, a): (f64, Term), (rest, b): (f64, Term)) -> Term {
        let (factor, rest) = (self.arena.constant(factor), self.arena.constant(rest));
        let (a, b) = (self.zip(Zip::Mul, factor, a), self.zip(Zip::Mul, rest, b));
        self.zip(Zip::Add, a, b)
    }
}

/// v ← 0.9 v + g, w ← w - η v
pub(crate) fn momentum() -> Rule {
    let mut r = RuleMaker::new(&["w", "g", "v", "rate"]);
    let [w, g, v, rate] = [0, 1, 2, 3].map(|i| r.leaves[i].1);
    let next_v = r.mix((0.9, v), (1.0, g));
    let way = r.zip(Zip::Mul, rate, next_v);
    let next = r.minus(w, way);
    let [parameter, gradient, symbol, rate] = [0, 1, 2, 3].map(|i| r.leaves[i].0);
    let memories = vec![Memory { symbol, start: 0.0, drawn: None, next: next_v }];
    Rule { arena: r.arena, parameter, gradient, shared: vec![rate], gradient_norm: None, memories, next }
}

/// Adam (Kingma and Ba 2015, algorithm 1) with its usual factors; shared are η and the number of
/// the step.
pub(crate) fn adam() -> Rule {
    let mut r = RuleMaker::new(&["w", "g", "m", "v", "rate", "t"]);
    let [w, g, m, v, rate, t] = [0, 1, 2, 3, 4, 5].map(|i| r.leaves[i].1);
    let next_m = r.mix((0.9, m), (0.1, g));
    let square = r.zip(Zip::Mul, g, g);
    let next_v = r.mix((0.999, v), (0.001, square));
    let mut corrected = |factor: f64, a: Term| {
        let (one, factor) = (r.arena.constant(1.0), r.arena.constant(factor));
        let power = r.zip(Zip::Pow, factor, t);
        let rest = r.minus(one, power);
        r.zip(Zip::Div, a, rest)
    };
    let (m_hat, v_hat) = (corrected(0.9, next_m), corrected(0.999, next_v));
    let root = r.arena.map(Function::Sqrt, v_hat);
    let small = r.arena.constant(1e-8);
    let below = r.zip(Zip::Add, root, small);
    let quotient = r.zip(Zip::Div, m_hat, below);
    let way = r.zip(Zip::Mul, rate, quotient);
    let next = r.minus(w, way);
    let [parameter, gradient, m, v, rate, t] = [0, 1, 2, 3, 4, 5].map(|i| r.leaves[i].0);
    let memories = vec![
        Memory { symbol: m, start: 0.0, drawn: None, next: next_m },
        Memory { symbol: v, start: 0.0, drawn: None, next: next_v },
    ];
    Rule { arena: r.arena, parameter, gradient, shared: vec![rate, t], gradient_norm: None, memories, next }
}
