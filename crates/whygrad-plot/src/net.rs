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

/// So many nodes of a layer are drawn at most.
pub(crate) const NODES: usize = 60;

/// So many links are drawn at most.
const LINKS: usize = 1500;

/// Returns the links to draw, the smallest first, so that the largest lie on top; says so where some are left out.
pub(crate) fn drawn(network: &Network, notes: &mut Vec<String>) -> Vec<Link> {
    let mut links = drawable(network);
    links.retain(|link| link.from.1 < NODES && link.to.1 < NODES);
    links.sort_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()));
    let all = links.len();
    if all > LINKS {
        links.drain(..all - LINKS);
        notes.push(format!("Only the {LINKS} largest of {all} weights are drawn."));
    }
    links
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
