//! A derivation as MathML, and as one page that works offline.

use std::fmt::Write as _;

use whygrad_expr::print::{self, Notation};

use super::lines::{Block, Derivation, Left, Line, Right};

/// One `<math>` element for each group of lines.
pub(crate) fn mathml(derivation: &Derivation) -> String {
    derivation.blocks.iter().flat_map(|b| b.groups.iter().map(move |g| table(b, &g.1))).collect()
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;\
color:#1a1a1a;background:#fff}math{font-size:1.1rem}h1{font-size:1.4rem}h2{font-size:1.15rem}\
h3{font-size:1rem;font-weight:600}div{overflow-x:auto}main{display:flex;flex-wrap:wrap;gap:0 3rem}section{flex:1 1 24rem;min-width:0}mtd{text-align:left;padding:.2rem .3rem}\
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}}";

/// A page.
pub(crate) fn page(derivation: &Derivation) -> String {
    let title = escape(&derivation.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<main>\n"
    );
    for block in &derivation.blocks {
        let _ = writeln!(out, "<section><h2>{}</h2>", escape(&block.heading));
        let listed: Vec<String> = block
            .legend
            .iter()
            .filter(|l| l.0.starts_with(['W', 'b', 'B']) && !l.0.contains('[') && block.has_parameter(&l.1))
            .map(|(short, name)| {
                format!(
                    "<math>{}</math>: <code>{}</code>",
                    print::name(short, Notation::MathMl),
                    escape(name)
                )
            })
            .collect();
        if !listed.is_empty() {
            let _ = writeln!(out, "<p>{}</p>", listed.join(", "));
        }
        for (word, lines) in &block.groups {
            let _ = writeln!(out, "<h3>{}</h3>\n<div>{}</div>", escape(word), table(block, lines).trim_end());
        }
        out.push_str("</section>\n");
    }
    out.push_str("</main></body></html>\n");
    out
}

fn table(block: &Block, lines: &[Line]) -> String {
    let mut out = String::from(
        "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\"><mtable displaystyle=\"true\">\n",
    );
    for line in lines {
        let right = match &line.right {
            Right::Term(term) => block.term(*term, Notation::MathMl),
            Right::Rows(rows) => matrix(rows),
        };
        let remark = line
            .remark
            .as_ref()
            .map_or_else(String::new, |r| format!("<mtd><mtext>{}</mtext></mtd>", escape(r)));
        let _ = writeln!(
            out,
            "<mtr><mtd>{}</mtd><mtd><mo>=</mo></mtd><mtd>{right}</mtd>{remark}</mtr>",
            left(block, &line.left)
        );
    }
    out.push_str("</mtable></math>\n");
    out
}

fn matrix(rows: &[Vec<String>]) -> String {
    let mut out = String::from("<mrow><mo>(</mo><mtable>");
    for row in rows {
        out.push_str("<mtr>");
        for name in row {
            let _ = write!(out, "<mtd>{}</mtd>", print::name(name, Notation::MathMl));
        }
        out.push_str("</mtr>");
    }
    out.push_str("</mtable><mo>)</mo></mrow>");
    out
}

fn left(block: &Block, left: &Left) -> String {
    let name = |n: &str| print::name(block.paper(n), Notation::MathMl);
    let by = |bottom: String| {
        format!("<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo>{bottom}</mrow></mfrac>")
    };
    let square = "<msup><mo>∂</mo><mn>2</mn></msup><mi>L</mi>";
    match left {
        Left::Name(n) if n == "loss" => "<mi>L</mi>".into(),
        Left::Name(n) | Left::Matrix(n) => name(n),
        Left::Derivative(n) => by(name(n)),
        Left::DerivativeByTerm(term) => {
            by(format!("<mrow><mo>[</mo>{}<mo>]</mo></mrow>", block.term(*term, Notation::MathMl)))
        }
        Left::Second(a, b) if a == b => {
            format!(
                "<mfrac><mrow>{square}</mrow><mrow><mo>∂</mo><msup>{}<mn>2</mn></msup></mrow></mfrac>",
                name(a)
            )
        }
        Left::Second(a, b) => {
            format!(
                "<mfrac><mrow>{square}</mrow><mrow><mo>∂</mo>{}<mo>∂</mo>{}</mrow></mfrac>",
                name(a),
                name(b)
            )
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
