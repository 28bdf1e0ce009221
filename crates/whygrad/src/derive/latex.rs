//! A derivation as LaTeX; amsmath is all it needs.

use std::fmt::Write as _;

use whygrad_expr::print::{self, Notation};

use super::lines::{Block, Derivation, Left, Line, Right};

pub(crate) fn render(derivation: &Derivation, fragment: bool) -> String {
    let mut body = format!("{}\n", escape(&derivation.title));
    for block in &derivation.blocks {
        let _ = writeln!(body, "\\paragraph{{{}}}", escape(&block.heading));
        let listed: Vec<String> = block
            .legend
            .iter()
            .filter(|l| l.0.starts_with(['W', 'b']) && !l.0.contains('['))
            .map(|(short, name)| format!("${}$: {}", print::name(short, Notation::Latex), escape(name)))
            .collect();
        if !listed.is_empty() {
            let _ = writeln!(body, "{}", listed.join(", "));
        }
        for (_, lines) in &block.groups {
            // A page may break between lines: nothing here is one display of unbreakable height.
            let _ = writeln!(body, "\\begin{{align*}}");
            let rows: Vec<String> = lines.iter().map(|l| row(block, l)).collect();
            let _ = writeln!(body, "{}\n\\end{{align*}}", rows.join("\\\\\n"));
        }
    }
    if fragment {
        return body;
    }
    format!(
        "\\documentclass{{article}}\n\\usepackage{{amsmath}}\\allowdisplaybreaks\n\\begin{{document}}\n{body}\\end{{document}}\n"
    )
}

fn row(block: &Block, line: &Line) -> String {
    let left = left(block, &line.left);
    let right = match &line.right {
        Right::Term(term) => block.term(*term, Notation::Latex),
        Right::Rows(rows) => {
            let rows: Vec<String> = rows
                .iter()
                .map(|r| r.iter().map(|n| print::name(n, Notation::Latex)).collect::<Vec<_>>().join("&"))
                .collect();
            format!("\\begin{{pmatrix}}{}\\end{{pmatrix}}", rows.join("\\\\"))
        }
    };
    match &line.remark {
        Some(remark) => format!("{left}&={right}&&\\text{{{}}}", escape(remark)),
        None => format!("{left}&={right}"),
    }
}

fn left(block: &Block, left: &Left) -> String {
    let name = |n: &str| print::name(block.paper(n), Notation::Latex);
    match left {
        Left::Name(n) if n == "loss" => "L".into(),
        Left::Name(n) | Left::Matrix(n) => name(n),
        Left::Derivative(n) => format!("\\partial L/\\partial {}", name(n)),
        Left::DerivativeByTerm(term) => {
            format!("\\partial L/\\partial\\left[{}\\right]", block.term(*term, Notation::Latex))
        }
        Left::Second(a, b) if a == b => format!("\\partial^2L/\\partial {}^2", name(a)),
        Left::Second(a, b) => format!("\\partial^2L/\\partial {}\\partial {}", name(a), name(b)),
    }
}

/// Words with the signs that LaTeX would read otherwise.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '^' => out.push_str("\\^{}"),
            '|' => out.push_str("$|$"),
            '<' | '>' => {
                let _ = write!(out, "${c}$");
            }
            _ => out.push(c),
        }
    }
    out
}
