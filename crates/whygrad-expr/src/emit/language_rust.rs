//! Rust: slices, arrays of fixed size, nothing but the standard library.

use super::erf;
use super::expression::{Expr, Helper, Level, Writer, call, float};
use super::loops::{Facts, LoopLanguage, Part, Purpose};
use super::lower::Range;
use super::names::NameRules;
use crate::op::{Function, Zip};

/// Rust.
pub(super) struct Rust;

const RESERVED: &[&str] = &[
    "as", "async", "await", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
    "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield", "abstract", "become", "f64", "usize", "std", "main",
];

const LOG_SUM_EXP: &str = "fn log_sum_exp(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    largest + values.iter().map(|value| (value - largest).exp()).sum::<f64>().ln()
}
";

const SIGN: &str = "fn sign_of(x: f64) -> f64 {
    if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x * 0.0 }
}
";

impl LoopLanguage for Rust {
    fn comment(&self) -> &'static str {
        "//"
    }
    fn range(&self, start: usize, len: usize) -> String {
        if len == 1 { format!("theta[{start}]") } else { format!("theta[{start}..{}]", start + len) }
    }
    fn data(&self) -> &'static str {
        "inputs, targets and outputs hold n rows, one after the other."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: true }
    }
    fn prologue(&self) -> &'static str {
        ""
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Sigmoid => "fn sigmoid(z: f64) -> f64 {\n    1.0 / (1.0 + (-z).exp())\n}\n",
            Helper::Softplus => {
                "fn softplus(z: f64) -> f64 {\n    z.max(0.0) + (-z.abs()).exp().ln_1p()\n}\n"
            }
            Helper::Sign => SIGN,
            Helper::Larger => {
                "fn larger(a: f64, b: f64) -> f64 {\n    if a > b || a.is_nan() { a } else { b }\n}\n"
            }
            Helper::Smaller => {
                "fn smaller(a: f64, b: f64) -> f64 {\n    if a < b || a.is_nan() { a } else { b }\n}\n"
            }
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Erf => return erf::rust(),
            Helper::Exp
            | Helper::Log
            | Helper::Sqrt
            | Helper::Sin
            | Helper::Cos
            | Helper::Divide
            | Helper::Power
            | Helper::Choose
            | Helper::Sum
            | Helper::Place
            | Helper::OuterRows
            | Helper::TransposeRows
            | Helper::ProductRows => "",
        };
        text.to_owned()
    }

    fn number(&self, value: f64) -> String {
        if value.is_nan() {
            "f64::NAN".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "f64::INFINITY".to_owned() } else { "-f64::INFINITY".to_owned() }
        } else {
            float(value)
        }
    }
    fn row_count(&self) -> &'static str {
        "rows"
    }
    fn function(&self, function: Function, _argument: Range) -> (&'static str, Option<Helper>) {
        match function {
            Function::Neg => ("-", None),
            Function::Exp => (".exp", None),
            Function::Log => (".ln", None),
            Function::Sqrt => (".sqrt", None),
            Function::Sin => (".sin", None),
            Function::Cos => (".cos", None),
            Function::Atan => (".atan", None),
            Function::Tanh => (".tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("erf", Some(Helper::Erf)),
            Function::Abs => (".abs", None),
            Function::Sign => ("sign_of", Some(Helper::Sign)),
        }
    }
    fn function_of_two(&self, zip: Zip) -> (&'static str, Option<Helper>) {
        match zip {
            Zip::Max => ("larger", Some(Helper::Larger)),
            Zip::Min => ("smaller", Some(Helper::Smaller)),
            Zip::Add | Zip::Mul | Zip::Div | Zip::Pow => (".powf", None),
        }
    }
    fn call(&self, name: &str, arguments: &[Expr]) -> Expr {
        match (name.strip_prefix('.'), arguments) {
            (Some(method), [receiver, rest @ ..]) => {
                // A number has no methods before it has a type; neither has a sum of numbers.
                if receiver.text.contains(|c: char| c.is_ascii_alphabetic()) {
                    let receiver = receiver.at_least(Level::Atom);
                    call(&format!("{receiver}.{method}"), rest)
                } else {
                    call(&format!("f64::{method}"), arguments)
                }
            }
            _ => call(name, arguments),
        }
    }
    fn choice(&self, test: &str, a: &Expr, b: &Expr) -> Expr {
        Expr::new(format!("if {test} {{ {} }} else {{ {} }}", a.text, b.text), Level::Choice)
    }
    fn sum(&self, index: &str, count: usize, body: &Expr) -> Option<(Expr, Option<Helper>)> {
        let text = format!("(0..{count}).map(|{index}| {}).sum::<f64>()", body.text);
        Some((Expr::atom(text), None))
    }
    fn whole(&self, name: &str, _len: usize) -> String {
        format!("&{name}[..]")
    }

    fn function_start(&self, writer: &mut Writer, facts: Facts) {
        match facts.purpose {
            Purpose::Loss => {
                writer.open("pub fn loss_and_gradient(");
                for argument in [
                    "theta: &[f64],",
                    "inputs: &[f64],",
                    "targets: &[f64],",
                    "n: usize,",
                    "gradient: &mut [f64],",
                ] {
                    writer.line(argument);
                }
                writer.close("");
                writer.open(") -> f64 {");
            }
            Purpose::Predict => {
                writer.open("pub fn predict(theta: &[f64], inputs: &[f64], n: usize, outputs: &mut [f64]) {");
            }
        }
        for name in facts.unused.into_iter().flatten() {
            writer.line(&format!("let _ = {name};"));
        }
        if facts.uses_row_count {
            writer.line("let rows = n as f64;");
        }
        if facts.purpose == Purpose::Loss {
            writer.line("gradient.fill(0.0);");
        }
    }
    fn function_end(&self, writer: &mut Writer, facts: Facts, loss: &Expr) {
        if facts.purpose == Purpose::Loss {
            writer.line(&loss.text);
        }
        writer.close("}");
    }
    fn parameter(&self, part: Part<'_>) -> String {
        let Part { name, offset, len, .. } = part;
        match len {
            1 => format!("let {name} = theta[{offset}];"),
            _ => format!("let {name} = &theta[{offset}..{}];", offset + len),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        let row = if width == 1 { "row".to_owned() } else { format!("row * {width}") };
        let start = if offset == 0 { row.clone() } else { format!("{row} + {offset}") };
        match len {
            1 => format!("let {name} = {table}[{start}];"),
            _ => format!("let {name} = &{table}[{start}..{row} + {}];", offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("let {name} = {};", value.text)
    }
    fn comprehension(&self, name: &str, loops: &[(&'static str, usize)], value: &Expr) -> Option<String> {
        let &[(index, count)] = loops else { return None };
        Some(format!("let {name}: [f64; {count}] = std::array::from_fn(|{index}| {});", value.text))
    }
    fn zeros(&self, name: &str, len: usize, _written_next: bool) -> String {
        match len {
            1 => format!("let mut {name}: f64 = 0.0;"),
            _ => format!("let mut {name} = [0.0_f64; {len}];"),
        }
    }
    fn add(&self, target: &str, value: &Expr) -> String {
        format!("{target} += {};", value.text)
    }
    fn set(&self, target: &str, value: &Expr) -> String {
        format!("{target} = {};", value.text)
    }
    fn loop_start(&self, index: &str, count: usize) -> String {
        format!("for {index} in 0..{count} {{")
    }
    fn row_loop(&self) -> &'static str {
        "for row in 0..n {"
    }
    fn output(&self, width: usize, index: &str) -> String {
        match (width, index) {
            (1, _) => "outputs[row]".to_owned(),
            (_, "0") => format!("outputs[row * {width}]"),
            _ => format!("outputs[row * {width} + {index}]"),
        }
    }
}
