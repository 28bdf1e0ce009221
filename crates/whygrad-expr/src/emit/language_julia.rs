//! Julia: arrays of `Base`; a shared vector is a matrix of one row.

use super::erf;
use super::expression::{Expr, Helper, Helpers, Level, Writer, call, float, plain};
use super::loops::{Part, Purpose};
use super::lower::Range;
use super::matrix_language::{MatrixLanguage, Product, is_column, is_table, powered};
use super::names::NameRules;
use crate::op::{Function, Zip};
use crate::shape::{Dims, Shape};

/// Julia.
pub(super) struct Julia;

const RESERVED: &[&str] = &[
    "baremodule",
    "begin",
    "break",
    "catch",
    "const",
    "continue",
    "do",
    "else",
    "elseif",
    "end",
    "export",
    "false",
    "finally",
    "for",
    "function",
    "global",
    "if",
    "import",
    "in",
    "isa",
    "let",
    "local",
    "macro",
    "module",
    "public",
    "quote",
    "return",
    "struct",
    "true",
    "try",
    "using",
    "where",
    "while",
    "size",
    "vec",
    "reshape",
    "permutedims",
    "zeros",
    "fill",
    "hcat",
    "vcat",
    "ifelse",
    "Inf",
    "NaN",
    "evalpoly",
    "log1p",
    "isinteger",
    "isfinite",
    "maximum",
    "repeat",
    "pi",
    "only",
    "real_power",
];

const LOG_SUM_EXP: &str = "function log_sum_exp(values)
    largest = vec(maximum(values, dims = 2))
    rest = log.(vec(sum(exp.(values .- largest), dims = 2)))
    return ifelse.(isfinite.(largest), largest .+ rest, largest)
end
";

const PLACE: &str = "function place(value, index, rows, columns)
    result = zeros(rows, columns)
    result[:, index] .= value
    return result
end
";

const OUTER_ROWS: &str = "function outer_rows(a, b, n, rows, columns)
    a, b = reshape([a;], :, rows), reshape([b;], :, columns)
    result = zeros(n, rows * columns)
    for i in 1:rows, j in 1:columns
        result[:, (i - 1) * columns + j] .= a[:, i] .* b[:, j]
    end
    return result
end
";

const TRANSPOSE_ROWS: &str = "function transpose_rows(w, rows, columns)
    return w[:, vec(permutedims(reshape(1:rows * columns, columns, rows)))]
end
";

const PRODUCT_ROWS: &str = "function product_rows(w, x, n, rows, columns)
    w, x = reshape(w, n, :), reshape([x;], :, columns)
    result = zeros(n, rows)
    for i in 1:rows
        part = w[:, (i - 1) * columns .+ (1:columns)]
        result[:, i] .= vec(sum(part .* x, dims = 2))
    end
    return result
end
";

fn indexed(a: &Expr, index: &str) -> Expr {
    Expr::atom(format!("{}[{index}]", a.at_least(Level::Atom)))
}

fn turned(a: &Expr) -> Expr {
    Expr::new(format!("{}'", a.at_least(Level::Atom)), Level::Power)
}

/// A call on each entry of an array.
fn each(name: &str, arguments: &[Expr], array: bool) -> Expr {
    let dot = if array { "." } else { "" };
    call(&format!("{name}{dot}"), arguments)
}

impl MatrixLanguage for Julia {
    fn comment(&self) -> &'static str {
        "#"
    }
    fn range(&self, start: usize, len: usize) -> String {
        if len == 1 {
            format!("theta[{}]", start + 1)
        } else {
            format!("theta[{}:{}]", start + 1, start + len)
        }
    }
    fn data(&self) -> &'static str {
        "theta is a vector; inputs, targets and outputs are matrices with a row for each example."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        ""
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Log => "logarithm(x) = x < 0.0 ? NaN : log(x)\n",
            Helper::Sqrt => "square_root(x) = x < 0.0 ? NaN : sqrt(x)\n",
            Helper::Sin => "sine(x) = isfinite(x) ? sin(x) : NaN\n",
            Helper::Cos => "cosine(x) = isfinite(x) ? cos(x) : NaN\n",
            Helper::Power => "real_power(a, b) = a < 0.0 && !isinteger(b) ? NaN : Float64(a)^b\n",
            Helper::Sigmoid => "sigmoid(z) = 1.0 / (1.0 + exp(-z))\n",
            Helper::Softplus => "softplus(z) = max(z, 0.0) + log1p(exp(-abs(z)))\n",
            Helper::Erf => return erf::julia(),
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Place => PLACE,
            Helper::OuterRows => OUTER_ROWS,
            Helper::TransposeRows => TRANSPOSE_ROWS,
            Helper::ProductRows => PRODUCT_ROWS,
            Helper::Exp
            | Helper::Divide
            | Helper::Sign
            | Helper::Larger
            | Helper::Smaller
            | Helper::Choose
            | Helper::Sum => "",
        };
        text.to_owned()
    }
    fn number(&self, value: f64) -> String {
        if value.is_nan() {
            "NaN".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "Inf".to_owned() } else { "-Inf".to_owned() }
        } else {
            float(value)
        }
    }

    fn dot(&self, array: bool) -> &'static str {
        if array { "." } else { "" }
    }
    fn times(&self, array: bool) -> &'static str {
        if array { ".*" } else { "*" }
    }
    fn over(&self, array: bool) -> &'static str {
        if array { "./" } else { "/" }
    }
    fn map(&self, function: Function, a: &Expr, range: Range, array: bool, helpers: &mut Helpers) -> Expr {
        let at_least_zero = matches!(range, Range::NonNegative | Range::Positive);
        let (name, helper) = match function {
            Function::Neg => ("-", None),
            Function::Exp => ("exp", None),
            Function::Log if at_least_zero => ("log", None),
            Function::Log => ("logarithm", Some(Helper::Log)),
            Function::Sqrt if at_least_zero => ("sqrt", None),
            Function::Sqrt => ("square_root", Some(Helper::Sqrt)),
            Function::Sin => ("sine", Some(Helper::Sin)),
            Function::Cos => ("cosine", Some(Helper::Cos)),
            Function::Atan => ("atan", None),
            Function::Tanh => ("tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("erf", Some(Helper::Erf)),
            Function::Abs => ("abs", None),
            Function::Sign => ("sign", None),
        };
        helpers.extend(helper);
        each(name, std::slice::from_ref(a), array)
    }
    fn power(&self, a: &Expr, b: &Expr, exponent: Option<f64>, array: bool, helpers: &mut Helpers) -> Expr {
        if let Some(whole) = exponent.filter(|e| e.fract() == 0.0 && (2.0..=9.0).contains(e)) {
            return powered(if array { ".^" } else { "^" }, a, &Expr::atom(plain(whole)));
        }
        helpers.insert(Helper::Power);
        each("real_power", &[a.clone(), b.clone()], array)
    }
    fn extreme(&self, zip: Zip, a: &Expr, b: &Expr, array: bool, _: &mut Helpers) -> Expr {
        each(if zip == Zip::Max { "max" } else { "min" }, &[a.clone(), b.clone()], array)
    }
    fn select(&self, c: &Expr, a: &Expr, b: &Expr, array: bool, _: &mut Helpers) -> Expr {
        let sign = if array { ".>" } else { ">" };
        let test = Expr::new(format!("{} {sign} 0.0", c.at_least(Level::Sum)), Level::Choice);
        each("ifelse", &[test, a.clone(), b.clone()], array)
    }

    fn conform(&self, a: &Expr, from: Shape, to: Shape) -> Expr {
        match from.dims {
            Dims::Matrix(..) if !from.per_row && is_table(to) => {
                Expr::atom(format!("reshape(permutedims({}), 1, :)", a.text))
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => a.clone(),
        }
    }
    fn pick(&self, a: &Expr, from: Shape, index: usize) -> Expr {
        match from.dims {
            _ if is_table(from) => indexed(a, &format!(":, {}", index + 1)),
            Dims::Vector(_) => indexed(a, &(index + 1).to_string()),
            Dims::Matrix(_, columns) if !from.per_row => {
                indexed(a, &format!("{}, {}", index / columns + 1, index % columns + 1))
            }
            Dims::Scalar | Dims::Matrix(..) => a.clone(),
        }
    }
    fn place(&self, a: &Expr, index: usize, to: Shape, helpers: &mut Helpers) -> Expr {
        if is_column(to) {
            return a.clone();
        }
        helpers.insert(Helper::Place);
        let (index, len) = (index + 1, to.dims.len());
        let rows = if to.per_row { "n" } else { "1" };
        let placed = format!("place({}, {index}, {rows}, {len})", a.text);
        match to.dims {
            Dims::Matrix(r, c) if !to.per_row => {
                Expr::atom(format!("permutedims(reshape({placed}, {c}, {r}))"))
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => Expr::atom(placed),
        }
    }
    fn fill(&self, a: &Expr, from: Shape, to: Shape) -> Expr {
        let len = to.dims.len();
        match to.dims {
            _ if is_column(to) => a.clone(),
            _ if to.per_row && from.per_row => Expr::atom(format!("repeat({}, 1, {len})", a.text)),
            _ if to.per_row => Expr::atom(format!("fill({}, n, {len})", a.text)),
            Dims::Matrix(r, c) => Expr::atom(format!("fill({}, {r}, {c})", a.text)),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(format!("fill({}, 1, {len})", a.text)),
        }
    }
    fn transpose(&self, a: &Expr, from: Dims) -> Expr {
        match from {
            Dims::Scalar | Dims::Vector(_) => a.clone(),
            Dims::Matrix(..) => turned(a),
        }
    }
    fn sum_all(&self, a: &Expr, _from: Shape) -> Expr {
        call("sum", std::slice::from_ref(a))
    }
    fn sum_each(&self, a: &Expr) -> Expr {
        Expr::atom(format!("vec(sum({}, dims = 2))", a.text))
    }
    fn sum_rows(&self, a: &Expr, from: Dims) -> Expr {
        let sum = format!("sum({}, dims = 1)", a.text);
        match from {
            Dims::Matrix(r, c) => Expr::atom(format!("permutedims(reshape({sum}, {c}, {r}))")),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(sum),
        }
    }
    fn sum_outer(&self, a: &Expr, b: &Expr, dims: (Dims, Dims)) -> Expr {
        let table = |value: &Expr, dims: Dims| {
            if dims.len() == 1 { Expr::atom(format!("reshape({}, :, 1)", value.text)) } else { value.clone() }
        };
        let (a, b) = (table(a, dims.0), table(b, dims.1));
        Expr::new(format!("{} * {}", turned(&a).text, b.at_least(Level::Power)), Level::Product)
    }
    fn log_sum_exp(&self, a: &Expr, from: Shape) -> Expr {
        match from.dims {
            _ if from.per_row => call("log_sum_exp", std::slice::from_ref(a)),
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => {
                Expr::atom(format!("only(log_sum_exp(reshape({}, 1, :)))", a.text))
            }
        }
    }
    fn mat_vec(&self, w: &Expr, is_turned: bool, x: &Expr, product: Product) -> Expr {
        let w = if is_turned { w.at_least(Level::Power) } else { turned(w).text };
        let text = format!("{} * {w}", x.at_least(Level::Power));
        match (product.rows, product.per_row) {
            (1, true) => Expr::atom(format!("vec({text})")),
            (1, false) => Expr::atom(format!("only({text})")),
            _ => Expr::new(text, Level::Product),
        }
    }
    fn outer(&self, a: &Expr, b: &Expr, dims: (Dims, Dims)) -> Expr {
        match (dims.0.len(), dims.1.len()) {
            (1, 1) => {
                Expr::atom(format!("fill({} * {}, 1, 1)", a.at_least(Level::Power), b.at_least(Level::Power)))
            }
            (_, 1) => {
                Expr::new(format!("{} .* {}", turned(a).text, b.at_least(Level::Power)), Level::Product)
            }
            _ => Expr::new(format!("{} .* {}", turned(a).text, b.at_least(Level::Power)), Level::Product),
        }
    }

    fn function_start(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Loss => "function loss_and_gradient(theta, inputs, targets)",
            Purpose::Predict => "function predict(theta, inputs)",
        }
    }
    fn row_count(&self) -> &'static str {
        "n = size(inputs, 1)"
    }
    fn loss_end(&self, writer: &mut Writer, loss: &Expr, gradient: &[(Expr, Dims)]) {
        let parts: Vec<String> = gradient
            .iter()
            .map(|(value, dims)| match dims {
                Dims::Matrix(..) => format!("vec(permutedims({}))", value.text),
                Dims::Vector(_) => format!("vec({})", value.text),
                Dims::Scalar => value.text.clone(),
            })
            .collect();
        writer.list(("gradient = [", "]"), &parts, ";");
        writer.line(&format!("return {}, gradient", loss.text));
        writer.close("end");
    }
    fn predict_end(&self, writer: &mut Writer, outputs: &[(Expr, Shape)]) {
        let parts: Vec<String> = outputs
            .iter()
            .map(|(value, shape)| match shape.dims {
                _ if shape.per_row => value.text.clone(),
                Dims::Scalar => format!("fill({}, n)", value.text),
                Dims::Vector(_) => format!("repeat({}, n)", value.text),
                Dims::Matrix(..) => format!("repeat(reshape(permutedims({}), 1, :), n)", value.text),
            })
            .collect();
        writer.line(&format!("return hcat({})", parts.join(", ")));
        writer.close("end");
    }
    fn parameter(&self, part: Part<'_>, dims: Dims) -> String {
        let Part { name, offset, len, .. } = part;
        let range = self.range(offset, len);
        let list = format!("theta[{}:{}]", offset + 1, offset + len);
        match dims {
            Dims::Scalar => format!("{name} = {range}"),
            Dims::Vector(_) => format!("{name} = reshape({range}, 1, :)"),
            Dims::Matrix(r, c) => format!("{name} = permutedims(reshape({list}, {c}, {r}))"),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        match len {
            1 => format!("{name} = {table}[:, {}]", offset + 1),
            _ if len == width => format!("{name} = {table}"),
            _ => format!("{name} = {table}[:, {}:{}]", offset + 1, offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("{name} = {}", value.text)
    }
}
