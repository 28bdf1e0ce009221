//! Octave: matrices; a shared vector is a row, a value per row a column or a table.

use super::expression::{Expr, Helper, Helpers, Level, Writer, call, plain};
use super::loops::{Part, Purpose};
use super::lower::Range;
use super::matrix_language::{MatrixLanguage, Product, is_column, is_table, powered};
use super::names::NameRules;
use crate::op::{Function, Zip};
use crate::shape::{Dims, Shape};

/// Octave.
pub(super) struct Octave;

const RESERVED: &[&str] = &[
    "break",
    "case",
    "catch",
    "continue",
    "do",
    "else",
    "elseif",
    "end",
    "endfor",
    "endfunction",
    "endif",
    "endwhile",
    "for",
    "function",
    "global",
    "if",
    "otherwise",
    "persistent",
    "return",
    "switch",
    "try",
    "until",
    "while",
    "unwind_protect",
    "zeros",
    "ones",
    "size",
    "numel",
    "reshape",
    "repmat",
    "Inf",
    "NaN",
    "e",
    "pi",
    "I",
    "J",
    "real_power",
    "isnan",
    "log1p",
    "gamma",
    "beta",
    "ans",
];

const REAL_POWER: &str = "function result = real_power(a, b)
    result = abs(a) .^ b;
    below = (a < 0) & (mod(b, 2) == 1);
    result(below) = -result(below);
    result((a < 0) & (b ~= fix(b))) = NaN;
end
";

const LOG_SUM_EXP: &str = "function result = log_sum_exp(values)
    largest = max(values, [], 2);
    result = largest + log(sum(exp(values - largest), 2));
    result(isinf(largest)) = largest(isinf(largest));
end
";

const CHOOSE: &str = "function result = choose(condition, a, b)
    zero = zeros(size(condition + a + b));
    chosen = (condition + zero) > 0;
    a = a + zero;
    result = b + zero;
    result(chosen) = a(chosen);
end
";

const EXTREME: &str = "(a, b)
    result = @(a, b);
    result(isnan(a) | isnan(b)) = NaN;
end
";

const PLACE: &str = "function result = place(value, index, rows, columns)
    result = zeros(rows, columns);
    result(:, index) = value;
end
";

const OUTER_ROWS: &str = "function result = outer_rows(a, b, n, rows, columns)
    result = zeros(n, rows * columns);
    for i = 1:rows
        for j = 1:columns
            result(:, (i - 1) * columns + j) = a(:, i) .* b(:, j);
        end
    end
end
";

const TRANSPOSE_ROWS: &str = "function result = transpose_rows(w, rows, columns)
    order = reshape(1:rows * columns, columns, rows)';
    result = w(:, order(:));
end
";

const PRODUCT_ROWS: &str = "function result = product_rows(w, x, n, rows, columns)
    result = zeros(n, rows);
    for i = 1:rows
        result(:, i) = sum(w(:, (i - 1) * columns + (1:columns)) .* x, 2);
    end
end
";

fn indexed(a: &Expr, index: &str) -> Expr {
    Expr::atom(format!("{}({index})", a.at_least(Level::Atom)))
}

fn turned(a: &Expr) -> Expr {
    Expr::new(format!("{}'", a.at_least(Level::Atom)), Level::Power)
}

impl MatrixLanguage for Octave {
    fn comment(&self) -> &'static str {
        "%"
    }
    fn range(&self, start: usize, len: usize) -> String {
        if len == 1 {
            format!("theta({})", start + 1)
        } else {
            format!("theta({}:{})", start + 1, start + len)
        }
    }
    fn data(&self) -> &'static str {
        "theta is a vector, the gradient a row; inputs, targets and outputs are matrices with a\n\
         row for each example. Load this file with source."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        "\n1;\n"
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Log => {
                "function y = logarithm(x)\n    y = log(max(x, 0));\n    y(~(x >= 0)) = NaN;\nend\n"
            }
            Helper::Sqrt => {
                "function y = square_root(x)\n    y = sqrt(max(x, 0));\n    y(~(x >= 0)) = NaN;\nend\n"
            }
            Helper::Power => REAL_POWER,
            Helper::Sigmoid => "function a = sigmoid(z)\n    a = 1 ./ (1 + exp(-z));\nend\n",
            Helper::Softplus => "function a = softplus(z)\n    a = max(z, 0) + log1p(exp(-abs(z)));\nend\n",
            Helper::Larger => return format!("function result = larger{}", EXTREME.replace('@', "max")),
            Helper::Smaller => return format!("function result = smaller{}", EXTREME.replace('@', "min")),
            Helper::Choose => CHOOSE,
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Place => PLACE,
            Helper::OuterRows => OUTER_ROWS,
            Helper::TransposeRows => TRANSPOSE_ROWS,
            Helper::ProductRows => PRODUCT_ROWS,
            Helper::Exp
            | Helper::Sin
            | Helper::Cos
            | Helper::Divide
            | Helper::Erf
            | Helper::Sign
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
            plain(value)
        }
    }

    fn dot(&self, _array: bool) -> &'static str {
        ""
    }
    fn times(&self, array: bool) -> &'static str {
        if array { ".*" } else { "*" }
    }
    fn over(&self, array: bool) -> &'static str {
        if array { "./" } else { "/" }
    }
    fn map(&self, function: Function, a: &Expr, range: Range, _array: bool, helpers: &mut Helpers) -> Expr {
        let at_least_zero = matches!(range, Range::NonNegative | Range::Positive);
        let (name, helper) = match function {
            Function::Neg => ("-", None),
            Function::Exp => ("exp", None),
            Function::Log if at_least_zero => ("log", None),
            Function::Log => ("logarithm", Some(Helper::Log)),
            Function::Sqrt if at_least_zero => ("sqrt", None),
            Function::Sqrt => ("square_root", Some(Helper::Sqrt)),
            Function::Sin => ("sin", None),
            Function::Cos => ("cos", None),
            Function::Atan => ("atan", None),
            Function::Tanh => ("tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("erf", None),
            Function::Abs => ("abs", None),
            Function::Sign => ("sign", None),
        };
        helpers.extend(helper);
        call(name, std::slice::from_ref(a))
    }
    fn power(&self, a: &Expr, b: &Expr, exponent: Option<f64>, array: bool, helpers: &mut Helpers) -> Expr {
        if exponent.is_some_and(|e| e.fract() == 0.0) {
            return powered(if array { ".^" } else { "^" }, a, b);
        }
        helpers.insert(Helper::Power);
        call("real_power", &[a.clone(), b.clone()])
    }
    fn extreme(&self, zip: Zip, a: &Expr, b: &Expr, _array: bool, helpers: &mut Helpers) -> Expr {
        let larger = zip == Zip::Max;
        helpers.insert(if larger { Helper::Larger } else { Helper::Smaller });
        call(if larger { "larger" } else { "smaller" }, &[a.clone(), b.clone()])
    }
    fn select(&self, c: &Expr, a: &Expr, b: &Expr, _array: bool, helpers: &mut Helpers) -> Expr {
        helpers.insert(Helper::Choose);
        call("choose", &[c.clone(), a.clone(), b.clone()])
    }

    fn conform(&self, a: &Expr, from: Shape, to: Shape) -> Expr {
        match from.dims {
            Dims::Matrix(..) if !from.per_row && is_table(to) => {
                Expr::atom(format!("reshape({}, 1, [])", turned(a).text))
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
                Expr::new(format!("reshape({placed}, {c}, {r})'"), Level::Power)
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => Expr::atom(placed),
        }
    }
    fn fill(&self, a: &Expr, from: Shape, to: Shape) -> Expr {
        let len = to.dims.len();
        match to.dims {
            _ if is_column(to) => a.clone(),
            _ if to.per_row && from.per_row => Expr::atom(format!("repmat({}, 1, {len})", a.text)),
            _ if to.per_row => Expr::atom(format!("repmat({}, n, {len})", a.text)),
            Dims::Matrix(r, c) => Expr::atom(format!("repmat({}, {r}, {c})", a.text)),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(format!("repmat({}, 1, {len})", a.text)),
        }
    }
    fn transpose(&self, a: &Expr, from: Dims) -> Expr {
        match from {
            Dims::Scalar | Dims::Vector(_) => a.clone(),
            Dims::Matrix(..) => turned(a),
        }
    }
    fn sum_all(&self, a: &Expr, from: Shape) -> Expr {
        match from.dims {
            _ if is_column(from) => Expr::atom(format!("sum({}, 1)", a.text)),
            Dims::Vector(_) if !from.per_row => Expr::atom(format!("sum({}, 2)", a.text)),
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => {
                Expr::atom(format!("sum(sum({}, 1), 2)", a.text))
            }
        }
    }
    fn sum_each(&self, a: &Expr) -> Expr {
        Expr::atom(format!("sum({}, 2)", a.text))
    }
    fn sum_rows(&self, a: &Expr, from: Dims) -> Expr {
        let sum = format!("sum({}, 1)", a.text);
        match from {
            Dims::Matrix(r, c) => Expr::new(format!("reshape({sum}, {c}, {r})'"), Level::Power),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(sum),
        }
    }
    fn sum_outer(&self, a: &Expr, b: &Expr, _dims: (Dims, Dims)) -> Expr {
        Expr::new(format!("{} * {}", turned(a).text, b.at_least(Level::Power)), Level::Product)
    }
    fn log_sum_exp(&self, a: &Expr, from: Shape) -> Expr {
        match from.dims {
            Dims::Matrix(..) if !from.per_row => {
                Expr::atom(format!("log_sum_exp(reshape({}, 1, []))", a.text))
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => call("log_sum_exp", std::slice::from_ref(a)),
        }
    }
    fn mat_vec(&self, w: &Expr, is_turned: bool, x: &Expr, _product: Product) -> Expr {
        let w = if is_turned { w.at_least(Level::Power) } else { turned(w).text };
        Expr::new(format!("{} * {w}", x.at_least(Level::Power)), Level::Product)
    }
    fn outer(&self, a: &Expr, b: &Expr, dims: (Dims, Dims)) -> Expr {
        self.sum_outer(a, b, dims)
    }

    fn function_start(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Loss => "function [loss, gradient] = loss_and_gradient(theta, inputs, targets)",
            Purpose::Predict => "function outputs = predict(theta, inputs)",
        }
    }
    fn row_count(&self) -> &'static str {
        "n = size(inputs, 1);"
    }
    fn loss_end(&self, writer: &mut Writer, loss: &Expr, gradient: &[(Expr, Dims)]) {
        let parts: Vec<String> = gradient
            .iter()
            .map(|(value, dims)| match dims {
                Dims::Matrix(..) => format!("reshape({}, 1, [])", turned(value).text),
                Dims::Scalar | Dims::Vector(_) => value.text.clone(),
            })
            .collect();
        if loss.text != "loss" {
            writer.line(&format!("loss = {};", loss.text));
        }
        writer.list(("gradient = [", "];"), &parts, ", ...");
        writer.close("end");
    }
    fn predict_end(&self, writer: &mut Writer, outputs: &[(Expr, Shape)]) {
        let parts: Vec<String> = outputs
            .iter()
            .map(|(value, shape)| match shape.dims {
                _ if shape.per_row => value.text.clone(),
                Dims::Matrix(..) => format!("repmat(reshape({}, 1, []), n, 1)", turned(value).text),
                Dims::Scalar | Dims::Vector(_) => format!("repmat({}, n, 1)", value.text),
            })
            .collect();
        match &*parts {
            [single] => writer.line(&format!("outputs = {single};")),
            _ => writer.line(&format!("outputs = [{}];", parts.join(", "))),
        }
        writer.close("end");
    }
    fn parameter(&self, part: Part<'_>, dims: Dims) -> String {
        let Part { name, offset, len, .. } = part;
        let range = self.range(offset, len);
        match dims {
            Dims::Scalar => format!("{name} = {range};"),
            Dims::Vector(_) => format!("{name} = reshape({range}, 1, []);"),
            Dims::Matrix(r, c) => format!("{name} = reshape({range}, {c}, {r})';"),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        match len {
            1 => format!("{name} = {table}(:, {});", offset + 1),
            _ if len == width => format!("{name} = {table};"),
            _ => format!("{name} = {table}(:, {}:{});", offset + 1, offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("{name} = {};", value.text)
    }
}
