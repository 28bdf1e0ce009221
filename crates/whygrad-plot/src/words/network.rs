//! A network in sentences.

use super::{counted, number, sentences_of};
use crate::figure::{Link, Network};
use crate::net::{self, few};

/// Tells the shape, then the largest weight of each sign, and all weights where they are few.
pub(super) fn describe(network: &Network) -> Vec<String> {
    let mut sentences = vec![shape(network)];
    let links = net::drawable(network);
    let largest = |wanted: fn(f64) -> bool| {
        let found = links.iter().filter(|link| wanted(link.weight));
        found.max_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()))
    };
    let told = |link: &Link| {
        let (from, to) = (net::name(network, link.from), net::name(network, link.to));
        format!("{}, from {from} to {to}", number(link.weight))
    };
    match (largest(|weight| weight != 0.0), links.is_empty()) {
        (_, true) => sentences.push("It has no weights.".into()),
        (None, _) => sentences.push("All weights are 0.".into()),
        (Some(first), _) => {
            let other = if first.weight > 0.0 {
                largest(|weight| weight < 0.0)
                    .map(|link| format!("; the most negative one is {}", told(link)))
            } else {
                largest(|weight| weight > 0.0)
                    .map(|link| format!("; the largest positive one is {}", told(link)))
            };
            let sign = if first.weight > 0.0 { "No weight is negative" } else { "No weight is positive" };
            let alone = if other.is_none() && links.len() > 1 { format!(" {sign}.") } else { String::new() };
            sentences.push(format!(
                "The largest weight is {}{}.{alone}",
                told(first),
                other.unwrap_or_default()
            ));
        }
    }
    if few(network) && links.len() > 1 && links.iter().any(|link| link.weight != 0.0) {
        sentences.push(all_weights(network, &links));
    }
    sentences.extend(biases(network));
    sentences.extend(sentences_of(&network.notes));
    sentences.extend(missing(network));
    sentences
}

/// Says how many links of a network cannot be drawn, if any.
pub(crate) fn missing(network: &Network) -> Option<String> {
    let gaps = network.links.len() - net::drawable(network).len();
    (gaps > 0).then(|| {
        let told = counted(gaps, "weight is", "weights are");
        format!("Not drawn: {told} not finite or without a node at each end.")
    })
}

/// Tells the layers with their sizes.
pub(crate) fn shape(network: &Network) -> String {
    let layers = &network.layers;
    let last = layers.len().saturating_sub(1);
    let told = layers.iter().enumerate().map(|(index, layer)| {
        let (one, many) = match index {
            0 => ("input", "inputs"),
            _ if index == last => ("output", "outputs"),
            _ => ("hidden unit", "hidden units"),
        };
        let name = layer.name.trim();
        let is_said = name.is_empty() || many.contains(name);
        let name = if is_said { String::new() } else { format!(" ({name})") };
        format!("{}{name}", counted(layer.nodes.len().saturating_add(layer.more), one, many))
    });
    let told: Vec<String> = told.collect();
    let hidden = layers.iter().fold(0_usize, |sum, layer| sum.saturating_add(layer.more));
    let left_out = if hidden > 0 {
        format!(" {} not drawn.", counted(hidden, "node is", "nodes are"))
    } else {
        String::new()
    };
    if told.is_empty() {
        "The network has no layers.".into()
    } else {
        format!("{}.{left_out}", told.join(", "))
    }
}

fn all_weights(network: &Network, links: &[Link]) -> String {
    let told = links.iter().map(|link| {
        let (from, to) = (net::name(network, link.from), net::name(network, link.to));
        format!("{from} to {to} {}", number(link.weight))
    });
    format!("All weights: {}.", told.collect::<Vec<_>>().join(", "))
}

fn biases(network: &Network) -> Option<String> {
    let all: Vec<(String, f64)> = net::biases(network);
    if all.is_empty() {
        return None;
    }
    if all.len() <= net::FEW {
        let told = all.iter().map(|(name, bias)| format!("{name} {}", number(*bias)));
        return Some(format!("Biases: {}.", told.collect::<Vec<_>>().join(", ")));
    }
    let (name, bias) = all.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    Some(format!("The largest bias is {}, of {name}.", number(*bias)))
}
