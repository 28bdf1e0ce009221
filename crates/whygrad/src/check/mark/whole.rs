//! The derivative itself, where no small change is enough.

use whygrad_expr::arena::{Arena, Term};
use whygrad_expr::expand::Entries;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::print;
use whygrad_expr::simplify::Simplifier;
use whygrad_expr::syntax::ast::Span;

use super::super::formulas::Formulas;
use super::{Change, ChangeKind, Mark, mark, notation_of, words};
use crate::model::Model;

/// The mark of a formula that is to be written anew.
pub(super) fn mark_of(model: &Model, formulas: &Formulas, offsets: &[usize], span: Span) -> Mark {
    let instead = derivative(model, formulas, offsets, span).unwrap_or_default();
    let change = Change::new(&formulas.text, span, ChangeKind::Rewrite, instead.clone());
    let components = offsets.to_vec();
    mark(formulas, components.clone(), vec![change.clone()]).unwrap_or(Mark {
        components,
        line: span,
        written: change.written.clone(),
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
    let (term, names) = if p.len() == 1 || shared == p.len() {
        (gradient, words::names(model, formulas))
    } else {
        let mut entries = Entries::default();
        let names = words::entry_names(model, formulas, &mut arena, &mut entries);
        let mut simplifier = Simplifier::new(&mut arena);
        (*entries.of(&mut simplifier, gradient).get(first - p.offset)?, names)
    };
    let term = with_number_in_front(&mut arena, term);
    let text = print::expression(&arena, term, &names, notation_of(formulas, span));
    let compact = words::is_compact(&formulas.text);
    Some(if compact { text.replace(" - ", "-").replace(" + ", "+") } else { text })
}

/// `-2/n*sum(..)` for `sum(-2/n*..)`.
fn with_number_in_front(arena: &mut Arena, term: Term) -> Term {
    let Op::SumRows(inside) = arena.op(term) else { return term };
    let mut factors = Vec::new();
    let mut at = inside;
    while let Op::Zip(Zip::Mul, a, b) = arena.op(at) {
        factors.push(b);
        at = a;
    }
    let (number, first) = match arena.op(at) {
        Op::Map(Function::Neg, a) => (arena.constant(-1.0), Some(a)),
        _ => (at, None),
    };
    let is_number = arena.reachable(&[number]).iter().all(|&t| !matches!(arena.op(t), Op::Leaf(_)));
    if !is_number {
        return term;
    }
    let mut rest: Option<Term> = first;
    for factor in factors.into_iter().rev() {
        rest = Some(match rest {
            Some(rest) => match arena.zip(Zip::Mul, rest, factor) {
                Ok(product) => product,
                Err(_) => return term,
            },
            None => factor,
        });
    }
    let Some(rest) = rest.filter(|rest| arena.shape(*rest).per_row) else { return term };
    let sum = arena.sum_rows(rest);
    if arena.constant_of(number) == Some(-1.0) {
        return arena.neg(sum);
    }
    arena.zip(Zip::Mul, number, sum).unwrap_or(term)
}
