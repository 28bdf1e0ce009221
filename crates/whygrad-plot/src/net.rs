//! Reading a [`Network`] anywhere: its links, its biases, the names of its nodes.

use crate::figure::{Link, Network, NetworkNode};

/// So many weights have room to be written one by one.
pub(crate) const FEW: usize = 12;

/// Returns whether the weights are so few that each is written.
pub(crate) fn few(network: &Network) -> bool {
    network.links.len() <= FEW
}

/// Returns the links that can be drawn: those with a finite weight and a node at each end, in their order.
pub(crate) fn drawable(network: &Network) -> Vec<Link> {
    let drawn = |link: &&Link| {
        link.weight.is_finite() && node(network, link.from).zip(node(network, link.to)).is_some()
    };
    network.links.iter().filter(drawn).copied().collect()
}

/// Returns a node by its layer and its number.
pub(crate) fn node(network: &Network, at: (usize, usize)) -> Option<&NetworkNode> {
    network.layers.get(at.0)?.nodes.get(at.1)
}

/// Returns the name of a node: its label, or else its numbers.
pub(crate) fn name(network: &Network, at: (usize, usize)) -> String {
    match node(network, at).map(|node| node.label.trim()) {
        Some(label) if !label.is_empty() => label.to_owned(),
        _ => format!("node {} of layer {}", at.1.saturating_add(1), at.0.saturating_add(1)),
    }
}

/// Returns the finite biases with the names of their nodes.
pub(crate) fn biases(network: &Network) -> Vec<(String, f64)> {
    let places = network.layers.iter().enumerate();
    let nodes = places.flat_map(|(layer, nodes)| {
        nodes.nodes.iter().enumerate().map(move |(index, node)| ((layer, index), node))
    });
    let finite = nodes.filter_map(|(at, node)| Some((at, node.bias.filter(|bias| bias.is_finite())?)));
    finite.map(|(at, bias)| (name(network, at), bias)).collect()
}

/// Returns the largest size of the values, at least the least positive one.
pub(crate) fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.map(f64::abs).fold(f64::MIN_POSITIVE, f64::max)
}
