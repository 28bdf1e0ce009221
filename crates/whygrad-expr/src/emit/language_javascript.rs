//! JavaScript: arrays and `Math`, for pages and for Node.

use super::erf;
use super::expression::{Expr, Helper, Writer, plain};
use super::loops::{Facts, LoopLanguage, Part, Purpose};
use super::lower::Range;
use super::names::NameRules;
use crate::op::{Function, Zip};

/// JavaScript.
pub(super) struct JavaScript;

const RESERVED: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "module",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "Math",
    "Array",
    "Number",
    "NaN",
    "Infinity",
    "exports",
    "require",
];

const SUM: &str = "function sum(count, term) {
    let total = 0;
    for (let i = 0; i < count; i++) total += term(i);
    return total;
}
";

const LOG_SUM_EXP: &str = "function log_sum_exp(values) {
    const largest = Math.max(...values);
    if (!Number.isFinite(largest)) return largest;
    return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
}
";

impl LoopLanguage for JavaScript {
    fn comment(&self) -> &'static str {
        "//"
    }
    fn data(&self) -> &'static str {
        "inputs and targets are arrays of rows; so are the outputs. loss_and_gradient gives\n\
         the array [loss, gradient]."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        ""
    }
    fn epilogue(&self) -> &'static str {
        "\nif (typeof module !== \"undefined\") module.exports = { loss_and_gradient, predict };\n"
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Sigmoid => "function sigmoid(z) {\n    return 1 / (1 + Math.exp(-z));\n}\n",
            Helper::Softplus => {
                "function softplus(z) {\n    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));\n}\n"
            }
            Helper::Sum => SUM,
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Erf => return erf::javascript(),
            Helper::Exp
            | Helper::Log
            | Helper::Sqrt
            | Helper::Sin
            | Helper::Cos
            | Helper::Divide
            | Helper::Power
            | Helper::Sign
            | Helper::Larger
            | Helper::Smaller
            | Helper::Choose
            | Helper::Place
            | Helper::OuterRows
            | Helper::TransposeRows
            | Helper::ProductRows => "",
        };
        text.to_owned()
    }

    fn number(&self, value: f64) -> String {
        if value.is_nan() {
            "NaN".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
        } else {
            plain(value)
        }
    }
    fn row_count(&self) -> &'static str {
        "n"
    }
    fn function(&self, function: Function, _argument: Range) -> (&'static str, Option<Helper>) {
        match function {
            Function::Neg => ("-", None),
            Function::Exp => ("Math.exp", None),
            Function::Log => ("Math.log", None),
            Function::Sqrt => ("Math.sqrt", None),
            Function::Sin => ("Math.sin", None),
            Function::Cos => ("Math.cos", None),
            Function::Atan => ("Math.atan", None),
            Function::Tanh => ("Math.tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("erf", Some(Helper::Erf)),
            Function::Abs => ("Math.abs", None),
            Function::Sign => ("Math.sign", None),
        }
    }
    fn function_of_two(&self, zip: Zip) -> (&'static str, Option<Helper>) {
        match zip {
            Zip::Max => ("Math.max", None),
            Zip::Min => ("Math.min", None),
            Zip::Add | Zip::Mul | Zip::Div | Zip::Pow => ("Math.pow", None),
        }
    }
    fn equal(&self) -> &'static str {
        "==="
    }
    fn sum(&self, index: &str, count: usize, body: &Expr) -> Option<(Expr, Option<Helper>)> {
        let text = format!("sum({count}, ({index}) => {})", body.text);
        Some((Expr::atom(text), Some(Helper::Sum)))
    }
    fn whole(&self, name: &str, _len: usize) -> String {
        name.to_owned()
    }

    fn function_start(&self, writer: &mut Writer, facts: Facts) {
        match facts.purpose {
            Purpose::Loss => writer.open("function loss_and_gradient(theta, inputs, targets) {"),
            Purpose::Predict => writer.open("function predict(theta, inputs) {"),
        }
        writer.line("const n = inputs.length;");
        match facts.purpose {
            Purpose::Loss => {
                writer.line(&format!("const gradient = new Array({}).fill(0);", facts.parameters));
            }
            Purpose::Predict => {
                let line = format!("const outputs = inputs.map(() => new Array({}).fill(0));", facts.outputs);
                writer.line(&line);
            }
        }
    }
    fn function_end(&self, writer: &mut Writer, facts: Facts, loss: &Expr) {
        match facts.purpose {
            Purpose::Loss => writer.line(&format!("return [{}, gradient];", loss.text)),
            Purpose::Predict => writer.line("return outputs;"),
        }
        writer.close("}");
    }
    fn parameter(&self, part: Part<'_>) -> String {
        let Part { name, offset, len, .. } = part;
        match len {
            1 => format!("const {name} = theta[{offset}];"),
            _ => format!("const {name} = theta.slice({offset}, {});", offset + len),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        match len {
            1 => format!("const {name} = {table}[row][{offset}];"),
            _ if len == width => format!("const {name} = {table}[row];"),
            _ => format!("const {name} = {table}[row].slice({offset}, {});", offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("const {name} = {};", value.text)
    }
    fn comprehension(&self, name: &str, loops: &[(&'static str, usize)], value: &Expr) -> Option<String> {
        let &[(index, count)] = loops else { return None };
        Some(format!("const {name} = Array.from({{ length: {count} }}, (_, {index}) => {});", value.text))
    }
    fn zeros(&self, name: &str, len: usize, _written_next: bool) -> String {
        match len {
            1 => format!("let {name} = 0;"),
            _ => format!("const {name} = new Array({len}).fill(0);"),
        }
    }
    fn add(&self, target: &str, value: &Expr) -> String {
        format!("{target} += {};", value.text)
    }
    fn set(&self, target: &str, value: &Expr) -> String {
        format!("{target} = {};", value.text)
    }
    fn loop_start(&self, index: &str, count: usize) -> String {
        format!("for (let {index} = 0; {index} < {count}; {index}++) {{")
    }
    fn row_loop(&self) -> &'static str {
        "for (let row = 0; row < n; row++) {"
    }
    fn output(&self, _width: usize, index: &str) -> String {
        format!("outputs[row][{index}]")
    }
}
