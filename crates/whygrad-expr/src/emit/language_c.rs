//! C99: `math.h` and `stddef.h`, arrays of fixed size, no allocation.

use super::expression::{Expr, Helper, Writer, float};
use super::loops::{Facts, LoopLanguage, Part, Purpose};
use super::lower::Range;
use super::names::NameRules;
use crate::op::{Function, Zip};

/// C.
pub(super) struct C;

const RESERVED: &[&str] = &[
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return",
    "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void",
    "volatile", "while", "size_t", "main", "fabs", "log1p", "isnan", "isinf", "isfinite", "signbit", "gamma",
    "lgamma", "tgamma", "j0", "j1", "jn", "y0", "y1", "yn", "fmax", "fmin", "floor", "ceil", "round",
    "INFINITY", "NAN", "NULL", "erfc", "exp2", "expm1", "log2", "log10", "asin", "acos", "sinh", "cosh",
    "cbrt", "hypot", "fma", "logb", "rint", "trunc",
];

const LOG_SUM_EXP: &str = "static double log_sum_exp(const double *values, size_t count) {
    double largest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, values[i]);
    }
    if (!isfinite(largest)) {
        return largest;
    }
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        sum += exp(values[i] - largest);
    }
    return largest + log(sum);
}
";

impl LoopLanguage for C {
    fn comment(&self) -> &'static str {
        "//"
    }
    fn data(&self) -> &'static str {
        "inputs, targets and outputs hold n rows, one after the other."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        "\n#include <math.h>\n#include <stddef.h>\n"
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Sigmoid => "static double sigmoid(double z) {\n    return 1.0 / (1.0 + exp(-z));\n}\n",
            Helper::Softplus => {
                "static double softplus(double z) {\n    return fmax(z, 0.0) + log1p(exp(-fabs(z)));\n}\n"
            }
            Helper::Sign => {
                "static double sign_of(double x) {\n    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x * 0.0;\n}\n"
            }
            Helper::Larger => {
                "static double larger(double a, double b) {\n    return a > b || isnan(a) ? a : b;\n}\n"
            }
            Helper::Smaller => {
                "static double smaller(double a, double b) {\n    return a < b || isnan(a) ? a : b;\n}\n"
            }
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Exp
            | Helper::Log
            | Helper::Sqrt
            | Helper::Sin
            | Helper::Cos
            | Helper::Divide
            | Helper::Power
            | Helper::Erf
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
            "NAN".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "INFINITY".to_owned() } else { "-INFINITY".to_owned() }
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
            Function::Exp => ("exp", None),
            Function::Log => ("log", None),
            Function::Sqrt => ("sqrt", None),
            Function::Sin => ("sin", None),
            Function::Cos => ("cos", None),
            Function::Atan => ("atan", None),
            Function::Tanh => ("tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("erf", None),
            Function::Abs => ("fabs", None),
            Function::Sign => ("sign_of", Some(Helper::Sign)),
        }
    }
    fn function_of_two(&self, zip: Zip) -> (&'static str, Option<Helper>) {
        match zip {
            Zip::Max => ("larger", Some(Helper::Larger)),
            Zip::Min => ("smaller", Some(Helper::Smaller)),
            Zip::Add | Zip::Mul | Zip::Div | Zip::Pow => ("pow", None),
        }
    }
    fn sum(&self, _index: &str, _count: usize, _body: &Expr) -> Option<(Expr, Option<Helper>)> {
        None
    }
    fn whole(&self, name: &str, len: usize) -> String {
        format!("{name}, {len}")
    }

    fn function_start(&self, writer: &mut Writer, facts: Facts) {
        match facts.purpose {
            Purpose::Loss => {
                writer.line("double loss_and_gradient(const double *theta, const double *inputs,");
                writer.open("                         const double *targets, size_t n, double *gradient) {");
            }
            Purpose::Predict => writer
                .open("void predict(const double *theta, const double *inputs, size_t n, double *outputs) {"),
        }
        for name in facts.unused.into_iter().flatten() {
            writer.line(&format!("(void){name};"));
        }
        if facts.uses_row_count {
            writer.line("const double rows = (double)n;");
        }
        if facts.purpose == Purpose::Loss && facts.parameters == 0 {
            writer.line("(void)gradient;");
        } else if facts.purpose == Purpose::Loss {
            writer.open(&self.loop_start("i", facts.parameters));
            writer.line("gradient[i] = 0.0;");
            writer.close("}");
        }
    }
    fn function_end(&self, writer: &mut Writer, facts: Facts, loss: &Expr) {
        if facts.purpose == Purpose::Loss {
            writer.line(&format!("return {};", loss.text));
        }
        writer.close("}");
    }
    fn parameter(&self, part: Part<'_>) -> String {
        let Part { name, offset, len, .. } = part;
        match (len, offset) {
            (1, _) => format!("const double {name} = theta[{offset}];"),
            (_, 0) => format!("const double *{name} = theta;"),
            _ => format!("const double *{name} = theta + {offset};"),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        let row = if width == 1 { "row".to_owned() } else { format!("row * {width}") };
        let start = if offset == 0 { row } else { format!("{row} + {offset}") };
        match len {
            1 => format!("const double {name} = {table}[{start}];"),
            _ => format!("const double *{name} = {table} + {start};"),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("const double {name} = {};", value.text)
    }
    fn comprehension(&self, _name: &str, _loops: &[(&'static str, usize)], _value: &Expr) -> Option<String> {
        None
    }
    fn zeros(&self, name: &str, len: usize, written_next: bool) -> String {
        match len {
            1 => format!("double {name} = 0.0;"),
            _ if written_next => format!("double {name}[{len}];"),
            _ => format!("double {name}[{len}] = {{0.0}};"),
        }
    }
    fn add(&self, target: &str, value: &Expr) -> String {
        format!("{target} += {};", value.text)
    }
    fn set(&self, target: &str, value: &Expr) -> String {
        format!("{target} = {};", value.text)
    }
    fn loop_start(&self, index: &str, count: usize) -> String {
        format!("for (size_t {index} = 0; {index} < {count}; {index}++) {{")
    }
    fn row_loop(&self) -> &'static str {
        "for (size_t row = 0; row < n; row++) {"
    }
    fn output(&self, width: usize, index: &str) -> String {
        match (width, index) {
            (1, _) => "outputs[row]".to_owned(),
            (_, "0") => format!("outputs[row * {width}]"),
            _ => format!("outputs[row * {width} + {index}]"),
        }
    }
}
