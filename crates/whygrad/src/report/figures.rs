//! The pictures of a run, as figure data.

use whygrad_plot::{Figure, Lines, Map, MapPoint, Series};

use crate::data::Dataset;
use crate::model::Model;
use crate::train::{Run, evaluate};

/// The loss over the epochs; logarithmic where it falls by more than a factor of 100.
pub fn loss_figure(run: &Run) -> Figure {
    let points: Vec<(f64, f64)> = run.history.points().into_iter().map(|(e, l)| (e as f64, l)).collect();
    let positive = points.iter().all(|p| p.1 > 0.0);
    let low = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.1).fold(0.0, f64::max);
    Figure::Lines(Lines {
        title: "Loss".into(),
        x_label: "epoch".into(),
        y_label: "loss".into(),
        y_log: positive && high > 100.0 * low,
        series: vec![Series::line("loss", points)],
        ..Lines::default()
    })
}

/// Samples to each side of the output surface.
const SIDE: usize = 61;

/// The first output over the first two inputs; the others are held at their mean. `None` for
/// models with one input or no prediction.
pub fn surface_figure(model: &Model, data: &Dataset, theta: &[f64]) -> Option<Figure> {
    let width = model.program.input_width();
    if width < 2 || model.program.predictions.is_empty() {
        return None;
    }
    let column = |k: usize| (0..data.rows).map(move |r| data.input_row(r)[k]);
    let range = |k: usize| {
        let low = column(k).fold(f64::INFINITY, f64::min);
        let high = column(k).fold(f64::NEG_INFINITY, f64::max);
        let margin = if high > low { 0.1 * (high - low) } else { 0.5 };
        (low - margin, high + margin)
    };
    let (x, y) = (range(0), range(1));
    let at = |(low, high): (f64, f64), k: usize| low + (high - low) * k as f64 / (SIDE - 1) as f64;
    let means: Vec<f64> = (0..width).map(|k| column(k).sum::<f64>() / data.rows as f64).collect();
    let mut inputs = Vec::with_capacity(SIDE * SIDE * width);
    for row in 0..SIDE {
        for col in 0..SIDE {
            inputs.extend([at(x, col), at(y, row)]);
            inputs.extend_from_slice(&means[2..]);
        }
    }
    let grid = Dataset {
        inputs,
        targets: vec![0.0; SIDE * SIDE * model.program.target_width()],
        rows: SIDE * SIDE,
        input_names: vec![],
        target_names: vec![],
    };
    let values = evaluate(model, &grid, theta).predictions.iter().map(|p| p[0]).collect();
    let binary = (0..data.rows).all(|r| data.target_row(r).iter().all(|t| *t == 0.0 || *t == 1.0));
    let points = (0..data.rows)
        .map(|r| MapPoint {
            x: data.input_row(r)[0],
            y: data.input_row(r)[1],
            value: data.target_row(r).first().copied().unwrap_or(0.0),
        })
        .collect();
    let name = |k: usize| data.input_names.get(k).cloned().unwrap_or_else(|| format!("input {k}"));
    Some(Figure::Map(Map {
        title: if width > 2 { "Output (other inputs at their mean)".into() } else { "Output".into() },
        x_label: name(0),
        y_label: name(1),
        x,
        y,
        columns: SIDE,
        rows: SIDE,
        values,
        level: binary.then_some(0.5),
        points,
    }))
}

/// A function of one variable with the steps of a descent on it.
pub fn path_figure(model: &Model, run: &Run) -> Option<Figure> {
    let path: Vec<f64> = run.path.iter().map(|theta| theta[0]).collect();
    if model.program.parameter_count() != 1 || path.is_empty() {
        return None;
    }
    let low = path.iter().copied().fold(f64::INFINITY, f64::min);
    let high = path.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let margin = if high > low { 0.25 * (high - low) } else { 1.0 };
    let value = |x: f64| {
        let nothing =
            Dataset { inputs: vec![], targets: vec![], rows: 1, input_names: vec![], target_names: vec![] };
        evaluate(model, &nothing, &[x]).loss
    };
    let curve = (0..=200)
        .map(|k| low - margin + (high - low + 2.0 * margin) * f64::from(k) / 200.0)
        .map(|x| (x, value(x)))
        .collect();
    let steps = path.iter().zip(run.history.points()).map(|(&x, (_, loss))| (x, loss)).collect();
    let name = model.program.parameters[0].name.clone();
    Some(Figure::Lines(Lines {
        title: "Descent".into(),
        x_label: name.clone(),
        y_label: format!("f({name})"),
        series: vec![Series::line("f", curve), Series::dots("steps", steps)],
        ..Lines::default()
    }))
}
