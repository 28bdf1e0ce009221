//! What the hidden units do, and where the rows lie in their space.

use std::collections::HashMap;

use whygrad_plot::{Figure, Lines, Map, Panels, Series, Style, words};

use super::outputs::{View, column, unit_name};
use super::told::{begun, listed, pair, short, some};
use super::{Choices, Onlooker, PictureError};
use crate::train::method::Eigen;
use crate::why::{Finished, Group, Units};

/// Of more units than these only the most different are drawn, so many.
const MOST_MAPS: usize = 9;
const DRAWN: usize = 6;

/// Rows of more ways than these are drawn as dots alone.
const MOST_WAYS: usize = 16;

/// A map of each hidden unit over two inputs, and the space of the last hidden layer with the way of each row.
pub(super) fn hidden(
    run: &Finished,
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let case = &run.case;
    let mut units = Units::of(&case.model, &case.data);
    let layer = last_hidden(&units.groups);
    if layer.is_empty() {
        let linear = case.model.layers.as_ref().is_some_and(|layers| layers.sizes.len() > 2);
        return Err(PictureError::Nothing(if linear {
            "the hidden units of this model are linear: together they are one weighted sum of the inputs, which contour shows".into()
        } else {
            "the model has no hidden units".into()
        }));
    }
    let (mut figures, notes) = maps(run, choices)?;
    figures.push(space(run, (&mut units, &layer), onlooker)?.into());
    let columns = if figures.len() > 4 { 3 } else { 2 };
    let summary = told(run, &figures);
    Ok(Panels { title: "Hidden units".into(), figures, columns, notes, summary }.into())
}

/// More units than these are counted in the words, and so are more rows of one kind.
const TOLD: usize = 4;

/// Tells the maps of the units in one sentence, and where the rows end in another.
fn told(run: &Finished, figures: &[Figure]) -> Vec<String> {
    let maps: Vec<&Map> = figures
        .iter()
        .filter_map(|figure| if let Figure::Map(map) = figure { Some(map) } else { None })
        .collect();
    let units: Vec<String> = maps.iter().filter_map(|map| told_unit(map)).collect();
    let mut sentences = Vec::new();
    if let Some(Figure::Lines(curves)) = figures.first().filter(|_| figures.len() > 1) {
        sentences.extend(words::sentences(&curves.clone().into()));
    }
    if !units.is_empty() {
        sentences.push(format!("{}.", begun(&some(&units, TOLD, "units"))));
    }
    if let Some(Figure::Lines(space)) = figures.last() {
        sentences.push(told_space(run, space));
    }
    sentences
}

/// Between which values a unit lies, and on which line it is undecided.
fn told_unit(map: &Map) -> Option<String> {
    let finite = || map.values.iter().copied().enumerate().filter(|(_, value)| value.is_finite());
    let low = finite().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let high = finite().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let place = |index: usize| {
        let along = |ends: (f64, f64), k: usize, count: usize| super::between(ends, k, count.max(2) - 1);
        let columns = map.columns.max(1);
        pair((along(map.x, index % columns, columns), along(map.y, index / columns, map.rows)))
    };
    let name = &map.title;
    if low.1 == high.1 {
        return Some(format!("{name} is {} everywhere", short(low.1)));
    }
    let (from, to) = (place(low.0), place(high.0));
    let line = map.paths.first().and_then(|path| path.points.first().zip(path.points.last()));
    let line = line.map(|(a, b)| {
        let resting = finite().filter(|(_, value)| *value == low.1).count();
        let ends = format!("the line from {} to {}", pair(*a), pair(*b));
        if 20 * resting > map.values.len() {
            return format!(" and is {} on one side of {ends}", short(low.1));
        }
        let middle = map.at(f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
        // The samples beside the line tell its value to some digits.
        let value = if middle.abs() < 0.01 * (high.1 - low.1) { 0.0 } else { middle };
        format!(" and is {} on {ends}", short(format!("{value:.1e}").parse().unwrap_or(value)))
    });
    let (low, high) = (short(low.1), short(high.1));
    Some(format!("{name} runs from {low} at {from} to {high} at {to}{}", line.unwrap_or_default()))
}

/// Where the rows of each kind end, and whether the border of the output parts them.
fn told_space(run: &Finished, space: &Lines) -> String {
    let mut clauses = Vec::new();
    for series in space.series.iter().filter(|series| series.style == Style::Dots) {
        let rows = if clauses.is_empty() { "the rows" } else { "those" };
        if series.name == "rows" {
            let ends = |of: fn(&(f64, f64)) -> f64| super::range(series.points.iter().map(of), 0.0);
            let (x, y) = (ends(|p| p.0), ends(|p| p.1));
            clauses.push(format!("the rows end between {} and {}", pair((x.0, y.0)), pair((x.1, y.1))));
            continue;
        }
        let rows = format!("{rows} with {}", series.name);
        let count = series.points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| series.points.iter().map(of).sum::<f64>() / count;
        let end = if clauses.is_empty() { " end" } else { "" };
        clauses.push(if series.points.len() <= TOLD {
            let mut places: Vec<String> = series.points.iter().map(|point| pair(*point)).collect();
            places.dedup();
            let all = if places.len() == 1 && series.points.len() > 1 { " all" } else { "" };
            format!("{rows}{all}{end} at {}", listed(&places))
        } else {
            format!("{rows}{end} around {}", pair((mean(|p| p.0), mean(|p| p.1))))
        });
    }
    let border = space.series.iter().find(|series| series.name.starts_with("output "));
    let border = border.zip(super::outputs::border(&run.case.data)).map(|(series, level)| {
        let is_right = |r: &usize| {
            let output = run.evaluation.predictions.get(*r).and_then(|row| row.first()).copied();
            let target = run.case.data.target_row(*r).first().copied();
            output.zip(target).is_some_and(|(output, target)| (output >= level) == (target >= level))
        };
        let rows = run.case.data.rows;
        match rows - (0..rows).filter(is_right).count() {
            0 => format!("; the line of {} parts them", series.name),
            wrong => format!(
                "; the line of {} does not part them: {wrong} of {rows} are on the wrong side",
                series.name
            ),
        }
    });
    let within = match space.notes.first() {
        Some(note) => format!("{}; in these, ", note.trim_end_matches('.')),
        None if space.y_label.is_empty() => format!("In the space of {}, ", space.x_label),
        None => format!("In the space of {} and {}, ", space.x_label, space.y_label),
    };
    format!("{within}{}{}.", clauses.join(", "), border.unwrap_or_default())
}

/// The groups below the outputs that lie highest.
fn last_hidden(groups: &[Group]) -> Vec<usize> {
    let hidden = || groups.iter().enumerate().filter(|(_, group)| !group.is_output);
    let deepest = hidden().map(|(_, group)| group.depth).max();
    hidden().filter(|(_, group)| Some(group.depth) == deepest).map(|(k, _)| k).collect()
}

/// What each unit gives over two inputs, and where the others are held; none for a model with one input or many units.
fn maps(run: &Finished, choices: &Choices) -> Result<(Vec<Figure>, Vec<String>), PictureError> {
    let case = &run.case;
    let Some(view) = View::of(&case.model, &case.data, choices)? else {
        return Ok((vec![curves(run).into()], vec![]));
    };
    let mut units = Units::of(&case.model, &view.grid);
    let values = units.at(&run.theta);
    let mut maps: Vec<Map> = Vec::new();
    for (group, values) in units.groups.iter().zip(&values).filter(|(group, _)| !group.is_output) {
        for unit in 0..group.units {
            maps.push(Map {
                title: unit_name(group, unit),
                values: column(values, group.units, unit),
                paths: view.unit_line(group, values, unit).into_iter().collect(),
                value_label: "activation".into(),
                classes: super::outputs::border(&case.data),
                ..view.empty(&case.data, choices.output.unwrap_or(0))
            });
        }
    }
    let mut notes = view.notes;
    let all = maps.len();
    if all > MOST_MAPS {
        let spread = |map: &Map| super::spread(map.values.iter().copied());
        let mut spreads: Vec<f64> = maps.iter().map(spread).collect();
        spreads.sort_by(|a, b| b.total_cmp(a));
        let least = spreads[DRAWN - 1];
        maps.retain(|map| spread(map) >= least);
        maps.truncate(DRAWN);
        let shown = format!("hown are the {DRAWN} of {all} units that differ most over these inputs.");
        match notes.last_mut() {
            Some(held) => *held = format!("{}; s{shown}", held.trim_end_matches('.')),
            None => notes.push(format!("S{shown}")),
        }
    }
    Ok((maps.into_iter().map(Figure::from).collect(), notes))
}

/// What each unit gives over the only input.
fn curves(run: &Finished) -> Lines {
    let case = &run.case;
    let grid = super::outputs::line_of_inputs(&case.model, &case.data);
    let mut units = Units::of(&case.model, &grid);
    let values = units.at(&run.theta);
    let mut series = Vec::new();
    for (group, values) in units.groups.iter().zip(&values).filter(|(group, _)| !group.is_output) {
        series.extend((0..group.units).map(|unit| {
            let outputs = column(values, group.units, unit);
            Series::line(unit_name(group, unit), grid.inputs.iter().copied().zip(outputs).collect())
        }));
    }
    let all = series.len();
    series.truncate(MOST_MAPS);
    let notes = (all > MOST_MAPS).then(|| format!("Shown are the first {MOST_MAPS} of {all} units."));
    Lines {
        title: "What each unit gives".into(),
        x_label: case.data.input_names.first().cloned().unwrap_or_else(|| "x".into()),
        y_label: "activation".into(),
        series,
        notes: notes.into_iter().collect(),
        ..Lines::default()
    }
}

/// Where the rows lie in the space of a layer's units, with their ways there, and the border of the output.
fn space(
    run: &Finished,
    (units, layer): (&mut Units, &[usize]),
    onlooker: &mut Onlooker<'_>,
) -> Result<Lines, PictureError> {
    let data = &run.case.data;
    let names: Vec<String> = layer
        .iter()
        .flat_map(|&g| (0..units.groups[g].units).map(move |unit| (g, unit)))
        .map(|(g, unit)| unit_name(&units.groups[g], unit))
        .collect();
    let sizes: Vec<usize> = layer.iter().map(|&g| units.groups[g].units).collect();
    let mut at = |theta: &[f64]| -> Vec<Vec<f64>> {
        let values = units.at(theta);
        let part = |r: usize, g: usize, size: usize| values[g].outputs[r * size..(r + 1) * size].to_vec();
        let row = |r: usize| layer.iter().zip(&sizes).flat_map(|(&g, &size)| part(r, g, size)).collect();
        (0..data.rows).map(row).collect()
    };
    let end = at(&run.theta);
    let view = Flat::of(&end, &names);
    let mut series = Vec::new();
    if data.rows <= MOST_WAYS {
        let seen: Vec<Vec<(f64, f64)>> = onlooker
            .places(run, false)?
            .iter()
            .map(|p| at(&p.theta).iter().map(|row| view.see(row)).collect())
            .collect();
        for r in 0..data.rows {
            let inputs: Vec<String> =
                data.input_row(r).iter().map(|v| whygrad_plot::ticks::number(*v)).collect();
            let way = seen.iter().map(|rows| rows[r]).collect();
            series.push(Series::line(format!("path of ({})", inputs.join(", ")), way));
        }
    }
    for (class, rows) in classes(run) {
        series.push(Series::dots(class, rows.iter().map(|&r| view.see(&end[r])).collect()));
    }
    series.extend(border_line(run, &names, &series));
    Ok(Lines {
        title: "Rows in the space of the units".into(),
        x_label: view.x_label,
        y_label: view.y_label,
        notes: view.notes,
        series,
        ..Lines::default()
    })
}

/// The rows by their target, where there are few different ones.
fn classes(run: &Finished) -> Vec<(String, Vec<usize>)> {
    let data = &run.case.data;
    let mut classes: Vec<(String, Vec<usize>)> = Vec::new();
    let mut of: HashMap<String, usize> = HashMap::new();
    for r in 0..data.rows {
        let target: Vec<String> =
            data.target_row(r).iter().map(|v| whygrad_plot::ticks::number(*v)).collect();
        let name = format!("target {}", target.join(", "));
        let at = *of.entry(name.clone()).or_insert_with(|| {
            classes.push((name, vec![]));
            classes.len() - 1
        });
        classes[at].1.push(r);
    }
    if classes.len() > 6 { vec![("rows".into(), (0..data.rows).collect())] } else { classes }
}

/// Two axes through a space of any dimension.
struct Flat {
    middle: Vec<f64>,
    axes: [Vec<f64>; 2],
    x_label: String,
    y_label: String,
    notes: Vec<String>,
}

impl Flat {
    /// The space itself where it has two dimensions, else the two principal directions of the rows, with the share of
    /// their variance that these hold.
    fn of(rows: &[Vec<f64>], names: &[String]) -> Flat {
        let width = names.len();
        let axis = |k: usize| (0..width).map(|i| f64::from(u8::from(i == k))).collect::<Vec<f64>>();
        if width <= 2 {
            let label = |k: usize| names.get(k).cloned().unwrap_or_default();
            let (x_label, y_label) = (label(0), label(1));
            return Flat {
                middle: vec![0.0; width],
                axes: [axis(0), axis(1)],
                x_label,
                y_label,
                notes: vec![],
            };
        }
        let count = rows.len().max(1) as f64;
        let middle: Vec<f64> =
            (0..width).map(|k| rows.iter().map(|row| row[k]).sum::<f64>() / count).collect();
        let shared = |i: usize, j: usize| {
            rows.iter().map(|row| (row[i] - middle[i]) * (row[j] - middle[j])).sum::<f64>() / count
        };
        let matrix: Vec<f64> = (0..width * width).map(|k| shared(k / width, k % width)).collect();
        if !matrix.iter().all(|m| m.is_finite()) {
            let notes = vec!["A number is not finite.".to_owned()];
            return Flat {
                middle,
                axes: [axis(0), axis(1)],
                x_label: names[0].clone(),
                y_label: names[1].clone(),
                notes,
            };
        }
        let eigen = Eigen::of(&matrix, width);
        let (whole, two) =
            (eigen.values.iter().sum::<f64>(), eigen.values[width - 1] + eigen.values[width - 2]);
        let share = if whole > 0.0 { 100.0 * two / whole } else { 100.0 };
        let notes = vec![format!(
            "Of the {width} units' space the two principal directions hold {share:.0} % of the rows' variance."
        )];
        let axes = [eigen.vector(width - 1).to_vec(), eigen.vector(width - 2).to_vec()];
        Flat { middle, axes, x_label: "direction 1".into(), y_label: "direction 2".into(), notes }
    }

    fn see(&self, row: &[f64]) -> (f64, f64) {
        let along =
            |axis: &[f64]| row.iter().zip(&self.middle).zip(axis).map(|((r, m), a)| (r - m) * a).sum();
        (along(&self.axes[0]), along(&self.axes[1]))
    }
}

/// Where the one output above two hidden units is on its border.
fn border_line(run: &Finished, names: &[String], shown: &[Series]) -> Option<Series> {
    let model = &run.case.model;
    let layers = model.layers.as_ref()?;
    let level = super::outputs::border(&run.case.data)?;
    let z = match (layers.activations.last()?.as_str(), level) {
        ("sigmoid", 0.5) | ("tanh", 0.0) => 0.0,
        ("identity", level) => level,
        _ => return None,
    };
    let entries = model.program.entry_names();
    let value = |name: &String| entries.iter().position(|e| e == name).map(|at| run.theta[at]);
    let [weights] = layers.weights.last()?.as_slice() else { return None };
    let [v, w] = weights.iter().map(value).collect::<Option<Vec<f64>>>()?[..] else { return None };
    let bias = layers.biases.last()?.first()?.as_ref().and_then(value).unwrap_or(0.0);
    if names.len() != 2 {
        return None;
    }
    let points = || shown.iter().flat_map(|s| &s.points);
    let (x, y) = (super::range(points().map(|p| p.0), 0.05), super::range(points().map(|p| p.1), 0.05));
    // v a + w b + bias = z within the picture.
    let along = |k: usize| {
        let share = k as f64 / 200.0;
        if w.abs() >= v.abs() {
            let a = x.0 + (x.1 - x.0) * share;
            (a, (z - bias - v * a) / w)
        } else {
            let b = y.0 + (y.1 - y.0) * share;
            ((z - bias - w * b) / v, b)
        }
    };
    let inside = |p: &(f64, f64)| (x.0..=x.1).contains(&p.0) && (y.0..=y.1).contains(&p.1);
    let line: Vec<(f64, f64)> = (0..=200).map(along).filter(inside).collect();
    (line.len() > 1).then(|| Series::line(format!("output {level}"), line))
}
