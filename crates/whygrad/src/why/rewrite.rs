//! A model with some of its terms replaced, and its gradient derived anew.

use std::collections::HashMap;

use whygrad_expr::arena::{Arena, SymbolId, Term};
use whygrad_expr::{derivative, functions};

use crate::model::{Model, pre_activation};

/// The same model with the derived gradient, whatever gradient it has.
pub(super) fn derived(model: &Model) -> Model {
    let mut model = model.clone();
    let program = &mut model.program;
    let symbols: Vec<SymbolId> = program.parameters.iter().map(|p| p.symbol).collect();
    program.gradient = derivative::gradient(&mut program.arena, program.loss, &symbols).by_symbol;
    model.own_gradient = false;
    model
}

/// The same model with another activation in the place of some; `None` where there are none, or the gradient is the
/// person's, which would be that of another model.
pub(super) fn with_activation(
    model: &Model,
    name: &str,
    is_meant: &dyn Fn(&Arena, Term) -> bool,
) -> Option<Model> {
    let built_in = functions::find(name)?;
    replaced(model, &|arena, term| {
        let z = pre_activation(arena, term).filter(|_| is_meant(arena, term))?;
        functions::apply(arena, built_in, &[z]).ok()
    })
}

/// The same model with each term for which `by` has another one replaced, those on top first.
pub(super) fn replaced(model: &Model, by: &dyn Fn(&mut Arena, Term) -> Option<Term>) -> Option<Model> {
    if model.own_gradient {
        return None;
    }
    let mut changed = model.clone();
    let program = &mut changed.program;
    let roots: Vec<Term> = program.predictions.iter().copied().chain([program.loss]).collect();
    let mut any = false;
    for term in program.arena.reachable(&roots).into_iter().rev() {
        let Some(new) = by(&mut program.arena, term) else { continue };
        let map = HashMap::from([(term, new)]);
        program.loss = program.arena.substitute(program.loss, &map)?;
        for prediction in &mut program.predictions {
            *prediction = program.arena.substitute(*prediction, &map)?;
        }
        any = true;
    }
    any.then(|| derived(&changed))
}
