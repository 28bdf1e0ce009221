//! Whether any parameters can give the targets: with a certificate where none can.

use super::outputs;
use super::parted::{Mixture, Parted, parted};
use super::rows::distance_of_classes;
use crate::data::Dataset;
use crate::model::{Logits, Model};

/// Why no parameters solve it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Impossible {
    /// An output parts rows by a hyperplane, and none parts the classes.
    NotParted {
        /// The target, and for classes that are told by the largest output the other one.
        columns: (usize, Option<usize>),
        /// The rows that prove it.
        mixture: Mixture,
        /// Whether the hyperplane has to go through the origin, since there is no bias.
        through_origin: bool,
    },
    /// An output is the same at any parameters, and wrong.
    Fixed {
        /// The row.
        row: usize,
        /// The target.
        column: usize,
        /// What the model always says, on the scale of the targets.
        output: f64,
    },
}

/// The reasons why no parameters give each row its target; empty where none is found.
pub(crate) fn impossible(model: &Model, data: &Dataset) -> Vec<Impossible> {
    let Some(distance) = distance_of_classes(data) else { return vec![] };
    let middle = super::range::of_values(&data.targets).low + distance / 2.0;
    let mut found = Vec::new();
    let fixed = outputs::fixed(model, data);
    // An output that is the same on every row wants another activation, and no bias.
    let everywhere = super::range::of_outputs(model, data).iter().all(|range| range.low == range.high);
    for (row, outputs) in fixed.into_iter().filter(|_| !everywhere) {
        let said = on_target_scale(&outputs, model.logits);
        let wrong = said.iter().zip(data.target_row(row)).position(|(o, t)| (o - t).abs() >= distance / 2.0);
        found.extend(wrong.map(|column| Impossible::Fixed { row, column, output: said[column] }));
    }
    found.truncate(1);
    let width = data.target_names.len();
    let rows = |wanted: &dyn Fn(&[f64]) -> bool| -> Vec<usize> {
        (0..data.rows).filter(|&r| wanted(data.target_row(r))).collect()
    };
    let try_parting =
        |columns: (usize, Option<usize>), first: &[usize], second: &[usize], origin: bool| match parted(
            &data.inputs,
            data.input_names.len(),
            first,
            second,
            origin,
        ) {
            Parted::No(mixture) => Some(Impossible::NotParted { columns, mixture, through_origin: origin }),
            Parted::Yes | Parted::Unknown => None,
        };
    let program = &model.program;
    let by_largest = width > 1
        && (outputs::is_softmax_of_affine(program)
            || (model.logits == Some(Logits::Classes) && outputs::is_affine(program)));
    if by_largest {
        let class =
            |k: usize| rows(&|t: &[f64]| t[k] > middle && t.iter().filter(|t| **t > middle).count() == 1);
        let classes: Vec<Vec<usize>> = (0..width.min(12)).map(class).collect();
        let pairs = (0..classes.len()).flat_map(|a| (0..a).map(move |b| (b, a)));
        found.extend(
            pairs.filter_map(|(a, b)| try_parting((a, Some(b)), &classes[a], &classes[b], false)).take(1),
        );
        return found;
    }
    let one_way = outputs::are_one_way(model);
    if one_way.len() != width {
        return found;
    }
    // A softmax over raw outputs sees more than one of them.
    for column in (0..width).filter(|&c| one_way[c] && model.logits != Some(Logits::Classes)).take(12) {
        let (first, second) = (rows(&|t: &[f64]| t[column] > middle), rows(&|t: &[f64]| t[column] < middle));
        let apart = try_parting((column, None), &first, &second, false);
        let apart = apart.or_else(|| {
            let at_origin = outputs::at_origin(model, data)?;
            let said = *on_target_scale(&at_origin, model.logits).get(column)?;
            ((said - middle).abs() < 1e-9).then(|| try_parting((column, None), &first, &second, true))?
        });
        if let Some(reason) = apart {
            found.push(reason);
            break;
        }
    }
    found
}

/// Outputs as probabilities where they are read so.
pub(crate) fn on_target_scale(outputs: &[f64], logits: Option<Logits>) -> Vec<f64> {
    match logits {
        None => outputs.to_vec(),
        Some(Logits::Binary) => outputs.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect(),
        Some(Logits::Classes) => {
            let most = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = outputs.iter().map(|z| (z - most).exp()).sum();
            outputs.iter().map(|z| (z - most).exp() / sum).collect()
        }
    }
}

/// How an output comes to be a monotone function of one affine one.
pub(crate) fn shape_in_words(model: &Model) -> String {
    let Some(layers) = &model.layers else {
        return "the output goes up or down with one weighted sum of the inputs".into();
    };
    let hidden = layers.activations.len().saturating_sub(1);
    let one = layers.sizes[1..=hidden].iter().position(|s| *s == 1);
    if hidden == 0 {
        "there is no hidden layer".into()
    } else if layers.activations[..hidden].iter().all(|a| a == "identity") {
        "the hidden units have no activation, so that the layers are one linear map".into()
    } else if one.is_some() {
        "everything goes through one hidden unit".into()
    } else {
        "the output goes up or down with one weighted sum of the inputs".into()
    }
}

/// Rows with their shares, as a sum: `1/2 (0, 0) + 1/2 (1, 1)`.
pub(crate) fn mixture_in_words(data: &Dataset, shares: &[(usize, f64)]) -> String {
    let part =
        |&(row, share): &(usize, f64)| format!("{} {}", fraction(share), point_in_words(data.input_row(row)));
    shares.iter().map(part).collect::<Vec<_>>().join(" + ")
}

/// `(0.5, 0.5)`.
pub(crate) fn point_in_words(point: &[f64]) -> String {
    format!(
        "({})",
        point.iter().map(|x| format!("{}", (x * 1e4).round() / 1e4)).collect::<Vec<_>>().join(", ")
    )
}

/// A share as a plain fraction where it is one.
fn fraction(share: f64) -> String {
    let of = (1..=9).find(|d| (share * f64::from(*d) - (share * f64::from(*d)).round()).abs() < 1e-9);
    match of {
        Some(1) => format!("{}", share.round()),
        Some(d) => format!("{}/{d}", (share * f64::from(d)).round()),
        None => format!("{share:.3}"),
    }
}
