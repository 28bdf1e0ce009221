//! Rows in which nothing is drawn: traces of a few runs, and points with closed forms.

use std::f64::consts::LN_2;

use whygrad::train::method::MethodKind;
use whygrad::train::optimiser::{Momentum, Optimiser};
use whygrad::train::{BatchSize, Options, StopRules};

use super::row::{Band, Data, END, Figure, Read, Row, RunWork, Work};

/// All of them.
pub(super) fn rows() -> Vec<Row> {
    vec![
        pdp_xor(),
        pdp_xor_by_pattern(),
        constant_unit_of_minus_one(),
        two_outputs_step_by_step(),
        best_line(),
        best_logistic(),
        stable("xor-line-stable", 0.627, Figure::near(Read::Loss(END), 0.25, 1e-9)),
        stable("xor-line-unstable", 0.6285, Figure::between(Read::Loss(END), (1.0, f64::INFINITY))),
        all_zero("zero-mse", "mse", 0.1875),
        all_zero("zero-bce", "binary_cross_entropy", 0.375),
        equal_units(),
    ]
}

impl Figure {
    /// A number that must come out to rounding.
    fn near(read: Read, published: f64, near: f64) -> Figure {
        let digits = (-near.log10()).ceil().clamp(0.0, 16.0) as usize;
        Figure { read, published: Some(published), again: None, band: Band::Near(near), digits }
    }

    /// The same where the number is that of a re-run.
    fn again(read: Read, again: f64, near: f64) -> Figure {
        Figure { published: None, again: Some(again), ..Figure::near(read, again, near) }
    }

    /// A number between two others.
    fn between(read: Read, (low, high): (f64, f64)) -> Figure {
        Figure { read, published: None, again: None, band: Band::Between(low, high), digits: 3 }
    }
}

fn exact(name: &str, source: &'static str, what: &str, work: RunWork, figures: Vec<Figure>) -> Row {
    Row { name: name.to_owned(), source, what: what.to_owned(), work: Work::Run(work), trials: 1, figures }
}

const PDP: &str = "\
inputs x[2]
target y
params W[2,2] = [[.432171, .448781], [-.038413, .036489]], b[2] = [-.27659, -.40250]
params V[1,2] = [[.272080, .081714]], c = .27930
y_hat = sigmoid(V @ sigmoid(W @ x + b) + c)
loss = half_sse(y_hat, y)
";

fn pdp_run(batch: BatchSize) -> RunWork {
    let options = Options {
        learning_rate: 0.5,
        optimiser: Optimiser::Momentum(Momentum { momentum: 0.9 }),
        batch,
        // The sum of squares is twice the loss, and must be less than 0.04.
        stop: StopRules { target_loss: Some(0.02), ..StopRules::default() },
        ..Options::default()
    };
    RunWork { model: PDP.to_owned(), data: Data::BuiltIn("xor"), start: None, options }
}

const PDP_SOURCE: &str = "McClelland & Rumelhart, Explorations in Parallel Distributed Processing, XOR";

fn pdp_xor() -> Row {
    let squares = [
        (0, 1.050652),
        (30, 1.001790),
        (60, 1.000007),
        (120, 0.999662),
        (150, 0.998579),
        (180, 0.988751),
        (210, 0.896726),
        (240, 0.648826),
        (270, 0.146812),
    ];
    // Six digits are printed.
    let mut figures: Vec<Figure> =
        squares.iter().map(|&(epoch, value)| Figure::again(Read::Squares(epoch), value, 6e-7)).collect();
    figures.push(Figure { digits: 0, ..Figure::again(Read::Epochs, 288.0, 0.0) });
    let what = "2-2-1 sigmoid, rate 0.5, momentum 0.9, all rows a step, sum of squares/2, until tss < 0.04";
    exact("pdp-xor", PDP_SOURCE, what, pdp_run(BatchSize::Full), figures)
}

fn pdp_xor_by_pattern() -> Row {
    // The sum over an epoch's rows, each before its step, is first below 0.04 in epoch 298; that of the net as it stands
    // after an epoch already after 297.
    let figures = vec![
        Figure { digits: 0, ..Figure::again(Read::EpochsInPassing(0.02), 298.0, 0.0) },
        Figure { digits: 0, band: Band::Between(297.0, 297.0), ..Figure::again(Read::Epochs, 298.0, 0.0) },
    ];
    let what = "the same with a step after each row, in the order 00 01 10 11, momentum kept";
    exact("pdp-xor-by-pattern", PDP_SOURCE, what, pdp_run(BatchSize::Rows(1)), figures)
}

fn constant_unit_of_minus_one() -> Row {
    let model = "\
inputs x1, x2
target y
params w1 = .6, w2 = .6, w3 = .6, w4 = .6, w5 = .6, w6 = .6, w7 = .6, w8 = .6, w9 = .6
h1 = sigmoid(w1*x1 + w2*x2 - w3)
h2 = sigmoid(w4*x1 + w5*x2 - w6)
y_hat = sigmoid(w7*h1 + w8*h2 - w9)
loss = sum((y - y_hat)^2)/2
";
    let options = Options { learning_rate: 0.1, batch: BatchSize::Rows(1), epochs: 3, ..Options::default() };
    let published = [
        (1, 0.5435466682137927, 0.4999991292217466),
        (2, 0.5435080531724404, 0.4999982558452263),
        (3, 0.5434701135827593, 0.4999973799942081),
    ];
    let figures = published.iter().flat_map(|&(epoch, largest, mean)| {
        [
            Figure::near(Read::LargestError(epoch), largest, 9e-16),
            Figure::near(Read::MeanError(epoch), mean, 9e-16),
        ]
    });
    exact(
        "all-weights-alike",
        "stackoverflow.com, question 2359571",
        "XOR 2-2-1 sigmoid, the constant unit is -1, all weights 0.6, rate 0.1, row by row",
        RunWork { model: model.to_owned(), data: Data::BuiltIn("xor"), start: None, options },
        figures.collect(),
    )
}

fn two_outputs_step_by_step() -> Row {
    let model = "\
inputs x[2]
targets y[2]
params W[2,2] = [[.15, .20], [.25, .30]], V[2,2] = [[.40, .45], [.50, .55]]
fixed b = .35
fixed c = .60
o = sigmoid(V @ sigmoid(W @ x + b) + c)
loss = half_sse(o, y)
";
    let options = Options { learning_rate: 0.5, epochs: 10_000, ..Options::default() };
    let data = Data::Rows(vec![(vec![0.05, 0.10], vec![0.01, 0.99])]);
    let figures = vec![
        Figure::near(Read::Output(0, 0, 0), 0.75136507, 6e-9),
        Figure::near(Read::Output(0, 0, 1), 0.772928465, 6e-10),
        Figure::near(Read::Loss(0), 0.298371109, 6e-10),
        Figure::near(Read::Parameter(1, "V[0,0]"), 0.35891648, 6e-9),
        Figure::near(Read::Parameter(1, "W[0,0]"), 0.149780716, 6e-10),
        // The published one is that of a program that takes the new weights of the outputs back to the hidden units; it does
        // not go with the w1 above. A plain program with the old ones has 0.29102777369359933.
        Figure { published: Some(0.291027924), ..Figure::again(Read::Loss(1), 0.29102777369, 6e-12) },
        Figure::again(Read::Loss(10_000), 0.0000351019, 6e-11),
    ];
    exact(
        "step-by-step",
        "M. Mazur, A Step by Step Backpropagation Example, 2015",
        "2-2-2 sigmoid, one row, rate 0.5, biases 0.35 and 0.60 not trained",
        RunWork { model: model.to_owned(), data, start: None, options },
        figures,
    )
}

const LINE: &str = "inputs x1, x2\ntarget y\ny_hat = w1*x1 + w2*x2 + b\nloss = mse(y_hat, y)";

const CLOSED: &str = "closed form";

fn newton(loss_at: &[f64]) -> RunWork {
    let options = Options { method: Some(MethodKind::Newton), epochs: 30, ..Options::default() };
    let start = Some(loss_at.to_vec());
    RunWork { model: LINE.to_owned(), data: Data::BuiltIn("xor"), start, options }
}

fn best_line() -> Row {
    let work = newton(&[0.7, -0.4, 0.2]);
    let figures = vec![
        Figure::near(Read::Parameter(END, "w1"), 0.0, 1e-14),
        Figure::near(Read::Parameter(END, "w2"), 0.0, 1e-14),
        Figure::near(Read::Parameter(END, "b"), 0.5, 1e-14),
        Figure::near(Read::Loss(END), 0.25, 1e-14),
        Figure::near(Read::Eigenvalue(0, 0), 3.186141, 6e-7),
        Figure::near(Read::Eigenvalue(0, 1), 0.5, 1e-14),
        Figure::near(Read::Eigenvalue(0, 2), 0.313859, 6e-7),
        Figure::near(Read::StableRate(0), 8.0 / (7.0 + 33.0_f64.sqrt()), 1e-14),
    ];
    exact(
        "xor-line",
        CLOSED,
        "the best linear fit of XOR, mean squared error, and its Hessian",
        work,
        figures,
    )
}

fn best_logistic() -> Row {
    let model = "inputs x1, x2\ntarget y\np = sigmoid(w1*x1 + w2*x2 + b)\nloss = binary_cross_entropy(p, y)";
    let work = RunWork { model: model.to_owned(), ..newton(&[0.7, -0.4, 0.2]) };
    let figures = vec![
        Figure::near(Read::Parameter(END, "w1"), 0.0, 1e-8),
        Figure::near(Read::Parameter(END, "w2"), 0.0, 1e-8),
        Figure::near(Read::Parameter(END, "b"), 0.0, 1e-8),
        Figure::near(Read::Loss(END), LN_2, 1e-14),
    ];
    exact("xor-logistic", CLOSED, "the best logistic fit of XOR, cross-entropy", work, figures)
}

/// Descent just below and just above the largest stable rate.
fn stable(name: &str, learning_rate: f64, figure: Figure) -> Row {
    let options = Options { learning_rate, epochs: 20_000, ..Options::default() };
    let work = RunWork {
        model: LINE.to_owned(),
        data: Data::BuiltIn("xor"),
        start: Some(vec![0.7, -0.4, 0.2]),
        options,
    };
    let what = format!("the linear fit of XOR by descent with rate {learning_rate}; stable below 0.627719");
    exact(name, CLOSED, &what, work, vec![figure])
}

fn net(loss: &str) -> String {
    format!(
        "inputs x[2]\ntarget y\nhidden = dense(x, 2, sigmoid)\ny_hat = dense(hidden, 1, sigmoid)\nloss = {loss}(y_hat, y)"
    )
}

fn all_zero(name: &str, loss: &str, eigenvalue: f64) -> Row {
    let options = Options { epochs: 1, ..Options::default() };
    let start = Some(vec![0.0; 9]);
    let mut figures = vec![
        Figure::near(Read::Gradient(0), 0.0, 0.0),
        Figure::near(Read::Eigenvalue(0, 0), eigenvalue, 1e-14),
    ];
    figures.extend((1..9).map(|k| Figure::near(Read::Eigenvalue(0, k), 0.0, 1e-14)));
    let what = format!("XOR 2-2-1 sigmoid at the point 0, {loss}: no gradient, one curvature");
    exact(
        name,
        CLOSED,
        &what,
        RunWork { model: net(loss), data: Data::BuiltIn("xor"), start, options },
        figures,
    )
}

fn equal_units() -> Row {
    let options = Options { learning_rate: 2.0, epochs: 5000, ..Options::default() };
    let start = Some(vec![0.3, -0.2, 0.3, -0.2, 0.1, 0.1, 0.7, 0.7, -0.4]);
    let work = RunWork { model: net("mse"), data: Data::BuiltIn("xor"), start, options };
    let pairs = [
        ("hidden.W[0,0]", "hidden.W[1,0]"),
        ("hidden.W[0,1]", "hidden.W[1,1]"),
        ("hidden.b[0]", "hidden.b[1]"),
        ("y_hat.W[0,0]", "y_hat.W[0,1]"),
    ];
    let figures =
        pairs.iter().map(|&(one, two)| Figure::near(Read::Apart(5000, one, two), 0.0, 0.0)).collect();
    exact("equal-units", CLOSED, "two equal hidden units after 5,000 epochs of descent on XOR", work, figures)
}
