//! Small pictures, character by character.

use whygrad_plot::{Cells, Figure, Lines, Map, MapPoint, Series, terminal};

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
    let points = vec![
        MapPoint { x: 1.0, y: 1.0, value: 1.0, aside: false },
        MapPoint { x: 0.0, y: 0.0, value: 0.0, aside: false },
    ];
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
2 ┤        ⢀⠤⠂         ⠐⠤⡀
  │     ⣀⠤⠊⠁             ⠈⠑⠤⡀
  │  ⣀⠔⠊                    ⠈⠑⠢⣀
1 ┤⠔⠊                           ⠑⠢
  └┬─────────┬─────────┬─────────┬
   0         2         4         6
Not drawn: 1 point that is not
finite, at 3.
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

fn rates() -> Cells {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    Cells {
        title: "solved, in percent".into(),
        x_label: "optimiser".into(),
        y_label: "batch".into(),
        columns: names(&["gd", "adam", "lm"]),
        rows: names(&["full", "1"]),
        values: vec![0.0, 50.0, 100.0, 12.5, f64::NAN, 97.3],
        range: Some((0.0, 100.0)),
    }
}

#[test]
fn a_table_has_its_values_beside_shades_and_its_first_row_at_the_bottom() {
    check(
        rates(),
        (40, 12),
        true,
        "
        solved, in percent
batch
   1   12.5 ▁     -    97.3 █
full      0      50 ▄   100 █
        gd     adam     lm
             optimiser
     0    ▁▁▂▂▃▃▄▄▅▅▆▆▇▇███ 100
1 cell is without a value.
",
    );
}

#[test]
fn names_without_room_are_numbers_that_a_legend_explains() {
    let mut cells = rates();
    cells.columns[1] = "gradient-descent with momentum".into();
    check(
        cells,
        (40, 14),
        true,
        "
        solved, in percent
batch
   1   12.5 ▁     -    97.3 █
full      0      50 ▄   100 █
         1       2       3
             optimiser
  1 = gd
  2 = gradient-descent with momentum
  3 = lm
     0    ▁▁▂▂▃▃▄▄▅▅▆▆▇▇███ 100
1 cell is without a value.
",
    );
}

#[test]
fn many_cells_are_shades_alone_and_what_has_no_room_is_counted() {
    let (columns, rows) = (24, 20);
    let name = |count: usize| (1..=count).map(|k| k.to_string()).collect();
    let values = (0..columns * rows).map(|k| ((k % columns) * (k / columns)) as f64).collect();
    let cells = Cells { columns: name(columns), rows: name(rows), values, ..Cells::default() };
    check(
        cells,
        (30, 10),
        false,
        "
 7         .......:::::::--
 6          .........::::::
 5            ...........::
 4                .........
 3                       ..
 2
 1
       5   10   15   20
   0   ..::--==++**##%%@@ 437
No room for 13 rows.
",
    );
}

#[test]
fn values_over_words_are_dots_with_bars() {
    let series = Series::dots("", vec![(0.0, 80.0), (1.0, 20.0)]).with_bars(vec![(60.0, 100.0), (0.0, 60.0)]);
    let names = ["gd", "adam"].map(String::from).to_vec();
    check(
        Lines { x_names: names, y_reach: Some((0.0, 100.0)), series: vec![series], ..Lines::default() },
        (30, 10),
        true,
        "
100 ┤      │
    │      ●
    │      │
    │      │           │
 50 ┤                  │
    │                  │
    │                  ●
  0 ┤                  │
    └──────┬───────────┬──────
          gd         adam
",
    );
}

#[test]
fn values_on_colours_have_the_ink_that_can_be_read() {
    let terminal = terminal::Terminal { columns: 40, rows: 12, colour: true, unicode: true };
    let text = terminal::render(&Figure::Cells(rates()), &terminal);
    assert!(
        text.contains("\u{1b}[48;2;253;231;37m  100 ") && text.contains("\u{1b}[38;2;0;0;0m97.3 "),
        "black on yellow"
    );
    assert!(text.contains("\u{1b}[48;2;68;1;84m    \u{1b}[38;2;255;255;255m0 "), "white on violet");
}
