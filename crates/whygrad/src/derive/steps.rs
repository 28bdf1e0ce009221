//! The chain rule, one use a line, from the loss down.

use whygrad_expr::arena::Term;
use whygrad_expr::derivative::rule_of;
use whygrad_expr::op::Op;
use whygrad_expr::program::Parameter;

use super::DeriveError;
use super::forms::native;
use super::lines::{Block, Left, Line, Right};
use crate::model::Model;

/// All steps, or those that lead to one parameter.
pub(crate) fn block(model: &Model, parameter: Option<&str>) -> Result<Block, DeriveError> {
    let mut block = native(model, "Step by step");
    let leads = match parameter {
        None => vec![true; model.program.arena.len()],
        Some(name) => leads_to(model, name)?,
    };
    let arena = &model.program.arena;
    let named = |term: Term| model.naming.name_of(term).map(str::to_owned);
    let mut chain: Vec<Line> = vec![];
    let mut given: Vec<Term> = vec![];
    for step in model.steps.iter().filter(|s| leads[s.child.0 as usize]) {
        let rule = rule_of(arena.op(step.node));
        let left = match (arena.op(step.child), named(step.child)) {
            (Op::Leaf(id), _) => Left::Derivative(arena.symbol_of(id).name.clone()),
            (_, Some(name)) => Left::Derivative(name),
            (_, None) => Left::DerivativeByTerm(step.child),
        };
        let more = if given.contains(&step.child) { "adds to it; " } else { "" };
        given.push(step.child);
        let remark = Some(format!("{more}{}: {}", rule.name, rule.statement));
        chain.push(Line { left, right: Right::Term(step.contribution), remark });
    }
    let heading = match parameter {
        Some(name) => format!("from the loss to {name}"),
        None => "from the loss to every parameter".to_owned(),
    };
    let forward = block.groups.iter().find(|g| g.0 == "forward").cloned();
    let gradient = block.groups.iter().find(|g| g.0 == "gradient").cloned();
    let backward = block.groups.iter().find(|g| g.0 == "backward").cloned();
    block.groups = forward.into_iter().collect();
    block.groups.push((heading, chain));
    if let Some((word, lines)) = backward {
        block.groups.push((format!("{word}: what is named above"), lines));
    }
    if let Some((word, mut lines)) = gradient {
        let base = parameter.map(base_name);
        lines.retain(|l| base.is_none_or(|b| l.left == Left::Derivative(b.into())));
        block.groups.push((word, lines));
    }
    Ok(block)
}

fn base_name(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// For each term, whether it depends on the parameter.
fn leads_to(model: &Model, name: &str) -> Result<Vec<bool>, DeriveError> {
    let parameters = &model.program.parameters;
    let of = |n: &str| parameters.iter().find(|p| p.name == n);
    let entry = |p: &&Parameter| (0..p.len()).any(|k| p.entry_name(k) == name.replace(' ', ""));
    let Some(p) = of(name).or_else(|| of(base_name(name)).filter(entry)) else {
        let known: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        return Err(DeriveError::UnknownParameter { name: name.into(), known: known.join(", ") });
    };
    let arena = &model.program.arena;
    let mut leads = vec![false; arena.len()];
    for index in 0..arena.len() {
        let op = arena.op(Term(index as u32));
        leads[index] = op == Op::Leaf(p.symbol) || op.children().iter().any(|c| leads[c.0 as usize]);
    }
    Ok(leads)
}
