//! The true gradient at a probe, and how far a program may be off it.
//!
//! The loss is differentiated twice: as it is simplified, for the value, and as it is written, since that is what a
//! person's program computes and where its digits get lost. Both are evaluated by the oracle in numbers that carry
//! their rounding error (`noise.rs`).

use num_complex::Complex64;
use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::derivative;
use whygrad_expr::number::Scalar;
use whygrad_expr::oracle::{Bindings, Value, evaluate};

use super::Probe;
use super::noise::{DOUBLE, Noisy, OTHER_SIDE, SAFETY, SINGLE};
use crate::model::Model;

pub use super::judge::judge;

/// The true gradient at one probe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// The loss.
    pub loss: f64,
    /// What a program that computes the loss as written may be off; infinite where that is not finite.
    pub loss_noise: f64,
    /// The derivatives from the derived term, in the order of the flat parameters.
    pub value: Vec<f64>,
    /// The smallest and the largest derivative that a convention at a kink gives; equal to `value` away from kinks.
    pub lower: Vec<f64>,
    /// See `lower`.
    pub upper: Vec<f64>,
    /// What a program that computes the formula as written, in double precision, may be off; infinite where that
    /// formula is not finite, so that nothing can be said there.
    pub noise: Vec<f64>,
}

impl Truth {
    /// The truth about a model at one probe. For several probes a [`Derived`] saves the derivation.
    pub fn at(model: &Model, probe: &Probe) -> Truth {
        Derived::new(model).truth(probe)
    }
}

/// A model's loss with its derived gradient, whatever gradient the model itself was given.
#[derive(Clone, Debug)]
pub struct Derived<'a> {
    pub(super) model: &'a Model,
    pub(super) arena: Arena,
    /// Of the simplified loss, by parameter.
    gradient: Vec<Term>,
    /// Of the loss as written.
    written: Vec<Term>,
}

impl<'a> Derived<'a> {
    /// Derives the gradient of the loss and of the loss as it is written.
    pub fn new(model: &'a Model) -> Derived<'a> {
        let mut arena = model.program.arena.clone();
        let symbols: Vec<SymbolId> = model.program.parameters.iter().map(|p| p.symbol).collect();
        let gradient = if model.own_gradient {
            derivative::gradient(&mut arena, model.program.loss, &symbols).by_symbol
        } else {
            model.program.gradient.clone()
        };
        let written = if model.written_loss == model.program.loss {
            gradient.clone()
        } else {
            derivative::gradient(&mut arena, model.written_loss, &symbols).by_symbol
        };
        Derived { model, arena, gradient, written }
    }

    /// Loss and gradient at a probe, with the noise of double precision.
    pub fn truth(&self, probe: &Probe) -> Truth {
        self.in_bits::<DOUBLE>(probe)
    }

    /// The same, with the noise of single precision.
    pub fn in_single(&self, probe: &Probe) -> Truth {
        self.in_bits::<SINGLE>(probe)
    }

    fn in_bits<const BITS: u32>(&self, probe: &Probe) -> Truth {
        let theta: Vec<Noisy<BITS>> = probe.theta.iter().map(|&t| Scalar::real(t)).collect();
        let mut roots = vec![self.model.program.loss, self.model.written_loss];
        roots.extend(self.gradient.iter().chain(&self.written));
        let smallest = if BITS == SINGLE { f64::from(f32::MIN_POSITIVE) } else { f64::MIN_POSITIVE };
        let Some(values) = self.values(&roots, probe, &theta) else {
            return unknown(self.model.program.parameter_count());
        };
        let (losses, slopes) = values.split_at(2);
        let noise = |derived: Noisy<BITS>, written: Noisy<BITS>| {
            let noise = SAFETY * derived.error.max(written.error) + smallest;
            // Two forms of one formula that differ by more than rounding say nothing.
            let agree = (derived.value - written.value).abs() <= noise;
            if agree && derived.value.is_finite() && noise.is_finite() { noise } else { f64::INFINITY }
        };
        let (loss, written_loss) = (losses[0].data[0], losses[1].data[0]);
        let mut truth = Truth { loss: loss.value, loss_noise: noise(loss, written_loss), ..Truth::default() };
        let (derived, written) = slopes.split_at(self.gradient.len());
        for (derived, written) in derived.iter().zip(written) {
            for (d, w) in derived.data.iter().zip(&written.data) {
                truth.value.push(d.value);
                truth.lower.push(d.value + d.low.min(w.low));
                truth.upper.push(d.value + d.high.max(w.high));
                // At a kink the two forms may follow different conventions.
                let apart = if d.low < 0.0 || d.high > 0.0 { Noisy { value: d.value, ..*w } } else { *w };
                truth.noise.push(noise(*d, apart));
            }
        }
        truth
    }

    /// The derivatives with the other convention at every kink.
    pub(super) fn other_side(&self, probe: &Probe) -> Option<Vec<f64>> {
        let theta: Vec<Noisy<OTHER_SIDE>> = probe.theta.iter().map(|&t| Scalar::real(t)).collect();
        let values = self.values(&self.gradient, probe, &theta)?;
        Some(values.iter().flat_map(|v| v.data.iter().map(|d| d.value)).collect())
    }

    /// The loss, in any numbers; `None` where the probe does not fit the model.
    pub(super) fn loss<S: Scalar>(&self, probe: &Probe, theta: &[S]) -> Option<S> {
        let values = self.values(&[self.model.program.loss], probe, theta)?;
        values.first()?.data.first().copied()
    }

    /// The derivative by parameter `k` by a complex step of the loss, with the estimate of its rounding error
    /// left to the caller (Squire and Trapp, "Using complex variables to estimate derivatives of real functions", 1998).
    pub(super) fn complex_step(&self, probe: &Probe, k: usize) -> Option<f64> {
        const STEP: f64 = 1e-30;
        let mut theta: Vec<Complex64> = probe.theta.iter().map(|&t| Complex64::new(t, 0.0)).collect();
        theta.get_mut(k)?.im = STEP;
        let loss = self.loss(probe, &theta)?;
        // Where the loss is no number, such as the logarithm of one below 0, its imaginary part is no slope.
        let exists = loss.re.is_finite() && self.loss(probe, &probe.theta)?.is_finite();
        let slope = loss.im / STEP;
        (exists && slope.is_finite()).then_some(slope)
    }

    /// The values of terms at a probe; `None` where its numbers do not fit the model.
    pub(super) fn values<S: Scalar>(
        &self,
        roots: &[Term],
        probe: &Probe,
        theta: &[S],
    ) -> Option<Vec<Value<S>>> {
        values_of(self.model, &self.arena, roots, probe, theta)
    }
}

/// The values of terms of an arena that has a model's leaves; `None` where the probe does not fit the model.
pub(super) fn values_of<S: Scalar>(
    model: &Model,
    arena: &Arena,
    roots: &[Term],
    probe: &Probe,
    theta: &[S],
) -> Option<Vec<Value<S>>> {
    let program = &model.program;
    let mut bindings = Bindings::new(probe.data.rows);
    for p in &program.parameters {
        bindings.bind(p.symbol, theta.get(p.offset..p.offset + p.len())?.to_vec());
    }
    let mut columns = |ids: &[SymbolId], data: &[f64], width: usize| {
        let mut from = 0;
        for &id in ids {
            let len = program.arena.symbol_of(id).shape.dims.len();
            let rows = data.chunks(width.max(1));
            let entries = rows.flat_map(|row| row.iter().skip(from).take(len));
            bindings.bind(id, entries.map(|&x| S::real(x)).collect());
            from += len;
        }
    };
    columns(&program.inputs, &probe.data.inputs, program.input_width());
    columns(&program.targets, &probe.data.targets, program.target_width());
    evaluate(arena, roots, &bindings).ok()
}

/// Where a probe does not fit the model.
fn unknown(count: usize) -> Truth {
    let nothing = vec![f64::NAN; count];
    Truth {
        loss: f64::NAN,
        loss_noise: f64::INFINITY,
        value: nothing.clone(),
        lower: nothing.clone(),
        upper: nothing,
        noise: vec![f64::INFINITY; count],
    }
}
