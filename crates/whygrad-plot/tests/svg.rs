//! The structure of the SVG.

use whygrad_plot::{Figure, Lines, Map, Series, svg};

fn render(figure: impl Into<Figure>) -> String {
    svg::render(&figure.into(), &svg::Svg::default())
}

#[test]
fn names_are_escaped_and_the_words_travel_along() {
    let series =
        vec![Series::line("a<b>", vec![(0.0, 1.0), (1.0, 2.0)]), Series::dots("\"&'", vec![(0.5, 1.5)])];
    let text = render(Lines { title: "x < y & z".into(), series, ..Lines::default() });
    assert!(text.contains("<title>x &lt; y &amp; z</title>"));
    assert!(text.contains("<desc>a&lt;b&gt; rises from 1 to 2. It ends at 2 at 1;"));
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
