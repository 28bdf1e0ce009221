//! Small pictures, character by character.

use whygrad_plot::{Cells, Figure, Lines, Map, MapPoint, Mark, Panels, Series, terminal};

#[track_caller]
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

fn fan(count: u32) -> Lines {
    let series = (0..count)
        .map(|k| Series::line(format!("run {}", k + 1), vec![(0.0, 0.0), (10.0, f64::from(k))]))
        .collect();
    Lines { series, ..Lines::default() }
}

#[test]
fn curves_that_dashes_cannot_tell_apart_carry_letters() {
    check(
        fan(5),
        (50, 14),
        true,
        "
4 ┤                                             ⣀⠤
  │                                        ⣀⠤⠔⠊e
  │                                   ⣀⠤⠔⠊⠉      ⣀
  │                              ⣀⠤⠔⠊⠉    d⣀⠤⠔⠒⠊⠉
  │                         ⣀⠤⠔⠊⠉  ⢀⣀⡠⠤⠒⠊⠉⠁
2 ┤                   ⢀⣀e⠒⠊⠉ ⣀⡠⠤⠔⠒⠉⠁     ⣀⣀⡠⠤⠤⠒⠒⠊⠉
  │              ⢀⣀⠤⠒⠊⢁⣀⠤⠔⠒⠊⠉  ⢀⣀⣀⠤⠤⠔⠒c⠉⠉
  │         ⢀⣀⠤⢒⣊⡡⠤d⠊⢉⣁⣀⠤⠤⠔⠒⠒⠉⠉⠁          ⣀⣀⣀⣀⣀⠤⠤⠤
  │    ⢀⣀⣤⡲⠮⣕⣒⡩⠥c⠒⠒⠉⠉⢁b⣀⣀⣀⡠⠤⠤⠤⠤⠔⠒b⠒⠒⠒⠉⠉⠉⠉⠉
0 ┤⣀⣤⣶⣾⣿⣿⣮⣭⣛⣒⣒⣒⣒⣉⣉⣉⣉⣉⣁a⣀⣀⣀⣀⣀a⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
  └┬────────┬────────┬─────────┬────────┬────────┬
   0        2        4         6        8       10
  ⠤a⠤ run 1   ⠤b⠤ run 2   ⠤c⠤ run 3   ⠤d⠤ run 4
  ⠤e⠤ run 5
",
    );
    check(
        fan(7),
        (50, 14),
        false,
        "
6 +                                             gg
  |                                        ggggg
  |                                   ggggg ffffff
4 +                              gggggfffffff  eee
  |                         gggggffffffeeeeeeee
  |                   ggggggfffffeeeeeee ddddddddd
2 +              ggggggffffeeeeeddddddddd       cc
  |         ggggggfffeeeedddddddcccccccccccccccc
  |    ggggggffeedddddcccccccccccbbbbbbbbbbbbbbbbb
0 +gggggfeddcccccbbbbbbbbbbbbbbaaaaaaaaaaaaaaaaaaa
  ++--------+--------+---------+--------+--------+
   0        2        4         6        8       10
  aaa run 1   bbb run 2   ccc run 3   ddd run 4
  eee run 5   fff run 6   ggg run 7
",
    );
}

#[test]
fn twelve_curves_each_have_a_letter_with_colours_and_without() {
    for colour in [false, true] {
        let terminal = terminal::Terminal { columns: 80, rows: 20, colour, unicode: true };
        let text = terminal::render(&fan(12).into(), &terminal);
        let picture: String = text.lines().take_while(|line| !line.contains('└')).collect();
        for letter in 'a'..='l' {
            let once = if colour { format!("m{letter}") } else { letter.to_string() };
            assert!(picture.contains(&once), "{letter} in\n{text}");
        }
    }
}

#[test]
fn words_of_a_mark_stand_where_no_curve_is_or_below() {
    let points = vec![(0.0, 1.0), (8.0, 0.99), (9.0, 0.0), (10.0, 0.0)];
    let mark = |x: f64, label: &str| Mark { x, label: label.into() };
    let lines = Lines {
        series: vec![Series::line("", points)],
        marks: vec![mark(8.0, "the plateau ends")],
        ..Lines::default()
    };
    check(
        lines.clone(),
        (44, 9),
        true,
        "
1.0 ┤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⢆
    │              the plateau ends ⠸⡀
    │                               ┊⢇
0.5 ┤                               ┊⠘⡄
    │                               ┊ ⢣
    │                               ┊ ⠘⡄
  0 ┤                               ┊  ⢣⣀⣀⣀⣀
    └┬──────┬───────┬───────┬───────┬──────┬
     0      2       4       6       8     10
",
    );
    let marks = vec![mark(8.0, "the plateau ends at last, as was to be hoped")];
    check(
        Lines { marks, ..lines },
        (30, 10),
        true,
        "
1.0 ┤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⢲
    │                   ┊⡇
    │                   ┊⢸
0.5 ┤                   ┊ ⡇
    │                   ┊ ⢱
  0 ┤                   ┊ ⠈⣆⣀⣀
    └┬───────────┬───────────┬
     0           5          10
  ┊ the plateau ends at last,
    as was to be hoped (8)
",
    );
}

#[test]
fn titles_and_names_go_on_in_the_next_line() {
    let mut lines = fan(2);
    lines.title = "Where the rows lie in the space of the hidden units".into();
    lines.series[1].name = "a name that is longer than any line of this terminal".into();
    check(
        lines,
        (34, 14),
        true,
        "
Where the rows lie in the space of
           the hidden units
1.0 ┤                            ⠔
    │                      ⢀ ⠐⠊⠁
    │                   ⡀ ⠊⠁
    │               ⣀ ⠐⠉
0.5 ┤           ⣀⠄ ⠉
    │       ⢀⡠ ⠈
    │   ⢀⡠⠄ ⠁
  0 ┤⣠⣔⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
    └┬─────────────┬─────────────┬
     0             5            10
  ⠤⠤⠤ run 1
  ⠤⠤  a name that is longer than
      any line of this terminal
",
    );
}

#[test]
fn notes_that_the_words_below_tell_are_left_out() {
    let lines = Lines {
        notes: vec!["The run is solved.".into()],
        series: vec![Series::line("", vec![(0.0, 1.0), (1.0, f64::NAN)])],
        ..Lines::default()
    };
    let panels =
        Panels { figures: vec![lines.into()], notes: vec!["All of them.".into()], ..Panels::default() };
    let terminal = terminal::Terminal::default();
    let whole = terminal::render(&panels.clone().into(), &terminal);
    let bare = terminal::render_above_words(&panels.into(), &terminal);
    for note in ["The run is solved.", "Not drawn: 1 point that is not finite", "All of them."] {
        assert!(whole.contains(note) && !bare.contains(note), "{note}");
    }
}
