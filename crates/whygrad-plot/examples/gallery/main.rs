//! Draws one figure of each kind on the terminal and as SVG: `cargo run -p whygrad-plot --example
//! gallery [-- FOLDER]` writes the SVG files into the folder.
#![allow(clippy::print_stdout, reason = "an example shows its pictures")]

mod xor;

use whygrad_plot::{Cells, Figure, Lines, Map, MapPoint, Mark, Series, svg, terminal, words};

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1);
    let figures = [
        ("xor", xor()),
        ("plateau", plateau(false)),
        ("plateau-log", plateau(true)),
        ("descent", descent()),
        ("noise", noise()),
        ("rates", rates(5, 3)),
        ("rates-fine", rates(40, 30)),
        ("rates-words", words_with_intervals()),
        ("rates-curve", curve_with_intervals(8)),
        ("rates-band", curve_with_intervals(60)),
    ];
    for (name, figure) in figures.into_iter().chain(xor::figures()) {
        for (columns, rows, colour, unicode) in
            [(80, 24, true, true), (80, 24, false, true), (40, 16, false, true), (60, 18, false, false)]
        {
            let terminal = terminal::Terminal { columns, rows, colour, unicode };
            println!("{}", terminal::render(&figure, &terminal));
        }
        println!("{}\n", words::describe(&figure));
        for dark in [false, true] {
            for (width, narrow) in [(svg::Svg::default().width, ""), (360.0, "-narrow")] {
                let picture = svg::render(&figure, &svg::Svg { dark, width, ..svg::Svg::default() });
                if let Some(folder) = &folder {
                    let ground = if dark { "-dark" } else { "" };
                    std::fs::write(format!("{folder}/{name}{narrow}{ground}.svg"), picture)?;
                }
            }
        }
    }
    Ok(())
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The output of a two-two-one network that has learnt exclusive or.
fn xor() -> Figure {
    let (columns, rows, low, high) = (61, 61, -0.3, 1.3);
    let place = |index: usize| low + (high - low) * index as f64 / 60.0;
    let output = |x: f64, y: f64| {
        let (first, second) = (sigmoid(6.0 * (x + y) - 3.0), sigmoid(6.0 * (x + y) - 9.0));
        sigmoid(8.0 * first - 8.5 * second - 3.8)
    };
    let values = (0..rows).flat_map(|row| (0..columns).map(move |column| output(place(column), place(row))));
    let corners = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)];
    Figure::Map(Map {
        title: "Output of a 2-2-1 network on XOR".into(),
        x_label: "x1".into(),
        y_label: "x2".into(),
        x: (low, high),
        y: (low, high),
        columns,
        rows,
        values: values.collect(),
        level: Some(0.5),
        points: corners.map(|(x, y, value)| MapPoint { x, y, value, aside: false }).into(),
        ..Map::default()
    })
}

/// A loss that falls, rests on a plateau, and falls again.
fn plateau(y_log: bool) -> Figure {
    let loss = |epoch: f64| {
        0.084 * (-epoch / 10.0).exp()
            + 0.2499 * sigmoid((950.0 - epoch) / 18.0)
            + 0.02 * (-epoch / 260.0).exp()
            + 1e-4
    };
    let points = (0..3000).map(|epoch| (f64::from(epoch), loss(f64::from(epoch))));
    Figure::Lines(Lines {
        title: "Training loss of the 2-2-1 network".into(),
        x_label: "epoch".into(),
        y_label: "loss".into(),
        y_log,
        series: vec![Series::line("loss", points.collect())],
        marks: vec![Mark { x: 900.0, label: "plateau ends".into() }],
        ..Lines::default()
    })
}

/// A function of one variable and the path of gradient descent on it.
fn descent() -> Figure {
    let f = |x: f64| x.powi(4) - 3.0 * x.powi(3) + 2.0;
    let slope = |x: f64| 4.0 * x.powi(3) - 9.0 * x.powi(2);
    let curve = (0..=400).map(|i| -1.0 + 4.2 * f64::from(i) / 400.0).map(|x| (x, f(x)));
    let path =
        std::iter::successors(Some(3.1_f64), |x| Some(x - 0.01 * slope(*x))).take(30).map(|x| (x, f(x)));
    Figure::Lines(Lines {
        title: "x⁴ − 3x³ + 2 and the path of gradient descent".into(),
        x_label: "x".into(),
        y_label: "f(x)".into(),
        series: vec![Series::line("f(x)", curve.collect()), Series::dots("descent", path.collect())],
        ..Lines::default()
    })
}

/// Two noisy losses, one of which breaks off.
fn noise() -> Figure {
    let mut state = 1_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    let mut series = |rate: f64, floor: f64| {
        let loss = |step: f64, r: f64| floor + 2.3 * (-step / rate).exp() * (0.7 + 0.6 * r) + 0.1 * r;
        (0..200_000).map(|step| (f64::from(step), loss(f64::from(step), random()))).collect::<Vec<_>>()
    };
    let (train, mut validation) = (series(30_000.0, 0.05), series(40_000.0, 0.4));
    for point in &mut validation[150_000..] {
        point.1 = f64::NAN;
    }
    Figure::Lines(Lines {
        title: "Loss per step".into(),
        x_label: "step".into(),
        y_label: "cross-entropy".into(),
        series: vec![Series::line("train", train), Series::line("validation", validation)],
        ..Lines::default()
    })
}

/// A rate in percent over two settings: one of words, one of numbers.
fn rates(columns: usize, rows: usize) -> Figure {
    let words = ["gradient-descent", "adam", "rprop", "lm", "bfgs"];
    let value = |column: usize, row: usize| {
        let (x, y) = (column as f64 / columns as f64, row as f64 / rows as f64);
        100.0 * (1.0 - x * x) * sigmoid(20.0 * (y - 0.4)).min(1.0 - y / 3.0)
    };
    let mut values: Vec<f64> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .map(|(c, r)| value(c, r))
        .collect();
    values[1] = f64::NAN;
    let name = |k: usize| match columns {
        5 => words[k].to_owned(),
        _ => format!("{:.4}", 0.01 * 1.2_f64.powi(i32::try_from(k).unwrap_or(0))),
    };
    Figure::Cells(Cells {
        title: "Share of nets solved, in percent".into(),
        x_label: if columns == 5 { "optimiser" } else { "learning rate" }.into(),
        y_label: "hidden units".into(),
        columns: (0..columns).map(name).collect(),
        rows: (0..rows).map(|k| (k + 1).to_string()).collect(),
        values,
        range: Some((0.0, 100.0)),
    })
}

/// A rate over words.
fn words_with_intervals() -> Figure {
    let names = ["gradient-descent", "adam", "rprop", "lm", "normal(0, 0.01)"].map(String::from).to_vec();
    let rates = [90.0, 12.0, 55.0, 100.0, 0.0];
    let points = (0..).map(f64::from).zip(rates).collect();
    let bars = rates.map(|rate| (f64::max(rate - 9.0, 0.0), f64::min(rate + 7.0, 100.0))).to_vec();
    Figure::Lines(Lines {
        title: "Share of nets solved".into(),
        x_label: "optimiser".into(),
        y_label: "percent, with 95 % intervals".into(),
        x_names: names,
        y_reach: Some((0.0, 100.0)),
        series: vec![Series::dots("percent solved", points).with_bars(bars)],
        ..Lines::default()
    })
}

/// A rate over numbers at equal factors.
fn curve_with_intervals(count: u32) -> Figure {
    let at = |k: u32| 0.1 * 100_f64.powf(f64::from(k) / f64::from(count - 1));
    let rate = |x: f64| 95.0 * (-(x.ln() / 1.5).powi(2)).exp();
    let points: Vec<(f64, f64)> = (0..count).map(at).map(|x| (x, rate(x))).collect();
    let bars = points.iter().map(|(_, y)| ((y - 8.0).max(0.0), (y + 6.0).min(100.0))).collect();
    Figure::Lines(Lines {
        title: "Share of nets solved".into(),
        x_label: "learning rate".into(),
        y_label: "percent, with 95 % intervals".into(),
        x_log: true,
        y_reach: Some((0.0, 100.0)),
        series: vec![Series::line("percent solved", points).with_bars(bars)],
        ..Lines::default()
    })
}
