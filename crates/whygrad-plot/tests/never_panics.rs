//! Whatever the figure holds, every renderer returns a picture within its bounds.

use proptest::prelude::*;
use whygrad_plot::{
    Cells, Figure, Lines, Link, Map, MapPath, MapPoint, Mark, Network, NetworkLayer, NetworkNode, Panels,
    PathKind, Series, Spot, SpotKind, Style, Surface, svg, terminal, words,
};

const ESCAPE: char = '\u{1b}';

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -10.0..10.0,
        2 => any::<f64>(),
        1 => prop::sample::select(vec![
            0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324,
        ]),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let odd = ["", "loss", "a<b & \"c\"", "損失関数", "\u{1b}[31m\n\t", "é\u{301}\u{200b}", "]]>\u{ffff}"];
    prop_oneof![prop::sample::select(odd.map(String::from).to_vec()), any::<String>()]
}

fn lines() -> impl Strategy<Value = Figure> {
    let points = prop::collection::vec((value(), value()), 0..40);
    let style = prop_oneof![Just(Style::Line), Just(Style::Dots), Just(Style::Columns)];
    let bars = prop::collection::vec((value(), value()), 0..10);
    let series = (name(), points, style, bars, any::<bool>());
    let series =
        series.prop_map(|(name, points, style, bars, silent)| Series { name, points, style, bars, silent });
    let marks = prop::collection::vec((value(), name()).prop_map(|(x, label)| Mark { x, label }), 0..4);
    let reach = || prop::option::of((value(), value()));
    let axes = (any::<(bool, bool, bool)>(), names(), reach(), reach());
    (name(), name(), name(), axes, prop::collection::vec(series, 0..5), (marks, notes())).prop_map(
        |(
            title,
            x_label,
            y_label,
            ((x_log, y_log, x_whole), x_names, x_reach, y_reach),
            series,
            (marks, notes),
        )| {
            let labels = Lines { title, x_label, y_label, notes, ..Lines::default() };
            Figure::Lines(Lines { x_log, y_log, x_names, x_whole, x_reach, y_reach, series, marks, ..labels })
        },
    )
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(name(), 0..6), 1 => prop::collection::vec(name(), 60..90)]
}

fn cells() -> impl Strategy<Value = Figure> {
    let values = prop::collection::vec(value(), 0..60);
    (name(), name(), names(), names(), values, prop::option::of((value(), value()))).prop_map(
        |(title, x_label, columns, rows, values, range)| {
            let y_label = title.clone();
            Figure::Cells(Cells { title, x_label, y_label, columns, rows, values, range })
        },
    )
}

fn notes() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(name(), 0..3)
}

fn figure() -> impl Strategy<Value = Figure> {
    let surface = || {
        (map(), value(), value()).prop_map(|(map, turn, tilt)| Figure::Surface(Surface { map, turn, tilt }))
    };
    let single = || {
        prop_oneof![
            lines(),
            map().prop_map(Figure::Map),
            cells(),
            surface(),
            network().prop_map(Figure::Network)
        ]
    };
    let panels = (name(), prop::collection::vec(single(), 0..4), any::<usize>(), notes(), notes());
    let panels = panels.prop_map(|(title, figures, columns, notes, summary)| {
        Figure::Panels(Panels { title, figures, columns, notes, summary })
    });
    prop_oneof![6 => single(), 1 => panels]
}

/// Places mostly on the map, which lies between -10 and 10 most of the time.
fn path() -> impl Strategy<Value = MapPath> {
    let points = prop::collection::vec((value(), value()), 0..90);
    let (distance, values) = (prop::collection::vec(value(), 0..20), prop::collection::vec(value(), 0..20));
    let kind = prop_oneof![Just(PathKind::Steps), Just(PathKind::Border)];
    (name(), points, distance, values, kind, prop::option::of(value())).prop_map(
        |(name, points, distance, values, kind, held)| {
            let epochs = (0..points.len() as u64 / 2).collect();
            MapPath { name, points, distance, values, epochs, kind, held }
        },
    )
}

fn spot() -> impl Strategy<Value = Spot> {
    let kinds = [
        SpotKind::Plain,
        SpotKind::Start,
        SpotKind::End,
        SpotKind::Minimum,
        SpotKind::Saddle,
        SpotKind::Flat,
        SpotKind::Maximum,
    ];
    let told = (prop::option::of(value()), name(), value());
    (value(), value(), prop::sample::select(kinds.to_vec()), name(), told).prop_map(
        |(x, y, kind, label, (value, detail, distance))| Spot { x, y, kind, label, value, detail, distance },
    )
}

fn map() -> impl Strategy<Value = Map> {
    let point = (value(), value(), value()).prop_map(|(x, y, value)| MapPoint { x, y, value, aside: false });
    let ends = ((value(), value()), (value(), value()));
    let values = prop::collection::vec(value(), 0..40);
    let level = prop::option::of(value());
    let grid = (ends, (0_usize..7, 0_usize..7), values, level, any::<(bool, bool)>());
    let overlay = (
        prop::collection::vec(point, 0..5),
        prop::collection::vec(path(), 0..3),
        prop::collection::vec(spot(), 0..5),
        notes(),
    );
    (name(), name(), grid, overlay).prop_map(|(title, value_label, grid, (points, paths, spots, notes))| {
        let ((x, y), (columns, rows), values, level, (value_log, contours)) = grid;
        let (x_label, y_label) = ("x1".to_owned(), title.clone());
        let labels = Map { title, x_label, y_label, value_label, notes, ..Map::default() };
        Map { x, y, columns, rows, values, value_log, level, contours, points, paths, spots, ..labels }
    })
}

fn network() -> impl Strategy<Value = Network> {
    let node = (name(), prop::option::of(value())).prop_map(|(label, bias)| NetworkNode { label, bias });
    let more = prop_oneof![Just(0), 1_usize..200, Just(usize::MAX)];
    let layer = (name(), prop::collection::vec(node, 0..5), more)
        .prop_map(|(name, nodes, more)| NetworkLayer { name, nodes, more });
    let end = || (0_usize..4, 0_usize..5);
    let link = (end(), end(), value()).prop_map(|(from, to, weight)| Link { from, to, weight });
    (name(), prop::collection::vec(layer, 0..5), prop::collection::vec(link, 0..30), notes())
        .prop_map(|(title, layers, links, notes)| Network { title, layers, links, notes })
}

/// Removes the escape codes for colours.
fn without_colours(text: &str) -> String {
    text.split(ESCAPE).enumerate().fold(String::new(), |kept, (index, part)| {
        kept + if index == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) }
    })
}

proptest! {
    #[test]
    fn a_terminal_picture_keeps_within_its_columns(
        figure in figure(),
        columns in 0_usize..90,
        rows in 0_usize..30,
        colour: bool,
        unicode: bool,
    ) {
        let terminal = terminal::Terminal { columns, rows, colour, unicode };
        let bare = terminal::render_above_words(&figure, &terminal);
        let text = terminal::render(&figure, &terminal);
        prop_assert!(bare.lines().count() <= text.lines().count());
        prop_assert!(text.ends_with('\n'));
        prop_assert!(colour || !text.contains(ESCAPE));
        prop_assert!(unicode || text.is_ascii());
        for line in text.lines() {
            prop_assert!(colour || line == line.trim_end_matches(' '), "trailing space: {line:?}");
            prop_assert!(without_colours(line).chars().count() <= columns.max(1), "{line:?}");
        }
    }

    #[test]
    fn an_svg_is_well_formed(figure in figure(), width in value(), height in value(), dark: bool) {
        let text = svg::render(&figure, &svg::Svg { width, height, dark });
        prop_assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
        prop_assert!(!text.contains("NaN") || figure.title().contains("NaN"));
        prop_assert!(!text.contains("=\"inf") && !text.contains("=\"-inf"));
        prop_assert_eq!(text.matches('<').count(), text.matches('>').count());
        let forbidden = |c: char| c != '\n' && c.is_control() || c == '\u{ffff}';
        prop_assert!(!text.contains(forbidden));
    }

    #[test]
    fn words_are_sentences(figure in figure()) {
        prop_assert!(words::describe(&figure).ends_with(['.', '!', '?']));
    }
}
