//! Rates and epochs as figures. All rates are in percent, as in the text.

use whygrad_plot::{Cells, Figure, Lines, Panels, Series, Style};

use super::text::grouped;
use crate::odds::Tally;
use crate::odds::sweep::{Setting, Spacing, Sweep, Value};

/// The ends of every axis and every scale of colours that shows a rate, whatever the rates are: two pictures beside
/// each other can be compared.
const PERCENT: (f64, f64) = (0.0, 100.0);

/// So many solved nets are drawn one by one; of more, so many quantiles.
const STEPS: u64 = 400;

/// The share of all nets that are solved by an epoch, over the epochs; `None` where none is solved.
fn solved_figure(tally: &Tally) -> Option<Figure> {
    let solved = tally.epochs().total();
    let share = 100.0 * tally.rate().filter(|rate| *rate > 0.0)?;
    let steps = solved.min(STEPS);
    // The middle of a step, so that no rounding moves it to the next net.
    let epoch =
        |step: u64| tally.epochs().quantile((step as f64 - 0.5) / steps as f64).map(|epoch| epoch as f64);
    let (first, last) = (epoch(1)?, tally.epochs().quantile(1.0)? as f64);
    let x_log = first > 0.0 && last > 50.0 * first;
    let mut points = if x_log { Vec::new() } else { vec![(0.0, 0.0)] };
    for step in 1..=steps {
        let (epoch, before) = (epoch(step)?, points.last().map_or(0.0, |point| point.1));
        points.extend([(epoch, before), (epoch, share * step as f64 / steps as f64)]);
    }
    points.push((last, share));
    points.dedup();
    Some(Figure::Lines(Lines {
        title: "Share of nets solved by an epoch".into(),
        x_label: "epoch".into(),
        y_label: match tally.restarts() {
            1 => "percent of 1 net".into(),
            nets => format!("percent of {} nets", grouped(nets)),
        },
        x_log,
        x_whole: true,
        x_reach: Some((if x_log { first } else { 0.0 }, last * 1.05)),
        y_reach: Some(PERCENT),
        series: vec![Series::line("percent solved", points)],
        ..Lines::default()
    }))
}

/// How many nets are solved within which epochs; `None` where none is solved.
fn epochs_figure(tally: &Tally) -> Option<Figure> {
    let bins = tally.epochs().histogram(BARS);
    let (first, last) = (bins.first()?, bins.last()?);
    // Edges that grow by factors are 1, 2, 5, 10, ..: equal widths on a logarithmic axis, about.
    let x_log = bins.len() > 1 && last.to - last.from > 3.0 * (first.to - first.from) && first.from > 0.0;
    let middle = |from: f64, to: f64| if x_log { (from * to).sqrt() } else { f64::midpoint(from, to) };
    let columns = bins.iter().map(|bin| (middle(bin.from, bin.to), bin.count as f64)).collect();
    Some(Figure::Lines(Lines {
        title: "Epochs that solved nets took".into(),
        x_label: "epochs".into(),
        y_label: "nets".into(),
        x_log,
        x_whole: true,
        series: vec![Series {
            name: "nets".into(),
            points: columns,
            style: Style::Columns,
            ..Series::default()
        }],
        ..Lines::default()
    }))
}

/// The bars of a histogram, at most.
const BARS: usize = 24;

/// How the nets of one setting did: the share solved by an epoch, and how many took how long; `None` where none is
/// solved.
pub fn odds_figure(tally: &Tally) -> Option<Figure> {
    let figures = vec![solved_figure(tally)?, epochs_figure(tally)?];
    let low = |share: f64| format!("{:.1}", 100.0 * share);
    let (from, to) = tally.interval();
    let notes = vec![format!(
        "{} of {} nets are solved: {} % (95 % interval {} to {} %).",
        grouped(tally.solved()),
        grouped(tally.restarts()),
        low(tally.rate().unwrap_or(0.0)),
        low(from),
        low(to)
    )];
    Some(
        Panels {
            title: "How often it learns, and how fast".into(),
            figures,
            columns: 2,
            notes,
            ..Panels::default()
        }
        .into(),
    )
}

/// The rate over one swept setting with its interval, or over two as a table of cells. Settings with one value do not
/// count; `None` where none or more than two are left.
pub fn rate_figure(sweeps: &[Sweep], settings: &[(Vec<Value>, Tally)]) -> Option<Figure> {
    let axes: Vec<Axis> = sweeps
        .iter()
        .enumerate()
        .filter(|(_, sweep)| sweep.values.len() > 1)
        .map(|(index, sweep)| Axis { sweep, index })
        .collect();
    match &axes[..] {
        [one] => Some(curve(one, settings)),
        [rows, columns] => Some(cells(rows, columns, settings)),
        _ => None,
    }
}

struct Axis<'a> {
    sweep: &'a Sweep,
    index: usize,
}

impl Axis<'_> {
    /// The values as numbers, where all of them are.
    fn numbers(&self) -> Option<Vec<f64>> {
        self.sweep.values.iter().map(Value::number).collect()
    }

    fn names(&self) -> Vec<String> {
        self.sweep.values.iter().map(ToString::to_string).collect()
    }

    fn label(&self) -> String {
        self.sweep.setting.words().to_owned()
    }

    /// The place of a combination's value among the values.
    fn place(&self, combination: &[Value]) -> Option<usize> {
        let value = combination.get(self.index)?;
        self.sweep.values.iter().position(|other| other == value)
    }

    /// Whether equal factors are equal steps: as the sweep has it, or where a list spans more than a factor of 20.
    fn is_logarithmic(&self, numbers: &[f64]) -> bool {
        let ends =
            numbers.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), n| (low.min(*n), high.max(*n)));
        match self.sweep.spacing {
            Spacing::Logarithmic => true,
            Spacing::Linear => false,
            Spacing::Listed => ends.0 > 0.0 && ends.1 > 20.0 * ends.0,
        }
    }
}

const TITLE: &str = "Share of nets solved";

/// Numbers are joined by a line, words are not: there is nothing between them.
fn curve(axis: &Axis, settings: &[(Vec<Value>, Tally)]) -> Figure {
    let numbers = axis.numbers();
    let mut rates: Vec<((f64, f64), (f64, f64))> = settings
        .iter()
        .filter_map(|(combination, tally)| {
            let place = axis.place(combination)?;
            let x = numbers.as_ref().map_or(place as f64, |numbers| numbers[place]);
            let (low, high) = tally.interval();
            Some(((x, 100.0 * tally.rate()?), (100.0 * low, 100.0 * high)))
        })
        .collect();
    rates.sort_by(|a, b| a.0.0.total_cmp(&b.0.0));
    let (points, bars) = rates.into_iter().unzip();
    let series = if numbers.is_some() { Series::line } else { Series::dots };
    Figure::Lines(Lines {
        title: TITLE.into(),
        x_label: axis.label(),
        y_label: "percent, with 95 % intervals".into(),
        x_log: numbers.as_ref().is_some_and(|numbers| axis.is_logarithmic(numbers)),
        x_whole: matches!(axis.sweep.setting, Setting::Batch | Setting::Epochs | Setting::Hidden),
        x_names: if numbers.is_some() { Vec::new() } else { axis.names() },
        y_reach: Some(PERCENT),
        series: vec![series("percent solved".to_owned(), points).with_bars(bars)],
        ..Lines::default()
    })
}

/// Numbers grow upwards; words are read downwards.
fn cells(rows: &Axis, columns: &Axis, settings: &[(Vec<Value>, Tally)]) -> Figure {
    let (mut names, column_names) = (rows.names(), columns.names());
    let is_downwards = rows.numbers().is_none();
    if is_downwards {
        names.reverse();
    }
    let mut values = vec![f64::NAN; names.len() * column_names.len()];
    for (combination, tally) in settings {
        let places = rows.place(combination).zip(columns.place(combination));
        if let (Some((row, column)), Some(rate)) = (places, tally.rate()) {
            let row = if is_downwards { names.len() - 1 - row } else { row };
            values[row * column_names.len() + column] = 100.0 * rate;
        }
    }
    Figure::Cells(Cells {
        title: format!("{TITLE}, in percent"),
        x_label: columns.label(),
        y_label: rows.label(),
        columns: column_names,
        rows: names,
        values,
        range: Some(PERCENT),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{swept, tally};
    use super::*;

    fn lines(figure: Option<Figure>) -> Lines {
        let Some(Figure::Lines(lines)) = figure else { panic!("lines, not {figure:?}") };
        lines
    }

    #[test]
    fn two_settings_are_cells_named_by_their_values_on_a_scale_of_all_rates() {
        let (sweeps, settings) = swept(&["init=he;uniform(-1,1)", "lr=0.1:10:log3"]);
        let Some(Figure::Cells(cells)) = rate_figure(&sweeps, &settings) else { panic!("cells") };
        assert_eq!(cells.columns, ["0.1", "1", "10"]);
        assert_eq!(cells.rows, ["uniform(-1, 1)", "he_normal"], "words are read from the top");
        assert_eq!((cells.x_label.as_str(), cells.y_label.as_str()), ("learning rate", "initialiser"));
        assert_eq!(cells.values[3..5], [0.0, 50.0]);
        assert_eq!(cells.range, Some((0.0, 100.0)));
        let (sweeps, settings) = swept(&["lr=0.1:10:log3", "batch=1,full"]);
        let Some(Figure::Cells(cells)) = rate_figure(&sweeps, &settings) else { panic!("cells") };
        assert_eq!(cells.rows, ["0.1", "1", "10"], "numbers grow upwards");
        assert_eq!(cells.columns, ["1", "full"]);
    }

    #[test]
    fn numbers_are_joined_and_words_are_dots_and_both_have_their_intervals() {
        let (sweeps, settings) = swept(&["lr=0.1:10:log3"]);
        let curve = lines(rate_figure(&sweeps, &settings));
        assert!(curve.x_log && curve.x_names.is_empty() && curve.series[0].points[1] == (1.0, 50.0));
        assert_eq!((curve.series.len(), curve.series[0].bars.len(), curve.y_reach), (1, 3, Some(PERCENT)));
        let (low, high) = curve.series[0].bars[1];
        assert!(low > 25.0 && low < 50.0 && high > 50.0 && high < 75.0);
        let (sweeps, settings) = swept(&["init=he;uniform(-1,1)"]);
        let dots = lines(rate_figure(&sweeps, &settings));
        assert_eq!(dots.x_names, ["he_normal", "uniform(-1, 1)"]);
        assert_eq!((dots.series[0].style, dots.series[0].points[1].0), (whygrad_plot::Style::Dots, 1.0));
    }

    #[test]
    fn listed_numbers_are_put_in_order_and_a_wide_list_is_logarithmic() {
        let (sweeps, settings) = swept(&["lr=1,0.01,0.1"]);
        let curve = lines(rate_figure(&sweeps, &settings));
        let x: Vec<f64> = curve.series[0].points.iter().map(|point| point.0).collect();
        assert_eq!((x, curve.x_log), (vec![0.01, 0.1, 1.0], true));
        let (sweeps, settings) = swept(&["batch=1,2,4"]);
        let curve = lines(rate_figure(&sweeps, &settings));
        assert!(curve.x_whole && !curve.x_log);
        assert!(rate_figure(&[], &[]).is_none());
    }

    #[test]
    fn the_share_solved_rises_by_one_step_a_net_and_ends_at_the_rate() {
        let solved = lines(solved_figure(&tally(80, 20, 0)));
        assert_eq!(solved.series[0].points.last(), Some(&(990.0, 80.0)));
        assert_eq!(solved.y_label, "percent of 100 nets");
        let two = lines(solved_figure(&tally(2, 2, 0)));
        let steps = [(0.0, 0.0), (200.0, 0.0), (200.0, 25.0), (210.0, 25.0), (210.0, 50.0)];
        assert_eq!(two.series[0].points, steps);
        assert_eq!((two.x_reach, two.y_reach), (Some((0.0, 220.5)), Some(PERCENT)));
        assert!(solved_figure(&tally(0, 3, 0)).is_none());
    }
}
