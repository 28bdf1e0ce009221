//! The derivative itself, where no small change is enough.

use whygrad_expr::arena::Arena;
use whygrad_expr::expand::Entries;
use whygrad_expr::print;
use whygrad_expr::simplify::Simplifier;
use whygrad_expr::syntax::ast::Span;

use super::super::formulas::Formulas;
use super::{Change, ChangeKind, Mark, mark, notation_of, words};
use crate::model::Model;

/// The mark of a formula that is to be written anew.
pub(super) fn mark_of(model: &Model, formulas: &Formulas, offsets: &[usize], span: Span) -> Mark {
    let written = formulas.text.get(span.start..span.end).unwrap_or("").to_owned();
    let instead = derivative(model, formulas, offsets, span).unwrap_or_default();
    let change = Change { span, kind: ChangeKind::Rewrite, written, instead: instead.clone() };
    let components = offsets.to_vec();
    mark(&formulas.text, components.clone(), vec![change.clone()]).unwrap_or(Mark {
        components,
        line: span,
        changes: vec![change],
        corrected: instead,
    })
}

fn derivative(model: &Model, formulas: &Formulas, offsets: &[usize], span: Span) -> Option<String> {
    let first = *offsets.first()?;
    let parameters = &model.program.parameters;
    let index = parameters.iter().position(|p| (p.offset..p.offset + p.len()).contains(&first))?;
    let p = &parameters[index];
    let gradient = *model.program.gradient.get(index)?;
    let mut arena: Arena = formulas.arena().clone();
    // The formulas of all entries stand in one place, or each in its own.
    let shared = (p.offset..p.offset + p.len())
        .filter(|&k| formulas.component(k).is_some_and(|c| c.span == span))
        .count();
    let term = if p.len() == 1 || shared == p.len() {
        gradient
    } else {
        let mut simplifier = Simplifier::new(&mut arena);
        *Entries::default().of(&mut simplifier, gradient).get(first - p.offset)?
    };
    let names = words::names(model, formulas);
    Some(print::expression(&arena, term, &names, notation_of(formulas, span)))
}
