//! Whatever the figure holds, every format returns a file.

use proptest::prelude::*;
use whygrad_plot::{
    Cells, Figure, Format, Lines, Link, Look, Map, MapPath, MapPoint, Mark, Network, NetworkLayer,
    NetworkNode, Panels, PathKind, Series, Spot, SpotKind, Style, Surface,
};

fn value() -> impl Strategy<Value = f64> {
    let odd = vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, 1e300];
    prop_oneof![6 => -10.0..10.0, 2 => any::<f64>(), 1 => prop::sample::select(odd)]
}

fn name() -> impl Strategy<Value = String> {
    let odd = [
        "",
        "loss",
        "a<b & \"c\" #0f0f0f",
        "損失",
        "\u{1b}[31m\n\t",
        "]]>\u{ffff}",
        "\\end{document}%",
        "</script>",
    ];
    prop_oneof![prop::sample::select(odd.map(String::from).to_vec()), any::<String>()]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![Just(Vec::new()), prop::collection::vec(name(), 0..6)]
}

fn points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((value(), value()), 0..30)
}

fn lines() -> impl Strategy<Value = Figure> {
    let style = prop::sample::select(vec![Style::Line, Style::Dots, Style::Columns]);
    let series = (name(), points(), style, points(), any::<bool>());
    let series =
        series.prop_map(|(name, points, style, bars, silent)| Series { name, points, style, bars, silent });
    let marks = prop::collection::vec((value(), name()).prop_map(|(x, label)| Mark { x, label }), 0..4);
    let reach = prop::option::of((value(), value()));
    (any::<[bool; 3]>(), names(), names(), prop::collection::vec(series, 0..4), marks, reach).prop_map(
        |([x_log, y_log, x_whole], x_names, notes, series, marks, y_reach)| {
            let title = notes.concat();
            let labels = Lines { x_label: title.clone(), title, notes, ..Lines::default() };
            Figure::Lines(Lines { x_log, y_log, x_whole, x_names, series, marks, y_reach, ..labels })
        },
    )
}

fn map() -> impl Strategy<Value = Map> {
    let ends = ((value(), value()), (value(), value()));
    let point = (value(), value(), value()).prop_map(|(x, y, value)| MapPoint { x, y, value, aside: false });
    let shares = || prop::collection::vec(value(), 0..9);
    let path = (name(), points(), shares(), any::<bool>()).prop_map(|(name, points, distance, is_border)| {
        let kind = if is_border { PathKind::Border } else { PathKind::Steps };
        let held = distance.first().copied();
        MapPath { name, points, values: distance.clone(), distance, held, kind, ..MapPath::default() }
    });
    let kinds = vec![SpotKind::Plain, SpotKind::Start, SpotKind::Saddle, SpotKind::Flat];
    let spot = (value(), value(), prop::sample::select(kinds), name()).prop_map(|(x, y, kind, label)| Spot {
        x,
        y,
        kind,
        label,
        ..Spot::default()
    });
    let overlays = (
        prop::collection::vec(point, 0..4),
        prop::collection::vec(path, 0..3),
        prop::collection::vec(spot, 0..3),
    );
    let values = prop::collection::vec(value(), 0..40);
    (name(), ends, (0_usize..7, 0_usize..7), values, prop::option::of(value()), any::<[bool; 2]>(), overlays)
        .prop_map(|(title, (x, y), (columns, rows), values, level, [value_log, contours], overlays)| {
            let (points, paths, spots) = overlays;
            let labels = Map { title, points, paths, spots, ..Map::default() };
            Map { x, y, columns, rows, values, level, value_log, contours, ..labels }
        })
}

fn cells() -> impl Strategy<Value = Figure> {
    let values = prop::collection::vec(value(), 0..30);
    (name(), names(), names(), values).prop_map(|(title, columns, rows, values)| {
        Figure::Cells(Cells { title, columns, rows, values, ..Cells::default() })
    })
}

fn network() -> impl Strategy<Value = Figure> {
    let node = (name(), prop::option::of(value())).prop_map(|(label, bias)| NetworkNode { label, bias });
    let layer = (name(), prop::collection::vec(node, 0..4), 0_usize..3)
        .prop_map(|(name, nodes, more)| NetworkLayer { name, nodes, more });
    let end = || (0_usize..5, 0_usize..5);
    let link = (end(), end(), value()).prop_map(|(from, to, weight)| Link { from, to, weight });
    (name(), prop::collection::vec(layer, 0..4), prop::collection::vec(link, 0..9)).prop_map(
        |(title, layers, links)| {
            Figure::Network(Network { notes: vec![title.clone()], title, layers, links })
        },
    )
}

fn figure() -> impl Strategy<Value = Figure> {
    let surface =
        (map(), value(), value()).prop_map(|(map, turn, tilt)| Figure::Surface(Surface { map, turn, tilt }));
    let leaf = prop_oneof![lines(), map().prop_map(Figure::Map), surface, cells(), network()];
    leaf.prop_recursive(2, 6, 3, |inner| {
        (name(), prop::collection::vec(inner, 0..3), 0_usize..4).prop_map(|(title, figures, columns)| {
            Figure::Panels(Panels {
                notes: vec![title.clone()],
                title,
                figures,
                columns,
                ..Panels::default()
            })
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_figure_becomes_a_file_of_every_format(
        figure in figure(),
        (width, height, scale) in (value(), value(), 0.1..2.0),
        dark: bool,
    ) {
        let look = Look { width: width.min(700.0), height: height.min(700.0), scale, dark };
        for ending in Format::endings() {
            let format = Format::of_file(&format!("picture.{ending}")).unwrap();
            let bytes = format.render(&figure, &look);
            prop_assert!(bytes.is_ok(), "{ending}: {bytes:?}");
            let bytes = bytes.unwrap_or_default();
            prop_assert!(!bytes.is_empty());
            if ending == "png" {
                prop_assert!(bytes.starts_with(b"\x89PNG"));
                continue;
            }
            let text = String::from_utf8(bytes).unwrap();
            if ending == "tex" {
                let end = "\\end{document}";
                prop_assert!(text.trim_end().ends_with(end));
                prop_assert_eq!(text.matches(end).count(), 1);
                prop_assert!(!text.contains("inf,") && !text.contains("NaN"));
                let count = |sign: &str| text.matches(sign).count() - text.matches(&format!("\\{sign}")).count();
                prop_assert_eq!(count("{"), count("}"));
            }
            if ending == "html" {
                prop_assert_eq!(text.matches("<script").count(), text.matches("</script>").count());
                prop_assert!(text.ends_with("</html>\n"));
            }
        }
    }
}
