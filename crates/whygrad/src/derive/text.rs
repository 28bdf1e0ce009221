//! A derivation as text.

use std::fmt::Write as _;

use whygrad_expr::print::Notation;

use super::lines::{Block, Derivation, Left, Line, Right};

pub(crate) fn render(derivation: &Derivation) -> String {
    let mut out = format!("{}\n", derivation.title);
    for block in &derivation.blocks {
        let _ = write!(out, "\n{}\n", block.heading);
        for (word, lines) in &block.groups {
            let _ = write!(out, "\n  {word}\n");
            let lefts: Vec<String> = lines.iter().map(|l| left(block, &l.left)).collect();
            let width = lefts.iter().map(|l| l.chars().count()).filter(|w| *w <= 24).max().unwrap_or(0);
            for (line, left) in lines.iter().zip(lefts) {
                let pad = width.saturating_sub(left.chars().count());
                let _ = write!(out, "    {left}{} = {}", " ".repeat(pad), right(block, line));
                match &line.remark {
                    Some(remark) => {
                        let _ = writeln!(out, "    # {remark}");
                    }
                    None => out.push('\n'),
                }
            }
        }
    }
    out
}

fn left(block: &Block, left: &Left) -> String {
    match left {
        Left::Name(name) | Left::Matrix(name) => name.clone(),
        Left::Derivative(name) => format!("d{name}"),
        Left::DerivativeByTerm(term) => format!("d[{}]", block.term(*term, Notation::Text)),
        Left::Second(a, b) if a == b => format!("d2L/d{a}^2"),
        Left::Second(a, b) => format!("d2L/d{a} d{b}"),
    }
}

fn right(block: &Block, line: &Line) -> String {
    match &line.right {
        Right::Term(term) => block.term(*term, Notation::Text),
        Right::Rows(rows) if rows.iter().all(|r| r.len() == 1) => {
            format!("[{}]", rows.concat().join(", "))
        }
        Right::Rows(rows) => {
            let rows: Vec<String> = rows.iter().map(|r| format!("[{}]", r.join(", "))).collect();
            format!("[{}]", rows.join(", "))
        }
    }
}
