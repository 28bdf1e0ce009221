//! Rates and epochs as figures.

use whygrad_plot::{Figure, Lines, Map, Series};

use crate::odds::Tally;
use crate::odds::sweep::{Spacing, Sweep, Value};

/// The share of all nets that are solved by an epoch, over the epochs; `None` where none is solved.
pub fn solved_figure(tally: &Tally) -> Option<Figure> {
    let steps = 400;
    let share = tally.rate().filter(|rate| *rate > 0.0)?;
    let points: Vec<(f64, f64)> = (0..=steps)
        .filter_map(|k| {
            let part = f64::from(k) / f64::from(steps);
            tally.epochs().quantile(part).map(|epoch| (epoch as f64, part * share))
        })
        .collect();
    let (first, last) = (points.first()?.0, points.last()?.0);
    Some(Figure::Lines(Lines {
        title: "Share of nets solved by an epoch".into(),
        x_label: "epoch".into(),
        y_label: "share solved".into(),
        x_log: first > 0.0 && last > 50.0 * first,
        series: vec![Series::line("share solved", points)],
        ..Lines::default()
    }))
}

/// The rate over one swept setting with its interval, or over two as a map. Settings with one value do not count;
/// `None` where none or more than two are left.
pub fn rate_figure(sweeps: &[Sweep], settings: &[(Vec<Value>, Tally)]) -> Option<Figure> {
    let axes: Vec<Axis> = sweeps
        .iter()
        .enumerate()
        .filter(|(_, sweep)| sweep.values.len() > 1)
        .map(|(index, sweep)| Axis { sweep, index })
        .collect();
    match &axes[..] {
        [one] => Some(curve(one, settings)),
        [rows, columns] => Some(map(rows, columns, settings)),
        _ => None,
    }
}

struct Axis<'a> {
    sweep: &'a Sweep,
    index: usize,
}

impl Axis<'_> {
    fn is_number(&self) -> bool {
        self.sweep.values.iter().all(|value| value.number().is_some())
    }

    /// Where a value stands on an even axis: at its logarithm, at itself, or at its number in the list.
    fn place(&self, index: usize) -> f64 {
        match (self.sweep.spacing, self.sweep.values[index].number()) {
            (Spacing::Logarithmic, Some(number)) => number.log10(),
            (Spacing::Linear, Some(number)) => number,
            _ => index as f64 + 1.0,
        }
    }

    fn ends(&self) -> (f64, f64) {
        (self.place(0), self.place(self.sweep.values.len() - 1))
    }

    fn label(&self) -> String {
        let name = self.sweep.setting.words();
        match self.sweep.spacing {
            Spacing::Logarithmic => format!("log10 of the {name}"),
            Spacing::Linear => name.to_owned(),
            Spacing::Listed => {
                let values: Vec<String> =
                    self.sweep.values.iter().enumerate().map(|(k, v)| format!("{} = {v}", k + 1)).collect();
                format!("{name}: {}", values.join(", "))
            }
        }
    }
}

const TITLE: &str = "Share of nets solved";

fn curve(axis: &Axis, settings: &[(Vec<Value>, Tally)]) -> Figure {
    let is_number = axis.is_number();
    let x =
        |index: usize| axis.sweep.values[index].number().filter(|_| is_number).unwrap_or(index as f64 + 1.0);
    let points = |of: &dyn Fn(&Tally) -> Option<f64>| -> Vec<(f64, f64)> {
        let all = settings.iter().enumerate();
        all.filter_map(|(index, (_, tally))| Some((x(index), of(tally)?))).collect()
    };
    let rate = points(&|tally| tally.rate());
    let low = points(&|tally| tally.rate().map(|_| tally.interval().0));
    let high = points(&|tally| tally.rate().map(|_| tally.interval().1));
    Figure::Lines(Lines {
        title: TITLE.into(),
        x_label: if is_number { axis.sweep.setting.words().to_owned() } else { axis.label() },
        y_label: "share solved".into(),
        x_log: is_number && axis.sweep.spacing == Spacing::Logarithmic,
        series: vec![
            Series::line("share solved", rate),
            Series::dots("lower end of 95 %", low),
            Series::dots("upper end of 95 %", high),
        ],
        ..Lines::default()
    })
}

fn map(rows: &Axis, columns: &Axis, settings: &[(Vec<Value>, Tally)]) -> Figure {
    let (height, width) = (rows.sweep.values.len(), columns.sweep.values.len());
    let mut values = vec![f64::NAN; width * height];
    for (combination, tally) in settings {
        let at = |axis: &Axis| {
            let value = combination.get(axis.index)?;
            axis.sweep.values.iter().position(|other| other == value)
        };
        if let (Some(row), Some(column), Some(rate)) = (at(rows), at(columns), tally.rate()) {
            values[row * width + column] = rate;
        }
    }
    Figure::Map(Map {
        title: TITLE.into(),
        x_label: columns.label(),
        y_label: rows.label(),
        x: columns.ends(),
        y: rows.ends(),
        columns: width,
        rows: height,
        values,
        level: None,
        points: Vec::new(),
    })
}
