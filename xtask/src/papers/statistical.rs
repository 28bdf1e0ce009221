//! Rows of which each trial is drawn.

use whygrad::init::Initialiser;
use whygrad::train::backward::BackwardOptions;
use whygrad::train::optimiser::{InitialStep, Optimiser, Quickprop, Rprop};
use whygrad::train::validation::EarlyStopping;
use whygrad::train::{FleetOptions, Options, Solved};

use super::row::{Band, Data, EdgeWork, Figure, FleetWork, Read, Row, ValidatedWork, Work};

/// All of them.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![encoder(), encoder_offset()];
    rows.extend([restarted(), encoder_rprop(), encoder_quickprop(), encoder_quickprop_atanh()]);
    let ranges = [
        (0.1, 41.0),
        (0.5, 93.0),
        (1.0, 80.0),
        (2.0, 68.0),
        (3.0, 60.0),
        (5.0, 50.0),
        (7.0, 38.0),
        (10.0, 26.0),
    ];
    rows.extend(ranges.map(|(range, solved)| weight_range(range, solved)));
    rows.push(edge_of_stability());
    rows.extend(proben1());
    rows
}

fn within_04(options: Options) -> FleetOptions {
    FleetOptions { options, solved: Solved::Within(0.4), early_stop: true, threads: None, portable: false }
}

/// A figure of many trials, as published and of a re-run.
fn figure(read: Read, published: Option<f64>, again: f64, band: Band, digits: usize) -> Figure {
    Figure { read, published, again: Some(again), band, digits }
}

/// The re-run of a row that only `xtask/data/papers/again.py` has.
const OURS: &str = "no table; the re-run is data/papers/again.py";

/// A row of which the epochs to a solution are counted, with those of attempts that failed before it.
fn counted(name: &str, what: &str, work: FleetWork, (trials, mean, sd): (u64, f64, f64)) -> Row {
    let figures = vec![
        figure(Read::MeanEpochs, None, mean, Band::Mean(Some(sd)), 1),
        figure(Read::SdEpochs, None, sd, Band::Shown, 1),
        Figure { again: None, ..figure(Read::Failed, None, 0.0, Band::Shown, 0) },
    ];
    Row {
        name: name.to_owned(),
        source: OURS,
        what: what.to_owned(),
        work: Work::Fleet(work),
        trials,
        figures,
    }
}

const EVEN: Initialiser = Initialiser::Uniform { low: -1.0, high: 1.0 };

fn restarted() -> Row {
    let options = Options { learning_rate: 1.0, epochs: 1000, ..Options::default() };
    let work = FleetWork {
        model: XOR.to_owned(),
        data: Data::BuiltIn("xor"),
        initialiser: EVEN,
        options: within_04(options),
    };
    let what = "XOR 2-2-1 sigmoid, rate 1 on the sum of squares/2, from uniform(-1, 1), begun anew after 1,000 epochs";
    counted("xor-restarted", what, work, (2275, 815.02, 688.99))
}

fn encoder_with(model: String, optimiser: Optimiser, offset: f64) -> FleetWork {
    let backward = BackwardOptions { sigmoid_prime_offset: offset, error_margin: 0.0 };
    let options = Options { learning_rate: 1.5, epochs: 500, optimiser, backward, ..Options::default() };
    FleetWork { model, data: Data::BuiltIn("encoder-10"), initialiser: EVEN, options: within_04(options) }
}

fn encoder_rprop() -> Row {
    let rprop =
        Rprop { up: 1.2, down: 0.5, initial: InitialStep::Constant(0.1), smallest: 1e-6, largest: 50.0 };
    let work = encoder_with(ENCODER.to_owned(), Optimiser::RpropMinus(rprop), 0.0);
    let what = "10-5-10 sigmoid, RPROP without back-tracking, first step 0.1, begun anew after 500 epochs";
    counted("encoder-rprop", what, work, (1944, 39.26, 84.01))
}

const QUICKPROP: Optimiser = Optimiser::Quickprop(Quickprop { growth: 1.75 });

fn encoder_quickprop() -> Row {
    let what = "10-5-10 sigmoid, Quickprop with growth 1.75, rate 1.5, 0.1 added to the sigmoid's slope";
    counted(
        "encoder-quickprop",
        what,
        encoder_with(ENCODER.to_owned(), QUICKPROP, 0.1),
        (2000, 18.248, 3.335),
    )
}

/// Fahlman's other error: the slope of the loss by an output is the inverse hyperbolic tangent of t - o. Such a loss is a
/// formula; the factor keeps the tangent finite at d = 1, where others clip it.
fn encoder_quickprop_atanh() -> Row {
    let model = ENCODER.replace(
        "loss = half_sse(y_hat, y)",
        "d = 0.9999999*(y - y_hat)\nloss = sum(d*log((1 + d)/(1 - d)) + log(1 - d^2))/2",
    );
    let what = "the same with the error atanh(t - o)";
    counted("encoder-quickprop-atanh", what, encoder_with(model, QUICKPROP, 0.1), (2000, 21.06, 6.278))
}

const ENCODER: &str = "\
inputs x[10]
targets y[10]
hidden = dense(x, 5, sigmoid)
y_hat = dense(hidden, 10, sigmoid)
loss = half_sse(y_hat, y)
";

fn encoder_work(backward: BackwardOptions) -> Work {
    // The cap is far beyond what any trial takes.
    let options = Options { learning_rate: 1.7, epochs: 5000, backward, ..Options::default() };
    Work::Fleet(FleetWork {
        model: ENCODER.to_owned(),
        data: Data::BuiltIn("encoder-10"),
        initialiser: EVEN,
        options: within_04(options),
    })
}

const FAHLMAN: &str = "S. Fahlman, An Empirical Study of Learning Speed in Back-Propagation Networks, 1988";

fn encoder() -> Row {
    Row {
        name: "encoder".to_owned(),
        source: FAHLMAN,
        what: "10-5-10 sigmoid, rate 1.7 on the sum of squares/2, from uniform(-1, 1), until all within 0.4"
            .to_owned(),
        work: encoder_work(BackwardOptions::default()),
        trials: 1000,
        // What was published is quoted from memory, so that only the re-run is a yardstick.
        figures: vec![
            figure(Read::MeanEpochs, None, 126.5, Band::Mean(Some(35.5)), 1),
            figure(Read::SdEpochs, None, 35.5, Band::Shown, 1),
            figure(Read::LeastEpochs, None, 62.0, Band::Shown, 0),
            figure(Read::MostEpochs, None, 297.0, Band::Shown, 0),
        ],
    }
}

fn encoder_offset() -> Row {
    Row {
        name: "encoder-offset".to_owned(),
        source: FAHLMAN,
        what: "the same with 0.1 added to the sigmoid's slope, and no error where |t - o| < 0.1".to_owned(),
        work: encoder_work(BackwardOptions { sigmoid_prime_offset: 0.1, error_margin: 0.1 }),
        trials: 1000,
        figures: vec![
            figure(Read::MeanEpochs, None, 74.1, Band::Mean(Some(20.0)), 1),
            figure(Read::SdEpochs, None, 20.0, Band::Shown, 1),
        ],
    }
}

const XOR: &str = "inputs x[2]\ntarget y\nhidden = dense(x, 2, sigmoid)\ny_hat = dense(hidden, 1, sigmoid)\nloss = half_sse(y_hat, y)";

fn weight_range(range: f64, solved: f64) -> Row {
    let options = Options { learning_rate: 1.0, epochs: 12_500, ..Options::default() };
    Row {
        name: format!("xor-range-{range}"),
        source: "a re-run alone",
        what: format!(
            "XOR 2-2-1 sigmoid, rate 1 on the sum of squares/2, from uniform(-{range}, {range}), 12,500 epochs"
        ),
        work: Work::Fleet(FleetWork {
            model: XOR.to_owned(),
            data: Data::BuiltIn("xor"),
            initialiser: Initialiser::Uniform { low: -range, high: range },
            options: within_04(options),
        }),
        trials: 300,
        figures: vec![figure(Read::Solved, None, solved, Band::Share, 0)],
    }
}

fn edge_of_stability() -> Row {
    let point = |k: u32| {
        let x = -1.0 + 2.0 * f64::from(k) / 19.0;
        (vec![x], vec![8.0 * x.powi(4) - 8.0 * x * x + 1.0])
    };
    let options = Options { learning_rate: 0.2, epochs: 20_000, ..Options::default() };
    Row {
        name: "edge-of-stability".to_owned(),
        source: "Cohen et al., Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, 2021",
        what: "1-100-1 tanh on 20 points of Chebyshev's T4, mean of e^2/2, rate 0.2, 20,000 epochs".to_owned(),
        work: Work::Edge(EdgeWork {
            model: "inputs x\ntarget y\nhidden = dense(x, 100, tanh)\ny_hat = dense(hidden, 1, bias=false)\nloss = half_mse(y_hat, y)".to_owned(),
            data: Data::Rows((0..20).map(point).collect()),
            initialiser: Initialiser::GlorotNormal,
            gains: vec![("hidden.W", 1.9)],
            every: 100,
            options,
        }),
        trials: 3,
        figures: vec![Figure {
            read: Read::Sharpness,
            published: None,
            again: None,
            band: Band::Between(0.97, 1.06),
            digits: 3,
        }],
    }
}

/// A problem with each figure as published and of the re-run.
type Problem = (&'static str, &'static str, [(f64, f64); 6]);

const PROBLEMS: [Problem; 3] = [
    (
        "cancer1",
        "cancer1.dt",
        [(4.25, 4.25), (2.91, 2.92), (3.52, 3.52), (2.93, 2.87), (129.0, 118.0), (104.0, 103.0)],
    ),
    (
        "heart1",
        "heart1.dt",
        [(11.19, 11.19), (13.28, 13.29), (14.29, 14.31), (20.65, 20.87), (134.0, 133.0), (41.0, 41.0)],
    ),
    (
        "gene1",
        "gene1.dt",
        [(8.42, 8.42), (9.58, 9.58), (9.92, 9.92), (13.64, 13.65), (47.0, 45.5), (43.0, 41.6)],
    ),
];

fn proben1() -> Vec<Row> {
    let step = InitialStep::Uniform { low: 0.005, high: 0.02 };
    let rprop = Rprop { up: 1.2, down: 0.5, initial: step, smallest: 0.0, largest: 50.0 };
    let options = Options { optimiser: Optimiser::RpropMinus(rprop), epochs: 3000, ..Options::default() };
    let reads = [
        (Read::TrainingError, 2),
        (Read::ValidationError, 2),
        (Read::TestError, 2),
        (Read::TestClassification, 2),
        (Read::TotalEpochs, 1),
        (Read::RelevantEpochs, 1),
    ];
    let row = |(name, file, numbers): Problem| Row {
        name: name.to_owned(),
        source: "L. Prechelt, Proben1, technical report 21/94, Karlsruhe, 1994",
        what: format!("{name} without a hidden layer, RPROP, until GL5 or P5 < 0.1 at every 5th epoch"),
        work: Work::Validated(ValidatedWork {
            file,
            initialiser: Initialiser::Uniform { low: -0.01, high: 0.01 },
            rules: EarlyStopping::PROBEN1,
            options: options.clone(),
        }),
        trials: 40,
        figures: reads
            .iter()
            .zip(numbers)
            .map(|((read, digits), (published, again))| {
                figure(read.clone(), Some(published), again, Band::Mean(None), *digits)
            })
            .collect(),
    };
    PROBLEMS.into_iter().map(row).collect()
}
