//! Small pictures of ways on maps, of networks, panels and histograms, character by character.

use whygrad_plot::{
    Figure, Lines, Link, Map, MapPath, Network, NetworkLayer, NetworkNode, Panels, PathKind, Series, Spot,
    SpotKind, Style, Surface, terminal,
};

#[track_caller]
fn check(figure: impl Into<Figure>, (columns, rows): (usize, usize), unicode: bool, expected: &str) {
    let text =
        terminal::render(&figure.into(), &terminal::Terminal { columns, rows, colour: false, unicode });
    assert_eq!(format!("\n{text}"), expected, "the picture is now:\n{text}");
}

fn slope() -> Map {
    let values = (0..9).map(|index| f64::from(index % 3 + index / 3) / 4.0).collect();
    let points = vec![(1.0, 0.9), (0.6, 0.5), (0.1, 0.5)];
    let spot =
        |x: f64, y: f64, kind, label: &str| Spot { x, y, kind, label: label.into(), ..Spot::default() };
    Map {
        x: (0.0, 1.0),
        y: (0.0, 1.0),
        columns: 3,
        rows: 3,
        values,
        value_label: "loss".into(),
        paths: vec![
            MapPath { name: "descent".into(), points, ..MapPath::default() },
            MapPath {
                name: "h1".into(),
                points: vec![(0.2, -1.0), (0.2, 2.0)],
                kind: PathKind::Border,
                ..MapPath::default()
            },
        ],
        spots: vec![
            spot(1.0, 0.9, SpotKind::Start, "start"),
            spot(0.1, 0.5, SpotKind::End, "end"),
            spot(0.1, 0.5, SpotKind::Minimum, "minimum"),
        ],
        notes: vec!["It is a plane.".into()],
        ..Map::default()
    }
}

#[test]
fn a_way_is_dots_a_border_a_line_and_places_are_letters() {
    check(
        slope(),
        (34, 13),
        true,
        "
1.0 ┤+++┊**###%%%@@@A  @@ 1
    │===┊++***###%••@  %%
    │--=┊=+++***••#%%  ##
    │:--┊===+++•**###  ++
0.5 ┤:BC•••••••++***#  ==
    │..:┊:---===+++**  ::
    │ ..┊:::---===+++  ..
  0 ┤   ┊..:::---===+     0
    └┬──────────────┬
     0              1
  ▒ loss   • descent   ┊ h1
  A start   B end   C minimum
It is a plane.
",
    );
    check(
        slope(),
        (34, 13),
        false,
        "
1.0 ++++!**###%%%@@@A  @@ 1
    |===!++***###%oo@  %%
    |--=!=+++***oo#%%  ##
    |:--!===+++o**###  ++
0.5 +:BCooooooo++***#  ==
    |..:!:---===+++**  ::
    | ..!:::---===+++  ..
  0 +   !..:::---===+     0
    ++--------------+
     0              1
  # loss   o descent   ! h1
  A start   B end   C minimum
It is a plane.
",
    );
}

#[test]
fn a_landscape_is_seen_from_above() {
    let text = terminal::render(
        &Surface { map: slope(), turn: 30.0, tilt: 30.0 }.into(),
        &terminal::Terminal::default(),
    );
    assert!(text.ends_with("It is a plane.\nShown here from above.\n"), "{text}");
}

fn network(hidden: usize) -> Network {
    let nodes = |name: &str, count: usize, bias| {
        (1..=count).map(|k| NetworkNode { label: format!("{name}{k}"), bias }).collect::<Vec<_>>()
    };
    let layer = |name: &str, nodes| NetworkLayer { name: name.into(), nodes, more: 0 };
    let mut links = Vec::new();
    for unit in 0..hidden {
        links.push(Link { from: (0, 0), to: (1, unit), weight: 1.0 + unit as f64 });
        links.push(Link { from: (1, unit), to: (2, 0), weight: -0.5 });
    }
    Network {
        title: "net".into(),
        layers: vec![
            layer("inputs", nodes("x", 1, None)),
            layer("tanh", nodes("h", hidden, Some(0.25))),
            layer("", nodes("y", 1, None)),
        ],
        links,
        ..Network::default()
    }
}

#[test]
fn a_network_is_a_table_of_its_weights_the_largest_first() {
    check(
        network(2),
        (60, 20),
        true,
        "
                             net
1 input, 2 hidden units (tanh), 1 output.
weights into the hidden layer, tanh
  x1 → h2 2 ██████   x1 → h1 1 ███
weights into the output
  h1 → y1 -0.5 ░░       h2 → y1 -0.5 ░░
biases: h1 0.25, h2 0.25
",
    );
    check(
        network(40),
        (44, 16),
        false,
        "
                     net
1 input, 40 hidden units (tanh), 1 output.
weights into the hidden layer, tanh
  x1 -> h40 40 ######   x1 -> h36 36 ######
  x1 -> h39 39 ######   x1 -> h35 35 ######
  x1 -> h38 38 ######   x1 -> h34 34 ######
  x1 -> h37 37 ######   x1 -> h33 33 #####
  and 32 smaller weights
weights into the output
  h1 -> y1  -0.5 -
  h2 -> y1  -0.5 -
  h3 -> y1  -0.5 -
  h4 -> y1  -0.5 -
  and 36 smaller weights
biases: h1 0.25, h2 0.25, h3 0.25, h4 0.25,
h5 0.25, h6 0.25, h7 0.25, h8 0.25, h9 0.25,
h10 0.25, h11 0.25, h12 0.25, h13 0.25,
h14 0.25, h15 0.25, h16 0.25, h17 0.25, ...
",
    );
}

#[test]
fn panels_stand_one_below_another() {
    let figures = vec![Figure::Network(network(2)), Figure::Lines(Lines::default())];
    let text = terminal::render(
        &Panels {
            title: "both".into(),
            figures,
            columns: 2,
            notes: vec!["A note.".into()],
            ..Panels::default()
        }
        .into(),
        &terminal::Terminal { rows: 20, ..terminal::Terminal::default() },
    );
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!((lines[0], lines[1], lines[2], lines[3]), ("both", "A note.", "", "net"), "{text}");
}

#[test]
fn a_histogram_is_blocks_that_stand_on_zero() {
    let points = [1.0, 4.0, 10.0, 5.0, -2.0].into_iter().enumerate().map(|(k, y)| (k as f64, y)).collect();
    let series = Series { style: Style::Columns, points, ..Series::default() };
    let lines = Lines { x_label: "weight".into(), series: vec![series], ..Lines::default() };
    check(
        lines.clone(),
        (30, 10),
        true,
        "
10 ┤          ▆▆▆▆▆▆
   │          ██████
 5 ┤          ██████
   │     ▄▄▄▄▄███████████
   │     ████████████████
 0 ┤▄▄▄▄▄████████████████▃▃▃▃▃
   │                     █████
   └──┬──────────┬─────────┬──
      0          2         4
              weight
",
    );
    check(
        lines,
        (30, 10),
        false,
        "
10 +          %%%%%%
   |          %%%%%%
 5 +          %%%%%%
   |     %%%%%%%%%%%%%%%%
   |     %%%%%%%%%%%%%%%%
 0 +%%%%%%%%%%%%%%%%%%%%%
   |                     %%%%%
   +--+----------+---------+--
      0          2         4
              weight
",
    );
}
