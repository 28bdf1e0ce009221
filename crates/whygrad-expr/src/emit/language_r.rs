//! R: matrices and vectors of base R.

use super::expression::{Expr, Helper, Helpers, Level, Writer, call, plain};
use super::loops::{Part, Purpose};
use super::lower::Range;
use super::matrix_language::{MatrixLanguage, Product, is_column, is_table, powered};
use super::names::NameRules;
use crate::op::{Function, Zip};
use crate::shape::{Dims, Shape};

/// R.
pub(super) struct R;

const RESERVED: &[&str] = &[
    "if",
    "else",
    "repeat",
    "while",
    "function",
    "for",
    "next",
    "break",
    "TRUE",
    "FALSE",
    "NULL",
    "Inf",
    "NaN",
    "NA",
    "in",
    "c",
    "t",
    "T",
    "F",
    "q",
    "matrix",
    "rep",
    "nrow",
    "ncol",
    "cbind",
    "crossprod",
    "outer",
    "colSums",
    "rowSums",
    "list",
    "ifelse",
    "pmax",
    "pmin",
    "log1p",
    "return",
    "gamma",
    "beta",
    "pi",
    "dim",
    "length",
];

const LOG_SUM_EXP: &str = "log_sum_exp <- function(values) {
    if (!is.matrix(values)) values <- matrix(values, 1)
    largest <- apply(values, 1, max)
    rest <- log(rowSums(exp(values - largest)))
    ifelse(is.finite(largest), largest + rest, largest)
}
";

const EXTREME: &str = " <- function(a, b) {
    result <- if (length(b) > length(a) || is.matrix(b)) b else a
    result[] <- @(as.vector(a), as.vector(b))
    result
}
";

const CHOOSE: &str = "choose <- function(condition, a, b) {
    result <- condition + a + b
    count <- length(result)
    entries <- function(x) rep_len(as.vector(x), count)
    chosen <- entries(condition) > 0
    chosen[is.na(chosen)] <- FALSE
    result[] <- ifelse(chosen, entries(a), entries(b))
    result
}
";

const PLACE: &str = "place <- function(value, index, rows, columns) {
    result <- matrix(0, rows, columns)
    result[, index] <- value
    result
}
";

const OUTER_ROWS: &str = "outer_rows <- function(a, b, n, rows, columns) {
    spread <- function(x, k) if (k > 1 && is.matrix(x)) x else matrix(x, n, k, byrow = k > 1)
    a <- spread(a, rows)
    b <- spread(b, columns)
    a[, rep(seq_len(rows), each = columns), drop = FALSE] * b[, rep(seq_len(columns), rows), drop = FALSE]
}
";

const TRANSPOSE_ROWS: &str = "transpose_rows <- function(w, rows, columns) {
    w[, as.vector(matrix(seq_len(rows * columns), rows, columns, byrow = TRUE)), drop = FALSE]
}
";

const PRODUCT_ROWS: &str = "product_rows <- function(w, x, n, rows, columns) {
    w <- matrix(w, n, rows * columns)
    x <- if (columns > 1 && is.matrix(x)) x else matrix(x, n, columns, byrow = columns > 1)
    result <- matrix(0, n, rows)
    for (i in seq_len(rows)) {
        part <- w[, (i - 1) * columns + seq_len(columns), drop = FALSE]
        result[, i] <- rowSums(part * x)
    }
    result
}
";

fn indexed(a: &Expr, index: &str) -> Expr {
    Expr::atom(format!("{}[{index}]", a.at_least(Level::Atom)))
}

fn by_row(a: &str) -> Expr {
    Expr::atom(format!("matrix(rep({a}, each = n), n)"))
}

impl MatrixLanguage for R {
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
        "theta is a vector; inputs, targets and outputs are matrices with a row for each example.\n\
         loss_and_gradient gives list(loss, gradient)."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        ""
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Sigmoid => "sigmoid <- function(z) 1 / (1 + exp(-z))\n",
            Helper::Softplus => "softplus <- function(z) pmax(z, 0) + log1p(exp(-abs(z)))\n",
            Helper::Erf => "erf <- function(x) 2 * pnorm(x * sqrt(2)) - 1\n",
            Helper::Larger => return format!("larger{}", EXTREME.replace('@', "pmax")),
            Helper::Smaller => return format!("smaller{}", EXTREME.replace('@', "pmin")),
            Helper::Choose => CHOOSE,
            Helper::LogSumExp => LOG_SUM_EXP,
            Helper::Place => PLACE,
            Helper::OuterRows => OUTER_ROWS,
            Helper::TransposeRows => TRANSPOSE_ROWS,
            Helper::ProductRows => PRODUCT_ROWS,
            Helper::Exp
            | Helper::Log
            | Helper::Sqrt
            | Helper::Sin
            | Helper::Cos
            | Helper::Divide
            | Helper::Power
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
    fn times(&self, _array: bool) -> &'static str {
        "*"
    }
    fn over(&self, _array: bool) -> &'static str {
        "/"
    }
    fn map(&self, function: Function, a: &Expr, _range: Range, _array: bool, helpers: &mut Helpers) -> Expr {
        let (name, helper) = match function {
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
            Function::Erf => ("erf", Some(Helper::Erf)),
            Function::Abs => ("abs", None),
            Function::Sign => ("sign", None),
        };
        helpers.extend(helper);
        call(name, std::slice::from_ref(a))
    }
    fn power(&self, a: &Expr, b: &Expr, _exponent: Option<f64>, _array: bool, _: &mut Helpers) -> Expr {
        powered("^", a, b)
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
            Dims::Vector(_) if !from.per_row && is_table(to) => by_row(&a.text),
            Dims::Matrix(..) if !from.per_row && is_table(to) => by_row(&format!("as.vector(t({}))", a.text)),
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => a.clone(),
        }
    }
    fn pick(&self, a: &Expr, from: Shape, index: usize) -> Expr {
        match from.dims {
            _ if is_table(from) => indexed(a, &format!(", {}", index + 1)),
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
            _ if to.per_row => Expr::atom(placed),
            Dims::Matrix(r, c) => Expr::atom(format!("matrix({placed}, {r}, {c}, byrow = TRUE)")),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(format!("as.vector({placed})")),
        }
    }
    fn fill(&self, a: &Expr, _from: Shape, to: Shape) -> Expr {
        let len = to.dims.len();
        match to.dims {
            _ if is_column(to) => a.clone(),
            _ if to.per_row => Expr::atom(format!("matrix({}, n, {len})", a.text)),
            Dims::Matrix(r, c) => Expr::atom(format!("matrix({}, {r}, {c})", a.text)),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(format!("rep({}, {len})", a.text)),
        }
    }
    fn transpose(&self, a: &Expr, from: Dims) -> Expr {
        match from {
            Dims::Scalar => a.clone(),
            Dims::Vector(_) => Expr::atom(format!("matrix({}, 1)", a.text)),
            Dims::Matrix(..) => call("t", std::slice::from_ref(a)),
        }
    }
    fn sum_all(&self, a: &Expr, _from: Shape) -> Expr {
        call("sum", std::slice::from_ref(a))
    }
    fn sum_each(&self, a: &Expr) -> Expr {
        call("rowSums", std::slice::from_ref(a))
    }
    fn sum_rows(&self, a: &Expr, from: Dims) -> Expr {
        match from {
            Dims::Matrix(1, 1) => Expr::atom(format!("matrix(sum({}), 1, 1)", a.text)),
            Dims::Matrix(r, c) => Expr::atom(format!("matrix(colSums({}), {r}, {c}, byrow = TRUE)", a.text)),
            Dims::Scalar | Dims::Vector(_) => call("colSums", std::slice::from_ref(a)),
        }
    }
    fn sum_outer(&self, a: &Expr, b: &Expr, _dims: (Dims, Dims)) -> Expr {
        call("crossprod", &[a.clone(), b.clone()])
    }
    fn log_sum_exp(&self, a: &Expr, from: Shape) -> Expr {
        match from.dims {
            Dims::Matrix(..) if !from.per_row => Expr::atom(format!("log_sum_exp(as.vector({}))", a.text)),
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => call("log_sum_exp", std::slice::from_ref(a)),
        }
    }
    fn mat_vec(&self, w: &Expr, is_turned: bool, x: &Expr, product: Product) -> Expr {
        let x = x.at_least(Level::Atom);
        if !product.per_row {
            let w = if is_turned { format!("t({})", w.text) } else { w.at_least(Level::Atom) };
            return Expr::atom(format!("as.vector({w} %*% {x})"));
        }
        let w = if is_turned { w.at_least(Level::Atom) } else { format!("t({})", w.text) };
        if product.rows == 1 {
            return Expr::atom(format!("as.vector({x} %*% {w})"));
        }
        Expr::new(format!("{x} %*% {w}"), Level::Product)
    }
    fn outer(&self, a: &Expr, b: &Expr, _dims: (Dims, Dims)) -> Expr {
        call("outer", &[a.clone(), b.clone()])
    }

    fn function_start(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Loss => "loss_and_gradient <- function(theta, inputs, targets) {",
            Purpose::Predict => "predict <- function(theta, inputs) {",
        }
    }
    fn row_count(&self) -> &'static str {
        "n <- nrow(inputs)"
    }
    fn loss_end(&self, writer: &mut Writer, loss: &Expr, gradient: &[(Expr, Dims)]) {
        let parts: Vec<String> = gradient
            .iter()
            .map(|(value, dims)| match dims {
                Dims::Matrix(..) => format!("t({})", value.text),
                Dims::Scalar | Dims::Vector(_) => value.text.clone(),
            })
            .collect();
        writer.list(("gradient <- c(", ")"), &parts, ",");
        writer.line(&format!("list(loss = {}, gradient = gradient)", loss.text));
        writer.close("}");
    }
    fn predict_end(&self, writer: &mut Writer, outputs: &[(Expr, Shape)]) {
        let parts: Vec<String> = outputs
            .iter()
            .map(|(value, shape)| match shape.dims {
                _ if shape.per_row => value.text.clone(),
                Dims::Matrix(..) => by_row(&format!("as.vector(t({}))", value.text)).text,
                Dims::Scalar | Dims::Vector(_) => by_row(&value.text).text,
            })
            .collect();
        writer.line(&format!("unname(cbind({}))", parts.join(", ")));
        writer.close("}");
    }
    fn parameter(&self, part: Part<'_>, dims: Dims) -> String {
        let Part { name, offset, len, .. } = part;
        let range = self.range(offset, len);
        match dims {
            Dims::Scalar | Dims::Vector(_) => format!("{name} <- {range}"),
            Dims::Matrix(r, c) => format!("{name} <- matrix({range}, {r}, {c}, byrow = TRUE)"),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        match len {
            1 => format!("{name} <- {table}[, {}]", offset + 1),
            _ if len == width => format!("{name} <- {table}"),
            _ => format!("{name} <- {table}[, {}:{}, drop = FALSE]", offset + 1, offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("{name} <- {}", value.text)
    }
}
