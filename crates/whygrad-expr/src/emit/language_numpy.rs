//! `NumPy`: whole arrays; a column of numbers has one axis, a table two.

use super::expression::{Expr, Helper, Helpers, Level, Writer, call, float};
use super::language_python::RESERVED;
use super::loops::{Part, Purpose};
use super::lower::Range;
use super::matrix_language::{MatrixLanguage, Product, is_column, is_table, powered};
use super::names::NameRules;
use crate::op::{Function, Zip};
use crate::shape::{Dims, Shape};

/// `NumPy`.
pub(super) struct NumPy;

const LOG_SUM_EXP: &str = "def log_sum_exp(values):
    largest = np.max(values, axis=-1)
    with np.errstate(invalid=\"ignore\"):
        rest = np.log(np.sum(np.exp(values - largest[..., None]), axis=-1))
    return np.where(np.isfinite(largest), largest + rest, largest)
";

const PLACE: &str = "def place(value, index, *shape):
    result = np.zeros(shape)
    result[..., index] = value
    return result
";

const OUTER_ROWS: &str = "def outer_rows(a, b, n, rows, columns):
    a = np.broadcast_to(np.reshape(a, (-1, rows)), (n, rows))
    b = np.broadcast_to(np.reshape(b, (-1, columns)), (n, columns))
    return (a[:, :, None] * b[:, None, :]).reshape(n, rows * columns)
";

const TRANSPOSE_ROWS: &str = "def transpose_rows(w, rows, columns):
    return w.reshape(-1, rows, columns).transpose(0, 2, 1).reshape(-1, rows * columns)
";

const PRODUCT_ROWS: &str = "def product_rows(w, x, n, rows, columns):
    x = np.broadcast_to(np.reshape(x, (-1, columns)), (n, columns))
    return np.einsum(\"nij,nj->ni\", w.reshape(n, rows, columns), x)
";

const SIGMOID: &str = "def sigmoid(z):
    with np.errstate(over=\"ignore\"):
        return 1.0 / (1.0 + np.exp(-z))
";

/// `a[...]`
fn indexed(a: &Expr, index: &str) -> Expr {
    Expr::atom(format!("{}[{index}]", a.at_least(Level::Atom)))
}

/// `a.T`
fn turned(a: &Expr) -> String {
    format!("{}.T", a.at_least(Level::Atom))
}

fn matmul(a: &str, b: &str) -> Expr {
    Expr::new(format!("{a} @ {b}"), Level::Product)
}

impl MatrixLanguage for NumPy {
    fn comment(&self) -> &'static str {
        "#"
    }
    fn range(&self, start: usize, len: usize) -> String {
        if len == 1 { format!("theta[{start}]") } else { format!("theta[{start}:{}]", start + len) }
    }
    fn data(&self) -> &'static str {
        "theta is an array; inputs, targets and outputs are arrays with a row for each example."
    }
    fn name_rules(&self) -> NameRules {
        NameRules { reserved: RESERVED, lower_case: false }
    }
    fn prologue(&self) -> &'static str {
        "\nimport numpy as np\n\n"
    }
    fn helper(&self, helper: Helper) -> String {
        let text = match helper {
            Helper::Sigmoid => SIGMOID,
            Helper::Softplus => {
                "def softplus(z):\n    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))\n"
            }
            Helper::Erf => {
                "def erf(x):\n    import math\n\n    return np.vectorize(math.erf, otypes=[float])(x)\n"
            }
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
            | Helper::Larger
            | Helper::Smaller
            | Helper::Choose
            | Helper::Sum => "",
        };
        format!("{text}\n")
    }
    fn number(&self, value: f64) -> String {
        if value.is_nan() {
            "np.nan".to_owned()
        } else if value.is_infinite() {
            if value > 0.0 { "np.inf".to_owned() } else { "-np.inf".to_owned() }
        } else {
            float(value)
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
            Function::Exp => ("np.exp", None),
            Function::Log => ("np.log", None),
            Function::Sqrt => ("np.sqrt", None),
            Function::Sin => ("np.sin", None),
            Function::Cos => ("np.cos", None),
            Function::Atan => ("np.arctan", None),
            Function::Tanh => ("np.tanh", None),
            Function::Sigmoid => ("sigmoid", Some(Helper::Sigmoid)),
            Function::Softplus => ("softplus", Some(Helper::Softplus)),
            Function::Erf => ("erf", Some(Helper::Erf)),
            Function::Abs => ("np.abs", None),
            Function::Sign => ("np.sign", None),
        };
        helpers.extend(helper);
        call(name, std::slice::from_ref(a))
    }
    fn power(&self, a: &Expr, b: &Expr, exponent: Option<f64>, _array: bool, _: &mut Helpers) -> Expr {
        let whole = exponent.filter(|e| e.fract() == 0.0 && (2.0..=9.0).contains(e));
        let b = whole.map_or(b.clone(), |e| Expr::atom(format!("{e}")));
        powered("**", a, &b)
    }
    fn extreme(&self, zip: Zip, a: &Expr, b: &Expr, _array: bool, _: &mut Helpers) -> Expr {
        let name = if zip == Zip::Max { "np.maximum" } else { "np.minimum" };
        call(name, &[a.clone(), b.clone()])
    }
    fn select(&self, c: &Expr, a: &Expr, b: &Expr, _array: bool, _: &mut Helpers) -> Expr {
        let test = Expr::new(format!("{} > 0.0", c.at_least(Level::Sum)), Level::Choice);
        call("np.where", &[test, a.clone(), b.clone()])
    }

    fn conform(&self, a: &Expr, from: Shape, to: Shape) -> Expr {
        match from.dims {
            _ if is_column(from) && is_table(to) => indexed(a, ":, None"),
            Dims::Matrix(..) if !from.per_row && is_table(to) => {
                Expr::atom(format!("{}.ravel()", a.at_least(Level::Atom)))
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => a.clone(),
        }
    }
    fn pick(&self, a: &Expr, from: Shape, index: usize) -> Expr {
        match from.dims {
            _ if is_table(from) => indexed(a, &format!(":, {index}")),
            Dims::Vector(_) => indexed(a, &index.to_string()),
            Dims::Matrix(_, columns) if !from.per_row => {
                indexed(a, &format!("{}, {}", index / columns, index % columns))
            }
            Dims::Scalar | Dims::Matrix(..) => a.clone(),
        }
    }
    fn place(&self, a: &Expr, index: usize, to: Shape, helpers: &mut Helpers) -> Expr {
        helpers.insert(Helper::Place);
        let len = to.dims.len();
        let atom = |text: String| Expr::atom(text);
        match to.dims {
            _ if is_column(to) => a.clone(),
            _ if to.per_row => {
                call("place", &[a.clone(), atom(index.to_string()), atom("n".into()), atom(len.to_string())])
            }
            Dims::Matrix(r, c) => {
                let flat = call("place", &[a.clone(), atom(index.to_string()), atom(len.to_string())]);
                atom(format!("{}.reshape({r}, {c})", flat.text))
            }
            Dims::Scalar | Dims::Vector(_) => {
                call("place", &[a.clone(), atom(index.to_string()), atom(len.to_string())])
            }
        }
    }
    fn fill(&self, a: &Expr, from: Shape, to: Shape) -> Expr {
        let len = to.dims.len();
        match to.dims {
            _ if is_column(to) => a.clone(),
            _ if is_table(to) && is_column(from) => {
                Expr::atom(format!("np.repeat({}, {len}, axis=1)", indexed(a, ":, None").text))
            }
            _ if to.per_row => Expr::atom(format!("np.full((n, {len}), {})", a.text)),
            Dims::Matrix(r, c) => Expr::atom(format!("np.full(({r}, {c}), {})", a.text)),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(format!("np.full({len}, {})", a.text)),
        }
    }
    fn transpose(&self, a: &Expr, from: Dims) -> Expr {
        match from {
            Dims::Scalar => a.clone(),
            Dims::Vector(_) => indexed(a, "None, :"),
            Dims::Matrix(..) => Expr::atom(turned(a)),
        }
    }
    fn sum_all(&self, a: &Expr, _from: Shape) -> Expr {
        call("np.sum", std::slice::from_ref(a))
    }
    fn sum_each(&self, a: &Expr) -> Expr {
        Expr::atom(format!("np.sum({}, axis=1)", a.text))
    }
    fn sum_rows(&self, a: &Expr, from: Dims) -> Expr {
        let sum = format!("np.sum({}, axis=0)", a.text);
        match from {
            Dims::Matrix(r, c) => Expr::atom(format!("{sum}.reshape({r}, {c})")),
            Dims::Scalar | Dims::Vector(_) => Expr::atom(sum),
        }
    }
    fn sum_outer(&self, a: &Expr, b: &Expr, dims: (Dims, Dims)) -> Expr {
        let left = if dims.0.len() == 1 { indexed(a, "None, :").text } else { turned(a) };
        let right = if dims.1.len() == 1 { indexed(b, ":, None").text } else { b.at_least(Level::Atom) };
        matmul(&left, &right)
    }
    fn log_sum_exp(&self, a: &Expr, from: Shape) -> Expr {
        match from.dims {
            Dims::Matrix(..) if !from.per_row => {
                call("log_sum_exp", &[call("np.ravel", std::slice::from_ref(a))])
            }
            Dims::Scalar | Dims::Vector(_) | Dims::Matrix(..) => call("log_sum_exp", std::slice::from_ref(a)),
        }
    }
    fn mat_vec(&self, w: &Expr, is_turned: bool, x: &Expr, product: Product) -> Expr {
        let Product { rows, columns, per_row } = product;
        let shape = Shape { per_row, dims: Dims::vector(columns) };
        if columns == 1 && !per_row {
            // One shared number: the only column of W times it.
            let first = match (rows, is_turned) {
                (1, _) => indexed(w, "0, 0"),
                (_, true) => indexed(w, "0"),
                (_, false) => indexed(w, ":, 0"),
            };
            return Expr::new(format!("{} * {}", first.text, x.at_least(Level::Power)), Level::Product);
        }
        let x = if is_column(shape) { indexed(x, ":, None").text } else { x.at_least(Level::Atom) };
        match (rows, is_turned) {
            (1, true) => matmul(&x, &indexed(w, ":, 0").text),
            (1, false) => matmul(&x, &indexed(w, "0").text),
            (_, true) => matmul(&x, &w.at_least(Level::Atom)),
            (_, false) => matmul(&x, &turned(w)),
        }
    }
    fn outer(&self, a: &Expr, b: &Expr, _dims: (Dims, Dims)) -> Expr {
        call("np.outer", &[a.clone(), b.clone()])
    }

    fn function_start(&self, purpose: Purpose) -> &'static str {
        match purpose {
            Purpose::Loss => "def loss_and_gradient(theta, inputs, targets):",
            Purpose::Predict => "def predict(theta, inputs):",
        }
    }
    fn row_count(&self) -> &'static str {
        "n = len(inputs)"
    }
    fn loss_end(&self, writer: &mut Writer, loss: &Expr, gradient: &[(Expr, Dims)]) {
        let numbers = gradient.iter().all(|(_, dims)| *dims == Dims::Scalar);
        let parts: Vec<String> = gradient
            .iter()
            .map(|(value, _)| if numbers { value.text.clone() } else { format!("np.ravel({})", value.text) })
            .collect();
        let start = if numbers { "gradient = np.array([" } else { "gradient = np.concatenate([" };
        writer.list((start, "])"), &parts, ",");
        writer.line(&format!("return {}, gradient", loss.text));
        writer.close("");
        writer.line("");
    }
    fn predict_end(&self, writer: &mut Writer, outputs: &[(Expr, Shape)]) {
        let parts: Vec<String> = outputs
            .iter()
            .map(|(value, shape)| {
                if shape.per_row {
                    value.text.clone()
                } else {
                    format!("np.broadcast_to(np.ravel({}), (n, {}))", value.text, shape.dims.len())
                }
            })
            .collect();
        match outputs {
            [(value, shape)] if is_table(*shape) => writer.line(&format!("return {}", value.text)),
            [(value, shape)] if is_column(*shape) => {
                writer.line(&format!("return {}", indexed(value, ":, None").text));
            }
            _ => writer.line(&format!("return np.column_stack([{}])", parts.join(", "))),
        }
        writer.close("");
    }
    fn parameter(&self, part: Part<'_>, dims: Dims) -> String {
        let Part { name, offset, len, .. } = part;
        let end = offset + len;
        match dims {
            Dims::Scalar => format!("{name} = theta[{offset}]"),
            Dims::Vector(_) => format!("{name} = theta[{offset}:{end}]"),
            Dims::Matrix(r, c) => format!("{name} = theta[{offset}:{end}].reshape({r}, {c})"),
        }
    }
    fn column(&self, part: Part<'_>) -> String {
        let Part { name, table, width, offset, len } = part;
        match len {
            1 => format!("{name} = {table}[:, {offset}]"),
            _ if len == width => format!("{name} = {table}"),
            _ => format!("{name} = {table}[:, {offset}:{}]", offset + len),
        }
    }
    fn define(&self, name: &str, value: &Expr) -> String {
        format!("{name} = {}", value.text)
    }
}
