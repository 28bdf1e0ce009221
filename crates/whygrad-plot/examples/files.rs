//! Writes figures as files of every format: `cargo run -p whygrad-plot --features png --example files -- FOLDER`.
#![allow(clippy::print_stdout, reason = "an example says what it does")]

use whygrad_plot::{
    Cells, Figure, Format, Lines, Link, Look, Map, MapPath, MapPoint, Mark, Network, NetworkLayer,
    NetworkNode, Panels, PathKind, Series, Spot, SpotKind, Style, Surface, html,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("say a folder")?;
    for (name, figure) in figures() {
        for ending in Format::endings() {
            let file = format!("{folder}/{name}.{ending}");
            let begin = std::time::Instant::now();
            let bytes = Format::of_file(&file)?.render(&figure, &Look::default())?;
            println!("{file}: {} bytes, {:?}", bytes.len(), begin.elapsed());
            std::fs::write(file, bytes)?;
        }
    }
    let all: Vec<(&str, Figure)> = figures().into_iter().filter(|(name, _)| *name != "panels").collect();
    let sections: Vec<html::Section> = all
        .into_iter()
        .map(|(name, figure)| html::Section::new(name).text("A figure of this kind.").figure(figure))
        .collect();
    std::fs::write(format!("{folder}/report.html"), html::page("All figures", &sections))?;
    Ok(())
}

fn figures() -> Vec<(&'static str, Figure)> {
    let surface = Surface { map: valley(), turn: 30.0, tilt: 35.0 };
    let panels = Panels {
        title: "Two views of one run".into(),
        figures: vec![loss(true), Figure::Map(valley())],
        columns: 2,
        notes: vec!["Both are of the run with seed 7.".into()],
        ..Panels::default()
    };
    vec![
        ("loss", loss(false)),
        ("loss-log", loss(true)),
        ("intervals", intervals()),
        ("histogram", histogram()),
        ("odd", odd()),
        ("map", Figure::Map(valley())),
        ("surface", surface.into()),
        ("cells", cells()),
        ("network", network()),
        ("panels", panels.into()),
    ]
}

fn loss(y_log: bool) -> Figure {
    let curve = |rate: f64, spike: usize| {
        let value = |epoch: usize| {
            let noise = if epoch == spike { 0.5 } else { 0.0 };
            0.3 * (-(epoch as f64) / rate).exp() + 1e-4 + noise
        };
        (0..100_000).map(|epoch| (epoch as f64, value(epoch))).collect::<Vec<_>>()
    };
    let mut broken = curve(20_000.0, 77_777);
    broken[50_000..60_000].iter_mut().for_each(|point| point.1 = f64::NAN);
    Figure::Lines(Lines {
        title: "Training loss, 50 % & more of a_1 {x²}".into(),
        x_label: "epoch".into(),
        y_label: "loss".into(),
        x_whole: true,
        y_log,
        series: vec![Series::line("gradient-descent", curve(8000.0, 12_345)), Series::line("adam", broken)],
        marks: vec![
            Mark { x: 60_000.0, label: "plateau ends".into() },
            Mark { x: 65_000.0, label: "rate halved".into() },
        ],
        notes: vec!["Seed 7, 损 one net of 100.".into()],
        ..Lines::default()
    })
}

fn intervals() -> Figure {
    let names = ["gradient-descent", "adam", "rprop", "normal(0, 0.01)"].map(String::from).to_vec();
    let points = (0..).map(f64::from).zip([90.0, 12.0, 55.0, 100.0]).collect();
    let bars = vec![(80.0, 95.0), (5.0, 20.0), (44.0, 66.0), (96.0, 100.0)];
    Figure::Lines(Lines {
        title: "Share of nets solved".into(),
        x_label: "optimiser".into(),
        y_label: "percent".into(),
        x_names: names,
        y_reach: Some((0.0, 100.0)),
        series: vec![Series::dots("", points).with_bars(bars)],
        ..Lines::default()
    })
}

fn histogram() -> Figure {
    let height = |place: f64| 40.0 * (-place * place).exp();
    let points = (-10..=10).map(|k| f64::from(k) / 5.0).map(|place| (place, height(place))).collect();
    let series = Series { name: "weights".into(), points, style: Style::Columns, ..Series::default() };
    let (x_label, y_label) = ("weight".into(), "count".into());
    Figure::Lines(Lines {
        title: "Weights at the end".into(),
        x_label,
        y_label,
        series: vec![series],
        ..Lines::default()
    })
}

/// Numbers that hardly any program draws.
fn odd() -> Figure {
    let points = (0..50).map(|k| (1.0 + f64::from(k) * 1e-9, 1e299 * f64::from(k * k))).collect();
    Figure::Lines(Lines {
        title: "Odd numbers".into(),
        series: vec![Series::line("", points)],
        ..Lines::default()
    })
}

fn height(x: f64, y: f64) -> f64 {
    (x * x - 1.0).powi(2) / 4.0 + y * y / 2.0 + 0.1 * x
}

/// A loss with two valleys and a descent into one of them.
fn valley() -> Map {
    let (columns, rows) = (61, 51);
    let place = |index: usize, count: usize| -2.0 + 4.0 * index as f64 / (count - 1) as f64;
    let at = |row: usize| (0..columns).map(move |column| height(place(column, columns), place(row, rows)));
    let mut values: Vec<f64> = (0..rows).flat_map(at).collect();
    values[5] = f64::NAN;
    let slope = |x: f64, y: f64| (x * (x * x - 1.0) + 0.1, y);
    let step = |&(x, y): &(f64, f64)| {
        let (right, up) = slope(x, y);
        Some((x - 0.1 * right, y - 0.1 * up))
    };
    let descent: Vec<(f64, f64)> = std::iter::successors(Some((0.1, 1.8)), step).take(60).collect();
    let distance = (0..descent.len()).map(|index| index as f64 / 60.0).collect();
    let values_of_path = descent.iter().map(|at| height(at.0, at.1)).collect();
    let end = descent[descent.len() - 1];
    let border = vec![(-2.0, -1.0), (2.0, 1.5)];
    Map {
        title: "Loss over two weights".into(),
        x_label: "w1".into(),
        y_label: "w2".into(),
        x: (-2.0, 2.0),
        y: (-2.0, 2.0),
        columns,
        rows,
        values,
        value_label: "loss".into(),
        level: Some(0.5),
        contours: true,
        points: vec![
            MapPoint { x: -1.0, y: -1.0, value: 0.2, aside: false },
            MapPoint { x: 1.0, y: 1.0, value: 0.9, aside: false },
        ],
        paths: vec![
            MapPath {
                name: "descent".into(),
                points: descent,
                distance,
                values: values_of_path,
                ..MapPath::default()
            },
            MapPath { name: "unit h1".into(), points: border, kind: PathKind::Border, ..MapPath::default() },
        ],
        spots: vec![
            Spot { x: 0.1, y: 1.8, kind: SpotKind::Start, label: "start".into(), ..Spot::default() },
            Spot { x: end.0, y: end.1, kind: SpotKind::End, label: "end".into(), ..Spot::default() },
            Spot {
                x: 0.1,
                y: 0.0,
                kind: SpotKind::Saddle,
                label: "saddle, loss 0.25".into(),
                ..Spot::default()
            },
        ],
        notes: vec!["The plane holds 71 % of the path.".into()],
        ..Map::default()
    }
}

fn cells() -> Figure {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut values: Vec<f64> = (0..15).map(|k| f64::from(k) * 100.0 / 14.0).collect();
    values[3] = f64::NAN;
    Figure::Cells(Cells {
        title: "Share of nets solved, in percent".into(),
        x_label: "optimiser".into(),
        y_label: "hidden units".into(),
        columns: names(&["gradient-descent", "adam", "rprop", "lm", "bfgs"]),
        rows: names(&["2", "3", "4"]),
        values,
        range: Some((0.0, 100.0)),
    })
}

fn network() -> Figure {
    let node = |label: &str, bias: Option<f64>| NetworkNode { label: label.into(), bias };
    let layers = vec![
        NetworkLayer { name: "inputs".into(), nodes: vec![node("x1", None), node("x2", None)], more: 0 },
        NetworkLayer {
            name: "sigmoid".into(),
            nodes: vec![node("h1", Some(-3.1)), node("h2", Some(7.5)), node("h3", Some(0.2))],
            more: 29,
        },
        NetworkLayer { name: "output".into(), nodes: vec![node("y", Some(-1.0))], more: 0 },
    ];
    let first = (0..2).flat_map(|from| (0..3).map(move |to| ((0, from), (1, to))));
    let links = first.chain((0..3).map(|from| ((1, from), (2, 0)))).enumerate();
    let weight = |index: usize| [5.2, -3.0, 0.4, 2.5, 6.0, -0.9, 7.0, -7.4, 1.5][index % 9];
    Figure::Network(Network {
        title: "Weights of a 2-3-1 network".into(),
        layers,
        links: links.map(|(index, (from, to))| Link { from, to, weight: weight(index) }).collect(),
        notes: vec!["Solid is positive, dashed is negative.".into()],
    })
}
