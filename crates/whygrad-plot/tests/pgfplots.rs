//! What a figure is as a LaTeX document.

use whygrad_plot::{
    Figure, Format, Lines, Link, Look, Map, MapPath, MapPoint, Mark, Network, NetworkLayer, NetworkNode,
    Series, Spot, SpotKind, Surface,
};

fn tex(figure: impl Into<Figure>) -> String {
    let bytes = Format::of_file("picture.tex").unwrap().render(&figure.into(), &Look::default()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn slope() -> Map {
    let values = (0..400).map(|index| f64::from(index % 20 + index / 20) / 38.0).collect();
    let spot = |x: f64, kind, label: &str| Spot { x, y: x, kind, label: label.into(), ..Spot::default() };
    Map {
        x: (0.0, 1.0),
        y: (0.0, 1.0),
        columns: 20,
        rows: 20,
        values,
        value_label: "loss".into(),
        contours: true,
        paths: vec![MapPath {
            name: "descent".into(),
            points: vec![(0.9, 0.9), (0.5, 0.8), (0.2, 0.2)],
            ..MapPath::default()
        }],
        spots: vec![spot(0.9, SpotKind::Start, "start"), spot(0.2, SpotKind::End, "end")],
        ..Map::default()
    }
}

#[test]
fn twelve_curves_have_twelve_looks() {
    let series = (0..12).map(|k| Series::line(format!("run {k}"), vec![(0.0, f64::from(k)), (1.0, 0.0)]));
    let text = tex(Lines { series: series.collect(), ..Lines::default() });
    let looks: std::collections::BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("\\addplot[")?.split(", thick").next()).collect();
    assert_eq!(looks.len(), 12, "{looks:?}");
    assert!(looks.contains("series1, dash pattern=on 6.78pt off 2.26pt"), "{looks:?}");
}

#[test]
fn contour_lines_have_their_numbers_on_them_and_the_colours_their_name() {
    let text = tex(slope());
    let numbers = text.matches("at (rel axis cs:").count();
    assert!((3..=7).contains(&numbers), "{numbers} numbers");
    assert!(text.contains("title={loss}"));
}

#[test]
fn a_way_is_black_with_a_white_edge_from_a_ring_to_a_target() {
    let text = tex(slope());
    let edge = text.find("\\addplot[white, line width=3.76pt").unwrap();
    let way = text.find("\\addplot[draw={rgb,255:red,17;green,17;blue,17}").unwrap();
    let ends = text.find("mark size=4pt, mark options={solid, fill=white, draw=black").unwrap();
    assert!(edge < way && way < ends, "the way lies on its edge, and its ends on the way");
    assert!(text.contains("{start};") && text.contains("{end};"));
}

#[test]
fn points_beside_the_plane_are_small_and_those_of_both_kinds_half_and_half() {
    let point = |x: f64, value: f64, aside| MapPoint { x, y: 0.5, value, aside };
    let points =
        vec![point(0.2, 1.0, false), point(0.4, 0.0, true), point(0.6, 0.0, false), point(0.6, 1.0, false)];
    let text = tex(Map { points, level: Some(0.5), ..slope() });
    assert!(text.contains("mark=halfcircle*, mark size=2.6pt"));
    assert!(text.contains("mark=*, mark size=1.7pt"));
    for entry in ["{target $\\ge 0.5$}", "{target below}", "{both}", "{level $0.5$}", "{descent}"] {
        assert!(text.contains(&format!("\\addlegendentry{entry}")), "{entry}");
    }
}

#[test]
fn a_landscape_has_the_proportions_of_the_other_formats() {
    let map = Map { x: (0.0, 2.0), ..slope() };
    let text = tex(Surface { map, turn: 35.0, tilt: 30.0 });
    assert!(text.contains("view={-35}{30}, unit vector ratio=0.806452 0.806452 1"), "{}", &text[..3000]);
    assert!(!text.contains("colorbar"), "the heights have an axis");
}

#[test]
fn what_a_landscape_hides_is_dotted() {
    let mut map = slope();
    map.values = (0..400).map(|index| if (index / 20) == 8 { 1.0 } else { 0.0 }).collect();
    map.paths[0].points = vec![(0.5, 0.9), (0.5, 0.5), (0.5, 0.1)];
    let text = tex(Surface { map, turn: 0.0, tilt: 20.0 });
    assert!(text.contains("dash pattern=on 0.1pt off 4.5pt"));
}

#[test]
fn words_of_a_mark_stand_where_no_curve_is() {
    let points = vec![(0.0, 1.0), (8.0, 0.99), (9.0, 0.0), (10.0, 0.0)];
    let mark = Mark { x: 8.0, label: "the plateau ends".into() };
    let text = tex(Lines { series: vec![Series::line("", points)], marks: vec![mark], ..Lines::default() });
    let at = text.split("at (axis cs:8,").nth(1).unwrap().split(')').next().unwrap();
    let height: f64 = at.parse().unwrap();
    assert!(height < 0.95, "below the plateau, at {height}");
}

#[test]
fn few_weights_are_written_and_lines_explained() {
    let node = |label: &str| NetworkNode { label: label.into(), bias: Some(-0.5) };
    let layer = |labels: &[&str]| NetworkLayer {
        nodes: labels.iter().map(|label| node(label)).collect(),
        ..NetworkLayer::default()
    };
    let link = |from: usize, weight: f64| Link { from: (0, from), to: (1, 0), weight };
    let network = Network {
        layers: vec![layer(&["x1", "a longer name"]), layer(&["y"])],
        links: vec![link(0, 1.25), link(1, -3.5)],
        ..Network::default()
    };
    let text = tex(network.clone());
    assert!(text.contains("{1.25};") && text.contains("{$-$3.5};"));
    assert!(text.contains("positive") && text.contains("negative") && text.contains("edge: bias"));
    let many = (0..13).map(|index| link(0, f64::from(index))).collect();
    let text = tex(Network { links: many, ..network });
    assert!(!text.contains("{11};") && text.contains("} 12"), "the legend has the width of the largest");
}
