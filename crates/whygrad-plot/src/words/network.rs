//! A network in sentences.

use super::{counted, gaps, number, sentences_of};
use crate::figure::{Link, Network};
use crate::net::{self, few};

/// Tells the shape, then all weights and biases where they are few, else the largest.
pub(super) fn describe(network: &Network) -> Vec<String> {
    let mut sentences = vec![layers(network)];
    let links = net::drawable(network);
    let weights = match links.as_slice() {
        [] => "It has no weights".to_owned(),
        all if all.iter().all(|link| link.weight == 0.0) => "All weights are 0".to_owned(),
        all if few(network) => all_weights(network, all),
        all => largest(network, all),
    };
    let biases = biases(network).map(|biases| format!("; {biases}")).unwrap_or_default();
    sentences.push(format!("{weights}{biases}."));
    sentences.extend(sentences_of(&network.notes));
    let nodes = hidden_nodes(network);
    let nodes = (nodes > 0).then(|| counted(nodes, "node", "nodes"));
    sentences.extend(gaps::sentence(&nodes.into_iter().chain(missing_part(network)).collect::<Vec<_>>()));
    sentences
}

/// Tells the largest weight of each sign.
fn largest(network: &Network, links: &[Link]) -> String {
    let find = |wanted: fn(f64) -> bool| {
        let found = links.iter().filter(|link| wanted(link.weight));
        found.max_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()))
    };
    let told = |link: &Link| {
        let (from, to) = (net::name(network, link.from), net::name(network, link.to));
        format!("{}, from {from} to {to}", number(link.weight))
    };
    let drawn = if hidden_nodes(network) > 0 { "drawn weight" } else { "weight" };
    match (find(|weight| weight > 0.0), find(|weight| weight < 0.0)) {
        (Some(up), Some(down)) => {
            format!("The largest {drawn} is {}; the most negative one is {}", told(up), told(down))
        }
        (Some(up), None) => format!("The largest {drawn} is {}, and none is negative", told(up)),
        (None, Some(down)) => format!("The most negative {drawn} is {}, and none is positive", told(down)),
        (None, None) => "All weights are 0".to_owned(),
    }
}

fn hidden_nodes(network: &Network) -> usize {
    network.layers.iter().fold(0_usize, |sum, layer| sum.saturating_add(layer.more))
}

/// Says how many links of a network cannot be drawn, if any.
pub(crate) fn missing(network: &Network) -> Option<String> {
    gaps::sentence(&missing_part(network).into_iter().collect::<Vec<_>>())
}

fn missing_part(network: &Network) -> Option<String> {
    let gaps = network.links.len() - net::drawable(network).len();
    let told = counted(gaps, "weight that is", "weights that are");
    (gaps > 0).then(|| format!("{told} not finite or without a node at each end"))
}

/// Tells the layers with their sizes, and how many nodes are not drawn.
pub(crate) fn shape(network: &Network) -> String {
    match hidden_nodes(network) {
        0 => layers(network),
        hidden => format!("{} {} not drawn.", layers(network), counted(hidden, "node is", "nodes are")),
    }
}

fn layers(network: &Network) -> String {
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
    if told.is_empty() { "The network has no layers.".into() } else { format!("{}.", told.join(", ")) }
}

fn all_weights(network: &Network, links: &[Link]) -> String {
    let told = links.iter().map(|link| {
        let (from, to) = (net::name(network, link.from), net::name(network, link.to));
        format!("{from} to {to} {}", number(link.weight))
    });
    format!("Weights: {}", told.collect::<Vec<_>>().join(", "))
}

fn biases(network: &Network) -> Option<String> {
    let all: Vec<(String, f64)> = net::biases(network);
    if all.is_empty() {
        return None;
    }
    if all.len() <= net::FEW && few(network) {
        let told = all.iter().map(|(name, bias)| format!("{name} {}", number(*bias)));
        return Some(format!("biases: {}", told.collect::<Vec<_>>().join(", ")));
    }
    let (name, bias) = all.iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    Some(format!("the largest bias is {}, of {name}", number(*bias)))
}
