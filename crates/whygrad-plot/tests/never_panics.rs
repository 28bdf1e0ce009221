//! Whatever the figure holds, every renderer returns a picture within its bounds.

use proptest::prelude::*;
use whygrad_plot::{Cells, Figure, Lines, Map, MapPoint, Mark, Series, Style, svg, terminal, words};

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
    let style = prop_oneof![Just(Style::Line), Just(Style::Dots)];
    let bars = prop::collection::vec((value(), value()), 0..10);
    let series = (name(), points, style, bars).prop_map(|(name, points, style, bars)| Series {
        name,
        points,
        style,
        bars,
    });
    let marks = prop::collection::vec((value(), name()).prop_map(|(x, label)| Mark { x, label }), 0..4);
    let reach = || prop::option::of((value(), value()));
    let axes = (any::<(bool, bool, bool)>(), names(), reach(), reach());
    (name(), name(), name(), axes, prop::collection::vec(series, 0..5), marks).prop_map(
        |(title, x_label, y_label, ((x_log, y_log, x_whole), x_names, x_reach, y_reach), series, marks)| {
            let labels = Lines { title, x_label, y_label, ..Lines::default() };
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

fn figure() -> impl Strategy<Value = Figure> {
    prop_oneof![lines(), map(), cells()]
}

fn map() -> impl Strategy<Value = Figure> {
    let point = (value(), value(), value()).prop_map(|(x, y, value)| MapPoint { x, y, value });
    let ends = ((value(), value()), (value(), value()));
    let values = prop::collection::vec(value(), 0..40);
    let level = prop::option::of(value());
    (name(), ends, (0_usize..7, 0_usize..7), values, level, prop::collection::vec(point, 0..5)).prop_map(
        |(title, (x, y), (columns, rows), values, level, points)| {
            let labels = ("x1".to_owned(), title.clone());
            let (x_label, y_label) = labels;
            Figure::Map(Map {
                title,
                x_label,
                y_label,
                x,
                y,
                columns,
                rows,
                values,
                level,
                points,
                ..Map::default()
            })
        },
    )
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
        let text = terminal::render(&figure, &terminal::Terminal { columns, rows, colour, unicode });
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
        prop_assert!(words::describe(&figure).ends_with('.'));
    }
}
