//! The structure of the SVG.

use whygrad_plot::{Cells, Figure, Lines, Map, Series, svg};

fn render(figure: impl Into<Figure>) -> String {
    svg::render(&figure.into(), &svg::Svg::default())
}

#[test]
fn names_are_escaped_and_the_words_travel_along() {
    let series =
        vec![Series::line("a<b>", vec![(0.0, 1.0), (1.0, 2.0)]), Series::dots("\"&'", vec![(0.5, 1.5)])];
    let text = render(Lines { title: "x < y & z".into(), series, ..Lines::default() });
    assert!(text.contains(">x &lt; y &amp; z</title>"));
    assert!(text.contains(">a&lt;b&gt; rises from 1 to 2 by 1."));
    assert!(text.contains(">&quot;&amp;&#39;</text>"));
    assert_eq!(text.matches("<circle").count(), 2, "the dot and its sample in the legend");
}

#[test]
fn a_logarithmic_axis_has_powers_of_ten() {
    let points = (0..=10).map(|i| (f64::from(i), 10_f64.powi(-i))).collect();
    let text = render(Lines { y_log: true, series: vec![Series::line("", points)], ..Lines::default() });
    assert!(text.contains(">10⁻⁴</text>") && text.contains(">10⁰</text>"));
}

#[test]
fn a_million_points_make_a_small_file() {
    let points = (0..1_000_000).map(f64::from).map(|x| (x, (x * 0.1).sin())).collect();
    let text = render(Lines { series: vec![Series::line("", points)], ..Lines::default() });
    assert!(text.len() < 100_000, "{}", text.len());
}

#[test]
fn a_map_is_bands_of_outlines_and_a_line_at_the_level() {
    let values = (0..100).map(|index| f64::from(index % 10)).collect();
    let (x, y) = ((0.0, 1.0), (0.0, 1.0));
    let text = render(Map { x, y, columns: 10, rows: 10, values, level: Some(4.5), ..Map::default() });
    assert_eq!(text.matches("<path").count(), 25, "twenty-four bands and the level");
    assert!(text.contains("stroke=\"#ffffff\"") && text.contains(">level 4.5</text>"));
    assert!(text.len() < 20_000, "{}", text.len());
}

fn names(count: usize, name: impl Fn(usize) -> String) -> Vec<String> {
    (0..count).map(name).collect()
}

fn table(columns: usize, rows: usize) -> Cells {
    let values = (0..columns * rows).map(|index| index as f64 * 100.0 / (columns * rows) as f64).collect();
    Cells {
        title: "Share, in percent".into(),
        x_label: "setting".into(),
        columns: names(columns, |k| format!("word{k}")),
        rows: names(rows, |k| k.to_string()),
        values,
        range: Some((0.0, 100.0)),
        ..Cells::default()
    }
}

/// The texts of a picture with the page they are on: `(x, y, text)`.
fn texts(svg: &str) -> Vec<(f64, f64, String)> {
    let number = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split_once('"')?.0.parse::<f64>().ok()
    };
    let of = |line: &str| {
        let text = line.split_once('>')?.1.strip_suffix("</text>")?.to_owned();
        Some((number(line, "x")?, number(line, "y")?, text))
    };
    svg.lines().filter(|line| line.starts_with("<text")).filter_map(of).collect()
}

#[test]
fn a_table_is_a_rectangle_a_cell_with_its_value_and_its_names_as_ticks() {
    let text = render(table(3, 2));
    assert_eq!(text.matches("<rect").count(), 1 + 6 + 24, "the page, the cells and the strip of colours");
    for written in [">0<", ">16.7<", ">83.3<", ">word0<", ">word2<", ">setting<", ">100<"] {
        assert!(text.contains(written), "{written}");
    }
    assert!(text.contains("#440154") && !text.contains("NaN"));
}

#[test]
fn the_colours_of_a_share_do_not_depend_on_the_other_shares() {
    let cells = |value: f64| Cells {
        columns: vec!["a".into()],
        rows: vec!["b".into()],
        values: vec![value],
        ..table(0, 0)
    };
    let colour = |value: f64| {
        let svg = render(cells(value));
        svg.lines().filter(|line| line.starts_with("<rect")).nth(1).map(ToOwned::to_owned)
    };
    assert!(colour(0.0).is_some_and(|cell| cell.contains("#440154")));
    assert!(colour(100.0).is_some_and(|cell| cell.contains("#fde725")));
}

#[test]
fn an_empty_cell_is_an_outline_with_a_dash_and_is_counted() {
    let mut cells = table(2, 2);
    cells.values[3] = f64::NAN;
    let text = render(cells);
    assert!(text.contains(">-</text>") || text.contains(">\u{2212}</text>"), "{text}");
    assert!(text.contains("1 cell is without a value."));
}

#[test]
fn many_cells_have_no_room_for_values_and_no_gaps() {
    let text = render(table(40, 40));
    assert!(!text.contains(">50<") && text.contains("crispEdges"));
    assert!(text.len() < 250_000, "{}", text.len());
}

#[test]
fn no_text_leaves_the_page_at_the_width_of_a_telephone() {
    let size = svg::Svg { width: 360.0, height: 300.0, dark: false };
    let mut wide = table(7, 5);
    wide.columns = names(7, |k| format!("uniform(-{k}, {k})"));
    wide.rows = names(5, |k| format!("gradient-descent-{k}"));
    let dots = Lines {
        title: "Share of nets solved".into(),
        x_names: names(6, |k| format!("normal(0, {k})")),
        series: vec![Series::dots("share", (0..6).map(|k| (f64::from(k), 1.0)).collect())],
        ..Lines::default()
    };
    for figure in [Figure::from(wide), Figure::from(dots)] {
        let text = svg::render(&figure, &size);
        assert!(text.contains("rotate(-40"), "names that would meet are turned");
        for (x, y, text) in texts(&text) {
            assert!((0.0..=360.0).contains(&x) && (0.0..=300.0).contains(&y), "{text} at {x}, {y}");
        }
    }
}

#[test]
fn a_long_title_goes_on_in_a_second_line() {
    let title = "The path of gradient descent on a polynomial of the fourth degree".to_owned();
    let size = svg::Svg { width: 360.0, ..svg::Svg::default() };
    let text = svg::render(&Lines { title: title.clone(), ..Lines::default() }.into(), &size);
    let written: Vec<String> = texts(&text).into_iter().map(|(_, _, text)| text).collect();
    assert!(written.windows(2).any(|lines| format!("{} {}", lines[0], lines[1]) == title), "{written:?}");
}

#[test]
fn words_below_an_axis_are_its_ticks() {
    let names = ["gd", "adam", "lm"].map(String::from).to_vec();
    let points = vec![(0.0, 90.0), (1.0, 50.0), (2.0, 95.0)];
    let text = render(Lines { x_names: names, series: vec![Series::dots("", points)], ..Lines::default() });
    let below: Vec<String> =
        texts(&text).into_iter().map(|(_, _, text)| text).filter(|t| t.parse::<f64>().is_err()).collect();
    assert_eq!(below, ["gd", "adam", "lm"]);
}

#[test]
fn an_interval_is_a_bar_and_many_are_a_band() {
    let series = |count: i32| {
        let points = (0..count).map(|k| (f64::from(k), 50.0)).collect();
        let bars = (0..count).map(|_| (40.0, 60.0)).collect();
        Lines { series: vec![Series::line("", points).with_bars(bars)], ..Lines::default() }
    };
    let (few, many) = (render(series(5)), render(series(100)));
    assert_eq!(
        (few.matches("<circle").count(), few.matches("<path").count()),
        (5, 2),
        "dots, bars and the line"
    );
    assert_eq!(
        (many.matches("<circle").count(), many.matches("<path").count()),
        (0, 2),
        "the band and the line"
    );
    assert!(many.contains("Z\" fill="), "the band is closed");
}

#[test]
fn a_picture_has_a_name_and_a_description_for_those_who_cannot_see_it() {
    let lines = Lines { x_label: "epoch".into(), y_label: "loss".into(), ..Lines::default() };
    let text = render(lines);
    assert!(text.contains(">loss over epoch</title>"), "where there is no title, the axes name the picture");
    let id = |name: &str| {
        let (_, rest) = text.split_once(&format!("{name}=\"")).unwrap_or_default();
        rest.split_once('"').unwrap_or_default().0.to_owned()
    };
    assert!(text.contains(&format!("<title id=\"{}\">", id("aria-labelledby"))));
    assert!(text.contains(&format!("<desc id=\"{}\">", id("aria-describedby"))));
}

#[test]
fn a_curve_as_high_as_the_numbers_go_has_numbers_on_its_axis() {
    let points = (0..220).map(|k| (f64::from(k), 10_f64.powf(f64::from(k) * 1.4))).collect();
    let text = render(Lines { y_log: true, series: vec![Series::line("", points)], ..Lines::default() });
    assert!(text.contains(">10⁰</text>") && text.contains(">10³⁰⁰</text>"), "{text}");
}
