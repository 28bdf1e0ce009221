//! Programs built by hand, each with data and the oracle's answer.

use whygrad_expr::arena::Term;
use whygrad_expr::op::{Function, Op, Zip};
use whygrad_expr::oracle::{Bindings, Value, evaluate};
use whygrad_expr::program::Program;
use whygrad_expr::shape::Dims;

use super::build::Build;

/// Numbers between -1 and 1 that look random and are the same on every machine.
pub(crate) fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(12345);
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((state >> 20) % 2_000_001) as f64 / 1e6 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// A program at one point.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The index of its program.
    pub(crate) program: usize,
    /// How large the parameters are.
    pub(crate) scale: f64,
    pub(crate) theta: Vec<f64>,
    pub(crate) rows: usize,
    pub(crate) inputs: Vec<f64>,
    pub(crate) targets: Vec<f64>,
    /// The loss, the gradient, then the outputs row by row.
    pub(crate) expected: Vec<f64>,
}

/// Asks the oracle.
pub(crate) fn case(name: &str, index: usize, program: &Program, scale: f64, rows: usize) -> Case {
    let seed = index as u64 + 1;
    let theta: Vec<f64> = numbers(seed, program.parameter_count()).iter().map(|v| v * scale).collect();
    let inputs = numbers(seed + 100, rows * program.input_width());
    // Targets between 0 and 1, so that they fit every loss.
    let targets: Vec<f64> =
        numbers(seed + 200, rows * program.target_width()).iter().map(|v| v * 0.5 + 0.5).collect();
    let mut bindings = Bindings::new(rows);
    for parameter in &program.parameters {
        let range = parameter.offset..parameter.offset + parameter.len();
        bindings.bind(parameter.symbol, theta[range].to_vec());
    }
    for (symbols, data, width) in [
        (&program.inputs, &inputs, program.input_width()),
        (&program.targets, &targets, program.target_width()),
    ] {
        let mut offset = 0;
        for &id in symbols {
            let len = program.arena.symbol_of(id).shape.dims.len();
            let column =
                (0..rows).flat_map(|row| data[row * width + offset..row * width + offset + len].to_vec());
            bindings.bind(id, column.collect());
            offset += len;
        }
    }
    let roots = [&[program.loss], &*program.gradient, &*program.predictions].concat();
    let values: Vec<Value<f64>> = evaluate(&program.arena, &roots, &bindings).unwrap();
    let (numbers, outputs) = values.split_at(1 + program.gradient.len());
    let mut expected: Vec<f64> = numbers.iter().flat_map(|v| v.data.clone()).collect();
    for row in 0..rows {
        for output in outputs {
            expected.extend((0..output.shape.dims.len()).map(|entry| output.at(row, entry)));
        }
    }
    let name = format!("{name} (scale {scale:e}, {rows} rows)");
    Case { name, program: index, scale, theta, rows, inputs, targets, expected }
}

/// The 2-2-1 net of textbooks, written with one letter a weight.
pub(crate) fn formula_net() -> Program {
    let mut b = Build::default();
    let (x1, x2) = (b.input("x1", 1), b.input("x2", 1));
    let y = b.target("y", 1);
    let w: Vec<Term> = (1..=6).map(|i| b.parameter(&format!("w{i}"), &[])).collect();
    let bias: Vec<Term> = (1..=3).map(|i| b.parameter(&format!("b{i}"), &[])).collect();
    let unit = |b: &mut Build, index: usize, left: (Term, Term), right: (Term, Term)| {
        let (l, r) = (b.mul(left.0, left.1), b.mul(right.0, right.1));
        let both = b.add(l, r);
        let z = b.add(both, bias[index - 1]);
        b.define(&format!("z{index}"), z);
        let a = b.call("sigmoid", &[z]);
        b.define(&if index == 3 { "ŷ".to_owned() } else { format!("a{index}") }, a)
    };
    let a1 = unit(&mut b, 1, (w[0], x1), (w[1], x2));
    let a2 = unit(&mut b, 2, (w[2], x1), (w[3], x2));
    let prediction = unit(&mut b, 3, (w[4], a1), (w[5], a2));
    let loss = b.call("mse", &[prediction, y]);
    b.finish(loss, &[prediction])
}

/// One hidden layer of sigmoids.
pub(crate) fn hidden_layer(units: usize) -> Program {
    let mut b = Build::default();
    let x = b.input("x", 2);
    let y = b.target("y", 1);
    let hidden = b.dense("hidden", x, units, "sigmoid", 1);
    let prediction = b.dense("output", hidden, 1, "identity", 2);
    let loss = b.call("half_mse", &[prediction, y]);
    b.finish(loss, &[prediction])
}

fn classifier() -> Program {
    let mut b = Build::default();
    let x = b.input("x", 3);
    let y = b.target("y", 2);
    let hidden = b.dense("hidden", x, 4, "relu", 1);
    let logits = b.dense("output", hidden, 2, "identity", 2);
    let loss = b.call("cross_entropy_from_logits", &[logits, y]);
    let prediction = b.call("softmax", &[logits]);
    b.define("ŷ", prediction);
    b.finish(loss, &[prediction])
}

fn activation_net(hidden: &str, output: &str, loss: &str, outputs: usize) -> Program {
    let mut b = Build::default();
    let x = b.input("x", 2);
    let y = b.target("y", outputs);
    let a1 = b.dense("first", x, 3, hidden, 1);
    let a2 = b.dense("second", a1, 2, hidden, 2);
    let prediction = b.dense("third", a2, outputs, output, 3);
    let loss = b.call(loss, &[prediction, y]);
    b.finish(loss, &[prediction])
}

/// A loss whose gradient needs a sum over rows before the loop over rows.
fn root_of_sum() -> Program {
    let mut b = Build::default();
    let x = b.input("x", 1);
    let y = b.target("y", 1);
    let (w, c) = (b.parameter("w", &[]), b.parameter("b", &[]));
    let product = b.mul(w, x);
    let sum = b.add(product, c);
    let prediction = b.call("tanh", &[sum]);
    b.define("y_hat", prediction);
    let error = b.sub(prediction, y);
    let square = b.call("square", &[error]);
    let total = b.call("sum", &[square]);
    let loss = b.call("sqrt", &[total]);
    b.finish(loss, &[prediction])
}

/// Targets minus their mean, twice: three loops over the rows.
fn standardised() -> Program {
    let mut b = Build::default();
    let x = b.input("x", 2);
    let y = b.target("y", 1);
    let w = b.parameter("w", &[2]);
    let g = b.parameter("lambda", &[]);
    let product = b.call("dot", &[w, x]);
    let mean = b.call("mean", &[product]);
    let centred = b.sub(product, mean);
    let square = b.call("square", &[centred]);
    let variance = b.call("mean", &[square]);
    let small = b.number(1e-3);
    let safe = b.add(variance, small);
    let deviation = b.call("sqrt", &[safe]);
    let unit = b.arena.zip(Zip::Div, centred, deviation).unwrap();
    let prediction = b.mul(g, unit);
    let loss = b.call("mse", &[prediction, y]);
    b.finish(loss, &[prediction])
}

fn penalised() -> Program {
    let mut b = Build::default();
    let x = b.input("x", 2);
    let y = b.target("y", 2);
    let w = b.parameter("W", &[2, 2]);
    let bias = b.parameter("b", &[]);
    let product = b.mat_vec(w, x);
    let z = b.add(product, bias);
    b.define("z", z);
    let prediction = b.call("softplus", &[z]);
    let fit = b.call("sse", &[prediction, y]);
    let l2 = b.call("l2", &[w]);
    let l1 = b.call("l1", &[w, bias]);
    let penalty = b.scaled(0.01, l2);
    let penalty_2 = b.scaled(0.003, l1);
    let loss = b.add(fit, penalty);
    let loss = b.add(loss, penalty_2);
    b.finish(loss, &[prediction])
}

fn huber_with_shared_bias() -> Program {
    let mut b = Build::default();
    let (x1, x2) = (b.input("x1", 1), b.input("x2", 2));
    let (y1, y2) = (b.target("y1", 1), b.target("y2", 1));
    let bias = b.parameter("in", &[]);
    let w = b.parameter("w", &[]);
    let v = b.parameter("v", &[2]);
    let product = b.mul(w, x1);
    let first = b.add(product, bias);
    let dot = b.call("dot", &[v, x2]);
    let second = b.add(dot, bias);
    let delta = b.number(0.25);
    let one = b.call("huber", &[first, y1, delta]);
    let two = b.call("mae", &[second, y2]);
    let loss = b.add(one, two);
    b.finish(loss, &[first, second, bias])
}

/// max, min, abs, select, pow, sign, atan, log, cos and a division that may meet 0.
fn kinks() -> Program {
    let mut b = Build::default();
    let (x1, x2) = (b.input("x1", 1), b.input("x2", 1));
    let y = b.target("y", 1);
    let p: Vec<Term> = ["p", "q", "r"].iter().map(|name| b.parameter(name, &[])).collect();
    let product = b.mul(p[0], x1);
    let largest = b.call("max", &[product, x2]);
    let scaled = b.mul(p[1], x2);
    let smallest = b.call("min", &[scaled, largest]);
    let size = b.call("abs", &[smallest]);
    let half = b.number(0.5);
    let lifted = b.add(size, half);
    let power = b.call("pow", &[lifted, p[2]]);
    let three = b.number(3.0);
    let cube = b.call("pow", &[smallest, three]);
    let log = b.call("log", &[x1]);
    let chosen = b.call("select", &[x1, log, cube]);
    let ratio = b.arena.zip(Zip::Div, power, x2).unwrap();
    let atan = b.call("atan", &[ratio]);
    let cos = b.call("cos", &[largest]);
    let sum = b.add(chosen, atan);
    let prediction = b.mul(sum, cos);
    let loss = b.call("mse", &[prediction, y]);
    b.finish(loss, &[prediction])
}

/// Tied weights, entries picked, one number spread over several, a matrix for each row.
fn matrices() -> Program {
    let mut b = Build::default();
    let x = b.input("x", 3);
    let y = b.target("y", 3);
    let w = b.parameter("W", &[2, 3]);
    let scale = b.parameter("scale", &[2]);
    let single = b.parameter("S", &[1, 1]);
    let code = b.mat_vec(w, x);
    let code = b.mul(code, scale);
    let hidden = b.call("tanh", &[code]);
    b.define("h", hidden);
    let turned = b.op(Op::Transpose(w));
    let back = b.mat_vec(turned, hidden);
    let first = b.op(Op::Pick(hidden, 0));
    let corner = b.op(Op::Pick(w, 5));
    let first = b.mat_vec(single, first);
    let gate = b.mul(first, corner);
    let gated = b.mul(gate, back);
    let square = b.op(Op::Outer(x, x));
    let mixed = b.mat_vec(square, gated);
    let turned = b.op(Op::Outer(hidden, x));
    let turned = b.op(Op::Transpose(turned));
    let extra = b.mat_vec(turned, scale);
    let prediction = b.add(mixed, extra);
    let largest = b.call("logsumexp", &[scale]);
    let prediction = b.add(prediction, largest);
    let loss = b.call("mse", &[prediction, y]);
    b.finish(loss, &[prediction, gate])
}

/// Layers of one unit and of one input.
fn thin() -> Program {
    let mut b = Build::default();
    let x = b.input("x", 1);
    let y = b.target("y", 1);
    let a1 = b.dense("first", x, 1, "tanh", 1);
    let a2 = b.dense("second", a1, 3, "softplus", 2);
    let prediction = b.dense("third", a2, 1, "sigmoid", 3);
    let loss = b.call("mse", &[prediction, y]);
    b.finish(loss, &[prediction])
}

/// A loss that looks at no data, and outputs that are the same for all rows.
fn without_data() -> Program {
    let mut b = Build::default();
    b.input("x", 1);
    b.target("y", 1);
    let w = b.parameter("W", &[2, 2]);
    let v = b.parameter("v", &[2]);
    b.parameter("idle", &[3]);
    let penalty = b.call("l2", &[w, v]);
    let turned = b.op(Op::Transpose(w));
    let product = b.mat_vec(turned, v);
    let outer = b.op(Op::Outer(product, v));
    let spread = b.call("logsumexp", &[outer]);
    let loss = b.add(penalty, spread);
    b.finish(loss, &[product, spread, w])
}

/// Matrices per row with shared ones, numbers per row with shared vectors, entries placed.
fn mixed_shapes() -> Program {
    let mut b = Build::default();
    let (x, s) = (b.input("x", 2), b.input("s", 1));
    let y = b.target("y", 2);
    let w = b.parameter("W", &[2, 3]);
    let v = b.parameter("v", &[3]);
    let c = b.parameter("c", &[]);
    let gated = b.mul(s, w);
    let outer = b.op(Op::Outer(x, v));
    let both = b.mul(gated, outer);
    let both = b.add(both, w);
    let both = b.call("relu", &[both]);
    let lifted = b.mul(s, v);
    let lifted = b.call("max", &[lifted, v]);
    let filled = b.op(Op::Fill(s, Dims::Vector(3)));
    let lifted = b.add(lifted, filled);
    let product = b.mat_vec(both, lifted);
    let placed = b.op(Op::Place(s, 1, Dims::Vector(2)));
    let constant = b.op(Op::Fill(c, Dims::Vector(2)));
    let placed_once = b.op(Op::Place(c, 0, Dims::Vector(2)));
    let sum = b.add(product, placed);
    let sum = b.add(sum, constant);
    let prediction = b.add(sum, placed_once);
    let spread = b.call("logsumexp", &[both]);
    let products = b.mul(x, y);
    let row = b.op(Op::SumEntries(products));
    let fit = b.call("mae", &[prediction, y]);
    let extra = b.mul(row, spread);
    let extra = b.call("mean", &[extra]);
    let loss = b.add(fit, extra);
    b.finish(loss, &[prediction])
}

/// A sum too long for one line, and odd names.
fn long_sum() -> Program {
    let mut b = Build::default();
    let x = b.input("lambda", 1);
    let y = b.target("for", 1);
    let mut total = b.parameter("δ₀", &[]);
    for index in 0..40 {
        let w = b.parameter(&format!("w[{index}]"), &[]);
        let scaled = b.scaled(f64::from(index) * 0.1, x);
        let wave = b.arena.map(Function::Sin, scaled);
        let product = b.mul(w, wave);
        total = if index % 3 == 0 { b.sub(total, product) } else { b.add(total, product) };
    }
    b.define("def", total);
    let loss = b.call("mse", &[total, y]);
    b.finish(loss, &[total])
}

/// All programs, by name.
pub(crate) fn all() -> Vec<(&'static str, Program)> {
    vec![
        ("2-2-1 formula net", formula_net()),
        ("2-3-1 layers", hidden_layer(3)),
        ("3-4-2 softmax", classifier()),
        ("gelu", activation_net("gelu", "identity", "mse", 2)),
        ("elu, huber", activation_net("elu", "leaky_relu", "huber", 1)),
        ("silu, logistic", activation_net("silu", "identity", "binary_cross_entropy_from_logits", 1)),
        ("hard tanh, unfused logistic", activation_net("hard_tanh", "sigmoid", "bce", 2)),
        ("softsign, unfused softmax", activation_net("softsign", "softmax", "cross_entropy", 3)),
        ("gaussian", activation_net("gaussian", "selu", "half_sse", 1)),
        ("root of a sum", root_of_sum()),
        ("standardised", standardised()),
        ("penalties", penalised()),
        ("huber with a shared bias", huber_with_shared_bias()),
        ("kinks", kinks()),
        ("matrices", matrices()),
        ("a long sum", long_sum()),
        ("thin layers", thin()),
        ("without data", without_data()),
        ("mixed shapes", mixed_shapes()),
    ]
}
