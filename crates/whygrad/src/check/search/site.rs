//! The places of the backward pass at which a derivation can go wrong.

use std::collections::HashMap;

use whygrad_expr::arena::Term;
use whygrad_expr::op::Op;
use whygrad_expr::simplify::Simplifier;

use super::chain::{Activation, Affine, Chain, Stage};
use super::edit::EditId;
use super::lab::Lab;

/// What an edit makes of the place it is looked for at.
pub(crate) type Variant = (Term, EditId);

/// How a catalogue entry finds its edits at one sort of place.
#[derive(Clone, Copy)]
pub(crate) enum Finder {
    /// dL/da of the output.
    Error(fn(&mut Lab<'_>, &ErrorSite<'_>, &mut Vec<Variant>)),
    /// dL/dz from dL/da.
    Slope(fn(&mut Lab<'_>, &SlopeSite<'_>, &mut Vec<Variant>)),
    /// dL/da of the layer before from dL/dz.
    Weights(fn(&mut Lab<'_>, &WeightSite<'_>, &mut Vec<Variant>)),
    /// dL/dW from dL/dz.
    WeightGradient(fn(&mut Lab<'_>, &GradientSite<'_>, &mut Vec<Variant>)),
    /// dL/db from dL/dz.
    BiasGradient(fn(&mut Lab<'_>, &GradientSite<'_>, &mut Vec<Variant>)),
}

/// The loss as a function of the outputs alone.
pub(crate) struct Cut {
    /// In the place of the outputs.
    pub(crate) variable: Term,
    /// The loss over `variable`.
    pub(crate) loss: Term,
    /// The part of the loss's derivative that does not pass the outputs, a parameter each.
    pub(crate) direct: Vec<Term>,
}

impl Cut {
    /// The written loss with a variable for the outputs; nothing where it does not contain them.
    pub(crate) fn of(lab: &mut Lab<'_>, prediction: Term) -> Option<Cut> {
        let (id, variable) = lab.variable("o", lab.dims(prediction));
        let written = lab.model.written_predictions.clone();
        let mut by = HashMap::new();
        for (k, &term) in written.iter().enumerate() {
            let part = if written.len() == 1 { variable } else { lab.pick(variable, k) };
            by.insert(term, part);
            // A minus moves into a leading number, so that -(1/(1 + ..)) does not contain 1/(1 + ..).
            let minus = lab.arena.neg(term);
            let minus_part = lab.arena.neg(part);
            by.insert(minus, minus_part);
        }
        let loss = lab.arena.substitute(lab.model.written_loss, &by)?;
        let loss = Simplifier::new(&mut lab.arena).simplify(loss);
        let used = lab.arena.reachable(&[loss]).iter().any(|&t| lab.arena.op(t) == Op::Leaf(id));
        let symbols = lab.parameters();
        let direct = lab.gradient(loss, &symbols);
        used.then_some(Cut { variable, loss, direct })
    }

    /// dL/d(outputs) of a loss over the variable, at the model's outputs.
    pub(crate) fn error(&self, lab: &mut Lab<'_>, loss: Term, at: Term) -> Option<Term> {
        let Op::Leaf(id) = lab.arena.op(self.variable) else { return None };
        let error = lab.gradient(loss, &[id])[0];
        lab.of(error, self.variable, at)
    }
}

/// Whether a term is the number 0, or 0 in every entry.
pub(crate) fn is_zero(lab: &Lab<'_>, term: Term) -> bool {
    match lab.arena.op(term) {
        Op::Fill(a, _) => lab.arena.constant_of(a) == Some(0.0),
        _ => lab.arena.constant_of(term) == Some(0.0),
    }
}

/// Where the loss is differentiated by the outputs.
pub(crate) struct ErrorSite<'c> {
    pub(crate) chain: &'c Chain,
    pub(crate) cut: &'c Cut,
    /// dL/da
    pub(crate) error: Term,
}

impl ErrorSite<'_> {
    pub(crate) fn stage(&self) -> usize {
        self.chain.stages.len() - 1
    }

    /// The pre-activation of the outputs, where they have one.
    pub(crate) fn pre_activation(&self) -> Option<Term> {
        match self.chain.stages.last()? {
            Stage::Activation(a) => Some(a.input),
            Stage::Affine(_) => None,
        }
    }
}

/// Where the error passes an activation.
pub(crate) struct SlopeSite<'c> {
    pub(crate) chain: &'c Chain,
    pub(crate) stage: usize,
    pub(crate) activation: &'c Activation,
    /// dL/da
    pub(crate) upstream: Term,
}

impl SlopeSite<'_> {
    /// dL/dz, as the chain rule has it.
    pub(crate) fn passed(&self, lab: &mut Lab<'_>) -> Option<Term> {
        let a = self.activation;
        if let Some(slope) = self.slope_at(lab, a.input) {
            return Some(lab.mul(self.upstream, slope));
        }
        // The derivative of upstream·f(z) by z with upstream held, in variables, then with the terms in their place.
        let held = lab.once_pair(a.function, |lab| {
            let Op::Leaf(id) = lab.arena.op(a.variable) else { return None };
            let (_, upstream) = lab.variable("u", lab.dims(a.variable));
            let product = lab.mul(upstream, a.function);
            let entries = lab.sum_entries(product);
            let sum = lab.sum_rows(entries);
            Some((upstream, lab.gradient(sum, &[id])[0]))
        });
        let (upstream, delta) = held?;
        let dims = lab.dims(upstream);
        let filled = lab.fill(self.upstream, dims);
        lab.arena.substitute(delta, &HashMap::from([(upstream, filled), (a.variable, a.input)]))
    }

    /// f'(u)
    pub(crate) fn slope_at(&self, lab: &mut Lab<'_>, u: Term) -> Option<Term> {
        lab.of(self.activation.slope?, self.activation.variable, u)
    }

    /// The words for a message: the layer, the function, z and a.
    pub(crate) fn names(&self, lab: &Lab<'_>) -> (String, String, String, String) {
        let layer = self.chain.layer_name(self.stage);
        let z = lab.name(self.activation.input, &format!("z_{layer}"));
        let a = lab.name(self.activation.output, &format!("a_{layer}"));
        (layer, self.activation.name.clone(), z, a)
    }

    /// `delta_hidden = <error sent back> * sigmoid'(z)` with another slope.
    pub(crate) fn line(&self, slope: &str) -> String {
        let layer = self.chain.layer_name(self.stage);
        let upstream = format!("dL/da_{layer}");
        if slope.is_empty() {
            format!("delta_{layer} = {upstream}")
        } else {
            format!("delta_{layer} = {upstream} * {slope}")
        }
    }
}

/// Where the error passes a layer's weights.
pub(crate) struct WeightSite<'c> {
    pub(crate) chain: &'c Chain,
    pub(crate) stage: usize,
    pub(crate) affine: &'c Affine,
    pub(crate) weights: Term,
    /// What the weights multiply.
    pub(crate) inner: Term,
    /// dL/dz
    pub(crate) delta: Term,
    /// The bias beside them.
    pub(crate) bias: Option<Term>,
    /// The weights and the bias after a step of descent, where `weights` are those before.
    pub(crate) updated: &'c [(Term, Term)],
}

impl WeightSite<'_> {
    /// The layer whose weights they are, and the layer the error is sent to.
    pub(crate) fn names(&self) -> (String, String) {
        let below = if self.stage == 0 { "input".into() } else { self.chain.layer_name(self.stage - 1) };
        (self.affine.name.clone(), below)
    }

    pub(crate) fn line(&self, with: &str) -> String {
        let (_, below) = self.names();
        format!("dL/da_{below} = {with}")
    }
}

/// Where the derivatives of a layer's own parameters are put together.
pub(crate) struct GradientSite<'c> {
    pub(crate) chain: &'c Chain,
    pub(crate) stage: usize,
    pub(crate) affine: &'c Affine,
    /// dL/dz
    pub(crate) delta: Term,
    /// The layer's input; nothing for a layer of biases.
    pub(crate) input: Option<Term>,
    /// The number of units, and of inputs of each.
    pub(crate) units: usize,
    pub(crate) inputs: usize,
}

impl GradientSite<'_> {
    pub(crate) fn weight_line(&self, with: &str) -> String {
        format!("dL/dW_{} = {with}", self.affine.name)
    }

    pub(crate) fn bias_line(&self, with: &str) -> String {
        format!("dL/db_{} = {with}", self.affine.name)
    }

    /// What is right, in the words of the derivation.
    pub(crate) fn right(&self) -> String {
        let layer = &self.affine.name;
        self.weight_line(&format!("sum over rows of delta_{layer} * {}'", self.input_name()))
    }

    pub(crate) fn right_bias(&self) -> String {
        self.bias_line(&format!("sum over rows of delta_{}", self.affine.name))
    }

    pub(crate) fn input_name(&self) -> String {
        if self.stage == 0 { "x".to_owned() } else { format!("a_{}", self.chain.layer_name(self.stage - 1)) }
    }
}
