//! A network that learns exclusive or: its landscape, its output, its weights.

use whygrad_plot::{
    Figure, Lines, Link, Map, MapPath, MapPoint, Network, NetworkLayer, NetworkNode, Panels, PathKind,
    Series, Spot, SpotKind, Style, Surface,
};

use crate::sigmoid;

/// The parameters: two weights and a bias of each hidden unit, then of the output.
type Parameters = [f64; 9];

const ROWS: [(f64, f64, f64); 4] = [(0.0, 0.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 0.0)];

fn hidden(p: &Parameters, unit: usize, x: f64, y: f64) -> f64 {
    sigmoid(p[3 * unit] * x + p[3 * unit + 1] * y + p[3 * unit + 2])
}

fn output(p: &Parameters, x: f64, y: f64) -> f64 {
    sigmoid(p[6] * hidden(p, 0, x, y) + p[7] * hidden(p, 1, x, y) + p[8])
}

fn loss(p: &Parameters) -> f64 {
    ROWS.iter().map(|(x, y, target)| (output(p, *x, *y) - target).powi(2)).sum::<f64>() / 4.0
}

/// Descends and returns the parameters after each epoch. The slopes are differences, which is enough for a picture.
fn descend(epochs: usize) -> Vec<Parameters> {
    let mut now: Parameters = [0.9, -0.7, 0.1, -0.6, 0.8, 0.2, 0.5, 0.9, -0.4];
    let mut course = vec![now];
    for _ in 0..epochs {
        let mut slopes = [0.0; 9];
        for (index, slope) in slopes.iter_mut().enumerate() {
            let mut moved = [now, now];
            moved[0][index] += 1e-5;
            moved[1][index] -= 1e-5;
            *slope = (loss(&moved[0]) - loss(&moved[1])) / 2e-5;
        }
        now.iter_mut().zip(slopes).for_each(|(p, slope)| *p -= 4.0 * slope);
        course.push(now);
    }
    course
}

fn product(a: &Parameters, b: &Parameters) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Returns `a + share * b`.
fn plus(a: &Parameters, share: f64, b: &Parameters) -> Parameters {
    std::array::from_fn(|index| a[index] + share * b[index])
}

/// The loss over the plane through the beginning, the middle and the end of a descent.
fn landscape(size: usize, value_log: bool) -> Map {
    let course = descend(1500);
    let (first, middle, last) = (course[0], course[200], course[1500]);
    let across = plus(&last, -1.0, &first);
    let across = across.map(|part| part / product(&across, &across).sqrt());
    let up = plus(&middle, -1.0, &first);
    let up = plus(&up, -product(&up, &across), &across);
    let up = up.map(|part| part / product(&up, &up).sqrt());
    let along = |p: &Parameters| {
        let from = plus(p, -1.0, &first);
        (product(&from, &across), product(&from, &up))
    };
    let on = |(a, b): (f64, f64)| plus(&plus(&first, a, &across), b, &up);
    let points: Vec<(f64, f64)> = course.iter().map(along).collect();
    let away = course.iter().map(|p| {
        let off = plus(p, -1.0, &on(along(p)));
        product(&off, &off).sqrt()
    });
    let away: Vec<f64> = away.collect();
    let end = along(&last).0;
    let (x, y) = ((-0.3 * end, 1.25 * end), (-0.7 * end, 0.85 * end));
    let place =
        |ends: (f64, f64), index: usize| ends.0 + (ends.1 - ends.0) * index as f64 / (size - 1) as f64;
    let values = (0..size * size).map(|k| loss(&on((place(x, k % size), place(y, k / size)))));
    let spot = |kind, at: usize, label: &str| {
        let label = format!("{label}, loss {:.3}", loss(&course[at]));
        Spot { x: points[at].0, y: points[at].1, kind, label, ..Spot::default() }
    };
    Map {
        title: "Loss of a 2-2-1 network on XOR around its descent".into(),
        x_label: "along the way from start to end".into(),
        y_label: "across".into(),
        x,
        y,
        columns: size,
        rows: size,
        values: values.collect(),
        value_label: "loss".into(),
        value_log,
        contours: true,
        spots: vec![
            spot(SpotKind::Start, 0, "start"),
            spot(SpotKind::Saddle, 60, "saddle"),
            spot(SpotKind::End, 1500, "end"),
        ],
        paths: vec![MapPath {
            name: "descent".into(),
            distance: away,
            values: course.iter().map(loss).collect(),
            points,
            ..MapPath::default()
        }],
        notes: vec!["The plane goes through start, epoch 200 and end.".into()],
        ..Map::default()
    }
}

fn over_inputs(title: &str, size: usize, value: impl Fn(f64, f64) -> f64) -> Map {
    let place = |index: usize| -0.3 + 1.6 * index as f64 / (size - 1) as f64;
    Map {
        title: title.into(),
        x_label: "x1".into(),
        y_label: "x2".into(),
        x: (-0.3, 1.3),
        y: (-0.3, 1.3),
        columns: size,
        rows: size,
        values: (0..size * size).map(|k| value(place(k % size), place(k / size))).collect(),
        points: ROWS.map(|(x, y, value)| MapPoint { x, y, value, aside: false }).into(),
        level: Some(0.5),
        ..Map::default()
    }
}

fn border(p: &Parameters, unit: usize) -> MapPath {
    let at = |x: f64| (x, -(p[3 * unit] * x + p[3 * unit + 2]) / p[3 * unit + 1]);
    let points = vec![at(-9.0), at(9.0)];
    MapPath { name: format!("h{} = 0.5", unit + 1), points, kind: PathKind::Border, ..MapPath::default() }
}

fn network(hidden: usize) -> Network {
    let p = descend(1500)[1500];
    let label = |name: &str, count: usize, bias: Option<f64>| {
        (1..=count).map(|k| NetworkNode { label: format!("{name}{k}"), bias }).collect::<Vec<_>>()
    };
    let mut layers = vec![
        NetworkLayer { name: "inputs".into(), nodes: label("x", 2, None), more: 0 },
        NetworkLayer {
            name: "sigmoid".into(),
            nodes: label("h", hidden.min(20), Some(0.0)),
            more: hidden.max(20) - 20,
        },
        NetworkLayer {
            name: "sigmoid".into(),
            nodes: vec![NetworkNode { label: "y".into(), bias: Some(p[8]) }],
            more: 0,
        },
    ];
    let mut links = Vec::new();
    for unit in 0..layers[1].nodes.len() {
        let scale =
            |k: usize| if hidden == 2 { p[3 * unit + k] } else { (7.0 * (unit * 3 + k) as f64).sin() };
        layers[1].nodes[unit].bias = Some(scale(2));
        links.push(Link { from: (0, 0), to: (1, unit), weight: scale(0) });
        links.push(Link { from: (0, 1), to: (1, unit), weight: scale(1) });
        links.push(Link {
            from: (1, unit),
            to: (2, 0),
            weight: if hidden == 2 { p[6 + unit] } else { scale(3) },
        });
    }
    Network { title: format!("2-{hidden}-1 network on XOR"), layers, links, notes: Vec::new() }
}

fn histogram() -> Lines {
    let points = (0..25).map(|k| {
        let x = -2.4 + 0.2 * f64::from(k);
        (x, (120.0 * (-(x - 0.3).powi(2)).exp()).round())
    });
    Lines {
        title: "Weights of the hidden layer at epoch 1500".into(),
        x_label: "weight".into(),
        y_label: "count".into(),
        series: vec![Series {
            name: "count".into(),
            points: points.collect(),
            style: Style::Columns,
            ..Series::default()
        }],
        ..Lines::default()
    }
}

/// All of them, with names.
pub(crate) fn figures() -> Vec<(&'static str, Figure)> {
    let p = descend(1500)[1500];
    let mut with_borders = over_inputs("Output of a 2-2-1 network on XOR", 61, |x, y| output(&p, x, y));
    with_borders.paths = vec![border(&p, 0), border(&p, 1)];
    with_borders.value_label = "output".into();
    let in_3d = |map: Map, turn: f64, tilt: f64| Figure::Surface(Surface { map, turn, tilt });
    let output_3d = Map { paths: Vec::new(), ..with_borders.clone() };
    let panel = |unit: usize| {
        let name = format!("hidden unit {}", unit + 1);
        let mut map = over_inputs(&name, 41, |x, y| hidden(&p, unit, x, y));
        map.paths.push(border(&p, unit));
        Figure::Map(map)
    };
    let panels = Panels {
        title: "What the hidden units of a 2-2-1 network see".into(),
        figures: vec![panel(0), panel(1), Figure::Lines(histogram())],
        columns: 2,
        notes: vec!["Each map has a scale of its own.".into()],
        ..Panels::default()
    };
    vec![
        ("landscape", Figure::Map(landscape(200, false))),
        ("landscape-log", Figure::Map(landscape(61, true))),
        ("xor-borders", Figure::Map(with_borders)),
        ("landscape-3d", in_3d(landscape(60, false), 155.0, 35.0)),
        ("landscape-3d-log", in_3d(landscape(60, true), 215.0, 30.0)),
        ("xor-3d", in_3d(output_3d, 40.0, 30.0)),
        ("network", Figure::Network(network(2))),
        ("network-wide", Figure::Network(network(32))),
        ("panels", Figure::Panels(panels)),
        ("histogram", Figure::Lines(histogram())),
    ]
}
