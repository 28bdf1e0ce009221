//! Formulas as text: random trees over inputs, parameters, numbers and the named functions.

use crate::draw::Draw;

/// The names that formulas use, with their lengths.
const DATA: &str = "inputs x[2]\ntarget y\n";
const NO_DATA: &str = "fixed x = [0.4, -0.9], x1 = 0.4, x2 = -0.9, y = 0.3\n";
const PARAMETERS: &str = "params a, b, c, u[2], v[3], W[3,2]\n";

/// Functions of one value that are finite everywhere.
const SAFE: &[&str] = &[
    "tanh",
    "sigmoid",
    "relu",
    "sin",
    "cos",
    "abs",
    "softplus",
    "silu",
    "gelu",
    "atan",
    "erf",
    "square",
    "softsign",
    "gaussian",
    "elu",
    "selu",
    "leaky_relu",
    "hard_tanh",
    "hard_sigmoid",
    "identity",
    "h",
    "h'",
    "tanh'",
    "silu''",
    "gelu'",
    "relu'",
    "sign",
    "step",
];

/// Functions that are not defined or soon too large somewhere.
const STEEP: &[&str] = &["exp", "log", "sqrt", "tan", "sinh", "cosh", "log2", "log10"];

/// The declarations every formula may use, with a function `h` of the person's own.
pub(crate) fn declarations(draw: &mut Draw) -> String {
    let h = draw.one(&[
        "1/(1 + exp(-z))",
        "z*sigmoid(c*z)",
        "log(1 + exp(z))",
        "z^3 - z",
        "max(z, 0)^2",
        "cos(z)/(1 + z^2)",
        "exp(-z^2)*z",
    ]);
    format!("{DATA}{PARAMETERS}h(z) = {h}\n")
}

/// A whole model around a formula.
pub(crate) fn model(draw: &mut Draw) -> String {
    let declarations = declarations(draw);
    let depth = draw.between(2, 5);
    let length = draw.one(&[1, 1, 2, 3]);
    let formula = formula(draw, length, depth);
    match draw.below(6) {
        0 => format!("{}minimize mean(({formula} - 0.2)^2)\n", declarations.replace(DATA, NO_DATA)),
        1 => format!("{declarations}p = {formula}\nloss = mean((p - y)^2)\n"),
        2 => format!("{declarations}p = {formula}\nloss = sum((y - p)^2)/n + 0.1*l2(v, W)\n"),
        3 => format!("{declarations}loss = mean({formula})\n"),
        4 => format!("{declarations}loss = sum(log(1 + ({formula})^2))\n"),
        _ => format!("{declarations}p = {formula}\nloss = mean(sigmoid(p)*y) - 0.5*mean(p*u[0])\n"),
    }
}

/// A formula of `length` entries.
pub(crate) fn formula(draw: &mut Draw, length: usize, depth: usize) -> String {
    if depth == 0 || draw.chance(0.08) {
        return leaf(draw, length);
    }
    let choice = draw.below(if length == 1 { 16 } else { 18 });
    match choice {
        0..=3 => arithmetic(draw, length, depth),
        4..=6 => {
            let inner = formula(draw, length, depth - 1);
            format!("{}({inner})", draw.one(SAFE))
        }
        7 => steep(draw, length, depth),
        8 => {
            let (a, b) = two(draw, length, depth);
            format!("{}({a}, {b})", draw.one(&["max", "min"]))
        }
        9 => {
            let condition = formula(draw, 1, depth - 1);
            let (a, b) = two(draw, length, depth);
            format!("select({condition}, {a}, {b})")
        }
        10 => format!("-{}", formula(draw, length, depth - 1)),
        11 => power(draw, length, depth),
        _ if length == 1 => reduction(draw, depth),
        12 => format!("softmax({})", formula(draw, length, depth - 1)),
        13 => format!("fill({}, {length})", formula(draw, 1, depth - 1)),
        14 => {
            let entries: Vec<String> = (0..length).map(|_| formula(draw, 1, depth - 1)).collect();
            format!("[{}]", entries.join(", "))
        }
        _ => product(draw, length, depth),
    }
}

fn two(draw: &mut Draw, length: usize, depth: usize) -> (String, String) {
    // A number goes with anything.
    let other = if draw.chance(0.3) { 1 } else { length };
    let (a, b) = (formula(draw, length, depth - 1), formula(draw, other, depth - 1));
    if draw.chance(0.5) { (a, b) } else { (b, a) }
}

fn arithmetic(draw: &mut Draw, length: usize, depth: usize) -> String {
    let (a, b) = two(draw, length, depth);
    match draw.below(8) {
        0 | 1 => format!("({a} + {b})"),
        2 | 3 => format!("({a} - {b})"),
        4 | 5 => format!("({a})*({b})"),
        6 => format!("({a})/(1.5 + ({b})^2)"),
        _ => format!("({a})/(2.5 + sin({b}))"),
    }
}

fn steep(draw: &mut Draw, length: usize, depth: usize) -> String {
    let inner = formula(draw, length, depth - 1);
    match draw.below(5) {
        0 => format!("{}({inner})", draw.one(STEEP)),
        1 => format!("exp(-({inner})^2)"),
        2 => format!("log(0.5 + ({inner})^2)"),
        3 => format!("sqrt(0.2 + ({inner})^2)"),
        _ => format!("exp(sin({inner}))"),
    }
}

fn power(draw: &mut Draw, length: usize, depth: usize) -> String {
    let inner = formula(draw, length, depth - 1);
    match draw.below(6) {
        0 | 1 => format!("({inner})^2"),
        2 => format!("({inner})^3"),
        3 => format!("(0.3 + abs({inner}))^({})", formula(draw, 1, 1)),
        4 => format!("(1 + ({inner})^2)^-1"),
        _ => format!("(0.5 + ({inner})^2)^0.5"),
    }
}

/// One number made of several.
fn reduction(draw: &mut Draw, depth: usize) -> String {
    let length = draw.one(&[2, 3]);
    let inner = formula(draw, length, depth - 1);
    match draw.below(10) {
        0 => format!("sum_outputs({inner})"),
        8 => format!("sum_outputs({})", matrix(draw, depth - 1)),
        9 => format!("sum_outputs(sum_rows({inner})/n)"),
        1 => format!("mean_outputs({inner})"),
        2 => format!("logsumexp({inner})"),
        3 => format!("dot({inner}, {})", formula(draw, length, depth - 1)),
        4 => format!("mean({inner})"),
        5 => format!("mean({})", formula(draw, 1, depth - 1)),
        6 => format!("({inner})[{}]", draw.below(length)),
        _ => format!("(transpose({inner})*({}))", formula(draw, length, depth - 1)),
    }
}

fn product(draw: &mut Draw, length: usize, depth: usize) -> String {
    let sign = draw.one(&["*", " @ "]);
    let matrix = if draw.chance(0.5) { "W".into() } else { matrix(draw, depth - 1) };
    if length == 3 {
        format!("({matrix}{sign}({}))", formula(draw, 2, depth - 1))
    } else {
        format!("(transpose({matrix}){sign}({}))", formula(draw, 3, depth - 1))
    }
}

/// A matrix of three rows and two columns.
fn matrix(draw: &mut Draw, depth: usize) -> String {
    if depth == 0 {
        return "W".into();
    }
    match draw.below(6) {
        0 => "W".into(),
        1 => format!("{}({})", draw.one(SAFE), matrix(draw, depth - 1)),
        2 => format!("({} - {})", matrix(draw, depth - 1), matrix(draw, depth - 1)),
        3 => format!("({})*({})", formula(draw, 1, depth - 1), matrix(draw, depth - 1)),
        4 => format!("transpose(outer({}, {}))", formula(draw, 2, depth - 1), formula(draw, 3, depth - 1)),
        _ => format!("outer({}, {})", formula(draw, 3, depth - 1), formula(draw, 2, depth - 1)),
    }
}

fn leaf(draw: &mut Draw, length: usize) -> String {
    match length {
        1 => match draw.below(14) {
            0 => format!("{:.2}", draw.number(0.0, 3.0)),
            1 => draw.between(1, 4).to_string(),
            2 => "u[1]".into(),
            3 => "W[2,0]".into(),
            4 => "x[0]".into(),
            5 => "pi".into(),
            6 | 7 => "x1".into(),
            8 => "x2".into(),
            9 | 10 => "a".into(),
            11 => "b".into(),
            _ => "c".into(),
        },
        2 => draw.one(&["x", "u", "x", "u", "[0.3, -1.2]"]).into(),
        _ => draw.one(&["v", "v", "v", "(W*x)", "(W*u)"]).into(),
    }
}
