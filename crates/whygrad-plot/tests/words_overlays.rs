//! What a person would say about ways on maps, landscapes, networks, panels and histograms.

use whygrad_plot::{
    Figure, Lines, Link, Map, MapPath, Network, NetworkLayer, NetworkNode, Panels, PathKind, Series, Spot,
    SpotKind, Style, Surface, words,
};

#[track_caller]
fn check(figure: impl Into<Figure>, expected: &str) {
    assert_eq!(words::describe(&figure.into()), expected);
}

/// A plane that rises from 0 at the lower left to 2 at the upper right.
fn slope() -> Map {
    let values = (0..9).map(|index| f64::from(index % 3 + index / 3) / 2.0).collect();
    let value_label = "loss".into();
    Map { x: (0.0, 1.0), y: (0.0, 1.0), columns: 3, rows: 3, values, value_label, ..Map::default() }
}

fn descent() -> MapPath {
    MapPath {
        name: "descent".into(),
        points: vec![(1.0, 1.0), (0.5, 0.5), (0.0, 0.25)],
        values: vec![2.0, 0.8, 0.1],
        distance: vec![0.0, 3.0, 0.75],
        held: Some(0.71),
        ..MapPath::default()
    }
}

#[test]
fn a_way_is_told_by_its_ends_its_length_and_its_distance_from_the_plane() {
    check(
        Map { paths: vec![descent()], ..slope() },
        "The loss runs from 0 at (0, 0) to 2 at (1, 1). The descent goes from (1, 1), loss 2, in 2 steps to \
         (0, 0.25), loss 0.1. The plane holds 71 % of the descent; at its farthest, after 1 step, it is 3 away, where its \
         loss is 0.8 and that of the surface 1; at its end it is 0.75 away.",
    );
}

#[test]
fn what_of_a_way_lies_beyond_the_map_or_is_not_finite_is_counted() {
    let points = vec![(0.5, 0.5), (f64::NAN, 0.0), (3.0, 0.5)];
    let path = MapPath { points, distance: vec![0.0], ..MapPath::default() };
    check(
        Map { paths: vec![path, MapPath::default()], ..slope() },
        "The loss runs from 0 at (0, 0) to 2 at (1, 1). The way goes from (0.5, 0.5), loss 1, in 2 steps to \
         (3, 0.5), 1 of its 3 points beyond the map; the way has no point that can be drawn. Not drawn: 1 point of the \
         way that is not finite.",
    );
}

#[test]
fn borders_and_places_are_told_by_name() {
    let border = |name: &str, points| MapPath {
        name: name.into(),
        points,
        kind: PathKind::Border,
        ..MapPath::default()
    };
    let spot =
        |x: f64, y: f64, kind, label: &str| Spot { x, y, kind, label: label.into(), ..Spot::default() };
    check(
        Map {
            paths: vec![
                border("h1", vec![(-1.0, 0.5), (3.0, 0.5)]),
                border("h2", vec![(-1.0, 5.0), (3.0, 5.0)]),
            ],
            spots: vec![
                spot(1.0, 1.0, SpotKind::Start, "start"),
                spot(0.5, 0.5, SpotKind::Saddle, "A, loss 1"),
                spot(0.25, 1e-17, SpotKind::Flat, ""),
                spot(9.0, 0.0, SpotKind::Plain, "far"),
            ],
            notes: vec!["The plane holds 71 % of the path".into()],
            ..slope()
        },
        "The loss runs from 0 at (0, 0) to 2 at (1, 1). The input of h1 is 0 on the line from (0, 0.5) to \
         (1, 0.5), the input of h2 is 0 nowhere on the map. Marked: start at (1, 1); A, loss 1 (saddle) at (0.5, 0.5); flat place at \
         (0.25, 0); far at (9, 0), beyond the map. The plane holds 71 % of the path.",
    );
}

#[test]
fn what_a_map_lacks_is_counted_with_its_place() {
    let mut map = Map { value_log: true, ..slope() };
    map.values[8] = f64::NAN;
    check(
        map,
        "The loss runs from 0.5 at (0.5, 0) to 1.5 at (1, 0.5). Not drawn: 1 sample that is missing or not \
         finite, at (1, 1); 1 sample that is zero or negative on a logarithmic scale, at (0, 0).",
    );
}

#[test]
fn a_landscape_is_told_as_its_map() {
    let notes = vec!["A note.".into()];
    check(
        Surface { map: Map { notes, ..slope() }, turn: -30.0, tilt: 120.0 },
        "The loss runs from 0 at (0, 0) to 2 at (1, 1). A note.",
    );
}

fn network() -> Network {
    let node = |label: &str, bias| NetworkNode { label: label.into(), bias };
    let link = |from, to, weight| Link { from, to, weight };
    Network {
        layers: vec![
            NetworkLayer { name: "inputs".into(), nodes: vec![node("x1", None), node("x2", None)], more: 0 },
            NetworkLayer {
                name: "tanh".into(),
                nodes: vec![node("h1", Some(0.5)), node("h2", Some(-2.0))],
                more: 0,
            },
            NetworkLayer { name: "sigmoid".into(), nodes: vec![node("y", Some(0.123_456))], more: 0 },
        ],
        links: vec![
            link((0, 0), (1, 0), 1.5),
            link((0, 1), (1, 0), 5.1),
            link((0, 0), (1, 1), -6.4),
            link((0, 1), (1, 1), f64::NAN),
            link((1, 0), (2, 0), 2.0),
            link((1, 1), (2, 7), 2.0),
        ],
        ..Network::default()
    }
}

#[test]
fn a_network_is_told_by_its_shape_and_its_weights() {
    check(
        network(),
        "2 inputs, 2 hidden units (tanh), 1 output (sigmoid). Weights: x1 to h1 1.5, x2 to h1 5.1, x1 to h2 -6.4, \
         h1 to y 2; biases: h1 0.5, h2 -2, y 0.123. Not drawn: 2 weights that are not finite or without a node at each end.",
    );
}

#[test]
fn of_a_network_with_many_weights_the_largest_are_told() {
    let mut network = network();
    network.layers[1].more = 30;
    network.links = (0..20).map(|k| Link { from: (0, k % 2), to: (1, k % 2), weight: k as f64 }).collect();
    check(
        network,
        "2 inputs, 32 hidden units (tanh), 1 output (sigmoid). The largest drawn weight is 19, from x2 to h2, and none \
         is negative; the largest bias is -2, of h2. Not drawn: 30 nodes.",
    );
    check(Network::default(), "The network has no layers. It has no weights.");
}

#[test]
fn panels_are_told_one_after_another_with_their_titles() {
    let map = Figure::Map(Map { title: "hidden unit 1".into(), ..slope() });
    let lines = Figure::Lines(Lines { notes: vec!["Nothing was recorded.".into()], ..Lines::default() });
    let notes = vec!["Each has its own scale.".into()];
    check(
        Panels { figures: vec![map, lines], notes, ..Panels::default() },
        "Each has its own scale. Picture 1 of 2, hidden unit 1: The loss runs from 0 at (0, 0) to 2 at (1, 1). Picture \
         2 of 2, Picture: There is nothing to draw. Nothing was recorded.",
    );
    check(Panels::default(), "There is nothing to draw.");
}

#[test]
fn a_histogram_is_told_by_its_reach_its_sum_its_highest_column_and_its_middle_half() {
    let points = [1.0, 4.0, 10.0, 4.0, 1.0].into_iter().enumerate().map(|(k, y)| (k as f64, y)).collect();
    let series = Series { name: "count".into(), style: Style::Columns, points, ..Series::default() };
    check(
        Lines { x_label: "weight".into(), series: vec![series], ..Lines::default() },
        "Count: 5 columns from weight 0 to 4, 20 in all; the highest is 10 at 2, and the middle half lies between 1 \
         and 2.",
    );
}

#[test]
fn a_way_ends_at_a_stationary_point_and_others_are_told_after_it() {
    let spot = |(x, y): (f64, f64), kind, detail: &str, value: f64| Spot {
        x,
        y,
        kind,
        label: "written beside it".into(),
        value: Some(value),
        detail: detail.into(),
        ..Spot::default()
    };
    let spots = vec![
        spot((0.0, 0.25), SpotKind::Minimum, "flat in 5 of 9 directions", 0.1),
        Spot { distance: 0.5, ..spot((0.5, 0.0), SpotKind::Saddle, "", 0.125) },
    ];
    let path = MapPath { distance: vec![], held: Some(1.0), ..descent() };
    check(
        Map { paths: vec![path.clone()], spots: spots.clone(), ..slope() },
        "The loss runs from 0 at (0, 0) to 2 at (1, 1). The descent goes from (1, 1), loss 2, in 2 steps to (0, 0.25), \
         loss 0.1, a minimum (flat in 5 of 9 directions), and a saddle of loss 0.125 lies at (0.5, 0), 0.5 off the \
         plane. The plane holds all of the descent.",
    );
    let many = vec![spot((0.5, 0.5), SpotKind::Flat, "flat in 2 of 2 directions", 1.0); 6];
    check(
        Map { spots: [spots[1..].to_vec(), many].concat(), ..slope() },
        "The loss runs from 0 at (0, 0) to 2 at (1, 1); there are a saddle of loss 0.125 at (0.5, 0), 0.5 off the plane, \
         a flat place, flat in 2 of 2 directions, of loss 1 at (0.5, 0.5), a flat place, flat in 2 of 2 directions, of \
         loss 1 at (0.5, 0.5), a flat place, flat in 2 of 2 directions, of loss 1 at (0.5, 0.5) and 3 more such points.",
    );
    let epochs = vec![0, 40, 4000];
    let second = MapPath { name: "path of b".into(), held: Some(0.9936), epochs, ..descent() };
    let told = words::describe(&Map { paths: vec![path, second], ..slope() }.into());
    assert!(
        told.ends_with(
            "The plane holds all of the descent; of the path of b it holds 99.36 %; at its farthest, after 40 epochs, it \
             is 3 away, where its loss is 0.8 and that of the surface 1; at its end it is 0.75 away."
        ),
        "{told}"
    );
}

#[test]
fn panels_with_a_summary_are_told_by_it_and_by_what_they_lack() {
    let gap =
        Lines { series: vec![Series::line("f", vec![(0.0, f64::NAN), (1.0, 2.0)])], ..Lines::default() };
    check(
        Panels {
            figures: vec![slope().into(), gap.clone().into(), gap.into()],
            summary: vec!["Both rise".into()],
            ..Panels::default()
        },
        "Both rise. Not drawn: 1 point that is not finite, at 0.",
    );
}
