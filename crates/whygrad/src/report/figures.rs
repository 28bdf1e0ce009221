//! The pictures of a run, as figure data.

use whygrad_engine::plan::Plan;
use whygrad_engine::workspace::{Batch, Hardware, Workspace};
use whygrad_plot::{Figure, Lines, Map, MapPoint, Series};

use crate::data::Dataset;
use crate::model::Model;
use crate::train::{Run, evaluate};

/// The loss over the epochs; logarithmic where it falls by more than a factor of 100. `None` before
/// the first epoch.
pub fn loss_figure(run: &Run) -> Option<Figure> {
    if run.epoch == 0 {
        return None;
    }
    let points: Vec<(f64, f64)> = run.history.points().into_iter().map(|(e, l)| (e as f64, l)).collect();
    let positive = points.iter().all(|p| p.1 > 0.0);
    let low = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.1).fold(0.0, f64::max);
    Some(Figure::Lines(Lines {
        title: "Loss".into(),
        x_label: "epoch".into(),
        y_label: "loss".into(),
        x_whole: true,
        y_log: positive && high > 100.0 * low,
        series: vec![Series::line("loss", points)],
        ..Lines::default()
    }))
}

/// Samples to each side of the output surface.
const SIDE: usize = 61;

/// The most inputs of a model whose output is drawn: over two of many, the rest at their mean, it
/// says nothing.
const MOST_INPUTS: usize = 4;

/// The first output over the only input, or over the first two with the others held at their mean.
/// `None` for models with more than four inputs or without a prediction.
pub fn surface_figure(model: &Model, data: &Dataset, theta: &[f64]) -> Option<Figure> {
    let width = model.program.input_width();
    if width == 0 || width > MOST_INPUTS || model.program.predictions.is_empty() {
        return None;
    }
    if width == 1 {
        return Some(output_curve(model, data, theta));
    }
    let column = |k: usize| (0..data.rows).map(move |r| data.input_row(r)[k]);
    let (x, y) = (range(column(0), 0.1), range(column(1), 0.1));
    let at = |over: (f64, f64), k: usize| between(over, k, SIDE - 1);
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
        ..Map::default()
    }))
}

/// The first output over the only input, with the data.
fn output_curve(model: &Model, data: &Dataset, theta: &[f64]) -> Figure {
    let over = range((0..data.rows).map(|r| data.input_row(r)[0]), 0.1);
    let inputs: Vec<f64> = (0..=200).map(|k| between(over, k, 200)).collect();
    let grid = Dataset {
        targets: vec![0.0; inputs.len() * model.program.target_width()],
        rows: inputs.len(),
        inputs: inputs.clone(),
        input_names: vec![],
        target_names: vec![],
    };
    let outputs = evaluate(model, &grid, theta).predictions;
    let curve = inputs.iter().zip(&outputs).map(|(x, p)| (*x, p[0])).collect();
    let first = |row: usize| data.target_row(row).first().copied().unwrap_or(f64::NAN);
    let points = (0..data.rows).map(|r| (data.input_row(r)[0], first(r))).collect();
    let name = |names: &[String], other: &str| names.first().cloned().unwrap_or_else(|| other.into());
    Figure::Lines(Lines {
        title: "Output".into(),
        x_label: name(&data.input_names, "x"),
        y_label: name(&data.target_names, "output"),
        series: vec![Series::line("output", curve), Series::dots("data", points)],
        ..Lines::default()
    })
}

/// The path of a descent: on the curve of a function of one variable, on the map of one of two.
pub fn path_figure(model: &Model, run: &Run) -> Option<Figure> {
    if run.path.is_empty() {
        return None;
    }
    match model.program.parameter_count() {
        1 => Some(path_on_curve(model, run)),
        2 => Some(path_on_map(model, run)),
        _ => None,
    }
}

/// A plain function at one point after another, with the same bits on any machine.
fn values_at(model: &Model, points: &[Vec<f64>]) -> Vec<f64> {
    let plan = Plan::compile(&model.program, &[model.program.loss]);
    let mut space = Workspace::<f64>::with(&plan, Hardware::portable());
    space.load(&plan, &Batch { inputs: &[], targets: &[], rows: 1 });
    let mut value_at = |point: &Vec<f64>| {
        space.run(&plan, point);
        let mut value = [0.0];
        space.copy_output(&plan, 0, &mut value);
        value[0]
    };
    points.iter().map(&mut value_at).collect()
}

/// From the least to the greatest value, with a share of the distance on both sides.
fn range(values: impl Iterator<Item = f64>, share: f64) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
    }
    let margin = if high > low { share * (high - low) } else { 1.0 };
    (low - margin, high + margin)
}

/// Step `k` of `steps` from one end of a range to the other.
fn between((low, high): (f64, f64), k: usize, steps: usize) -> f64 {
    low + (high - low) * k as f64 / steps as f64
}

fn path_on_curve(model: &Model, run: &Run) -> Figure {
    let over = range(run.path.iter().map(|theta| theta[0]), 0.25);
    let grid: Vec<Vec<f64>> = (0..=200).map(|k| vec![between(over, k, 200)]).collect();
    let on = |points: &[Vec<f64>]| {
        points.iter().map(|p| p[0]).zip(values_at(model, points)).collect::<Vec<(f64, f64)>>()
    };
    let name = model.program.parameters[0].entry_name(0);
    Figure::Lines(Lines {
        title: "Descent".into(),
        x_label: name.clone(),
        y_label: format!("f({name})"),
        series: vec![Series::line("f", on(&grid)), Series::dots("steps", on(&run.path))],
        ..Lines::default()
    })
}

/// The most steps drawn on a map.
const STEPS: usize = 40;

fn path_on_map(model: &Model, run: &Run) -> Figure {
    let names = model.program.entry_names();
    let (x, y) = (range(run.path.iter().map(|t| t[0]), 0.25), range(run.path.iter().map(|t| t[1]), 0.25));
    let cell = |k: usize| vec![between(x, k % SIDE, SIDE - 1), between(y, k / SIDE, SIDE - 1)];
    let grid: Vec<Vec<f64>> = (0..SIDE * SIDE).map(cell).collect();
    let last = run.path.len() - 1;
    let shown = last.clamp(1, STEPS);
    let steps: Vec<Vec<f64>> = (0..=shown).map(|k| run.path[k * last / shown].clone()).collect();
    let points = steps
        .iter()
        .zip(values_at(model, &steps))
        .map(|(theta, value)| MapPoint { x: theta[0], y: theta[1], value })
        .collect();
    Figure::Map(Map {
        title: format!("Descent on f({}, {})", names[0], names[1]),
        x_label: names[0].clone(),
        y_label: names[1].clone(),
        x,
        y,
        columns: SIDE,
        rows: SIDE,
        values: values_at(model, &grid),
        level: None,
        points,
        ..Map::default()
    })
}
