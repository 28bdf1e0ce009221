//! The layers of a net over the epochs: how far they go, and how their weights are spread.

use whygrad_plot::{Figure, Lines, Map, Panels, Series};

use super::told::{begun, short, some};
use super::{Choices, Onlooker, PictureError};
use crate::landscape::norm;
use crate::model::Model;
use crate::why::Finished;

/// Bins of a histogram.
const BINS: usize = 30;

/// Epochs of a histogram, at most.
const COLUMNS: usize = 80;

/// More layers than these are counted in the words.
const TOLD: usize = 4;

/// Parameters of a model that is no net are shown one by one up to so many.
const MOST_ALONE: usize = 8;

/// The parameters of each layer by their places, with its name.
pub(super) fn layers(model: &Model) -> Vec<(String, Vec<usize>)> {
    let entries = model.program.entry_names();
    let at = |name: &String| entries.iter().position(|entry| entry == name);
    if let Some(layers) = &model.layers {
        let count = layers.weights.len();
        let name = |k: usize| match (model.dense.get(k), k + 1 == count) {
            (Some(dense), _) => dense.name.clone(),
            (None, true) => "output layer".to_owned(),
            (None, false) if count == 2 => "hidden layer".to_owned(),
            (None, false) => format!("hidden layer {}", k + 1),
        };
        let of = |k: usize| {
            let biases = layers.biases[k].iter().flatten();
            layers.weights[k].iter().flatten().chain(biases).filter_map(at).collect()
        };
        return (0..count).map(|k| (name(k), of(k))).collect();
    }
    match entries.len() {
        0..=MOST_ALONE => entries.into_iter().enumerate().map(|(k, name)| (name, vec![k])).collect(),
        many => vec![("all parameters".into(), (0..many).collect())],
    }
}

/// The length of each layer's step beside the length of the layer itself.
pub(super) fn updates(
    run: &Finished,
    choices: &Choices,
    onlooker: &mut Onlooker<'_>,
) -> Result<Figure, PictureError> {
    let places = onlooker.places(run, true)?;
    let of = |part: &[usize], theta: &[f64]| norm(&part.iter().map(|&k| theta[k]).collect::<Vec<_>>());
    let series: Vec<Series> = layers(&run.case.model)
        .into_iter()
        .map(|(name, part)| {
            let share = |place: &crate::landscape::Place| {
                let next = place.next.as_ref()?;
                let step: Vec<f64> = next.iter().zip(&place.theta).map(|(a, b)| a - b).collect();
                let size = of(&part, &place.theta);
                (size > 0.0).then(|| (place.epoch as f64, of(&part, &step) / size))
            };
            Series::line(name, places.iter().filter_map(share).collect())
        })
        .collect();
    if series.iter().all(|s| s.points.is_empty()) {
        return Err(PictureError::Nothing("the run has no step that could be shown".into()));
    }
    // On a logarithmic axis a layer that never moves has no curve.
    let still = |s: &Series| !s.points.is_empty() && s.points.iter().all(|point| point.1 == 0.0);
    let resting: Vec<String> = series.iter().filter(|s| still(s)).map(|s| s.name.clone()).collect();
    let notes = resting.iter().map(|name| format!("{name} never moves: its steps are 0.")).collect();
    let (moving, unmoved): (Vec<Series>, Vec<Series>) = series.into_iter().partition(|s| !still(s));
    let series = if moving.is_empty() { unmoved } else { moving };
    let steps = run.case.options.steps_per_epoch(run.case.data.rows);
    let step = if steps > 1 { format!("an epoch of {steps} steps") } else { "a step".to_owned() };
    Ok(Lines {
        title: format!("Size of {step} beside the layer's own"),
        x_label: "epoch".into(),
        y_label: "length of the change / length of the weights".into(),
        x_whole: true,
        y_log: choices.log.unwrap_or(true) && series.iter().any(|s| s.points.iter().any(|p| p.1 > 0.0)),
        x_reach: (run.epochs <= 1).then_some((0.0, 1.0)),
        series,
        notes,
        ..Lines::default()
    }
    .into())
}

/// How many weights of each layer have which value, at epochs from the start to the end.
pub(super) fn histogram(run: &Finished, onlooker: &mut Onlooker<'_>) -> Result<Figure, PictureError> {
    let places = onlooker.places(run, false)?;
    let last = places.last().map_or(0, |p| p.epoch);
    // Columns at equal distances: the place last reached at each.
    let columns = COLUMNS.min(places.len()).max(2);
    let at = |k: usize| {
        let epoch = last as f64 * k as f64 / (columns - 1) as f64;
        let next = places.partition_point(|p| p.epoch as f64 <= epoch + 0.5);
        &places[next.clamp(1, places.len()) - 1].theta
    };
    let layers = layers(&run.case.model);
    let told: Vec<String> = {
        let of =
            |(k, layer): (usize, &(String, Vec<usize>))| told_layer(layer, k == 0, (at(0), at(columns - 1)));
        layers.iter().enumerate().map(of).collect()
    };
    let summary = vec![format!("{}.", begun(&some(&told, TOLD, "layers")))];
    let figures: Vec<Figure> = layers
        .iter()
        .map(|(name, part)| {
            let values = || (0..columns).flat_map(|k| part.iter().map(move |&p| (k, at(k)[p])));
            let (low, high) = super::range(values().map(|v| v.1).filter(|v| v.is_finite()), 0.02);
            let mut counts = vec![0.0; BINS * columns];
            for (k, value) in values().filter(|v| v.1.is_finite()) {
                let bin = ((value - low) / (high - low) * BINS as f64) as usize;
                counts[bin.min(BINS - 1) * columns + k] += 1.0;
            }
            let half = 0.5 * (high - low) / BINS as f64;
            Map {
                title: format!("{name}, {} parameter{}", part.len(), if part.len() == 1 { "" } else { "s" }),
                x_label: "epoch".into(),
                y_label: "value".into(),
                x: (0.0, last as f64),
                y: (low + half, high - half),
                columns,
                rows: BINS,
                values: counts,
                value_label: "number of weights".into(),
                x_whole: true,
                ..Map::default()
            }
            .into()
        })
        .collect();
    Ok(Panels {
        title: "Values of the weights over the epochs".into(),
        figures,
        columns: 2,
        summary,
        ..Panels::default()
    }
    .into())
}

/// Says between which values the parameters of a layer lie at the start and at the end.
fn told_layer((name, part): &(String, Vec<usize>), is_first: bool, (start, end): (&[f64], &[f64])) -> String {
    if let [one] = part[..] {
        return format!("{name} is {} at the start and {} at the end", short(start[one]), short(end[one]));
    }
    let ends = |theta: &[f64]| {
        let values = || part.iter().map(|&k| theta[k]).filter(|value| value.is_finite());
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        format!("between {} and {}", short(low), short(high))
    };
    let (what, lie) = if is_first { (" parameters", " lie") } else { ("", "") };
    let count = part.len();
    format!("the {count}{what} of {name}{lie} {} at the start and {} at the end", ends(start), ends(end))
}
