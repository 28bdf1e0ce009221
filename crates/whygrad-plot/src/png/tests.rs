use super::*;
use crate::figure::{
    Lines, Link, Map, MapPath, MapPoint, Network, NetworkLayer, NetworkNode, Series, Spot, SpotKind, Surface,
};

/// The colour at the middle of a pixel row's darkest place, and the size, of a picture.
fn decoded(bytes: &[u8]) -> tiny_skia::Pixmap {
    tiny_skia::Pixmap::decode_png(bytes).unwrap()
}

fn falling() -> Figure {
    let points = (0..50).map(|k| (f64::from(k), 1.0 / f64::from(k + 1))).collect();
    Figure::Lines(Lines { title: "Loss".into(), series: vec![Series::line("", points)], ..Lines::default() })
}

#[test]
fn a_picture_has_the_size_times_the_scale_and_its_text_is_drawn() {
    let look = Look { width: 300.0, height: 200.0, scale: 2.0, dark: false };
    let picture = decoded(&render(&falling(), &look).unwrap());
    assert_eq!((picture.width(), picture.height()), (600, 400));
    let is_ink = |x: u32, y: u32| picture.pixel(x, y).is_some_and(|pixel| pixel.red() < 100);
    let title = (0..60).flat_map(|y| (0..200).map(move |x| (x, y))).filter(|&(x, y)| is_ink(x, y)).count();
    assert!(title > 150, "only {title} dark pixels where the title stands");
}

#[test]
fn a_picture_too_large_is_drawn_smaller_and_a_dark_one_is_dark() {
    let look = Look { width: 1e9, height: 1e9, scale: 20.0, dark: true };
    let picture = decoded(&render(&falling(), &look).unwrap());
    assert!(picture.width() <= 4001);
    assert!(picture.pixel(0, 0).is_some_and(|pixel| pixel.red() < 60));
    let odd = Look { width: f64::NAN, height: -1.0, scale: f64::NAN, dark: false };
    assert!(decoded(&render(&falling(), &odd).unwrap()).width() >= 16);
}

/// From dark to light.
const SHADES: &[u8; 10] = b"@%#*+=-:. ";

/// A picture as letters, each the mean lightness of a square of ten points.
fn coarse(figure: &Figure) -> Vec<String> {
    let look = Look { width: 400.0, height: 280.0, scale: 1.0, dark: false };
    let picture = decoded(&render(figure, &look).unwrap());
    let lightness = |x: u32, y: u32| {
        picture.pixel(x, y).map_or(0.0, |p| {
            0.3 * f64::from(p.red()) + 0.6 * f64::from(p.green()) + 0.1 * f64::from(p.blue())
        })
    };
    let letter = |column: u32, row: u32| {
        let square = (0..100).map(|k| lightness(10 * column + k % 10, 10 * row + k / 10));
        let mean = square.sum::<f64>() / 100.0 / 255.0;
        char::from(SHADES[((mean * 10.0) as usize).min(9)])
    };
    (0..picture.height() / 10)
        .map(|row| (0..picture.width() / 10).map(|column| letter(column, row)).collect())
        .collect()
}

/// Holds that a picture looks as it did: as large, and nowhere lighter or darker by more than a shade, but for one square in
/// fifty, since a line may pass an edge.
fn looks_like(figure: &Figure, expected: &str) {
    let found = coarse(figure);
    let expected: Vec<&str> = expected.lines().map(|line| line.trim_matches('|')).collect();
    let shade = |letter: u8| SHADES.iter().position(|shade| *shade == letter).unwrap_or(0);
    let rows = found.iter().zip(&expected);
    let squares = rows.flat_map(|(a, b)| a.bytes().zip(b.bytes()));
    let other = squares.filter(|(a, b)| shade(*a).abs_diff(shade(*b)) > 1).count();
    let same_size =
        found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| a.len() == b.len());
    let all = found.len() * found.first().map_or(0, String::len);
    assert!(
        same_size && 50 * other <= all,
        "{other} of {all} squares differ; it looks like\n{}",
        found.iter().map(|line| format!("|{line}|\n")).collect::<Vec<_>>().concat()
    );
}

fn hill() -> Map {
    let place = |k: usize| k as f64 / 10.0 - 1.0;
    let values =
        (0..441).map(|k| (place(k % 21), place(k / 21))).map(|(x, y)| (-2.0 * (x * x + 2.0 * y * y)).exp());
    let path = MapPath {
        name: "path".into(),
        points: vec![(-0.9, -0.8), (-0.4, -0.5), (0.0, 0.0)],
        ..MapPath::default()
    };
    Map {
        title: "A hill".into(),
        x: (-1.0, 1.0),
        y: (-1.0, 1.0),
        columns: 21,
        rows: 21,
        values: values.collect(),
        level: Some(0.5),
        points: vec![
            MapPoint { x: 0.5, y: 0.5, value: 1.0, aside: false },
            MapPoint { x: -0.7, y: 0.7, value: 0.0, aside: false },
        ],
        paths: vec![path],
        spots: vec![Spot {
            x: 0.0,
            y: 0.0,
            kind: SpotKind::Maximum,
            label: "maximum".into(),
            ..Spot::default()
        }],
        ..Map::default()
    }
}

#[test]
fn a_curve_looks_as_it_did() {
    looks_like(&falling(), include_str!("looks/curve.txt"));
}

#[test]
fn a_map_looks_as_it_did() {
    looks_like(&hill().into(), include_str!("looks/map.txt"));
}

#[test]
fn a_landscape_looks_as_it_did() {
    let map = Map { paths: vec![], spots: vec![], ..hill() };
    looks_like(&Surface { map, turn: 35.0, tilt: 30.0 }.into(), include_str!("looks/landscape.txt"));
}

#[test]
fn a_network_looks_as_it_did() {
    let node = |label: &str, bias| NetworkNode { label: label.into(), bias };
    let layer = |name: &str, nodes| NetworkLayer { name: name.into(), nodes, more: 0 };
    let link = |from, to, weight| Link { from, to, weight };
    let network = Network {
        title: "A net".into(),
        layers: vec![
            layer("inputs", vec![node("x1", None), node("x2", None)]),
            layer("tanh", vec![node("h1", Some(0.5)), node("h2", Some(-2.0))]),
            layer("linear", vec![node("y", Some(1.0))]),
        ],
        links: vec![
            link((0, 0), (1, 0), 3.0),
            link((0, 1), (1, 0), -1.0),
            link((0, 0), (1, 1), 0.5),
            link((0, 1), (1, 1), -4.0),
            link((1, 0), (2, 0), 2.0),
            link((1, 1), (2, 0), -2.0),
        ],
        notes: vec![],
    };
    looks_like(&network.into(), include_str!("looks/network.txt"));
}
