//! The structure of the SVG of maps with ways, of landscapes, networks, panels and histograms.

use whygrad_plot::{
    Figure, Lines, Link, Map, MapPath, Network, NetworkLayer, NetworkNode, Panels, PathKind, Series, Spot,
    SpotKind, Style, Surface, svg,
};

fn render(figure: impl Into<Figure>) -> String {
    svg::render(&figure.into(), &svg::Svg::default())
}

fn count(svg: &str, part: &str) -> usize {
    svg.matches(part).count()
}

/// A saddle over -1..=1 in both directions.
fn saddle(size: u32) -> Map {
    let place = |index: u32| -1.0 + 2.0 * f64::from(index) / f64::from(size - 1);
    let values = (0..size * size).map(|k| place(k % size).powi(2) - place(k / size).powi(2));
    Map {
        title: "A saddle".into(),
        x_label: "w1".into(),
        y_label: "w2".into(),
        x: (-1.0, 1.0),
        y: (-1.0, 1.0),
        columns: size as usize,
        rows: size as usize,
        values: values.collect(),
        value_label: "loss".into(),
        ..Map::default()
    }
}

fn steps(points: Vec<(f64, f64)>) -> MapPath {
    MapPath { name: "descent".into(), points, ..MapPath::default() }
}

/// The rectangles that texts cover, by their estimated widths, as `(left, top, right, bottom)`.
fn boxes(svg: &str) -> Vec<(f64, f64, f64, f64, String)> {
    let number = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split_once('"')?.0.parse::<f64>().ok()
    };
    let of = |line: &str| {
        let text = line.split_once('>')?.1.strip_suffix("</text>")?.to_owned();
        let wide = 4.0 + 6.0 * text.chars().count() as f64;
        let left = number(line, "x")? - if line.contains("\"middle\"") { wide / 2.0 } else { 0.0 };
        let left = left - if line.contains("\"end\"") { wide } else { 0.0 };
        let y = number(line, "y")?;
        Some((left, y - 8.0, left + wide, y + 2.0, text))
    };
    svg.lines().filter(|line| line.starts_with("<text")).filter_map(of).collect()
}

#[track_caller]
fn texts_stand_apart(svg: &str, width: f64) {
    let boxes = boxes(svg);
    for (index, a) in boxes.iter().enumerate() {
        assert!(a.0 >= -0.5 && a.2 <= width + 0.5, "{} is cut", a.4);
        for b in &boxes[..index] {
            let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
            assert!(apart, "{} meets {}", a.4, b.4);
        }
    }
}

#[test]
fn a_short_way_has_a_white_edge_and_a_dot_for_each_step() {
    let mut map = saddle(9);
    map.paths.push(steps(vec![(0.9, 0.1), (0.5, 0.2), (0.1, 0.5), (0.0, 0.9)]));
    let text = render(map);
    assert_eq!(count(&text, "<path"), 24 + 2 + 2, "bands, the way and its edge, and both in the legend");
    assert_eq!(count(&text, "<circle"), 4);
    assert!(text.contains(">descent</text>") && text.contains(">loss</text>"));
}

#[test]
fn a_way_out_of_the_plane_is_paler_and_thinner_there() {
    let mut map = saddle(9);
    let mut path = steps(vec![(0.9, 0.1), (0.5, 0.2), (0.1, 0.5), (0.0, 0.9)]);
    path.distance = vec![0.0, 0.2, 1.0, 1.0];
    map.paths.push(path);
    let text = render(map);
    for style in ["stroke-width=\"2.4\"", "stroke-width=\"1.0\"", "stroke-opacity=\"0.38\""] {
        assert!(text.contains(style), "{style}");
    }
    assert!(text.contains(">paler: off the plane</text>"));
}

#[test]
fn a_way_of_a_million_points_makes_a_small_file() {
    let mut map = saddle(9);
    let points = (0..1_000_000).map(|k| {
        let turn = f64::from(k) * 2.4;
        (0.9 * turn.sin(), 0.9 * (1.7 * turn).cos())
    });
    map.paths.push(steps(points.collect()));
    let text = render(map);
    assert!(text.len() < 150_000, "{}", text.len());
    assert_eq!(count(&text, "<circle"), 0, "so many steps have no dots");
}

#[test]
fn a_border_is_dashed_and_has_its_name_beside_it() {
    let mut map = saddle(9);
    let points = vec![(-9.0, -4.0), (9.0, 5.0)];
    map.paths.push(MapPath { name: "h1".into(), points, kind: PathKind::Border, ..MapPath::default() });
    let text = render(map);
    assert!(text.contains("stroke-dasharray=\"7 4\"") && text.contains(">h1</text>"));
    assert!(!text.contains(">descent<"));
}

#[test]
fn contour_lines_stand_at_round_values_and_are_numbered() {
    let mut map = saddle(41);
    let without = count(&render(map.clone()), "<path");
    map.contours = true;
    let text = render(map);
    assert_eq!(count(&text, "<path") - without, 9, "-0.8, -0.6 .. 0.8; -1 and 1 are single points");
    assert!(text.contains("paint-order=\"stroke\"") && text.contains(">−0.2</text>"));
    texts_stand_apart(&text, 560.0);
}

#[test]
fn places_have_a_shape_by_their_kind_and_labels_that_stand_apart() {
    let mut map = saddle(9);
    let spot =
        |x: f64, y: f64, kind, label: &str| Spot { x, y, kind, label: label.into(), ..Spot::default() };
    map.spots = vec![
        spot(0.97, 0.97, SpotKind::Start, "start, loss 0.27"),
        spot(0.9, 0.95, SpotKind::Saddle, "saddle, loss 0.25"),
        spot(-0.95, -0.97, SpotKind::End, "end, loss 0.001"),
        spot(-0.9, -0.9, SpotKind::Minimum, "minimum"),
        spot(5.0, 0.0, SpotKind::Maximum, "beyond the map"),
    ];
    for width in [560.0, 360.0] {
        let size = svg::Svg { width, ..svg::Svg::default() };
        let text = svg::render(&Figure::Map(map.clone()), &size);
        assert_eq!(count(&text, "<circle"), 2 + 3, "a ring, and a ring with a disc");
        assert_eq!(count(&text, "<path") - 24, 2, "a diamond and a triangle");
        assert!(!text.contains(">beyond the map</text>"));
        texts_stand_apart(&text, width);
    }
}

#[test]
fn notes_make_the_picture_higher_and_none_is_cut() {
    let height = |text: &str| {
        let (_, rest) = text.split_once(" height=\"").unwrap_or_default();
        rest.split_once('"').unwrap_or_default().0.parse::<f64>().unwrap_or_default()
    };
    let mut map = saddle(9);
    let before = height(&render(map.clone()));
    map.notes = vec!["The plane holds 71 % of the path, which is less than it seems. ".repeat(4)];
    let text = render(map.clone());
    assert!(height(&text) > before + 30.0);
    let written: Vec<String> = boxes(&text).into_iter().map(|text| text.4).collect();
    let written = written.join(" ");
    assert!(written.contains(map.notes[0].trim()), "{written}");
    texts_stand_apart(&text, 560.0);
}

#[test]
fn logarithmic_colours_have_powers_of_ten_at_their_key_and_name_what_is_left_out() {
    let mut map = saddle(5);
    map.values = (0..25).map(|k| 10_f64.powi(k % 5 - 4)).collect();
    map.values[3] = -1.0;
    map.value_log = true;
    let text = render(map);
    assert!(text.contains(">10⁻⁴</text>") || text.contains(">1e−4</text>") || text.contains(">0.001</text>"));
    assert!(text.contains("1 sample that is zero or negative on a logarithmic scale"));
}

#[test]
fn a_landscape_is_a_mesh_from_back_to_front_within_a_sixth_of_a_megabyte() {
    let text = render(Surface { map: saddle(200), turn: 30.0, tilt: 35.0 });
    let pieces = 45 * 45;
    assert_eq!(count(&text, "z\" fill=\"#"), pieces);
    assert!(text.len() < 150_000, "{}", text.len());
    let first = |line: &str| {
        line.split_once(' ')
            .and_then(|(_, rest)| rest.split_once(' ')?.1.split(['l', ' ']).next()?.parse::<f64>().ok())
    };
    let rows: Vec<f64> = text
        .lines()
        .filter(|line| line.ends_with("/>") && line.contains("z\" fill"))
        .filter_map(first)
        .collect();
    assert!(rows.len() == pieces && rows[0] < rows[pieces - 1], "what is nearer is drawn later and lower");
}

#[test]
fn the_labels_of_a_landscape_stand_apart_at_any_turn_and_tilt() {
    for turn in (0..360).step_by(15) {
        for tilt in [-20.0, 5.0, 20.0, 45.0, 70.0, 90.0] {
            for width in [360.0, 560.0] {
                let surface = Surface { map: saddle(5), turn: f64::from(turn), tilt };
                let text = svg::render(&surface.into(), &svg::Svg { width, ..svg::Svg::default() });
                assert!(count(&text, "<text") >= 5, "{turn} {tilt}: title, names and numbers");
                texts_stand_apart(&text, width);
            }
        }
    }
}

#[test]
fn what_lies_behind_a_landscape_is_faint() {
    let mut map = saddle(41);
    let spot = |x: f64| Spot { x, y: 0.0, kind: SpotKind::Saddle, ..Spot::default() };
    map.spots = vec![spot(-0.9), spot(0.9)];
    map.values.iter_mut().enumerate().for_each(|(k, value)| {
        let x: f64 = -1.0 + 2.0 * (k % 41) as f64 / 40.0;
        *value = (-30.0 * x * x).exp();
    });
    // From the right, the ridge in the middle hides what lies at the left.
    let text = render(Surface { map, turn: 270.0, tilt: 15.0 });
    assert_eq!(count(&text, "<g opacity=\".3\"><path"), 1);
}

fn network(hidden: usize) -> Network {
    let nodes = |name: &str, count: usize| {
        (1..=count).map(|k| NetworkNode { label: format!("{name}{k}"), bias: None }).collect::<Vec<_>>()
    };
    let mut network = Network {
        title: "A network".into(),
        layers: vec![
            NetworkLayer { name: "inputs".into(), nodes: nodes("x", 2), more: 0 },
            NetworkLayer { name: "tanh".into(), nodes: nodes("h", hidden), more: 112 },
            NetworkLayer { name: "sigmoid".into(), nodes: nodes("y", 1), more: 0 },
        ],
        ..Network::default()
    };
    network.layers[2].nodes[0].bias = Some(-1.5);
    for unit in 0..hidden {
        let link = |from, to, weight| Link { from, to, weight };
        network.links.push(link((0, 0), (1, unit), 2.0 - unit as f64));
        network.links.push(link((0, 1), (1, unit), -6.4 + unit as f64));
        network.links.push(link((1, unit), (2, 0), 0.5));
    }
    network
}

#[test]
fn a_weight_is_a_line_as_wide_as_it_is_large_and_dashed_where_negative() {
    let text = render(network(2));
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("<line")).collect();
    assert_eq!(lines.len(), 6 + 2, "the weights, and two in the key");
    assert_eq!(lines.iter().filter(|line| line.contains("stroke-dasharray")).count(), 2 + 1);
    assert!(lines.iter().any(|line| line.contains("stroke-width=\"5.0\"")), "the largest");
    assert_eq!(count(&text, "<circle"), 5 + 1, "the nodes, and the ring in the key");
    for written in [">−6.4<", ">0.5<", ">… 112 more<", ">tanh<", ">h2<"] {
        assert!(text.contains(written), "{written}");
    }
    texts_stand_apart(&text, 560.0);
}

#[test]
fn many_weights_are_not_written_and_the_picture_grows() {
    let text = render(network(32));
    assert!(!text.contains(">−6.4</text>") || text.contains(">6.4</text>"));
    assert_eq!(text.lines().filter(|line| line.starts_with("<line")).count(), 96 + 4);
    texts_stand_apart(&text, 560.0);
}

#[test]
fn panels_stand_in_rows_each_in_an_element_of_its_own_with_its_title() {
    let figures = ["one", "two", "three"].map(|title| Figure::Map(Map { title: title.into(), ..saddle(5) }));
    let panels = Panels {
        title: "All".into(),
        figures: figures.into(),
        columns: 2,
        notes: vec!["A note.".into()],
        ..Panels::default()
    };
    let text = render(panels.clone());
    assert_eq!(count(&text, "<svg "), 1 + 3);
    assert_eq!(count(&text, "<svg x=\"0\""), 2, "two rows");
    let at = |part: &str| text.find(part).unwrap_or_default();
    assert!(
        at("<title>one</title>") < at("<title>two</title>")
            && at("<title>two</title>") < at("<title>three</title>")
    );
    assert!(text.contains(">A note.</text>"));
    let narrow = svg::render(&panels.into(), &svg::Svg { width: 360.0, ..svg::Svg::default() });
    assert_eq!(count(&narrow, "<svg x=\"0\""), 3, "there is room for one in a row");
}

#[test]
fn a_histogram_is_columns_that_stand_on_zero() {
    let points = vec![(0.0, 3.0), (1.0, 5.0), (2.0, -1.0)];
    let series = Series { style: Style::Columns, points, ..Series::default() };
    let text = render(Lines { series: vec![series], ..Lines::default() });
    let path = text.lines().find(|line| line.starts_with("<path")).unwrap_or_default();
    assert_eq!(count(path, "M"), 3);
    assert!(path.contains("fill-opacity"));
}
