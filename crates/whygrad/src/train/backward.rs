//! Changes of the backward pass: Fahlman's sigmoid-prime offset and error margin (1988).
//!
//! The derivative is the one of [`derivative`], with some uses of the chain rule changed on the way. The loss and the
//! predictions stay what they are; what is changed is no longer the gradient of that loss.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use whygrad_expr::arena::{Arena, Symbol, SymbolKind, Term};
use whygrad_expr::derivative::{self, Step};
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::program::Program;
use whygrad_expr::shape::Dims;
use whygrad_expr::simplify::Simplifier;

use super::settings::{Range, SettingError};
use crate::model::{Logits, Model};

/// What is changed in the backward pass; with both 0 nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct BackwardOptions {
    /// Added to the slope o(1 - o) of every sigmoid, in hidden and output units; Fahlman took 0.1. Where a loss and a
    /// sigmoid cancel to one function (a cross-entropy), there is no slope to add it to.
    pub sigmoid_prime_offset: f64,
    /// Where |t - o| is less than this, an output counts as having no error; Fahlman took 0.1. Logits are compared as
    /// the probabilities they stand for.
    pub error_margin: f64,
}

impl BackwardOptions {
    /// Whether the numbers are in their ranges.
    pub fn check(&self) -> Result<(), SettingError> {
        Range::NotNegative.check("sigmoid-prime-offset", self.sigmoid_prime_offset)?;
        Range::NotNegative.check("error-margin", self.error_margin)
    }
}

/// A change that cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackwardError {
    /// The gradient is the person's.
    #[error("the backward pass is the one you gave; leave out --gradient, or the offset and the margin")]
    OwnGradient,
    /// No sigmoid has a slope.
    #[error(
        "no sigmoid is differentiated in this model, so that an offset of its slope changes nothing; leave it out"
    )]
    NoSigmoid,
    /// Outputs and targets do not pair.
    #[error(
        "the outputs and the targets of this model are not of the same number, so that there is no |t - o|; \
             leave the error margin out"
    )]
    NoPairs,
    /// The loss is not a function of the outputs.
    #[error(
        "the loss of this model is reached past its outputs, so that an error margin has no place; leave it out, or \
             write the loss with the name of the output"
    )]
    NoOutputs,
}

/// The program with the gradient of such a backward pass.
pub fn changed(model: &Model, options: &BackwardOptions) -> Result<Program, BackwardError> {
    let mut program = model.program.clone();
    if *options == BackwardOptions::default() {
        return Ok(program);
    }
    if model.own_gradient {
        return Err(BackwardError::OwnGradient);
    }
    let mut loss = program.loss;
    let mut cuts = Vec::new();
    if options.error_margin > 0.0 {
        let masks = masks(&mut program, model.logits, options.error_margin)?;
        (loss, cuts) = cut(model, &mut program, &masks).ok_or(BackwardError::NoOutputs)?;
    }
    let offset = program.arena.constant(options.sigmoid_prime_offset);
    let mut sigmoids = 0_usize;
    let symbols: Vec<_> = program.parameters.iter().map(|p| p.symbol).collect();
    let mut change = |s: &mut Simplifier<'_>, adjoint: Term, step: Step| {
        let mut contribution = step.contribution;
        if options.sigmoid_prime_offset != 0.0
            && matches!(s.arena.op(step.node), Op::Map(Function::Sigmoid, _))
        {
            let more = s.mul(offset, adjoint);
            contribution = s.add(contribution, more);
            sigmoids += 1;
        }
        match cuts.iter().find(|(at, _)| *at == step.child) {
            Some((_, inside)) => {
                let zero = s.arena.constant(0.0);
                s.build(Op::Select(*inside, zero, contribution))
            }
            None => contribution,
        }
    };
    let gradient = derivative::gradient_with(&mut program.arena, loss, &symbols, &mut change);
    if sigmoids == 0 && options.sigmoid_prime_offset != 0.0 {
        return Err(BackwardError::NoSigmoid);
    }
    program.gradient = gradient.by_symbol;
    Ok(program)
}

/// For each prediction, what is greater than 0 where its error is to count as none: margin - |t - o|.
pub(super) fn masks(
    program: &mut Program,
    logits: Option<Logits>,
    margin: f64,
) -> Result<Vec<Term>, BackwardError> {
    let targets = targets_like(program).ok_or(BackwardError::NoPairs)?;
    let mut s = Simplifier::new(&mut program.arena);
    let mut mask = |(&prediction, target): (&Term, Term)| {
        let output = match logits {
            None => prediction,
            Some(Logits::Binary) => s.map(Function::Sigmoid, prediction),
            Some(Logits::Classes) => {
                let log_sum = s.build(Op::LogSumExp(prediction));
                let minus = s.map(Function::Neg, log_sum);
                let log = s.add(prediction, minus);
                s.map(Function::Exp, log)
            }
        };
        let minus = s.map(Function::Neg, output);
        let error = s.add(target, minus);
        let size = s.map(Function::Abs, error);
        let (margin, minus) = (s.arena.constant(margin), s.map(Function::Neg, size));
        s.add(margin, minus)
    };
    Ok(program.predictions.iter().zip(targets).map(&mut mask).collect())
}

/// For each prediction its targets, in its shape; `None` where outputs and targets differ in number.
fn targets_like(program: &mut Program) -> Option<Vec<Term>> {
    let arena = &mut program.arena;
    let leaves: Vec<Term> = program.targets.iter().map(|&id| arena.leaf(id)).collect();
    let dims = |arena: &Arena, terms: &[Term]| terms.iter().map(|&t| arena.dims(t)).collect::<Vec<Dims>>();
    if program.predictions.is_empty() {
        return None;
    }
    if dims(arena, &leaves) == dims(arena, &program.predictions) {
        return Some(leaves);
    }
    let mut entries = Vec::new();
    for &leaf in &leaves {
        let len = arena.dims(leaf).len();
        entries.extend((0..len).map(|k| if len == 1 { leaf } else { arena.make(Op::Pick(leaf, k)) }));
    }
    let mut rest = entries.into_iter();
    let mut targets = Vec::new();
    for &prediction in &program.predictions {
        let dims = arena.dims(prediction);
        let mut target = None;
        for k in 0..dims.len() {
            let entry = rest.next()?;
            let placed = if dims.is_scalar() { entry } else { arena.make(Op::Place(entry, k, dims)) };
            target = match target {
                None => Some(placed),
                Some(sum) => Some(arena.zip(Zip::Add, sum, placed).ok()?),
            };
        }
        targets.push(target?);
    }
    rest.next().is_none().then_some(targets)
}

/// A loss, and terms with their masks, such that what rows say of the parameters goes through these terms alone.
type Cut = (Term, Vec<(Term, Term)>);

/// The outputs where the loss has them; else what goes into the last function, where it cancelled with the loss
/// (`log(sigmoid(z))` has no sigmoid left); else the loss built on the outputs anew.
fn cut(model: &Model, program: &mut Program, masks: &[Term]) -> Option<Cut> {
    let with = |terms: &[Term]| terms.iter().copied().zip(masks.iter().copied()).collect::<Vec<_>>();
    let outputs = program.predictions.clone();
    if separates(&program.arena, program.loss, &outputs) {
        return Some((program.loss, with(&outputs)));
    }
    let inner: Vec<Term> = outputs.iter().map(|&p| inner(&program.arena, p)).collect();
    let in_loss = program.arena.reachable(&[program.loss]);
    let cancelled = outputs.iter().all(|p| in_loss.binary_search(p).is_err());
    if cancelled && separates(&program.arena, program.loss, &inner) {
        return Some((program.loss, with(&inner)));
    }
    let loss = rebuilt(model, program)?;
    separates(&program.arena, loss, &outputs).then(|| (loss, with(&outputs)))
}

/// z of f(z) and of softmax(z); else the term itself.
fn inner(arena: &Arena, output: Term) -> Term {
    match arena.op(output) {
        Op::Map(Function::Exp, log) => match arena.op(log) {
            Op::Zip(Zip::Add, z, minus) if matches!(arena.op(minus), Op::Map(Function::Neg, sum) if arena.op(sum) == Op::LogSumExp(z)) => {
                z
            }
            _ => log,
        },
        Op::Map(_, z) => z,
        _ => output,
    }
}

/// Whether every way from a loss to a parameter that goes through a value of each row goes through one of these terms.
fn separates(arena: &Arena, loss: Term, terms: &[Term]) -> bool {
    let mut through_rows: HashMap<Term, bool> = HashMap::from([(loss, false)]);
    let mut met = 0;
    for &term in arena.reachable(&[loss]).iter().rev() {
        let Some(&above) = through_rows.get(&term) else { continue };
        if terms.contains(&term) {
            met += 1;
            continue;
        }
        let rows = above || arena.shape(term).per_row;
        if let Op::Leaf(id) = arena.op(term)
            && rows
            && arena.symbol_of(id).kind == SymbolKind::Parameter
        {
            return false;
        }
        for child in arena.op(term).children() {
            *through_rows.entry(child).or_insert(false) |= rows;
        }
    }
    met == terms.len()
}

/// The loss as it was written, simplified with its outputs held apart, so that they stay in it.
fn rebuilt(model: &Model, program: &mut Program) -> Option<Term> {
    let arena = &mut program.arena;
    let (mut apart, mut back) = (HashMap::new(), HashMap::new());
    for (&written, &output) in model.written_predictions.iter().zip(&program.predictions) {
        let shape = arena.shape(written);
        let name = "output".to_owned();
        let id = arena.symbol(Symbol { name, kind: SymbolKind::Variable, shape, entries: vec![] });
        let held = arena.leaf(id);
        // y - o is y + (-o), and the minus may have gone into a number of o.
        let minus = arena.neg(written);
        let minus_held = arena.neg(held);
        apart.insert(minus, minus_held);
        apart.insert(written, held);
        back.insert(held, output);
    }
    let held = arena.substitute(model.written_loss, &apart)?;
    let simplified = Simplifier::new(arena).simplify(held);
    arena.substitute(simplified, &back)
}
