//! A net with its weights.

use whygrad_plot::{Figure, Link, Network, NetworkLayer, NetworkNode};

use super::PictureError;
use crate::why::Finished;

/// Nodes of a layer that are drawn, at most.
const MOST: usize = 12;

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
    let mut layers = Vec::new();
    for (k, &size) in net.sizes.iter().enumerate() {
        let shown = if size > MOST { MOST - 1 } else { size };
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
        layers.push(NetworkLayer { name, nodes: (0..shown).map(node).collect(), more: size - shown });
    }
    let mut links = Vec::new();
    for (l, rows) in net.weights.iter().enumerate() {
        let (below, above) = (layers[l].nodes.len(), layers[l + 1].nodes.len());
        for (to, row) in rows.iter().take(above).enumerate() {
            for (from, name) in row.iter().take(below).enumerate() {
                links.extend(value(name).map(|weight| Link { from: (l, from), to: (l + 1, to), weight }));
            }
        }
    }
    Ok(Network { title: format!("Weights after {} epochs", run.epochs), layers, links, notes: vec![] }.into())
}
