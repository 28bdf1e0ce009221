//! A net with its weights.

use whygrad_plot::{Figure, Link, Network, NetworkLayer, NetworkNode};

use super::PictureError;
use crate::why::Finished;

/// Nodes of a layer that are drawn, at most.
const MOST: usize = 32;

/// The layers, and a link for each weight at the end of the run.
pub(super) fn network(run: &Finished) -> Result<Figure, PictureError> {
    let model = &run.case.model;
    let Some(net) = &model.layers else {
        return Err(PictureError::Nothing(
            "the model is no chain of layers, so that it has no diagram; try trajectory".into(),
        ));
    };
    let entries = model.program.entry_names();
    let value = |name: &String| entries.iter().position(|entry| entry == name).map(|at| run.theta[at]);
    let last = net.sizes.len() - 1;
    let data = &run.case.data;
    let weights: Vec<Vec<Vec<Option<f64>>>> = net
        .weights
        .iter()
        .map(|rows| rows.iter().map(|row| row.iter().map(value).collect()).collect())
        .collect();
    let shown: Vec<Vec<usize>> =
        net.sizes.iter().enumerate().map(|(k, size)| shown(&weights, k, *size)).collect();
    let mut layers = Vec::new();
    for (k, &size) in net.sizes.iter().enumerate() {
        let named = |names: &[String], letter: &str, n: usize| {
            names
                .get(n)
                .cloned()
                .unwrap_or_else(|| if size == 1 { letter.to_owned() } else { format!("{letter}{}", n + 1) })
        };
        let node = |n: usize| NetworkNode {
            label: match k {
                0 => named(&data.input_names, "x", n),
                k if k == last => named(&data.target_names, "y", n),
                1 if last == 2 => format!("h{}", n + 1),
                k => format!("h{k},{}", n + 1),
            },
            bias: k.checked_sub(1).and_then(|l| net.biases[l].get(n)?.as_ref().and_then(value)),
        };
        let activation = k.checked_sub(1).map_or("inputs", |l| net.activations[l].as_str());
        let name = if activation == "identity" { "linear" } else { activation }.to_owned();
        let nodes = shown[k].iter().map(|&n| node(n)).collect();
        layers.push(NetworkLayer { name, nodes, more: size - shown[k].len() });
    }
    let mut links = Vec::new();
    for (l, rows) in weights.iter().enumerate() {
        for (to, &unit) in shown[l + 1].iter().enumerate() {
            let ends =
                shown[l].iter().enumerate().filter_map(|(from, &below)| Some((from, rows[unit][below]?)));
            links.extend(ends.map(|(from, weight)| Link { from: (l, from), to: (l + 1, to), weight }));
        }
    }
    let all = net.sizes.iter().zip(&shown).all(|(size, shown)| *size == shown.len());
    let notes =
        if all { vec![] } else { vec![format!("Of each layer the {MOST} nodes with the largest weights.")] };
    let epochs = if run.epochs == 1 { "epoch" } else { "epochs" };
    Ok(Network { title: format!("Weights after {} {epochs}", run.epochs), layers, links, notes }.into())
}

/// The nodes of a layer that are drawn: all, or of many those with the largest weights to both sides, in their order.
fn shown(weights: &[Vec<Vec<Option<f64>>>], layer: usize, size: usize) -> Vec<usize> {
    let squared = |weight: &Option<f64>| weight.map_or(0.0, |weight| weight * weight);
    let into =
        |n: usize| layer.checked_sub(1).map_or(0.0, |l| weights[l][n].iter().map(squared).sum::<f64>());
    let out = |n: usize| {
        weights.get(layer).map_or(0.0, |rows| rows.iter().map(|row| squared(&row[n])).sum::<f64>())
    };
    let mut nodes: Vec<(f64, usize)> = (0..size).map(|n| (into(n) + out(n), n)).collect();
    nodes.sort_by(|a, b| b.0.total_cmp(&a.0));
    nodes.truncate(MOST);
    let mut nodes: Vec<usize> = nodes.into_iter().map(|(_, n)| n).collect();
    nodes.sort_unstable();
    nodes
}
