//! What a person would say about a picture.

use whygrad_plot::{Cells, Figure, Lines, Map, MapPoint, Mark, Series, words};

fn loss(points: impl Iterator<Item = (f64, f64)>) -> Lines {
    Lines {
        x_label: "epoch".into(),
        series: vec![Series::line("loss", points.collect())],
        ..Lines::default()
    }
}

fn check(lines: Lines, expected: &str) {
    assert_eq!(words::describe(&Figure::Lines(lines)), expected);
}

/// Samples a function at 0, 1, .. up to `count`.
fn sampled(count: u32, f: impl Fn(f64) -> f64) -> impl Iterator<Item = (f64, f64)> {
    (0..count).map(f64::from).map(move |x| (x, f(x)))
}

#[test]
fn a_fall_a_plateau_and_a_drop_are_told_in_order() {
    let curve = |x: f64| 0.084 * (-x / 10.0).exp() + 0.25 / (1.0 + ((x - 950.0) / 12.0).exp()) + 1e-4;
    let mut lines = loss(sampled(2001, curve));
    lines.marks.push(Mark { x: 900.0, label: "plateau ends".into() });
    check(
        lines,
        "Loss falls from 0.334 to 0.253 by epoch 40, is flat until 900, drops to 0.00686 by 1000, then is flat \
         until the end, at 1e-4. Marked: plateau ends at epoch 900.",
    );
}

#[test]
fn oscillation_and_noise_are_told_apart_from_a_trend() {
    check(
        loss(sampled(100, |x| if x % 2.0 == 0.0 { 0.2 } else { 0.8 })),
        "Loss oscillates between 0.2 and 0.8 from epoch 0 to 99, and ends at 0.8.",
    );
    check(
        loss(sampled(6000, |x| if x % 2.0 == 0.0 { 0.2 } else { 0.8 })),
        "Loss on average is flat near 0.5 from epoch 0 to 5999; single points lie up to 0.3 from it, the lowest 0.2 at epoch 0, the last 0.8.",
    );
}

#[test]
fn what_cannot_be_drawn_is_counted() {
    check(Lines::default(), "There is nothing to draw.");
    check(loss(std::iter::empty()), "Loss has no point that can be drawn.");
    check(loss([(1.0, 0.5)].into_iter()), "Loss is a single point, 0.5 at epoch 1.");
    check(loss(sampled(9, |_| 0.25)), "Loss stays at 0.25 from epoch 0 to 8.");
    let gaps = [(1.0, 0.1), (2.0, 0.0), (3.0, f64::NAN), (4.0, f64::INFINITY)].into_iter();
    check(
        Lines { y_log: true, ..loss(gaps) },
        "Loss is a single point, 0.1 at epoch 1. Not drawn: 2 points that are not finite, from epoch 3 to 4; 1 \
         point that is zero or negative on a logarithmic axis, at epoch 2.",
    );
}

#[test]
fn a_path_is_told_by_its_ends() {
    let path = vec![(3.0, 2.0), (2.0, -1.0), (2.5, -6.0)];
    let lines = Lines { series: vec![Series::dots("descent", path.clone())], ..Lines::default() };
    check(lines, "Descent: 3 points from (3, 2) to (2.5, -6), the last one the lowest.");
    let lines = Lines { series: vec![Series::line("descent", path)], ..Lines::default() };
    check(lines, "Descent begins at (3, 2) and ends at (2.5, -6).");
}

#[test]
fn a_map_is_told_by_its_range_its_level_and_its_points() {
    let corner = |x: f64, y: f64, value: f64| MapPoint { x, y, value, aside: false };
    let map = Map {
        x: (0.0, 1.0),
        y: (0.0, 1.0),
        columns: 2,
        rows: 2,
        values: vec![0.1, 0.9, 0.8, 0.6],
        level: Some(0.5),
        points: vec![
            corner(0.0, 0.0, 0.0),
            corner(1.0, 0.0, 1.0),
            corner(0.0, 1.0, 1.0),
            corner(1.0, 1.0, 0.0),
        ],
        ..Map::default()
    };
    assert_eq!(
        words::describe(&Figure::Map(map)),
        "The value runs from 0.1 at (0, 0) to 0.9 at (1, 0); 75 % of the area lies at or above 0.5, and 3 of 4 \
         data points lie on the right side, not (1, 1)."
    );
}

#[test]
fn many_curves_are_told_by_their_ends_and_single_dots_by_their_places() {
    let curve = |k: u32| Series::line(format!("w{k}"), vec![(0.0, 0.5), (5.0, f64::from(k))]);
    let mut series: Vec<Series> = (1..=12).map(curve).collect();
    series.push(Series::dots("end", vec![(5.0, 12.0)]));
    series.push(Series::dots("middle", vec![(3.0, 1.0)]));
    series[1].points[1].1 = 0.5;
    let lines = Lines { x_label: "epoch".into(), series, ..Lines::default() };
    check(
        lines,
        "From epoch 0 to 5, w1 goes from 0.5 to 1; w2 stays at 0.5; w3 goes from 0.5 to 3; w4 goes from 0.5 to 4; \
         w5 goes from 0.5 to 5; w6 goes from 0.5 to 6; w7 goes from 0.5 to 7; w8 goes from 0.5 to 8; w9 goes from \
         0.5 to 9; w10 goes from 0.5 to 10; and 2 more. The lowest value of all is 0.5, of w1 at epoch 0; the highest is 12, of w12 at epoch 5. \
         Marked: middle at (3, 1).",
    );
}

#[test]
fn points_of_two_kinds_are_told_where_there_is_no_level() {
    let point = |value: f64| MapPoint { x: 0.0, y: 0.0, value, aside: false };
    let map = Map {
        x: (0.0, 1.0),
        y: (0.0, 1.0),
        columns: 1,
        rows: 1,
        values: vec![2.0],
        points: vec![point(0.0), point(1.0), point(1.0)],
        classes: Some(0.5),
        ..Map::default()
    };
    assert_eq!(
        words::describe(&Figure::Map(map)),
        "The value is 2 everywhere; 3 data points are drawn on it, 2 with a target of 0.5 or more."
    );
}

#[test]
fn a_table_is_told_by_its_lowest_and_its_highest_cell() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let mut cells = Cells {
        x_label: "initialiser".into(),
        y_label: "optimiser".into(),
        columns: names(&["he", "uniform"]),
        rows: names(&["adam", "lm"]),
        values: vec![40.0, 6.0, 97.0, f64::NAN],
        ..Cells::default()
    };
    assert_eq!(
        words::describe(&Figure::Cells(cells.clone())),
        "In 2 columns by 2 rows, the value runs from 6 at initialiser uniform, optimiser adam to 97 at initialiser he, \
         optimiser lm. 1 cell is without a value."
    );
    cells.values = vec![0.0, 0.0, 50.0, 50.0];
    assert_eq!(
        words::describe(&Figure::Cells(cells.clone())),
        "In 2 columns by 2 rows, the value runs from 0 at initialiser he, optimiser adam and 1 more cell to 50 at \
         initialiser he, optimiser lm and 1 more cell."
    );
    cells.values = vec![0.0; 4];
    assert_eq!(words::describe(&Figure::Cells(cells)), "The value is 0 in each cell of 2 columns by 2 rows.");
    assert_eq!(
        words::describe(&Figure::Cells(Cells::default())),
        "The table of 0 columns by 0 rows has no value."
    );
}

#[test]
fn values_over_words_are_told_by_name_with_their_intervals() {
    let names = ["gd", "adam"].map(String::from).to_vec();
    let series = Series::dots("percent solved", vec![(0.0, 90.0), (1.0, 55.0)])
        .with_bars(vec![(85.0, 94.0), (48.0, 62.0)]);
    check(
        Lines { x_names: names, series: vec![series], ..Lines::default() },
        "Percent solved: 90 at gd (85 to 94), 55 at adam (48 to 62).",
    );
    let many = (0..20).map(|k| format!("m{k}")).collect();
    let series = Series::dots("rate", (0..20).map(|k| (f64::from(k), f64::from(k))).collect());
    check(
        Lines { x_names: many, series: vec![series], ..Lines::default() },
        "Rate: 20 values, the highest 19 at m19, the lowest 0 at m0.",
    );
}

#[test]
fn the_widest_interval_of_a_curve_is_told() {
    let series =
        Series::line("rate", vec![(1.0, 10.0), (2.0, 10.0)]).with_bars(vec![(9.0, 11.0), (5.0, 15.0)]);
    check(
        Lines { x_label: "x".into(), series: vec![series], ..Lines::default() },
        "Rate stays at 10 from x = 1 to 2; its widest interval is 5 to 15 at x = 2.",
    );
}

#[test]
fn a_curve_that_jumps_about_and_then_stands_is_told() {
    let begin =
        [0.48810989745754557, 0.4019356358842012, 0.5002705938135815, 0.7497836659875068, 0.271046649];
    let curve = |x: f64| begin.get(x as usize).copied().unwrap_or(0.5);
    for count in [1001, 10_001] {
        for y_log in [false, true] {
            let lines = Lines { y_log, ..loss(sampled(count, curve)) };
            let text = words::describe(&Figure::Lines(lines));
            assert!(text.contains("lowest") && text.contains(" 0.271 at epoch 4"), "{text}");
        }
    }
}

#[test]
fn where_points_are_missing_is_told_by_stretches() {
    let gaps = |at: &[u32]| {
        let at = at.to_vec();
        let points = sampled(60, move |x| if at.contains(&(x as u32)) { f64::NAN } else { 0.5 });
        let told = words::describe(&Figure::Lines(loss(points)));
        told.split_once("Not drawn: ").unwrap().1.to_owned()
    };
    assert_eq!(gaps(&[40, 41, 42]), "3 points that are not finite, from epoch 40 to 42.");
    assert_eq!(gaps(&[7, 40, 41]), "3 points that are not finite, at epoch 7 and from epoch 40 to 41.");
    assert_eq!(
        gaps(&[7, 9, 11, 40, 41]),
        "5 points that are not finite, in 4 stretches, the first at epoch 7, the last from epoch 40 to 41."
    );
}

#[test]
fn two_curves_have_a_sentence_each_after_the_title() {
    let falling = |to: f64| (0..100).map(f64::from).map(|x| (x, 1.0 - (1.0 - to) * x / 99.0)).collect();
    let series = vec![Series::line("a", falling(0.5)), Series::line("b", falling(0.1))];
    check(
        Lines { title: "Loss".into(), x_label: "epoch".into(), series, ..Lines::default() },
        "Loss: a falls from 1 to 0.5 by epoch 99. b falls from 1 to 0.1 by epoch 99.",
    );
}

#[test]
fn a_curve_that_goes_beyond_both_its_ends_is_told_with_its_turn() {
    let curve = |name: &str, values: [f64; 4]| {
        Series::line(name, values.into_iter().enumerate().map(|(k, y)| (k as f64, y)).collect())
    };
    let series = vec![
        curve("w1", [-0.65, -1.2, 0.5, 1.96]),
        curve("w2", [0.0, 2.0, -2.0, 1.0]),
        curve("w3", [0.0, 0.5, 0.9, 1.0]),
        curve("a bound that a note tells", [4.0; 4]).silent(),
    ];
    check(
        Lines { title: "Parameters".into(), x_label: "epoch".into(), series, ..Lines::default() },
        "Parameters: from epoch 0 to 3, w1 goes from -0.65 down to -1.2, then to 1.96; w2 goes from 0 up to 2, down to \
         -2, then to 1; w3 goes from 0 to 1.",
    );
}

#[test]
fn a_plateau_on_an_axis_of_many_decades_ends_where_the_value_leaves_it() {
    // From 0.25 slowly down to 0.2 at 700, then fast to what rounding leaves.
    let curve = |x: f64| match x {
        x if x < 400.0 => 0.25,
        x if x < 700.0 => 0.25 - 0.05 * (x - 400.0) / 300.0,
        x => (0.2 * (-(x - 700.0) / 3.0).exp()).max(1e-30),
    };
    check(
        Lines { y_log: true, ..loss(sampled(1501, curve)) },
        "Loss is flat near 0.25 until epoch 470, falls to 3.11e-30 by 900, then is flat until the end, at 1e-30.",
    );
}
