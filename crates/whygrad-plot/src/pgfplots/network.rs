//! A network as a tikz picture: nodes in columns, connections with the size of a weight as width and its sign as colour
//! and dashing.

use super::axes::escaped;
use super::{Size, tikzpicture};
use crate::figure::Network;

/// The most connections that are drawn: the strongest of all.
const MOST: usize = 2000;

pub(super) fn draw(network: &Network, size: Size) -> String {
    let mut out = String::new();
    let tallest = network.layers.iter().map(|layer| layer.nodes.len()).max().unwrap_or(0).max(1);
    let apart = ((size.height - 2.0) / tallest as f64).clamp(0.5, 1.8);
    let step = ((size.width - 2.0) / (network.layers.len().max(2) - 1) as f64).clamp(1.5, 5.0);
    let radius = (apart * 0.32).min(0.4);
    let at = |(layer, node): (usize, usize)| -> Option<(f64, f64)> {
        let count = network.layers.get(layer)?.nodes.len();
        let down = node as f64 - (count as f64 - 1.0) / 2.0;
        (node < count).then_some((layer as f64 * step, -down * apart))
    };
    draw_links(&mut out, network, at);
    let biases = network.layers.iter().flat_map(|layer| &layer.nodes).filter_map(|node| node.bias);
    let largest_bias = largest(biases);
    let bottom = -(tallest as f64) / 2.0 * apart;
    for (index, layer) in network.layers.iter().enumerate() {
        for (row, node) in layer.nodes.iter().enumerate() {
            let Some((x, y)) = at((index, row)) else { continue };
            let edge = node.bias.filter(|bias| bias.is_finite()).map_or("gray".to_owned(), |bias| {
                let width = 0.4 + 1.8 * bias.abs() / largest_bias;
                format!("{}, line width={width:.2}pt", sign_style(bias))
            });
            let label = escaped(&node.label);
            // A long label stands beside its node.
            let (inside, beside) =
                if node.label.chars().count() <= 3 { (&*label, "") } else { ("", &*label) };
            out.extend([format!(
                "\\node[circle, draw={}, fill=white, minimum size={:.2}cm, inner sep=0pt, font=\\small, \
                 label={{[font=\\footnotesize]below:{{{beside}}}}}] at ({x:.2},{y:.2}) {{{inside}}};\n",
                edge.split(", ").next().unwrap_or("gray").to_owned() + &rest(&edge),
                2.0 * radius
            )]);
        }
        let more = if layer.more > 0 { format!("{} more", layer.more) } else { String::new() };
        let below: Vec<String> =
            [more, escaped(&layer.name)].into_iter().filter(|line| !line.is_empty()).collect();
        if !below.is_empty() {
            out.extend([format!(
                "\\node[anchor=north, align=center, font=\\small] at ({:.2},{:.2}) {{{}}};\n",
                index as f64 * step,
                bottom - 0.1,
                below.join("\\\\")
            )]);
        }
    }
    if !network.title.trim().is_empty() {
        out.extend([format!(
            "\\node[anchor=south, align=center, text width={:.2}cm] at (current bounding box.north) {{{}}};\n",
            size.width,
            escaped(&network.title)
        )]);
    }
    let mut notes = network.notes.clone();
    if network.links.len() > MOST {
        notes.push(format!("Drawn are the {MOST} strongest of {} connections.", network.links.len()));
    }
    tikzpicture(&out, &notes, size)
}

/// Returns the settings behind the colour of an edge.
fn rest(edge: &str) -> String {
    edge.split_once(", ").map_or(String::new(), |(_, rest)| format!(", {rest}"))
}

/// Returns the colour and the dashes of a sign.
fn sign_style(value: f64) -> &'static str {
    if value < 0.0 { "series1, densely dashed" } else { "series0, solid" }
}

fn largest(values: impl Iterator<Item = f64>) -> f64 {
    let largest =
        values.filter(|value| value.is_finite()).fold(0.0, |most: f64, value| most.max(value.abs()));
    if largest > 0.0 { largest } else { 1.0 }
}

fn draw_links(out: &mut String, network: &Network, at: impl Fn((usize, usize)) -> Option<(f64, f64)>) {
    let most = largest(network.links.iter().map(|link| link.weight));
    let mut links: Vec<_> = network.links.iter().filter(|link| link.weight.is_finite()).collect();
    links.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    links.truncate(MOST);
    // The strongest are drawn last, above the others.
    for link in links.into_iter().rev() {
        let Some((from, to)) = at(link.from).zip(at(link.to)) else { continue };
        let width = 0.2 + 3.0 * link.weight.abs() / most;
        out.extend([format!(
            "\\draw[{}, line width={width:.2}pt] ({:.2},{:.2}) -- ({:.2},{:.2});\n",
            sign_style(link.weight),
            from.0,
            from.1,
            to.0,
            to.1
        )]);
    }
}
