//! Small pictures, character by character.

use whygrad_plot::{Figure, Lines, Map, MapPoint, Series, terminal};

fn check(figure: impl Into<Figure>, (columns, rows): (usize, usize), unicode: bool, expected: &str) {
    let text =
        terminal::render(&figure.into(), &terminal::Terminal { columns, rows, colour: false, unicode });
    assert_eq!(format!("\n{text}"), expected, "the picture is now:\n{text}");
}

fn decay() -> Lines {
    let points = (0..=40).map(f64::from).map(|x| (x, (-x / 8.0).exp())).collect();
    Lines {
        title: "loss".into(),
        x_label: "epoch".into(),
        series: vec![Series::line("", points)],
        ..Lines::default()
    }
}

fn slope() -> Map {
    let values = (0..9).map(|index| f64::from(index % 3 + index / 3) / 4.0).collect();
    let points = vec![MapPoint { x: 1.0, y: 1.0, value: 1.0 }, MapPoint { x: 0.0, y: 0.0, value: 0.0 }];
    let (x, y) = ((0.0, 1.0), (0.0, 1.0));
    Map { x, y, columns: 3, rows: 3, values, level: Some(0.6), points, ..Map::default() }
}

#[test]
fn a_curve_in_braille() {
    check(
        decay(),
        (30, 10),
        true,
        "
               loss
1.0 ┤⢢
    │⠈⢆
    │  ⠱⡀
0.5 ┤   ⠘⠤⡀
    │     ⠈⠒⠤⣀
  0 ┤         ⠉⠉⠒⠒⠢⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀
    └┬───────────┬───────────┬
     0          20          40
               epoch
",
    );
}

#[test]
fn a_curve_in_ascii() {
    check(
        decay(),
        (30, 10),
        false,
        "
               loss
1.0 +*
    |**
    |  **
0.5 +   ***
    |     ****
  0 +         ****************
    ++-----------+-----------+
     0          20          40
               epoch
",
    );
}

#[test]
fn curves_without_colour_differ_by_their_dashes() {
    let mut lines = decay();
    lines.y_label = "loss".into();
    lines.series[0].name = "train".into();
    lines.series.push(Series::line("test", vec![(0.0, 1.0), (40.0, 0.4)]));
    lines.series.push(Series::dots("best", vec![(20.0, 0.082)]));
    check(
        lines,
        (44, 11),
        true,
        "
                      loss
loss         ⠤⠤⠤ train   ⠤⠤  test    ●  best
1.0 ┤⠲⡢ ⠠⢄⡀ ⡀
    │ ⠘⢄    ⠈⠉ ⠐⠒⠂ ⠤⠤ ⢀⣀⡀
    │   ⠑⢄⡀               ⠉⠑ ⠐⠢⠄ ⢄⣀
0.5 ┤     ⠈⠢⣀                       ⠈⠉⠁ ⠒⠒ ⠠
    │        ⠉⠒⠒⠤⣀⣀
  0 ┤              ⠉⠉⠉⠒⠒●⠢⠤⠤⠤⠤⠤⠤⠤⠤⢄⣀⣀⣀⣀⣀⣀⣀⣀⣀
    └┬────────┬─────────┬─────────┬────────┬
     0       10        20        30       40
                      epoch
",
    );
}

#[test]
fn a_map_in_shades_with_row_0_at_the_bottom() {
    check(
        slope(),
        (34, 11),
        true,
        "
1.0 ┤++⠈⠢⡀*##%%%@@●  @@ 1
    │===+⠈⠑⢄*##%%%@  %%
    │--===++⠑⢄*###%  **
0.5 ┤::--===+⠈⠢⡀*##  ++
    │.:::---==+⠈⠢⡀*  --
    │ ...::---==+⠈⠢  ..
  0 ┤○  ...::---==+     0
    └┬────────────┬
     0            1
  ● target ≥ 0.6   ○ target below
  ⠤ level 0.6
",
    );
    check(
        slope(),
        (34, 11),
        false,
        "
1.0 +++~***##%%%@@X  @@ 1
    |===~~***##%%%@  %%
    |--===~~***###%  **
0.5 +::--===~~~**##  ++
    |.:::---==+~~**  --
    | ...::---==+~~  ..
  0 +O  ...::---==+     0
    ++------------+
     0            1
  X target >= 0.6   O target below
  ~ level 0.6
",
    );
}

#[test]
fn nothing_at_all_is_an_empty_frame() {
    check(
        Lines::default(),
        (20, 6),
        true,
        "
1 ┤
  │
  │
0 ┤
  └┬───────────────┬
   0               1
",
    );
}

#[test]
fn a_gap_parts_a_curve_and_is_named() {
    let points = vec![(0.0, 1.0), (2.0, 2.0), (3.0, f64::NAN), (4.0, 2.0), (6.0, 1.0)];
    let lines = Lines { series: vec![Series::line("", points)], ..Lines::default() };
    check(
        lines,
        (34, 8),
        true,
        "
2.0 ┤        ⢀⠔         ⠢⡀
    │      ⡠⠒⠁           ⠈⠒⢄
1.5 ┤    ⡠⠊                 ⠑⢄
    │ ⢀⠤⠊                     ⠑⠤⡀
1.0 ┤⠔⠁                         ⠈⠢
    └┬────────┬─────────┬────────┬
     0        2         4        6
Not drawn: 1 point is not finite.
",
    );
}

#[test]
fn a_coloured_map_uses_half_blocks_and_returns_to_the_default_at_each_end() {
    let terminal = terminal::Terminal { columns: 30, rows: 10, colour: true, unicode: true };
    let text = terminal::render(&Figure::Map(slope()), &terminal);
    assert!(text.contains("8;2;68;1;84m") && text.contains('▀'));
    for line in text.lines().filter(|line| line.contains('\u{1b}')) {
        let last = line.rsplit('\u{1b}').next().unwrap_or_default();
        assert!(["[0m", "[39m", "[49m"].iter().any(|code| last.starts_with(code)), "{line:?}");
    }
}
