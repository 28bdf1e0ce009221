//! A derivation as LaTeX; amsmath is all it needs.

use std::fmt::Write as _;

use whygrad_expr::print::{self, Notation};

use super::lines::{Block, Derivation, Left, Line, Right};

pub(crate) fn render(derivation: &Derivation, fragment: bool) -> String {
    let mut body = format!("\\noindent {}\n\n", escape(&derivation.title));
    let blocks: Vec<Rendered> = derivation.blocks.iter().map(rendered).collect();
    match &blocks[..] {
        [left, right] if left.fits && right.fits => {
            let column = |b: &Rendered| {
                format!("\\begin{{minipage}}[t]{{.49\\textwidth}}\n{}\\end{{minipage}}", b.text)
            };
            let _ = writeln!(body, "\\noindent{}\\hfill\n{}", column(left), column(right));
        }
        _ => blocks.iter().for_each(|b| body.push_str(&b.text)),
    }
    if fragment {
        return body;
    }
    format!(
        "\\documentclass{{article}}\n\\usepackage{{amsmath}}\\usepackage[margin=2cm]{{geometry}}\\allowdisplaybreaks\n\
         \\begin{{document}}\n{body}\\end{{document}}\n"
    )
}

/// A block as LaTeX, and whether it fits half a page's width and a page's height.
struct Rendered {
    text: String,
    fits: bool,
}

/// The most characters and lines of a block beside another one.
const COLUMN: (usize, usize) = (100, 32);

fn rendered(block: &Block) -> Rendered {
    let mut text = format!("\\paragraph{{{}}}", escape(&block.heading));
    let listed: Vec<String> = block
        .legend
        .iter()
        .filter(|l| l.0.starts_with(['W', 'b', 'B']) && !l.0.contains('[') && block.has_parameter(&l.1))
        .map(|(short, name)| format!(" ${}$: {}", print::name(short, Notation::Latex), escape(name)))
        .collect();
    let _ = writeln!(text, "{}\n\\begin{{align*}}", listed.join(","));
    let groups: Vec<Vec<String>> =
        block.groups.iter().map(|(_, lines)| lines.iter().map(|l| row(block, l)).collect()).collect();
    // A gap between forward, backward and gradient.
    let joined: Vec<String> = groups.iter().map(|rows| rows.join("\\\\\n")).collect();
    let _ = writeln!(text, "{}\n\\end{{align*}}", joined.join("\\\\[1ex]\n"));
    let rows = || groups.iter().flatten();
    let fits = rows().count() <= COLUMN.1 && rows().all(|r| r.len() <= COLUMN.0 && !r.contains("\\text"));
    Rendered { text, fits }
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
