//! Which unit of a layered net is which of the groups of nonlinear units.

use super::scene::Unit;
use super::units::{Group, Values};
use crate::data::Dataset;
use crate::model::Model;

/// A group and the unit in it.
pub(super) type Place = (usize, usize);

/// For each unit of each layer its place; `None` where its activation is the identity, or it is not found.
///
/// `values` is what the groups do at `theta`, which is to be a point without equal units. A layer is known by its
/// name; the units of a formula by what goes into them.
pub(super) fn places(
    model: &Model,
    layers: &[Vec<Unit>],
    groups: &[Group],
    (theta, values): (&[f64], &[Values]),
    data: &Dataset,
) -> Vec<Vec<Option<Place>>> {
    if !model.dense.is_empty() {
        let of = |layer: (usize, &Vec<Unit>)| {
            let name = model.dense.get(layer.0).map(|d| d.name.as_str());
            let group = groups.iter().position(|g| Some(g.name.as_str()) == name && g.units == layer.1.len());
            (0..layer.1.len()).map(|k| group.map(|g| (g, k))).collect()
        };
        return layers.iter().enumerate().map(of).collect();
    }
    let mut below: Vec<Vec<f64>> = (0..data.rows).map(|r| data.input_row(r).to_vec()).collect();
    let mut all = Vec::new();
    for units in layers {
        let mut above = vec![Vec::new(); data.rows];
        let mut found = Vec::new();
        for unit in units {
            let bias = unit.bias.map_or(0.0, |b| theta[b]);
            let z: Vec<f64> = below
                .iter()
                .map(|a| bias + unit.incoming.iter().zip(a).map(|(&w, a)| theta[w] * a).sum::<f64>())
                .collect();
            let place = groups.iter().zip(values).enumerate().find_map(|(g, (group, v))| {
                let column = |k: usize| (0..data.rows).map(move |r| v.inputs[r * group.units + k]);
                let same = |k: usize| column(k).zip(&z).all(|(a, b)| (a - b).abs() <= 1e-9 * (1.0 + b.abs()));
                (0..group.units).find(|&k| same(k)).map(|k| (g, k))
            });
            for (row, out) in above.iter_mut().enumerate() {
                out.push(place.map_or(z[row], |(g, k)| values[g].outputs[row * groups[g].units + k]));
            }
            found.push(place);
        }
        all.push(found);
        below = above;
    }
    all
}
