//! The true Hessian at a probe, times a vector, and how far a program may be off it.

use num_complex::Complex64;
use whygrad_expr::arena::{Arena, Symbol, SymbolId, SymbolKind, Term};
use whygrad_expr::derivative;
use whygrad_expr::number::Scalar;
use whygrad_expr::oracle::{Bindings, Value, evaluate};
use whygrad_expr::shape::{Dims, Shape};
use whygrad_expr::simplify::Simplifier;

use super::super::Probe;
use super::super::noise::{DOUBLE, Noisy, SAFETY, SINGLE};
use super::super::truth::Truth;
use super::{Question, What};
use crate::model::Model;

/// The terms of a model's second derivatives.
#[derive(Clone, Debug)]
pub(super) struct Second<'a> {
    pub(super) model: &'a Model,
    pub(super) arena: Arena,
    /// The leaves of v, one for each parameter and of its shape.
    pub(super) vector: Vec<SymbolId>,
    /// Of the simplified loss, by parameter.
    pub(super) gradient: Vec<Term>,
    /// H v of the simplified loss, by parameter.
    pub(super) product: Vec<Term>,
    /// H v of the loss as written, where a program's digits get lost.
    written: Vec<Term>,
}

impl<'a> Second<'a> {
    pub(super) fn new(model: &'a Model) -> Second<'a> {
        let mut arena = model.program.arena.clone();
        let symbols = symbols(model);
        let vector = model.program.parameters.iter().map(|p| {
            let dims = Dims::from_declared(&p.shape).unwrap_or(Dims::Scalar);
            let name = format!("v[{}]", p.name);
            let shape = Shape { per_row: false, dims };
            arena.symbol(Symbol { name, kind: SymbolKind::Variable, shape, entries: vec![] })
        });
        let vector: Vec<SymbolId> = vector.collect();
        let gradient = derivative::gradient(&mut arena, model.program.loss, &symbols).by_symbol;
        let mut second = Second { model, arena, vector, gradient, product: vec![], written: vec![] };
        second.product = second.along(&second.gradient.clone());
        second.written = if model.written_loss == model.program.loss {
            second.product.clone()
        } else {
            let slopes = derivative::gradient(&mut second.arena, model.written_loss, &symbols).by_symbol;
            second.along(&slopes)
        };
        second
    }

    /// The leaves alone, to evaluate other terms of the model's arena.
    pub(super) fn leaves(model: &'a Model) -> Second<'a> {
        let arena = model.program.arena.clone();
        Second { model, arena, vector: vec![], gradient: vec![], product: vec![], written: vec![] }
    }

    /// Σ g v over all parameters.
    pub(super) fn dot(&mut self, gradient: &[Term]) -> Term {
        let leaves: Vec<Term> = self.vector.iter().map(|&id| self.arena.leaf(id)).collect();
        let mut sum = self.arena.constant(0.0);
        for (&slope, &v) in gradient.iter().zip(&leaves) {
            let product = Simplifier::new(&mut self.arena).mul(slope, v);
            let entries = self.arena.sum_entries(product);
            sum = Simplifier::new(&mut self.arena).add(sum, entries);
        }
        Simplifier::new(&mut self.arena).simplify(sum)
    }

    /// The derivative of gradient · v by the parameters.
    pub(super) fn along(&mut self, gradient: &[Term]) -> Vec<Term> {
        let dot = self.dot(gradient);
        self.slopes(dot)
    }

    /// The derivatives of a number by the parameters.
    pub(super) fn slopes(&mut self, number: Term) -> Vec<Term> {
        let symbols = symbols(self.model);
        derivative::gradient(&mut self.arena, number, &symbols).by_symbol
    }

    pub(super) fn count(&self) -> usize {
        self.model.program.parameter_count()
    }

    /// The names of the flat parameters.
    pub(super) fn names(&self) -> Vec<String> {
        let parameters = &self.model.program.parameters;
        parameters.iter().flat_map(|p| (0..p.len()).map(|k| p.entry_name(k))).collect()
    }

    /// The values of terms at a probe and a vector; `None` where the numbers do not fit the model.
    pub(super) fn values<S: Scalar>(
        &self,
        roots: &[Term],
        probe: &Probe,
        theta: &[S],
        vector: &[f64],
    ) -> Option<Vec<Value<S>>> {
        let program = &self.model.program;
        let mut bindings = Bindings::new(probe.data.rows);
        for p in &program.parameters {
            bindings.bind(p.symbol, theta.get(p.offset..p.offset + p.len())?.to_vec());
        }
        for (p, &v) in program.parameters.iter().zip(&self.vector) {
            let own = vector.get(p.offset..p.offset + p.len())?;
            bindings.bind(v, own.iter().map(|&v| S::real(v)).collect());
        }
        let sides = [
            (&program.inputs, &probe.data.inputs, program.input_width()),
            (&program.targets, &probe.data.targets, program.target_width()),
        ];
        for (ids, data, width) in sides {
            let mut from = 0;
            for &id in ids {
                let len = program.arena.symbol_of(id).shape.dims.len();
                let entries = data.chunks(width.max(1)).flat_map(|row| row.iter().skip(from).take(len));
                bindings.bind(id, entries.map(|&x| S::real(x)).collect());
                from += len;
            }
        }
        evaluate(&self.arena, roots, &bindings).ok()
    }

    /// Everything that is to be compared at a question, in double precision.
    pub(super) fn truth(&self, what: What, question: &Question) -> Truth {
        self.in_bits::<DOUBLE>(what, question)
    }

    /// The same in single precision.
    pub(super) fn in_single(&self, what: What, question: &Question) -> Truth {
        self.in_bits::<SINGLE>(what, question)
    }

    fn in_bits<const BITS: u32>(&self, what: What, question: &Question) -> Truth {
        let n = self.count();
        let columns = vectors(what, question, n);
        let size = if what == What::Hessian { n * n } else { n };
        let mut truth = Truth {
            loss: f64::NAN,
            loss_noise: f64::INFINITY,
            value: vec![f64::NAN; size],
            lower: vec![f64::NAN; size],
            upper: vec![f64::NAN; size],
            noise: vec![f64::INFINITY; size],
        };
        for (column, vector) in columns.iter().enumerate() {
            let Some((derived, written)) = self.column::<BITS>(&question.probe, vector) else { return truth };
            for (row, (d, w)) in derived.iter().zip(&written).enumerate() {
                let at = if what == What::Hessian { row * n + column } else { row };
                truth.value[at] = d.value;
                truth.lower[at] = d.value + d.low.min(w.low);
                truth.upper[at] = d.value + d.high.max(w.high);
                // At a kink the two forms may follow different conventions.
                let apart = if d.low < 0.0 || d.high > 0.0 { d.value } else { w.value };
                let noise = SAFETY * d.error.max(w.error);
                let agree = (d.value - apart).abs() <= noise + 1e-12 * d.value.abs();
                truth.noise[at] =
                    if agree && d.value.is_finite() && noise.is_finite() { noise } else { f64::INFINITY };
            }
        }
        // An entry may be the difference of large numbers in the person's way to it and an exact 0 in ours.
        let unit = if BITS == SINGLE { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let largest =
            truth.value.iter().filter(|v| v.is_finite()).fold(0.0, |most: f64, v| most.max(v.abs()));
        truth.noise.iter_mut().for_each(|noise| *noise += SAFETY * unit * largest + f64::MIN_POSITIVE);
        truth
    }

    /// H v as derived and as written.
    #[allow(clippy::type_complexity, reason = "two lists of one sort")]
    fn column<const BITS: u32>(
        &self,
        probe: &Probe,
        vector: &[f64],
    ) -> Option<(Vec<Noisy<BITS>>, Vec<Noisy<BITS>>)> {
        let theta: Vec<Noisy<BITS>> = probe.theta.iter().map(|&t| Scalar::real(t)).collect();
        let roots: Vec<Term> = self.product.iter().chain(&self.written).copied().collect();
        let values = self.values(&roots, probe, &theta, vector)?;
        let (derived, written) = values.split_at(self.product.len());
        let flat =
            |values: &[Value<Noisy<BITS>>]| values.iter().flat_map(|v| v.data.iter().copied()).collect();
        Some((flat(derived), flat(written)))
    }

    /// H v by a complex step of the gradient along v.
    pub(super) fn complex_step(&self, probe: &Probe, vector: &[f64]) -> Option<Vec<f64>> {
        const STEP: f64 = 1e-30;
        let theta: Vec<Complex64> =
            probe.theta.iter().zip(vector).map(|(&t, &v)| Complex64::new(t, STEP * v)).collect();
        let values = self.values(&self.gradient, probe, &theta, vector)?;
        Some(values.iter().flat_map(|v| v.data.iter().map(|z| z.im / STEP)).collect())
    }
}

/// The learned leaves.
pub(super) fn symbols(model: &Model) -> Vec<SymbolId> {
    model.program.parameters.iter().map(|p| p.symbol).collect()
}

/// What the Hessian is multiplied by to get all that is compared.
pub(super) fn vectors(what: What, question: &Question, n: usize) -> Vec<Vec<f64>> {
    match what {
        What::Product => vec![question.vector.clone()],
        What::Hessian => (0..n).map(|k| unit(n, k)).collect(),
    }
}

/// 1 in one place, 0 in the others.
pub(super) fn unit(n: usize, k: usize) -> Vec<f64> {
    let mut vector = vec![0.0; n];
    if let Some(one) = vector.get_mut(k) {
        *one = 1.0;
    }
    vector
}
