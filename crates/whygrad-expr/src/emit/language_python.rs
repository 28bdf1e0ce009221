//! Python: lists and the `math` module, with what it raises turned back into inf and nan.

use super::expression::{Expr, Helper, Level, Writer, float};
use super::loops::{Facts, LoopLanguage, Part, Purpose};
use super::lower::Range;
use super::names::NameRules;
use crate::op::{Function, Zip};

/// Python.
pub(super) struct Python;

pub(super) const RESERVED: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "math",
    "range",
    "len",
    "float",
    "int",
    "list",
    "zip",
    "np",
    "numpy",
    "safe_exp",
    "safe_log",
    "safe_sqrt",
    "safe_sin",
    "safe_cos",
    "divide",
    "print",
    "type",
];

const DIVIDE: &str = "def divide(a, b):
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)
";

const POWER: &str = "def power(base, exponent):
    odd = exponent % 2.0 == 1.0
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0.0 and odd else math.inf
    except ValueError:
        if base != 0.0:
            return math.nan
        return math.copysign(math.inf, base) if odd else math.inf
";

const LOG_SUM_EXP: &str = "def log_sum_exp(values):
    largest = max(values)
    if not math.isfinite(largest):
        return largest
    return largest + math.log(sum(math.exp(value - largest) for value in values))
";

const SIGN: &str = "def sign_of(x):
    if x > 0.0:
        return 1.0
    return -1.0 if x < 0.0 else x * 0.0
";

const SIGMOID: &str = "def sigmoid(z):
    if z >= 0.0:
        return 1.0 / (1.0 + math.exp(-z))
    return math.exp(z) / (1.0 + math.exp(z))
";

impl LoopLanguage for Python {
    fn comment(&self) -> &'static str {
        "#"
    }
    fn data(&self) -> &'static str {
        "inputs and targets are lists of rows; so are the outputs."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        "\nimport math\n\n"
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Exp => {
                "def safe_exp(x):\n    try:\n        return math.exp(x)\n    except OverflowError:\n        return math.inf\n"
            }
            Helper::Log => {
                "def safe_log(x):\n    if x > 0.0:\n        return math.log(x)\n    return -math.inf if x == 0.0 else math.nan\n"
            }
            Helper::Sqrt => "def safe_sqrt(x):\n    return math.sqrt(x) if x >= 0.0 else math.nan\n",
            Helper::Sin => "def safe_sin(x):\n    return math.sin(x) if math.isfinite(x) else math.nan\n",
            Helper::Cos => "def safe_cos(x):\n    return math.cos(x) if math.isfinite(x) else math.nan\n",
            Helper::Divide => DIVIDE,
            Helper::Power => POWER,
            Helper::Sigmoid => SIGMOID,
            Helper::Softplus => "def softplus(z):\n    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))\n",
            Helper::Sign => SIGN,
            Helper::Larger => "def larger(a, b):\n    return a if a > b or math.isnan(a) else b\n",
            Helper::Smaller => "def smaller(a, b):\n    return a if a < b or math.isnan(a) else b\n",
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Erf
            | Helper::Choose
            | Helper::Sum
            | Helper::Place
            | Helper::OuterRows
            | Helper::TransposeRows
            | Helper::ProductRows => "",
        };
        format!("{text}\n")
    }

    fn number(&self, value: f64) -> String {
        if value.is_nan() {
            "math.nan".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "math.inf".to_owned() } else { "-math.inf".to_owned() }
        } else {
            float(value)
        }
    }
    fn row_count(&self) -> &'static str {
        "n"
    }
    fn function(&self, function: Function, argument: Range) -> (&'static str, Option<Helper>) {
        match function {
            Function::Neg => ("-", None),
            Function::Exp if argument == Range::NonPositive => ("math.exp", None),
            Function::Exp => ("safe_exp", Some(Helper::Exp)),
            Function::Log if argument == Range::Positive => ("math.log", None),
            Function::Log => ("safe_log", Some(Helper::Log)),
            Function::Sqrt if matches!(argument, Range::Positive | Range::NonNegative) => ("math.sqrt", None),
            Function::Sqrt => ("safe_sqrt", Some(Helper::Sqrt)),
            Function::Sin => ("safe_sin", Some(Helper::Sin)),
            Function::Cos => ("safe_cos", Some(Helper::Cos)),
            Function::Atan => ("math.atan", None),
            Function::Tanh => ("math.tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("math.erf", None),
            Function::Abs => ("abs", None),
            Function::Sign => ("sign_of", Some(Helper::Sign)),
        }
    }
    fn function_of_two(&self, zip: Zip) -> (&'static str, Option<Helper>) {
        match zip {
            Zip::Max => ("larger", Some(Helper::Larger)),
            Zip::Min => ("smaller", Some(Helper::Smaller)),
            Zip::Add | Zip::Mul | Zip::Div | Zip::Pow => ("power", Some(Helper::Power)),
        }
    }
    fn careful_division(&self) -> Option<(&'static str, Helper)> {
        Some(("divide", Helper::Divide))
    }
    fn choice(&self, test: &str, a: &Expr, b: &Expr) -> Expr {
        let (a, b) = (a.at_least(Level::Sum), b.at_least(Level::Sum));
        Expr::new(format!("{a} if {test} else {b}"), Level::Choice)
    }
    fn sum(&self, index: &str, count: usize, body: &Expr) -> Option<(Expr, Option<Helper>)> {
        Some((Expr::atom(format!("sum({} for {index} in range({count}))", body.text)), None))
    }
    fn whole(&self, name: &str, _len: usize) -> String {
        name.to_owned()
    }

    fn function_start(&self, writer: &mut Writer, facts: Facts) {
        match facts.purpose {
            Purpose::Loss => writer.open("def loss_and_gradient(theta, inputs, targets):"),
            Purpose::Predict => writer.open("def predict(theta, inputs):"),
        }
        writer.line("n = len(inputs)");
        match facts.purpose {
            Purpose::Loss => writer.line(&format!("gradient = [0.0] * {}", facts.parameters)),
            Purpose::Predict => {
                writer.line(&format!("outputs = [[0.0] * {} for _ in range(n)]", facts.outputs));
            }
        }
    }
    fn function_end(&self, writer: &mut Writer, facts: Facts, loss: &Expr) {
        match facts.purpose {
            Purpose::Loss => writer.line(&format!("return {}, gradient", loss.text)),
            Purpose::Predict => writer.line("return outputs"),
        }
        writer.close("");
        if facts.purpose == Purpose::Loss {
            writer.line("");
        }
    }
    fn parameter(&self, part: Part<'_>) -> String {
        let Part { name, offset, len, .. } = part;
        match len {
            1 => format!("{name} = theta[{offset}]"),
            _ => format!("{name} = theta[{offset}:{}]", offset + len),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        match len {
            1 => format!("{name} = {table}[row][{offset}]"),
            _ if len == width => format!("{name} = {table}[row]"),
            _ => format!("{name} = {table}[row][{offset}:{}]", offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("{name} = {}", value.text)
    }
    fn comprehension(&self, name: &str, loops: &[(&'static str, usize)], value: &Expr) -> Option<String> {
        let loops: Vec<String> =
            loops.iter().map(|(index, count)| format!("for {index} in range({count})")).collect();
        Some(format!("{name} = [{} {}]", value.text, loops.join(" ")))
    }
    fn zeros(&self, name: &str, len: usize, _written_next: bool) -> String {
        if len == 1 { format!("{name} = 0.0") } else { format!("{name} = [0.0] * {len}") }
    }
    fn add(&self, target: &str, value: &Expr) -> String {
        format!("{target} += {}", value.text)
    }
    fn set(&self, target: &str, value: &Expr) -> String {
        format!("{target} = {}", value.text)
    }
    fn loop_start(&self, index: &str, count: usize) -> String {
        format!("for {index} in range({count}):")
    }
    fn row_loop(&self) -> &'static str {
        "for row in range(n):"
    }
    fn block_end(&self) -> &'static str {
        ""
    }
    fn output(&self, _width: usize, index: &str) -> String {
        format!("outputs[row][{index}]")
    }
}
