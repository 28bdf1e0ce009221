//! What stands outside the sum over the rows: `x1` of `-2/n*sum((y-y_hat)*w5)*x1`.
//!
//! In a program such an `x1` is what the loop over the rows left in it: the last row's. So it is read here.

use std::collections::HashMap;

use whygrad_expr::arena::Term;
use whygrad_expr::diagnostic::Diagnostic;
use whygrad_expr::op::Op;
use whygrad_expr::syntax::ast::{ExprId, ExprKind, Span};

use super::super::resolve::Resolver;

/// Warns of a derivative that has one value for each row.
pub(super) fn warn_of_rows(
    name: &str,
    root: ExprId,
    recorded: &HashMap<ExprId, Term>,
    resolver: &mut Resolver,
) {
    let Outside { names, summed } = outside(root, recorded, resolver);
    let whole = resolver.ast.expr(root).span;
    let (first, span) = names.first().cloned().unwrap_or_else(|| ("it".into(), whole));
    let warning = if summed {
        let mut list: Vec<&str> = names.iter().map(|n| n.0.as_str()).collect();
        list.dedup();
        let (stands, values) =
            if list.len() == 1 { ("stands", "its value") } else { ("stand", "their values") };
        let list = list.join(", ");
        let message = format!("d{name}: {list} {stands} outside the sum, read as {values} in the last row");
        Diagnostic::warning("outside-the-sum", span, message)
            .label("outside the sum over the rows")
            .help(format!("write it inside: sum(... * {first})"))
    } else {
        let message = format!("d{name} has no sum over the rows: read as its value in the last row");
        Diagnostic::warning("no-sum", whole, message)
            .label("one value for each row")
            .help("write sum(...) or mean(...) around what depends on the row")
    };
    resolver.messages.push(warning);
}

/// What stands outside, and whether there is a sum beside it.
struct Outside {
    names: Vec<(String, Span)>,
    summed: bool,
}

fn outside(root: ExprId, recorded: &HashMap<ExprId, Term>, resolver: &Resolver) -> Outside {
    let (ast, arena) = (resolver.ast, &*resolver.arena);
    let mut found = Outside { names: vec![], summed: false };
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        let expr = ast.expr(id);
        let Some(&term) = recorded.get(&id) else { continue };
        if !arena.shape(term).per_row {
            found.summed |= arena.reachable(&[term]).iter().any(|&t| matches!(arena.op(t), Op::SumRows(_)));
            continue;
        }
        match &expr.kind {
            ExprKind::Name(text) => {
                if !found.names.iter().any(|n| n.0 == *text) {
                    found.names.push((text.clone(), expr.span));
                }
            }
            ExprKind::Number(_) | ExprKind::Member(..) => {}
            ExprKind::Neg(a) | ExprKind::Index(a, _) => open.push(*a),
            ExprKind::Binary(_, a, b) => open.extend([*b, *a]),
            ExprKind::Call { arguments, .. } => open.extend(arguments.iter().rev().map(|a| a.value)),
            ExprKind::List(items) => open.extend(items.iter().rev().copied()),
        }
    }
    found
}
