//! Terms by short names, and programs from them.

use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::functions;
use whygrad_expr::op::{Op, Zip};
use whygrad_expr::program::{Named, Parameter, Program};
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::simplify::Simplifier;

/// A program in the making.
#[derive(Default)]
pub(crate) struct Build {
    pub(crate) arena: Arena,
    parameters: Vec<Parameter>,
    inputs: Vec<SymbolId>,
    targets: Vec<SymbolId>,
    definitions: Vec<(String, Term)>,
}

impl Build {
    fn leaf(&mut self, name: &str, kind: SymbolKind, shape: Shape) -> (SymbolId, Term) {
        let id = self.arena.symbol(Symbol { name: name.into(), kind, shape, entries: vec![] });
        (id, self.arena.leaf(id))
    }
    pub(crate) fn parameter(&mut self, name: &str, shape: &[usize]) -> Term {
        let dims = Dims::from_declared(shape).unwrap();
        let (symbol, term) = self.leaf(name, SymbolKind::Parameter, Shape::once(dims));
        let offset = self.parameters.iter().map(Parameter::len).sum();
        self.parameters.push(Parameter { symbol, name: name.into(), shape: shape.to_vec(), offset });
        term
    }
    pub(crate) fn input(&mut self, name: &str, len: usize) -> Term {
        let shape = Shape { per_row: true, dims: Dims::vector(len) };
        let (id, term) = self.leaf(name, SymbolKind::Input, shape);
        self.inputs.push(id);
        term
    }
    pub(crate) fn target(&mut self, name: &str, len: usize) -> Term {
        let shape = Shape { per_row: true, dims: Dims::vector(len) };
        let (id, term) = self.leaf(name, SymbolKind::Target, shape);
        self.targets.push(id);
        term
    }
    pub(crate) fn define(&mut self, name: &str, term: Term) -> Term {
        self.definitions.push((name.into(), term));
        term
    }
    pub(crate) fn number(&mut self, value: f64) -> Term {
        self.arena.constant(value)
    }
    pub(crate) fn add(&mut self, a: Term, b: Term) -> Term {
        self.arena.zip(Zip::Add, a, b).unwrap()
    }
    pub(crate) fn sub(&mut self, a: Term, b: Term) -> Term {
        let minus = self.arena.neg(b);
        self.add(a, minus)
    }
    pub(crate) fn mul(&mut self, a: Term, b: Term) -> Term {
        self.arena.zip(Zip::Mul, a, b).unwrap()
    }
    pub(crate) fn scaled(&mut self, factor: f64, a: Term) -> Term {
        let factor = self.number(factor);
        self.mul(factor, a)
    }
    pub(crate) fn mat_vec(&mut self, w: Term, x: Term) -> Term {
        self.arena.try_make(Op::MatVec(w, x)).unwrap()
    }
    pub(crate) fn op(&mut self, op: Op) -> Term {
        self.arena.try_make(op).unwrap()
    }
    pub(crate) fn call(&mut self, name: &str, arguments: &[Term]) -> Term {
        functions::apply(&mut self.arena, functions::find(name).unwrap(), arguments).unwrap()
    }
    /// W x + b, with the definitions z and a.
    pub(crate) fn dense(
        &mut self,
        name: &str,
        x: Term,
        units: usize,
        activation: &str,
        index: usize,
    ) -> Term {
        let inputs = self.arena.dims(x).len();
        let w = self.parameter(&format!("{name}.W"), &[units, inputs]);
        let b = self.parameter(&format!("{name}.b"), &[units]);
        let product = self.mat_vec(w, x);
        // A bias of one unit is declared [1] and is one number.
        let z = self.add(product, b);
        self.define(&format!("z{index}"), z);
        let a = self.call(activation, &[z]);
        self.define(&format!("a{index}"), a)
    }

    /// Simplifies, differentiates and names dL/dz as delta.
    pub(crate) fn finish(mut self, loss: Term, predictions: &[Term]) -> Program {
        let mut simplifier = Simplifier::new(&mut self.arena);
        let loss = simplifier.simplify(loss);
        let predictions: Vec<Term> = predictions.iter().map(|&t| simplifier.simplify(t)).collect();
        let mut definitions: Vec<Named> = self
            .definitions
            .into_iter()
            .map(|(name, term)| Named { name, term: simplifier.simplify(term) })
            .collect();
        let symbols: Vec<SymbolId> = self.parameters.iter().map(|p| p.symbol).collect();
        let gradient = derivative::gradient(&mut self.arena, loss, &symbols);
        let deltas: Vec<Named> = definitions
            .iter()
            .filter_map(|d| {
                let term = gradient.adjoint(d.term)?;
                let index = d.name.strip_prefix('z')?;
                Some(Named { name: format!("delta{index}"), term })
            })
            .collect();
        definitions.extend(deltas);
        definitions.sort_by_key(|d| d.term);
        Program {
            arena: self.arena,
            parameters: self.parameters,
            inputs: self.inputs,
            targets: self.targets,
            definitions,
            predictions,
            loss,
            gradient: gradient.by_symbol,
        }
    }
}
