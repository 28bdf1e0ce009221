//! The output of a model over one or two of its inputs.

use whygrad_plot::{Figure, Lines, Map, MapPath, MapPoint, Panels, PathKind, Series, Surface, words};

use super::{Choices, PictureError, between, range};
use crate::data::Dataset;
use crate::model::Model;
use crate::train::evaluate;
use crate::why::{Finished, Group, Units, Values};

/// Samples to each side of the output surface.
pub(super) const SIDE: usize = 61;

/// From where a landscape is seen, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eye {
    /// How far it is turned about the vertical: 0 looks along the upward axis.
    pub turn: f64,
    /// How far the eye is lifted above the plane: 0 is from the side, 90 from above.
    pub tilt: f64,
}

impl Default for Eye {
    /// A little from the right, and from above.
    fn default() -> Self {
        Eye { turn: 35.0, tilt: 30.0 }
    }
}

impl Eye {
    /// A map as a landscape.
    pub(super) fn on(self, map: Map) -> Surface {
        Surface { map, turn: self.turn, tilt: self.tilt }
    }
}

/// The most inputs of a model whose output is drawn without being asked for: over two of many, the rest at their
/// mean, it says nothing.
const MOST_INPUTS: usize = 4;

/// More outputs than these are not drawn where none is asked for.
const MOST_OUTPUTS: usize = 6;

/// Lines of more hidden units than these are not drawn.
const MOST_LINES: usize = 12;

/// The first output over the only input, or over the first two with the others held at their mean.
/// `None` for models with more than four inputs or without a prediction.
pub fn surface_figure(model: &Model, data: &Dataset, theta: &[f64]) -> Option<Figure> {
    if model.program.input_width() > MOST_INPUTS {
        return None;
    }
    match View::of(model, data, &Choices::default()).ok()? {
        None => Some(output_curve(model, data, theta, None)),
        Some(view) => Some(each_output(view.maps(model, data, theta), Figure::from)),
    }
}

/// The output from above, with the data, the border and the lines of the hidden units.
pub(super) fn contour(run: &Finished, choices: &Choices) -> Result<Figure, PictureError> {
    let case = &run.case;
    let Some(view) = View::of(&case.model, &case.data, choices)? else {
        return Ok(output_curve(&case.model, &case.data, &run.theta, choices.output));
    };
    let mut paths = view.unit_lines(&case.model, &run.theta);
    let left_out = (paths.len() > MOST_LINES).then(|| {
        paths.clear();
        "The lines of its hidden units are too many to be drawn.".to_owned()
    });
    let map = |mut map: Map| {
        map.notes.extend(left_out.clone());
        Map { contours: true, paths: paths.clone(), ..map }.into()
    };
    Ok(each_output(view.maps(&case.model, &case.data, &run.theta), map))
}

/// The output as a landscape.
pub(super) fn surface(run: &Finished, choices: &Choices) -> Result<Figure, PictureError> {
    let case = &run.case;
    let Some(view) = View::of(&case.model, &case.data, choices)? else {
        return Ok(output_curve(&case.model, &case.data, &run.theta, choices.output));
    };
    let maps = view.maps(&case.model, &case.data, &run.theta);
    Ok(each_output(maps, |map| choices.from.on(map).into()))
}

/// One figure, or one of each output side by side.
fn each_output(maps: Vec<Map>, figure: impl Fn(Map) -> Figure) -> Figure {
    let mut figures: Vec<Figure> = maps.into_iter().map(figure).collect();
    match figures.len() {
        1 => figures.remove(0),
        many => {
            let columns = if many > 4 { 3 } else { 2 };
            let summary = told(&figures);
            Panels { title: "Outputs".into(), figures, columns, summary, ..Panels::default() }.into()
        }
    }
}

/// Tells each output in a sentence, and what is the same in all of them once.
fn told(figures: &[Figure]) -> Vec<String> {
    let each: Vec<Vec<String>> = figures.iter().map(words::sentences).collect();
    let own = |(figure, sentences): (&Figure, &Vec<String>)| {
        let whose = figure.title().strip_prefix("Output").unwrap_or_default();
        sentences.first().map(|first| first.replacen("The output", &format!("The output{whose}"), 1))
    };
    let shared = each.first().map_or(&[][..], |first| &first[1.min(first.len())..]);
    figures.iter().zip(&each).filter_map(own).chain(shared.iter().cloned()).collect()
}

/// Two inputs that run along the axes, the others held.
pub(super) struct View {
    pub(super) x: (f64, f64),
    pub(super) y: (f64, f64),
    /// The two inputs by their place.
    pub(super) inputs: [usize; 2],
    pub(super) names: [String; 2],
    /// The rows of the grid.
    pub(super) grid: Dataset,
    /// What the inputs are held at that do not run along an axis, each with how much of a difference does not count.
    held: Vec<(usize, f64, f64)>,
    outputs: Vec<usize>,
    /// Where the other inputs are held.
    pub(super) notes: Vec<String>,
}

impl View {
    /// `None` for a model with one input.
    ///
    /// # Errors
    /// Names that are no inputs, an output that does not exist, a model without inputs.
    pub(super) fn of(model: &Model, data: &Dataset, choices: &Choices) -> Result<Option<View>, PictureError> {
        let width = model.program.input_width();
        if width == 0 || model.program.predictions.is_empty() {
            return Err(PictureError::Nothing(
                "the model has no inputs, so that its output is one number".into(),
            ));
        }
        let outputs = outputs_of(model, choices)?;
        let name = |k: usize| data.input_names.get(k).cloned().unwrap_or_else(|| format!("input {}", k + 1));
        let names: Vec<String> = (0..width).map(name).collect();
        let place = |wanted: &String| place_of(&names, wanted);
        let chosen = choices.inputs.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let held = choices
            .held
            .iter()
            .map(|(name, value)| Ok((place(name)?, *value)))
            .collect::<Result<Vec<_>, PictureError>>()?;
        if width == 1 {
            return Ok(None);
        }
        let inputs = two_of(&chosen, width)?;
        if let Some((k, _)) = held.iter().find(|(k, _)| inputs.contains(k)) {
            return Err(PictureError::Nothing(format!(
                "{name} runs along an axis, so that it cannot be held; choose the axes with --axes",
                name = names[*k]
            )));
        }
        let column = |k: usize| (0..data.rows).map(move |r| data.input_row(r)[k]);
        let (x, y) = (range(column(inputs[0]), 0.1), range(column(inputs[1]), 0.1));
        let mut row: Vec<f64> =
            (0..width).map(|k| column(k).sum::<f64>() / data.rows.max(1) as f64).collect();
        let notes = held_notes(&names, inputs, &row, &held);
        for (k, value) in &held {
            row[*k] = *value;
        }
        let others = (0..width).filter(|k| !inputs.contains(k));
        let held = others.map(|k| (k, row[k], 1e-9 * super::spread(column(k)))).collect();
        let mut values = Vec::with_capacity(SIDE * SIDE * width);
        for k in 0..SIDE * SIDE {
            row[inputs[0]] = between(x, k % SIDE, SIDE - 1);
            row[inputs[1]] = between(y, k / SIDE, SIDE - 1);
            values.extend_from_slice(&row);
        }
        Ok(Some(View {
            x,
            y,
            inputs,
            names: inputs.map(|k| names[k].clone()),
            grid: Dataset {
                inputs: values,
                targets: vec![0.0; SIDE * SIDE * model.program.target_width()],
                rows: SIDE * SIDE,
                input_names: vec![],
                target_names: vec![],
            },
            held,
            outputs,
            notes,
        }))
    }

    /// A map without values, with the rows by their target for an output.
    pub(super) fn empty(&self, data: &Dataset, output: usize) -> Map {
        let points = (0..data.rows).map(|r| MapPoint {
            x: data.input_row(r)[self.inputs[0]],
            y: data.input_row(r)[self.inputs[1]],
            value: data.target_row(r).get(output).copied().unwrap_or(0.0),
            aside: self.held.iter().any(|(k, value, free)| (data.input_row(r)[*k] - value).abs() > *free),
        });
        let [x_label, y_label] = self.names.clone();
        Map {
            x_label,
            y_label,
            x: self.x,
            y: self.y,
            columns: SIDE,
            rows: SIDE,
            points: points.collect(),
            ..Map::default()
        }
    }

    /// A map of each output.
    fn maps(&self, model: &Model, data: &Dataset, theta: &[f64]) -> Vec<Map> {
        let predictions = evaluate(model, &self.grid, theta).predictions;
        let several = model.program.target_width() > 1;
        let map = |output: usize| Map {
            title: match data.target_names.get(output) {
                Some(name) if several => format!("Output for {name}"),
                None if several => format!("Output {}", output + 1),
                _ => "Output".to_owned(),
            },
            value_label: "output".into(),
            values: predictions.iter().map(|p| p.get(output).copied().unwrap_or(f64::NAN)).collect(),
            level: border(data),
            notes: self.notes.clone(),
            ..self.empty(data, output)
        };
        self.outputs.iter().map(|output| map(*output)).collect()
    }

    /// Where each unit of the first hidden layer takes in 0: a straight line.
    fn unit_lines(&self, model: &Model, theta: &[f64]) -> Vec<MapPath> {
        let mut units = Units::of(model, &self.grid);
        let values = units.at(theta);
        let mut paths = Vec::new();
        for (group, values) in units.groups.iter().zip(&values) {
            if !group.is_output {
                paths.extend((0..group.units).filter_map(|unit| self.unit_line(group, values, unit)));
            }
        }
        paths
    }

    /// Where a unit of the first layer takes in 0: a straight line; `None` where that is outside, and for units above.
    pub(super) fn unit_line(&self, group: &Group, values: &Values, unit: usize) -> Option<MapPath> {
        let at = |k: usize| values.inputs[k * group.units + unit];
        let ends =
            self.zero_line([at(0), at(SIDE - 1), at(SIDE * (SIDE - 1))]).filter(|_| group.depth == 0)?;
        let (name, kind) = (unit_name(group, unit), PathKind::Border);
        Some(MapPath { name, points: ends.to_vec(), kind, ..MapPath::default() })
    }

    /// Where a linear function with these values at the lower left, the lower right and the upper left corner is 0.
    fn zero_line(&self, [origin, right, up]: [f64; 3]) -> Option<[(f64, f64); 2]> {
        let (a, b) = (right - origin, up - origin);
        let mut ends: Vec<(f64, f64)> = Vec::new();
        let mut add = |u: f64, v: f64| {
            let inside = (-1e-9..=1.0 + 1e-9).contains(&u) && (-1e-9..=1.0 + 1e-9).contains(&v);
            let known = ends.iter().any(|(x, y): &(f64, f64)| (x - u).abs() + (y - v).abs() < 1e-9);
            if inside && !known {
                ends.push((u.clamp(0.0, 1.0), v.clamp(0.0, 1.0)));
            }
        };
        for edge in [0.0, 1.0] {
            add(edge, -(origin + a * edge) / b);
            add(-(origin + b * edge) / a, edge);
        }
        let place =
            |(u, v): (f64, f64)| (self.x.0 + u * (self.x.1 - self.x.0), self.y.0 + v * (self.y.1 - self.y.0));
        match *ends {
            [first, second] => Some([place(first), place(second)]),
            _ => None,
        }
    }
}

/// The outputs that are drawn: the one asked for, or the first of all.
fn outputs_of(model: &Model, choices: &Choices) -> Result<Vec<usize>, PictureError> {
    let count = model.program.target_width().max(1);
    match choices.output {
        None => Ok((0..count.min(MOST_OUTPUTS)).collect()),
        Some(output) if output < count => Ok(vec![output]),
        Some(output) => Err(PictureError::UnknownName {
            kind: "output",
            name: (output + 1).to_string(),
            known: if count == 1 { "output 1".into() } else { format!("outputs 1 to {count}") },
        }),
    }
}

/// Where an input stands.
fn place_of(names: &[String], wanted: &String) -> Result<usize, PictureError> {
    let found = names.iter().position(|name| name == wanted);
    found.ok_or_else(|| PictureError::UnknownName {
        kind: "input",
        name: wanted.clone(),
        known: names.join(", "),
    })
}

/// The two inputs along the axes: those chosen, else the first that are left.
fn two_of(chosen: &[usize], width: usize) -> Result<[usize; 2], PictureError> {
    match *chosen {
        [] => Ok([0, 1]),
        [x] => Ok([x, (0..width).find(|k| *k != x).unwrap_or(0)]),
        [x, y] if x != y => Ok([x, y]),
        _ => Err(PictureError::Nothing("name two different inputs, such as --axes x1,x2".into())),
    }
}

/// Where the inputs stand that do not run along an axis.
fn held_notes(names: &[String], inputs: [usize; 2], means: &[f64], held: &[(usize, f64)]) -> Vec<String> {
    let others: Vec<String> = (0..names.len())
        .filter(|k| !inputs.contains(k))
        .map(|k| match held.iter().find(|h| h.0 == k) {
            Some((_, value)) => format!("{} = {}", names[k], whygrad_plot::ticks::number(*value)),
            None => format!("{} at its mean, {}", names[k], whygrad_plot::ticks::number(means[k])),
        })
        .collect();
    match others.len() {
        0 => vec![],
        1..=6 => vec![format!("Held: {}.", others.join("; "))],
        many => vec![format!("The other {many} inputs are held, at their mean where nothing else is said.")],
    }
}

/// What a unit is called in a picture.
pub(super) fn unit_name(group: &Group, unit: usize) -> String {
    if group.units > 1 { format!("{} {}", group.name, unit + 1) } else { group.name.clone() }
}

/// One column of what a group gives.
pub(super) fn column(values: &Values, units: usize, unit: usize) -> Vec<f64> {
    values.outputs.iter().skip(unit).step_by(units).copied().collect()
}

/// Where the two sides part: 0.5 for targets of 0 and 1, 0 for those of -1 and 1.
pub(super) fn border(data: &Dataset) -> Option<f64> {
    let all = |low: f64| (0..data.rows).all(|r| data.target_row(r).iter().all(|t| *t == low || *t == 1.0));
    match (all(0.0), all(-1.0)) {
        (true, _) => Some(0.5),
        (_, true) => Some(0.0),
        _ => None,
    }
}

/// Rows along the only input.
pub(super) fn line_of_inputs(model: &Model, data: &Dataset) -> Dataset {
    let over = range((0..data.rows).map(|r| data.input_row(r)[0]), 0.1);
    let inputs: Vec<f64> = (0..=200).map(|k| between(over, k, 200)).collect();
    Dataset {
        targets: vec![0.0; inputs.len() * model.program.target_width()],
        rows: inputs.len(),
        inputs,
        input_names: vec![],
        target_names: vec![],
    }
}

/// An output over the only input, with the data; each of several where none is named.
fn output_curve(model: &Model, data: &Dataset, theta: &[f64], output: Option<usize>) -> Figure {
    let grid = line_of_inputs(model, data);
    let inputs = &grid.inputs;
    let predictions = evaluate(model, &grid, theta).predictions;
    let name =
        |names: &[String], k: usize, other: &str| names.get(k).cloned().unwrap_or_else(|| other.into());
    let count = model.program.target_width().max(1);
    let outputs = output.map_or_else(|| (0..count.min(MOST_OUTPUTS)).collect(), |output| vec![output]);
    let series = |k: usize| {
        let of = |row: &[f64]| row.get(k).copied().unwrap_or(f64::NAN);
        let curve = inputs.iter().zip(&predictions).map(|(x, p)| (*x, of(p))).collect();
        let mut points: Vec<(f64, f64)> =
            (0..data.rows).map(|r| (data.input_row(r)[0], of(data.target_row(r)))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let whose = if outputs.len() > 1 {
            format!(" {}", name(&data.target_names, k, &(k + 1).to_string()))
        } else {
            String::new()
        };
        [Series::line(format!("output{whose}"), curve), Series::dots(format!("data{whose}"), points)]
    };
    let y_label = match *outputs {
        [one] => name(&data.target_names, one, "output"),
        _ => "output".to_owned(),
    };
    Figure::Lines(Lines {
        title: "Output".into(),
        x_label: name(&data.input_names, 0, "x"),
        y_label,
        series: outputs.iter().copied().flat_map(series).collect(),
        ..Lines::default()
    })
}
