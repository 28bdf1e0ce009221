//! Models, formulas and mistakes, each as a person would type them.

mod errors;
mod latex;
mod robust;
mod text;

use super::ast::{Ast, BinaryOp, Declaration, ExprId, ExprKind, StatementKind};
use super::{parse_document, parse_expression};

/// Holds a formula against its tree.
fn check(input: &str, expected: &str) {
    let (ast, id, diagnostics) = parse_expression(input);
    assert_eq!(diagnostics, [], "{input}");
    assert_eq!(id.map(|id| expression(&ast, id)).as_deref(), Some(expected), "{input}");
}

/// Holds a document against its statements, one a line.
fn check_document(input: &str, expected: &[&str]) {
    let (ast, diagnostics) = parse_document(input);
    assert_eq!(diagnostics, [], "{input}");
    assert_eq!(statements(&ast), expected, "{input}");
}

fn statements(ast: &Ast) -> Vec<String> {
    ast.statements.iter().map(|statement| describe(ast, &statement.kind)).collect()
}

fn describe(ast: &Ast, kind: &StatementKind) -> String {
    match kind {
        StatementKind::Inputs(list) => format!("(inputs{})", declarations(ast, list)),
        StatementKind::Targets(list) => format!("(targets{})", declarations(ast, list)),
        StatementKind::Params(list) => format!("(params{})", declarations(ast, list)),
        StatementKind::Fixed(list) => format!("(fixed{})", declarations(ast, list)),
        StatementKind::Define(name, body) => format!("(= {} {})", name.text, expression(ast, *body)),
        StatementKind::Function { name, arguments, body } => {
            let formal: Vec<&str> = arguments.iter().map(|argument| argument.text.as_str()).collect();
            format!("(= ({} {}) {})", name.text, formal.join(" "), expression(ast, *body))
        }
        StatementKind::Minimize(body) => format!("(minimize {})", expression(ast, *body)),
    }
}

fn declarations(ast: &Ast, list: &[Declaration]) -> String {
    let mut text = String::new();
    for declaration in list {
        text = text + " " + &declaration.name.text;
        if !declaration.shape.is_empty() {
            let shape = format!("{:?}", declaration.shape);
            text.push_str(&shape);
        }
        if let Some(value) = declaration.value {
            text = text + "=" + &expression(ast, value);
        }
        if let Some((low, high)) = declaration.domain {
            let interval = format!(" in ({low},{high})");
            text.push_str(&interval);
        }
    }
    text
}

/// An expression as nested lists, `(+ (* x1 w1) b)`.
fn expression(ast: &Ast, id: ExprId) -> String {
    let list = |ids: &[ExprId]| ids.iter().map(|id| expression(ast, *id)).collect::<Vec<_>>().join(" ");
    match &ast.expr(id).kind {
        ExprKind::Number(value) => value.to_string(),
        ExprKind::Name(text) => text.clone(),
        ExprKind::Neg(inner) => format!("(- {})", expression(ast, *inner)),
        ExprKind::Binary(operator, left, right) => {
            format!("({} {})", sign(*operator), list(&[*left, *right]))
        }
        ExprKind::Call { function, primes, arguments } => {
            let mut words = vec![function.text.clone() + &"'".repeat(*primes)];
            words.extend(arguments.iter().map(|argument| {
                let keyword = argument.keyword.as_ref().map(|name| name.text.clone() + "=");
                keyword.unwrap_or_default() + &expression(ast, argument.value)
            }));
            format!("({})", words.join(" "))
        }
        ExprKind::Index(inner, indices) => format!("([] {} {})", expression(ast, *inner), list(indices)),
        ExprKind::Member(inner, name) => format!("(. {} {})", expression(ast, *inner), name.text),
        ExprKind::List(items) => format!("[{}]", list(items)),
    }
}

fn sign(operator: BinaryOp) -> &'static str {
    match operator {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Pow => "^",
        BinaryOp::MatMul => "@",
    }
}
